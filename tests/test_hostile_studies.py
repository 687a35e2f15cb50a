"""What was found to break a study: each is refused in one line, pointed out, or right."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from netmodel.errors import InputError, InputWarning
from netmodel.evidence.incident import Document, Incident, Replacement
from netmodel.files.yaml import parse_yaml
from netmodel.network import read_network, write_network
from netmodel.scenario.loading import read_scenario
from netmodel.times import parse_time
from tests.effort import counted_calls
from tests.own_network import DOCUMENTS, HUBS, INCIDENTS, LINKS, SCENARIO, command, write_own

ROOT = Path(__file__).parents[1]
HUBS_OF_DEMAND = "{hubs: [aton, beton, ceton]}"
TITLE = "Fire at a signal box"


def table(name):
    return {"scenario": SCENARIO.replace(HUBS_OF_DEMAND, f"{{kind: table, file: {name}}}")}


REFUSED = {
    "yaml tag int": ({"scenario": SCENARIO.replace("Mine", "!!int abc")}, "sc.yaml:1:8"),
    "yaml tag float": ({"scenario": SCENARIO.replace("Mine", "!!float x")}, "sc.yaml:1:8"),
    "5,000 digits": ({"scenario": SCENARIO.replace("Mine", "9" * 5000)}, "sc.yaml:1:8"),
    "zone is a folder": ({"scenario": SCENARIO.replace("Europe/Berlin", "Europe")}, "sc.yaml:3:"),
    "zone of 300 letters": (
        {"scenario": SCENARIO.replace("Europe/Berlin", "x" * 300)}, "sc.yaml:3:"),
    "window before 1800 in UTC": (
        {"scenario": SCENARIO.replace("2025-03-01", "1800-01-01")}, "sc.yaml:3:"),
    "network of 300 letters": (
        {"scenario": SCENARIO.replace("network: net", f"network: {'x' * 300}")}, "sc.yaml:2:1"),
    "network with a null": (
        {"scenario": SCENARIO.replace("network: net", 'network: "a\\0b"')}, "sc.yaml:2:1"),
    "file of 300 letters": ({"scenario": SCENARIO.replace("inc.yaml", "x" * 300)}, "sc.yaml:4:21"),
    "file with a null": ({"scenario": SCENARIO.replace("inc.yaml", '"a\\0b"')}, "sc.yaml:4:21"),
    "an instant in seconds since 1970": (
        {"incidents": INCIDENTS.replace("at: 2025-03-01T12:00+01:00", "at: 1740826800")},
        "(=1740826800); seconds since 1970? write 2025-03-01T11:00Z"),
    "seconds with a fraction": (
        {"incidents": INCIDENTS.replace("at: 2025-03-01T12:00+01:00", "at: 1740826800.5")},
        "seconds since 1970? write 2025-03-01T11:00Z"),
    "a number with a fraction": (
        {"incidents": INCIDENTS.replace("at: 2025-03-01T12:00+01:00", "at: 0.5")},
        "inc.yaml:9:60: at: must be text"),
    "an instant without end": (
        {"incidents": INCIDENTS.replace("at: 2025-03-01T12:00+01:00", "at: .inf")},
        "inc.yaml:9:60: at: must be text"),
    "a year alone": (
        {"incidents": INCIDENTS.replace("at: 2025-03-01T12:00+01:00", "at: 2025")},
        "inc.yaml:9:60: at: must be text"),
    "a sign between thousands": (
        {"hubs": HUBS.replace("500000", '"500,000"')}, "thousands without a sign"),
    "two links without id": (
        {"links": LINKS.replace("ab,aton", ",aton").replace("ad,aton", ",aton")}, "links.csv:4"),
    "a side that is none": (
        {"links": LINKS.replace("line_class", "from_side").replace("main", "left")},
        "links.csv:2: from_side"),
    "demand is a folder": (table("net"), "net: is a folder"),
    "demand with a null": (table('"a\\0b"'), "cannot be read"),
    "demand of 300 letters": (table("x" * 300), "cannot be read"),
    "speed below 1 km/h": (
        {"scenario": SCENARIO + "routing: {profiles: {passenger: {speed_kmh: {main: 0.1}}}}\n"},
        "sc.yaml:6:"),
    "link without id": ({"links": LINKS.replace("ad,aton", ",aton")}, "links.csv:4"),
    "link of 1e9 km": ({"links": LINKS.replace("38", "1e9")}, "links.csv:2"),
    "incident id with a return": (
        {"incidents": INCIDENTS.replace("id: i1", 'id: "a\\rb"')}, "inc.yaml:2:3"),
    "incident id with a null": (
        {"incidents": INCIDENTS.replace("id: i1", 'id: "a\\0b"')}, "inc.yaml:2:3"),
    "incident id of two lines": (
        {"incidents": INCIDENTS.replace("id: i1", 'id: "a\\nb"')}, "inc.yaml:2:3"),
    "document id with a semicolon": (
        {"documents": DOCUMENTS.replace("id: d1", 'id: "d;1"'),
         "incidents": INCIDENTS.replace("document: d1", 'document: "d;1"')}, "docs.yaml:2:4"),
    "title that commands a terminal": (
        {"incidents": INCIDENTS.replace(TITLE, '"\\e]0;PWN\\a"')}, "inc.yaml:3:3"),
    "replacement to itself": (
        {"incidents": INCIDENTS.replace(
            "effect: closed",
            "effect: closed\n  replacement: [{from: Beton, to: Beton, document: d1}]")},
        "inc.yaml:"),
    "traffic of an incident is empty": (
        {"incidents": INCIDENTS.replace("effect: closed", "effect: closed\n  traffic: []")},
        "inc.yaml:8:"),
    "place between a hub and itself": (
        {"incidents": INCIDENTS.replace("[Beton, Ceton]", "[Beton, Beton]")}, "inc.yaml:2:3"),
    "courses nested deeply": ({"geometry": "[" * 3000}, "geometry.geojson"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_at_its_place(name, tmp_path):
    texts, where = REFUSED[name]
    said = command("run", write_own(tmp_path, **texts), "--out", tmp_path / "out")
    assert said.code == 2
    assert said.out == ""
    assert where in said.err
    assert all(line.startswith("netmodel: ") for line in said.err.splitlines())
    assert not (tmp_path / "out").exists()


POINTED_OUT = {
    "a claim made in another century": (
        {"incidents": INCIDENTS.replace("about: start, at", "about: start, made: 2199-01-01, at")},
        "inc.yaml:9:60: made"),
    "a column electrifed": (
        {"links": LINKS.replace("line_class", "electrifed").replace("main", "yes")
         .replace("secondary", "no")},
        "links.csv:1: column 'electrifed'"),
    "a column minuts": (
        {"links": LINKS.replace("line_class", "minuts").replace("main", "30")
         .replace("secondary", "50")},
        "links.csv:1: column 'minuts'"),
    "demand of a traffic that is not run": (
        {"scenario": SCENARIO + f"demand_by_traffic: {{freight: {HUBS_OF_DEMAND}}}\n"},
        "sc.yaml:6:21: freight"),
    "profile of a traffic that is not run": (
        {"scenario": SCENARIO + "routing: {profiles: {freight: {reversal_minutes: 3}}}\n"},
        "sc.yaml:6:22: freight"),
    "exponent of a uniform demand": (
        {"scenario": SCENARIO.replace("{hubs", "{exponent: 2, hubs")}, "sc.yaml:5:10: exponent"),
    "scale of a power": (
        {"scenario": SCENARIO.replace("{hubs", "{kind: gravity, scale_km: 9, hubs")},
        "sc.yaml:5:25: scale_km"),
    "exponent of an exponential": (
        {"scenario": SCENARIO.replace(
            "{hubs", "{kind: gravity, deterrence: exponential, exponent: 2, hubs")},
        "sc.yaml:5:50: exponent"),
    "no ids": ({"scenario": SCENARIO.replace("{files", "{ids: [], files")}, "sc.yaml:4:13: ids"),
    "no kinds": (
        {"scenario": SCENARIO.replace("{files", "{kinds: [], files")}, "sc.yaml:4:13: kinds"),
    "no files": ({"scenario": SCENARIO.replace("[inc.yaml]", "[]")}, "sc.yaml:4:13: files"),
    "slowed without the effect": (
        {"incidents": INCIDENTS.replace(
            "effect: closed", "effect: closed\n  slowed: {minutes: 9}")},
        "inc.yaml:8:3: slowed"),
    "standing on a network of one's own": (
        {"incidents": INCIDENTS.replace("effect: closed", "effect: closed\n  standing: true")},
        "sc.yaml:4:1: incident 'i1'"),
}  # fmt: skip


@pytest.mark.parametrize("name", POINTED_OUT)
def test_it_is_pointed_out_at_its_place(name, tmp_path):
    texts, where = POINTED_OUT[name]
    path = write_own(tmp_path, **texts)
    with pytest.warns(InputWarning, match=where.partition(": ")[2]):
        read_scenario(path)
    said = command("run", path, "--out", tmp_path / "out")
    assert said.code == 0
    assert f"note: {where}" in said.err


@pytest.mark.parametrize("scale", ["1e-300", "1e-100", "1e-5"])
def test_a_tiny_scale_of_repair_runs(scale, tmp_path):
    path = write_own(tmp_path, scenario=SCENARIO + f"repair_scale: {scale}\n")
    said = command("run", path, "--out", tmp_path / "out")
    assert (said.code, said.err) == (0, "")


def test_values_refuse_such_ids_and_texts_at_birth():
    with pytest.raises(InputError, match="separates ids"):
        Document(id="a;b", publisher="P")
    with pytest.raises(InputError, match="more than one line"):
        Document(id="a\nb", publisher="P")
    with pytest.raises(InputError, match="control character"):
        Document(id="a", publisher="P\x1b[31m")
    with pytest.raises(InputError, match="to itself"):
        Replacement(from_hub="a", to_hub="a", document="d")
    with pytest.raises(InputError, match="id"):
        Incident(id="a\x00", title="X", kind="fire", zone="Europe/Kyiv", places="Kyiv",
                 effect="none", claims=())  # fmt: skip


@pytest.mark.parametrize("text", ["1800-01-01", "1800-01-01T01:00", "2200-12"])
def test_the_years_are_those_of_utc(text):
    zone = "Europe/Kyiv" if text.startswith("1800") else "America/New_York"
    with pytest.raises(ValueError, match="1800 to 2200"):
        parse_time(text, zone=zone)


# Bombs


BOMBS = {
    "aliases": "\n".join(
        ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
        + [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    ),
    "brackets": "[" * 2000,
    "many brackets": "[" * 200_000,
    "braces": "{a: " * 5000,
    "dashes": "- " * 5000,
    "an alias of itself": "a: &a [*a]",
}
JSON_BOMBS = {"brackets": "[" * 100_000, "braces": '{"a":' * 100_000}
_MEASURE = """
import resource, sys
from pathlib import Path
from netmodel.errors import InputError
from netmodel.files.yaml import parse_yaml
from tests.effort import counted_calls
parse_yaml("a: 1", name="warm")
text = Path(sys.argv[1]).read_text()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    with counted_calls() as effort:
        parse_yaml(text, name="s.yaml")
except InputError as error:
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(len(error.problems), effort.calls, more)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_few_calls_and_100_megabytes(name, tmp_path):
    (tmp_path / "bomb").write_text(BOMBS[name])
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, tmp_path / "bomb"], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NETMODEL_CACHE": ""}, check=True,
    )  # fmt: skip
    count, calls, kilobytes = done.stdout.split()
    assert int(count) == 1
    assert int(calls) < 15_000_000
    assert int(kilobytes) < 100_000


def test_anchors_may_be_named_twice():
    assert parse_yaml("a: &x 1\nb: &x 2\nc: *x", name="s").value == {"a": 1, "b": 2, "c": 2}


@pytest.mark.parametrize("name", JSON_BOMBS)
@pytest.mark.parametrize("place", ["n.geojson", "net"])
def test_a_bomb_of_courses_is_refused_soon(name, place, tmp_path):
    write_own(tmp_path, geometry=JSON_BOMBS[name])
    (tmp_path / "n.geojson").write_text(JSON_BOMBS[name])
    with counted_calls() as effort, pytest.raises(InputError):
        read_network(tmp_path / place)
    assert effort.calls < 100_000


def test_a_bomb_of_entities_is_refused(tmp_path):
    pytest.importorskip("networkx")
    names = '<!ENTITY a0 "x">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)
    )
    text = f'<?xml version="1.0"?><!DOCTYPE g [{names}]><graphml><graph>&a8;</graph></graphml>'
    (tmp_path / "n.graphml").write_text(text)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with counted_calls() as effort, pytest.raises(InputError):
        read_network(tmp_path / "n.graphml")
    assert effort.calls < 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize("count", [2000, 4000])
def test_slips_are_told_with_calls_that_grow_with_the_file(count, tmp_path):
    lines = "".join(f"- {{id: d{n}, publisher: P, pubished: x}}\n" for n in range(count))
    (tmp_path / "docs.yaml").write_text("documents:\n" + lines)
    with counted_calls() as effort:
        said = command("check", tmp_path / "docs.yaml")
    assert said.err.count("\n") == count
    assert effort.calls < 12_000 * count


def test_what_is_larger_than_a_text_may_be_is_refused_unread(tmp_path):
    with (tmp_path / "one.yaml").open("wb") as file:
        file.truncate(100_000_000)
    for path in (tmp_path / "one.yaml", Path("/dev/zero")):
        with counted_calls() as effort:
            said = command("check", path)
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert "larger than 50 MB" in said.err
        assert effort.calls < 5_000_000


def test_the_nearest_of_many_unknown_hubs_is_told_in_time(tmp_path):
    hubs = "id,name,lon,lat\n" + "".join(f"hub{n},Hub {n},{n / 100},1\n" for n in range(3000))
    links = "id,from,to,length_km\n" + "".join(f"l{n},hubb{n},hub{n},9\n" for n in range(3000))
    write_own(tmp_path, hubs=hubs, links=links)
    with counted_calls() as effort, pytest.raises(InputError) as refused:
        read_network(tmp_path / "net")
    assert len(refused.value.problems) == 3000
    assert effort.calls < 40_000_000


# What stands in streams, terminals and paths


@pytest.mark.parametrize("field", ["title", "says", "publisher"])
def test_brackets_and_bidi_are_shown_as_such(field, tmp_path):
    odd = '"\\u202e \\\\[link=file:///etc/passwd]x\\\\[/link] \\\\[/foo]"'
    incidents, documents = INCIDENTS, DOCUMENTS
    if field == "title":
        incidents = incidents.replace(TITLE, odd)
    elif field == "says":
        incidents = incidents.replace("says: closed", f"says: {odd}")
    else:
        documents = documents.replace("publisher: P", f"publisher: {odd}")
    path = write_own(tmp_path, incidents=incidents, documents=documents)
    for verb in (["show", path], ["show", path, "i1"], ["run", path, "--out", tmp_path / "o"]):
        said = command(*verb, terminal=True)
        assert said.code in {0, 2}
        assert "\u202e" not in said.out + said.err
        assert "\x1b]8" not in said.out


def test_a_stream_that_cannot_hold_the_letters(tmp_path):
    for encoding in ("ascii", "cp1252"):
        done = subprocess.run(
            [sys.executable, "-m", "netmodel", "match", "Бахчисарай"], capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}, check=False,
        )  # fmt: skip
        assert b"Traceback" not in done.stderr
        assert done.returncode in {0, 1}


def test_a_closed_stream_is_no_traceback():
    script = f"{sys.executable} -m netmodel list >&-"
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr


def test_a_path_that_is_not_utf_8(tmp_path):
    folder = os.fsencode(tmp_path) + b"/o\xff"
    done = subprocess.run(
        [sys.executable, "-m", "netmodel", "run", "crimea-may-2023", "--out", folder],
        capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert done.returncode in {0, 2}


@pytest.mark.parametrize("depth", [40, 5000])
def test_a_damaged_entry_of_the_cache_is_not_used(depth, tmp_path, monkeypatch):
    monkeypatch.setenv("NETMODEL_CACHE", str(tmp_path))
    text = "a: b\n" + "# so that it is worth keeping\n" * 200
    assert parse_yaml(text, name="s").value == {"a": "b"}
    entry = next(tmp_path.glob("*.json"))
    entry.write_text("[" * depth)
    assert parse_yaml(text, name="s").value == {"a": "b"}
    entry.write_text(json.dumps({"value": {"a": "b"}, "at": [[3, 4]]}))
    assert parse_yaml(text, name="s").value == {"a": "b"}


def test_every_format_of_a_network_carries_what_may_run_as_a_formula(tmp_path):
    write_own(tmp_path)
    hubs = (tmp_path / "net" / "hubs.csv").read_text().replace("Beton", "=cmd|' /C calc'!A0")
    (tmp_path / "net" / "hubs.csv").write_text(hubs)
    network = read_network(tmp_path / "net")
    again = read_network(write_network(network, tmp_path / "again"), name=network.name)
    assert again == network
