"""The public figures of a run, on an axis of one's own.

Each function here takes a run, checks what else it is given, finds an axis and leaves the drawing
to a module of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Literal

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.plot.incident_timeline import draw_incident_timeline, shown_incidents
from netmodel.plot.outcome_bands import draw_outcome_bands
from netmodel.plot.reachability_matrix import draw_reachability_matrix
from netmodel.plot.resilience_curve import draw_resilience_curve
from netmodel.plot.state_map import draw_state_map
from netmodel.plot.style import WIDTH_INCHES, open_axes, wrong_type
from netmodel.runs.record import RunRecord
from netmodel.runs.run import Run
from netmodel.words.strings import LANGUAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MAP_INCHES = 5.0
CURVE_INCHES = 2.3
BANDS_INCHES = 2.6


@refuse_wrong_kinds
def map(  # noqa: A001  the name that a user looks for
    run: Run | RunRecord,
    ax: Axes | None = None,
    *,
    state: int | None = None,
    traffic: str | None = None,
    whole: bool = False,
    language: str = "en",
) -> Axes:
    """Draw the network over one state: what holds on each link, and who is cut off.

    The projection is Albers' equal-area conic, in metres. A link is drawn by the gravest effect
    in force under the chosen times; where that is not a closure and the evidence allows one, as
    possibly closed. A place with demand is filled by the share that it has lost of the places it
    is connected to in the base state.

    Parameters
    ----------
    run
        A run, or its record.
    ax
        An axis of matplotlib; by default that of a new figure, 7.2 inches wide.
    state
        Number of the state; by default the one with the lowest connected share.
    traffic
        Kind of traffic; the first of the run by default.
    whole
        Show the whole network rather than the places with demand and the studied outages.
    language
        ``en`` or ``uk``.

    Returns
    -------
    Axes
        The axis that was drawn on.

    Raises
    ------
    InputError
        If an argument is of the wrong kind.
    UnknownNameError
        If the run has no such state or traffic.

    Examples
    --------
    >>> import netmodel as nm
    >>> from matplotlib.figure import Figure
    >>> ax = nm.plot.map(nm.run_scenario("crimea-may-2023"), Figure().subplots())
    >>> ax.get_title("left")
    '≈ 18 May 2023, 08:20 to ≈ 18 May 2023, 17:15 (Europe/Simferopol), passengers'
    """
    record = check_run(run, state=state, traffic=traffic, language=language)
    chosen = open_axes(ax, MAP_INCHES)
    return draw_state_map(
        record, chosen, state=state, traffic=traffic, whole=whole, language=language
    )


@refuse_wrong_kinds
def curve(
    run: Run | RunRecord,
    ax: Axes | None = None,
    *,
    metric: str | None = None,
    traffic: str | None = None,
    label: str | None = None,
    number: int = 0,
    language: str = "en",
) -> Axes:
    """Draw a metric over the window as a step curve, with bands.

    The pale band is what the evidence allows, between the columns ``<metric>_guaranteed`` and
    ``<metric>_possible``; the darker one holds nine of ten samples. A band is drawn where the run
    has its columns and they differ.

    Parameters
    ----------
    run
        A run, or its record.
    ax
        An axis of matplotlib; by default that of a new figure, 7.2 inches wide.
    metric
        Any metric column of ``run.states``, without the name of the traffic; by default the share
        of trains that get through by rail, and the connected share where no train met an outage.
    traffic
        Kind of traffic; the first of the run by default.
    label
        What to call this curve. For several runs on one axis, call once for each.
    number
        Which of four colours and dashes to use, from 0.
    language
        ``en`` or ``uk``.

    Returns
    -------
    Axes
        The axis that was drawn on.

    Raises
    ------
    InputError
        If an argument is of the wrong kind.
    UnknownNameError
        If the run has no such metric or traffic.

    Examples
    --------
    >>> import netmodel as nm
    >>> from matplotlib.figure import Figure
    >>> run = nm.run_scenario("crimea-may-2023")
    >>> ax = nm.plot.curve(run, Figure().subplots(), metric="connected_share")
    >>> float(min(ax.lines[0].get_ydata()).round(3))
    0.697
    """
    record = check_run(
        run, metric=metric, traffic=traffic, label=label, number=number, language=language
    )
    return draw_resilience_curve(
        record, open_axes(ax, CURVE_INCHES), metric=metric, traffic=traffic, label=label,
        number=number, language=language,
    )  # fmt: skip


@refuse_wrong_kinds
def bands(
    run: Run | RunRecord,
    ax: Axes | None = None,
    *,
    traffic: str | None = None,
    of: Literal["trains", "journeys"] | None = None,
    affected: bool = False,
    language: str = "en",
) -> Axes:
    """Draw all trains of a day, or all journeys, stacked by what became of them.

    Trains: as timetabled, slower, detoured, held, cut short, run in two parts, not run. Journeys:
    by the usual way, by another way, by documented bus, without a way. Hatched is what is in doubt:
    between how many at least and at most did not get through by rail.

    Parameters
    ----------
    run
        A run, or its record.
    ax
        An axis of matplotlib; by default that of a new figure, 7.2 inches wide.
    traffic
        Kind of traffic; the first of the run by default. Trains are of the first.
    of
        By default those of which the greater share did not get through by rail; journeys where
        no train met an outage.
    affected
        Let those affected fill the picture, rather than all.
    language
        ``en`` or ``uk``.

    Returns
    -------
    Axes
        The axis that was drawn on.

    Raises
    ------
    InputError
        If an argument is of the wrong kind.
    UnknownNameError
        If the run has no such traffic.

    Examples
    --------
    >>> import netmodel as nm
    >>> from matplotlib.figure import Figure
    >>> ax = nm.plot.bands(nm.run_scenario("crimea-may-2023"), Figure().subplots())
    >>> ax.get_title("left")
    'All journeys, by what became of them'
    """
    record = check_run(run, traffic=traffic, of=of, language=language)
    return draw_outcome_bands(
        record, open_axes(ax, BANDS_INCHES), traffic=traffic, of=of, affected=affected,
        language=language,
    )  # fmt: skip


@refuse_wrong_kinds
def timeline(
    run: Run | RunRecord,
    ax: Axes | None = None,
    *,
    background: bool = False,
    language: str = "en",
) -> Axes:
    """Draw each incident with an outage as a bar over the window, the earliest on top.

    A bar is solid while the incident holds on every reading of the evidence, and hatched while
    that is in doubt. A tick marks the times that the scenario's rule chose.

    Parameters
    ----------
    run
        A run, or its record.
    ax
        An axis of matplotlib; by default that of a new figure, 7.2 inches wide and as high as
        the incidents need.
    background
        Show the standing closures too that the scenario does not study.
    language
        ``en`` or ``uk``.

    Returns
    -------
    Axes
        The axis that was drawn on.

    Raises
    ------
    InputError
        If an argument is of the wrong kind.

    Examples
    --------
    >>> import netmodel as nm
    >>> from matplotlib.figure import Figure
    >>> ax = nm.plot.timeline(nm.run_scenario("crimea-may-2023"), Figure().subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Freight train derailed near Simferopol']
    """
    record = check_run(run, language=language)
    height = timeline_inches(record, background=background)
    return draw_incident_timeline(
        record, open_axes(ax, height), background=background, language=language
    )


@refuse_wrong_kinds
def matrix(
    run: Run | RunRecord,
    ax: Axes | None = None,
    *,
    state: int | None = None,
    traffic: str | None = None,
    language: str = "en",
) -> Axes:
    """Draw the places with demand against each other, by how they are connected in one state.

    A pair is cut where it has a path by rail in the base state and none now, by bus only where a
    documented replacement service closes the gap, and longer where the path takes more time than
    in the base state. Each has a colour and a mark; a stroke across marks what is in doubt.

    Parameters
    ----------
    run
        A run, or its record.
    ax
        An axis of matplotlib; by default that of a new figure, 7.2 inches wide, or as large as
        the names of more than 64 places need.
    state
        Number of the state; by default the one with the lowest connected share.
    traffic
        Kind of traffic; the first of the run by default.
    language
        ``en`` or ``uk``.

    Returns
    -------
    Axes
        The axis that was drawn on.

    Raises
    ------
    InputError
        If an argument is of the wrong kind.
    UnknownNameError
        If the run has no such state or traffic.

    Examples
    --------
    >>> import netmodel as nm
    >>> from matplotlib.figure import Figure
    >>> run = nm.run_scenario("crimea-may-2023")
    >>> ax = nm.plot.matrix(run, Figure().subplots(), traffic="freight")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['connected', 'cut']
    """
    record = check_run(run, state=state, traffic=traffic, language=language)
    chosen = open_axes(ax, *matrix_inches(record))
    return draw_reachability_matrix(record, chosen, state=state, traffic=traffic, language=language)


@dataclass(frozen=True, slots=True)
class RunPlots:
    """The figures of one run, as ``run.plot``.

    Parameters
    ----------
    run
        What is drawn.

    Examples
    --------
    >>> import netmodel as nm
    >>> from matplotlib.figure import Figure
    >>> plots = nm.run_scenario("crimea-may-2023").plot
    >>> plots.curve(Figure().subplots(), metric="connected_share").get_title("left")
    'Connected by rail, passengers'
    """

    run: Run

    def map(
        self,
        ax: Axes | None = None,
        *,
        state: int | None = None,
        traffic: str | None = None,
        whole: bool = False,
        language: str = "en",
    ) -> Axes:
        """Draw the network over one state; see `netmodel.plot.map`."""
        return map(self.run, ax, state=state, traffic=traffic, whole=whole, language=language)

    def curve(
        self,
        ax: Axes | None = None,
        *,
        metric: str | None = None,
        traffic: str | None = None,
        label: str | None = None,
        number: int = 0,
        language: str = "en",
    ) -> Axes:
        """Draw a metric over the window; see `netmodel.plot.curve`."""
        return curve(
            self.run, ax, metric=metric, traffic=traffic, label=label, number=number,
            language=language,
        )  # fmt: skip

    def bands(
        self,
        ax: Axes | None = None,
        *,
        traffic: str | None = None,
        of: Literal["trains", "journeys"] | None = None,
        affected: bool = False,
        language: str = "en",
    ) -> Axes:
        """Draw all trains, or journeys, by what became of them; see `netmodel.plot.bands`."""
        return bands(self.run, ax, traffic=traffic, of=of, affected=affected, language=language)

    def timeline(
        self, ax: Axes | None = None, *, background: bool = False, language: str = "en"
    ) -> Axes:
        """Draw the incidents as bars over the window; see `netmodel.plot.timeline`."""
        return timeline(self.run, ax, background=background, language=language)

    def matrix(
        self,
        ax: Axes | None = None,
        *,
        state: int | None = None,
        traffic: str | None = None,
        language: str = "en",
    ) -> Axes:
        """Draw who reaches whom in one state; see `netmodel.plot.matrix`."""
        return matrix(self.run, ax, state=state, traffic=traffic, language=language)


def timeline_inches(record: RunRecord, *, background: bool = False) -> float:
    """Return how high a timeline has to be for its rows; 40 inches at most."""
    return min(40.0, 0.75 + 0.27 * len(shown_incidents(record, background=background)))


def matrix_inches(record: RunRecord) -> tuple[float, float]:
    """Return how high and how wide a matrix has to be for the names of its places.

    Past 220 places it grows no more, and shows no names.
    """
    places = int((record.hubs["in_demand"] == 1).sum())
    height = min(20.0, max(min(6.6, 1.2 + 0.17 * places), 1.2 + 0.085 * places))
    return height, max(WIDTH_INCHES, height + 1.6)


def check_run(run: object, **arguments: object) -> RunRecord:
    """Return the record of a run; raise one error with every argument of the wrong kind."""
    problems = [
        problem
        for name, value in arguments.items()
        if (problem := _find_problem(name, value)) is not None
    ]
    record = run.record if isinstance(run, Run) else run
    if isinstance(record, RunRecord) and not problems:
        return record
    if not isinstance(record, RunRecord):
        problems.insert(0, wrong_type(run, "a run", "run", "give what `nm.run_scenario` returns"))
    raise InputError(problems)


def _find_problem(name: str, value: object) -> Problem | None:
    if name == "language":
        known = value in LANGUAGES if isinstance(value, str) else False
        remedy = f"choose one of {', '.join(LANGUAGES)}"
        return None if known else wrong_type(value, "a language of the figures", name, remedy)
    if name == "of":
        known = value in (None, "trains", "journeys")
        remedy = "choose trains or journeys, or leave it out"
        return None if known else wrong_type(value, "what to count", name, remedy)
    if name in ("state", "number"):
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        optional = name == "state" and value is None
        remedy = "give a whole number; `run.states` lists the states"
        return None if whole or optional else wrong_type(value, "a whole number", name, remedy)
    optional = value is None
    if isinstance(value, str) or optional:
        return None
    return wrong_type(value, "a text", name, f"give the name of a {name}")
