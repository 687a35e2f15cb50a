// All that the page shows as tables, in one ZIP with a README and the definitions of its columns.
const CRC = Uint32Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n; });
function crcOf(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
// Files are stored as they are; their date is the first a ZIP knows, so that the same page gives the same bytes.
function zipOf(files) {
  const parts = [], list = [], text = new TextEncoder();
  let offset = 0, listed = 0;
  const field = (view, at, size, value) => (size === 2 ? view.setUint16(at, value, true) : view.setUint32(at, value, true));
  for (const [name, content] of files) {
    const bytes = text.encode(content), title = text.encode(name), crc = crcOf(bytes);
    for (const central of [false, true]) {
      const head = new DataView(new ArrayBuffer(central ? 46 : 30)), shift = central ? 2 : 0;
      field(head, 0, 4, central ? 0x02014b50 : 0x04034b50);
      if (central) field(head, 4, 2, 20);
      field(head, 4 + shift, 2, 20);
      field(head, 6 + shift, 2, 0x0800);
      field(head, 12 + shift, 2, 33);
      field(head, 14 + shift, 4, crc);
      field(head, 18 + shift, 4, bytes.length);
      field(head, 22 + shift, 4, bytes.length);
      field(head, 26 + shift, 2, title.length);
      if (central) { field(head, 42, 4, offset); list.push(head.buffer, title); listed += 46 + title.length; }
      else parts.push(head.buffer, title, bytes);
    }
    offset += 30 + title.length + bytes.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  field(end, 0, 4, 0x06054b50);
  field(end, 8, 2, files.length);
  field(end, 10, 2, files.length);
  field(end, 12, 4, listed);
  field(end, 16, 4, offset);
  return new Blob([...parts, ...list, end.buffer], { type: "application/zip" });
}
const csvText = (rows) => "\ufeff" + rows.map((row) => row.map((cell) => csvCell(String(cell ?? ""))).join(",")).join("\r\n") + "\r\n";
const shownText = (node) => (node ? node.textContent.replace(/\s+/g, " ").trim() : "");
// Every measure in every state, under its name in the tables of a run.
function measureRows(kind) {
  const run = runs[0], names = Object.keys(run.metrics[kind]);
  return [["start", "end", "reported", ...names], ...data.labels.map((_, step) => [instantOf(data.minutes[step]), instantOf(data.minutes[step + 1]), data.known[step] < 2 ? "yes" : "no", ...names.map((name) => (run.at[step] < 0 ? "" : run.metrics[kind][name][run.at[step]]))])];
}
function figureRows() {
  const found = [];
  for (const kind of document.querySelectorAll("#figures .kind")) {
    const of = runs[0].traffic[kind.dataset.kind];
    for (const each of kind.querySelectorAll("[data-figure]")) found.push([of, each.dataset.figure, each.matches(".card") ? shownText(each.querySelector(".label")) : each.cells[0].firstChild.textContent.trim(), ...each.dataset.numbers.split(";")]);
  }
  return [["traffic", "figure", "label", "unit", "value", "guaranteed", "possible"], ...found];
}
// In numbers: hours and minutes, in columns of their own for each run.
function pairRows() {
  const fields = { hours_cut: "cut", hours_in_doubt: "doubt", longest_extra_minutes: "longest" }, names = Object.keys(fields);
  const cells = (each) => names.map((name) => (each ? Math.round(each[fields[name]] * 100) / 100 : ""));
  return [["from", "to", "name", ...runs.flatMap((run) => names.map((name) => (several ? run.title + " " : "") + name))], ...affectedAll.map((entry) => [entry.from, entry.to, entry.name, ...runs.flatMap((_, n) => cells(entry.runs[n]))])];
}
function incidentRows() {
  const rows = [...document.querySelectorAll(".incident")].map((card) => [card.id, shownText(card.querySelector("h3")), card.dataset.effect, shownText(card.querySelector(".starts")), data.incidents[card.dataset.number].planned ? "yes" : "no", card.querySelectorAll(".claims .claim").length, card.dataset.documents]);
  return [["anchor", "title", "effect", "start", "planned", "claims", "documents"], ...rows];
}
function documentRows() {
  return [["number", "reference", "address"], ...[...document.querySelectorAll(".documents li")].map((item) => [item.id.slice(1), shownText(item), item.querySelector("a")?.href ?? ""])];
}
function definitionRows() {
  const names = new Set(runs[0].traffic.flatMap((kind) => Object.keys(runs[0].metrics[kind]))), ends = ["guaranteed", "possible", "q05", "q95"];
  const told = (name) => { const end = ends.find((each) => name.endsWith("_" + each)), base = end ? name.slice(0, -end.length - 1) : name; return [name, say("metric." + base), (data.strings["define." + base] || "") + (end ? " (" + say("zip.end_" + end) + ")" : "")]; };
  const columns = ["start", "end", "reported", "not_through_least", "not_through_most", "hours_cut", "hours_in_doubt", "longest_extra_minutes", "gets_through", "extra_minutes", "planned"];
  return [["column", "name", "meaning"], ...columns.map((name) => [name, "", say("zip.column_" + name)]), ...[...names].map(told)];
}
function packageFiles() {
  const files = [["picture.csv", bandText()], ...runs[0].traffic.map((kind) => ["measures-" + kind + ".csv", csvText(measureRows(kind))]), ["figures.csv", csvText(figureRows())], ["pairs.csv", csvText(pairRows())]];
  if (byId("trains")) files.push(["trains.csv", trainText()]);
  files.push(["incidents.csv", csvText(incidentRows())], ["documents.csv", csvText(documentRows())], ["definitions.csv", csvText(definitionRows())]);
  const title = document.querySelector("h1").textContent, about = files.map(([name]) => name + ": " + say("zip.file_" + name.split(/[-.]/)[0]));
  const readme = [title, "=".repeat(Math.min(72, title.length)), shownText(document.querySelector(".window")), "", say("zip.moment") + " " + data.labels[now.step] + (location.protocol.startsWith("http") ? "\r\n" + location.href : ""), "", ...about, "", say("zip.marks", { reported: "reported", no: "no", guaranteed: "_guaranteed", possible: "_possible" }), "", byId("citation").textContent, "", shownText(byId("credit"))];
  return [["README.txt", "\ufeff" + readme.join("\r\n") + "\r\n"], ...files];
}
