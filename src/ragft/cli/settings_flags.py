"""Flags of a verb for a section of the settings: names, help, choices and defaults are read from the settings model.

    COMMAND = settings_command("train", aliases={"learning_rate": "--lr"})

    def train(*, context: typer.Context, …) -> None:
        with open_app(workspace, train=given_settings(context)) as app: …

The model is read when the verb is parsed or its help is shown: `ragft --help` need not load pydantic.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_GIVEN = "ragft.settings"
"""The key of the given values in what Typer keeps for a call."""


def settings_command(
    section: str, *, aliases: Mapping[str, str] | None = None, without: Collection[str] = ()
) -> type[TyperCommand]:
    """The class of a command that has a flag for each setting of `section`.

    Args:
        aliases: a second flag, by the name of the setting.
        without: settings that have no flag, or one that the verb itself defines.
    """

    class SettingsCommand(TyperCommand):
        """A command with the flags of its own function, and those of the section before `--help`."""

        def get_params(self, ctx: Any) -> list[Any]:
            """All of them."""
            *own, help_flag = super().get_params(ctx)
            return [*own, *_flags(section, aliases or {}, without), help_flag]

    return SettingsCommand


def given_settings(context: typer.Context) -> dict[str, Any]:
    """The settings that flags were given for, by name."""
    return dict(context.meta.get(_GIVEN, {}))


def _flags(section: str, aliases: Mapping[str, str], without: Collection[str]) -> Sequence[Any]:
    from ragft.config import Settings

    model = type(getattr(Settings.model_construct(), section))
    fields = {name: field for name, field in model.model_fields.items() if name not in without}

    def verb() -> None:
        """Stands in for a function with a parameter for each setting."""

    parameters = [_parameter(name, field, aliases.get(name)) for name, field in fields.items()]
    verb.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    verb.__annotations__ = {one.name: one.annotation for one in parameters}
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(verb)
    return typer.main.get_command(app).params


def _parameter(name: str, field: FieldInfo, alias: str | None) -> inspect.Parameter:
    kind = field.annotation if field.annotation in (int, float) else str
    flags = [f"--{name.replace('_', '-')}", *([alias] if alias else [])]
    option = typer.Option(
        *flags, help=_help(field), show_default=_shown(field.default), callback=_keep, expose_value=False
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, option],
    )


def _keep(context: typer.Context, param: typer.CallbackParam, value: Any) -> None:
    if value is not None:
        context.meta.setdefault(_GIVEN, {})[param.name] = value


def _help(field: FieldInfo) -> str:
    """The choices and the description of a setting as a sentence; empty where there is neither."""
    *first, last = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)] or [""]
    choices = f"{', '.join(first)} or {last}" if first else last
    text = ": ".join(filter(None, (choices, field.description)))
    return f"{text[0] if choices else text[0].upper()}{text[1:]}." if text else ""


def _shown(default: object) -> str:
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
