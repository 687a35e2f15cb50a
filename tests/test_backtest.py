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
from netmodel.restoration.backtest import run_backtest
from netmodel.restoration.distributions import NAIVE_RULES, ExponentialRule, Mixture, PointRule
from netmodel.restoration.durations import Durations, collect_durations
from netmodel.restoration.forecast import forecast_restoration
from netmodel.restoration.scores import ForecastTable, judge_interval, score_crps, score_log
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


def test_the_model_beats_every_naive_rule(backtest):
    summary = backtest.summary()
    for rival in NAIVE_RULES:
        assert summary.loc["loglogistic", "crps_hours"] < summary.loc[rival, "crps_hours"]
        assert summary.loc["loglogistic", "crps_log"] < summary.loc[rival, "crps_log"]
        gain, error = backtest.advantage("loglogistic", rival, "crps_log")
        assert gain > 2 * error
        assert math.isinf(summary.loc[rival, "log_score"])
    assert math.isfinite(summary.loc["loglogistic", "log_score"])


def test_every_incident_is_scored_by_every_rule(backtest, durations):
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


@pytest.mark.parametrize(
    "change", [{"draws": 0}, {"workers": 0}, {"folds": 1}, {"folds": 7}, {"rows": 1}]
)
def test_a_backtest_that_is_none_is_refused(change):
    rows = [(str(n), "power", n + 1, n + 1) for n in range(change.pop("rows", 6))]
    with pytest.raises(InputError):
        run_backtest(Durations.from_bounds(rows), distributions=("lognormal",), **change)


def test_two_workers_give_what_one_gives(durations):
    few = replace(durations, rows=durations.rows[:24])
    seen = {1: [], 2: []}
    one, two = (
        run_backtest(few, draws=50, workers=workers, folds=folds,
                     progress=lambda *step, to=seen[workers]: to.append(step))
        for workers, folds in ((1, None), (2, None))
    )  # fmt: skip
    assert one.to_table().equals(two.to_table())
    assert [each.verdicts for each in one.scores] == [each.verdicts for each in two.scores]
    assert seen[1] == seen[2]
    assert seen[1][-1] == ("backtest", 24, 24)


def test_folds_leave_every_incident_out_once(durations):
    test = run_backtest(durations, distributions=("lognormal",), draws=50, folds=5)
    assert test.folds == 5
    assert [score.duration for score in test.of_rule("lognormal")] == list(durations.rows)
    again = run_backtest(durations, distributions=("lognormal",), draws=50, folds=5)
    assert test.to_table().equals(again.to_table())
    other = run_backtest(durations, distributions=("lognormal",), draws=50, folds=5, seed=1)
    assert not test.to_table().equals(other.to_table())


def test_the_likely_coverage_is_what_the_forecasts_are_made_for():
    rng = np.random.default_rng(5)
    hours = np.exp(2 + rng.standard_normal(400))
    rows = [
        (str(n), "power", h, h) if n % 2 else (str(n), "power", h * 0.8, h * 1.3)
        for n, h in enumerate(hours)
    ]
    sample = Durations.from_bounds(rows)
    test = run_backtest(sample, distributions=("lognormal",), draws=100, folds=4)
    for level in (0.5, 0.8):
        share, error = test.likely_coverage("lognormal", level)
        assert share == pytest.approx(level, abs=3 * error)
        assert error < 0.06
        least, most = test.coverage("lognormal", level)
        assert least - 0.02 < share < most + 0.02
    # An exponential with a mean of four hours is too short for these, and it shows.
    truth = stats.lognorm(s=1, scale=math.exp(2)).cdf(stats.expon(scale=4).ppf([0.1, 0.9]))
    found = test.likely_coverage("about four hours", 0.8)[0]
    assert found == pytest.approx(truth[1] - truth[0], abs=0.06)
    assert all(math.isnan(each) for each in test.likely_coverage("one day, always", 0.8))


def test_incidents_of_one_day_count_once_in_standard_errors():
    rng = np.random.default_rng(2)
    rows = Durations.from_bounds(
        [(str(n), "power", h, h) for n, h in enumerate(np.exp(rng.standard_normal(12)))]
    ).rows
    alone = run_backtest(Durations(rows=rows), distributions=("lognormal",), draws=20, folds=3)
    named = tuple(replace(row, day=f"day {n}") for n, row in enumerate(rows))
    apart = run_backtest(Durations(rows=named), distributions=("lognormal",), draws=20, folds=3)
    assert apart.advantage("lognormal", "about one day") == alone.advantage(
        "lognormal", "about one day"
    )
    whole = tuple(replace(row, day="2025-10-02") for row in rows)
    one_day = run_backtest(Durations(rows=whole), distributions=("lognormal",), draws=20, folds=3)
    assert math.isnan(one_day.advantage("lognormal", "about one day")[1])


@pytest.mark.parametrize("bounds", [(9.0, 9.0), (0.0, 5.0), (4.0, INF), (3.0, 30.0), (1e-4, 2e-4)])
@pytest.mark.parametrize("after", [0.0, 2.5])
@pytest.mark.parametrize("distribution", ["lognormal", "weibull", "loglogistic"])
def test_scores_of_a_mixture_equal_numerical_integrals(distribution, after, bounds):
    mixture = Mixture(
        distribution=distribution,
        location=np.array([1.0, 2.0, 2.5]),
        scale=np.array([0.5, 1.0, 1.3]),
    )
    mixture = mixture.given_longer_than(after) if after else mixture
    lower, upper = bounds

    def share(log_hours):
        return float(mixture.cdf(np.array([math.exp(log_hours)]))[0])

    def integrate(weight):
        total = 0.0
        if lower > 0:
            total += quad(lambda x: share(x) ** 2 * weight(x), -14, math.log(lower), limit=300)[0]
        if upper < INF:
            rest = quad(lambda x: (1 - share(x)) ** 2 * weight(x), max(math.log(upper), -14),
                        math.log(8760), limit=300)[0]  # fmt: skip
            total += rest
        return total

    crps = ForecastTable.of(mixture).crps(lower, upper)
    assert crps[0] == pytest.approx(integrate(math.exp), rel=2e-3, abs=1e-4)
    logs = integrate(lambda x: math.exp(x) / (1 + math.exp(x)))
    assert crps[1] == pytest.approx(logs, rel=2e-3, abs=1e-4)
    for probability, found in ForecastTable.of(mixture).quantiles.items():
        assert found == pytest.approx(mixture.quantile(probability), rel=1e-3)


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
        ("2026-02-05-sumy", "2026-03-01T00:00+03:00", InputError, "no effect"),
        ("2023-05-18-simferopol", "2023-05-19T00:00+03:00", UnknownNameError, "chystenke"),
    ],
)
def test_what_cannot_be_forecast_is_refused(catalogue, incident, as_of, error, message):
    with pytest.raises(error, match=message):
        forecast_restoration(catalogue, incident, as_of=parse_instant(as_of))


def test_where_little_was_known_the_prior_forecasts_and_says_so(catalogue):
    forecast = forecast_restoration(
        catalogue, "2022-04-12-nezhegol", as_of=parse_instant("2022-04-13T12:00+03:00")
    )
    assert forecast.remaining_hours(0.9) > 100
    assert any("prior" in notice for notice in forecast.notices)


def test_a_large_backtest_is_drawn_in_part(tmp_path):
    from netmodel.plot.restoration_curve import draw_backtest, new_figure

    rows = [(str(n), "power", 1 + n % 7, 2 + n % 9) for n in range(0, 600, 2)]
    test = run_backtest(
        Durations.from_bounds([(a, b, min(c, d), max(c, d)) for a, b, c, d in rows]),
        distributions=("lognormal",), draws=10, folds=2,
    )  # fmt: skip
    ax = draw_backtest(new_figure(6).axes[0], test, "lognormal")
    assert len(ax.get_yticks()) == 250
    assert "250 of 300" in ax.get_title(loc="left")


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
    assert result.output.count("note: CRPS of weibull") == len(NAIVE_RULES)
    assert "<svg" in figure.read_text()
    result = CliRunner().invoke(
        app, ["fit", "--incidents", str(incidents), "--incidents", str(documents)]
    )
    assert result.exit_code == 0, result.output
    assert "made the news" not in result.output


def test_a_mixture_scores_like_scipy():
    mixture = Mixture(distribution="lognormal", location=np.array([2.0]), scale=np.array([1.0]))
    theirs = stats.lognorm(s=1, scale=math.exp(2))
    expected = (
        quad(lambda t: theirs.cdf(t) ** 2, 0, 9)[0]
        + quad(lambda t: theirs.sf(t) ** 2, 9, 8760, limit=200)[0]
    )
    assert score_crps(mixture, 9, 9) == pytest.approx(expected, rel=1e-3)
