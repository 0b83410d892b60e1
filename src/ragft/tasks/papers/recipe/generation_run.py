"""What one run of `generate` works with, and what both recipes do alike: count rejections, see to replay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ragft.answer.checking.support import sentences_in
from ragft.answer.prompts.budget import TokenCounter
from ragft.console import Progress
from ragft.dataset.base import Row
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.preference import Preference
from ragft.dataset.replay import instructions, replay_fault, replay_request, replay_row
from ragft.dataset.reply_cache import Replies
from ragft.dataset.similar_questions import NEAR, OVERLAP, Questions
from ragft.tasks.papers.recipe.compose import GenerationIndex, Rejected

REPLIES = "replies.jsonl"
LOST = "lost"
"""The reason of an answer to a prompt that has a better one."""
TRIED, LEAST_GOOD = 24, 0.2
"""After so many general instructions, the least share of answers worth replaying for more to be asked for."""


class GenerationRun:
    """One run: where it takes chunks and replies from, what is rejected and why, what is remarked (`notes`)."""

    def __init__(self, index: GenerationIndex, request: GenerationRequest, folder: Path, progress: Progress) -> None:
        self.index = index
        self.request = request
        self.model = request.model
        self.settings = request.settings
        self.answer = request.answer
        self.progress = progress
        self.counter = TokenCounter(request.engine, request.model)
        self.replies = Replies(folder / REPLIES, request.engine)
        self.questions = Questions(index.embed, NEAR)
        self.avoided = Questions(index.embed, OVERLAP, request.avoid or ())
        self.avoided_answers = Questions(index.embed, OVERLAP, request.avoid_answers)
        self.rejected: list[dict[str, Any]] = []
        self.rejections: Counter[str] = Counter()
        self.preferences: list[Preference] = []
        self.notes: list[str] = []
        self.done = 0

    def new_question(self, question: str, *others: str) -> None:
        """Remember a question; `others` are the same in other words.

        Raises:
            Rejected: it is here already, or one of them is one that the model is judged by.
        """
        if any(map(self.avoided.holds_like, (question, *others))):
            raise Rejected("benchmark_overlap")
        if self.questions.holds_like(question):
            raise Rejected("near_duplicate")
        self.questions.add(question)

    def new_answer(self, text: str) -> None:
        """Pass an answer of which no sentence means what a reference of an evaluation question says.

        The sentence of a source that answers such a question means the same, and so is kept out with it.

        Raises:
            Rejected: a sentence does.
        """
        if any(self.avoided_answers.holds_like(sentence) for sentence in sentences_in(text)):
            raise Rejected("benchmark_answer")

    def reject(self, reason: str, value: Mapping[str, Any]) -> None:
        """Count an attempt that gave no row, and keep it."""
        self.rejections[reason] += 1
        self.rejected.append({"reason": reason, **value})

    def lost(self, value: Mapping[str, Any]) -> None:
        """Keep an answer that was worse than that of its row. It is no rejected attempt, and is not counted."""
        self.rejected.append({"reason": LOST, **value})

    def made(self, row: Row) -> Row:
        """Count a finished row, report the progress, and return the row."""
        self.done += 1
        self.progress("question-answer pairs", self.done, self.settings.count)
        return row

    def replay(self, rows: Sequence[Row], *, held_out: bool) -> Iterator[Row]:
        """General rows until they are the share of tokens that the settings ask for."""
        share = self.settings.replay
        budget = share / (1 - share) * sum(map(self._tokens, rows))
        # Every twentieth instruction is for validation; the two sides share none.
        chosen = [text for place, text in enumerate(instructions(self.settings.seed)) if (place % 20 == 0) == held_out]
        requests = (replay_request(self.model, text, seed=self.settings.seed) for text in chosen)
        used = kept = 0
        if not rows or not share:
            return
        for tried, (text, reply) in enumerate(zip(chosen, self.replies.ahead(requests), strict=True)):
            if tried >= TRIED and kept < LEAST_GOOD * tried:
                self.notes.append(f"replay stopped at {kept} rows: few of the model's general answers are fluent")
                return
            row = replay_row(text, reply, generator=self.request.generator, seed=self.settings.seed)
            if row is None:
                self.rejections[f"replay_{replay_fault(text, reply)}"] += 1
                continue
            used += self._tokens(row)
            if used > budget and not held_out:
                return
            kept += 1
            yield row
            self.progress("replay tokens", min(used, int(budget)), int(budget))
            if used > budget:
                return

    def _tokens(self, row: Row) -> int:
        return sum(self.counter.text(message["content"]) + 6 for message in (*row.prompt, *row.completion))
