"""The flags of `train` and `generate` are those of the model: its names, defaults and descriptions, once."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from ragft.cli.settings_flags import given_settings, settings_command
from ragft.cli.verbs import Verbs
from ragft.setting_sections import (
    AnswerSettings,
    EngineSettings,
    ExportSettings,
    GenerateSettings,
    IndexSettings,
    IngestSettings,
    TrainSettings,
)

RUNNER = CliRunner()


def probe(section: str, **options: object) -> typer.Typer:
    app = typer.Typer(rich_markup_mode=None)

    @app.command(cls=settings_command(section, **options))  # type: ignore[arg-type]
    def show(*, context: typer.Context, own: str = "x") -> None:
        typer.echo((own, given_settings(context)))

    return app


def test_only_given_flags_are_settings_and_types_are_those_of_the_model() -> None:
    app = probe("train", aliases={"learning_rate": "--lr"})
    done = RUNNER.invoke(app, ["--own", "y", "--rank", "4", "--lr", "1e-3", "--targets", "q_proj,v_proj"])
    assert done.stdout.strip() == "('y', {'rank': 4, 'targets': 'q_proj,v_proj', 'learning_rate': 0.001})"
    assert RUNNER.invoke(app, []).stdout.strip() == "('x', {})"
    assert RUNNER.invoke(app, ["--rank", "four"]).exit_code == 2


@pytest.mark.parametrize(("verb", "model"), [("train", TrainSettings), ("generate", GenerateSettings)])
def test_help_shows_default_and_description_of_every_setting(verb: str, model: type[TrainSettings]) -> None:
    hidden = {"mix", "evidence_tokens", "without_oracle"} if verb == "generate" else set()
    shown = RUNNER.invoke(probe(verb, without=hidden), ["--help"], env={"COLUMNS": "300"}, terminal_width=300)
    text = " ".join(shown.stdout.split())
    for name, field in model.model_fields.items():
        assert (f"--{name.replace('_', '-')} " in text) is (name not in hidden)
        if name not in hidden and field.description:
            assert field.description[1:] in text, name
        if isinstance(field.default, int | float | str) and name not in hidden:
            assert f"[default: ({field.default})]" in text, name


def test_the_list_of_verbs_does_not_load_the_model() -> None:
    code = "import sys, ragft.cli.train, ragft.cli.generate; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


ANSWER = AnswerSettings()
SHOWN = {
    ("ask", "k"): ANSWER.k,
    ("ask", "evidence"): f"{ANSWER.evidence_tokens}; {ANSWER.capable_evidence} from 1B weights on",
    ("ask", "style"): ANSWER.style,
    ("ask", "engine"): EngineSettings().name,
    ("search", "mode"): IndexSettings().mode,
    ("register", "outtype"): ExportSettings().type,
    ("ingest", "executor"): IngestSettings().executor,
    ("ingest", "near_duplicates"): IndexSettings().near_duplicates,
}
"""Flags that are None where they are not given, and the settings that then count."""


@pytest.mark.parametrize(("verb", "flag"), SHOWN)
def test_a_flag_shows_the_default_of_the_setting_that_it_overrides(verb: str, flag: str) -> None:
    option = next(each for each in Verbs()[verb].params if each.name == flag)
    assert option.show_default == str(SHOWN[verb, flag])
