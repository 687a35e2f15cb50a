// What the moment means in numbers, next to its map: metrics, links and places affected.
const FIRST_METRICS = ["trains_through_share", "connected_share", "served_share", "rerouted_share", "extra_minutes_each", "bus_share", "advisory_share"];
const HIDDEN_METRICS = /_(guaranteed|possible|q\d+|mean|probability)$/;

class MomentPanel {
  constructor(run, parent) {
    this.run = run;
    this.rows = new Map();
    this.list = make("dl");
    this.heading = make("h3", { text: say("map.moment") });
    this.meta = make("p", { class: "meta" });
    this.affected = make("div", { class: "list", tabindex: 0, role: "group", "aria-label": say("map.affected") });
    this.rest = make("details", { class: "measures" });
    this.box = make("div", { class: "moment" }, this.heading, this.meta, this.list, this.affected, this.rest);
    parent.append(this.box);
  }
  show() {
    const state = this.run.at[now.step], kind = this.run.kind(now.traffic);
    this.meta.textContent = say("traffic." + kind) + (state < 0 ? ". " + say("map.outside") : "");
    if (this.kind !== kind) this.build(kind);
    const columns = this.run.metrics[kind];
    for (const [name, { value, range }] of this.rows) {
      const raw = state < 0 ? null : columns[name][state];
      const text = state < 0 ? say("unit.none") : showMetric(name, raw);
      if (value.firstChild.textContent !== text) value.firstChild.textContent = text;
      value.dataset.value = raw === null || raw === undefined ? "" : raw;
      value.classList.toggle("off", name === "connected_share" && raw !== null && raw < 1);
      if (!range) continue;
      const low = columns[name + "_guaranteed"]?.[state], high = columns[name + "_possible"]?.[state];
      const shown = state < 0 || low === high ? "" : showMetric(name, Math.min(low, high)) + " \u2013 " + showMetric(name, Math.max(low, high));
      if (range.textContent !== shown) range.textContent = shown;
    }
    this.showAffected(state);
  }
  build(kind) {
    this.kind = kind;
    this.rows.clear();
    this.list.replaceChildren();
    const names = Object.keys(this.run.metrics[kind]).filter((name) => !HIDDEN_METRICS.test(name));
    const first = FIRST_METRICS.filter((name) => names.includes(name)).slice(0, 4), rest = make("dl");
    for (const name of [...first, ...names.filter((each) => !first.includes(each))]) {
      const range = this.run.metrics[kind][name + "_guaranteed"] ? make("small") : null;
      const value = make("dd", { "data-metric": name }, leadingNumber("", () => basisNow(name, this.run), say("metric." + name)), range);
      this.rows.set(name, { value, range });
      const meaning = data.strings["define." + name];
      (first.includes(name) ? this.list : rest).append(make("div", {}, make("dt", { text: say("metric." + name) }, meaning && !first.includes(name) ? make("small", { text: meaning }) : null), value));
    }
    this.rest.replaceChildren(make("summary", { text: say("map.all_measures") }), rest);
    this.rest.hidden = !rest.children.length;
  }
  showAffected(state) {
    const links = state < 0 ? new Map() : this.run.links(state, now.traffic);
    const net = this.run.net, items = [];
    let standing = 0;
    for (const [link, entry] of links) {
      if (STANDING.has(entry.style)) standing++;
      else if (entry.style) items.push([STYLES.length - STYLES.indexOf(entry.style), link, entry]);
    }
    const cut = maps[this.run.number]?.cut || [];
    const key = items.map(([, link, entry]) => link + entry.style + entry.why.map((why) => why.doubt)).join() + "|" + cut.join() + "|" + standing;
    if (this.key === key) return;
    this.key = key;
    items.sort((a, b) => a[0] - b[0]);
    const rows = items.slice(0, 60).map(([, link, entry]) => {
      const doubtful = entry.style !== "possibly" && entry.why.every((why) => why.doubt || !why.active);
      return make("li", { class: "l-" + entry.style }, make("bdi", { text: net.name(link) }), ": " + say("effect." + entry.style) + (doubtful ? ", " + say("effect.in_doubt") : ""));
    });
    if (items.length > 60) rows.push(make("li", { text: say("unit.and_more", { n: items.length - 60 }) }));
    const places = cut.slice(0, 60).map((hub) => make("li", { class: "l-hub" }, make("bdi", { text: net.hubs.name[hub] }), ": " + say("map.hub_cut")));
    this.affected.replaceChildren(make("h4", { text: say("map.affected") }),
      rows.length || places.length ? make("ul", {}, ...places, ...rows) : make("p", { text: say("map.affected_none") }),
      ...(standing ? [make("p", {}, make("small", { text: say("map.affected_standing", { closures: sayCount("count.links", standing) }) }))] : []));
  }
}

const legendLine = (style, key) => make("li", {}, draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("path", { class: style, d: "M0 6h30" })), say(key));
function buildMapLegend() {
  const used = new Set(["standing"]);
  for (const run of runs) run.outages.effect.forEach((effect, i) => {
    const o = run.outages, background = o.standing[i] || run.backgroundSet.has(o.incident[i]), sure = o.certain[2 * i] <= o.possible[2 * i] && o.certain[2 * i + 1] >= o.possible[2 * i + 1];
    if (!background) used.add(EFFECTS[effect]);
    if (effect === 0 && !sure) used.add(background ? "perhaps_standing" : "possibly");
  });
  const dot = (kind, key) => {
    const svg = draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("circle", { class: "hub" + (kind === "cut" ? " cut" : ""), cx: 15, cy: 6, r: kind === "cut" ? 5.4 : 4.4 }));
    if (kind === "part") svg.append(draw("path", { class: "wedge", d: wedgePath(0.33, 3.6), transform: "translate(15 6)" }));
    if (kind === "cut") svg.append(draw("path", { class: "hubx", d: "M12.6 3.6l4.8 4.8M17.4 3.6l-4.8 4.8" }));
    return make("li", {}, svg, say(key));
  };
  const glyph = draw("svg", { viewBox: "0 0 30 24", "aria-hidden": "true" }, draw("g", { class: "glyph", transform: "translate(15 12)" }, draw("path", { class: "sign", d: "M0-9.5 9.5 0 0 9.5-9.5 0z" }), draw("path", { d: "M-3.6 0H3.6" })));
  byId("legend").append(legendLine("rail main", "effect.open"), ...["closed", "possibly", "single_track", "limited", "diesel_only", "slowed", "advisory", "standing", "perhaps_standing"].filter((style) => used.has(style)).map((style) => legendLine("s-" + style, "effect." + style)),
    dot("", "map.hub"), dot("part", "map.hub_part"), dot("cut", "map.hub_cut"), make("li", {}, glyph, say("map.incident")), legendLine("way", "map.routes"));
}
