"""Who runs the trains of a GTFS feed, who publishes it, and in which zone its times are."""

from __future__ import annotations

from zoneinfo import available_timezones

from netmodel.errors import Problem, point_out
from netmodel.importing.gtfs_numbers import one_line
from netmodel.importing.gtfs_stops import clean_text
from netmodel.importing.gtfs_tables import Feed
from netmodel.network.about import About
from netmodel.times import unknown_zone

_MOST_NAMES = 3
_LICENCES = ("feed_license", "feed_licence", "license", "licence", "license_url")
"""Columns of ``feed_info.txt`` beside those of the standard, which has none for it."""


def read_about(feed: Feed) -> About:
    """Return the zone of a feed, its agencies, who publishes it and under which licence."""
    return About(
        zone=_read_zone(feed),
        agency=_read_agencies(feed),
        publisher=_read_info(feed, "feed_publisher_name"),
        licence=next(filter(None, (_read_info(feed, each) for each in _LICENCES)), ""),
    )


def _read_zone(feed: Feed) -> str:
    """Return the zone of the first agency; empty, with a note, where none is known."""
    zones = feed.read("agency.txt", (), ("agency_timezone",))["agency_timezone"]
    given = {str(zone): f"agency.txt:{line}" for line, zone in zones[::-1].items() if zone}
    known = available_timezones()
    for zone, where in given.items():
        if zone not in known:
            point_out(Problem(what=f"agency_timezone: {unknown_zone(zone)}", where=where))
    found = [zone for zone in reversed(given) if zone in known]
    if not given:
        what = "no agency_timezone: the zone of the times is not known"
        point_out(Problem(what=what, where="agency.txt", remedy="give it where times are read"))
    if len(found) > 1:
        what = f"agencies are in several zones; all times are taken as of {found[0]}"
        point_out(Problem(what=what, where="agency.txt"))
    return found[0] if found else ""


def read_publisher(feed: Feed) -> str:
    """Return who publishes a feed, and its version where it says so."""
    publisher = _read_info(feed, "feed_publisher_name")
    if publisher:
        return one_line(f"{publisher} {_read_info(feed, 'feed_version')}")
    return _read_agencies(feed)


def _read_info(feed: Feed, column: str) -> str:
    """Return a cell of the first row of ``feed_info.txt``; empty where it lacks."""
    info = feed.read("feed_info.txt", (), (column,))
    return clean_text(info.iloc[0][column]) if len(info) else ""


def _read_agencies(feed: Feed) -> str:
    names = feed.read("agency.txt", (), ("agency_name",))["agency_name"]
    return ", ".join(dict.fromkeys(clean_text(each) for each in names[:_MOST_NAMES] if each))
