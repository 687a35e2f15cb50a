"""Incidents, claims and documents on the page."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup, escape

from netmodel.report.page.encoding import region_titles
from netmodel.report.page.sources import ClaimView, DocumentView, Teller, choose_told
from netmodel.runs.documents import (
    RunConflict,
    RunDetour,
    RunDetours,
    RunIncident,
    RunPlace,
    RunService,
    RunSpell,
)
from netmodel.runs.record import RunRecord
from netmodel.times import load_zone
from netmodel.words.sentences import Spellings, word_place
from netmodel.words.strings import Phrases
from netmodel.words.wording import (
    HubNames,
    LinkNames,
    describe_bounds,
    format_duration,
    format_number,
    format_share,
    place_names,
    shorten,
    show_controls,
)

_SPELLS_SHOWN = 8
"""An incident of more spells, such as every night of planned works, is told as a whole."""


def anchor_of(incident: str) -> str:
    """Return the anchor of an incident on a page.

    Examples
    --------
    >>> anchor_of("2022-10-08-crimean-bridge"), anchor_of("a b")
    ('i-2022-10-08-crimean-bridge', 'i-a%20b')
    """
    return f"i-{quote(incident, safe='')}"


def was_planned(incident: RunIncident) -> bool:
    """Return whether an operator planned it: works, or a start that its own schedule sets."""
    return incident.kind == "planned_works" or any(
        each.about == "start" and each.basis == "planned" and each.used for each in incident.claims
    )


_WORD = re.compile(r"[\w-]*\w", re.UNICODE)


def link_ids(text: str, titles: Mapping[str, str]) -> Markup:
    """Return a text in which the ids of incidents lead to them, by their titles.

    Parameters
    ----------
    titles
        Of the incidents of the page, by id.

    Examples
    --------
    >>> link_ids("as in a-1 & b", {"a-1": "The <first>"})
    Markup('as in <a href="#i-a-1">The &lt;first&gt;</a> &amp; b')
    """
    parts, last = [Markup()], 0
    for found in _WORD.finditer(text):
        if found.group() in titles:
            parts.append(escape(text[last : found.start()]))
            link = Markup('<a href="#{}">{}</a>')
            parts.append(link.format(quote(anchor_of(found.group())), titles[found.group()]))
            last = found.end()
    parts.append(escape(text[last:]))
    return Markup().join(parts)


def describe_detours(
    detours: Sequence[RunDetours],
    names: Mapping[str, str],
    phrases: Phrases,
    directed: Collection[str] = (),
) -> tuple[str, ...]:
    """Return what was left of the routes that an incident closed, and example pairs.

    Parameters
    ----------
    detours
        One for each kind of traffic; none for an incident that closed no link.
    names
        Of the hubs, by id.
    directed
        Kinds of traffic in which each direction of a pair counts.

    Returns
    -------
    tuple of str
        A sentence for each kind of traffic, one for all where they say the same.

    Examples
    --------
    >>> found = RunDetours(traffic="passenger", closed=15, with_way=3, by="d", examples=(),
    ...                       least_extra_minutes=38.0, median_extra_minutes=40.0,
    ...                       greatest_extra_minutes=250.0)
    >>> print(*describe_detours([found], {"d": "Dzhankoi"}, Phrases("en")))
    Detour by rail: none for 12 of the 15 pairs whose route was closed; for the others
    between +38 min and +4 h 10 min (median +40 min), most via Dzhankoi.
    """
    said = [
        (each, _sentence(each, names, phrases, so=each.traffic in directed)) for each in detours
    ]
    if len({text for _, text in said}) == 1:
        return (show_controls(f"{phrases('ways.label')}: {said[0][1]}"),)
    return tuple(
        show_controls(
            phrases("ways.label_traffic", traffic=phrases.find("traffic", each.traffic).lower())
            + f": {text}"
        )
        for each, text in said
    )


def _sentence(found: RunDetours, names: Mapping[str, str], phrases: Phrases, *, so: bool) -> str:
    closed, with_way = found.closed, found.with_way
    if not closed:
        return phrases("ways.unused")
    total = phrases.count("ways.pairs", closed)
    if not with_way:
        text = phrases("ways.none_one") if closed == 1 else phrases("ways.none", total=total)
    elif with_way == closed:
        shown = _range(found, names, phrases)
        text = (
            phrases("ways.one", range=shown)
            if closed == 1
            else phrases("ways.all", total=total, range=shown)
        )
    else:
        cut = format_number(closed - with_way, phrases.language)
        shown = _range(found, names, phrases)
        key = "ways.some_one" if with_way == 1 else "ways.some"
        text = phrases(key, cut=cut, total=total, range=shown)
    return text + _examples(found, names, phrases, so=so)


def _range(found: RunDetours, names: Mapping[str, str], phrases: Phrases) -> str:
    least, median, greatest = (
        _longer(minutes, phrases)
        for minutes in (
            found.least_extra_minutes,
            found.median_extra_minutes,
            found.greatest_extra_minutes,
        )
    )
    text = (
        least
        if least == greatest
        else phrases("ways.range", least=least, median=median, greatest=greatest)
    )
    if not found.by:
        return text
    key = "ways.by" if found.with_way == 1 else "ways.most_by"
    return text + phrases(key, hub=names.get(found.by, found.by))


def _longer(minutes: float | None, phrases: Phrases) -> str:
    return f"+{format_duration((minutes or 0.0) / 60, phrases)}"


def _examples(found: RunDetours, names: Mapping[str, str], phrases: Phrases, *, so: bool) -> str:
    """Return a pair without a detour and those with the least and the longest one."""
    if found.closed < 2:
        return ""
    shown = []
    for each in found.examples:
        start, end = (names.get(hub, hub) for hub in (each.start_hub, each.end_hub))
        pair = phrases("ways.example_so" if so else "ways.example", origin=start, destination=end)
        shown.append(f"{pair}: {_detour(each, names, phrases)}" if found.with_way else pair)
    return " " + phrases("ways.examples", pairs="; ".join(shown)) if shown else ""


def _detour(example: RunDetour, names: Mapping[str, str], phrases: Phrases) -> str:
    if example.extra_minutes is None:
        return phrases("ways.no_way")
    text = _longer(example.extra_minutes, phrases)
    by = example.by
    return text + phrases("ways.by", hub=names.get(by, by)) if by else text


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """An incident in words; `detours` says what it meant for the pairs whose route it closed.

    Parameters
    ----------
    anchor
        Of its place on the page, the same on every page that has the incident.
    when
        When it began, in short.
    months, parties, regions
        By which the page can narrow its list: months ``2026-02`` of its claims and its start, the
        parties that speak of it, and the regions of its links, or its places where it has none.
    claims
        In the order in which they were published.
    whole
        Whether the page tells it with its claims, or in a line.
    """

    number: int
    anchor: str
    title: str
    when: str
    months: tuple[str, ...]
    parties: tuple[str, ...]
    regions: tuple[str, ...]
    kind: str
    effect: str
    effect_name: str
    only: str
    places: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    milestones: tuple[tuple[str, str], ...]
    note: Markup
    reason: str
    rule: str
    claims: tuple[ClaimView, ...]
    conflicts: tuple[tuple[str, str, tuple[ClaimView, ...]], ...]
    services: tuple[str, ...]
    detours: tuple[str, ...]
    share: str
    share_title: str
    background: bool
    planned: bool
    whole: bool
    documents: tuple[int, ...]


def view_incidents(
    records: Sequence[RunRecord], phrases: Phrases, documents: Mapping[str, DocumentView]
) -> list[IncidentView]:
    """Return the incidents of all records, each once, in the order of the page's data."""
    seen: dict[str, IncidentView] = {}
    titles = {
        each.id: show_controls(each.title)
        for record in records
        for each in record.evidence.incidents
    }
    told = choose_told(records)
    for record in records:
        scene = _Scene(record, phrases, documents, titles)
        for incident in record.evidence.incidents:
            if incident.id not in seen:
                seen[incident.id] = scene.view(incident, len(seen), whole=incident.id in told)
    return list(seen.values())


class _Scene:
    """What the incidents of one record are shown with: names of hubs and links, the zone."""

    def __init__(
        self,
        record: RunRecord,
        phrases: Phrases,
        documents: Mapping[str, DocumentView],
        titles: Mapping[str, str],
    ) -> None:
        self.record = record
        self.titles = titles
        self.phrases = phrases
        self.zone = record.summary.window.zone
        names = HubNames(record, phrases.language)
        self.names = names
        self.link_names = LinkNames(record, names)
        shown = {} if phrases.language == "en" else place_names(record, phrases.language)
        self.spellings = Spellings(names=shown, links=self.link_names, zone=self.zone)
        published = {n: str(each.published or "") for n, each in record.evidence.documents.items()}
        self.teller = Teller(
            phrases=phrases, zone=self.zone, spellings=self.spellings, documents=documents,
            published=published,
        )  # fmt: skip
        shares = [each.share_of_loss for each in record.evidence.incidents]
        self.loss_hours = sum(each for each in shares if each is not None)
        self.services: dict[str, list[RunService]] = {}
        for service in record.evidence.services:
            self.services.setdefault(service.incident, []).append(service)

    def view(self, incident: RunIncident, number: int, *, whole: bool) -> IncidentView:
        """Return one incident in words, without its claims where it is not told whole."""
        phrases = self.phrases
        told = incident.claims if whole else ()
        claims = tuple(self.teller.view(each, n) for n, each in enumerate(told, start=1))
        others = {known: title for known, title in self.titles.items() if known != incident.id}
        effect = phrases.find("effect", incident.effect)
        if incident.then:
            later = phrases.find("effect", incident.then)
            effect += ", " + phrases("incident.then", effect=later)
        return IncidentView(
            number=number,
            anchor=anchor_of(incident.id),
            title=show_controls(incident.title),
            when=describe_bounds(incident.start, self.zone, phrases),
            months=self._months(incident),
            parties=tuple(dict.fromkeys(each.party for each in claims)),
            regions=self._regions(incident),
            kind=phrases.find("kind", incident.kind),
            effect=effect,
            effect_name=incident.effect,
            only=self._only(incident.traffic),
            places=tuple(self._place(each) for each in incident.places),
            links=tuple(show_controls(self.link_names.get(e, e)) for e in incident.links),
            milestones=self._milestones(incident),
            note=link_ids(show_controls(incident.note or ""), others),
            reason=self.teller.say(incident.reason),
            rule=self.teller.say(incident.rule),
            claims=tuple(sorted(claims, key=lambda each: each.published or "9")),
            conflicts=tuple(self._conflict(e, claims) for e in incident.conflicts if whole),
            services=tuple(self._service(e) for e in self.services.get(incident.id, ())),
            detours=describe_detours(
                incident.detours, self.names, phrases, self.record.summary.directed
            ),
            share=self._share(incident),
            share_title=self._share_title(incident),
            background=incident.background,
            planned=was_planned(incident),
            whole=whole,
            documents=tuple(sorted({c.document.number for c in claims if c.document})),
        )

    def _months(self, incident: RunIncident) -> tuple[str, ...]:
        """Return the months in which it began or somebody wrote of it."""
        tz = load_zone(self.zone)
        ends = (incident.start.earliest, incident.start.latest)
        found = {f"{each.astimezone(tz):%Y-%m}" for each in ends if each is not None}
        for claim in incident.claims:
            written = str(self.teller.published.get(claim.document) or "")
            if re.match(r"\d{4}-\d{2}", written):
                found.add(written[:7])
        return tuple(sorted(found))

    def _regions(self, incident: RunIncident) -> tuple[str, ...]:
        links, hubs = self.record.links, self.record.hubs
        ends = links.loc[links.index.isin(incident.links), ["from", "to"]].to_numpy().ravel()
        there = hubs[hubs.index.isin(ends)]
        titles = dict(zip(there.index, region_titles(there, self.phrases), strict=True))
        found = {titles.get(hub, "") for hub in ends}
        places = {shorten(self._place(each)[0]) for each in incident.places}
        return tuple(sorted((found or places) - {""}))

    def _share(self, incident: RunIncident) -> str:
        hours = incident.share_of_loss
        if hours is None or not self.loss_hours:
            return ""
        return self.phrases(
            "incident.share",
            hours=format_duration(hours, self.phrases),
            share=format_share(hours / self.loss_hours, self.phrases.language),
        )

    def _share_title(self, incident: RunIncident) -> str:
        if incident.loss_alone is None or incident.leave_one_out is None:
            return ""
        return self.phrases(
            "incident.share_title",
            alone=format_duration(incident.loss_alone, self.phrases),
            without=format_duration(incident.leave_one_out, self.phrases),
        )

    def _only(self, traffic: Sequence[str]) -> str:
        if len(traffic) != 1:
            return ""
        kind = self.phrases.find("traffic", traffic[0]).lower()
        return self.phrases("incident.only", traffic=kind)

    def _place(self, match: RunPlace) -> tuple[str, str]:
        place = show_controls(word_place(match.place, self.phrases, self.spellings))
        note = self.teller.say(match.note)
        return place, note if note != place else ""

    def _milestones(self, incident: RunIncident) -> tuple[tuple[str, str], ...]:
        shown = [("start", incident.start), ("full_service", incident.full_service)]
        if incident.effect == "closed":
            shown.insert(1, ("first_traffic", incident.first_traffic))
        rows = [
            (self.phrases(f"incident.{name}"), describe_bounds(bounds, self.zone, self.phrases))
            for name, bounds in shown
        ]
        if len(incident.spells) <= _SPELLS_SHOWN:
            rows += [self._spell(each, incident) for each in incident.spells]
        return (
            *rows,
            *((self.phrases("incident.told"), self.teller.say(e)) for e in incident.told),
        )

    def _spell(self, spell: RunSpell, incident: RunIncident) -> tuple[str, str]:
        """Return for whom one of several closures held, and from when to when."""
        kinds = " + ".join(self.phrases.find("traffic", kind) for kind in spell.traffic)
        links = ", ".join(self.link_names.get(each, each) for each in spell.links)
        end = spell.first_traffic if incident.effect == "closed" else spell.full_service
        times = [describe_bounds(each, self.zone, self.phrases) for each in (spell.start, end)]
        return show_controls(", ".join(p for p in (kinds, links) if p)), " → ".join(times)

    def _conflict(
        self, conflict: RunConflict, claims: Sequence[ClaimView]
    ) -> tuple[str, str, tuple[ClaimView, ...]]:
        about = self.phrases.find("about", conflict.about)
        return (
            show_controls(about),
            self.teller.say(conflict.treatment),
            tuple(claims[n] for n in conflict.claims if n < len(claims)),
        )

    def _service(self, service: RunService) -> str:
        phrases = self.phrases
        ends = (self.names.get(hub, hub) for hub in (service.start_hub, service.end_hub))
        minutes = format_duration(service.minutes / 60, phrases)
        parts = [" – ".join(ends), minutes, self.teller.say(service.minutes_basis)]
        if service.passengers_per_day is not None:
            many = format_number(service.passengers_per_day, phrases.language)
            parts.append(phrases("unit.people", n=many))
        return show_controls(", ".join(parts))
