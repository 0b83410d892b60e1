"""Questions and answers that a capable model writes from a passage, in the passage's own language.

One structured call returns several pairs. All requests begin with the same text, so that a server with a prompt cache
(Ollama) reads only the passage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ragft.answer.checking.support import coverage
from ragft.answer.checking.terms import content_terms
from ragft.corpus.base import Chunk
from ragft.corpus.languages import language_in
from ragft.corpus.words import count_words
from ragft.engine.base import ChatRequest, Message, Options
from ragft.tasks.papers.natural.ideas import Idea
from ragft.tasks.papers.natural.topics import sentences_of

PAIRS = 3
"""Pairs of one call; each pair costs about fifty generated tokens."""
LEAST_SENTENCES = 2
"""Least complete sentences of a passage that is worth a call."""
GIVEN_AWAY = 0.8
"""A question with this share of the answer's words gives the answer away."""
_SYSTEM = "You write questions that people ask, and answer them from a text."
_TASK = (
    f"Write {PAIRS} questions that somebody would ask who has not seen the text below, each of another kind: what "
    "something is and how it works, why, how much, which, how two things differ, yes or no. Name the thing that is "
    "asked about. Never mention the text, the paper or its authors. Answer each question in one to four whole "
    "sentences from the text alone, with its numbers and names. Write in the language of the text."
)
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "pairs": {
            "type": "array",
            "minItems": 1,
            "maxItems": PAIRS,
            "items": {
                "type": "object",
                "properties": {"question": {"type": "string"}, "answer": {"type": "string"}},
                "required": ["question", "answer"],
            },
        }
    },
    "required": ["pairs"],
}
_POINTING = re.compile(
    r"\b(?:the|this|that|given|provided) (?:text|passage|paper|article|authors?|study|document|excerpt|section|table)\b"
    r"|\baccording to\b|\b(?:mentioned|described|discussed) (?:in|by)\b"
    r"|\b(?:dies\w*|de[mrn]|das) (?:text|abschnitt|artikel|papier)\w*"
    r"|\b(?:le|ce|cet) (?:texte|passage|article)\b|\b(?:el|este) (?:texto|pasaje|artículo)\b"
    r"|본문|이 글|이 논문|저자|本文|这段|文中|作者|この文章|著者|テキスト",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WrittenPair:
    """A question with the answer that the model gave to it."""

    idea: Idea
    answer: str


def passages(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks that are worth a call: with complete sentences on their subject."""
    found = [sentence.chunk.id for sentence in sentences_of(chunks)]
    return [chunk for chunk in chunks if found.count(chunk.id) >= LEAST_SENTENCES]


def pairs_request(model: str, chunk: Chunk, *, seed: int, num_ctx: int) -> ChatRequest:
    """The request whose reply holds pairs on `chunk`."""
    text = " ".join(chunk.text.split())
    return ChatRequest(
        model,
        (Message("system", _SYSTEM), Message("user", f"{_TASK}\n\nText, from “{chunk.title}”:\n{text}")),
        options=Options(temperature=0.0, seed=seed, num_ctx=num_ctx, num_predict=160 * PAIRS),
        format=_SCHEMA,
        think=False,
    )


def pairs_in(reply: str, chunk: Chunk) -> Iterator[WrittenPair]:
    """The pairs of a reply whose question can be asked without the passage; none if the reply is not valid JSON."""
    try:
        value = json.loads(reply)
    except ValueError:
        return
    found = value.get("pairs") if isinstance(value, dict) else None
    for pair in found if isinstance(found, list) else ():
        question, answer = (
            " ".join(str(pair.get(name, "")).split()) if isinstance(pair, dict) else ""
            for name in ("question", "answer")
        )
        if answer and question_fault(question, answer, chunk.text) is None:
            language = language_in(chunk.text)
            idea = Idea(question, "written", "grounded", language, chunk.document_id, chunk_ids=(chunk.id,))
            yield WrittenPair(idea, answer)


def question_fault(question: str, answer: str, passage: str) -> str | None:
    """Why `question` is not one that a person would ask; None if it is."""
    if not question.endswith(("?", "？", ".", "。")) or not 3 <= count_words(question) <= 40:
        return "malformed"
    if _POINTING.search(question):
        return "points_at_the_text"
    if language_in(question) != language_in(passage):
        return "other_language"
    if not set(content_terms(question)) & set(content_terms(passage)):
        return "unnamed_subject"
    return "gives_answer_away" if coverage(answer, question) >= GIVEN_AWAY else None
