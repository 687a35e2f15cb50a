"""Documents without a date under `as_of`: what is left out for it is told."""

from __future__ import annotations

import warnings

import pytest
from typer.testing import CliRunner

import netmodel as nm
from netmodel.cli.main import app
from netmodel.report.markdown import render_markdown
from netmodel.report.page.headline import write_headline
from netmodel.runs.run import find_notices, run_scenario
from netmodel.words.strings import Phrases
from tests.small_scenario import DOCUMENTS, write_incident, write_scenario

AS_OF = 'as_of: "2023-05-20T00:00Z"\n'
UNDATED = DOCUMENTS + "- {id: d3, publisher: Nobody}\n"


def close(source: object) -> nm.evidence.Catalogue:
    return nm.evidence.closure(
        "works", "Lviv - Ternopil", start="2026-03-01T06:00", end="2026-03-02T18:00",
        zone="Europe/Kyiv", source=source,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "publisher", "published"),
    [
        ("Notice of the operator, 20 February 2026", "Notice of the operator", "2026-02-20"),
        ("Notice of the operator, 2026-02-20", "Notice of the operator", "2026-02-20"),
        ("Notice of the operator", "Notice of the operator", ""),
        ("Notice, valid from 20 February 2026", "Notice, valid from 20 February 2026", ""),
        ("Plan of 2025, 20 February 2026", "Plan of 2025, 20 February 2026", ""),
        ("Notice, 31 February 2026", "Notice, 31 February 2026", ""),
        ("Notice, 20 Februry 2026", "Notice, 20 Februry 2026", ""),
        ("20 February 2026", "20 February 2026", ""),
    ],
)
def test_a_source_is_read_with_the_day_at_its_end(source, publisher, published):
    [document] = close(source).documents.values()
    assert (document.publisher, document.published_text) == (publisher, published)


def test_the_day_of_a_source_is_one_of_the_zone_of_the_closure():
    made = nm.evidence.closure(
        "w", "A - B", start="2026-03-01", zone="America/New_York", source="Notice, 20 February 2026"
    )
    [document] = made.documents.values()
    assert str(document.published.latest) == "2026-02-21 05:00:00+00:00"


def test_rows_of_a_table_have_the_day_of_their_source():
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame(
        {"place": ["Kyiv - Fastiv", "Lviv"], "effect": "closed", "from": "2026-03-01",
         "to": "2026-03-03", "source": "Notice, 20 February 2026"}
    )  # fmt: skip
    [document] = nm.evidence.incidents_from(table, zone="Europe/Kyiv").documents.values()
    assert document.published_text == "2026-02-20"


def ask(source: object) -> nm.Scenario:
    return nm.Scenario(
        incidents=close(source), window=("2026-03-01", "2026-03-04"), zone="Europe/Kyiv",
        demand=["Lviv", "Ternopil"], trains="none", as_of="2026-02-25",
    )  # fmt: skip


def test_a_closure_with_a_dated_source_holds_under_as_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scenario = ask("Notice of the operator, 20 February 2026")
    assert [each.id for each in scenario.incidents] == ["works"]
    assert scenario.selection.undated == ()


def test_a_closure_that_as_of_leaves_out_for_want_of_a_date_is_told():
    with pytest.warns(nm.errors.InputWarning, match=r"works.*published"):
        scenario = ask("Notice of the operator")
    assert scenario.selection.undated == ("works",)
    run = run_scenario(scenario)
    assert any("works" in notice for notice in find_notices(run))
    assert run.summary.undated == ("works",)
    for language in ("en", "uk"):
        assert any("works" in each for each in write_headline(run.record, Phrases(language)))
    assert "works" in render_markdown(run.record).split("## Figures")[0]


def test_it_is_told_of_a_file_on_standard_error(tmp_path):
    path = write_scenario(tmp_path, write_incident(document="d3"), documents=UNDATED, more=AS_OF)
    result = CliRunner().invoke(app, ["run", str(path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "date: x;" in result.stderr
    assert "published" in result.stderr


def test_one_not_yet_reported_is_not_called_undated(tmp_path):
    path = write_scenario(tmp_path, write_incident(document="d2"), documents=UNDATED, more=AS_OF)
    run = run_scenario(path)
    assert run.summary.undated == ()
    assert not any("date" in notice for notice in find_notices(run))
    assert "not yet reported then: 1" in render_markdown(run.record)


def test_an_incident_that_loses_a_claim_for_want_of_a_date_is_told(tmp_path):
    claim = "  - {document: d3, speaker: S, says: x, about: full_service, at: 2023-05-18T13:00Z}\n"
    path = write_scenario(tmp_path, write_incident(more=claim), documents=UNDATED, more=AS_OF)
    run = run_scenario(path)
    assert run.scenario.selection.partly_undated == ("x",)
    assert any("claims" in notice and "x" in notice for notice in find_notices(run))


def test_without_as_of_nothing_is_left_out(tmp_path):
    path = write_scenario(tmp_path, write_incident(document="d3"), documents=UNDATED)
    run = run_scenario(path)
    assert set(run.outages["incident"]) == {"x"}
    assert not any("date" in notice for notice in find_notices(run))
