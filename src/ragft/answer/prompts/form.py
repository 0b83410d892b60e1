"""How a model is asked, by its size: one instruction for small models, longer ones for capable models.

form_of(model.parameter_size, style="auto", question="List the data sets of DPR.")
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ragft.index.search.question import compares

REFUSAL = "The documents do not answer this question."
"""What a model says, by instruction and by training, when the evidence does not hold the answer."""
INSTRUCTION = (
    "Answer in one to five sentences of plain prose from these sources and put the key of the source, like [1], "
    f"after each sentence. If they do not answer it, say: {REFUSAL}"
)
CAPABLE = 1_000_000_000
"""Weights from which on a model follows the longer instructions: a 135M and a 0.5B model answer with parts of them."""

TOLD_TO_REFUSE = 4_000_000_000
"""Weights from which on a capable model is told what to say if the sources do not answer. Smaller ones would say it
even if the sources answer (docs/engines.md); the check judges what they answer instead."""

Style = Literal["brief", "full", "list", "table"]
"""Length and form of an answer."""


@dataclass(frozen=True)
class Form:
    """How a model is asked: its instruction, and whether it is `capable`: then each source is shown with title, section
    and page, and there is more evidence and more room for the answer (`answer.capable_…` in the settings)."""

    instruction: str
    capable: bool = False


BRIEF = Form(INSTRUCTION)
"""For small models, and for all that ragft trained: the form of every training row."""
UNTOLD = Form(INSTRUCTION.removesuffix(f" If they do not answer it, say: {REFUSAL}"))
"""For small models that were found to answer better if they are not told how to refuse."""

_FULL = (
    "Answer the question from these sources, in the language of the question: as briefly as it allows, as completely "
    "as it asks. State only what the sources say, and put the key of the source, like [1], after each sentence. Where "
    "they answer only a part, answer that part and say what is missing."
)
_SHAPES: dict[Style, str] = {
    "brief": "Write one or two sentences of plain prose.",
    "full": "Write plain prose.",
    "list": "Write a list, one point a line that begins with “- ”, each with its key.",
    "table": "Write a Markdown table, each row with its key.",
}
_OF_EACH = " Say it first of each that is compared, from its own sources, then what differs."
"""Beside the shape where the question compares."""


def capable_form(style: Style, *, instructed_to_refuse: bool = True, of_each: bool = False) -> Form:
    """The form for a model that follows longer instructions; `of_each`: for each thing that is compared."""
    refusal = f" If they answer nothing of it, say only: {REFUSAL}" if instructed_to_refuse else ""
    return Form(f"{_FULL} {_SHAPES[style]}{_OF_EACH if of_each else ''}{refusal}", capable=True)


@dataclass(frozen=True)
class OwnWord:
    """What a model's own word counts for: it is `told` how to refuse, and its refusal is `trusted`, so that no source
    is quoted in its place. By its size, or as `ragft calibrate --refusals` measured it.
    """

    told: bool
    trusted: bool


def own_word_of(weights: int) -> OwnWord:
    """What holds for a model of so many `weights` (0: not known, treated as a small one) that was not measured."""
    return OwnWord(told=not CAPABLE <= weights < TOLD_TO_REFUSE, trusted=weights >= CAPABLE)


def form_of(weights: int, *, style: Style | Literal["auto"], question: str, told: bool | None = None) -> Form:
    """The form for a model of so many `weights` (0: not known, treated as a small one).

    A style that was asked for holds for every model; "auto" gives small models the brief form of the training rows,
    and follows the question for capable ones. What compares is said of each, unless it is to be brief. The model is
    `told` how to refuse; None: by its size.
    """
    told = own_word_of(weights).told if told is None else told
    chosen = style_of(question) if style == "auto" else style
    if weights < CAPABLE and style in ("auto", "brief"):
        return BRIEF if told else UNTOLD
    return capable_form(
        chosen,
        instructed_to_refuse=told,
        of_each=chosen != "brief" and weights >= CAPABLE and compares(question, ()),
    )


_TABLE = re.compile(r"\b(?:as|in|into|make) an? table\b|\btabulate\b", re.IGNORECASE)
_LIST = re.compile(
    r"^\s*(?:please\s+)?(?:list|enumerate|name (?:all|the|some))\b|\bas (?:a list|bullet points)\b", re.IGNORECASE
)
_SHORT = re.compile(
    r"^\s*(?:who|when|where|how (?:many|much|large|long|old|big)|what year|in what year|which year|"
    r"is|are|was|were|do|does|did|can|could|has|have|will|should)\b",
    re.IGNORECASE,
)


def style_of(question: str) -> Style:
    """The form of answer that the words of `question` call for."""
    if _TABLE.search(question):
        return "table"
    if _LIST.search(question):
        return "list"
    return "brief" if _SHORT.search(question) else "full"
