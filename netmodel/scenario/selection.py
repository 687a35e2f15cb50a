"""Which incidents of a scenario are studied, and which closures are its background."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from netmodel.errors import did_you_mean, nearest_names, shown
from netmodel.evidence.as_of import known_catalogue, undated_claims
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.evidence.incident import Catalogue, Claim, Document, Incident
from netmodel.evidence.milestone_bounds import Resolution
from netmodel.evidence.resolution import resolve_incident
from netmodel.scenario.collecting import Collecting, list_items
from netmodel.times import Bounds, Window

_CATALOGUES = "read a file of incidents with nm.evidence.read_catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The incidents that are studied.

    Parameters
    ----------
    candidates
        Those that are studied if the record shows that they may hold in the window.
    sure
        Those that are studied in any case.
    """

    candidates: tuple[Incident, ...] = ()
    sure: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a scenario looks at, as known at its instant.

    Parameters
    ----------
    catalogue
        With an ``as_of``, only the claims that were public by then.
    studied, background
        Incidents of the catalogue.
    not_yet_reported
        Ids of those left out because nothing about them was public.
    undated
        Ids of those of them whose claims all lack a date, so that no instant has them.
    partly_undated
        Ids of incidents in the selection without some claims about times, which lack a date.
    passed_over
        Ids of candidates that began before the window and have no end in the record.
    """

    catalogue: Catalogue
    studied: tuple[Incident, ...]
    background: tuple[Incident, ...]
    not_yet_reported: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    partly_undated: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def select(
    choice: Choice,
    standing: Sequence[Incident],
    catalogue: Catalogue,
    window: Window,
    as_of: datetime | None,
) -> Selection:
    """Return the studied incidents and the background, as known at an instant."""
    studied, background = _choose(choice, standing, window, None)
    unreported: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    if as_of is not None:
        everything = (*studied, *background)
        whole = catalogue
        catalogue = known_catalogue(whole, as_of)
        studied, background = _choose(choice, standing, window, catalogue.incidents)
        unreported = tuple(each.id for each in everything if each.id not in catalogue.incidents)
        lacking = {each.id: each for each in everything if undated_claims(each, whole)}
        undated = tuple(
            name
            for name, each in lacking.items()
            if name in unreported and len(undated_claims(each, whole)) == len(each.claims)
        )
        partly = tuple(
            name
            for name, each in lacking.items()
            if name not in unreported and any(map(_tells_a_time, undated_claims(each, whole)))
        )
    taken = {each.id for each in (*studied, *background)}
    return Selection(
        catalogue=catalogue,
        studied=studied,
        background=background,
        not_yet_reported=unreported,
        undated=undated,
        partly_undated=partly,
        passed_over=tuple(
            each.id
            for each in choice.candidates
            if each.id not in taken and not each.standing and _is_passed_over(each, window)
        ),
    )


def _tells_a_time(claim: Claim) -> bool:
    """Whether a claim may set a bound of its incident."""
    timed = (claim.at, claim.within_hours, claim.lasted_hours) != (None, None, None)
    return timed and claim.basis != "forecast"


def _choose(
    choice: Choice,
    standing: Sequence[Incident],
    window: Window,
    known: Mapping[str, Incident] | None,
) -> tuple[tuple[Incident, ...], tuple[Incident, ...]]:
    def as_known(incidents: Iterable[Incident]) -> list[Incident]:
        if known is None:
            return list(incidents)
        return [known[each.id] for each in incidents if each.id in known]

    studied = [
        each for each in as_known(choice.candidates) if not each.standing and touches(each, window)
    ]
    taken = {each.id for each in studied}
    studied += [each for each in as_known(choice.sure) if each.id not in taken]
    taken = {each.id for each in studied}
    background = [each for each in as_known(standing) if each.id not in taken]
    return tuple(studied), tuple(background)


def touches(incident: Incident, window: Window) -> bool:
    """Whether the record shows that an incident may hold in the window.

    One that began before the window and whose end is not in the record counts only if some
    document says that it still held in the window; it is not dragged along for ever. One that
    began at no known instant or later counts if it had begun by the end of the window, or if it
    ended at the earliest in it.
    """
    resolution = resolve_incident(incident)
    begun, start = resolution.start.latest, resolution.start.earliest
    end = _find_end(incident, resolution)
    if start is None:
        still = end.earliest is not None and window.start < end.earliest < window.end
        if not (still and incident.effect != "none") and (begun is None or begun > window.end):
            return False
    elif start >= window.end:
        return False
    over = incident.effect != "none" and end.latest is not None and end.latest <= window.start
    if (begun is None or begun >= window.start) and not over:
        return True
    if incident.effect == "none":
        return False
    last = end.latest or end.earliest
    return last is not None and last > window.start


def _find_end(incident: Incident, resolution: Resolution) -> Bounds:
    """Return the bounds of the milestone that ends the last effect of an incident."""
    closed_only = incident.effect == "closed" and incident.then is None
    return resolution.first_traffic if closed_only else resolution.full_service


def _is_passed_over(incident: Incident, window: Window) -> bool:
    """Whether an incident began before the window and may have held in it, for want of an end."""
    resolution = resolve_incident(incident)
    start, end = resolution.start.latest, _find_end(incident, resolution)
    began = start is not None and start < window.start
    return incident.effect != "none" and began and end.latest is None


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredEvidence:
    """Everything that a scenario can draw on, and what it chose of it."""

    catalogue: Catalogue
    choice: Choice
    standing: tuple[Incident, ...]


def gather_evidence(
    incidents: object,
    documents: object,
    standing_closures: object,
    *,
    on_built_in: bool,
    collecting: Collecting,
) -> GatheredEvidence:
    """Return the evidence that is given in Python; what is wrong with it is noted.

    Parameters
    ----------
    incidents
        An incident, a catalogue, or an iterable of either; or a `Choice`.
    documents
        A document, a catalogue, or an iterable of either.
    standing_closures
        ``all``, ``none``, ids or incidents; ``None`` is all on the built-in network.
    """
    shipped = built_in_catalogue()
    pool = _Pool(collecting)
    for part in _list_parts(documents, ("documents",), (Document, Catalogue), collecting):
        pool.add(part)
    choice, parts = _read_choice(incidents, collecting)
    for part in parts:
        pool.add(part)
    wanted = standing_closures
    if wanted is None:
        wanted = "all" if on_built_in else "none"
    closures: list[Incident] = []
    named = wanted if isinstance(wanted, str) else ""
    if named == "all":
        for each in _shipped_closures(shipped):
            pool.add(each, origin=shipped.origins[each.id])
        closures = [each for each in pool.incidents.values() if each.standing]
    elif named != "none":
        closures = _read_closures(wanted, pool, shipped)
    pool.add_cited((*choice.candidates, *choice.sure, *closures), shipped)
    # Those that cite an unknown document are noted where the scenario is checked.
    whole = {name: each for name, each in pool.incidents.items() if pool.has_documents(each)}
    catalogue = Catalogue(documents=pool.documents, incidents=whole, origins=pool.origins)
    return GatheredEvidence(catalogue=catalogue, choice=choice, standing=tuple(closures))


def _shipped_closures(shipped: Catalogue) -> list[Incident]:
    """Return the closures of the built-in network, from their own files."""
    files = {origin.split(":")[0] for origin in shipped.origins.values()}
    own = [name for name in files if name.startswith("standing-closures")]
    return [each for each in shipped.from_files(own) if each.standing]


class _Pool:
    """Documents and incidents put together; two that share an id must be the same."""

    def has_documents(self, incident: Incident) -> bool:
        """Whether every document that an incident cites is here."""
        cited = {*incident.documents, *(each.document for each in incident.replacements)}
        return cited <= set(self.documents)

    def __init__(self, collecting: Collecting) -> None:
        self.documents: dict[str, Document] = {}
        self.incidents: dict[str, Incident] = {}
        self.origins: dict[str, str] = {}
        self.collecting = collecting

    def add(self, part: object, *, origin: str = "") -> None:
        """Add a document, an incident, or all of a catalogue."""
        if isinstance(part, Catalogue):
            for document in part.documents.values():
                self.add(document)
            for incident in part.incidents.values():
                self.add(incident, origin=part.origins.get(incident.id, ""))
        elif isinstance(part, Document):
            if self.documents.setdefault(part.id, part) != part:
                what = f"two different documents have the id {part.id!r}"
                self.collecting.note(("documents",), what)
        elif isinstance(part, Incident):
            if origin:
                self.origins.setdefault(part.id, origin)
            if self.incidents.setdefault(part.id, part) != part:
                what = f"two different incidents have the id {part.id!r}"
                self.collecting.note(("incidents",), what)

    def add_cited(self, incidents: Iterable[Incident], shipped: Catalogue) -> None:
        """Add the built-in documents that incidents cite; one that nobody has is noted."""
        for name, document in self.documents.items():
            if shipped.documents.get(name, document) != document:
                what = f"the id {name!r} is that of another, built-in document"
                self.collecting.note(("documents",), what, "give yours another id")
        for incident in {each.id: each for each in incidents}.values():
            cited = [*incident.documents, *(each.document for each in incident.replacements)]
            for name in dict.fromkeys(cited):
                if name in self.documents:
                    continue
                if name in shipped.documents:
                    self.add(shipped.documents[name])
                    continue
                what = f"incident {incident.id} cites an unknown document {name!r}"
                near = nearest_names(name, {**shipped.documents, **self.documents})
                remedy = did_you_mean(near) or "give it: documents=[nm.Document(...)]"
                self.collecting.note(("incidents",), what, remedy)


def _list_parts(
    given: object,
    location: tuple[str, ...],
    kinds: tuple[type, ...],
    collecting: Collecting,
) -> list[object]:
    """Return the items of an argument, each of a kind that it may have."""
    if isinstance(given, kinds):
        return [given]
    names = " or ".join(_a(each.__name__) for each in kinds)
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        collecting.note(location, f"{shown(given)} is not {names}", _CATALOGUES)
        return []
    found = []
    for number, each in enumerate(given):
        if isinstance(each, kinds):
            found.append(each)
        else:
            collecting.note((*location, number), f"{shown(each)} is not {names}", _CATALOGUES)
    return found


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'AEIOU' else 'a'} {word}".lower()


def _read_choice(given: object, collecting: Collecting) -> tuple[Choice, list[object]]:
    """Return which incidents are given, and the parts that hold them.

    A catalogue of one incident is as good as the incident itself.
    """
    if isinstance(given, Choice):
        return given, [*given.candidates, *given.sure]
    parts = _list_parts(given, ("incidents",), (Incident, Catalogue), collecting)
    candidates: dict[str, Incident] = {}
    sure: dict[str, Incident] = {}
    for part in parts:
        if isinstance(part, Incident):
            sure.setdefault(part.id, part)
        elif isinstance(part, Catalogue):
            target = sure if len(part.incidents) == 1 else candidates
            for name, incident in part.incidents.items():
                target.setdefault(name, incident)
    return Choice(candidates=tuple(candidates.values()), sure=tuple(sure.values())), parts


def _read_closures(wanted: object, pool: _Pool, shipped: Catalogue) -> list[Incident]:
    """Return the closures that are named or given; they are put into the pool."""
    location, collecting = ("standing_closures",), pool.collecting
    if isinstance(wanted, str):
        remedy = did_you_mean(nearest_names(wanted, ("all", "none"))) or "all, none, or a list"
        collecting.note(location, f"{wanted!r} is not known", remedy)
        return []
    given = [wanted] if isinstance(wanted, Incident | Catalogue) else wanted
    ids: set[str] = set()
    for number, each in enumerate(list_items(given, location, collecting)):
        here = (*location, number)
        if isinstance(each, Incident | Catalogue):
            pool.add(each)
            ids |= {each.id} if isinstance(each, Incident) else {*each.incidents}
        elif not isinstance(each, str):
            collecting.note(here, f"{each!r} is no id of an incident")
        elif each in pool.incidents:
            ids.add(each)
        elif each in shipped.incidents:
            pool.add(shipped.incidents[each], origin=shipped.origins[each])
            ids.add(each)
        else:
            near = nearest_names(each, {**shipped.incidents, **pool.incidents})
            collecting.note(here, f"unknown incident {each!r}", did_you_mean(near))
    return [each for name, each in pool.incidents.items() if name in ids]
