"""What each kind of job is given, checked before the job starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ragft.errors import UsageError
from ragft.typed_json import typed


@dataclass(frozen=True)
class IngestArguments:
    """Those of `Application.ingest`."""

    paths: list[str]
    prune: bool = False


@dataclass(frozen=True)
class RereadArguments:
    """The id of the document that is read again."""

    document: str


@dataclass(frozen=True)
class GenerateArguments:
    """The name of the data set; "": the default of the settings."""

    name: str = ""


@dataclass(frozen=True)
class TrainArguments:
    """The names of a data set, a base model and a run; "": the default of the settings."""

    dataset: str = ""
    base: str = ""
    run: str = ""


ARGUMENTS: Mapping[str, type[Any]] = {
    "ingest": IngestArguments,
    "reread": RereadArguments,
    "generate": GenerateArguments,
    "train": TrainArguments,
}
"""By kind of job."""


def check_arguments(kind: str, given: Mapping[str, Any]) -> None:
    """Raise what is wrong with `given`; a value None stands for the default.

    Raises:
        UsageError: a job of this kind has no such argument, lacks one, or takes another type.
    """
    wanted = ARGUMENTS[kind]
    names = [field.name for field in fields(wanted)]
    if unknown := next((name for name in given if name not in names), None):
        raise UsageError(f"a job {kind!r} has no argument {unknown!r}", fix=f"it takes {', '.join(names)}")
    try:
        typed(wanted, {name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        raise UsageError(f"the arguments of a job {kind!r}: {error}", fix=f"it takes {', '.join(names)}") from error
