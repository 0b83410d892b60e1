"""Which paper a name means: its title, a part of it, an acronym, what the paper calls its method, or who wrote it.

Names(papers, shelf).find("the DPO paper")  ->  NamedPapers((<Direct Preference …>,), sure=True, as_paper=True)
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

from ragft.answer.library.coined import coins, mentions
from ragft.answer.library.long_forms import long_forms
from ragft.answer.library.people import by_author, could_be_author
from ragft.answer.library.shelf import Shelf
from ragft.answer.library.typos import is_close
from ragft.corpus.fold import fold, letters_and_digits, without_accents
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import is_stop_word
from ragft.corpus.words import words
from ragft.index.base import DocumentRecord, Hit

ENOUGH = 0.75
"""The share of a name, by how much its words tell, that a title must have."""
LEVEL = 0.02
"""Titles whose shares are so close fit equally well."""
MOST = 5
"""A name that fits more papers than this names none."""
OFTEN = 0.4
"""The share of a paper's passages that must have a name for the paper to be meant by it."""
_KEPT = 0.2
"""The share of its passages that must have a name that a paper introduces after its beginning."""
_LONGEST_NAME = 6
"""Words of a name that a paper may coin."""
_LOOKED_AT = 12
_FIRST_CHUNKS = 4
_LEAST_BEGINNING = 4

_NOUN = (
    r"(?:paper|article|document|preprint|publication|pdf|file|study|survey|review|report|thesis|book|papier|artikel|"
    r"aufsatz|arbeit|studie|dokument|article|étude|etude|document|artículo|articulo|estudio|trabajo|documento)s?"
)
_SHOWN = r"(?:the|my|this|that|our|an?|das|die|der|den|dem|des|mein|meine|l'|le|la|les|un|une|el|los|las|mi|cet|cette)"
_ENDS = re.compile(rf"^(?:{_SHOWN} )?(?P<name>.*?)(?:^|[- ])(?P<noun>{_NOUN})$")
_JOINED = (
    r"(?: (?:called|titled|entitled|named|about|on|of|for|over|namens|über|uber|zu|zum|von|sur|de|du|sobre|del|"
    r"intitulé|titulado))"
)
_BEGINS = re.compile(
    rf"^(?:{_SHOWN} ?)?(?P<noun>{_NOUN})(?P<joined>{_JOINED})?(?: (?:the|der|die|das|le|la|el))? (?P<name>.+)$"
)
_BY = re.compile(
    rf"^(?:{_SHOWN} )?(?P<name>.*?) ?\b(?P<noun>{_NOUN}|one)(?P<more> .+?)? (?:by|from|von|par|de) (?P<author>.+)$"
)
_POSSESSIVE = re.compile(
    rf"^(?P<author>[^\s']+(?: [^\s']+){{0,2}})(?:'s|s')(?: (?P<name>.*?))? ?\b(?P<noun>{_NOUN})(?P<more> .+)?$"
)
_ASIAN = re.compile(r"^(?P<name>.+?) ?(?:라는 |这篇|這篇|という|の)?(?P<noun>논문|论文|論文|文章)(?:의|을|를)?$")
_FIRST_ONE = re.compile(r"\b(?:original|very first|first|earliest|ursprüngliche|originale?)\b ?")
_ARXIV = re.compile(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)")
_SIGNED = re.compile(r"\w[+#]+(?!\w)")
_INSIDE = re.compile(
    r"\b(?:the|a|an|this|that|their|his|her|its|in|by|from|with|used|der|die|das|dem|den|im|le|la|les|el|los|del)\b"
)


@dataclass(frozen=True)
class NamedPapers:
    """The papers that a name fits, best first.

    `sure`: nothing but a paper can be meant. `as_paper`: the name says that it is a paper's, so that an unknown one can
    be said to be missing. `by_use`: no paper is called so; this one says the name most often.
    """

    papers: tuple[DocumentRecord, ...]
    sure: bool = False
    as_paper: bool = False
    by_use: bool = False


@dataclass(frozen=True)
class _Wanted:
    """A name taken apart: its words without "the … paper", the author, and whether the earliest one is meant.

    `plain`: "the X paper", or "the paper on X", so that X can be nothing else than the name of a paper.
    """

    text: str
    author: str = ""
    as_paper: bool = False
    earliest: bool = False
    plain: bool = False

    @property
    def terms(self) -> list[str]:
        return list(dict.fromkeys(_terms(self.text)))


@dataclass
class Names:
    """The names of some papers. `shelf` is looked into where titles do not tell."""

    papers: Sequence[DocumentRecord]
    shelf: Shelf
    _titles: dict[str, list[str]] = field(default_factory=dict)
    _found: dict[str, Sequence[Hit]] = field(default_factory=dict)

    def find(self, name: str) -> NamedPapers:
        """The papers that `name` (folded) fits, typos corrected where the index has the words meant."""
        corrected = self.shelf.corrected(name)
        found = self._find(corrected)
        return found if found.papers or corrected == name else self._find(name)

    def _find(self, name: str) -> NamedPapers:
        wanted = _apart(name)
        exact = self._with_signs(wanted.text)
        exact = exact or [paper for paper in self.papers if letters_and_digits(name) in _whole_names(paper)]
        exact = exact or [paper for paper in self.papers if letters_and_digits(wanted.text) in _whole_names(paper)]
        if exact:
            return NamedPapers(tuple(exact), sure=True, as_paper=wanted.as_paper)
        papers = by_author(self.papers, wanted.author) if wanted.author else list(self.papers)
        if wanted.author and not papers and not wanted.text:  # "de Adam" may be by Adam or on Adam
            wanted, papers = _Wanted(wanted.author, "", wanted.as_paper, wanted.earliest), list(self.papers)
            if exact := [paper for paper in papers if letters_and_digits(wanted.text) in _whole_names(paper)]:
                return NamedPapers(tuple(exact), sure=True, as_paper=True)
        if wanted.author and not papers:
            return NamedPapers((), as_paper=wanted.as_paper)
        if wanted.author and not wanted.terms:
            return _named(papers, wanted, sure=True)
        found = self._by_words(wanted, papers)
        if found.papers or not wanted.terms:
            return found
        return self._by_use(wanted)

    def _with_signs(self, text: str) -> list[DocumentRecord]:
        """The papers with "LoRA+" or "C#" in their titles: names that are more than one plain word."""
        if not _SIGNED.search(text):
            return []
        name = re.compile(rf"(?<!\w){re.escape(text)}(?![\w+#])")
        return [paper for paper in self.papers if name.search(fold(paper.title))]

    def _by_words(self, wanted: _Wanted, papers: Sequence[DocumentRecord]) -> NamedPapers:
        terms = wanted.terms
        if not terms:
            return NamedPapers((), as_paper=wanted.as_paper)
        coined = self._coined(wanted.text) if len(wanted.text.split()) <= _LONGEST_NAME else set()
        shares = {paper.id: self._share(terms, paper, coined) for paper in papers}
        best = max(shares.values(), default=0.0)
        if best < ENOUGH:
            return NamedPapers((), as_paper=wanted.as_paper)
        fitting = [paper for paper in papers if shares[paper.id] >= best - LEVEL]
        strong = [paper for paper in fitting if paper.id in coined or self._is_sure(terms, paper)]
        return _named(strong or fitting, wanted, sure=bool(strong))

    def _share(self, terms: Sequence[str], paper: DocumentRecord, coined: Collection[str]) -> float:
        if paper.id in coined:
            return 1.0
        title = set(self._title(paper))
        acronyms = _acronyms(paper.title)
        people = {stem(word) for author in paper.authors for word in words(author)}
        have = 0.0
        for term in terms:
            if term in title or term in acronyms or term in people or term == str(paper.year):
                have += self._weight(term)
            elif any(is_close(term, other) for other in title | people) or _begins(term, paper.title):
                have += 0.9 * self._weight(term)
        return have / sum(map(self._weight, terms))

    def _is_sure(self, terms: Sequence[str], paper: DocumentRecord) -> bool:
        """Whether the name alone, without "paper", can only be this title's: it begins it, or has most of it."""
        main = _terms(_main(paper.title))
        begins = len(terms) >= 2 and main[: len(terms)] == list(terms)
        title = set(self._title(paper))
        most = len(terms) >= 3 and set(terms) <= title and 2 * len(terms) >= len(main)
        acronym = len(terms) == 1 and terms[0] in _first_acronyms(paper.title)
        return begins or most or acronym

    def _coined(self, text: str) -> set[str]:
        """Ids of the papers that introduce `text` as the name of what they are about, or as what that stands for."""
        near = self._near(text)
        found = {document for document in near if self._begins_with(document, text)}
        for hit in self._passages(text):
            if hit.document_id in near and hit.document_id not in found:
                kept = coins(hit.text, text) and self._use(hit.document_id, text) >= _KEPT
                shorts = (form.short for form in long_forms(hit.text) if form.is_said(text))
                if kept or any(self._goes_by(hit.document_id, short) for short in shorts):
                    found.add(hit.document_id)
        return found

    def _begins_with(self, document: str, name: str) -> bool:
        """Whether the document says at its beginning that it calls something so."""
        return any(coins(chunk.text, name) for chunk in self.shelf.chunks(document)[:_FIRST_CHUNKS])

    def _goes_by(self, document: str, short: str) -> bool:
        """Whether the document is known by an acronym that it explains: it begins its title, is coined or most used."""
        title = next(paper.title for paper in self.papers if paper.id == document)
        if letters_and_digits(short) == letters_and_digits(_main(title)) or self._begins_with(document, short):
            return True
        return any(paper.id == document for paper in self._by_use(_Wanted(short)).papers)

    def _by_use(self, wanted: _Wanted) -> NamedPapers:
        """The paper that has the name in by far the most of its passages.

        A name that is not said to be a paper's has to be one word.
        """
        unknown = NamedPapers((), as_paper=wanted.as_paper)
        if wanted.author or len(wanted.text.split()) > (3 if wanted.as_paper else 1):
            return unknown
        shares = {document: self._use(document, wanted.text) for document in self._near(wanted.text)[:3]}
        first, second = [*sorted(shares.values(), reverse=True), 0.0, 0.0][:2]
        if first < OFTEN or first < 1.5 * second:
            return unknown
        most = tuple(paper for paper in self.papers if shares.get(paper.id) == first)
        return NamedPapers(most, as_paper=wanted.as_paper, by_use=True)

    def _use(self, document: str, text: str) -> float:
        """The share of the document's passages that have `text`."""
        chunks = self.shelf.chunks(document)
        return sum(mentions(chunk.text, text) for chunk in chunks) / max(1, len(chunks))

    def _near(self, text: str) -> list[str]:
        """Ids of the documents with the best passages for the words of `text`, best first."""
        return list(dict.fromkeys(hit.document_id for hit in self._passages(text)))[:_LOOKED_AT]

    def _passages(self, text: str) -> Sequence[Hit]:
        """The best passages for the words of `text`."""
        if text not in self._found:
            known = [paper.id for paper in self.papers]
            self._found[text] = self.shelf.search(text, 10 * _LOOKED_AT, mode="lexical", documents=known)
        return self._found[text]

    def _title(self, paper: DocumentRecord) -> list[str]:
        if paper.id not in self._titles:
            self._titles[paper.id] = _terms(paper.title)
        return self._titles[paper.id]

    @cached_property
    def _frequencies(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for paper in self.papers:
            for term in {*self._title(paper), *_acronyms(paper.title)}:
                counts[term] = counts.get(term, 0) + 1
        return counts

    def _weight(self, term: str) -> float:
        return math.log(2 + len(self.papers) / (1 + self._frequencies.get(term, 0)))


def could_be_missing(name: str) -> bool:
    """Whether `name` is so clearly the name of a paper that, if none fits, the answer may say that it is missing."""
    wanted = _apart(name)
    if wanted.author:
        return wanted.as_paper and could_be_author(wanted.author, "en")
    return wanted.plain and 0 < len(wanted.text.split()) <= 6 and _INSIDE.search(wanted.text) is None


def without_article(name: str) -> str:
    """`name` without "the" and "paper"."""
    return _apart(name).text or name


def _named(papers: Sequence[DocumentRecord], wanted: _Wanted, *, sure: bool) -> NamedPapers:
    chosen = list(papers)
    if wanted.earliest and any(paper.year for paper in chosen):
        first = min(paper.year for paper in chosen if paper.year)
        chosen = [paper for paper in chosen if paper.year == first]
    return NamedPapers(tuple(chosen) if len(chosen) <= MOST else (), sure=sure, as_paper=wanted.as_paper)


def _apart(name: str) -> _Wanted:
    text = name.strip(" \"'")
    earliest = _FIRST_ONE.search(text) is not None
    text = _FIRST_ONE.sub("", text).strip()
    for pattern in (_POSSESSIVE, _BY):
        if match := pattern.match(text):
            more = _lead(match["more"] or "")
            # The word "survey" identifies a document; "paper" does not.
            name = _with_sort(f"{match['name'] or ''} {more}", match["noun"])
            return _Wanted(name, match["author"], True, earliest, plain=True)
    for pattern in (_ENDS, _BEGINS, _ASIAN):
        if match := pattern.match(text):
            plain = "joined" not in match.groupdict() or bool(match["joined"])
            return _Wanted(_with_sort(match["name"], match["noun"]), "", True, earliest, plain)
    return _Wanted(re.sub(rf"^{_SHOWN} ", "", text), "", False, earliest)


def _with_sort(name: str, noun: str) -> str:
    return " ".join(f"{name} {noun if noun.startswith(('survey', 'review')) else ''}".split())


def _lead(text: str) -> str:
    return re.sub(r"^ *(?:called|titled|about|on|of|über|uber|zu|sur|sobre) ", "", text)


def _terms(text: str) -> list[str]:
    return [stem(word) for word in words(text) if not is_stop_word(word, "en")] or [stem(word) for word in words(text)]


def _begins(term: str, title: str) -> bool:
    """Whether `term` is how a longer word of `title` begins: "norm" for "normalization"."""
    return len(term) >= _LEAST_BEGINNING and any(word.startswith(term) for word in words(title))


def _main(title: str) -> str:
    """A title without what is behind its colon or dash."""
    return re.split(r": | [-–—] |\? ", title, maxsplit=1)[0]


def _whole_names(paper: DocumentRecord) -> set[str]:
    stem_of_file = PurePath(paper.path).stem
    names = {letters_and_digits(paper.title), letters_and_digits(_main(paper.title)), letters_and_digits(stem_of_file)}
    names |= {letters_and_digits(identifier) for identifier in _ARXIV.findall(stem_of_file)}
    return {name for name in names if len(name) > 1}


def _acronyms(title: str) -> set[str]:
    """Initials of two to six neighbouring words of a title, also without its small words."""
    return {stem(acronym) for run in _initials(title) for acronym in _runs(run)}


def _first_acronyms(title: str) -> set[str]:
    return {stem(run[:length]) for run in _initials(_main(title)) for length in range(3, 7) if length <= len(run)}


def _runs(initials: str) -> set[str]:
    return {
        initials[start : start + length]
        for start in range(len(initials))
        for length in range(2, 7)
        if start + length <= len(initials)
    }


def _initials(title: str) -> tuple[str, str]:
    found = [word for word in re.split(r"[^\w]+", without_accents(fold(title))) if word]
    return "".join(word[0] for word in found), "".join(word[0] for word in found if not is_stop_word(word, "en"))
