"""Whose durations an ensemble draws open ends from, and where that is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import netmodel as nm
from netmodel.cli.main import app
from netmodel.report.markdown import render_markdown
from netmodel.report.page.figures import tell_samples
from netmodel.restoration.fit_file import fit_text, read_fit
from netmodel.runs.run import find_notices
from netmodel.scenario.writing import write_scenario as write_scenario_folder
from netmodel.words.strings import Phrases
from tests.small_scenario import write_incident, write_scenario

OPEN = write_incident().replace(
    "  - {document: d1, speaker: S, says: x, basis: observed, about: fi", "#"
)
FITTED = "ensemble: {samples: 60, seed: 1, open_ends: fitted}\n"


def own_record() -> nm.evidence.Catalogue:
    """Return twelve closures of a few hours each."""
    rows = [
        ["Aaa - Bbb", f"2023-01-{day:02d}T06:00", f"2023-01-{day:02d}T{6 + hours:02d}:00"]
        for day, hours in enumerate((1, 2, 3, 4, 2, 3, 5, 9, 1, 2, 6, 12), start=1)
    ]
    frame = pd.DataFrame(rows, columns=["place", "from", "to"])
    frame = frame.assign(effect="closed", source="Notice, 1 February 2023", kind="derailment")
    return nm.evidence.incidents_from(frame, zone="UTC")


def own_fit() -> nm.restoration.RestorationFit:
    durations = nm.restoration.collect_durations(own_record(), since=None)
    return nm.restoration.fit_restoration(durations)


def scenario_in(folder, *, more: str = FITTED) -> nm.Scenario:
    return nm.read_scenario(write_scenario(folder, OPEN, more=more))


def samples_of(run: nm.Run) -> list[float]:
    return run.ensemble.losses().tolist()


def test_the_record_of_ones_own_is_drawn_from(tmp_path):
    scenario = scenario_in(tmp_path)
    built_in = nm.run(scenario)
    own = nm.run(scenario.replace(restoration=own_record()))
    fit = nm.run(scenario.replace(restoration=own_fit()))
    assert built_in.summary.ensemble.durations_of == "built-in"
    assert built_in.summary.ensemble.durations > 90
    for run in (own, fit):
        assert (run.summary.ensemble.durations_of, run.summary.ensemble.durations) == ("own", 12)
    assert samples_of(own) == samples_of(fit) != samples_of(built_in)
    assert "of this network" in " ".join(find_notices(built_in))
    assert "of this network" not in " ".join(find_notices(own))


def test_page_and_report_say_whose_durations_they_are(tmp_path):
    scenario = scenario_in(tmp_path)
    foreign = nm.run(scenario).record
    own = nm.run(scenario.replace(restoration=own_record())).record
    for language, word in (("en", "not of this network"), ("uk", "не про цю мережу")):
        assert word in tell_samples(foreign, Phrases(language))
        assert word not in tell_samples(own, Phrases(language))
    text = render_markdown(own)
    assert "## Samples" in text
    assert "12 durations" in text
    assert "not of this network" in render_markdown(foreign)
    plain = nm.run(scenario.replace(ensemble=None)).record
    assert "## Samples" not in render_markdown(plain)


@pytest.mark.parametrize("kind", ["record", "fit"])
def test_what_is_given_in_python_is_written_with_the_scenario(tmp_path, kind):
    given = own_record() if kind == "record" else own_fit()
    scenario = scenario_in(tmp_path / "one").replace(restoration=given)
    path = write_scenario_folder(scenario, tmp_path / "two")
    again = nm.read_scenario(path)
    assert again.restoration is not None
    assert samples_of(nm.run(again)) == samples_of(nm.run(scenario))
    assert {each.name for each in again.origin.files} >= {
        each.name for each in path.parent.glob("restoration*.yaml")
    }


def test_a_file_names_its_record(tmp_path):
    path = write_scenario(tmp_path, OPEN, more=FITTED + "restoration: [past.yaml, more.yaml]\n")
    claim = "{document: x, speaker: S, says: x, basis: observed, about: "
    incidents = "".join(
        f"- {{id: p{n}, title: P, kind: fire, zone: UTC, place: {{links: [ab]}}, effect: closed, "
        f"claims: [{claim}start, at: 2023-01-0{n}T06:00Z}}, "
        f"{claim}first_traffic, at: 2023-01-0{n}T0{6 + n}:00Z}}]}}\n"
        for n in (1, 2, 3)
    )
    (tmp_path / "past.yaml").write_text(f"incidents:\n{incidents}")
    (tmp_path / "more.yaml").write_text("documents: [{id: x, publisher: X, published: 2023-02-01}]")
    result = CliRunner().invoke(app, ["run", str(path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    run = nm.run(path)
    assert run.summary.ensemble.durations == 3
    assert {"past.yaml", "more.yaml"} <= {each.name for each in run.scenario.origin.files}


def test_what_is_no_record_is_refused(tmp_path):
    with pytest.raises(nm.errors.InputError, match="no such file"):
        scenario_in(tmp_path, more=FITTED + "restoration: nowhere.yaml\n")
    with pytest.raises(nm.errors.InputError, match="restoration"):
        scenario_in(tmp_path).replace(restoration=3)
    with pytest.raises(nm.errors.InputError, match="no incident"):
        scenario_in(tmp_path, more=FITTED + "restoration: docs.yaml\n")
    with pytest.warns(nm.errors.InputWarning, match="no effect"):
        scenario_in(tmp_path, more="restoration: [inc.yaml, docs.yaml]\n")


def test_a_fit_comes_back_from_its_file(tmp_path):
    fit, path = own_fit(), tmp_path / "fit.yaml"
    path.write_text(fit_text(fit), encoding="utf-8")
    again = read_fit(path)
    assert again.names == fit.names
    assert np.array_equal(again.covariance, fit.covariance)
    assert (again.prior, again.notices, again.count) == (fit.prior, fit.notices, fit.count)
    assert again.predict("fire").quantile(0.5) == fit.predict("fire").quantile(0.5)
    path.write_text(fit_text(fit).replace("lognormal", "lognormall").replace("- scale\n", ""))
    with pytest.raises(nm.errors.InputError) as caught:
        read_fit(path)
    assert "lognormal" in str(caught.value.problems[0])
    assert len(caught.value.problems) == 3


def test_kinds_and_effects_of_a_prediction_are_checked():
    fit = own_fit()
    misspelt = ({"kind": "powr"}, "power"), ({"kind": "fire", "effect": "clsed"}, "closed")
    for wrong, right in misspelt:
        with pytest.raises(nm.errors.InputError, match=right):
            fit.predict(**wrong)
    durations = nm.restoration.Durations.from_bounds([("a", "my own", 2.0, 3.0)])
    nm.restoration.fit_restoration(durations).predict("my own")


def test_an_ensemble_is_shown_in_a_line(tmp_path):
    ensemble = nm.run(scenario_in(tmp_path)).ensemble
    assert len(repr(ensemble)) < 250
    assert "60 samples" in repr(ensemble)
