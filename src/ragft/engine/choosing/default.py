"""The default model of a workspace: a name in the file `models/default`."""

from __future__ import annotations

from pathlib import Path

from ragft.engine.choosing.choice import require_chat
from ragft.engine.embedded.canonical_names import canonical
from ragft.engine.embedded.registered_models import Registry
from ragft.engine.model_names import same_model
from ragft.errors import UsageError, WorkspaceError
from ragft.workspace import Workspace, write_text


def get_default(workspace: Workspace) -> str | None:
    """The name; None where none was set.

    Raises:
        WorkspaceError: the file cannot be read, or holds no name of a model.
    """
    try:
        text = _path(workspace).read_text("utf-8").strip()
        return canonical(text) if text else None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, UsageError) as error:
        raise WorkspaceError(f"{_path(workspace)} does not name a model", fix="ragft models default NAME") from error


def set_default(workspace: Workspace, name: str) -> None:
    """Use the model `name` from now on. Whether an engine has it is for the caller to ask.

    Raises:
        UsageError: it cannot be the name of a model, or is an embedding model of the embedded engine.
    """
    registry = Registry(workspace)
    if (name := registry.known(name)) in registry.names():
        require_chat(registry.show(name))
    write_text(_path(workspace), name + "\n")


def forget_default(workspace: Workspace, name: str) -> bool:
    """Have no default any more if `name` is it; whether it was."""
    default = get_default(workspace)
    if default is None or not same_model(default, name):
        return False
    _path(workspace).unlink(missing_ok=True)
    return True


def _path(workspace: Workspace) -> Path:
    return workspace.models / "default"
