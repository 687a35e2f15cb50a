"""The sub-commands of ``netmodel`` that live in rooms of their own."""

from __future__ import annotations

import importlib

import typer

SUB_COMMANDS: dict[str, str] = {
    "network": "netmodel.cli_network",
    "restoration": "netmodel.cli_restoration",
}


def add_sub_commands(app: typer.Typer) -> None:
    """Hang the sub-commands onto the command."""
    for name, module in SUB_COMMANDS.items():
        app.add_typer(importlib.import_module(module).app, name=name)
