"""The sources of training data, of both scripts."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.benchmarks.training import write_sources


@pytest.mark.parametrize("module", ["cross_groups", "support_pairs"])
def test_missing_sources_are_named(module: str, tmp_path: Path) -> None:
    sources, read = import_module(module).SOURCES, import_module("training_sources").read_sources
    write_sources(tmp_path, sources)
    assert not any(read(sources, tmp_path, 0).values())
    (tmp_path / "judge" / "A_fm2.en.jsonl").unlink()
    with pytest.raises(SystemExit, match=r"lacks judge/A_fm2\.en\.jsonl;"):
        read(sources, tmp_path, 0)
