"""Settings: the defaults, overlaid by the workspace's `config.toml`, by RAGFT_… variables, by flags.

    # .ragft/config.toml
    [engine]
    name = "ollama"
    model = "qwen3:4b-instruct"

Environment: `RAGFT_ENGINE__MODEL=…` sets `engine.model`. Importing this module imports pydantic (about 0.1 s), so
verbs import it inside their function.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from ragft.errors import UsageError
from ragft.setting_sections import (
    AnswerSettings,
    BeliefSettings,
    BenchmarkSettings,
    ClassifySettings,
    EngineSettings,
    ExportSettings,
    FactsSettings,
    GenerateSettings,
    IndexSettings,
    IngestSettings,
    KnowledgeSettings,
    Section,
    TrainSettings,
)


class Settings(BaseSettings):
    """All settings, one section a concern.

    >>> ragft.open(answer={"k": 4}).settings.answer.k
    4
    """

    model_config = SettingsConfigDict(
        env_prefix="RAGFT_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    engine: EngineSettings = EngineSettings()
    index: IndexSettings = IndexSettings()
    ingest: IngestSettings = Field(default=IngestSettings(), exclude=True)
    """Left out of the records of runs: it changes nothing in the index."""
    answer: AnswerSettings = AnswerSettings()
    generate: GenerateSettings = GenerateSettings()
    classify: ClassifySettings = ClassifySettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    train: TrainSettings = TrainSettings()
    export: ExportSettings = ExportSettings()
    benchmark: BenchmarkSettings = BenchmarkSettings()
    facts: FactsSettings = FactsSettings()
    belief: BeliefSettings = BeliefSettings()

    def with_section(self, section: str, values: object) -> Settings:
        """A copy with values of one section changed, as somebody gave them in code.

        Raises:
            UsageError: there is no such section, it is given no mapping, or a value is out of its range.
        """
        if section not in type(self).model_fields:
            known = ", ".join(type(self).model_fields)
            raise UsageError(f"there is no section {section} of settings", fix=f"the sections are {known}")
        if not isinstance(values, Mapping):
            raise UsageError(f"settings of {section} are given as {values!r}", fix=f'{section}={{"NAME": VALUE}}')
        return self.with_(section, **values)

    def with_(self, section: str, **changes: Any) -> Settings:
        """A copy with values of one section changed (those given as None are left as they are).

        Raises:
            UsageError: a value is out of its range.
        """
        current: Section = getattr(self, section)
        given = {key: value for key, value in changes.items() if value is not None}
        try:
            changed = type(current).model_validate({**dict(current), **given})
        except ValidationError as error:
            fix = "give another value by flag, RAGFT_… variable or config.toml"
            raise UsageError(_first_problem(error, prefix=f"{section}."), fix=fix) from error
        return self.model_copy(update={section: changed})


def load_settings(config_file: Path | None = None, preset: Mapping[str, Mapping[str, Any]] | None = None) -> Settings:
    """The settings of a workspace: variables over the file over the preset's values over the defaults.

    Raises:
        UsageError: the file or a variable does not parse; the message names the setting.
    """
    given = config_file if config_file is not None and _is_there(config_file) else None
    from_file = _read_toml(given) if given else {}

    class Layered(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            layers = (from_file, dict(preset or {}))
            return init_settings, env_settings, *(InitSettingsSource(settings_cls, layer) for layer in layers)

    try:
        loaded = Layered()
    except ValidationError as error:
        raise UsageError(_first_problem(error), fix=f"edit {given or 'the RAGFT_… variable'}") from error
    except ValueError as error:  # a variable that should hold JSON
        raise UsageError(f"a RAGFT_… variable does not parse: {error}", fix="correct or unset it") from error
    settings = Settings.model_construct(**{name: getattr(loaded, name) for name in Settings.model_fields})
    return settings.with_("index", ollama_host=settings.index.ollama_host or settings.engine.ollama_host)


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()  # a link to nothing is a mistake, not a file that is missing


def _read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file; editors of Windows put a byte order mark before them."""
    try:
        if not path.is_file():
            raise UsageError(f"{path} is not a file", fix=f"remove {path}, or put a TOML file there")
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", fix=f"check the rights of {path}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} does not parse: {error}", fix=f"edit {path}") from error


def _first_problem(error: ValidationError, prefix: str = "") -> str:
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"setting {prefix}{where}: {problem['msg']}"
