"""What an answer says in the model's own words."""

from __future__ import annotations

from ragft.answer.base import Answer
from ragft.answer.shown.marks import without_marks
from ragft.answer.written.citation_keys import strip_keys


def plain_answer(answer: Answer) -> str:
    """The answer in the model's words: without citation keys and the marks of the check; nothing for a refusal.

    What ragft says in a refusal (the title of the nearest document, for one) holds keywords now and then, and would
    score as if the model had known them.
    """
    if answer.refused:
        return ""
    return without_marks(strip_keys(answer.answer)[0]).strip()
