"""What a record contradicts of itself: one finding a line, each with its remedy.

A rule looks at what entries say, and at the links that their places mean; it guesses nothing
beyond that. What is known and right is accepted with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import NetmodelError
from netmodel.evidence.incident import Catalogue, Claim
from netmodel.evidence.milestone_bounds import Running
from netmodel.evidence.places import HubPlace, LinksPlace, SectionPlace, StationPlace
from netmodel.evidence.resolution import resolve_incident
from netmodel.network.railway import Network
from netmodel.network.review import Accepted, Review, accept_findings
from netmodel.network.review_rules import Finding
from netmodel.outages.matching import Matcher
from netmodel.outages.outage import Outage, Placement, place_by
from netmodel.outages.running import list_running
from netmodel.trains.train import Timetable

_NAME = r"[A-Z][\w’'.]*(?:[ -](?:[A-Z]|na )[\w’'.]*)*"
_SECTIONS = re.compile(
    rf"(?:section|stretch|line|track|way|span)s?(?: of)?(?: between)? ({_NAME})(?:–| and )({_NAME})"
    rf"|between ({_NAME}) and ({_NAME})"
)
"""Words by which a claim names a section; trains from A to B are none."""
_STATIONS = (re.compile(rf"[Ss]tation (?:of )?({_NAME})"), re.compile(rf"({_NAME}) station"))
_TECHNICAL = re.compile(
    r"\b(?:technical|work|test) trains?\b|\b(?:technical|repair) locomotives?\b", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Record:
    """A catalogue with what else is known of it: what the rules look at.

    Parameters
    ----------
    running
        Trains that passed, beside those that incidents report.
    named
        Incidents that something outside the catalogue names, each with where it does.
    cited
        Documents that something outside the incidents rests on.
    timetable
        Published trains.
    """

    catalogue: Catalogue
    network: Network
    running: tuple[Running, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    cited: frozenset[str] = frozenset()
    timetable: Timetable | None = None

    @cached_property
    def matcher(self) -> Matcher:
        """What finds the links of a place."""
        return Matcher(self.network, trains=self.timetable)

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """Every incident on the network, with bounds from all trains that passed."""
        incidents = self.catalogue.incidents.values()
        return place_by(
            self.matcher, incidents, self.catalogue, list_unplaced=True, running=self.running
        )

    @cached_property
    def outages_on(self) -> Mapping[str, Sequence[Outage]]:
        """Outages by link, where the place names a section, a station or links."""
        found: dict[str, list[Outage]] = {}
        for placement in self.placements:
            exact = {
                link
                for match in placement.matches
                if isinstance(match.place, SectionPlace | StationPlace | LinksPlace)
                for link in match.links
            }
            for outage in placement.outages:
                if outage.link in exact:
                    found.setdefault(outage.link, []).append(outage)
        return found

    def links_between(self, one: str, other: str) -> frozenset[str]:
        """Return the links of a section; none where it is not known for certain."""
        try:
            return frozenset(self.matcher.match(SectionPlace(between=(one, other))).links)
        except NetmodelError:
            return frozenset()

    def hubs_of(self, name: str) -> frozenset[str]:
        """Return the ids of the hubs of a name."""
        return frozenset(hub.id for hub in self.matcher.names.find_hubs(name))


def find_open_closures(record: Record) -> Iterator[Finding]:
    """Find closures without an end of their own that another entry shows to have ended."""
    for placement in record.placements:
        incident = placement.incident
        if incident.effect != "closed" or not placement.outages:
            continue
        own = resolve_incident(incident, record.catalogue)
        ends = [each.resolution for each in own.spells] or [own]
        if all(each.first_traffic.latest is not None for each in ends):
            continue
        passed = sorted(
            {
                str(note.values["document"])
                for note in placement.resolution.notes
                if note.code == "running_ends" and note.values["document"] not in incident.documents
            }
        )
        again = _find_later(record, placement)
        if passed:
            what = f"has no end, and a train passed later by {', '.join(passed)}"
        elif again:
            what = f"has no end, and {again} stops trains there again"
        else:
            continue
        remedy = "give the end as a claim, or accept it"
        yield Finding(rule="no_end", id=incident.id, what=what, remedy=remedy)


def _find_later(record: Record, placement: Placement) -> str:
    """Return an incident that began on a link which by another has never been open again."""
    for outage in placement.outages:
        begun = outage.start.latest
        if outage.effect != "closed" or outage.end.latest is not None or begun is None:
            continue
        for later in record.outages_on.get(outage.link, ()):
            starts = later.start.earliest
            if (
                later.incident != outage.incident
                and not later.standing
                and later.effect in ("closed", "slowed", "diesel_only", "single_track")
                and later.start_milestone == "start"
                and starts is not None
                and starts > begun
                and set(later.traffic) <= set(outage.traffic)
            ):
                return later.incident
    return ""


def find_early_ends(record: Record) -> Iterator[Finding]:
    """Find ends before a later claim of still being out, and trains that passed before it."""
    for placement in record.placements:
        incident = placement.incident
        for claim in incident.claims:
            end = _known_end(claim)
            later = [
                each.document
                for each in incident.claims
                if each.about == "still_out"
                and each.spell == claim.spell
                and (
                    not each.traffic or not claim.traffic or set(each.traffic) & set(claim.traffic)
                )
                and each.at is not None
                and each.at.earliest is not None
                and end is not None
                and end < each.at.earliest
            ]
            if later:
                what = f"{claim.about} by {claim.document} is before still_out by {later[0]}"
                remedy = "make it another spell, another traffic or section, or accept it"
                yield Finding(rule="early_end", id=incident.id, what=what, remedy=remedy)
                break
        else:
            if any(
                c.treatment.code == "running_contradicted" for c in placement.resolution.conflicts
            ):
                what = "a train passed before a later claim of still being out"
                remedy = "correct one of them, name what the train passed, or accept it"
                yield Finding(rule="early_end", id=incident.id, what=what, remedy=remedy)


def _known_end(claim: Claim) -> datetime | None:
    """Return by when a claim says that trains ran; ``None`` for one that does not."""
    counts = claim.about == "first_traffic" and claim.basis != "forecast"
    if not counts or claim.at is None or set(claim.traffic) == {"technical"}:
        return None
    return claim.at.latest


def find_wide_places(record: Record) -> Iterator[Finding]:
    """Find places wider than the sections that the claims name, and hubs given for sections."""
    for placement in record.placements:
        incident = placement.incident
        links = {link for match in placement.matches for link in match.links}
        named = {pair for claim in incident.claims for pair in _list_sections(claim.says)}
        if not named or not placement.outages:
            continue
        found = {pair: record.links_between(*pair) for pair in sorted(named)}
        known = frozenset().union(*found.values())
        if not all(found.values()) or not known < links:
            continue
        hub = all(isinstance(place, HubPlace) for place in incident.places)
        told = "; ".join("–".join(pair) for pair in found)
        place = "; ".join(map(str, incident.places))
        yield Finding(
            rule="hub_for_section" if hub else "wide_place",
            id=incident.id,
            what=f"is at {place} ({len(links)} links), and its claims name {told} ({len(known)})",
            remedy="give that section with `between:`, or accept it",
        )


def _list_sections(text: str) -> Iterator[tuple[str, str]]:
    for found in _SECTIONS.finditer(text):
        one, other = [name.removesuffix(".") for name in found.groups() if name]
        yield one, other


def find_sections_for_hubs(record: Record) -> Iterator[Finding]:
    """Find closures of a section of which every claim about a place names one station at its end.

    Only where that station is a hub, and no claim names a section.
    """
    for placement in record.placements:
        incident = placement.incident
        place = incident.places[0]
        if incident.effect != "closed" or not isinstance(place, SectionPlace):
            continue
        texts = [claim.says for claim in incident.claims]
        if len(incident.places) > 1 or any(_mentions_line(text) for text in texts):
            continue
        said = {
            found[1].removesuffix(".")
            for text in texts
            for pattern in _STATIONS
            for found in pattern.finditer(text)
        }
        names = record.matcher.names
        named = {name for name in said if names.find_hubs(name) or names.find_stations(name)}
        ends = [record.hubs_of(name) for name in (place.between[0], place.between[-1])]
        hit = [{name for name in named if record.hubs_of(name) & end} for end in ends]
        if len(named) == 1 and all(ends) and [bool(each) for each in hit].count(True) == 1:
            what = f"closes {place}, and its claims name the station {next(iter(named))} alone"
            remedy = "give the hub, name the section in a claim, or accept it"
            yield Finding(rule="section_for_hub", id=incident.id, what=what, remedy=remedy)


def _mentions_line(text: str) -> bool:
    return "–" in text or any(word in text for word in ("section", "line ", "between", "stretch"))


def find_technical_ends(record: Record) -> Iterator[Finding]:
    """Find restorations by technical trains that count as those of passenger trains."""
    for incident in record.catalogue.incidents.values():
        for claim in incident.claims:
            if (
                claim.about in ("first_traffic", "full_service")
                and claim.basis != "forecast"
                and _TECHNICAL.search(claim.says)
                and "passenger" not in claim.says
                and "passenger" in incident.traffic
                and (not claim.traffic or "passenger" in claim.traffic)
            ):
                what = f"{claim.about} by {claim.document} is that of technical trains"
                remedy = "write `traffic: [technical]` there, or accept it"
                yield Finding(rule="technical_end", id=incident.id, what=what, remedy=remedy)
                break


def find_unknown_incidents(record: Record) -> Iterator[Finding]:
    """Find incidents that observations name and no file has."""
    for name, where in record.named.items():
        if name not in record.catalogue.incidents:
            remedy = "enter the incident, or correct its id there"
            yield Finding(
                rule="unknown_incident", id=name, what=f"is named by {where}", remedy=remedy
            )


def find_uncited_documents(record: Record) -> Iterator[Finding]:
    """Find documents on which nothing rests."""
    cited = set(record.cited)
    for incident in record.catalogue.incidents.values():
        cited.update(incident.documents, (each.document for each in incident.replacements))
    for name in record.catalogue.documents:
        if name not in cited:
            remedy = "cite it in a claim, or remove it"
            yield Finding(
                rule="uncited_document", id=name, what="is cited by nothing", remedy=remedy
            )


def find_unproven_links(record: Record) -> Iterator[Finding]:
    """Find links of general knowledge that nothing but closures of their neighbours speaks for.

    No published train takes them, no train is reported on them, and no incident names them. Not
    asked where no trains are known.
    """
    network = record.network
    if record.timetable is None:
        return
    unsure = [
        each for each in network.links if "general knowledge" in (each.source or "").casefold()
    ]
    outages = {outage.link for each in record.placements for outage in each.outages}
    doubtful = {}
    for link in unsure:
        near = {
            each for hub in (link.from_hub, link.to_hub) for each in network.links_at_hub[hub]
        } - {link.id}
        trains = record.matcher.trains
        if link.id in outages or not near & outages or (trains and trains.over([link.id])):
            continue
        doubtful[link.id] = sorted(near & outages)
    passed = _find_passed(record) if doubtful else frozenset()
    for link_id, near_closed in doubtful.items():
        if link_id not in passed:
            closed = ", ".join(near_closed[:3])
            what = f"rests on general knowledge; of its neighbours {closed} a closure is known"
            remedy = "name a source, a train or a map that shows it, or accept it"
            yield Finding(rule="unproven_link", id=link_id, what=what, remedy=remedy)


def _find_passed(record: Record) -> frozenset[str]:
    """Return the links between the ends of sections on which a train is reported."""
    trains = (*list_running((), record.catalogue), *record.running)
    ends = {
        (place.between[0], place.between[-1])
        for train in trains
        for place in train.places
        if isinstance(place, SectionPlace)
    }
    return frozenset(link for pair in ends for link in record.links_between(*pair))


_FINDERS: Mapping[str, Callable[[Record], Iterator[Finding]]] = MappingProxyType({
    "no_end": find_open_closures,
    "early_end": find_early_ends,
    "wide_place": find_wide_places,
    "section_for_hub": find_sections_for_hubs,
    "technical_end": find_technical_ends,
    "unknown_incident": find_unknown_incidents,
    "uncited_document": find_uncited_documents,
    "unproven_link": find_unproven_links,
})  # fmt: skip
RECORD_RULES = (*_FINDERS, "hub_for_section")
"""Names of the rules, by which findings are accepted; `find_wide_places` has two."""


@refuse_wrong_kinds
def check_record(
    catalogue: Catalogue,
    network: Network,
    *,
    running: Iterable[Running] = (),
    named: Mapping[str, str] = MappingProxyType({}),
    cited: Iterable[str] = (),
    trains: Timetable | None = None,
    accepted: Sequence[Accepted] = (),
    rules: Sequence[str] = RECORD_RULES,
) -> Review:
    """Check whether the entries of a record contradict each other.

    Parameters
    ----------
    running
        Trains that passed, beside those that incidents report; see
        `netmodel.validation.list_observed_running`.
    named
        Incidents that observations name, each with where.
    cited
        Documents that something else than an incident rests on.
    trains
        Published trains, which show that a link is in use.
    accepted
        Findings that are accepted: see `netmodel.network.read_accepted`.
    rules
        Names of the rules to ask; all by default.

    Returns
    -------
    Review
        An empty record has no findings.

    Examples
    --------
    >>> import netmodel as nm
    >>> empty = nm.evidence.Catalogue(documents=[], incidents=[])
    >>> network = nm.network.Network(hubs=(), links=())
    >>> report = nm.outages.check_record(empty, network, named={"fire": "report-7"})
    >>> print(report.open[0])
    unknown_incident fire: is named by report-7; enter the incident, or correct its id there
    """
    record = Record(
        catalogue=catalogue,
        network=network,
        running=tuple(running),
        named=dict(named),
        cited=frozenset(cited),
        timetable=trains,
    )
    found = [
        finding for name, find in _FINDERS.items() if name in rules for finding in find(record)
    ]
    asked = [each for each in accepted if each.rule in rules]
    findings, unused = accept_findings(found, asked)
    return Review(findings=findings, unused=unused, rules=len(rules))
