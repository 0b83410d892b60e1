"""The verbs, in the order `ragft --help` lists them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import typer

VERBS: tuple[str, ...] = (
    "ingest",
    "documents",
    "index",
    "search",
    "ask",
    "serve",
    "mcp",
    "calibrate",
    "generate",
    "dataset",
    "knowledge",
    "train",
    "export",
    "register",
    "models",
    "benchmark",
    "build_model",
    "classify",
    "doctor",
)
"""Each is a module of this package that defines either `app` (a group) or a function named as the module, and then
perhaps the class of its command, `COMMAND`."""


_MODULES = {name.replace("_", "-"): name for name in VERBS}


class Verbs(Mapping[str, Any]):
    """The commands by name, in the order of `VERBS`. A verb is imported, and its command made, when it is asked for."""

    def __getitem__(self, shown: str) -> Any:
        return _command(shown, _MODULES[shown])

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


@lru_cache(64)
def _command(shown: str, name: str) -> Any:
    module = importlib.import_module(f"ragft.cli.{name}")
    app = typer.Typer(rich_markup_mode=None)
    group = getattr(module, "app", None)
    if isinstance(group, typer.Typer):
        app.add_typer(group, name=shown)
    else:
        app.command(shown, cls=getattr(module, "COMMAND", None))(getattr(module, name))
    return typer.main.get_group(app).commands[shown]
