"""A browser with the network cut; tests skip, and say why, where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

CHROMIUM = os.environ.get("NETMODEL_CHROMIUM") or shutil.which("chromium") or ""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
FRAME_OF_WORK = """() => new Promise(done => requestAnimationFrame(() => {
  const table = document.createElement("table");
  for (let n = 0; n < 1750; n++) {
    const row = table.appendChild(document.createElement("tr"));
    for (let m = 0; m < 6; m++) row.appendChild(document.createElement("td")).textContent = n + m;
  }
  done();
}))"""
"""A piece of work that takes 16 ms, one frame, on a quiet core of a shared server of 2026."""


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("no chromium on the path; NETMODEL_CHROMIUM may name one")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


class Opened:
    """A page, with everything that it said or asked for."""

    def __init__(self, page: object, path: Path, ready: bool, missing: str) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        if missing:
            page.add_init_script(f"delete window.{missing}")
        page.goto(path.as_uri())
        if ready:
            self.wait("document.documentElement.dataset.ready !== undefined")
        self.asked.remove(path.as_uri())

    def wait(self, condition: str) -> None:
        """Ask until it holds; the page's policy keeps Playwright's own polling out."""
        for _ in range(250):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"never became true: {condition}")

    def go_to_state(self, state: int) -> None:
        """Drag the slider, as far as a script can: set it and let it say so."""
        self.page.locator("#slider").evaluate(
            "(slider, at) => { slider.value = at;"
            " slider.dispatchEvent(new Event('input', {bubbles: true})); }",
            state,
        )

    def step_and_paint(self, state: int) -> None:
        """Go to a state and wait until everything that follows it has been drawn."""
        self.page.evaluate(
            "at => { const slider = document.getElementById('slider'); slider.value = at;"
            " slider.dispatchEvent(new Event('input', {bubbles: true}));"
            " return new Promise(done =>"
            " requestAnimationFrame(() => requestAnimationFrame(done))); }",
            state,
        )

    def slowest_step(self) -> float:
        """Return how long the script of the slowest of some states runs, in frames.

        The browser counts processor time, so that waiting does not matter. How fast the machine is
        just then does not matter either: a frame is what `FRAME_OF_WORK` takes at the same time.
        What the browser does now and then for itself (compiling, collecting), and what it waits for
        memory while other processes use it, is not the step's and only adds to it: each state is
        visited five times, and the quickest visit counts.
        """
        counted = self.count_script_time()
        states = range(0, 1000, 37)
        visits = []
        for _ in range(5):
            took, frames = [], []
            for number, state in enumerate(states):
                took.append(counted(lambda at=state: self.step_and_paint(at)))
                if number % 4 == 0:
                    frames.append(counted(lambda: self.page.evaluate(FRAME_OF_WORK)))
            visits.append([each / median(frames) for each in took])
        return max(min(shares) for shares in zip(*visits, strict=True))

    def count_script_time(self) -> Callable[[Callable[[], None]], float]:
        """Return a function that does something and says how long the page's script ran, ms."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent() -> float:
            metrics = session.send("Performance.getMetrics")["metrics"]
            return 1000 * next(m["value"] for m in metrics if m["name"] == "ScriptDuration")

        def count(action: Callable[[], None]) -> float:
            before = spent()
            action()
            return spent() - before

        return count

    def choose(self, field: str, value: str) -> None:
        self.page.locator(f"#{field}").select_option(value)


@pytest.fixture
def open_page(browser: object, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    contexts = []

    def open_text(text: str, ready: bool = True, missing: str = "", **options: object) -> Opened:
        path = tmp_path / f"report-{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        settings = {"viewport": DESK, "offline": True, "reduced_motion": "reduce", **options}
        context = browser.new_context(**settings)
        contexts.append(context)
        return Opened(context.new_page(), path, ready, missing)

    yield open_text
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> Path:
    package = pytest.importorskip("axe_playwright_python")
    return Path(package.__file__).with_name("axe.min.js")


def find_faults(opened: Opened, axe: Path, *, unfold: bool = True) -> list[tuple[str, str]]:
    """Return every fault that axe finds, with all that is folded away unfolded or not."""
    if unfold:
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    opened.page.add_script_tag(path=axe)
    found = opened.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]]
