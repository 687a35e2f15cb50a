// A part of the page in another page: `?embed` in the address leaves its title, that part and the player.
const PARTS = ["picture", "map", "curve", "trains", "pair", "matrix", "incidents"];
const asked = new URLSearchParams(location.search);
function showEmbedded() {
  if (!asked.has("embed") || several) return;
  const named = (asked.get("embed") || "").split(",").filter((name) => PARTS.includes(name) && byId(name)), wanted = named.length ? named : ["picture", "map"];
  document.documentElement.dataset.embed = wanted.join(" ");
  for (const section of document.querySelectorAll("main section")) if (!section.matches(".lead") && !wanted.includes(section.id)) section.classList.add("away");
  byId("credit").after(make("p", {}, make("a", { href: location.href.replace(/\?[^#]*/, ""), target: "_blank", rel: "noopener", text: say("embed.whole") })));
}
const wholePage = () => location.href.replace(/[?#].*/, "");
// A part that stands alone has no room for what a number rests on: the whole page opens beside it.
function openWhole(target) {
  if (!target?.closest(".away")) return false;
  make("a", { href: wholePage() + "#" + encodeURIComponent(target.id), target: "_blank", rel: "noopener" }).click();
  return true;
}
function embedText(name) {
  const web = location.protocol.startsWith("http"), address = (web ? wholePage() : "https://ADDRESS/report.html") + "?embed=" + name + writeHash(), quoted = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
  return '<iframe src="' + quoted(address) + '" title="' + quoted(document.querySelector("h1").textContent) + '" width="100%" height="720" style="border:0" loading="lazy"></iframe>';
}
function buildEmbedding() {
  const box = byId("embedding");
  if (!box || several) return;
  const select = make("select", { "aria-label": say("embed.part") }, ...["picture,map", ...PARTS].filter((name) => byId(name.split(",")[0])).map((name) => make("option", { value: name, text: name.split(",").map((each) => shownText(document.querySelector("#" + each + " h2"))).join(" + ") })));
  const text = make("textarea", { readonly: true, rows: 4, "aria-label": say("embed.snippet") }), write = () => { text.value = embedText(select.value); };
  const copy = make("button", { type: "button", class: "boxed", text: say("give.copy"), onclick: () => { write(); text.select(); navigator.clipboard?.writeText(text.value); } });
  box.append(make("p", { class: "note", text: say("embed.note") }), make("div", { class: "tools" }, select, copy), text);
  select.addEventListener("change", write);
  box.addEventListener("toggle", write);
}
