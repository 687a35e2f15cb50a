// The first picture: every train of a day, or every journey, stacked by what became of it.
const BANDS = ["not_run", "split", "cut_short", "by_bus", "held", "detoured", "slower", "as_timetabled"];
const bands = { height: 250, width: 0, whole: true, of: runs[0].picture, told: null, shown: new Set(), hovered: null };
// Layers from below, the gravest first; what the evidence leaves open lies between least and most.
function bandData() {
  const run = runs[0];
  if (showsTrains()) {
    const counts = run.trains.counts, usual = counts.all.map((all, state) => all - BANDS.slice(0, -1).reduce((sum, name) => sum + counts[name][state], 0));
    const layers = BANDS.map((name) => ({ name, text: say("fate." + name), values: name === "as_timetabled" ? usual : counts[name] }));
    return { layers, whole: true, least: counts.certainly_not, most: counts.possibly_not, total: Math.max(...counts.all), title: say("band.trains"), show: showMean, all: (state) => (isWhole(counts.all[state]) ? sayCount("count.trains", Math.round(counts.all[state])) : say("band.trains_mean", { n: showMean(counts.all[state]) })) };
  }
  const of = (name) => run.metrics[run.kind(now.traffic)][name], rail = of("connected_share");
  if (!rail) return null;
  const longer = of("rerouted_share") || rail.map(() => 0), served = of("served_share") || rail;
  const layers = [
    { name: "no_way", text: say("band.no_way"), values: served.map((share) => 1 - share) },
    { name: "by_bus", text: say("band.by_bus"), values: served.map((share, state) => share - rail[state]) },
    { name: "longer", text: say("band.longer"), values: longer },
    { name: "as_usual", text: say("band.as_usual"), values: rail.map((share, state) => share - longer[state]) },
  ];
  const [low, high] = [of("connected_share_guaranteed") || rail, of("connected_share_possible") || rail];
  return { layers, least: high.map((share) => 1 - share), most: low.map((share) => 1 - share), total: 1, title: say(run.kind(now.traffic) === "passenger" ? "band.journeys" : "band.demand"), show: showShare, all: () => say("traffic." + run.kind(now.traffic)) };
}
// Trains a day are the mean of the days of a state.
const isWhole = (value) => Math.abs(value - Math.round(value)) < 0.05;
const showMean = (value) => showNumber(value, isWhole(value) ? 0 : 1);
const showsTrains = () => runs[0].trains && now.traffic === 0 && bands.of === "trains";
function bandTop(told) {
  if (bands.whole) return told.total;
  const below = runs[0].hours.map((_, state) => Math.max(told.most[state], told.layers.slice(0, -1).reduce((sum, layer) => sum + layer.values[state], 0)));
  const most = Math.max(...below);
  return most > 0 ? most : told.total;
}
function roundTicks(most, count, whole) {
  const rough = whole ? Math.max(1, most / count) : most / count, unit = Math.pow(10, Math.floor(Math.log10(rough))), step = (whole && rough < 10 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]).map((n) => n * unit).find((n) => n >= rough);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}
// One path for each run of steps in which the layer keeps its lower and its upper edge.
function areaPath(low, high, y) {
  const at = (values, step) => (runs[0].at[step] < 0 ? 0 : values[runs[0].at[step]]);
  let path = "";
  for (let i = 0; i < stepCount; ) {
    const edges = (step) => [y(at(low, step)).toFixed(1), y(at(high, step)).toFixed(1)], [a, b] = edges(i);
    let j = i + 1;
    while (j < stepCount && edges(j).join() === a + "," + b) j++;
    if (at(high, i) - at(low, i) > 1e-9) path += "M" + xOf(data.minutes[i], bands.width).toFixed(1) + " " + a + "V" + b + "H" + xOf(data.minutes[j], bands.width).toFixed(1) + "V" + a + "z";
    i = j;
  }
  return path;
}
// Each layer has a form of its own beside its colour.
function bandPatterns() {
  const marks = {
    split: ["M0 0l8 8M8 0l-8 8", 1], by_bus: ["M0 2h8M0 6h8M2 0v8M6 0v8", 0.8], held: ["M2 0v8M6 0v8", 1.2], detoured: ["M0 2h8M0 6h8", 1.1], slower: ["M1.5 2h1.6M5.5 6h1.6", 1.6], longer: ["M0 2h8M0 6h8", 1.1],
  };
  const patterns = Object.entries(marks).map(([name, [d, thick]]) => draw("pattern", { id: "p-" + name, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, draw("rect", { class: "t-" + name, width: 8, height: 8 }), draw("path", { class: "texture", d, "stroke-width": thick })));
  return draw("defs", {}, ...patterns, draw("pattern", { id: "p-doubt", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, draw("rect", { class: "doubtground", width: 7, height: 7 }), draw("path", { class: "doubtline", d: "M1.5 0v7" })));
}
const PATTERNED = new Set(["split", "by_bus", "held", "detoured", "slower", "longer"]);
const bandFill = (name) => (PATTERNED.has(name) ? { fill: "url(#p-" + name + ")" } : { class: "t-" + name });
function drawBands() {
  if (several) return;
  const box = byId("bandchart"), told = bandData();
  byId("picture").hidden = !told;
  bands.told = told;
  if (!told) return;
  byId("h-picture").textContent = told.title;
  if (byId("bandof")) { byId("bandof").disabled = now.traffic !== 0; byId("bandof").querySelector("[value=" + (showsTrains() ? "trains" : "journeys") + "]").checked = true; }
  bands.width = Math.max(260, box.clientWidth);
  const lanes = packLanes(bands.width), most = bandTop(told), total = TOP + bands.height + 30 + lanes.height, y = (value) => TOP + bands.height * (1 - Math.min(1.02, value / most));
  const svg = draw("svg", { viewBox: "0 0 " + bands.width + " " + total, height: total, role: "group", "aria-label": told.title }, bandPatterns());
  for (const value of roundTicks(most, 4, told.whole)) svg.append(draw("path", { class: "grid", d: "M" + LEFT + " " + y(value) + "H" + edgeOf(bands.width) }), draw("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end", text: told.whole ? showNumber(value, 0) : showShare(value) }));
  drawTicks(svg, bands.width, bands.height);
  const shown = new Set();
  let under = runs[0].hours.map(() => 0);
  for (const layer of told.layers) {
    const over = under.map((value, state) => value + Math.max(0, layer.values[state]));
    const path = areaPath(under, over, y);
    if (path) { svg.append(draw("path", { ...bandFill(layer.name), d: path, "data-fate": layer.name })); shown.add(layer.name); }
    under = over;
  }
  const doubt = areaPath(told.least, told.most, y);
  if (doubt) svg.append(draw("path", { class: "doubt", fill: "url(#p-doubt)", d: doubt }));
  svg.append(draw("path", { class: "axisline", d: "M" + LEFT + " " + y(0) + "H" + edgeOf(bands.width) }));
  drawKnown(svg, bands.width, bands.height);
  drawLanes(svg, lanes, TOP + bands.height + 34, bands.width);
  svg.append((bands.cursor = draw("path", { class: "cursor" })));
  bands.total = total;
  box.replaceChildren(svg);
  bands.shown = shown;
  const patch = (fill, text) => make("li", {}, draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("rect", { ...fill, width: 30, height: 12 })), text);
  byId("bandlegend").replaceChildren(...told.layers.filter((layer) => shown.has(layer.name)).reverse().map((layer) => patch(bandFill(layer.name), layer.text)), ...(doubt ? [patch({ fill: "url(#p-doubt)", class: "doubt" }, say("band.doubt"))] : []));
  byId("lanelegend").replaceChildren(...laneKeys(lanes), ...pointKeys());
  moveBands();
}
function moveBands() {
  if (several || !bands.told) return;
  const step = bands.hovered ?? now.step, state = runs[0].at[step], told = bands.told;
  bands.cursor.setAttribute("d", "M" + xOf(data.minutes[step], bands.width) + " " + TOP + "V" + bands.total);
  const parts = state < 0 ? [] : told.layers.filter((layer) => bands.shown.has(layer.name) && told.show(layer.values[state]) !== told.show(0)).reverse().map((layer) => [layer.text + " ", leadingNumber(told.show(layer.values[state]), () => basisOfBand(layer.name, state), layer.text)]);
  if (state >= 0 && told.most[state] - told.least[state] > 1e-9) parts.push([leadingNumber(say("band.open", { least: told.show(told.least[state]), most: told.show(told.most[state]) }), () => basisAt(state), say("band.doubt"))]);
  byId("bandsays").replaceChildren(make("b", { text: data.labels[step] }), " ", ...(state < 0 ? [say("map.outside")] : [told.all(state) + ": ", ...parted(parts, [" \u00b7 "]).flat()]));
}
function buildBands() {
  if (several) return;
  const box = byId("bandchart"), hover = (step) => { if (bands.hovered !== step) { bands.hovered = step; moveBands(); } };
  const stepHere = (event) => stepAt(event.clientX - box.getBoundingClientRect().left, bands.width);
  brushable(box, () => bands.width);
  box.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") hover(stepHere(event)); });
  box.addEventListener("pointerleave", () => hover(null));
  byId("bandof")?.addEventListener("change", (event) => { bands.of = event.target.value; drawBands(); });
  byId("bandscale").addEventListener("change", (event) => { bands.whole = event.target.value === "all"; drawBands(); });
  parts.push(moveBands);
}
// What the picture shows, for each step.
function bandText() {
  const told = bands.told, run = runs[0], head = ["start", "end", "reported", ...told.layers.map((layer) => layer.name), "not_through_least", "not_through_most"];
  const rounded = (value) => Math.round(value * 1e6) / 1e6;
  const rows = data.labels.map((_, step) => [instantOf(data.minutes[step]), instantOf(data.minutes[step + 1]), data.known[step] < 2 ? "yes" : "no", ...[...told.layers.map((layer) => layer.values), told.least, told.most].map((values) => (run.at[step] < 0 ? "" : rounded(values[run.at[step]])))]);
  return "\ufeff" + [head, ...rows].map((row) => row.map((cell) => csvCell(String(cell))).join(",")).join("\r\n") + "\r\n";
}
