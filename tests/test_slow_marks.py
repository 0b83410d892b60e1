"""What `make test-fast` leaves out is found by what a test uses, not by a list."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ragft
from tests.conftest import COLLECTED_WITH, LOADERS, STARTERS, is_slow

if TYPE_CHECKING:
    from ragft import Application, IngestReport


def _runs() -> int:
    return subprocess.call([sys.executable, "-c", ""])


def _calls() -> int:
    return _runs()


def _ingests(app: Application) -> IngestReport:
    return app.ingest(["papers"])


def _loads() -> object:
    import torch

    return torch


def _skips_without() -> object:
    return pytest.importorskip("transformers")


def _measures() -> list[float]:
    def seconds() -> float:
        return time.process_time()

    return [seconds()]


def _only_counts() -> int:
    return len("subprocess")


@pytest.mark.parametrize("function", [_runs, _calls, _ingests, _loads, _skips_without, _measures])
def test_a_slow_test_is_known_by_its_code(function: Callable[..., object]) -> None:
    assert is_slow(function)


@pytest.mark.parametrize("function", [_only_counts, None])
def test_a_test_that_does_nothing_of_that_is_not(function: object) -> None:
    assert not is_slow(function)


def test_a_test_with_a_slow_fixture_is_marked(request: pytest.FixtureRequest, slow: None) -> None:
    assert request.node.get_closest_marker("slow")


def test_any_other_test_is_not_marked(request: pytest.FixtureRequest) -> None:
    assert not request.node.get_closest_marker("slow")


def test_what_is_slow_in_ragft_has_a_name_there() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(ragft.__file__).parent.rglob("*.py"))
    assert [name for name in STARTERS | LOADERS if f"def {name}(" not in source] == []


def test_no_worker_loads_torch_only_to_collect(request: pytest.FixtureRequest) -> None:
    assert request.config.stash[COLLECTED_WITH].isdisjoint({"torch", "transformers", "trl", "scipy", "sklearn"})
