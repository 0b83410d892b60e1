"""A reply that goes through the sources of the prompt, one line after the other, in place of an answer.

    recital = Recital(evidence)
    recital.kept("[1] QLoRA needs …\\n[2] NormalFloat stores …\\n[3] Paged optimisers …")  ->  "[1] QLoRA needs …\\n"

A model that knows no answer, or no end, writes down what it was shown, with the keys in front as in the prompt. The
first source may answer the question. Those that follow are next on the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ragft.answer.base import Evidence
from ragft.answer.escape import as_data
from ragft.corpus.fold import letters_and_digits

COPIED = 80
"""Letters and digits: a line that begins with so many that stand in its source is a copy of it."""
LEAST_LINES = 3
"""Lines in a row that copy one source after the other: an answer may quote two."""
_LINE = re.compile(r"^(?:\[(\d{1,4})\][ \t]*(?:\([^()\n]*\))?)?(.*)$", re.MULTILINE)
"""A line; one as the prompt has it begins with the key, then title and page in round brackets."""


class Recital:
    """Looks for the sources of one prompt in what a model writes."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        self._sources = {item.key: letters_and_digits(as_data(item.shown)) for item in evidence}

    def is_certain(self, text: str) -> bool:
        """Whether `text` goes through the sources, so that the model can be stopped."""
        return len(self._lines(text)) >= LEAST_LINES

    def may_begin(self, text: str) -> bool:
        """Whether what follows `text` can make it such a reply: then not all of it stands yet."""
        return len(self._lines(text, unfinished=True)) >= LEAST_LINES - 1

    def kept(self, text: str) -> str:
        """`text` up to the second source; all of it where it does not go through them."""
        lines = self._lines(text)
        return text[: lines[1]] if len(lines) >= LEAST_LINES else text

    def _lines(self, text: str, *, unfinished: bool = False) -> list[int]:
        """Where the first lines begin that copy sources in the order of the prompt; most often none.

        `unfinished`: the last line may be one of them although little of it is written.
        """
        found: list[int] = []
        last = 0
        for line in _LINE.finditer(text):
            if not line.group().strip():
                continue
            begins = letters_and_digits(line[2])[:COPIED]
            whole = len(begins) == COPIED or (unfinished and line.end() == len(text))
            if line[1] not in self._sources or not whole or begins not in self._sources[line[1]]:
                found = []
                continue
            found = [*(found if int(line[1]) == last + 1 else []), line.start()]
            last = int(line[1])
            if len(found) == LEAST_LINES:
                break
        return found
