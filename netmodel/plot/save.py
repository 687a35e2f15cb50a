"""All figures of a run as files: PNG to look at, SVG to print; the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem
from netmodel.files.whole import whole_file
from netmodel.plot.incident_timeline import draw_incident_timeline, shown_incidents
from netmodel.plot.reachability_matrix import draw_reachability_matrix
from netmodel.plot.resilience_curve import draw_resilience_curve
from netmodel.plot.state_map import draw_state_map
from netmodel.plot.style import use_style_alone
from netmodel.runs.moment import traffic_kinds
from netmodel.runs.record import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


FORMATS = ("png", "svg")
WIDTH_INCHES = 7.2
PNG_DOTS_PER_INCH = 300
_METADATA = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
Draw = Callable[["Axes"], object]


def save_figures(
    record: RunRecord, folder: Path, *, state: int | None = None, language: str = "en"
) -> tuple[Path, ...]:
    """Save state map, resilience curve, incident timeline and reachability matrix of a run.

    The width is that of two columns of a journal, 7.2 inches; PNG has 300 dots an inch. Map,
    curve and matrix are saved for each kind of traffic.

    Parameters
    ----------
    folder
        Made if it is not there; files of the same names are replaced.
    state
        Number of the state that map and matrix show; by default the one with the lowest
        connected share of each kind of traffic.
    language
        ``en`` or ``uk``.

    Returns
    -------
    tuple of Path
        The files, by name.

    Raises
    ------
    UnknownNameError
        If the run has no such state.
    InputError
        If the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from netmodel import run_scenario
    >>> record = run_scenario("crimean-bridge-2022").record
    >>> [path.name for path in save_figures(record, Path(tempfile.mkdtemp()))][:2]
    ['incident-timeline.png', 'incident-timeline.svg']
    """
    saved = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with use_style_alone():
            for name, figure in _figures(record, state, language):
                for kind in FORMATS:
                    saved.append(_save(figure, folder / f"{name}.{kind}"))
                    # The layout of the first file serves the second too.
                    figure.set_layout_engine("none")
    except OSError as error:
        problem = Problem(what=f"cannot write ({error.strerror})", where=str(folder))
        raise InputError([problem]) from None
    return tuple(sorted(saved))


def _figures(record: RunRecord, state: int | None, language: str) -> Iterator[tuple[str, Figure]]:
    timeline = partial(draw_incident_timeline, record, language=language)
    yield "incident-timeline", _figure(timeline, 0.75 + 0.27 * len(shown_incidents(record)))
    places = int((record.hubs["in_demand"] == 1).sum())
    for kind in traffic_kinds(record):
        for name, draw, height in (
            ("resilience-curve", _curve, 2.3),
            ("state-map", _map, 5.0),
            ("reachability-matrix", _matrix, min(6.6, 1.2 + 0.17 * places)),
        ):
            yield f"{name}-{kind}", _figure(partial(draw, record, state, kind, language), height)


def _curve(record: RunRecord, _: int | None, kind: str, language: str, ax: Axes) -> object:
    return draw_resilience_curve(record, ax, traffic=kind, language=language)


def _map(record: RunRecord, state: int | None, kind: str, language: str, ax: Axes) -> object:
    return draw_state_map(record, ax, state=state, traffic=kind, language=language)


def _matrix(record: RunRecord, state: int | None, kind: str, language: str, ax: Axes) -> object:
    return draw_reachability_matrix(record, ax, state=state, traffic=kind, language=language)


def _figure(draw: Draw, height: float) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
    FigureCanvasAgg(figure)
    draw(figure.subplots())
    return figure


def _save(figure: Figure, path: Path) -> Path:
    kind = path.suffix[1:]
    # A matrix is square: what it leaves of the page's width is cut off.
    box = "tight" if path.stem.startswith("reachability-matrix") else None
    with whole_file(path) as partial:
        figure.savefig(
            partial, dpi=PNG_DOTS_PER_INCH, metadata=_METADATA[kind], bbox_inches=box,
            pad_inches=0.05,
        )  # fmt: skip
    return path
