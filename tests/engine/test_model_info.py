"""What is known of a model, from any engine and any version of Ollama."""

from __future__ import annotations

from typing import Any

import pytest

from ragft.engine.base import ModelInfo
from ragft.engine.ollama.wire import listed_model, shown_model

SHOWN = {
    "template": "{{ .System }}{{ .Prompt }}",
    "details": {"family": "qwen2", "parameter_size": "494.03M", "quantization_level": "Q8_0"},
    "model_info": {
        "general.architecture": "qwen2",
        "general.parameter_count": 494032768,
        "qwen2.context_length": 32768,
    },
    "capabilities": ["completion", "thinking"],
}
DETAILS = {"family": "qwen2", "parameter_size": "494.03M", "quantization_level": "Q8_0"}
OLD = {"name": "a:1b", "model": "a:1b", "digest": "ab", "size": 7, "details": DETAILS}
NEW = {**OLD, "details": {**DETAILS, "context_length": 32768}, "capabilities": ["completion", "thinking"]}


def info(**facts: Any) -> ModelInfo:
    return ModelInfo("m", "", 0, "ollama", **facts)


def test_the_list_of_a_new_server_tells_context_size_and_capabilities() -> None:
    listed = listed_model(NEW)
    assert (listed.context_length, listed.parameter_size) == (32768, 494_030_000)
    assert listed.capabilities == ("completion", "thinking")


def test_the_list_of_an_old_server_is_filled_by_show() -> None:
    listed = listed_model(OLD)
    assert (listed.context_length, listed.capabilities) == (0, ())
    shown = shown_model(listed, SHOWN)
    assert (shown.name, shown.size, shown.digest) == ("a:1b", 7, "sha256:ab")
    assert (shown.context_length, shown.parameter_size) == (32768, 494_032_768)
    assert shown.capabilities == ("completion", "thinking")
    assert shown.template == "{{ .System }}{{ .Prompt }}"


def test_show_leaves_what_it_does_not_tell() -> None:
    shown = shown_model(listed_model(NEW), {"template": "x"})
    assert (shown.context_length, shown.capabilities) == (32768, ("completion", "thinking"))
    assert (shown.family, shown.quantization) == ("qwen2", "Q8_0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("134.52M", 134_520_000), ("4.0B", 4_000_000_000), ("33k", 33_000), ("", 0), (None, 0), ("many", 0)],
)
def test_a_size_is_a_number_with_a_letter(text: str | None, expected: int) -> None:
    assert listed_model({"details": {"parameter_size": text}}).parameter_size == expected


@pytest.mark.parametrize(
    ("capabilities", "chats", "thinks"),
    [
        ((), True, False),
        (("completion", "tools"), True, False),
        (("completion", "thinking"), True, True),
        (("embedding",), False, False),
    ],
)
def test_what_a_model_can_do(capabilities: tuple[str, ...], chats: bool, thinks: bool) -> None:
    known = info(capabilities=capabilities)
    assert (known.can_chat, known.thinks) == (chats, thinks)


@pytest.mark.parametrize("template", ["", " \n", "{{ .Prompt }}", "{{.Prompt}}\n"])
def test_a_model_without_a_chat_template(template: str) -> None:
    assert info(template=template).lacks_template


@pytest.mark.parametrize(
    "facts",
    [
        {"template": "{{ .System }}\nUSER: {{ .Prompt }}"},
        {"template": "{% for m in messages %}{{ m.content }}{% endfor %}"},
        {"template": "{{ .Prompt }}", "details": {"renderer": "qwen3-vl-instruct"}},
        {"template": "", "details": {"remote_host": "https://ollama.com:443"}},
    ],
)
def test_a_model_that_needs_no_other_template(facts: dict[str, Any]) -> None:
    assert not info(**facts).lacks_template
