"""The fake Ollama is held to what two live servers answered: every recorded exchange is repeated with it.

Compared are the status, the type, the keys of every object with their types, the number of lines, and all values but
those that no fake can know (`EXCEPTED`).
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.engine.fake_ollama import FakeOllama, serve
from tests.engine.recorded import Exchange, all_exchanges, folder, server_before

EXCEPTED = {
    "times": ("created_at", "modified_at", "expires_at"),
    "durations, which Ollama leaves out where they are zero": (
        "total_duration",
        "load_duration",
        "prompt_eval_duration",
        "eval_duration",
    ),
    "counts of tokens, by another tokeniser": ("prompt_eval_count", "eval_count", "n_prompt_tokens"),
    "generated text": ("content", "token", "logprob", "bytes"),
    "vectors": ("embeddings",),
    "memory in use": ("size_of_ps",),
}
"""Keys whose values are not compared (their types are), by the reason. Besides them: the digest of weights that the
server writes anew, and the number of tokens in the words of an error."""

_FREE = {key for keys in EXCEPTED.values() for key in keys}
_OPTIONAL = set(EXCEPTED["durations, which Ollama leaves out where they are zero"])
EXCHANGES = tuple(all_exchanges())


def test_both_files_are_repeated_whole() -> None:
    if not folder().is_dir():
        pytest.skip(f"no {folder()}: the fake Ollama is not held to recorded replies")
    assert len(EXCHANGES) == 43 + 71


@pytest.mark.parametrize("exchange", EXCHANGES, ids=str)
def test_the_fake_answers_as_the_server_did(exchange: Exchange, tmp_path: Path) -> None:
    fake = server_before(exchange, tmp_path)
    running = serve(fake)
    next(running)
    try:
        status, kind, lines = ask(fake, exchange)
    finally:
        running.close()  # type: ignore[attr-defined]
    assert (status, kind) == (exchange.status, exchange.type)
    if not exchange.broke:  # else the client hung up, and what the server would have said is not known
        assert len(lines) == exchange.lines
    given, recorded = picked(lines, exchange), exchange.reply
    if exchange.path == "/api/create":
        given, recorded = without_weights(given), without_weights(recorded)
    assert differences(given, recorded, exchange.path) == []
    assert [problem for problem in fake.violations if problem.startswith("reply")] == []


def ask(fake: FakeOllama, exchange: Exchange) -> tuple[int, str | None, list[Any]]:
    """Send the recorded request; status, type and lines of the reply."""
    path, body = exchange.path, b""
    if isinstance(exchange.request, int):  # an upload, of which the size alone was recorded
        body = b"GGUF made up"
        path = f"/api/blobs/sha256:{hashlib.sha256(body).hexdigest()}"
    elif exchange.request is not None:
        body = json.dumps(exchange.request).encode()
    connection = http.client.HTTPConnection(urlsplit(fake.url).netloc, timeout=20)
    connection.request(exchange.method, path, body)
    reply = connection.getresponse()
    kind, data = reply.headers.get("Content-Type"), reply.read().decode()
    connection.close()
    return reply.status, kind, [parsed(line) for line in data.splitlines()]


def parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def without_weights(lines: list[Any]) -> list[Any]:
    """The lines of a creation without the digest of weights that it wrote anew: the first layer it tells of."""
    first = next((i for i, line in enumerate(lines) if "creating new layer" in str(line.get("status"))), None)
    layers = [i for i, line in enumerate(lines) if " layer " in str(line.get("status"))]
    return [{"status": "creating new layer"} if i == first == layers[0] else line for i, line in enumerate(lines)]


def picked(lines: list[Any], exchange: Exchange) -> list[Any]:
    """The lines that were recorded: of a long reply the first and last three."""
    if exchange.broke:
        return lines[: len(exchange.reply)]
    if exchange.left_out:
        return [*lines[:3], *lines[-3:]]
    return lines


def differences(got: Any, recorded: Any, where: str) -> list[str]:
    """How two replies differ, apart from what is excepted."""
    key = where.rpartition(".")[2]
    if type(got) is not type(recorded) and not {type(got), type(recorded)} <= {int, float}:
        return [f"{where}: {type(got).__name__} for {type(recorded).__name__}"]
    if isinstance(recorded, dict):
        return _dict_differences(got, recorded, where)
    if key in _FREE:
        return [] if key != "embeddings" or len(got) == len(recorded) else [f"{where}: {len(got)} vectors"]
    if isinstance(recorded, list):
        if len(got) != len(recorded):
            return [f"{where}: {len(got)} entries for {len(recorded)}"]
        return [d for one, other in zip(got, recorded, strict=True) for d in differences(one, other, where)]
    if isinstance(recorded, str):
        got, recorded = _plain(got, recorded)
    return [] if got == recorded else [f"{where}: {got!r} for {recorded!r}"]


def _dict_differences(got: dict[str, Any], recorded: dict[str, Any], where: str) -> list[str]:
    odd = (set(got) ^ set(recorded)) - _OPTIONAL
    found = [f"{where}: {key} {'is missing' if key in recorded else 'is too much'}" for key in sorted(odd)]
    for key in sorted(set(got) & set(recorded)):
        name = "size_of_ps" if key == "size" and where.startswith("/api/ps") else key
        found += differences(got[key], recorded[key], f"{where}.{name}")
    return found


def _plain(got: str, recorded: str) -> tuple[str, str]:
    """Both texts without what is excepted in them."""
    numbers = re.compile(r"\d+(?= tokens\) exceeds)|(?<=n_prompt_tokens\":)\d+")
    return numbers.sub("N", got), numbers.sub("N", recorded)
