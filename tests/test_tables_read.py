"""One reader of tables: for hubs, links, stations, accepted findings, demand and trains alike."""

import os
import warnings
from pathlib import Path

import pytest

from netmodel.errors import InputError, InputWarning
from netmodel.files.csv import read_rows
from netmodel.files.text import read_file
from netmodel.impact.demand import read_demand
from netmodel.network import Hub, Link, read_accepted, read_network, write_network
from netmodel.trains.services_file import read_trains
from tests.effort import counted_calls
from tests.own_network import HUBS, LINKS, SCENARIO, command, write_own

ALIASES = "form,language,kind,means\nAtonish,en,adjective,aton\n"
ACCEPTED = "rule,id,reason\ndead_end,a,ours\n"
DEMAND = "from,to,trips\nAton,Beton,3\n"
SERVICES = "number,kind,stops\n85,long_distance,Lviv;Dnipro\n"
STATIONS = "name,link,km\nHalt,ab,3\n"
TABLES = {"hubs": HUBS, "links": LINKS, "stations": STATIONS, "accepted": ACCEPTED,
          "aliases": ALIASES, "demand": DEMAND, "services": SERVICES}  # fmt: skip


def read(kind, content, folder):
    """Read one table of a kind from bytes, the others being in order."""
    write_own(folder, stations=STATIONS)
    path = folder / "net" / f"{kind}.csv"
    path.write_bytes(content)
    match kind:
        case "accepted":
            return read_accepted(path)
        case "demand":
            write_own(folder)
            return read_demand(path, read_network(folder / "net"))
        case "services":
            return read_trains(path)
    return read_network(folder / "net")


def row_of(text):
    return text.splitlines()[1]


DAMAGE = {
    "a cell too many": lambda text: f"{text.splitlines()[0]}\n{row_of(text)},000\n",
    "a cell too few": lambda text: f"{text.splitlines()[0]}\n{row_of(text).rpartition(',')[0]}\n",
    "a column twice": lambda text: text.replace("\n", f",{text.split(',')[0]}\n", 1),
    "a column without a name": lambda text: text.replace("\n", ",\n"),
    "a huge cell": lambda text: f'{text.splitlines()[0]}\n"{"x" * 200_000}",b,c\n',
    "a quote left open": lambda text: f'{text}"open,b,c\nd,e,f\n',
    "semicolons": lambda text: text.replace(";", "/").replace(",", ";"),
    "tabs": lambda text: text.replace(",", "\t"),
    "no rows, no header": lambda text: "",
    "a bell": lambda text: f"{text.rstrip()}\x07\n",
    "a null": lambda text: f"{text.rstrip()}\x00\n",
    "no commas at all": lambda text: "one\ntwo\n",
}


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_at_its_line_in_every_table(kind, damage, tmp_path):
    content = DAMAGE[damage](TABLES[kind]).encode()
    with pytest.raises(InputError) as refused:
        read(kind, content, tmp_path)
    assert all(each.where.startswith(f"{kind}.csv") for each in refused.value.problems)


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize(
    ("encoding", "word", "named"),
    [("cp1251", "Джанкой", "Windows-1251"), ("cp1252", "Köln", "Windows-1252"),
     ("utf-16", "Джанкой", "UTF-16")],
)  # fmt: skip
def test_the_encoding_is_told_in_every_table(kind, encoding, word, named, tmp_path):
    content = f"{TABLES[kind]}{word}".encode(encoding)
    with pytest.raises(InputError, match=named) as refused:
        read(kind, content, tmp_path)
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize("kind", TABLES)
def test_a_byte_order_mark_and_any_end_of_line_are_read(kind, tmp_path):
    plain = read(kind, TABLES[kind].encode(), tmp_path)
    with_mark = TABLES[kind].replace("\n", "\r\n").encode("utf-8-sig")
    assert repr(read(kind, with_mark, tmp_path)) == repr(plain)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [("links", "line_class", "line_clas"), ("hubs", "population", "populaton"),
     ("links", "line_class", "Line Class"), ("stations", "km\n", "km,alias\n")],
)  # fmt: skip
def test_a_near_miss_of_an_optional_column_is_pointed_out(kind, right, wrong, tmp_path):
    content = TABLES[kind].replace(right, wrong, 1)
    if kind == "stations":
        content = content.replace("ab,3", "ab,3,Stop")
    with pytest.warns(InputWarning, match="did you mean"):
        read(kind, content.encode(), tmp_path)


def test_a_near_miss_among_trains_is_pointed_out(tmp_path):
    with pytest.warns(InputWarning, match="did you mean 'departs'"):
        read("services", SERVICES.replace("stops\n", "stops,depart\n")
             .replace("Dnipro", "Dnipro,18:00").encode(), tmp_path)  # fmt: skip


@pytest.mark.parametrize("column", ["owner", "name_uk", "line_speed", "note"])
def test_a_column_of_ones_own_is_not_remarked_on(column, tmp_path):
    content = HUBS.replace("country", column)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read("hubs", content.encode(), tmp_path).hubs[0].extra == {column: "XX"}


def test_the_command_says_a_near_miss_as_a_note(tmp_path):
    write_own(tmp_path, links=LINKS.replace("line_class", "line_clas"))
    said = command("check", tmp_path / "net")
    assert said.code == 0
    lines = said.err.splitlines()
    assert any(each.startswith("note: links.csv:1: column 'line_clas'") for each in lines)


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".graphml"])
def test_a_near_miss_is_pointed_out_in_every_format(suffix, tmp_path):
    if suffix == ".gpkg":
        pytest.importorskip("pyogrio")
    write_own(tmp_path)
    path = write_network(read_network(tmp_path / "net"), tmp_path / f"n{suffix}")
    content = path.read_bytes()
    # As long as the right one, so that a binary file stays sound.
    path.write_bytes(content.replace(b"population", b"popolation"))
    with pytest.warns(InputWarning, match="did you mean 'population'"):
        read_network(path)


def test_a_demand_without_trips_is_refused_when_it_is_read(tmp_path):
    (tmp_path / "trips.csv").write_text("from,to,trips\nAton,Beton,0\n")
    table = SCENARIO.replace("{hubs: [aton, beton, ceton]}", "{kind: table, file: trips.csv}")
    said = command("run", write_own(tmp_path, scenario=table), "--out", tmp_path / "out")
    assert said.code == 2
    assert "all trips are 0" in said.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [("length_km", "1e9", "at most 20,000"), ("length_km", "inf", "finite"),
     ("minutes", "1e300", "at most 100,000"), ("population", "1e30", "at most")],
)  # fmt: skip
def test_lengths_and_populations_have_an_upper_limit(column, value, says, tmp_path):
    kind = "hubs" if column == "population" else "links"
    header, row = TABLES[kind].splitlines()[:2]
    cells = dict(zip(header.split(","), row.split(","), strict=True)) | {column: value}
    content = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    with pytest.raises(InputError, match=says):
        read(kind, content.encode(), tmp_path)


def test_the_limits_hold_from_python_too():
    with pytest.raises(InputError, match="at most"):
        Hub(id="a", name="A", lon=0, lat=0, population=10**30)
    with pytest.raises(InputError) as refused:
        Link(id="l", from_hub="a", to_hub="b", length_km=1e9, minutes=1e300)
    assert {each.where for each in refused.value.problems} == {"length_km", "minutes"}


def test_what_never_ends_is_refused_soon():
    with counted_calls() as effort, pytest.raises(InputError, match="too large"):
        read_file(Path("/dev/zero"), most=1_000_000)
    assert effort.calls < 10_000


def test_a_pipe_is_read(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    if os.fork() == 0:
        path.write_text(ACCEPTED)
        os._exit(0)
    rows = read_rows(path, [], required=("rule",))
    os.wait()
    assert [row.cells["reason"] for row in rows] == ["ours"]


@pytest.mark.parametrize("what", ["folder", "missing", "long", "null"])
def test_a_path_that_holds_no_table_is_one_problem(what, tmp_path):
    name = {"folder": ".", "missing": "x.csv", "long": "x" * 300, "null": "a\0b"}[what]
    problems = []
    assert not read_rows(tmp_path / name, problems, required=("a",))
    assert len(problems) == 1
