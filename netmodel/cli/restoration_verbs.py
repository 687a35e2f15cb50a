"""The verbs ``restoration fit``, ``backtest`` and ``forecast``."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import (
    ExecutorOption,
    JsonOption,
    ResumeOption,
    WorkersOption,
    examples,
    say,
    say_note,
)
from netmodel.cli.run_verbs import parse_instant

if TYPE_CHECKING:
    from netmodel.evidence.incident import Catalogue
    from netmodel.restoration.backtest import Backtest
    from netmodel.restoration.durations import Durations
    from netmodel.restoration.fit import RestorationFit
    from netmodel.restoration.forecast import Forecast
    from netmodel.restoration.survival import TurnbullEstimate


app = typer.Typer(
    name="restoration",
    help="Fit, test and forecast how long restorations take.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
FilesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--incidents",
        help="A file of incidents or documents (default: the built-in ones)",
    ),
]
PlotOption = Annotated[
    Path | None, typer.Option("--plot", help="A figure to write: .png, .svg or .pdf")
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="lognormal, weibull or loglogistic (default: of least AIC)"),
]
RecordedOption = Annotated[
    float,
    typer.Option(
        "--recorded-from",
        help="Hours: the record takes no shorter closure, and models allow for what is missing",
    ),
]


@app.command("fit", epilog=examples("netmodel restoration fit --plot durations.png"))
def fit_verb(
    incidents: FilesOption = None,
    recorded_from: RecordedOption = 0.0,
    plot: PlotOption = None,
    json: JsonOption = False,
) -> None:
    """Fit the Turnbull estimate and three models to the durations of incidents."""
    from netmodel.cli.output import emit_table, print_json
    from netmodel.restoration.durations import collect_durations, describe_sample
    from netmodel.restoration.fit import fit_all

    durations = collect_durations(_read(incidents), recorded_from_hours=recorded_from)
    turnbull, refused = _fit_turnbull(durations)
    fits = fit_all(durations)
    models = [
        {
            "model": fit.distribution,
            "aic": round(fit.aic, 1),
            "log_likelihood": round(fit.log_likelihood, 1),
            "effective_parameters": round(fit.effective_parameters, 1),
        }
        for fit in fits.values()
    ]
    best = next(iter(fits.values()))
    kinds = _kind_rows(best, durations)
    notices = [*refused, *best.notices]
    if json:
        print_json(
            {
                "sample": dict(describe_sample(durations)),
                "turnbull_median_hours": turnbull.median_hours() if turnbull else None,
                "models": models,
                "kinds": kinds,
                "notices": notices,
            }
        )
    else:
        sample = describe_sample(durations)
        emit_table([{"sample": name, "count": count} for name, count in sample.items()])
        if turnbull is not None:
            low, high = turnbull.median_hours()
            say(f"\nhalf are restored by: {_in_words(low)} to {_in_words(high)} (Turnbull)\n")
        emit_table(models)
        say("")
        emit_table(kinds)
        _say(notices)
        if not incidents:
            _say([_WHAT_THE_SAMPLE_IS])
    if plot is not None:
        _plot_fit(plot, turnbull, durations, fits)


@app.command("backtest", epilog=examples("netmodel restoration backtest --all --json"))
def backtest_verb(
    incidents: FilesOption = None,
    recorded_from: RecordedOption = 0.0,
    plot: PlotOption = None,
    model: ModelOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Test all three models and not only the one of least AIC")
    ] = False,
    folds: Annotated[
        int | None,
        typer.Option(
            "--folds",
            help="Parts to leave out in turn (default: each incident alone up to 500, else 10)",
        ),
    ] = None,
    workers: WorkersOption = None,
    executor: ExecutorOption = None,
    resume: ResumeOption = True,
    json: JsonOption = False,
) -> None:
    """Forecast each incident from all others, and compare the scores with naive rules."""
    from netmodel.cli.output import emit_table, print_json, show_progress
    from netmodel.restoration.backtest import run_backtest
    from netmodel.restoration.distributions import DISTRIBUTIONS
    from netmodel.restoration.durations import collect_durations
    from netmodel.restoration.fit import fit_all

    durations = collect_durations(_read(incidents), recorded_from_hours=recorded_from)
    best = model or next(iter(fit_all(durations)))
    chosen = (best, *(name for name in DISTRIBUTIONS if every and name != best))
    with show_progress() as progress:
        backtest = run_backtest(
            durations, distributions=chosen, folds=folds, workers=workers, executor=executor,
            resume=resume, progress=progress, note=say_note,
        )  # fmt: skip
    table = backtest.summary().round(3).reset_index()
    rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    if json:
        print_json([{name: _finite(value) for name, value in row.items()} for row in rows])
    else:
        emit_table(rows)
        _say(_advantages(backtest, best))
    if plot is not None:
        from netmodel.plot.restoration_curve import save_backtest_figure

        save_backtest_figure(plot, backtest, best)


@app.command(
    "forecast",
    epilog=examples(
        "netmodel restoration forecast 2023-05-18-simferopol-chystenke --as-of 2023-05-18T12:00Z"
    ),
)
def forecast_verb(
    incident: Annotated[str, typer.Argument(help="Id of an incident")],
    as_of: Annotated[
        str,
        typer.Option("--as-of", help="Instant with offset; later publications are left out"),
    ],
    incidents: FilesOption = None,
    model: ModelOption = None,
    json: JsonOption = False,
) -> None:
    """Forecast how much longer an incident lasts, as known at an instant."""
    from netmodel.cli.output import emit_table, print_json
    from netmodel.restoration.forecast import forecast_restoration
    from netmodel.times import format_instant

    instant = parse_instant("--as-of", as_of)
    catalogue = _read(incidents)
    forecast = forecast_restoration(catalogue, incident, as_of=instant, distribution=model)
    rows = [
        {"probability": f"{probability:.0%}", "ended_by": format_instant(end) or "never"}
        for probability, end in forecast.quantiles().items()
    ]
    if json:
        print_json(
            {
                "incident": incident,
                "as_of": format_instant(instant),
                "milestone": forecast.milestone,
                "start": str(forecast.start),
                "restored": str(forecast.restored) if forecast.restored else None,
                "elapsed_hours": round(forecast.elapsed_hours, 2),
                "model": forecast.fit.distribution if forecast.fit else None,
                "ended_by": [] if forecast.restored else rows,
                "notices": forecast.notices,
            }
        )
        return
    _print_known(forecast, catalogue)
    if forecast.restored is None:
        emit_table(rows)
    _say(forecast.notices)


_WHAT_THE_SAMPLE_IS = (
    "these are incidents that made the news; the operator's own average is 4 hours for about "
    "300 strikes from August to October 2025 (see docs/concepts/restoration.md)"
)


def _read(files: list[Path] | None) -> Catalogue:
    from netmodel.evidence.catalogue_file import built_in_catalogue, read_catalogue
    from netmodel.files.shipped import documents_file

    if not files:
        return built_in_catalogue()
    given = [path.resolve() for path in files]
    shipped = [] if documents_file().resolve() in given else [documents_file()]
    return read_catalogue([*shipped, *files])


def _fit_turnbull(durations: Durations) -> tuple[TurnbullEstimate | None, list[str]]:
    """Return the estimate, or why there is none: the models do without it."""
    from netmodel.errors import InputError
    from netmodel.restoration.survival import fit_turnbull

    try:
        return fit_turnbull(durations), []
    except InputError as error:
        return None, [f"no Turnbull estimate: {problem.what}" for problem in error.problems]


def _plot_fit(
    path: Path,
    turnbull: TurnbullEstimate | None,
    durations: Durations,
    fits: Mapping[str, RestorationFit],
) -> None:
    from netmodel.errors import InputError, Problem
    from netmodel.plot.restoration_curve import save_restoration_figure

    if turnbull is None:
        what = "without a Turnbull estimate there is nothing to draw"
        raise InputError([Problem(what=what, where="--plot", remedy="see the notes above")])
    save_restoration_figure(path, turnbull, durations, fits)


def _kind_rows(fit: RestorationFit, durations: Durations) -> list[dict[str, object]]:
    """Return the forecast of a closure for each kind, and for passenger trains alone."""
    counts = Counter(
        (row.kind, "passenger" if row.traffic == "passenger" else "all") for row in durations.rows
    )
    rows: list[dict[str, object]] = []
    for (kind, traffic), count in sorted(counts.items()):
        forecast = fit.predict(kind, traffic=traffic)
        row: dict[str, object] = {"kind": kind, "traffic": traffic, "durations": count}
        for probability in (0.1, 0.5, 0.9):
            hours = _in_words(forecast.quantile(probability))
            row[f"{probability:.0%} by ({fit.distribution})"] = hours
        rows.append(row)
    return rows


def _advantages(backtest: Backtest, rule: str) -> list[str]:
    from netmodel.restoration.distributions import NAIVE_RULES

    lines = []
    for rival in NAIVE_RULES:
        hours, hours_error = backtest.advantage(rule, rival)
        logs, logs_error = backtest.advantage(rule, rival, "crps_log")
        lines.append(
            f"CRPS of {rule} {_side(hours)} '{rival}' by {abs(hours):.1f} h"
            f"{_error(hours_error, '.1f')}, and {_side(logs)} it by {abs(logs):.3f} in log-hours"
            f"{_error(logs_error, '.3f')}"
        )
    share, error = backtest.likely_coverage(rule, 0.8)
    lines.append(
        f"the 80 % interval of {rule} most likely holds {share:.0%} of the outcomes"
        f"{_error(error, '.0%')}"
    )
    return lines


def _side(gain: float) -> str:
    return "below" if gain >= 0 else "above"


def _error(error: float, how: str) -> str:
    """Return a standard error in words; none where all incidents began on one day."""
    return (
        " (all began on one day: no standard error)" if math.isnan(error) else f" ± {error:{how}}"
    )


def _in_words(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{60 * hours:.0f} min"


def _print_known(forecast: Forecast, catalogue: Catalogue) -> None:
    from netmodel.times import format_instant

    claims = catalogue.incidents[forecast.incident].claims
    known = f"{len(forecast.known)} claim{'' if len(forecast.known) == 1 else 's'}"
    say(f"as known at {format_instant(forecast.as_of)}: {known}")
    say(f"start: {forecast.start}; lasting {forecast.elapsed_hours:.1f} h")
    for number in forecast.announced:
        say(f"announced: {claims[number].speaker}: {claims[number].says}")
    if forecast.restored is not None:
        say(f"{forecast.milestone} is reported already: {forecast.restored}")


def _say(lines: list[str] | tuple[str, ...]) -> None:
    for line in lines:
        say(f"note: {line}")


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
