"""What fits into the prompt: counted with the engine's own tokenizer, the weakest left out first, never in silence.

Two limits apply. `num_ctx` less `num_predict` is hard. The evidence budget is soft: reading it is what a person waits
for before the first word. It is a fixed number of tokens, so that the same question gets the same evidence whatever
else the machine is doing; only "auto" lets it follow the engine's measured speed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

from ragft.answer.base import FIRST_TOKEN_SECONDS, Evidence, Turn
from ragft.answer.checking.support import sentence_spans
from ragft.answer.model_notes import ModelNotes
from ragft.answer.prompts.excerpts import Rank, allowed_spans, excerpts
from ragft.answer.prompts.form import BRIEF, Form
from ragft.answer.prompts.model_instructions import asks_about_instructions
from ragft.answer.prompts.prompt import build_messages, evidence_line
from ragft.engine.base import ChatRequest, Engine, Message, Options, Think
from ragft.errors import ContextOverflow
from ragft.setting_sections import EVIDENCE_TOKENS, MOST_EVIDENCE_TOKENS

LEAST_EVIDENCE_TOKENS = 200
_CHARACTERS_PER_TOKEN = 3.3
"""Of an engine that cannot count: cautious for English prose, which has 4 to 4.5."""


class SpeedBook(Protocol):
    """Remembers how fast a model reads prompts on this machine, in tokens a second."""

    def read(self, model: str) -> float | None:
        """The remembered speed; None before the first answer."""
        ...

    def note(self, model: str, tokens_per_second: float) -> None:
        """Remember that `model` has just read a prompt at this speed."""
        ...


class SpeedFile:
    """A speed book in a small JSON file; see `ModelNotes`."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._notes = ModelNotes(path, engine)

    def read(self, model: str) -> float | None:
        """Tokens a second at which `model` reads prompts on this machine; None where it was never measured."""
        return _speed(self._notes.read(model))

    def note(self, model: str, tokens_per_second: float) -> None:
        """Average the measurement with the earlier one; a change under 2 % is not written."""

        def mixed(noted: object) -> object:
            before = _speed(noted)
            # Half old, half new: a busy moment does not halve the evidence of every later question.
            speed = tokens_per_second if before is None else (before + tokens_per_second) / 2
            return noted if before is not None and abs(speed - before) < 0.02 * before else round(speed, 1)

        self._notes.write(model, mixed)


def _speed(noted: object) -> float | None:
    return float(noted) if isinstance(noted, int | float) and 0 < noted < math.inf else None


def evidence_budget(wanted: int | Literal["auto"], speed: float | None) -> int:
    """Tokens of evidence: `wanted`, or with "auto" what is read in FIRST_TOKEN_SECONDS at `speed` tokens a second.

    With "auto" and no speed measured yet, the default.
    """
    if wanted != "auto":
        return wanted
    if speed is None:
        return EVIDENCE_TOKENS
    return max(LEAST_EVIDENCE_TOKENS, min(MOST_EVIDENCE_TOKENS, int(speed * FIRST_TOKEN_SECONDS)))


class TokenCounter:
    """Counts tokens as the engine does; where it cannot, by characters.

    What the engine reports corrects the estimate of whole prompts, whose limit is hard. That of single texts stays, or
    the evidence of a question would depend on the questions before it.
    """

    def __init__(self, engine: Engine, model: str) -> None:
        self._engine = engine
        self._model = model
        self._characters_per_token = _CHARACTERS_PER_TOKEN

    @cached_property
    def exact(self) -> bool:
        """Whether the engine can tokenise.

        One that cannot is never asked to render either: Ollama would load the model for that, or be too old for it.
        """
        try:
            self._engine.tokenize(self._model, "a")
        except NotImplementedError:
            return False
        return True

    def text(self, text: str) -> int:
        """Tokens of `text`, template tokens parsed."""
        return len(self._engine.tokenize(self._model, text)) if self.exact else _estimate(text, _CHARACTERS_PER_TOKEN)

    def prompt(self, messages: tuple[Message, ...], options: Options, think: Think) -> int:
        """Tokens of the whole prompt as the engine would render it."""
        if self.exact:
            return self.text(self._engine.render(ChatRequest(self._model, messages, options, think=think)))
        return sum(_estimate(message.content, self._characters_per_token) + 6 for message in messages) + 4

    def disagrees(self, ours: int, theirs: int) -> bool:
        """Whether an engine that read `theirs` tokens was given another prompt than the one counted as `ours`.

        An estimate errs on the safe side; half of it can only mean that the prompt was cut.
        """
        return abs(theirs - ours) > max(16, ours // 20) if self.exact else theirs < ours // 2

    def learn(self, characters: int, tokens: int) -> None:
        """Correct the estimate of prompts by one of `characters` that the engine counted as `tokens`."""
        if not self.exact and tokens >= 32:
            self._characters_per_token = min(8.0, max(1.0, characters / tokens))


def _estimate(text: str, characters_per_token: float) -> int:
    return int(len(text) / characters_per_token) + 1


@dataclass(frozen=True)
class Fitted:
    """A prompt that fits, and what it took to make it fit. Counts of items, turns and tokens.

    `evidence_share` is how much of the evidence's tokens are in the prompt (0 to 1); `speed` in tokens a second where
    the evidence was fitted to it.
    """

    messages: tuple[Message, ...]
    evidence: tuple[Evidence, ...]
    history: tuple[Turn, ...]
    prompt_tokens: int
    evidence_tokens: int
    evidence_dropped: int
    evidence_trimmed: int
    history_dropped: int
    instructions_withheld: int = 0
    evidence_share: float = 1.0
    speed: float | None = None


@dataclass(frozen=True)
class PromptBudget:
    """The two limits of a prompt, and how it is brought within them.

    Attributes:
        counter: counts the tokens of the model.
        options: those of the request; `num_ctx` less `num_predict` is the hard limit.
        think: as in the request: a chat template may write more into the prompt of a model that thinks.
        evidence_tokens: the soft limit, that of the evidence.
        rank: says which sentences of the evidence stay; None: the first of the first items.
        from_best: each item of the evidence begins with its best sentence.
    """

    counter: TokenCounter
    options: Options
    think: Think = False
    evidence_tokens: int = EVIDENCE_TOKENS
    rank: Rank | None = None
    from_best: bool = False

    def fit(
        self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn] = (), form: Form = BRIEF
    ) -> Fitted:
        """The prompt for `question` in `form` within both limits.

        Sentences that instruct a model are withheld, unless the question is about such instructions. Then the evidence
        is brought into its own budget. At last, while the whole does not fit into the context window, the oldest turn
        goes, and when no turn is left, the last piece of evidence.

        Raises:
            ContextOverflow: not even the bare question fits.
        """
        counter, options = self.counter, self.options
        allow_instructions = asks_about_instructions(question)

        def shortened(items: Sequence[Evidence], tokens: int) -> list[Evidence]:
            return excerpts(
                items, tokens, counter, self.rank, allow_instructions=allow_instructions, from_best=self.from_best
            )

        kept = shortened(evidence, self.evidence_tokens)
        turns = list(history)
        room = options.num_ctx - options.num_predict
        while True:
            messages = build_messages(question, kept, turns, form)
            tokens = counter.prompt(messages, options, self.think)
            if tokens <= room:
                break
            if turns:
                del turns[0]
            elif len(kept) > 1:
                kept.pop()
            elif kept and (shorter := shortened(kept, counter.text(kept[0].shown) // 2)) != kept:
                kept = shorter
            else:
                raise overflow(tokens, options)
        shown = sum(counter.text(evidence_line(item)) for item in kept)
        found = sum(counter.text(evidence_line(item)) for item in evidence)
        return Fitted(
            messages=messages,
            evidence=tuple(kept),
            history=tuple(turns),
            prompt_tokens=tokens,
            evidence_tokens=shown,
            evidence_dropped=len(evidence) - len(kept),
            evidence_trimmed=sum(1 for item in kept if item.excerpt),
            history_dropped=len(history) - len(turns),
            evidence_share=shown / found if found else 1.0,
            instructions_withheld=0 if allow_instructions else sum(map(_instructions_in, kept)),
        )


def overflow(tokens: int, options: Options) -> ContextOverflow:
    """The error of a prompt of so many tokens, which does not fit."""
    room = max(0, options.num_ctx - options.num_predict)
    return ContextOverflow(
        f"the prompt takes {tokens} tokens, but num_ctx {options.num_ctx} leaves {room} for it",
        fix="ask a shorter question, raise answer.num_ctx, or lower answer.num_predict",
    )


def _instructions_in(item: Evidence) -> int:
    """How many sentences of the passage instruct a model."""
    text = item.hit.text
    return len(sentence_spans(text)) - len(allowed_spans(text, allow_instructions=False))
