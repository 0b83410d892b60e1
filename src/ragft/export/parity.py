"""Proves that the exported model is the trained one: prompt, tokenizer, end of turn, weights, logits.

Each check compares the Hugging Face side (the base folder with the run's adapter, float32) with the engine's side
(the exported GGUF under llama.cpp) and tells the first difference.

The exported file is proven in two steps, since no quantised model gives the trained one's logits: its bytes are those
that merging and converting give ("weights"), and the same merge at float32 has the trained model's logits ("logits").
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from ragft.console import Progress, silent
from ragft.engine.base import ChatRequest, Engine, Message, ModelSpec, Options, TokenLogprob, collect_reply
from ragft.engine.chat_template import fitted
from ragft.engine.choosing.made_here import CHECKED
from ragft.engine.types import fix_for, own_type
from ragft.errors import ExportError, ParityError
from ragft.export import probes
from ragft.export.convert import convert, exported_gguf
from ragft.export.differences import LogitComparison, compare_logits, first_difference
from ragft.export.trained import TemplateRefusal, Trained, added_bos, trained_prompt
from ragft.run_folder import RunFolder

POSITIONS = 500
TOP = 100
"""How many of the engine's best tokens are compared at a position."""
MAX_LOGPROB_DIFFERENCE = 2e-3
"""Largest difference allowed between the two sides' log-probabilities at float32."""
MAX_TIE = 1e-3
"""Two tokens this close (in nats) in the trained model are a tie: rounding decides which comes first."""
STOP_TOKENS = 512
CERTAIN_END = 0.9
"""From this probability of the end of turn on, a served model that goes on is at fault. q8_0 moves log-probabilities by
up to 1.8 nats (docs/exporting.md): odds of 9 to 1 stay above even, those of a toss-up do not."""
F32_LIMIT = 4_000_000_000
"""Bytes: above this a float32 GGUF is not written just to be compared; the quantised one is compared alone."""


class LogprobEngine(Engine, Protocol):
    """An engine that tells the log-probabilities of the next token at every position of a prompt."""

    def logprobs(self, model: str, tokens: Sequence[int], *, top: int) -> list[list[TokenLogprob]]:
        """For each prefix of `tokens` (1 … n tokens) the `top` likeliest next tokens, likeliest first."""
        ...


Status = Literal["passed", "failed", "stated", "skipped"]
"""`stated`: measured, and nothing asked of it. `skipped`: not run, and the detail says why."""


@dataclass(frozen=True)
class ParityCheck:
    """The outcome of one check; `difference` shows the first place where the two sides part."""

    name: str
    status: Status
    detail: str
    difference: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is no reason to stop."""
        return self.status != "failed"


CheckName = Literal["prompt", "tokenizer", "stop", "logits"]


def verify_run(
    run_dir: Path,
    outtype: str,
    engine: LogprobEngine,
    *,
    checks: Collection[CheckName] = ("prompt", "tokenizer", "stop", "logits"),
    positions: int = POSITIONS,
    f32_limit: int = F32_LIMIT,
    progress: Progress | None = None,
) -> list[ParityCheck]:
    """Run the named checks on a run's exported model; "logits" stands for weights, quantisation and logits.

    `f32_limit`: bytes; a float32 copy larger than that is not written, and the last check says that it was skipped.

    Raises:
        NotFoundError: the run is not exported at this type.
        ParityError: a check failed; the message shows the first difference.
    """
    outtype = own_type(outtype)
    gguf = exported_gguf(run_dir, outtype)
    trained = Trained.of_run(run_dir)
    report = progress or silent
    simple: Mapping[str, Callable[[str], ParityCheck]] = {
        "prompt": lambda model: check_prompts(trained.tokenizer, engine, model),
        "tokenizer": lambda model: check_tokenizer(trained.tokenizer, engine, model),
        "stop": lambda model: check_stops(trained, engine, model),
    }
    done: list[ParityCheck] = []
    if asked := [name for name in simple if name in checks]:
        with _served(engine, gguf, f"{CHECKED}{run_dir.name}:{outtype}") as model:
            for number, name in enumerate(asked):
                report(f"parity of {name}", number, len(checks))
                done.append(_passed(simple[name](model), run_dir.name, outtype))
    if "logits" in checks:
        report("parity of logits", len(done), len(checks))
        found = _distributions(run_dir, outtype, engine, trained, positions, f32_limit)
        done += [_passed(check, run_dir.name, outtype) for check in found]
    report("parity", len(checks), len(checks))
    return done


def _passed(check: ParityCheck, run: str, outtype: str) -> ParityCheck:
    if check.ok:
        return check
    raise ParityError(
        f"{check.name} parity failed for run {run}: {check.detail}; {check.difference}",
        fix=f"{fix_for(outtype, run=run)}, or report it: the converter and the engine disagree",
    )


def _distributions(
    run_dir: Path, outtype: str, engine: LogprobEngine, trained: Trained, positions: int, f32_limit: int
) -> Iterator[ParityCheck]:
    tokens = trained.encode(probes.text())[:positions]

    def compared(gguf: Path, name: str) -> LogitComparison:
        with _served(engine, gguf, f"{CHECKED}{run_dir.name}:{name}") as model:
            return compare_logits(expected, engine.logprobs(model, tokens, top=TOP))

    gguf = RunFolder(run_dir).gguf(outtype)
    yield compare_weights(trained, gguf, outtype)
    expected = trained.logprobs(tokens)
    if outtype == "f32":
        yield check_logits(compared(gguf, outtype))
        return
    yield describe_loss(compared(gguf, outtype), outtype)
    needed = _f32_bytes(trained.base)
    if needed > f32_limit:
        why = f"a float32 copy to compare with would take {needed / 1e9:.1f} GB, more than {f32_limit / 1e9:.1f} GB"
        yield ParityCheck("logits", "skipped", why)
        return
    exact = RunFolder(run_dir).gguf("parity-f32")
    try:
        convert(trained.base, exact, outtype="f32", adapter=trained.adapter)
        yield check_logits(compared(exact, "f32"))
    finally:
        exact.unlink(missing_ok=True)


def check_prompts(
    tokenizer: Any,
    engine: Engine,
    model: str,
    *,
    thinking: Sequence[bool] = (False, True),
    strips: bool = False,
    unusual: Sequence[tuple[Message, ...]] = probes.UNUSUAL,
) -> ParityCheck:
    """The tokenizer's chat template against the engine's rendering, over all roles, with thinking off and on.

    `strips`: compare messages without blanks around them, since the trained template takes these away and the
    engine's cannot; ragft sends none. A conversation of `unusual` counts only where the trained template takes it.
    """
    compared = 0
    bos = added_bos(tokenizer)  # with or without it in front, the model reads the same tokens
    for conversation in (*probes.CONVERSATIONS, *unusual):
        messages = tuple(replace(m, content=m.content.strip()) for m in conversation) if strips else conversation
        for think in thinking:
            try:
                expected = trained_prompt(tokenizer, fitted(messages, tokenizer), thinking=think)
            except TemplateRefusal as error:
                if conversation in unusual:
                    continue
                detail = f"the trained model's chat template refuses conversation {compared + 1}"
                return ParityCheck("prompt", "failed", detail, str(error))
            compared += 1
            found = engine.render(ChatRequest(model, messages, think=think))
            if found.removeprefix(bos) != expected.removeprefix(bos):
                difference = first_difference(expected, found)
                return ParityCheck("prompt", "failed", f"conversation {compared} differs", difference)
    return ParityCheck("prompt", "passed", f"{compared} renderings equal")


def check_tokenizer(tokenizer: Any, engine: Engine, model: str) -> ParityCheck:
    """Token ids of the two sides over at least 2,000 strings.

    llama.cpp normalises nothing. Where the trained tokenizer does (NFC, as Qwen's), its texts are compared as it
    normalises them, and the detail says how many that changes: what users type is composed already, nearly always.
    """
    texts = probes.strings([str(token) for token in tokenizer.added_tokens_decoder.values()])
    composed = [_composed(tokenizer, text) for text in texts]
    for text in composed:
        expected = tokenizer.encode(text, add_special_tokens=False)
        found = engine.tokenize(model, text)
        if list(found) != list(expected):
            return ParityCheck("tokenizer", "failed", f"ids differ for {text!r}", f"{expected} ≠ {found}")
    changed = sum(one != other for one, other in zip(texts, composed, strict=True))
    apart = f"; {changed} of them only once composed (NFC), which llama.cpp leaves to the sender" if changed else ""
    return ParityCheck("tokenizer", "passed", f"ids equal for {len(texts)} strings{apart}")


def _composed(tokenizer: Any, text: str) -> str:
    """`text` in NFC where the tokenizer takes both forms for the same; else as it is."""
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return text
    ids = (tokenizer.encode(form, add_special_tokens=False) for form in (text, composed))
    return composed if next(ids) == next(ids) else text


def check_stops(trained: Trained, engine: Engine, model: str) -> ParityCheck:
    """Generation ends by itself, at the end of turn, on 20 plain questions; how many did is stated where none does.

    A small model may run in circles until it is cut off. That is no fault of the export as long as the trained model
    would have gone on there too: its probability of the end of turn stays below `CERTAIN_END` all along the answer.
    An answer that was cut after thoughts is not compared: the engine keeps the tags around them to itself, so that
    nobody knows what exactly the model read.
    """
    circles = thoughts = 0
    for question in probes.STOP_QUESTIONS:
        options = Options(num_predict=STOP_TOKENS)
        request = ChatRequest(model, (Message("user", question),), options)
        text, last = collect_reply(engine, request)
        if last.done_reason == "stop":
            continue
        if last.thinking:
            thoughts += 1
            continue
        circles += 1
        prompt = trained.encode(engine.render(request))
        whole = trained.encode(engine.render(request) + text)
        # Row i expects the token after whole[i]. The last is left out: the engine was cut off before it could speak.
        ends = trained.logprobs(whole)[len(prompt) - 1 : -1, trained.tokenizer.eos_token_id]
        if len(ends) and ends.max() > math.log(CERTAIN_END):
            at = int(ends.argmax())
            after = trained.tokenizer.decode(whole[len(prompt) : len(prompt) + at])
            detail = f"went on where the trained model ends its turn, on {question!r}"
            return ParityCheck("stop", "failed", detail, f"after {after[-80:]!r}")
    ended = len(probes.STOP_QUESTIONS) - circles - thoughts
    detail = f"{ended} answers ended by themselves"
    detail += f", {circles} ran in circles as the trained model does" if circles else ""
    detail += f", {thoughts} were cut at {STOP_TOKENS} tokens after thoughts and not compared" if thoughts else ""
    return ParityCheck("stop", "passed" if ended else "stated" if circles else "skipped", detail)


def compare_weights(trained: Trained, gguf: Path, outtype: str) -> ParityCheck:
    """Every tensor, hyperparameter and tokenizer entry of the file: what merging and converting to `outtype` give."""
    from llama_cpp_tools.errors import ConversionError
    from llama_cpp_tools.verify import verify

    try:
        found = verify(gguf, trained.base, trained.adapter, outtype=outtype)
    except ConversionError as error:
        raise ExportError(str(error)) from error
    if found.ok:
        return ParityCheck("weights", "passed", f"{len(found.tensors)} tensors byte for byte those of the merged model")
    detail = f"{len(found.problems)} entries of {gguf.name} are not the merged model's"
    return ParityCheck("weights", "failed", detail, found.problems[0])


def check_logits(found: LogitComparison) -> ParityCheck:
    """The float32 GGUF must give the trained model's own distribution."""
    ok = found.max_difference < MAX_LOGPROB_DIFFERENCE and found.top1_gap <= MAX_TIE
    limits = f"allowed are {MAX_LOGPROB_DIFFERENCE}, and another best token in a tie only (found: {found.top1_gap:.1e})"
    return ParityCheck("logits", "passed" if ok else "failed", _describe("f32", found), "" if ok else limits)


def describe_loss(found: LogitComparison, outtype: str) -> ParityCheck:
    """What the quantised type loses: stated, not judged, as long as it is a number."""
    if not math.isfinite(found.max_difference):
        return ParityCheck("quantisation", "failed", _describe(outtype, found), "a log-probability is not finite")
    return ParityCheck("quantisation", "stated", _describe(outtype, found))


def _describe(outtype: str, found: LogitComparison) -> str:
    return (
        f"{outtype}: top-1 agreement {found.top1_agreement:.3f}, mean KL {found.mean_kl:.2e} nats, "
        f"largest difference {found.max_difference:.1e} over {found.positions} positions"
    )


@contextmanager
def _served(engine: Engine, gguf: Path, name: str) -> Iterator[str]:
    engine.create(ModelSpec(name=name, gguf=gguf))
    try:
        yield name
    finally:
        engine.delete(name)


def _f32_bytes(base: Path) -> int:
    """Size of the weights as float32, from the shapes in the safetensors headers."""
    from llama_cpp_tools.safetensors_io import Checkpoint

    with Checkpoint(base) as checkpoint:
        return sum(4 * math.prod(stored.shape) for stored in checkpoint)
