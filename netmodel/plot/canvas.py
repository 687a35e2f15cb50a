"""An axis to draw on, and a figure as a file with the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem
from netmodel.files.whole import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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


def open_axes(ax: object, height_inches: float) -> Axes:
    """Return the axis that is given, or that of a new figure of pyplot in the house's style.

    Parameters
    ----------
    ax
        An axis, or ``None`` for a new one, 7.2 inches wide.

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

    from netmodel.plot.style import use_style

    with use_style():
        size = (WIDTH_INCHES, height_inches)
        return plt.subplots(figsize=size, layout="constrained")[1]


def wrong_type(value: object, wanted: str, where: str, remedy: str) -> Problem:
    """Return the problem of an argument that is of another kind than wanted."""
    shown = repr(value)
    shown = shown if len(shown) <= _LONGEST_VALUE else f"{shown[: _LONGEST_VALUE - 1]}…"
    what = f"{wanted} is needed, not the {type(value).__name__} {shown}"
    return Problem(what=what, where=where, remedy=remedy)


def new_figure(height_inches: float) -> Figure:
    """Return a figure of the usual width that no window manager knows of, with one axis."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
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
