"""The trains of a scenario: which, whether the network knows their stops, and their documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from functools import cache
from pathlib import Path

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names, point_out
from netmodel.evidence.catalogue_file import built_in_catalogue, read_catalogue
from netmodel.evidence.incident import Document
from netmodel.files.shipped import BUILT_IN, shipped_folder
from netmodel.impact.fate_rules import FateRules
from netmodel.network.railway import Network
from netmodel.scenario.collecting import Collecting
from netmodel.scenario.file import ScenarioModel
from netmodel.trains.course import find_unknown_places, find_unknown_stops
from netmodel.trains.odd_times import find_odd_speeds
from netmodel.trains.services_file import built_in_timetable, collect_trains
from netmodel.trains.train import Timetable

NO_TRAINS = "none"
SERVICES_FILE = "services.csv"
_MOST_TOLD = 20
"""How many unknown stops, and how many odd speeds, are told, each in its own line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenTrains:
    """The trains that run on a network, which knows their stops.

    Parameters
    ----------
    by_default
        Whether nobody named them: on another network they are others.
    """

    timetable: Timetable | None
    network: Network
    by_default: bool


def choose_trains(
    given: object,
    network: Network,
    named: object,
    *,
    documents: Mapping[str, Document],
    on_built_in: bool,
    folder: Path,
    collecting: Collecting,
) -> ChosenTrains | None:
    """Return the trains that are meant; what is wrong with them is noted.

    Parameters
    ----------
    given
        ``built-in``, ``none``, the path of a table, a `Timetable`, or ``None``: see
        `choose_default_trains`.
    named
        What was given for the network.
    documents
        Those of the scenario.
    folder
        Where a path starts.

    Returns
    -------
    ChosenTrains or None
        ``None`` if they cannot be used.
    """
    if isinstance(given, ChosenTrains):
        if given.network is network:
            return given
        given = None if given.by_default else (given.timetable or NO_TRAINS)
    if given is None:
        path = Path(named) if isinstance(named, str | Path) and named != BUILT_IN else None
        return choose_default_trains(network, path, on_built_in=on_built_in, collecting=collecting)
    if isinstance(given, str) and given == NO_TRAINS:
        return ChosenTrains(timetable=None, network=network, by_default=False)
    timetable = given if isinstance(given, Timetable) else None
    if timetable is None:
        timetable = _read_named(given, network, documents, folder=folder, collecting=collecting)
    return _checked(timetable, network, on_built_in=on_built_in, collecting=collecting)


def _read_named(
    given: object,
    network: Network,
    documents: Mapping[str, Document],
    *,
    folder: Path,
    collecting: Collecting,
) -> Timetable | None:
    """Return the built-in trains or those of a table; ``None``, with the reasons, for others."""
    location = ("trains",)
    if isinstance(given, str) and given == BUILT_IN:
        return shared_timetable()
    if not isinstance(given, str | Path):
        remedy = "give a Timetable, built-in, none, or the path of a table like services.csv"
        collecting.note(location, f"{type(given).__name__} is no timetable", remedy)
        return None
    path = folder / given
    if not path.is_file():
        remedy = "write built-in, none, or the path of a table like services.csv"
        collecting.note(location, f"no such file {str(given)!r}", remedy)
        return None
    return collecting.attempt(location, lambda: check_table(path, network, documents))


def choose_default_trains(
    network: Network, path: Path | None, *, on_built_in: bool, collecting: Collecting
) -> ChosenTrains | None:
    """Return the trains of a network where nobody names any.

    Parameters
    ----------
    path
        Of the network, if it was read from one: a ``services.csv`` in its folder counts. Else it
        is the built-in trains on the built-in network, and none on another.
    """
    timetable: Timetable | None = shared_timetable() if on_built_in else None
    beside = None if path is None else path / SERVICES_FILE
    if beside is not None and beside.is_file():
        timetable = collecting.attempt(("trains",), lambda: check_table(beside, network, None))
        if timetable is None:
            return None
    if timetable is None:
        return ChosenTrains(timetable=None, network=network, by_default=True)
    return _checked(
        timetable, network, on_built_in=on_built_in, collecting=collecting, by_default=True
    )


def _checked(
    timetable: Timetable | None,
    network: Network,
    *,
    on_built_in: bool,
    collecting: Collecting,
    by_default: bool = False,
) -> ChosenTrains | None:
    """Return trains whose stops the network knows; ``None``, with the reasons, for others."""
    if timetable is None:
        return None
    if not (on_built_in and timetable is shared_timetable()):
        problems = find_unknown_stops(timetable, network)
        if problems and timetable is shared_timetable():
            what = (
                f"the built-in trains are of the built-in network; this one lacks "
                f"{len(problems):,} of their stops (the first: {problems[0].what})"
            )
            remedy = "give the trains of this network, a Timetable or the path of a table; or none"
            collecting.note(("trains",), what, remedy)
            return None
        if problems:
            collecting.problems += _bounded(problems)
            return None
        for odd in find_odd_speeds(timetable, network)[:_MOST_TOLD]:
            point_out(odd)
    return ChosenTrains(timetable=timetable, network=network, by_default=by_default)


def _bounded(problems: Sequence[Problem]) -> list[Problem]:
    """Return the first of many unknown stops, and how many more there are."""
    more = len(problems) - _MOST_TOLD
    if more <= 1:
        return list(problems)
    what = f"and {more} more stops that the network does not have"
    remedy = "are these the trains of this network?"
    rest = Problem(what=what, where=problems[0].where.split(":")[0], remedy=remedy)
    return [*problems[:_MOST_TOLD], rest]


@cache
def shared_timetable() -> Timetable:
    """Return the built-in trains, read once: a timetable is never changed."""
    return built_in_timetable()


def choose_rules(given: object, options: ScenarioModel, collecting: Collecting) -> FateRules:
    """Return the rules for fates: themselves, or what a mapping of their fields says."""
    if isinstance(given, FateRules):
        return given
    if given is not None and not isinstance(given, Mapping):
        what = f"{type(given).__name__} is no rules"
        collecting.note(("train_rules",), what, "give FateRules or a mapping of their fields")
    return options.train_rules.to_rules()


def built_in_train_files() -> tuple[Path, ...]:
    """Return the files of the built-in trains: their table, and the documents of them alone."""
    seeds = shipped_folder("seeds")
    names = SERVICES_FILE, "service-documents.yaml", "observation-documents.yaml"
    return tuple(seeds / name for name in names)


@cache
def service_documents() -> Mapping[str, Document]:
    """Return the built-in documents on which trains and no incident rest; read once."""
    return read_catalogue(built_in_train_files()[1:]).documents


def find_train_documents(
    timetable: Timetable | None, known: Mapping[str, Document]
) -> Mapping[str, Document]:
    """Return the documents that trains cite, as far as somebody has them.

    Parameters
    ----------
    known
        Documents of the scenario, which come before the built-in ones.
    """
    cited = _cited(timetable)
    missing = [each for each in cited if each not in known]
    further = {**service_documents(), **built_in_catalogue().documents} if missing else {}
    found = {each: known.get(each) or further.get(each) for each in cited}
    return {each: document for each, document in found.items() if document is not None}


def document_days(documents: Mapping[str, Document], zone: tzinfo = UTC) -> Mapping[str, date]:
    """Return the day on which each document appeared at the earliest, where that is known."""
    return {
        name: document.published.earliest.astimezone(zone).date()
        for name, document in documents.items()
        if document.published is not None and document.published.earliest is not None
    }


def _cited(timetable: Timetable | None) -> Iterable[str]:
    trains = () if timetable is None else timetable.trains
    return dict.fromkeys(each for train in trains for each in train.documents)


def find_unknown_documents(
    timetable: Timetable, known: Mapping[str, Document]
) -> Iterator[Problem]:
    """Yield each document that trains cite and nobody has, at the line of its first train."""
    cited: dict[str, str] = {}
    for train in timetable.trains:
        for each in train.documents:
            cited.setdefault(each, timetable.where(train))
    yield from unknown_among(cited, known)


def unknown_among(cited: Mapping[str, str], known: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield each of some documents that nobody has.

    Parameters
    ----------
    cited
        Where each is named.
    """
    missing = [each for each in cited if each not in known]
    further = {**service_documents(), **built_in_catalogue().documents} if missing else {}
    for each in missing:
        if each not in further:
            remedy = did_you_mean(nearest_names(each, known)) or "add it to the documents"
            yield Problem(what=f"unknown document {each!r}", where=cited[each], remedy=remedy)


def check_table(
    path: Path | str, network: Network, documents: Mapping[str, Document] | None
) -> Timetable:
    """Return the trains of a table, checked with the network and the documents at once.

    Parameters
    ----------
    documents
        Those that are known beside the built-in ones; ``None`` if they are not to be checked.

    Raises
    ------
    InputError
        With every mistake, by line.
    """
    table = collect_trains([path])
    problems = [*table.problems, *_bounded(find_unknown_places(table.places, network))]
    if documents is not None:
        problems += unknown_among(table.documents, documents)
    if problems:
        raise InputError(sorted(problems, key=_line_of))
    return table.timetable


def _line_of(problem: Problem) -> int:
    line = problem.where.rpartition(":")[2]
    return int(line) if line.isdecimal() else 0
