"""What a careful person checks in a network: one finding a line, each with its remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.files.csv import read_rows, read_text
from netmodel.network.railway import Network
from netmodel.network.review_rules import MISTAKES, RULES, Finding

ACCEPTED_FILE = "accepted.csv"
ACCEPTED_COLUMNS = ("rule", "id", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A finding that is accepted, and why.

    Parameters
    ----------
    id
        What the finding is about; ``*`` accepts the rule altogether.

    Examples
    --------
    >>> Accepted(rule="dead_end", id="mine", reason="the line ends at the mine").rule
    'dead_end'
    """

    rule: str
    id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Review:
    """What was found, and what of it is accepted.

    Parameters
    ----------
    findings
        By rule, those that are accepted included.
    unused
        Accepted exceptions that nothing needs any more.
    rules
        How many rules were asked.

    Examples
    --------
    >>> Review(findings=(), rules=2).lines()
    ['2 rules, passed, 0 accepted']
    """

    findings: tuple[Finding, ...]
    unused: tuple[Accepted, ...] = ()
    rules: int = len(RULES)

    @property
    def open(self) -> tuple[Finding, ...]:
        """Findings that nobody has accepted."""
        return tuple(finding for finding in self.findings if not finding.accepted)

    @property
    def passed(self) -> bool:
        """Whether every finding is accepted."""
        return not self.open

    @property
    def mistakes(self) -> tuple[Finding, ...]:
        """Open findings that are nearly always wrong, such as a length below the great circle."""
        return tuple(finding for finding in self.open if finding.rule in MISTAKES)

    def lines(self, *, every: bool = False) -> list[str]:
        """Return the report as lines of text: open findings, accepted ones, a summary.

        Parameters
        ----------
        every
            List each open finding; otherwise those of a rule are one line, with their number.
        """
        accepted = [finding for finding in self.findings if finding.accepted]
        shown = list(self._open_lines(every=every))
        if accepted:
            shown.append(f"accepted exceptions ({len(accepted)}):")
            shown += [f"  {each.rule} {each.id}: {each.accepted}" for each in accepted]
        shown += [
            f"note: {ACCEPTED_FILE} accepts {each.rule} {each.id}, not found any more; remove it"
            for each in self.unused
        ]
        verdict = "passed" if self.passed else f"{len(self.open)} findings"
        if self.mistakes:
            verdict += f" (of them {len(self.mistakes)} that are nearly always mistakes)"
        shown.append(f"{self.rules} rules, {verdict}, {len(accepted)} accepted")
        return shown

    def _open_lines(self, *, every: bool) -> Iterator[str]:
        by_rule: dict[str, list[Finding]] = {}
        for finding in self.open:
            by_rule.setdefault(finding.rule, []).append(finding)
        for found in by_rule.values():
            for finding in found if every else found[:1]:
                yield str(finding)
            if len(found) > 1 and not every:
                yield f"  and {len(found) - 1:,} more of {found[0].rule}"


@dataclass(frozen=True, kw_only=True)
class CheckReport(Review):
    """What was found in a network.

    Examples
    --------
    >>> import netmodel as nm
    >>> report = nm.network.check_network(nm.network.Network(hubs=(), links=()))
    >>> report.passed, len(report.findings)
    (True, 0)
    """

    network: Network

    def lines(self, *, every: bool = False) -> list[str]:
        """Return the report as lines of text, the network first: see `Review.lines`."""
        return [f"{self.network!r}", *Review.lines(self, every=every)]


@refuse_wrong_kinds
def check_network(network: Network, accepted: Sequence[Accepted] = ()) -> CheckReport:
    """Check a network by every rule.

    Parameters
    ----------
    accepted
        Findings that are accepted; see `read_accepted`.

    Returns
    -------
    CheckReport
        An empty network has no findings.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = (Hub(id="a", name="A", lon=33, lat=45), Hub(id="b", name="B", lon=34, lat=45))
    >>> short = Link(id="a--b", from_hub="a", to_hub="b", length_km=60)
    >>> report = check_network(Network(hubs=hubs, links=(short,)))
    >>> [finding.id for finding in report.open if finding.rule == "length_below_great_circle"]
    ['a--b']
    """
    found = [finding for find in RULES.values() for finding in find(network)]
    findings, unused = accept_findings(found, accepted)
    return CheckReport(network=network, findings=findings, unused=unused)


def accept_findings(
    found: Iterable[Finding], accepted: Sequence[Accepted]
) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    """Return findings with the reasons for which they are accepted, and the reasons not needed.

    Examples
    --------
    >>> accept_findings([], [Accepted(rule="dead_end", id="mine", reason="it ends there")])[1][0].id
    'mine'
    """
    reasons = {(each.rule, each.id): each.reason for each in accepted}
    findings = []
    used = set()
    for finding in found:
        for key in ((finding.rule, finding.id), (finding.rule, "*")):
            if key in reasons:
                used.add(key)
                finding = replace(finding, accepted=reasons[key])
                break
        findings.append(finding)
    unused = tuple(each for each in accepted if (each.rule, each.id) not in used)
    return tuple(findings), unused


@refuse_wrong_kinds
def read_accepted(path: Path | str, rules: Collection[str] = RULES) -> tuple[Accepted, ...]:
    """Read accepted exceptions: columns ``rule, id, reason``.

    Parameters
    ----------
    path
        The file, or the folder in which it is ``accepted.csv``; none at all means no exceptions.
    rules
        Names of the rules that it may name; those of networks by default.

    Raises
    ------
    InputError
        With every row that names an unknown rule or gives no reason.

    Examples
    --------
    >>> read_accepted("nowhere/accepted.csv")
    ()
    """
    path = Path(path)
    path = path / ACCEPTED_FILE if path.is_dir() else path
    if not path.is_file():
        return ()
    problems: list[Problem] = []
    found = []
    for row in read_rows(path, problems, kind=ACCEPTED_FILE):
        rule, item, reason = (read_text(row, column) for column in ACCEPTED_COLUMNS)
        if rule not in rules:
            remedy = did_you_mean(nearest_names(rule, rules)) or f"one of {', '.join(rules)}"
            what = f"rule {rule!r} is not known"
            problems.append(Problem(what=what, where=row.where, remedy=remedy))
        if not reason:
            remedy = "say why the finding is accepted"
            problems.append(Problem(what="no reason is given", where=row.where, remedy=remedy))
        found.append(Accepted(rule=rule, id=item, reason=reason))
    if problems:
        raise InputError(problems)
    return tuple(found)
