// The map: a still layer of base map and open lines, a layer of what is affected, and labels.
const LAYERS = ["sea", "rivers", "streams", "lakes", "oblasts", "countries", "ukraine"];
const view = { k: 1, x: 0, y: 0, width: 0, height: 0, fitted: null };
const maps = [];
const measure = document.createElement("canvas").getContext("2d");
const widths = new Map();

function textWidth(text, minor) {
  const key = (minor ? "m" : "M") + text;
  if (!widths.has(key)) {
    measure.font = (minor ? "400 11px " : "600 12px ") + FONT;
    widths.set(key, measure.measureText(text).width);
  }
  return widths.get(key);
}

class MapPanel {
  constructor(run, parent) {
    this.run = run;
    this.net = run.net;
    this.still = draw("g");
    this.live = draw("g");
    this.over = draw("g");
    this.names = draw("g", { class: "labels" });
    this.scale = make("div", { class: "scale", "aria-hidden": "true" });
    this.hint = make("div", { class: "hint", "aria-hidden": "true" });
    this.box = make("div", { class: "mapbox", tabindex: 0, role: "group", "aria-roledescription": "map", "aria-label": (several ? run.title + ". " : "") + say("map.label") },
      draw("svg", { "aria-hidden": "true" }, this.still), draw("svg", { "aria-hidden": "true" }, this.live, this.over, this.names), this.scale, this.hint, this.buttons());
    parent.append(make("div", { class: "mapcol" }, this.box, several ? null : byId("legend")));
    this.drawStill();
    this.styled = {};
    for (const style of ["casing", "way", ...STYLES]) this.live.append((this.styled[style] = draw("path", { class: style === "casing" || style === "way" ? style : "s-" + style })));
    this.live.prepend(this.styled.way);
    this.hubs = this.net.hubs.demand.map((hub) => {
      const cross = draw("path", { class: "hubx", d: "M-2.4-2.4 2.4 2.4M2.4-2.4-2.4 2.4" });
      const wedge = draw("path", { class: "wedge" });
    const mark = draw("g", {}, draw("circle", { class: "hub", r: 4.4 }), wedge, cross);
      this.over.append(mark);
      return { hub, mark, dot: mark.firstChild, wedge, cross, status: -1 };
    });
    this.missed = draw("g");
    this.glyphs = draw("g");
    this.over.append(this.missed, this.glyphs);
    this.rank = this.rankHubs();
    this.widths = new Array(this.net.hubs.x.length);
    listen(this);
  }
  buttons() {
    const button = (key, path, action) => make("button", { type: "button", "aria-label": say(key), title: say(key), onclick: action }, draw("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, draw("path", { d: path })));
    return make("div", { class: "mapbuttons" },
      button("map.zoom_in", "M10 4v12M4 10h12", () => zoomBy(1.6)), button("map.zoom_out", "M4 10h12", () => zoomBy(1 / 1.6)),
      button("map.fit", "M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4", () => fit(this.net.focus, 0.1)), button("map.whole", "M10 3a7 7 0 1 0 .01 0M3 10h14M10 3c-5 4-5 10 0 14M10 3c5 4 5 10 0 14", () => fit(extentOf(this.net), 0.03)));
  }
  drawStill() {
    for (const layer of LAYERS) {
      const lines = data.basemap[layer];
      if (lines && lines.length) this.still.append(draw("path", { class: layer, "fill-rule": "evenodd", d: lines.map((line) => stepsToPath(line) + (layer === "sea" || layer === "lakes" ? "z" : "")).join("") }));
    }
    // Links that are not told one by one: lines on a coarse grid.
    const outline = this.net.outline;
    for (const [name, lines] of Object.entries(outline ? outline.lines : {})) this.still.append(draw("path", { class: "rail outline " + name.replace(/[^a-z_-]/g, ""), d: lines.map((line) => stepsToPath(line.map((n) => n * outline.grid))).join("") }));
    const classes = this.net.classes.map(() => []);
    for (let link = 0; link < this.net.count; link++) classes[this.net.links.class[link]].push(this.net.path(link));
    this.net.classes.forEach((name, number) => this.still.append(draw("path", { class: "rail " + name.replace(/[^a-z_-]/g, ""), d: classes[number].join("") })));
    const demand = new Set(this.net.hubs.demand);
    const dots = [];
    if (this.net.hubs.x.length < 3000) this.net.hubs.x.forEach((x, hub) => { if (!demand.has(hub)) dots.push("M" + x + " " + this.net.hubs.y[hub] + "h0"); });
    this.still.append((this.dots = draw("g", {}, draw("path", { class: "dots", d: dots.join("") }), draw("path", { class: "dots2", d: dots.join("") }))));
  }
  rankHubs() {
    const hubs = this.net.hubs, demand = new Set(hubs.demand), anchors = new Set(hubs.anchors);
    const degree = new Uint16Array(hubs.x.length);
    for (let i = 0; i < this.net.count; i++) { degree[this.net.links.from[i]]++; degree[this.net.links.to[i]]++; }
    const weight = (hub) => (demand.has(hub) ? 1e9 : 0) + (anchors.has(hub) ? 1e8 : 0) + hubs.population[hub] + degree[hub] * 8000;
    this.demand = demand;
    return hubs.x.map((_, hub) => hub).sort((a, b) => weight(b) - weight(a));
  }
  place() {
    const transform = "matrix(" + view.k + " 0 0 " + view.k + " " + view.x + " " + view.y + ")";
    this.still.setAttribute("transform", transform);
    this.live.setAttribute("transform", transform);
    this.dots.style.display = view.k * 16000 > 1500 || this.net.hubs.x.length < 120 ? "" : "none";
    for (const { hub, mark } of this.hubs) mark.setAttribute("transform", this.at(this.net.hubs.x[hub], this.net.hubs.y[hub]));
    for (const mark of [...this.glyphs.children, ...this.missed.children]) mark.setAttribute("transform", this.at(mark.at[0], mark.at[1]));
    this.label();
    this.drawScale();
  }
  at(x, y) { return "translate(" + (x * view.k + view.x).toFixed(1) + " " + (y * view.k + view.y).toFixed(1) + ")"; }
  show() {
    const state = this.run.at[now.step];
    this.box.classList.toggle("outside", state < 0);
    this.hint.textContent = state < 0 ? say("map.outside") : this.hint.textContent;
    this.hint.classList.toggle("on", state < 0);
    const links = state < 0 ? new Map() : this.run.links(state, now.traffic);
    const groups = Object.fromEntries(STYLES.map((style) => [style, []]));
    const glyphs = new Map();
    for (const [link, entry] of links) {
      if (!entry.style) continue;
      groups[entry.style].push(link);
      for (const why of entry.why) if (!this.run.backgroundSet.has(why.incident) && !why.standing) {
        const known = glyphs.get(why.incident) || { links: [], sure: false, closed: false };
        known.links.push(link);
        known.sure ||= why.active;
        known.closed ||= why.effect === "closed";
        glyphs.set(why.incident, known);
      }
    }
    const touched = [];
    for (const style of STYLES) {
      touched.push(...groups[style]);
      this.set(style, groups[style]);
    }
    this.set("casing", touched);
    this.showGlyphs(glyphs);
    this.showHubs(state);
    this.showWay(state);
    this.label();
  }
  set(style, links) {
    const key = links.join();
    if (this.styled[style].key === key) return;
    this.styled[style].key = key;
    this.styled[style].setAttribute("d", links.map((link) => this.net.path(link)).join(""));
  }
  showGlyphs(glyphs) {
    const told = glyphs.size <= 6, kept = new Map([...this.glyphs.children].map((mark) => [mark.key, mark])), marks = [];
    for (const [incident, { links, sure, closed }] of glyphs) {
      const key = [incident, sure, closed, told, ...links].join();
    marks.push(kept.get(key) ?? this.drawGlyph(incident, links, sure, closed, told));
    marks[marks.length - 1].key = key;
    }
    if (marks.length !== kept.size || marks.some((mark, i) => this.glyphs.children[i] !== mark)) this.glyphs.replaceChildren(...marks);
  }
  drawGlyph(incident, links, sure, closed, told) {
    const middles = links.map((link) => this.net.middle(link));
    const mean = [0, 1].map((axis) => middles.reduce((sum, point) => sum + point[axis], 0) / middles.length);
    middles.sort((a, b) => Math.hypot(a[0] - mean[0], a[1] - mean[1]) - Math.hypot(b[0] - mean[0], b[1] - mean[1]));
    // Beside the link and not on it: a flag on a short pole, so that what is closed can be seen.
    const mark = draw("g", { class: "glyph" + (!sure ? " perhaps" : closed ? "" : " other") }, draw("path", { class: "pole", d: "M0 0V-13" }),
      draw("g", { transform: "translate(0 -20)" }, draw("path", { class: "sign", d: "M0-9.5 9.5 0 0 9.5-9.5 0z" }),
        draw("path", { d: !sure ? "M-2.2-1.6c0-2.8 4.4-2.8 4.4 0C2.2 .3 0 .2 0 1.8M0 4v.1" : closed ? "M-3.6 0H3.6" : "M0-4v4.4M0 3.4v.1" })));
    if (told) mark.append((mark.text = draw("text", { class: "howlong", x: 0, y: -34, "text-anchor": "middle", text: howLong(this.run, incident) })));
    mark.at = middles[0];
    mark.incident = incident;
    mark.setAttribute("transform", this.at(...mark.at));
    return mark;
  }
  showHubs(state) {
    const { total, lost: cut, joined } = this.run.pairSet(now.traffic);
    this.cut = [];
    for (const each of this.hubs) {
      const lost = state < 0 ? 0 : cut[each.hub];
      const status = state >= 0 && this.run.isCutOff(each.hub, state, now.traffic) ? 2 : lost ? 1 : 0;
      const chosen = each.hub === hubHere(this.net, now.from) || each.hub === hubHere(this.net, now.to);
      const share = status === 1 ? Math.max(0.04, Math.round((lost / Math.max(lost, joined?.[each.hub] ?? total[each.hub])) * 50) / 50) : 0;
      const key = status * 2 + chosen + share * 1000;
      if (each.status !== key) {
        each.status = key;
        each.dot.setAttribute("class", "hub" + (status === 2 ? " cut" : "") + (chosen ? " chosen" : ""));
        each.dot.setAttribute("r", status === 2 ? 5.4 : 4.4);
        each.wedge.setAttribute("d", share ? wedgePath(share, 3.6) : "");
        each.cross.style.display = status === 2 ? "" : "none";
      }
      if (status === 2) this.cut.push(each.hub);
    }
  }
  showWay(state) {
    const from = hubHere(this.net, now.from), to = hubHere(this.net, now.to);
    let path = "";
    const pairs = this.run.pairSet(now.traffic);
    const found = from === undefined || to === undefined ? null : pairs.find(from, to);
    if (now.train !== null && this.run.trains) path = this.linksAlong(this.run.trains.course[now.train]).map((link) => this.net.path(link)).join("");
    else if (found && state >= 0) {
      const row = pairs.rowOf(found[0]);
      if (row.minutes >= 0 && this.run.paths[row.via]) {
        const hubs = [pairs.from[found[0]], ...this.run.paths[row.via], pairs.to[found[0]]];
        path = this.linksAlong(hubs).map((link) => this.net.path(link)).join("");
      }
    }
    this.showMissed(missedStops(state));
    if (this.styled.way.key !== path) { this.styled.way.key = path; this.styled.way.setAttribute("d", path); }
  }
  // The stops that the chosen train leaves out, crossed through.
  showMissed(hubs) {
    const key = hubs.join();
    if (this.missedKey === key) return;
    this.missedKey = key;
    this.missed.replaceChildren(...hubs.map((hub) => {
    const mark = draw("g", { class: "missed" }, draw("circle", { r: 7 }), draw("path", { d: "M-5 5 5-5" }));
    mark.at = [this.net.hubs.x[hub], this.net.hubs.y[hub]];
    mark.setAttribute("transform", this.at(...mark.at));
    return mark;
    }));
  }
  linksAlong(hubs) {
    if (!this.byEnds) {
      this.byEnds = new Map();
      const links = this.net.links, n = this.net.hubs.x.length;
      for (let i = 0; i < this.net.count; i++) for (const key of [links.from[i] * n + links.to[i], links.to[i] * n + links.from[i]]) {
        const known = this.byEnds.get(key);
        if (known === undefined || links.km[known] > links.km[i]) this.byEnds.set(key, i);
      }
    }
    const found = [];
    for (let i = 1; i < hubs.length; i++) {
      const link = this.byEnds.get(hubs[i - 1] * this.net.hubs.x.length + hubs[i]);
      if (link !== undefined) found.push(link);
    }
    return found;
  }
  label() {
    const hubs = this.net.hubs, cutSet = new Set(this.cut || []), taken = new Taken();
    for (const glyph of this.glyphs.children) {
      const x = glyph.at[0] * view.k + view.x, y = glyph.at[1] * view.k + view.y;
      const half = glyph.text ? textWidth(glyph.text.textContent, true) * 0.56 : 0;
      taken.add([x - 10, y - 30, x + 10, y]);
      taken.add([x - half, y - 46, x + half, y - 30]);
    }
    for (const { hub } of this.hubs) {
      const x = hubs.x[hub] * view.k + view.x, y = hubs.y[hub] * view.k + view.y;
      taken.add([x - 5, y - 5, x + 5, y + 5]);
    }
    taken.add([view.width - 56, 0, view.width, 164]);
    taken.add([0, view.height - 38, 150, view.height]);
    const chosen = [hubHere(this.net, now.from), hubHere(this.net, now.to)].filter((hub) => hub !== undefined);
    const order = [...chosen, ...this.rank], seen = new Set(), texts = [];
    let tried = 0;
    for (const hub of order) {
      if (texts.length > 90 || tried > 600) break;
      if (seen.has(hub)) continue;
      seen.add(hub);
      const x = hubs.x[hub] * view.k + view.x, y = hubs.y[hub] * view.k + view.y;
      if (x < 4 || y < 8 || x > view.width - 4 || y > view.height - 4) continue;
      tried++;
    const minor = !this.demand.has(hub), name = hubs.name[hub], width = (this.widths[hub] ??= textWidth(name, minor)), pad = minor ? 3 : 1;
      if (minor && view.k * 16000 < 1500 && hubs.x.length > 120) continue;
      for (const [dx, dy] of [[8, 4], [-8 - width, 4], [-width / 2, -9], [-width / 2, 18]]) {
        const box = [x + dx - pad, y + dy - 10 - pad, x + dx + width + pad, y + dy + 3 + pad];
        if (box[0] < 2 || box[2] > view.width - 2 || box[1] < 2 || !taken.isFree(box)) continue;
        taken.add(box);
        texts.push([(x + dx).toFixed(1), (y + dy).toFixed(1), name, minor ? "minor" : cutSet.has(hub) ? "cutname" : ""]);
        break;
      }
    }
    while (this.names.children.length > texts.length) this.names.lastChild.remove();
    texts.forEach((each, i) => {
      const text = this.names.children[i] || this.names.appendChild(draw("text")), [x, y, name, kind] = each, was = text.told || [];
      if (was[0] !== x) text.setAttribute("x", x);
      if (was[1] !== y) text.setAttribute("y", y);
      if (was[2] !== name) text.textContent = name;
      if (was[3] !== kind) text.setAttribute("class", kind);
      text.told = each;
    });
  }
  drawScale() {
    const perPixel = data.unit_km / view.k;
    const round = Math.pow(10, Math.floor(Math.log10(perPixel * 110)));
    const km = [5, 2, 1].map((n) => n * round).find((n) => n <= perPixel * 110) || round;
    const bar = make("i");
    bar.style.width = (km / perPixel).toFixed(1) + "px";
    this.scale.replaceChildren(say("unit.km", { n: showNumber(km, km < 1 ? 2 : 0) }), bar);
  }
  nearest(px, py) {
    const x = (px - view.x) / view.k, y = (py - view.y) / view.k, hubs = this.net.hubs;
    let best = { distance: 11 / view.k };
    for (const glyph of this.glyphs.children) {
      const distance = Math.min(Math.hypot(glyph.at[0] - x, glyph.at[1] - 20 / view.k - y), Math.hypot(glyph.at[0] - x, glyph.at[1] - y) * 2);
      if (distance < best.distance) best = { distance: distance * 0.5, incident: glyph.incident };
    }
    const minor = this.dots.style.display === "";
    hubs.x.forEach((hx, hub) => {
      if (!minor && !this.demand.has(hub)) return;
      const distance = Math.hypot(hx - x, hubs.y[hub] - y) * (this.demand.has(hub) ? 0.7 : 1);
      if (distance < best.distance && distance < 8 / view.k) best = { distance: distance * 0.6, hub };
    });
    if (best.incident !== undefined || best.hub !== undefined) return best;
    for (let link = 0; link < this.net.count; link++) {
      const line = this.net.links.course[link] ? this.net.points(link) : null;
      const a = this.net.links.from[link], b = this.net.links.to[link];
      const points = line || [[hubs.x[a], hubs.y[a]], [hubs.x[b], hubs.y[b]]];
      for (let i = 1; i < points.length; i++) {
        const distance = fromSegment(x, y, points[i - 1], points[i]);
        if (distance < best.distance) best = { distance, link };
      }
    }
    return best;
  }
  tip(px, py, pinned) {
    this.tipBox?.remove();
    this.tipBox = null;
    const state = this.run.at[now.step];
    if (state < 0) return;
    const best = this.nearest(px, py);
    const lines = [];
    const links = this.run.links(state, now.traffic);
    const because = (entries) => entries.forEach((why) => lines.push(make("a", { href: incidentHash(why.incident), text: say("effect." + why.effect) + (why.doubt ? ", " + say("effect.in_doubt") : "") + ": " + data.incidents[why.incident].title })));
    if (best.hub !== undefined) {
      lines.push(make("b", { text: this.net.hubs.name[best.hub] }), make("span", { text: this.net.regions[this.net.hubs.region[best.hub]] }));
      if (this.cut.includes(best.hub)) lines.push(make("span", { text: ". " + say("map.hub_cut") }));
    } else if (best.incident !== undefined) {
      lines.push(make("a", { href: incidentHash(best.incident), text: data.incidents[best.incident].title }));
    } else if (best.link !== undefined) {
      lines.push(make("b", { text: this.net.name(best.link) }), make("span", { text: say("unit.km", { n: showNumber(this.net.links.km[best.link], 0) }) + (links.get(best.link) ? "" : ", " + say("effect.open")) }));
      lines.push(flowTip(this, best.link));
      if (links.get(best.link)) because(links.get(best.link).why);
    } else return;
    this.tipBox = make("div", { class: "tip" + (pinned ? " pinned" : ""), role: pinned ? "status" : null }, ...lines);
    this.box.append(this.tipBox);
    const { offsetWidth: w, offsetHeight: h } = this.tipBox;
    this.tipBox.style.left = Math.max(4, Math.min(px + 14, view.width - w - 4)) + "px";
    this.tipBox.style.top = Math.max(4, py + h + 18 > view.height ? py - h - 12 : py + 14) + "px";
    this.tipBox.pinned = pinned;
  }
}

// The boxes of a map that something stands in, by the squares they lie over.
const SQUARE = 64;
class Taken {
  constructor() { this.squares = new Map(); }
  add(box) {
    this.over(box, (key) => {
      const known = this.squares.get(key);
      if (known) known.push(box); else this.squares.set(key, [box]);
      return false;
    });
  }
  isFree(box) {
    return !this.over(box, (key) => (this.squares.get(key) || []).some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]));
  }
  // Whether something is true of one of the squares of the map under a box.
  over(box, isTrue) {
    const side = (n, most) => Math.max(-1, Math.min(Math.ceil(most / SQUARE), Math.floor(n / SQUARE)));
    const [x0, x1] = [side(box[0], view.width), side(box[2], view.width)], [y0, y1] = [side(box[1], view.height), side(box[3], view.height)];
    for (let x = x0; x <= x1; x++) for (let y = y0; y <= y1; y++) if (isTrue(x * 1000 + y)) return true;
    return false;
  }
}

// What an incident did and for how long, by the bounds of its evidence.
function howLong(run, incident) {
  const bar = run.bars.find((each) => each[0] === incident);
  if (!bar) return "";
  const [, a, b, c, d, effect] = bar, low = b !== null && c !== null ? Math.max(0, c - b) : null, high = a !== null && d !== null ? d - a : null;
  const long = high === null ? (low ? say("map.at_least", { low: showMinutes(low) }) : "") : low && Math.round(low) !== Math.round(high) ? showMinutes(low) + " \u2013 " + showMinutes(high) : low ? showMinutes(high) : say("map.at_most", { high: showMinutes(high) });
  return say("effect." + EFFECTS[effect]) + (long ? ", " + long : "");
}
function wedgePath(share, r) {
  const angle = 2 * Math.PI * Math.min(share, 0.999);
  return "M0 0V" + -r + "A" + r + " " + r + " 0 " + (share > 0.5 ? 1 : 0) + " 1 " + (r * Math.sin(angle)).toFixed(2) + " " + (-r * Math.cos(angle)).toFixed(2) + "z";
}
function hubHere(net, id) {
  if (id === null) return undefined;
  net.byHub ??= new Map(net.hubs.id.map((each, number) => [each, number]));
  return net.byHub.get(id);
}
function fromSegment(x, y, a, b) {
  const dx = b[0] - a[0], dy = b[1] - a[1], length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / length)) : 0;
  return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy);
}
function extentOf(net) {
  if (net.outline) return net.outline.extent;
  const x = net.hubs.x, y = net.hubs.y;
  const least = (list) => list.reduce((a, b) => Math.min(a, b), Infinity), most = (list) => list.reduce((a, b) => Math.max(a, b), -Infinity);
  return x.length ? [least(x), least(y), most(x), most(y)] : net.focus;
}
