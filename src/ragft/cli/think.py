"""`--think`: how hard a model shall think. Alone it means `on`, as it did before there were levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand

from ragft.errors import UsageError

FLAG = "--think"
_VALUES: dict[str, bool | str] = {"on": True, "off": False, "low": "low", "medium": "medium", "high": "high"}
HELP = "Let the model think first, and show it: on, off, or low, medium, high where it has levels. Without a value: on."


class ThinkingCommand(TyperCommand):
    """A command whose `--think` needs no value: what follows it may be the question."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As any command's, with the value put in where there is none."""
        return super().parse_args(ctx, with_value(args))


def with_value(arguments: Sequence[str]) -> list[str]:
    """The arguments with `--think=on` for a `--think` that no value follows."""
    found: list[str] = []
    for place, argument in enumerate(arguments):
        if argument == "--":
            return [*found, *arguments[place:]]
        alone = argument == FLAG and not set(arguments[place + 1 : place + 2]) & _VALUES.keys()
        found.append(f"{FLAG}=on" if alone else argument)
    return found


def think_setting(value: str | None) -> bool | str | None:
    """The value for `answer.think`; None where the flag was not given.

    Raises:
        UsageError: there is no such level.
    """
    if value is not None and value not in _VALUES:
        raise UsageError(f"{FLAG} {value}: there is no such level", fix=f"one of {', '.join(_VALUES)}")
    return None if value is None else _VALUES[value]
