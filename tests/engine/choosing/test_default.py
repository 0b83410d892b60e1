"""The model that is used in a workspace where none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.engine.base import ModelSpec
from ragft.engine.choosing.default import forget_default, get_default, set_default
from ragft.engine.embedded.registered_models import Registry
from ragft.errors import UsageError, WorkspaceError
from ragft.workspace import Workspace
from tests.engine.gguf_maker import write_gguf


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_it_is_kept_until_it_is_forgotten(workspace: Workspace) -> None:
    assert get_default(workspace) is None
    assert not forget_default(workspace, "m")
    set_default(workspace, "m:latest")
    assert get_default(workspace) == "m"
    assert not forget_default(workspace, "other")
    assert forget_default(workspace, "M:latest")
    assert get_default(workspace) is None


def test_what_is_no_name_is_not_kept(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        set_default(workspace, "../m")
    assert get_default(workspace) is None


def test_an_embedding_model_is_no_default(workspace: Workspace, tmp_path: Path) -> None:
    gguf = write_gguf(tmp_path / "minilm.gguf", embeds=True)
    Registry(workspace).create(ModelSpec("minilm", gguf=gguf))
    with pytest.raises(UsageError, match="minilm cannot chat"):
        set_default(workspace, "minilm")
    assert get_default(workspace) is None


@pytest.mark.parametrize("content", [b"two words\n", b"../m\n", b"\xff\n"])
def test_a_damaged_file_is_reported_with_the_remedy(workspace: Workspace, content: bytes) -> None:
    set_default(workspace, "m")
    (workspace.models / "default").write_bytes(content)
    with pytest.raises(WorkspaceError, match="ragft models default NAME"):
        get_default(workspace)
