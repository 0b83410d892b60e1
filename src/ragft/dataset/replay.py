"""Replay: general instructions answered by the base model itself.

Trained on beside the papers' rows, they hold the model to what it did before. That only works with answers *sampled*
from its whole distribution: their loss is its own entropy, at its lowest where nothing has drifted, and so pulls
nowhere else. Its likeliest answers pull towards themselves, and sharpen the model until it predicts ordinary text
worse (docs/experiments/recipes.md). The instructions are ours; tasks times topics give some thousands of them.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ragft.answer.written.degenerate import is_loop
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
_SUMS = ("What is {a} plus {b}?", "What is {a} minus {b}?", "Which is larger, {a} or {b}?")


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
    """The request that has the base answer `instruction`."""
    options = Options(temperature=1.0, top_k=0, top_p=1.0, seed=seed, num_predict=160)
    return ChatRequest(model, (Message("user", instruction),), options, think=False)


def replay_row(instruction: str, reply: str, *, generator: str, seed: int) -> Row | None:
    """The row; None where the answer is empty, cut off or a loop: that is not what the model should be held to."""
    answer = reply.strip()
    if len(answer) < 8 or answer[-1] not in ".!?\"'”)" or is_loop(answer):
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
