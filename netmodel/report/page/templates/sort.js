// Tables are put in order by their heads: a button in each, and aria-sort tells which order holds.
const orders = new Map();
const collator = new Intl.Collator(data.language, { numeric: true });
// A column of numbers begins with the greatest; a third press gives the table's own order back.
function sortHead(table, key, text, numeric, redo) {
  const order = orders.get(table), on = order?.key === key;
  const press = () => {
    const next = !on ? { key, down: numeric } : order.down === numeric ? { key, down: !numeric } : null;
    if (next) orders.set(table, next); else orders.delete(table);
    redo();
    byId(table).querySelector('[data-sort="' + key + '"]')?.focus();
  };
  return make("th", { scope: "col", class: numeric ? "n" : null, "aria-sort": on ? (order.down ? "descending" : "ascending") : null },
    make("button", { type: "button", class: "sorter", "data-sort": key, title: say("sort.by", { column: text }), text, onclick: press }));
}
function compareCells(a, b) {
  const [noA, noB] = [a, b].map((each) => each === null || each === undefined || each === "");
  if (noA || noB) return noA - noB;
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b);
}
function inOrder(table, rows, valueOf) {
  const order = orders.get(table);
  if (!order) return rows;
  const empty = (value) => value === null || value === undefined || value === "";
  return [...rows].sort((a, b) => {
    const [x, y] = [valueOf(a, order.key), valueOf(b, order.key)];
    return compareCells(x, y) * (order.down && !empty(x) && !empty(y) ? -1 : 1);
  });
}
// The tables that the page was written with: their rows are moved about.
function sortWritten() {
  document.querySelectorAll("table[data-sortable]").forEach((table, number) => {
    const name = "written-" + number, heads = [...table.tHead.rows[0].cells], rows = [...table.tBodies[0].rows];
    table.id = name;
    const value = (row, key) => { const text = row.cells[key].textContent.trim(), plain = Number(text.replace(/[\s,\u202f]/g, "").replace("\u2212", "-")); return heads[key].classList.contains("n") && Number.isFinite(plain) ? plain : text; };
    const redo = () => { table.tBodies[0].append(...inOrder(name, rows, value)); show(); };
    const show = () => table.tHead.rows[0].replaceChildren(...heads.map((head, key) => sortHead(name, key, head.textContent, head.classList.contains("n"), redo)));
    show();
  });
}
