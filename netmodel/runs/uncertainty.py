"""What each incident of a run did, what is still open, and what to look up next."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.assessment import Measures
from netmodel.impact.attribution import (
    Attribution,
    EvidenceValue,
    attribute_loss,
    value_of_evidence,
)
from netmodel.impact.loss import LossModel
from netmodel.outages.milestones import milestone_limits
from netmodel.runs.computation import Computation, Progress
from netmodel.runs.documents import EvidenceWorth
from netmodel.runs.ensemble_result import QUANTILE_NAMES


@refuse_wrong_kinds
def build_loss_model(
    run: Computation, traffic: str | None = None, *, metric: str = "connected_share"
) -> LossModel:
    """Return the resilience loss of a run as a function of milestone times.

    Parameters
    ----------
    traffic
        The first of the scenario by default.

    Raises
    ------
    UnknownNameError
        If the run has no such traffic.
    InputError
        If the bounds of an incident exclude each other.
    """
    impact = run.impact_on(traffic)
    limits = milestone_limits((*run.background, *run.placements), run.timeline.window)
    return LossModel(Measures(impact.assessor, run.timeline.outages, (metric,)), limits)


def tighten_loss(run: Computation, traffic: str) -> tuple[float, float]:
    """Return by how much the bounds of the loss are nearer than those of every state; hours.

    More than 0 only where a stated length or a scale below 1 excludes that an incident both
    began as early and ended as late as it may have; see `LossModel.tightening`.
    """
    model = build_loss_model(run, traffic)
    return model.tightening("gravest"), model.tightening("mildest")


@refuse_wrong_kinds
def attribute_run(
    run: Computation,
    traffic: str | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Attribution:
    """Share the resilience loss of a run out among its studied incidents.

    Under the times that the scenario's rule chose. Standing closures are background.

    Examples
    --------
    >>> import netmodel as nm
    >>> attribution = nm.runs.attribute_run(nm.run("crimea-may-2023"))
    >>> total = sum(share.share for share in attribution.shares)
    >>> bool(abs(total - (attribution.loss - attribution.background)) < 1e-9)
    True
    """
    model = build_loss_model(run, traffic)
    return attribute_loss(
        model,
        run.timeline.times,
        run.incidents_with_outages,
        seed=seed,
        progress=None
        if progress is None
        else lambda done, total: progress("attribution", done, total),
    )


@refuse_wrong_kinds
def rank_evidence(
    run: Computation, traffic: str | None = None, *, progress: Progress | None = None
) -> tuple[EvidenceValue, ...]:
    """Return what knowing each open start or restoration would tell; the most telling first."""
    return value_of_evidence(
        build_loss_model(run, traffic),
        run.incidents_with_outages,
        progress=None
        if progress is None
        else lambda done, total: progress("worth of evidence", done, total),
    )


def list_evidence_worth(
    run: Computation, *, progress: Progress | None = None
) -> tuple[EvidenceWorth, ...]:
    """Return what knowing each open time is worth, for the first kind of traffic; hours of loss."""
    return tuple(
        EvidenceWorth(
            incident=each.incident,
            about=each.about,
            width=plain_number(each.width),
            known_width=plain_number(each.known_width),
            shrinks_by=plain_number(each.shrinks_by),
        )
        for each in rank_evidence(run, progress=progress)
    )


def state_quantiles(run: Computation, traffic: str) -> list[dict[str, float]]:
    """Return five quantiles of each metric in the middle of every state; none without samples."""
    if run.ensemble is None:
        return []
    cells = run.ensemble.grid.middle_cell
    found = {
        f"{metric}_{name}": column
        for metric in run.scenario.metrics
        for name, column in zip(
            QUANTILE_NAMES, run.ensemble.quantiles(traffic, metric, cells=cells).T, strict=True
        )
    }
    return [
        {name: round(float(column[number]), 6) for name, column in found.items()}
        for number in range(len(cells))
    ]


def state_connection(run: Computation, traffic: str) -> NDArray[np.float64] | None:
    """Return the chance that each pair is connected in the middle of every state.

    Returns
    -------
    ndarray or None
        Shape ``(states, pairs)``, pairs with demand by row and column; ``None`` without samples.
    """
    if run.ensemble is None:
        return None
    return run.ensemble.probability_connected(traffic)[run.ensemble.grid.middle_cell]


def plain_number(value: float) -> float | None:
    """Return a number with six decimals; ``None`` for nan."""
    if math.isnan(value):
        return None
    return value if math.isinf(value) else round(value, 6) + 0.0  # no minus zero
