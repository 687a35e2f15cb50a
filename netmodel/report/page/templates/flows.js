// Where the traffic went: links that carry more or less than undisturbed, drawn when asked for.
const FLOW_CLASSES = 4, FLOW_ROWS = 300;
const diverted = { on: false, layers: [] };

// The flow over every link that ever differs from the base, in hundredths of a trip.
class LinkFlows {
  constructor(raw) {
    Object.assign(this, raw);
    this.count = raw.link.length;
    this.first = new Int32Array(this.count + 1);
    this.at = Int32Array.from(raw.state);
    this.place = new Map(raw.link.map((link, i) => [link, i]));
    this.most = 0;
    for (let i = 0; i < this.count; i++) {
      this.first[i + 1] = this.first[i] + raw.changes[i];
      for (let c = this.first[i]; c < this.first[i + 1]; c++) {
        if (c > this.first[i]) this.at[c] += this.at[c - 1];
        this.most = Math.max(this.most, raw.trips[c] - raw.base[i]);
      }
    }
  }
  tripsAt(i, state) {
    let low = this.first[i], high = this.first[i + 1];
    while (low < high) { const middle = (low + high) >> 1; if (this.at[middle] <= state) low = middle + 1; else high = middle; }
    return low === this.first[i] ? this.base[i] : this.trips[low - 1];
  }
  // Positions of the links that carry nothing any more, those that carry less, and more by width.
  changed(state) {
    const none = [], less = [], more = Array.from({ length: FLOW_CLASSES }, () => []);
    for (let i = 0; i < this.count; i++) {
      const trips = this.tripsAt(i, state), extra = trips - this.base[i];
      if (extra < 0) (trips > 0 ? less : none).push(i);
      else if (extra > 0) more[Math.min(FLOW_CLASSES, Math.ceil((FLOW_CLASSES * extra) / this.most)) - 1].push(i);
    }
    return { none, less, more };
  }
}
const showTrips = (hundredths) => showNumber(hundredths / 100, hundredths % 100 ? (Math.abs(hundredths) < 100 ? 2 : 1) : 0);

class FlowLayer {
  constructor(map, parent) {
    this.map = map;
    this.run = map.run;
    this.sets = this.run.traffic.map((kind) => new LinkFlows(this.run.flows[kind]));
    this.gap = draw("path", { class: "flow-gap" });
    this.less = draw("path", { class: "flow-less" });
    this.none = draw("path", { class: "flow-none" });
    this.more = Array.from({ length: FLOW_CLASSES }, (_, i) => draw("path", { class: "flow-more f" + (i + 1) }));
    this.group = draw("g", { class: "flow" }, this.gap, this.less, this.none, ...this.more);
    map.styled.way.after(this.group);
    this.words = make("p", { class: "flowwords", "aria-live": "polite" });
    this.body = make("tbody");
    const head = ["flow.link", "flow.base", "flow.now"].map((key, i) => make("th", { scope: "col", class: i ? "n" : null, text: say(key) }));
    this.rest = make("small");
    this.table = make("details", { class: "more flowtable", ontoggle: () => this.show() }, make("summary", { text: say("flow.table") }), make("p", { class: "note", text: say("flow.note") }),
      make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": say("flow.table") }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), this.body)), this.rest);
    this.box = make("div", { class: "flowbox" }, several ? make("h4", { text: this.run.title }) : null, this.words, this.table);
    parent.append(this.box);
  }
  flows() { return this.sets[Math.min(now.traffic, this.sets.length - 1)]; }
  show() {
    const state = this.run.at[now.step], on = diverted.on && state >= 0;
    this.group.style.display = on ? "" : "none";
    this.box.hidden = !on;
    if (!on) return;
    const flows = this.flows(), { none, less, more } = flows.changed(state);
    const path = (places) => places.map((i) => this.map.net.path(flows.link[i])).join("");
    const key = state + "|" + now.traffic;
    if (this.drawn !== key) {
      this.drawn = key;
      const lost = none.length + less.length, gained = more.reduce((sum, places) => sum + places.length, 0);
      this.gap.setAttribute("d", path(none) + path(less));
      this.none.setAttribute("d", path(none));
      this.less.setAttribute("d", path(less));
      more.forEach((places, i) => this.more[i].setAttribute("d", path(places)));
      this.words.textContent = lost || gained ? sayCount("flow.count_more", gained) + ", " + sayCount("flow.count_less", lost) + "." : say("flow.none");
      this.table.hidden = !lost && !gained;
      this.listed = null;
    }
    if (this.table.open && this.listed !== key) { this.listed = key; this.list(flows, state, [...none, ...less, ...more.flat()]); }
  }
  // The links in the order of the network, not by amount.
  list(flows, state, places) {
    places.sort((a, b) => flows.link[a] - flows.link[b]);
    this.body.replaceChildren(...places.slice(0, FLOW_ROWS).map((i) => {
      const trips = flows.tripsAt(i, state);
      return make("tr", { "data-link": flows.link[i], "data-base": flows.base[i] / 100, "data-trips": trips / 100 },
        make("th", { scope: "row", text: this.map.net.name(flows.link[i]) }), make("td", { class: "n", text: showTrips(flows.base[i]) }), make("td", { class: "n" }, leadingNumber(showTrips(trips), () => basisNow("", this.run), this.map.net.name(flows.link[i]))));
    }));
    this.rest.textContent = places.length > FLOW_ROWS ? say("unit.and_more", { n: showNumber(places.length - FLOW_ROWS) }) : "";
  }
}

// What the tip of a link says of its traffic, while that is shown.
function flowTip(map, link) {
  const layer = diverted.on && diverted.layers.find((each) => each.map === map), state = map.run.at[now.step];
  const flows = layer && layer.flows(), i = flows ? flows.place.get(link) : undefined;
  if (i === undefined || state < 0) return null;
  return make("span", { class: "flowtip", text: say("flow.tip", { now: showTrips(flows.tripsAt(i, state)), base: showTrips(flows.base[i]) }) });
}
function buildFlows() {
  if (!runs.some((run) => run.flows && run.traffic.some((kind) => run.flows[kind].link.length))) return;
  const widths = draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, ...[1, 2, 3, 4].map((n) => draw("path", { class: "flow-more f" + n, d: "M" + (n - 1) * 7.5 + " 6h7.5" })));
  const more = make("span"), legend = [make("li", {}, widths, more), legendLine("flow-less", "flow.less"), legendLine("flow-none", "flow.nothing")];
  for (const each of legend) each.classList.add("flowkey");
  byId("legend").append(...legend);
  const box = make("input", { type: "checkbox", id: "flows", onchange: () => { diverted.on = box.checked; show(); } });
  const tools = make("div", { class: "flows" }, make("label", { class: "toggle" }, box, make("span", { text: say("flow.show") })));
  byId("legend").before(tools);
  maps.forEach((map) => { if (map.run.flows) diverted.layers.push(new FlowLayer(map, tools)); });
  const show = () => {
    const most = Math.max(...diverted.layers.map((layer) => layer.flows().most));
    for (const each of legend) each.hidden = !diverted.on || (each === legend[0] && most === 0);
    more.textContent = say("flow.more", { n: showTrips(most) });
    for (const layer of diverted.layers) layer.show();
  };
  parts.push(show);
}
