"""The files that training data are read from, each with its licence."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class TrainingSource(Generic[T]):
    """A file below the data folder, its licence as its repository states it, and how it is read."""

    file: str
    licence: str
    read: Callable[[Path, random.Random], Iterator[T]]


def read_sources(sources: Sequence[TrainingSource[T]], data: Path, seed: int) -> dict[str, list[T]]:
    """What every source gives, in their order; exits if the file of one is not there."""
    if missing := [source.file for source in sources if not (data / source.file).is_file()]:
        sys.exit(f"{data} lacks {', '.join(missing)}; give another --data")
    return {
        source.file: list(source.read(data / source.file, random.Random(f"{seed} {source.file}"))) for source in sources
    }


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a file with one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
