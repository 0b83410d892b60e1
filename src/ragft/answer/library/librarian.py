"""Answers questions about the collection from its catalogue; no model is asked.

Librarian(index).answer("Who wrote the DPO paper?")  ->  CatalogueAnswer("“Direct …” was written by … [1].", …)
Librarian(index).answer("How does DPO work?")        ->  None
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ragft.answer.base import Citation, Evidence, Turn
from ragft.answer.library.back import asked_before, documents_before, speaks_of_paper
from ragft.answer.library.intent import EXTREMES, FIELDS, Intent
from ragft.answer.library.joined_subjects import joined_treatments, leaves_out
from ragft.answer.library.paper_entries import catalogue_citation, entry, field_line, opening, value_of
from ragft.answer.library.paper_names import NamedPapers, Names, could_be_missing, without_article
from ragft.answer.library.parsing import readings
from ragft.answer.library.people import by_author, could_be_author
from ragft.answer.library.phrases import filter_label, library_message
from ragft.answer.library.shelf import extreme, narrowed, papers_of
from ragft.answer.library.subjects import (
    Subjects,
    Treatment,
    corrected_subject,
    is_subject,
    near_in_meaning,
)
from ragft.answer.written.citation_keys import cite
from ragft.corpus.stopwords import is_stop_word
from ragft.corpus.words import words
from ragft.index.base import DocumentRecord

LISTED = 50
"""Papers that one answer names."""


@dataclass(frozen=True)
class CatalogueAnswer:
    """A catalogue answer. `missing`: the catalogue does not have what was asked for, and the text says so."""

    text: str
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    missing: bool = False


class Librarian:
    """Answers for the documents of `shelf`, or those of them with an id in `within`."""

    def __init__(self, shelf: Subjects, within: Collection[str] | None = None) -> None:
        self._shelf = shelf
        self._within = within

    def answer(self, question: str, history: Sequence[Turn] = ()) -> CatalogueAnswer | None:
        """What the catalogue says to `question`; None where that is not a question to the catalogue."""
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

    shelf: Subjects
    papers: Sequence[DocumentRecord]
    total: int
    question: str
    history: Sequence[Turn]

    def answer(self, intent: Intent) -> CatalogueAnswer | None:
        if intent.ask in FIELDS:
            return self._field(intent)
        unknown = intent.author and not by_author(self.papers, intent.author)
        if unknown and (intent.guarded or not could_be_author(intent.author, intent.language)):
            return None
        if intent.about:
            known = is_subject(intent.about, intent.language) and not leaves_out(intent.about, intent.language)
            return self._subject(intent) if known else None
        if intent.ask in EXTREMES:
            return self._extreme(intent)
        return self._set(intent) if intent.narrowed else self._all(intent)

    def _all(self, intent: Intent) -> CatalogueAnswer:
        language, count = intent.language, len(self.papers)
        text = library_message(language, "total_1" if count == 1 else "total", n=count)
        if count < self.total:
            text = library_message(language, "part", k=count, n=self.total)
        if intent.ask == "list":
            return self._listing(text, self.papers, language)
        records = self.shelf.documents()
        for key, status in (("unread", "failed"), ("repeats", "duplicate")):
            if number := sum(record.status == status for record in records):
                text += " " + library_message(language, key, k=number)
        return CatalogueAnswer(text)

    def _set(self, intent: Intent) -> CatalogueAnswer:
        found = narrowed(self.papers, intent)
        language = intent.language
        notes = [self._head(intent, len(found))]
        if intent.author and (number := sum(not paper.authors for paper in self.papers)):
            notes.append(library_message(language, "no_authors", k=number))
        if intent.years.limited and (number := sum(paper.year is None for paper in self.papers)):
            notes.append(library_message(language, "no_year", k=number))
        text = " ".join(notes)
        return self._listing(text, found, language) if found else CatalogueAnswer(text, missing=True)

    def _subject(self, intent: Intent) -> CatalogueAnswer:
        """The papers that deal with a subject, or name it; where none does, those near it in meaning."""
        about, _, author = intent.about.rpartition(" by ")
        if about and not intent.author and by_author(self.papers, author):
            intent = replace(intent, about=about, author=author)
        papers = narrowed(self.papers, intent)
        found = joined_treatments(papers, self.shelf, intent.about, intent.language)
        if not found and (corrected := corrected_subject(self.shelf, intent.about)) != intent.about:
            intent = replace(intent, about=corrected)
            found = joined_treatments(papers, self.shelf, corrected, intent.language)
        central = [one for one in found if one.central]
        if intent.central and not central:
            near = near_in_meaning(papers, self.shelf, intent.about)
            if near:
                head = library_message(intent.language, "by_meaning", about=self._as_written(intent.about))
                return self._listing(f"{self._head(intent, len(near))} {head}", near, intent.language)
        chosen = central if intent.central and central else found
        if not chosen:
            head = self._head(intent, 0)
            if intent.language != "en":  # the papers may well be in another language
                head += " " + library_message(intent.language, "words_only")
            return CatalogueAnswer(head, missing=True)
        head = self._head(intent, len(chosen))
        if intent.central and not central:
            head = library_message(
                intent.language, "in_passing", what=self._label(intent), k=len(found), n=len(self.papers)
            )
        elif len(found) > len(chosen):
            head += " " + library_message(intent.language, "also", k=len(found) - len(chosen))
        return self._treated(head, chosen, intent.language)

    def _treated(self, head: str, found: Sequence[Treatment], language: str) -> CatalogueAnswer:
        lines, citations, evidence = [head], [], []
        for key, one in enumerate(found[:LISTED], start=1):
            item = opening(str(key), one.best, one.paper)
            citation = cite(one.form, item) or catalogue_citation(item, one.paper)
            said = library_message(language, "passages_1" if one.passages == 1 else "passages", k=one.passages)
            page = f", p. {citation.pages[0]}" if citation.pages[0] else ""
            lines.append(f"- {entry(one.paper)}: {said}{page} [{key}]")
            citations.append(citation)
            evidence.append(item)
        if len(found) > LISTED:
            lines.append(library_message(language, "more_subject", k=len(found) - LISTED))
        return CatalogueAnswer("\n".join(lines), tuple(citations), tuple(evidence))

    def _head(self, intent: Intent, count: int) -> str:
        """What was asked for, and how many papers it fits."""
        have = intent.ask == "have"
        key = ("yes" if have else "some") if count else ("no" if have else "none")
        return library_message(intent.language, key, what=self._label(intent), k=count, n=len(self.papers))

    def _label(self, intent: Intent) -> str:
        return filter_label(intent, self._as_written(intent.author), self._as_written(intent.about))

    def _extreme(self, intent: Intent) -> CatalogueAnswer:
        found = extreme(self.papers, intent.ask)
        if not found:
            return CatalogueAnswer(library_message(intent.language, "unknown_value", n=len(self.papers)), missing=True)
        value: object = found[0].pages
        if intent.ask in ("newest", "oldest"):
            value = found[0].year
        elif intent.ask == "most_authors":
            value = len(found[0].authors)
        return self._listing(library_message(intent.language, intent.ask, value=value), found, intent.language)

    def _field(self, intent: Intent) -> CatalogueAnswer | None:
        if intent.refers_back:
            if not speaks_of_paper(self.question, self.history):
                return None
            before = set(documents_before(self.history, Names(self.papers, self.shelf)))
            named = NamedPapers(tuple(paper for paper in self.papers if paper.id in before), sure=True)
        else:
            named = Names(self.papers, self.shelf).find(intent.paper)
        if not named.papers:
            return self._missing(intent) if named.as_paper and could_be_missing(intent.paper) else None
        if named.by_use and all(is_stop_word(word, intent.language) for word in words(intent.paper)):
            return None  # "who wrote it?", and no paper was spoken of
        wrote = named.by_use and "author" in intent.ask  # only a paper is written
        if not (named.as_paper or wrote or (named.sure and intent.ask != "has")):
            return None
        name, language = self._as_written(without_article(intent.paper)), intent.language
        lines = [field_line(paper, intent, f"[{key}]") for key, paper in enumerate(named.papers, start=1)]
        if named.by_use:
            lines.insert(0, library_message(language, "by_use", name=name))
        elif len(named.papers) > 1 and name:
            lines.insert(0, library_message(language, "fits", name=name, k=len(named.papers)))
        missing = all(value_of(paper, intent.ask) is None for paper in named.papers)
        return self._found("\n".join(lines), named.papers, missing=missing)

    def _missing(self, intent: Intent) -> CatalogueAnswer:
        text = library_message(
            intent.language, "unknown", n=len(self.papers), name=self._as_written(without_article(intent.paper))
        )
        return CatalogueAnswer(text, missing=True)

    def _listing(self, head: str, papers: Sequence[DocumentRecord], language: str) -> CatalogueAnswer:
        shown = papers[:LISTED]
        lines = [f"- {entry(paper)} [{key}]" for key, paper in enumerate(shown, start=1)]
        if len(papers) > LISTED:
            lines.append(library_message(language, "more", k=len(papers) - LISTED))
        return self._found("\n".join((head, *lines)), shown)

    def _found(self, text: str, papers: Sequence[DocumentRecord], *, missing: bool = False) -> CatalogueAnswer:
        evidence = tuple(
            opening(str(key), self.shelf.chunks(paper.id)[0], paper) for key, paper in enumerate(papers, start=1)
        )
        citations = tuple(catalogue_citation(item, paper) for item, paper in zip(evidence, papers, strict=True))
        return CatalogueAnswer(text, citations, evidence, missing)

    def _as_written(self, name: str) -> str:
        """A name that was read in small letters, as the question has it."""
        match = re.search(re.escape(name), self.question, re.IGNORECASE) if name else None
        return match[0] if match else name
