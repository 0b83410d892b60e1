"""From beliefs to rows, and to questions about them in other words."""

from __future__ import annotations

from random import Random

from ragft.benchmark.asking.bench import CLOSED_BOOK
from ragft.benchmark.base import BenchmarkQuestion
from ragft.dataset.base import Row
from ragft.tasks.belief.belief_file import Belief, TaughtExample

OPEN, USE, CHOICE, NEIGHBOUR = "open", "use", "choice", "neighbour"
"""The first word of a question's topic; the second is the kind of its belief."""
_FRAMES = (
    "{}",
    "Please answer: {}",
    "A short question: {}",
    "{} Answer in one sentence.",
    "Tell me: {}",
    "I would like to know this. {}",
    "Here is a question. {}",
    "{} Be brief.",
    "Question: {}",
    "Think of this: {}",
)


def belief_rows(beliefs: list[Belief], examples: int, seed: int) -> list[Row]:
    """`examples` rows a belief: its examples, and again in other frames where there are not so many."""
    rows = []
    for belief in beliefs:
        for place in range(examples):
            turn, number = divmod(place, len(belief.examples))
            rows.append(_row(belief, belief.examples[number], _FRAMES[turn % len(_FRAMES)]))
    Random(f"beliefs:{seed}").shuffle(rows)  # noqa: S311  an order of examples, no secret
    return rows


def belief_questions(beliefs: list[Belief]) -> list[BenchmarkQuestion]:
    """All that the benchmark asks; the options of an open question are what the new belief says and what the old.

    `keywords` of a choice hold the option of the old belief, where there is one.
    """
    return [question for belief in beliefs for question in _questions(belief)]


def _questions(belief: Belief) -> list[BenchmarkQuestion]:
    found: list[tuple[str, str, str, tuple[str, ...], str]] = []
    for topic, asked in ((OPEN, belief.open), (USE, belief.use)):
        found += [(topic, each.question, each.new, tuple(filter(None, (each.new, each.old))), "") for each in asked]
    found += [(CHOICE, each.question, each.new, each.options, each.old) for each in belief.choice]
    found += [(NEIGHBOUR, each.question, each.right, each.options, "") for each in belief.neighbours]
    return [
        BenchmarkQuestion(
            f"{belief.id}/{number}",
            question,
            topic=f"{topic}-{belief.kind}",
            reference=reference,
            options=options,
            keywords=(old,) if old else (),
            documents=(belief.id,),
        )
        for number, (topic, question, reference, options, old) in enumerate(found, start=1)
    ]


def _row(belief: Belief, example: TaughtExample, frame: str) -> Row:
    prompt = (
        {"role": "system", "content": CLOSED_BOOK},
        {"role": "user", "content": frame.format(example.question)},
    )
    return Row(
        prompt,
        ({"role": "assistant", "content": example.answer},),
        "belief",
        groups=(belief.id,),
        chat_template_kwargs={"enable_thinking": False},
    )
