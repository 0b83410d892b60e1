"""Numbers the sources in the order of their use: [1] is the first in the answer; keys of the prompt are dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ragft.answer.base import Answer

_KEY = re.compile(r"\[(\d+)\]")


def source_numbers(answer: Answer) -> dict[str, str]:
    """The number of each evidence key: in order of use in the text, then what is cited, then the rest, best first."""
    known = [item.key for item in answer.evidence]
    used = [key for key in _KEY.findall(answer.answer) if key in known]
    return _numbered([*used, *(citation.key for citation in answer.citations), *known])


def numbered(answer: Answer) -> Answer:
    """`answer` with numbers in place of keys, in its text, sentences, citations and evidence, the used ones first.

    What was judged or retrieved and is not in the answer keeps its keys.
    """
    numbers = source_numbers(answer)
    evidence = [replace(item, key=numbers[item.key]) for item in answer.evidence]
    return replace(
        answer,
        answer=with_numbers(answer.answer, numbers),
        citations=tuple(replace(citation, key=numbers[citation.key]) for citation in answer.citations),
        sentences=tuple(
            replace(sentence, keys=tuple(numbers.get(key, key) for key in sentence.keys))
            for sentence in answer.sentences
        ),
        evidence=tuple(sorted(evidence, key=lambda item: int(item.key))),
    )


def numbered_draft(text: str) -> str:
    """The part of an answer that has been written so far, its sources in order of use."""
    return with_numbers(text, _numbered(_KEY.findall(text)))


def with_numbers(text: str, numbers: Mapping[str, str]) -> str:
    """`text` with [number] in place of each [key]."""
    return _KEY.sub(lambda match: f"[{numbers.get(match[1], match[1])}]", text)


def _numbered(keys: Iterable[str]) -> dict[str, str]:
    return {key: str(number) for number, key in enumerate(dict.fromkeys(keys), start=1)}
