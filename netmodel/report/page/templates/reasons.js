// What a number rests on: it leads to the incidents that set it, with their claims and documents.
const reasons = new WeakMap();
const EFFECTS_BEHIND = { connected_share: ["closed"], unserved_demand: ["closed"], largest_component_share: ["closed"], isolated_hubs: ["closed"], advisory_share: ["advisory"], slowed_share: ["slowed"], diesel_share: ["diesel_only"] };

function lead(link, incidents, name) {
  link.setAttribute("href", "#incidents");
  link.classList.add("why");
  reasons.set(link, { incidents, name: typeof name === "function" ? name : () => name });
  return link;
}
const leadingNumber = (text, incidents, name) => lead(make("a", { text }), incidents, name);
// The incidents in force in a state, or perhaps in force; of those, the ones that can set a measure.
function basisAt(state, metric = "", run = runs[0]) {
  if (state < 0) return [];
  if (/^trains_/.test(metric) && run.trains) return basisOfTrains(state, () => true);
  const wanted = EFFECTS_BEHIND[metric], found = new Set(), every = new Set();
  for (const entry of run.links(state, now.traffic).values()) for (const why of entry.why) {
    if (why.standing || run.backgroundSet.has(why.incident)) continue;
    every.add(why.incident);
    if (!wanted || wanted.includes(why.effect)) found.add(why.incident);
  }
  return [...(found.size ? found : every)];
}
const basisNow = (metric, run = runs[0]) => basisAt(run.at[now.step], metric, run);
function basisOfTrains(state, fits) {
  const found = new Set();
  for (const row of touchedAt(state)) if (fits(row)) for (const incident of runs[0].trains.incidents[row.because]) found.add(incident);
  return [...found];
}
function basisOfBand(layer, state) {
  const run = runs[0], usual = layer === "as_timetabled" || layer === "as_usual";
  if (showsTrains()) return basisOfTrains(state, (row) => usual || layer === (row.bus ? "by_bus" : FATES[row.fate]));
  return basisAt(state, layer === "longer" || usual ? "" : "connected_share");
}
// The incidents on the usual way of a pair: in one state, or at any time.
function basisOfPair(run, pairs, p, state = null) {
  const onWay = outagesOnWay(run, pairs, p).filter(([, first, last]) => state === null || (first <= state && state < last));
  return [...new Set(onWay.map(([incident]) => incident))];
}
// Incident, first state and the one after the last of each outage on a pair's usual way; found once.
function outagesOnWay(run, pairs, p) {
  pairs.onWay ??= new Map();
  if (pairs.onWay.has(p)) return pairs.onWay.get(p);
  const o = run.outages, bit = 1 << run.sets.indexOf(pairs), way = usualWay(run, pairs, p), found = [];
  for (let i = 0; i < o.link.length; i++) {
    const [first, last] = [Math.min(o.possible[2 * i], o.chosen[2 * i]), Math.max(o.possible[2 * i + 1], o.chosen[2 * i + 1])];
    if (!(o.traffic[i] & bit) || o.standing[i] || run.backgroundSet.has(o.incident[i]) || last <= first) continue;
    if (way.has(o.link[i])) found.push([o.incident[i], first, last]);
  }
  pairs.onWay.set(p, found);
  return found;
}
// The links that a pair takes undisturbed; where no state shows them, the shortest way past the closures of the base state.
function usualWay(run, pairs, p) {
  pairs.ways ??= new Map();
  if (!pairs.ways.has(p)) {
    const base = baseRow(pairs, p), way = base && run.paths[base.via];
    // A page without all links is told which of those with outages lie on the usual way.
    pairs.ways.set(p, new Set(run.met ? run.met[run.traffic[run.sets.indexOf(pairs)]][p] : way ? maps[run.number].linksAlong([pairs.from[p], ...way, pairs.to[p]]) : shortestWay(run, pairs.from[p], pairs.to[p])));
  }
  return pairs.ways.get(p);
}
function shortestWay(run, from, to) {
  const net = run.net, o = run.outages, shut = new Set(o.link.filter((_, i) => run.backgroundSet.has(o.incident[i]) && o.effect[i] === 0 && o.chosen[2 * i] === 0 && o.chosen[2 * i + 1] > 0));
  net.around ??= net.hubs.x.map(() => []);
  if (!net.aroundKnown) { net.aroundKnown = true; for (let i = 0; i < net.count; i++) { net.around[net.links.from[i]].push(i); net.around[net.links.to[i]].push(i); } }
  const far = new Float64Array(net.hubs.x.length).fill(Infinity), by = new Int32Array(net.hubs.x.length).fill(-1), heap = [[0, from]];
  far[from] = 0;
  // A heap of [km, hub], the nearest on top.
  const push = (each) => { let i = heap.push(each) - 1; while (i && heap[(i - 1) >> 1][0] > each[0]) { heap[i] = heap[(i - 1) >> 1]; i = (i - 1) >> 1; } heap[i] = each; };
  const pop = () => {
    const top = heap[0], last = heap.pop();
    if (heap.length) {
      let i = 0;
      for (let child = 1; child < heap.length; child = 2 * i + 1) {
        if (child + 1 < heap.length && heap[child + 1][0] < heap[child][0]) child++;
        if (heap[child][0] >= last[0]) break;
        heap[i] = heap[child];
        i = child;
      }
      heap[i] = last;
    }
    return top;
  };
  while (heap.length) {
    const [km, hub] = pop();
    if (hub === to) break;
    if (km > far[hub]) continue;
    for (const link of net.around[hub]) {
      const next = net.links.from[link] === hub ? net.links.to[link] : net.links.from[link], there = km + net.links.km[link];
      if (!shut.has(link) && there < far[next]) { far[next] = there; by[next] = link; push([there, next]); }
    }
  }
  const links = [];
  for (let hub = to; hub !== from && by[hub] >= 0; hub = net.links.from[by[hub]] === hub ? net.links.to[by[hub]] : net.links.from[by[hub]]) links.push(by[hub]);
  return links;
}

// The section of incidents is narrowed to those that a number rests on.
const narrowed = { cards: [], sources: [] };
function buildBasis() {
  Object.assign(narrowed, { cards: [...document.querySelectorAll(".incident")], sources: [...document.querySelectorAll(".documents li")] });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a"), hash = link?.getAttribute("href") || "";
    if (!hash.startsWith("#")) return;
    event.preventDefault();
    const told = reasons.get(link);
    if (told) return reveal(narrowTo(told.incidents(), told.name()) || hash);
    if (link.dataset.at !== undefined) return reveal(narrowTo(basisAt(Number(link.dataset.at)), link.dataset.name) || hash);
    if (link.dataset.basis !== undefined) return reveal(narrowTo(link.dataset.basis.split(" ").map(Number), link.dataset.name) || hash);
    if (link.dataset.state !== undefined) update({ step: stepOfState(runs[0], Number(link.dataset.state)) });
    else if (link.dataset.incident !== undefined) goToIncident(Number(link.dataset.incident));
    // What an earlier number left out of a list is shown again, where the list itself is asked for.
    if (!byId("filter").hidden && findCard(hash)?.querySelector(".incident[hidden], .documents li[hidden]")) showAllIncidents();
    reveal(hash);
  });
  if (location.hash && !location.hash.includes("=")) reveal(location.hash);
}
function showAllIncidents() {
  byId("filter").hidden = true;
  for (const each of [...narrowed.cards, ...narrowed.sources]) each.hidden = false;
  finder.count();
}
// Returns where to go instead, where the number rests on no incident that the page tells in full.
function narrowTo(numbers, name) {
  const wanted = new Set(numbers.map(String)), documents = new Set();
  const told = narrowed.cards.filter((card) => wanted.has(card.dataset.number));
  const tell = (key) => {
    byId("filter").replaceChildren(make("span", { text: say(key, { figure: name }) }), make("button", { type: "button", text: say("incident.show_all"), onclick: showAllIncidents }));
    byId("filter").hidden = false;
  };
  if (told.length && told[0].closest(".away")) return incidentHash(numbers.find((each) => told.some((card) => card.dataset.number === String(each))));
  if (!told.length) {
    showAllIncidents();
    if (numbers.length) return incidentHash(numbers[0]);
    tell("incident.filter_none");
    return "#incidents";
  }
  for (const card of narrowed.cards) {
    card.hidden = !wanted.has(card.dataset.number);
    if (card.hidden) continue;
    for (const n of card.dataset.documents.split(" ")) documents.add("d" + n);
    // The claims are two clicks from the number: this one, and where there are many, their incident.
    for (const box of card.querySelectorAll(wanted.size < 3 ? "details.told, details.claims" : "details.claims")) box.open = true;
    for (let box = card.parentElement; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  }
  for (const source of narrowed.sources) source.hidden = !documents.has(source.id);
  finder.count();
  tell("incident.filter");
  return null;
}
function reveal(hash) {
  const target = findCard(hash);
  if (!target || openWhole(target)) return;
  if (target.hidden) showAllIncidents();
  for (const box of target.querySelectorAll(":scope > details.told, details.claims")) if (target.classList.contains("incident")) box.open = true;
  for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  // In a frame without an address of its own, as in a notebook, only scrolling works.
  if (window === window.top && location.hash !== hash) history.replaceState(null, "", hash);
  target.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
  requestAnimationFrame(() => target.scrollIntoView());
}
