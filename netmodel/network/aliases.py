"""Words for places that are no names of stations: adjectives, objects, regions, railways."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem, Suggestions, did_you_mean
from netmodel.files.csv import Row, RowTable, read_text
from netmodel.network.field_checks import FieldChecks, text_rule, without_owner

if TYPE_CHECKING:
    from netmodel.network.railway import Hub, Link, Network, Station

ALIAS_COLUMNS = ("form", "language", "kind", "means")
ALIAS_LANGUAGES = ("en", "uk", "ru")
ALIAS_KINDS = ("adjective", "object", "old_name", "oblast", "railway", "not_a_place")
ANY_WORD = "*"
"""At the end of a form: any one word with a capital letter, such as the surname of a person."""
_TARGETS: Mapping[str, tuple[str, ...]] = {
    "adjective": ("stop", "region"),
    "object": ("stop", "link"),
    "old_name": ("stop",),
    "oblast": ("region",),
    "railway": (),
    "not_a_place": (),
}
_RULES = {
    "form": text_rule(required=True),
    "language": text_rule(known=ALIAS_LANGUAGES),
    "kind": text_rule(known=ALIAS_KINDS),
    "means": text_rule(required=True),
}
_SHOWN = {"stop": "hub or station", "link": "link", "region": "region"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A word that texts use for a place, a region or a railway, or that only looks like one.

    Parameters
    ----------
    form
        As a dictionary has it: nominative, singular and, for an adjective, masculine; texts may
        have it in any case and gender. ``*`` at its end stands for one further word with a
        capital letter.
    language
        ``en``, ``uk`` or ``ru``.
    kind
        ``adjective``, ``object``, ``old_name``, ``oblast``, ``railway`` or ``not_a_place``.
    means
        What the network calls it. An adjective: a hub, station or region; an object: a hub,
        station or link; an old name: a hub or station; an oblast: a region. Hubs by id or name,
        links by id. A railway: its English name; no place: what it is.

    Raises
    ------
    InputError
        With every field of a wrong type, or that files could not carry.

    Examples
    --------
    >>> Alias(form="Феодосійський", language="uk", kind="adjective", means="Feodosiia").means
    'Feodosiia'
    """

    form: str
    language: str
    kind: str
    means: str

    def __post_init__(self) -> None:
        checks = FieldChecks(self, "alias")
        checks.check(_RULES)
        if isinstance(self.form, str) and not any(map(str.isalpha, self.form)):
            checks.refuse("form", f"{self.form!r} has no letter")
        elif isinstance(self.form, str) and ANY_WORD in self.form.removesuffix(f" {ANY_WORD}"):
            what = f"{self.form!r} has {ANY_WORD!r} where it stands for nothing"
            checks.refuse("form", what, "write it at the end, after a blank")
        checks.finish()


def alias_rows(aliases: Iterable[Alias]) -> list[dict[str, str]]:
    """Return aliases as rows of text, in the order given.

    Examples
    --------
    >>> alias_rows([Alias(form="Kerch bridge", language="en", kind="object", means="kerch")])
    [{'form': 'Kerch bridge', 'language': 'en', 'kind': 'object', 'means': 'kerch'}]
    """
    return [{column: getattr(each, column) for column in ALIAS_COLUMNS} for each in aliases]


def parse_aliases(
    rows: RowTable,
    hub_rows: RowTable,
    link_rows: RowTable,
    station_rows: RowTable,
    problems: list[Problem],
) -> tuple[Alias, ...]:
    """Return the aliases of rows; what is wrong with them goes to `problems`."""
    if not rows:
        return ()
    found = []
    lines: dict[Alias, str] = {}
    check = _MeaningCheck(
        stop={*hub_rows.texts("id"), *hub_rows.texts("name"), *station_rows.texts("name")},
        link=set(link_rows.texts("id")),
        region=set(hub_rows.texts("region")),
    )
    for row in rows:
        alias = _parse(row, problems)
        if alias is None:
            continue
        if alias in lines:
            what = f"{alias.form!r} is written twice"
            remedy = f"first at {lines[alias]}; delete one"
            problems.append(Problem(what=what, where=row.where, remedy=remedy))
        lines.setdefault(alias, row.where)
        problems += check.problems(alias, row.where)
        found.append(alias)
    return tuple(found)


def _parse(row: Row, problems: list[Problem]) -> Alias | None:
    try:
        return Alias(**{column: read_text(row, column) for column in ALIAS_COLUMNS})
    except InputError as error:
        for each in error.problems:
            what = f"{each.where}: {without_owner(each)}"
            problems.append(Problem(what=what, where=row.where, remedy=each.remedy))
    return None


def find_alias_mistakes(network: Network) -> Iterator[Problem]:
    """Find the aliases of a network that mean nothing in it."""
    if network.aliases:
        check = _check_of(network.hubs, network.links, network.stations)
        for alias in network.aliases:
            yield from check.problems(alias, "aliases")


def keep_aliases(
    aliases: Sequence[Alias],
    hubs: Iterable[Hub],
    links: Iterable[Link],
    stations: Iterable[Station],
) -> tuple[Alias, ...]:
    """Return the aliases that still mean something where a network was cut or its links divided.

    Examples
    --------
    >>> bridge = Alias(form="Kerch bridge", language="en", kind="object", means="kerch--taman")
    >>> keep_aliases([bridge], (), (), ())
    ()
    """
    if not aliases:
        return ()
    check = _check_of(hubs, links, stations)
    return tuple(each for each in aliases if check.fits(each))


def _check_of(
    hubs: Iterable[Hub], links: Iterable[Link], stations: Iterable[Station]
) -> _MeaningCheck:
    hubs = tuple(hubs)
    return _MeaningCheck(
        stop={
            *(hub.id for hub in hubs),
            *(hub.name for hub in hubs),
            *(station.name for station in stations),
        },
        link={link.id for link in links},
        region={hub.region for hub in hubs},
    )


class _MeaningCheck:
    """Whether an alias means something that a network has."""

    def __init__(self, **known: Collection[str]) -> None:
        self._known = known
        self._near: dict[str, Suggestions] = {}

    def fits(self, alias: Alias) -> bool:
        targets = _TARGETS[alias.kind]
        return not targets or any(alias.means in self._known[target] for target in targets)

    def problems(self, alias: Alias, where: str) -> Iterator[Problem]:
        if not self.fits(alias):
            targets = _TARGETS[alias.kind]
            wanted = " or ".join(_SHOWN[each] for each in targets)
            what = f"{alias.kind} {alias.form!r} means {alias.means!r}, which is no {wanted}"
            if alias.kind not in self._near:
                shown = {each for target in targets for each in self._known[target]}
                self._near[alias.kind] = Suggestions(sorted(shown))
            remedy = did_you_mean(self._near[alias.kind].near(alias.means))
            yield Problem(what=what, where=where, remedy=remedy)
