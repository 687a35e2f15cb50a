"""What a scenario may say of trains, capacities and departures, beyond the defaults."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from netmodel.routing.profiles import PROFILES, Profile

LineClass = Literal["main", "secondary", "branch", "industrial", "connector", "road"]
TrafficName = Literal["passenger", "freight"]
BuiltInProfile = Literal["passenger", "freight", "intercity", "suburban"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Share = Annotated[float, Field(gt=0, le=1, strict=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProfileModel(_Strict):
    """A train of the user's own: a built-in one with some figures set differently."""

    like: BuiltInProfile | None = Field(
        None, description="Built-in profile that gives what is left out; that of the traffic"
    )
    speed_kmh: dict[LineClass, Positive] = Field(
        default_factory=dict, description="Average speed by line class, stops included"
    )
    diesel_speed_share: Annotated[float, Field(ge=0, le=1, strict=True)] | None = Field(
        None, description="Speed behind a diesel over normal speed; 0: there are no diesels"
    )
    slowed_speed_share: Share | None = Field(
        None, description="Speed where traffic is slowed and no figure is reported"
    )
    industrial_entry_minutes: NotNegative | None = Field(
        None, description="Added to each industrial link"
    )
    reversal_minutes: NotNegative | Literal["forbidden"] | None = Field(
        None, description="Running the engine round the train"
    )
    gauge_change_minutes: NotNegative | Literal["forbidden"] | None = Field(
        None, description="Passing from one gauge to another"
    )
    forbidden_classes: list[LineClass] | None = Field(
        None, description="Line classes that this train does not use"
    )
    gauges_mm: list[Annotated[int, Field(gt=0, strict=True)]] | None = Field(
        None, description="Gauges that this train uses; all if left out"
    )

    @model_validator(mode="after")
    def _leaves_something(self) -> ProfileModel:
        if set(self.forbidden_classes or ()) >= {"main", "secondary", "branch", "connector"}:
            raise ValueError("the profile forbids every class of railway")
        if self.gauges_mm == []:
            raise ValueError("the profile forbids every gauge")
        return self

    def to_profile(self, traffic: str) -> Profile:
        """Return the profile of a kind of traffic with these figures."""
        base = PROFILES[self.like or traffic]

        def figure(name: str) -> float:
            value = getattr(self, name)
            if value is None:
                return float(getattr(base, name))
            return math.inf if value == "forbidden" else float(value)

        return Profile(
            name=traffic,
            traffic=traffic,
            speed_kmh={**base.speed_kmh, **{str(k): v for k, v in self.speed_kmh.items()}},
            diesel_speed_share=figure("diesel_speed_share"),
            slowed_speed_share=figure("slowed_speed_share"),
            industrial_entry_minutes=figure("industrial_entry_minutes"),
            reversal_minutes=figure("reversal_minutes"),
            gauge_change_minutes=figure("gauge_change_minutes"),
            forbidden_classes=(
                base.forbidden_classes
                if self.forbidden_classes is None
                else tuple(self.forbidden_classes)
            ),
            gauges_mm=base.gauges_mm if self.gauges_mm is None else tuple(self.gauges_mm),
        )


class CapacityModel(_Strict):
    """How many trains the links carry; the demand is then in trains per day."""

    trains_per_day: Positive | dict[TrafficName, Positive] | None = Field(
        None,
        description="All demand of a kind of traffic in the base state, so many trains in all; "
        "trips are trains per day if left out",
    )
    by_class: dict[LineClass, NotNegative] = Field(
        default_factory=dict, description="Trains per day of links whose own is not known"
    )
    by_link: dict[str, NotNegative] = Field(
        default_factory=dict, description="Trains per day of single links, by id"
    )
    diesels: NotNegative | None = Field(
        None, description="Stock of diesel locomotives for sections without power"
    )

    def wanted_trains(self, traffic: str) -> float | None:
        """Return the trains per day in all of a kind of traffic, if they are stated."""
        if isinstance(self.trains_per_day, dict):
            return self.trains_per_day.get(traffic)  # type: ignore[call-overload, no-any-return]
        return self.trains_per_day


class WaitingModel(_Strict):
    """At which times journeys depart for the profile of wait or detour."""

    every_hours: Positive = Field(6.0, description="Departures from the window's start on")


def choose_profile(profiles: dict[TrafficName, ProfileModel], traffic: str) -> Profile:
    """Return the profile of a kind of traffic: the scenario's own, or the built-in one.

    Examples
    --------
    >>> own = ProfileModel(like="intercity", gauge_change_minutes="forbidden")
    >>> choose_profile({"passenger": own}, "passenger").gauge_change_minutes
    inf
    >>> choose_profile({}, "freight") is PROFILES["freight"]
    True
    """
    for name, own in profiles.items():
        if name == traffic:
            return own.to_profile(traffic)
    return PROFILES[traffic]
