"""Rows of a stranger are shown as they are: no markup, no escape sequence of theirs takes effect."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from ragft.cli.main import app

HOSTILE = {
    "prompt": [{"role": "user", "content": "[/x] hi \x1b[31mthere"}],
    "completion": [{"role": "assistant", "content": "[bold"}],
    "kind": "grounded",
    "generator": "gpt[/x]",
}


def test_hostile_rows_are_shown_as_plain_text(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(HOSTILE) + "\n", encoding="utf-8")
    place = ["-w", str(tmp_path / "ws")]
    run = CliRunner()
    assert run.invoke(app, ["dataset", "import", str(file), "--to", "hostile", *place]).exit_code == 0
    shown = run.invoke(app, ["dataset", "show", "hostile", *place])
    assert shown.exit_code == 0
    assert "[/x] hi there" in shown.output
    assert "gpt[/x]" in shown.output
    assert "\x1b" not in shown.output


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(HOSTILE) + "\nnot json\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["dataset", "import", str(file), "--to", "x", "-w", str(tmp_path / "ws")])
    assert done.exit_code == 3
    assert "line 2" in done.output
