"""The Go template derived from a Jinja one makes the same prompts, carried out as Ollama does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from ragft.engine.base import ChatRequest, Message, ModelInfo
from ragft.engine.scripted import ScriptedEngine
from ragft.export.chat_shape import ChatShape, UnsupportedTemplate
from ragft.export.go_template import go_template
from ragft.export.parity import check_prompts
from ragft.export.templates import TemplateChoice, check_model_prompts
from tests.engine.ollama_prompt import render_prompt
from tests.export.chat_templates import CHATML, FAMILIES, QWEN3, tokenizer_with


class Served(ScriptedEngine):
    """Makes its prompts of a Go template."""

    def __init__(self, template: str, *, thinks: bool = True) -> None:
        super().__init__()
        self.template = template
        self.capabilities = ("completion", "thinking") if thinks else ("completion",)

    def show(self, name: str) -> ModelInfo:
        return replace(super().show(name), capabilities=self.capabilities)

    def render(self, request: ChatRequest) -> str:
        turns = [turn.to_dict() | {"thinking": turn.thinking} for turn in request.messages]
        return render_prompt(self.template, turns, think=bool(request.think))


def shape(template: str) -> ChatShape:
    return ChatShape.of_tokenizer(tokenizer_with(template))


def prompt(template: str, *turns: Message, think: bool | None = False) -> str:
    return render_prompt(go_template(shape(template)), [turn.to_dict() for turn in turns], think=think)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_derived_template_makes_every_trained_prompt(family: str) -> None:
    tokenizer = tokenizer_with(FAMILIES[family])
    found = ChatShape.of_tokenizer(tokenizer)
    engine = Served(TemplateChoice.derived(found).template, thinks=found.thinks)
    check = check_model_prompts(engine, "any", tokenizer, TemplateChoice.derived(found))
    assert check.ok, check
    assert int(check.detail.split()[0]) >= 5


def test_a_bos_that_the_tokenizer_does_not_add_is_part_of_the_prompt() -> None:
    """SmolLM2's BOS is the start of a turn."""
    tokenizer = tokenizer_with(CHATML, bos="<|im_start|>", adds_bos=False)
    template = go_template(ChatShape.of_tokenizer(tokenizer))
    assert render_prompt(template, [{"role": "user", "content": "A"}]).startswith("<|im_start|>user")
    cut = Served(template.replace('{{- "<|im_start|>user', '{{- "user'))
    assert not check_prompts(tokenizer, cut, "any").ok


@pytest.mark.parametrize("family", ["chatml", "smollm2", "qwen2.5", "qwen3", "phi4", "zephyr"])
def test_a_system_turn_further_down_is_written_as_trained(family: str) -> None:
    turns = [Message("user", "A"), Message("assistant", "B"), Message("system", "Be kind."), Message("user", "C")]
    expected = tokenizer_with(FAMILIES[family]).apply_chat_template(
        [turn.to_dict() for turn in turns], tokenize=False, add_generation_prompt=True, enable_thinking=False
    )
    assert prompt(FAMILIES[family], *turns) == expected.removeprefix("<s>")


def test_thinking_is_switched_in_the_prompt() -> None:
    ends = {
        think: prompt(QWEN3, Message("user", "A"), think=think).rpartition("assistant\n")[2] for think in (True, False)
    }
    assert ends == {True: "", False: "<think>\n\n</think>\n\n"}


def test_thoughts_stand_between_plain_tags_that_ollama_can_read() -> None:
    found = shape(QWEN3)
    assert found.thinks
    assert "}}<think>\n{{ .Thinking }}\n</think>\n\n{{ end }}" in go_template(found)
    assert not shape(CHATML).thinks


@pytest.mark.parametrize("family", ["chatml", "qwen2.5", "qwen3", "phi4", "zephyr"])
def test_a_derived_template_that_loses_a_later_system_text_does_not_pass(family: str) -> None:
    tokenizer = tokenizer_with(FAMILIES[family])
    broken = replace(ChatShape.of_tokenizer(tokenizer), later_system=None)
    assert not check_prompts(tokenizer, Served(go_template(broken)), "any").ok


def test_an_answer_that_is_begun_is_gone_on_with() -> None:
    assert prompt(CHATML, Message("user", "A"), Message("assistant", "B")).endswith("<|im_start|>assistant\nB")


@pytest.mark.parametrize(
    ("family", "limits"),
    [
        ("chatml", ()),
        ("qwen2.5", ("tools",)),
        ("gemma2", ("blanks around a message (they are kept)",)),
        ("granite", (f"today's date (it stays {datetime.now():%B %d, %Y})",)),
        ("mistral-last", ("a system text after the first turn",)),
        ("switch-alone", ("thinking (it stays off)",)),
    ],
)
def test_what_a_go_template_cannot_say_is_named(family: str, limits: tuple[str, ...]) -> None:
    assert shape(FAMILIES[family]).limits == limits


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{% for m in messages %}{{ loop.index }}. {{ m.content }}\n{% endfor %}", "depends on where the turn stands"),
        ("{% for m in messages %}{{ m.content }} {{ m.content }}{% endfor %}", "does not come once"),
        ("{{ messages[-1].content }}", "does not come once"),
    ],
)
def test_a_template_of_another_kind_is_refused_by_name(template: str, why: str) -> None:
    with pytest.raises(UnsupportedTemplate, match=why):
        shape(template)


@pytest.mark.parametrize("tag", ["{{ .System }}", '"""'])
def test_thoughts_between_commands_are_refused(tag: str) -> None:
    template = QWEN3.replace("'<think>\n' + thoughts", f"'{tag}\n' + thoughts")
    with pytest.raises(UnsupportedTemplate, match="the text around thoughts would be a command"):
        shape(template)


def test_what_a_modelfile_would_lose_is_escaped() -> None:
    template = go_template(shape(CHATML.replace("<|im_end|>", "<|im_end|>\u200b\u00a0\U000e0041")))
    assert r"<|im_end|>\u200b\u00a0\U000e0041" in template
    assert all(sign.isprintable() for sign in template.replace("\n", ""))


@pytest.mark.parametrize("text", ['a "quoted" \\ text', "{{ .Content }}", "line\n\n\tbreaks  ", "é 日本 🙂", '"""'])
def test_fixed_text_of_any_kind_stays_as_it_is(text: str) -> None:
    turns = "{% for m in messages %}{{ F + m.role + F + m.content + F }}{% endfor %}"
    template = turns + "{% if add_generation_prompt %}{{ F }}{% endif %}"
    jinja = template.replace("F", f"({json.dumps(text, ensure_ascii=False)})")
    assert prompt(jinja, Message("user", "A")) == f"{text}user{text}A{text}{text}"
