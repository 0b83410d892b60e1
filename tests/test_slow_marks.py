"""What `make test-fast` leaves out is found by what a test uses, not by a list."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ragft
from tests.conftest import COLLECTED_WITH, STARTERS, starts_process

if TYPE_CHECKING:
    from ragft import Application, IngestReport


def _runs() -> int:
    return subprocess.call([sys.executable, "-c", ""])


def _calls() -> int:
    return _runs()


def _ingests(app: Application) -> IngestReport:
    return app.ingest(["papers"])


def _only_counts() -> int:
    return len("subprocess")


def test_a_test_that_starts_a_process_is_known_by_its_code() -> None:
    assert starts_process(_runs)
    assert starts_process(_calls)
    assert starts_process(_ingests)
    assert not starts_process(_only_counts)
    assert not starts_process(None)


def test_a_test_with_a_slow_fixture_is_marked(request: pytest.FixtureRequest, slow: None) -> None:
    assert request.node.get_closest_marker("slow")


def test_any_other_test_is_not_marked(request: pytest.FixtureRequest) -> None:
    assert not request.node.get_closest_marker("slow")


def test_what_starts_a_process_in_ragft_has_a_name_there() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(ragft.__file__).parent.rglob("*.py"))
    assert [name for name in STARTERS if f"def {name}(" not in source] == []


def test_no_worker_loads_torch_only_to_collect(request: pytest.FixtureRequest) -> None:
    assert request.config.stash[COLLECTED_WITH].isdisjoint({"torch", "transformers", "trl", "scipy", "sklearn"})
