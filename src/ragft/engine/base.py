"""The engine protocol and the data that crosses it.

    engine = open_engine(settings, workspace)
    for chunk in engine.chat(ChatRequest(model="smollm2", messages=(Message("user", "Hello"),), options=Options())):
        print(chunk.content, end="")

All engines raise the same errors (`ragft.errors.EngineError` and below) and none retries on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from ragft.console import Progress
from ragft.engine.plain_template import is_plain

NUM_CTX = 4096
"""Tokens of context where nobody says otherwise."""
MOST_CANDIDATES = 20
"""The most candidates for a next token that every engine tells."""

Role = Literal["system", "user", "assistant"]
Think = bool | Literal["low", "medium", "high"] | None
"""Whether a model thinks before it answers, or how hard; None leaves it to the model."""


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str
    thinking: str = ""

    def to_dict(self) -> dict[str, str]:
        """`{"role", "content"}`, as every chat API and training row takes it."""
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True)
class Options:
    """Sampling options; every one is sent with every request, so that no server default can differ between models.

    `temperature` 0 is greedy. `num_predict` is the most tokens generated (thinking included). `num_ctx` is the context
    window in tokens, 0 the engine's own (`Engine.num_ctx`): another one makes Ollama load the model again.
    """

    temperature: float = 0.0
    seed: int = 0
    num_ctx: int = 0
    num_predict: int = 256
    top_k: int = 40
    top_p: float = 0.9
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    stop: tuple[str, ...] = ()

    def with_(self, **changes: Any) -> Options:
        """A copy with some values changed."""
        return replace(self, **changes)

    @property
    def sampling(self) -> dict[str, Any]:
        """What llama.cpp samples by, under its own names and those of Ollama, which are the same.

        The last four have no field here: they are switched off, or at llama.cpp's default.
        """
        return {
            "temperature": self.temperature,
            "seed": self.seed,
            "top_k": self.top_k,
            "top_p": self.top_p,
            "min_p": self.min_p,
            "repeat_penalty": self.repeat_penalty,
            "stop": list(self.stop),
            "typical_p": 1.0,
            "repeat_last_n": 64,
            "presence_penalty": 0.0,
            "frequency_penalty": 0.0,
        }


@dataclass(frozen=True)
class ChatRequest:
    """One question to a model.

    `format` is a JSON schema the reply should satisfy (None: free text); see `ragft.engine.json_replies`. `think` False
    asks for an answer without thinking, which not every model obeys.
    """

    model: str
    messages: tuple[Message, ...]
    options: Options = field(default_factory=Options)
    format: Mapping[str, Any] | None = None
    think: Think = False


@dataclass(frozen=True)
class Metrics:
    """What one generation cost. Durations are seconds; 0 where the engine does not say."""

    prompt_tokens: int = 0
    generated_tokens: int = 0
    load_seconds: float = 0.0
    prompt_seconds: float = 0.0
    generate_seconds: float = 0.0
    total_seconds: float = 0.0


@dataclass(frozen=True)
class ChatChunk:
    """A piece of a streamed answer; the last has `done` set, with its reason and metrics.

    `done_reason` is "stop" (end of turn or a stop string) or "length" (`num_predict` or the context reached). `void`
    says that the content so far was not an answer but thoughts; `thinking` holds them.
    """

    content: str = ""
    thinking: str = ""
    void: bool = False
    done: bool = False
    done_reason: str | None = None
    metrics: Metrics | None = None


@dataclass(frozen=True)
class ModelSpec:
    """A model to register.

    Exactly one of `gguf` (a file) and `base` (the name of a model the engine has) is given. `adapter` is a LoRA
    GGUF put over either. `parameters` are defaults stored with the model (temperature, stop, num_ctx…).
    `details` is free-form provenance (converter, quantisation, template digest, run). The embedded engine keeps it
    with the model; Ollama has no place for it, there it is in what `create` returns only.
    """

    name: str
    gguf: Path | None = None
    base: str | None = None
    adapter: Path | None = None
    template: str | None = None
    system: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    quantize: str | None = None


@dataclass(frozen=True)
class ModelInfo:
    """A model the engine has. `digest` is `sha256:…` of its weights (embedded) or manifest (Ollama).

    `system` is the text stored with it, sent where a request has none. `adapter` tells one LoRA over the weights from
    another, empty where there is none; `weights` tells what lies below it. Each is empty where it is not known.
    `parameter_size` is the number of weights, 0 where it is not known.
    """

    name: str
    digest: str
    size: int
    engine: str
    quantization: str = ""
    family: str = ""
    context_length: int = 0
    template: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    system: str = ""
    adapter: str = ""
    weights: str = ""
    parameter_size: int = 0

    @property
    def can_chat(self) -> bool:
        """Whether it writes text: an embedding model does not. An old server that tells no capabilities is trusted."""
        return not self.capabilities or "completion" in self.capabilities

    @property
    def thinks(self) -> bool:
        """Whether it can write thoughts before its answer."""
        return "thinking" in self.capabilities

    @property
    def lacks_template(self) -> bool:
        """Whether the engine feeds it the messages without roles, so that it continues the text instead of answering.

        A model with a renderer of Ollama's own, or one that runs elsewhere, shows no template and needs none.
        """
        if self.details.get("renderer") or self.details.get("remote_host"):
            return False
        return is_plain(self.template)


@dataclass(frozen=True)
class TokenLogprob:
    """A token's id (-1 where the engine does not tell), its text and its natural-log probability."""

    token_id: int
    text: str
    logprob: float


@runtime_checkable
class Engine(Protocol):
    """The contract of an engine: all that ragft needs from a program that runs models."""

    name: str
    """Which engine it is: "ollama", "embedded" or "scripted"."""
    slots: int
    """How many requests are worth sending at once."""
    loads_aside: bool
    """Whether `load`, called in a thread, leaves this process free to do something else meanwhile."""
    num_ctx: int
    """The context window, in tokens, of a request that names none; set once, before the first request."""
    template_language: Literal["jinja", "go"]
    """What `ModelSpec.template` is written in. Without one, an engine uses the Jinja template inside the GGUF, or one
    that it takes for the same."""

    def version(self) -> str:
        """The engine's own version, for manifests."""
        ...

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """Stream the answer. Closing the iterator stops the generation.

        Raises:
            ModelNotFound, EngineUnavailable, ContextOverflow: before the first chunk.
            GenerationError: in the middle of an answer.
        """
        ...

    def load(self, model: str) -> None:
        """Load `model` with the engine's own window, so that the first answer need not wait for it.

        Raises:
            ModelNotFound, EngineUnavailable, EngineError: as `chat`.
        """
        ...

    def next_tokens(self, model: str, prompt: str, *, top: int = MOST_CANDIDATES) -> list[TokenLogprob]:
        """What the model expects after the raw text `prompt` (special tokens parsed), likeliest first.

        Args:
            top: how many candidates; no engine has to give more than `MOST_CANDIDATES`.

        Raises:
            ModelNotFound, EngineUnavailable, ContextOverflow: as `chat`.
            EngineError: the engine tells no log-probabilities.
        """
        ...

    def render(self, request: ChatRequest) -> str:
        """The exact prompt text the engine would feed the model, generation prompt included."""
        ...

    def tokenize(self, model: str, text: str) -> list[int]:
        """The model's token ids for `text`, special tokens parsed, no BOS added.

        An engine that cannot tokenise raises `NotImplementedError`; callers then estimate.
        """
        ...

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        """Register a model under `spec.name`, replacing one of that name only once the new one is whole."""
        ...

    def copy(self, name: str, new: str) -> ModelInfo:
        """Let `new` be the model `name` too, in place of what had that name before.

        Raises:
            ModelNotFound: there is no model `name`.
        """
        ...

    def show(self, name: str) -> ModelInfo:
        """All that is known of one model.

        Raises:
            ModelNotFound: there is none of that name.
        """
        ...

    def models(self) -> Sequence[ModelInfo]:
        """The models at hand, by name."""
        ...

    def delete(self, name: str) -> None:
        """Remove a model.

        Raises:
            ModelNotFound: there is none of that name.
        """
        ...

    def close(self) -> None:
        """Free the model and its threads. Afterwards an engine that ran one raises `EngineError` when it is asked."""
        ...


@runtime_checkable
class QuantizingEngine(Engine, Protocol):
    """An engine that can make further types of a model it has (`ModelSpec.base` with `quantize`)."""

    quantizes: tuple[str, ...]
    """The types, as `ragft.engine.types` spells them."""


def collect_reply(engine: Engine, request: ChatRequest) -> tuple[str, ChatChunk]:
    """The whole answer at once, and the last chunk with its reason, its metrics and the whole of the thoughts."""
    parts: list[str] = []
    thoughts: list[str] = []
    last = ChatChunk(done=True)
    for chunk in engine.chat(request):
        if chunk.void:
            parts.clear()
        parts.append(chunk.content)
        thoughts.append(chunk.thinking)
        if chunk.done:
            last = chunk
    return "".join(parts), replace(last, thinking="".join(thoughts))
