"""Which models ragft itself has registered: nobody has named them, so none is chosen on its own account.

remember(run_dir, ["papers:q8_0", "papers-base:q8_0"])      # before they get these names
made_here = registered_by_runs(workspace)
made_here("papers:q4_K_M")                                  # True
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ragft.engine.model_names import full_name, same_model
from ragft.run_folder import RunFolder
from ragft.workspace import Workspace, write_json

TEMPORARY = "-candidate"
"""The end of the name that a model has until all of its run have passed (`ragft.export.staging`)."""
STAND_IN = "ragft-template-check"
"""The beginning of the name of a model that only shows which prompts an engine makes (`ragft.export.templates`)."""
CHECKED = "parity-"
"""The beginning of the name, with the run's after it, that a model has while it is verified (`ragft.export.parity`)."""
_ADAPTER = "lora"
_NAMES = "registered-names.json"
"""In a run folder: every name that the run has registered; `registration.json` tells the pair that counts."""


def remember(run_dir: Path, names: Iterable[str]) -> None:
    """Add to the names that a run has registered."""
    write_json(run_dir / _NAMES, sorted({*_remembered(run_dir), *names}))


def registered_by_runs(workspace: Workspace) -> Callable[[str], bool]:
    """Tells of a name whether a run of `workspace` registered it, under whatever type; damaged records are passed over.

    So it does of names that only last while a model is checked, whichever workspace they are from: a process that was
    killed leaves them. `papers:q8_0` and `papers:q4_K_M` are by the same run.
    """
    names = {name for run in workspace.runs.glob("*/") for name in _names_of(run)}
    return lambda name: _is_temporary(name) or any(same_model(name, made) or _same_run(name, made) for made in names)


def run_of(workspace: Workspace, model: str) -> Path | None:
    """The folder of the run that registered `model`, under whatever type; None where none did."""
    made = ((run, name) for run in sorted(workspace.runs.glob("*/")) for name in _names_of(run))
    return next((run for run, name in made if same_model(model, name) or _same_run(model, name)), None)


def _names_of(run_dir: Path) -> Iterator[str]:
    yield f"{CHECKED}{run_dir.name}"
    yield from _remembered(run_dir)
    record = _read(RunFolder(run_dir).registration)
    if isinstance(record, dict):
        sources = record.get("sources")
        yield from map(str, (record.get("model", ""), record.get("base_model", "")))
        yield from sources if isinstance(sources, dict) else ()


def _remembered(run_dir: Path) -> list[str]:
    names = _read(run_dir / _NAMES)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _is_temporary(name: str) -> bool:
    lowered = full_name(name).lower()
    return lowered.endswith(TEMPORARY) or lowered.startswith(STAND_IN)


def _same_run(name: str, made: str) -> bool:
    """Whether two names differ in nothing but the type that a run gives."""
    one, _, tag = full_name(name).lower().rpartition(":")
    other, _, _ = full_name(made).lower().rpartition(":")
    return one == other and _is_type(tag)


def _is_type(tag: str) -> bool:
    from llama_cpp_tools.quantize import OUT_TYPES
    from ragft.engine.types import OLLAMA_TYPES

    kind = tag.partition("-")[0]  # of an adapter, the type of its base follows
    return kind == _ADAPTER or tag in {each.lower() for each in (*OUT_TYPES, *OLLAMA_TYPES)}
