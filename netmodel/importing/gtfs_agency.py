"""Who runs the trains of a GTFS feed, who publishes it, and in which zone its times are."""

from __future__ import annotations

from zoneinfo import available_timezones

from netmodel.errors import Problem, point_out
from netmodel.importing.gtfs_numbers import one_line
from netmodel.importing.gtfs_tables import Feed
from netmodel.times import unknown_zone

_MOST_NAMES = 3


def read_zone(feed: Feed) -> str:
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
    if feed.has("feed_info.txt"):
        info = feed.read("feed_info.txt", (), ("feed_publisher_name", "feed_version"))
        if len(info) and info.iloc[0]["feed_publisher_name"]:
            return one_line(" ".join(info.iloc[0][["feed_publisher_name", "feed_version"]]))
    names = feed.read("agency.txt", (), ("agency_name",))["agency_name"]
    return ", ".join(dict.fromkeys(one_line(each) for each in names[:_MOST_NAMES] if each))
