"""Every expected prompt here is what `Template.Execute` of Ollama 0.24.0, run by Go, makes of the same chat."""

from __future__ import annotations

import pytest

from tests.engine.go_template import GoTemplateError
from tests.engine.ollama_prompt import RAW, collate, render_prompt, template_names

CHATML = "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
WITH_DEFAULT = (
    '{{- if not (eq (index .Messages 0).Role "system") }}<|im_start|>system\nBe kind.<|im_end|>\n{{ end }}' + CHATML
)
EXCHANGE = "{{ if .System }}<<{{ .System }}>>{{ end }}[INST] {{ .Prompt }} [/INST] {{ .Response }}</s>"


def chat(*turns: str) -> list[dict[str, str]]:
    """`u:Hi` as a turn of the user, `s:` and `a:` as one of system and assistant."""
    roles = {"s": "system", "u": "user", "a": "assistant"}
    return [{"role": roles[turn[0]], "content": turn[2:]} for turn in turns]


def test_a_template_of_messages_gets_the_whole_chat() -> None:
    prompt = render_prompt(CHATML, chat("s:S", "u:U"))
    assert prompt == "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n"


def test_a_default_system_text_stands_where_none_is_given() -> None:
    assert render_prompt(WITH_DEFAULT, chat("u:U")).startswith(
        "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user"
    )
    assert "Be kind" not in render_prompt(WITH_DEFAULT, chat("s:S", "u:U"))


def test_neighbours_of_one_role_become_one_turn() -> None:
    system, turns = collate(chat("s:S", "s:T", "u:U", "u:V", "a:A", "s:W"))
    assert system == "S\n\nT\n\nW"
    found = [(turn["Role"], turn["Content"]) for turn in turns]
    assert found == [("system", "S\n\nT"), ("user", "U\n\nV"), ("assistant", "A"), ("system", "W")]


def test_an_older_template_is_carried_out_once_an_exchange() -> None:
    prompt = render_prompt(EXCHANGE, chat("s:S", "u:U", "a:A", "u:V"))
    assert prompt == "<<S>>[INST] U [/INST] A</s>[INST] V [/INST] "


def test_a_late_system_text_ends_an_exchange() -> None:
    assert render_prompt(EXCHANGE, chat("u:U", "s:S", "u:V")) == "[INST] U [/INST] </s><<S>>[INST] V [/INST] "


def test_the_raw_template_keeps_the_last_message_and_the_answers() -> None:
    assert render_prompt(RAW, chat("s:S", "u:U")) == "U"
    assert render_prompt(RAW, chat("u:U", "a:A", "u:V")) == "UAV"


def test_nothing_follows_the_response_of_the_last_exchange() -> None:
    source = "{{ if .Prompt }}{{ .Prompt }}{{ .Response }} one{{ end }} two"
    assert render_prompt(source, chat("u:U")) == "U"
    assert render_prompt("{{ .Prompt }}{{ print .Response `b` }} t", chat("u:U", "a:A")) == "UA"


def test_ollama_fails_on_a_response_in_a_branch_with_an_else() -> None:
    with pytest.raises(GoTemplateError):
        render_prompt("{{ if .Prompt }}{{ .Response }}{{ else }}none{{ end }}", chat("u:U"))


def test_a_template_that_takes_a_suffix_has_none_in_a_chat() -> None:
    source = "{{- if .Suffix }}{{ .Suffix }}{{ else }}{{ range .Messages }}{{ .Content }}{{ end }}{{ end }}"
    assert render_prompt(source, chat("u:U")) == "U"


@pytest.mark.parametrize(("think", "prompt"), [(None, "on or unset"), (True, "on or unset"), (False, "off")])
def test_a_template_sees_whether_thinking_was_switched_off(think: bool | None, prompt: str) -> None:
    source = "{{ range .Messages }}{{ end }}{{ if and $.IsThinkSet (not $.Think) }}off{{ else }}on or unset{{ end }}"
    assert render_prompt(source, chat("u:U"), think=think) == prompt


def test_a_message_in_a_field_chain_is_not_seen_by_ollama() -> None:
    """`(index .Messages 0).Role` alone does not make it a template of messages; Ollama carries it out without any."""
    assert "messages" not in template_names("{{ (index .Messages 0).Role }}")
    with pytest.raises(GoTemplateError):
        render_prompt("{{ (index .Messages 0).Role }}", chat("u:U"))


def test_a_field_that_no_message_has_is_an_error() -> None:
    with pytest.raises(GoTemplateError):
        render_prompt("{{ range .Messages }}{{ .Nope }}{{ end }}", chat("u:U"))
