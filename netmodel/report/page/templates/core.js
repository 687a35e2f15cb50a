// Words, elements and the runs as objects. Everything from the data reaches the page as text.
const byId = (id) => document.getElementById(id);
if (typeof DecompressionStream === "undefined") return void (byId("outdated").hidden = false);
const data = await readData();
const uk = data.language === "uk";
const several = data.runs.length > 1;
const EFFECTS = data.effects;
const STYLES = ["perhaps_standing", "standing", "advisory", "slowed", "diesel_only", "limited", "single_track", "possibly", "closed"];
const STANDING = new Set(["perhaps_standing", "standing"]);
const SURE = ["connected", "doubt", "cut", "base"];
const FONT = getComputedStyle(document.body).fontFamily;

const incidentHash = (number) => "#" + encodeURIComponent(data.incidents[number].anchor);

async function readData() {
  const packed = Uint8Array.from(atob(byId("data").textContent), (letter) => letter.charCodeAt(0));
  const text = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(text).json();
}

function say(key, values) {
  const text = data.strings[key];
  if (text === undefined) return key.slice(key.indexOf(".") + 1).replaceAll("_", " ");
  return values ? text.replace(/\{(\w+)\}/g, (_, name) => values[name]) : text;
}

function sayCount(key, n) {
  const forms = data.strings[key];
  const ten = n % 10, hundred = n % 100;
  let form = n === 1 ? 0 : 1;
  if (uk) form = ten === 1 && hundred !== 11 ? 0 : ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14) ? 1 : 2;
  return forms[form].replace("{n}", showNumber(n));
}

function showNumber(value, digits = 0) {
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, uk ? "\u202f" : ",");
  const shown = part ? grouped + (uk ? "," : ".") + part : grouped;
  return value < 0 && Number(value.toFixed(digits)) !== 0 ? "\u2212" + shown : shown;
}

function showShare(value) {
  const percent = Math.round(value * 1000) / 10;
  return showNumber(percent, percent === Math.round(percent) ? 0 : 1) + "\u00a0%";
}

function showHours(hours) {
  const minutes = Math.round(Math.abs(hours) * 60);
  const parts = minutes >= 4320
    ? [[Math.floor(Math.round(minutes / 60) / 24), "unit.days"], [Math.round(minutes / 60) % 24, "unit.hours"]]
    : [[Math.floor(minutes / 60), "unit.hours"], [minutes % 60, "unit.minutes"]];
  const shown = parts.filter(([n]) => n).map(([n, key]) => say(key, { n: showNumber(n) }).replace(" ", "\u00a0"));
  return (hours < 0 && shown.length ? "\u2212" : "") + (shown.join(" ") || say("unit.minutes", { n: 0 }));
}

const showMinutes = (minutes) => showHours(minutes / 60);

function showMetric(name, value) {
  if (value === null || value === undefined) return say("unit.none");
  if (/_share(_|$)/.test(name)) return showShare(value);
  if (/_hours$/.test(name)) return showHours(value);
  if (/ratio/.test(name)) return showNumber(value, 3);
  if (/minutes/.test(name) && Math.abs(value) >= 120) return showMinutes(value);
  if (/minutes/.test(name)) return say("unit.minutes", { n: showNumber(value, value % 1 ? 1 : 0) });
  if (/_km/.test(name)) return say("unit.km", { n: showNumber(value, value % 1 ? 1 : 0) });
  return showNumber(value, value % 1 ? 2 : 0);
}

function add(parent, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "text") parent.textContent = value;
    else if (name.startsWith("on")) parent.addEventListener(name.slice(2), value);
    else parent.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) parent.append(child);
  return parent;
}
const make = (tag, attributes, ...children) => add(document.createElement(tag), attributes, children);
const draw = (tag, attributes, ...children) => add(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

function stepsToPath(steps) {
  let x = steps[0], y = steps[1], path = "M" + x + " " + y;
  for (let i = 2; i < steps.length; i += 2) path += "l" + steps[i] + " " + steps[i + 1];
  return path;
}

// A network: link paths and midpoints are made when first asked for.
class Net {
  constructor(raw) {
    Object.assign(this, raw);
    this.count = raw.links.from.length;
    this.paths = new Array(this.count);
  }
  points(link) {
    const course = this.links.course[link], hubs = this.hubs;
    if (course) {
      const line = [[course[0], course[1]]];
      for (let i = 2; i < course.length; i += 2) {
        const last = line[line.length - 1];
        line.push([last[0] + course[i], last[1] + course[i + 1]]);
      }
      return line;
    }
    const a = this.links.from[link], b = this.links.to[link];
    return [[hubs.x[a], hubs.y[a]], [hubs.x[b], hubs.y[b]]];
  }
  path(link) {
    return (this.paths[link] ??= "M" + this.points(link).map((p) => p.join(" ")).join("L"));
  }
  middle(link) {
    const line = this.points(link), lengths = [0];
    for (let i = 1; i < line.length; i++) lengths.push(lengths[i - 1] + Math.hypot(line[i][0] - line[i - 1][0], line[i][1] - line[i - 1][1]));
    const half = lengths[lengths.length - 1] / 2;
    let i = 1;
    while (i < line.length - 1 && lengths[i] < half) i++;
    const t = (half - lengths[i - 1]) / (lengths[i] - lengths[i - 1] || 1);
    return [line[i - 1][0] + t * (line[i][0] - line[i - 1][0]), line[i - 1][1] + t * (line[i][1] - line[i - 1][1])];
  }
  name(link) {
    return this.hubs.name[this.links.from[link]] + " \u2013 " + this.hubs.name[this.links.to[link]];
  }
}

// The pairs of one kind of traffic: a cursor per pair stands at the change that holds in a state;
// a change names one of the pair's few distinct rows.
class Pairs {
  constructor(raw, hubCount) {
    Object.assign(this, raw);
    this.count = raw.from.length;
    this.first = new Int32Array(this.count + 1);
    this.state = Int32Array.from(raw.state);
    this.rowAt = Int32Array.from(raw.row);
    let firstRow = 0;
    for (let p = 0; p < this.count; p++) {
      const start = this.first[p], end = start + raw.changes[p];
      this.first[p + 1] = end;
      for (let i = start; i < end; i++) {
        if (i > start) this.state[i] += this.state[i - 1];
        this.rowAt[i] += firstRow;
      }
      firstRow += raw.rows[p];
    }
    this.cursor = Int32Array.from(this.first.subarray(0, this.count));
    this.current = new Uint8Array(this.count);
    // Of each hub, how many pairs it has and how many of them are cut now; of all, how many fare how.
    this.total = new Uint32Array(hubCount);
    this.lost = new Uint32Array(hubCount);
    this.counts = new Uint32Array(5);
    this.counts[0] = this.count;
    for (let p = 0; p < this.count; p++) {
      if (this.base[p] >= 0) { this.total[raw.from[p]]++; this.total[raw.to[p]]++; }
      this.put(p, this.cursor[p]);
    }
    this.lookup = new Map();
    for (let p = this.count - 1; p >= 0; p--) this.lookup.set(raw.to[p] * hubCount + raw.from[p], [p, true]);
    for (let p = this.count - 1; p >= 0; p--) this.lookup.set(raw.from[p] * hubCount + raw.to[p], [p, false]);
    this.hubCount = hubCount;
    this.moveTo(0);
  }
  find(from, to) {
    return this.lookup.get(from * this.hubCount + to);
  }
  // Whether each direction between two places is a pair of its own.
  keepsDirection(a, b) { return this.find(a, b)?.[1] === false && this.find(b, a)?.[1] === false; }
  // Bring every pair to a state; `current` then holds its status, plus 8 where in doubt.
  moveTo(state) {
    if (this.at === state) return;
    this.at = state;
    for (let p = 0; p < this.count; p++) {
      let i = this.cursor[p];
      const end = this.first[p + 1], start = this.first[p];
      while (i + 1 < end && this.state[i + 1] <= state) i++;
      while (i > start && this.state[i] > state) i--;
      if (this.cursor[p] !== i) this.put(p, i);
    }
  }
  put(p, i) {
    const before = this.current[p] & 7, status = this.status(p, i), isLost = (each) => (each === 2 || each === 3 ? 1 : 0), change = isLost(status) - isLost(before);
    this.cursor[p] = i;
    this.current[p] = status + (this.sure[this.rowAt[i]] === 1 ? 8 : 0);
    this.counts[before]--;
    this.counts[status]++;
    if (change) { this.lost[this.from[p]] += change; this.lost[this.to[p]] += change; }
  }
  minutesAt(i) { return this.minutes[this.rowAt[i]]; }
  rowOf(p, i = this.cursor[p]) {
    const r = this.rowAt[i];
    return {
      base: this.base[p], base_km: this.base_km[p], minutes: this.minutes[r], km: this.km[r], served: this.served[r],
      sure: this.sure[r], via: this.via[r], probability: this.probability?.[r], wait: this.wait?.[r],
    };
  }
  // 0 connected, 1 longer, 2 by bus only, 3 cut, 4 never connected
  status(p, i = this.cursor[p]) {
    if (this.base[p] < 0) return 4;
    const r = this.rowAt[i];
    if (this.minutes[r] < 0) return this.served[r] >= 0 ? 2 : 3;
    return this.minutes[r] > this.base[p] ? 1 : 0;
  }
}

// Two places of a pair: with an arrow where the way back is a pair of its own.
const pairName = (net, a, b, pairs) => net.hubs.name[a] + (pairs.keepsDirection(a, b) ? " \u2192 " : " \u2013 ") + net.hubs.name[b];

class Run {
  constructor(raw, number) {
    Object.assign(this, raw);
    this.number = number;
    this.net = nets[raw.network];
    this.sets = raw.traffic.map((kind) => new Pairs(raw.pairs[kind], this.net.hubs.x.length));
    this.starts = [];
    raw.at.forEach((state, step) => { if (state >= 0 && this.starts[state] === undefined) this.starts[state] = data.minutes[step]; });
    this.backgroundSet = new Set(raw.background);
    this.linkMemo = new Map();
  }
  kind(traffic) { return this.traffic[Math.min(traffic, this.traffic.length - 1)]; }
  // Whether a hub has a path by rail to no place that it has demand with; of all pairs, shown here or not.
  isCutOff(hub, state, traffic) {
    const spans = this.cut_off[this.kind(traffic)][hub] || [];
    return spans.some((first, i) => i % 2 === 0 && first <= state && state < spans[i + 1]);
  }
  pairSet(traffic) { return this.sets[Math.min(traffic, this.sets.length - 1)]; }
  metric(name, state, traffic) { return this.metrics[this.kind(traffic)][name]?.[state]; }
  // What each touched link is like in a state: style, and the outages behind it.
  links(state, traffic) {
    const key = state * 8 + traffic;
    if (this.linkMemo.has(key)) return this.linkMemo.get(key);
    const o = this.outages, found = new Map(), bit = 1 << Math.min(traffic, this.traffic.length - 1);
    for (let i = 0; i < o.link.length; i++) {
      if (!(o.traffic[i] & bit)) continue;
      const active = o.chosen[2 * i] <= state && state < o.chosen[2 * i + 1];
      const possible = o.possible[2 * i] <= state && state < o.possible[2 * i + 1];
      if (!active && !possible) continue;
      const certain = o.certain[2 * i] <= state && state < o.certain[2 * i + 1];
      const effect = EFFECTS[o.effect[i]];
      let style = null;
      if (active) style = effect === "closed" && o.standing[i] ? "standing" : effect;
      else if (effect === "closed") style = o.standing[i] || this.backgroundSet.has(o.incident[i]) ? "perhaps_standing" : "possibly";
      let entry = found.get(o.link[i]);
      if (!entry) found.set(o.link[i], (entry = { style: null, standing: false, why: [] }));
      entry.why.push({ effect, incident: o.incident[i], active, doubt: !certain, standing: o.standing[i] });
      if (style === "standing") entry.standing = true;
      if (style && (entry.style === null || STYLES.indexOf(style) > STYLES.indexOf(entry.style))) entry.style = style;
    }
    for (const entry of found.values()) if (entry.standing && entry.style !== "closed") entry.style = "standing";
    if (this.linkMemo.size > 40) this.linkMemo.clear();
    this.linkMemo.set(key, found);
    return found;
  }
}

const nets = data.networks.map((raw) => new Net(raw));
const runs = data.runs.map((raw, number) => new Run(raw, number));
const stepCount = data.labels.length;

// What the reader has chosen; every part of the page redraws itself when it changes.
const now = { step: 0, traffic: 0, from: null, to: null, train: null };
const parts = [];
function update(changes) {
  const before = { ...now };
  Object.assign(now, changes);
  for (const part of parts) part(before);
}
function stepOfState(run, state) {
  const step = run.at.indexOf(state);
  return step < 0 ? 0 : step;
}
