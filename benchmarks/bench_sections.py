"""How many sections between random stations are ambiguous, and maps of those that are not.

Stations 10 to 60 km apart are drawn by chance, and each pair is asked for as a section. With
``--draw FOLDER`` the first pairs that have one reading are drawn, six to a sheet: all lines of the
area in grey, the section in red, so that a person who knows the railway can judge each.

Run: ``python benchmarks/bench_sections.py [NETWORK] [--pairs 1000] [--seed 1] [--draw FOLDER]``.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

import netmodel as nm
from netmodel.errors import NetmodelError
from netmodel.evidence.notes import join_notes
from netmodel.network.names import Names, is_known_place
from netmodel.network.railway import Hub, Network, Station, great_circle_km
from netmodel.outages.matching import Match, Matcher

NEAREST_KM, FURTHEST_KM = 10.0, 60.0
ON_A_SHEET = 6
MARGIN = 0.12


def list_places(network: Network) -> dict[str, tuple[float, float]]:
    """Return the stations that have a name of their own, each with where it lies."""
    names = Names(network)
    stops: list[Hub | Station] = [hub for hub in network.hubs if is_known_place(hub)]
    found = {}
    for stop in (*stops, *network.stations):
        try:
            names.stops(stop.name)
        except NetmodelError:
            continue
        place = (stop.lon, stop.lat) if isinstance(stop, Hub) else network.position(stop)
        found.setdefault(stop.name, place)
    return found


def draw_pairs(
    places: dict[str, tuple[float, float]], count: int, seed: int
) -> Iterator[tuple[str, str]]:
    """Yield distinct pairs of stations at the distances asked for."""
    chance = random.Random(seed)
    names = sorted(places)
    seen: set[tuple[str, str]] = set()
    for _ in range(1000 * count):
        one, other = chance.sample(names, 2)
        far = great_circle_km(*places[one], *places[other])
        pair = (min(one, other), max(one, other))
        if NEAREST_KM <= far <= FURTHEST_KM and pair not in seen:
            seen.add(pair)
            yield one, other
            if len(seen) == count:
                return


def draw_map(
    axes: Axes,
    courses: dict[str, np.ndarray],
    places: dict[str, tuple[float, float]],
    match: Match,
    title: str,
) -> None:
    """Draw one section in red among all lines of its area."""
    taken = np.vstack([courses[link] for link in match.links])
    west, south = taken.min(axis=0)
    east, north = taken.max(axis=0)
    lat = np.radians((south + north) / 2)
    half = max((east - west) * np.cos(lat), north - south, 0.05) * (0.5 + MARGIN)
    middle = ((west + east) / 2, (south + north) / 2)
    axes.set_xlim(middle[0] - half / np.cos(lat), middle[0] + half / np.cos(lat))
    axes.set_ylim(middle[1] - half, middle[1] + half)
    axes.set_aspect(1 / np.cos(lat))
    for link, course in courses.items():
        if (np.abs(course.mean(axis=0) - middle) > 3 * half / np.cos(lat)).any():
            continue
        red = link in match.links
        colour, width = ("tab:red", 1.8) if red else ("0.6", 0.7)
        axes.plot(*course.T, color=colour, lw=width, zorder=2 if red else 1)
    ends = match.place.between  # type: ignore[union-attr]
    for name, (lon, lat_) in places.items():
        if abs(lon - middle[0]) * np.cos(lat) < half and abs(lat_ - middle[1]) < half:
            is_end = name in ends
            axes.plot(lon, lat_, "o", ms=5 if is_end else 2, color="tab:blue" if is_end else "0.2")
            axes.text(
                lon, lat_, " " + name, fontsize=8 if is_end else 5.5, clip_on=True,
                weight="bold" if is_end else "normal", color="tab:blue" if is_end else "0.15",
            )  # fmt: skip
    axes.set_title(title, fontsize=8)
    axes.tick_params(labelsize=5)


def draw_sheets(network: Network, found: Sequence[Match], folder: Path) -> None:
    """Write sheets of maps, and a list of the sections with what is said of each."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    courses = {link.id: np.array(network.line(link.id)) for link in network.links}
    places = list_places(network)
    lines = []
    for first in range(0, len(found), ON_A_SHEET):
        figure, grid = plt.subplots(2, 3, figsize=(21, 14))
        for number, (axes, match) in enumerate(
            zip(grid.flat, found[first : first + ON_A_SHEET], strict=False), start=first + 1
        ):
            km = sum(network.link(link).length_km for link in match.links)
            title = f"{number}. " + " – ".join(match.place.between)  # type: ignore[union-attr]
            notes = join_notes(match.notes)
            lines.append(f"{title} | {km:.0f} km of track | {notes} | {' '.join(match.links)}")
            draw_map(axes, courses, places, match, f"{title}\n{notes}"[:110])
        figure.tight_layout()
        figure.savefig(folder / f"sheet-{first // ON_A_SHEET + 1:02}.png", dpi=75)
        plt.close(figure)
    (folder / "sections.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", default="built-in")
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draw", type=Path, help="folder of maps of sections with one reading")
    parser.add_argument("--drawn", type=int, default=30, help="how many to draw")
    wanted = parser.parse_args()
    built_in = wanted.network == "built-in"
    network = nm.built_in_network() if built_in else nm.read_network(wanted.network)
    matcher = Matcher(network)
    begun = time.process_time()
    found = [
        matcher.match({"between": list(pair)})
        for pair in draw_pairs(list_places(network), wanted.pairs, wanted.seed)
    ]
    spent = time.process_time() - begun
    counts = Counter(match.status for match in found)
    share = counts["ambiguous"] / max(len(found), 1)
    print(f"{network.name}: {dict(counts)}, {share:.1%} ambiguous, {spent:.1f} s")
    for match in found:
        if match.status == "ambiguous":
            print("  ambiguous:", " – ".join(match.place.between))  # type: ignore[union-attr]
    if wanted.draw:
        certain = [match for match in found if match.status == "certain"]
        draw_sheets(network, certain[: wanted.drawn], wanted.draw)


if __name__ == "__main__":
    main()
