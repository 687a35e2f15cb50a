"""The headline figures as the page shows them, each with the way to what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netmodel.report.headline import Figure, format_figure, moment_of
from netmodel.report.network_payload import hub_names
from netmodel.report.record_parts import as_number, figures_of, pairs_in_base
from netmodel.report.strings import Phrases
from netmodel.report.wording import format_duration, format_number
from netmodel.study.record import RunRecord

LARGE = (
    "pairs_cut_at_worst", "lowest_connected_share", "resilience_loss", "time_to_recover",
)  # fmt: skip
_NOTHING = {"highest": 0.0, "lowest": 1.0, "longest": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """A figure in words.

    Parameters
    ----------
    incidents
        Numbers of the incidents it rests on, on the page.
    state
        The state it speaks of; ``None`` for the window as a whole.
    trivial
        Whether it only says that nothing happened.
    """

    name: str
    traffic: str
    label: str
    value: str
    range: str
    quantiles: str
    explanation: str
    moment: str
    state: int | None
    incidents: tuple[int, ...]
    documents: int
    standing: int
    large: bool
    trivial: bool


def view_figures(
    record: RunRecord, phrases: Phrases, incident_number: Mapping[str, int]
) -> list[FigureView]:
    """Return the figures of a summary in words, in its order."""
    return [_view(record, each, phrases, incident_number) for each in figures_of(record)]


def _view(
    record: RunRecord, figure: Figure, phrases: Phrases, incident_number: Mapping[str, int]
) -> FigureView:
    name, unit = str(figure["name"]), str(figure["unit"])
    states, incidents, documents, standing = (
        list(figure.get(key) or ())
        for key in ("states", "incidents", "documents", "standing_closures")
    )
    value = as_number(figure.get("value"))
    nothing = next((v for word, v in _NOTHING.items() if name.startswith(word)), 0.0)
    return FigureView(
        name=name,
        traffic=str(figure["traffic"]),
        label=phrases.find("figure", name),
        value=format_figure(figure.get("value"), unit, phrases),
        range=_range(figure, unit, phrases),
        quantiles=_quantiles(record, figure, unit, phrases),
        explanation=_explanation(record, figure, unit, phrases),
        moment=moment_of(record, figure, phrases),
        state=int(states[0]) if len(states) == 1 else None,
        incidents=tuple(incident_number[each] for each in incidents if each in incident_number),
        documents=len(documents),
        standing=len(standing),
        large=name in LARGE,
        trivial=value is None or value == nothing,
    )


def _range(figure: Figure, unit: str, phrases: Phrases) -> str:
    low, high = figure.get("guaranteed"), figure.get("possible")
    if low is None and high is None:
        return ""
    if low == high == figure.get("value"):
        return phrases("figure.range_same")
    return phrases(
        "figure.range",
        guaranteed=format_figure(low, unit, phrases),
        possible=format_figure(high, unit, phrases),
    )


def _quantiles(record: RunRecord, figure: Figure, unit: str, phrases: Phrases) -> str:
    """Return the range of nine in ten samples, if the run drew samples."""
    found: object = figure
    ensemble = record.summary.get("ensemble")
    if isinstance(ensemble, Mapping) and figure["name"] == "resilience_loss":
        found = ensemble.get(f"resilience_loss_{figure['traffic']}")
    if not isinstance(found, Mapping) or found.get("q05") is None or found.get("q95") is None:
        return ""
    return phrases(
        "figure.quantiles",
        low=format_figure(found["q05"], unit, phrases),
        high=format_figure(found["q95"], unit, phrases),
    )


def _explanation(record: RunRecord, figure: Figure, unit: str, phrases: Phrases) -> str:
    name = str(figure["name"])
    if name == "pairs_cut_at_worst":
        total = pairs_in_base(record, str(figure["traffic"]))
        return phrases("figure.explain_pairs", n=format_number(total, phrases.language))
    if name == "resilience_loss":
        return phrases("figure.explain_loss")
    if name == "time_to_recover":
        return phrases("figure.explain_time")
    if name == "longest_extra_minutes" and "from" in figure:
        names = dict(zip(record.hubs.index, hub_names(record, phrases.language), strict=True))
        extra = as_number(figure.get("value")) or 0.0
        pair = phrases(
            "figure.explain_extra",
            origin=names.get(figure["from"], figure["from"]),
            destination=names.get(figure["to"], figure["to"]),
        )
        return f"{pair}, +{format_duration(extra / 60, phrases)}" if extra >= 120 else pair
    if unit == "share":
        return phrases("figure.explain_share")
    return phrases("figure.explain_minutes") if unit == "minutes" else ""
