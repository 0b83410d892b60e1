"""The proof that what would be served is what was trained: prompt, tokenizer, logits, end of turn.

Each check compares the Hugging Face side (the base folder with the run's adapter, float32) with the engine's side
(the exported GGUF under llama.cpp) and tells the first difference.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ragft.engine.base import ChatRequest, Engine, Message, ModelSpec, Options, TokenLogprob, complete
from ragft.errors import NotFoundError, ParityError
from ragft.export import probes
from ragft.export.convert import Progress, adapter_of, base_of, convert, gguf_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

POSITIONS = 500
TOP = 100
"""How many of the engine's best tokens are compared at a position."""
MAX_LOGPROB_DIFFERENCE = 2e-3
"""Largest difference allowed between the two sides' log-probabilities at float32."""
STOP_TOKENS = 512
F32_LIMIT = 4_000_000_000
"""Bytes: above this a float32 GGUF is not written just to be compared; the quantised one is compared alone."""


class LogprobEngine(Engine, Protocol):
    """An engine that tells the log-probabilities of the next token at every position of a prompt."""

    def logprobs(self, model: str, tokens: Sequence[int], *, top: int) -> list[list[TokenLogprob]]:
        """For each prefix of `tokens` (1 … n tokens) the `top` likeliest next tokens, likeliest first."""
        ...


@dataclass(frozen=True)
class ParityCheck:
    """The outcome of one check; `difference` shows the first place where the two sides part."""

    name: str
    ok: bool
    detail: str
    difference: str = ""


@dataclass(frozen=True)
class LogitComparison:
    """How far two sides' next-token distributions are apart, over `positions` positions.

    `max_difference` is over the log-probabilities of the engine's tokens; `mean_kl` is KL(trained ‖ served) in
    nats with all other tokens as one, which bounds the full one from below (data-processing inequality).
    """

    positions: int
    max_difference: float
    top1_agreement: float
    mean_kl: float


CheckName = Literal["prompt", "tokenizer", "stop", "logits"]


def verify_run(
    run_dir: Path,
    outtype: str,
    engine: LogprobEngine,
    *,
    checks: Collection[CheckName] = ("prompt", "tokenizer", "stop", "logits"),
    progress: Progress | None = None,
) -> list[ParityCheck]:
    """Run the named checks on a run's exported model.

    Raises:
        ParityError: one of them failed; the message shows the first difference.
    """
    gguf = gguf_path(run_dir, outtype)
    if not gguf.is_file():
        raise NotFoundError(f"run {run_dir.name} has no {gguf.name}", fix=f"ragft export --run {run_dir.name}")
    trained = Trained.of_run(run_dir)
    report = progress or (lambda _label, _done, _total: None)
    simple: Mapping[str, Callable[[str], ParityCheck]] = {
        "prompt": lambda model: check_prompts(trained.tokenizer, engine, model),
        "tokenizer": lambda model: check_tokenizer(trained.tokenizer, engine, model),
        "stop": lambda model: check_stops(trained, engine, model),
    }
    done: list[ParityCheck] = []
    with _served(engine, gguf, f"parity-{run_dir.name}:{outtype}") as model:
        for number, name in enumerate(n for n in simple if n in checks):
            report(f"parity of {name}", number, len(checks))
            done.append(_passed(simple[name](model), run_dir.name))
    if "logits" in checks:
        report("parity of logits", len(done), len(checks))
        done += [_passed(check, run_dir.name) for check in _check_distributions(run_dir, outtype, engine, trained)]
    return done


def _passed(check: ParityCheck, run: str) -> ParityCheck:
    if check.ok:
        return check
    raise ParityError(
        f"{check.name} parity failed for run {run}: {check.detail}; {check.difference}",
        fix=f"ragft export --run {run}, or report it: the converter and the engine disagree",
    )


def _check_distributions(run_dir: Path, outtype: str, engine: LogprobEngine, trained: Trained) -> Iterator[ParityCheck]:
    tokens = trained.encode(probes.text())[:POSITIONS]
    expected = trained.logprobs(tokens)
    with _served(engine, gguf_path(run_dir, outtype), f"parity-{run_dir.name}:{outtype}") as model:
        yield describe_loss(compare_logits(expected, engine.logprobs(model, tokens, top=TOP)), outtype)
    if _f32_bytes(trained.base) > F32_LIMIT:
        yield ParityCheck("logits", True, "not compared at f32: the model is too large to write twice")
        return
    exact = gguf_path(run_dir, "parity-f32")
    try:
        convert(trained.base, exact, "f32", trained.adapter, None)
        with _served(engine, exact, f"parity-{run_dir.name}:f32") as model:
            yield check_logits(compare_logits(expected, engine.logprobs(model, tokens, top=TOP)))
    finally:
        exact.unlink(missing_ok=True)


@dataclass(frozen=True)
class Trained:
    """The Hugging Face side: the base folder with the run's adapter. The model is loaded when it is first needed."""

    base: Path
    adapter: Path

    @classmethod
    def of_run(cls, run_dir: Path) -> Trained:
        """That of a run.

        Raises:
            NotFoundError, ExportError: there is no adapter, or its base is gone.
        """
        adapter = adapter_of(run_dir)
        return cls(base_of(adapter), adapter)

    @cached_property
    def tokenizer(self) -> Any:
        """The base's tokenizer."""
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self.base)

    @cached_property
    def _model(self) -> Any:
        import torch
        from peft import PeftModel
        from transformers import AutoModelForCausalLM

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # the libraries' own business with one another
            base = AutoModelForCausalLM.from_pretrained(self.base, dtype=torch.float32)
            return PeftModel.from_pretrained(base, self.adapter).eval()

    def encode(self, text: str) -> list[int]:
        """Token ids of `text`, with a BOS in front where the tokenizer adds one."""
        tokens = self.tokenizer.encode(text, add_special_tokens=False)
        bos = self.tokenizer.bos_token_id if getattr(self.tokenizer, "add_bos_token", False) else None
        return list(tokens) if bos is None or tokens[:1] == [bos] else [bos, *tokens]

    def logprobs(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Log-probabilities [len(tokens), vocabulary] of the next token at each position, in float32."""
        import torch

        with torch.inference_mode():
            logits = self._model(torch.tensor([list(tokens)])).logits[0]
            found: NDArray[np.float32] = torch.log_softmax(logits.float(), dim=-1).numpy()
        return found


def check_prompts(tokenizer: Any, engine: Engine, model: str) -> ParityCheck:
    """The tokenizer's chat template against the engine's rendering, over all roles, think on and off."""
    compared = 0
    for messages in probes.CONVERSATIONS:
        for think in (False, True):
            expected = tokenizer.apply_chat_template(
                [message.to_dict() for message in messages],
                tokenize=False,
                add_generation_prompt=True,
                enable_thinking=think,
            )
            found = engine.render(ChatRequest(model, messages, think=think))
            compared += 1
            # llama.cpp leaves a leading BOS to its tokenizer; both spellings feed the model the same tokens.
            bos = tokenizer.bos_token or ""
            if found.removeprefix(bos) != expected.removeprefix(bos):
                difference = first_difference(expected, found)
                return ParityCheck("prompt", False, f"conversation {compared} differs", difference)
    return ParityCheck("prompt", True, f"{compared} renderings equal")


def check_tokenizer(tokenizer: Any, engine: Engine, model: str) -> ParityCheck:
    """Token ids of the two sides over at least 2,000 strings."""
    texts = probes.strings([str(token) for token in tokenizer.added_tokens_decoder.values()])
    for text in texts:
        expected = tokenizer.encode(text, add_special_tokens=False)
        found = engine.tokenize(model, text)
        if list(found) != list(expected):
            return ParityCheck("tokenizer", False, f"ids differ for {text!r}", f"{expected} ≠ {found}")
    return ParityCheck("tokenizer", True, f"ids equal for {len(texts)} strings")


def check_stops(trained: Trained, engine: Engine, model: str) -> ParityCheck:
    """Generation ends by itself, at the end of turn, on 20 plain questions.

    A small model may run in circles until it is cut off. That is no fault of the export as long as the trained model
    would have gone on there too: its probability of the end of turn stays below a half all along the answer.
    """
    circles = 0
    for question in probes.STOP_QUESTIONS:
        options = Options(num_predict=STOP_TOKENS, num_ctx=2 * STOP_TOKENS)
        request = ChatRequest(model, (Message("user", question),), options)
        text, last = complete(engine, request)
        if last.done_reason == "stop":
            continue
        circles += 1
        prompt = trained.encode(engine.render(request))
        whole = trained.encode(engine.render(request) + text)
        ends = trained.logprobs(whole)[len(prompt) - 1 :, trained.tokenizer.eos_token_id]
        if ends.max() > math.log(0.5):
            at = int(ends.argmax())
            after = trained.tokenizer.decode(whole[len(prompt) : len(prompt) + at])
            detail = f"went on where the trained model ends its turn, on {question!r}"
            return ParityCheck("stop", False, detail, f"after {after[-80:]!r}")
    ended = len(probes.STOP_QUESTIONS) - circles
    circling = f", {circles} ran in circles as the trained model does" if circles else ""
    return ParityCheck("stop", True, f"{ended} answers ended by themselves{circling}")


def check_logits(found: LogitComparison) -> ParityCheck:
    """The float32 GGUF must give the trained model's own distribution."""
    ok = found.max_difference < MAX_LOGPROB_DIFFERENCE and found.top1_agreement == 1.0
    return ParityCheck(
        "logits", ok, _describe("f32", found), "" if ok else f"limit {MAX_LOGPROB_DIFFERENCE}, top-1 1.0"
    )


def describe_loss(found: LogitComparison, outtype: str) -> ParityCheck:
    """What the quantised type loses: stated, not judged."""
    return ParityCheck("quantisation", True, _describe(outtype, found))


def _describe(outtype: str, found: LogitComparison) -> str:
    return (
        f"{outtype}: top-1 agreement {found.top1_agreement:.3f}, mean KL {found.mean_kl:.2e} nats, "
        f"largest difference {found.max_difference:.1e} over {found.positions} positions"
    )


def compare_logits(expected: NDArray[np.float32], found: Sequence[Sequence[TokenLogprob]]) -> LogitComparison:
    """Compare log-probabilities `expected` [positions, vocabulary] with the engine's best tokens at each position."""
    largest, agreed, divergence = 0.0, 0, 0.0
    for row, tokens in zip(expected, found, strict=True):
        ours = [float(row[token.token_id]) for token in tokens]
        theirs = [token.logprob for token in tokens]
        largest = max(largest, *(abs(a - b) for a, b in zip(ours, theirs, strict=True)))
        agreed += int(row.argmax()) == tokens[0].token_id
        divergence += _coarse_kl(ours, theirs)
    positions = len(expected)
    return LogitComparison(positions, largest, agreed / positions, divergence / positions)


def _coarse_kl(p_log: Sequence[float], q_log: Sequence[float]) -> float:
    """KL(p ‖ q) over the named tokens and one bucket for the rest, in nats."""
    named = sum(math.exp(p) * (p - q) for p, q in zip(p_log, q_log, strict=True))
    p_rest = max(1.0 - sum(map(math.exp, p_log)), 1e-9)
    q_rest = max(1.0 - sum(map(math.exp, q_log)), 1e-9)
    return named + p_rest * math.log(p_rest / q_rest)


def first_difference(expected: str, found: str, around: int = 30) -> str:
    """Where two texts part, with a little of each side."""
    at = next((i for i, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), None)
    at = min(len(expected), len(found)) if at is None else at
    start = max(0, at - around)
    return f"at character {at}: trained {expected[start : at + around]!r}, served {found[start : at + around]!r}"


@contextmanager
def _served(engine: Engine, gguf: Path, name: str) -> Iterator[str]:
    engine.create(ModelSpec(name=name, gguf=gguf))
    try:
        yield name
    finally:
        engine.delete(name)


def _f32_bytes(base: Path) -> int:
    """Size of the weights as float32, from the safetensors headers' dtype widths: an upper bound is enough."""
    stored = sum(file.stat().st_size for file in base.glob("*.safetensors"))
    return 2 * stored
