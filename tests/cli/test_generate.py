"""`ragft generate` and `ragft dataset` as a user runs them, over the scripted engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tasks.papers.conftest import PAPERS

SCRIPT = {"rules": [{"match": r"^Fact: .*\nQuestion: (?P<start>.*) …$", "template": r'{"question": "\g<start>?"}'}],
          "default": {"reply": "A plain answer, and nothing else."}}  # fmt: skip

GENERATE = (
    "generate", "-n", "8", "--recipe", "claims", "--engine", "scripted", "--mix", "grounded=0.7,refusal=0.3"
)  # fmt: skip


def ragft(workspace: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "RAGFT_WORKSPACE": str(workspace),
        "RAGFT_SCRIPT": str(workspace.parent / "script.json"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "ragft.cli.main", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "papers").mkdir()
    for name, text in PAPERS.items():
        (folder / "papers" / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "script.json").write_text(json.dumps(SCRIPT))
    ragft(folder / "ws", "ingest", str(folder / "papers"))
    ragft(folder / "ws", *GENERATE)
    return folder / "ws"


@pytest.mark.slow
def test_json_has_the_fields_that_stay(workspace: Path) -> None:
    done = ragft(workspace, *GENERATE, "--json")
    report = json.loads(done.stdout)
    assert {"dataset", "kept", "rejected", "seconds"} <= report.keys()
    assert report["dataset"] == "papers"
    assert report["kept"]["grounded"] + report["kept"]["refusal"] == 8


@pytest.mark.slow
def test_the_set_can_be_looked_at_checked_and_exported(workspace: Path, tmp_path: Path) -> None:
    assert json.loads(ragft(workspace, "dataset", "validate", "papers", "--json").stdout) == {
        "ok": True,
        "problems": [],
    }
    assert json.loads(ragft(workspace, "dataset", "stats", "papers", "--json").stdout)["rows"] > 5
    shown = ragft(workspace, "dataset", "show", "papers", "--kind", "refusal", "-n", "1").stdout
    assert "do not answer this question" in shown
    ragft(workspace, "dataset", "export", "papers", "--format", "mlx", "--to", str(tmp_path / "mlx"))
    lines = (tmp_path / "mlx" / "train.jsonl").read_text().splitlines()
    assert all(json.loads(line)["messages"][-1]["role"] == "assistant" for line in lines)
    ragft(workspace, "dataset", "import", str(tmp_path / "mlx" / "train.jsonl"), "--to", "again")
    assert json.loads(ragft(workspace, "dataset", "stats", "again", "--json").stdout)["rows"] <= len(lines)


@pytest.mark.slow
def test_a_broken_line_is_found_and_named(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    good = (workspace / "datasets" / "papers" / "rows.jsonl").read_text()
    (tmp_path / "bad" / "rows.jsonl").write_text(good + "{oops\n")
    done = ragft(workspace, "dataset", "validate", str(tmp_path / "bad"), code=3)
    assert "is not JSON" in done.stdout
    done = ragft(workspace, "train", "--dataset", str(tmp_path / "bad"), "--base", "absent", code=4)
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("generate", "--mix", "poems=1", "--engine", "scripted"), 2, "poems"),
        (("generate", "--mix", "grounded", "--engine", "scripted"), 2, "--mix"),
        (("generate", "--mix", "grounded=nan", "--name", "new", "--engine", "scripted"), 2, "--mix"),
        (("generate", "--mix", "grounded=inf", "--name", "new", "--engine", "scripted"), 2, "--mix"),
        (("generate", "--name", "../out", "--engine", "scripted"), 2, "name"),
        (("dataset", "show", "nothing"), 4, "papers"),
        (("dataset", "import", "absent.jsonl", "--to", "x"), 4, "absent.jsonl"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(
    workspace: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = ragft(workspace, *arguments, code=code)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_an_empty_index_names_the_command(tmp_path: Path) -> None:
    done = ragft(tmp_path / "ws", "generate", code=4)
    assert "ragft ingest" in done.stderr
