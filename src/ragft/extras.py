"""The optional parts of the installation, and a clear error where one is missing.

`pip install ragft` is for asking. What trains, serves or runs models on torch is an extra of the package:

    need("train")          # MissingExtra: "training needs packages that are not installed → pip install 'ragft[train]'"
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from ragft.errors import MissingExtra


@dataclass(frozen=True)
class Extra:
    """An optional dependency group of pyproject.toml: `modules` tells whether it is installed."""

    name: str
    purpose: str
    modules: tuple[str, ...]


EXTRAS = {
    extra.name: extra
    for extra in (
        Extra(
            "train",
            "training and export",
            (
                "accelerate",
                "datasets",
                "matplotlib",
                "networkx",
                "peft",
                "scipy",
                "sentencepiece",
                "sklearn",
                "torch",
                "transformers",
                "trl",
            ),
        ),
        Extra("qlora", "training over 4-bit weights", ("bitsandbytes",)),
        Extra("benchmark", "comparing models", ("scipy",)),
        Extra("chroma", "keeping vectors in Chroma", ("chromadb",)),
        Extra("encoders", "models that torch runs", ("sentence_transformers", "transformers", "torch")),
        Extra("ray", "a Ray cluster", ("ray",)),
        Extra("ocr", "reading scans", ("rapidocr",)),
        Extra(
            "serve",
            "serving",
            ("fastapi", "mcp", "prometheus_client", "python_multipart", "sse_starlette", "starlette", "uvicorn"),
        ),
    )
}


def need(name: str, purpose: str | None = None) -> None:
    """Return if the extra `name` is installed. Nothing is imported.

    Raises:
        MissingExtra: a module of it is missing; names `purpose` and the command that installs it.
    """
    extra = EXTRAS[name]
    if not installed(extra):
        raise missing(extra, purpose)


def installed(extra: Extra) -> bool:
    """Whether every module of it can be imported. Nothing is imported."""
    return all(importlib.util.find_spec(module) is not None for module in extra.modules)


def missing(extra: Extra, purpose: str | None = None) -> MissingExtra:
    """The error that says that `extra` is not installed."""
    return MissingExtra(
        f"{purpose or extra.purpose} needs packages that are not installed", fix=f"pip install 'ragft[{extra.name}]'"
    )


def extra_of(module: str) -> Extra | None:
    """The smallest extra that brings the module of this name (dots allowed); None for any other."""
    top = module.partition(".")[0]
    found = [extra for extra in EXTRAS.values() if top in extra.modules]
    return min(found, key=lambda extra: len(extra.modules), default=None)
