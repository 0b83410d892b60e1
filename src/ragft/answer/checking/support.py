"""How well a passage supports a sentence, without a model: words, numbers, negation.

    support_score("QLoRA needs 48 GB.", chunk.text)   ->  0.93

The score is lexical on purpose: it can be computed for every sentence of every answer in microseconds, it cannot be
talked into anything, and it is the same on every machine. `Supporter` adds the embedding side where an encoder is
at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ragft.answer.checking.negation import opposes
from ragft.answer.checking.terms import content_set, content_terms, missing_quantities, quantities
from ragft.corpus.labels_only import begins_with_label
from ragft.corpus.stopwords import language_of, negations
from ragft.corpus.text import split_sentences
from ragft.corpus.words import words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ragft.answer.checking.nli import Entail

Embed = Callable[[Sequence[str]], "npt.NDArray[np.float32]"]
"""Texts to unit vectors, shape [n, dimension]."""
Reads = Callable[[str], bool]
"""Whether the encoder knows the language of a text."""

_WRONG_NUMBER = 0.25
"""Ceiling of the score of a sentence with a number that the passage does not state: below every threshold."""
_NEGATED = 0.5
_REFERS_BACK = re.compile(
    r"(?:It|Its|This|These|Those|They|Their|Such|That|Here|He|She)\b"
    r"(?!(?:\s\w+){0,2}\s(?:paper|work|study|survey|review|article|section|thesis|report)s?\b)"
)
LEAST_OPPOSED = 0.6
NEAR_COPY = 0.8
"""Least coverage of a claim by the closest sentence, for their negations to be compared: word by word, or as such."""
COPY = 0.9
"""Least coverage of a claim by a sentence that, where it denies it, contradicts it."""
MOST_WORDS = 0.6
"""Support by words alone from which on another sentence of the text is not looked for that says it in other words."""
LEAST_CLAUSE = 3
"""Content words of a clause that is supported on its own."""
_CLAUSE = re.compile(r";\s+|:\s+|,\s+(?=(?:and|but|while|whereas|which|so)\s)|\s+(?=(?:while|whereas)\s)")
LONG_CLAIM = 8
LEAST_SHARED = 0.5
"""A claim of so many terms, of which the passage has fewer than this share, says more than the passage, however close
it is in meaning: a small model likes to append "…, which is a classic example of a clockwork mechanism"."""


@dataclass(frozen=True)
class SentenceRange:
    """A run of whole sentences of a chunk, by offsets, and the share of a claim's terms it holds."""

    start: int
    end: int
    coverage: float


@lru_cache(maxsize=8192)
def support_score(sentence: str, chunk_text: str) -> float:
    """How far `chunk_text` says what `sentence` says, from 0 (nothing of it) to 1 (every word, close together).

    Seven parts the share of the sentence's content terms and numbers found in the best two neighbouring sentences
    of the chunk, three parts their share in the whole chunk. A number that the chunk does not state, or states of
    another unit, caps the score at 0.25; a negation on one side only halves it.
    """
    terms, numbers = content_terms(sentence), quantities(sentence)
    if not terms and not numbers:
        return 0.0
    best = best_passage(sentence, chunk_text)
    if best is None:
        return 0.0
    score = 0.7 * best.coverage + 0.3 * coverage(sentence, chunk_text)
    if missing_quantities(sentence, chunk_text):
        return min(score, _WRONG_NUMBER)
    return score * _NEGATED if is_opposed(sentence, chunk_text) else score


@lru_cache(maxsize=4096)
def is_opposed(sentence: str, chunk_text: str) -> bool:
    """Whether the closest sentence of the chunk denies what `sentence` states, or states what that denies.

    Only sentences close to each other are judged: a "not" of another sentence may belong to something else. In English
    the words next to the negation are compared, in other languages whether there is one at all.
    """
    single = best_passage(sentence, chunk_text, width=1)
    if single is None or single.coverage < LEAST_OPPOSED:
        return False
    closest = chunk_text[single.start : single.end]
    if language_of(words(sentence)) == language_of(words(closest)) == "en":
        return opposes(sentence, closest)
    return single.coverage >= NEAR_COPY and _negates(sentence) != _negates(closest)


def is_denied(sentence: str, chunk_text: str) -> bool:
    """Whether the closest sentence of the chunk, all but a copy of `sentence`, says the contrary."""
    single = best_passage(sentence, chunk_text, width=1)
    return single is not None and single.coverage >= COPY and is_opposed(sentence, chunk_text)


def refers_back(sentence: str) -> bool:
    """Whether `sentence` begins with a word that stands for something in the sentence before: "It …", "This …"."""
    return _REFERS_BACK.match(sentence) is not None


def is_caption(line: str) -> bool:
    """Whether `line` begins as the caption of a table or figure, in any of seven languages."""
    return begins_with_label(line)


def coverage(claim: str, text: str) -> float:
    """Share of the content terms and numbers of `claim` that `text` has; 0 for a claim without any."""
    terms, numbers = content_terms(claim), quantities(claim)
    if not terms and not numbers:
        return 0.0
    found = len(content_set(text).intersection(terms)) + len(numbers) - len(missing_quantities(claim, text))
    return found / (len(terms) + len(numbers))


@lru_cache(maxsize=8192)  # the reasons to doubt a sentence ask again
def best_passage(claim: str, chunk_text: str, *, width: int = 2) -> SentenceRange | None:
    """The run of at most `width` neighbouring sentences that covers most of `claim`; the shortest of equals."""
    spans = sentence_spans(chunk_text)
    best: SentenceRange | None = None
    for count in range(1, width + 1):
        for first in range(len(spans) - count + 1):
            start, end = spans[first][0], spans[first + count - 1][1]
            covered = coverage(claim, chunk_text[start:end])
            if best is None or covered > best.coverage + 1e-9:
                best = SentenceRange(start, end, covered)
    return best


def clauses_of(sentence: str) -> list[str]:
    """The clauses of `sentence` that each say something: what several passages may support one by one."""
    pieces = [piece.strip() for piece in _CLAUSE.split(sentence)]
    return pieces if all(len(content_terms(piece)) >= LEAST_CLAUSE for piece in pieces) else [sentence]


@lru_cache(maxsize=4096)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Offsets of the sentences of `text`, without the space around them.

    A line break ends a sentence: in a chunk it parts heading from paragraph, in an answer one item from the next.
    """
    spans: list[tuple[int, int]] = []
    begin = 0
    for line in text.split("\n"):
        spans += [(begin + start, begin + end) for start, end in split_sentences(line)]
        begin += len(line) + 1
    return tuple(spans)


def sentences_in(text: str) -> list[str]:
    """The sentences of `text`, as `sentence_spans` parts it."""
    return [text[start:end] for start, end in sentence_spans(text)]


class Supporter:
    """Scores sentences against passages with words and, where `embed` is given, meaning.

    A paraphrase shares few words with its source; the cosine of the two sentences lets it pass. It never lifts a
    sentence with a wrong number, and never alone: half of the score stays lexical. Where `entail` is given, the
    score is the probability that the passage entails the sentence; a wrong number rules it out anyway. `reads`
    tells of which texts `embed` knows the language; the meaning of others is not asked for.
    """

    def __init__(self, embed: Embed | None = None, entail: Entail | None = None, reads: Reads = lambda _: True) -> None:
        self._embed = embed
        self._reads = reads
        self._entail = entail
        self._entailed: dict[tuple[str, str], float] = {}
        self._vectors: dict[str, Any] = {}

    def score(self, sentence: str, chunk_text: str, *, least: float = 0.0) -> float:
        """Support of `sentence` by `chunk_text`, 0 to 1; see `support_score`.

        To encode a text takes longer than all else here. So words alone count where meaning could not lift the score to
        `least`, and a text that has most of the words is asked for the meaning of the sentences that have them.
        """
        if self._entail is not None:
            return self._entailment(sentence, chunk_text)
        lexical = support_score(sentence, chunk_text)
        if self._embed is None or lexical >= 0.85 or 0.5 * lexical + 0.5 < least:
            return lexical
        if missing_quantities(sentence, chunk_text):
            return lexical
        if is_opposed(sentence, chunk_text):  # a sentence and its denial are close in meaning
            return lexical
        terms = content_terms(sentence)
        if not terms or (len(terms) >= LONG_CLAIM and coverage(sentence, chunk_text) < LEAST_SHARED):
            return lexical
        closest = best_passage(sentence, chunk_text) if lexical >= MOST_WORDS else None
        read = chunk_text[closest.start : closest.end] if closest else chunk_text
        return max(lexical, 0.5 * lexical + 0.5 * _scaled(self.similarity(sentence, read)))

    def together(self, sentence: str, chunk_texts: Sequence[str]) -> float:
        """Support of `sentence` by several chunks at once: by the best passage of each, joined."""
        best = [(best_passage(sentence, text), text) for text in chunk_texts]
        joined = " ".join(text[passage.start : passage.end] for passage, text in best if passage is not None)
        if self._entail is not None:
            return self._entailment(sentence, joined)
        covered = coverage(sentence, joined)
        return min(covered, _WRONG_NUMBER) if missing_quantities(sentence, joined) else covered

    def _entailment(self, sentence: str, text: str) -> float:
        """The probability that `text` entails `sentence`: the whole of it, or its best sentences alone."""
        if not content_terms(sentence) and not quantities(sentence):
            return 0.0
        if (sentence, text) not in self._entailed:
            best = best_passage(sentence, text)
            premises = list(dict.fromkeys([text, text[best.start : best.end] if best else text]))
            assert self._entail is not None  # noqa: S101  only asked where there is one
            found = max(self._entail(sentence, premises))
            wrong = bool(missing_quantities(sentence, text))
            self._entailed[sentence, text] = min(found, _WRONG_NUMBER) if wrong else found
        return self._entailed[sentence, text]

    @property
    def entails(self) -> bool:
        """Whether an NLI model judges in place of words."""
        return self._entail is not None

    def knows(self, text: str) -> bool:
        """Whether there is an encoder, and it reads the language of `text`."""
        return self._embed is not None and self._reads(text)

    def similarity(self, sentence: str, chunk_text: str) -> float:
        """The highest cosine between `sentence` and a sentence of `chunk_text`; 0 without an encoder."""
        return max(self.cosines(sentence, sentences_in(chunk_text)), default=0.0)

    def cosines(self, text: str, others: Sequence[str]) -> list[float]:
        """Cosine of `text` with each of `others`; an empty list without an encoder that reads `text`."""
        if not others or not self.knows(text):
            return []
        first, *rest = self._vectors_of([text, *others])
        return [float(first @ other) for other in rest]

    def _vectors_of(self, texts: Sequence[str]) -> list[Any]:
        """Unit vectors of `texts`, each text encoded once in this object's life."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new and self._embed is not None:
            self._vectors.update(zip(new, self._embed(new), strict=True))
        return [self._vectors[text] for text in texts]


def _scaled(cosine: float) -> float:
    """MiniLM's cosines of a paraphrase lie above 0.6, of unrelated sentences below 0.3: spread that over 0 to 1."""
    return min(1.0, max(0.0, (cosine - 0.3) / 0.5))


def _negates(text: str) -> bool:
    return _negations(text) % 2 == 1


@lru_cache(maxsize=4096)
def _negations(text: str) -> int:
    found = words(text)
    return negations(text, found, language_of(found))
