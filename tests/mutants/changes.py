"""All small changes to the code of a room, each one a mutant."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("outages", "impact", "evidence", "trains")
COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATIONS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
              ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum",
    "maximum": "minimum", "earliest": "latest", "latest": "earliest", "from_hub": "to_hub",
    "to_hub": "from_hub", "argmin": "argmax", "argmax": "argmin", "floor": "ceil", "ceil": "floor",
}  # fmt: skip
Change = tuple[ast.AST, str, object, str]
"""A node, its field, what takes the place of the field's value, and in words."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change."""

    module: Path
    number: int
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.module.relative_to(ROOT)}:{self.line}: {self.what}"


def find_changes(tree: ast.Module) -> Iterator[Change]:
    """Yield every change to a module, in the order of its code."""
    for node in _code(tree):
        match node:
            case ast.Compare(ops=[first, *others]) if type(first) in COMPARISONS:
                other = COMPARISONS[type(first)]
                words = f"{type(first).__name__} -> {other.__name__}"
                yield node, "ops", [other(), *others], words
            case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OPERATIONS:
                other = OPERATIONS[type(op)]
                yield node, "op", other(), f"{type(op).__name__} -> {other.__name__}"
            case ast.BoolOp(op=op):
                other = ast.Or if isinstance(op, ast.And) else ast.And
                yield node, "op", other(), f"{type(op).__name__} -> {other.__name__}"
            case ast.If(test=test) | ast.IfExp(test=test):
                yield (
                    node,
                    "test",
                    ast.Constant(value=False),
                    f"if {ast.unparse(test)[:40]} -> if False",
                )
                yield node, "test", ast.UnaryOp(op=ast.Not(), operand=test), "if -> if not"
            case ast.Constant(value=bool() as value):
                yield node, "value", not value, f"{value} -> {not value}"
            case ast.Constant(value=int() | float() as value):
                yield node, "value", value + 1, f"{value} -> {value + 1}"
            case ast.Name(id=name) if name in NAMES:
                yield node, "id", NAMES[name], f"{name} -> {NAMES[name]}"
            case ast.Attribute(attr=name) if name in NAMES:
                yield node, "attr", NAMES[name], f"{name} -> {NAMES[name]}"
            case ast.UnaryOp(op=ast.USub()):
                yield node, "op", ast.UAdd(), "-x -> +x"


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run: no annotations, no decorators, no messages of problems."""
    for name, value in ast.iter_fields(tree):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST) or _is_talk(node):
                continue
            yield node
            yield from _code(node)


def _is_talk(node: ast.AST) -> bool:
    """Whether a node makes words, or serves only the checker of types."""
    if isinstance(node, ast.JoinedStr | ast.AnnAssign):
        return isinstance(node, ast.JoinedStr) or node.value is None
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"Problem", "TypeVar", "cast"}


def list_mutants() -> list[Mutant]:
    """Return all changes to the rooms."""
    found = []
    for room in ROOMS:
        for module in sorted((ROOT / "netmodel" / room).glob("*.py")):
            changes = find_changes(ast.parse(module.read_text(encoding="utf-8")))
            found += [
                Mutant(module=module, number=number, line=getattr(node, "lineno", 0), what=words)
                for number, (node, _, _, words) in enumerate(changes)
            ]
    return found


def change(mutant: Mutant) -> str:
    """Return the text of the changed module."""
    tree = ast.parse(mutant.module.read_text(encoding="utf-8"))
    node, field, value, _ = list(find_changes(tree))[mutant.number]
    setattr(node, field, copy.deepcopy(value))
    return ast.unparse(ast.fix_missing_locations(tree))
