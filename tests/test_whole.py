"""Folders and files are written whole or not at all, and never over what others wrote."""

import errno
import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netmodel as nm
from netmodel.errors import InputError
from netmodel.files import whole
from netmodel.files.whole import add_files, check_place, complete_folder, whole_file, write_file
from netmodel.files.written import LIST, find_strangers, kind_of_folder
from netmodel.report.run_folder import refresh_reports, write_run

from .report_records import shipped_record
from .test_cli import netmodel


def put(folder, content="new", *, holds="words", **options):
    with complete_folder(folder, holds=holds, **options) as partial:
        (partial / "word.txt").write_text(content)
        (partial / "figures").mkdir()
        (partial / "figures/one.svg").write_text("<svg/>")


def tree(folder):
    """Everything below a folder, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def beside(folder):
    return sorted(path.name for path in folder.parent.iterdir())


# What netmodel wrote is replaced, and nothing else


def test_a_folder_of_ones_own_is_replaced_as_a_whole(tmp_path):
    put(tmp_path / "out", "old")
    (tmp_path / "out/figures/one.svg").unlink()
    put(tmp_path / "out")
    assert (tmp_path / "out/word.txt").read_text() == "new"
    assert beside(tmp_path / "out") == ["out"]
    told = json.loads((tmp_path / "out" / LIST).read_text())
    assert list(told) == ["netmodel", "holds", "files", "check"]
    assert list(told["files"]) == ["figures/one.svg", "word.txt"]


def test_the_list_is_the_same_each_time(tmp_path):
    for name in ("a", "b"):
        put(tmp_path / name)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda out: (out / "notes.md").write_text("mine"), "notes.md: was not written by"),
        (lambda out: (out / "figures/mine").mkdir(), "mine: is an empty folder"),
        (lambda out: (out / ".hidden").write_text("x"), ".hidden: was not written by netmodel"),
        (lambda out: (out / "word.txt").write_text("mine"), "word.txt: was changed since"),
        (lambda out: (out / LIST).unlink(), "its written.json is missing or changed"),
        (lambda out: (out / LIST).write_text("[" * 9999), "written.json is missing or changed"),
        (lambda out: (out / "link").symlink_to(out), "link: was not written by netmodel"),
        (lambda out: os.mkfifo(out / "pipe"), "pipe: was not written by netmodel"),
    ],
)
def test_what_others_wrote_is_named_and_kept(tmp_path, spoil, said):
    put(tmp_path / "out", "old")
    spoil(tmp_path / "out")
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    for refused in (put, lambda out: check_place(out, holds="words")):
        with pytest.raises(InputError) as caught:
            refused(tmp_path / "out")
        assert said in str(caught.value)
        assert "choose another --out, or give --force to keep the old folder" in str(caught.value)
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_a_listed_file_turned_into_a_link_is_changed(tmp_path):
    put(tmp_path / "out")
    (tmp_path / "out/word.txt").rename(tmp_path / "word.txt")
    (tmp_path / "out/word.txt").symlink_to(tmp_path / "word.txt")
    with pytest.raises(InputError, match=r"word\.txt: was changed"):
        put(tmp_path / "out")


def test_a_list_that_was_edited_by_hand_counts_for_nothing(tmp_path):
    put(tmp_path / "out")
    told = json.loads((tmp_path / "out" / LIST).read_text())
    told["files"]["letter.txt"] = "0" * 64
    (tmp_path / "out" / LIST).write_text(json.dumps(told))
    with pytest.raises(InputError, match=r"written\.json is missing or changed"):
        put(tmp_path / "out")


def test_ten_are_named_and_the_rest_counted(tmp_path):
    (tmp_path / "out").mkdir()
    for number in range(13):
        (tmp_path / f"out/{number:02}").write_text("")
    with pytest.raises(InputError) as caught:
        put(tmp_path / "out")
    assert len(caught.value.problems) == 12
    assert caught.value.problems[-1].what == "... and 3 more"


def test_a_folder_of_another_kind_is_not_replaced(tmp_path):
    put(tmp_path / "out")
    with pytest.raises(InputError, match="is the folder of a words, not of a run"):
        put(tmp_path / "out", holds="run")


@settings(max_examples=40, deadline=None)
@given(
    parts=st.lists(st.sampled_from(["figures", "a", ".b", "ї"]), max_size=3),
    name=st.sampled_from(["word.txt", "x", ".hidden", "written.json", "provenance.json", "two\nx"]),
    as_folder=st.booleans(),
)
def test_anything_planted_anywhere_survives(parts, name, as_folder):
    with tempfile.TemporaryDirectory() as room:
        out = Path(room) / "out"
        put(out, "old")
        planted = out.joinpath(*parts, name)
        if planted.exists():
            return
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.mkdir() if as_folder else planted.write_text("mine")
        before = tree(out)
        with pytest.raises(InputError):
            put(out)
        assert tree(out) == before
        put(out, force=True)
        assert tree(Path(room) / "out.old") == before


# --force


def test_force_keeps_what_is_in_the_way_and_says_where(tmp_path):
    said = []
    out = tmp_path / "out"
    out.write_text("a file")
    for number in range(3):
        put(out, force=True, note=said.append)
        (out / "notes.md").write_text(str(number))
    assert beside(out) == ["out", "out.old", "out.old-2", "out.old-3"]
    assert (tmp_path / "out.old").read_text() == "a file"
    assert (tmp_path / "out.old-3/notes.md").read_text() == "1"
    assert said[0].endswith("is now in " + str(tmp_path / "out.old"))
    (out / "notes.md").unlink()
    put(out, force=True, note=said.append)
    assert len(said) == 3


# Places


def test_links_are_followed_and_stay(tmp_path):
    (tmp_path / "runs").mkdir()
    put(tmp_path / "runs/one", "old")
    (tmp_path / "latest").symlink_to("runs/one")
    (tmp_path / "dangling").symlink_to("runs/two")
    for link, target in (("latest", "one"), ("dangling", "two")):
        put(tmp_path / link)
        assert (tmp_path / link).is_symlink()
        assert (tmp_path / "runs" / target / "word.txt").read_text() == "new"
        assert not (tmp_path / "runs" / target).is_symlink()
    (tmp_path / "ring").symlink_to("ring")
    for write in (put, lambda path: write_file(path, "x")):
        with pytest.raises(InputError, match="ring: cannot write"):
            write(tmp_path / "ring")
    assert beside(tmp_path / "runs/one") == ["one", "two"]


def test_the_umask_is_respected(tmp_path):
    before = os.umask(0o077)
    try:
        put(tmp_path / "out")
        write_file(tmp_path / "file", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


@pytest.mark.parametrize("place", [".", "..", "/", "~", "sub/.."])
def test_surroundings_are_refused(tmp_path, monkeypatch, place):
    (tmp_path / "here/sub").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    before = tree(tmp_path)
    for force in (False, True):
        with pytest.raises(InputError, match="cannot be replaced as a whole"):
            put(Path(place).expanduser(), force=force)
    assert tree(tmp_path) == before


def test_a_parent_that_cannot_be_written_to(tmp_path, monkeypatch):
    monkeypatch.setattr(whole.os, "access", lambda *_: False)
    with pytest.raises(InputError, match=r"out: cannot write \(Permission denied\)"):
        check_place(tmp_path / "out", holds="words")


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="file: is a file, not a folder; choose another"):
        put(tmp_path / "file")
    with pytest.raises(InputError, match=r"file/out: cannot write \(Not a directory\)"):
        put(tmp_path / "file/out")
    with pytest.raises(InputError, match=r"cannot write \(File name too long\)"):
        put(tmp_path / ("x" * 250))
    with pytest.raises(InputError, match="is not a path"):
        put("a\0b")
    assert tree(tmp_path) == {"file": b"mine"}


# Failures and interruptions


def put_half(folder, error):
    with complete_folder(folder, holds="words") as partial:
        (partial / "half").write_text("x")
        raise error


def put_half_a_file(path):
    with whole_file(path) as partial:
        partial.write_text("half")
        raise OSError(errno.ENOSPC, "full")


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, OSError(errno.ENOSPC, "full")])
@pytest.mark.parametrize("deep", ["out", "deep/er/out"])
def test_a_failure_leaves_everything_as_it_was(tmp_path, error, deep):
    if deep == "out":
        put(tmp_path / deep, "old")
    before = tree(tmp_path)
    expected = InputError if isinstance(error, OSError) else error
    with pytest.raises(expected):
        put_half(tmp_path / deep, error)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(errno.EBUSY, "busy")])
def test_a_failing_exchange_is_taken_back(tmp_path, monkeypatch, error):
    put(tmp_path / "out", "old")
    before = tree(tmp_path)
    rename = Path.rename

    def fail(path, to):
        if "netmodel-new" in path.name:
            raise error
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises((KeyboardInterrupt, InputError)):
        put(tmp_path / "out")
    (tmp_path / "out/notes.md").write_text("mine")
    with pytest.raises((KeyboardInterrupt, InputError)):
        put(tmp_path / "out", force=True)
    (tmp_path / "out/notes.md").unlink()
    assert tree(tmp_path) == before


def test_a_kill_between_the_two_renames_is_mended(tmp_path):
    out = tmp_path / "out"
    put(out, "old")
    (out / "notes.md").write_text("mine")
    out.rename(tmp_path / ".out.netmodel-old")
    dead = dead_process()
    (tmp_path / f".out.netmodel-new-{dead}").mkdir()
    (tmp_path / f".out.netmodel-new-{dead}/half").write_text("x")
    with pytest.raises(InputError, match=r"notes\.md: was not written"):
        check_place(out, holds="words")
    (out / "notes.md").unlink()
    put(out)
    assert (out / "word.txt").read_text() == "new"
    assert beside(out) == ["out"]


def test_an_old_folder_left_behind_goes_only_if_it_is_netmodels(tmp_path):
    out, old = tmp_path / "out", tmp_path / ".out.netmodel-old"
    put(out)
    put(old)
    put(out)
    assert beside(out) == ["out"]
    put(old)
    (old / "notes.md").write_text("mine")
    said = []
    put(out, note=said.append)
    assert beside(out) == ["out", "out.old"]
    assert (tmp_path / "out.old/notes.md").read_text() == "mine"
    assert "is now in" in said[0]


def dead_process():
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    return int(done.stdout)


def test_leftovers_of_dead_processes_go_and_others_stay(tmp_path):
    dead = dead_process()
    (tmp_path / "mine").write_text("x")
    for name in (dead, os.getpid(), os.getppid()):
        (tmp_path / f".out.netmodel-new-{name}").mkdir()
    (tmp_path / f".out.gpkg.netmodel-new-{dead}.gpkg").write_text("x")
    (tmp_path / f".out.netmodel-new-{dead}x").mkdir()
    (tmp_path / ".out.netmodel-new-99999999").symlink_to(tmp_path / "mine")
    put(tmp_path / "out")
    write_file(tmp_path / "out.gpkg", "x")
    assert beside(tmp_path / "out") == sorted([
        f".out.netmodel-new-{os.getppid()}", f".out.netmodel-new-{dead}x",
        ".out.netmodel-new-99999999", "mine", "out", "out.gpkg",
    ])  # fmt: skip


def test_the_same_place_twice_at_a_time_is_refused(tmp_path):
    with (
        complete_folder(tmp_path / "out", holds="words"),
        pytest.raises(InputError, match="is being written already"),
    ):
        put(tmp_path / "out")


# Single files


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path):
    (tmp_path / "page").write_text("old")
    (tmp_path / "page").chmod(0o640)
    (tmp_path / "link").symlink_to("page")
    write_file(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "page").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == 0o640
    with pytest.raises(InputError, match=r"page: cannot write \(full\)"):
        put_half_a_file(tmp_path / "page")
    assert (tmp_path / "page").read_text() == "new"
    with pytest.raises(InputError, match="Is a directory"):
        write_file(tmp_path, "x")
    write_file("/dev/null", "x")
    assert not Path("/dev/null").is_file()
    assert beside(tmp_path / "page") == ["link", "page"]


def test_added_files_are_on_the_list(tmp_path):
    put(tmp_path / "out")
    add_files(tmp_path / "out", {"account.csv": "x"})
    assert not find_strangers(tmp_path / "out")
    (tmp_path / "out/account.csv").write_text("mine")
    with pytest.raises(InputError, match=r"account\.csv: was changed"):
        add_files(tmp_path / "out", {"account.csv": "x"})
    assert (tmp_path / "out/account.csv").read_text() == "mine"


# At the command line


def test_work_beside_a_foreign_provenance_file_survives(tmp_path):
    (tmp_path / "dl/src").mkdir(parents=True)
    (tmp_path / "dl/provenance.json").write_text('{"@context": "https://w3id.org/ro/crate"}')
    (tmp_path / "dl/src/thesis.tex").write_text("work")
    before = tree(tmp_path)
    result = netmodel("run", "crimea-may-2023", "--out", "dl", cwd=tmp_path)
    assert result.returncode == 2
    assert "thesis.tex: was not written by netmodel" in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(tmp_path) == before


def test_notes_and_edits_in_a_run_are_kept_and_force_puts_them_aside(tmp_path):
    out = write_run(shipped_record(), tmp_path / "run")
    assert kind_of_folder(out) == "run"
    write_run(shipped_record(), out)
    (out / "notes.md").write_text("mine")
    (out / "report.html").write_text("mine")
    with (out / "states.csv").open("a") as stream:
        stream.write("mine")
    before = tree(out)
    with pytest.raises(InputError) as caught:
        write_run(shipped_record(), out)
    assert {Path(each.where).name for each in caught.value.problems} == {
        "run", "notes.md", "report.html", "states.csv",
    }  # fmt: skip
    assert tree(out) == before
    result = netmodel("run", "crimea-may-2023", "--out", out, "--force")
    assert result.returncode == 0, result.stderr
    assert f"note: what was there is now in {tmp_path / 'run.old'}" in result.stderr
    assert tree(tmp_path / "run.old") == before


def test_a_run_into_the_current_folder_is_refused_at_once(tmp_path):
    result = netmodel("run", "crimea-may-2023", "--out", ".", cwd=tmp_path)
    assert result.returncode == 2
    assert "the current folder and cannot be replaced" in result.stderr
    assert not list(tmp_path.iterdir())


def test_reports_written_again_are_on_the_list(tmp_path):
    out = write_run(shipped_record(), tmp_path / "run")
    refresh_reports(out, language="uk")
    assert not find_strangers(out)
    (out / LIST).unlink()
    refresh_reports(out)
    assert not (out / LIST).exists()


def test_a_network_made_by_hand_is_not_replaced(tmp_path):
    out = tmp_path / "net"
    nm.write_network(nm.built_in_network(), out)
    (out / LIST).unlink()
    before = tree(tmp_path)
    result = netmodel("network", "export", "built-in", "--out", out)
    assert result.returncode == 2
    assert "hubs.csv: was not written by netmodel" in result.stderr
    assert tree(tmp_path) == before
    assert netmodel("network", "export", "built-in", "--out", out, "--force").returncode == 0
    assert (tmp_path / "net.old/hubs.csv").is_file()


def test_no_part_of_an_old_network_stays_behind(tmp_path):
    from dataclasses import replace

    network = nm.built_in_network()
    first = network.links[0].id
    with_course = replace(network, geometry={first: network.line(first)})
    nm.write_network(with_course, tmp_path / "net")
    assert (tmp_path / "net/geometry.geojson").is_file()
    nm.write_network(replace(network, geometry={}), tmp_path / "net")
    assert not (tmp_path / "net/geometry.geojson").exists()
    assert not nm.read_network(tmp_path / "net").geometry
