"""What each table of a run holds, and how its instants are written and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import numpy as np

from netmodel.evidence.train_reports import DID
from netmodel.evidence.vocabulary import OUTAGE_EFFECTS, TRAFFIC_TYPES
from netmodel.impact.bounds import CERTAINTIES
from netmodel.impact.fate_rules import FATES, GETS_THROUGH
from netmodel.impact.pair_ways import PAIR_BASES
from netmodel.trains.train import KINDS, WAY_BASES

if TYPE_CHECKING:
    import pandas as pd


_ON_DISK = "%Y-%m-%dT%H:%M:%SZ"
"""As `netmodel.times.format_instant`; what is finer than a second is cut off."""


def to_instants(values: Iterable[datetime | None]) -> pd.Series:
    """Return aware instants as a column; ``None`` becomes ``NaT``.

    Returns
    -------
    Series
        ``datetime64[us, UTC]``, which reaches beyond the years of the default unit.

    Examples
    --------
    >>> to_instants([datetime(9000, 1, 1, tzinfo=UTC), None]).dtype
    datetime64[us, UTC]
    """
    import pandas as pd

    bare = [None if pd.isna(each) else each.astimezone(UTC).replace(tzinfo=None) for each in values]
    return pd.Series(np.array(bare, dtype="datetime64[us]")).dt.tz_localize("UTC")


def parse_column(texts: pd.Series) -> pd.Series:
    """Return texts of instants as a column; ``NaT`` for what is empty or none."""
    import pandas as pd

    codes, distinct = pd.factorize(texts)
    known = to_instants([_parse(text) for text in distinct])
    return known.reindex(codes).set_axis(texts.index)


def _parse(text: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return None if instant.tzinfo is None else instant


def write_instants(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its columns of instants as texts for a file."""
    columns = table.select_dtypes("datetimetz")
    return table.assign(**{str(name): write_column(columns[name]) for name in columns})


def parse_days(texts: pd.Series) -> pd.Series:
    """Return texts of days as a column of days at midnight; ``NaT`` for what is none."""
    import pandas as pd

    days = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce")
    return days.astype("datetime64[us]")


def write_column(column: pd.Series) -> pd.Series:
    """Return a column of instants as texts for a file; empty for ``NaT``."""
    texts: pd.Series = column.dt.strftime(_ON_DISK).fillna("")
    return texts


Kind = Literal[
    "id", "ids", "text", "word", "words", "instant", "day", "number", "whole", "flag", "share",
    "truth", "course",
]  # fmt: skip
NUMERIC = ("number", "whole", "flag", "share")
TRUTHS = {"yes": True, "no": False, "True": True, "False": False, "true": True, "false": False}
"""What ``electrified`` may be; runs written earlier have True and False."""
SPANS = ("chosen", "certain", "possible")
"""How an outage can hold: under the chosen times, for all that the evidence allows, for some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    kind
        ``id``, ``ids`` (separated by ``;``), ``text``, ``word`` or ``words`` of a fixed list,
        ``instant``, ``day``, ``number``, ``whole`` number, ``flag`` (0 or 1), ``share`` (0 to 1),
        ``truth`` (yes or no) or ``course`` (``lon,lat`` points separated by blanks).
    required
        Whether the table must have the column.
    empty
        Whether a cell may be empty.
    refers
        What its ids are ids of: ``hubs``, ``links``, ``states``, ``services``, ``incidents``,
        ``documents`` or ``traffic``; empty where they are its own.
    among
        The words that it may hold.
    low, high
        The least and the greatest that a number may be.
    """

    name: str
    kind: Kind
    required: bool = True
    empty: bool = False
    refers: str = ""
    among: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a run.

    Parameters
    ----------
    index
        The column that tells the rows apart; empty where no single one does.
    required
        Whether every run has the table.
    """

    name: str
    columns: tuple[Column, ...]
    index: str = ""
    required: bool = True

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.csv"


def _column(name: str, kind: Kind, **further: object) -> Column:
    return Column(name=name, kind=kind, **further)  # type: ignore[arg-type]


def _instants(*names: str) -> tuple[Column, ...]:
    return tuple(_column(name, "instant", empty=True) for name in names)


_STATE = _column("state", "whole", refers="states")
_TRAFFIC = _column("traffic", "word", refers="traffic")
_FROM, _TO = (_column(name, "id", refers="hubs") for name in ("from", "to"))
_LINK = _column("link", "id", refers="links")
_VIA = _column("via", "ids", empty=True, refers="hubs")
_INCIDENT = _column("incident", "id", refers="incidents")
STATES = Table(
    name="states",
    index="state",
    columns=(
        _column("state", "whole"),
        _column("start", "instant"),
        _column("end", "instant"),
        _column("hours", "number", low=0),
        *(_column(f"outages{s}", "whole", low=0) for s in ("", "_certain", "_possible")),
    ),
)
_FARES = (
    _column("connected", "flag"),
    *(_column(n, "number", empty=True) for n in ("base_minutes", "minutes", "base_km", "km")),
)
_KNOWN_OF_PAIR = (
    _column("basis", "word", required=False, among=PAIR_BASES),
    _column("near_minutes", "number", required=False, empty=True),
    _column("served_minutes", "number", empty=True),
    _column("certainty", "word", among=CERTAINTIES),
    _column("probability_connected", "share", required=False, empty=True),
    _column("wait_minutes", "number", required=False, empty=True),
)
PAIRS = Table(
    name="pairs",
    required=False,
    columns=(
        _column("first", "whole", refers="states"),
        _column("last", "whole", refers="states"),
        _TRAFFIC, _FROM, _TO, *_FARES,
        _column("route", "whole", empty=True, refers="routes"),
        *_KNOWN_OF_PAIR,
    ),
)  # fmt: skip
PAIRS_BY_STATE = Table(
    name="pairs", columns=(_STATE, _TRAFFIC, _FROM, _TO, *_FARES, _VIA, *_KNOWN_OF_PAIR)
)
"""The pairs with a row for each state, as runs were written earlier."""
ROUTES = Table(
    name="routes",
    index="route",
    required=False,
    columns=(_column("route", "whole"), _FROM, _TO, _column("km", "number", low=0), _VIA),
)
HUBS = Table(
    name="hubs",
    index="id",
    columns=(
        _column("id", "id"),
        _column("name", "text"),
        _column("lon", "number", low=-180, high=180),
        _column("lat", "number", low=-90, high=90),
        *(_column(name, "text", empty=True) for name in ("country", "region", "kind")),
        _column("population", "whole", empty=True, low=0),
        _column("aliases", "text", empty=True),
        _column("in_demand", "flag"),
        _column("is_anchor", "flag"),
        _column("cut_share", "share", empty=True),
        *(
            _column(f"{kind}pairs_in_base", "whole", required=False, empty=True, low=0)
            for kind in ("", *(f"{each}_" for each in TRAFFIC_TYPES))
        ),
    ),
)
STATIONS = Table(
    name="stations",
    index="name",
    required=False,
    columns=(_column("name", "text"), _column("aliases", "text")),
)
LINKS = Table(
    name="links",
    index="id",
    columns=(
        _column("id", "id"), _FROM, _TO,
        _column("length_km", "number", low=0),
        _column("line_class", "text", empty=True),
        _column("electrified", "truth", empty=True),
        _column("course", "course", empty=True),
    ),
)  # fmt: skip
OUTAGES = Table(
    name="outages",
    index="outage",
    columns=(
        _column("outage", "whole"), _INCIDENT, _LINK,
        _column("effect", "word", among=OUTAGE_EFFECTS),
        _column("traffic", "words", among=TRAFFIC_TYPES),
        *_instants(
            "start", "end", "start_earliest", "start_latest", "end_earliest", "end_latest"
        ),
        _column("standing", "flag"),
        _column("place", "text", empty=True),
        _column("documents", "ids", empty=True, refers="documents"),
        *(
            _column(f"{span}_{end}", "whole", required=False, empty=True, refers="states")
            for span in SPANS
            for end in ("first", "last")
        ),
        _column("slowed_minutes", "number", required=False, empty=True, low=0),
        _column("trains_per_day", "number", required=False, empty=True, low=0),
        _column("wagons_per_day", "number", required=False, empty=True, low=0),
    ),
)  # fmt: skip
WAYS = Table(
    name="ways",
    required=False,
    columns=(
        _INCIDENT, _TRAFFIC, _FROM, _TO,
        _column("share", "share", required=False),
        _column("exists", "flag"),
        _column("extra_minutes", "number", empty=True),
        _column("extra_km", "number", empty=True),
        _VIA,
    ),
)  # fmt: skip
FLOWS = Table(
    name="flows",
    required=False,
    columns=(
        _STATE, _TRAFFIC, _LINK,
        _column("base_trips", "number", low=0),
        _column("trips", "number", low=0),
    ),
)  # fmt: skip
REDUNDANCY = Table(
    name="redundancy",
    required=False,
    columns=(
        _TRAFFIC, _FROM, _TO,
        _column("trips", "number", low=0),
        _column("disjoint_routes", "whole", low=0),
        _column("near_via", "ids", required=False, empty=True, refers="hubs"),
    ),
)  # fmt: skip
CAPACITY = Table(
    name="capacity",
    required=False,
    columns=(
        _STATE, _TRAFFIC, _LINK,
        *(
            _column(name, "number")
            for name in ("capacity", "trains", "shadow_trains", "shadow_minutes")
        ),
    ),
)  # fmt: skip
_PAPERS = tuple(
    _column(name, "ids", empty=True, refers=name) for name in ("incidents", "documents")
)
SERVICES = Table(
    name="services",
    index="id",
    required=False,
    columns=(
        _column("id", "id"),
        _column("number", "text"),
        _column("name", "text", empty=True),
        _column("kind", "word", among=KINDS),
        _column("stops", "text"),
        _column("course", "ids", empty=True, refers="hubs"),
        _column("way", "word", empty=True, among=("stated", *WAY_BASES)),
        _column("days", "whole", low=0),
        _column("runs_on", "text", required=False, empty=True),
        _column("documents", "ids", empty=True, refers="documents"),
        _column("reported", "text", empty=True),
    ),
)
TRAINS = Table(
    name="trains",
    required=False,
    columns=(
        _STATE,
        _column("train", "id", refers="services"),
        _column("fate", "word", among=FATES),
        _column("extra_minutes", "number", empty=True, low=0),
        _column("extra_km", "number", empty=True),
        _VIA,
        *(
            _column(name, "text", empty=True)
            for name in ("turned_at", "resumed_at", "stops_missed")
        ),
        _column("gets_through", "word", among=GETS_THROUGH),
        *_PAPERS,
        _column("reported_fate", "word", required=False, empty=True, among=DID),
        _column("reported_minutes", "number", required=False, empty=True, low=0),
        _column("reported_in", "ids", required=False, empty=True, refers="documents"),
    ),
)
FATE_COLUMNS: Mapping[str, str] = {fate: fate.replace(" ", "_") for fate in FATES}
"""The column of ``train_days.csv`` that counts each fate; in ``states.csv`` with ``trains_``."""
THROUGH_SHARE = "trains_through_share"
"""The column of ``states.csv`` with the share of trains a day that get through by rail."""
TRAIN_BOUNDS = ("certainly_not", "possibly_not")
"""The columns of trains that do not get through by rail, at least and at most."""
TRAIN_DAYS = Table(
    name="train_days",
    index="day",
    required=False,
    columns=(
        _column("day", "day"),
        _column("trains", "whole", low=0),
        *(_column(name, "whole", low=0) for name in FATE_COLUMNS.values()),
        *(_column(name, "whole", low=0) for name in TRAIN_BOUNDS),
    ),
)
SCHEMA: Mapping[str, Table] = {
    each.name: each
    for each in (
        STATES, PAIRS, ROUTES, HUBS, LINKS, OUTAGES, WAYS, FLOWS, REDUNDANCY, CAPACITY, STATIONS,
        SERVICES, TRAINS, TRAIN_DAYS,
    )
}  # fmt: skip
"""The tables of a run by name; those that every run has come first."""
