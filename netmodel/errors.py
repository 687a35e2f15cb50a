"""The errors of netmodel: what is wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from types import ModuleType
from typing import TypeAlias

__all__ = [
    "AmbiguousNameError",
    "InputError",
    "InputWarning",
    "MachineError",
    "NetmodelError",
    "Problem",
    "UnknownNameError",
    "did_you_mean",
    "nearest_names",
]
Location: TypeAlias = tuple[str | int, ...]
"""Where something stands in a document: keys and positions from the outside in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in an input.

    Parameters
    ----------
    what
        What is wrong, quoting the offending value.
    where
        ``file:line:column``, or the id of the offending row; empty when the whole input is meant.
    remedy
        What to do about it; empty when the message says it all.

    Examples
    --------
    >>> print(Problem(what="length_km (=-3) must be > 0", where="links.csv:7", remedy="give km"))
    links.csv:7: length_km (=-3) must be > 0; give km
    """

    what: str
    where: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


class NetmodelError(Exception):
    """Base of every error that netmodel raises on purpose.

    Examples
    --------
    >>> issubclass(InputError, NetmodelError), issubclass(UnknownNameError, NetmodelError)
    (True, True)
    """


class InputError(NetmodelError, ValueError):
    """An input that cannot be used; carries all its problems, not only the first.

    Examples
    --------
    >>> error = InputError([Problem(what="no hubs", where="hubs.csv")])
    >>> len(error.problems)
    1
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.problems,)


class InputWarning(UserWarning):
    """A remark on an input that can be used, but may not say what was meant.

    The command prints it as a note; in Python it is a warning like any other.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as noted:
    ...     warnings.simplefilter("always")
    ...     point_out(Problem(what="no column 'minutes'", where="links.csv:1"))
    >>> noted[0].category.__name__, str(noted[0].message)
    ('InputWarning', "links.csv:1: no column 'minutes'")
    """


class MachineError(NetmodelError, RuntimeError):
    """The machine failed, not the input: a process was ended from outside, memory ran out.

    Examples
    --------
    >>> issubclass(MachineError, NetmodelError)
    True
    """


class UnknownNameError(InputError, KeyError):
    """A name that nothing carries, with the nearest names that exist.

    It is an `InputError` with one problem, and a `KeyError`.

    Parameters
    ----------
    name
        What was given; a number where things are numbered.
    otherwise
        What to do where no name is near.

    Examples
    --------
    >>> print(UnknownNameError("hub", "Sevastopl", ["Sevastopol"]))
    unknown hub 'Sevastopl'; did you mean 'Sevastopol'?
    """

    def __init__(
        self, kind: str, name: str | int, suggestions: Iterable[str] = (), *, otherwise: str = ""
    ) -> None:
        self.kind = kind
        self.name = str(name)
        self.suggestions = tuple(suggestions)
        self.otherwise = otherwise
        self._given = name
        what = f"unknown {kind} {name!r}"
        super().__init__([Problem(what=what, remedy=self.remedy)])

    @classmethod
    def among(cls, kind: str, name: str, choices: Iterable[str]) -> UnknownNameError:
        """Return the error of a name that is none of a few: it offers the nearest, or them all.

        Examples
        --------
        >>> print(UnknownNameError.among("format of tables", "xml", ["csv", "parquet"]))
        unknown format of tables 'xml'; one of csv, parquet
        """
        known = tuple(choices)
        few = known[:_MOST_CHOICES]
        more = ", …" if len(known) > len(few) else ""
        otherwise = f"one of {', '.join(few)}{more}" if few else ""
        return cls(kind, name, nearest_names(name, known), otherwise=otherwise)

    @property
    def remedy(self) -> str:
        """What to do: the suggestions as a question, or what else there is to do."""
        return did_you_mean(self.suggestions) or self.otherwise

    def __str__(self) -> str:
        return str(self.problems[0])

    def __reduce__(self) -> tuple[object, ...]:
        make = partial(type(self), otherwise=self.otherwise)
        return make, (self.kind, self._given, self.suggestions)


_MOST_CHOICES = 20
"""Names that are offered where none is near."""


class AmbiguousNameError(InputError):
    """A name that several things carry; never chosen between silently.

    It is an `InputError` with one problem.

    Examples
    --------
    >>> print(AmbiguousNameError("hub", "Lyman", ["lyman", "lyman-2"]))
    hub 'Lyman' is ambiguous: lyman, lyman-2; use an id instead
    """

    def __init__(self, kind: str, name: str, rivals: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        self.rivals = tuple(rivals)
        what = f"{kind} {name!r} is ambiguous: {', '.join(self.rivals)}"
        super().__init__([Problem(what=what, remedy="use an id instead")])

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.kind, self.name, self.rivals)


def point_out(problem: Problem) -> None:
    """Warn of something in an input that can be used as it is; see `InputWarning`."""
    warnings.warn(InputWarning(str(problem)), stacklevel=3)


def install_extra(extra: str) -> str:
    """Return how an extra of netmodel is installed, from a registry or in a checkout.

    Examples
    --------
    >>> install_extra("geo")
    "pip install 'netmodel[geo]', or in a checkout .venv/bin/pip install -e '.[geo]'"
    """
    return (
        f"pip install 'netmodel[{extra}]', or in a checkout .venv/bin/pip install -e '.[{extra}]'"
    )


_MOST_LETTERS = 60


def shown(value: object) -> str:
    """Return a value as it is quoted in a message: short, whatever it is.

    Examples
    --------
    >>> shown("x" * 100).endswith("…")
    True
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**_MOST_LETTERS:
        return "a number of more than 60 digits"
    quoted = repr(value)
    return quoted if len(quoted) <= _MOST_LETTERS else f"{quoted[:_MOST_LETTERS]}…"


def is_finite(number: float) -> bool:
    """Return whether a number can be computed with; whole numbers have no bound of their own.

    Examples
    --------
    >>> is_finite(1), is_finite(10**400), is_finite(float("nan"))
    (True, False, False)
    """
    return abs(number) <= sys.float_info.max


def did_you_mean(suggestions: Iterable[str]) -> str:
    """Return a question that offers the suggestions, or an empty string.

    Examples
    --------
    >>> did_you_mean(["Sevastopol"])
    "did you mean 'Sevastopol'?"
    """
    quoted = [repr(name) for name in suggestions]
    return f"did you mean {' or '.join(quoted)}?" if quoted else ""


def nearest_names(name: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Return up to three candidates that look like `name`, the likeliest first.

    Examples
    --------
    >>> nearest_names("conected_share", ["connected_share", "extra_km"])
    ('connected_share',)
    """
    return nearest_spellings(name, {text: text for text in candidates})


def nearest_spellings(name: str, shown: Mapping[str, str]) -> tuple[str, ...]:
    """Return up to three names of which one spelling looks like `name`.

    Parameters
    ----------
    shown
        The name to suggest for each spelling.

    Examples
    --------
    >>> nearest_spellings("Севастополъ", {"Севастополь": "Sevastopol", "Київ": "Kyiv"})
    ('Sevastopol',)
    """
    folded = {spelling.casefold(): target for spelling, target in shown.items()}
    close = difflib.get_close_matches(name.casefold(), folded, n=6, cutoff=0.72)
    return tuple(dict.fromkeys(folded[spelling] for spelling in close))[:3]


class Suggestions:
    """Near names for many unknown ones: of the first few only, each looked for once.

    A whole column of names of another spelling is told in a time that grows with the file, not
    with its square.

    Parameters
    ----------
    names
        All that may be meant. Of a mapping its keys, whatever they lead to.
    shown_as
        The name to suggest for each of them, where it is another.
    find
        What looks for names like one, among those shown.

    Examples
    --------
    >>> Suggestions({"aton": 1, "beton": 2}).near("atonn")
    ('aton',)
    """

    def __init__(
        self,
        names: Iterable[str],
        *,
        shown_as: Mapping[str, str] | None = None,
        find: Callable[[str, Mapping[str, str]], tuple[str, ...]] = nearest_spellings,
    ) -> None:
        self._find = find
        self._names = names
        self._shown_as = shown_as
        self._found: dict[str, tuple[str, ...]] = {}

    def near(self, name: str) -> tuple[str, ...]:
        """Return up to three names like this one; none once many have been looked for."""
        if name not in self._found and len(self._found) < _MOST_SUGGESTED:
            self._found[name] = self._find(name, self._shown)
        return self._found.get(name, ())

    @cached_property
    def _shown(self) -> Mapping[str, str]:
        return self._shown_as or {text: text for text in self._names}


_MOST_SUGGESTED = 100


def require_extra(module: ModuleType | None, name: str, use: str) -> ModuleType:
    """Return an optional package, or say which extra brings it.

    Raises
    ------
    InputError
        If the package could not be imported.
    """
    if module is None:
        what = f"{use} needs the package {name}, which is not installed"
        raise InputError([Problem(what=what, remedy=f"install the extra: {install_extra('geo')}")])
    return module
