// From one place to another, the matrix of all of them, and the pairs that lost most.
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
    select.addEventListener("change", () => update({ [id]: select.value }));
  }
  byId("swap").addEventListener("click", () => update({ from: now.to, to: now.from }));
}
function choosePair(from, to, scroll) {
  update({ from, to });
  if (scroll) byId("pair").scrollIntoView();
}
function viaText(run, pairs, row, backwards) {
  if (!run.paths) return say("pair.via_left_out");
  const hubs = [...run.paths[row.via]];
  if (backwards) hubs.reverse();
  const names = hubs.map((hub) => run.net.hubs.name[hub]);
  if (!names.length) return say("pair.direct");
  const shown = names.length > 14 ? [...names.slice(0, 7), "\u2026", ...names.slice(-6)] : names;
  return say("pair.via", { hubs: shown.join(", ") });
}
function baseRow(pairs, p) {
  for (let i = pairs.first[p]; i < pairs.first[p + 1]; i++) {
    const row = pairs.rowOf(p, i);
    if (row.minutes === row.base && row.km === row.base_km) return row;
  }
  return null;
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
  return make("div", { class: kind }, make(several ? "h4" : "h3", { class: "way-name", text: title }), make("p", { class: "big" + (big.off ? " off" : ""), text: big.text, ...big.data }), ...lines.filter(Boolean).map(([style, text]) => make("p", { class: style, text })));
}
function routeOf(run) {
  const net = run.net, state = run.at[now.step];
  const from = hubHere(net, now.from), to = hubHere(net, now.to), pairs = run.pairSet(now.traffic);
  const found = from === undefined || to === undefined ? undefined : pairs.find(from, to);
  if (!found) return make("p", { class: "note", text: say("pair.no_demand") });
  if (state < 0) return make("p", { class: "note", text: say("map.outside") });
  const [p, backwards] = found, row = pairs.rowOf(p), base = baseRow(pairs, p), cut = row.minutes < 0;
  const window = overWindow(run, pairs, p), boxes = [];
  boxes.push(wayBox("", say("pair.base"), { text: row.base < 0 ? say("pair.cut") : showMinutes(row.base / 10), data: { "data-value": row.base < 0 ? "" : row.base / 10, "data-of": "base_minutes" } },
    row.base < 0 ? ["", say("pair.never_connected")] : ["", say("unit.km", { n: showNumber(row.base_km / 10, 0) })], base && ["via", viaText(run, pairs, base, backwards)]));
  const extra = (row.minutes - row.base) / 10;
  boxes.push(wayBox("now", say("pair.now"), { text: cut ? say("pair.cut") : showMinutes(row.minutes / 10), off: cut, data: { "data-value": cut ? "" : row.minutes / 10, "data-of": "minutes" } },
    !cut && ["", (extra > 0 ? say("pair.extra", { extra: showMinutes(extra) }) : extra < 0 ? say("pair.less", { extra: showMinutes(-extra) }) : say("pair.same")) + ", " + say("unit.km", { n: showNumber(row.km / 10, 0) })], !cut && ["via", viaText(run, pairs, row, backwards)]));
  if (row.wait !== undefined && row.base >= 0 && (cut || row.wait > 0)) {
    const never = row.wait < -1e7;
    boxes.push(wayBox("", say("pair.wait"), { text: never ? say("pair.wait_never") : (row.wait > 0 ? "+" : "") + showMinutes(row.wait / 10), off: never, data: { "data-of": "wait", "data-value": never ? "" : row.wait / 10 } }, !never && ["", say("pair.wait_delay")]));
  } else if (cut && row.base >= 0) {
    const best = waitAt(run, pairs, p, state);
    boxes.push(wayBox("", say("pair.wait"), { text: best ? showMinutes(best.wait) : say("pair.wait_never"), off: !best, data: { "data-of": "wait", "data-value": best ? best.wait : "" } },
      best && ["", say("pair.wait_best", { wait: showMinutes(best.wait), total: showMinutes(best.total) })], best && ["via", say("pair.wait_note")]));
  }
  if (cut && row.base >= 0) {
    boxes.push(wayBox("", say("pair.bus"), { text: row.served >= 0 ? showMinutes(row.served / 10) : say("pair.cut"), off: row.served < 0, data: { "data-of": "served_minutes", "data-value": row.served < 0 ? "" : row.served / 10 } },
      ["", row.served >= 0 ? say("pair.by_bus") : say("pair.bus_none")]));
  } else if (row.served >= 0 && !cut && row.served < row.minutes) {
    boxes.push(wayBox("", say("pair.bus"), { text: showMinutes(row.served / 10), data: { "data-of": "served_minutes", "data-value": row.served / 10 } }, ["", say("pair.by_bus")]));
  }
  const sure = row.base < 0 ? "" : say("pair.sure_" + (SURE[row.sure] || "connected"));
  boxes.push(wayBox("", say("pair.over"), { text: window.cut ? say("pair.hours_cut", { hours: showHours(window.cut), window: showHours(window.all) }) : say("pair.never_cut") },
    window.mean > 0.05 && ["", say("pair.hours_longer", { extra: showMinutes(window.mean) })], sure && ["via", say("pair.certainty") + ": " + sure],
    row.probability >= 0 && ["", say("pair.probability") + ": " + showShare(row.probability / 1000)]));
  return make("div", {}, make("div", { class: "ways" }, ...boxes), stripOf(run, pairs, p));
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
  const x0 = ((data.minutes[now.step] - first) / span) * 1000, x1 = ((data.minutes[now.step + 1] - first) / span) * 1000;
  svg.append(draw("rect", { class: "here", x: x0, y: 1, width: Math.max(1.5, x1 - x0), height: 20, "vector-effect": "non-scaling-stroke" }));
  svg.addEventListener("click", (event) => {
    const r = svg.getBoundingClientRect(), minute = first + (span * (event.clientX - r.left)) / r.width;
    let step = 0;
    while (step + 1 < stepCount && data.minutes[step + 1] <= minute) step++;
    update({ step });
  });
  return make("div", { class: "strip" }, svg);
}
function showRoute() {
  for (const id of ["from", "to"]) if (byId(id).value !== now[id]) byId(id).value = now[id];
  const nodes = runs.flatMap((run) => (several ? [make("h3", { class: "runname", text: run.title }), routeOf(run)] : [routeOf(run)]));
  byId("route").replaceChildren(...nodes);
}

// The matrix is one canvas; only cells whose content changed are painted again.
class Matrix {
  constructor(run, parent) {
    this.run = run;
    this.groups = regionGroups(run);
    this.order = this.groups.flatMap(([, list]) => list);
    this.canvas = make("canvas", { role: "img", tabindex: -1 });
    this.box = make("div", { class: "matrixbox" }, this.canvas);
    parent.append(make("div", { class: "scroll" }, several ? make("h3", { text: run.title }) : null, this.box));
    this.canvas.addEventListener("click", (event) => {
      const cell = this.cellAt(event);
      if (cell) choosePair(run.net.hubs.id[cell[0]], run.net.hubs.id[cell[1]], true);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      const cell = this.cellAt(event);
      const status = cell && this.statusOf(cell[0], cell[1]);
      this.canvas.title = cell && status >= 0 ? run.net.hubs.name[cell[0]] + " \u2013 " + run.net.hubs.name[cell[1]] + ": " + this.words(status) : "";
    });
    // Far from the screen it need not follow every step; it catches up when it comes near.
    this.near = true;
    new IntersectionObserver(([entry]) => { this.near = entry.isIntersecting; if (this.near) this.show(); }, { rootMargin: "300px" }).observe(this.box);
    const index = new Map(this.order.map((hub, i) => [hub, i])), n = this.order.length;
    this.pairAt = run.sets.map((pairs) => {
      const at = new Int32Array(n * n).fill(-1);
      for (let p = 0; p < pairs.count; p++) {
        const i = index.get(pairs.from[p]), j = index.get(pairs.to[p]);
        if (at[j * n + i] < 0) at[j * n + i] = p;
        at[i * n + j] = p;
      }
      return at;
    });
  }
  words(code) {
    const status = code % 8;
    return say(["matrix.connected", "matrix.longer", "matrix.bus", "matrix.cut", "matrix.base"][status]) + (code >= 8 ? ", " + say("matrix.doubt") : "");
  }
  statusOf(from, to) {
    const pairs = this.run.pairSet(now.traffic), found = pairs.find(from, to);
    return found ? pairs.current[found[0]] : -1;
  }
  cellAt(event) {
    const r = this.canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - r.left - this.left) / this.cell), row = Math.floor((event.clientY - r.top - this.top) / this.cell);
    const n = this.order.length;
    return row >= 0 && column >= 0 && row < n && column < n && row !== column ? [this.order[row], this.order[column]] : null;
  }
  resize() {
    const n = Math.max(1, this.order.length), names = this.run.net.hubs.name;
    this.ruled = false;
    const room = Math.max(240, (several ? Math.min(560, byId("matrices").clientWidth) : byId("matrices").clientWidth));
    const longest = Math.min(150, this.order.reduce((most, hub) => Math.max(most, textWidth(names[hub], true)), 30) + 10);
    this.named = (Math.min(room, 1124) - longest - 150) / n >= 11 || n <= 40;
    const regions = this.groups.reduce((most, [name]) => Math.max(most, textWidth(name, true)), 30) + 12;
    this.left = this.named ? longest : Math.min(150, regions);
    this.top = this.named ? longest * 0.85 : 8;
    this.cell = Math.max(this.named ? 12 : 4, Math.min(20, Math.floor((room - this.left - (this.named ? 152 : 2)) / n)));
    const width = this.left + this.cell * n + (this.named ? 150 : 2), height = this.top + this.cell * n + 2, ratio = Math.min(3, Math.max(2, devicePixelRatio || 1));
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    this.canvas.style.width = width + "px";
    this.canvas.style.height = height + "px";
    this.pen = this.canvas.getContext("2d");
    this.pen.scale(ratio, ratio);
    const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name).trim();
    this.colours = { fill: ["--m-connected", "--m-longer", "--m-bus", "--m-cut", "--m-base"].map(colour), doubt: colour("--m-doubt"), ink: colour("--ink"), soft: colour("--soft"), muted: colour("--muted"), rule: colour("--rule"), paper: colour("--paper") };
    this.painted = new Int16Array(n * n).fill(-99);
    this.drawNames();
    this.show(true);
  }
  drawNames() {
    const { pen, cell, left, top } = this, names = this.run.net.hubs.name, family = getComputedStyle(document.body).fontFamily;
    pen.fillStyle = this.colours.soft;
    pen.textBaseline = "middle";
    pen.font = "11px " + family;
    if (this.named) this.order.forEach((hub, i) => {
      pen.textAlign = "right";
      pen.fillText(clip(names[hub]), left - 6, top + (i + 0.5) * cell);
      pen.save();
      pen.translate(left + (i + 0.5) * cell, top - 5);
      pen.rotate(-Math.PI / 3.4);
      pen.textAlign = "left";
      pen.fillText(clip(names[hub]), 0, 0);
      pen.restore();
    });
    let at = 0;
    for (const [region, list] of this.groups) {
      if (!this.named && list.length * cell > 11) { pen.textAlign = "right"; pen.fillText(clip(region), left - 6, top + (at + list.length / 2) * cell); }
      at += list.length;
    }
  }
  show(always) {
    if (!this.pen || (!this.near && !always)) return;
    const n = this.order.length, state = this.run.at[now.step], counts = [0, 0, 0, 0, 0], kind = Math.min(now.traffic, this.run.sets.length - 1);
    const pairs = this.run.sets[kind], at = this.pairAt[kind], changed = new Map();
    for (let cell = 0, column = 0, row = 0; cell < n * n; cell++) {
      const p = at[cell], code = row === column ? -2 : p >= 0 && state >= 0 ? pairs.current[p] : -1;
      if (this.painted[cell] !== code) {
        this.painted[cell] = code;
        if (!changed.has(code)) changed.set(code, []);
        changed.get(code).push(column, row);
      }
      if (++column === n) { column = 0; row++; }
    }
    for (const [code, cells] of changed) this.paint(code, cells);
    for (let p = 0; p < pairs.count; p++) counts[pairs.current[p] & 7]++;
    const label = say("matrix.label") + " " + ["connected", "longer", "bus", "cut"].map((name, i) => say("matrix." + name) + ": " + counts[i]).join(", ");
    if (this.canvas.getAttribute("aria-label") !== label) this.canvas.setAttribute("aria-label", label);
    if (!this.ruled) this.rule();
  }
  // Paint all cells of one code: their colour at once, then the mark that tells it without colour.
  paint(code, cells) {
    if (code === -2) return;
    const { pen, cell, left, top, colours } = this, size = cell - (cell > 8 ? 1 : 0.4), status = code & 7, doubtful = code >= 8;
    const each = (draw) => { for (let i = 0; i < cells.length; i += 2) draw(left + cells[i] * cell, top + cells[i + 1] * cell); };
    pen.fillStyle = code < 0 ? colours.paper : colours.fill[status];
    each((x, y) => pen.fillRect(x, y, size, size));
    if (code < 0) {
      pen.fillStyle = colours.rule;
      each((x, y) => pen.fillRect(x + cell / 2 - 0.75, y + cell / 2 - 0.75, 1.5, 1.5));
    } else if (doubtful || (status === 3 && cell > 9)) {
      const m = doubtful ? 1 : cell * 0.32;
      pen.strokeStyle = [colours.doubt, colours.ink, colours.ink, colours.paper, colours.doubt][status];
      pen.lineWidth = doubtful ? Math.max(1.2, cell / 7) : Math.max(1, cell / 11);
      pen.beginPath();
      each((x, y) => {
        pen.moveTo(x + m, y + size - m); pen.lineTo(x + size - m, y + m);
        if (!doubtful) { pen.moveTo(x + m, y + m); pen.lineTo(x + size - m, y + size - m); }
      });
      pen.stroke();
    } else if (status === 2 && cell > 7) {
      pen.fillStyle = colours.ink;
      each((x, y) => pen.fillRect(x + cell * 0.3, y + cell * 0.42, cell * 0.36, cell * 0.13));
    } else if (status === 1 && cell > 7) {
      pen.fillStyle = colours.ink;
      each((x, y) => pen.fillRect(x + size / 2 - cell * 0.1, y + size / 2 - cell * 0.1, cell * 0.2, cell * 0.2));
    }
  }
  // A wider gap between regions, and their names at the right.
  rule() {
    this.ruled = true;
    const { pen, cell, left, top, colours } = this, n = this.order.length, family = getComputedStyle(document.body).fontFamily;
    let at = 0;
    pen.font = "11px " + family;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    for (const [region, list] of this.groups) {
      if (this.named && list.length > 1) {
        pen.fillStyle = colours.muted;
        pen.fillText(clip(region), left + n * cell + 12, top + (at + list.length / 2) * cell);
        pen.fillRect(left + n * cell + 5, top + at * cell + 1, 1, list.length * cell - 3);
      }
      at += list.length;
    }
  }
}
const clip = (text) => (text.length > 22 ? text.slice(0, 21) + "\u2026" : text);
function buildMatrixLegend() {
  const items = [["connected", 0], ["longer", 1], ["bus", 2], ["cut", 3], ["base", 4]].map(([name, i]) => {
    const rect = draw("rect", { x: 8, width: 14, height: 12 }), svg = draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, rect);
    rect.style.fill = STATUS_FILL[i];
    const mark = ["", "M14.4 6h1.2", "M12 6h6", "M12.2 3.2l5.6 5.6M17.8 3.2l-5.6 5.6", ""][i];
    if (mark) { const path = draw("path", { d: mark }); path.style.stroke = i === 3 ? "var(--paper)" : "var(--ink)"; path.style.strokeWidth = i === 1 ? 3 : 1.8; path.style.strokeLinecap = "round"; svg.append(path); }
    return make("li", {}, svg, say("matrix." + name));
  });
  const doubt = draw("path", { d: "M9 11 21 1" });
  doubt.style.stroke = "var(--m-doubt)";
  doubt.style.strokeWidth = 2.6;
  const square = draw("rect", { x: 8, width: 14, height: 12 });
  square.style.fill = "var(--m-connected)";
  items.push(make("li", {}, draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, square, doubt), say("matrix.doubt")));
  byId("matrixlegend").append(...items);
}

const AFFECTED = 12;
let affectedRows = [], affectedKind = -1, firstAffected = null;
function buildAffected() {
  affectedKind = now.traffic;
  const all = new Map();
  runs.forEach((run, number) => {
    const pairs = run.pairSet(now.traffic), ids = run.net.hubs.id;
    for (let p = 0; p < pairs.count; p++) {
      if (pairs.base[p] < 0) continue;
      const key = JSON.stringify([ids[pairs.from[p]], ids[pairs.to[p]]]);
      let entry = all.get(key);
      if (!entry) all.set(key, (entry = { from: ids[pairs.from[p]], to: ids[pairs.to[p]], name: run.net.hubs.name[pairs.from[p]] + " \u2013 " + run.net.hubs.name[pairs.to[p]], runs: [] }));
      entry.runs[number] = { p, ...overWindow(run, pairs, p) };
    }
  });
  const worst = (entry, field) => Math.max(...entry.runs.filter(Boolean).map((each) => each[field]));
  const rows = [...all.values()].filter((entry) => worst(entry, "cut") > 0 || worst(entry, "doubt") > 0 || worst(entry, "longest") > 0.05);
  rows.sort((a, b) => worst(b, "cut") - worst(a, "cut") || worst(b, "longest") - worst(a, "longest") || worst(b, "doubt") - worst(a, "doubt"));
  const head = make("tr", {}, make("th", { scope: "col", text: say("affected.pair") }));
  for (const run of runs) {
    const name = several ? ", " + run.title : "";
    for (const key of several ? ["hours", "extra"] : ["hours", "hours_doubt", "extra", "now"]) head.append(make("th", { scope: "col", class: "n", text: say("affected." + key) + name }));
  }
  affectedRows = [];
  firstAffected = rows.length ? [rows[0].from, rows[0].to] : null;
  const body = make("tbody");
  for (const entry of rows.slice(0, AFFECTED)) {
    const line = make("tr", {}, make("th", { scope: "row" }, make("button", { type: "button", title: say("affected.show"), text: entry.name, onclick: () => choosePair(entry.from, entry.to, true) })));
    runs.forEach((run, number) => {
      const each = entry.runs[number];
      const hours = (value) => (each && value > 0 ? showHours(value) : say("unit.none"));
      line.append(make("td", { class: "n", text: hours(each?.cut) }));
      if (!several) line.append(make("td", { class: "n", text: hours(each?.doubt) }));
      line.append(make("td", { class: "n", text: each && each.longest > 0.05 ? "+" + showMinutes(each.longest) : say("unit.none") }));
      if (!several) { const cell = make("td", { class: "n" }); line.append(cell); affectedRows.push([each.p, cell]); }
    });
    body.append(line);
  }
  byId("affected").replaceChildren(rows.length
    ? make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": say("affected.pair") }, make("table", {}, make("thead", {}, head), body), rows.length > AFFECTED ? make("p", {}, make("small", { text: say("unit.and_more", { n: showNumber(rows.length - AFFECTED) }) })) : null)
    : make("p", { class: "note", text: say("affected.none") }));
}
function showAffected() {
  if (affectedKind !== now.traffic) buildAffected();
  const run = runs[0], pairs = run.pairSet(now.traffic), state = run.at[now.step];
  for (const [p, cell] of affectedRows) {
    const text = state < 0 ? "" : say("matrix." + ["connected", "longer", "bus", "cut", "base"][pairs.current[p] & 7]);
    if (cell.textContent !== text) cell.textContent = text;
  }
}
