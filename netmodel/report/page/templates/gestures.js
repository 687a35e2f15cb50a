// Moving about the map: by mouse, touch, wheel, buttons and keys. All maps of a page move as one.
let placing = false;
function placeAll() {
  if (placing) return;
  placing = true;
  requestAnimationFrame(() => { placing = false; for (const map of maps) map.place(); });
}
function keepInside() {
  const bounds = extentOf(maps[0].net), margin = 0.5;
  const midX = (view.width / 2 - view.x) / view.k, midY = (view.height / 2 - view.y) / view.k;
  const w = Math.max(400, bounds[2] - bounds[0]), h = Math.max(400, bounds[3] - bounds[1]);
  const x = Math.max(bounds[0] - w * margin * 0.2, Math.min(bounds[2] + w * margin * 0.2, midX));
  const y = Math.max(bounds[1] - h * margin * 0.2, Math.min(bounds[3] + h * margin * 0.2, midY));
  view.x = view.width / 2 - x * view.k;
  view.y = view.height / 2 - y * view.k;
}
function fit(box, margin, atOnce) {
  view.fitted = [box, margin];
  const w = Math.max(box[2] - box[0], 120), h = Math.max(box[3] - box[1], 120);
  view.k = Math.min(view.width / (w * (1 + 2 * margin) ), view.height / (h * (1 + 2 * margin)));
  view.x = view.width / 2 - ((box[0] + box[2]) / 2) * view.k;
  view.y = view.height / 2 - ((box[1] + box[3]) / 2) * view.k;
  if (atOnce) for (const map of maps) map.place(); else placeAll();
}
function zoomBy(factor, px = view.width / 2, py = view.height / 2) {
  const k = Math.max(0.012, Math.min(6, view.k * factor)), ratio = k / view.k;
  view.fitted = null;
  view.x = px - (px - view.x) * ratio;
  view.y = py - (py - view.y) * ratio;
  view.k = k;
  keepInside();
  placeAll();
}
function panBy(dx, dy) {
  view.fitted = null;
  view.x += dx;
  view.y += dy;
  keepInside();
  placeAll();
}

function listen(map) {
  const box = map.box, fingers = new Map();
  let moved = 0, span = 0, hintTimer = 0;
  const local = (event) => { const r = box.getBoundingClientRect(); return [event.clientX - r.left, event.clientY - r.top]; };
  const hint = (key) => {
    map.hint.textContent = say(key);
    map.hint.classList.add("on");
    clearTimeout(hintTimer);
    hintTimer = setTimeout(() => map.hint.classList.remove("on"), 1100);
  };
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== box) return hint("map.hint");
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.006 : 0.0022)), ...local(event));
  }, { passive: false });
  box.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button, a")) return;
    fingers.set(event.pointerId, local(event));
    moved = 0;
    if (event.pointerType === "mouse") box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    const here = local(event), last = fingers.get(event.pointerId);
    if (!last) {
      if (event.pointerType === "mouse" && !map.tipBox?.pinned && !event.target.closest("button")) map.tip(...here, false);
      return;
    }
    fingers.set(event.pointerId, here);
    const dx = here[0] - last[0], dy = here[1] - last[1];
    moved += Math.abs(dx) + Math.abs(dy);
    if (event.pointerType === "mouse") {
      if (moved > 3) { box.classList.add("moving"); map.tipBox?.remove(); panBy(dx, dy); }
    } else if (fingers.size === 2) {
      const [a, b] = [...fingers.values()], length = Math.hypot(a[0] - b[0], a[1] - b[1]);
      panBy(dx / 2, dy / 2);
      if (span) zoomBy(length / span, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      span = length;
    }
  });
  const lift = (event) => {
    const had = fingers.delete(event.pointerId);
    if (fingers.size < 2) span = 0;
    box.classList.remove("moving");
    if (had && moved < 6 && event.type === "pointerup") map.tip(...local(event), true);
    else if (had && event.type === "pointercancel" && event.pointerType === "touch") hint("map.hint_touch");
  };
  box.addEventListener("pointerup", lift);
  box.addEventListener("pointercancel", lift);
  box.addEventListener("touchmove", (event) => { if (event.touches.length === 2) event.preventDefault(); }, { passive: false });
  box.addEventListener("pointerleave", () => { if (!map.tipBox?.pinned) map.tipBox?.remove(); });
  box.addEventListener("dblclick", (event) => { if (!event.target.closest("button")) zoomBy(event.shiftKey ? 0.5 : 2, ...local(event)); });
  box.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (event.target !== box) return;
    if (move) panBy(...move);
    else if (event.key === "+" || event.key === "=") zoomBy(1.5);
    else if (event.key === "-" || event.key === "_") zoomBy(1 / 1.5);
    else if (event.key === "0") fit(map.net.focus, 0.1);
    else if (event.key === "Escape") { map.tipBox?.remove(); map.tipBox = null; return; }
    else return;
    event.preventDefault();
  });
}
