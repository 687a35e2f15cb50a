"""Pages of the site that are made when it is built: chapters, public names, command, changelog.

Nothing is executed but ``import netmodel`` and the help of its command. The names come from the
package's own lists (``__all__`` of the package and of its rooms), so that no page is forgotten.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parent.parent
PACKAGE = "netmodel"
CHAPTERS = "Chapters"
NAMES = "Public names"
HELP_MARK = "<!-- help of every verb -->"
Nav = list[dict[str, object] | str]


# Public names


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicName:
    """A name that users import.

    Parameters
    ----------
    path
        As users write it, such as ``netmodel.evidence.closure``.
    home
        Where it is defined, such as ``netmodel.evidence.incident.closure``.
    summary
        The first line of its docstring.
    repeated
        Whether a page before this one shows the same thing under another path; references lead
        to that page.
    """

    path: str
    home: str
    summary: str
    repeated: bool = False

    @property
    def page(self) -> str:
        """Return the path of its page, from the docs folder."""
        return f"reference/names/{self.path}.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The package itself, or one of its public modules, with the names that it exports."""

    path: str
    docstring: str
    names: tuple[PublicName, ...]

    @property
    def page(self) -> str:
        """Return the path of its page, from the docs folder."""
        return f"reference/names/{'index' if '.' not in self.path else self.path}.md"


def find_rooms(package: str = PACKAGE) -> tuple[Room, ...]:
    """Return the package and, in order of name, the public modules that its ``__all__`` lists."""
    top = importlib.import_module(package)
    shown: set[str] = set()
    found = [_describe_room(package, top, shown)]
    for name in sorted(_exported(top)):
        value = getattr(top, name)
        if inspect.ismodule(value):
            found.append(_describe_room(f"{package}.{name}", value, shown))
    return tuple(found)


def _describe_room(path: str, module: ModuleType, shown: set[str]) -> Room:
    homes = _homes_in_stub(module)
    names = []
    for name in sorted(_exported(module), key=str.lower):
        value = getattr(module, name)
        if inspect.ismodule(value) or name.startswith("__"):
            continue
        home = homes.get(name) or _home_of(value, f"{module.__name__}.{name}")
        summary, repeated = _first_line(value), home in shown
        names.append(
            PublicName(path=f"{path}.{name}", home=home, summary=summary, repeated=repeated)
        )
        shown.add(home)
    return Room(path=path, docstring=inspect.getdoc(module) or "", names=tuple(names))


def _exported(module: ModuleType) -> Sequence[str]:
    """Return ``__all__``, or what the module defines itself without an underscore."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return list(listed)
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]


def _homes_in_stub(module: ModuleType) -> dict[str, str]:
    """Return where the names of a package come from, as its ``__init__.pyi`` says."""
    stub = Path(module.__file__ or "").with_suffix(".pyi")
    if not stub.is_file():
        return {}
    homes = {}
    for node in ast.parse(stub.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ImportFrom) or node.module is None:
            continue
        base = node.module
        if node.level:
            parents = module.__name__.split(".")
            base = ".".join([*parents[: len(parents) - node.level + 1], node.module])
        for alias in node.names:
            homes[alias.asname or alias.name] = _follow(f"{base}.{alias.name}")
    return homes


def _follow(home: str) -> str:
    """Return where a name is defined that one package takes from another."""
    module, name = home.rsplit(".", 1)
    return _home_of(getattr(importlib.import_module(module), name, None), home)


def _home_of(value: object, otherwise: str) -> str:
    module, name = getattr(value, "__module__", ""), getattr(value, "__qualname__", "")
    own = isinstance(module, str) and module.split(".")[0] == otherwise.split(".")[0]
    return f"{module}.{name}" if own and name else otherwise


def _first_line(value: object) -> str:
    text = inspect.getdoc(value) or "" if callable(value) else ""
    return text.split("\n\n")[0].replace("\n", " ").strip()


def render_name(name: PublicName) -> str:
    """Return the page of one name; mkdocstrings fills in signature and docstring."""
    options = "    options: {skip_local_inventory: true}\n" if name.repeated else ""
    return f"# {name.path} {{ #{name.path} }}\n\n::: {name.home}\n{options}"


def render_room(room: Room) -> str:
    """Return the page of a room: its docstring, and a table of its names."""
    title = "Public names" if "." not in room.path else room.path
    rows = [
        f"| [`{each.path}`]({Path(each.page).name}) | {_in_table(each.summary)} |"
        for each in room.names
    ]
    table = ["| name | what it is |", "| --- | --- |", *rows] if rows else []
    return "\n".join([f"# {title}", "", room.docstring, "", *table, ""])


def _in_table(text: str) -> str:
    return text.replace("|", "\\|")


# Chapters


def render_chapter(path: Path) -> str:
    """Return a notebook as Markdown: text as it stands, code in fences, no output."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    parts = []
    for cell in cells:
        text = "".join(cell["source"]).strip()
        if not text:
            continue
        parts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
    parts = [re.sub(r"\]\(([\w-]+)\.ipynb", r"](\1.md", part) for part in parts]
    parts.append(f"*This chapter is the notebook `notebooks/{path.name}`.*")
    return "\n\n".join(parts) + "\n"


def find_chapters() -> list[Path]:
    """Return the notebooks, in the order of their numbers."""
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def _chapter_title(path: Path) -> str:
    found = re.search(r"^# (.+)$", render_chapter(path), re.MULTILINE)
    return found.group(1) if found else path.stem


# Command


def render_help() -> str:
    """Return the help of the command and of every verb, as it prints it."""
    parts = []
    for words in _find_verbs([]):
        title = " ".join(["netmodel", *words])
        parts.append(f"## {title}\n\n```text\n{_help_text(words).strip()}\n```")
    return "\n\n".join(parts)


def _find_verbs(words: list[str]) -> Iterator[list[str]]:
    yield words
    block = re.search(r"^Commands:\n((?:  .*\n?)+)", _help_text(words), re.MULTILINE)
    for line in block.group(1).splitlines() if block else ():
        name = re.match(r"^  (\S+)", line)
        if name:
            yield from _find_verbs([*words, name.group(1)])


def _help_text(words: list[str]) -> str:
    (command,) = entry_points(group="console_scripts", name=PACKAGE)
    main = command.load()
    said, before = io.StringIO(), sys.argv
    sys.argv = [PACKAGE, *words, "--help"]
    try:
        with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
            main()
    finally:
        sys.argv = before
    return re.sub(rf"^Usage: .*?{PACKAGE}(?= )", f"Usage: {PACKAGE}", said.getvalue())


# What MkDocs calls


def _fill(nav: Nav, title: str, entries: list[object]) -> None:
    for entry in nav:
        if isinstance(entry, str):
            continue
        for key, value in entry.items():
            if key == title:
                entry[key] = entries
            elif isinstance(value, list):
                _fill(value, title, entries)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the chapters and the public names into the navigation."""
    nav: Nav = config.nav  # type: ignore[assignment]
    chapters: list[object] = ["chapters/index.md"]
    chapters += [{_chapter_title(each): _chapter_page(each)} for each in find_chapters()]
    _fill(nav, CHAPTERS, chapters)
    top, *rooms = find_rooms(PACKAGE)
    names: list[object] = [top.page, *_name_entries(top)]
    names += [{room.path: [room.page, *_name_entries(room)]} for room in rooms]
    _fill(nav, NAMES, names)
    return config


def _name_entries(room: Room) -> list[object]:
    return [{each.path.removeprefix(f"{room.path}."): each.page} for each in room.names]


def _chapter_page(path: Path) -> str:
    return f"chapters/{path.stem}.md"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made here."""
    from mkdocs.structure.files import File

    pages = {_chapter_page(each): render_chapter(each) for each in find_chapters()}
    pages["changelog.md"] = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for room in find_rooms(PACKAGE):
        pages[room.page] = render_room(room)
        pages.update({each.page: render_name(each) for each in room.names})
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Put the help of every verb where a page asks for it."""
    return markdown.replace(HELP_MARK, render_help()) if HELP_MARK in markdown else markdown
