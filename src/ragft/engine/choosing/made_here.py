"""Which models ragft itself has registered; they are not chosen as the default unless a person names them.

remember(run_dir, ["papers:q8_0", "papers-base:q8_0"])      # before they get these names
made_here = registered_by_runs(workspace)
made_here("papers:q4_K_M")                                  # True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ragft.engine.model_names import full_name, same_model
from ragft.engine.run_models import Registration
from ragft.errors import ExportError, NotFoundError
from ragft.run_folder import RunFolder
from ragft.typed_json import parsed
from ragft.workspace import Workspace, write_json

TEMPORARY = "-candidate"
"""The end of the name that a model has until all of its run have passed (`ragft.export.staging`)."""
STAND_IN = "ragft-template-check"
"""The beginning of the name of a model that only shows which prompts an engine makes (`ragft.export.templates`)."""
CHECKED = "parity-"
"""The beginning of the name, with the run's after it, that a model has while it is verified (`ragft.export.parity`)."""
_ADAPTER = "lora"


def remember(run_dir: Path, names: Iterable[str]) -> None:
    """Add to the names that a run has registered."""
    write_json(RunFolder(run_dir).registered_names, sorted({*_remembered(run_dir), *names}))


def registered_by_runs(workspace: Workspace) -> Callable[[str], bool]:
    """Whether a run of `workspace` registered a name, under any type; damaged records are skipped.

    So it does of names that only last while a model is checked, whichever workspace they are from: a process that was
    killed leaves them. `papers:q8_0` and `papers:q4_K_M` are by the same run.
    """
    names = {name for run in workspace.runs.glob("*/") for name in _names_of(run)}
    return lambda name: _is_temporary(name) or any(same_model(name, made) or _same_run(name, made) for made in names)


def run_of(workspace: Workspace, model: str) -> Path | None:
    """The folder of the run that registered `model`, under any type; None if there is none."""
    made = ((run, name) for run in sorted(workspace.runs.glob("*/")) for name in _names_of(run))
    return next((run for run, name in made if same_model(model, name) or _same_run(model, name)), None)


def _names_of(run_dir: Path) -> Iterator[str]:
    yield f"{CHECKED}{run_dir.name}"
    yield from _remembered(run_dir)
    with suppress(NotFoundError, ExportError):
        registration = Registration.of_run(run_dir)
        yield from (registration.model, registration.base_model, *registration.sources)


def _remembered(run_dir: Path) -> list[str]:
    try:
        return parsed(list[str], RunFolder(run_dir).registered_names.read_bytes())
    except (OSError, ValueError):
        return []


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
