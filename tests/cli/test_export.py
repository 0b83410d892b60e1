"""`ragft export` and `ragft export verify` as a user runs them, on a tiny random base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from tests.export.conftest import random_base, run, tiny_base, trained_run  # noqa: F401  fixtures


@pytest.fixture
def workspace(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: F811
    """A workspace whose only run is the tiny one, not exported yet."""
    for path in run.glob("*.gguf"):
        path.unlink()
    folder = tmp_path / "ws"
    (folder / "runs").mkdir(parents=True)
    run.rename(folder / "runs" / "tiny-run")
    monkeypatch.setenv("RAGFT_WORKSPACE", str(folder))
    monkeypatch.setenv("RAGFT_ENGINE__THREADS", "1")
    monkeypatch.setenv("RAGFT_EXPORT__CHECKS", '["prompt"]')
    return folder


def ragft(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


def test_export_and_verify(workspace: Path) -> None:
    done = ragft("export", "--type", "q8_0", "--json")
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    assert Path(report["gguf"]) == workspace / "runs" / "tiny-run" / "model-q8_0.gguf"
    assert Path(report["base"]["gguf"]).is_file()
    assert report["warnings"] == []
    shown = ragft("export", "--type", "q8_0").stdout.splitlines()
    assert [line.split()[0] for line in shown] == [report["gguf"], report["base"]["gguf"]]  # long paths do not wrap
    checked = ragft("export", "verify")
    assert checked.exit_code == 0, checked.stderr
    assert checked.stdout == "passed   prompt        10 renderings equal\n"


def test_verify_ends_with_9_and_names_the_check(workspace: Path, tiny_base: Path) -> None:  # noqa: F811
    from ragft.export.convert import convert, gguf_path

    folder = workspace / "runs" / "tiny-run"
    config = json.loads((folder / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == str(tiny_base)
    convert(tiny_base, gguf_path(folder, "q8_0"), outtype="q8_0")  # the adapter is left out
    done = CliRunner(env={"RAGFT_EXPORT__CHECKS": '["logits"]'}).invoke(app, ["export", "verify"])
    assert done.exit_code == 9
    assert "weights parity failed for run tiny-run" in done.stderr


def test_verify_before_export_says_how(workspace: Path) -> None:
    done = ragft("export", "verify")
    assert done.exit_code == 4
    assert "ragft export --run tiny-run --type q8_0" in done.stderr


def test_an_unknown_type_is_refused(workspace: Path) -> None:
    done = ragft("export", "--type", "q9_9")
    assert done.exit_code == 9
    assert "unknown type 'q9_9'; choose one of f32, f16" in done.stderr
    assert not list((workspace / "runs" / "tiny-run").glob("*.gguf"))
