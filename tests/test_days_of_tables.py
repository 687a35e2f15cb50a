"""A day is a day in whatever form a table has it: text, date, spreadsheet, pandas, numpy."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import netmodel as nm
from netmodel.reading import TableMap, read_table
from netmodel.reading.sheet import read_sheet
from netmodel.times import Bounds, read_bounds
from tests.conftest import make_network

ZONE = "Europe/Berlin"
DAY = read_bounds("2026-03-01", zone=ZONE)
FORMS = [
    dt.date(2026, 3, 1), dt.datetime(2026, 3, 1), pd.Timestamp("2026-03-01"),
    np.datetime64("2026-03-01"), np.datetime64("2026-03-01T00:00", "ns"),
]  # fmt: skip
NETWORK = make_network([("Aton", "Beton", 40), ("Beton", "Ceton", 40)])


def spans(catalogue: nm.evidence.Catalogue) -> list[tuple[Bounds, Bounds]]:
    """Return when each incident begins and ends."""
    found = map(nm.evidence.resolve_incident, catalogue.incidents.values())
    return [(each.start, each.first_traffic) for each in found]


def closures(starts: list[object], ends: list[object]) -> pd.DataFrame:
    return pd.DataFrame(
        {"place": "Aton - Beton", "from": starts, "to": ends, "effect": "closed", "source": "P"}
    )


@pytest.mark.parametrize("day", FORMS, ids=repr)
def test_a_day_in_any_form_is_some_time_that_day(day):
    assert read_bounds(day, zone=ZONE) == DAY
    one = nm.evidence.closure("x", "Aton", start=day, zone=ZONE, source="P")
    assert spans(one)[0][0] == DAY
    assert spans(nm.evidence.incidents_from(closures([day], [None]), zone=ZONE))[0][0] == DAY


@pytest.mark.parametrize(
    "time",
    [np.datetime64("2026-03-01T06:00"), np.datetime64("2026-03-01T06", "ns"), "2026-03-01T06:00"],
)
def test_a_time_of_numpy_is_on_the_clocks_of_the_zone(time):
    assert read_bounds(time, zone=ZONE) == read_bounds("2026-03-01T05:00Z")
    assert read_bounds(np.datetime64("2026-03"), zone=ZONE) == read_bounds("2026-03", zone=ZONE)
    assert read_bounds(np.datetime64("NaT")) == Bounds()


def test_midnight_with_its_offset_is_an_instant():
    for midnight in (
        pd.Timestamp("2026-03-01", tz=ZONE), dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        "2026-03-01T00:00",
    ):  # fmt: skip
        assert read_bounds(midnight, zone=ZONE).censoring == "exact"


def test_a_window_takes_times_of_numpy():
    given = {"network": NETWORK, "demand": ["Aton", "Ceton"], "zone": ZONE}
    by_text = nm.Scenario(window=("2026-03-01", "2026-03-02T06:00"), **given).window
    times = (np.datetime64("2026-03-01"), np.datetime64("2026-03-02T06:00:00", "ns"))
    assert nm.Scenario(window=times, **given).window == by_text


def test_a_sheet_of_days_read_by_pandas_is_a_table_of_days(tmp_path):
    pytest.importorskip("openpyxl")
    days = closures([dt.date(2026, 3, 1), dt.date(2026, 3, 4)], [dt.date(2026, 3, 2), None])
    for write, read, name in (
        ("to_excel", pd.read_excel, "works.xlsx"), ("to_csv", pd.read_csv, "works.csv"),
    ):  # fmt: skip
        getattr(days, write)(tmp_path / name, index=False)
        again = nm.evidence.incidents_from(read(tmp_path / name), zone=ZONE)
        assert spans(again) == spans(nm.evidence.incidents_from(days, zone=ZONE)), name
        assert spans(again)[0][0] == DAY


def test_midnight_among_clock_times_of_a_column_is_an_instant_and_is_noted():
    times = pd.to_datetime(pd.Series(["2026-03-01 00:00", "2026-03-04 06:00"]))
    with pytest.warns(nm.errors.InputWarning, match="row 1, column from"):
        found = nm.evidence.incidents_from(closures(list(times), [None, None]), zone=ZONE)
    assert [str(start) for start, _ in spans(found)] == [
        "2026-02-28T23:00:00Z", "2026-03-04T05:00:00Z"
    ]  # fmt: skip


# A table that has its own columns, with a map


def columns(**more: object) -> TableMap:
    return TableMap.model_validate({
        "document": {"id": "d", "publisher": "P"}, "zone": ZONE, "start": "from", "end": "to",
        "place": {"lines": {"column": "place"}}, **more,
    })  # fmt: skip


def test_days_of_a_table_with_a_map_are_days_of_its_zone(tmp_path):
    path = tmp_path / "works.csv"
    path.write_text("place,from,to\nAton - Beton,2026-03-01,2026-03-02\n", encoding="utf-8")
    [incident] = read_table(path, columns(), NETWORK).incidents
    assert [claim.at for claim in incident.claims] == [DAY, read_bounds("2026-03-02", zone=ZONE)]
    path.write_text("place,from,to\nAton - Beton,46082,46083.25\n", encoding="utf-8")
    [incident] = read_table(path, columns(format="day number"), NETWORK).incidents
    assert [str(claim.at) for claim in incident.claims] == [str(DAY), "2026-03-02T05:00:00Z"]


READ = [
    ("%d.%m.%Y %H:%M", "01.03.2026", str(DAY)),
    ("%H:%M %d.%m.%Y", "01.03.2026", str(DAY)),
    ("%Y%m%dT%H%M", "20260301", str(DAY)),
    ("%d.%m.%Y, %I:%M %p", "01.03.2026", str(DAY)),
    ("%d.%m.%Y %H:%M", "01.03.2026 07:00", "2026-03-01T06:00:00Z"),
    ("%H:%M %d.%m.%Y", "07:00 01.03.2026", "2026-03-01T06:00:00Z"),
    (["%d.%m.%Y %H:%M", "%d/%m/%y %H.%M"], "01/03/26 07.00", "2026-03-01T06:00:00Z"),
    (["%d.%m.%Y %H:%M", "%d/%m/%y %H.%M"], "01/03/26", str(DAY)),
    (["%d.%m.%Y", "day number"], "46082", str(DAY)),
    (["%m/%d/%Y", "%d/%m/%Y"], "03/01/2026", str(DAY)),
    ("%d.%m.%Y %H:%M", "28.02.2026 24:00", "2026-02-28T23:00:00Z"),
]


@pytest.mark.parametrize(("form", "cell", "read"), READ)
def test_times_are_read_in_one_form_or_in_several_and_days_beside_them(tmp_path, form, cell, read):
    path = tmp_path / "works.csv"
    path.write_text(f"place;from;to\nAton - Beton;{cell};\n", encoding="utf-8")
    reading = read_table(path, columns(format=form, table={"delimiter": ";"}), NETWORK)
    assert not reading.listed
    assert str(reading.incidents[0].claims[0].at) == read


@pytest.mark.parametrize("form", ["%d.%m.%Y %H:%M", ["%d.%m.%Y", "day number"], None])
def test_every_row_that_is_listed_has_a_remedy(tmp_path, form):
    rows = ["Aton - Beton;1st of March;", "Aton - Beton;;", ";01.03.2026;",
            "Aton - Beton;02.03.2026;01.03.2026", "Aton - Deton;01.03.2026;",
            "Aton - Beton;07:00;"]  # fmt: skip
    if form is None:
        rows = [row.replace("02.03.2026", "2026-03-02").replace("01.03.2026", "2026-03-01")
                for row in rows]  # fmt: skip
    path = tmp_path / "works.csv"
    path.write_text("place;from;to\n" + "\n".join(rows), encoding="utf-8")
    reading = read_table(path, columns(format=form, table={"delimiter": ";"}), NETWORK)
    assert len(reading.listed) == len(rows)
    assert all(each.remedy for each in reading.listed), reading.listed


@pytest.mark.parametrize("form", ["%Q", "dd.mm.yyyy", [], ["%d.%m.%Y", "%"], 5])
def test_a_form_that_no_time_has_is_refused_in_the_map(form):
    with pytest.raises(ValidationError):
        columns(format=form)


@pytest.mark.parametrize("cell", [dt.date(2026, 3, 1), dt.datetime(2026, 3, 1)])
def test_cells_of_days_are_days_however_they_are_shown(tmp_path, cell):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["place", "from", "to"])
    book.active.append(["Aton - Beton", cell, dt.datetime(2026, 3, 4, 6)])
    book.active.append(["Aton - Beton", cell, dt.datetime(2026, 3, 5)])
    book.save(tmp_path / "works.xlsx")
    rows = [row.cells for row in read_sheet(tmp_path / "works.xlsx")[1]]
    assert {row["from"] for row in rows} == {"2026-03-01"}
    assert rows[1]["to"] == "2026-03-05 00:00:00"
    reading = read_table(tmp_path / "works.xlsx", columns(), NETWORK)
    assert [each.claims[0].at for each in reading.incidents] == [DAY, DAY]
