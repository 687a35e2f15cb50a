"""A command lays out the verb that is asked for alone, and all where none is."""

from __future__ import annotations

import pytest

from netmodel.cli.main import COMPLETING, SUB_COMMANDS, app, choose_verbs


def _told(first: str) -> tuple[set[str | None], set[str | None]]:
    chosen = choose_verbs(first)
    commands = {each.name for each in chosen.registered_commands}
    return commands, {str(each.name) for each in chosen.registered_groups}


def test_one_verb_or_one_group() -> None:
    assert _told("run") == ({"run"}, set())
    assert _told("network") == (set(), {"network"})


@pytest.mark.parametrize("first", ["", "--help", "rnu"])
def test_all_where_none_is_named(first: str) -> None:
    commands, groups = _told(first)
    assert {"run", "check"} < commands
    assert groups == SUB_COMMANDS.keys()


def test_all_for_a_shell_that_asks_for_the_next_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMPLETING, "complete_bash")
    assert _told("run") == _told("")


def test_choosing_leaves_the_whole_as_it_is() -> None:
    before = len(app.registered_commands), len(app.registered_groups)
    choose_verbs("run")
    assert (len(app.registered_commands), len(app.registered_groups)) == before
