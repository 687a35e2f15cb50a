"""The readers of tables of disruptions, drafts and decisions, and of what is kept aside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import netmodel as nm
from netmodel.errors import InputError, Problem
from netmodel.evidence.train_reports import read_train_reports
from netmodel.files.kept import Keeping
from netmodel.importing.clipping import read_clip
from netmodel.reading.decisions import write_decisions
from netmodel.reading.draft_file import write_draft
from netmodel.reading.read_articles import ArticleReader
from netmodel.trains.services_file import read_train_ways, read_trains
from tests.fuzz.target import Target, one_file
from tests.own_network import write_own
from tests.small_draft import DERAILED, make_draft

ARTICLE = """\
Four wagons left the rails between Fastiv and Bila Tserkva at 5:40 on Tuesday, the railway said. \
Both tracks were blocked for two hours. "It could be worse," said Volodymyr Zaruba.

У ніч на середу під Ніжином знеструмлено контактну мережу, рух обіцяють відновити до вечора.

С 28 апреля по 4 мая перегон Лазаревская – Лоо закроют для ремонта.
"""
ARTICLE_PAGE = f"<html><head><script>x()</script></head><body><p>{ARTICLE}</p></body></html>"
MAP = """\
document: {id: t, publisher: P, published: 2023-01-01}
zone: Europe/Berlin
start: from
minutes: minutes
title: "{cause}"
kind: {columns: [cause], values: {fire: fire}, otherwise: other}
effect: {otherwise: closed}
place: {stations: {column: stations, separator: ";"}}
"""
TABLE = (
    "id,from,minutes,cause,stations\n"
    "1,2023-05-18 07:40,95,fire,Aton;Beton\n"
    "2,2023-05-18 09:00,-5,tree,Beton;Ceton\n"
)
REPORTS = (
    "id,incident,date,train,from,to,did,document,place,delay_minutes,qualifier\n"
    "r1,i1,2026-01-30,85/86,Aton,Beton,detoured,d1,section,95,about\n"
    "r2,i1,2026-01-31,38,Beton,Aton,cut short,d1,,,\n"
)
TRAINS = "id,number,kind,stops\na,85,long_distance,Aton;Beton\nb,86,intercity,Beton;Aton\n"
WAYS = "train,basis,via,of\na,preferred,Ceton,\nb,inherited,Deton;Ceton,a\n"
OVERPASS = json.dumps({"elements": [
    {"type": "way", "id": 1, "nodes": [1, 2], "tags": {"railway": "rail", "name": "x"}},
    {"type": "node", "id": 1, "lat": 0.0, "lon": 0.0, "tags": {"railway": "station", "name": "A"}},
    {"type": "node", "id": 2, "lat": 0.0, "lon": 0.1},
]})  # fmt: skip
POINTS = "name;lon;lat;population\nAton;0,0;0,0;500\nBeton;0,1;0,0;\n"
AREA = json.dumps({"type": "Feature", "properties": {}, "geometry": {
    "type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}})  # fmt: skip
PIECE = {"cut": [1, 2.5, None], "name": "x"}
_NETWORKS: dict[Path, nm.Network] = {}


def own_network(folder: Path) -> nm.Network:
    """Return the small network of a folder, read once."""
    if folder not in _NETWORKS:
        write_own(folder)
        _NETWORKS[folder] = nm.read_network(folder / "net")
    return _NETWORKS[folder]


def _table(folder: Path) -> list[Path]:
    (folder / "map.yaml").write_text(MAP, encoding="utf-8")
    (folder / "table.csv").write_text(TABLE, encoding="utf-8")
    return [folder / "table.csv"]


def _map(folder: Path) -> list[Path]:
    _table(folder)
    return [folder / "map.yaml"]


def _workbook(folder: Path) -> list[Path]:
    import openpyxl

    _table(folder)
    book = openpyxl.Workbook()
    for row in TABLE.splitlines():
        book.active.append(row.split(","))
    book.save(folder / "table.xlsx")
    return [folder / "table.xlsx"]


def _drafts(folder: Path) -> list[Path]:
    draft = make_draft()
    return [write_draft(replace(draft, incidents=draft.incidents[1:]), folder / "drafts.yaml")]


def _decisions(folder: Path) -> list[Path]:
    question = f"{DERAILED}/field/0"
    decision = nm.reading.Decision(
        question=question, about="x", do="change", values={"kind": "fire"}
    )
    other = nm.reading.Decision(question=f"{DERAILED}/incident", about="y", do="accept", values={})
    return [write_decisions([decision, other], folder / "drafts.decisions.yaml")]


def _keeping(folder: Path) -> Keeping[int, object]:
    return Keeping(
        folder=folder / "kept", work="work", describe=lambda item: item,
        pack=lambda result: json.dumps(result).encode(),
        unpack=lambda packed, _: json.loads(packed),
    )  # fmt: skip


def _piece(folder: Path) -> list[Path]:
    (folder / "kept").mkdir()
    [place] = _keeping(folder).look([1])
    _keeping(folder).keep(place, PIECE)
    assert place is not None
    return [place]


def _read_piece(folder: Path) -> object:
    """Read a kept piece: what is damaged is not there, and nothing else comes of it."""
    [place] = _keeping(folder).look([1])
    found = _keeping(folder).find(place, 1)
    if found is None:
        raise InputError([Problem(what="is not kept", where=place.name if place else "")])
    assert found == PIECE
    return found


def _read_article(path: Path) -> nm.reading.Draft:
    """Read an article; every span of the draft quotes it."""
    (article,) = nm.reading.read_files([path], published="2024-03-13")
    draft = _article_reader().read([article])
    draft.check({article.source.id: article.text})
    return draft


@cache
def _article_reader() -> ArticleReader:
    return ArticleReader(nm.built_in_network(), None)


def _points(folder: Path) -> list[Path]:
    from tests.railway_files import at, write_geojson

    write_geojson(folder / "lines.geojson", [([at(0), at(11000)], {"railway": "rail"})])  # type: ignore[list-item]
    return one_file("points.csv", POINTS)(folder)


def _overpass(folder: Path) -> list[Path]:
    return one_file("answer.json", OVERPASS)(folder)


def _ways(folder: Path) -> list[Path]:
    one_file("services.csv", TRAINS)(folder)
    return one_file("ways.csv", WAYS)(folder)


READING_TARGETS: Mapping[str, Target] = {
    "article": Target(
        make=one_file("article.txt", ARTICLE),
        read=lambda folder: _read_article(folder / "article.txt"),
    ),
    "article page": Target(
        make=one_file("article.html", ARTICLE_PAGE),
        read=lambda folder: _read_article(folder / "article.html"),
    ),
    "table of disruptions": Target(
        make=_table,
        read=lambda folder: nm.reading.read_table(
            folder / "table.csv", folder / "map.yaml", own_network(folder)
        ),
    ),
    "map of a table": Target(
        make=_map, read=lambda folder: nm.reading.read_table_map(folder / "map.yaml")
    ),
    "drafts": Target(
        make=_drafts, read=lambda folder: nm.reading.read_draft(folder / "drafts.yaml")
    ),
    "decisions": Target(
        make=_decisions,
        read=lambda folder: nm.reading.read_decisions(folder / "drafts.decisions.yaml"),
    ),
    "reports of trains": Target(
        make=one_file("reports.csv", REPORTS),
        read=lambda folder: read_train_reports(
            folder / "reports.csv", incidents={"i1"}, documents={"d1"}
        ),
    ),
    "ways of trains": Target(
        make=_ways,
        read=lambda folder: read_train_ways(
            read_trains(folder / "services.csv"), folder / "ways.csv"
        ),
    ),
    "station points": Target(
        make=_points,
        read=lambda folder: nm.importing.import_network(
            folder / "lines.geojson", stations=folder / "points.csv"
        ),
    ),
    "area of a clip": Target(
        make=one_file("area.geojson", AREA), read=lambda folder: read_clip(folder / "area.geojson")
    ),
    "answer of Overpass": Target(
        make=_overpass, read=lambda folder: nm.importing.import_network(folder / "answer.json")
    ),
    "workbook of disruptions": Target(
        make=_workbook,
        read=lambda folder: nm.reading.read_table(
            folder / "table.xlsx", folder / "map.yaml", own_network(folder)
        ),
        binary=True,
    ),
    "kept pieces": Target(make=_piece, read=_read_piece, binary=True),
}
