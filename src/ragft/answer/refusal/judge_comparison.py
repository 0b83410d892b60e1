"""Compares two judges of whether a source supports a sentence: words and meaning, or the answering model.

    report = compare_judges(read_pairs(path), engine, model="qwen3:8b", supporter=supporter, support=0.6)
    report.better, report.least      whether the model is used from now on, and from which probability on

Each pair is a sentence with its evidence, right or with one thing changed. Both judges see it as an answer is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.answer.base import Evidence
from ragft.answer.checking.finding import find_support, sources_of
from ragft.answer.checking.model_judge import ModelJudge
from ragft.answer.checking.support import Supporter
from ragft.errors import InputError
from ragft.index.base import Hit
from ragft.json_lines import flag_field, read_objects, text_field

if TYPE_CHECKING:
    from ragft.console import Progress
    from ragft.engine.base import Engine

SHIPPED_PAIRS = "judge/pairs.jsonl"
LEAST_PAIRS = 20
"""How many pairs of each kind, supported and not, a comparison needs."""
MARGIN = 0.05
"""How much better a model has to be: its judgements cost an answer seconds."""
FOLDS = 5
_FORM = '{"sentence": "…", "evidence": "…", "supported": true}'
_FIX = f"{_FORM} on every line"


@dataclass(frozen=True)
class JudgedPair:
    """A sentence, a text, and whether the text says it."""

    sentence: str
    evidence: str
    supported: bool


@dataclass(frozen=True)
class JudgeFigures:
    """Shares of the right sentences that are kept, and of the wrong ones that are stopped."""

    kept: float
    stopped: float

    @property
    def mean(self) -> float:
        """What two judges are compared by."""
        return (self.kept + self.stopped) / 2


@dataclass(frozen=True)
class JudgeReport:
    """How words and the model judge the same pairs; the model by a threshold that was fitted without them.

    `better`: the model judges better by the margin that it has to; then it is believed from `least` on.
    """

    right: int
    wrong: int
    words: JudgeFigures
    model: JudgeFigures
    least: float
    better: bool


def read_pairs(path: Path) -> list[JudgedPair]:
    """Pairs from a JSONL file.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line is something else; the message has its number.
    """
    return [
        JudgedPair(
            text_field(row, "sentence", where),
            text_field(row, "evidence", where),
            flag_field(row, "supported", where, fix=_FIX),
        )
        for where, row in read_objects(path, form=_FORM)
    ]


def compare_judges(
    pairs: Sequence[JudgedPair],
    engine: Engine,
    *,
    model: str,
    supporter: Supporter,
    support: float,
    progress: Progress | None = None,
) -> JudgeReport:
    """Have words, from the threshold `support` on, and `model` judge `pairs`.

    Raises:
        InputError: fewer than LEAST_PAIRS of a kind.
        EngineError: the engine failed, or tells no log-probabilities.
    """
    right = [pair.supported for pair in pairs]
    counts = sum(right), len(right) - sum(right)
    if min(counts) < LEAST_PAIRS:
        raise InputError(f"{counts[0]} right and {counts[1]} wrong pairs are too few", fix=f"{LEAST_PAIRS} of each")
    judge = ModelJudge(engine, model, least=0.0)
    by_words, probabilities = [], []
    for number, pair in enumerate(pairs, start=1):
        by_words.append(_support(pair, supporter, support, None) is not None)
        probabilities.append(_support(pair, supporter, support, judge) or 0.0)
        if progress is not None:
            progress("judging", number, len(pairs))
    words, asked = _figures(by_words, right), _figures(_held_out(probabilities, right), right)
    better = asked.mean >= words.mean + MARGIN
    return JudgeReport(*counts, words, asked, _best_threshold(probabilities, right), better)


def _support(pair: JudgedPair, supporter: Supporter, support: float, judge: ModelJudge | None) -> float | None:
    """The support of a sentence that passes the check; None for one that does not."""
    sources = tuple(sources_of([Evidence("1", Hit(1, 1.0, "1", "1", "", (0, 0), "", pair.evidence))]).values())
    finding = find_support(pair.sentence, pair.sentence, sources, sources, supporter, support, judge)
    return finding.support if finding.verdict == "supported" else None


def _held_out(probabilities: Sequence[float], right: Sequence[bool]) -> list[bool]:
    """Whether each pair is believed by a threshold fitted to the other four fifths."""
    believed = [False] * len(right)
    for fold in range(FOLDS):
        inside = [n for n in range(len(right)) if n % FOLDS != fold]
        least = _best_threshold([probabilities[n] for n in inside], [right[n] for n in inside])
        for n in range(fold, len(right), FOLDS):
            believed[n] = probabilities[n] >= least
    return believed


def _best_threshold(probabilities: Sequence[float], right: Sequence[bool]) -> float:
    """The probability, from those that were given, from which on to believe; of equals the highest."""
    candidates = sorted({*probabilities} - {0.0}, reverse=True) or [1.0]
    return max(candidates, key=lambda least: _figures([p >= least for p in probabilities], right).mean)


def _figures(believed: Sequence[bool], right: Sequence[bool]) -> JudgeFigures:
    kept = sum(one and two for one, two in zip(believed, right, strict=True)) / (sum(right) or 1)
    wrong = len(right) - sum(right)
    return JudgeFigures(kept, sum(not one and not two for one, two in zip(believed, right, strict=True)) / (wrong or 1))
