// The player, the theme, what a figure rests on, and the start of it all.
function buildPlayer() {
  const slider = byId("slider"), play = byId("play");
  slider.max = stepCount - 1;
  slider.addEventListener("input", () => { stop(); update({ step: Number(slider.value) }); });
  byId("previous").addEventListener("click", () => { stop(); update({ step: Math.max(0, now.step - 1) }); });
  byId("next").addEventListener("click", () => { stop(); update({ step: Math.min(stepCount - 1, now.step + 1) }); });
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; play.classList.remove("on"); label(play, "time.play"); };
  const tick = () => { if (now.step >= stepCount - 1) stop(); else update({ step: now.step + 1 }); };
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (now.step >= stepCount - 1) update({ step: 0 });
    play.classList.add("on");
    label(play, "time.pause");
    timer = setInterval(tick, Math.max(60, Math.min(1100, 30000 / stepCount)));
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: now.step - 1, ArrowRight: now.step + 1, Home: null, End: null }[event.key];
    if (step === undefined || step === null) return;
    event.preventDefault();
    stop();
    update({ step: Math.max(0, Math.min(stepCount - 1, step)) });
  });
  const kinds = runs[0].traffic, field = byId("traffic");
  if (kinds.length < 2) field.hidden = true;
  else kinds.forEach((kind, number) => field.append(make("label", {}, make("input", { type: "radio", name: "traffic", value: number, checked: number === 0, onchange: () => update({ traffic: number }) }), make("span", { text: say("traffic." + kind) }))));
  byId("player").hidden = false;
}
function label(button, key) {
  button.setAttribute("aria-label", say(key));
  button.title = say(key);
}
function drawMarks() {
  const svg = byId("marks"), width = svg.clientWidth, height = svg.clientHeight, middle = height / 2;
  const x = (step) => 9 + (stepCount > 1 ? (step / (stepCount - 1)) * (width - 18) : 0);
  const line = (className, path, paint, thick) => { const each = draw("path", { d: path }); each.style.stroke = paint; each.style.strokeWidth = thick; each.style.fill = "none"; svg.append(each); };
  svg.replaceChildren();
  line("", "M9 " + middle + "H" + (width - 9), "var(--rule)", 4);
  if (stepCount <= 160) for (let step = 0; step < stepCount; step++) {
    const sure = data.known[step] < 2;
    line("", "M" + x(step) + " " + (middle - (sure ? 6 : 3)) + "v" + (sure ? 12 : 6), sure ? "var(--ink)" : "var(--muted)", sure ? 1.6 : 1);
  }
  const depth = 2;
  const ends = [];
  for (const [, a, b, c, d, effect] of runs[0].bars) {
    const early = a ?? data.minutes[0], late = d ?? data.minutes[stepCount];
    if (late <= data.minutes[0] || early >= data.minutes[stepCount]) continue;
    const from = stepFrom(early), to = Math.max(from, lastStep(late));
    const sure = b !== null && (c ?? late) > b ? [stepFrom(b), Math.max(stepFrom(b), lastStep(c ?? late))] : null;
    let lane = ends.findIndex((end) => end < from);
    if (lane < 0) lane = ends.length;
    ends[lane] = to;
    if (lane > 3) continue;
    line("", "M" + (x(from) - 3) + " " + (middle - 9 - lane * 3) + "H" + (x(to) + 3), "color-mix(in srgb, var(--" + EFFECTS[effect] + ", var(--muted)) 35%, var(--surface))", depth);
    if (sure) line("", "M" + (x(sure[0]) - 3) + " " + (middle - 9 - lane * 3) + "H" + (x(sure[1]) + 3), "var(--" + EFFECTS[effect] + ", var(--muted))", depth);
  }
}
function stepFrom(minute) {
  let low = 0, high = stepCount;
  while (low < high) { const middle = (low + high) >> 1; if (data.minutes[middle] < minute) low = middle + 1; else high = middle; }
  return Math.min(low, stepCount - 1);
}
function lastStep(minute) {
  return minute >= data.minutes[stepCount] ? stepCount - 1 : Math.max(0, stepFrom(minute) - 1);
}
function showClock() {
  const slider = byId("slider"), text = data.labels[now.step];
  if (Number(slider.value) !== now.step) slider.value = now.step;
  const state = say("time.state_of", { n: showNumber(now.step + 1), total: showNumber(stepCount) });
  const lasts = say("time.lasts", { duration: showHours((data.minutes[now.step + 1] - data.minutes[now.step]) / 60) });
  slider.setAttribute("aria-valuetext", text + ", " + state);
  if (!byId("clock").firstChild) byId("clock").append(make("b"), make("span"));
  byId("clock").firstChild.textContent = text;
  byId("clock").title = text.includes("\u2248") ? say("time.approx") : "";
  byId("clock").lastChild.textContent = state + " \u00b7 " + lasts;
  byId("printed-moment").textContent = text + " \u00b7 " + say("traffic." + runs[0].kind(now.traffic));
}
function showTraffic(before) {
  if (document.body.dataset.traffic === String(now.traffic) && before) return;
  document.body.dataset.traffic = now.traffic;
  drawChart();
}
function buildTheme() {
  const button = byId("theme"), dark = matchMedia("(prefers-color-scheme: dark)");
  button.hidden = false;
  button.addEventListener("click", () => {
    const isDark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : dark.matches;
    document.documentElement.dataset.theme = isDark ? "light" : "dark";
    repaint();
  });
  dark.addEventListener("change", repaint);
}
function repaint() { for (const matrix of matrices) matrix.resize(); }

function goToIncident(incident) {
  const run = runs.find((each) => each.outages.incident.includes(incident)) || runs[0], o = run.outages;
  const links = [];
  let step = now.step, found = false;
  o.incident.forEach((each, i) => {
    if (each !== incident) return;
    links.push(o.link[i]);
    const [first, last] = o.chosen[2 * i + 1] > o.chosen[2 * i] ? [o.chosen[2 * i], o.chosen[2 * i + 1]] : [o.possible[2 * i], o.possible[2 * i + 1]];
    if (!found && last > first) { found = true; const state = run.at[now.step]; if (state < first || state >= last) step = stepOfState(run, first); }
  });
  const points = links.flatMap((link) => run.net.points(link));
  if (points.length) {
    const axis = (n, pick) => points.reduce((best, point) => pick(best, point[n]), points[0][n]);
    const box = [axis(0, Math.min), axis(1, Math.min), axis(0, Math.max), axis(1, Math.max)], least = 60 / data.unit_km;
    const grow = [Math.max(0, least - (box[2] - box[0])) / 2, Math.max(0, least - (box[3] - box[1])) / 2];
    fit([box[0] - grow[0], box[1] - grow[1], box[2] + grow[0], box[3] + grow[1]], 0.3);
  }
  update({ step });
}

const matrices = [];
function start() {
  showEmbedded();
  document.documentElement.classList.add("scripted");
  buildPlayer();
  buildTheme();
  buildMapLegend();
  buildMatrixLegend();
  const moments = [];
  for (const run of runs) {
    const panel = make("div", { class: "panel" }, several ? make("h3", { text: run.title }) : null);
    byId("maps").append(panel);
    maps.push(new MapPanel(run, panel));
    moments.push(new MomentPanel(run, panel));
    matrices.push(new Matrix(run, byId("matrices")));
  }
  buildChart();
  buildChooser();
  buildFinder();
  buildGiving();
  buildBasis();
  sortWritten();
  parts.push(
    () => { for (const run of runs) { const state = run.at[now.step]; if (state >= 0) run.pairSet(now.traffic).moveTo(state); } },
    showClock, () => maps.forEach((map) => map.show()), () => moments.forEach((moment) => moment.show()),
    moveCursor, showRoute, () => matrices.forEach((matrix) => matrix.show()), showAffected, showTraffic,
  );
  buildAffected();
  buildFlows();
  buildBands();
  buildTrains();
  buildJourney();
  buildEmbedding();
  const first = openingView();
  const resize = () => {
    if (printing) return;
    const box = maps[0].box, centre = [(view.width / 2 - view.x) / view.k, (view.height / 2 - view.y) / view.k];
    view.width = box.clientWidth;
    view.height = box.clientHeight;
    if (view.fitted) fit(...view.fitted, true);
    else {
      view.x = view.width / 2 - centre[0] * view.k;
      view.y = view.height / 2 - centre[1] * view.k;
      for (const map of maps) map.place();
    }
    drawMarks();
    drawChart();
    repaint();
  };
  view.fitted = [maps[0].net.focus, 0.1];
  resize();
  update(first);
  const asked = readHash();
  if (asked) update(asked.changes);
  else { showAffectedPlaces(first.step); showBriefMoment(first.step); }
  if (asked?.view) { view.fitted = null; Object.assign(view, asked.view(view)); maps.forEach((map) => map.place()); }
  keepHash();
  drawMarks();
  printWell(resize);
  let width = document.documentElement.clientWidth, wait = 0;
  new ResizeObserver(() => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    clearTimeout(wait);
    wait = setTimeout(resize, 60);
  }).observe(document.body);
  document.documentElement.dataset.ready = "";
}
// On paper, everything about the studied incidents is unfolded. All is drawn for the paper before the
// browser counts the pages: what is drawn anew after it shortens the last ones, and leaves one blank.
let printing = false;
function printWell(resize) {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("#studied > .incident:not([hidden]) details, #documents")].filter((each) => !each.open);
    for (const each of opened) each.open = true;
    layAsPrinted(resize);
    printing = true;
  });
  addEventListener("afterprint", () => {
    printing = false;
    for (const each of opened) each.open = false;
    resize();
  });
}
// The rules for paper, and none of the screen's, hold for as long as it takes to draw what has its width.
function layAsPrinted(drawAll) {
  const body = document.body, { width } = body.style;
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => /^(print|screen)/.test(rule.media?.mediaText));
  const meant = rules.map((rule) => rule.media.mediaText);
  for (const rule of rules) rule.media.mediaText = rule.media.mediaText === "print" ? "all" : "not all";
  body.style.width = "182mm";
  drawAll();
  body.style.width = width;
  rules.forEach((rule, i) => { rule.media.mediaText = meant[i]; });
}
// The page opens on the worst moment, with the pair that lost most.
function openingView() {
  const run = runs[0];
  let step = stepOfState(run, run.opening);
  if (several) step = mostDifferent(step);
  const top = document.querySelector("#affected button"), pairs = run.pairSet(0), ids = run.net.hubs.id;
  let pair = pairs.count ? [ids[pairs.from[0]], ids[pairs.to[0]]] : [null, null];
  if (top && firstAffected) pair = firstAffected;
  return { step, from: pair[0], to: pair[1] };
}
// The first view is of what is affected then, and not of the whole country.
function showAffectedPlaces(step) {
  const run = runs[0], state = run.at[step];
  if (several || state < 0) return;
  const net = run.net, points = [];
  for (const [link, entry] of run.links(state, 0)) if (entry.style && !STANDING.has(entry.style)) points.push(...net.points(link));
  if (!points.length) return;
  const span = (n) => [Math.min(...points.map((p) => p[n])), Math.max(...points.map((p) => p[n]))];
  const [[x0, x1], [y0, y1]] = [span(0), span(1)], least = 220 / data.unit_km;
  const growX = Math.max(0, least - (x1 - x0)) / 2, growY = Math.max(0, least - (y1 - y0)) / 2;
  fit([x0 - growX, y0 - growY, x1 + growX, y1 + growY], 0.22, true);
}
// Where the moment is a sliver of the window, the time around it is shown first.
function showBriefMoment(step) {
  const [from, to] = [data.minutes[step], data.minutes[step + 1]], whole = data.minutes[stepCount] - data.minutes[0];
  if (!several && to - from < whole / 100) zoomTime(from - (to - from) * 4, to + (to - from) * 8);
}
function mostDifferent(step) {
  const share = (run, at) => (run.at[at] < 0 ? null : run.metric("connected_share", run.at[at], 0));
  let best = 1e-9, found = step;
  for (let at = 0; at < stepCount; at++) {
    const first = share(runs[0], at);
    for (const run of runs.slice(1)) {
      const value = share(run, at), gap = first === null || value === null || value === undefined ? 0 : Math.abs(value - first);
      if (gap > best) { best = gap; found = at; }
    }
  }
  return found;
}
start();
