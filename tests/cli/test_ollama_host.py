"""An environment that no client can be made of: in a process of its own, where nothing has imported `ollama` before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PASSWORD = "s3cr?9w9q"
BAD = ["127.0.0.1:99999", "127.0.0.1:abc", "127.0.0.1:-1", "[::1", f"http://bob:{PASSWORD}@127.0.0.1:1"]


def _ragft(place: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ragft", *arguments, "--workspace", str(place)],
        env={**os.environ, "RAGFT_CACHE": str(place / "cache"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("address", BAD)
@pytest.mark.parametrize("verb", [("models", "list"), ("models", "default", "smollm2")])
def test_a_bad_address_is_one_line_and_shows_no_password(verb: tuple[str, ...], address: str, tmp_path: Path) -> None:
    done = _ragft(tmp_path, *verb, OLLAMA_HOST=address)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "is not an address of an Ollama" in done.stderr
    assert not any(part in done.stderr for part in ("bob", *PASSWORD.split("?")))


@pytest.mark.parametrize(
    "environment",
    [
        {"OLLAMA_HOST": "127.0.0.1:abc"},
        {"OLLAMA_HOST": "127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9"},
        {"OLLAMA_HOST": "127.0.0.1:9", "OLLAMA_API_KEY": "schlüssel"},
    ],
)
def test_the_embedded_engine_needs_no_environment_of_ollama(environment: dict[str, str], tmp_path: Path) -> None:
    done = _ragft(tmp_path, "models", "list", "--engine", "embedded", **environment)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_proxy_for_other_machines_does_not_keep_us_from_our_own(tmp_path: Path) -> None:
    done = _ragft(tmp_path, "models", "list", OLLAMA_HOST="127.0.0.1:9", ALL_PROXY="socks5://127.0.0.1:9")
    assert done.returncode == 0
    assert "no Ollama answers" in done.stderr


def test_the_package_is_whole_for_whoever_imports_it_after_us() -> None:
    code = "import ragft.ollama_package as ours, ollama; assert ollama.Client is ours.Client; ollama.chat"
    subprocess.run([sys.executable, "-c", code], check=True)
