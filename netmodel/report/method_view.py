"""How the figures came about, and what is needed to get them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netmodel.report.record_parts import (
    as_number,
    count_of,
    incidents_of,
    local_window,
    scenario_of,
)
from netmodel.report.strings import Phrases
from netmodel.report.wording import (
    format_duration,
    format_number,
    show_controls,
)
from netmodel.study.record import OPTIONAL_TABLES, RunRecord

_LOOKUPS = 5
_LEAST = 1 / 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceView:
    """Where a run comes from, in words."""

    title: str
    command: str
    provenance: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]


def view_method(record: RunRecord, phrases: Phrases) -> list[str]:
    """Return the method in a few sentences that name the run's own choices."""
    summary = record.summary
    start, end = local_window(record)
    hours = (end - start).total_seconds() / 3600
    scenario = scenario_of(record)
    demand = scenario.get("demand")
    kind = str(demand.get("kind", "uniform")) if isinstance(demand, Mapping) else "uniform"
    return [
        phrases(
            "method.text_states",
            states=phrases.count("count.states", count_of(record, "states")),
            window=format_duration(hours, phrases),
        ),
        phrases(
            "method.text_rule",
            rule=phrases.find("method", f"rule_{summary['time_rule']}", str(summary["time_rule"])),
        ),
        phrases(
            "method.text_demand",
            kind=phrases.find("method", f"demand_{kind}", kind),
            hubs=phrases.count("count.hubs", count_of(record, "demand_hubs")),
            pairs=phrases.count("count.pairs", count_of(record, "pairs")),
        ),
        phrases("method.text_not"),
        phrases("method.tables"),
        *_further_tables(record, phrases),
    ]


def _further_tables(record: RunRecord, phrases: Phrases) -> list[str]:
    """Return a sentence that names the tables only some runs have."""
    present = [name for name in OPTIONAL_TABLES if getattr(record, name) is not None]
    if not present:
        return []
    files = ", ".join(f"{name}.csv" for name in present)
    return [phrases("method.further_tables", files=files)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupItem:
    """A time that is worth knowing, and the incident it belongs to."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupView:
    """What to look up next."""

    intro: str
    entries: tuple[LookupItem, ...]


def view_lookup(
    record: RunRecord, phrases: Phrases, incident_number: Mapping[str, int]
) -> LookupView | None:
    """Return which open times would narrow the answer most, if the run says so."""
    values: Any = record.summary.get("value_of_evidence") or ()
    telling = [
        each for each in values
        if each["incident"] in incident_number and (as_number(each["shrinks_by"]) or 0.0) > _LEAST
    ]  # fmt: skip
    if not telling:
        return None
    titles = {each["id"]: each["title"] for each in incidents_of(record)}
    entries = tuple(
        LookupItem(
            number=incident_number[each["incident"]],
            text=show_controls(
                phrases(
                    "incident.lookup_item",
                    about=phrases.find("incident", str(each["about"])),
                    title=titles[each["incident"]],
                    hours=format_duration(as_number(each["shrinks_by"]) or 0.0, phrases),
                )
            ),
        )
        for each in telling[:_LOOKUPS]
    )
    width = format_duration(as_number(telling[0]["width"]) or 0.0, phrases)
    return LookupView(intro=phrases("incident.lookup_intro", width=width), entries=entries)


def view_provenance(record: RunRecord, title: str, phrases: Phrases) -> ProvenanceView:
    """Return command, versions, seed and inputs of a run."""
    provenance: Mapping[str, Any] = record.provenance
    libraries = provenance.get("libraries") or {}
    versions = [f"netmodel {provenance.get('netmodel')}", f"Python {provenance.get('python')}"]
    versions += [f"{name} {version}" for name, version in libraries.items()]
    facts = [(phrases("method.versions"), show_controls(", ".join(versions)))]
    if provenance.get("seed") is not None:
        facts.append((phrases("method.seed"), str(provenance["seed"])))
    as_of = scenario_of(record).get("as_of")
    if as_of:
        facts.append((phrases("method.as_of"), show_controls(as_of)))
    size = [
        phrases.count("count.hubs", count_of(record, "hubs")),
        phrases.count("count.links", count_of(record, "links")),
    ]
    facts.append((phrases("method.network"), ", ".join(size)))
    facts += _uncertainty(record, phrases)
    return ProvenanceView(
        title=title,
        command=show_controls(provenance.get("command") or ""),
        provenance=tuple(facts),
        inputs=tuple(
            (show_controls(each["file"]), show_controls(each["sha256"]))
            for each in provenance.get("inputs") or ()
        ),
    )


def _uncertainty(record: RunRecord, phrases: Phrases) -> list[tuple[str, str]]:
    """Return how samples were drawn and how losses compound, if the run says so."""
    facts = []
    ensemble: Any = record.summary.get("ensemble")
    if isinstance(ensemble, Mapping):
        first: Mapping[str, Any] = next(
            (v for k, v in ensemble.items() if k.startswith("resilience_loss_")), {}
        )
        low, high = (as_number(first.get(name)) for name in ("q25", "q75"))
        if low is not None and high is not None:
            text = phrases(
                "method.ensemble_text",
                samples=format_number(float(ensemble["samples"]), phrases.language),
                seed=ensemble["seed"],
                low=format_duration(low, phrases),
                high=format_duration(high, phrases),
            )
            facts.append((phrases("method.ensemble"), text))
    compounding = as_number(record.summary.get("compounding"))
    if (
        compounding is not None
        and len([e for e in incidents_of(record) if not e["background"]]) > 1
    ):
        value = format_number(compounding, phrases.language, digits=3)
        facts.append(
            (phrases("method.compounding"), phrases("method.compounding_text", value=value))
        )
    return facts
