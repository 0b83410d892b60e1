"""What rows are to be made, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragft.answer.refusal.gate import Calibration
from ragft.answer.refusal.shipped import SHIPPED
from ragft.engine.base import Engine
from ragft.setting_sections import AnswerSettings, GenerateSettings


@dataclass(frozen=True)
class GenerationRequest:
    """What rows are to be made, and by whom.

    `engine` and `model` are asked for questions, and for answers to general instructions. An answer must reach the
    support threshold of `calibration`, as in `ask`. `avoid`: evaluation questions, those that ship with ragft where
    None; a pair too like one is rejected. `avoid_answers`: references of evaluation questions; a pair is rejected whose
    answer says one of them.
    """

    engine: Engine
    model: str
    settings: GenerateSettings
    answer: AnswerSettings
    calibration: Calibration = SHIPPED
    avoid: Sequence[str] | None = None
    avoid_answers: Sequence[str] = ()

    @property
    def generator(self) -> str:
        """Who writes, as each row names it."""
        return f"{self.engine.name}:{self.model}"

    @property
    def support(self) -> float:
        """The support that an answer must reach."""
        return self.calibration.support if self.answer.support is None else self.answer.support
