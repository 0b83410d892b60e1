"""Sentences with one thing changed by code, so that their source no longer says them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragft.answer.checking.claim_names import is_named_in, names_in
from ragft.answer.checking.terms import quantities

OPPOSITES = (("more", "less"), ("larger", "smaller"), ("higher", "lower"), ("before", "after"), ("first", "last"))
_NUMBER = re.compile(r"(?<![\w.-])\d[\d,.]*\d(?![\w-])|(?<![\w.-])\d(?![\w.-])")
_VERB = re.compile(r"\b(is|are|was|were|can|does|do|has|have|must|should)\b(?! not)")


def changed(
    sentence: str, evidence: str, opposites: tuple[tuple[str, str], ...] = OPPOSITES
) -> Iterator[tuple[str, str]]:
    """The kind of each change that applies, and the sentence with it; numbers and names come from `evidence`."""
    for match in _NUMBER.finditer(sentence):
        others = [o for o in _NUMBER.findall(evidence) if not quantities(o) <= quantities(sentence)]
        if others:
            yield "number", sentence[: match.start()] + others[0] + sentence[match.end() :]
            break
    for name in names_in(sentence):
        other = next((o for o in names_in(evidence) if not is_named_in(o, sentence) and o.isalpha()), "")
        if other:
            yield "name", re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", other, sentence)
            break
    if " not " in sentence:
        yield "negation", sentence.replace(" not ", " ", 1)
    elif verb := _VERB.search(sentence):
        yield "negation", f"{sentence[: verb.end()]} not{sentence[verb.end() :]}"
    for one, other in (*opposites, *((b, a) for a, b in opposites)):
        if re.search(rf"\b{one}\b", sentence):
            yield "opposite", re.sub(rf"\b{one}\b", other, sentence, count=1)
            break
