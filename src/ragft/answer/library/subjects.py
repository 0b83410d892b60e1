"""Which papers deal with a subject: by the words in title, beginning and passages of each, else by meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ragft.answer.library.long_forms import long_forms
from ragft.answer.library.shelf import Shelf
from ragft.corpus.base import Chunk
from ragft.corpus.fold import letters_and_digits
from ragft.corpus.stopwords import FUNCTION_WORDS, is_stop_word
from ragft.corpus.words import words
from ragft.index.base import DocumentRecord
from ragft.index.catalogue.lexical import query_terms
from ragft.index.vectors.matrix import inner_products

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

BEGINNING = 2
"""Passages at the beginning of a paper, where it says what it is about."""
OFTEN = 0.2
LEAST = 3
"""The share of a paper's passages, and the number, that must have a subject for the paper to deal with it."""
NEAR = 0.48
"""The cosine of subject and title, or title and abstract, from which on a paper is near in meaning. On 22 subjects and
23 papers, those it fits lie at 0.41 to 0.7, the nearest for subjects that none has at 0.11 to 0.43."""
_TRIED = 20
_ABSTRACT = 600
_LONGEST_SUBJECT = 12
_PART = (
    r"(?:papers?|articles?|survey|section|table|figure|abstract|appendix|page|artikel|abschnitt|tabelle|abbildung|"
    r"tableau|artículo|sección|tabla)"
)
_PLACE = re.compile(
    r"^(?:which|whom|what it|welche[mnrs]?|lequel|laquelle|lesquels|lesquelles|el cual|los cuales)\b|"
    r"\b(?:in|of|on|from|within|im|in der|dans|en) (?:the|this|that|these|der|dem|diesem|dieser|l'|le|la|"
    rf"cet|cette|el|este)? ?(?:[\w-]+ ){{0,3}}{_PART}\b"
)
_AROUND = "which of the papers use "


class Subjects(Shelf, Protocol):
    """What is needed of an index; `ragft.index.index.Index` has it."""

    def holding(self, phrases: Sequence[str], documents: Collection[str] | None = None) -> Sequence[Chunk]:
        """The chunks that have the words of any of `phrases` near each other, best first."""
        ...

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, shape [n, dimension]."""
        ...

    def reads(self, text: str) -> bool:
        """Whether the encoder knows the language of `text`."""
        ...


@dataclass(frozen=True)
class Treatment:
    """How a paper deals with a subject: its `passages` that name it, the `best` of them, and in what form.

    `central`: it is in the title or the beginning, or in a good part of the passages.
    """

    paper: DocumentRecord
    passages: int
    best: Chunk
    form: str
    central: bool
    rank: float


def is_subject(text: str, language: str) -> bool:
    """Whether `text` can be what papers are about: short, with a word that has a meaning, and of no place in a paper.

    "tides in the LoRA paper" and "which the model was trained" are about something that a paper says.
    """
    terms = [word for word in words(text) if not is_stop_word(word, language)]
    return 0 < len(terms) <= _LONGEST_SUBJECT and _PLACE.search(text) is None


def corrected_subject(shelf: Shelf, subject: str) -> str:
    """`subject` with its typos corrected where other words of it are known: one alone could be in any language."""
    return shelf.corrected(_AROUND + subject).removeprefix(_AROUND)


def treatments(papers: Iterable[DocumentRecord], shelf: Subjects, subject: str) -> list[Treatment]:
    """The papers that name `subject`, its acronym or what that stands for; those that deal with it most come first."""
    known = {paper.id: paper for paper in papers}
    forms = [subject, *other_forms(shelf.holding([subject], known), subject)]
    held = shelf.holding(forms, known)
    # A stem stands for more than its word: "optim" is that of optimizers and of what is optimal. Several near each
    # other leave no doubt: a low-rank adapter is one of low-rank adaptation.
    literal = [chunk for chunk in held if any(_says(chunk.text, form) or _several(chunk.text, form) for form in forms)]
    found: dict[str, list[Chunk]] = {}
    for chunk in literal or held:
        found.setdefault(chunk.document_id, []).append(chunk)
    ranked = [_treatment(known[document], chunks, forms) for document, chunks in found.items()]
    return sorted(ranked, key=lambda treatment: (-treatment.rank, treatment.paper.title))


def near_in_meaning(papers: Sequence[DocumentRecord], shelf: Subjects, subject: str) -> list[DocumentRecord]:
    """The papers whose title, or title and beginning, mean about the same as `subject`, nearest first."""
    if not papers or not shelf.reads(subject):
        return []
    hits = shelf.search(subject, 5 * _TRIED, documents=[paper.id for paper in papers])
    tried = set(list(dict.fromkeys(hit.document_id for hit in hits))[:_TRIED])
    chosen = [paper for paper in papers if paper.id in tried]
    if not chosen:
        return []
    titles = [paper.title for paper in chosen]
    beginnings = [f"{p.title}. {shelf.chunks(p.id)[0].text[:_ABSTRACT]}" for p in chosen]
    vectors = shelf.embed([subject, *titles, *beginnings])
    cosines = inner_products(vectors[1:], vectors[0]).tolist()
    nearest = [max(pair) for pair in zip(cosines[: len(chosen)], cosines[len(chosen) :], strict=True)]
    order = sorted(range(len(chosen)), key=lambda at: -nearest[at])
    return [chosen[at] for at in order if nearest[at] >= NEAR]


def other_forms(chunks: Iterable[Chunk], subject: str) -> list[str]:
    """What `subject` is written out, or its acronym, as the passages define it: "low-rank adaptation (LoRA)"."""
    wanted = letters_and_digits(subject)
    counted: Counter[str] = Counter()
    for chunk in chunks:
        for found in long_forms(chunk.text):
            if wanted == letters_and_digits(found.long):
                counted[found.short] += 1
            elif wanted == letters_and_digits(found.short):
                counted[found.long] += 1
    return [form for form, _ in counted.most_common(1)]


def _treatment(paper: DocumentRecord, chunks: Sequence[Chunk], forms: Sequence[str]) -> Treatment:
    """`chunks` come best first."""
    entitled = any(_says(paper.title, form) for form in forms)
    begins = [chunk for chunk in chunks if chunk.position < BEGINNING]
    share = len(chunks) / max(1, paper.chunks)
    best = begins[0] if begins else chunks[0]
    form = next((form for form in forms if _has(best.text, form)), forms[0])
    rank = 2.0 * entitled + bool(begins) + min(1.0, share)
    often = len(chunks) >= LEAST and share >= OFTEN
    return Treatment(paper, len(chunks), best, form, entitled or bool(begins) or often, rank)


def _says(text: str, form: str) -> bool:
    """Whether `text` has every word of `form`, in the plural or not."""
    have = words(text)
    wanted = [word for word in words(form) if word not in FUNCTION_WORDS]
    return all(any(word.startswith(_singular(one)) for word in have) for one in wanted)


def _several(text: str, form: str) -> bool:
    return len(query_terms(form)) > 1 and _has(text, form)


def _singular(word: str) -> str:
    if word.isascii() and len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1].removesuffix("ie")
    return word


def _has(text: str, form: str) -> bool:
    return set(query_terms(form)) <= set(query_terms(text))
