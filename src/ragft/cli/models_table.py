"""What `ragft models list` shows of each model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.app.models import ListedModel


def show_table(rows: Sequence[ListedModel]) -> None:
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
