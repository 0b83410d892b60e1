"""The proof holds for an honest export through real llama.cpp, and names the check that a spoilt one fails."""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragft.config import load_settings
from ragft.engine.base import ChatChunk, ChatRequest, Message
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import ExportError, NotFoundError, ParityError
from ragft.export import probes
from ragft.export.convert import base_of, convert
from ragft.export.parity import CheckName, _f32_bytes, check_stops, check_tokenizer, verify_run
from ragft.export.trained import Trained
from ragft.run_folder import RunFolder
from tests.export.conftest import make_adapter, rebase
from tests.llama_cpp_tools.tiny import write_model

POSITIONS = 60
Change = Callable[[str, Callable[[str], str]], Path]


def failure(run: Path, engine: EmbeddedEngine, *checks: CheckName, outtype: str = "f32") -> str:
    with pytest.raises(ParityError) as caught:
        verify_run(run, outtype, engine, checks=checks, positions=POSITIONS)
    assert engine.models() == [] or all("parity" not in model.name for model in engine.models())
    return caught.value.message


@pytest.mark.slow
def test_an_honest_export_passes(run: Path, engine: EmbeddedEngine) -> None:
    found = verify_run(run, "q8_0", engine, checks=("prompt", "tokenizer", "logits"), positions=POSITIONS)
    assert [check.name for check in found] == ["prompt", "tokenizer", "weights", "quantisation", "logits"]
    assert [check.status for check in found] == ["passed", "passed", "passed", "stated", "passed"]
    assert "2000 strings" in found[1].detail
    assert f"over {POSITIONS} positions" in found[-1].detail
    assert sorted(path.name for path in run.glob("*.gguf")) == [
        "base-f32.gguf", "base-q8_0.gguf", "model-f32.gguf", "model-q8_0.gguf",
    ]  # fmt: skip


def test_another_chat_template_is_found(run: Path, engine: EmbeddedEngine, changed_base: Change) -> None:
    base = changed_base("chat_template.jinja", lambda text: text.replace("'<|im_end|>' + '\n'", "'<|im_end|>'"))
    convert(base, RunFolder(run).gguf("f32"), outtype="f32", adapter=run / "adapter")
    message = failure(run, engine, "prompt")
    assert message.startswith("prompt parity failed for run tiny-run: conversation 1 differs; at character ")
    assert "<|im_end|>\\n" in message


NO_SYSTEM_ROLE = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}"
    "<|im_start|>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ m['content'] | trim }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>model\n{% endif %}"
)


def test_a_template_without_a_system_role_is_served_as_it_was_trained(
    run: Path, engine: EmbeddedEngine, changed_base: Change
) -> None:
    base = changed_base("chat_template.jinja", lambda _: NO_SYSTEM_ROLE)
    rebase(run, base)
    convert(base, RunFolder(run).gguf("f32"), outtype="f32", adapter=run / "adapter")
    (check,) = verify_run(run, "f32", engine, checks=("prompt",))
    assert (check.status, check.detail) == ("passed", "14 renderings equal")


def test_a_template_that_refuses_a_plain_conversation_is_named(
    run: Path, engine: EmbeddedEngine, changed_base: Change
) -> None:
    refuses = "{% if messages | length > 2 %}{{ raise_exception('one question only') }}{% endif %}"
    rebase(run, changed_base("chat_template.jinja", lambda text: refuses + text))
    assert failure(run, engine, "prompt") == (
        "prompt parity failed for run tiny-run: the trained model's chat template refuses conversation 5; "
        "one question only"
    )


def test_a_base_without_a_template_any_more_is_named(run: Path, engine: EmbeddedEngine, changed_base: Change) -> None:
    base = changed_base("chat_template.jinja", lambda text: text + " ")
    (base / "chat_template.jinja").unlink()
    rebase(run, base)
    assert "the trained model's chat template refuses conversation 1; " in failure(run, engine, "prompt")


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json"])
def test_a_base_that_was_damaged_since_is_named(
    run: Path, engine: EmbeddedEngine, changed_base: Change, name: str
) -> None:
    rebase(run, changed_base(name, lambda text: text[: len(text) // 2]))
    with pytest.raises(ExportError, match=r"the trained side cannot be loaded from .*changed: .*put the base back"):
        verify_run(run, "f32", engine, checks=("prompt", "logits"), positions=5)


def test_another_tokenizer_is_found(run: Path, engine: EmbeddedEngine, changed_base: Change) -> None:
    def swap(text: str) -> str:
        tokenizer = json.loads(text)
        vocabulary = tokenizer["model"]["vocab"]
        vocabulary["a"], vocabulary["b"] = vocabulary["b"], vocabulary["a"]
        return json.dumps(tokenizer)

    convert(changed_base("tokenizer.json", swap), RunFolder(run).gguf("f32"), outtype="f32", adapter=run / "adapter")
    assert "tokenizer parity failed for run tiny-run: ids differ for '" in failure(run, engine, "prompt", "tokenizer")


def test_a_tokenizer_that_composes_is_compared_with_composed_texts(
    run: Path, engine: EmbeddedEngine, changed_base: Change
) -> None:
    """As Qwen's does, and llama.cpp does not."""
    from transformers import AutoTokenizer

    from ragft.engine.base import ModelSpec

    engine.create(ModelSpec("plain", gguf=RunFolder(run).gguf("f32")))
    normalizer = {"normalizer": {"type": "NFC"}}
    folder = changed_base("tokenizer.json", lambda text: json.dumps({**json.loads(text), **normalizer}))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.encode("e\u0301") == tokenizer.encode("é")
    assert tokenizer.encode("e\u0301", add_special_tokens=False) != engine.tokenize("plain", "e\u0301")
    check = check_tokenizer(tokenizer, engine, "plain")
    assert check.status == "passed"
    assert re.fullmatch(r"ids equal for 2000 strings; \d+ of them only once composed \(NFC\), .*", check.detail)


def test_progress_reaches_the_whole(run: Path, engine: EmbeddedEngine) -> None:
    seen: list[tuple[str, int, int]] = []
    verify_run(run, "f32", engine, checks=("prompt",), progress=lambda *step: seen.append(step))
    assert seen == [("parity of prompt", 0, 1), ("parity", 1, 1)]


@pytest.mark.parametrize(("which", "outtype"), [("none", "q8_0"), ("another", "f32")])
def test_an_export_without_the_adapter_is_found(
    run: Path, engine: EmbeddedEngine, tmp_path: Path, which: str, outtype: str
) -> None:
    base = base_of(run / "adapter")
    other = make_adapter(base, tmp_path / "other", seed=2) if which == "another" else None
    convert(base, RunFolder(run).gguf(outtype), outtype=outtype, adapter=other)
    message = failure(run, engine, "logits", outtype=outtype)
    assert message.startswith("weights parity failed for run tiny-run: 6 entries")
    assert "blk.0.ffn_down.weight" in message


def test_logits_that_the_engine_computes_otherwise_are_found(run: Path, tmp_path: Path) -> None:
    """The right bytes in the file, and an engine that computes something else of them."""

    class Off(EmbeddedEngine):
        def logprobs(self, model: str, tokens: Sequence[int], *, top: int = 20, start: int = 0):  # type: ignore[no-untyped-def]
            return super().logprobs(model, [*tokens[:-1], tokens[-1] ^ 1], top=top, start=start)

    from ragft.workspace import Workspace

    engine = Off(Workspace(tmp_path / "off"), threads=1, exact=True)
    try:
        assert failure(run, engine, "logits").startswith("logits parity failed for run tiny-run: f32: top-1")
    finally:
        engine.close()


def test_a_model_too_large_to_write_twice_is_said_to_be_skipped(run: Path, engine: EmbeddedEngine) -> None:
    from llama_cpp_tools.gguf_file import GGUFFile

    with GGUFFile(RunFolder(run).gguf("f32")) as file:
        needed = sum(4 * math.prod(tensor.shape) for tensor in file.tensors.values())
    found = verify_run(run, "q8_0", engine, checks=("logits",), positions=5, f32_limit=needed - 1)
    assert [(check.name, check.status) for check in found] == [
        ("weights", "passed"), ("quantisation", "stated"), ("logits", "skipped"),
    ]  # fmt: skip
    assert "float32 copy to compare with would take" in found[-1].detail


def test_the_size_of_a_float32_copy_is_counted_from_the_shapes(tmp_path: Path) -> None:
    """A base kept as float32 is no larger as a float32 GGUF, one kept as bfloat16 is twice its file."""
    sizes = {_f32_bytes(write_model(tmp_path / dtype, "qwen3", dtype=dtype)) for dtype in ("F32", "BF16")}
    assert len(sizes) == 1
    weights = (tmp_path / "F32" / "model.safetensors").stat().st_size
    assert 0.9 * weights < sizes.pop() < weights


def test_a_run_that_is_not_exported(run: Path, engine: EmbeddedEngine) -> None:
    with pytest.raises(NotFoundError, match="ragft export --run tiny-run --type bf16"):
        verify_run(run, "bf16", engine)


@pytest.fixture(scope="module")
def ending(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A model that ends its turn at once: every hidden state points where the end token's embedding is longest."""
    import torch
    from transformers import AutoModelForCausalLM

    folder = tmp_path_factory.mktemp("ending")
    base = Path(shutil.copytree(tiny_base, folder / "base"))
    model = AutoModelForCausalLM.from_pretrained(base)
    with torch.no_grad():
        embedding = model.get_input_embeddings().weight
        embedding[:, 0] = 10.0
        embedding[model.config.eos_token_id, 0] = 14.0
    model.save_pretrained(base)
    return Trained(base, make_adapter(base, folder / "adapter"))


def test_an_answer_that_ends_passes(ending: Trained, engine: EmbeddedEngine, tmp_path: Path) -> None:
    from ragft.engine.base import ModelSpec

    convert(ending.base, tmp_path / "ending.gguf", outtype="f32", adapter=ending.adapter)
    engine.create(ModelSpec("ending", gguf=tmp_path / "ending.gguf"))
    check = check_stops(ending, engine, "ending")
    assert check.ok
    assert check.detail == f"{len(probes.STOP_QUESTIONS)} answers ended by themselves"


def goes_on(request: ChatRequest) -> Iterator[ChatChunk]:
    yield ChatChunk(content="and on and on")
    yield ChatChunk(done=True, done_reason="length")


def test_going_on_where_the_trained_model_ends_is_found(ending: Trained) -> None:
    check = check_stops(ending, ScriptedEngine(goes_on), "scripted")
    assert not check.ok
    assert "went on where the trained model ends its turn, on 'Say hello.'" in check.detail
    assert check.difference == "after ''"


@pytest.mark.parametrize(("at", "status"), [(-1, "stated"), (-2, "failed")])
def test_the_end_that_the_engine_had_no_time_to_reach_is_no_fault(ending: Trained, at: int, status: str) -> None:
    """The engine is cut off after its last token, so what the trained model expects after that is not compared."""

    class EndsThere(Trained):
        def logprobs(self, tokens: Sequence[int]) -> Any:
            found = np.full((len(tokens), 2000), -10.0, np.float32)
            found[at, self.tokenizer.eos_token_id] = -0.01
            return found

    assert check_stops(EndsThere(ending.base, ending.adapter), ScriptedEngine(goes_on), "scripted").status == status


def test_an_answer_of_nothing_that_is_cut_off(ending: Trained) -> None:
    engine = ScriptedEngine(lambda _: [ChatChunk(done=True, done_reason="length")])
    assert check_stops(ending, engine, "scripted").status == "stated"


def test_answers_that_are_cut_after_thoughts_are_not_compared(ending: Trained) -> None:
    def thinks(_: ChatRequest) -> list[ChatChunk]:
        return [ChatChunk(thinking="hm"), ChatChunk(content="48"), ChatChunk(done=True, done_reason="length")]

    check = check_stops(ending, ScriptedEngine(thinks), "scripted")
    assert check.status == "skipped"
    assert check.detail.endswith(", 20 were cut at 512 tokens after thoughts and not compared")


def test_going_on_where_the_trained_model_goes_on_is_no_fault(run: Path) -> None:
    check = check_stops(Trained.of_run(run), ScriptedEngine(goes_on), "scripted")
    assert (check.ok, check.status) == (True, "stated")
    assert check.detail == "0 answers ended by themselves, 20 ran in circles as the trained model does"


@pytest.mark.slow
def test_a_failure_stops_the_pipeline_before_it_registers(run: Path, changed_base: Change, tmp_path: Path) -> None:
    """llama.cpp has no place for a token that swallows the blanks after it, so its ids must differ."""
    from ragft.pipeline.build_plan import BuildPlan
    from ragft.pipeline.manifest import Manifest
    from ragft.pipeline.stage import Context
    from ragft.pipeline.stages import EXPORT, REGISTER
    from ragft.tasks import task
    from ragft.workspace import Workspace

    def swallow(text: str) -> str:
        tokenizer = json.loads(text)
        tokenizer["added_tokens"][1]["rstrip"] = True
        return json.dumps(tokenizer)

    base = changed_base("tokenizer.json", swallow)
    config = json.loads((run / "adapter" / "adapter_config.json").read_text())
    space = Workspace(tmp_path / "built")
    shutil.copytree(run / "adapter", space.runs / "run" / "adapter")
    (space.runs / "run" / "adapter" / "adapter_config.json").write_text(
        json.dumps({**config, "base_model_name_or_path": str(base)})
    )
    engine = ScriptedEngine(["never asked"])
    settings = load_settings().with_("engine", threads=1)
    with ExitStack() as stack:
        plan = BuildPlan(task("papers"), settings, (), "base")
        context = Context(space, plan, "run", lambda *_: None, stack, Manifest("run", {}))
        context.__dict__["engine"] = engine
        with pytest.raises(ParityError, match="tokenizer parity failed"):
            for stage in (EXPORT, REGISTER):
                stage.run(context)
    assert engine.requests == []
    assert [model.name for model in engine.models()] == ["scripted"]


def test_the_prompt_is_asked_with_every_role() -> None:
    roles = {message.role for conversation in probes.CONVERSATIONS for message in conversation}
    assert roles == {"system", "user", "assistant"}
    assert Message("system", "") in probes.CONVERSATIONS[-1]
