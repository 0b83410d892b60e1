"""The turns of a benchmark: one after the other, or several at once where each of them has an engine to itself.

Only engines that do not slow each other are asked at the same time, since the time of an answer is part of it: the
workers of an executor, or several servers. What reads likelihoods is asked one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.likelihood import BY_LIKELIHOOD
from ragft.benchmark.suites.base import Suite
from ragft.engine.elsewhere import engines_behind
from ragft.executors.at_once import at_once


@dataclass(frozen=True)
class AskedTurn:
    """A question of a suite for an arm."""

    suite: Suite
    arm: Arm
    question: BenchmarkQuestion


def answers_to(turns: Collection[AskedTurn], bench: Bench) -> Iterator[Recorded]:
    """The answers in the order of `turns`, their keys left open.

    Raises:
        EngineError: the engine failed at the turn that is next.
    """
    count = 1 if any(turn.suite.kind in BY_LIKELIHOOD for turn in turns) else engines_behind(bench.engine)

    def ask_on_own_bench() -> Callable[[AskedTurn], Recorded]:
        return partial(_answer, bench.beside() if count > 1 else bench)

    return at_once(ask_on_own_bench, min(count, len(turns)), turns)


def _answer(bench: Bench, turn: AskedTurn) -> Recorded:
    return turn.suite.ask(bench, turn.arm, turn.question)
