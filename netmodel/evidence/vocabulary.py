"""The fixed words of the evidence: effects, kinds, subjects, bases, parties, traffic, milestones.

Each list stands here once, as a type that files are checked with and as a tuple of names.
"""

from __future__ import annotations

from typing import Literal, get_args

EffectName = Literal["closed", "single_track", "diesel_only", "slowed", "advisory", "none"]
EFFECTS: tuple[EffectName, ...] = get_args(EffectName)
"""What an incident did to rail traffic, the gravest first."""
OUTAGE_EFFECTS = EFFECTS[:-1]
"""The effects that an outage can have, the gravest first."""
LaterEffectName = Literal["single_track", "diesel_only", "slowed", "advisory"]
LATER_EFFECTS: tuple[LaterEffectName, ...] = get_args(LaterEffectName)
"""The effects that can hold between first traffic and full service."""

KindName = Literal[
    "derailment", "track_damage", "bridge_damage", "power", "station_damage", "train_struck",
    "fire", "front_line", "security", "weather", "technical", "other",
]  # fmt: skip
KINDS: tuple[KindName, ...] = get_args(KindName)

AboutName = Literal[
    "start", "first_traffic", "full_service", "still_out", "effect", "place", "cause", "figures",
    "replacement", "detour", "delay", "context",
]  # fmt: skip
ABOUTS: tuple[AboutName, ...] = get_args(AboutName)
"""What a claim can be about."""
MILESTONES = ("start", "first_traffic", "full_service")
"""The instants that an incident is timed by, in order."""
TIMED = (*MILESTONES, "still_out")
"""What a claim with a time can be about."""

BasisName = Literal["observed", "forecast", "rule"]
BASES: tuple[BasisName, ...] = get_args(BasisName)
PartyName = Literal["operator", "authority", "media", "analyst", "military", "witness", "other"]
PARTIES: tuple[PartyName, ...] = get_args(PartyName)
TrafficName = Literal["passenger", "freight"]
TRAFFIC_TYPES: tuple[TrafficName, ...] = get_args(TrafficName)
LanguageName = Literal["en", "uk"]
LANGUAGE_NAMES: tuple[LanguageName, ...] = get_args(LanguageName)
"""Languages in which a title can be given."""
ExtentName = Literal["whole", "somewhere"]
EXTENTS: tuple[ExtentName, ...] = get_args(ExtentName)
