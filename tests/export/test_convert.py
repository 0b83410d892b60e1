"""What an export tells of itself, and what it needs of a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.errors import ExportError, NotFoundError
from ragft.export.convert import export_adapter, export_run
from ragft.workspace import digest_file
from tests.export.conftest import rebase


def test_both_files_and_where_it_has_got_to(run: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    tuned, base = export_run(run, "bf16", lambda *step: seen.append(step))
    assert (tuned.gguf.name, base.gguf.name) == ("model-bf16.gguf", "base-bf16.gguf")
    assert tuned.sha256 != base.sha256
    assert "sha256:" + tuned.sha256.removeprefix("sha256:") == digest_file(tuned.gguf)
    assert tuned.bytes == tuned.gguf.stat().st_size
    assert {label for label, _, _ in seen} == {"writing base-bf16.gguf", "writing model-bf16.gguf"}
    assert all(0 <= done <= total for _, done, total in seen)


def test_what_the_converter_warns_of_is_said_once_and_kept(
    run: Path, changed_base: Callable[[str, Callable[[str], str]], Path], logged: Callable[[], str]
) -> None:
    mistral = {"architectures": ["MistralForCausalLM"], "model_type": "mistral", "sliding_window": 1024}
    rebase(run, changed_base("config.json", lambda text: json.dumps(json.loads(text) | mistral)))
    tuned, base = export_run(run, "f16")
    assert len(tuned.warnings) == 1
    assert tuned.warnings == base.warnings
    assert logged().count(tuned.warnings[0][:40]) == 1


def test_a_run_that_is_not_trained(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="ragft train --run nothing"):
        export_run(tmp_path / "nothing")


def test_a_base_that_is_gone(run: Path, tmp_path: Path) -> None:
    rebase(run, tmp_path / "gone")
    with pytest.raises(ExportError, match=r"no longer at .*gone.*put it back, or base="):
        export_run(run)


def test_an_adapter_that_cannot_stand_alone(run: Path) -> None:
    config = run / "adapter" / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"use_dora": True}))
    with pytest.raises(ExportError, match=r"DoRA|magnitude"):
        export_adapter(run)
    assert not (run / "adapter-f16.gguf").exists()
