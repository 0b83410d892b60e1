"""What `ragft models list` shows of each model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.engine.base import ModelInfo


@dataclass(frozen=True)
class Row:
    """A model, with what decides whether it can be asked. `fits` is None where the memory is another machine's.

    `remarks` say the same in words. `default` marks the model that answers where none is named.
    """

    name: str
    engine: str
    kind: str
    size: int
    parameter_size: int
    quantization: str
    context_length: int
    thinks: bool
    chat_template: bool
    fits: bool | None
    remote: bool
    remarks: tuple[str, ...]
    digest: str
    default: bool


def row(model: ModelInfo, memory: int | None, *, default: bool) -> Row:
    """The row of a model that a machine with `memory` bytes (None: not known) runs."""
    from ragft.engine.choice import fits, remarks, runs_elsewhere

    remote = runs_elsewhere(model)
    return Row(
        name=model.name,
        engine=model.engine,
        kind="chat" if model.can_chat else "embedding",
        size=model.size,
        parameter_size=model.parameter_size,
        quantization=model.quantization,
        context_length=model.context_length,
        thinks=model.thinks,
        chat_template=not model.lacks_template,
        fits=None if memory is None or remote else fits(model, memory),
        remote=remote,
        remarks=remarks(model, memory),
        digest=model.digest,
        default=default,
    )


def show_table(rows: Sequence[Row]) -> None:
    """Print it for a person."""
    from rich.markup import escape
    from rich.table import Table

    from ragft.console import safe, stdout

    table = Table("", "name", "engine", "size", "type", "context", "remarks", "digest", box=None, pad_edge=False)
    for each in rows:
        cells = (
            "*" if each.default else "",
            each.name,
            each.engine,
            file_size(each.size),
            each.quantization,
            f"{each.context_length:,}" if each.context_length else "",
            ", ".join(each.remarks),
            each.digest.removeprefix("sha256:")[:12],
        )
        table.add_row(*(escape(safe(cell)) for cell in cells))
    stdout().print(table)


def file_size(size: int) -> str:
    """`98.4 MB`, in powers of ten as disks are sold."""
    number = float(size)
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"
