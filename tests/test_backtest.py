"""Scores in closed form, the backtest, and forecasts that know nothing from later."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from typer.testing import CliRunner

from netmodel.errors import InputError, UnknownNameError
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.evidence.incident import Claim, Document
from netmodel.restoration.distributions import NAIVE_RULES, ExponentialRule, Mixture, PointRule
from netmodel.restoration.durations import Durations, collect_durations
from netmodel.restoration.forecast import forecast_restoration
from netmodel.restoration.scores import judge_interval, run_backtest, score_crps, score_log
from netmodel.times import Bounds, parse_instant

pytest.importorskip("lifelines")
SIMFEROPOL = "2023-05-18-simferopol-chystenke"
INF = math.inf


@pytest.fixture(scope="module")
def catalogue():
    return built_in_catalogue()


@pytest.fixture(scope="module")
def durations(catalogue):
    return collect_durations(catalogue)


@pytest.fixture(scope="module")
def backtest(durations):
    return run_backtest(durations, distributions=("loglogistic",), draws=100)


@pytest.mark.parametrize("hours", [0.5, 4.0, 30.0])
def test_crps_of_an_exponential_in_closed_form(hours):
    mean = 6.0
    expected = hours + 2 * mean * math.exp(-hours / mean) - 1.5 * mean
    found = score_crps(ExponentialRule(mean_hours=mean), hours, hours)
    assert found == pytest.approx(expected, rel=1e-3)


def test_crps_of_a_rule_is_its_absolute_error():
    rule = PointRule(hours=24.0)
    assert score_crps(rule, 10, 10) == pytest.approx(14)
    assert score_crps(rule, 100, 100) == pytest.approx(76)
    expected = abs(math.log1p(24) - math.log1p(100))
    assert score_crps(rule, 100, 100, logarithmic=True) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("lower", "upper"), [(3.0, 9.0), (0.0, 5.0), (4.0, INF)])
def test_crps_counts_only_what_the_bounds_decide(lower, upper):
    rule = ExponentialRule(mean_hours=6.0)
    theirs = stats.expon(scale=6)
    expected = quad(lambda t: theirs.cdf(t) ** 2, 0, lower)[0]
    if upper < INF:
        expected += quad(lambda t: theirs.sf(t) ** 2, upper, 400)[0]
    assert score_crps(rule, lower, upper) == pytest.approx(expected, rel=2e-3, abs=1e-3)
    assert score_crps(PointRule(hours=4.5), lower, upper) == pytest.approx(0, abs=1e-3)


def test_crps_is_proper_for_censored_outcomes():
    rng = np.random.default_rng(7)
    true = rng.exponential(6, 800)
    cut = rng.exponential(8, 800)
    outcomes = [(a, a) if a <= c else (c, INF) for a, c in zip(true, cut, strict=True)]

    def mean_score(mean):
        rule = ExponentialRule(mean_hours=mean)
        return np.mean([score_crps(rule, *each, horizon_hours=500) for each in outcomes])

    assert mean_score(6) < min(mean_score(3), mean_score(12))


def test_nothing_known_scores_nothing():
    assert score_crps(ExponentialRule(mean_hours=4.0), 0, INF) == 0
    assert score_log(ExponentialRule(mean_hours=4.0), 0, INF) == 0


def test_log_score_in_closed_form():
    rule, theirs = ExponentialRule(mean_hours=4.0), stats.expon(scale=4)
    assert score_log(rule, 3, 3) == pytest.approx(-theirs.logpdf(3))
    assert score_log(rule, 2, 5) == pytest.approx(-math.log(theirs.cdf(5) - theirs.cdf(2)))
    assert score_log(rule, 2, INF) == pytest.approx(-theirs.logsf(2))
    day = PointRule(hours=24.0)
    assert score_log(day, 30, 30) == INF
    assert score_log(day, 24, 24) == -INF
    assert score_log(day, 24, 30) == score_log(day, 20, 24) == score_log(day, 20, INF) == 0
    assert score_log(day, 0, 20) == INF


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        (4, 4, "inside"),
        (2, 6, "inside"),
        (0, 0.1, "outside"),
        (20, 25, "outside"),
        (30, INF, "outside"),
        (0, 5, "undecided"),
        (5, INF, "undecided"),
    ],
)
def test_intervals_are_judged_only_where_the_bounds_decide(lower, upper, verdict):
    assert judge_interval(ExponentialRule(mean_hours=4.0), 0.8, lower, upper) == verdict


@pytest.mark.parametrize(("lower", "upper"), [(3, 2), (-1, 2), (INF, INF)])
def test_outcomes_that_are_none_are_refused(lower, upper):
    with pytest.raises(InputError):
        score_crps(PointRule(hours=1.0), lower, upper)
    with pytest.raises(InputError):
        score_log(PointRule(hours=1.0), lower, upper)
    with pytest.raises(InputError, match="horizon"):
        score_crps(PointRule(hours=1.0), 1, 2, horizon_hours=0)


def test_the_model_beats_both_naive_rules(backtest):
    summary = backtest.summary()
    for rival in ("one day, always", "four hours, always"):
        assert summary.loc["loglogistic", "crps_hours"] < summary.loc[rival, "crps_hours"]
        assert summary.loc["loglogistic", "crps_log"] < summary.loc[rival, "crps_log"]
        gain, error = backtest.advantage("loglogistic", rival, "crps_log")
        assert gain > 2 * error
        assert math.isinf(summary.loc[rival, "log_score"])
    assert math.isfinite(summary.loc["loglogistic", "log_score"])


def test_every_incident_is_scored_by_every_rule(backtest, durations):
    assert not backtest.refused
    assert backtest.rules == ("loglogistic", *NAIVE_RULES)
    for rule in backtest.rules:
        assert [score.duration for score in backtest.of_rule(rule)] == list(durations.rows)
    assert len(backtest.to_table()) == len(durations) * len(backtest.rules)
    with pytest.raises(UnknownNameError):
        backtest.of_rule("log-logistic")


def test_wider_intervals_hold_more(backtest):
    for rule in backtest.rules:
        least, most = zip(
            *(backtest.coverage(rule, level) for level in (0.5, 0.8, 0.95)), strict=True
        )
        assert list(least) == sorted(least)
        assert all(low <= high for low, high in zip(least, most, strict=True))
    assert backtest.coverage("loglogistic", 0.95)[1] > 0.9


def test_intervals_of_the_right_model_cover_what_they_say():
    hours = np.exp(2 + np.random.default_rng(6).standard_normal(40))
    sample = Durations.from_bounds([(str(n), "power", h, h) for n, h in enumerate(hours)])
    test = run_backtest(sample, distributions=("lognormal",), draws=100)
    for level in (0.5, 0.8, 0.95):
        error = 3 * math.sqrt(level * (1 - level) / 40)
        assert test.coverage("lognormal", level)[0] == pytest.approx(level, abs=error)


def test_a_backtest_leaves_the_incident_out():
    hours = [2.0, 2.2, 2.5, 2.8, 3.0, 3.3, 500.0]
    sample = Durations.from_bounds([(str(h), "power", h, h) for h in hours])
    test = run_backtest(sample, distributions=("lognormal",), draws=50)
    last = test.of_rule("lognormal")[-1]
    assert last.duration.lower_hours == 500
    assert last.high_hours < 10


def test_a_sample_that_allows_no_model_is_refused():
    rows = [(str(n), "power", n + 1, INF) for n in range(6)]
    with pytest.raises(InputError, match="bounded on both sides"):
        run_backtest(Durations.from_bounds(rows))
    rows = [("a", "power", 2, 2), ("b", "power", 3, 3), ("c", "power", 9, 9)]
    with pytest.raises(InputError, match="allow no fit"):
        run_backtest(Durations.from_bounds(rows), distributions=("lognormal",))
    with pytest.raises(InputError, match="draws"):
        run_backtest(Durations.from_bounds(rows), draws=0)


def same(first, second):
    assert (first.known, first.start, first.restored) == (
        second.known,
        second.start,
        second.restored,
    )
    assert (first.elapsed_hours, first.notices) == (second.elapsed_hours, second.notices)
    assert first.quantiles() == second.quantiles()
    if first.fit is not None:
        assert np.array_equal(first.fit.parameters, second.fit.parameters)
        assert first.fit.kind_counts == second.fit.kind_counts


def plant(catalogue, published, about="first_traffic"):
    """Return the catalogue with a document that says of every incident that it lasted 1000 h."""
    document = Document(
        id="planted", publisher="P", published=Bounds(earliest=published, latest=published)
    )
    claims = (
        Claim(document="planted", speaker="P", says="it lasted", about=about, lasted_hours=1000.0),
        Claim(
            document="planted",
            speaker="P",
            says="then",
            about="start",
            at=Bounds(
                earliest=datetime(2022, 5, 1, tzinfo=UTC), latest=datetime(2022, 5, 1, tzinfo=UTC)
            ),
        ),
    )
    incidents = {
        name: replace(incident, claims=(*incident.claims, *claims))
        for name, incident in catalogue.incidents.items()
    }
    new = replace(catalogue.incidents["2023-05-02-snezhetskaya"], id="planted", claims=claims)
    return replace(
        catalogue,
        documents={**catalogue.documents, "planted": document},
        incidents={**incidents, "planted": new},
    )


@pytest.mark.parametrize("as_of", ["2023-05-18T15:00+03:00", "2023-05-18T10:30+03:00"])
def test_a_later_document_changes_nothing(catalogue, as_of):
    instant = parse_instant(as_of)
    plain = forecast_restoration(catalogue, SIMFEROPOL, as_of=instant, distribution="lognormal")
    later = plant(catalogue, instant + timedelta(seconds=1))
    same(
        plain,
        forecast_restoration(later, SIMFEROPOL, as_of=instant, distribution="lognormal"),
    )
    sooner = plant(catalogue, instant - timedelta(seconds=1))
    changed = forecast_restoration(sooner, SIMFEROPOL, as_of=instant, distribution="lognormal")
    assert changed.known != plain.known


def test_the_forecast_of_that_afternoon(catalogue):
    instant = parse_instant("2023-05-18T15:00+03:00")
    forecast = forecast_restoration(catalogue, SIMFEROPOL, as_of=instant)
    assert forecast.restored is None
    assert forecast.elapsed_hours == pytest.approx(5.0)
    assert forecast.predictive.after_hours == forecast.elapsed_hours
    ends = list(forecast.quantiles().values())
    assert ends == sorted(ends)
    assert ends[0] > instant
    assert forecast.ends_by(instant) == pytest.approx(0)
    assert forecast.ends_by(ends[2]) == pytest.approx(0.5, abs=1e-3)
    assert forecast.remaining_hours(0.5) > 0
    assert any("known by then" in notice for notice in forecast.notices)
    assert any("last still" in notice for notice in forecast.notices)
    assert SIMFEROPOL not in {
        row.incident for row in collect_durations(catalogue, as_of=instant).without(SIMFEROPOL).rows
    }


def test_what_is_reported_is_not_forecast(catalogue):
    as_of = parse_instant("2023-06-12T00:00+03:00")
    forecast = forecast_restoration(catalogue, "2023-06-11-kirovske", as_of=as_of)
    assert forecast.predictive is None
    assert forecast.restored is not None
    assert forecast.remaining_hours(0.9) == 0
    assert forecast.ends_by(as_of) == 1


def test_the_longer_it_lasts_the_longer_it_will(catalogue):
    name, first = "2023-06-03-belgorod-nezhegol", parse_instant("2023-07-01T00:00+03:00")
    early = forecast_restoration(catalogue, name, as_of=first, distribution="lognormal")
    late = forecast_restoration(
        catalogue, name, as_of=first + timedelta(days=60), distribution="lognormal"
    )
    assert late.elapsed_hours == pytest.approx(early.elapsed_hours + 1440)
    assert late.remaining_hours(0.5) > early.remaining_hours(0.5)


@pytest.mark.parametrize(
    ("incident", "as_of", "error", "message"),
    [
        (SIMFEROPOL, "2023-05-17T00:00+03:00", InputError, "nothing about it was public"),
        ("2024-09-05-pokrovsk", "2025-01-01T00:00+03:00", InputError, "closure by the front"),
        ("2025-12-13-odesa", "2026-01-01T00:00+03:00", InputError, "no effect"),
        ("2022-04-12-nezhegol", "2022-04-13T12:00+03:00", InputError, "bounded"),
        ("2023-05-18-simferopol", "2023-05-19T00:00+03:00", UnknownNameError, "chystenke"),
    ],
)
def test_what_cannot_be_forecast_is_refused(catalogue, incident, as_of, error, message):
    with pytest.raises(error, match=message):
        forecast_restoration(catalogue, incident, as_of=parse_instant(as_of))


def test_the_verbs_print_and_plot(tmp_path):
    from netmodel.cli.restoration_verbs import app

    runner, figure = CliRunner(), tmp_path / "fit.png"
    result = runner.invoke(app, ["fit", "--plot", str(figure)])
    assert result.exit_code == 0, result.output
    assert "kept apart: closed by the front" in result.output
    assert "4 hours for about 300 strikes" in result.output
    assert figure.stat().st_size > 10_000
    result = runner.invoke(
        app, ["forecast", SIMFEROPOL, "--as-of", "2023-05-18T15:00+03:00", "--model", "lognormal"]
    )
    assert result.exit_code == 0, result.output
    assert "lasting 5.0 h" in result.output
    result = runner.invoke(app, ["forecast", SIMFEROPOL, "--as-of", "2023-05-18"])
    assert isinstance(result.exception, InputError)


def test_the_backtest_runs_on_a_catalogue_of_ones_own(tmp_path):
    from netmodel.cli.restoration_verbs import app

    entries = "".join(
        f"""
- id: own-{number}
  title: Closure {number}
  kind: technical
  zone: Europe/Kyiv
  place: {{none: an example}}
  effect: closed
  claims:
  - {{document: own, speaker: A, says: closed, about: start, at: "2024-01-0{number}T00:00+02:00"}}
  - {{document: own, speaker: A, says: open, about: first_traffic, lasted_hours: {2 * number}}}
"""
        for number in range(1, 7)
    )
    documents = tmp_path / "documents.yaml"
    documents.write_text("documents:\n- {id: own, publisher: P, published: 2024-02-01}\n")
    incidents = tmp_path / "own.yaml"
    incidents.write_text(f"incidents:{entries}")
    figure = tmp_path / "test.svg"
    result = CliRunner().invoke(
        app,
        ["backtest", "--incidents", str(incidents), "--incidents", str(documents),
         "--plot", str(figure), "--model", "weibull"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "CRPS of weibull below" in result.output
    assert "<svg" in figure.read_text()


def test_a_mixture_scores_like_scipy():
    mixture = Mixture(distribution="lognormal", location=np.array([2.0]), scale=np.array([1.0]))
    theirs = stats.lognorm(s=1, scale=math.exp(2))
    expected = (
        quad(lambda t: theirs.cdf(t) ** 2, 0, 9)[0]
        + quad(lambda t: theirs.sf(t) ** 2, 9, 8760, limit=200)[0]
    )
    assert score_crps(mixture, 9, 9) == pytest.approx(expected, rel=1e-3)
