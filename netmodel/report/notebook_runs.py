"""How a run, and two runs compared, show themselves in a notebook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from netmodel.report.notebook import count, html_figure, html_table, plain, show_instant
from netmodel.report.page.figures import FigureView, view_figures
from netmodel.report.page.headline import format_figure
from netmodel.words.strings import Phrases
from netmodel.words.wording import format_duration, format_share

if TYPE_CHECKING:
    from netmodel.runs.comparing import Comparison
    from netmodel.runs.run import Run


_ALWAYS = ("pairs_cut_at_worst", "lowest_connected_share", "resilience_loss", "time_to_recover")
_STATE_COLUMNS = ("connected_share", "served_share", "rerouted_share", "extra_minutes")
_MOST_STATES = 14
_WIDTH, _HEIGHT, _LEFT = 640, 96, 44
_HINT = (
    "<p style='opacity:.75'>Tables: <code>run.states</code>, <code>run.pairs</code>, "
    "<code>run.outages</code>. Figures: <code>run.plot.map()</code>. The report page: "
    "<code>nm.explore(run)</code>.</p>"
)


def run_html(run: Run) -> str:
    """Return title, headline figures with their range, the curve, and a row for each state."""
    record, window = run.record, run.timeline.window
    phrases = Phrases("en")
    parts = (
        f"{show_instant(window.start)} to {show_instant(window.end)} UTC",
        f"{count(len(record.hubs), 'hub')}, {count(len(record.links), 'link')}",
        count(len(run.placements), "incident"),
        count(len(run.background), "standing closure"),
        count(len(record.states), "state"),
    )
    return html_figure(
        run.scenario.title,
        " · ".join(parts),
        _figures(view_figures(record, phrases, {}), run.scenario.traffic),
        _curve(record.states),
        _states(record.states, phrases),
        _HINT,
    )


def comparison_html(comparison: Comparison) -> str:
    """Return a row for each headline figure that differs."""
    phrases = Phrases("en")
    one, other = (record.summary.title for record in comparison.records)
    rows = [
        (
            phrases.find("figure", row["figure"]),
            row["traffic"],
            *(
                format_figure(number, row["unit"], phrases)
                for number in (row["value"], row["other_value"], row["difference"])
            ),
        )
        for row in comparison.figures.to_dict("records")
    ]
    note = (
        f"{count(len(comparison.figures), 'figure')}, {count(len(comparison.pairs), 'pair')} and "
        f"{count(len(comparison.outages), 'outage')} differ"
    )
    header = ("figure", "traffic", "first", "second", "difference")
    title = one if one == other else f"{one} · {other}"
    return html_figure(title, note, html_table(header, rows, numeric=range(2, 5)))


def _figures(figures: Sequence[FigureView], traffic: Sequence[str]) -> str:
    """Return one row for each figure that says something, one column for each traffic."""
    by_label: dict[str, dict[str, FigureView]] = {}
    for each in figures:
        by_label.setdefault(each.label, {})[each.traffic] = each
    rows = [
        (label, *(_figure(found.get(kind)) for kind in traffic))
        for label, found in by_label.items()
        if any(each.name in _ALWAYS or not each.trivial for each in found.values())
    ]
    return html_table(("", *traffic), rows)


def _figure(figure: FigureView | None) -> str:
    if figure is None:
        return ""
    return f"{figure.value} ({figure.range})" if figure.range else figure.value


def _curve(states: pd.DataFrame) -> str:
    """Return the connected share over the window with its band, as a small drawing."""
    if "connected_share" not in states or states["connected_share"].isna().all():
        return ""
    share = states["connected_share"].fillna(1.0).tolist()
    low = states.get("connected_share_guaranteed", states["connected_share"]).fillna(1.0).tolist()
    high = states.get("connected_share_possible", states["connected_share"]).fillna(1.0).tolist()
    edges = [0.0, *(float(hour) for hour in states["hours"].cumsum())]
    floor = float(min(0.98, *low, *share))

    def path(values: list[float]) -> list[str]:
        return [
            f"{_LEFT + edges[number + side] / edges[-1] * (_WIDTH - _LEFT - 4):.1f} "
            f"{8 + (1 - value) / (1 - floor) * (_HEIGHT - 16):.1f}"
            for number, value in enumerate(values)
            for side in (0, 1)
        ]

    band = "L".join([*path(high), *reversed(path(low))])
    return (
        f"<svg role='img' aria-label='connected share over the window' width='{_WIDTH}' "
        f"height='{_HEIGHT}' style='display:block;max-width:100%' font-size='11' "
        f"fill='currentColor'><path d='M{band}Z' fill='#0b5a78' opacity='.25'/>"
        f"<path d='M{'L'.join(path(share))}' fill='none' stroke='#0b5a78' stroke-width='2'/>"
        f"<text x='0' y='12'>100%</text><text x='0' y='{_HEIGHT - 4}'>{floor:.1%}</text></svg>"
    )


def _states(states: pd.DataFrame, phrases: Phrases) -> str:
    """Return a row for each state; of many, the first and the last."""
    metrics = [column for column in _STATE_COLUMNS if column in states]
    starts = states["start"]
    rows: list[tuple[object, ...]] = []
    for number, row in states.iterrows():
        values = (_value(name, float(row[name]), phrases) for name in metrics)
        in_doubt = int(row["outages_possible"] - row["outages_certain"])
        start = show_instant(starts.loc[number].to_pydatetime())  # type: ignore[call-overload]
        hours = f"{row['hours']:,.1f}"
        rows.append((number, start, hours, int(row["outages"]), in_doubt, *values))
    header = ("state", "from (UTC)", "hours", "outages", "in doubt", *map(plain, metrics))
    header = tuple("extra time" if name == "extra minutes" else name for name in header)
    if len(rows) > _MOST_STATES:
        left_out = len(rows) - _MOST_STATES + 1
        gap = ("…", f"{left_out} more", *[""] * (len(header) - 2))
        rows = [*rows[: _MOST_STATES - 3], gap, *rows[-2:]]
    return html_table(header, rows, numeric=[0, *range(2, len(header))])


def _value(metric: str, value: float, phrases: Phrases) -> str:
    if math.isnan(value):
        return ""
    if metric.endswith("_share"):
        return format_share(value, phrases.language)
    return format_duration(value / 60, phrases)
