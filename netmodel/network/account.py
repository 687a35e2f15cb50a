"""The account of an import: what became of every feature read, with counts that add up."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from netmodel.arguments import refuse_wrong_kinds
from netmodel.files.whole import Note, add_files, complete_folder
from netmodel.files.written import kind_of_folder

KEPT, MERGED, DROPPED = "kept", "merged", "dropped"
DISPOSITIONS = (KEPT, MERGED, DROPPED)
ACCOUNT_COLUMNS = ("feature", "disposition", "into", "reason", "note")
_SHOWN_TARGETS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What became of one feature.

    Parameters
    ----------
    feature
        The source's own id, such as ``way/4366608`` or ``lines/17``.
    disposition
        ``kept`` when it is a link, hub or station by itself; ``merged`` when it is part of one;
        ``dropped``.
    into
        The links (``link ID``), hubs (``hub ID``) or stations that hold it; empty when dropped.
    reason
        Why it was dropped, or how it was merged; equal reasons are counted together.
    note
        What else is worth knowing, such as ``crosses itself``.

    Examples
    --------
    >>> Entry(feature="way/2", disposition="dropped", reason="railway=tram").into
    ()
    """

    feature: str
    disposition: str
    into: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """What became of every feature of a source, and the figures of the import.

    Parameters
    ----------
    settings
        What the import was asked to do, by name.
    figures
        Numbers by name: joins by kind, components, km read and km in links.
    other_objects
        Objects of the file that are not railway features, by kind.

    Examples
    --------
    >>> entries = (Entry(feature="way/1", disposition="kept", into=("link a--b",)),
    ...            Entry(feature="way/2", disposition="dropped", reason="railway=tram"))
    >>> account = Account(source="x.osm.pbf", entries=entries)
    >>> account.counts
    {'kept': 1, 'merged': 0, 'dropped': 1}
    >>> account.read == sum(account.counts.values())
    True
    """

    source: str
    entries: tuple[Entry, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    other_objects: Mapping[str, int] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Features read."""
        return len(self.entries)

    @property
    def counts(self) -> dict[str, int]:
        """Features by disposition; the sum is `read`."""
        found = Counter(entry.disposition for entry in self.entries)
        return {disposition: found[disposition] for disposition in DISPOSITIONS}

    @property
    def reasons(self) -> dict[tuple[str, str], int]:
        """Features by disposition and reason, the most frequent first."""
        found = Counter((entry.disposition, entry.reason) for entry in self.entries)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def entry(self, feature: str) -> Entry:
        """Return what became of one feature.

        Raises
        ------
        UnknownNameError
            If the source has no such feature.
        """
        from netmodel.errors import UnknownNameError, nearest_names

        for each in self.entries:
            if each.feature == feature:
                return each
        names = [each.feature for each in self.entries[:20000]]
        raise UnknownNameError("feature", feature, nearest_names(feature, names))

    def lines(self) -> list[str]:
        """Return the account as lines of text for a reader."""
        counts = self.counts
        total = " + ".join(f"{counts[each]:,} {each}" for each in DISPOSITIONS)
        shown = [f"{self.source}: {self.read:,} features read = {total}"]
        shown += [
            f"  {number:>9,} {disposition}{': ' + reason if reason else ''}"
            for (disposition, reason), number in self.reasons.items()
        ]
        shown += [f"  {name}: {_shown(value)}" for name, value in self.figures.items()]
        if self.other_objects:
            others = ", ".join(f"{n:,} {kind}" for kind, n in self.other_objects.items())
            shown.append(f"  not railway, not counted above: {others}")
        return shown


@refuse_wrong_kinds
def write_account(
    account: Account, folder: Path | str, *, force: bool = False, note: Note | None = None
) -> None:
    """Write ``account.csv`` (a row per feature) and ``account.json`` (counts and settings).

    They are added to the folder of a network that netmodel wrote; any other folder must be new,
    empty, or of such an account.

    Parameters
    ----------
    force, note
        See `netmodel.files.whole.complete_folder`.

    Raises
    ------
    InputError
        If something that netmodel did not write stands in the way.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_account(Account(source="x", entries=()), folder)
    >>> sorted(path.name for path in folder.iterdir())
    ['account.csv', 'account.json', 'written.json']
    """
    texts = account_texts(account)
    if kind_of_folder(Path(folder)) == "network":
        add_files(Path(folder), texts)
        return
    with complete_folder(folder, holds="account", force=force, note=note) as partial:
        for name, text in texts.items():
            (partial / name).write_text(text, encoding="utf-8", newline="")


def account_texts(account: Account) -> dict[str, str]:
    """Return the texts of ``account.csv`` and ``account.json``.

    Examples
    --------
    >>> list(account_texts(Account(source="x", entries=())))
    ['account.csv', 'account.json']
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(ACCOUNT_COLUMNS)
    writer.writerows(
        (each.feature, each.disposition, _targets(each.into), each.reason, each.note)
        for each in account.entries
    )
    summary = {
        "source": account.source,
        "features_read": account.read,
        "counts": account.counts,
        "reasons": [
            {"disposition": disposition, "reason": reason, "features": number}
            for (disposition, reason), number in account.reasons.items()
        ],
        "settings": dict(account.settings),
        "figures": dict(account.figures),
        "not_railway": dict(account.other_objects),
    }
    text = json.dumps(summary, ensure_ascii=False, indent=2)
    return {"account.csv": stream.getvalue(), "account.json": text + "\n"}


def _targets(into: tuple[str, ...]) -> str:
    rest = len(into) - _SHOWN_TARGETS
    return "; ".join(into[:_SHOWN_TARGETS]) + (f"; and {rest} more" if rest > 0 else "")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"
