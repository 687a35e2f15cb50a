"""Ticks of the time axis at round local times, for a wide and a narrow page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from netmodel.report.strings import Phrases

WIDE, NARROW = 10, 5
_HOURS = (1, 2, 3, 6, 12, 24, 48, 24 * 7, 24 * 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


def choose_ticks(local: Sequence[datetime], phrases: Phrases) -> dict[str, list[list[object]]]:
    """Return minutes after the first instant and label of each tick, ``wide`` and ``narrow``.

    Parameters
    ----------
    local
        Break points in their zone; only the first and the last count.
    """
    start, end = local[0], local[-1]
    return {
        "wide": _ticks(start, end, WIDE, phrases),
        "narrow": _ticks(start, end, NARROW, phrases),
    }


def _ticks(start: datetime, end: datetime, most: int, phrases: Phrases) -> list[list[object]]:
    hours = (end - start).total_seconds() / 3600
    step = next((each for each in _HOURS if hours / each <= most), None)
    if step is not None:
        return [
            [_minutes(start, moment), _hour_label(moment, step, phrases)]
            for moment in _hour_ticks(start, end, step)
        ]
    months = hours / (24 * 30.4)
    step = next((each for each in _MONTHS if months / each <= most), _MONTHS[-1])
    return [
        [_minutes(start, moment), _month_label(moment, step, phrases)]
        for moment in _month_ticks(start, end, step)
    ]


def _hour_ticks(start: datetime, end: datetime, step: int) -> list[datetime]:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    days = 0
    while midnight + timedelta(days=days) < end:
        day = midnight + timedelta(days=days)
        inside = range(0, 24, step) if step < 24 else (0,)
        found += [day + timedelta(hours=hour) for hour in inside]
        days += max(1, step // 24)
    return [moment for moment in found if start <= moment < end]


def _month_ticks(start: datetime, end: datetime, step: int) -> list[datetime]:
    found = []
    number = start.year * 12
    while number // 12 <= end.year:
        moment = start.replace(
            year=number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0
        )
        if start <= moment < end:
            found.append(moment)
        number += step
    return found


def _hour_label(moment: datetime, step: int, phrases: Phrases) -> str:
    if step < 24 and moment.hour:
        return f"{moment:%H:%M}"
    return f"{moment.day} {phrases(f'month_short.{moment.month}')}"


def _month_label(moment: datetime, step: int, phrases: Phrases) -> str:
    if step >= 12:
        return str(moment.year)
    return f"{phrases(f'month_short.{moment.month}')} {moment.year}"


def _minutes(start: datetime, moment: datetime) -> float:
    return round((moment.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 60, 1)
