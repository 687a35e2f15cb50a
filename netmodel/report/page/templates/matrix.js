// The matrix of all pairs is one canvas. It is painted once a frame at most, however fast the steps
// come, and only where a cell has changed.
class Matrix {
  constructor(run, parent) {
    this.run = run;
    this.groups = regionGroups(run);
    this.order = this.groups.flatMap(([, list]) => list);
    this.canvas = make("canvas", { role: "img", tabindex: -1 });
    this.box = make("div", { class: "matrixbox" }, this.canvas);
    parent.append(make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": say("matrix.label") }, several ? make("h3", { text: run.title }) : null, this.box));
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
    this.waiting = false;
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
    this.draw();
  }
  drawNames() {
    const { pen, cell, left, top } = this, names = this.run.net.hubs.name;
    pen.fillStyle = this.colours.soft;
    pen.textBaseline = "middle";
    pen.font = "11px " + FONT;
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
      if (!this.named && list.length * cell > 11) { pen.textAlign = "right"; pen.fillText(shorten(region, left - 10), left - 6, top + (at + list.length / 2) * cell); }
      at += list.length;
    }
  }
  show() {
    if (!this.pen || !this.near || this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.draw(); });
  }
  draw() {
    const n = this.order.length, state = this.run.at[now.step], kind = Math.min(now.traffic, this.run.sets.length - 1);
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
    const label = say("matrix.label") + " " + ["connected", "longer", "bus", "cut"].map((name, i) => say("matrix." + name) + ": " + pairs.counts[i]).join(", ");
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
    const { pen, cell, left, top, colours } = this, n = this.order.length;
    let at = 0;
    pen.font = "11px " + FONT;
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
