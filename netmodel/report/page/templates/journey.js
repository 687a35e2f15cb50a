// A journey at the moment: what became of it, why, and of the trains that call at both places.
const MOST_FOUND = 8, MOST_NAMED = 12;
function buildJourney() {
  const form = byId("journey");
  if (several || !form) return;
  const pairs = runs[0].sets[0], names = runs[0].net.hubs.name, [one, other] = pairs.count ? [pairs.from[0], pairs.to[0]] : runs[0].net.hubs.demand;
  const hint = other === undefined ? say("journey.hint_none") : say("journey.hint", { one: names[one], other: names[other] });
  const input = make("input", { type: "search", id: "journeyask", placeholder: hint, autocomplete: "off" });
  const found = make("ul", { class: "found", id: "journeyfound" });
  const search = () => {
    const asked = input.value.trim() ? findJourneys(input.value) : null, none = () => (runs[0].kept !== "all" ? "pair.kept_" + runs[0].kept + (runs[0].kept === "affected" ? "_all" : "") : asked.idle ? "pair.no_demand" : "journey.none");
    found.replaceChildren(...(asked?.found || []).map(([from, to, name]) => make("li", {}, make("button", { type: "button", class: "boxed", text: name, onclick: () => { update({ from, to, train: null }); byId("verdict").focus(); } }))),
      ...(asked && !asked.found.length ? [make("li", { text: (asked.idle ? asked.idle + ": " : "") + say(none()) })] : []));
  };
  input.addEventListener("input", search);
  form.addEventListener("submit", (event) => { event.preventDefault(); found.querySelector("button")?.click(); });
  form.append(make("label", { for: "journeyask", text: say("journey.check") }), input, found);
  form.hidden = false;
  parts.push(showVerdict);
}
// Pairs whose two names hold the words: those before a cut between words the first, the rest the second;
// and the first two places that they name between which nobody travels.
function findJourneys(text) {
  const run = runs[0], hubs = run.net.hubs, plain = (each) => each.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const words = plain(text).replace(/[\u2013\u2014>\u2192,;]/g, " ").split(/\s+/).filter((word) => word && !["-", "to", "from", "\u0434\u043e", "\u0437"].includes(word)), found = new Map();
  const named = hubs.demand.map((hub) => [hub, plain(hubs.name[hub])]), pairs = run.pairSet(now.traffic);
  let idle = null;
  const places = (part) => named.filter(([, name]) => part.every((word) => name.includes(word))).map(([hub]) => hub);
  const offer = (a, b) => {
    if (a === b || found.size >= MOST_FOUND) return;
    if (pairs.find(a, b)) found.set(a + "-" + b, [hubs.id[a], hubs.id[b], pairName(run.net, a, b, pairs)]);
    else idle ??= hubs.name[a] + " \u2013 " + hubs.name[b];
  };
  for (let cut = 1; cut < words.length; cut++) for (const a of places(words.slice(0, cut))) for (const b of places(words.slice(cut))) offer(a, b);
  if (words.length === 1) for (const a of places(words)) for (const [b] of named) offer(a, b);
  return { found: [...found.values()], idle: words.length > 1 ? idle : null };
}
// Whether a train runs on a day of a state; taken so where its days are not told.
function runsIn(calendar, state) {
  const spans = runs[0].trains.running[calendar];
  return !spans || spans.some((first, i) => i % 2 === 0 && first <= state && state < spans[i + 1]);
}
// Whether one part of a train runs from a place to another: both lie on one side of where it is parted.
function inOnePart(trains, train, gap, a, b) {
  const course = trains.course[train], at = (hub) => course.indexOf(hub), [turned, resumed] = gap.map(at), ends = [at(a), at(b)];
  if (ends.includes(-1) || (turned < 0 && resumed < 0)) return true;
  return (turned >= 0 && ends.every((end) => end <= turned)) || (resumed >= 0 && ends.every((end) => end >= resumed));
}
// Every train that calls at both places and runs, with its row in a state if anything is to be told of it.
// Of a pair whose return is another pair, those that call at the first place before the second.
function trainsBetween(a, b, state, oneWay) {
  const trains = runs[0].trains, calls = (list) => list.includes(a) && list.includes(b) && (!oneWay || list.indexOf(a) < list.lastIndexOf(b)), found = [];
  if (!trains || state < 0) return found;
  const rows = new Map(touchedAt(state).map((row) => [row.train, row]));
  trains.calls.forEach((list, train) => {
    if (!calls(list)) return;
    const row = rows.get(train), missed = row ? trains.missed[row.missed] : [], gap = row ? trains.gaps[row.at / STRIDE] : [], between = list.slice(Math.min(list.indexOf(a), list.indexOf(b)), Math.max(list.indexOf(a), list.indexOf(b)) + 1);
    if (!row && !runsIn(trains.runs[train], state)) return void (found.idle = true);
    const joins = !row || (FATES[row.fate] !== "not_run" && !missed.includes(a) && !missed.includes(b) && !(FATES[row.fate] === "split" && between.some((hub) => missed.includes(hub))) && (!gap.length || inOnePart(trains, train, gap, a, b)));
    found.push({ number: trains.number[train], train, row, joins });
  });
  trains.others.calls.forEach((list, i) => {
    if (!calls(list)) return;
    if (runsIn(trains.others.runs[i], state)) found.push({ number: trains.others.number[i], joins: true });
    else found.idle = true;
  });
  return found;
}
function showVerdict() {
  const run = runs[0], net = run.net, state = run.at[now.step], a = hubHere(net, now.from), b = hubHere(net, now.to), pairs = run.pairSet(now.traffic);
  const found = a === undefined || b === undefined || state < 0 ? undefined : pairs.find(a, b), box = byId("verdict");
  if (!found) return box.replaceChildren(...(run.kept !== "all" && a !== undefined && b !== undefined && a !== b ? [make("p", { text: say("pair.kept_" + run.kept) })] : []));
  const [p] = found, row = pairs.rowOf(p), extra = (row.minutes - row.base) / 10, kind = ["same", "longer", "bus", "cut", "never"][pairs.status(p)];
  const status = kind === "longer" ? { true: "longer", false: "slower", null: "later" }[takesOtherWay(run, pairs, p, row)] : kind;
  const time = showMinutes((status === "bus" ? row.served : row.minutes) / 10), why = status === "never" || status === "same" ? [] : basisOfPair(run, pairs, p, state).slice(0, 3);
  const told = [say("journey." + status, { time, extra: showMinutes(Math.abs(extra)) }) + (row.sure === 1 ? " (" + say("journey.doubt") + ")" : "") + "."];
  const link = (n) => make("a", { href: incidentHash(n), text: data.incidents[n].title });
  const oneWay = pairs.keepsDirection(a, b), trains = now.traffic === 0 ? trainsBetween(a, b, state, oneWay) : [], list = trains.filter((each) => each.row);
  const usual = trains.filter(({ row }) => !row || FATES[row.fate] === "as_timetabled"), open = usual.filter(({ row }) => row?.through).length, so = oneWay ? say("journey.so") : "";
  box.replaceChildren(make("p", {}, make("b", { text: pairName(net, a, b, pairs) + ", " + data.labels[now.step] + ": " }), told[0], ...(why.length ? [" " + say("journey.because") + " ", ...parted(why.map(link), "; "), "."] : [])),
    ...(run.trains && now.traffic === 0 ? [make("p", { text: trains.length ? say("journey.trains", { trains: sayCount(oneWay ? "journey.calling_so" : "journey.calling", trains.length), usual: showNumber(usual.length), doubt: open ? say("journey.in_doubt", { n: showNumber(open) }) : "", joins: showNumber(trains.filter((each) => each.joins).length) }) : say(trains.idle ? "journey.no_trains_then" : "journey.no_trains", { so }) })] : []),
    ...(list.length ? [make("ul", {}, ...list.slice(0, MOST_NAMED).map(verdictRow), list.length > MOST_NAMED ? make("li", { text: say("unit.and_more", { n: list.length - MOST_NAMED }) }) : null)] : []));
}
function verdictRow({ number, train, row, joins }) {
  const trains = runs[0].trains, how = trains.texts[row.text];
  return make("li", {}, make("button", { type: "button", class: "plain", title: say("train.show"), text: number, onclick: () => update({ train: now.train === train ? null : train }) }), " " + trains.ends[train] + ": " + sayFate(row) + (FATES[row.fate] === "as_timetabled" && row.through ? " (" + sayThrough(row) + ")" : "") + (row.extra > 0 ? ", +" + showMinutes(row.extra) : "") + (how ? ", " + (how.length < 110 ? how : how.slice(0, 100) + "\u2026") : "") + (joins ? "" : " \u2013 " + say("journey.not_both")) + ".");
}
