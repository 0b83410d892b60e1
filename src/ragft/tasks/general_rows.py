"""General questions and answers that ship: rows by which a model keeps its abilities while it learns a task.

An experiment that trained on its own subject alone saw the subject in unrelated answers; the share of such rows is what
a task spends against that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import accumulate
from random import Random

from ragft.benchmark.asking.bench import CLOSED_BOOK
from ragft.benchmark.suites.base import shipped_questions
from ragft.benchmark.suites.general import QUESTIONS as GENERAL_QUESTIONS
from ragft.corpus.fold import fold
from ragft.corpus.words import count_words
from ragft.data import shipped
from ragft.dataset.base import Row
from ragft.dataset.evaluation_questions import overlap_finder
from ragft.dataset.store import row_id
from ragft.json_lines import read_objects, text_field

GENERAL = "tasks/general.jsonl"
KIND = "replay"
"""Of these rows, as of others that training counts against `train.replay`."""


def general_rows(without: Collection[str] = ()) -> list[Row]:
    """The rows, in their order; none asks a question of the benchmark of general abilities.

    Args:
        without: names that no row may hold, as those a task tests the model on.
    """
    find = overlap_finder([question.question for question in shipped_questions(GENERAL_QUESTIONS)])
    pairs = [
        (text_field(data, "question", where), text_field(data, "answer", where))
        for where, data in read_objects(shipped(GENERAL))
    ]
    named = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(fold(name)) for name in without)})(?!\w)") if without else None
    rows = [_row(question, answer, place) for place, (question, answer) in enumerate(pairs)]
    return [row for row in rows if find(row) is None and not (named and named.search(fold(_text(row))))]


def general_share(rows: Sequence[Row], share: float, seed: int, without: Collection[str] = ()) -> list[Row]:
    """As many general rows as make `share` of all words beside `rows`, or all there are."""
    budget = share / (1 - share) * sum(map(_words, rows))
    found = general_rows(without)
    Random(f"general:{seed}").shuffle(found)  # noqa: S311  a choice of examples, no secret
    used = accumulate(map(_words, found))
    return [row for row, total in zip(found, used, strict=True) if total <= budget]


def _row(question: str, answer: str, place: int) -> Row:
    """Every other row has the system message of the benchmark."""
    system = [{"role": "system", "content": CLOSED_BOOK}] if place % 2 == 0 else []
    row = Row(
        (*system, {"role": "user", "content": question}),
        ({"role": "assistant", "content": answer},),
        KIND,
        generator="code",
        chat_template_kwargs={"enable_thinking": False},
        form="general",
    )
    return replace(row, id=row_id(row))


def _text(row: Row) -> str:
    return " ".join(message["content"] for message in (*row.prompt[-1:], *row.completion))


def _words(row: Row) -> int:
    return sum(count_words(message["content"]) for message in (*row.prompt, *row.completion))
