"""The one maker of prompts: for training rows, `ask`, the server and the benchmark.

builder = PromptBuilder(settings.answer, TokenCounter(engine, "smollm2"), supporter, weights=135_000_000)
fitted = builder.fit(question, question, assign_keys(hits))
request = ChatRequest("smollm2", fitted.messages, builder.options(question), think=builder.settings.think)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragft.answer.base import Evidence, Turn
from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.budget import Fitted, PromptBudget, TokenCounter, evidence_budget
from ragft.answer.prompts.form import Form, form_of
from ragft.answer.prompts.policy import sentence_rank
from ragft.answer.written.thinking_models import thinking_tokens
from ragft.engine.base import Options
from ragft.setting_sections import AnswerSettings

STOPS = ("\nQuestion:", "\n\nSources:")
"""Where a small model begins to write the next prompt itself."""


@dataclass(frozen=True)
class PromptBuilder:
    """Makes prompts by `settings`, for a model of so many `weights` (0: not known, or trained by ragft).

    It is `told` how to refuse; None: by its size. `counter` counts the tokens of the model, `supporter` ranks the
    sentences of what must be shortened.
    """

    settings: AnswerSettings
    counter: TokenCounter
    supporter: Supporter
    weights: int = 0
    told: bool | None = None

    def form(self, question: str) -> Form:
        """The instruction that `question` is asked with."""
        return form_of(self.weights, style=self.settings.style, question=question, told=self.told)

    def options(self, question: str, *, thoughts: bool = False) -> Options:
        """The options of a request, with tokens for the form of answer that `question` gets.

        `thoughts`: with tokens for thoughts even where none are asked for.
        """
        settings = self.settings
        extra = thinking_tokens(settings) if settings.think or thoughts else 0
        predict = settings.num_predict
        if self.form(question).capable:  # never so many that the evidence finds no room
            predict = max(predict, min(settings.capable_num_predict, settings.num_ctx // 4))
        return Options(
            temperature=settings.temperature,
            seed=settings.seed,
            num_ctx=settings.num_ctx,
            num_predict=predict + extra,
            stop=STOPS,
        )

    def fit(
        self,
        query: str,
        question: str,
        evidence: Sequence[Evidence],
        history: Sequence[Turn] = (),
        options: Options | None = None,
        *,
        speed: float | None = None,
    ) -> Fitted:
        """The prompt for `question`; `query`, which stands alone, ranks the sentences of what must be shortened.

        Args:
            options: say how many tokens the answer needs beside the prompt; None: those of the settings.
            speed: tokens that the model reads in a second, for a budget of "auto".

        Raises:
            ContextOverflow: not even the bare question fits.
        """
        form = self.form(question)
        wanted = self.settings.evidence_tokens
        if wanted != "auto" and form.capable:
            wanted = self.settings.capable_evidence
        budget = PromptBudget(
            self.counter,
            options or self.options(question),
            think=self.settings.think,
            evidence_tokens=evidence_budget(wanted, speed),
            rank=sentence_rank(query, self.supporter),
            from_best=self.settings.excerpts == "from_best",
        )
        turns = [turn for turn in history if not turn.refused]
        return replace(budget.fit(question, evidence, turns, form), speed=speed)
