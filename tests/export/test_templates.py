"""Native first, derived second, refused third."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.console import Progress
from ragft.engine.base import ChatRequest, ModelInfo, ModelSpec
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import EngineError, ExportError, ParityError
from ragft.export.templates import STAND_IN, choose_template
from tests.engine.ollama_prompt import RAW, render_prompt
from tests.export.chat_templates import FAMILIES


class OllamaLike(ScriptedEngine):
    """Makes its prompts of the template a model was created with, or of one of its own choice."""

    template_language = "go"

    def __init__(self, own: str = RAW) -> None:
        super().__init__()
        self.own = own
        self.created: list[ModelSpec] = []

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        self.created.append(spec)
        return super().create(spec, progress)

    def render(self, request: ChatRequest) -> str:
        template = self.created[-1].template or self.own
        return render_prompt(template, [turn.to_dict() for turn in request.messages], think=bool(request.think))


def test_the_engine_that_uses_the_files_own_template_gets_none(tiny_base: Path, engine: EmbeddedEngine) -> None:
    choice = choose_template(engine, tiny_base)
    assert (choice.template, choice.limits) == ("", ())
    assert not any(model.name.startswith(STAND_IN) for model in engine.models())


def test_an_engine_with_another_template_gets_a_derived_one(tiny_base: Path) -> None:
    engine = OllamaLike()
    choice = choose_template(engine, tiny_base)
    assert "<|im_start|>user" in choice.template
    assert [spec.template for spec in engine.created] == [None, choice.template]
    assert not any(model.name.startswith(STAND_IN) for model in engine.models())


@pytest.mark.parametrize("family", ["smollm2", "llama3", "gemma2", "mistral-last", "granite"])
def test_the_choice_names_what_it_leaves_out(family: str, changed_template: Callable[[str], Path]) -> None:
    choice = choose_template(OllamaLike(), changed_template(FAMILIES[family]))
    assert choice.template
    assert bool(choice.limits) == (family != "smollm2")


@pytest.fixture
def changed_template(tiny_base: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the base with another chat template."""

    def make(template: str) -> Path:
        import shutil

        from transformers import AutoTokenizer

        folder = Path(shutil.copytree(tiny_base, tmp_path / "changed"))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        tokenizer.chat_template = template
        tokenizer.save_pretrained(folder)
        return folder

    return make


def test_a_template_that_no_go_template_says_is_refused_with_the_reason(
    changed_template: Callable[[str], Path],
) -> None:
    base = changed_template("{% for m in messages %}{{ loop.index }}: {{ m.content }}\n{% endfor %}")
    engine = OllamaLike()
    with pytest.raises(ParityError, match=r"scripted makes other prompts for changed .*no Go template says the same"):
        choose_template(engine, base)
    assert not any(model.name.startswith(STAND_IN) for model in engine.models())


def test_a_base_without_a_chat_template_is_refused(changed_template: Callable[[str], Path]) -> None:
    base = changed_template("x")
    for file in ("chat_template.jinja",):
        (base / file).unlink()
    with pytest.raises(ExportError, match=r"changed has no chat template .*instruct model"):
        choose_template(OllamaLike(), base)


def test_an_engine_that_fails_is_heard_and_nothing_is_left(tiny_base: Path) -> None:
    class Fails(OllamaLike):
        def render(self, request: ChatRequest) -> str:
            raise EngineError("it went away")

    engine = Fails()
    with pytest.raises(EngineError, match="it went away"):
        choose_template(engine, tiny_base)
    assert not any(model.name.startswith(STAND_IN) for model in engine.models())


def test_two_processes_that_share_a_server_do_not_meet(tiny_base: Path) -> None:
    engine = OllamaLike()
    choose_template(engine, tiny_base)
    choose_template(engine, tiny_base)
    assert len({spec.name for spec in engine.created}) == 4


def test_a_template_that_raises_what_it_likes_is_refused_in_a_line(changed_template: Callable[[str], Path]) -> None:
    base = changed_template("{% for m in messages %}{{ m.tools.first }}{% endfor %}")
    with pytest.raises(ParityError, match="refuses"):
        choose_template(OllamaLike(), base)
