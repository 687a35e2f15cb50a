const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const say = (key, values = {}) => data.words[key].replace(/\{(\w+)\}/g, (whole, name) => name in values ? values[name] : whole);
// Everything of an article enters the page by this function: as text, never as markup.
function make(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  made.append(...inside);
  return made;
}
const decisions = new Map(data.decisions.map((each) => [each.question, each]));
const questions = data.incidents.flatMap((each) => each.questions);
const boxes = new Map(), marks = new Map();
let unsaved = false;
let now = null;

function isGone(incident) {
  const whole = decisions.get(incident.questions[0].id);
  return whole !== undefined && whole.do === "drop";
}
function isAsked(question, incident) {
  if (question.part !== "missing") return question.part === "incident" || question.doubt;
  const name = question.changes[0];
  return name === "start" ? lacksStart(incident) : !valueOf(incident, name);
}
// What a field of an incident is as decided; nothing where it was dropped or never read.
function valueOf(incident, name) {
  for (const each of incident.questions) {
    if (each.changes[0] !== name || !["field", "missing"].includes(each.part)) continue;
    const made = decisions.get(each.id) || { do: each.part === "field" ? "accept" : "drop" };
    if (made.do !== "drop") return made.do === "change" ? made.values[name] : each.now[name];
  }
  return "";
}
function lacksStart(incident) {
  const effect = valueOf(incident, "effect");
  if (!effect || effect === "none") return false;
  return !incident.questions.some((each) => {
    const made = decisions.get(each.id) || {};
    if (each.part !== "claim" || made.do === "drop") return false;
    const told = { basis: "observed", ...each.now, ...(made.values || {}) };
    return told.about === "start" && told.at && ["", "observed", "planned"].includes(told.basis);
  });
}
function openQuestions() {
  return data.incidents.flatMap((incident) => isGone(incident) ? [] : incident.questions.filter((each) => isAsked(each, incident) && !decisions.has(each.id)));
}

function showArticles() {
  for (const article of data.articles) {
    const text = make("div", { class: "text", lang: article.language, dir: "auto" });
    if (article.segments === null) text.append(make("p", { class: "why" }, say("review.no_text")));
    for (const [words, ids, doubt] of article.segments || []) {
      if (!ids.length) { text.append(words); continue; }
      const mark = make("mark", { class: doubt ? "doubt" : null }, words);
      mark.addEventListener("click", () => goTo(ids[ids.length - 1]));
      for (const id of ids) marks.set(id, [...(marks.get(id) || []), mark]);
      text.append(mark);
    }
    byId("articles").append(make("h2", { dir: "auto" }, article.title), make("p", { class: "why" }, article.told), text);
  }
  if (data.unused.length) {
    const list = make("ul", { class: "unused" }, ...data.unused.map(([words, why]) => make("li", {}, make("q", {}, words), " – " + why)));
    byId("articles").append(make("h3", {}, say("review.unused")), list);
  }
}

function showIncident(incident) {
  const box = make("section", { class: "incident", "aria-labelledby": "title-" + incident.number }, make("h2", { id: "title-" + incident.number, dir: "auto" }, incident.title));
  for (const known of incident.known) box.append(make("p", { class: "known", dir: "auto" }, known));
  for (const question of incident.questions) {
    const shown = make("div", { class: "question" + (question.part === "incident" ? " whole" : ""), tabindex: "-1", role: "group", "aria-label": question.asks });
    shown.append(make("h3", { dir: "auto" }, question.asks));
    if (question.part !== "incident") shown.append(showFields(question));
    shown.append(showActs(question, shown));
    shown.addEventListener("focusin", () => light(question));
    boxes.set(question.id, shown);
    box.append(shown);
  }
  byId("questions").append(box);
}
function showFields(question) {
  const list = make("dl");
  for (const field of question.fields) {
    const value = make("dd", { dir: "auto", class: field.doubt ? "doubtful" : null }, field.value + " ", make("small", {}, "(" + field.why + ")"));
    list.append(make("dt", {}, field.label), value);
    if (data.articles.some((each) => each.segments === null)) for (const words of field.quotations) value.append(make("br"), make("q", {}, words));
  }
  return list;
}
function showActs(question, shown) {
  const acts = make("div", { class: "acts", role: "group", "aria-label": question.asks });
  for (const verb of question.can) {
    const button = make("button", { type: "button", "data-do": verb, "aria-pressed": "false" }, say("review." + verb));
    button.addEventListener("click", () => verb === "change" ? showForm(question, shown) : decide(question, verb, {}));
    acts.append(button);
  }
  const undo = make("button", { type: "button", "data-do": "undo", hidden: true }, say("review.undo"));
  undo.addEventListener("click", () => { decisions.delete(question.id); changed(); shown.focus(); });
  acts.append(undo);
  return acts;
}
function showForm(question, shown) {
  const old = shown.querySelector("form");
  if (old) { old.remove(); return; }
  const form = make("form"), inputs = new Map();
  const given = (decisions.get(question.id) || {}).values || {};
  for (const change of question.forms) {
    const value = change.name in given ? given[change.name] : change.value;
    let input = make("input", { type: "text", autocomplete: "off" });
    if (change.among.length) {
      input = make("select");
      for (const word of [...(change.needed ? [] : [""]), ...change.among]) input.append(make("option", { value: word }, word));
    }
    input.value = value;
    inputs.set(change.name, [input, change.value]);
    form.append(make("label", {}, change.label, input, ...(change.hint ? [make("small", {}, change.hint)] : [])));
  }
  form.append(make("div", { class: "acts" }, make("button", { type: "submit", class: "main" }, say("review.keep"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = {};
    for (const [name, [input, before]] of inputs) if (input.value.trim() !== before) values[name] = input.value.trim();
    form.remove();
    if (Object.keys(values).length) decide(question, "change", values);
  });
  shown.append(form);
  form.querySelector("input, select").focus();
}

function decide(question, verb, values) {
  const decision = { question: question.id, about: question.about, do: verb };
  decisions.set(question.id, Object.keys(values).length ? { ...decision, values } : decision);
  changed();
  next();
}
function changed() {
  unsaved = true;
  show();
}
function show() {
  const open = new Set(openQuestions().map((each) => each.id));
  for (const incident of data.incidents) {
    boxes.get(incident.questions[0].id).parentElement.classList.toggle("gone", isGone(incident));
    for (const question of incident.questions) {
      const box = boxes.get(question.id), made = decisions.get(question.id);
      box.hidden = question.part === "missing" && !made && !isAsked(question, incident);
      box.classList.toggle("open", open.has(question.id));
      box.classList.toggle("decided", made !== undefined);
      for (const button of box.querySelectorAll("[data-do]")) {
        if (button.dataset.do === "undo") button.hidden = made === undefined;
        else button.setAttribute("aria-pressed", String(made !== undefined && made.do === button.dataset.do));
      }
    }
  }
  byId("status").textContent = say("review.status", { open: open.size, decided: decisions.size });
}
function light(question) {
  now = question.id;
  for (const each of document.querySelectorAll("mark.on")) each.classList.remove("on");
  const lit = marks.get(question.id) || [];
  for (const each of lit) each.classList.add("on");
  const room = byId("articles");
  if (lit.length) room.scrollTop += lit[0].getBoundingClientRect().top - room.getBoundingClientRect().top - room.clientHeight / 3;
}
function goTo(id) {
  const box = boxes.get(id);
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "center" });
}
function next() {
  const open = openQuestions();
  if (!open.length) { byId("save").focus(); return; }
  const order = questions.map((each) => each.id);
  goTo((open.find((each) => order.indexOf(each.id) > order.indexOf(now)) || open[0]).id);
}
function save() {
  const text = JSON.stringify({ decisions_about: "draft", decisions: [...decisions.values()] }, null, 1).replace(/[\u007f-\u009f\ufeff\ufffe\uffff]/g, (sign) => "\\u" + sign.charCodeAt(0).toString(16).padStart(4, "0"));
  const link = make("a", { download: data.file, href: URL.createObjectURL(new Blob([text + "\n"], { type: "text/plain;charset=utf-8" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 4000);
  unsaved = false;
}

data.incidents.forEach(showIncident);
showArticles();
show();
byId("next").addEventListener("click", next);
byId("save").addEventListener("click", save);
addEventListener("keydown", (event) => {
  if (event.key === "n" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, select, textarea")) { event.preventDefault(); next(); }
});
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
document.documentElement.dataset.ready = "";
