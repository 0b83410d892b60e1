"""Which model answers where nobody has named one: the most capable chat model that fits the memory.

    choice = most_capable(engine.models(), memory=memory_of(engine))
    choice.model, choice.why

Pure functions over `ModelInfo`; no engine is asked. Never chosen are models that cannot chat, that have no chat
template, that do not fit the memory, and that run on somebody else's machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from ragft.engine.base import ModelInfo
from ragft.errors import UsageError

_ROOM_FOR_CONTEXT = 1.2
"""Memory a loaded model takes, in sizes of its file: 8B weights in four bits are 4.9 GB, and about 1 GB comes on top
for 4,096 tokens of context and the buffers."""
_SHARE_OF_MEMORY = 0.8
"""Of all the memory, what a model may take; the rest is for the system and for ragft with its encoder. Free memory is
not asked: it changes from minute to minute, and the model that answers should not."""
_BYTES_A_WEIGHT = 0.6
"""Of four-bit weights, for models whose number of weights is not known."""
_REMOTE_BYTES_A_WEIGHT = 0.05
"""A file of fewer bytes a weight holds no weights: the model runs elsewhere."""
_SHORT_CONTEXT = 4096
"""Tokens: evidence, conversation and answer need more. Models with no more are two generations old besides."""

_CODER = re.compile(r"code|devstral|sql", re.IGNORECASE)
_SPECIAL = re.compile(
    r"guard|shield|ocr|translat|math|function|nuextract|reader-lm|minicheck|rerank|embed|bert|minilm", re.IGNORECASE
)
_ONLY_THINKS = re.compile(
    r"think|deepseek-r1|r1-distill|qwq|gpt-?oss|magistral|reasoning|exaone-deep|-o1", re.IGNORECASE
)
_CLOUD = re.compile(r"[:-]cloud$", re.IGNORECASE)


class Kind(IntEnum):
    """What a model was made for; the higher, the better it answers questions about papers."""

    SPECIAL = 0
    CODER = 1
    CHAT = 2


@dataclass(frozen=True)
class ModelChoice:
    """The model that answers, and why it does, as half a sentence."""

    model: ModelInfo
    why: str


@dataclass(frozen=True)
class ModelProblem:
    """Something wrong with a model that does not keep it from being asked, and what helps."""

    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what} → {self.fix}"


def most_capable(models: Iterable[ModelInfo], memory: int | None) -> ModelChoice | None:
    """The model to ask where none is named; None where none of `models` can be.

    Args:
        memory: bytes in the machine that runs the models; None where it is not known, and every model fits.
    """
    candidates = [model for model in models if not unfit(model, memory)]
    if not candidates:
        return None
    best = max(candidates, key=_rank)
    among = f"the most capable of {len(candidates)} chat models" if len(candidates) > 1 else "the only chat model"
    return ModelChoice(best, f"{among} that can be used here; {describe(best)}")


def unfit(model: ModelInfo, memory: int | None) -> str:
    """Why `model` is never chosen on its own account; empty where it may be."""
    if not model.can_chat:
        return "cannot chat"
    if runs_elsewhere(model):
        return "runs on another company's machines"
    if model.lacks_template:
        return "has no chat template"
    if not fits(model, memory):
        return f"does not fit the memory ({needs(model) / 1e9:.1f} GB of {(memory or 0) / 1e9:.1f} GB)"
    return ""


def fits(model: ModelInfo, memory: int | None) -> bool:
    """Whether a machine with `memory` bytes (None: not known) can hold the model and its context."""
    return memory is None or needs(model) <= _SHARE_OF_MEMORY * memory


def needs(model: ModelInfo) -> int:
    """Bytes of memory that the loaded model takes, estimated."""
    return int(_ROOM_FOR_CONTEXT * model.size)


def runs_elsewhere(model: ModelInfo) -> bool:
    """Whether the model's weights are not on the machine that is asked: a cloud model, which gets all that is asked."""
    empty = 0 < model.size < _REMOTE_BYTES_A_WEIGHT * model.parameter_size
    return bool(model.details.get("remote_host")) or empty or _CLOUD.search(model.name) is not None


def only_thinks(model: ModelInfo) -> bool:
    """Whether the model thinks before every answer; each answer then takes a multiple of the time.

    Known by its name, or by a template that ends with an open thought (one that can be asked not to think ends with an
    empty one, which it puts there).
    """
    _, opened, rest = model.template.rpartition("<think>")
    return bool(opened and "</think>" not in rest) or _ONLY_THINKS.search(f"{_short(model)} {model.family}") is not None


def kind(model: ModelInfo) -> Kind:
    """What the model was made for, as its name tells it."""
    if _SPECIAL.search(f"{_short(model)} {model.family}"):
        return Kind.SPECIAL
    return Kind.CODER if _CODER.search(_short(model)) else Kind.CHAT


def describe(model: ModelInfo) -> str:
    """`3.2B weights, 2.0 GB`, `135M weights, 0.1 GB`."""
    weights = f"{count_of_weights(model.parameter_size)} weights, " if model.parameter_size else ""
    return f"{weights}{model.size / 1e9:.1f} GB"


def count_of_weights(weights: int) -> str:
    """The number of weights in short, such as `3.2B` or `135M`."""
    return f"{weights / 1e9:.1f}B" if weights >= 1e9 else f"{weights / 1e6:.0f}M"


def model_warnings(model: ModelInfo) -> list[str]:
    """What a person should know before this model answers."""
    problem = template_problem(model)
    remote = f"{model.name} runs elsewhere: questions and passages of your documents leave this machine"
    return [*([str(problem)] if problem else []), *([remote] if runs_elsewhere(model) else [])]


def model_remarks(model: ModelInfo, memory: int | None) -> tuple[str, ...]:
    """What a list of models says of this one: what it is for, and what speaks against it."""
    remote = runs_elsewhere(model)
    said = {
        "chat" if model.can_chat else "embedding": True,
        "thinks": model.thinks,
        "NO CHAT TEMPLATE": template_problem(model) is not None,
        "DOES NOT FIT THE MEMORY": not remote and not fits(model, memory),
        "runs elsewhere": remote,
    }
    return tuple(text for text, so in said.items() if so)


def require_chat(model: ModelInfo) -> ModelInfo:
    """The model itself, where it can be asked.

    Raises:
        UsageError: it is an embedding model.
    """
    if not model.can_chat:
        raise UsageError(
            f"{model.name} cannot chat: it is an embedding model ({', '.join(model.capabilities)})",
            fix="choose a chat model; ragft models list shows which are",
        )
    return model


def template_problem(model: ModelInfo) -> ModelProblem | None:
    """What is wrong with a model without a chat template; None where it has one, or cannot chat anyway."""
    if not model.lacks_template or not model.can_chat:
        return None
    if model.engine != "ollama":
        return ModelProblem(
            f"{model.name} has no chat template in its file and is prompted in ChatML, which it may not know",
            "use the instruct version of the model, or a GGUF file with a chat template",
        )
    left_out = "" if ".System" in model.template else " and without the system text"
    return ModelProblem(
        f"{model.name} has no chat template in Ollama: it gets the messages as plain text, without their roles"
        f"{left_out}, and continues them instead of answering",
        f"ollama show --modelfile {model.name} > Modelfile; write the model's TEMPLATE into that file;"
        f" ollama create {model.name} -f Modelfile; or use another model (ragft models list)",
    )


def _short(model: ModelInfo) -> str:
    """The name without host and namespace."""
    return model.name.rpartition("/")[2]


def _rank(model: ModelInfo) -> tuple[int, float, bool, int, str]:
    """Kind first, then strength; among equals four bits or more, then the smaller and faster file, then the name."""
    bits = 8 * model.size / model.parameter_size if model.parameter_size else 0
    return kind(model), _strength(model), not 0 < bits < 4, -model.size, model.name


def _strength(model: ModelInfo) -> float:
    """The number of weights, halved for what makes a model of that size worse at answering from sources."""
    strength = float(model.parameter_size or model.size / _BYTES_A_WEIGHT)
    strength /= 2 if only_thinks(model) else 1
    return strength / (2 if 0 < model.context_length <= _SHORT_CONTEXT else 1)
