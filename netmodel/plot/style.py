"""The quiet look that all figures share, and the canvas that they are drawn on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, cast

import matplotlib as mpl

from netmodel.errors import InputError, Problem
from netmodel.files.whole import whole_file
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import choose_ticks, shorten, show_controls

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


INK, SOFT, MUTED, RULE = "#1d2329", "#454d55", "#59636d", "#dedad2"
LAND, SEA, RIVER, OBLAST, BORDER = "#f8f6f1", "#e4ebee", "#cfdde3", "#d9d4c9", "#b7afa0"
OPEN, CLOSED, DOUBT, ACCENT = "#6f7a85", "#b32d14", "#e8a46a", "#0b5a78"
BAND, BAND_INNER = "#bcd3dc", "#93b7c6"
RUN_COLOURS = ("#0b5a78", "#b35c00", "#6a479b", "#3f6b1f")
RUN_DASHES = ((), (7, 3), (2, 3), (10, 3, 2, 3))
MATRIX_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "connected": "#e6eaec",
        "longer": "#9fc3d3",
        "bus": "#d9c27a",
        "doubt": "#e8a46a",
        "cut": "#a32a14",
        "base": "#c9c4ba",
    }
)
POINTS_PER_PIXEL = 0.75
FONT_POINTS = 7.0
_LONGEST_TEXT = 120
_MISSING_GLYPH = "□"
_NARROW_INCHES = 4.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """How a link in some state is drawn; width and dash in points."""

    colour: str
    width: float
    dash: tuple[float, ...]
    round: bool = False

    @property
    def linestyle(self) -> tuple[float, tuple[float, ...]] | Literal["solid"]:
        """The dash as matplotlib wants it: in widths of the line."""
        return (0.0, tuple(part / self.width for part in self.dash)) if self.dash else "solid"


def _stroke(colour: str, width: float, *dash: float, round: bool = False) -> Stroke:  # noqa: A002
    """Return a stroke from the pixels of the page's style sheet."""
    points = tuple(part * POINTS_PER_PIXEL for part in dash)
    return Stroke(colour=colour, width=width * POINTS_PER_PIXEL, dash=points, round=round)


STROKES: Mapping[str, Stroke] = MappingProxyType(
    {
        "closed": _stroke(CLOSED, 3.6, 7, 5),
        "possibly": _stroke("#b35c00", 3.0, 2, 4),
        "single_track": _stroke("#1c63a8", 3.0, 14, 3),
        "limited": _stroke("#4b6b1b", 3.0, 7, 2, 2, 2),
        "diesel_only": _stroke("#6a479b", 3.0, 9, 3, 2, 3),
        "slowed": _stroke("#806000", 3.2, 4, 2),
        "advisory": _stroke("#0a7560", 3.0, 1.5, 3.5, round=True),
        "standing": _stroke("#8b5a52", 1.7, 3.5, 3.5),
        "open": _stroke(OPEN, 1.3),
    }
)
"""By state of a link, the gravest first; as on the report page."""
_RC = {
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": FONT_POINTS,
    "axes.linewidth": 0.6,
    "axes.titlecolor": INK,
    "axes.titlesize": FONT_POINTS + 0.5,
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": FONT_POINTS,
    "hatch.linewidth": 0.6,
    "legend.fontsize": FONT_POINTS - 0.5,
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "netmodel",
    "text.color": INK,
    "xtick.color": MUTED,
    "xtick.labelcolor": SOFT,
    "xtick.labelsize": FONT_POINTS - 0.5,
    "ytick.color": MUTED,
    "ytick.labelcolor": SOFT,
    "ytick.labelsize": FONT_POINTS - 0.5,
}


@contextmanager
def use_style() -> Iterator[None]:
    """Draw with the fonts, colours and line widths of the saved figures.

    Only these settings are touched, and put back afterwards.

    Examples
    --------
    >>> import matplotlib
    >>> with use_style():
    ...     print(matplotlib.rcParams["font.size"])
    7.0
    """
    # A full rc_context would also undo what a notebook's backend sets when it first awakes.
    settings = cast("dict[str, object]", mpl.rcParams)
    before = {name: settings[name] for name in _RC}
    settings.update(_RC)
    try:
        yield
    finally:
        settings.update(before)


@contextmanager
def use_style_alone() -> Iterator[None]:
    """Draw with that style and matplotlib's defaults, whatever the user has set."""
    with mpl.rc_context():
        mpl.rcdefaults()
        with use_style():
            yield


def clean_text(text: object, limit: int = _LONGEST_TEXT) -> str:
    """Return a text that any font can set on one line, with its end left out where it is long.

    Control and direction marks are made visible; a sign without a glyph becomes an empty box.

    Examples
    --------
    >>> clean_text("Kupiansk" + chr(10) + chr(0x1F682))
    'Kupiansk □'
    """
    glyphs = _glyphs()
    one_line = shorten(" ".join(show_controls(text).split()), limit)
    return "".join(char if ord(char) in glyphs else _MISSING_GLYPH for char in one_line)


def _glyphs() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont

    return _glyphs_of(str(findfont(FontProperties())))


@cache
def _glyphs_of(path: str) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(path).get_charmap())


def set_tick_texts(ax: Axes, axis: str, places: list[float], texts: list[str]) -> None:
    """Put ticks with plain texts on the ``x`` or ``y`` axis; none is read as a formula."""
    chosen = ax.xaxis if axis == "x" else ax.yaxis
    chosen.set_ticks(places, labels=texts)
    for label in chosen.get_ticklabels():
        label.set_parse_math(False)


def set_plain_title(ax: Axes, text: str) -> None:
    """Put a quiet title at the left over an axis."""
    ax.set_title(text, loc="left", fontsize=FONT_POINTS + 0.5, color=INK, pad=5, parse_math=False)


def quieten_frame(ax: Axes) -> None:
    """Leave only the lower and left line of an axis, and thin ticks."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(MUTED)
        ax.spines[side].set_linewidth(0.6)
    ax.tick_params(length=2.5, width=0.6, color=MUTED, labelcolor=SOFT, labelsize=FONT_POINTS - 0.5)


def time_frame(ax: Axes, record: RunRecord, phrases: Phrases, *, widen: bool = False) -> None:
    """Set the window of a run as the extent of the time axis, with ticks at round local times.

    Parameters
    ----------
    widen
        Keep what the axis already shows in view.
    """
    window = record.summary.window
    start, end = window.local
    if widen:
        left, right = (window.to_zone(moment_of(limit)) for limit in ax.get_xlim())
        start, end = min(start, left), max(end, right)
    ax.set_xlim(day_number(start), day_number(end))
    width = "narrow" if width_inches(ax) < _NARROW_INCHES else "wide"
    ticks = choose_ticks([start, end], phrases)[width]
    places = [start + timedelta(minutes=float(str(minutes))) for minutes, _ in ticks]
    set_tick_texts(ax, "x", [day_number(place) for place in places], [str(t) for _, t in ticks])


def width_inches(ax: Axes) -> float:
    """Return the width of an axis in inches, before any layout."""
    figure = ax.get_figure(root=True)
    return 0.0 if figure is None else float(ax.get_position().width * figure.get_figwidth())


def day_number(instant: datetime) -> float:
    """Return an aware instant in days since 1970, as matplotlib's own dates count them.

    Examples
    --------
    >>> day_number(datetime(1970, 1, 2, 12, tzinfo=UTC))
    1.5
    """
    return (instant - _EPOCH) / timedelta(days=1)


def moment_of(days: float) -> datetime:
    """Return the instant of so many days since 1970, to the second."""
    return _EPOCH + timedelta(seconds=round(days * 86400))


WIDTH_INCHES = 7.2
"""Two columns of a journal."""
FORMATS = ("png", "svg")
PNG_DOTS_PER_INCH = 300
_LONGEST_VALUE = 60
_METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None},
}


def open_axes(ax: object, height_inches: float, width_inches: float = WIDTH_INCHES) -> Axes:
    """Return the axis that is given, or that of a new figure of pyplot in the house's style.

    Parameters
    ----------
    ax
        An axis, or ``None`` for a new one, 7.2 inches wide unless told otherwise.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> open_axes("a text", 3.0)
    Traceback (most recent call last):
    netmodel.errors.InputError: ax: an axis of matplotlib is needed, not the str 'a text'...
    """
    from matplotlib.axes import Axes

    if isinstance(ax, Axes):
        return ax
    if ax is not None:
        raise InputError([wrong_type(ax, "an axis of matplotlib", "ax", "leave it out")])
    from matplotlib import pyplot as plt

    with use_style():
        size = (width_inches, height_inches)
        return plt.subplots(figsize=size, layout="constrained")[1]


def wrong_type(value: object, wanted: str, where: str, remedy: str) -> Problem:
    """Return the problem of an argument that is of another kind than wanted."""
    shown = repr(value)
    shown = shown if len(shown) <= _LONGEST_VALUE else f"{shown[: _LONGEST_VALUE - 1]}…"
    what = f"{wanted} is needed, not the {type(value).__name__} {shown}"
    return Problem(what=what, where=where, remedy=remedy)


def new_figure(height_inches: float, width_inches: float = WIDTH_INCHES) -> Figure:
    """Return a figure that no window manager knows of, with one axis."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_inches, height_inches), layout="constrained")
    FigureCanvasAgg(figure)
    figure.subplots()
    return figure


def save_figure(figure: Figure, path: Path, *, tight: bool = False) -> Path:
    """Save a figure as PNG, SVG or PDF, by the file's suffix; return the path.

    Parameters
    ----------
    tight
        Cut off what the drawing leaves of the page's width.

    Raises
    ------
    InputError
        If the suffix is another.
    """
    suffix = path.suffix.removeprefix(".")
    if suffix not in _METADATA:
        problem = Problem(
            what=f"no figure can be written as {path.suffix or 'a file without a suffix'}",
            where=str(path),
            remedy=f"give a name that ends in {', '.join(f'.{each}' for each in _METADATA)}",
        )
        raise InputError([problem])
    with whole_file(path) as partial:
        figure.savefig(
            partial, dpi=PNG_DOTS_PER_INCH, metadata=_METADATA[suffix],
            bbox_inches="tight" if tight else None, pad_inches=0.05,
        )  # fmt: skip
    return path
