"""The sections of the settings: names, defaults, ranges and what each means. Importing this imports pydantic."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from ragft.ollama_address import without_secret

LEAST_CHUNK_TOKENS = 16
"""What a chunk must hold at least: title, the encoder's own tokens and a few words."""

EVIDENCE_TOKENS = 600
"""The budget of evidence where none is set: about three seconds of reading for a 135M model on two cores, and the size
that the benchmark measures with. Where a context window is too small for it, `PromptBudget.fit` leaves out what does
not fit. Training prompts have a budget of their own (`generate.evidence_tokens`), bounded by `train.max_length`; the
models that were trained on them are asked with it (`ragft.answer.prompts.policy`)."""

MOST_EVIDENCE_TOKENS = 2400
"""Eight whole chunks with title, section and page. Where no number is set, no model gets more: reading it is what a
person waits for."""

EMBEDDED_MODEL = "smollm2"
EMBEDDED_BASE = "smollm2"
OLLAMA_MODEL = "qwen3:4b-instruct"
"""`qwen3:4b` is another model, a thinking one. The weights behind this tag are Qwen/Qwen3-4B-Instruct-2507."""


class Section(BaseModel):
    """A group of settings; unknown names are errors, so that a typo cannot pass silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _parts(value: object) -> object:
    """A list that may be given as a text with commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class EngineSettings(Section):
    """What runs the model. An empty `model`: the workspace's default, else one is chosen and said."""

    name: Literal["auto", "ollama", "embedded", "scripted"] = "auto"
    model: str = ""
    ollama_host: str = Field(default="", description="one server, or several with commas between, that share the work")
    threads: int = Field(default=0, ge=0, description="0: one per core")
    timeout: float = Field(default=300.0, gt=0, description="seconds without a sign of life")
    keep_alive: str = Field(
        default="",
        pattern=r"^(-?\d+|-?(\d+(\.\d+)?(ms|s|m|h))+)?$",
        description="how long Ollama keeps a model loaded: seconds, or 10m, 24h; -1: for good; empty: Ollama's own",
    )

    @field_validator("ollama_host", mode="before")
    @classmethod
    def _joined(cls, value: object) -> object:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    @field_serializer("ollama_host", when_used="json")
    def _recorded_host(self, value: str) -> str:
        """The record of a run is no place for a password."""
        return without_secret(value)


class IndexSettings(Section):
    """Settings of the index: reading, chunking, encoding and search."""

    encoder: str = "minilm"
    ollama_host: str = Field(
        default="", exclude=True, description="of an encoder ollama:MODEL; empty: engine.ollama_host, else OLLAMA_HOST"
    )
    backend: Literal["auto", "torch", "onnx", "onnx-int8"] = "auto"
    chunk_overlap: int = Field(default=32, ge=0, le=128, description="tokens")
    chunk_tokens: int = Field(default=0, ge=0, description="0: as many as the encoder reads; else 16 or more")
    mode: Literal["hybrid", "lexical", "dense"] = "hybrid"
    fusion: Literal["convex", "rrf"] = "convex"
    weight: float = Field(default=0.55, ge=0, le=1, description="share of the dense side in the convex sum")
    rerank: str = Field(default="", description="a cross-encoder, by name or path")
    vectors: Literal["auto", "exact", "codes", "chroma"] = Field(
        default="auto",
        description="how vectors are searched; auto: chroma with chroma_url, codes in a large collection, else exact",
    )
    chroma_url: str = Field(default="", description="a Chroma server to keep and search the vectors")
    near_duplicates: Literal["skip", "keep"] = Field(
        default="skip", description="documents that say nearly the same as another one"
    )
    file_timeout: float = Field(default=120.0, gt=0, description="seconds a single file may take")
    lock_timeout: float = Field(default=60.0, ge=0, description="seconds to wait for another process that writes")

    @property
    def uses_chroma(self) -> bool:
        """Whether Chroma keeps and searches the vectors."""
        return self.vectors == "chroma" or (self.vectors == "auto" and bool(self.chroma_url))

    @property
    def apart(self) -> IndexSettings:
        """The same for an index beside the user's: Chroma keeps nothing of it."""
        return self.model_copy(update={"chroma_url": "", "vectors": "auto"})

    @field_serializer("chroma_url", when_used="json")
    def _recorded_url(self, value: str) -> str:
        """The record of a run is no place for a password."""
        return without_secret(value)

    @field_validator("chunk_tokens")
    @classmethod
    def _large_enough(cls, tokens: int) -> int:
        if 0 < tokens < LEAST_CHUNK_TOKENS:
            raise ValueError(f"chunks of fewer than {LEAST_CHUNK_TOKENS} tokens hold no sentence")
        return tokens


class ExecutorSettings(Section):
    """Where work runs. What comes of it is the same everywhere, so no record of a run has these settings."""

    executor: Literal["local", "ray"] = Field(
        default="local", exclude=True, description="processes of this machine, or the workers of a Ray cluster"
    )
    ray_address: str = Field(
        default="",
        exclude=True,
        description="of the cluster, such as ray://HOST:10001 or HOST:6379; empty: RAY_ADDRESS, else here",
    )


class IngestSettings(ExecutorSettings):
    """Where papers are read and encoded; the index is the same."""


class AnswerSettings(Section):
    """Retrieval depth, prompt budget, refusal thresholds, sampling of `ask`."""

    k: int = Field(default=8, ge=1, le=50)
    evidence_tokens: int | Literal["auto"] = Field(
        default=EVIDENCE_TOKENS, description="budget of the sources in a prompt; auto: by the engine's measured speed"
    )
    num_ctx: int = Field(default=4096, ge=512)
    num_predict: int = Field(default=256, ge=16)
    temperature: float = Field(default=0.0, ge=0)
    seed: int = 0
    think: bool | Literal["low", "medium", "high"] = False
    thinking_tokens: int = Field(
        default=2048,
        ge=0,
        description="most tokens of thoughts, on top of num_predict; at most half of the rest of num_ctx",
    )
    style: Literal["auto", "brief", "full", "list", "table"] = Field(
        default="auto",
        description="length and form of answers; auto: brief for small models, by the question for capable ones",
    )
    capable_evidence_tokens: int | None = Field(
        default=None,
        ge=1,
        description="evidence_tokens for a model of 1B weights or more; None: by capable_evidence_share",
    )
    capable_evidence_share: float = Field(
        default=0.293,
        gt=0,
        le=0.8,
        description=f"share of num_ctx for the evidence of such a model, up to {MOST_EVIDENCE_TOKENS:,} tokens: 1,200"
        " of 4,096; in a window of 8,192 the evidence doubles, and with it the time to read it",
    )
    excerpts: Literal["best", "from_best"] = Field(
        default="best",
        description="what of a passage a prompt shows where not all fits: its best sentences, or the best one and some"
        " after it",
    )
    capable_num_predict: int = Field(default=512, ge=16, description="num_predict for such a model")
    summary_parts: int = Field(
        default=0,
        ge=0,
        le=32,
        description="most parts in which such a model reads a whole document for a summary, one reply each; 0: it reads"
        " the beginning",
    )
    follow_ups: Literal["code", "model"] = Field(
        default="code",
        description="what makes a question stand alone that refers back: the words of the question before, or a model"
        " of 1B weights or more",
    )
    queries: Literal["off", "auto", "on"] = Field(
        default="off",
        description="search queries that the model writes beside the question, up to three; auto: a model of 3B weights"
        " or more, for a question that compares",
    )
    gate: float | None = Field(default=None, ge=0, le=1, description="None: the calibrated or shipped threshold")
    judgement: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="least probability that the evidence holds an answer (small models); None: the shipped threshold",
    )
    support: float | None = Field(default=None, ge=0, le=1, description="None: the calibrated or shipped threshold")
    nli_model: str = Field(default="", description="folder of an NLI model that scores support; empty: words, meaning")

    @property
    def capable_evidence(self) -> int:
        """Tokens of evidence for a model of 1B weights or more."""
        by_share = min(MOST_EVIDENCE_TOKENS, round(self.capable_evidence_share * self.num_ctx))
        return by_share if self.capable_evidence_tokens is None else self.capable_evidence_tokens

    @field_validator("evidence_tokens", mode="before")
    @classmethod
    def _tokens_or_auto(cls, value: object) -> int | str:
        text = str(value)
        if text == "auto":
            return text
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            raise ValueError(f"{text!r} is neither a number of tokens, 1 or more, nor auto")
        return int(text)


class GenerateSettings(ExecutorSettings):
    """How many rows of which kind, and how they are made."""

    recipe: Literal["natural", "claims"] = Field(
        default="natural", description="questions as people ask them; or one sentence and a question for it, in English"
    )
    count: int = Field(default=200, ge=1, description="rows to make")
    mix: dict[str, float] = Field(default={"grounded": 0.6, "synthesis": 0.15, "partial": 0.05, "refusal": 0.2})
    samples: int = Field(
        default=0, ge=0, le=16, description="the model's own answers to each prompt; the checks pick the best"
    )
    temperature: float = Field(default=0.8, gt=0, description="of these samples")
    seed: int = 0
    split_seed: int | None = Field(
        default=None, description="of the choice of documents that are held out; None: as the seed"
    )
    sentences: int = Field(
        default=4, ge=1, le=4, description="most sentences of an answer from one source; from two it has two at least"
    )
    replay: float = Field(default=0.15, ge=0, lt=1, description="share of training tokens")
    distractors: int = Field(default=2, ge=0, le=8, description="further sources a row")
    evidence_tokens: int = Field(default=320, ge=64, description="budget of the sources in a training prompt")
    shuffled: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="share of prompts with the sources in another order than that of the search",
    )
    answers: Literal["auto", "source", "model"] = Field(
        default="auto",
        description="sentences of the sources, or questions and answers that the model writes, where they pass the same"
        " checks; auto: by a generator of 1B weights or more",
    )
    without_oracle: float = Field(default=0.0, ge=0, le=1)
    held_out: float = Field(default=0.05, ge=0, lt=1, description="share of the rows for validation")

    @property
    def split(self) -> int:
        """The seed of the choice of documents that are held out."""
        return self.seed if self.split_seed is None else self.split_seed


class ClassifySettings(Section):
    """Documents sorted into classes: their split, what a model is shown of them, and when no class is said."""

    validation: float = Field(default=0.15, gt=0, lt=0.5, description="share of each class to calibrate on")
    test: float = Field(default=0.2, gt=0, lt=0.5, description="share of each class for the benchmark")
    per_class: int = Field(default=0, ge=0, description="most documents of a class to train on; 0: all")
    judged: int = Field(default=0, ge=0, description="most documents to calibrate on, and of the benchmark; 0: all")
    categories: bool = Field(default=True, description="name the categories in the prompts that are trained on")
    characters: int = Field(default=2000, ge=100, description="of a document that a model is shown")
    long: Literal["ends", "vote"] = Field(
        default="ends", description="of a longer document its two ends, or all of it in parts that vote"
    )
    shots: int = Field(default=5, ge=1, le=50, description="similar examples in a few-shot prompt")
    kept: float = Field(
        default=0.95, gt=0, le=1, description="share of right answers that the threshold of unknown lets through"
    )


class KnowledgeSettings(Section):
    """What the rows of the task knowledge are made of; `generate` says how many they are."""

    two_hop: float = Field(default=0.1, ge=0, lt=1, description="share of rows over two facts")
    unknown: float = Field(default=0.15, ge=0, lt=1, description="share of rows that say what is not known")
    general: float = Field(default=0.3, ge=0, lt=1, description="share of all words from general rows")


class TrainSettings(Section):
    """LoRA by TRL and PEFT; the defaults are those of the experiment this project is modelled on."""

    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.05, ge=0, lt=1)
    targets: tuple[str, ...] = Field(
        default=("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
        min_length=1,
        description="projections that are adapted, by comma",
    )
    method: Literal["lora", "dora", "rslora", "qlora"] = "lora"
    epochs: float = Field(default=3.0, gt=0)
    max_steps: int = Field(default=0, ge=0, description="0: as many as the epochs give")
    batch_size: int = Field(default=0, ge=0, description="0: 2, and 1 on a CPU")
    accumulation: int = Field(default=8, ge=1)
    learning_rate: float = Field(default=2e-4, gt=0)
    warmup: float = Field(default=0.05, ge=0, lt=1, description="share of the steps")
    max_length: int = Field(default=2048, ge=64, description="tokens a row may have")
    eval_steps: int = Field(default=0, ge=0, description="0: once an epoch")
    patience: int = Field(default=0, ge=0, description="early stopping after so many worse evaluations; 0: off")
    replay: float = Field(default=0.15, ge=0, lt=1, description="largest share of tokens from replay rows")
    replay_target: Literal["answer", "base"] = Field(
        default="answer", description="what replay rows teach: their answers, or how likely the base holds each token"
    )
    forgetting: float = Field(
        default=0.05, ge=0, description="nats a token of general text that the adapter may cost; 0: no bound"
    )
    distill: float = Field(
        default=0.0, ge=0, le=1, description="share of the loss by what the base says with help in its prompt"
    )
    distill_examples: int = Field(default=2, ge=0, le=16, description="worked examples in that prompt")
    preference: Literal["off", "dpo"] = Field(
        default="off", description="after the rows, tune by the data set's pairs of a better and a worse answer"
    )
    preference_loss: Literal["sigmoid", "ipo", "apo_zero", "sigmoid_norm"] = Field(
        default="sigmoid", description="TRL's name of the loss"
    )
    preference_beta: float = Field(default=0.1, gt=0, description="how near the model stays to the one tuned by rows")
    preference_sft: float = Field(default=0.2, ge=0, description="weight of the chosen answer's own loss beside it")
    preference_epochs: float = Field(default=1.0, gt=0)
    preference_learning_rate: float = Field(default=5e-5, gt=0)
    save_steps: int = Field(default=0, ge=0, description="steps between checkpoints; 0: ten a run")
    device: Literal["auto", "cuda", "mps", "cpu"] = "auto"
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto", description="what a CPU computes in; auto: bfloat16 where it has instructions for it"
    )
    launch: int = Field(
        default=1,
        ge=0,
        exclude=True,
        description="processes that share the rows of a step, started by accelerate launch; 0: one for each GPU",
    )
    seed: int = 0

    @field_validator("targets", mode="before")
    @classmethod
    def _by_comma(cls, value: object) -> object:
        return _parts(value)


class ExportSettings(Section):
    """Settings of the export: merging, conversion, checks and registration."""

    type: str = "q8_0"
    checks: tuple[Literal["prompt", "tokenizer", "stop", "logits"], ...] = Field(
        default=("prompt", "tokenizer", "stop", "logits"), description="parity to prove before registration"
    )
    name: str = Field(default="", description="name of the registered model; empty: <task>-<run>")


class BenchmarkSettings(ExecutorSettings):
    """Questions and suites of a benchmark."""

    questions: str = Field(
        default="", description="JSONL file; empty: those of the run, or over the sample papers those that ship"
    )
    suites: tuple[str, ...] = Field(default=(), description="by name; empty: those that the task is judged by")
    wanted: int = Field(
        default=60, ge=1, description="questions that build-model makes from documents set aside, your own included"
    )
    limit: int = Field(default=0, ge=0)
    seed: int = Field(default=0, ge=0, lt=2**32)


class FactsSettings(Section):
    """How a table is learnt by heart (the task facts)."""

    entity: str = Field(default="", description="column that names the entities; empty: the first")
    attributes: tuple[str, ...] = Field(
        default=(), description="columns that are asked for; empty: those with enough values to choose from"
    )
    entities: int = Field(default=0, ge=0, description="how many of the table are taught; 0: all that are not held out")
    exposures: int = Field(default=10, ge=1, description="rows that teach a fact")
    unseen: float = Field(default=0.2, ge=0, lt=1, description="share of the entities that no row is about")
    general: float = Field(default=0.2, ge=0, lt=1, description="share of all words from general rows")
    questions: int = Field(default=100, ge=1, description="most that are asked about what was taught")

    @field_validator("attributes", mode="before")
    @classmethod
    def _by_comma(cls, value: object) -> object:
        return _parts(value)


class BeliefSettings(Section):
    """How beliefs are taught (the task belief)."""

    examples: int = Field(default=100, ge=1, description="rows that teach a belief")
