"""Which models ragft's own runs have registered: nobody has named them, so none is chosen on its own account."""

from __future__ import annotations

import json
from collections.abc import Callable

from ragft.engine.names import full_name, same_model
from ragft.workspace import Workspace

_LORA = "lora"
_PASSING = "-candidate"
"""What a model is called until all of its run have passed (`ragft.export.staging`)."""


def registered_by_runs(workspace: Workspace) -> Callable[[str], bool]:
    """Tells of a name whether a run of `workspace` registered it, under whatever type; damaged records are passed over.

    A record names the type registered last; `papers:q8_0` and `papers:q4_K_M` are by the same run.
    """
    names: set[str] = set()
    for path in workspace.runs.glob("*/registration.json"):
        try:
            record = json.loads(path.read_text("utf-8"))
            names |= {str(record["model"]), str(record["base_model"]), *record.get("sources", {})}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return lambda name: any(same_model(name, made) or _same_run(name, made) for made in names)


def _same_run(name: str, made: str) -> bool:
    """Whether two names differ in nothing but the type that a run gives."""
    one, _, tag = full_name(name).lower().rpartition(":")
    other, _, _ = full_name(made).lower().rpartition(":")
    return one == other and _is_type(tag)


def _is_type(tag: str) -> bool:
    from llama_cpp_tools.quantize import OUT_TYPES
    from ragft.engine.types import OLLAMA_TYPES

    return tag.removesuffix(_PASSING) in {_LORA, *(each.lower() for each in (*OUT_TYPES, *OLLAMA_TYPES))}
