// From one place to another, and the pairs that lost most.
function regionGroups(run) {
  const groups = new Map(), hubs = run.net.hubs;
  for (const hub of hubs.demand) {
    const region = hubs.region[hub];
    if (!groups.has(region)) groups.set(region, []);
    groups.get(region).push(hub);
  }
  const language = data.language, mean = (list) => list.reduce((sum, hub) => sum + hubs.x[hub], 0) / list.length;
  for (const list of groups.values()) list.sort((a, b) => hubs.name[a].localeCompare(hubs.name[b], language));
  return [...groups].sort((a, b) => mean(a[1]) - mean(b[1])).map(([region, list]) => [run.net.regions[region] || say("matrix.other"), list]);
}
function buildChooser() {
  const run = runs[0], groups = regionGroups(run);
  for (const id of ["from", "to"]) {
    const select = byId(id);
    for (const [region, list] of groups) {
      const parent = groups.length > 1 ? make("optgroup", { label: region }) : select;
      for (const hub of list) parent.append(make("option", { value: run.net.hubs.id[hub], text: run.net.hubs.name[hub] }));
      if (parent !== select) select.append(parent);
    }
    select.addEventListener("change", () => update({ [id]: select.value, train: null }));
  }
  byId("swap").addEventListener("click", () => update({ from: now.to, to: now.from, train: null }));
}
function choosePair(from, to, scroll) {
  update({ from, to, train: null });
  if (scroll) byId("pair").scrollIntoView();
}
function viaText(run, pairs, row, backwards) {
  if (!run.paths[row.via]) return say("pair.via_left_out");
  const hubs = [...run.paths[row.via]];
  if (backwards) hubs.reverse();
  const names = hubs.map((hub) => run.net.hubs.name[hub]);
  if (!names.length) return say("pair.direct");
  const shown = names.length > 14 ? [...names.slice(0, 7), "\u2026", ...names.slice(-6)] : names;
  return say("pair.via", { hubs: shown.join(", ") });
}
function baseRow(pairs, p) {
  if (pairs.base[p] < 0) return null;
  for (let i = pairs.first[p]; i < pairs.first[p + 1]; i++) {
    const row = pairs.rowOf(p, i);
    if (row.minutes === row.base && row.km === row.base_km) return row;
  }
  return null;
}
// Whether a pair goes another way than undisturbed: true, false, or null where its usual way is not told.
function takesOtherWay(run, pairs, p, row) {
  if (row.km !== row.base_km) return true;
  const base = baseRow(pairs, p);
  return base && run.paths[base.via] && run.paths[row.via] ? base.via !== row.via : null;
}
const lengthText = (minutes, km) => showMinutes(minutes / 10) + (km >= 0 ? ", " + say("unit.km", { n: showNumber(km / 10, 0) }) : "");

// The earliest arrival if the journey may wait where it starts: minutes of wait, minutes in all.
function waitAt(run, pairs, p, state) {
  const setOut = run.starts[state];
  let best = null;
  for (let i = pairs.first[p]; i < pairs.first[p + 1]; i++) {
    const until = i + 1 < pairs.first[p + 1] ? pairs.state[i + 1] : Infinity;
    if (until <= state || pairs.minutesAt(i) < 0) continue;
    const wait = Math.max(0, run.starts[Math.max(state, pairs.state[i])] - setOut), total = wait + pairs.minutesAt(i) / 10;
    if (!best || total < best.total) best = { wait, total };
  }
  return best;
}
function overWindow(run, pairs, p) {
  let cut = 0, doubt = 0, weighted = 0, connected = 0, longest = 0, all = 0;
  for (let i = pairs.first[p]; i < pairs.first[p + 1]; i++) {
    const until = i + 1 < pairs.first[p + 1] ? pairs.state[i + 1] : run.hours.length;
    let hours = 0;
    for (let s = pairs.state[i]; s < until; s++) hours += run.hours[s];
    all += hours;
    const row = pairs.rowAt[i];
    if (pairs.sure[row] === 1) doubt += hours;
    if (pairs.minutes[row] < 0) cut += hours;
    else if (pairs.base[p] >= 0) {
      const extra = (pairs.minutes[row] - pairs.base[p]) / 10;
      connected += hours;
      weighted += hours * extra;
      longest = Math.max(longest, extra);
    }
  }
  return { cut, doubt, longest, mean: connected ? weighted / connected : 0, all };
}
function wayBox(kind, title, big, ...lines) {
  return make("div", { class: kind }, make(several ? "h4" : "h3", { class: "way-name", text: title }), make("p", { class: "big" + (big.off ? " off" : ""), ...big.data }, big.why ? leadingNumber(big.text, big.why, title) : big.text), ...lines.filter(Boolean).map(([style, text]) => make("p", { class: style, text })));
}
// How many routes share no link, where the run counted them; one means that all have a link in common.
function disjointText(pairs, p) {
  const routes = pairs.disjoint?.[p] ?? 0;
  if (routes < 1) return null;
  return ["disjoint", routes === 1 ? say("pair.disjoint_one") : sayCount("pair.disjoint", routes)];
}
function routeOf(run) {
  const net = run.net, state = run.at[now.step];
  const from = hubHere(net, now.from), to = hubHere(net, now.to), pairs = run.pairSet(now.traffic);
  const found = from === undefined || to === undefined ? undefined : pairs.find(from, to);
  if (!found) return make("p", { class: "note", text: say(run.kept === "all" ? "pair.no_demand" : "pair.kept_" + run.kept) });
  if (state < 0) return make("p", { class: "note", text: say("map.outside") });
  const [p, backwards] = found, row = pairs.rowOf(p), cut = row.minutes < 0;
  // What stands there changes with the pair's own changes; only a wait changes with every moment.
  const key = [run.sets.indexOf(pairs), p, backwards, pairs.cursor[p], cut ? state : ""].join();
  if (run.route?.key === key) return showHere(run.route);
  const base = baseRow(pairs, p), window = overWindow(run, pairs, p), boxes = [];
  boxes.push(wayBox("", say("pair.base"), { text: row.base < 0 ? say("pair.cut") : showMinutes(row.base / 10), data: { "data-value": row.base < 0 ? "" : row.base / 10, "data-of": "base_minutes" } },
    row.base < 0 ? ["", say("pair.never_connected")] : ["", say("unit.km", { n: showNumber(row.base_km / 10, 0) })], base && ["via", viaText(run, pairs, base, backwards)], row.base >= 0 && disjointText(pairs, p)));
  const extra = (row.minutes - row.base) / 10;
  const here = () => basisOfPair(run, pairs, p, run.at[now.step]), ever = () => basisOfPair(run, pairs, p);
  boxes.push(wayBox("now", say("pair.now"), { text: cut ? say("pair.cut") : showMinutes(row.minutes / 10), off: cut, why: here, data: { "data-value": cut ? "" : row.minutes / 10, "data-of": "minutes" } },
    !cut && ["", (extra > 0 ? say("pair.extra", { extra: showMinutes(extra) }) : extra < 0 ? say("pair.less", { extra: showMinutes(-extra) }) : say("pair.same")) + ", " + say("unit.km", { n: showNumber(row.km / 10, 0) })], !cut && ["via", viaText(run, pairs, row, backwards)]));
  if (row.wait !== undefined && row.base >= 0 && (cut || row.wait > 0)) {
    const never = row.wait < -1e7;
    boxes.push(wayBox("", say("pair.wait"), { text: never ? say("pair.wait_never") : (row.wait > 0 ? "+" : "") + showMinutes(row.wait / 10), off: never, why: here, data: { "data-of": "wait", "data-value": never ? "" : row.wait / 10 } }, !never && ["", say("pair.wait_delay")]));
  } else if (cut && row.base >= 0) {
    const best = waitAt(run, pairs, p, state);
    boxes.push(wayBox("", say("pair.wait"), { text: best ? showMinutes(best.wait) : say("pair.wait_not_yet"), off: !best, why: here, data: { "data-of": "wait", "data-value": best ? best.wait : "" } },
      best && ["", say("pair.wait_best", { wait: showMinutes(best.wait), total: showMinutes(best.total) })], best && ["via", say("pair.wait_note")]));
  }
  if (cut && row.base >= 0) {
    boxes.push(wayBox("", say("pair.bus"), { text: row.served >= 0 ? showMinutes(row.served / 10) : say("pair.cut"), off: row.served < 0, why: here, data: { "data-of": "served_minutes", "data-value": row.served < 0 ? "" : row.served / 10 } },
      ["", row.served >= 0 ? say("pair.by_bus") : say("pair.bus_none")]));
  } else if (row.served >= 0 && !cut && row.served < row.minutes) {
    boxes.push(wayBox("", say("pair.bus"), { text: showMinutes(row.served / 10), why: here, data: { "data-of": "served_minutes", "data-value": row.served / 10 } }, ["", say("pair.by_bus")]));
  }
  const sure = row.base < 0 ? "" : say("pair.sure_" + (SURE[row.sure] || "connected"));
  boxes.push(wayBox("", say("pair.over"), { text: row.base < 0 ? say("pair.never_in_base") : window.cut ? say("pair.hours_cut", { hours: showHours(window.cut), window: showHours(window.all) }) : say("pair.never_cut"), why: row.base >= 0 ? ever : null },
    window.mean > 0.05 && ["", say("pair.hours_longer", { extra: showMinutes(window.mean) })], sure && ["via", say("pair.certainty") + ": " + sure],
    row.probability >= 0 && ["", say("pair.probability") + ": " + showShare(row.probability / 1000)]));
  const ways = make("div", { class: "ways" }, ...boxes), strip = run.route?.pairs === pairs && run.route.p === p ? run.route.strip : stripOf(run, pairs, p);
  run.route = { key, pairs, p, strip, box: make("div", {}, ways, strip) };
  return showHere(run.route);
}
// The moment, as a mark on the strip of a pair's time.
function showHere({ strip, box }) {
  const first = data.minutes[0], span = data.minutes[stepCount] - first, x0 = ((data.minutes[now.step] - first) / span) * 1000, x1 = ((data.minutes[now.step + 1] - first) / span) * 1000;
  strip.here.setAttribute("x", x0);
  strip.here.setAttribute("width", Math.max(1.5, x1 - x0));
  return box;
}
const STATUS_FILL = ["var(--m-connected)", "var(--m-longer)", "var(--m-bus)", "var(--m-cut)", "var(--m-base)"];
function stripOf(run, pairs, p) {
  const first = data.minutes[0], span = data.minutes[stepCount] - first, bars = [];
  const svg = draw("svg", { viewBox: "0 0 1000 22", preserveAspectRatio: "none", role: "img", "aria-label": say("pair.strip") });
  for (let i = pairs.first[p]; i < pairs.first[p + 1]; i++) {
    const from = run.starts[pairs.state[i]];
    const until = i + 1 < pairs.first[p + 1] ? run.starts[pairs.state[i + 1]] : run.starts[run.starts.length - 1] + run.hours[run.hours.length - 1] * 60;
    const rect = draw("rect", { x: ((from - first) / span) * 1000, width: Math.max(0.6, ((until - from) / span) * 1000), y: 3, height: 16 });
    rect.style.fill = STATUS_FILL[pairs.status(p, i)];
    svg.append(rect);
    if (pairs.rowOf(p, i).sure === 1) {
      const mark = draw("rect", { x: ((from - first) / span) * 1000, width: Math.max(0.6, ((until - from) / span) * 1000), y: 15, height: 4 });
      mark.style.fill = "var(--m-doubt)";
      svg.append(mark);
    }
  }
  const here = draw("rect", { class: "here", y: 1, height: 20, "vector-effect": "non-scaling-stroke" });
  svg.append(here);
  svg.addEventListener("click", (event) => {
    const r = svg.getBoundingClientRect(), minute = first + (span * (event.clientX - r.left)) / r.width;
    let step = 0;
    while (step + 1 < stepCount && data.minutes[step + 1] <= minute) step++;
    update({ step });
  });
  const strip = make("div", { class: "strip" }, svg);
  strip.here = here;
  return strip;
}
function showRoute() {
  for (const id of ["from", "to"]) if (byId(id).value !== now[id]) byId(id).value = now[id];
  const nodes = runs.flatMap((run) => (several ? [make("h3", { class: "runname", text: run.title }), routeOf(run)] : [routeOf(run)]));
  if (nodes.length !== byId("route").childNodes.length || nodes.some((node, i) => byId("route").childNodes[i] !== node)) byId("route").replaceChildren(...nodes);
  byId("printed-pair").textContent = ["from", "to"].map((id) => byId(id).selectedOptions[0]?.textContent ?? "").join(" \u2013 ");
}

const AFFECTED = 12;
let affectedRows = [], affectedAll = [], affectedKind = -1, firstAffected = null;
function buildAffected() {
  affectedKind = now.traffic;
  const all = new Map();
  runs.forEach((run, number) => {
    const pairs = run.pairSet(now.traffic), ids = run.net.hubs.id;
    for (let p = 0; p < pairs.count; p++) {
      if (pairs.base[p] < 0) continue;
      const key = JSON.stringify([ids[pairs.from[p]], ids[pairs.to[p]]]);
      let entry = all.get(key);
      if (!entry) all.set(key, (entry = { from: ids[pairs.from[p]], to: ids[pairs.to[p]], name: pairName(run.net, pairs.from[p], pairs.to[p], pairs), runs: [] }));
      entry.runs[number] = { p, ...overWindow(run, pairs, p) };
    }
  });
  const worst = (entry, field) => Math.max(...entry.runs.filter(Boolean).map((each) => each[field]));
  const rows = [...all.values()].filter((entry) => worst(entry, "cut") > 0 || worst(entry, "doubt") > 0 || worst(entry, "longest") > 0.05);
  rows.sort((a, b) => worst(b, "cut") - worst(a, "cut") || worst(b, "longest") - worst(a, "longest") || worst(b, "doubt") - worst(a, "doubt"));
  affectedRows = [];
  firstAffected = rows.length ? [rows[0].from, rows[0].to] : null;
  const columns = several ? ["hours", "extra"] : ["hours", "hours_doubt", "extra", "now"], field = { hours: "cut", hours_doubt: "doubt", extra: "longest" };
  const value = (entry, key) => {
    const [name, number] = key.split("-"), each = entry.runs[number || 0];
    if (name === "pair") return entry.name;
    if (name === "now") return each ? runs[0].pairSet(now.traffic).current[each.p] & 7 : null;
    return each && each[field[name]] > 0 ? each[field[name]] : null;
  };
  const head = make("tr", {}, sortHead("affected", "pair", say("affected.pair"), false, buildAffected));
  for (const run of runs) for (const key of columns) head.append(sortHead("affected", key + "-" + run.number, say("affected." + key) + (several ? ", " + run.title : ""), true, buildAffected));
  const body = make("tbody"), shown = inOrder("affected", rows, value);
  for (const entry of shown.slice(0, AFFECTED)) {
    const line = make("tr", {}, make("th", { scope: "row" }, make("button", { type: "button", title: say("affected.show"), text: entry.name, onclick: () => choosePair(entry.from, entry.to, true) })));
    runs.forEach((run, number) => {
      const each = entry.runs[number], told = (text) => leadingNumber(text, () => basisOfPair(run, run.pairSet(now.traffic), each.p), entry.name);
      const cell = (text) => line.append(make("td", { class: "n" }, text ? told(text) : say("unit.none")));
      cell(each?.cut > 0 && showHours(each.cut));
      if (!several) cell(each?.doubt > 0 && showHours(each.doubt));
      cell(each?.longest > 0.05 && "+" + showMinutes(each.longest));
      if (!several) { const here = make("td", { class: "n" }); line.append(here); affectedRows.push([each.p, here]); }
    });
    body.append(line);
  }
  affectedAll = shown;
  byId("affected").replaceChildren(rows.length
    ? make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": say("affected.pair") }, make("table", {}, make("thead", {}, head), body), rows.length > AFFECTED ? make("p", {}, make("small", { text: say("unit.and_more", { n: showNumber(rows.length - AFFECTED) }) })) : null)
    : make("p", { class: "note", text: say(runs.some((run) => run.kept === "none") ? "pair.kept_none" : "affected.none") }));
  writeNow();
}
function showAffected() {
  if (affectedKind !== now.traffic) buildAffected();
  writeNow();
}
function writeNow() {
  const run = runs[0], pairs = run.pairSet(now.traffic), state = run.at[now.step];
  for (const [p, cell] of affectedRows) {
    const text = state < 0 ? "" : say("matrix." + ["connected", "longer", "bus", "cut", "base"][pairs.current[p] & 7]);
    if (cell.textContent !== text) cell.textContent = text;
  }
}
