"""From tables of disruptions to incidents: rows read = incidents + listed, with reasons."""

import datetime as dt
import re
import resource
import zipfile
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netmodel as nm
from netmodel.errors import InputError
from netmodel.network.railway import Hub, Link, Network, Station
from netmodel.reading import TableMap, read_table, read_table_map
from netmodel.reading.sheet import read_sheet
from tests.effort import counted_calls
from tests.own_network import command, write_own

openpyxl = pytest.importorskip("openpyxl")

CODES = {"Aton": "ATN", "Beton": "BTN", "Ceton": "CTN", "Deton": "DTN", "Eton": "ETN"}


@pytest.fixture(scope="module")
def network() -> Network:
    """Aton–Beton–Ceton–Deton along one line, and Eton on a branch from Beton."""
    hubs = tuple(
        Hub(id=name.lower(), name=name, lon=10 + n / 2, lat=50, region="East",
            extra={"code": CODES[name]})
        for n, name in enumerate(("Aton", "Beton", "Ceton", "Deton"))
    )  # fmt: skip
    branch = Hub(id="eton", name="Eton", lon=10.5, lat=50.4, region="East", extra={"code": "ETN"})
    ends = [("aton", "beton"), ("beton", "ceton"), ("ceton", "deton"), ("beton", "eton")]
    links = tuple(Link(id=f"{a[0]}{b[0]}", from_hub=a, to_hub=b, length_km=40) for a, b in ends)
    halt = Station(name="Bridge End", link="cd", km=10)
    return Network(hubs=(*hubs, branch), links=links, stations=(halt,))


def columns(**more: object) -> TableMap:
    base: dict[str, object] = {
        "document": {"id": "t", "publisher": "P", "published": "2023-01-01"},
        "zone": "Europe/Amsterdam",
        "start": "start",
        "end": "end",
        "minutes": "minutes",
        "place": {"stations": {"column": "codes"}},
    }
    return TableMap.model_validate({**base, **more})


HEADER = "id,start,end,minutes,codes\n"


def read(tmp_path, network, text: str, *, encoding: str = "utf-8", **more: object):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    reading = read_table(path, columns(**more), network)
    assert reading.rows == len(reading.incidents) + len(reading.listed)
    return reading


def places_of(reading) -> list[list[tuple[str, ...]]]:
    return [[place.between for place in each.places] for each in reading.incidents]


# The shapes of tables


def test_a_table_of_the_dutch_shape(tmp_path, network):
    text = HEADER + (
        '1,2022-01-01 05:45:33,2022-01-01 06:34:33,49,"CTN, ATN, BTN"\n'
        '2,2022-01-01 07:00:00,,30,"ATN, BTN, CTN, ETN"\n'
        "3,2022-01-01 08:00:00,,15,DTN\n"
    )
    reading = read(tmp_path, network, text, id="id", prefix="rdt-")
    assert not reading.listed
    assert [each.id for each in reading.incidents] == ["rdt-1", "rdt-2", "rdt-3"]
    first, second, third = reading.incidents
    # The stations of a line come in any order, and lines may branch.
    assert first.places[0].between in (("Aton", "Beton", "Ceton"), ("Ceton", "Beton", "Aton"))
    joined = {
        frozenset(p)
        for place in second.places
        for p in zip(place.between, place.between[1:], strict=False)
    }
    assert joined == {
        frozenset(p) for p in (("Aton", "Beton"), ("Beton", "Ceton"), ("Beton", "Eton"))
    }
    assert str(third.places[0]) == "Deton"
    start, end = (claim.at for claim in first.claims)
    assert str(start) == "2022-01-01T04:45:33Z"
    assert str(end) == "2022-01-01T05:34:33Z"
    assert str(second.claims[1].at) == "2022-01-01T06:30:00Z"
    assert first.note == "table.csv:2"
    assert {claim.document for claim in first.claims} == {"t"}


def test_a_table_of_the_shape_of_acled_exports(tmp_path, network):
    text = (
        "event_id_cnty,event_date,admin1,location,latitude,longitude,notes\n"
        'X1,12 March 2022,East,Beton,50.0,10.75,"Shelling, the line was hit"\n'
        "X2,13 March 2022,East,Nowhere,40.0,10.75,Tracks\n"
        "X3,14 March 2022,West,Nowhere,,,Tracks\n"
    )
    reading = read(
        tmp_path, network, text, id="event_id_cnty", start="event_date", end=None, minutes=None,
        format="%d %B %Y", says="{notes}", effect={"otherwise": "none"},
        place={
            "point": {"lon": "longitude", "lat": "latitude"}, "region": {"column": "admin1"},
        },
    )  # fmt: skip
    near, region = reading.incidents
    assert (near.places[0].lon, near.places[0].lat) == (10.75, 50.0)
    assert region.places[0].region == "East"
    assert "Shelling, the line was hit" in near.claims[0].says
    assert near.claims[0].at.width_hours == 24
    assert [each.where for each in reading.listed] == ["table.csv:4"]


def test_a_table_of_planned_works(tmp_path, network):
    text = (
        "Works\tFrom\tFrom time\tUntil\tBetween\tAnd\n"
        "Track renewal\t05.03.2022\t22:00\t07.03.2022 04:30\tBeton\tDeton\n"
        "Bridge\t05.03.2022\t22:00\t07.03.2022 04:30\tBridge End\tBridge End\n"
    )
    reading = read(
        tmp_path, network, text, start=["From", "From time"], end="Until", minutes=None,
        format="%d.%m.%Y %H:%M", basis="planned", kind={"otherwise": "planned_works"},
        title="{Works}", place={"ends": ["Between", "And"]},
    )  # fmt: skip
    assert not reading.listed
    works = reading.incidents[0]
    assert (works.title, works.kind) == ("Track renewal", "planned_works")
    assert {claim.basis for claim in works.claims} == {"planned"}
    assert places_of(read(tmp_path, network, text.split("Bridge\t")[0], start=["From", "From time"],
        end="Until", minutes=None, format="%d.%m.%Y %H:%M",
        place={"ends": ["Between", "And"]})) == [[("Beton", "Deton")]]  # fmt: skip
    assert str(works.claims[0].at) == "2022-03-05T21:00:00Z"


def test_causes_are_looked_up_from_the_narrowest_and_the_rest_is_counted(tmp_path, network):
    text = "start,end,minutes,codes,group,cause\n" + "".join(
        f'2022-01-0{n} 05:00,,30,"ATN,BTN",{cause}\n'
        for n, cause in enumerate(("Infra,points", "Infra,Signal", "external,police"), 1)
    )
    kind = {
        "columns": ["group", "cause"], "values": {"infra": "technical", "signal": "signalling"}
    }  # fmt: skip
    reading = read(tmp_path, network, text, kind=kind)
    assert [each.kind for each in reading.incidents] == ["technical", "signalling", "other"]
    assert reading.without_kind == {"external / police": 1}


def test_lines_are_read_in_pairs_and_a_part_that_is_unknown_is_told(tmp_path, network):
    text = 'start,end,minutes,lines\n2022-01-01 05:00,,30,"Aton - Ceton, Emmerich - Oberhausen"\n'
    reading = read(tmp_path, network, text, place={"lines": {"column": "lines"}})
    assert places_of(reading) == [[("Aton", "Ceton")]]
    assert {each.where for each in reading.partly} == {"table.csv:2"}
    assert "Emmerich" in reading.incidents[0].note
    renamed = read(
        tmp_path, network, text,
        place={"lines": {"column": "lines"}, "names": {"Emmerich": "Deton", "Oberhausen": "Ceton"}},
    )  # fmt: skip
    assert places_of(renamed) == [[("Aton", "Ceton"), ("Deton", "Ceton")]]


# Bad input


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2022-01-01 05:00,,-5,ATN", "more than 0"),
        ("1,2022-01-01 05:00,,0,ATN", "more than 0"),
        ("1,2022-01-01 05:00,2022-01-01 04:00,,ATN", "not after the start"),
        ("1,2022-03-27 02:30,,5,ATN", "never"),
        ("1,,,5,ATN", "the start is empty"),
        ("1,yesterday,,5,ATN", "start:"),
        ("1,44562.25,,5,ATN", "start:"),
        ('1,2022-01-01 05:00,,"7,5",ATN', "no number"),
        ("1,2022-01-01 05:00,,1e999,ATN", "no number"),
        ("1,2022-01-01 05:00,,99999999999999,ATN", "too long"),
        ("1,2022-01-01 05:00,,5,", "no place"),
        ("1,2022-01-01 05:00,,5,XXX", "unknown"),
        ("1,0001-01-01 00:00,,5,ATN", "start:"),
    ],
)
def test_a_row_that_is_no_incident_is_listed_with_its_line(tmp_path, network, row, reason):
    reading = read(tmp_path, network, f"{HEADER}0,2022-01-01 05:00,,5,ATN\n{row}\n")
    [problem] = reading.listed
    assert problem.where == "table.csv:3"
    assert reason in problem.what


def test_what_to_write_is_told_for_decimal_commas_and_day_numbers(tmp_path, network):
    text = f'{HEADER}1,44562.25,,5,ATN\n2,2022-01-01 05:00,,"7,5",ATN\n'
    reading = read(tmp_path, network, text)
    assert ["day number" in each.remedy for each in reading.listed] == [True, False]
    assert ["decimal" in each.remedy for each in reading.listed] == [False, True]
    comma = text.replace("44562.25", "2022-01-01 06:00")
    assert read(tmp_path, network, comma, table={"decimal": ","}).incidents[1].claims[1]
    days = read(tmp_path, network, f"{HEADER}1,44562.25,,5,ATN\n", format="day number")
    assert str(days.incidents[0].claims[0].at) == "2022-01-01T05:00:00Z"


def test_midnight_at_the_end_of_a_day_and_an_hour_that_clocks_show_twice(tmp_path, network):
    rows = "1,2022-01-01 22:00,2022-01-01 24:00,,ATN\n2,2022-10-30 02:30,,60,ATN\n"
    first, second = read(tmp_path, network, HEADER + rows).incidents
    assert str(first.claims[1].at) == "2022-01-01T23:00:00Z"
    assert second.claims[0].at.width_hours == 1


def test_a_second_row_of_one_id_is_listed(tmp_path, network):
    rows = "1,2022-01-01 22:00,,5,ATN\n" * 2
    reading = read(tmp_path, network, HEADER + rows, id="id")
    assert "line 2" in reading.listed[0].what


def test_encodings_delimiters_and_header_lines_are_told_or_said(tmp_path, network):
    row = "start;end;minutes;codes\n2022-01-01 05:00;;5;ATN\n"
    assert len(read(tmp_path, network, row).incidents) == 1
    two = f"Störungen;;;\n{row}"
    with pytest.raises(InputError) as caught:
        read(tmp_path, network, two)
    assert "header" in str(caught.value)
    assert read(tmp_path, network, two, table={"header": 2}).incidents[0].note == "table.csv:3"
    cyrillic = "start,end,minutes,codes,причина\n2022-01-01 05:00,,5,ATN,пожежа\n"
    with pytest.raises(InputError, match=r"table\.csv"):
        read(tmp_path, network, cyrillic, encoding="cp1251")
    said = read(
        tmp_path, network, cyrillic, encoding="cp1251", table={"encoding": "cp1251"},
        title="{причина}",
    )  # fmt: skip
    assert said.incidents[0].title == "пожежа"


def test_a_column_that_the_table_lacks_is_told_where_the_map_names_it(tmp_path, network):
    path = tmp_path / "table.csv"
    path.write_text(f"{HEADER}1,2022-01-01 05:00,,5,ATN\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text(
        "document: {id: t, publisher: P}\nzone: UTC\nstart: strat\n"
        "place: {stations: {column: cods}}\ntitle: '{cause}'\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_table(path, tmp_path / "map.yaml", network)
    told = {each.where.split(":")[1]: str(each) for each in caught.value.problems}
    assert set(told) == {"3", "4", "5"}
    assert "'start'" in told["3"]
    assert "'codes'" in told["4"]
    (tmp_path / "map.yaml").write_text("document: {id: t, publisher: P}\nzon: UTC\n")
    with pytest.raises(InputError, match=r"map\.yaml:2"):
        read_table_map(tmp_path / "map.yaml")


def test_a_workbook_with_merged_cells_dates_and_a_title(tmp_path, network):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Disruptions of 2022"])
    page.merge_cells("A1:D1")
    page.append(["start", "end", "minutes", "codes"])
    page.append([dt.datetime(2022, 1, 1, 5, 0), None, 30, "ATN,BTN"])
    page.append([dt.datetime(2022, 1, 2, 5, 0), None, 45.5, None])
    page.merge_cells("D3:D4")
    page.append([44564.25, None, 5, "ATN"])
    book.save(tmp_path / "table.xlsx")
    reading = read_table(tmp_path / "table.xlsx", columns(table={"header": 2}), network)
    assert [str(each.claims[0].at)[:16] for each in reading.incidents] == [
        "2022-01-01T04:00", "2022-01-02T04:00"
    ]  # fmt: skip
    assert places_of(reading)[1] == [("Aton", "Beton")]
    assert [each.where for each in reading.listed] == ["table.xlsx:5"]
    (tmp_path / "broken.xlsx").write_bytes((tmp_path / "table.xlsx").read_bytes()[:300])
    for name in ("broken.xlsx", "missing.xlsx"):
        with pytest.raises(InputError, match=name):
            read_sheet(tmp_path / name)


def test_a_workbook_without_a_sheet_of_cells_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "sound.xlsx")
    path = tmp_path / "none.xlsx"
    with zipfile.ZipFile(tmp_path / "sound.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            new.writestr(part, re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", old.read(part)))
    for sheet in (None, "Sheet"):
        with pytest.raises(InputError, match="no sheet of cells"):
            read_sheet(path, sheet=sheet)


def test_a_damaged_workbook_is_refused_wherever_the_damage_is(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["start", "codes"])
    book.save(tmp_path / "sound.xlsx")
    sound = (tmp_path / "sound.xlsx").read_bytes()
    path = tmp_path / "t.xlsx"
    for place in range(0, len(sound), 97):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0x55]) + sound[place + 1 :])
        with suppress(InputError):  # the damage may be where nothing is read
            read_sheet(path)


@pytest.mark.parametrize("kind", ["packed", "merged"])
def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path, kind):
    book = openpyxl.Workbook()
    book.active.append(["start", "codes"])
    book.active.merge_cells("A2:B2")
    book.save(tmp_path / "sound.xlsx")
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(tmp_path / "sound.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if "worksheets/" in name and kind == "merged":
                content = content.replace(b"A2:B2", b"A2:XFD1048576")
            if "worksheets/" in name and kind == "packed":
                content += b" " * 20_000_000
            new.writestr(name, content, zipfile.ZIP_DEFLATED)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with counted_calls() as effort, pytest.raises(InputError, match=kind):
        read_sheet(path)
    assert effort.calls < 10_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_empty_cells_below_a_merged_one_are_filled_where_asked(tmp_path, network):
    rows = "1,2022-01-01 22:00,,5,ATN\n2,2022-01-02 22:00,,5,\n"
    assert len(read(tmp_path, network, HEADER + rows).listed) == 1
    assert not read(tmp_path, network, HEADER + rows, table={"fill": ["codes"]}).listed


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "ATN",
            "ATN,BTN",
            "2022-01-01 05:00",
            "2022-03-27 02:30",
            "24:00",
            "-1",
            "1,5",
            "44562",
        ]
    ),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=12),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=8))
def test_rows_read_are_incidents_and_listed_whatever_the_cells(tmp_path_factory, rows):
    network = Network(
        hubs=(Hub(id="a", name="ATN", lon=1, lat=1), Hub(id="b", name="BTN", lon=2, lat=1)),
        links=(Link(id="ab", from_hub="a", to_hub="b", length_km=111),),
    )
    folder = tmp_path_factory.mktemp("table")
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    (folder / "t.csv").write_text(
        "\n".join(["start,end,minutes,codes", *quoted, ""]), encoding="utf-8"
    )
    reading = read_table(folder / "t.csv", columns(), network)
    wanted = sum(any(cell.strip() for cell in row) for row in rows)
    assert reading.rows == len(reading.incidents) + len(reading.listed) == wanted
    assert Counter(each.where for each in reading.listed).total() == len(reading.listed)


# The command


def test_the_command_writes_files_that_a_run_and_a_check_take(tmp_path):
    write_own(tmp_path)
    (tmp_path / "t.csv").write_text(
        "from,minutes,a,b\n2025-03-01 12:00,600,Beton,Ceton\n2025-03-02 12:00,60,Beton,Zeton\n",
        encoding="utf-8",
    )
    (tmp_path / "map.yaml").write_text(
        "document: {id: works, publisher: P}\nzone: Europe/Berlin\nstart: from\n"
        "minutes: minutes\nplace: {ends: [a, b]}\n",
        encoding="utf-8",
    )
    files = ("--map", tmp_path / "map.yaml", "--network", tmp_path / "net")
    said = command("incidents", "from-table", tmp_path / "t.csv", *files, "--out", tmp_path / "i")
    assert said.code == 0, said.err
    assert "t.csv:3" in said.err
    assert "Zeton" in (tmp_path / "i" / "account.csv").read_text(encoding="utf-8")
    written = [tmp_path / "i" / name for name in ("documents.yaml", "incidents.yaml")]
    said = command("check", *written, "--network", tmp_path / "net")
    assert said.code == 0, said.err
    catalogue = nm.evidence.read_catalogue(written)
    assert list(catalogue.incidents) == ["2"]
    (tmp_path / "t.csv").write_text("from,minutes,a,b\n,,,x\n", encoding="utf-8")
    files = (*files, "--out", tmp_path / "j")
    said = command("incidents", "from-table", tmp_path / "t.csv", *files)
    assert said.code == 1
    assert [path.name for path in (tmp_path / "j").iterdir()] == ["account.csv"]
