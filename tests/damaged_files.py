"""What can happen to the files of a run, and what is then said."""

import json
import re

STUDIED = "2023-05-18-simferopol-chystenke"


def half(text):
    return text[: len(text) // 2]


def swap(old, new, count=-1):
    def edit(text):
        assert old in text
        return text.replace(old, new, count)

    return edit


def drop(*path):
    def edit(text):
        value = json.loads(text)
        inner = value
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        return json.dumps(value)

    return edit


def first_lines(count):
    return lambda text: "\n".join(text.split("\n")[:count]) + "\n"


def backwards(text):
    head, *rows = text.strip().split("\n")
    return "\n".join([head, *rows[::-1]]) + "\n"


DAMAGE = {
    **{
        f"half of {name}": (f"{name}.csv", half, f"{name}.csv")
        for name in ("hubs", "links", "outages", "pairs", "states")
    },
    "half of the summary": ("summary.json", half, "summary.json:"),
    "summary is a list": ("summary.json", lambda _: "[]", "summary.json: the whole is no object"),
    "summary is null": ("summary.json", lambda _: "null", "summary.json: "),
    "no figures": ("summary.json", drop("figures"), "figures is missing"),
    "no window": ("summary.json", drop("window"), "window is missing"),
    "zone": (
        "summary.json",
        swap("Europe/Simferopol", "Mars/X"),
        "window.zone unknown time zone 'Mars/X'",
    ),
    "text for a figure": (
        "summary.json",
        swap('"value": 20', '"value": "x"', 1),
        "figures.0.value is no number; ",
    ),
    "a figure of 400 digits": (
        "summary.json",
        swap('"value": 20', '"value": ' + "9" * 400, 1),
        "figures.0.value is no number; ",
    ),
    "text for a count": (
        "summary.json",
        lambda text: re.sub(r'"hubs": \d+', '"hubs": "many"', text),
        "hubs is no number",
    ),
    "nan in the summary": (
        "summary.json",
        swap('"value": 20', '"value": NaN', 1),
        "NaN is no number",
    ),
    "evidence is a list": ("evidence.json", lambda _: "[]", "evidence.json: "),
    "no claims": (
        "evidence.json",
        swap('"claims": [\n      ', '"clms": [\n      '),
        "claims is missing, and in",
    ),
    "text for hours": (
        "evidence.json",
        swap('"within_hours": null', '"within_hours": "x"', 1),
        "within_hours",
    ),
    "traffic of a figure": (
        "summary.json",
        swap('"traffic": "passenger"', '"traffic": "camels"', 1),
        "camels",
    ),
    "no documents": ("evidence.json", drop("documents"), "documents is missing"),
    "empty provenance": ("provenance.json", lambda _: "{}", "scenario is missing"),
    "hub of a pair": (
        "pairs.csv",
        swap(",simferopol,", ",simf,"),
        "pairs.csv:2: unknown hub 'simf' in from",
    ),
    "hub on the way": (
        "routes.csv",
        swap("bakhchysarai;inkerman", "bakhch;inkerman"),
        "unknown hub 'bakhch' in via",
    ),
    "hub of a link": ("links.csv", swap(",simferopol,", ",simf,", 1), "unknown hub 'simf' in"),
    "link of an outage": (
        "outages.csv",
        swap("simferopol--bakhchysarai", "zz"),
        "unknown link 'zz' in link",
    ),
    "incident of an outage": (
        "outages.csv",
        swap(STUDIED, "zz"),
        "unknown incident 'zz' in incident",
    ),
    "document of an outage": (
        "outages.csv",
        swap("tass-en-2023-05-18", "zz"),
        "unknown document 'zz'",
    ),
    "effect": (
        "outages.csv",
        swap("closed", "shut"),
        "outages.csv:2: effect 'shut' is none of closed,",
    ),
    "text for a coordinate": (
        "hubs.csv",
        swap("34.39", "x", 1),
        "hubs.csv:2: lon 'x' is no number",
    ),
    "no coordinate": ("hubs.csv", swap("34.39", "nan", 1), "hubs.csv:2: lon is no number"),
    "far from Earth": ("hubs.csv", swap("34.39", "934.39", 1), "lon (=934.39) is not between"),
    "not in the calendar": (
        "states.csv",
        swap("2023-05-18T04:40:00Z", "2023-05-38T04:40:00Z"),
        "is no instant",
    ),
    "time without a zone": ("outages.csv", swap("T21:00:00Z", "T21:00:00", 1), "is no instant"),
    "metric renamed": (
        "states.csv",
        swap(",connected_share,", ",cs,"),
        "column 'connected_share' is missing",
    ),
    "text for a metric": ("states.csv", swap("0.69697", "abc", 1), "connected_share"),
    "text for a state": ("states.csv", swap("\n6,", "\nsix,", 1), "state 'six' is no number"),
    "state of a pair": ("pairs.csv", swap("\n6,", "\n99,"), "unknown state 99"),
    "states in another order": ("states.csv", backwards, "does not follow"),
    "last states lost": ("states.csv", first_lines(4), "do not fill the window"),
    "last rows of pairs lost": ("pairs.csv", first_lines(300), "do not follow one another to the"),
    "first rows of pairs lost": ("pairs.csv", swap("\n0,6,", "\n1,6,", 1), "do not follow one"),
    "route of a pair": ("pairs.csv", swap(",2,least cost", ",999,least cost"), "unknown route 999"),
    "last hubs lost": ("hubs.csv", first_lines(500), "where the summary counts"),
    "a hub twice": ("hubs.csv", lambda s: s + s.split("\n")[1] + "\n", "id dzhankoi is used twice"),
    **{
        f"column of {name}": (
            f"{name}.csv",
            swap(column, "xx", 1),
            f"csv:1: column '{column}' is missing",
        )
        for name, column in (
            ("redundancy", "disjoint_routes"),
            ("ways", "extra_minutes"),
            ("flows", "base_trips"),
            ("pairs", "certainty"),
        )
    },
    "column twice": ("flows.csv", swap("base_trips", "trips", 1), "column 'trips' stands twice"),
    "course": ("links.csv", swap(",yes,\n", ',yes,"34.1;45.2 34,45"\n', 1), "is no course"),
    "electrified": (
        "links.csv",
        swap(",yes,", ",maybe,", 1),
        "electrified 'maybe' is none of yes, no",
    ),
    "flows cut within a number": ("flows.csv", lambda s: s[:-2], "flows.csv: ends within a line"),
    "empty table": ("ways.csv", lambda _: "", "ways.csv: is empty"),
}
