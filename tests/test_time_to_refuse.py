"""What it takes to refuse a file grows with the file, and no faster."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import netmodel as nm
from netmodel.errors import InputError
from netmodel.evidence.train_reports import read_train_reports
from netmodel.impact.demand import read_demand
from netmodel.importing import import_gtfs, import_network
from netmodel.network import read_accepted, read_network
from netmodel.network.aliases import ALIAS_COLUMNS
from netmodel.trains.services_file import read_trains
from netmodel.validation.observations import read_observations
from tests.effort import counted_calls
from tests.gtfs_feeds import STOPS, run, write_feed
from tests.own_network import HUBS, LINKS, command, write_own

ROWS = 150
TIMES = 4
Refuse = Callable[[Path, int], object]


def rows(row: str, count: int, head: str = "") -> str:
    """Return a head and so many rows, each with its number in place of N."""
    return head + "".join(row.replace("N", str(n)) for n in range(count))


def in_file(name: str, text: Callable[[int], str], read: Callable[[Path], object]) -> Refuse:
    def refuse(folder: Path, count: int) -> object:
        (folder / name).write_text(text(count), encoding="utf-8")
        return read(folder / name)

    return refuse


def in_network(part: str, text: Callable[[int], str]) -> Refuse:
    def refuse(folder: Path, count: int) -> object:
        write_own(folder, **{part: text(count)})
        return read_network(folder / "net")

    return refuse


def features(one: dict[str, object], count: int) -> str:
    listed = [{"type": "Feature", **one} for _ in range(count)]
    return json.dumps({"type": "FeatureCollection", "features": listed})


def feed(folder: Path, count: int) -> object:
    trips = {str(n): run("a b", 360, 12) for n in range(count)}
    return import_gtfs(write_feed(folder / "f.zip", trips, stops=STOPS.replace("a,Aton", "z,Aton")))


def demand(folder: Path, count: int) -> object:
    write_own(folder)
    text = rows("hubN,Beton,1\n", count, "from,to,trips\n")
    (folder / "demand.csv").write_text(text, encoding="utf-8")
    return read_demand(folder / "demand.csv", read_network(folder / "net"))


REPORTS = "id,incident,date,train,from,to,did,document\n"
REFUSED: dict[str, Refuse] = {
    "documents": in_file(
        "d.yaml", lambda n: rows("- {id: dN, publisher: P, pubished: x}\n", n, "documents:\n"),
        nm.evidence.read_catalogue,
    ),
    "incidents": in_file(
        "i.yaml",
        lambda n: rows("- {id: iN, title: X, kind: fier, zone: UTC, place: {hub: a}}\n",
                       n, "incidents:\n"),
        nm.evidence.read_catalogue,
    ),
    "brackets": in_file("b.yaml", lambda n: "[" * 25 * n, nm.evidence.read_catalogue),
    "a single line": in_file(
        "l.yaml", lambda n: "documents: [" + "a, " * 10 * n, nm.evidence.read_catalogue
    ),
    "hubs": in_network("hubs", lambda n: rows("hN,Hub,x,50,1,XX\n", n, HUBS)),
    "links": in_network("links", lambda n: rows("lN,atonN,beton,9,main\n", n, LINKS)),
    "stations": in_network(
        "stations", lambda n: rows("Halt N,abN,3\n", n, "name,link,km\n")
    ),
    "aliases": in_network(
        "aliases",
        lambda n: rows(",".join(["xN"] * len(ALIAS_COLUMNS)) + "\n", n,
                       ",".join(ALIAS_COLUMNS) + "\n"),
    ),
    "courses": in_network(
        "geometry",
        lambda n: features({"properties": {"id": "abc"},
                            "geometry": {"type": "Point", "coordinates": [1, 2]}}, n),
    ),
    "network in GeoJSON": in_file(
        "n.geojson", lambda n: features({"properties": {"id": 3}, "geometry": None}, n),
        read_network,
    ),
    "network in GraphML": in_file(
        "n.graphml", lambda n: rows("<node id='hN'/>", n, "<graphml><graph>"), read_network
    ),
    "accepted": in_file(
        "a.csv", lambda n: rows("dead_edn,aN,ours\n", n, "rule,id,reason\n"), read_accepted
    ),
    "demand": demand,
    "trains": in_file(
        "s.csv", lambda n: rows("N,long_distance,Lviv;Kyiv,xN\n", n, "number,kind,stops,departs\n"),
        read_trains,
    ),
    "reports of trains": in_file(
        "r.csv", lambda n: rows("rN,iN,2026-01-01,1,A,B,lat,d\n", n, REPORTS),
        lambda path: read_train_reports(path, incidents={"i"}, documents={"d"}),
    ),
    "observations": in_file(
        "o.yaml", lambda n: rows("- {id: oN, kind: timetabel}\n", n, "observations:\n"),
        lambda path: read_observations(path, {}),
    ),
    "decisions": in_file(
        "x.yaml",
        lambda n: rows("- {question: qN, about: a, do: acept}\n", n,
                       "decisions_about: draft\ndecisions:\n"),
        nm.reading.read_decisions,
    ),
    "map of a table": in_file(
        "m.yaml", lambda n: rows("keyN: x\n", n), nm.reading.read_table_map
    ),
    "lines": in_file(
        "l.geojson", lambda n: features({"properties": {}, "geometry": None}, n), import_network
    ),
    "OpenStreetMap": in_file(
        "x.osm",
        lambda n: rows("<node id='1N' lat='1' lon='1'/>", n, "<osm version='0.6'>") + "</osm>",
        import_network,
    ),
    "Overpass": in_file(
        "x.json",
        lambda n: json.dumps({"elements": [{"type": "node", "id": k} for k in range(n)]}),
        import_network,
    ),
    "GTFS": feed,
}  # fmt: skip


def calls_to_refuse(refuse: Refuse, folder: Path, count: int) -> int:
    folder.mkdir(exist_ok=True)
    with counted_calls() as effort, pytest.raises(InputError):
        refuse(folder, count)
    return effort.calls


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_refusal_takes_grows_with_the_file(name, tmp_path, monkeypatch):
    pytest.importorskip("osmium")
    pytest.importorskip("pyogrio")
    monkeypatch.setenv("NETMODEL_CACHE", "")
    refuse = REFUSED[name]
    calls_to_refuse(refuse, tmp_path / "warm", 10)
    little = calls_to_refuse(refuse, tmp_path / "little", ROWS)
    much = calls_to_refuse(refuse, tmp_path / "much", TIMES * ROWS)
    assert much < TIMES * 1.25 * little + 1000
    assert much < 15_000_000


def test_the_command_refuses_a_large_file_in_time_that_grows_with_it(tmp_path):
    write_own(tmp_path, links=rows("lN,atonN,beton,9,main\n", 5000, LINKS))
    with counted_calls() as effort:
        said = command("run", tmp_path / "sc.yaml", "--out", tmp_path / "out")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 5000)
    assert effort.calls < 15_000_000
