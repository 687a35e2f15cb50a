"""Incidents, claims and conflicts as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netmodel.report.detour_view import describe_ways
from netmodel.report.document_view import DocumentView
from netmodel.report.network_payload import hub_names
from netmodel.report.record_parts import (
    Plain,
    incidents_of,
    services_of,
    window_zone,
)
from netmodel.report.strings import Phrases
from netmodel.report.wording import (
    describe_bounds,
    format_duration,
    format_number,
    format_share,
    show_controls,
    translate_note,
)
from netmodel.study.record import RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A claim in words; `when` is what it says about a time."""

    number: int
    speaker: str
    party: str
    about: str
    says: str
    when: str
    qualifier: str
    used: bool
    set_aside: str
    figures: str
    document: DocumentView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """An incident in words; `ways` says what it meant for the pairs whose route it closed."""

    number: int
    title: str
    kind: str
    effect: str
    effect_name: str
    only: str
    places: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    milestones: tuple[tuple[str, str], ...]
    note: str
    reason: str
    rule: str
    claims: tuple[ClaimView, ...]
    conflicts: tuple[tuple[str, str, tuple[ClaimView, ...]], ...]
    services: tuple[str, ...]
    ways: tuple[str, ...]
    share: str
    share_title: str
    background: bool
    documents: tuple[int, ...]


def view_incidents(
    records: Sequence[RunRecord], phrases: Phrases, documents: Mapping[str, DocumentView]
) -> list[IncidentView]:
    """Return the incidents of all records, each once, in the order of the page's data."""
    seen: dict[str, IncidentView] = {}
    for record in records:
        scene = _Scene(record, phrases, documents)
        for incident in incidents_of(record):
            if incident["id"] not in seen:
                seen[incident["id"]] = scene.view(incident, len(seen))
    return list(seen.values())


class _Scene:
    """What the incidents of one record are shown with: names of hubs and links, the zone."""

    def __init__(
        self, record: RunRecord, phrases: Phrases, documents: Mapping[str, DocumentView]
    ) -> None:
        self.phrases = phrases
        self.documents = documents
        self.zone = window_zone(record)
        names = dict(zip(record.hubs.index, hub_names(record, phrases.language), strict=True))
        self.names = names
        self.display_names = _every_spelling(record, names)
        self.link_names = {
            link: f"{names.get(start, start)} – {names.get(end, end)}"
            for link, start, end in zip(
                record.links.index, record.links["from"], record.links["to"], strict=True
            )
        }
        shares = [each.get("share_of_loss") for each in incidents_of(record)]
        self.loss_hours = sum(float(each) for each in shares if each is not None)
        self.services: dict[str, list[Plain]] = {}
        for service in services_of(record):
            self.services.setdefault(service["incident"], []).append(service)

    def view(self, incident: Plain, number: int) -> IncidentView:
        """Return one incident in words."""
        phrases = self.phrases
        claims = tuple(self._claim(each, n) for n, each in enumerate(incident["claims"], start=1))
        effect = phrases.find("effect", incident["effect"])
        if incident["then"]:
            later = phrases.find("effect", incident["then"])
            effect += ", " + phrases("incident.then", effect=later)
        return IncidentView(
            number=number,
            title=show_controls(incident["title"]),
            kind=phrases.find("kind", incident["kind"]),
            effect=effect,
            effect_name=incident["effect"],
            only=self._only(incident["traffic"]),
            places=tuple(self._place(each) for each in incident["places"]),
            links=tuple(show_controls(self.link_names.get(e, e)) for e in incident["links"]),
            milestones=self._milestones(incident),
            note=show_controls(incident["note"] or ""),
            reason=show_controls(translate_note(incident["reason"], phrases)),
            rule=show_controls(incident["rule"]),
            claims=claims,
            conflicts=tuple(self._conflict(each, claims) for each in incident["conflicts"]),
            services=tuple(self._service(e) for e in self.services.get(incident["id"], ())),
            ways=describe_ways(incident, self.names, phrases),
            share=self._share(incident),
            share_title=self._share_title(incident),
            background=bool(incident["background"]),
            documents=tuple(sorted({c.document.number for c in claims if c.document})),
        )

    def _share(self, incident: Plain) -> str:
        hours = incident.get("share_of_loss")
        if hours is None or not self.loss_hours:
            return ""
        return self.phrases(
            "incident.share",
            hours=format_duration(float(hours), self.phrases),
            share=format_share(float(hours) / self.loss_hours, self.phrases.language),
        )

    def _share_title(self, incident: Plain) -> str:
        if incident.get("loss_alone") is None or incident.get("leave_one_out") is None:
            return ""
        alone, without = (
            format_duration(float(incident[name]), self.phrases)
            for name in ("loss_alone", "leave_one_out")
        )
        return self.phrases("incident.share_title", alone=alone, without=without)

    def _only(self, traffic: Sequence[str]) -> str:
        if len(traffic) != 1:
            return ""
        kind = self.phrases.find("traffic", traffic[0]).lower()
        return self.phrases("incident.only", traffic=kind)

    def _place(self, match: Plain) -> tuple[str, str]:
        place = self._translate_place(match["place"])
        note = match["note"] if match["note"] != match["place"] else ""
        for link, name in self.link_names.items():
            if note.endswith(f" of {link}"):
                note = note.removesuffix(link) + name
                break
        return show_controls(place), show_controls(self._translate_place_note(note))

    def _translate_place(self, place: str) -> str:
        """Return a place with the names of hubs and regions in the language of the page."""
        if self.phrases.language == "en":
            return place
        names = "–".join(self.display_names.get(name, name) for name in place.split("–"))
        if names != place:
            return names
        return translate_note(self.phrases.find("region", place, place), self.phrases)

    def _translate_place_note(self, note: str) -> str:
        if self.phrases.language == "en" or " lies at km " not in note:
            return translate_note(note, self.phrases)
        name, _, rest = note.partition(" lies at km ")
        km, _, link = rest.partition(" of ")
        return self.phrases("note.lies_at", name=name, km=km, link=link)

    def _milestones(self, incident: Plain) -> tuple[tuple[str, str], ...]:
        shown = ["start", "first_traffic", "full_service"]
        if incident["effect"] != "closed":
            shown.remove("first_traffic")
        return tuple(
            (
                self.phrases(f"incident.{name}"),
                describe_bounds(incident[name], self.zone, self.phrases),
            )
            for name in shown
        )

    def _claim(self, claim: Plain, number: int) -> ClaimView:
        phrases = self.phrases
        when = describe_bounds(claim["at"], self.zone, phrases) if claim["at"] else ""
        for name, key in (("within_hours", "within"), ("lasted_hours", "lasted")):
            if claim[name] is not None:
                when = phrases(f"incident.{key}", hours=format_duration(claim[name], phrases))
        qualifiers = {"forecast": "incident.forecast", "rule": "incident.general"}
        basis = qualifiers.get(claim["basis"])
        figures = ", ".join(
            f"{show_controls(name).replace('_', ' ')}: "
            f"{format_number(value, phrases.language, digits=0 if value == int(value) else 1)}"
            for name, value in claim["figures"].items()
        )
        return ClaimView(
            number=number,
            speaker=show_controls(claim["speaker"]),
            party=phrases.find("party", claim["party"]),
            about=phrases.find("about", claim["about"]),
            says=show_controls(claim["says"]),
            when=when,
            qualifier=phrases(basis) if basis else "",
            used=bool(claim["used"]),
            set_aside=show_controls(translate_note(claim["set_aside"], phrases)),
            figures=figures,
            document=self.documents.get(claim["document"]),
        )

    def _conflict(
        self, conflict: Plain, claims: Sequence[ClaimView]
    ) -> tuple[str, str, tuple[ClaimView, ...]]:
        about = self.phrases.find("about", conflict["about"])
        return (
            show_controls(about),
            show_controls(translate_note(conflict["treatment"], self.phrases)),
            tuple(claims[n] for n in conflict["claims"] if n < len(claims)),
        )

    def _service(self, service: Plain) -> str:
        phrases = self.phrases
        ends = f"{self.names.get(service['from'], service['from'])} – "
        ends += str(self.names.get(service["to"], service["to"]))
        minutes = format_duration(float(service["minutes"]) / 60, phrases)
        parts = [ends, minutes, phrases.find("note", service["minutes_basis"])]
        if service["passengers_per_day"] is not None:
            many = format_number(float(service["passengers_per_day"]), phrases.language)
            parts.append(phrases("unit.people", n=many))
        return show_controls(", ".join(parts))


def _every_spelling(record: RunRecord, names: Mapping[str, str]) -> dict[str, str]:
    """Return the name to show for each name and alias of a hub; a name outranks an alias."""
    hubs = record.hubs
    spellings = {
        alias: names[hub]
        for hub, aliases in zip(hubs.index, hubs["aliases"], strict=True)
        for alias in str(aliases).split(";")
    }
    return {**spellings, **dict(zip(map(str, hubs["name"]), names.values(), strict=True))}
