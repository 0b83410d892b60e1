"""Frames of questions by language and form, filled with the terms of the documents.

    fill_frame("what_how", "en", Random(0), term="LoRA")   ->  "What is LoRA and how does it work?"
    misspelt("What is gradient checkpointing?", Random(0))  ->  "what is gradeint checkpointing"

The frames are in `frames.json`. They need no model and fit any term.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

Form = Literal[
    "what", "what_how", "how", "does", "found", "topic", "numbers", "which", "why", "keywords", "compare", "both",
    "two", "more", "more_how", "missing", "fact", "yes_no", "false_premise", "written",
]  # fmt: skip
"""The form of a question. All except the last four have frames; those four are made from one sentence, or written by a
model.
"""
_SINGULAR = {"be": "is", "do": "does", "it": "it", "works": "works"}
_PLURAL = {"be": "are", "do": "do", "it": "they", "works": "work"}
_PLURAL_ACRONYM = re.compile(r"[A-Z][\w-]*[A-Z]s")
_LONG_WORD = re.compile(r"[^\W\d_]{6,}")


@cache
def load_frames() -> dict[str, dict[str, list[str]]]:
    """All frames by language and form."""
    found: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_name("frames.json").read_text("utf-8"))
    return found


def is_spoken(language: str) -> bool:
    """Whether there are frames in `language`."""
    return language in load_frames()


def fill_frame(form: Form, language: str, random: Random, **terms: str) -> str:
    """A random frame of this form, filled with `terms`: term, other, a and b, as the form needs them; for "which" and
    "why" the parts of a sentence (`ragft.tasks.papers.natural.asked_parts`).

    `the` is the term as the subject of a sentence, if that form differs from `term`.
    """
    terms.setdefault("the", terms.get("term", ""))
    frame = random.choice(load_frames()[language][form])
    first = terms.get("term") or terms.get("a", "")
    grammar = (_PLURAL if _is_plural(first) else _SINGULAR) if language == "en" else {}
    made = frame.format(**terms, **grammar)
    return made[0].upper() + made[1:] if form != "keywords" and made[0] == made[0].lower() else made


def _is_plural(term: str) -> bool:
    last = term.rpartition(" ")[2]
    if is_plural_acronym(last):
        return True
    return last.endswith("s") and last[:1].islower() and not last.endswith(("ss", "sis", "us", "ics"))


def is_plural_acronym(word: str) -> bool:
    """Whether `word` is a short form with a plural ending: LLMs, LoRAs."""
    return _PLURAL_ACRONYM.fullmatch(word) is not None


def misspelt(question: str, random: Random) -> str:
    """`question` with a typical typing error: two letters of a long word swapped, without capitals and punctuation.

    Names are not changed, or the question would be ambiguous.
    """
    typed = question.rstrip("?.？。 ")
    typed = typed[0].lower() + typed[1:] if typed[1:2].islower() else typed
    words = [match for match in _LONG_WORD.finditer(typed) if match[0].islower()]
    if not words:
        return typed
    word = random.choice(words)
    place = random.randint(word.start() + 1, word.end() - 3)
    return f"{typed[:place]}{typed[place + 1]}{typed[place]}{typed[place + 2 :]}"
