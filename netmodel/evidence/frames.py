"""A catalogue as tables for pandas: incidents with their bounds, claims, documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netmodel.evidence.resolution import resolve_incident
from netmodel.evidence.vocabulary import MILESTONES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from netmodel.evidence.incident import Catalogue, Incident
    from netmodel.times import Bounds


class CatalogueFrames(NamedTuple):
    """A catalogue as tables, to be unpacked or taken by name."""

    incidents: pd.DataFrame
    claims: pd.DataFrame
    documents: pd.DataFrame


def catalogue_frames(catalogue: Catalogue) -> CatalogueFrames:
    """Return incidents, claims and documents as tables; see `Catalogue.to_pandas`."""
    import pandas as pd

    incidents = pd.DataFrame(
        [_incident_row(each) for each in catalogue.incidents.values()],
        index=pd.Index(list(catalogue.incidents), name="incident"),
        columns=[
            "title", "kind", "tag", "effect", "then", "place", "traffic", "standing",
            *(f"{name}_{side}" for name in MILESTONES for side in ("earliest", "latest")),
            "claims", "conflicts", "documents",
        ],
    )  # fmt: skip
    claims = pd.DataFrame(
        [row for each in catalogue.incidents.values() for row in _claim_rows(each)],
        columns=["incident", "claim", "about", "spell", "traffic", "basis", "says", "earliest",
                 "latest", "speaker", "party", "document", "used", "set_aside"],
    ).set_index(["incident", "claim"])  # fmt: skip
    documents = pd.DataFrame(
        [
            {
                "publisher": each.publisher, "title": each.title,
                "published": each.published_text, "url": each.url,
            }
            for each in catalogue.documents.values()
        ],
        index=pd.Index(list(catalogue.documents), name="document"),
        columns=["publisher", "title", "published", "url"],
    )  # fmt: skip
    cited = claims["document"].value_counts()
    documents["claims"] = cited.reindex(documents.index).fillna(0).astype(int)
    for table in (incidents, claims):
        for column in table.columns[table.columns.str.endswith(("earliest", "latest"))]:
            table[column] = pd.to_datetime(table[column], utc=True)
    return CatalogueFrames(incidents=incidents, claims=claims, documents=documents)


def _incident_row(incident: Incident) -> dict[str, object]:
    resolution = resolve_incident(incident)
    bounds = {name: resolution.milestone(name) for name in MILESTONES}
    return {
        "title": incident.title,
        "kind": incident.kind,
        "tag": incident.tag,
        "effect": incident.effect,
        "then": incident.then,
        "place": "; ".join(str(place) for place in incident.places),
        "traffic": ";".join(incident.traffic),
        "standing": incident.standing,
        **{f"{name}_earliest": each.earliest for name, each in bounds.items()},
        **{f"{name}_latest": each.latest for name, each in bounds.items()},
        "claims": len(incident.claims),
        "conflicts": len(resolution.conflicts),
        "documents": len(incident.documents),
    }


def _claim_rows(incident: Incident) -> Iterator[dict[str, object]]:
    resolution = resolve_incident(incident)
    set_aside = dict(resolution.set_aside)
    for number, claim in enumerate(incident.claims):
        at: Bounds | None = claim.at
        yield {
            "incident": incident.id,
            "claim": number,
            "about": claim.about,
            "spell": claim.spell,
            "traffic": ";".join(claim.traffic),
            "basis": claim.basis,
            "says": claim.says,
            "earliest": at.earliest if at else None,
            "latest": at.latest if at else None,
            "speaker": claim.speaker,
            "party": claim.party,
            "document": claim.document,
            "used": number in resolution.used,
            "set_aside": str(set_aside[number]) if number in set_aside else None,
        }
