// Trains: how many a day met which fate, and what became of each at the moment.
const FATE_STYLES = ["timetabled", "slower", "detoured", "held", "cut_short", "split", "not_run"];
const bands = { width: 0, height: 150 };
function buildTrains() {
  if (!runs[0].trains || several) return;
  const box = byId("trainchart");
  box.addEventListener("click", (event) => update({ step: stepAt(event.clientX - box.getBoundingClientRect().left) }));
  buildTrainFinder();
  parts.push(showTrains);
}
function drawTrains() {
  if (!runs[0].trains || several) return;
  const run = runs[0], box = byId("trainchart"), counts = run.trains.counts.slice(1);
  const at = (fate, step) => (run.at[step] < 0 ? 0 : counts[fate][run.at[step]]);
  const sums = data.labels.map((_, step) => counts.reduce((sum, _, fate) => sum + at(fate, step), 0));
  const most = Math.max(1, ...sums), total = TOP + bands.height + 24;
  const y = (value) => TOP + bands.height * (1 - value / most);
  const svg = draw("svg", { viewBox: "0 0 " + chart.width + " " + total, height: total, role: "img", "aria-label": say("train.chart") });
  for (const value of [0, most / 2, most]) svg.append(draw("path", { class: "grid", d: "M" + LEFT + " " + y(value) + "H" + (chart.width - RIGHT) }), draw("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end", text: showNumber(value, most < 4 ? 1 : 0) }));
  const ticks = chart.steps || zoomedTime() ? stepTicks(zoomedTime()) : data.ticks[chart.width > 640 ? "wide" : "narrow"];
  for (const [minute, text] of ticks) if (xOf(minute) < chart.width - RIGHT - 46) svg.append(draw("text", { x: xOf(minute) + 4, y: TOP + bands.height + 18, text }));
  // The gravest fate lies at the bottom.
  const under = data.labels.map(() => 0);
  for (let fate = counts.length - 1; fate >= 0; fate--) {
    let path = "";
    for (let step = 0; step < stepCount; step++) {
      const value = at(fate, step);
      if (value) path += "M" + xOf(data.minutes[step]).toFixed(1) + " " + y(under[step]).toFixed(1) + "V" + y(under[step] + value).toFixed(1) + "H" + xOf(data.minutes[step + 1]).toFixed(1) + "V" + y(under[step]).toFixed(1) + "z";
      under[step] += value;
    }
    if (path) svg.append(draw("path", { class: "t-" + FATE_STYLES[fate + 1], d: path }));
  }
  svg.append((bands.cursor = draw("path", { class: "cursor" })));
  box.replaceChildren(svg);
  byId("trainlegend").replaceChildren(...counts.map((values, fate) => values.some((value) => value) && make("li", {}, draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("rect", { class: "t-" + FATE_STYLES[fate + 1], width: 30, height: 12 })), say("fate." + (FATE_STYLES[fate + 1])))).filter(Boolean));
  moveTrains();
}
function moveTrains() {
  if (bands.cursor) bands.cursor.setAttribute("d", "M" + xOf(data.minutes[now.step]) + " " + TOP + "v" + bands.height);
}
const finding = { words: [], fate: "", kind: "" };
const MOST_TRAINS = 60;
function buildTrainFinder() {
  const form = byId("trainfinder"), trains = runs[0].trains;
  const search = make("input", { type: "search", "aria-label": say("train.search"), placeholder: say("train.search") });
  const select = (label, options) => make("select", { "aria-label": say(label) }, make("option", { value: "", text: say(label) }), ...options.map(([value, text]) => make("option", { value, text })));
  const fate = select("train.any_fate", FATE_STYLES.slice(1).map((name, i) => [i + 1, say("fate." + name)]));
  const kind = select("train.any_kind", [...new Set(trains.kind)].sort().map((text) => [text, text]));
  const narrow = () => {
    Object.assign(finding, { words: search.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean), fate: fate.value, kind: kind.value });
    bands.state = null;
    showTrains(now);
  };
  search.addEventListener("input", narrow);
  for (const each of [fate, kind]) each.addEventListener("change", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.append(search, fate, kind);
  form.hidden = false;
}
function isSought(trains, [train, , , fate, , , text, because]) {
  if ((finding.fate && Number(finding.fate) !== fate) || (finding.kind && trains.kind[train] !== finding.kind)) return false;
  if (!finding.words.length) return true;
  const told = [trains.number[train], trains.ends[train], trains.texts[text], trains.kind[train], ...trains.course[train].map((hub) => runs[0].net.hubs.name[hub]), ...trains.incidents[because].map((n) => data.incidents[n].title)].join(" ").toLocaleLowerCase();
  return finding.words.every((word) => told.includes(word));
}
function showTrains(before) {
  moveTrains();
  const run = runs[0], trains = run.trains, state = run.at[now.step];
  if (bands.state === state && before.train === now.train) return;
  bands.state = state;
  const touched = [];
  for (let i = 0; i < trains.rows.length; i += 8) if (trains.rows[i + 1] <= state && state < trains.rows[i + 2]) touched.push(trains.rows.slice(i, i + 8));
  const found = touched.filter((row) => isSought(trains, row)).sort((a, b) => b[3] - a[3] || a[0] - b[0]);
  const count = state < 0 ? 0 : trains.counts[0][state];
  byId("trainnote").textContent = state < 0 ? say("map.outside") : say("train.note", { touched: sayCount("count.trains", touched.length), total: showNumber(count) });
  const body = make("tbody", {}, ...found.slice(0, MOST_TRAINS).map(([train, , , fate, through, extra, text, because]) => {
    const said = trains.reported.filter((each) => each[0] === train);
    return make("tr", {},
      make("th", { scope: "row" }, make("button", { type: "button", class: "plain", "aria-pressed": String(now.train === train), title: say("train.show"), text: trains.number[train], onclick: () => update({ train: now.train === train ? null : train }) })),
      make("td", { text: trains.ends[train] }),
      make("td", {}, say("fate." + (FATE_STYLES[fate] === "timetabled" ? "as_timetabled" : FATE_STYLES[fate])), trains.texts[text] ? make("small", { text: trains.texts[text] }) : null, ...said.map(([, incident, paper, speaker, says]) => make("small", {}, say("train.reported", { speaker }) + " " + says + " ", paper ? make("a", { class: "doc", href: "#d" + paper, text: "[" + paper + "]" }) : make("a", { href: incidentHash(incident), text: "\u2197" })))),
      make("td", { class: "n", text: extra > 0 ? "+" + showMinutes(extra) : say("unit.none") }),
      make("td", { text: say("train.through_" + ["yes", "no", "doubt"][through]) }),
      make("td", {}, ...trains.incidents[because].map((n) => make("a", { href: incidentHash(n), text: data.incidents[n].title })).flatMap((link, i) => (i ? ["; ", link] : [link])), make("small", {}, ...trains.papers[train].map((n) => make("a", { class: "doc", href: "#d" + n, text: "[" + n + "]" })).flatMap((link) => [link, " "]))));
  }));
  const head = make("tr", {}, ...["number", "ends", "fate", "extra", "through", "because"].map((key) => make("th", { scope: "col", class: key === "extra" ? "n" : null, text: say("train." + key) })));
  byId("traintable").replaceChildren(found.length ? make("table", { class: "wide" }, make("thead", {}, head), body) : make("p", { text: say("train.none") }), found.length > MOST_TRAINS ? make("p", { text: say("unit.and_more", { n: found.length - MOST_TRAINS }) }) : "");
}
// Every train of the moment that is sought, with the names that the table shows.
function trainText() {
  const trains = runs[0].trains, state = runs[0].at[now.step], rows = [["number", "id", "kind", "ends", "fate", "extra_minutes", "gets_through", "how", "incidents"]];
  for (let i = 0; i < trains.rows.length; i += 8) {
    const row = trains.rows.slice(i, i + 8), [train, first, after, fate, through, extra, text, because] = row;
    if (first > state || state >= after || !isSought(trains, row)) continue;
    rows.push([trains.number[train], trains.id[train], trains.kind[train], trains.ends[train], say("fate." + (FATE_STYLES[fate] === "timetabled" ? "as_timetabled" : FATE_STYLES[fate])), extra < 0 ? "" : extra, say("train.through_" + ["yes", "no", "doubt"][through]), trains.texts[text], trains.incidents[because].map((n) => data.incidents[n].title).join("; ")]);
  }
  return "\ufeff" + rows.map((row) => row.map((cell) => csvCell(String(cell))).join(",")).join("\r\n") + "\r\n";
}
