"""Where a GGUF file may go: nothing else is written over, and every failure is one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import OutputError
from tests.llama_cpp_tools.tiny import write_model

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("output") / "model", "llama3")


def test_a_link_in_the_place_of_the_unfinished_file_is_not_followed(model: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("gold")
    (tmp_path / "out.gguf.part").symlink_to(tmp_path / "precious")
    with pytest.raises(OutputError, match=r"out\.gguf\.part beside it is a link: remove it"):
        convert(model, tmp_path / "out.gguf")
    assert (tmp_path / "precious").read_text() == "gold"


def test_a_link_in_the_place_of_the_file_is_replaced(model: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("gold")
    (tmp_path / "out.gguf").symlink_to(tmp_path / "precious")
    convert(model, tmp_path / "out.gguf")
    assert (tmp_path / "precious").read_text() == "gold"
    assert not (tmp_path / "out.gguf").is_symlink()


@pytest.mark.parametrize(
    "name", ["a b.gguf", "水 é.gguf", "a:b.gguf", "-o.gguf", "a\nb.gguf", "a'b\".gguf", "\udcff.gguf"]
)
def test_a_file_may_have_any_name(name: str, model: Path, tmp_path: Path) -> None:
    done = command(str(model), f"--outfile={name}", folder=tmp_path)
    assert (done.returncode, os.listdir(tmp_path)) == (0, [name])  # noqa: PTH208


@pytest.mark.parametrize("name", [".", "/", "none/out.gguf", "n" * 300])
def test_a_name_that_is_no_file_is_one_line(name: str, model: Path, tmp_path: Path) -> None:
    done = command(str(model), "--outfile", name, folder=tmp_path)
    assert (done.returncode, done.stderr.count("\n"), list(tmp_path.iterdir())) == (6, 1, [])


def test_what_the_system_refuses_is_one_line(tmp_path: Path) -> None:
    done = command("n" * 5000, folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_output_that_takes_no_more_is_one_line(model: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = command(str(model), "--outfile", "out.gguf", folder=tmp_path, stdout=full)
    assert done.returncode == 1
    assert "No space left" in done.stderr and done.stderr.count("\n") == 1


def command(*arguments: str, folder: Path, stdout: object = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """`convert_hf_to_gguf` run in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "llama_cpp_tools.convert_hf_to_gguf", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=stdout,  # type: ignore[arg-type]
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
