"""Exchanges with live Ollama servers, as they were recorded, and the state a fake must be in to repeat each.

They lie at shared/data/ollama/recorded beside the repository (or under RAGFT_SHARED_DATA); nothing of them is copied
here. What a reply cannot tell of the server's state is filled in: which models there are and what is in their files.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engine.fake_ollama import FakeOllama, Speech
from tests.engine.gguf_maker import write_gguf
from tests.engine.ollama_store import full_name
from tests.engine.ollama_templates import INDEX
from tests.engine.openapi import shared_data

VERSIONS = ("0.24.0", "0.33.0")

CHATML = INDEX[0]
SMOL_JINJA = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}"
    "{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""The chat template of SmolLM2-135M-Instruct; no reply holds it, since Ollama put another in its place."""


@dataclass(frozen=True)
class Exchange:
    """One line of a file."""

    version: str
    index: int
    method: str
    path: str
    request: Any
    status: int
    type: str | None
    reply: list[Any]
    left_out: int = 0
    broke: str = ""

    def __str__(self) -> str:
        return f"{self.version}-{self.index}-{self.method}{self.path[:20]}"

    @property
    def lines(self) -> int:
        """How many lines the reply had."""
        return len(self.reply) + self.left_out

    @property
    def model(self) -> str:
        """The model asked for, with its tag."""
        return full_name(self.request["model"]) if isinstance(self.request, dict) else ""


def folder() -> Path:
    """Where the files lie."""
    return shared_data() / "ollama" / "recorded"


@functools.cache
def exchanges(version: str) -> tuple[Exchange, ...]:
    """All of one server, in their order; none where the file is absent."""
    file = folder() / f"ollama-{version}.jsonl"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.is_file() else []
    return tuple(
        Exchange(
            version, index, row["method"], row["path"], row["request"], row["status"], row["type"], row["reply"],
            int(row.get("lines_left_out") or 0), str(row.get("broke") or ""),
        )
        for index, row in enumerate(rows)
    )  # fmt: skip


def server_before(exchange: Exchange, scratch: Path) -> FakeOllama:
    """A fake in the state in which the recorded server was asked."""
    fake = FakeOllama(version=exchange.version, models=_models(exchange.version))
    if exchange.path == "/api/version":
        fake.version = exchange.reply[0]["version"]
    elif exchange.path == "/api/tags":
        listed = [row["name"] for row in exchange.reply[0]["models"]]
        fake.models = {name: fake.models[name] for name in listed}
    elif exchange.path == "/api/ps":
        for row in exchange.reply[0]["models"]:
            fake.models.setdefault(row["name"], _listed_facts(row, {}))
            fake.loaded[row["name"]] = row["context_length"]
    elif exchange.method == "HEAD" and exchange.status == 200:
        fake.layers.add(exchange.path.removeprefix("/api/blobs/"))
    elif exchange.path == "/api/create":
        _prepare_creation(fake, exchange, scratch)
    elif exchange.status < 400 and exchange.model and exchange.model not in fake.models:
        rendered = exchange.reply[0].get("_debug_info", {}).get("rendered_template", "") if exchange.reply else ""
        template = _with_default_system(exchange.version) if "<|im_start|>system" in rendered else CHATML.template
        fake.add(exchange.model, template=template, capabilities=["completion"])
    if exchange.status == 500 and "terminated" in str(exchange.reply):
        fake.failures[exchange.path] = (500, exchange.reply[0]["error"])
    if exchange.path == "/api/chat" and exchange.status == 200:
        fake.answer = _speech(exchange)
    return fake


def _speech(exchange: Exchange) -> Speech:
    """As many tokens as were generated, or more where a limit of the request cut them off."""
    last = exchange.reply[-1]
    if "error" in last:
        return Speech(["word"] * (exchange.lines - 1), ends=False, error=last["error"])
    if last.get("done_reason") == "length" or exchange.broke:
        return Speech(["word "] * 1000, ends=False)
    return Speech(["word "] * (exchange.lines - 1 if exchange.lines > 1 else last.get("eval_count", 1) - 1))


def _models(version: str) -> dict[str, dict[str, Any]]:
    """The models of a server, from what it listed and showed of them."""
    shown = {found.model: found.reply[0] for found in exchanges(version) if _shows(found)}
    rows = {
        row["name"]: row
        for found in exchanges(version)
        if found.path == "/api/tags"
        for row in found.reply[0]["models"]
    }
    rows |= {name: {"digest": "0" * 64, "size": 1, **reply} for name, reply in shown.items() if name not in rows}
    return {name: _listed_facts(row, shown.get(name, {})) for name, row in rows.items()}


def _shows(found: Exchange) -> bool:
    return found.path == "/api/show" and found.status == 200


def _listed_facts(row: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """Facts of a model: those of its file as the replies tell them, those that follow from them left out."""
    details = row["details"]
    facts = {"digest": row["digest"], "size": row["size"], "modified_at": row.get("modified_at", "")}
    facts |= {"quantization": details["quantization_level"], "parent": details.get("parent_model", "")}
    if not shown:
        family = details["family"]
        lengths = {key: details.get(key, 0) for key in ("context_length", "embedding_length")}
        info = {"general.architecture": family, **{f"{family}.{key}": value for key, value in lengths.items()}}
        pooled = {f"{family}.pooling_type": 1} if "embedding" in row.get("capabilities", ()) else {}
        facts |= {"info": info | pooled, "parameter_size": details["parameter_size"]}
        return facts | (
            {"jinja": "{% tools %}"} if "tools" in row.get("capabilities", ()) else {"template": CHATML.template}
        )
    facts |= {"info": shown["model_info"], "tensors": shown["tensors"], "modified_at": shown["modified_at"]}
    sources = dict(re.findall(r"^(FROM|ADAPTER) .*sha256-(\w+)$", shown["modelfile"], re.MULTILINE))
    facts |= {
        key: f"sha256:{sources[name]}" for key, name in (("weights", "FROM"), ("adapter", "ADAPTER")) if name in sources
    }
    facts["parameters"] = _parameters(shown.get("parameters", ""))
    native = "{%" in shown["template"]
    return facts | ({"jinja": shown["template"]} if native else {"jinja": SMOL_JINJA, "template": shown["template"]})


def _parameters(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in (line.split(maxsplit=1) for line in text.splitlines()):
        parsed = json.loads(value)
        found[name] = [*found.get(name, []), parsed] if name == "stop" else parsed
    return found


def _with_default_system(version: str) -> str:
    """The Go template that ragft gave to the models it made."""
    given = [found.request.get("template") for found in exchanges(version) if found.path == "/api/create"]
    return next(template for template in given if template)


def _prepare_creation(fake: FakeOllama, exchange: Exchange, scratch: Path) -> None:
    """The files it is made from, the model it is made of, and the layers that were there before."""
    body = exchange.request
    said = [str(line.get("status")) for line in exchange.reply]
    if exchange.reply[-1].get("status") == "success":
        jinja = _jinja_of(exchange) if "autodetected" not in str(said) else SMOL_JINJA
        for kind in ("files", "adapters"):
            for digest in (body.get(kind) or {}).values():
                path = write_gguf(
                    scratch / f"{kind}.gguf", kind="adapter" if kind == "adapters" else "model", template=jinja
                )
                fake.blobs[digest] = path.read_bytes()
    if (base := body.get("from")) and exchange.status == 200 and exchange.reply[-1].get("status") == "success":
        existing = [line.rpartition(" ")[2] for line in said if line.startswith("using existing layer")]
        asked = dict(body.get("parameters") or {})
        fake.add(
            full_name(base), quantization="BF16" if body.get("quantize") else "Q8_0", weights=existing[0],
            template=_with_default_system(exchange.version), parameters=asked,
        )  # fmt: skip
    fake.layers |= {line.rpartition(" ")[2] for line in said if line.startswith("using existing layer")}


def _jinja_of(exchange: Exchange) -> str:
    """The template in the file of a model: what `/api/show` gave of it, where it was not replaced."""
    shown = [found.reply[0]["template"] for found in exchanges(exchange.version) if _shows(found)]
    native = [template for template in shown if "{%" in template]
    return native[0] if native and exchange.model.startswith("qwen") else SMOL_JINJA


def all_exchanges() -> Iterator[Exchange]:
    """Those of both servers."""
    for version in VERSIONS:
        yield from exchanges(version)
