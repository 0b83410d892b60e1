"""The verbs, in the order `ragft --help` lists them."""

from __future__ import annotations

import importlib

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


def add_verbs(app: typer.Typer) -> None:
    """Register every verb that exists with `app`."""
    for name in VERBS:
        module = importlib.import_module(f"ragft.cli.{name}")
        shown = name.replace("_", "-")
        group = getattr(module, "app", None)
        if isinstance(group, typer.Typer):
            app.add_typer(group, name=shown)
        else:
            app.command(shown, cls=getattr(module, "COMMAND", None))(getattr(module, name))
