// The list of incidents, narrowed by words, effect, month, speaker and region, and put in order.
const finder = { count() {} };
function buildFinder() {
  const form = byId("finder"), list = byId("studied"), cards = [...list.children];
  if (cards.length < 4) return;
  const both = new Set(cards.map((card) => card.dataset.planned)).size > 1;
  const kinds = [["effect", (card) => [card.dataset.effect]], ...(both ? [["planned", (card) => [card.dataset.planned]]] : []), ["month", (card) => words(card.dataset.months, " ")], ["party", (card) => words(card.dataset.parties, "|")], ["region", (card) => words(card.dataset.regions, "|")]];
  const search = make("input", { type: "search", "aria-label": say("incident.search"), placeholder: say("incident.search") });
  const selects = kinds.map(([name, of]) => {
    const known = [...new Set(cards.flatMap(of))].sort();
    return make("select", { "aria-label": say("incident.any_" + name) }, make("option", { value: "", text: say("incident.any_" + name) }), ...known.map((text) => make("option", { value: text, text: name === "month" ? showMonth(text) : name === "planned" ? say("incident.planned_" + text) : text })));
  });
  const order = make("select", { "aria-label": say("incident.sort") }, ...["weight", "time", "title"].map((key) => make("option", { value: key, text: say("incident.by_" + key) })));
  const shown = make("span", { role: "status" });
  const narrow = () => {
    const wanted = search.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const card of cards) {
      const text = (card.text ??= card.textContent.toLocaleLowerCase());
      const fits = wanted.every((word) => text.includes(word)) && kinds.every(([, of], i) => !selects[i].value || of(card).includes(selects[i].value));
      card.hidden = !fits;
    }
    finder.count();
  };
  finder.count = () => {
    const seen = cards.filter((card) => !card.hidden).length;
    shown.textContent = say("incident.shown", { n: showNumber(seen), total: showNumber(cards.length) });
  };
  const sort = () => {
    const by = { weight: (card) => Number(card.dataset.number), time: (card) => card.dataset.months, title: (card) => card.querySelector("h3").textContent }[order.value];
    const sorted = [...cards].sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0));
    list.append(...sorted);
  };
  search.addEventListener("input", narrow);
  for (const select of selects) select.addEventListener("change", narrow);
  order.addEventListener("change", sort);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.append(search, ...selects, order, shown);
  form.hidden = false;
  narrow();
}
const words = (text, between) => (text ? text.split(between) : []);
function showMonth(text) {
  const [year, month] = text.split("-").map(Number);
  return new Intl.DateTimeFormat(data.language, { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.UTC(year, month - 1));
}

// Go to an incident: unfolded, whatever the list is narrowed to.
function findCard(hash) {
  const name = hash.slice(1);
  return byId(name) || byId(decodeURIComponent(name));
}
