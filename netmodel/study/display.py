"""How a run shows itself in a notebook: headline figures, the curve and the states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from netmodel.network.display import html_figure, html_table

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.study.run import Run

_COLUMNS = ("connected_share", "served_share", "rerouted_share", "extra_minutes")
_ALWAYS = ("pairs_cut_at_worst", "lowest_connected_share", "resilience_loss", "time_to_recover")
_SHOWN_STATES = 14
_WIDTH, _HEIGHT, _LEFT = 640, 96, 44

Figure = Mapping[str, object]


def run_html(run: Run) -> str:
    """Return title, headline figures with their range, the curve, and a row for each state."""
    record = run.record
    summary = record.summary
    window = cast("Mapping[str, str]", summary["window"])
    note = (
        f"{_instant(window['start'])} to {_instant(window['end'])} UTC · "
        f"{summary['hubs']} hubs, {summary['links']} links · "
        f"{_count(summary['incidents'], 'incident')}, "
        f"{_count(summary['standing_closures'], 'standing closure')} · "
        f"{_count(summary['states'], 'state')}"
    )
    hint = (
        "<p style='opacity:.75'>Tables: <code>run.states</code>, <code>run.pairs</code>, "
        "<code>run.outages</code>, <code>run.summary</code>. The report page: "
        "<code>nm.explore(run)</code>.</p>"
    )
    return html_figure(
        run.scenario.title,
        note,
        _figures(cast("list[Figure]", summary["figures"]), run.scenario.traffic),
        _curve(record.states),
        _states(record.states),
        hint,
    )


def _figures(figures: list[Figure], traffic: Sequence[str]) -> str:
    """Return one row for each figure that says something, one column for each traffic."""
    by_name: dict[str, dict[str, Figure]] = {}
    for each in figures:
        by_name.setdefault(str(each["name"]), {})[str(each["traffic"])] = each
    rows = [
        (name.replace("_", " "), *(_told(found.get(kind)) for kind in traffic))
        for name, found in by_name.items()
        if name in _ALWAYS or any(not _says_nothing(each) for each in found.values())
    ]
    return html_table(("", *traffic), rows)


def _says_nothing(figure: Figure) -> bool:
    nothing = 1.0 if str(figure["name"]).startswith("lowest") else 0.0
    return figure["value"] is None or figure["value"] == nothing


def _told(figure: Figure | None) -> str:
    """Return value and range of a figure in words."""
    if figure is None:
        return ""
    unit = str(figure["unit"])
    value = _value(figure["value"], unit)
    low, high = (_value(figure.get(name), unit) for name in ("possible", "guaranteed"))
    if not low or low == high == value:
        return value
    return f"{value} (evidence allows {low} to {high})"


def _value(value: object, unit: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return "not within the window" if value == "inf" else value
    number = float(cast("float", value))
    if unit == "share":
        return f"{number:.1%}"
    if unit in ("hours", "ratio"):
        return f"{number:,.2f}{' h' if unit == 'hours' else ''}"
    return f"{number:,.0f}{' min' if unit == 'minutes' else ''}"


def _curve(states: pd.DataFrame) -> str:
    """Return the connected share over the window with its band, as a small drawing."""
    if "connected_share" not in states or states["connected_share"].isna().all():
        return ""
    share = states["connected_share"].fillna(1.0).tolist()
    low = states.get("connected_share_guaranteed", states["connected_share"]).fillna(1.0).tolist()
    high = states.get("connected_share_possible", states["connected_share"]).fillna(1.0).tolist()
    hours = [float(hour) for hour in states["hours"].cumsum()]
    floor = float(min(0.98, *low, *share))

    def x(hour: float) -> float:
        return _LEFT + hour / hours[-1] * (_WIDTH - _LEFT - 4)

    def y(value: float) -> float:
        return 8 + (1 - value) / (1 - floor) * (_HEIGHT - 16)

    def steps(values: list[float]) -> list[tuple[float, float]]:
        edges = [0.0, *hours]
        return [
            (x(edges[number + side]), y(value))
            for number, value in enumerate(values)
            for side in (0, 1)
        ]

    def path(points: list[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{across:.1f} {down:.1f}" for across, down in points)

    band = path([*steps(high), *reversed(steps(low))])
    return (
        f"<svg role='img' aria-label='connected share over the window' width='{_WIDTH}' "
        f"height='{_HEIGHT}' style='display:block;max-width:100%' font-size='11' "
        f"fill='currentColor'><path d='{band}Z' fill='#0b5a78' opacity='.25'/>"
        f"<path d='{path(steps(share))}' fill='none' stroke='#0b5a78' stroke-width='2'/>"
        f"<text x='0' y='12'>100%</text><text x='0' y='{_HEIGHT - 4}'>{floor:.1%}</text></svg>"
    )


def _states(states: pd.DataFrame) -> str:
    chosen = [column for column in _COLUMNS if column in states]
    rows = []
    for number, row in states.iterrows():
        shares = [
            f"{row[name]:.1%}" if name.endswith("_share") else f"{row[name]:,.0f}"
            for name in chosen
        ]
        in_doubt = int(row["outages_possible"] - row["outages_certain"])
        rows.append(
            (number, _instant(str(row["start"])), f"{row['hours']:,.1f}", int(row["outages"]),
             in_doubt, *shares)
        )  # fmt: skip
    header = ("state", "from (UTC)", "hours", "outages", "in doubt",
              *(name.replace("_", " ") for name in chosen))  # fmt: skip
    if len(rows) > _SHOWN_STATES:
        left_out = len(rows) - _SHOWN_STATES + 1
        gap = ("…", f"{left_out} more", *[""] * (len(header) - 2))
        rows = [*rows[: _SHOWN_STATES - 3], gap, *rows[-2:]]
    return html_table(header, rows, numeric=[0, *range(2, len(header))])


def _count(number: object, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _instant(text: str) -> str:
    return text.replace("T", " ").replace("Z", "")
