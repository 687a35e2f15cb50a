"""When a closure will end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, UnknownNameError, nearest_names
from netmodel.evidence.as_of import known_claims, resolve_observed
from netmodel.evidence.incident import Catalogue, Claim, Incident
from netmodel.restoration.algebra import FloatArray
from netmodel.restoration.distributions import Mixture, Predictive, chance_by
from netmodel.restoration.durations import (
    CATALOGUE_BEGINS,
    Durations,
    collect_durations,
    concerned_traffic,
)
from netmodel.restoration.fit import (
    PRIOR,
    RestorationFit,
    RestorationPrior,
    fit_all,
    fit_restoration,
)
from netmodel.times import Bounds, add_hours, format_instant, hours_between

BUILT_IN_RECORD, OWN_RECORD = "built-in", "own"
_RECORDS = {BUILT_IN_RECORD: "the built-in record", OWN_RECORD: "a record of the user's own"}
TABLE_POINTS = 4000
FIT_DRAWS = 200
"""Draws of the parameters of a fit in each predictive distribution."""
SHORTEST_HOURS, LONGEST_HOURS = 1e-3, 1e7


@dataclass(frozen=True, kw_only=True)
class PredictedEnds:
    """An `EndSampler` that draws from predictive distributions by what incidents are.

    Each draw is from the distribution given that the duration exceeds what is known to have
    passed. The distribution function is inverted by a table of the cumulative hazard, so that
    any model which has one will do.

    Parameters
    ----------
    model
        What is told to the reader of a run.
    source, count
        Whose durations the model was fitted to, and how many they are; empty and ``None`` for a
        rule.
    by_kind
        By kind and effect of the incident, and the traffic concerned (``all``, ``passenger`` or
        ``freight``).
    otherwise
        For those that are not in `by_kind`.

    Examples
    --------
    >>> from netmodel.restoration.distributions import ExponentialRule
    >>> ends = PredictedEnds(model="4 h", by_kind={}, otherwise=ExponentialRule(mean_hours=4.0))
    >>> from netmodel.evidence.places import NoPlace
    >>> incident = Incident(id="x", title="x", kind="fire", zone="UTC",
    ...     places=(NoPlace(reason="example"),), effect="closed", claims=())
    >>> hours = ends.draw_hours(incident, "first_traffic", np.full(20_000, 10.0),
    ...                         np.random.default_rng(1))
    >>> bool(hours.min() >= 10), bool(13.8 < hours.mean() < 14.2)
    (True, True)
    """

    model: str
    by_kind: Mapping[tuple[str, str, str], Predictive]
    otherwise: Predictive
    source: str = ""
    count: int | None = None
    _tables: dict[tuple[str, str, str], FloatArray] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What is told to the reader of a run."""
        return self.model

    def draw_hours(
        self,
        incident: Incident,
        milestone: str,  # noqa: ARG002 - one model for both; full service is only conditioned on more
        longer_than_hours: FloatArray,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Return hours from the start, none below the figures given; inf beyond the table."""
        hazard = self._hazard_of(_visible_beforehand(incident))
        log_known = np.log(np.maximum(longer_than_hours, SHORTEST_HOURS))
        passed = np.interp(log_known, self._log_hours, hazard)
        target = passed + rng.exponential(size=len(log_known))
        hours = np.exp(np.interp(target, hazard, self._log_hours))
        found = np.where(target > hazard[-1], np.inf, np.maximum(hours, longer_than_hours))
        return np.asarray(found, dtype=np.float64)

    @cached_property
    def _log_hours(self) -> FloatArray:
        return np.linspace(np.log(SHORTEST_HOURS), np.log(LONGEST_HOURS), TABLE_POINTS)

    def _hazard_of(self, wanted: tuple[str, str, str]) -> FloatArray:
        """Return the cumulative hazard over the table of hours, never falling."""
        key = wanted if wanted in self.by_kind else ("", "", "")
        if key not in self._tables:
            model = self.by_kind.get(wanted, self.otherwise)
            survival = np.maximum(1.0 - model.cdf(np.exp(self._log_hours)), 1e-300)
            self._tables[key] = np.maximum.accumulate(-np.log(survival))
        return self._tables[key]


def ends_from_fit(
    fit: RestorationFit, incidents: Iterable[Incident], *, seed: int = 0, source: str = OWN_RECORD
) -> PredictedEnds:
    """Return a sampler of open ends by a fitted model, for the kinds of some incidents.

    Parameters
    ----------
    seed
        For the draws of the fit's parameters, by which its uncertainty enters.
    source
        `BUILT_IN_RECORD` or `OWN_RECORD`: whose durations they are.
    """
    kinds = sorted({_visible_beforehand(incident) for incident in incidents})
    return PredictedEnds(
        model=f"{fit.distribution} fitted to {fit.count} durations of {_RECORDS[source]}, given "
        "what has passed",
        source=source,
        count=fit.count,
        by_kind={
            (kind, effect, traffic): fit.predict(
                kind, effect=effect, traffic=traffic, draws=FIT_DRAWS, seed=seed
            )
            for kind, effect, traffic in kinds
        },
        otherwise=fit.predict("other", draws=FIT_DRAWS, seed=seed),
    )


def _visible_beforehand(incident: Incident) -> tuple[str, str, str]:
    return incident.kind, incident.effect, concerned_traffic(incident)


QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """The remaining duration of an incident, as it could be told at an instant.

    Parameters
    ----------
    known
        Positions of the incident's claims that were public by then.
    start
        Bounds of the start, from those claims.
    milestone
        What is forecast: ``first_traffic`` for closures, else ``full_service``.
    restored
        Bounds of that milestone, if a document of then reports it; then nothing is forecast and
        `predictive` is ``None``.
    elapsed_hours
        How long it has lasted, from the middle of the bounds of the start (or from the latest
        start, if the earliest is not known).
    predictive
        Total duration from the start, given that it exceeds `elapsed_hours`.
    fit
        The model, fitted to what was known of the other incidents.
    announced
        Positions of the forecasts that speakers had made by then, for comparison.
    notices
        What was assumed, in sentences.
    """

    incident: str
    as_of: datetime
    known: tuple[int, ...]
    start: Bounds
    milestone: str
    restored: Bounds | None
    elapsed_hours: float
    predictive: Mixture | None
    fit: RestorationFit | None
    announced: tuple[int, ...]
    notices: tuple[str, ...]

    def remaining_hours(self, probability: float) -> float:
        """Return the hours from `as_of` within which it ends with this probability.

        Returns
        -------
        float
            0 when it has ended.
        """
        if self.predictive is None:
            return 0.0
        return self.predictive.quantile(probability) - self.elapsed_hours

    def ends_by(self, instant: datetime) -> float:
        """Return the probability that it has ended by an instant."""
        if self.predictive is None:
            return 1.0
        later = hours_between(self.as_of, instant)
        return chance_by(self.predictive, max(0.0, self.elapsed_hours + later))

    def quantiles(self) -> Mapping[float, datetime | None]:
        """Return the instant by which it ends with each of five probabilities.

        ``None`` where that lies beyond the calendar.
        """
        found: dict[float, datetime | None] = {}
        for probability in QUANTILES:
            hours = self.remaining_hours(probability)
            try:
                found[probability] = add_hours(self.as_of, hours)
            except OverflowError:
                found[probability] = None
        return found


@refuse_wrong_kinds
def forecast_restoration(
    catalogue: Catalogue,
    incident: str,
    *,
    as_of: datetime,
    distribution: str | None = None,
    prior: RestorationPrior = PRIOR,
    draws: int = 1000,
    seed: int = 0,
) -> Forecast:
    """Forecast when an incident ends, from what was public at an instant.

    Claims from documents published after `as_of` are not used, neither of this incident nor of
    those that the model learns from; a document dated to the day counts from the end of that day,
    an undated one never. Which claims an incident is made of, its kind and its effect are the
    curator's, and were written later.

    Parameters
    ----------
    as_of
        Aware instant.
    distribution
        ``lognormal``, ``weibull`` or ``loglogistic``; the one with the smallest AIC by default.
    prior
        What is held before any duration is known; where little was known then, it decides.
    draws, seed
        Of the parameters.

    Returns
    -------
    Forecast
        Without a predictive distribution where a document of then reports the restoration.

    Raises
    ------
    UnknownNameError
        For an unknown incident or distribution.
    InputError
        If the incident has no effect on traffic or is a closure by the front; if nothing about it
        was public by then.
    """
    found = catalogue.incidents.get(incident)
    if found is None:
        raise UnknownNameError("incident", incident, nearest_names(incident, catalogue.incidents))
    _check_that_it_can_be_forecast(found)
    claims = known_claims(found, catalogue, as_of)
    if not claims:
        raise InputError([_nothing_known(catalogue, found, as_of)])
    notices: list[str] = []
    resolution = resolve_observed(found, catalogue, as_of=as_of)
    milestone = "first_traffic" if found.effect == "closed" else "full_service"
    start = _known_start(catalogue, resolution.start, claims, notices)
    end = resolution.milestone(milestone)
    restored = end if end.latest is not None else None
    elapsed = _elapsed_hours(start, as_of, notices)
    predictive, fit = None, None
    if restored is None:
        sample = collect_durations(catalogue, as_of=as_of, since=CATALOGUE_BEGINS)
        fit = _fit_then(sample.without(incident), distribution, prior)
        notices += _notices_of_sample(fit, found)
        notices.append("no document by then reports its end, so it is taken to last still")
        kind, effect, traffic = _visible_beforehand(found)
        whole = fit.predict(kind, effect=effect, traffic=traffic, draws=draws, seed=seed)
        predictive = whole.given_longer_than(elapsed)
    return Forecast(
        incident=incident,
        as_of=as_of,
        known=_positions(found, claims),
        start=start,
        milestone=milestone,
        restored=restored,
        elapsed_hours=elapsed,
        predictive=predictive,
        fit=fit,
        announced=_positions(found, [claim for claim in claims if _announces_an_end(claim)]),
        notices=tuple(notices),
    )


def _check_that_it_can_be_forecast(incident: Incident) -> None:
    if incident.effect == "none":
        what = "has no effect on traffic, so there is no end to forecast"
    elif incident.standing or incident.kind == "front_line":
        what = "is a closure by the front; no repair ends it, and the model does not learn from it"
    else:
        return
    raise InputError([Problem(what=what, where=incident.id)])


def _nothing_known(catalogue: Catalogue, incident: Incident, as_of: datetime) -> Problem:
    dates = [catalogue.known_at(claim) for claim in incident.claims]
    known = [date for date in dates if date is not None]
    first = f"the first is public by {format_instant(min(known))}" if known else "none is dated"
    return Problem(
        what=f"nothing about it was public by {format_instant(as_of)}",
        where=incident.id,
        remedy=f"give a later as_of; {first}",
    )


def _known_start(
    catalogue: Catalogue, start: Bounds, claims: tuple[Claim, ...], notices: list[str]
) -> Bounds:
    """Return the start as known then: at the latest when it was first spoken of."""
    spoken = [
        said
        for claim in claims
        if claim.basis == "observed" and (said := catalogue.known_at(claim)) is not None
    ]
    if start.latest is not None or not spoken:
        if start.earliest is None and start.latest is None:
            notices.append("no claim of then bounds its start; it is taken to begin at as_of")
        return start
    notices.append(
        "no document by then gives its start; it is taken to have begun by "
        f"{format_instant(min(spoken))}, when it was first spoken of"
    )
    return Bounds(earliest=start.earliest, latest=max(min(spoken), start.earliest or min(spoken)))


def _elapsed_hours(start: Bounds, as_of: datetime, notices: list[str]) -> float:
    latest = as_of if start.latest is None else min(start.latest, as_of)
    if start.earliest is None or start.earliest > latest:
        return max(0.0, hours_between(latest, as_of))
    if start.earliest != latest:
        width = hours_between(start.earliest, latest)
        notices.append(
            f"its start is known to within {width:.1f} h; the elapsed time counts from the middle"
        )
    return (hours_between(start.earliest, as_of) + hours_between(latest, as_of)) / 2


def _fit_then(
    sample: Durations, distribution: str | None, prior: RestorationPrior
) -> RestorationFit:
    if distribution is not None:
        return fit_restoration(sample, distribution=distribution, prior=prior)
    return next(iter(fit_all(sample, prior=prior).values()))


def _notices_of_sample(fit: RestorationFit, incident: Incident) -> list[str]:
    count = fit.kind_counts.get(incident.kind, 0)
    said = f"the model rests on {fit.count} durations known by then, {count} of this kind"
    if count == 0:
        said += ": the forecast is that of an unknown kind"
    return [said, *(notice for notice in fit.notices if "bounded on both sides" in notice)]


def _announces_an_end(claim: Claim) -> bool:
    return claim.basis == "forecast" and claim.about in {"first_traffic", "full_service"}


def _positions(incident: Incident, claims: tuple[Claim, ...] | list[Claim]) -> tuple[int, ...]:
    chosen = {id(claim) for claim in claims}
    return tuple(number for number, claim in enumerate(incident.claims) if id(claim) in chosen)
