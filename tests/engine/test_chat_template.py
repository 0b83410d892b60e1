"""Templates with and without a system role, written here in the manner of the families named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.engine.base import Message
from ragft.engine.chat_template import accepts_system, fitted, fold_system

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GEMMA2 = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}"
    "<start_of_turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ m['content'] | trim }}<end_of_turn>\n"
    "{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
MISTRAL = (
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate user/assistant/user') }}{% endif %}"
    "{% if m['role'] == 'user' %}[INST] {{ m['content'] }} [/INST]{% elif m['role'] == 'assistant' %}"
    "{{ m['content'] + eos_token }}{% else %}{{ raise_exception('only user and assistant') }}{% endif %}{% endfor %}"
)
GEMMA3 = (  # folds by itself
    "{% if messages[0]['role'] == 'system' %}{% set first = messages[0]['content'] + '\n\n' %}"
    "{% set rest = messages[1:] %}{% else %}{% set first = '' %}{% set rest = messages %}{% endif %}"
    "{% for m in rest %}<start_of_turn>{{ m['role'] }}\n{{ first if loop.first else '' }}{{ m['content'] }}"
    "<end_of_turn>\n{% endfor %}"
)
SILENT = "{% for m in messages if m['role'] != 'system' %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
MARKED = (
    "{% for m in messages %}{{ m['role'] }}: {% generation %}{{ m['content'] }}{% endgeneration %}"
    "{% if loop.last %}{% break %}{% endif %}{% endfor %}{{ strftime_now('%Y') }}{{ messages | tojson }}"
)
NOT_EMPTY = (
    "{% for m in messages %}{% if not m['content'] %}{{ raise_exception('empty turn') }}{% endif %}"
    "{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
)
GO = "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}"
GO_OLD = "{{- if .System }}<|system|>{{ .System }}{{ end }}<|user|>{{ .Prompt }}"
GO_NONE = "[INST] {{ .Prompt }} [/INST]"

TALK = (
    Message("system", "Be brief."),
    Message("user", "What is LoRA?"),
    Message("assistant", "A method."),
    Message("user", "Of what?"),
)
FOLDED = (Message("user", "Be brief.\n\nWhat is LoRA?"), *TALK[2:])


@pytest.mark.parametrize("template", [CHATML, GEMMA3, MARKED, NOT_EMPTY, GO, GO_OLD, "", "{% if", "{{ 1 / 0 }}"])
def test_what_takes_a_system_text_gets_it_as_it_is(template: str) -> None:
    assert accepts_system(template)
    assert fitted(TALK, template) == TALK


@pytest.mark.parametrize("template", [GEMMA2, MISTRAL, SILENT, GO_NONE, "{{ .Prompt }}"])
def test_what_refuses_or_drops_it_gets_it_in_the_first_user_turn(template: str) -> None:
    assert not accepts_system(template)
    assert fitted(TALK, template) == FOLDED
    assert fitted(TALK[1:], template) == TALK[1:]


def test_a_tokenizer_stands_for_its_template() -> None:
    assert not accepts_system(SimpleNamespace(chat_template=GEMMA2))
    assert not accepts_system(SimpleNamespace(chat_template={"default": GEMMA2, "rag": CHATML}))
    assert accepts_system(SimpleNamespace(chat_template=None))


def test_an_empty_system_text_is_left_out_only_where_the_template_refuses_it() -> None:
    talk = (Message("system", ""), Message("user", "Hello"))
    assert fitted(talk, CHATML) == talk  # templates with a default text of their own leave it out then
    assert fitted(talk, NOT_EMPTY) == talk[1:]
    assert fitted(talk, GEMMA2) == talk[1:]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("s:A", "s:B", "u:C"), ("u:A\n\nB\n\nC",)),
        (("s:A",), ("u:A",)),
        (("s:A", "a:B", "u:C"), ("u:A", "a:B", "u:C")),
        (("u:A", "a:B", "s:C", "u:D"), ("u:A", "a:B", "u:C\n\nD")),
        (("s: ", "u:A"), ("u:A",)),
        (("s:A\n", "u: B "), ("u:A\n\n\n B ",)),
    ],
)
def test_where_the_system_text_goes(turns: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert fold_system([_turn(text) for text in turns]) == tuple(_turn(text) for text in expected)


@given(st.lists(st.tuples(st.sampled_from("sua"), st.text("xyz", min_size=1, max_size=3)), max_size=8))
def test_folding_keeps_every_text_in_order_and_no_system_turn(turns: list[tuple[str, str]]) -> None:
    folded = fold_system([_turn(f"{role}:{text}") for role, text in turns])
    assert all(message.role != "system" for message in folded)
    assert "".join(m.content for m in folded).replace("\n", "") == "".join(text for _, text in turns)
    assert fold_system(folded) == folded


def _turn(text: str) -> Message:
    role, _, content = text.partition(":")
    return Message({"s": "system", "u": "user", "a": "assistant"}[role], content)  # type: ignore[arg-type]
