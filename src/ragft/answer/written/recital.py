"""A reply that goes through the sources of the prompt, one line after the other, in place of an answer.

    recital = Recital(evidence)
    recital.is_certain("[1] QLoRA needs …\\n[2] NormalFloat stores …\\n[3] Paged optimisers …")  ->  True

A model that knows no answer, or no end, writes down what it was shown, with the keys in front as in the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest

from ragft.answer.base import Evidence
from ragft.answer.escape import as_data
from ragft.answer.written.degenerate import LOOP_CHECK_CHARACTERS, without_thinking
from ragft.corpus.fold import letters_and_digits

COPIED = 80
"""Letters and digits: what begins with so many that are in its source is a copy of it."""
LEAST_SOURCES = 3
"""Sources that are copied one after the other: an answer may quote two."""
_KEY = re.compile(
    r"^[ \t]{0,4}(?:[-*•]|\d{1,2}[.)])?[ \t]{0,4}(?:\*\*)?\[(\d{1,4})\](?:\*\*)?:?[ \t]{0,4}"
    r"(?:\((?:[^()\n]|\([^()\n]*\))*\))?",
    re.MULTILINE,
)
"""What stands before a source, nearly as the prompt has it: the key, title and page in round brackets."""


class Recital:
    """Looks for the sources of one prompt in what a model writes."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        self._sources = {item.key: letters_and_digits(as_data(item.shown)) for item in evidence}

    def is_certain(self, text: str) -> bool:
        """Whether `text` goes through the sources, so that the model can be stopped."""
        return len(self._starts(without_thinking(text))) >= LEAST_SOURCES

    def may_begin(self, text: str) -> bool:
        """Whether what follows `text` can make it such a reply: then not all of it stands yet."""
        return bool(self._starts(without_thinking(text), unfinished=True))

    def before(self, text: str) -> str:
        """What `text` says before the first source; all of it where it does not go through them."""
        plain = without_thinking(text)
        starts = self._starts(plain)
        return plain[: starts[0]] if len(starts) >= LEAST_SOURCES else text

    def _starts(self, text: str, *, unfinished: bool = False) -> list[int]:
        """Where the copies of sources in the order of the prompt begin; most often there are none.

        `unfinished`: the last one may be a copy although little of it is written.
        """
        found: list[int] = []
        last = 0
        keys = list(_KEY.finditer(text))
        for key, after in zip_longest(keys, keys[1:]):
            end = after.start() if after else len(text)
            copy, source = text[key.end() : end], self._sources.get(key[1], "")
            begins = letters_and_digits(copy)[:COPIED]
            whole = len(begins) == COPIED or (unfinished and after is None)
            if not (source and whole and begins in source):
                found = []
                continue
            found = [*(found if int(key[1]) > last else []), key.start()]
            if len(found) == LEAST_SOURCES:
                break
            last = int(key[1])
            if not all(letters_and_digits(line) in source for line in copy.split("\n")):
                found = []  # it says something of its own behind the source
        return found


class RecitalWatch:
    """Watches a text as it is streamed for the moment from which it goes through the sources."""

    def __init__(self, recital: Recital) -> None:
        self._recital = recital
        self._text = ""
        self._unseen = 0

    def feed(self, text: str) -> bool:
        """Whether the text, `text` included, goes through the sources. It is looked at every so many characters."""
        self._text += text
        self._unseen += len(text)
        if self._unseen <= LOOP_CHECK_CHARACTERS:
            return False
        self._unseen = 0
        return self._recital.is_certain(self._text)
