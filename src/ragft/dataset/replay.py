"""Replay: general instructions answered by the base model itself.

Trained on beside the papers' rows, they hold the model to what it did before. That only works with answers *sampled*:
its likeliest answers pull towards themselves, and sharpen the model until it predicts ordinary text worse
(docs/experiments/recipes.md). Of a small model's samples most are no good, so they are drawn without the unlikeliest
words and filtered: only whole, fluent answers on the point are worth holding a model to. The instructions are ours;
tasks times topics give some thousands of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from ragft.answer.checking.terms import content_terms
from ragft.answer.written.degenerate import is_loop
from ragft.corpus.stopwords import ENGLISH
from ragft.corpus.words import words
from ragft.dataset.base import Row
from ragft.dataset.store import row_id
from ragft.engine.base import ChatRequest, Message, Options

_TASKS = (
    "Explain {topic} to a child in two sentences.",
    "Name three facts about {topic}.",
    "Write one sentence about {topic}.",
    "What is {topic}? Answer in two sentences.",
    "Why does {topic} matter? Answer briefly.",
    "Give one practical tip about {topic}.",
    "Write a short title for an article about {topic}.",
    "What would a beginner ask first about {topic}?",
    "Compare {topic} with {other} in two sentences.",
    "Write a two-line poem about {topic}.",
    "Complete this sentence: The best thing about {topic} is",
    "Write a polite one-sentence reply to a friend who asks about {topic}.",
    "List two advantages and one drawback of {topic}.",
    "What is a common mistake with {topic}? Answer in one sentence.",
    "Write a short definition of {topic}.",
    "Describe {topic} in ten words.",
)
_TOPICS = (
    "bread", "bicycles", "the moon", "gardening", "chess", "tea", "rain", "trains", "bees", "maps", "music", "swimming",
    "volcanoes", "clocks", "cats", "libraries", "bridges", "cheese", "photography", "rivers", "computers", "winter",
    "elections", "glass", "running", "paper", "dreams", "honesty", "mathematics", "markets", "cooking rice", "stars",
    "friendship", "soap", "forests", "electricity", "football", "painting", "weather forecasts", "museums", "salt",
    "sleep", "ships", "spreadsheets", "languages", "birds", "insurance", "earthquakes", "pencils", "the printing press",
)  # fmt: skip
_OF_TASKS = frozenset(term for task in _TASKS for term in content_terms(task.format(topic="", other="")))
"""Words of the tasks themselves."""
_SUMS = ("What is {a} plus {b}?", "What is {a} minus {b}?", "Which is larger, {a} or {b}?")
_ODD = re.compile(r"[a-z][A-Z]|[^\W\d_]\d{3,}|https?:|[#{}|<>\\]|\b[A-Z]{6,}\b")
_LONGEST_WORD = 18
_LEAST_GRAMMAR, _MOST_GRAMMAR = 0.2, 0.7
"""Share of words of grammar in fluent English."""


def instructions(seed: int) -> list[str]:
    """Every instruction, in the order of `seed`."""
    random = Random(f"replay:{seed}")  # noqa: S311  a choice of examples, no secret
    made = []
    for task in _TASKS:
        for place, topic in enumerate(_TOPICS):
            made.append(task.format(topic=topic, other=_TOPICS[(place + 7) % len(_TOPICS)]))
    for form in _SUMS:
        made += [form.format(a=a, b=b) for a, b in ((random.randint(20, 99), random.randint(2, 19)) for _ in range(20))]
    random.shuffle(made)
    return made


def replay_request(model: str, instruction: str, *, seed: int) -> ChatRequest:
    """The request that has the base answer `instruction`: a sample, without the unlikeliest words."""
    options = Options(temperature=0.8, top_k=0, top_p=0.95, seed=seed, num_predict=160)
    return ChatRequest(model, (Message("user", instruction),), options, think=False)


def replay_fault(instruction: str, reply: str) -> str:
    """Why an answer is not worth holding a model to: cut_off, loop, off_the_point or not_fluent; "" where it is."""
    answer = reply.strip()
    if len(answer) < 8 or answer[-1] not in ".!?\"'”)":
        return "cut_off"
    if is_loop(answer):
        return "loop"
    asked = set(content_terms(instruction)) - _OF_TASKS
    if asked and not asked & set(content_terms(answer)):
        return "off_the_point"
    found = words(answer)
    grammar = sum(word in ENGLISH for word in found) / max(1, len(found))
    odd = _ODD.search(answer) or any(len(word) > _LONGEST_WORD for word in found)
    return "not_fluent" if odd or (len(found) >= 8 and not _LEAST_GRAMMAR <= grammar <= _MOST_GRAMMAR) else ""


def replay_row(instruction: str, reply: str, *, generator: str, seed: int) -> Row | None:
    """The row; None where `replay_fault` finds something."""
    answer = reply.strip()
    if replay_fault(instruction, reply):
        return None
    row = Row(
        prompt=({"role": "user", "content": instruction},),
        completion=({"role": "assistant", "content": answer},),
        kind="replay",
        generator=generator,
        seed=seed,
        chat_template_kwargs={"enable_thinking": False},
    )
    return replace(row, id=row_id(row))
