"""Answers questions about the collection from its catalogue; no model is asked.

Librarian(index).answer("Who wrote the DPO paper?")  ->  Found("“Direct Preference …” was written by … [1].", …)
Librarian(index).answer("How does DPO work?")        ->  None
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from ragft.answer.base import Citation, Evidence, Turn
from ragft.answer.citations import strip_keys
from ragft.answer.library.back import asked_before, documents_before
from ragft.answer.library.intent import EXTREMES, FIELDS, Intent
from ragft.answer.library.names import Named, Names, bare, could_be_missing
from ragft.answer.library.people import by_author, surname
from ragft.answer.library.phrases import joined, label, say
from ragft.answer.library.reading import readings
from ragft.answer.library.shelf import Shelf, extreme, narrowed, papers_of
from ragft.index.base import DocumentRecord, Hit

LISTED = 50
"""Papers that one answer names."""
_NEXT_TO_TITLE = 3


@dataclass(frozen=True)
class Found:
    """A catalogue answer. `missing`: the catalogue does not have what was asked for, and the text says so."""

    text: str
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    missing: bool = False


class Librarian:
    """Answers for the documents of `shelf`, or those of them with an id in `within`."""

    def __init__(self, shelf: Shelf, within: Collection[str] | None = None) -> None:
        self._shelf = shelf
        self._within = within

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Found | None:
        """What the catalogue says to `question`; None where that is no question to the catalogue."""
        intents = readings(question) or asked_before(question, history)
        if not intents:
            return None
        every = papers_of(self._shelf)
        papers = [paper for paper in every if self._within is None or paper.id in self._within]
        desk = _Desk(self._shelf, papers, len(every), question, history)
        answers = (desk.answer(intent) for intent in intents)
        return next((found for found in answers if found is not None), None)


@dataclass(frozen=True)
class _Desk:
    """One question: its words, what was said before, and the papers that it is about."""

    shelf: Shelf
    papers: Sequence[DocumentRecord]
    total: int
    question: str
    history: Sequence[Turn]

    def answer(self, intent: Intent) -> Found | None:
        if intent.about:
            return None
        if intent.ask in FIELDS:
            return self._field(intent)
        if intent.guarded and not by_author(self.papers, intent.author):
            return None
        if intent.ask in EXTREMES:
            return self._extreme(intent)
        return self._set(intent) if intent.narrowed else self._all(intent)

    def _all(self, intent: Intent) -> Found:
        language, count = intent.language, len(self.papers)
        text = say(language, "total_1" if count == 1 else "total", n=count)
        if count < self.total:
            text = say(language, "part", k=count, n=self.total)
        if intent.ask == "list":
            return self._listing(text, self.papers, language)
        records = self.shelf.documents()
        for key, status in (("unread", "failed"), ("repeats", "duplicate")):
            if number := sum(record.status == status for record in records):
                text += " " + say(language, key, k=number)
        return Found(text)

    def _set(self, intent: Intent) -> Found:
        found = narrowed(self.papers, intent)
        language, count = intent.language, len(self.papers)
        what = label(intent, self._as_written(intent.author), self._as_written(intent.about))
        notes = []
        if intent.author and (number := sum(not paper.authors for paper in self.papers)):
            notes.append(say(language, "no_authors", k=number))
        if intent.years.limited and (number := sum(paper.year is None for paper in self.papers)):
            notes.append(say(language, "no_year", k=number))
        if not found:
            text = say(language, "no" if intent.ask == "have" else "none", what=what, n=count)
            return Found(" ".join((text, *notes)), missing=True)
        text = say(language, "yes" if intent.ask == "have" else "some", what=what, k=len(found), n=count)
        return self._listing(" ".join((text, *notes)), found, language)

    def _extreme(self, intent: Intent) -> Found:
        found = extreme(self.papers, intent.ask)
        if not found:
            return Found(say(intent.language, "unknown_value", n=len(self.papers)), missing=True)
        value: object = found[0].pages
        if intent.ask in ("newest", "oldest"):
            value = found[0].year
        elif intent.ask == "most_authors":
            value = len(found[0].authors)
        return self._listing(say(intent.language, intent.ask, value=value), found, intent.language)

    def _field(self, intent: Intent) -> Found | None:
        if intent.refers_back:
            before = set(documents_before(self.history, Names(self.papers, self.shelf)))
            named = Named(tuple(paper for paper in self.papers if paper.id in before), sure=True)
        else:
            named = Names(self.papers, self.shelf).find(intent.paper)
        if not named.papers:
            return self._missing(intent) if named.as_paper and could_be_missing(intent.paper) else None
        if not (named.sure or named.as_paper):
            return None
        name, language = self._as_written(bare(intent.paper)), intent.language
        lines = [_field_of(paper, intent, f"[{key}]") for key, paper in enumerate(named.papers, start=1)]
        if named.by_use:
            lines.insert(0, say(language, "by_use", name=name))
        elif len(named.papers) > 1 and name:
            lines.insert(0, say(language, "fits", name=name, k=len(named.papers)))
        missing = all(_value(paper, intent.ask) is None for paper in named.papers)
        return self._found("\n".join(lines), named.papers, missing=missing)

    def _missing(self, intent: Intent) -> Found:
        text = say(intent.language, "unknown", n=len(self.papers), name=self._as_written(bare(intent.paper)))
        return Found(text, missing=True)

    def _listing(self, head: str, papers: Sequence[DocumentRecord], language: str) -> Found:
        shown = papers[:LISTED]
        lines = [f"- {_entry(paper)} [{key}]" for key, paper in enumerate(shown, start=1)]
        if len(papers) > LISTED:
            lines.append(say(language, "more", k=len(papers) - LISTED))
        return self._found("\n".join((head, *lines)), shown)

    def _found(self, text: str, papers: Sequence[DocumentRecord], *, missing: bool = False) -> Found:
        evidence = tuple(self._evidence(str(key), paper) for key, paper in enumerate(papers, start=1))
        cited = (_cited(item, paper) for item, paper in zip(evidence, papers, strict=True))
        return Found(text, tuple(cited), evidence, missing)

    def _evidence(self, key: str, paper: DocumentRecord) -> Evidence:
        """The beginning of the paper, which `/open` shows."""
        first = self.shelf.chunks(paper.id)[0]
        hit = Hit(int(key), 1.0, first.id, paper.id, paper.title, first.pages, first.section, first.text)
        return Evidence(key, replace(hit, page_starts=first.page_starts))

    def _as_written(self, name: str) -> str:
        """A name that was read in small letters, as the question has it."""
        match = re.search(re.escape(name), self.question, re.IGNORECASE) if name else None
        return match[0] if match else name


def _cited(item: Evidence, paper: DocumentRecord) -> Citation:
    page = 1 if paper.pages else 0
    return Citation(
        key=item.key,
        title=paper.title,
        pages=(page, page),
        section="",
        quote="",
        chunk_id=item.hit.chunk_id,
        document_id=paper.id,
        start=0,
        end=0,
        document=paper,
    )


def _field_of(paper: DocumentRecord, intent: Intent, key: str) -> str:
    value = _value(paper, intent.ask)
    title = _line(paper.title)
    if value is None:
        lacking = "authors" if "author" in intent.ask else intent.ask
        return f"{say(intent.language, f'lacks_{lacking}', title=title)} {key}."
    said = joined(value, intent.language) if isinstance(value, tuple) else value
    return f"{say(intent.language, intent.ask, title=title, value=said)} {key}."


def _value(paper: DocumentRecord, ask: str) -> tuple[str, ...] | str | int | None:
    authors = tuple(map(_line, paper.authors))
    return {
        "authors": authors or None,
        "first_author": authors[0] if authors else None,
        "last_author": authors[-1] if authors else None,
        "author_count": len(authors) or None,
        "year": paper.year,
        "pages": paper.pages or None,
        "doi": paper.doi and _line(paper.doi),
        "title": paper.title,
        "file": _line(PurePath(paper.path).name) or None,
    }[ask]


def _entry(paper: DocumentRecord) -> str:
    """A paper on one line: title, first authors, year."""
    names = [_line(surname(author)) for author in paper.authors]
    who = f"{names[0]} et al." if len(names) > _NEXT_TO_TITLE else ", ".join(names)
    return ", ".join(filter(None, (_line(paper.title), who, str(paper.year or ""))))


def _line(text: str) -> str:
    """Text of a document within a sentence of ours: on one line, without brackets that could pass for keys."""
    return " ".join(strip_keys(text)[0].split())
