"""The fuzzer itself: its inputs are of the right kind to begin with, and it finds what it should."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from ragft.errors import DocumentError, RagftError
from tests.fuzz.harness import Fuzzer, Target
from tests.fuzz.targets import TARGETS

SEVERAL_QUESTIONS = ("rows", "ollama-chat", "ollama-replies")
"""Each of their seeds is right for one of the questions that the target asks."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_target_reads_its_own_seeds(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.targets.SHARED", tmp_path)  # those made here will do
    seeds = target.seeds(tmp_path)
    assert seeds
    allowed = RagftError if target.name in SEVERAL_QUESTIONS else ()
    for seed in seeds:
        with contextlib.suppress(allowed):
            target.run(seed, tmp_path)


@pytest.mark.slow
def test_a_finding_is_kept_once_with_its_input(tmp_path: Path) -> None:
    def run(data: bytes, _: Path) -> None:
        if len(data) < 4:
            raise DocumentError("as it should be")
        if data != b"whole":
            raise KeyError("not as it should be")

    fuzzer = Fuzzer(Target("x", lambda _: [b"whole"], run), tmp_path, tmp_path)
    for batch in range(2):
        fuzzer._batch([b"whole"], batch, until=float("inf"))
    [(place, finding)] = fuzzer.findings.items()
    assert place.startswith("KeyError")
    [file] = tmp_path.glob("x-*.bin")
    assert file.name in finding
    assert len(file.read_bytes()) >= 4
    assert not (tmp_path / "x.current").exists()
