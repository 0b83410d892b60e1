"""What is registered is shown, prompted and asked; what fails leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ragft.console import Progress
from ragft.engine.base import ChatChunk, ModelInfo, ModelSpec
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.engine.model_names import same_model
from ragft.engine.ollama.engine import OllamaEngine
from ragft.engine.run_models import Registration
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import EngineError, EngineUnavailable, ExportError, NotFoundError, ParityError, UsageError
from ragft.export.base import RegisterReport
from ragft.export.convert import base_of, convert
from ragft.export.differences import compare_logits
from ragft.export.registration import register_adapter, register_run
from ragft.export.templates import STAND_IN
from ragft.export.trained import Trained
from ragft.run_folder import RunFolder
from ragft.workspace import digest_file
from tests.engine.conftest import fake  # noqa: F401  a fixture
from tests.engine.fake_ollama import FakeOllama, says
from tests.engine.ollama_prompt import render_prompt
from tests.export.conftest import make_adapter

NAMES = ["papers-base:q8_0", "papers:q8_0"]


def register(run: Path, engine: Any, outtype: str = "q8_0") -> RegisterReport:
    return register_run(run, engine, name="papers", outtype=outtype)


def names(engine: Any) -> list[str]:
    return [model.name for model in engine.models() if "papers" in model.name]


@pytest.fixture
def talker() -> ScriptedEngine:
    return ScriptedEngine(lambda _request: "Yes, this one.")


# --- both arms ----------------------------------------------------------------------------------------------------


def test_both_arms_are_registered_and_recorded(run: Path, talker: ScriptedEngine) -> None:
    report = register(run, talker)
    assert sorted((report.model, report.base_model)) == NAMES == names(talker)
    assert len(talker.requests) == 10
    assert (report.digest, report.base_digest) == (
        digest_file(RunFolder(run).gguf("q8_0")),
        digest_file(RunFolder(run).gguf("q8_0", base=True)),
    )
    kept = Registration.of_run(run)
    assert (RegisterReport.of(kept), kept.type, kept.version) == (report, "q8_0", "scripted 1")
    assert kept.files == {report.model: report.digest, report.base_model: report.base_digest}
    shown = talker.show("papers:q8_0")
    assert shown.parameters == {"temperature": 0, "num_ctx": 4096, "stop": ["<|im_end|>", "<|endoftext|>"]}
    assert shown.details["template_digest"] == talker.show("papers-base:q8_0").details["template_digest"]
    assert f"FROM {RunFolder(run).gguf('q8_0')}\n" in (run / "Modelfile").read_text()
    assert f"FROM {RunFolder(run).gguf('q8_0', base=True)}\n" in (run / "Modelfile.base").read_text()


def test_nothing_is_registered_when_one_of_the_files_is_missing(run: Path, talker: ScriptedEngine) -> None:
    RunFolder(run).gguf("q8_0", base=True).unlink()
    with pytest.raises(NotFoundError, match=r"no base-q8_0\.gguf .* ragft export --run tiny-run --type q8_0"):
        register(run, talker)
    assert names(talker) == []


class SecondFails(ScriptedEngine):
    """Says nothing as the base."""

    def __init__(self) -> None:
        super().__init__(lambda request: "" if "-base" in request.model else "Yes.")


def test_a_failing_second_arm_takes_the_first_with_it(run: Path, logged: Callable[[], str]) -> None:
    engine = SecondFails()
    with pytest.raises(ExportError, match=r"papers-base:q8_0-candidate answered .* with nothing"):
        register(run, engine)
    assert names(engine) == []
    assert not (run / "registration.json").exists()
    assert logged() == ""


@pytest.mark.parametrize("failing", ["papers:", "papers-base:"])
def test_what_served_before_still_does_when_a_new_pair_fails(run: Path, failing: str) -> None:
    broken = False
    engine = ScriptedEngine(lambda request: "" if broken and request.model.startswith(failing) else "Yes.")
    register(run, engine)
    before = {name: engine.show(name) for name in NAMES}
    recorded = (run / "registration.json").read_bytes()
    for is_base in (False, True):  # exported anew, other weights
        RunFolder(run).gguf("f32", base=is_base).replace(RunFolder(run).gguf("q8_0", base=is_base))
    broken = True
    with pytest.raises((ExportError, ParityError)):
        register(run, engine)
    assert {name: engine.show(name) for name in NAMES} == before
    assert names(engine) == NAMES
    assert (run / "registration.json").read_bytes() == recorded


def test_an_adapter_over_the_base_is_no_obstacle(run: Path, engine: EmbeddedEngine) -> None:
    """The embedded engine does not delete a model that another sits on."""
    first = register(run, engine, "f32")
    over = register_adapter(run, engine, name="papers", outtype="f32")
    assert register(run, engine, "f32") == first
    assert engine.show(over.model).digest == over.digest
    assert names(engine) == ["papers-base:f32", "papers:f32", "papers:lora-f32"]


def test_the_default_stays_when_its_model_is_registered_again_and_fails(run: Path, tmp_path: Path) -> None:
    from ragft.engine.choosing.default import get_default, set_default
    from ragft.workspace import Workspace

    class Mute(EmbeddedEngine):
        mute = False

        def chat(self, request: Any) -> Any:
            return iter([ChatChunk(content="" if self.mute else "Yes."), ChatChunk(done=True, done_reason="stop")])

    workspace = Workspace(tmp_path / "mute")
    mute = Mute(workspace, threads=1)
    try:
        report = register(run, mute)
        set_default(workspace, report.model)
        mute.mute = True
        with pytest.raises(ExportError, match="with nothing"):
            register(run, mute)
        assert get_default(workspace) == report.model
        assert mute.show(report.model).digest == report.digest
    finally:
        mute.close()


@pytest.mark.parametrize("refused", ["papers-base:q8_0-candidate", "papers-base:q8_0"])
def test_a_second_arm_that_the_engine_refuses_takes_the_first_with_it(run: Path, refused: str) -> None:
    """Under its temporary name, or when both take their own."""

    class Refuses(ScriptedEngine):
        def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
            if spec.name == refused:
                raise EngineError("no")
            return super().create(spec, progress)

        def copy(self, name: str, new: str) -> ModelInfo:
            if new == refused:
                raise EngineError("no")
            return super().copy(name, new)

    engine = Refuses(lambda _request: "Yes.")
    with pytest.raises(EngineError, match="no"):
        register(run, engine)
    assert names(engine) == []


@pytest.mark.parametrize("name", ["papers", "Papers", "library/papers"])
@pytest.mark.parametrize("failing", ["papers:q8_0", "papers-base:q8_0"])
def test_what_served_before_is_back_when_the_names_cannot_all_be_taken(
    run: Path,
    ollama: OllamaEngine,
    fake: FakeOllama,  # noqa: F811
    name: str,
    failing: str,
) -> None:
    register(run, ollama)
    before = dict(fake.models)
    adapter_before = (run / "Modelfile").read_text()

    class Fails(OllamaEngine):
        def copy(self, name: str, new: str) -> ModelInfo:
            if same_model(new, failing) and name.endswith("-candidate") and "previous" not in name:
                raise EngineError("disk full")
            return super().copy(name, new)

    for is_base in (False, True):  # exported anew, other weights
        RunFolder(run).gguf("f32", base=is_base).replace(RunFolder(run).gguf("q8_0", base=is_base))
    fake.created = {**fake.created, "quantization": "Q8_0"}
    engine = Fails(fake.url, timeout=10)
    try:
        with pytest.raises((EngineError, ParityError)):
            register_run(run, engine, name=name, outtype="q8_0")
    finally:
        engine.close()
    assert {name: facts["digest"] for name, facts in fake.models.items()} == {
        name: facts["digest"] for name, facts in before.items()
    }
    assert (run / "Modelfile").read_text() == adapter_before


def test_another_prompt_than_the_trained_one(run: Path) -> None:
    class Renders(ScriptedEngine):
        def render(self, request: Any) -> str:
            return super().render(request).replace("Hello.", "Hullo.")

    engine = Renders(lambda _request: "Yes.")
    with pytest.raises(ParityError, match=r"scripted makes other prompts for tiny than .*Hello.*Hullo.*another base"):
        register(run, engine)
    assert names(engine) == []
    assert engine.requests == []


@pytest.mark.parametrize(
    "lie", [{"family": "qwen3"}, {"quantization": "Q4_0"}, {"parameters": {"temperature": 0.8, "num_ctx": 4096}}]
)
def test_an_engine_that_shows_something_else(run: Path, lie: Mapping[str, Any]) -> None:
    from dataclasses import replace

    class Lies(ScriptedEngine):
        def show(self, name: str) -> ModelInfo:
            return replace(super().show(name), **lie)

    engine = Lies(lambda _request: "Yes.")
    with pytest.raises(
        ParityError, match=r"^scripted shows (architecture|type|temperature) .* for papers:q8_0-candidate"
    ):
        register(run, engine)
    assert names(engine) == []


def test_a_damaged_registration_says_so(run: Path) -> None:
    (run / "registration.json").write_text('{"model": 1')
    with pytest.raises(ExportError, match="damaged"):
        Registration.of_run(run)


# --- the embedded engine ------------------------------------------------------------------------------------------


def test_the_embedded_engine_serves_both(run: Path, engine: EmbeddedEngine) -> None:
    report = register(run, engine)
    assert names(engine) == NAMES
    assert engine.show(report.model).digest == report.digest != report.base_digest


def test_the_embedded_engine_cannot_quantise(run: Path, engine: EmbeddedEngine) -> None:
    with pytest.raises(UsageError, match=r"embedded engine cannot make q4_K_M.*engine.name=ollama"):
        register(run, engine, "Q4_K_M")
    assert names(engine) == []


def test_an_adapter_over_its_base_is_the_merged_model(run: Path, engine: EmbeddedEngine) -> None:
    merged = register(run, engine, "f32")
    recorded = (run / "registration.json").read_bytes()
    report = register_adapter(run, engine, name="papers", outtype="f32")
    assert (report.model, report.base_model) == ("papers:lora-f32", merged.base_model)
    assert (run / "registration.json").read_bytes() == recorded
    assert "papers:lora-f32" in json.loads((run / "registered-names.json").read_text())
    assert (run / "adapter-f16.gguf").is_file()
    tokens = Trained.of_run(run).encode("Low-rank adapters keep the weights frozen, and so the base stays.")
    trained = Trained.of_run(run).logprobs(tokens)
    over, plain = (
        compare_logits(trained, engine.logprobs(model, tokens, top=100)) for model in (report.model, merged.base_model)
    )
    assert over.max_difference < 1e-3  # A and B are kept in half precision
    assert plain.max_difference > 20 * over.max_difference


def test_the_base_is_registered_where_it_is_missing(run: Path, talker: ScriptedEngine) -> None:
    for path in run.glob("*.gguf"):
        path.unlink()
    report = register_adapter(run, talker, name="papers", outtype="q8_0")
    assert names(talker) == ["papers-base:q8_0", "papers:lora-q8_0"]
    assert RunFolder(run).gguf("q8_0", base=True).is_file()
    assert RegisterReport.of(Registration.of_run(run)) == report
    assert "FROM papers-base:q8_0\nADAPTER " in (run / "Modelfile.lora").read_text()


def test_a_record_of_an_adapter_gives_way_to_the_next(run: Path, talker: ScriptedEngine) -> None:
    first = register_adapter(run, talker, name="papers", outtype="q8_0")
    weights = run / "adapter" / "adapter_model.safetensors"
    make_adapter(base_of(run / "adapter"), run / "adapter", seed=5)  # trained again
    assert weights.is_file()
    second = register_adapter(run, talker, name="papers", outtype="q8_0")
    assert second.digest != first.digest
    assert RegisterReport.of(Registration.of_run(run)) == second


def test_a_damaged_record_is_not_written_over(run: Path, talker: ScriptedEngine) -> None:
    (run / "registration.json").write_text('{"model": 1')
    for call in (register_run, register_adapter):
        with pytest.raises(ExportError, match=r"damaged.*delete it"):
            call(run, talker, name="papers", outtype="q8_0")
    assert names(talker) == []


def test_the_type_may_be_written_in_capitals(run: Path, talker: ScriptedEngine) -> None:
    assert register(run, talker, "Q8_0").model == "papers:q8_0"


def test_an_adapter_that_fails_leaves_the_base_that_was_there(run: Path) -> None:
    engine = ScriptedEngine(lambda request: "" if ":lora" in request.model else "Yes.")
    register(run, engine)
    with pytest.raises(ExportError, match="papers:lora-q8_0-candidate answered"):
        register_adapter(run, engine, name="papers", outtype="q8_0")
    assert names(engine) == NAMES


# --- Ollama -------------------------------------------------------------------------------------------------------


def chatml(body: Any) -> str:
    turns = "".join(f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>\n" for turn in body["messages"])
    return f"{turns}<|im_start|>assistant\n"


@pytest.fixture
def ollama(fake: FakeOllama) -> Iterator[OllamaEngine]:  # noqa: F811
    fake.render = chatml
    fake.created = {"family": "llama", "quantization": "Q8_0", "capabilities": ["completion"]}
    fake.answer = says("Paris", ".")
    opened = OllamaEngine(fake.url, timeout=10)
    yield opened
    opened.close()


def creations(fake: FakeOllama) -> list[Any]:  # noqa: F811
    """What was asked to be created, stand-ins aside."""
    return [body for body in fake.bodies("/api/create") if not body["model"].startswith(STAND_IN)]


def stem(model: str) -> str:
    return STAND_IN if model.startswith(STAND_IN) else model


def created(fake: FakeOllama) -> list[str]:  # noqa: F811
    return [body["model"] for body in creations(fake)]


def copied(fake: FakeOllama) -> list[tuple[str, str]]:  # noqa: F811
    return [(body["source"], body["destination"]) for body in fake.bodies("/api/copy")]


def test_ollama_serves_both(run: Path, ollama: OllamaEngine, fake: FakeOllama) -> None:  # noqa: F811
    report = register(run, ollama)
    assert sorted(fake.models) == NAMES
    assert report.digest == "sha256:" + fake.models["papers:q8_0"]["digest"]
    body = creations(fake)[0]
    assert body["parameters"] == {"temperature": 0, "num_ctx": 4096, "stop": ["<|im_end|>", "<|endoftext|>"]}
    assert "template" not in body
    assert body["files"] == {"model.gguf": digest_file(RunFolder(run).gguf("q8_0"))}
    assert Registration.of_run(run).version == "ollama 0.30.1"
    rendered = [body for body in fake.bodies("/api/chat") if body.get("_debug_render_only")]
    assert {stem(body["model"]) for body in rendered} == {
        STAND_IN,
        "papers:q8_0-candidate",
        "papers-base:q8_0-candidate",
    }
    assert copied(fake) == [
        ("papers:q8_0-candidate", "papers:q8_0"), ("papers-base:q8_0-candidate", "papers-base:q8_0"),
    ]  # fmt: skip


def test_an_ollama_that_cannot_show_its_prompts(run: Path, ollama: OllamaEngine, fake: FakeOllama) -> None:  # noqa: F811
    fake.version = "0.11.4"
    with pytest.raises(EngineUnavailable, match=r"Ollama 0\.11\.4 .* 0\.11\.5 or newer .*update Ollama"):
        register(run, ollama)
    assert fake.models == {}


def of_template(fake: FakeOllama, fallback: str) -> Callable[[Any], str]:  # noqa: F811
    """Prompts made of the template that a model was created with, or else of `fallback`."""

    def render(body: Any) -> str:
        made = [each for each in fake.bodies("/api/create") if each["model"] == body["model"]]
        return render_prompt(made[-1].get("template", fallback), body["messages"], think=body.get("think"))

    return render


def test_a_template_of_ollamas_own_is_replaced_by_one_derived_from_the_trained(
    run: Path,
    ollama: OllamaEngine,
    fake: FakeOllama,  # noqa: F811
) -> None:
    fake.render = of_template(fake, "{{ range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}")
    report = register(run, ollama)
    templates = {body.get("template") for body in creations(fake)}
    assert len(templates) == 1
    assert "<|im_start|>user" in str(templates.pop())
    assert (run / "Modelfile").read_text().count("TEMPLATE") == 2  # the comment, and the command
    assert fake.models.keys() == {report.model, report.base_model}


def test_an_ollama_that_takes_no_template_is_refused(run: Path, ollama: OllamaEngine, fake: FakeOllama) -> None:  # noqa: F811
    fake.render = lambda body: chatml(body).replace("<|im_start|>system\n", "<|im_start|>system\nYou are helpful. ")
    with pytest.raises(
        ParityError, match=r"ollama makes other prompts for tiny .*helpful.*derived Go template.*helpful"
    ):
        register(run, ollama)
    assert fake.models == {}
    assert creations(fake) == []


@pytest.fixture
def bf16(run: Path) -> Path:
    base = base_of(run / "adapter")
    for is_base in (True, False):
        convert(
            base,
            RunFolder(run).gguf("bf16", base=is_base),
            outtype="bf16",
            adapter=None if is_base else run / "adapter",
        )
    return run


def test_further_types_are_made_by_ollama_of_one_upload(
    bf16: Path,
    ollama: OllamaEngine,
    fake: FakeOllama,  # noqa: F811
) -> None:
    report = register(bf16, ollama, "q4_k_m")
    assert (report.model, report.base_model) == ("papers:q4_K_M", "papers-base:q4_K_M")
    both = ["papers:bf16", "papers:q4_K_M", "papers-base:bf16", "papers-base:q4_K_M"]
    assert created(fake) == [
        "papers:bf16", "papers:q4_K_M-candidate", "papers-base:bf16", "papers-base:q4_K_M-candidate",
    ]  # fmt: skip
    bodies = {body["model"]: body for body in creations(fake)}
    for arm in ("papers", "papers-base"):
        assert "files" in bodies[f"{arm}:bf16"]
        assert bodies[f"{arm}:q4_K_M-candidate"]["from"] == f"{arm}:bf16"
        assert bodies[f"{arm}:q4_K_M-candidate"]["quantize"] == "Q4_K_M"
    assert copied(fake) == [(f"{arm}:q4_K_M-candidate", f"{arm}:q4_K_M") for arm in ("papers", "papers-base")]
    assert sorted(fake.models) == sorted(both)
    register(bf16, ollama, "q4_K_S")
    assert created(fake)[4:] == ["papers:q4_K_S-candidate", "papers-base:q4_K_S-candidate"]
    assert "--quantize q4_K_S" in (bf16 / "Modelfile").read_text()
    convert(base_of(bf16 / "adapter"), RunFolder(bf16).gguf("bf16"), outtype="bf16")  # exported anew
    register(bf16, ollama, "q4_K_S")
    assert [name for name in created(fake)[6:] if "bf16" in name] == ["papers:bf16"]


def test_a_further_type_that_fails_leaves_no_source_behind(
    bf16: Path,
    ollama: OllamaEngine,
    fake: FakeOllama,  # noqa: F811
) -> None:
    fake.answer = says("")
    with pytest.raises(ExportError, match="papers:q4_K_M-candidate answered"):
        register(bf16, ollama, "q4_K_M")
    assert fake.models == {}


def test_a_further_type_needs_an_export_to_make_it_of(run: Path, ollama: OllamaEngine) -> None:
    for path in run.glob("*-f32.gguf"):
        path.unlink()
    with pytest.raises(NotFoundError, match="ragft export --run tiny-run --type bf16"):
        register(run, ollama, "q4_K_M")


def test_ollama_puts_an_adapter_over_the_base(run: Path, ollama: OllamaEngine, fake: FakeOllama) -> None:  # noqa: F811
    register(run, ollama)
    report = register_adapter(run, ollama, name="papers", outtype="q8_0")
    body = creations(fake)[-1]
    assert (body["model"], body["from"]) == (report.model, "papers-base:q8_0")
    assert body["adapters"] == {"adapter.gguf": digest_file(run / "adapter-f16.gguf")}
    assert body["parameters"]["stop"] == ["<|im_end|>", "<|endoftext|>"]
    assert json.loads((run / "registration.json").read_text())["model"] == "papers:q8_0"
