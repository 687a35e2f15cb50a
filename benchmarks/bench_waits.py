"""What a user waits for: `netmodel run` and `netmodel check` of shipped scenarios, as processes.

Processor time (user and system) of whole processes, the median of some rounds after a warming one;
the ratio is to `netmodel list`, which does little more than start.
Run: ``python benchmarks/bench_waits.py [--rounds 3] [--only check]``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile

from bench_engine import describe_machine

SCENARIOS = (
    "crimea-may-2023",
    "crimean-bridge-2022",
    "kupiansk-pokrovsk",
    "ukraine-february-2026",
)


def main() -> None:
    """Print the median processor times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="tasks whose name has this in it, and list")
    given = parser.parse_args()
    rounds = given.rounds
    with tempfile.TemporaryDirectory() as folder:
        tasks = {"list": ["list"], "check built-in": ["check", "built-in"]}
        for name in SCENARIOS:
            tasks[f"check {name}"] = ["check", name]
            tasks[f"run {name}"] = ["run", name, "--force", "--out", f"{folder}/{name}"]
        tasks = {
            task: words for task, words in tasks.items() if task == "list" or given.only in task
        }
        times = {task: [] for task in tasks}
        # What the interpreter compiled is kept, as it is for a user, whatever this shell says.
        place = os.environ | {"PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        place.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(rounds + 1):
            for task, words in tasks.items():
                seconds = processor_seconds(words, place)
                if number:
                    times[task].append(seconds)
    medians = {task: statistics.median(found) for task, found in times.items()}
    print(describe_machine())
    for task, seconds in medians.items():
        print(f"{task:32} {seconds:6.2f} s  {seconds / medians['list']:5.1f} x list")


def processor_seconds(words: list[str], place: dict[str, str]) -> float:
    """Return the processor time of one command, its own processes included."""
    before = os.times()
    command = [sys.executable, "-m", "netmodel", *words]
    subprocess.run(
        command, check=True, env=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    after = os.times()
    used = after.children_user + after.children_system
    return used - before.children_user - before.children_system


if __name__ == "__main__":
    main()
