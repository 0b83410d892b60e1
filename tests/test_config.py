"""Defaults, the file, variables and flags overlay one another; a typo is an error that names the setting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ragft.config import Settings, load_settings
from ragft.errors import UsageError


def test_defaults_are_those_of_the_experiment_modelled_on() -> None:
    train = load_settings().train
    assert (train.rank, train.alpha, train.dropout, train.epochs) == (16, 32, 0.05, 3)
    assert (train.learning_rate, train.warmup, train.accumulation, len(train.targets)) == (2e-4, 0.05, 8, 7)


def test_the_file_overlays_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[engine]\nmodel = "mine"\n')
    settings = load_settings(file)
    assert settings.engine.model == "mine"
    assert settings.engine.name == "auto"


def test_variables_overlay_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[engine]\nmodel = "file"\ntimeout = 3\n')
    monkeypatch.setenv("RAGFT_ENGINE__MODEL", "variable")
    settings = load_settings(file)
    assert (settings.engine.model, settings.engine.timeout) == ("variable", 3)


def test_flags_overlay_everything_and_unset_ones_change_nothing() -> None:
    settings = load_settings().with_("answer", k=3, num_ctx=None)
    assert settings.answer.k == 3
    assert settings.answer.num_ctx == load_settings().answer.num_ctx


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[engine]\nmodle = 'x'\n", "engine.modle"),
        ("[train]\nrank = 0\n", "train.rank"),
        ("[enigne]\nname = 'auto'\n", "enigne"),
        ("[engine\n", "config.toml"),
    ],
)
def test_a_file_that_is_wrong_is_an_error_that_names_what(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=named):
        load_settings(file)


def test_a_byte_order_mark_before_the_settings_is_no_part_of_them(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf[engine]\r\nmodel = 'x'\r\n")
    assert load_settings(file).engine.model == "x"


def test_what_is_no_settings_file_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "dangling", "loop", "pipe"):
        with pytest.raises(UsageError, match=f"{name} is not a file"):
            load_settings(tmp_path / name)


def test_a_variable_that_is_no_json_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGFT_EXPORT__CHECKS", "tokens")
    with pytest.raises(UsageError, match="RAGFT_… variable does not parse"):
        load_settings()


def test_a_flag_out_of_range_names_the_setting() -> None:
    with pytest.raises(UsageError, match=r"answer\.k"):
        load_settings().with_("answer", k=0)


def test_the_encoder_over_ollama_asks_the_host_of_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[engine]\nollama_host = "gpu.local"\n')
    assert load_settings(file).index.ollama_host == "gpu.local"
    assert load_settings(file).with_("index", mode="dense").index.ollama_host == "gpu.local"
    monkeypatch.setenv("RAGFT_INDEX__OLLAMA_HOST", "cpu.local")
    assert load_settings(file).index.ollama_host == "cpu.local"


def test_no_record_of_the_settings_holds_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGFT_ENGINE__OLLAMA_HOST", "http://me:secret@gpu.local")
    monkeypatch.setenv("RAGFT_INDEX__CHROMA_URL", "http://me:secret@vectors.local")
    settings = load_settings()
    assert settings.engine.ollama_host == "http://me:secret@gpu.local"
    assert "secret" not in settings.model_dump_json()
    assert "secret" not in str(settings.index.model_dump(mode="json"))


def test_settings_nested_without_end_are_an_error(tmp_path: Path) -> None:
    """Found by `make fuzz`: the TOML parser raises RecursionError."""
    file = tmp_path / "config.toml"
    file.write_text("x = " + "[" * 100_000, encoding="utf-8")
    with pytest.raises(UsageError, match="does not parse"):
        load_settings(file)


def test_the_evidence_budget_is_a_number_or_auto(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().answer.evidence_tokens == 600
    for given, read in (("auto", "auto"), ("320", 320)):
        monkeypatch.setenv("RAGFT_ANSWER__EVIDENCE_TOKENS", given)
        assert load_settings().answer.evidence_tokens == read
    for wrong in ("0", "-5", "much", "1.5"):
        with pytest.raises(UsageError, match=r"answer\.evidence_tokens.*neither a number of tokens"):
            Settings().with_("answer", evidence_tokens=wrong)
