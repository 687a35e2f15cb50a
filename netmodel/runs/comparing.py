"""Two runs compared: which figures, pairs and outages differ."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.forms import make_form
from netmodel.impact.fate_rules import FATES
from netmodel.runs.record import RunRecord
from netmodel.runs.run import Run

_SIDES = ("value", "guaranteed", "possible")
_PAIR = ["traffic", "from", "to"]
_OUTAGE = ["incident", "link", "effect", "traffic", "standing"]
_INSTANTS = ("start", "end")
_TRAIN = ["train", "number"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """What differs between two runs; rows that are the same are left out.

    Parameters
    ----------
    records
        The tables of the two runs, the first one first.
    figures
        Headline figures: ``traffic, figure, unit``, then ``value, guaranteed, possible`` of the
        first run, the same of the second with ``other_`` in front, and ``difference`` of the
        values, second less first. Units as ``unit`` says; nan where a run has none.
    pairs
        Hub pairs: ``traffic, from, to``, then ``hours_cut`` and ``longest_extra_minutes`` of both
        runs, and ``difference`` of the hours.
    outages
        Effects on links: ``incident, link, effect, traffic``, ``standing`` (1 for a standing
        closure, whose own start and end may be in doubt too), then when each holds within the
        window under the chosen times, ``start`` and ``end`` (UTC) in both runs; ``NaT`` where it
        does not in one of them. Those that concern no traffic of either run are left out.
    trains
        Trains that fare differently: ``train, number``, then ``worst_fate`` and ``hours_affected``
        (in which its fate is another than as timetabled) in both runs; empty or nan in a run
        without it. Empty where a run has no trains.

    Notes
    -----
    Shown in a notebook, a comparison displays the figures that differ.
    """

    records: tuple[RunRecord, RunRecord]
    figures: pd.DataFrame
    pairs: pd.DataFrame
    outages: pd.DataFrame
    trains: pd.DataFrame

    @refuse_wrong_kinds
    def write(self, path: Path | str, *, language: str | None = None) -> Path:
        """Write the page that ``netmodel compare`` writes: maps side by side, curves together.

        Parameters
        ----------
        language
            ``en`` or ``uk``; by default that of the first run's scenario.

        Raises
        ------
        InputError
            If there is no such language, or the place cannot be written.
        """
        written: Path = make_form(self, "page", path, language=language)  # type: ignore[assignment]
        return written

    def __repr__(self) -> str:
        one, other = (record.summary.name for record in self.records)
        return (
            f"<Comparison: {one!r} and {other!r}; {len(self.figures)} figures, "
            f"{len(self.pairs)} pairs, {len(self.outages)} outages and {len(self.trains)} trains "
            "differ>"
        )

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


@refuse_wrong_kinds
def compare(run: Run | RunRecord, other: Run | RunRecord) -> Comparison:
    """Compare two runs.

    Raises
    ------
    InputError
        If one of them is something else.

    Examples
    --------
    >>> import netmodel as nm
    >>> scenario = nm.read_scenario("crimea-may-2023")
    >>> found = nm.compare(nm.run(scenario), nm.run(scenario.replace(time_rule="latest")))
    >>> found.figures.set_index(["traffic", "figure"]).loc[("passenger", "resilience_loss"), "unit"]
    'hours'
    """
    records = _record_of(run, "run"), _record_of(other, "other")
    return Comparison(
        records=records,
        figures=_differing_figures(*records),
        pairs=_differing_pairs(*records),
        outages=_differing_outages(*records),
        trains=_differing_trains(*records),
    )


def _record_of(run: object, where: str) -> RunRecord:
    if isinstance(run, Run):
        return run.record
    if isinstance(run, RunRecord):
        return run
    what = f"{type(run).__name__} is no run"
    remedy = "give what nm.run returns, or what nm.runs.read_record reads"
    raise InputError([Problem(what=what, where=where, remedy=remedy)])


def _differing_figures(one: RunRecord, other: RunRecord) -> pd.DataFrame:
    keys = ["traffic", "figure", "unit"]
    tables = [
        pd.DataFrame(
            [
                (each.traffic, each.name, each.unit, each.value, each.guaranteed, each.possible)
                for each in record.summary.figures
            ],
            columns=[*keys, *_SIDES],
        ).astype(dict.fromkeys(_SIDES, float))
        for record in (one, other)
    ]
    joined = _side_by_side(tables[0], tables[1], keys, _SIDES)
    with np.errstate(invalid="ignore"):  # infinity less infinity
        change = joined["other_value"].to_numpy() - joined["value"].to_numpy()
    return joined.assign(difference=change)


def _differing_pairs(one: RunRecord, other: RunRecord) -> pd.DataFrame:
    sides = ("hours_cut", "longest_extra_minutes")
    mine, theirs = (each.pair_table.sum_up(each.states["hours"]) for each in (one, other))
    joined = _side_by_side(mine, theirs, _PAIR, sides)
    return joined.assign(difference=joined["other_hours_cut"] - joined["hours_cut"])


def _differing_outages(one: RunRecord, other: RunRecord) -> pd.DataFrame:
    studied = {kind for each in (one, other) for kind in each.provenance.scenario.traffic}
    tables = _within_window(one, studied), _within_window(other, studied)
    keys = [*_OUTAGE, "spell"]
    joined = _side_by_side(*tables, keys, _INSTANTS, always_if_alone=True)
    return joined.drop(columns="spell")


def _within_window(record: RunRecord, traffic: AbstractSet[str]) -> pd.DataFrame:
    """Return the outages that hold in the window under the chosen times, as far as they do.

    Those of one incident, link and effect are several spells: they are counted as they follow each
    other in the record, in the window or not, so that each is compared with itself.
    """
    told = record.outages["traffic"].astype(str)
    concerns = [not traffic.isdisjoint(each.split(";")) for each in told]
    outages = record.outages[concerns]
    outages = outages.assign(spell=outages.groupby(_OUTAGE, observed=True).cumcount())
    outages = outages[outages["chosen_first"].notna()]
    states = record.states
    return outages[[*_OUTAGE, "spell"]].assign(
        start=states["start"].loc[outages["chosen_first"]].array,
        end=states["end"].loc[outages["chosen_last"]].array,
    )


def _differing_trains(one: RunRecord, other: RunRecord) -> pd.DataFrame:
    return _side_by_side(
        sum_up_trains(one), sum_up_trains(other), _TRAIN, ("worst_fate", "hours_affected")
    )


def sum_up_trains(record: RunRecord) -> pd.DataFrame:
    """Return for each train its worst fate, and for how many hours it was not as timetabled.

    Returns
    -------
    DataFrame
        ``train, number, worst_fate, hours_affected``; empty where the run has no trains.
    """
    if record.trains is None or record.services is None:
        return pd.DataFrame(columns=[*_TRAIN, "worst_fate", "hours_affected"])
    rows = record.trains[record.trains["fate"] != FATES[0]]
    order = {fate: number for number, fate in enumerate(FATES)}
    told = pd.DataFrame(
        {
            "rank": rows["fate"].map(order).astype(int),
            "hours": record.states["hours"].reindex(rows["state"]).to_numpy(float),
        }
    ).groupby(rows["train"])
    names = record.services.index
    worst = told["rank"].max().reindex(names).fillna(0).astype(int)
    return pd.DataFrame(
        {
            "train": names.to_numpy(),
            "number": record.services["number"].to_numpy(),
            "worst_fate": [FATES[rank] for rank in worst],
            "hours_affected": told["hours"].sum().reindex(names).fillna(0.0).round(4).to_numpy(),
        }
    )


def hours_of_fates(record: RunRecord) -> pd.DataFrame:
    """Return for how many hours each train of a run met each fate but as timetabled.

    Returns
    -------
    DataFrame
        Indexed by train, a row for each that ran; a column for each fate, the gravest first, 0
        where it did not meet it. Empty where the run has no trains.
    """
    fates = list(FATES[:0:-1])
    if record.trains is None or record.services is None:
        return pd.DataFrame(columns=fates, dtype=float)
    rows = record.trains[record.trains["fate"] != FATES[0]]
    hours = record.states["hours"].reindex(rows["state"]).to_numpy(float)
    told = rows[["train", "fate"]].astype(str).assign(hours=hours)
    table = told.pivot_table("hours", "train", "fate", aggfunc="sum", fill_value=0.0)
    return table.reindex(index=record.services.index, columns=fates, fill_value=0.0)


def _side_by_side(
    one: pd.DataFrame,
    other: pd.DataFrame,
    keys: list[str],
    sides: tuple[str, ...],
    *,
    always_if_alone: bool = False,
) -> pd.DataFrame:
    """Return two tables joined by their keys, without the rows in which they agree."""
    renamed = other.rename(columns={side: f"other_{side}" for side in sides})
    joined = one.merge(renamed, on=keys, how="outer", sort=False, indicator="_in")
    differs = np.zeros(len(joined), bool)
    for side in sides:
        mine, theirs = joined[side], joined[f"other_{side}"]
        differs |= ((mine != theirs) & ~(mine.isna() & theirs.isna())).to_numpy(bool)
    if always_if_alone:
        differs |= (joined["_in"] != "both").to_numpy()
    return joined[differs].drop(columns="_in").reset_index(drop=True)
