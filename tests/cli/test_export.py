"""`ragft export` and `ragft export verify` as a user runs them, on a tiny random base."""

from __future__ import annotations

import json
import shutil
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
    assert checked.stdout == "passed   prompt        14 renderings equal\n"


def test_a_base_that_moved_is_named_once_and_remembered(workspace: Path, tiny_base: Path, tmp_path: Path) -> None:  # noqa: F811
    from ragft.train.base_model import base_digest

    run_dir = workspace / "runs" / "tiny-run"
    config = run_dir / "adapter" / "adapter_config.json"
    config.write_text(
        json.dumps(
            json.loads(config.read_text(encoding="utf-8")) | {"base_model_name_or_path": str(tmp_path / "gone")}
        ),
        encoding="utf-8",
    )
    (run_dir / "train.json").write_text(json.dumps({"base": {"digest": base_digest(tiny_base)}}), encoding="utf-8")
    before = config.read_bytes()
    gone = ragft("export", "--type", "q8_0")
    assert gone.exit_code == 9
    assert "--base FOLDER says where it is" in gone.stderr
    other = Path(shutil.copytree(tiny_base, tmp_path / "other"))
    (other / "config.json").write_text((other / "config.json").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    refused = ragft("export", "--type", "q8_0", "--base", str(other))
    assert refused.exit_code == 3
    assert "is not the model that the run tiny-run was trained on" in refused.stderr
    moved = Path(shutil.copytree(tiny_base, tmp_path / "moved"))
    assert ragft("export", "--type", "q8_0", "--base", str(moved)).exit_code == 0
    checked = ragft("export", "verify")
    assert checked.exit_code == 0, checked.stderr
    assert config.read_bytes() == before  # the adapter stays the one that was trained


def test_verify_ends_with_9_and_names_the_check(workspace: Path, tiny_base: Path) -> None:  # noqa: F811
    from ragft.export.convert import convert
    from ragft.run_folder import RunFolder

    folder = workspace / "runs" / "tiny-run"
    config = json.loads((folder / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == str(tiny_base)
    convert(tiny_base, RunFolder(folder).gguf("q8_0"), outtype="q8_0")  # the adapter is left out
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


def test_an_adapter_of_mlx_lm_merges_to_the_same_file(workspace: Path, tiny_base: Path, tmp_path: Path) -> None:  # noqa: F811
    from safetensors.numpy import load_file, save_file

    run_dir = workspace / "runs" / "tiny-run"
    assert ragft("export", "--type", "f32").exit_code == 0
    given = load_file(run_dir / "adapter" / "adapter_model.safetensors")
    tensors = {
        name.removeprefix("base_model.model.").replace("_A.weight", "_a").replace("_B.weight", "_b"): values.T.copy()
        for name, values in given.items()
    }
    folder = tmp_path / "adapters"
    folder.mkdir()
    save_file(tensors, folder / "adapters.safetensors")
    values = {"fine_tune_type": "lora", "lora_parameters": {"rank": 4, "scale": 2.0}}
    (folder / "adapter_config.json").write_text(json.dumps(values), encoding="utf-8")
    done = ragft("export", "import", str(folder), "--base", str(tiny_base), "--run", "mac", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["run"] == "mac"
    assert ragft("export", "--run", "mac", "--type", "f32").exit_code == 0
    assert (workspace / "runs" / "mac" / "model-f32.gguf").read_bytes() == (run_dir / "model-f32.gguf").read_bytes()


def test_an_import_of_what_is_no_adapter_names_the_file(workspace: Path, tiny_base: Path, tmp_path: Path) -> None:  # noqa: F811
    done = ragft("export", "import", str(tmp_path), "--base", str(tiny_base), "--run", "mac")
    assert done.exit_code == 4
    assert "adapter_config.json" in done.stderr
