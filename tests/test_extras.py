"""What an installation without the optional parts can do, and what it says of the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ragft import errors
from ragft.extras import EXTRAS, extra_of, need
from ragft.setting_sections import AnswerSettings, IndexSettings, TrainSettings
from ragft.workspace import cache_directory

WITHOUT = sorted({module for name in ("train", "encoders", "benchmark", "chroma") for module in EXTRAS[name].modules})


def _without(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a Python that has none of the optional modules but those for OCR."""
    absent = f"import sys; sys.modules.update(dict.fromkeys({WITHOUT!r}))\n"
    environment = os.environ | {"RAGFT_CACHE": str(folder / "cache"), "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", absent + code, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


_COMMAND = "from ragft.cli.main import main; main()"


@pytest.mark.parametrize("name", EXTRAS)
def test_an_extra_that_is_absent_is_named_with_the_command(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, EXTRAS[name].modules[-1], None)
    with pytest.raises(errors.MissingExtra, match=rf"this needs packages.*pip install 'ragft\[{name}\]'"):
        need(name, "this")


def test_an_extra_that_is_installed_passes() -> None:
    need("train")


def test_a_module_is_known_by_its_top_level() -> None:
    found = extra_of("trl.trainer.sft_trainer")
    assert found is not None
    assert found.name == "train"
    assert extra_of("numpy.linalg") is None


@pytest.mark.slow
def test_without_them_a_corpus_is_read_searched_and_asked(tmp_path: Path) -> None:
    """The encoder's graph is written anew, as the cache is empty."""
    (tmp_path / "moon.md").write_text("# The moon\n\nThe moon pulls the oceans, and so tides rise.\n", "utf-8")
    done = _without(_COMMAND, tmp_path, "ingest", "moon.md", "--workspace", "w")
    assert done.returncode == 0, done.stderr
    found = _without(_COMMAND, tmp_path, "search", "What makes tides rise?", "--workspace", "w")
    assert "The moon pulls the oceans" in found.stdout, found.stderr
    (tmp_path / "cache" / "models").symlink_to(cache_directory() / "models")
    engine = ("--engine", "embedded", "--model", "smollm2")
    asked = _without(_COMMAND, tmp_path, "ask", "What makes tides rise?", "--workspace", "w", *engine)
    assert asked.returncode == 0, asked.stderr
    assert "[1] The moon" in asked.stdout


_BROKEN = """
from ragft.cli.main import app, main

@app.command("compare")
def compare():
    import trl

main()
"""


@pytest.mark.parametrize(
    ("code", "arguments"), [(_COMMAND, ("build-model", ".", "--workspace", "w")), (_BROKEN, ("compare",))]
)
def test_without_them_a_verb_says_in_one_line_what_to_install(
    tmp_path: Path, code: str, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "moon.md").write_text("The moon pulls the oceans.\n", "utf-8")
    done = _without(code, tmp_path, *arguments)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("→ pip install 'ragft[train]'")
    assert "Traceback" not in done.stderr


def test_settings_that_need_torch_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from ragft.answer.checking.nli import configured_nli
    from ragft.index.encoders.open_encoder import open_encoder
    from ragft.index.search.rerank import open_reranker
    from ragft.train.lora import train

    monkeypatch.setitem(sys.modules, "transformers", None)
    (tmp_path / "config.json").write_text("{}", "utf-8")
    with pytest.raises(errors.MissingExtra, match=r"index\.backend torch"):
        open_encoder(IndexSettings(backend="torch"))
    with pytest.raises(errors.MissingExtra, match=r"index\.rerank"):
        open_reranker(str(tmp_path))
    with pytest.raises(errors.MissingExtra, match=r"answer\.nli_model"):
        configured_nli(AnswerSettings(nli_model=str(tmp_path)).nli_model)
    with pytest.raises(errors.MissingExtra, match="training"):
        train(tmp_path, tmp_path, tmp_path, TrainSettings())
