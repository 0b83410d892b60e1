"""`/api/create` of a fake Ollama: the lines it streams, as in Ollama's server/create.go, and the model it makes."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragft.engine.gguf_head import Head, read_head
from tests.engine.go_template import GoTemplateError, compile_template
from tests.engine.ollama_store import BLOBS, TIME, Facts, full_name, go_json
from tests.engine.ollama_templates import detect

PLAIN_TYPES = ("F16", "BF16", "F32")
QUANTIZED = {"F32": "F32", "F16": "F16", "BF16": "BF16", "Q8_0": "Q8_0", "Q4_K_S": "Q4_K_S", "Q4_K_M": "Q4_K_M"}
_NAME = re.compile(r"[A-Za-z0-9][\w./-]*(:[\w.-]+)?")
_ARRAYS = ("tokenizer.ggml.", "general.")


@dataclass
class Refused(Exception):
    """The server says no: with this status where nothing was said yet, else as a line of the stream.

    `early`: before the stream was thought of, which shows in the type of the reply.
    """

    status: int
    reason: str
    early: bool = False


@dataclass
class Creation:
    """One creation. `lines` streams it; what is made stands in `made` once it has run to its end."""

    body: Mapping[str, Any]
    models: Mapping[str, Facts]
    blobs: Mapping[str, bytes]
    layers: set[str]
    """Digests of all layers that the server has; those made here are added."""
    new: bool
    """A server of 0.30 or newer."""
    defaults: Facts = field(default_factory=dict)
    made: Facts = field(default_factory=dict)
    _statuses: dict[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse what is refused before the stream."""
        if not _NAME.fullmatch(self.body["model"]):
            raise Refused(400, "invalid model name", early=True)

    def lines(self) -> Iterator[dict[str, Any]]:
        """The statuses, the last of them `success`; Refused ends them."""
        if self.body.get("from"):
            yield from self._base(full_name(self.body["from"]))
        elif self.body.get("files") is not None:
            yield from self._files()
        else:
            raise Refused(400, "neither 'from' or 'files' was specified")
        yield from self._adapter()
        yield from self._weights()
        self._texts()
        yield from ({"status": status} for status in self._statuses.values())
        yield {"status": "writing manifest"}
        self.made |= {"digest": _digest(go_json({**self._statuses, "of": self.body["model"]})).removeprefix("sha256:")}
        yield {"status": "success"}

    def _base(self, name: str) -> Iterator[dict[str, Any]]:
        below = next((facts for each, facts in self.models.items() if each.lower() == name.lower()), None)
        if below is None:
            yield {"status": "pulling manifest"}
            model, _, tag = name.partition(":")
            registry = f"https://registry.ollama.ai/v2/library/{model}/manifests/{tag}"
            raise Refused(
                500, f'pull model manifest: Get "{registry}": dial tcp: lookup registry.ollama.ai no such host'
            )
        self.made = {**below, "parent": self.body["from"], "modified_at": TIME}
        self._keep("weights", below.get("weights") or f"sha256:{below['digest']}", given=True)
        for key in ("template", "system"):
            if below.get(key):
                self._keep(key, _digest(below[key]), given=True)
        if below.get("adapter"):
            self._keep("adapter", below["adapter"], given=True)

    def _files(self) -> Iterator[dict[str, Any]]:
        if not self.body["files"]:
            raise Refused(400, "unknown type")
        for digest in self.body["files"].values():
            head = yield from self._parse(digest)
            self.made = {"family": "llama", **self.defaults, **_facts(head, len(self.blobs[digest])), "weights": digest}
            self._keep("weights", digest, given=True)
            if head.template and (found := detect(head.template)):
                self.made |= {"template": found.template, "parameters": {"stop": list(found.stop)}}
                self._keep("template", _digest(found.template))
                self._statuses["template"] = f"using autodetected template {found.name}"

    def _adapter(self) -> Iterator[dict[str, Any]]:
        adapters = self.body.get("adapters") or {}
        if len(adapters) > 1:
            raise Refused(400, "only one adapter is currently supported")
        for digest in adapters.values():
            yield from self._parse(digest)
            self.made["adapter"] = digest
            self._keep("adapter", digest, given=True)

    def _weights(self) -> Iterator[dict[str, Any]]:
        """Quantise, or copy where the version checks a file by that."""
        asked, has = str(self.body.get("quantize") or "").upper(), str(self.made.get("quantization", ""))
        wanted = QUANTIZED.get("Q4_K_M" if asked == "Q4_K" else asked, "")
        if asked and not wanted:
            supported = "F32, F16, Q4_K_S, Q4_K_M, Q8_0"
            raise Refused(500, f"unsupported quantization type {asked} - supported types are {supported}")
        if asked and has not in PLAIN_TYPES:
            raise Refused(500, "quantization is only supported for F16, BF16 and F32 models")
        quantizes = bool(asked) and wanted != has
        if not quantizes and not (self.new and self.body.get("files") and not self.body.get("from")):
            return
        size = int(self.made["size"])
        status = f"quantizing {has} model to {wanted}" if quantizes else "validating GGUF model"
        if (quantizes and not self.new) or size > 10**9:  # llama.cpp's tool is too quick with a small file to tell
            yield {"status": status, "digest": "0000000000000000000", "total": size, "completed": size // 2}
        yield {"status": "verifying conversion"}
        self.made["weights"] = _digest(f"{self.made.get('weights') or self.made['digest']} {wanted or has}")
        if quantizes:
            self.made["quantization"] = wanted
        self._keep("weights", self.made["weights"])

    def _texts(self) -> None:
        for key in ("template", "system"):
            if self.body.get(key):
                if key == "template":
                    _check_template(self.body[key])
                self.made[key] = self.body[key]
                self._statuses.pop(key, None)
                self._keep(key, _digest(self.body[key]))
        known = self.made.get("parameters") or {}
        parameters = (known if isinstance(known, dict) else {}) | (self.body.get("parameters") or {})
        if parameters:
            self.made["parameters"] = dict(sorted(parameters.items()))
            self._statuses.pop("parameters", None)
            self._keep("parameters", _digest(go_json(parameters)))
        self.made |= {key: self.body[key] for key in ("messages", "renderer", "parser") if self.body.get(key)}

    def _parse(self, digest: str) -> Iterator[dict[str, Any]]:
        yield {"status": "parsing GGUF"}
        if digest not in self.blobs:
            raise Refused(500, f"open {BLOBS}/{digest.replace(':', '-')}: no such file or directory")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "blob"
            path.write_bytes(self.blobs[digest])
            if not self.blobs[digest].startswith(b"GGUF"):
                raise Refused(400, "supplied file was not in GGUF format")
            return read_head(path)

    def _keep(self, kind: str, digest: str, *, given: bool = False) -> None:
        there = given or digest in self.layers
        self._statuses[kind] = f"{'using existing' if there else 'creating new'} layer {digest}"
        self.layers.add(digest)


def _facts(head: Head, size: int) -> Facts:
    """What the head of a GGUF tells; nothing of what it leaves out."""
    info = {key: None if _is_array(key, value) else value for key, value in head.metadata.items()}
    info = {key: value for key, value in info.items() if key not in ("general.name", "tokenizer.chat_template")}
    info["general.parameter_count"] = head.parameters
    facts: Facts = {"size": size, "modified_at": TIME, "jinja": head.template, "quantization": head.quantization}
    return {key: value for key, value in facts.items() if value} | ({"info": info} if head.architecture else {})


def _is_array(key: str, value: Any) -> bool:
    """`read_head` gives the length of an array in its place."""
    return key.startswith(_ARRAYS) and key.endswith(("tokens", "scores", "merges", "token_type", "languages", "tags"))


def _check_template(source: str) -> None:
    try:
        compile_template(source)
    except GoTemplateError as error:
        raise Refused(400, f"template error: template: :1: {error}") from error


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
