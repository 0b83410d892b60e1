"""A run whose base model has moved: `--base` says where it is now, and the run remembers it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ragft.workspace import Workspace

Base = Annotated[
    str | None,
    typer.Option("--base", help="Where the run's base model is now, if it has moved; remembered.", metavar="MODEL"),
]


def run_of(space: Workspace, name: str, base: str | None) -> Path:
    """The folder of the run `name`; with `base`, its base is looked for there from now on.

    Raises:
        NotFoundError: no such run, or no such base.
        InputError: the base is not the model that the run was trained on.
    """
    run_dir = space.run(name)
    if base is not None:
        from ragft.errors import InputError
        from ragft.export.convert import move_base
        from ragft.train.base_model import base_digest, resolve_base

        folder = resolve_base(base)
        if (trained := _trained_on(run_dir)) and trained != base_digest(folder):
            raise InputError(
                f"{folder} is not the model that the run {run_dir.name} was trained on",
                fix="give the folder of that model: its config.json, tokenizer.json and weights, unchanged",
            )
        move_base(run_dir, folder)
    return run_dir


def _trained_on(run_dir: Path) -> str:
    """The digest of the base, as the run's settings record it; empty for a run that was trained elsewhere."""
    try:
        return str(json.loads((run_dir / "train.json").read_text(encoding="utf-8"))["base"]["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
