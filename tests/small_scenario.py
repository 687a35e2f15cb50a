"""A scenario on a railway of a few hubs, written to a folder."""

from __future__ import annotations

from pathlib import Path

HUBS = "id,name,lon,lat\na,Aaa,30,50\nb,Bbb,31,50\nc,Ccc,32,50\n"
LINKS = "id,from,to,length_km,electrified\nab,a,b,60,yes\nbc,b,c,60,yes\n"
WINDOW = "{start: 2023-05-18T00:00Z, end: 2023-05-20T00:00Z}"
DOCUMENTS = """documents:
- {id: d1, publisher: P, title: T, published: 2023-05-18T12:00Z, url: "https://example.org/x"}
- {id: d2, publisher: P, title: T, published: 2023-06-18T12:00Z, url: "https://example.org/y"}
"""


def write_incident(
    name: str = "x",
    link: str = "bc",
    *,
    effect: str = "closed",
    start: str = "2023-05-18T06:00Z",
    end: str = "2023-05-18T12:00Z",
    document: str = "d1",
    more: str = "",
) -> str:
    """Return an incident as an item of YAML, with one exact claim about each of its ends."""
    milestone = "first_traffic" if effect == "closed" else "full_service"
    claim = f"document: {document}, speaker: S, says: x, basis: observed"
    return f"""- id: "{name}"
  title: Title
  kind: derailment
  zone: UTC
  place: {{links: ["{link}"]}}
  effect: {effect}
  claims:
  - {{{claim}, about: start, at: {start}}}
  - {{{claim}, about: {milestone}, at: {end}}}
{more}"""


def write_scenario(
    folder: Path,
    *incidents: str,
    hubs: str = HUBS,
    links: str = LINKS,
    demand: str = "{hubs: [a, b, c]}",
    window: str = WINDOW,
    documents: str = DOCUMENTS,
    more: str = "",
) -> Path:
    """Write a network, documents, incidents and a scenario; return the scenario's path."""
    (folder / "net").mkdir(parents=True, exist_ok=True)
    (folder / "net/hubs.csv").write_text(hubs, encoding="utf-8")
    (folder / "net/links.csv").write_text(links, encoding="utf-8")
    (folder / "docs.yaml").write_text(documents, encoding="utf-8")
    (folder / "inc.yaml").write_text("incidents:\n" + "".join(incidents), encoding="utf-8")
    path = folder / "small.yaml"
    path.write_text(
        f"title: Small\nnetwork: net\nwindow: {window}\n"
        "incidents: {files: [inc.yaml], documents: [docs.yaml]}\n"
        f"standing_closures: none\ndemand: {demand}\n{more}",
        encoding="utf-8",
    )
    return path
