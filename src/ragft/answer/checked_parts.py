"""The part of an answer that is already checked while the model still writes the rest."""

from __future__ import annotations

import re
from collections.abc import Callable

from ragft.answer.checker import Checked, clean
from ragft.answer.checking.support import sentence_spans
from ragft.answer.shown.numbering import numbered_draft
from ragft.answer.written.citation_keys import strip_keys, without_torn_key
from ragft.answer.written.degenerate import repeats_sentence
from ragft.answer.written.recital import Recital

_WORD = re.compile(r"\w\W*\s")
_KEYS = re.compile(r"\s*(?:\[[^\]\n]*\]\s*)+")


class CheckedParts:
    """Hands out whole sentences of an answer as soon as nothing that follows can change them.

    The text up to the last whole sentence goes through the same check as the answer will. It leaves where its last
    sentence is supported, for how an unsupported one is shown can depend on the next, and where `is_final` says so.
    Nothing leaves from where a sentence comes again, or from where a source is copied with its key: that may become a
    loop, or a copy of all sources, which are left out.
    `settled` is the part of the model's text that has left.
    """

    def __init__(self, check: Callable[[str], Checked], is_final: Callable[[Checked], bool], recital: Recital) -> None:
        self._check = check
        self._is_final = is_final
        self._recital = recital
        self.settled = ""
        self._cut = 0
        self._left = ""

    def feed(self, raw: str) -> str:
        """What leaves now that the model has written `raw`: mostly nothing."""
        cut = _whole_sentences(raw)
        if cut <= self._cut:
            return ""
        if without_torn_key(raw[:cut]) != raw[:cut] or not _same_sentences(raw, cut) or repeats_sentence(raw[:cut]):
            return ""
        if self._recital.may_begin(raw[:cut]):
            return ""
        self._cut = cut
        checked = self._check(raw[:cut])
        if not (checked.sentences and checked.sentences[-1].supported and self._is_final(checked)):
            return ""
        text = numbered_draft(checked.text)
        if not text.startswith(self._left):
            return ""
        self.settled = raw[:cut]
        left, self._left = text[len(self._left) :], text
        return left


def with_beginning(beginning: Checked, whole: Checked, *, alone: bool) -> Checked:
    """The `whole` answer; where it has lost its `beginning`, which a reader may have seen, or that is to stand `alone`,
    the beginning."""
    return beginning if alone or not whole.text.startswith(beginning.text) else whole


def last_sentence_start(text: str) -> int:
    """Where the sentence that is being written begins, behind the keys of the one before it; 0 in the first one."""
    spans = sentence_spans(text)
    if len(spans) < 2:
        return 0
    keys = _KEYS.match(text, spans[-2][1])
    return keys.end() if keys else spans[-1][0]


def _whole_sentences(raw: str) -> int:
    """Where the sentence that is being written begins; 0 before its first word is whole."""
    start = last_sentence_start(raw)
    return start if _WORD.search(raw, start) else 0


def _same_sentences(raw: str, cut: int) -> bool:
    """Whether the sentences before `cut` are the same with what follows as without: a small letter goes on."""
    before, now = (sentence_spans(strip_keys(clean(text))[0]) for text in (raw[:cut], raw))
    return before == now[: len(before)] and len(before) < len(now)
