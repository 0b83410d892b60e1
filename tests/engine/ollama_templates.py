"""Which chat template a model gets from Ollama: the one given, one found by its Jinja, or the Jinja itself.

    detect(jinja)                        # ("chatml", Go template, stops) or None
    render_chat(facts, body, native)     # the prompt

At create Ollama compares the Jinja of a GGUF with an index by edit distance. What is within 100 edits of an entry gets
that entry's Go template in place of its Jinja, with all that the Go template does not say, such as a default system
text. The index here is our own, a few common formats; Ollama's has about forty entries.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.engine.ollama_prompt import RAW, render_prompt, template_names

MOST_EDITS = 100

_LOOP = "{% for message in messages %}"
_CHATML = (
    "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
_CHATML_SYSTEM = (
    "{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{% endif %}"
)
_LLAMA3 = (
    "{{ bos_token }}{% for message in messages %}"
    "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim "
    "+ '<|eot_id|>' }}{% endfor %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}"
)
_GEMMA = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %}{% set role = 'model' %}"
    "{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] "
    "| trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"
)


@dataclass(frozen=True)
class Detected:
    """An entry of the index: the Jinja it is found by, and what takes its place."""

    name: str
    jinja: str
    template: str
    stop: tuple[str, ...]


_CHATML_GO = "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
_CHATML_STOP = ("<|im_start|>", "<|im_end|>")
INDEX = (
    Detected("chatml", _LOOP + _CHATML, _CHATML_GO, _CHATML_STOP),
    Detected("chatml", _LOOP + _CHATML_SYSTEM + _CHATML, _CHATML_GO, _CHATML_STOP),
    Detected(
        "llama3-instruct",
        _LLAMA3,
        "{{- range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n{{ .Content }}<|eot_id|>{{ end }}"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    ),
    Detected(
        "gemma-instruct",
        _GEMMA,
        '{{- range .Messages }}<start_of_turn>{{ if eq .Role "assistant" }}model{{ else }}user{{ end }}\n'
        "{{ .Content }}<end_of_turn>\n{{ end }}<start_of_turn>model\n",
        ("<start_of_turn>", "<end_of_turn>"),
    ),
)


def detect(jinja: str) -> Detected | None:
    """The entry nearest to a Jinja template; None where none is within 100 edits."""
    near = [(distance, entry) for entry in INDEX if (distance := edits(jinja, entry.jinja, MOST_EDITS)) < MOST_EDITS]
    return min(near, key=lambda pair: pair[0])[1] if near else None


def edits(one: str, other: str, most: int) -> int:
    """Levenshtein's distance of two texts, or `most` where it is that much or more."""
    if abs(len(one) - len(other)) >= most:
        return most
    above = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        row = [i]
        for j, right in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
        if min(row) >= most:
            return most
        above = row
    return min(above[-1], most)


def shown_template(facts: Mapping[str, Any], native: bool) -> str:
    """What `/api/show` gives as the template. `native`: the server renders Jinja (0.30 and newer)."""
    go, jinja = facts.get("template"), facts.get("jinja", "")
    if native and jinja and (go is None or _prefers_jinja(jinja, go)):
        return str(jinja)
    return str(RAW if go is None else go)


def capabilities(facts: Mapping[str, Any], native: bool) -> list[str]:
    """What the model can do, read from its template as Ollama does, in its order."""
    shown = shown_template(facts, native)
    if "capabilities" not in facts and native and shown == facts.get("jinja"):
        return [*_jinja_capabilities(shown), _body(facts)]
    return listed_capabilities(facts)


def listed_capabilities(facts: Mapping[str, Any]) -> list[str]:
    """What `/api/tags` says that a model can do: it does not look into the Jinja of the file."""
    if "capabilities" in facts:
        return list(facts["capabilities"])
    return [_body(facts), *_go_capabilities(str(facts.get("template") or RAW))]


def _body(facts: Mapping[str, Any]) -> str:
    pools = any(key.endswith(".pooling_type") for key in facts.get("info", {}))
    return "embedding" if pools else "completion"


def render_chat(facts: Mapping[str, Any], body: Mapping[str, Any], native: bool) -> str:
    """The prompt that Ollama makes of the messages of a chat, the model's own among them."""
    messages = [*facts.get("messages", ()), *body["messages"]]
    if body["messages"][0]["role"] != "system" and facts.get("system"):
        messages = [{"role": "system", "content": facts["system"]}, *messages]
    shown = shown_template(facts, native)
    think = body.get("think")
    if think is None and "thinking" in capabilities(facts, native):
        think = True
    if native and shown == facts.get("jinja"):
        return _render_jinja(shown, messages, think)
    return render_prompt(shown, messages, think=think)


def _prefers_jinja(jinja: str, go: str) -> bool:
    return len(_jinja_capabilities(jinja)) > len(_go_capabilities(go))


def _jinja_capabilities(jinja: str) -> list[str]:
    found = ["tools"] if "tools" in jinja or "tool_call" in jinja else []
    return [*found, "thinking"] if "<think>" in jinja and "</think>" in jinja else found


def _go_capabilities(go: str) -> list[str]:
    names = template_names(go)
    found = [capability for capability, name in (("tools", "tools"), ("insert", "suffix")) if name in names]
    return [*found, "thinking"] if re.search(r"range[^}]*\.Messages.*\.Thinking", go, re.DOTALL) else found


def _render_jinja(source: str, messages: Sequence[Mapping[str, Any]], think: bool | None) -> str:
    given = {"enable_thinking": think} if think is not None else {}
    return str(
        _jinja(source).render(messages=messages, add_generation_prompt=True, bos_token="", eos_token="", **given)
    )


@functools.cache
def _jinja(source: str) -> Any:
    from jinja2.exceptions import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise TemplateError(message)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = refuse
    return environment.from_string(source)
