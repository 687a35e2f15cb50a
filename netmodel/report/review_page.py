"""The page on which a person reviews a draft in a browser, with the articles beside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from netmodel.errors import InputError, Problem
from netmodel.files.whole import write_file
from netmodel.reading.answers import FORMS, HOW_TO_WRITE, WORDS, write_answer
from netmodel.reading.decisions import decisions_path
from netmodel.reading.draft import ArticleSource, Draft, DraftIncident
from netmodel.reading.draft_fields import DraftField
from netmodel.reading.open_questions import NEEDED, Decision, Question, list_all_questions
from netmodel.report.page.render import content_hash, read_template
from netmodel.words.strings import Phrases, choose_language
from netmodel.words.wording import show_controls

GENERATOR = "netmodel review"
"""By which a page of a review is known, so that nothing else is written over."""
_HEAD = 2000
_ESCAPED = frozenset("<>&\u2028\u2029") | frozenset(map(chr, range(0xD800, 0xE000)))


def write_review_page(
    draft: Draft,
    path: Path | str,
    *,
    decisions: Iterable[Decision] = (),
    texts: Mapping[str, str] | None = None,
    language: str | None = None,
    drafts: str = "drafts.yaml",
) -> Path:
    """Write the page of `render_review`; return its path.

    Raises
    ------
    InputError
        If something else than such a page is there, or the place cannot be written.
    """
    path = Path(path)
    page = render_review(draft, decisions=decisions, texts=texts, language=language, drafts=drafts)
    if path.exists() and f'content="{GENERATOR}"' not in _read_head(path):
        what = "holds what netmodel did not write"
        raise InputError([Problem(what=what, where=str(path), remedy="move it away")])
    write_file(path, page)
    return path


def _read_head(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD).decode("utf-8", errors="replace")
    except OSError:
        return ""


def render_review(
    draft: Draft,
    *,
    decisions: Iterable[Decision] = (),
    texts: Mapping[str, str] | None = None,
    language: str | None = None,
    drafts: str = "drafts.yaml",
) -> str:
    """Return a page with every question of a draft, that needs no network and no other file.

    The decisions made on it are saved as a file, which ``netmodel review --decisions`` takes over.
    Nothing in an article is ever run: it enters the page as text, and the page's policy allows no
    script but its own.

    Parameters
    ----------
    decisions
        Made before.
    texts
        Of the articles, by their ids; of others only the quotations are shown.
    language
        ``en`` or ``uk``.
    drafts
        Name of the file of drafts, for the command that the page tells.

    Raises
    ------
    InputError
        If there is no such language, or a text is not the one that was read.
    """
    phrases = Phrases(choose_language(language))
    texts = {} if texts is None else texts
    draft.check(texts)
    questions = list_all_questions(draft)
    script, style = _read_script(), read_template("review.css")
    data = {
        "words": dict(phrases.section("review")),
        "file": decisions_path(drafts).name,
        "decisions": [_view_decision(each) for each in decisions],
        "incidents": [
            _view_incident(number, each, questions, phrases)
            for number, each in enumerate(draft.incidents)
        ],
        "articles": [
            _view_article(each, texts.get(each.id), questions, phrases) for each in draft.articles
        ],
        "unused": [
            (show_controls(each.span.quotation), phrases.find("unused", each.why))
            for each in draft.unused
        ],
    }
    return _load_template().render(
        lang=phrases.language,
        _=phrases,
        title=phrases("review.title", name=show_controls(drafts)),
        command=f"netmodel review {drafts} --decisions {decisions_path(drafts).name}",
        generator=GENERATOR,
        style=Markup(style),  # noqa: S704  the package's own file
        script=Markup(script),  # noqa: S704  the package's own file
        style_hash=content_hash(style),
        script_hash=content_hash(script),
        data=Markup(encode_json(data)),  # noqa: S704  cannot leave its element
    )


def encode_json(value: object) -> str:
    r"""Return JSON that cannot leave the script element it stands in.

    Examples
    --------
    >>> encode_json(["</script>"])
    '["\\u003c/script\\u003e"]'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return "".join(f"\\u{ord(each):04x}" if each in _ESCAPED else each for each in text)


@cache
def _load_template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(read_template("review.html"))


@cache
def _read_script() -> str:
    return f'(() => {{\n"use strict";\n{read_template("review.js")}\n}})();'


def _view_decision(decision: Decision) -> dict[str, object]:
    told: dict[str, object] = {
        "question": decision.question, "about": decision.about, "do": decision.do,
    }  # fmt: skip
    return told | ({"values": dict(decision.values)} if decision.values else {})


def _view_incident(
    number: int, incident: DraftIncident, questions: Sequence[Question], phrases: Phrases
) -> dict[str, object]:
    return {
        "number": number,
        "title": show_controls(incident.title),
        "known": list(_tell_known(incident, phrases)),
        "questions": [
            _view_question(each, incident, phrases)
            for each in questions
            if each.incident == incident.id
        ],
    }


def _tell_known(incident: DraftIncident, phrases: Phrases) -> Iterable[str]:
    known = incident.known
    if known.incident is None:
        yield phrases("review.known_new")
        return
    key = "review.known" if known.status == "known" else "review.contradiction"
    yield phrases(key, incident=known.incident)
    for each in known.conflicts:
        name = phrases.find("field", each.name)
        yield phrases("review.conflict", name=name, ours=each.ours, theirs=each.theirs)


def _view_question(
    question: Question, incident: DraftIncident, phrases: Phrases
) -> dict[str, object]:
    zone = incident.zone
    now = {each.name: write_answer(each.value, zone) for each in question.fields}
    if question.part == "incident":
        now = {"title": incident.title}
    return {
        "id": question.id,
        "part": question.part,
        "about": question.about,
        "asks": _ask(question, phrases),
        "can": list(question.can),
        "changes": list(question.changes),
        "doubt": bool(question.doubtful),
        "now": now,
        "fields": [_view_field(each, zone, phrases) for each in question.fields]
        if question.part != "incident"
        else [],
        "forms": [_view_form(name, now.get(name, ""), phrases) for name in question.changes],
    }


def _ask(question: Question, phrases: Phrases) -> str:
    name = phrases.find("field", question.changes[0])
    match question.part:
        case "incident":
            return phrases("review.ask_incident")
        case "missing":
            return phrases("review.ask_missing", name=name)
        case "field":
            return name
        case "more":
            return phrases("review.ask_more")
        case _:
            return phrases("review.ask_claim")


def _view_field(field: DraftField, zone: str, phrases: Phrases) -> dict[str, object]:
    doubt = field.sure != "certain"
    why = phrases.find("why", field.why)
    return {
        "label": phrases.find("field", field.name),
        "value": show_controls(write_answer(field.value, zone)),
        "why": f"{phrases.find('sure', field.sure)}: {why}" if doubt else why,
        "doubt": doubt,
        "quotations": [show_controls(each.quotation) for each in field.spans],
    }


def _view_form(name: str, value: str, phrases: Phrases) -> dict[str, object]:
    form = FORMS.get("at" if name == "start" else name, "text")
    return {
        "name": name,
        "label": phrases.find("field", name),
        "value": value,
        "among": list(WORDS.get(name, ())),
        "needed": name in NEEDED or name in ("kind", "effect"),
        "hint": "" if form in ("word", "text") else HOW_TO_WRITE[form],
    }


def _view_article(
    source: ArticleSource, text: str | None, questions: Sequence[Question], phrases: Phrases
) -> dict[str, object]:
    document = source.document
    told = ", ".join(each for each in (document.publisher, document.published_text) if each)
    return {
        "title": show_controls(document.title or document.publisher),
        "told": show_controls(told),
        "language": document.language or phrases.language,
        "segments": None if text is None else _cut(source.id, text, questions),
    }


def _cut(article: str, text: str, questions: Sequence[Question]) -> list[tuple[object, ...]]:
    """Return a text in pieces: words, the questions that rest on them, and whether in doubt.

    The pieces are cut where spans begin and end, as Python counts characters.
    """
    spans: dict[tuple[int, int], dict[str, bool]] = {}
    for question in questions:
        if question.part == "incident":
            continue
        for field in question.fields:
            for span in field.spans:
                if span.article == article:
                    lit = spans.setdefault((span.start, span.end), {})
                    doubt = field in question.doubtful
                    lit[question.id] = lit.get(question.id, False) or doubt
    cuts = sorted({0, len(text), *(side for span in spans for side in span)})
    pieces: list[tuple[object, ...]] = []
    ordered = sorted(spans.items())
    for start, end in pairwise(cuts):
        over = [lit for (first, last), lit in ordered if first <= start and end <= last]
        found = {name: doubt for lit in over for name, doubt in lit.items()}
        words = show_controls(text[start:end])
        pieces.append((words, list(found), any(found.values())))
    return pieces
