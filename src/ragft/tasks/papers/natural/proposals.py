"""Rows proposed ahead: a proposal is a pure function of its attempt, so it may be made before its turn comes.

Replies of the model to a proposal are stored (`ragft.dataset.reply_cache`). They come from the slots of a server, from
several servers, or from the workers of an executor. Proposals are accepted one by one, in an order that does not depend
on when they were made, so the rows are the same for any number of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random

from ragft.tasks.papers.natural.attempts import Half, RowAttempt
from ragft.tasks.papers.natural.rows import Made
from ragft.tasks.papers.recipe.compose import Rejected


def attempt_random(half: Half, attempt: RowAttempt, seed: int, use: str = "row") -> Random:
    """The random numbers of an attempt, for one `use` of it: the same whenever it is made."""
    return Random(f"{seed}:{half.name}:{attempt.name}:{use}")  # noqa: S311


def propose(half: Half, attempt: RowAttempt, seed: int) -> Made:
    """The row of an attempt.

    Raises:
        Rejected: it gives none.
    """
    builder, idea, made = half.builder, attempt.idea, attempt.made
    random = attempt_random(half, attempt, seed)
    if attempt.way == "mislead":
        return builder.misled(idea, random)
    if made is None:
        pair = half.pairs.get(idea.question)
        return builder.written(pair, random) if pair else builder.answered(idea, random)
    if attempt.way == "refuse":
        return builder.refused(made, random, close=attempt.close)
    others = [one for one in half.subjects if one.document_id != idea.document_id and not one.heading]
    others = [one for one in others if one.language == idea.language and len(one.sentences) > 1]
    if not others:
        raise Rejected("no_two_parts")
    return builder.partly(made, random.choice(others).shown, random)


class Proposals:
    """Proposals, `count` of them made at the same time; use as `with`."""

    def __init__(self, propose: Callable[[RowAttempt], Made], count: int) -> None:
        self._propose = propose
        self._count = count
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="propose") if count > 1 else None
        self._begun: dict[str, Future[Made]] = {}

    def __enter__(self) -> Proposals:
        return self

    def __exit__(self, *_: object) -> None:
        if self._threads:
            self._threads.shutdown(cancel_futures=True)

    def get(self, attempt: RowAttempt, soon: Iterable[RowAttempt]) -> Made:
        """The proposal of `attempt`, while those of `soon` are begun.

        Raises:
            Rejected: it gives no row.
            EngineError: from the engine that is asked for it.
        """
        if self._threads is None:
            return self._propose(attempt)
        self._begin(attempt)
        for other in soon:
            if sum(not future.done() for future in self._begun.values()) >= self._count:
                break
            self._begin(other)
        return self._begun.pop(attempt.name).result()

    def _begin(self, attempt: RowAttempt) -> None:
        if self._threads is not None and attempt.name not in self._begun:
            self._begun[attempt.name] = self._threads.submit(self._propose, attempt)
