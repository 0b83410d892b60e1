"""The prompt policy of a registered model, under any name and also when its run is gone.

    keep_policy(workspace, engine, "papers:q8_0", run_dir)     # when a run registers it
    policy_of_model(workspace, engine, "papers:q8_0")          # when it is asked
    policy_of_model(workspace, engine, "mine")                 # after `ollama cp papers:q8_0 mine`

It is kept in the workspace by the digest of the model. The base model of a run, whose digest other runs and other
people share, has the policy of the run that registered its name.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ragft.answer.model_notes import ModelNotes
from ragft.answer.prompts.policy import PromptPolicy, read_policy
from ragft.engine.base import Engine
from ragft.engine.choosing.made_here import run_of
from ragft.run_folder import RunFolder
from ragft.typed_json import typed
from ragft.workspace import Workspace


def keep_policy(workspace: Workspace, engine: Engine, model: str, run_dir: Path) -> None:
    """Keep the policy of a run with the `model` that it has registered; does nothing if its rows have no policy.

    Raises:
        WorkspaceError: the policy of the run is damaged.
    """
    policy = read_policy(RunFolder(run_dir).prompt)
    if policy is not None:
        _notes(workspace, engine).write(model, lambda _: asdict(policy))


def kept_policy(workspace: Workspace, engine: Engine, model: str) -> PromptPolicy | None:
    """The policy that is kept with `model`; None where there is none, or it cannot be read."""
    noted = _notes(workspace, engine).read(model)
    try:
        return None if noted is None else typed(PromptPolicy, noted)
    except ValueError:
        return None


def policy_of_model(workspace: Workspace, engine: Engine, model: str) -> PromptPolicy | None:
    """The policy that is kept with `model`, else that of the run which registered its name; None where neither is.

    Raises:
        WorkspaceError: the policy of the run is damaged.
    """
    kept = kept_policy(workspace, engine, model)
    if kept is not None:
        return kept
    run_dir = run_of(workspace, model)
    return None if run_dir is None else read_policy(RunFolder(run_dir).prompt)


def _notes(workspace: Workspace, engine: Engine) -> ModelNotes:
    return ModelNotes(workspace.root / "policies.json", engine)
