"""A follow-up question, put by a capable model so that it can be searched by itself.

    rewriter = FollowUpRewriter(engine, model, able=True)
    rewriter.rewrite("and its memory?", history, options)    ->  "How much memory does QLoRA need?"

The model is asked once and briefly. What it writes is only searched with, and shown to the reader; where it cannot be
used, `ragft.answer.prompts.rewrite.standalone` puts the words of the question before behind the follow-up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragft.answer.base import Turn
from ragft.answer.checking.terms import content_terms
from ragft.answer.escape import as_question
from ragft.answer.prompts.brief_requests import brief_reply, first_line, folded_names
from ragft.answer.prompts.rewrite import referred_to
from ragft.answer.shown.marks import without_marks
from ragft.answer.written.citation_keys import strip_keys
from ragft.corpus.text import one_line
from ragft.engine.base import Engine, Message, Options

SHOWN_OF_ANSWER = 300
"""Characters of an earlier answer that the model sees: what "they" are is mostly said in its beginning."""
KEPT = 0.5
"""Least share of the follow-up's own words that a rewritten question has."""
_SYSTEM = "You rewrite follow-up questions."
_ORDER = (
    "Rewrite the last question so that it can be understood without the conversation: put what it refers to in place "
    "of words like “it” and “they”. Keep names and numbers as they are. Do not answer it. Write only the question, on "
    "one line."
)
_EXAMPLES = (
    (
        (Turn("How does Word2Vec learn its vectors?", "It predicts the words around a word."),),
        "and how fast is it?",
        "How fast does Word2Vec learn its vectors?",
    ),
    (
        (Turn("What accuracy does VGG-16 reach on ImageNet?", "It reaches 71.5 %."),),
        "And AlexNet?",
        "What accuracy does AlexNet reach on ImageNet?",
    ),
)
_LABEL = re.compile(r"^\W*(?:(?:the )?(?:rewritten|last|standalone|new)? ?question(?: is)?)\s*[:：]\s*", re.IGNORECASE)


@dataclass(frozen=True)
class FollowUpRewriter:
    """Asks `model`, if it is `able`."""

    engine: Engine
    model: str
    able: bool = False

    def rewrite(self, question: str, history: Sequence[Turn], options: Options) -> str | None:
        """`question`, which refers back to `history`, as one that stands alone; None where the model is not able to."""
        if not self.able or not history:
            return None
        turns = [Message("system", _SYSTEM)]
        for earlier, example, rewritten in _EXAMPLES:
            turns += [Message("user", _asked(example, earlier)), Message("assistant", rewritten)]
        shown = referred_to(history)
        turns.append(Message("user", _asked(question, shown)))
        return as_standalone(question, shown, brief_reply(self.engine, self.model, turns, options))


def as_standalone(question: str, history: Sequence[Turn], reply: str) -> str | None:
    """The question in a model's `reply`; None if it cannot be used.

    It must keep the names and numbers of `question` and half of its other words, take something from `history`, and
    bring no name that is in neither.
    """
    text = first_line(reply, _LABEL)
    said = " ".join(f"{turn.question} {turn.answer}" for turn in history)
    own, earlier, new = (set(content_terms(one)) for one in (question, said, text))
    keeps = _has_all(text, folded_names(question)) and len(own & new) >= KEPT * len(own)
    invents = not _has_all(f"{question} {said}", folded_names(text))
    return text if text and keeps and (new - own) & earlier and not invents else None


def _has_all(text: str, names: Sequence[str]) -> bool:
    return set(names) <= set(re.findall(r"\w+", text.casefold()))


def _asked(question: str, history: Sequence[Turn]) -> str:
    lines = []
    for turn in history:
        lines.append(f"Q: {one_line(as_question(turn.question))}")
        answer = "" if turn.refused else one_line(without_marks(strip_keys(turn.answer)[0]))
        if answer:
            lines.append(f"A: {as_question(answer[:SHOWN_OF_ANSWER])}")
    return f"{_ORDER}\n\nConversation:\n" + "\n".join(lines) + f"\nLast question: {one_line(as_question(question))}"
