"""What held on each section and when: spans of effect, and the status that aid logistics shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.evidence.vocabulary import OUTAGE_EFFECTS
from netmodel.runs.columns import SPANS
from netmodel.runs.instants import know_instant
from netmodel.runs.moment import OPEN, choose_traffic

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.runs.record import RunRecord

Row: TypeAlias = dict[str, Any]
OPERATIONAL, RESTRICTED, NOT_OPERATIONAL = "operational", "restricted", "not operational"
RELIABILITY = ("several publishers", "one publisher", "assumed")
"""How well a status is documented; ``assumed`` where no document says it."""
_SPAN_COLUMNS = dict(zip(SPANS, ("effect", "certain_effect", "possible_effect"), strict=True))


@refuse_wrong_kinds
def effect_spans(record: RunRecord, traffic: str | None = None) -> pd.DataFrame:
    """Return what holds on each link over time, equal adjoining states as one.

    Parameters
    ----------
    traffic
        Kind of traffic; the first of the run by default.

    Returns
    -------
    DataFrame
        ``link, start, end`` (UTC), ``effect`` under the chosen times, ``certain_effect`` and
        ``possible_effect`` as in `netmodel.runs.link_states`, and ``incidents`` that may be in
        force, separated by ``;``. A link that nothing touches has one row, ``open``.

    Raises
    ------
    UnknownNameError
        If the run has no such traffic.

    Examples
    --------
    >>> import netmodel as nm
    >>> spans = nm.runs.effect_spans(nm.run("crimea-may-2023").record)
    >>> spans[spans["link"] == "simferopol--bakhchysarai"]["effect"].tolist()[0]
    'open'
    """
    import pandas as pd

    kind = choose_traffic(record, traffic)
    outages = _outages_of(record, kind)
    edges = [*record.states["start"], record.states["end"].iloc[-1]]
    rows: list[tuple[object, ...]] = []
    by_link = {str(link): group for link, group in outages.groupby("link", sort=False)}
    for link in map(str, record.links.index):
        if link not in by_link:
            rows.append((link, edges[0], edges[-1], OPEN, OPEN, OPEN, ""))
            continue
        for first, after, told in _spans_of(by_link[link], len(record.states)):
            rows.append((link, edges[first], edges[after], *told))
    names = ["link", "start", "end", *_SPAN_COLUMNS.values(), "incidents"]
    return pd.DataFrame(rows, columns=names)


def _outages_of(record: RunRecord, traffic: str) -> pd.DataFrame:
    """Return the outages that touch a kind of traffic, with the gravity of each, worst first."""
    outages = record.outages
    touched = [traffic in str(kinds).split(";") for kinds in outages["traffic"]]
    outages = outages[np.array(touched, bool) & outages["effect"].isin(OUTAGE_EFFECTS).to_numpy()]
    gravity = outages["effect"].map(OUTAGE_EFFECTS.index).to_numpy(int)
    return outages.iloc[np.lexsort([outages["standing"].to_numpy(int), gravity])]


def _spans_of(outages: pd.DataFrame, states: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield first state, state after the last, and what holds, of the outages of one link."""
    holds = {span: _held(outages, span, states) for span in SPANS}
    pattern = np.concatenate(list(holds.values()))
    changes = np.flatnonzero((pattern[:, 1:] != pattern[:, :-1]).any(axis=0)) + 1
    effects, incidents = outages["effect"].tolist(), outages["incident"].tolist()
    kept: list[tuple[int, tuple[str, ...]]] = []
    for first in [0, *changes.tolist()]:
        told = [_gravest(effects, holds[span][:, first]) for span in SPANS]
        named = [i for i, held in zip(incidents, holds["possible"][:, first], strict=True) if held]
        found = (*told, ";".join(dict.fromkeys(named)))
        if not kept or kept[-1][1] != found:
            kept.append((first, found))
    ends = [*(first for first, _ in kept[1:]), states]
    for (first, found), after in zip(kept, ends, strict=True):
        yield first, after, found


def _held(outages: pd.DataFrame, span: str, states: int) -> NDArray[np.bool_]:
    """Return whether each outage holds in each state, shape ``(outages, states)``."""
    first, last = (
        outages[f"{span}_{end}"].to_numpy(float, na_value=np.nan)[:, None]
        for end in ("first", "last")
    )
    numbers = np.arange(states)
    return np.asarray((first <= numbers) & (numbers <= last))


def _gravest(effects: Sequence[str], held: NDArray[np.bool_]) -> str:
    """Return the first effect that holds; they come gravest first."""
    return effects[int(held.argmax())] if held.any() else OPEN


@refuse_wrong_kinds
def status_table(record: RunRecord) -> pd.DataFrame:
    """Return the status of every section that an outage touches, as aid logistics exchanges it.

    Returns
    -------
    DataFrame
        ``section, link, traffic, status`` (``operational``, ``restricted``, ``not operational``),
        ``effect``, ``since`` and ``until`` under the chosen times with their bounds (UTC; empty
        where the record does not say) and how each is known (``reported``, ``between`` two
        bounds, ``assumed``, ``open``), ``incident, source`` (publishers), ``documents``,
        ``reliability`` (one of `RELIABILITY`) and ``date`` (of the latest document). A section
        whose outages have all ended within the window has a last row that is operational.

    Examples
    --------
    >>> import netmodel as nm
    >>> status = nm.runs.status_table(nm.run("crimea-may-2023").record)
    >>> mine = status[status["link"] == "simferopol--bakhchysarai"]
    >>> mine["status"].tolist()[-1]
    'operational'
    """
    import pandas as pd

    outages = record.outages
    outages = outages[outages["effect"].isin(OUTAGE_EFFECTS).to_numpy()]
    outages = outages[outages["possible_first"].notna().to_numpy()]
    links = record.links[record.links.index.isin(outages["link"])]
    names = record.hubs["name"]
    ends = zip(links.index, links["from"], links["to"], strict=True)
    sections = {str(link): f"{names.loc[one]} – {names.loc[other]}" for link, one, other in ends}
    rows = [
        {
            "section": sections[str(row["link"])],
            "link": row["link"],
            "traffic": row["traffic"],
            "status": NOT_OPERATIONAL if row["effect"] == "closed" else RESTRICTED,
            "effect": row["effect"],
            **_instants(row, "since", "start"),
            **_instants(row, "until", "end"),
            "incident": row["incident"],
            **_sources(record, str(row["documents"] or "")),
        }
        for row in outages.to_dict("records")
    ]
    rows += _reopened(record, rows)
    if not rows:
        return pd.DataFrame(columns=list(_EMPTY))
    order = {link: number for number, link in enumerate(links.index)}
    rows.sort(key=lambda row: (order[row["link"]], pd.isna(row["since"]), row["since"]))
    return pd.DataFrame(rows)[list(_EMPTY)]


_EMPTY = (
    "section", "link", "traffic", "status", "effect",
    "since", "since_earliest", "since_latest", "since_known",
    "until", "until_earliest", "until_latest", "until_known",
    "incident", "source", "documents", "reliability", "date",
)  # fmt: skip


_PARTS = ("", "_earliest", "_latest", "_known")


def _instants(row: Mapping[Any, Any], name: str, column: str) -> Row:
    three = row[column], row[f"{column}_earliest"], row[f"{column}_latest"]
    names = name, f"{name}_earliest", f"{name}_latest", f"{name}_known"
    return dict(zip(names, (*three, know_instant(*three)), strict=True))


def _sources(record: RunRecord, ids: str) -> Row:
    papers = [each for each in ids.split(";") if each]
    told = record.evidence.documents
    known = [told[each] for each in papers if each in told]
    publishers = list(dict.fromkeys(each.publisher for each in known))
    return {
        "source": "; ".join(publishers),
        "documents": ";".join(papers),
        "reliability": RELIABILITY[0 if len(publishers) > 1 else 1 if publishers else 2],
        "date": max((each.published for each in known), default=""),
    }


def _reopened(record: RunRecord, rows: Sequence[Row]) -> list[Row]:
    """Return an operational row for each section and traffic whose outages have all ended."""
    import pandas as pd

    end = record.states["end"].iloc[-1]
    last: dict[tuple[object, object], Row] = {}
    open_still: set[tuple[object, object]] = set()
    for row in rows:
        key = (row["link"], row["traffic"])
        ends: Any = row["until"]
        if ends is pd.NaT or ends >= end:
            open_still.add(key)
        elif key not in last or ends > last[key]["until"]:
            last[key] = row
    links_open = {link for link, _ in open_still}
    return [
        {
            **row,
            "status": OPERATIONAL,
            "effect": OPEN,
            **{f"since{s}": row[f"until{s}"] for s in _PARTS},
            **{f"until{s}": pd.NaT for s in _PARTS[:-1]},
            "until_known": "open",
        }
        for key, row in last.items()
        if key not in open_still and key[0] not in links_open
    ]
