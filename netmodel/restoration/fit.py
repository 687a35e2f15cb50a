"""Models of restoration time, fitted to censored durations.

Lognormal, Weibull and log-logistic durations. What is visible beforehand shifts the location: the
kind of incident, whether the line was closed or only restricted, and whether only passenger trains
were concerned, which may matter in one kind and not in another. Each kind has a spread of its own
too. All of these are pooled in part: a normal prior draws them to what all kinds have in common,
the more so the fewer durations there are. With no duration at all the prior is what remains.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, UnknownNameError
from netmodel.evidence.vocabulary import EFFECTS, KINDS
from netmodel.restoration.algebra import FloatArray, combine, factorize
from netmodel.restoration.distributions import DISTRIBUTIONS, Mixture
from netmodel.restoration.durations import CONCERNED, Durations
from netmodel.restoration.likelihood import CensoredSample, NormalPrior, find_mode

FEW_BOUNDED = 3
DEGRADED = "not_closed"
PASSENGER_ONLY = "passenger_only"
SCALE = "scale"
INTERCEPT = "intercept"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorationPrior:
    """What is held of restoration times before any duration is seen, in log-hours.

    Each figure is the mean or the standard deviation of a normal distribution. An infinite
    deviation says nothing; one of 0 leaves no differences.

    Parameters
    ----------
    typical_hours, typical_sd
        The hours in which half of the restorations of an average kind are done, and the deviation
        of their logarithm: 2 means between a seventh and seven times as long, for two thirds.
    kind_sd
        Of each difference: of a kind, of effects other than a closure, of passenger trains alone,
        and of passenger trains alone in one kind. 1 means a factor of 2.7, for two thirds.
    spread, spread_sd
        Scale of log-hours within a kind, and the deviation of its logarithm.
    kind_spread_sd
        Deviation of the logarithm of one kind's scale from that of all.

    Raises
    ------
    InputError
        If `typical_hours` or `spread` is not positive, or a deviation is negative or no number.

    Examples
    --------
    >>> RestorationPrior(kind_sd=0.5).typical_hours
    6.0
    """

    typical_hours: float = 6.0
    typical_sd: float = 2.0
    kind_sd: float = 1.0
    spread: float = 1.3
    spread_sd: float = 0.5
    kind_spread_sd: float = 0.3

    def __post_init__(self) -> None:
        problems = []
        for each in fields(self):
            value = getattr(self, each.name)
            least = "> 0 and finite" if each.name in ("typical_hours", "spread") else ">= 0"
            if not value >= 0 or (least != ">= 0" and not 0 < value < math.inf):
                problems.append(Problem(what=f"{each.name} (={value}) must be {least}"))
        problems += [
            Problem(what=f"{name} (=0) must be > 0")
            for name in ("typical_sd", "spread_sd")
            if getattr(self, name) == 0
        ]
        if problems:
            raise InputError(problems)

    def deviation_of(self, name: str) -> float:
        """Return the standard deviation of a parameter of a fit, by its name."""
        if name == INTERCEPT:
            return self.typical_sd
        if name == SCALE:
            return self.spread_sd
        return self.kind_spread_sd if name.startswith(SCALE) else self.kind_sd

    def mean_of(self, name: str) -> float:
        """Return the mean of a parameter of a fit, by its name."""
        return {INTERCEPT: math.log(self.typical_hours), SCALE: math.log(self.spread)}.get(name, 0)


PRIOR = RestorationPrior()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RestorationFit:
    """A fitted model of restoration time.

    Parameters
    ----------
    names
        Of the parameters. With ``W`` standard, ``log hours = location + scale * W``; the location
        is the sum of ``intercept`` and the differences that apply, and the logarithm of the scale
        that of ``scale`` and ``scale of kind …``.
    parameters, covariance
        Posterior mode and the inverse Hessian there, in the order of `names`.
    prior
        What was held before the durations were seen.
    log_likelihood
        At the mode, without the prior.
    effective_parameters
        Trace of the covariance times the unpenalized Hessian; equals the number of parameters
        without a prior (Gray 1992, doi:10.1080/01621459.1992.10476248).
    kind_counts, censoring_counts
        Sample sizes.
    notices
        What a reader must know, in sentences: kinds with one duration, a sample that says little.
    """

    distribution: str
    names: tuple[str, ...]
    parameters: FloatArray
    covariance: FloatArray
    prior: RestorationPrior
    log_likelihood: float
    effective_parameters: float
    kind_counts: Mapping[str, int]
    censoring_counts: Mapping[str, int]
    notices: tuple[str, ...]

    @property
    def aic(self) -> float:
        """Akaike's criterion, with the effective number of parameters; smaller is better."""
        return 2 * self.effective_parameters - 2 * self.log_likelihood

    @property
    def count(self) -> int:
        """Durations that the fit rests on."""
        return sum(self.kind_counts.values())

    def parameter(self, name: str) -> tuple[float, float]:
        """Return the estimate and standard error of a parameter.

        Raises
        ------
        UnknownNameError
            If there is no such parameter.
        """
        if name not in self.names:
            raise UnknownNameError.among("parameter", name, self.names)
        place = self.names.index(name)
        return float(self.parameters[place]), math.sqrt(float(self.covariance[place, place]))

    def predict(
        self,
        kind: str,
        *,
        effect: str = "closed",
        traffic: str = "all",
        draws: int = 1000,
        seed: int = 0,
    ) -> Mixture:
        """Return the predictive distribution of an incident of some kind.

        Parameters
        ----------
        kind
            One without durations is drawn from the prior around all kinds: a wider distribution.
        effect
            ``closed``, or what else the incident did to traffic.
        traffic
            Whom it concerned: ``all``, or only ``passenger`` or ``freight``.
        draws
            Parameter vectors drawn from the normal approximation at the mode.
        seed
            The same seed gives the same draws.

        Raises
        ------
        InputError
            If `draws` is below 1.
        UnknownNameError
            For an unknown `kind`, `effect` or `traffic`.
        """
        kinds = tuple(dict.fromkeys((*KINDS, *self.kind_counts)))
        for name, given, known in (("kind", kind, kinds), ("effect", effect, EFFECTS)):
            if given not in known:
                raise UnknownNameError.among(name, given, known)
        if draws < 1:
            raise InputError([Problem(what=f"draws (={draws}) must be >= 1")])
        if traffic not in CONCERNED:
            raise UnknownNameError.among("traffic", traffic, CONCERNED)
        rng = np.random.default_rng(seed)
        # A triangle changes with the covariance as little as it does, where eigenvectors leap.
        apart = combine(factorize(self.covariance), rng.standard_normal((len(self.names), draws)))
        drawn = dict(zip(self.names, self.parameters[:, None] + apart, strict=True))

        def add_up(terms: Iterator[str]) -> FloatArray:
            total = np.zeros(draws)
            for name in terms:
                fresh = rng.standard_normal(draws)
                known = drawn.get(name)
                # What the sample says nothing about is as uncertain as the prior.
                total += self._unseen_deviation(name) * fresh if known is None else known
            return total

        return Mixture(
            distribution=self.distribution,
            location=add_up(_location_terms(kind, effect, traffic)),
            scale=np.exp(add_up(_scale_terms(kind))),
        )

    def _unseen_deviation(self, name: str) -> float:
        deviation = self.prior.deviation_of(name)
        return deviation if math.isfinite(deviation) else 0.0


@refuse_wrong_kinds
def fit_restoration(
    durations: Durations,
    *,
    distribution: str = "lognormal",
    by_kind: bool = True,
    prior: RestorationPrior = PRIOR,
) -> RestorationFit:
    """Fit a model of restoration time to censored durations.

    Parameters
    ----------
    durations
        Any number; with few or none, the prior decides and a notice says so.
    distribution
        ``lognormal``, ``weibull`` or ``loglogistic``.
    by_kind
        Differences between kinds of incident, effects and traffic; else one distribution for all.
    prior
        What is held before the durations are seen.

    Returns
    -------
    RestorationFit
        A kind with one duration stays in, drawn to the mean of all; a notice says so.

    Raises
    ------
    UnknownNameError
        For an unknown distribution.
    InputError
        If a duration is of zero hours, or the prior leaves so much open that the posterior has no
        maximum.

    Examples
    --------
    >>> hours = [2.0, 3.0, 5.0, 9.0]
    >>> sample = Durations.from_bounds([(str(h), "power", h, h) for h in hours])
    >>> fit = fit_restoration(sample)
    >>> round(fit.predict("power").quantile(0.5))
    4
    """
    if distribution not in DISTRIBUTIONS:
        raise UnknownNameError.among("distribution", distribution, DISTRIBUTIONS)
    if any(row.upper_hours == 0 for row in durations.rows):
        what = "a duration of zero hours has no logarithm"
        raise InputError([Problem(what=what, where="restoration fit", remedy="leave it out")])
    if not by_kind:
        prior = replace(prior, kind_sd=0.0, kind_spread_sd=0.0)
    location, scale = _design(durations, prior)
    names = (*location, *scale)
    deviations = np.array([prior.deviation_of(name) for name in names])
    precision = deviations**-2.0
    mode = find_mode(
        CensoredSample.from_durations(durations, _stack(location), _stack(scale)),
        distribution=distribution,
        prior=NormalPrior(
            mean=np.array([prior.mean_of(name) for name in names]), precision=precision
        ),
    )
    return RestorationFit(
        distribution=distribution,
        names=names,
        parameters=mode.parameters,
        covariance=mode.covariance,
        prior=prior,
        log_likelihood=mode.log_likelihood,
        effective_parameters=len(names) - float((precision * np.diag(mode.covariance)).sum()),
        kind_counts=durations.kind_counts(),
        censoring_counts=durations.censoring_counts(),
        notices=_notices(durations, prior, by_kind=by_kind),
    )


@refuse_wrong_kinds
def fit_all(durations: Durations, *, prior: RestorationPrior = PRIOR) -> dict[str, RestorationFit]:
    """Fit the three distributions; the one with the smallest AIC comes first.

    Examples
    --------
    >>> hours = [2.0, 3.0, 5.0, 9.0]
    >>> sample = Durations.from_bounds([(str(h), "power", h, h) for h in hours])
    >>> sorted(fit_all(sample))
    ['loglogistic', 'lognormal', 'weibull']
    """
    fits = [fit_restoration(durations, distribution=name, prior=prior) for name in DISTRIBUTIONS]
    return {fit.distribution: fit for fit in sorted(fits, key=lambda fit: fit.aic)}


def _location_terms(kind: str, effect: str, traffic: str) -> Iterator[str]:
    """Yield the parameters whose sum is the location of an incident's log-hours."""
    yield INTERCEPT
    yield f"kind {kind}"
    if effect != "closed":
        yield DEGRADED
    if traffic == "passenger":
        yield PASSENGER_ONLY
        yield f"kind {kind}, {PASSENGER_ONLY}"


def _scale_terms(kind: str) -> Iterator[str]:
    yield SCALE
    yield f"{SCALE} of kind {kind}"


def _design(
    durations: Durations, prior: RestorationPrior
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return the columns of location and log-scale by name; none for what cannot differ."""
    count = len(durations)
    location, scale = {INTERCEPT: np.ones(count)}, {SCALE: np.ones(count)}
    for place, row in enumerate(durations.rows):
        for columns, terms in (
            (location, _location_terms(row.kind, row.effect, row.traffic)),
            (scale, _scale_terms(row.kind)),
        ):
            for name in terms:
                if prior.deviation_of(name) > 0:
                    columns.setdefault(name, np.zeros(count))[place] = 1.0
    return _in_order(location), _in_order(scale)


def _in_order(columns: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the columns with what all have in common first, so that no order of rows matters."""
    first, *others = columns
    return {name: columns[name] for name in (first, *sorted(others))}


def _stack(columns: dict[str, FloatArray]) -> FloatArray:
    return np.stack(list(columns.values()), axis=1)


def _notices(durations: Durations, prior: RestorationPrior, *, by_kind: bool) -> tuple[str, ...]:
    notices = []
    counts, bounded = durations.kind_counts(), durations.bounded_count()
    if bounded < FEW_BOUNDED:
        notices.append(
            f"{bounded} of {len(durations)} durations are bounded on both sides, so that most of "
            f"this is the prior: half within about {prior.typical_hours:g} h, with a wide spread"
        )
    if by_kind and len(counts) == 1:
        notices.append(f"all durations are of kind {next(iter(counts))}: kinds are not compared")
    elif by_kind:
        notices += [
            f"kind {kind} has one duration: its estimate is drawn to that of all kinds"
            for kind, count in counts.items()
            if count == 1
        ]
    return tuple(notices)
