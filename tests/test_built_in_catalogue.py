"""Files of the built-in record are read once by a process, and mean what they mean alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from netmodel.errors import InputError
from netmodel.evidence import catalogue_file
from netmodel.evidence.catalogue_file import read_catalogue, read_with_built_in
from netmodel.files.shipped import documents_file, incident_files

_DOCUMENTS, _FILES = documents_file(), incident_files()
_AGAIN = _FILES[1].parent / ".." / _FILES[1].parent.name / _FILES[1].name


def _agree(paths: Sequence[Path]) -> None:
    alone, once = read_catalogue(paths), read_with_built_in(paths)
    for one, other in zip(
        (alone.documents, alone.incidents, alone.origins),
        (once.documents, once.incidents, once.origins),
        strict=True,
    ):
        assert list(one.items()) == list(other.items())


@pytest.mark.parametrize(
    "paths",
    [
        (_DOCUMENTS, *_FILES),
        (_FILES[3], _DOCUMENTS, _FILES[0]),
        (_DOCUMENTS,),
        (_DOCUMENTS, _AGAIN),
    ],
    ids=["all", "in another order", "documents alone", "by another path"],
)
def test_they_are_what_they_are_alone(
    paths: Sequence[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue_file.built_in_catalogue()
    _agree(paths)
    monkeypatch.setattr(catalogue_file, "read_catalogue", None)
    read_with_built_in(paths)


def test_files_beside_them_are_read_with_them(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("documents: [{id: own, publisher: P, published: 2023-05-18}]")
    _agree((own, _DOCUMENTS, _FILES[0]))


def test_a_file_that_is_given_twice_is_refused() -> None:
    with pytest.raises(InputError):
        read_with_built_in((_DOCUMENTS, _FILES[1], _AGAIN))


def test_what_is_wrong_with_the_record_does_not_concern_sound_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise InputError([])

    monkeypatch.setattr(catalogue_file, "built_in_catalogue", fail)
    _agree((_DOCUMENTS, _FILES[0]))
