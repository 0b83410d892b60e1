"""Which questions the documents of an index can answer. A verdict over other questions would mean nothing.

The questions that ship are about the sample papers. These are recognised by their
content: a user's own `lora.pdf` is not one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from ragft.benchmark.base import BenchmarkQuestion
from ragft.data import shipped
from ragft.errors import UsageError
from ragft.index.base import DocumentRecord

SAMPLE = "benchmark/corpus.json"
_FIX = "questions=FILE with questions about your own papers; ragft build-model makes them"
_NAMED = 3


def sample_documents() -> Mapping[str, str]:
    """The ids of the sample papers, by the names of their files."""
    return {str(name): str(found) for name, found in json.loads(shipped(SAMPLE).read_text(encoding="utf-8")).items()}


def is_sample(documents: Sequence[DocumentRecord]) -> bool:
    """Whether all documents that can be read are sample papers, and there are any."""
    sample = set(sample_documents().values())
    readable = {record.id for record in documents if record.is_readable}
    return bool(readable) and readable <= sample


def answerable_here(
    asked: Mapping[str, Sequence[BenchmarkQuestion]],
    documents: Sequence[DocumentRecord],
    find: Callable[[str], str | None],
    *,
    ships: bool,
) -> tuple[dict[str, list[BenchmarkQuestion]], tuple[str, ...]]:
    """The questions of each suite without those about documents that are not there, and a line about the latter.

    A question that names no document is kept: nobody knows what it is about.

    Args:
        find: the id of the document of a file name; None where there is none.
        ships: the questions are those that ship with ragft.

    Raises:
        UsageError: a suite has no question left that the documents can answer, or the questions that ship are asked
            of other documents than the sample papers.
    """
    sample = sample_documents() if ships else {}

    def is_there(name: str) -> bool:
        found = find(name)
        return found is not None and sample.get(name, found) == found

    kept: dict[str, list[BenchmarkQuestion]] = {}
    missing: dict[str, None] = {}
    left_out = 0
    for suite, questions in asked.items():
        about = [question for question in questions if question.documents]
        gone = [question for question in about if not any(map(is_there, question.documents))]
        if about and len(gone) == len(about):
            raise UsageError(
                f"none of the {len(about)} questions of {suite} is about a document of this index", fix=_FIX
            )
        of_sample = any(name in sample for question in about for name in question.documents)
        if of_sample and not is_sample(documents):
            raise UsageError(
                f"the questions of {suite} are about the sample papers alone, and this index holds others", fix=_FIX
            )
        missing |= dict.fromkeys(name for question in gone for name in question.documents)
        left_out = max(left_out, len(gone))
        kept[suite] = [question for question in questions if question not in gone]
    return kept, (_left_out(left_out, list(missing)),) if missing else ()


def _left_out(count: int, names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    questions = "question is" if count == 1 else "questions are"
    return f"{count} {questions} left out: the index lacks what they are about ({', '.join(names[:_NAMED])}{more})"
