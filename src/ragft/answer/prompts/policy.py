"""The settings by which evidence becomes a prompt: the same for training rows, `ask` and the benchmark.

    policy = PromptPolicy.of_training(settings.generate, settings.answer)     # rows are made by it,
    policy.write(RunFolder(run_dir).prompt)                                   # it is kept with the run,
    settings = read_policy(RunFolder(run_dir).prompt).over(settings.answer)   # and its models are asked by it

A model that has learned from short prompts is asked with short ones: on longer ones it was never trained.
The ranking of sentences is code and cannot be changed back for an old model: its name is stored with the run and the
model, and a warning is given where it is another one now.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from ragft.answer.checking.support import Supporter, coverage
from ragft.answer.prompts.excerpts import Rank
from ragft.answer.prompts.form import Style
from ragft.answer.question_kind import answer_type, asks_why, gives_reason, holds_type
from ragft.errors import WorkspaceError
from ragft.index.search.question import aim_of
from ragft.log import log
from ragft.setting_sections import AnswerSettings, GenerateSettings
from ragft.typed_json import parsed
from ragft.workspace import write_json

RANKING = "cosine-coverage-kind-1"
"""The name of `sentence_rank`, stored with what is made by it. Change it whenever the ranking changes."""
COVERAGE = 0.5
"""What the share of the question's words counts beside the cosine, where sentences are chosen for the prompt."""
ASKED_FOR = 0.2
"""What it is worth to a sentence of the prompt that it states the kind of thing asked for, or a reason where one is."""


@dataclass(frozen=True)
class PromptPolicy:
    """The answer settings that a model is trained with and asked with, and the name of the ranking.

    `evidence_tokens` and `num_predict` are the tokens of evidence in a prompt and the most tokens of the answer to it,
    `k` the passages that are searched for. The context window is not part of the policy: it decides what fits, not what
    a prompt looks like.
    """

    evidence_tokens: int
    num_predict: int
    ranking: str
    k: int
    style: Style | Literal["auto"]
    think: bool | Literal["low", "medium", "high"]
    temperature: float
    excerpts: Literal["best", "from_best"]

    @classmethod
    def of_training(cls, generate: GenerateSettings, answer: AnswerSettings) -> PromptPolicy:
        """By which rows are made. Their answers are prose: a style of lists or tables is for `ask` alone."""
        return cls(
            generate.evidence_tokens,
            answer.num_predict,
            RANKING,
            k=answer.k,
            style="auto" if answer.style in ("list", "table") else answer.style,
            think=answer.think,
            temperature=answer.temperature,
            excerpts=answer.excerpts,
        )

    def over(self, settings: AnswerSettings, *, given: Collection[str] = ()) -> AnswerSettings:
        """`settings` with the values of the policy, except those whose names are in `given`.

        The budgets do not depend on the size of the model or the style: training rows have only one budget.
        """
        budgets = {"evidence_tokens": self.evidence_tokens, "num_predict": self.num_predict}
        values = {name: value for name, value in asdict(self).items() if name != "ranking"}
        values |= {f"capable_{name}": value for name, value in budgets.items() if name not in given}
        return settings.model_copy(update={name: value for name, value in values.items() if name not in given})

    def warn_of_other_ranking(self, model: str) -> None:
        """Log a warning if `model` was trained on prompts that another ranking made."""
        if self.ranking != RANKING:
            log.warning(
                f"{model} was trained on prompts made by the ranking {self.ranking}; it is now asked with {RANKING}, "
                "which may select other sentences; to train it on the present prompts: ragft generate, then ragft train"
            )

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        write_json(path, asdict(self))


def read_policy(path: Path) -> PromptPolicy | None:
    """The policy in a file; None where there is none.

    Raises:
        WorkspaceError: the file is damaged.
    """
    try:
        return parsed(PromptPolicy, path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{path} is damaged: {error}", fix=f"delete {path}, or train the run again") from error


def sentence_rank(query: str, supporter: Supporter) -> Rank | None:
    """How much each sentence of the evidence is worth in a prompt for `query`, which stands alone.

    None, which keeps the first sentences, for a summary: search has put abstracts first, and nothing in them says more
    than the rest.
    """
    if aim_of(query, ()) == "summary":
        return None

    def rank(sentences: Sequence[str]) -> list[float]:
        cosines = supporter.cosines(query, sentences) or [0.0] * len(sentences)
        kind, why = answer_type(query), asks_why(query)
        asked = [
            ASKED_FOR * ((kind != "any" and holds_type(kind, text, query)) or (why and gives_reason(text)))
            for text in sentences
        ]
        shares = [COVERAGE * coverage(query, text) for text in sentences]
        return [sum(parts) for parts in zip(cosines, shares, asked, strict=True)]

    return rank
