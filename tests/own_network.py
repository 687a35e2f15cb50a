"""A small network with documents, incidents and a scenario, as an analyst writes them."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

HUBS = """\
id,name,lon,lat,population,country
aton,Aton,10.0,50.0,500000,XX
beton,Beton,10.5,50.0,20000,XX
ceton,Ceton,11.0,50.0,80000,XX
deton,Deton,10.5,50.4,,XX
"""
LINKS = """\
id,from,to,length_km,line_class
ab,aton,beton,38,main
bc,beton,ceton,37,main
ad,aton,deton,60,secondary
dc,deton,ceton,61,secondary
"""
DOCUMENTS = """\
documents:
- {id: d1, publisher: P, published: 2025-03-02, url: "https://example.org"}
"""
INCIDENTS = """\
incidents:
- id: i1
  title: Fire at a signal box
  kind: fire
  zone: Europe/Berlin
  place: {between: [Beton, Ceton]}
  effect: closed
  claims:
  - {document: d1, speaker: S, says: closed, about: start, at: 2025-03-01T12:00+01:00}
  - {document: d1, speaker: S, says: open, about: first_traffic, at: 2025-03-02T12:00+01:00}
"""
SCENARIO = """\
title: Mine
network: net
window: {start: 2025-03-01, end: 2025-03-05, zone: Europe/Berlin}
incidents: {files: [inc.yaml], documents: [docs.yaml]}
demand: {hubs: [aton, beton, ceton]}
"""


def write_own(folder: Path, **texts: str) -> Path:
    """Write the files of a small study, some of them otherwise; return its scenario.

    Parameters
    ----------
    **texts
        What stands in place of ``hubs``, ``links``, ``stations``, ``geometry``, ``aliases``,
        ``documents``, ``incidents`` or ``scenario``.
    """
    (folder / "net").mkdir(exist_ok=True)
    files = {
        "net/hubs.csv": texts.get("hubs", HUBS),
        "net/links.csv": texts.get("links", LINKS),
        "net/stations.csv": texts.get("stations", ""),
        "net/geometry.geojson": texts.get("geometry", ""),
        "net/aliases.csv": texts.get("aliases", ""),
        "docs.yaml": texts.get("documents", DOCUMENTS),
        "inc.yaml": texts.get("incidents", INCIDENTS),
        "sc.yaml": texts.get("scenario", SCENARIO),
    }
    for name, text in files.items():
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    return folder / "sc.yaml"


@dataclass(frozen=True)
class Said:
    """What the command printed, and its exit code."""

    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def command(*arguments: str | Path, terminal: bool = False) -> Said:
    """Run the command within this process, as if at a terminal or not."""
    import sys

    from netmodel.cli.main import main

    stream = Terminal if terminal else io.StringIO
    out, err = stream(), stream()
    before = sys.argv
    sys.argv = ["netmodel", *map(str, arguments)]
    code = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    finally:
        sys.argv = before
    return Said(code, out.getvalue(), err.getvalue())
