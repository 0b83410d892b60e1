"""Sentences with one thing changed by code, so that their source no longer says them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragft.answer.checking.claim_names import is_named_in, names_in
from ragft.answer.checking.terms import quantities

OPPOSITES = (("more", "less"), ("larger", "smaller"), ("higher", "lower"), ("before", "after"), ("first", "last"))
_NUMBER = re.compile(r"(?<![\w.-])\d[\d,.]*\d(?![\w-])|(?<![\w.-])\d(?![\w.-])")
_NOT = re.compile(r"(?<!\bor) not (?!only\b)")
_VERB = re.compile(r"\b(is|are|was|were|can|does|do|has|have|must|should)\b(?! not)")


_BOTH = re.compile(r" (?:and|or|with|between|both) |[,/&(]")


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
    if denied := _NOT.search(sentence):
        yield "negation", f"{sentence[: denied.start()]} {sentence[denied.end() :]}"
    elif verb := _VERB.search(sentence):
        yield "negation", f"{sentence[: verb.end()]} not{sentence[verb.end() :]}"
    for one, other in (*opposites, *((b, a) for a, b in opposites)):
        if re.search(rf"\b{one}\b", sentence):
            yield "opposite", re.sub(rf"\b{one}\b", other, sentence, count=1)
            break


def names_exchanged(sentence: str) -> Iterator[tuple[str, str]]:
    """The sentence with its only two names in each other's place; nothing where both may be said of both."""
    names = names_in(sentence)
    if len(names) == 2 and not _BOTH.search(sentence):
        places = dict(zip(names, reversed(names), strict=True))
        pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in names))
        yield "roles", pattern.sub(lambda match: places[match.group()], sentence)
