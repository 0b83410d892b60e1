"""Answers that are kept go on only with the model that gave them."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = {"model": "small", "engine": "embedded", "workspace": "/papers"}


@pytest.mark.parametrize("other", [{"model": "large"}, {"engine": "ollama"}, {"workspace": "/books"}])
def test_answers_of_another_source_are_refused(tmp_path: Path, other: dict[str, str]) -> None:
    kept_rows = import_module("ask_natural").kept_rows
    file = tmp_path / "answers.jsonl"
    assert kept_rows(file, SOURCE) == {}
    row = {"id": "q1", "source": SOURCE}
    file.write_text(json.dumps(row))
    assert kept_rows(file, SOURCE) == {"q1": row}
    with pytest.raises(SystemExit, match="another model, engine or workspace"):
        kept_rows(file, SOURCE | other)
