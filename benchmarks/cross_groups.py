"""Groups of texts for benchmarks/train_cross_encoder.py: one that answers a question, and others that do not.

They come from sets whose licence lets weights be published (`SOURCES`), in the forms of ../shared/data/judge and of
SQuAD 2. A text is a sentence or a window of sentences, as ragft reads them: the sentences of a prompt and the best
window of a passage. Most of the others are of the same document and have the most words of the question.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training_sources import TrainingSource, rows_of

from ragft.answer.checking.support import coverage, sentences_in
from ragft.corpus.stems import stem
from ragft.corpus.words import words
from ragft.index.search.closest import best_window

SIZE = 3
"""Texts of a group; the first is the one that answers, if one does."""
WINDOW = 200
"""Characters of a window of sentences."""
_LEAST = 20
"""Characters of a sentence; shorter pieces are headings."""


@dataclass(frozen=True)
class Group:
    """A question or claim with `SIZE` texts, of which only the first can answer it, and does so if `answered`."""

    question: str
    texts: tuple[str, ...]
    answered: bool = True


def _sentences(text: str) -> list[str]:
    found = sentences_in(text)
    return [one for one in found if len(one) >= _LEAST]


def _window(question: str, text: str) -> str:
    return best_window(text, dict.fromkeys(map(stem, words(question)), 1.0), WINDOW)


def _around(sentences: Sequence[str], place: int) -> str:
    """The sentence with its neighbours, as many as fit."""
    first = last = place
    while first > 0 and len(" ".join(sentences[first - 1 : last + 1])) <= WINDOW:
        first -= 1
    while last + 1 < len(sentences) and len(" ".join(sentences[first : last + 2])) <= WINDOW:
        last += 1
    return " ".join(sentences[first : last + 1])


def _others(question: str, pool: Iterable[str], rest: Sequence[str], draw: random.Random) -> list[str]:
    """The one of `pool` with the most words of the question and any other, filled up from `rest`."""
    ordered = sorted(dict.fromkeys(pool), key=lambda text: -coverage(question, text))
    chosen = ordered[:1] + (draw.sample(ordered[1:], 1) if ordered[1:] else [])
    return chosen + draw.sample(rest, SIZE - 1 - len(chosen))


def _answered(
    question: str, answers: Sequence[str], passage: str, unlike: Sequence[str], rest: Sequence[str], draw: random.Random
) -> Iterator[Group]:
    """The sentence with the answer among those without it, or, for every third, the same with windows."""

    def has(text: str) -> bool:
        return any(answer.lower() in text.lower() for answer in answers)

    sentences = _sentences(passage)
    place = next((n for n, one in enumerate(sentences) if has(one)), None)
    if place is None:
        return
    pool = [one for one in [*sentences, *(s for text in unlike for s in _sentences(text))] if not has(one)]
    if draw.random() < 2 / 3:
        yield Group(question, (sentences[place], *_others(question, pool, rest, draw)))
        return
    right = _around(sentences, place)
    windows = [_around(sentences, n) for n in range(len(sentences)) if sentences[n] not in right]
    windows += [_window(question, text) for text in unlike]
    yield Group(question, (right, *_others(question, (one for one in windows if not has(one)), rest, draw)))


def _answers(path: Path, draw: random.Random) -> Iterator[Group]:
    """Of rows with `question`, `passage`, `answers` and `answerable`."""
    rows = rows_of(path)
    unlike: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if not row["answerable"]:
            unlike[row["question"]].append(row["passage"])
    rest = [sentence for row in rows for sentence in _sentences(row["passage"])]
    for row in rows:
        if row["answerable"]:
            question = row["question"]
            yield from _answered(question, row["answers"], row["passage"], unlike[question], rest, draw)


def _squad(path: Path, draw: random.Random) -> Iterator[Group]:
    """Of SQuAD 2; every second question without an answer has its closest sentences, none of which answers it."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        passages = [paragraph["context"] for paragraph in article["paragraphs"]]
        rest = [sentence for text in passages for sentence in _sentences(text)]
        unanswered = 0
        for paragraph in article["paragraphs"]:
            text, unlike = paragraph["context"], draw.sample(passages, 2)
            for asked in paragraph["qas"]:
                question = asked["question"]
                if not asked["is_impossible"]:
                    answers = [one["text"] for one in asked["answers"]]
                    yield from _answered(question, answers, text, unlike, rest, draw)
                    continue
                unanswered += 1
                if unanswered % 2:
                    closest = _others(question, _sentences(text), rest, draw)
                    yield Group(question, (*closest, draw.choice(rest)), answered=False)


def _ranked(path: Path, draw: random.Random) -> Iterator[Group]:
    """Of rows with `query`, `positive` and `negatives`."""
    rows = rows_of(path)
    rest = [row["positive"] for row in rows]
    for row in rows:
        query = row["query"]
        others = [*row["negatives"][: SIZE - 1], *draw.sample(rest, SIZE)]
        others = [one for one in others if one != row["positive"]][: SIZE - 1]
        yield Group(query, tuple(_window(query, one) for one in (row["positive"], *others)))


def _claims(path: Path, draw: random.Random) -> Iterator[Group]:
    """Of rows with `premise`, `claim` and `label`; what contradicts a claim is left out."""
    rows = rows_of(path)
    neutral: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["label"] == "neutral":
            neutral[row["claim"]].append(row["premise"])
    premises = sorted({row["premise"] for row in rows})
    for row in rows:
        if row["label"] == "support":
            claim, right = row["claim"], row["premise"]
            near = [one for one in draw.sample(premises, min(50, len(premises))) if one != right]
            near = sorted(near, key=lambda one, c=claim: -coverage(c, one))
            others = [*neutral[claim][: SIZE - 1], *near][: SIZE - 1]
            yield Group(claim, tuple(_window(claim, one) for one in (right, *others)))


SOURCES: tuple[TrainingSource[Group], ...] = (
    TrainingSource("squad2/dev-half.json", "CC BY-SA 4.0", _squad),
    TrainingSource("judge/B_xquad.en.jsonl", "CC BY-SA 4.0", _answers),
    TrainingSource("judge/B_covidqa.en.jsonl", "Apache-2.0", _answers),
    TrainingSource("judge/B_nq.en.jsonl", "MIT (Natural Questions: CC BY-SA 3.0)", _answers),
    TrainingSource("judge/B_qasper_dev.en.jsonl", "MIT (QASPER: CC BY 4.0)", _answers),
    TrainingSource("judge/C_nq.en.jsonl", "MIT (Natural Questions: CC BY-SA 3.0)", _ranked),
    TrainingSource("judge/C_medquad.en.jsonl", "CC BY 4.0", _ranked),
    TrainingSource("judge/C_pubmedqa500.en.jsonl", "MIT", _ranked),
    TrainingSource("judge/A_check_covid.en.jsonl", "MIT", _claims),
    TrainingSource("judge/A_fever_symmetric.en.jsonl", "Wikipedia terms or CC BY-SA 3.0", _claims),
    TrainingSource("judge/A_fm2.en.jsonl", "Apache-2.0", _claims),
    TrainingSource("judge/A_pubmedqa500.en.jsonl", "MIT", _claims),
    TrainingSource("judge/A_wice.en.jsonl", "ODC-BY; text CC BY-SA (Wikipedia)", _claims),
)
