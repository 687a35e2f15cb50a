"""The ``netmodel`` command: thin verbs over the library.

Exit codes: 0 for success; 1 if a check failed, a place was ambiguous, or the machine failed (memory
ran out, a worker was ended from outside); 2 for bad input; 130 if it was interrupted, 143 if it was
told to end. A mistake is reported on standard error, never as a traceback.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Annotated, TextIO

import typer

from netmodel.cli import check_verbs, read_verb, report_verbs, review_verb, run_verbs, show
from netmodel.cli.output import fail, prepare_streams, report_problems, say_note
from netmodel.errors import InputError, InputWarning, MachineError, NetmodelError

SUB_COMMANDS = {
    "incidents": "netmodel.cli.incidents_verbs",
    "network": "netmodel.cli.network_verbs",
    "restoration": "netmodel.cli.restoration_verbs",
    "trains": "netmodel.cli.trains_verbs",
}
"""Groups of verbs, by the module that holds them."""
COMPLETING = "_NETMODEL_COMPLETE"
"""Set by a shell that asks which words may come next."""

app = typer.Typer(
    name="netmodel",
    help="Rail-network disruption: from documents to what stayed connected, and how sure one is.",
    epilog="Start with: netmodel run crimea-may-2023",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run", epilog=run_verbs.RUN_EXAMPLES)(run_verbs.run)
app.command("new", epilog=run_verbs.NEW_EXAMPLES)(run_verbs.new)
app.command("list", epilog=run_verbs.LIST_EXAMPLES)(run_verbs.list_scenarios)
app.command("check", epilog=check_verbs.CHECK_EXAMPLES)(check_verbs.check)
app.command("show", epilog=show.SHOW_EXAMPLES)(show.show)
app.command("match", epilog=show.MATCH_EXAMPLES)(show.match)
app.command("read", epilog=read_verb.READ_EXAMPLES)(read_verb.read)
app.command("review", epilog=review_verb.REVIEW_EXAMPLES)(review_verb.review)
app.command("report", epilog=report_verbs.REPORT_EXAMPLES)(report_verbs.report)
app.command("compare", epilog=report_verbs.COMPARE_EXAMPLES)(report_verbs.compare)
app.command("validate", epilog=report_verbs.VALIDATE_EXAMPLES)(report_verbs.validate)
app.command("repair", epilog=run_verbs.REPAIR_EXAMPLES)(run_verbs.repair)
app.command("schema", epilog=check_verbs.SCHEMA_EXAMPLES)(check_verbs.schema)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"netmodel {version('netmodel')}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit", callback=_say_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Global options."""


class Terminated(BaseException):
    """The process was told to end; raised so that what was begun is cleared away."""


def _end(*_: object) -> None:
    raise Terminated


def main() -> None:
    """Run the command and turn every foreseen error into a message and an exit code."""
    # Nearly all that a command makes lives to its end: looking for garbage as often as a long-lived
    # program does takes a tenth of the time.
    gc.set_threshold(100_000, 50, 100)
    # No plugin of pydantic has a say here; looking for them reads every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    prepare_streams()
    with _told_to_end(), warnings.catch_warnings():
        warnings.simplefilter("default", InputWarning)
        warnings.showwarning = _show_warning
        _run()


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Let the signal to end be an exception for a while."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run() -> None:
    try:
        choose_verbs(sys.argv[1] if len(sys.argv) > 1 else "")()
    except SystemExit as ended:
        if ended.code == 130:
            fail("stopped", code=130)
        raise
    except InputError as error:
        report_problems(error.problems)
        sys.exit(2)
    except NetmodelError as error:
        fail(str(error), code=1 if isinstance(error, MachineError) else 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        fail(f"{error.filename or 'file'}: {error.strerror or error}", code=2)
    except ImportError as error:
        fail(f"cannot load a part of the program ({error}); is memory short?", code=1)
    except (KeyboardInterrupt, Terminated, MemoryError) as error:
        said, code = _ENDS[type(error)]
        fail(said, code=code)


def choose_verbs(first: str) -> typer.Typer:
    """Return the command with the one verb that is asked for, or with all of them.

    Laying out every verb with its options takes longer than what some of them do.
    """
    verbs = [each for each in app.registered_commands if each.name == first]
    groups = {name: module for name, module in SUB_COMMANDS.items() if name == first}
    if not (verbs or groups) or COMPLETING in os.environ:
        verbs, groups = app.registered_commands, SUB_COMMANDS
    chosen = copy(app)
    chosen.registered_commands, chosen.registered_groups = list(verbs), []
    for name, module in groups.items():
        chosen.add_typer(importlib.import_module(module).app, name=name)
    return chosen


_ENDS: dict[type[BaseException], tuple[str, int]] = {
    KeyboardInterrupt: ("stopped", 130),
    Terminated: ("told to end", 143),
    MemoryError: ("not enough memory", 1),
}


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print remarks on inputs as notes, and other warnings as Python does."""
    if issubclass(category, InputWarning):
        say_note(str(message))
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
        (file or sys.stderr).write(text)
