// What the page gives back: an address of what it shows, tables, pictures, a citation.
const inFrame = window !== window.top;
let keeping = 0;
function instantOf(minute) { return new Date(Date.parse(data.begins) + minute * 60000).toISOString().slice(0, 16) + "Z"; }
function writeHash() {
  const run = runs[0], parts = new URLSearchParams();
  parts.set("t", instantOf(data.minutes[now.step]));
  if (now.traffic) parts.set("traffic", run.kind(now.traffic));
  if (now.from !== null && now.to !== null) parts.set("pair", now.from + "~" + now.to);
  if (now.train !== null && now.train !== undefined && run.trains) parts.set("train", run.trains.id[now.train]);
  parts.set("metric", chart.metric);
  if (chart.from > data.minutes[0] || chart.to < data.minutes[stepCount]) parts.set("time", instantOf(chart.from) + "~" + instantOf(chart.to));
  parts.set("view", [(view.width / 2 - view.x) / view.k, (view.height / 2 - view.y) / view.k, view.width / view.k].map((n) => n.toFixed(1)).join("~"));
  return "#" + parts.toString();
}
function keepHash() {
  if (inFrame) return;
  const later = () => { clearTimeout(keeping); keeping = setTimeout(() => { if (stated) history.replaceState(null, "", writeHash()); }, 400); };
  let stated = location.hash.includes("=");
  parts.push(() => { stated ||= parts.ready === true; later(); });
  parts.ready = true;
  for (const id of ["metric", "timein", "timeout", "wholetime", "maps", "chart", "bandchart"]) for (const kind of ["change", "click", "pointerup", "wheel", "keyup"]) byId(id)?.addEventListener(kind, () => { stated = true; later(); }, { passive: true });
  addEventListener("hashchange", () => { const asked = readHash(); if (asked) { update(asked.changes); if (asked.view) { view.fitted = null; Object.assign(view, asked.view(view)); maps.forEach((map) => map.place()); } } });
}
function readHash() {
  if (!location.hash.includes("=")) return null;
  const asked = new URLSearchParams(location.hash.slice(1)), changes = {}, run = runs[0];
  const minuteOf = (text) => (Date.parse(text) - Date.parse(data.begins)) / 60000;
  const at = minuteOf(asked.get("t"));
  if (Number.isFinite(at)) { let step = 0; while (step + 1 < stepCount && data.minutes[step + 1] <= at + 0.5) step++; changes.step = step; }
  const traffic = run.traffic.indexOf(asked.get("traffic"));
  if (traffic >= 0) { changes.traffic = traffic; const box = document.querySelector('#traffic input[value="' + traffic + '"]'); if (box) box.checked = true; }
  const [from, to] = (asked.get("pair") || "").split("~");
  if (to && run.net.hubs.id.includes(from) && run.net.hubs.id.includes(to)) Object.assign(changes, { from, to });
  const train = run.trains ? run.trains.id.indexOf(asked.get("train")) : -1;
  if (train >= 0) changes.train = train;
  const metric = asked.get("metric");
  if (metric && [...byId("metric").options].some((each) => each.value === metric)) { byId("metric").value = metric; chart.metric = metric; drawChart(); }
  const [begin, end] = (asked.get("time") || "").split("~").map(minuteOf);
  if (Number.isFinite(begin) && end > begin) zoomTime(begin, end);
  const [x, y, wide] = (asked.get("view") || "").split("~").map(Number);
  const place = Number.isFinite(x) && Number.isFinite(y) && wide > 0 ? ({ width, height }) => { const k = width / wide; return { k, x: width / 2 - x * k, y: height / 2 - y * k }; } : null;
  return { changes, view: place };
}

function saveFile(name, text, type) {
  const link = make("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 4000);
}
const fileName = (what, ending) => (document.querySelector("h1").textContent.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "netmodel") + "-" + what + "." + ending;
// A text that a spreadsheet would take for a formula is kept as text by a leading apostrophe.
const csvCell = (text) => { const safe = /^[=+\-@\t\r]/.test(text) && !/^[+\-]?[\d.,]+$/.test(text) ? "'" + text : text; return /[",\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe; };
const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "paint-order", "display", "fill-rule", "vector-effect"];
// A drawing with its look written into it, under a title and over a line of sources.
function pictureOf(svgs, width, height, title) {
  const space = 54, foot = 26, ink = getComputedStyle(document.body).color, paper = getComputedStyle(document.body).backgroundColor;
  const whole = draw("svg", { xmlns: "http://www.w3.org/2000/svg", width, height: height + space + foot, viewBox: "0 0 " + width + " " + (height + space + foot) }, draw("rect", { width, height: height + space + foot, fill: paper }));
  for (const svg of svgs) {
    const copy = svg.cloneNode(true), from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
    from.forEach((each, i) => { const look = getComputedStyle(each); for (const name of DRAWN) to[i].style.setProperty(name, look.getPropertyValue(name)); });
    copy.setAttribute("y", space);
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    whole.append(copy);
  }
  const line = (y, size, weight, text) => draw("text", { x: 10, y, fill: ink, "font-family": FONT, "font-size": size, "font-weight": weight, text });
  whole.append(line(22, 15, 600, document.querySelector("h1").textContent), line(42, 12, 400, title), line(height + space + 17, 10, 400, byId("credit").textContent.trim()));
  return '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(whole);
}
function savePicture(kind, what, svgs, width, height, title) {
  const text = pictureOf(svgs, width, height, title);
  if (kind === "svg") return saveFile(fileName(what, "svg"), text, "image/svg+xml");
  const image = new Image(), scale = 2;
  image.onload = () => {
    const canvas = make("canvas", { width: width * scale, height: (height + 80) * scale });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const link = make("a", { download: fileName(what, "png"), href: canvas.toDataURL("image/png") });
    link.click();
  };
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
}
function buildGiving() {
  const button = (text, action) => make("button", { type: "button", class: "boxed", text, onclick: action });
  const row = (id, ...buttons) => byId(id).append(make("p", { class: "gives" }, ...buttons));
  const pictures = (what, source) => ["PNG", "SVG"].map((kind) => button(say("give.picture", { kind }), () => savePicture(kind.toLowerCase(), what, ...source())));
  const moment = () => byId("printed-moment").textContent;
  row("map", ...pictures("map", () => { const box = maps[0].box; return [[...box.querySelectorAll(":scope > svg")], box.clientWidth, box.clientHeight, moment()]; }));
  row("curve", ...pictures("curve", () => { const svg = byId("chart").querySelector("svg"); return [[svg], svg.clientWidth, svg.clientHeight, byId("printed-metric").textContent]; }),
    button(say("give.table"), () => saveFile(fileName("curve", "csv"), curveText(), "text/csv;charset=utf-8")));
  if (!several) row("picture", ...pictures("picture", () => { const svg = byId("bandchart").querySelector("svg"); return [[svg], svg.clientWidth, svg.clientHeight, bands.told.title]; }),
    button(say("give.table"), () => saveFile(fileName("picture", "csv"), bandText(), "text/csv;charset=utf-8")));
  if (byId("trains")) row("trains", button(say("give.table"), () => saveFile(fileName("trains", "csv"), trainText(), "text/csv;charset=utf-8")));
  row("matrix", button(say("give.table"), () => saveFile(fileName("pairs", "csv"), csvText(pairRows()), "text/csv;charset=utf-8")));
  if (!several) byId("givesall").append(button(say("zip.all"), () => saveFile(fileName("data", "zip"), zipOf(packageFiles()), "application/zip")));
  byId("copycite")?.addEventListener("click", () => navigator.clipboard?.writeText(byId("citation").textContent + (location.protocol.startsWith("http") ? " " + location.href : "")));
}
// The measure that is shown, with its bounds, for each step.
function curveText() {
  const ends = ["", "_guaranteed", "_possible"], head = ["start", "end", "reported"], columns = [];
  runs.forEach((run) => ends.forEach((end) => { const values = seriesOf(run, end); if (values) { head.push((several ? run.title + " " : "") + chart.metric + end); columns.push(values); } }));
  const rows = data.labels.map((_, step) => [instantOf(data.minutes[step]), instantOf(data.minutes[step + 1]), data.known[step] < 2 ? "yes" : "no", ...columns.map((values) => values[step] ?? "")]);
  return "\ufeff" + [head, ...rows].map((row) => row.map((cell) => csvCell(String(cell))).join(",")).join("\r\n") + "\r\n";
}
