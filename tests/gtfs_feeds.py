"""Small GTFS feeds, made of the tables that a test names."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Call = tuple[str, str, str]
"""Stop, arrival, departure."""
CALENDAR = """\
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20240101,20241229
work,1,1,1,1,1,0,0,20240101,20241229
"""
STOPS = """\
stop_id,stop_name,stop_lat,stop_lon
a,Aton,50.0,10.0
b,Beton,50.0,10.2
c,Ceton,50.0,10.4
d,Deton,50.0,10.6
"""
ROUTES = "route_id,route_type\nrail,2\nbus,714\nboat,4\n"


def run(stops: str, start: int, minutes: int, wait: int = 1) -> list[Call]:
    """Return calls at stops, so many minutes from one to the next, from a minute of the day."""
    calls = []
    for number, stop in enumerate(stops.split()):
        came = start + number * (minutes + wait)
        calls.append((stop, clock(came), clock(came + wait)))
    return calls


def clock(minute: int) -> str:
    """Return a minute of the day as GTFS writes it."""
    return f"{minute // 60:02d}:{minute % 60:02d}:00"


def write_feed(
    path: Path,
    trips: Mapping[str, Sequence[Call]],
    /,
    *,
    service: Mapping[str, str] | None = None,
    route: Mapping[str, str] | None = None,
    shape: Mapping[str, str] | None = None,
    **tables: str | bytes | None,
) -> Path:
    """Write a feed of trips; a table may be given whole, by its name, or left out with None.

    Parameters
    ----------
    service, route, shape
        Of a trip, by its id; ``daily``, ``rail`` and none where not given.
    """
    rows = ["trip_id,route_id,service_id,trip_short_name,shape_id"]
    calls = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"]
    for trip, stops in trips.items():
        days, way = (service or {}).get(trip, "daily"), (route or {}).get(trip, "rail")
        rows.append(f"{trip},{way},{days},{trip},{(shape or {}).get(trip, '')}")
        calls += [f"{trip},{came},{left},{stop},{n}" for n, (stop, came, left) in enumerate(stops)]
    texts: dict[str, str | bytes | None] = {
        "agency": "agency_id,agency_name,agency_url,agency_timezone\n1,A,https://a.example,Europe/Berlin\n",
        "calendar": CALENDAR,
        "routes": ROUTES,
        "stop_times": "\n".join(calls) + "\n",
        "stops": STOPS,
        "trips": "\n".join(rows) + "\n",
        **tables,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            if text is not None:
                archive.writestr(f"{name}.txt", text)
    return path
