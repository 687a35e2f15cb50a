"""The fits against scipy, lifelines and simulated truth; what is refused, and what is said."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize

from netmodel.errors import InputError, UnknownNameError
from netmodel.restoration.distributions import (
    DISTRIBUTIONS,
    ExponentialRule,
    Mixture,
    PointRule,
    chance_by,
)
from netmodel.restoration.durations import Duration, Durations
from netmodel.restoration.fit import RestorationPrior, fit_all, fit_restoration
from netmodel.restoration.likelihood import (
    CensoredSample,
    NormalPrior,
    find_mode,
    log_likelihood,
)
from netmodel.restoration.survival import fit_turnbull

pytest.importorskip("lifelines")
NOTHING_HELD = RestorationPrior(
    typical_sd=math.inf, kind_sd=math.inf, spread_sd=math.inf, kind_spread_sd=0.0
)
"""For comparisons with libraries that know no prior."""


def simulate(count, *, mean=2.5, sd=1.2, seed=0, kinds=("power",), shift=0.0):
    """Return lognormal durations, a quarter each exact, interval-, left- and right-censored."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, len(kinds), count)
    hours = np.exp(mean + shift * kind + sd * rng.standard_normal(count))
    # Left-censoring limits lie late and right-censoring limits early, so that they do not cancel.
    limit = np.exp(
        mean + sd * rng.standard_normal(count) + np.where(np.arange(count) % 4 == 2, 1, -1)
    )
    rows = []
    for number in range(count):
        true, cut = hours[number], limit[number]
        name = (str(number), kinds[kind[number]])
        way = number % 4
        if way == 0:
            rows.append((*name, true, true))
        elif way == 1:
            rows.append((*name, 6 * math.floor(true / 6), 6 * math.floor(true / 6) + 6))
        elif way == 2:
            rows.append((*name, 0, cut) if true <= cut else (*name, true, true))
        else:
            rows.append((*name, cut, math.inf) if true > cut else (*name, true, true))
    return Durations.from_bounds(rows)


def bounds_of(sample):
    lower = np.array([row.lower_hours for row in sample.rows])
    upper = np.array([row.upper_hours for row in sample.rows])
    return lower, upper


def censored_data(sample):
    lower, upper = bounds_of(sample)
    names = np.array([row.censoring for row in sample.rows])
    return stats.CensoredData(
        uncensored=lower[names == "exact"],
        left=upper[names == "left"],
        right=lower[names == "right"],
        interval=np.column_stack([lower, upper])[names == "interval"],
    )


def scipy_location_and_scale(distribution, data):
    """Return the mode in terms of log-hours, from scipy alone."""
    if distribution == "lognormal":
        shape, _, scale = stats.lognorm.fit(data, floc=0)
        return math.log(scale), shape
    family = {"weibull": stats.weibull_min, "loglogistic": stats.fisk}[distribution]
    shape, _, scale = family.fit(data, floc=0)
    return math.log(scale), 1 / shape


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_fit_equals_scipy_on_the_same_data(distribution):
    sample = simulate(120, seed=3)
    fit = fit_restoration(sample, distribution=distribution, by_kind=False, prior=NOTHING_HELD)
    location, scale = scipy_location_and_scale(distribution, censored_data(sample))
    assert fit.parameter("intercept")[0] == pytest.approx(location, abs=1e-3)
    assert fit.effective_parameters == 2
    assert math.exp(fit.parameter("scale")[0]) == pytest.approx(scale, rel=2e-3)
    assert fit.log_likelihood == pytest.approx(scipy_log_likelihood(sample, fit), abs=1e-6)
    assert fit.aic == pytest.approx(4 - 2 * fit.log_likelihood)


def scipy_log_likelihood(sample, fit):
    """Return the log-likelihood of a fit without covariates, from scipy's distributions."""
    location, scale = fit.parameter("intercept")[0], math.exp(fit.parameter("scale")[0])
    family = {
        "lognormal": stats.lognorm(s=scale, scale=math.exp(location)),
        "weibull": stats.weibull_min(c=1 / scale, scale=math.exp(location)),
        "loglogistic": stats.fisk(c=1 / scale, scale=math.exp(location)),
    }[fit.distribution]
    return sum(
        family.logpdf(row.lower_hours)
        if row.censoring == "exact"
        else math.log(family.cdf(row.upper_hours) - family.cdf(row.lower_hours))
        for row in sample.rows
    )


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_unpooled_fit_with_kinds_equals_lifelines(distribution):
    import lifelines

    sample = simulate(90, seed=5, kinds=("power", "weather"), shift=0.7)
    lower, upper = bounds_of(sample)
    table = pd.DataFrame(
        {
            "weather": [float(row.kind == "weather") for row in sample.rows],
            "lower": np.maximum(lower, 1e-12),
            "upper": upper,
        }
    )
    family = {
        "lognormal": lifelines.LogNormalAFTFitter,
        "weibull": lifelines.WeibullAFTFitter,
        "loglogistic": lifelines.LogLogisticAFTFitter,
    }[distribution]
    theirs = family().fit_interval_censoring(table, "lower", "upper").params_.to_numpy()
    # With so wide a prior for each kind, only the difference between the two is determined.
    wide = replace(NOTHING_HELD, kind_sd=30.0)
    ours = fit_restoration(sample, distribution=distribution, prior=wide)
    difference = ours.parameter("kind weather")[0] - ours.parameter("kind power")[0]
    assert difference == pytest.approx(theirs[0], abs=0.01)


def test_pooled_fit_is_the_mode_that_its_prior_says():
    sample = simulate(60, seed=8, kinds=("fire", "power", "weather"), shift=0.9)
    lower, upper = bounds_of(sample)
    kinds = sorted(sample.kind_counts())
    place = np.array([kinds.index(row.kind) for row in sample.rows])

    def minus_log_posterior(parameters):
        effects, intercept, log_scale = parameters[:3], parameters[3], parameters[4]
        family = stats.lognorm(s=math.exp(log_scale), scale=np.exp(intercept + effects[place]))
        exact = lower == upper
        with np.errstate(divide="ignore"):
            terms = np.where(
                exact, family.logpdf(lower), np.log(family.cdf(upper) - family.cdf(lower))
            )
        total = -terms.sum() + (effects**2).sum() / (2 * 0.5**2)
        total += (intercept - math.log(6)) ** 2 / (2 * 2.0**2)
        total += (log_scale - math.log(1.3)) ** 2 / (2 * 0.5**2)
        return total if math.isfinite(total) else 1e6

    best = minimize(minus_log_posterior, np.zeros(5), method="BFGS").x
    fit = fit_restoration(sample, prior=RestorationPrior(kind_sd=0.5, kind_spread_sd=0.0))
    assert fit.names == ("intercept", "kind fire", "kind power", "kind weather", "scale")
    assert fit.parameters == pytest.approx(best[[3, 0, 1, 2, 4]], abs=2e-3)
    assert 2 < fit.effective_parameters < 5


def test_5000_censored_durations_give_the_truth_back():
    sample = simulate(5000, mean=2.5, sd=1.2, seed=11)
    counts = sample.censoring_counts()
    assert min(counts.values()) > 400
    fit = fit_restoration(sample, by_kind=False)
    mean, mean_error = fit.parameter("intercept")
    log_sd, log_sd_error = fit.parameter("scale")
    assert abs(mean - 2.5) < 3 * mean_error
    assert abs(log_sd - math.log(1.2)) < 3 * log_sd_error
    assert mean_error < 0.05


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(DISTRIBUTIONS),
    st.floats(-1, 5),
    st.floats(0.4, 2.5),
    st.integers(0, 1000),
)
def test_censored_samples_of_any_shape_give_the_truth_back(distribution, location, scale, seed):
    rng = np.random.default_rng(seed)
    uniform = rng.uniform(size=600)
    standard = {
        "lognormal": stats.norm.ppf(uniform),
        "weibull": np.log(-np.log1p(-uniform)),
        "loglogistic": np.log(uniform) - np.log1p(-uniform),
    }[distribution]
    true = np.exp(location + scale * standard)
    checks = np.exp(location + scale * rng.normal(0, 1.5, (600, 2)))
    checks.sort(axis=1)
    rows = []
    for number, (hours, (first, second)) in enumerate(zip(true, checks, strict=True)):
        lower = 0.0 if hours <= first else first if hours <= second else second
        upper = first if hours <= first else second if hours <= second else math.inf
        exact = number % 4 == 0
        rows.append((str(number), "power", hours if exact else lower, hours if exact else upper))
    fit = fit_restoration(
        Durations.from_bounds(rows), distribution=distribution, by_kind=False, prior=NOTHING_HELD
    )
    for name, truth in (("intercept", location), ("scale", math.log(scale))):
        found, error = fit.parameter(name)
        assert abs(found - truth) < 5 * error
        assert error < 0.3 * max(scale, 0.5)


@pytest.mark.parametrize("how", ["drop", "take the bound"])
def test_ignoring_the_censoring_does_not(how):
    sample = simulate(5000, mean=2.5, sd=1.2, seed=11)
    if how == "drop":
        hours = [row.lower_hours for row in sample.rows if row.censoring == "exact"]
    else:
        hours = [
            row.lower_hours if math.isinf(row.upper_hours) else row.upper_hours
            for row in sample.rows
        ]
    logs = np.log(hours)
    errors = abs(logs.mean() - 2.5) / (logs.std() / math.sqrt(len(logs)))
    spread_errors = abs(math.log(logs.std() / 1.2)) * math.sqrt(2 * len(logs))
    assert max(errors, spread_errors) > 4.5


def test_turnbull_equals_scipy_where_scipy_can():
    rng = np.random.default_rng(4)
    hours, cut = rng.exponential(10, 40).round(3), rng.exponential(15, 40).round(3)
    rows = [
        (str(number), "power", true, true) if true <= end else (str(number), "power", end, math.inf)
        for number, (true, end) in enumerate(zip(hours, cut, strict=True))
    ]
    data = stats.CensoredData.right_censored(np.minimum(hours, cut), hours > cut)
    theirs = stats.ecdf(data).sf
    ours = fit_turnbull(Durations.from_bounds(rows))
    for time in np.sort(np.minimum(hours, cut))[:-1]:
        low, high = ours.still_out(float(time))
        assert low == pytest.approx(float(theirs.evaluate(time)), abs=2e-3)
        assert high == pytest.approx(low)


def test_turnbull_leaves_open_what_the_bounds_leave_open():
    estimate = fit_turnbull(
        Durations.from_bounds([("a", "power", 1, 2), ("b", "power", 4, 5), ("c", "power", 6, 8)])
    )
    assert estimate.still_out(0.5) == pytest.approx((1, 1))
    assert estimate.still_out(1.5) == pytest.approx((2 / 3, 1))
    assert estimate.still_out(3) == pytest.approx((2 / 3, 2 / 3))
    assert estimate.still_out(99) == (0, 0)
    assert estimate.median_hours() == pytest.approx((4, 5))


def test_a_kind_with_one_duration_is_drawn_to_the_others_and_said():
    many = simulate(40, seed=2)
    lonely = Durations(rows=(*many.rows, *Durations.from_bounds([("one", "fire", 900, 900)]).rows))
    fit = fit_restoration(lonely)
    assert any("fire has one duration" in notice for notice in fit.notices)
    assert 12 < fit.predict("fire").quantile(0.5) < 500
    loose = fit_restoration(lonely, prior=RestorationPrior(kind_sd=20.0))
    assert loose.predict("fire").quantile(0.5) > fit.predict("fire").quantile(0.5)


def test_an_unknown_kind_is_told_more_widely():
    sample = simulate(200, seed=2, kinds=("power", "weather"))
    fit = fit_restoration(sample)
    known, unknown = fit.predict("power"), fit.predict("landslide")
    assert unknown.quantile(0.9) / unknown.quantile(0.1) > known.quantile(0.9) / known.quantile(0.1)
    single = fit_restoration(simulate(40, seed=2))
    assert any("not compared" in notice for notice in single.notices)
    assert single.predict("weather").quantile(0.9) > single.predict("power").quantile(0.9)


def test_effects_other_than_closures_have_a_covariate():
    rows = [
        Duration(
            incident=str(number),
            kind="power",
            effect="closed" if number % 2 else "slowed",
            milestone="first_traffic" if number % 2 else "full_service",
            lower_hours=hours,
            upper_hours=hours,
        )
        for number, hours in enumerate([20.0, 2.0, 30.0, 3.0, 25.0, 4.0, 22.0, 2.5])
    ]
    fit = fit_restoration(Durations(rows=tuple(rows)))
    slowed, closed = fit.predict("power", effect="slowed"), fit.predict("power")
    assert slowed.quantile(0.5) > 2 * closed.quantile(0.5)


def test_fits_come_by_aic():
    fits = list(fit_all(simulate(1500, seed=1)).values())
    assert [fit.aic for fit in fits] == sorted(fit.aic for fit in fits)
    assert fits[0].distribution == "lognormal"
    assert fits[-1].aic > fits[0].aic + 5


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(str(n), "power", n + 1, math.inf) for n in range(9)],
        [(str(n), "power", 0, n + 1) for n in range(9)],
        [("a", "power", 3, 3), ("b", "power", 1, math.inf)],
        [(str(n), "power", n, 9) for n in range(1, 6)],
        [(str(n), "power", 5, 5) for n in range(4)],
    ],
)
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_a_sample_that_says_little_leaves_the_prior(rows, distribution):
    sample = Durations.from_bounds(rows)
    fit = fit_restoration(sample, distribution=distribution)
    assert 0 < fit.predict("power").quantile(0.1) < fit.predict("power").quantile(0.9) < math.inf
    few = any("bounded on both sides" in notice for notice in fit.notices)
    assert few == (sample.bounded_count() < 3)


def test_without_durations_the_forecast_is_the_prior():
    prior = RestorationPrior(typical_hours=10.0, typical_sd=1.0, kind_sd=0.5, spread=1.0,
                             spread_sd=1e-3, kind_spread_sd=0.0)  # fmt: skip
    forecast = fit_restoration(Durations(rows=()), prior=prior).predict("power", draws=20_000)
    theirs = stats.lognorm(s=math.sqrt(1 + 0.5**2 + 1), scale=10)
    for probability in (0.1, 0.5, 0.9):
        assert forecast.quantile(probability) == pytest.approx(theirs.ppf(probability), rel=0.05)


@pytest.mark.parametrize(
    "change", [{"typical_hours": 0.0}, {"kind_sd": -1.0}, {"spread": math.inf}, {"spread_sd": 0.0},
               {"kind_spread_sd": math.nan}],
)  # fmt: skip
def test_a_prior_that_is_none_is_refused(change):
    with pytest.raises(InputError, match=next(iter(change))):
        RestorationPrior(**change)


bounds = st.tuples(st.floats(0.01, 500), st.floats(1.05, 100), st.sampled_from("eilr"))


def make_row(number, hours, factor, way):
    lower = 0.0 if way == "l" else hours
    upper = {"e": hours, "r": math.inf}.get(way, hours * factor)
    return Duration(
        incident=str(number),
        kind=("power", "weather", "fire")[number % 3],
        effect="closed",
        milestone="first_traffic",
        lower_hours=lower,
        upper_hours=upper,
        entry_hours=0.3 * hours if number % 2 else 0.0,
        traffic="passenger" if number % 5 == 0 else "all",
    )


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(DISTRIBUTIONS),
    st.lists(bounds, min_size=1, max_size=6),
    st.lists(st.floats(-1.5, 1.5), min_size=4, max_size=4),
)
def test_gradient_and_hessian_equal_finite_differences(distribution, each, parameters):
    rows = Durations(rows=tuple(make_row(n, *row) for n, row in enumerate(each)))
    count = len(rows)
    columns = np.stack([np.ones(count), np.arange(count) % 3 == 1], axis=1).astype(float)
    sample = CensoredSample.from_durations(rows, columns, columns[:, ::-1].copy())
    at = np.array(parameters) + np.array([2.0, 0, 0, 0.3])

    def value(parameters):
        return log_likelihood(sample, parameters, distribution=distribution)

    _, gradient, hessian = value(at)
    for place in range(4):
        step = np.zeros(4)
        step[place] = 1e-5
        above, below = value(at + step), value(at - step)
        scale = 1e-5 * (1 + np.abs(hessian).max())
        assert gradient[place] == pytest.approx((above[0] - below[0]) / 2e-5, rel=1e-4, abs=scale)
        assert hessian[place] == pytest.approx((above[1] - below[1]) / 2e-5, rel=1e-4, abs=scale)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DISTRIBUTIONS), bounds, st.floats(0.5, 4), st.floats(0.4, 2))
def test_likelihood_equals_scipy(distribution, row, location, scale):
    one_row = make_row(1, *row)
    sample = CensoredSample.from_durations(
        Durations(rows=(one_row,)), np.ones((1, 1)), np.ones((1, 1))
    )
    theirs = {
        "lognormal": stats.lognorm(s=scale, scale=math.exp(location)),
        "weibull": stats.weibull_min(c=1 / scale, scale=math.exp(location)),
        "loglogistic": stats.fisk(c=1 / scale, scale=math.exp(location)),
    }[distribution]
    lower, upper = one_row.lower_hours, one_row.upper_hours
    if one_row.censoring == "exact":
        expected = theirs.logpdf(lower)
    else:
        chance = max(theirs.cdf(upper) - theirs.cdf(lower), theirs.sf(lower) - theirs.sf(upper))
        expected = math.log(chance) if chance > 1e-9 else None
    if expected is not None and theirs.sf(one_row.entry_hours) > 1e-200:
        expected -= theirs.logsf(one_row.entry_hours)
        parameters = np.array([location, math.log(scale)])
        found = log_likelihood(sample, parameters, distribution=distribution)[0]
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_the_fit_ends_where_the_gradient_is_nil(distribution):
    sample = simulate(90, seed=5, kinds=("power", "weather"), shift=0.7)
    columns = np.ones((90, 1))
    flat = NormalPrior(mean=np.zeros(2), precision=np.zeros(2))
    censored = CensoredSample.from_durations(sample, columns, columns)
    mode = find_mode(censored, distribution=distribution, prior=flat)
    gradient = log_likelihood(censored, mode.parameters, distribution=distribution)[1]
    assert np.abs(gradient).max() < 1e-2
    far = find_mode(censored, distribution=distribution, prior=flat, start=np.array([9.0, 2.0]))
    assert far.parameters == pytest.approx(mode.parameters, abs=1e-4)


def test_what_a_record_does_not_take_is_allowed_for():
    rng = np.random.default_rng(4)
    hours = np.exp(1.0 + 1.2 * rng.standard_normal(8000))
    rows = [
        Duration(incident=str(n), kind="power", effect="closed", milestone="first_traffic",
                 lower_hours=h, upper_hours=h, entry_hours=4.0)
        for n, h in enumerate(hours) if h >= 4
    ]  # fmt: skip
    assert len(rows) < 4000
    fit = fit_restoration(Durations(rows=tuple(rows)), by_kind=False)
    mean, error = fit.parameter("intercept")
    assert abs(mean - 1.0) < 3 * error
    blind = Durations(rows=tuple(replace(row, entry_hours=0.0) for row in rows))
    assert fit_restoration(blind, by_kind=False).parameter("intercept")[0] > 1.5


def test_passenger_trains_alone_may_differ_in_one_kind_and_not_in_another():
    rng = np.random.default_rng(9)
    rows = []
    for number in range(400):
        kind, traffic = ("security", "power")[number % 2], ("all", "passenger")[number // 2 % 2]
        shift = 3.0 if (kind, traffic) == ("security", "passenger") else 0.0
        hours = math.exp(1.5 + shift + 0.8 * rng.standard_normal())
        rows.append(
            Duration(incident=str(number), kind=kind, effect="closed", milestone="first_traffic",
                     lower_hours=hours, upper_hours=hours, traffic=traffic)
        )  # fmt: skip
    fit = fit_restoration(Durations(rows=tuple(rows)))
    median = {
        (kind, traffic): fit.predict(kind, traffic=traffic).quantile(0.5)
        for kind in ("security", "power")
        for traffic in ("all", "passenger", "freight")
    }
    assert median["security", "passenger"] / median["security", "all"] == pytest.approx(20, rel=0.3)
    assert median["power", "passenger"] / median["power", "all"] == pytest.approx(1, rel=0.3)
    assert median["power", "freight"] == median["power", "all"]
    with pytest.raises(UnknownNameError, match="traffic"):
        fit.predict("power", traffic="passengers")


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_a_kind_may_spread_more_than_another(distribution):
    rng = np.random.default_rng(3)
    rows = [
        (str(n), kind, hours, hours)
        for kind, spread in (("power", 0.5), ("weather", 1.5))
        for n, hours in enumerate(np.exp(2 + spread * rng.standard_normal(300)))
    ]
    fit = fit_restoration(Durations.from_bounds(rows), distribution=distribution)
    wide, narrow = (
        math.log(fit.predict(kind).quantile(0.9) / fit.predict(kind).quantile(0.1))
        for kind in ("weather", "power")
    )
    assert wide / narrow == pytest.approx(3, rel=0.15)


def test_no_library_warns():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = [(str(n), "power", n + 1, 10.0 + 5 * n) for n in range(4)]
        fit_all(Durations.from_bounds(rows))
        fit_turnbull(Durations.from_bounds(rows))


def test_other_bad_input_is_refused():
    sample = simulate(20, seed=1)
    with pytest.raises(UnknownNameError, match="lognormal"):
        fit_restoration(sample, distribution="lognormale")
    zero = Durations.from_bounds([("z", "power", 0, 0), ("a", "power", 2, 2)])
    with pytest.raises(InputError, match="zero hours"):
        fit_restoration(zero)
    fit = fit_restoration(sample)
    with pytest.raises(InputError, match="draws"):
        fit.predict("power", draws=0)
    with pytest.raises(InputError, match="samples"):
        fit.predict("power").draw(0, seed=1)
    with pytest.raises(UnknownNameError):
        fit.parameter("interception")
    with pytest.raises(InputError, match="upper bound"):
        fit_turnbull(Durations.from_bounds([("a", "power", 1, math.inf)]))
    with pytest.raises(InputError, match="probability"):
        PointRule(hours=1.0).quantile(1.0)


def one(distribution, location=1.5, scale=0.8):
    return Mixture(
        distribution=distribution, location=np.array([location]), scale=np.array([scale])
    )


FROZEN = {
    "lognormal": stats.lognorm(s=0.8, scale=math.exp(1.5)),
    "weibull": stats.weibull_min(c=1 / 0.8, scale=math.exp(1.5)),
    "loglogistic": stats.fisk(c=1 / 0.8, scale=math.exp(1.5)),
}


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_mixtures_of_one_equal_scipy(distribution):
    ours, theirs = one(distribution), FROZEN[distribution]
    hours = np.array([0.01, 0.5, 3.0, 40.0, 900.0])
    assert ours.cdf(hours) == pytest.approx(theirs.cdf(hours))
    assert [ours.density(h) for h in hours] == pytest.approx(theirs.pdf(hours))
    assert ours.quantile(0.3) == pytest.approx(theirs.ppf(0.3))
    later = ours.given_longer_than(6.0)
    assert chance_by(later, 9.0) == pytest.approx(1 - theirs.sf(9) / theirs.sf(6))
    assert chance_by(later, 5.0) == 0
    assert later.density(5.0) == 0
    assert later.density(9.0) == pytest.approx(theirs.pdf(9) / theirs.sf(6))


@settings(max_examples=25)
@given(
    st.sampled_from(DISTRIBUTIONS),
    st.lists(st.floats(-2, 6), min_size=1, max_size=5),
    st.floats(0.2, 3),
    st.floats(0, 500),
    st.floats(0.02, 0.98),
)
def test_quantile_is_the_inverse_of_the_distribution(name, location, scale, after, probability):
    mixture = Mixture(
        distribution=name,
        location=np.array(location),
        scale=np.full(len(location), scale),
        after_hours=after,
    )
    hours = mixture.quantile(probability)
    assert hours >= after
    if math.isfinite(hours):
        assert chance_by(mixture, hours) == pytest.approx(probability, abs=1e-4)


def test_waiting_shifts_the_weight_to_slow_components():
    mixture = Mixture(
        distribution="lognormal", location=np.array([1.0, 5.0]), scale=np.array([0.3, 0.3])
    )
    assert mixture.quantile(0.4) < 10
    assert mixture.given_longer_than(20.0).quantile(0.4) > 100


def test_draws_follow_the_distribution():
    drawn = one("weibull").given_longer_than(2.0).draw(400, seed=5)
    conditional = one("weibull").given_longer_than(2.0)
    assert stats.kstest(drawn, lambda hours: conditional.cdf(np.asarray(hours))).pvalue > 0.01


@pytest.mark.parametrize(
    "change",
    [
        {"distribution": "normal"},
        {"scale": np.array([0.0])},
        {"scale": np.array([1.0, 1.0])},
        {"after_hours": -1.0},
        {"location": np.array([]), "scale": np.array([])},
    ],
)
def test_a_mixture_that_is_none_is_refused(change):
    fields = {
        "distribution": "weibull",
        "location": np.array([1.0]),
        "scale": np.array([1.0]),
        "after_hours": 0.0,
    }
    with pytest.raises(InputError):
        Mixture(**(fields | change))


def test_exponential_rule_has_the_mean_that_it_knows():
    rule = ExponentialRule(mean_hours=4.0)
    assert chance_by(rule, 4.0) == pytest.approx(1 - math.exp(-1))
    assert rule.density(4.0) == pytest.approx(stats.expon(scale=4).pdf(4))
