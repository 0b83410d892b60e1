"""What an assistant is made of: a model on its engine, the documents that it answers from, and what is seen of both."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from ragft.answer.base import Searcher
from ragft.answer.checking.support import Embed, Reads
from ragft.answer.library.librarian import Librarian
from ragft.answer.library.subjects import Subjects
from ragft.answer.prompts.budget import SpeedBook
from ragft.answer.prompts.form import OwnWord, own_word_of
from ragft.answer.refusal.unknown_names import ALL_KNOWN, Known, has_name
from ragft.answer.written.thinking_models import ThinkerBook, Warming
from ragft.corpus.base import Chunk
from ragft.index.base import Hit
from ragft.index.search.spelling import TextVocabulary, corrected

if TYPE_CHECKING:
    from ragft.engine.base import Engine


@dataclass(frozen=True)
class AskedModel:
    """A model on its engine.

    `weights` is its size, by which its instructions are chosen; 0 where it is not known, and for a model that ragft
    trained, which is asked as it was trained. `measured` is what its own word was found to count for; None: its size
    decides.
    """

    engine: Engine
    name: str
    weights: int = 0
    measured: OwnWord | None = None

    @property
    def own_word(self) -> OwnWord:
        """What the model's own word counts for."""
        return self.measured or own_word_of(self.weights)


class AskedEncoder(Protocol):
    """What an assistant asks of an index beside a text that came with the question: nothing of its documents."""

    @property
    def embed(self) -> Embed:
        """Texts to unit vectors."""
        ...

    def reads(self, text: str) -> bool:
        """Whether the encoder knows the language of `text`."""
        ...

    def is_word(self, word: str) -> bool:
        """Whether `word` is known to be right though no text has it."""
        ...


class AskedIndex(Subjects, Protocol):
    """What an assistant asks of an index; `ragft.index.index.Index` has it."""

    def languages(self) -> Collection[str]:
        """The languages of its documents."""
        ...

    def lacks(self, word: str, *, rare: bool) -> bool:
        """Whether no passage has `word` in any of its forms; with `rare`, and it is no ordinary word either."""
        ...


@dataclass(frozen=True)
class AskedDocuments:
    """The documents that questions are answered from.

    `searcher` finds evidence in them. `embed` (texts to unit vectors) adds meaning to words in gate and check, for
    texts whose language the encoder `reads`. `librarian` answers questions about the collection itself; without it they
    are searched for like others. `corrected` corrects a query before it is searched for, and `languages` are those of
    the documents: a question in another one is translated by a capable model for the search. `known` tells which names
    and words there are. `chunks` gives those of a document (by id), in order, and `attached` are those of a text that
    came with the question.
    """

    searcher: Searcher
    embed: Embed | None = None
    reads: Reads = lambda _: True
    librarian: Librarian | None = None
    corrected: Callable[[str], str] = str
    languages: Callable[[], Collection[str]] = tuple
    known: Known = ALL_KNOWN
    chunks: Callable[[str], Sequence[Chunk]] = lambda _: ()
    attached: Sequence[Chunk] = ()

    @classmethod
    def of_text(cls, chunks: Sequence[Chunk], index: AskedEncoder) -> AskedDocuments:
        """A text that came with the question, cut to `chunks`, alone: `index` lends its encoder, and needs no document.

        Its words are right, whatever the documents have.
        """
        return cls(
            NothingElse(),
            embed=index.embed,
            reads=index.reads,
            corrected=partial(corrected, vocabulary=TextVocabulary.of((chunk.text for chunk in chunks), index.is_word)),
            attached=chunks,
        )

    @classmethod
    def of(cls, index: AskedIndex, documents: Collection[str] | None = None) -> AskedDocuments:
        """The `documents` (ids; None: all) of `index`, with all that it knows."""
        return cls(
            RestrictedSearcher(index, documents),
            embed=index.embed,
            reads=index.reads,
            librarian=Librarian(index, documents),
            corrected=index.corrected,
            languages=index.languages,
            known=Known(partial(_holds, index), index.lacks),
            chunks=index.chunks,
        )


def _holds(index: AskedIndex, name: str) -> bool:
    """Whether a passage, a title, an author or the name of a file in `index` has `name`."""
    if any(has_name(chunk.text, name) for chunk in index.holding([name])):
        return True
    return any(has_name(" ".join((one.title, *one.authors, one.path)), name) for one in index.documents())


class NothingElse:
    """A searcher that finds nothing, for a question whose evidence is given with it."""

    def search(self, query: str, k: int) -> Sequence[Hit]:  # noqa: ARG002
        """No hits."""
        return ()


@dataclass(frozen=True)
class RestrictedSearcher:
    """A searcher over some documents of an index only."""

    index: AskedIndex
    documents: Collection[str] | None

    def search(self, query: str, k: int) -> Sequence[Hit]:
        """The `k` best hits among the chosen documents."""
        return self.index.search(query, k, documents=self.documents)


@dataclass(frozen=True)
class Observations:
    """What is seen of a model while it is asked, and remembered.

    `speed` remembers how fast it reads, for an evidence budget of "auto"; without it no estimate of tokens is corrected
    either, so that benchmarks depend on neither the machine's load nor the questions before. `thinkers` remembers which
    models think unasked. `warming` is the model on its way into memory. The times of an answer are differences of
    `clock`, in seconds.
    """

    speed: SpeedBook | None = None
    thinkers: ThinkerBook | None = None
    warming: Warming | None = None
    clock: Callable[[], float] = time.perf_counter


UNOBSERVED = Observations()
"""Observations that are not kept: no speed, no model that thinks unasked and no loading model is remembered."""
