"""What Ollama's errors mean, and what helps.

    raise request_error(status, text, model="smol", host="http://127.0.0.1:11434")

The versions word the same error differently; from 0.30 on an error of llama.cpp comes as JSON inside the JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from ragft.errors import ContextOverflow, EngineError, EngineUnavailable, ModelNotFound
from ragft.ollama_address import access_advice

_OVERFLOW = re.compile(r"exceed\w*\s.*context|context (length|size|window).*exceed|too long", re.IGNORECASE)
_SIZES = re.compile(r"\((\d+) tokens\).*\((\d+) tokens\)")
_LOG = "the server's log says why (journalctl -u ollama, ~/.ollama/logs/server.log)"


@dataclass(frozen=True)
class _KnownError:
    """An error that is recognised by its text, what it says in one sentence (empty: as it is), and what helps."""

    text: re.Pattern[str]
    says: str
    fix: str


def _known(text: str, fix: str, says: str = "") -> _KnownError:
    return _KnownError(re.compile(text, re.IGNORECASE), says, fix)


_KNOWN = (
    _known(
        r"does not support (chat|generate|completion)",
        "name a chat model; ragft models list shows what there is",
        "{model} is not a chat model",
    ),
    _known(r"does not support thinking", "answer.think=off", "{model} does not support thinking"),
    _known(
        r"does not support embeddings",
        'set index.encoder to an embedding model, for example "ollama:all-minilm", or to minilm',
        "{model} is not an embedding model",
    ),
    _known(
        r"more system memory|out of memory|cudaMalloc|failed to allocate",
        "take a smaller model or type, or lower answer.num_ctx",
        "{model} does not fit the memory: {reason}",
    ),
    _known(
        r"process has terminated|no longer running|unable to load model|error loading model|unexpected EOF",
        f"{_LOG}; another model, a smaller answer.num_ctx or another version of Ollama may run",
        "Ollama could not run {model}: {reason}",
    ),
    _known(
        r"no space left|not enough space|disk full",
        "make room where Ollama keeps its models (OLLAMA_MODELS, else ~/.ollama/models); ollama rm removes a model",
        "the disk of Ollama is full: {reason}",
    ),
    _known(r"invalid model name", "letters, digits and . _ - / : only", "{model!r} cannot be the name of a model"),
    _known(
        r"being used by another process|already (exists|in use)|is a directory|not a directory",
        "take another name, or remove the model of this name first: ollama rm {model}",
        "the name {model!r} is in use: {reason}",
    ),
    _known(r"quantization is only supported", "start from a model of type bf16, f16 or f32"),
    _known(r"(error|unknown|unsupported) .*architecture|unsupported architecture", "update Ollama"),
)


def reason_of(text: str) -> str:
    """The message in an error's text, which may be JSON of llama.cpp: `{"error": {"message": …}}`."""
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return " ".join(text.split())
    for key in ("error", "message"):
        if isinstance(inner, dict) and key in inner:
            inner = inner[key]
    return reason_of(inner) if isinstance(inner, str) and inner != text else " ".join(text.split())


def request_error(status: int, text: str, *, model: str, host: str) -> EngineError:
    """The error for a request about `model` that the server at `host` answered with `status` and `text`."""
    reason = reason_of(text)
    if status == 404:
        return ModelNotFound(
            f"Ollama at {host} has no model {model!r}",
            fix=f"ollama pull {model}, or ragft register where it is one of yours; ragft models list shows all",
        )
    if advice := access_advice(status):
        return EngineUnavailable(f"the server at {host} refuses access ({status}): {reason}", fix=advice)
    if status == 503:
        return EngineUnavailable(f"Ollama at {host} is busy: {reason}", fix="try again in a moment")
    if _OVERFLOW.search(reason):
        return _overflow(reason, model)
    return explain_error(reason, model) or EngineError(f"Ollama refuses ({status}): {reason}", fix=_LOG)


def explain_error(reason: str, model: str, what: str = "") -> EngineError | None:
    """An error that is known by its text, with its remedy; None for any other. `what` stands before the message."""
    for known in _KNOWN:
        if known.text.search(reason):
            says = known.says.format(model=model, reason=reason) if known.says else reason
            return EngineError(what + says, fix=known.fix.format(model=model))
    return None


def broken_off(reason: str, model: str) -> tuple[str, str]:
    """Message and remedy for an error in the middle of an answer."""
    return f"Ollama failed in the middle of an answer of {model}: {reason_of(reason)}", f"ask again; {_LOG}"


def _overflow(reason: str, model: str) -> ContextOverflow:
    message = f"the prompt does not fit the context of {model}: {reason}"
    if sizes := _SIZES.search(reason):
        message = f"the prompt has {sizes[1]} tokens, and {model} is loaded with a context of {sizes[2]}"
    return ContextOverflow(message, fix="raise answer.num_ctx or give less evidence")
