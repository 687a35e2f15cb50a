"""The page of a run, or the map of a network, in a cell of a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from io import StringIO
from pathlib import Path

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError
from netmodel.network.railway import Network
from netmodel.plot.style import new_figure, wrong_type
from netmodel.report.page.render import render_page
from netmodel.runs.record import RunRecord, read_record
from netmodel.runs.run import Run, run_scenario
from netmodel.words.strings import choose_language
from netmodel.words.wording import show_controls

_LEAST_PIXELS = 100
_MAP_INCHES = 5.4
_MAP_STYLE = (
    "html,body{margin:0;height:100%;background:#fff}svg{display:block;width:100%;height:100%}"
)


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page that a notebook shows in a frame of its own.

    Parameters
    ----------
    html
        The whole page.
    height
        Height of the frame, pixels.
    """

    html: str
    height: int = 900

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html, quote=True)}" sandbox="allow-scripts" '
            f'style="width:100%;height:{self.height}px;border:0" title="netmodel"></iframe>'
        )


@refuse_wrong_kinds
def explore(
    subject: Run | RunRecord | Network | Path | str,
    *,
    language: str | None = None,
    height: int = 900,
) -> Page:
    """Return the report page of a run, or the map of a network, to be shown in a notebook cell.

    Parameters
    ----------
    subject
        A run or a network; the path of a folder that `netmodel run` wrote; the path of a
        scenario, or the name of one that comes with netmodel, which is then run.
    language
        ``en`` or ``uk``; by default that of the scenario.
    height
        Height of the frame, pixels.

    Returns
    -------
    Page
        What a notebook shows; its ``html`` is the page as a text. It needs no connection.

    Raises
    ------
    InputError
        If an argument is of another kind, there is no such language, or the folder or scenario
        is not in order.
    UnknownNameError
        If no scenario of that name comes with netmodel.

    Examples
    --------
    >>> import netmodel as nm
    >>> page = nm.explore("crimea-may-2023", height=700)
    >>> "<h1" in page.html, "height:700px" in page._repr_html_()
    (True, True)
    """
    _check(subject, height)
    chosen = choose_language(language)
    if isinstance(subject, Network):
        return Page(html=_map_page(subject, chosen), height=height)
    return Page(html=render_page(_find_record(subject), language=language), height=height)


def _check(subject: object, height: object) -> None:
    problems = []
    if not isinstance(subject, Run | RunRecord | Network | Path | str):
        remedy = "give what `nm.run_scenario` returns"
        problems.append(wrong_type(subject, "a run, a network or a name", "subject", remedy))
    whole = isinstance(height, int) and not isinstance(height, bool)
    if not whole or not height >= _LEAST_PIXELS:  # type: ignore[operator]
        wanted = f"a whole number of at least {_LEAST_PIXELS}"
        problems.append(wrong_type(height, wanted, "height", "give the height in pixels"))
    if problems:
        raise InputError(problems)


def _find_record(subject: Run | RunRecord | Path | str) -> RunRecord:
    """Return the record of a run, of its folder, or of a scenario once it has been run."""
    if isinstance(subject, RunRecord):
        return subject
    if isinstance(subject, Run):
        return subject.record
    if Path(subject).is_dir():
        return read_record(Path(subject))
    return run_scenario(subject).record


def _map_page(network: Network, language: str) -> str:
    """Return a page that is the map of a network, its names as text."""
    from matplotlib import rc_context

    from netmodel.plot.network_map import draw_network
    from netmodel.plot.style import use_style_alone

    text = StringIO()
    with use_style_alone(), rc_context({"svg.fonttype": "none"}):
        figure = new_figure(_MAP_INCHES)
        draw_network(network, figure.axes[0], language=language)
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    drawing = text.getvalue()
    title = escape(show_controls(network.name or "network"))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_MAP_STYLE}</style></head>"
        f"<body>{drawing[drawing.index('<svg') :]}</body></html>"
    )
