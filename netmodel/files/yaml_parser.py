"""Texts in YAML: from a text to plain values and the place of each.

Apart from `netmodel.files.yaml`, which finds most files parsed already and does not load this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from netmodel.errors import InputError, Location, Problem

if TYPE_CHECKING:
    from netmodel.files.yaml import Value

_TAG = "tag:yaml.org,2002:"
DEEPEST = 40
"""How deep values may be nested."""
MOST_REPEATED = 20_000
"""How many values may come from anchors that are used again: a few lines could make millions."""


def parse_text(
    text: str, name: str
) -> tuple[Value, dict[Location, tuple[int, int]], list[Problem]]:
    """Return the value of a text, ``(line, column)`` of each location, and keys written twice.

    Raises
    ------
    InputError
        If the text is empty or not YAML.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _ShallowComposer
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise InputError(
            [Problem(what=f"not YAML: {error.problem or error.context}", where=where)]
        ) from None
    except YAMLError as error:
        raise InputError([Problem(what=f"not YAML: {error}", where=name)]) from None
    except RecursionError:
        raise InputError([Problem(what="nested too deeply", where=name)]) from None
    if root is None:
        raise InputError([Problem(what="the file is empty", where=name)])
    converter = _Converter(name)
    value = converter.convert(root, ())
    return value, converter.positions, converter.duplicates


class _ShallowComposer(Composer):
    """Makes nodes, and stops at the first that lies too deep, however much follows."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Return the next node with all that is in it."""
        if self._depth > DEEPEST:
            mark = self.parser.peek_event().start_mark
            raise ComposerError(problem="nested too deeply", problem_mark=mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _Converter:
    """Turns the nodes of a file into values, and notes the position of each."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.positions: dict[Location, tuple[int, int]] = {}
        self.duplicates: list[Problem] = []
        self._seen: set[int] = set()
        self._repeated = 0

    def convert(self, node: Node, location: Location) -> Value:
        """Return the value of a node that stands at a location."""
        here = _position(node)
        self._repeated += id(node) in self._seen
        self._seen.add(id(node))
        if len(location) > DEEPEST:
            raise self._error("nested too deeply, or an anchor that refers to itself", here)
        if self._repeated > MOST_REPEATED:
            raise self._error("anchors are used too often: write the values out", here)
        self.positions.setdefault(location, here)
        if isinstance(node, MappingNode):
            return self._convert_mapping(node, location)
        if isinstance(node, SequenceNode):
            return [self.convert(item, (*location, n)) for n, item in enumerate(node.value)]
        try:
            return _scalar(node)
        except ValueError:
            kind = str(node.tag).removeprefix(_TAG)
            what = f"{str(node.value)[:40]!r} is not a value of type {kind}"
            raise self._error(what, here) from None

    def _convert_mapping(self, node: MappingNode, location: Location) -> Value:
        mapping: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key, position = str(key_node.value), _position(key_node)
            if key in mapping:
                first = self.positions[(*location, key)][0]
                remedy = f"first at line {first}; keep one"
                what = f"key {key!r} is written twice"
                where = f"{self._name}:{position[0]}:{position[1]}"
                self.duplicates.append(Problem(what=what, where=where, remedy=remedy))
                continue
            self.positions[(*location, key)] = position
            mapping[key] = self.convert(value_node, (*location, key))
        return mapping

    def _error(self, what: str, at: tuple[int, int]) -> InputError:
        return InputError([Problem(what=what, where=f"{self._name}:{at[0]}:{at[1]}")])


def _position(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: Node) -> Value:
    text = str(node.value)
    if node.tag == f"{_TAG}null":
        return None
    if node.tag == f"{_TAG}bool":
        return text.lower() == "true"
    if node.tag == f"{_TAG}int":
        digits = text.replace("_", "")
        return int(digits, 0) if digits.lstrip("+-")[:2] in {"0o", "0x"} else int(digits)
    if node.tag == f"{_TAG}float":
        return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan").lower())
    return text
