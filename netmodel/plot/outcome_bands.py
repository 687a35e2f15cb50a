"""All trains, or all journeys, over the window: stacked by what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from netmodel.plot.resilience_curve import add_legend_beside, edges_of, stepped
from netmodel.plot.style import (
    INK,
    MATRIX_COLOURS,
    clean_text,
    quieten_frame,
    set_plain_title,
    time_frame,
)
from netmodel.runs.moment import choose_traffic
from netmodel.runs.outcomes import find_outcomes, words_of_layer
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import format_number, format_share

if TYPE_CHECKING:
    from matplotlib.axes import Axes

USUAL = "#d3e2e8"
LOOKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "not_run": (MATRIX_COLOURS["cut"], ""),
        "no_way": (MATRIX_COLOURS["cut"], ""),
        "split": ("#7a5aa6", "xxxx"),
        "cut_short": ("#e08a3c", ""),
        "by_bus": (MATRIX_COLOURS["bus"], "++++"),
        "held": ("#3d8f7d", "||||"),
        "detoured": ("#3f86b5", "----"),
        "longer": ("#3f86b5", "----"),
        "slower": ("#b9a24a", "...."),
        "as_timetabled": (USUAL, ""),
        "as_usual": (USUAL, ""),
    }
)
"""Colour and hatching of each layer, as on the report page."""


def draw_outcome_bands(
    record: RunRecord,
    ax: Axes,
    *,
    traffic: str | None = None,
    of: str | None = None,
    affected: bool = False,
    language: str = "en",
) -> Axes:
    """Draw all trains of a day, or all journeys, stacked by what became of them.

    Each layer has a colour and a hatching of its own. The wide hatching lies between how many at
    least and at most did not get through by rail, as the evidence allows.

    Parameters
    ----------
    of
        ``trains`` or ``journeys``; by default those of which more did not get through by rail.
    affected
        Let those affected fill the picture, rather than all.

    Raises
    ------
    UnknownNameError
        If the run has no such traffic.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from netmodel import run_scenario
    >>> record = run_scenario("crimea-may-2023").record
    >>> ax = draw_outcome_bands(record, Figure().subplots(), traffic="freight")
    >>> [text.get_text() for text in ax.get_legend().get_texts()][:2]
    ['by the usual way', 'no way']
    """
    phrases = Phrases(language)
    kind = choose_traffic(record, traffic)
    found = find_outcomes(record, kind, of=of)
    edges, under, drawn = edges_of(record), np.zeros(len(record.states)), list[str]()
    for layer in found.layers:
        values = found.layers[layer].to_numpy(float)
        over = under + values
        if values.max(initial=0.0) > 1e-9:
            colour, hatch = LOOKS[str(layer)]
            drawn.insert(0, phrases(words_of_layer(found, str(layer))))
            ax.fill_between(
                edges, stepped(under), stepped(over), step="post", facecolor=colour, hatch=hatch,
                edgecolor="white" if hatch else "none", linewidth=0,
                label=drawn[0],
            )  # fmt: skip
        under = over
    if (found.most - found.least).max() > 1e-9:
        drawn.append(phrases("band.doubt"))
        ax.fill_between(
            edges, stepped(found.least.to_numpy(float)), stepped(found.most.to_numpy(float)),
            step="post", facecolor=(1, 1, 1, 0.3), hatch="//////", edgecolor=INK, linewidth=0.4,
            label=drawn[-1],
        )  # fmt: skip
    set_plain_title(ax, clean_text(_title(found.of, kind, phrases)))
    time_frame(ax, record, phrases)
    ax.set_ylim(0, _top(found.layers, found.most, affected=affected))
    shares = found.of == "journeys"
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10], integer=not shares))
    ax.yaxis.set_major_formatter(
        lambda value, _: format_share(value, language) if shares else format_number(value, language)
    )
    quieten_frame(ax)
    add_legend_beside(ax, order=drawn)
    return ax


def _top(layers: pd.DataFrame, most: pd.Series, *, affected: bool) -> float:
    """Return how far up the axis goes."""
    every = float(layers.sum(axis=1).max())
    if not affected:
        return every
    below = float(np.maximum(layers.iloc[:, :-1].sum(axis=1), most).max())
    return below * 1.05 if below > 1e-9 else every


def _title(of: str, kind: str, phrases: Phrases) -> str:
    key = "trains" if of == "trains" else "journeys" if kind == "passenger" else "demand"
    return phrases(f"band.{key}")
