// Trains: what became of each at the moment.
const FATES = ["as_timetabled", "slower", "detoured", "held", "cut_short", "split", "not_run"];
const STRIDE = 10;
const FIRST_TRAINS = 40, MORE_TRAINS = 200, FEW_INCIDENTS = 4;
const LATER_MS = 600, MOST_ROWS_KEPT = 400;
const listing = { state: null, train: null, most: FIRST_TRAINS, scrolled: 0, near: true, later: 0 };
function buildTrains() {
  if (!runs[0].trains || several) return;
  buildTrainFinder();
  byId("traintable").addEventListener("scroll", ({ target }) => { listing.scrolled = target.scrollTop; }, { passive: true });
  new IntersectionObserver(([entry]) => { listing.near = entry.isIntersecting; if (listing.near) showTrains(); }, { rootMargin: "50px" }).observe(byId("trains"));
  parts.push(followTrains);
}
// Far from the screen the table need not follow every step; it catches up when the steps pause.
function followTrains() {
  clearTimeout(listing.later);
  if (listing.near) showTrains();
  else listing.later = setTimeout(showTrains, LATER_MS);
}
const finding = { words: [], fate: "", kind: "" };
function buildTrainFinder() {
  const form = byId("trainfinder"), trains = runs[0].trains;
  const search = make("input", { type: "search", "aria-label": say("train.search"), placeholder: say("train.search") });
  const select = (label, options) => make("select", { "aria-label": say(label) }, make("option", { value: "", text: say(label) }), ...options.map(([value, text]) => make("option", { value, text })));
  const fate = select("train.any_fate", [...FATES.slice(1), "by_bus"].map((name) => [name, say("fate." + name)]));
  const kind = select("train.any_kind", [...new Set(trains.kind)].sort().map((text) => [text, text]));
  const narrow = () => {
    Object.assign(finding, { words: search.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean), fate: fate.value, kind: kind.value });
    Object.assign(listing, { state: null, most: FIRST_TRAINS });
    showTrains();
  };
  search.addEventListener("input", narrow);
  for (const each of [fate, kind]) each.addEventListener("change", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.append(search, fate, kind);
  form.hidden = false;
}
function isSought({ train, fate, text, because, bus }) {
  const trains = runs[0].trains;
  if ((finding.fate && finding.fate !== (bus ? "by_bus" : FATES[fate])) || (finding.kind && trains.kind[train] !== finding.kind)) return false;
  if (!finding.words.length) return true;
  const told = [trains.number[train], trains.ends[train], trains.texts[text], trains.kind[train], ...trains.course[train].map((hub) => runs[0].net.hubs.name[hub]), ...trains.incidents[because].map((n) => data.incidents[n].title)].join(" ").toLocaleLowerCase();
  return finding.words.every((word) => told.includes(word));
}
const sayFate = ({ fate, bus }) => say(bus ? "fate.by_bus" : "fate." + FATES[fate]);
const sayThrough = ({ through }) => say("train.through_" + ["yes", "no", "doubt"][through]);
// What became of each sought train in a state, the gravest first.
function trainsAt(state) {
  const touched = touchedAt(state);
  const found = touched.filter(isSought).sort((a, b) => b.fate - a.fate || a.train - b.train);
  return { touched, found: inOrder("traintable", found, trainCell) };
}
// What became of each train in a state, kept for those who ask of the same state again.
function touchedAt(state) {
  if (touchedAt.state === state) return touchedAt.rows;
  const rows = runs[0].trains.rows, touched = [];
  for (let i = 0; i < rows.length; i += STRIDE) {
    if (rows[i + 1] > state || state >= rows[i + 2]) continue;
    const [train, , , fate, through, extra, text, because, missed, bus] = rows.slice(i, i + STRIDE);
    touched.push({ at: i, train, fate, through, extra, text, because, missed, bus });
  }
  Object.assign(touchedAt, { state, rows: touched });
  return touched;
}
function trainCell(row, column) {
  const trains = runs[0].trains;
  return { number: trains.number[row.train], ends: trains.ends[row.train], fate: row.fate + row.bus / 2, extra: row.extra > 0 ? row.extra : null, through: [0, 2, 1][row.through], because: trains.incidents[row.because].map((n) => data.incidents[n].title).join() }[column];
}
// What is reported of a train on the day of a state.
const decidedAt = (train, state) => ofTrain("decided", train).filter(([, first, end]) => first <= state && state < end);
function ofTrain(list, train) {
  if (!ofTrain[list]) {
    ofTrain[list] = new Map();
    for (const each of runs[0].trains[list]) ofTrain[list].set(each[0], [...(ofTrain[list].get(each[0]) || []), each]);
  }
  return ofTrain[list].get(train) || [];
}
const parted = (links, between) => links.flatMap((link, i) => (i ? [between, link] : [link]));
function trainRow(row) {
  const trains = runs[0].trains, { train } = row, chosen = now.train === train, how = trains.texts[row.text];
  const paper = (n) => make("a", { class: "doc", href: "#d" + n, text: "[" + n + "]" });
  const said = ofTrain("reported", train).map(([, incident, document, speaker, says]) => make("small", {}, say("train.reported", { speaker }) + " " + (chosen || says.length < 110 ? says : says.slice(0, 100) + "\u2026") + " ", document ? paper(document) : make("a", { href: incidentHash(incident), text: "\u2197" })));
  const decided = decidedAt(train, runs[0].at[now.step]).map(([, , , words, papers]) => make("small", {}, say("train.decided") + " " + words + " ", ...parted(papers.map(paper), " ")));
  const because = trains.incidents[row.because], few = chosen || because.length <= FEW_INCIDENTS + 1 ? because.length : FEW_INCIDENTS;
  const incidents = because.slice(0, few).map((n) => make("a", { href: incidentHash(n), text: data.incidents[n].title }));
  if (few < because.length) incidents.push(leadingNumber(say("unit.and_more", { n: because.length - few }), () => because, trains.number[train]));
  return make("tr", { class: chosen ? "chosen" : null },
    make("th", { scope: "row" }, make("button", { type: "button", class: "plain", "aria-pressed": String(chosen), title: say("train.show"), text: trains.number[train], onclick: () => update({ train: chosen ? null : train }) })),
    make("td", {}, trains.ends[train], make("small", { text: trains.kind[train] })),
    make("td", {}, sayFate(row), how ? make("small", { text: chosen || how.length < 130 ? how : how.slice(0, 120) + "\u2026" }) : null, ...decided, ...said),
    make("td", { class: "n" }, row.extra > 0 ? leadingNumber("+" + showMinutes(row.extra), () => trains.incidents[row.because], trains.number[train]) : say("unit.none")),
    make("td", { text: sayThrough(row) }),
    make("td", {}, ...parted(incidents, "; "), make("small", {}, ...parted(trains.papers[train].map(paper), " "))));
}
// A row that was made before, where nothing about it has changed.
const rowsKept = new Map();
function keptRow(row) {
  const key = row.at + (now.train === row.train ? "+" : "") + decidedAt(row.train, runs[0].at[now.step]).map((each) => "," + runs[0].trains.decided.indexOf(each)).join("");
  if (rowsKept.size > MOST_ROWS_KEPT) rowsKept.clear();
  if (!rowsKept.has(key)) rowsKept.set(key, trainRow(row));
  return rowsKept.get(key);
}
function showTrains() {
  const run = runs[0], state = run.at[now.step];
  if (listing.state === state && listing.train === now.train) return;
  const kept = listing.state === state ? listing.scrolled : 0;
  Object.assign(listing, { state, train: now.train });
  const { touched, found } = state < 0 ? { touched: [], found: [] } : trainsAt(state);
  byId("trainnote").textContent = state < 0 ? say("map.outside") : say("train.note", { touched: sayCount("count.trains", touched.filter((row) => row.fate || row.through).length), total: showNumber(run.trains.run[state]) });
  // A train that an address names is shown, however far down it stands.
  const most = Math.max(listing.most, found.findIndex((row) => row.train === now.train) + 1);
  const redo = () => { listing.state = null; showTrains(); };
  const head = make("tr", {}, ...["number", "ends", "fate", "extra", "through", "because"].map((key) => sortHead("traintable", key, say("train." + key), key === "extra", redo)));
  byId("traintable").replaceChildren(found.length ? make("table", { class: "wide" }, make("thead", {}, head), make("tbody", {}, ...found.slice(0, most).map(keptRow))) : make("p", { text: say("train.none") }));
  // To set it lays the whole page out, which most steps need not wait for.
  if (kept || listing.scrolled) byId("traintable").scrollTop = kept;
  const more = (text, count) => make("button", { type: "button", class: "boxed", text, onclick: () => { Object.assign(listing, { state: null, most: most + count }); showTrains(); } });
  byId("trainmore").replaceChildren(say("train.shown", { n: showNumber(Math.min(most, found.length)), total: showNumber(found.length) }),
    ...(found.length > most ? [more(say("train.more"), MORE_TRAINS), more(say("train.every"), found.length)] : []));
}
// Every train of the moment that is sought, with the names that the table shows.
function trainText() {
  const trains = runs[0].trains, state = runs[0].at[now.step], head = ["number", "id", "kind", "ends", "fate", "extra_minutes", "gets_through", "how", "reported", "incidents"];
  const rows = (state < 0 ? [] : trainsAt(state).found).map((row) => {
    const { train } = row;
    return [trains.number[train], trains.id[train], trains.kind[train], trains.ends[train], sayFate(row), row.extra < 0 ? "" : row.extra, sayThrough(row), trains.texts[row.text], decidedAt(train, state).map(([, , , words]) => words).join("; "), trains.incidents[row.because].map((n) => data.incidents[n].title).join("; ")];
  });
  return "\ufeff" + [head, ...rows].map((row) => row.map((cell) => csvCell(String(cell))).join(",")).join("\r\n") + "\r\n";
}
// Where the chosen train does not call, as hubs.
function missedStops(state) {
  if (now.train === null || !runs[0].trains || state < 0) return [];
  const row = touchedAt(state).find((each) => each.train === now.train);
  return row ? runs[0].trains.missed[row.missed] : [];
}
