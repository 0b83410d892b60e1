"""What a fake Ollama holds of a model, and how the versions show it.

A model is a dictionary of facts, which tests give and change as they like:

    digest, size, modified_at       of the manifest
    info                            metadata of the GGUF, as `model_info` shows it
    jinja                           the chat template inside the GGUF
    template                        the Go template beside it; absent: none
    parameters                      a dictionary, or the text that `/api/show` prints
    system, messages, renderer, parser, parent
    weights, adapter                digests of the files
    quantization, family, parameter_size, context_length, capabilities    in place of what follows from the above
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.engine.ollama_templates import capabilities, listed_capabilities, shown_template

Facts = dict[str, Any]

TIME = "2026-08-21T10:00:00.123456789Z"
BLOBS = "/usr/share/ollama/.ollama/models/blobs"
DEFAULT_TEMPLATE = (
    "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}"
    "{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
)
"""Of a model as it is pulled from Ollama's library: a Go template, and one that thinks."""
_DEFAULT_PARAMETERS = {"temperature": 0.7, "stop": ["<|im_end|>"]}


def new_model(name: str, **facts: Any) -> Facts:
    """The facts of a model of which a test wants to know nothing more than what it gives."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    known: Facts = {"digest": digest, "size": 1000, "modified_at": TIME, "quantization": "Q8_0", "family": "qwen3"}
    if "jinja" not in facts:
        known["template"] = DEFAULT_TEMPLATE
    return known | {"parameters": _DEFAULT_PARAMETERS} | facts


def full_name(name: str) -> str:
    """The name under which a model is kept: with its tag."""
    name = name.removeprefix("library/")
    return name if ":" in name else f"{name}:latest"


def listed(name: str, facts: Facts, new: bool) -> dict[str, Any]:
    """A line of `/api/tags`; `new`: of 0.30 or newer."""
    details = model_details(facts) | {"parent_model": facts.get("parent", "") if new else ""}
    row = {
        "name": name,
        "model": name,
        "modified_at": facts.get("modified_at", TIME),
        "size": facts["size"],
        "digest": facts["digest"],
        "details": details,
    }
    if new:
        info = model_info(facts)
        lengths = {key: info.get(f"{family(facts)}.{key}") for key in ("context_length", "embedding_length")}
        details |= {key: value for key, value in lengths.items() if value}
        row |= {"capabilities": listed_capabilities(facts)}
    return row


def running(name: str, facts: Facts, context: int) -> dict[str, Any]:
    """A line of `/api/ps`."""
    return {
        "name": name,
        "model": name,
        "size": facts["size"],
        "digest": facts["digest"],
        "details": model_details(facts),
        "expires_at": TIME,
        "size_vram": 0,
        "context_length": context,
    }


def shown(name: str, facts: Facts, new: bool) -> dict[str, Any]:
    """The reply of `/api/show`."""
    parent = facts.get("parent", "") if new or facts.get("parent") else _blob(weights(facts))
    reply = {
        "modelfile": _modelfile(name, facts),
        "parameters": parameter_lines(facts.get("parameters") or {}),
        "template": shown_template(facts, new),
        "system": facts.get("system", ""),
        "renderer": facts.get("renderer", ""),
        "parser": facts.get("parser", ""),
        "details": model_details(facts) | {"parent_model": parent},
        "messages": facts.get("messages", []),
        "model_info": {key: value for key, value in model_info(facts).items() if key != "tokenizer.chat_template"},
        "tensors": facts.get("tensors", []),
        "capabilities": capabilities(facts, new),
        "modified_at": facts.get("modified_at", TIME),
    }
    return {key: value for key, value in reply.items() if value or key == "model_info"}


def model_details(facts: Facts) -> dict[str, Any]:
    """The `details` that every view of a model has."""
    return {
        "parent_model": "",
        "format": "gguf",
        "family": family(facts),
        "families": [family(facts)],
        "parameter_size": facts.get("parameter_size") or human_number(model_info(facts)["general.parameter_count"]),
        "quantization_level": facts.get("quantization", ""),
    }


def model_info(facts: Facts) -> dict[str, Any]:
    """The metadata of the GGUF; where none was given, the least that one has."""
    if "info" in facts:
        return dict(facts["info"])
    name, context = family(facts), facts.get("context_length", 40960)
    return {"general.architecture": name, "general.parameter_count": 0, f"{name}.context_length": context}


def family(facts: Facts) -> str:
    """The architecture."""
    return str(facts.get("info", {}).get("general.architecture") or facts.get("family", ""))


def context_length(facts: Facts) -> int:
    """Tokens the model was trained to read."""
    return int(model_info(facts).get(f"{family(facts)}.context_length", 0))


def weights(facts: Facts) -> str:
    """The digest of the file with the weights, `sha256:…`."""
    return str(facts.get("weights") or f"sha256:{facts['digest']}")


def human_number(count: int) -> str:
    """A number of weights as Ollama writes it: `134.52M`, `1.8B`."""
    for unit, size, digits in (("B", 10**9, 1), ("M", 10**6, 2), ("K", 10**3, 0)):
        if count >= size:
            return f"{count / size:.{0 if count % size == 0 else digits}f}{unit}"
    return str(count)


def parameter_lines(parameters: Mapping[str, Any] | str) -> str:
    """Parameters as `/api/show` prints them: a line each, and one for every value of a list."""
    if isinstance(parameters, str):
        return parameters
    return "\n".join(f"{key:<30} {json.dumps(value)}" for key, value in _flat(parameters))


def go_json(value: Any) -> str:
    """JSON as Go's encoder writes it into a layer: keys in order, `<`, `>` and `&` escaped, a line end."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e") + "\n"


def _flat(parameters: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, values in parameters.items():
        for value in values if isinstance(values, list | tuple) else [values]:
            yield key, value


def _modelfile(name: str, facts: Facts) -> str:
    """The Modelfile as `/api/show` prints it (`Model.String` in Ollama's server/images.go)."""
    lines = ['# Modelfile generated by "ollama show"', "# To build a new Modelfile based on this, replace FROM with:"]
    lines += [f"# FROM {name}", "", f"FROM {_blob(weights(facts))}"]
    lines += [f"ADAPTER {_blob(facts['adapter'])}"] if facts.get("adapter") else []
    lines += [f"TEMPLATE {_quoted(facts.get('template') or '{{ .Prompt }}')}"]
    lines += [f"{key.upper()} {_quoted(facts[key])}" for key in ("system", "renderer", "parser") if facts.get(key)]
    if not isinstance(facts.get("parameters"), str):
        lines += [f"PARAMETER {key} {_quoted(str(value))}" for key, value in _flat(facts.get("parameters") or {})]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    if "\n" in text or text.startswith(" ") or text.endswith(" "):
        return f'"""{text}"""' if '"' in text else f'"{text}"'
    return text


def _blob(digest: str) -> str:
    return f"{BLOBS}/sha256-{digest.removeprefix('sha256:')}"
