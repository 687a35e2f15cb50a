// The step curve with its bands, and the incidents below it on the same axis.
const chart = { metric: "trains_through_share", steps: false, width: 0, from: 0, to: 0 };
const edgeOf = (width) => width - RIGHT;
const LEFT = 46, RIGHT = 10, TOP = 14, HEIGHT = 220;

function xOf(minute, width = chart.width) {
  const span = width - LEFT - RIGHT;
  if (!chart.steps) return LEFT + span * Math.max(-0.02, Math.min(1.02, (minute - chart.from) / (chart.to - chart.from)));
  let low = 0, high = stepCount;
  while (high - low > 1) { const middle = (low + high) >> 1; if (data.minutes[middle] <= minute) low = middle; else high = middle; }
  const part = Math.max(0, Math.min(1, (minute - data.minutes[low]) / (data.minutes[low + 1] - data.minutes[low])));
  return LEFT + (span * (low + part)) / stepCount;
}
function stepAt(x, width = chart.width) {
  for (let step = stepCount - 1; step > 0; step--) if (xOf(data.minutes[step], width) <= x) return step;
  return 0;
}
function seriesOf(run, suffix) {
  const values = run.metrics[run.kind(now.traffic)][chart.metric + suffix];
  return values ? run.at.map((state) => (state < 0 ? null : values[state])) : null;
}
function scaleOf(all) {
  const values = all.flat().filter((value) => value !== null && value !== undefined);
  if (/_share/.test(chart.metric) || chart.metric === "efficiency_ratio") {
    const least = values.reduce((a, b) => Math.min(a, b), 1), most = values.reduce((a, b) => Math.max(a, b), 0);
    if (/^(connected|served|largest|trains_through)|efficiency/.test(chart.metric)) return [[0.95, 0.9, 0.8, 0.5].find((low) => least > low + (1 - low) * 0.12) || 0, Math.max(1, most)];
    return [0, [0.05, 0.1, 0.2, 0.5].find((high) => most <= high) || 1];
  }
  const high = values.reduce((a, b) => Math.max(a, b), 0), low = chart.metric === "detour_ratio" ? 1 : 0;
  const top = high > low ? high : low + 1;
  const unit = Math.pow(10, Math.floor(Math.log10(top - low)));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * unit).find((n) => low + n * 1 >= top) || 10 * unit;
  return [low, low + step];
}
function stepPath(series, y, back) {
  let path = "", open = false, lastY = null;
  for (let i = 0; i < stepCount; i++) {
    const value = series[i];
    if (value === null || value === undefined) { open = false; continue; }
    const x0 = xOf(data.minutes[i]), x1 = xOf(data.minutes[i + 1]), here = y(value);
    if (!open) path += "M" + x0.toFixed(1) + " " + here.toFixed(1);
    else if (here !== lastY) path += "V" + here.toFixed(1);
    path += "H" + x1.toFixed(1);
    open = true;
    lastY = here;
  }
  return path;
}
function bandPath(low, high, y) {
  let path = "";
  for (let i = 0; i < stepCount; ) {
    if (low[i] === null || low[i] === undefined) { i++; continue; }
    let j = i;
    while (j < stepCount && low[j] === low[i] && high[j] === high[i]) j++;
    if (low[i] !== high[i]) path += "M" + xOf(data.minutes[i]).toFixed(1) + " " + y(low[i]).toFixed(1) + "H" + xOf(data.minutes[j]).toFixed(1) + "V" + y(high[i]).toFixed(1) + "H" + xOf(data.minutes[i]).toFixed(1) + "z";
    i = j;
  }
  return path;
}
function drawChart() {
  const box = byId("chart");
  chart.width = Math.max(260, box.clientWidth);
  const lines = runs.map((run) => seriesOf(run, "") || run.at.map(() => null));
  const bands = runs.map((run) => [seriesOf(run, "_guaranteed"), seriesOf(run, "_possible")]);
  const quantiles = runs.map((run) => [seriesOf(run, "_q05"), seriesOf(run, "_q95")]);
  const served = !several && chart.metric === "connected_share" ? runs[0].metrics[runs[0].kind(now.traffic)].served_share && run0Series("served_share") : null;
  if (chart.to <= chart.from) [chart.from, chart.to] = [data.minutes[0], data.minutes[stepCount]];
  const [low, high] = scaleOf([...lines, ...bands.flat().filter(Boolean), ...quantiles.flat().filter(Boolean)]);
  const y = (value) => TOP + (HEIGHT * (high - value)) / (high - low);
  // Of one run, the incidents stand under the first picture.
  const lanes = several ? packLanes(chart.width) : NO_LANES;
  const total = TOP + HEIGHT + 30 + lanes.height;
  const svg = draw("svg", { viewBox: "0 0 " + chart.width + " " + total, height: total, role: "group", "aria-label": say("curve.label", { metric: say("metric." + chart.metric) }) });
  const parts = low === 0.95 || low === 0.9 || low === 0.5 ? 5 : 4;
  for (let i = 0; i <= parts; i++) {
    const value = low + ((high - low) * i) / parts;
    svg.append(draw("path", { class: "grid", d: "M" + LEFT + " " + y(value) + "H" + (chart.width - RIGHT) }), draw("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end", text: axisText(value, high - low) }));
  }
  drawTicks(svg, chart.width, HEIGHT);
  chart.shade = draw("rect", { class: "shade", y: TOP, height: HEIGHT + 30 + lanes.height });
  svg.append(chart.shade);
  runs.forEach((run, i) => {
    if (bands[i][0] && bands[i][1]) svg.append(draw("path", { class: several ? "b" + (i % 4) : "band", d: bandPath(bands[i][0], bands[i][1], y) }));
    if (quantiles[i][0] && quantiles[i][1]) svg.append(draw("path", { class: several ? "b" + (i % 4) : "band2", d: bandPath(quantiles[i][0], quantiles[i][1], y) }));
  });
  if (served) svg.append(draw("path", { class: "line2", d: stepPath(served, y) }));
  runs.forEach((run, i) => svg.append(draw("path", { class: "line r" + (i % 4), d: stepPath(lines[i], y) })));
  svg.append(draw("path", { class: "axisline", d: "M" + LEFT + " " + (TOP + HEIGHT) + "H" + (chart.width - RIGHT) }));
  drawKnown(svg, chart.width, HEIGHT);
  drawLanes(svg, lanes, TOP + HEIGHT + 34, chart.width);
  chart.cursor = draw("path", { class: "cursor" });
  chart.value = draw("text", { class: "value" });
  svg.append(chart.cursor, several ? chart.value : lead(draw("a", {}, chart.value), () => basisNow(chart.metric), () => say("metric." + chart.metric)));
  chart.y = y;
  chart.total = total;
  chart.lines = lines;
  box.replaceChildren(svg);
  drawCurveLegend(bands, quantiles, served, lanes);
  byId("printed-metric").textContent = say("metric." + chart.metric) + " \u00b7 " + say("traffic." + runs[0].kind(now.traffic));
  moveCursor();
  drawBands();
}
function run0Series(name) {
  const values = runs[0].metrics[runs[0].kind(now.traffic)][name];
  return runs[0].at.map((state) => (state < 0 ? null : values[state]));
}
function axisText(value, range) {
  if (/_share/.test(chart.metric)) return showNumber(value * 100, range < 0.2 && Math.abs(value * 100 - Math.round(value * 100)) > 1e-6 ? 1 : 0) + "\u00a0%";
  return showNumber(value, range < 2 ? 2 : range < 8 ? 1 : 0);
}
// Instants along the axis, each label where there is room for it.
function drawTicks(svg, width, height) {
  const zoomed = zoomedTime();
  const ticks = chart.steps ? stepTicks(zoomed, width) : zoomed ? roundTimes(width) || stepTicks(zoomed, width) : data.ticks[width > 640 ? "wide" : "narrow"];
  for (const [minute, text] of ticks) {
    const x = xOf(minute, width);
    if (x < LEFT - 1 || x > edgeOf(width)) continue;
    svg.append(draw("path", { class: "grid", d: "M" + x + " " + TOP + "V" + (TOP + height + 5) }), x + 6 + textWidth(text, true) * 1.1 < width ? draw("text", { x: x + 4, y: TOP + height + 18, text }) : draw("g"));
  }
}
// Round local times within the part of the time that is shown; null where the browser does not know the zone.
const TICK_HOURS = [1, 2, 3, 6, 12, 24, 48, 168, 336, 720];
function roundTimes(width) {
  let clock;
  try { clock = new Intl.DateTimeFormat(data.language, { timeZone: data.zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }); } catch { return null; }
  const begins = Date.parse(data.begins), partsOf = (minute) => Object.fromEntries(clock.formatToParts(begins + minute * 60000).map((part) => [part.type, part.value]));
  const most = width > 640 ? 8 : 4, hours = (chart.to - chart.from) / 60, step = 60 * (TICK_HOURS.find((each) => hours / each <= most) ?? 1440 * 30), first = partsOf(chart.from), found = [];
  const since = Number(first.hour) * 60 + Number(first.minute) + ((begins / 60000 + chart.from) % 1);
  for (let minute = chart.from - since; minute < chart.to; minute += step) {
    if (minute < chart.from) continue;
    const at = partsOf(minute), midnight = Number(at.hour) === 0;
    found.push([minute, midnight || step >= 1440 ? at.day + " " + at.month : at.hour + ":" + at.minute]);
  }
  return found;
}
const zoomedTime = () => !chart.steps && (chart.from > data.minutes[0] || chart.to < data.minutes[stepCount]);
function stepTicks(zoomed, width) {
  const most = width > 640 ? 6 : 3, inside = [];
  for (let step = 0; step < stepCount; step++) if (!zoomed || (data.minutes[step] >= chart.from && data.minutes[step] < chart.to)) inside.push(step);
  const every = Math.max(1, Math.ceil(inside.length / most)), found = [];
  let last = -Infinity;
  for (let i = 0; i < inside.length; i += every) {
    const x = xOf(data.minutes[inside[i]], width);
    if (x - last < (width - LEFT) / (most + 2)) continue;
    found.push([data.minutes[inside[i]], data.points[inside[i]].replace(/ \d{4},/, ",")]);
    last = x;
  }
  return found;
}
// Filled where a document reports the instant, hollow where it is a limit or was assumed.
function drawKnown(svg, width, height) {
  const group = draw("g", { class: "known" });
  data.known.forEach((known, step) => {
    const minute = data.minutes[step];
    if (!chart.steps && (minute < chart.from || minute > chart.to)) return;
    group.append(draw("circle", { class: known < 2 ? "" : "hollow", cx: xOf(minute, width), cy: TOP + height, r: known < 2 ? 3 : 2.6 }, draw("title", { text: data.points[step] + (known < 2 ? "" : ". " + say("time.known_" + known)) })));
  });
  svg.append(group);
}
function zoomTime(from, to) {
  const first = data.minutes[0], last = data.minutes[stepCount], least = Math.min(60, last - first);
  const middle = (from + to) / 2, width = Math.max(least, Math.min(last - first, to - from));
  chart.from = Math.max(first, Math.min(last - width, middle - width / 2));
  chart.to = chart.from + width;
  for (const button of document.querySelectorAll(".wholetime")) button.hidden = chart.from <= first && chart.to >= last;
  drawChart();
}
const NO_LANES = { bars: [], height: 0 };
function packLanes(width) {
  const run = runs[0], first = data.minutes[0], last = data.minutes[stepCount];
  const bars = [];
  for (const [incident, a, b, c, d, effect] of run.bars) {
    const from = Math.max(first, a ?? first), to = Math.min(last, d ?? last);
    if (to < first || from > last) continue;
    if (!chart.steps && (to < chart.from || from > chart.to)) continue;
    bars.push({ incident, effect: EFFECTS[effect], from, sureFrom: Math.max(first, b ?? to), sureTo: Math.min(last, c ?? to), to, open: d === null && c === null, x0: xOf(from, width), x1: Math.max(xOf(to, width), xOf(from, width) + 3) });
  }
  const named = bars.length <= 20, ends = [], edge = edgeOf(width);
  for (const bar of bars) {
    const wide = named ? textWidth(data.incidents[bar.incident].title, true) * 1.11 : 0;
    bar.text = Math.max(LEFT, Math.min(bar.x0, edge - wide));
    const left = Math.min(bar.x0, bar.text), right = Math.max(bar.x1, bar.text + wide);
    // A later stage of an incident stands in the lane of the one before it, under one name.
    const before = bars.find((each) => each !== bar && each.incident === bar.incident && each.lane !== undefined && each.from < bar.from);
    bar.later = before !== undefined && bar.x1 > before.x0 + 1;
    let lane = bar.later ? before.lane : ends.findIndex((end) => end < left - 10);
    if (lane < 0) lane = ends.length;
    if (!named && lane > 29) lane = 29;
    ends[lane] = Math.max(ends[lane] ?? 0, right);
    bar.lane = lane;
  }
  const pitch = named ? 27 : Math.max(7, Math.min(14, 260 / Math.max(1, ends.length)));
  return { bars, named, pitch, height: bars.length ? ends.length * pitch + 8 : 0 };
}
function drawLanes(svg, lanes, top, width) {
  for (const bar of lanes.bars) {
    const y = top + bar.lane * lanes.pitch, thick = lanes.named ? 8 : Math.max(4, lanes.pitch - 3), title = data.incidents[bar.incident].title;
    const at = lanes.named ? y + 13 : y;
    const planned = data.incidents[bar.incident].planned;
    const group = draw("a", { href: incidentHash(bar.incident), tabindex: lanes.named ? null : -1, "data-planned": planned }, draw("title", { text: title + ": " + say("effect." + bar.effect) + (planned ? ", " + say("incident.planned_tag") : "") }));
    group.append(draw("rect", { class: "bar pale e-" + bar.effect, x: bar.x0, y: at, width: Math.max(2, bar.x1 - bar.x0), height: thick, rx: 1 }));
    if (bar.sureTo > bar.sureFrom) group.append(draw("rect", { class: "bar e-" + bar.effect, x: xOf(bar.sureFrom, width), y: at, width: Math.max(1.5, xOf(bar.sureTo, width) - xOf(bar.sureFrom, width)), height: thick, rx: 1 }));
    // Planned works are told by their form: a frame around the bar.
    if (planned) group.append(draw("rect", { class: "plan", x: bar.x0 - 1.5, y: at - 2, width: Math.max(5, bar.x1 - bar.x0 + 3), height: thick + 4 }));
    if (lanes.named && !bar.later) group.append(draw("text", { class: "lane", x: bar.text, y: y + 9, text: shorten(title, edgeOf(width) - bar.text) }));
    svg.append(group);
  }
}
function shorten(text, width) {
  let shown = text;
  if (textWidth(text, true) * 1.11 <= width + 2) return text;
  while (shown.length > 1 && textWidth(shown + "\u2026", true) * 1.11 > width) shown = shown.slice(0, Math.max(1, Math.floor(shown.length * 0.85)));
  return shown === text ? text : shown + "\u2026";
}
function drawCurveLegend(bands, quantiles, served, lanes) {
  const line = (style, text) => make("li", {}, draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("path", { class: style, d: "M0 6h30" })), text);
  const patch = (style, text) => make("li", {}, draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("rect", { class: style, width: 30, height: 12 })), text);
  const items = runs.map((run, i) => line("line r" + (i % 4), several ? run.title : say("curve.chosen")));
  if (served) items.push(line("line2", say("curve.served")));
  if (bands.some((band) => band[0])) items.push(patch(several ? "b0" : "band", say("curve.band")));
  if (quantiles.some((band) => band[0])) items.push(patch(several ? "b0" : "band2", say("curve.quantiles")));
  byId("curvelegend").replaceChildren(...items, ...laneKeys(lanes), ...pointKeys());
}
function laneKeys({ bars }) {
  const patch = (style, text) => make("li", {}, draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("rect", { class: style, width: 30, height: 12 })), text);
  const used = EFFECTS.filter((each) => bars.some((bar) => bar.effect === each)).map((effect) => patch("bar e-" + effect, say("effect." + effect)));
  if (bars.some((bar) => data.incidents[bar.incident].planned)) used.push(patch("plan", say("incident.planned_tag")));
  return bars.length ? [patch("bar pale", say("curve.lanes")), ...used] : [];
}
function pointKeys() {
  const point = (style, text) => make("li", {}, draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("g", { class: "known" }, draw("circle", { class: style, cx: 15, cy: 6, r: 3 }))), text);
  return [point("", say("time.reported")), point("hollow", say("time.not_reported"))];
}
function moveCursor() {
  if (!chart.cursor) return;
  const x0 = xOf(data.minutes[now.step]), x1 = xOf(data.minutes[now.step + 1]);
  chart.shade.setAttribute("x", x0);
  chart.shade.setAttribute("width", Math.max(1, x1 - x0));
  chart.cursor.setAttribute("d", "M" + x0 + " " + TOP + "V" + chart.total);
  const value = chart.lines[0][now.step];
  const right = x0 > chart.width * 0.8;
  chart.value.setAttribute("x", right ? x0 - 7 : x0 + 7);
  chart.value.setAttribute("text-anchor", right ? "end" : "start");
  chart.value.setAttribute("y", Math.max(TOP + 14, Math.min(TOP + HEIGHT - 8, chart.y(value ?? 0) + (chart.y(value ?? 0) < TOP + 30 ? 18 : -8))));
  chart.value.textContent = several ? "" : showMetric(chart.metric, value);
}
function buildChart() {
  const select = byId("metric"), names = new Set();
  for (const run of runs) for (const kind of run.traffic) for (const name of Object.keys(run.metrics[kind])) if (!HIDDEN_METRICS.test(name)) names.add(name);
  for (const name of names) select.append(make("option", { value: name, text: say("metric." + name) }));
  if (!runs.some((run) => run.trains) || !names.has(chart.metric)) chart.metric = names.has("connected_share") ? "connected_share" : [...names][0];
  select.value = chart.metric;
  select.addEventListener("change", () => { chart.metric = select.value; drawChart(); });
  byId("axis").addEventListener("change", (event) => { chart.steps = event.target.value === "steps"; drawChart(); });
  brushable(byId("chart"), () => chart.width);
  const around = (factor) => {
    const middle = (data.minutes[now.step] + data.minutes[now.step + 1]) / 2, half = ((chart.to - chart.from) * factor) / 2;
    zoomTime(middle - half, middle + half);
  };
  byId("timein").addEventListener("click", () => around(0.4));
  byId("timeout").addEventListener("click", () => around(2.5));
  for (const button of document.querySelectorAll(".wholetime")) button.addEventListener("click", () => zoomTime(data.minutes[0], data.minutes[stepCount]));
}
// A click goes to a moment; a drag looks at a part of the time, and shows it while it lasts.
function brushable(box, widthOf) {
  const here = (event) => event.clientX - box.getBoundingClientRect().left;
  const minuteAt = (x) => chart.from + ((x - LEFT) / (widthOf() - LEFT - RIGHT)) * (chart.to - chart.from);
  const shade = make("i", { class: "brush", hidden: true });
  let down = null;
  box.addEventListener("pointerdown", (event) => { down = event.pointerType === "mouse" && event.button === 0 ? here(event) : null; });
  box.addEventListener("click", (event) => { if (!event.target.closest("a") && down !== -1) update({ step: stepAt(here(event), widthOf()) }); });
  addEventListener("pointermove", (event) => {
    if (down === null || down < 0 || chart.steps || Math.abs(here(event) - down) < 12) return;
    const [a, b] = [down, here(event)].sort((x, y) => x - y);
    if (!shade.isConnected) box.append(shade);
    shade.hidden = false;
    Object.assign(shade.style, { left: Math.max(LEFT, a) + "px", width: Math.max(0, Math.min(edgeOf(widthOf()), b) - Math.max(LEFT, a)) + "px" });
  });
  addEventListener("pointerup", (event) => {
    shade.hidden = true;
    if (down === null || down < 0) return;
    const [a, b] = [down, here(event)].sort((x, y) => x - y);
    if (chart.steps || b - a < 12) { down = null; return; }
    down = -1;
    zoomTime(minuteAt(Math.max(LEFT, a)), minuteAt(Math.min(edgeOf(widthOf()), b)));
  });
}
