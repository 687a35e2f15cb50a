"""What all figures share: colours and strokes, fonts, texts, the frame and the axis of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, cast

import matplotlib as mpl

from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import choose_ticks, shorten, show_controls

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    "font.family": ["DejaVu Sans"],
    "font.size": FONT_POINTS,
    "hatch.linewidth": 0.6,
    "legend.fontsize": FONT_POINTS - 0.5,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
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
