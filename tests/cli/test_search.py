from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ragft.cli.main import app


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["search", "  "], 2, "the query is empty"),
        (["search", "moon", "--mode", "best"], 2, "index.mode"),
        (["search", "moon", "--chroma-url", "ftp://x"], 4, "ragft ingest"),
    ],
)
def test_wrong_values_are_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    result = CliRunner().invoke(app, [*arguments, "--workspace", str(tmp_path / "w")])
    assert result.exit_code == code
    assert said in result.output
