"""All figures of a run, saved at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.plot import figures_of_runs as figures
from netmodel.plot.style import FORMATS, new_figure, save_figure, use_style_alone
from netmodel.runs.moment import traffic_kinds
from netmodel.runs.record import RunRecord
from netmodel.runs.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@refuse_wrong_kinds
def save_figures(
    run: Run | RunRecord,
    folder: Path | str,
    *,
    state: int | None = None,
    language: str = "en",
) -> tuple[Path, ...]:
    """Save map, curve, bands, timeline and matrix of a run, as PNG and SVG.

    The width is that of two columns of a journal, 7.2 inches, but for a matrix of more than 64
    places; PNG has 300 dots an inch, SVG holds its texts as text. All but the timeline are
    saved for each kind of traffic.

    Parameters
    ----------
    run
        A run, or its record.
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
        If an argument is of the wrong kind, or the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import netmodel as nm
    >>> run = nm.run_scenario("crimean-bridge-2022")
    >>> [path.name for path in nm.plot.save_figures(run, tempfile.mkdtemp())][:2]
    ['incident-timeline.png', 'incident-timeline.svg']
    """
    record = figures.check_run(run, state=state, language=language)
    folder = Path(folder)
    saved = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with use_style_alone():
            for name, figure in _draw_all(record, state, language):
                # A matrix is square: what it leaves of the page's width is cut off.
                tight = name.startswith("reachability-matrix")
                for suffix in FORMATS:
                    saved.append(save_figure(figure, folder / f"{name}.{suffix}", tight=tight))
                    # The layout of the first file serves the second too.
                    figure.set_layout_engine("none")
    except OSError as error:
        problem = Problem(what=f"cannot write ({error.strerror})", where=str(folder))
        raise InputError([problem]) from None
    return tuple(sorted(saved))


def _draw_all(record: RunRecord, state: int | None, language: str) -> Iterator[tuple[str, Figure]]:
    """Yield the name of each figure, and the figure."""
    figure = new_figure(figures.timeline_inches(record))
    figures.timeline(record, figure.axes[0], language=language)
    yield "incident-timeline", figure
    for kind in traffic_kinds(record):
        figure = new_figure(figures.CURVE_INCHES)
        figures.curve(record, figure.axes[0], traffic=kind, language=language)
        yield f"resilience-curve-{kind}", figure
        figure = new_figure(figures.BANDS_INCHES)
        figures.bands(record, figure.axes[0], traffic=kind, language=language)
        yield f"outcome-bands-{kind}", figure
        figure = new_figure(figures.MAP_INCHES)
        figures.map(record, figure.axes[0], state=state, traffic=kind, language=language)
        yield f"state-map-{kind}", figure
        figure = new_figure(*figures.matrix_inches(record))
        figures.matrix(record, figure.axes[0], state=state, traffic=kind, language=language)
        yield f"reachability-matrix-{kind}", figure
