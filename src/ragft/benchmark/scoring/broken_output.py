"""Broken output: damage by tuning that no quality metric measures.

An earlier experiment, which tuned a model on ten examples for three epochs, met most of these: loops, nothing at all,
answers that ran into the token limit, a lost or leaked think block, and answers in another language.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter

from ragft.answer.written.degenerate import fault
from ragft.benchmark.base import Recorded
from ragft.json_lines import without_surrogates

DRIFT = 0.3
"""An answer of which this share of letters is in a script that the question does not use has drifted."""
DRIFT_LETTERS = 20
"""Fewer letters say nothing about a language: a formula or a name may be Greek."""

COMPRESSIBLE = 100
"""Bytes from which on the compression ratio of an answer says something."""
FAULTS = ("empty", "loop", "template_token", "think_block", "cut_off", "language_drift", "retried")


def broken(recorded: Recorded, question: str) -> str:
    """The fault of what the model wrote, one of `FAULTS`, or "" where there is none.

    "retried": the assistant threw a broken answer away and asked again. A refusal given without asking the model is
    not the model's fault and never broken.
    """
    answer, cost = recorded.answer, recorded.cost
    if answer.refused and not answer.raw and not cost.generated_tokens:
        return ""
    text = answer.raw or answer.answer
    found = fault(text, cost.done_reason or "stop") or ("language_drift" if drifted(text, question) else "")
    return found or ("retried" if answer.metrics.retries else "")


def compression(text: str) -> float | None:
    """Bytes of the text for each byte that zlib needs: prose of some sentences has 1.2 to 2, a loop many times that.

    None for a text of fewer than `COMPRESSIBLE` bytes, of which zlib's own bytes are too large a part.
    """
    data = without_surrogates(text.strip()).encode()
    return len(data) / len(zlib.compress(data, 9)) if len(data) >= COMPRESSIBLE else None


def drifted(text: str, question: str) -> bool:
    """Whether `text` is to a good part in a script that `question` does not use."""
    expected = set(_scripts(question))
    found = _scripts(text)
    total = found.total()
    foreign = sum(count for script, count in found.items() if script not in expected)
    return bool(expected) and total >= DRIFT_LETTERS and foreign / total >= DRIFT


def _scripts(text: str) -> Counter[str]:
    """Letters by script; the first word of a character's Unicode name is its script's ("LATIN", "CJK", "HANGUL")."""
    return Counter(unicodedata.name(c, "UNKNOWN").split(maxsplit=1)[0] for c in text if c.isalpha())
