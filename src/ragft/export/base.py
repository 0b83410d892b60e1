"""What export and registration return."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.engine.run_models import Registration


@dataclass(frozen=True)
class ExportReport:
    """A GGUF file written by `llama_cpp_tools`. `peak_rss_bytes` is that of the converting process.

    `warnings` is what the converter could not carry over and llama.cpp can do without.
    """

    gguf: Path
    sha256: str
    bytes: int
    tensors: int
    seconds: float
    peak_rss_bytes: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RegisterReport:
    """A registered pair: the tuned model, and the base through the same export at the same type."""

    model: str
    base_model: str
    engine: str
    digest: str
    base_digest: str

    @classmethod
    def of(cls, kept: Registration) -> RegisterReport:
        """What a user is shown of a registration."""
        return cls(kept.model, kept.base_model, kept.engine, kept.digest, kept.base_digest)
