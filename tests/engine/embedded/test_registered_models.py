"""Registered models: whole or absent, under any name that is one, never over other weights than they were made for."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.engine.base import ModelSpec
from ragft.engine.embedded.canonical_names import canonical
from ragft.engine.embedded.registered_models import Registry
from ragft.errors import EngineError, InputError, ModelNotFound, RagftError, UsageError, WorkspaceError
from ragft.machine import is_portable
from ragft.workspace import Workspace, digest_file
from tests.engine.gguf_maker import write_gguf


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("RAGFT_CACHE", str(tmp_path / "cache"))
    return Workspace(tmp_path / "ws")


@pytest.fixture
def registry(workspace: Workspace) -> Registry:
    return Registry(workspace)


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "weights.gguf", template="{{ messages }}")


def _files(workspace: Workspace, name: str = "m") -> int:
    """How many files the folder of a model has."""
    return len(list((workspace.models / name).iterdir()))


def test_a_model_is_registered_with_all_that_is_known(registry: Registry, workspace: Workspace, gguf: Path) -> None:
    made = registry.create(ModelSpec("papers:q8_0", gguf=gguf, parameters={"temperature": 0.5}, details={"run": "r1"}))
    assert made.name == "papers:q8_0"
    assert made.digest == digest_file(gguf)
    assert made.size == gguf.stat().st_size
    assert (made.quantization, made.family, made.context_length) == ("Q8_0", "llama", 1024)
    assert made.template == "{{ messages }}"
    assert made.parameters == {"temperature": 0.5}
    assert made.details["run"] == "r1"
    assert (made.parameter_size, made.capabilities) == (64, ("completion",))
    assert registry.names() == ["papers:q8_0"]
    assert registry.show("papers:q8_0") == made


@pytest.mark.parametrize("name", ["con", "nul.q8", "com1", "a.", "x/y:z", "CON:1"])
def test_a_model_may_be_called_what_no_file_may(
    name: str, registry: Registry, workspace: Workspace, gguf: Path
) -> None:
    registry.create(ModelSpec(name, gguf=gguf))
    [folder] = workspace.models.iterdir()
    assert is_portable(folder.name)
    assert registry.names() == [name]
    assert registry.show(name).name == name
    registry.delete(name)
    assert registry.names() == []


def test_a_name_in_another_case_is_the_same_model(registry: Registry, gguf: Path) -> None:
    """As Ollama has it; and macOS and Windows would keep both in one folder."""
    registry.create(ModelSpec("papers", gguf=gguf))
    assert registry.create(ModelSpec("Papers", gguf=gguf)).name == "papers"
    assert registry.names() == ["papers"]
    with pytest.raises(UsageError, match="cannot be the name of a model"):
        registry.create(ModelSpec("Default", gguf=gguf))


def test_a_name_too_long_for_a_folder_is_refused(registry: Registry, gguf: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a model"):
        registry.create(ModelSpec("a" + ":" * 100, gguf=gguf))


def test_a_model_that_embeds_cannot_chat(registry: Registry, tmp_path: Path) -> None:
    made = registry.create(ModelSpec("minilm-gguf", gguf=write_gguf(tmp_path / "e.gguf", embeds=True)))
    assert not made.can_chat


def test_the_weights_are_linked_not_copied(registry: Registry, gguf: Path) -> None:
    registry.create(ModelSpec("m", gguf=gguf))
    assert registry.files("m").weights.samefile(gguf)


def test_the_weights_outlive_the_file_they_came_from(registry: Registry, gguf: Path) -> None:
    data = gguf.read_bytes()
    registry.create(ModelSpec("m", gguf=gguf))
    gguf.unlink()
    assert registry.files("m").weights.read_bytes() == data


@pytest.mark.parametrize("name", ["m", "papers:q8_0", "hf.co/owner/model:Q4_K_M", "a-b_c.d"])
def test_names_as_people_write_them(registry: Registry, workspace: Workspace, gguf: Path, name: str) -> None:
    registry.create(ModelSpec(name, gguf=gguf))
    assert registry.names() == [name]
    assert all(
        path.parent == workspace.models for path in workspace.models.glob("*/model.json") for path in [path.parent]
    )


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/../b", "/etc", "-rf", "a b", "a\n", "x" * 200, "default", "é"]
)
def test_names_that_are_none(registry: Registry, gguf: Path, name: str) -> None:
    with pytest.raises(UsageError):
        registry.create(ModelSpec(name, gguf=gguf))


def test_latest_is_the_plain_name(registry: Registry, gguf: Path) -> None:
    registry.create(ModelSpec("m:latest", gguf=gguf))
    assert registry.show("m").name == registry.show("m:latest").name == canonical("m:latest") == "m"


def test_a_model_is_replaced_as_a_whole(registry: Registry, workspace: Workspace, tmp_path: Path, gguf: Path) -> None:
    registry.create(ModelSpec("m", gguf=gguf, system="old"))
    other = write_gguf(tmp_path / "other.gguf", tensors=2)
    registry.create(ModelSpec("m", gguf=other))
    assert registry.show("m").digest == digest_file(other)
    assert registry.files("m").system is None
    assert _files(workspace) == 2


def test_a_bad_file_leaves_the_old_model(registry: Registry, workspace: Workspace, tmp_path: Path, gguf: Path) -> None:
    before = registry.create(ModelSpec("m", gguf=gguf))
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(gguf.read_bytes()[:-40])
    with pytest.raises(InputError, match="cut short"):
        registry.create(ModelSpec("m", gguf=bad))
    assert registry.show("m") == before
    with pytest.raises(InputError):
        registry.create(ModelSpec("new", gguf=bad))
    assert registry.names() == ["m"]
    assert not (workspace.models / "new").exists()


def test_a_registration_that_was_killed_is_no_model(registry: Registry, workspace: Workspace, gguf: Path) -> None:
    half = workspace.models / "m"
    half.mkdir(parents=True)
    (half / "model-0123456789abcdef.gguf").write_bytes(b"half")
    assert registry.names() == []
    registry.create(ModelSpec("m", gguf=gguf))
    assert _files(workspace) == 2


def test_a_copy_is_made_where_no_link_can_be(
    registry: Registry, workspace: Workspace, gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    seen: list[tuple[str, int, int]] = []
    registry.create(ModelSpec("m", gguf=gguf), lambda *step: seen.append(step))
    copied = registry.files("m").weights
    assert not copied.samefile(gguf)
    assert copied.read_bytes() == gguf.read_bytes()
    assert ("copy weights.gguf", gguf.stat().st_size, gguf.stat().st_size) in seen


def test_an_adapter_refers_to_its_base(registry: Registry, tmp_path: Path, gguf: Path) -> None:
    base = registry.create(ModelSpec("base", gguf=gguf))
    adapter = write_gguf(tmp_path / "a.gguf", kind="adapter")
    tuned = registry.create(ModelSpec("tuned", base="base", adapter=adapter))
    files = registry.files("tuned")
    assert files.weights == registry.files("base").weights
    assert files.adapter is not None
    assert digest_file(files.adapter) == digest_file(adapter)
    assert tuned.digest not in {base.digest, digest_file(adapter)}
    assert tuned.size == base.size + adapter.stat().st_size
    with pytest.raises(EngineError, match="tuned sits on base"):
        registry.delete("base")
    with pytest.raises(UsageError, match="adapter already"):
        registry.create(ModelSpec("twice", base="tuned", adapter=adapter))


def test_an_adapter_is_not_put_over_other_weights(registry: Registry, tmp_path: Path, gguf: Path) -> None:
    registry.create(ModelSpec("base", gguf=gguf))
    registry.create(ModelSpec("tuned", base="base", adapter=write_gguf(tmp_path / "a.gguf", kind="adapter")))
    registry.create(ModelSpec("base", gguf=write_gguf(tmp_path / "other.gguf", tensors=5)))
    with pytest.raises(EngineError, match="other weights"):
        registry.files("tuned")


def test_a_base_alone_makes_a_copy_that_stands_by_itself(registry: Registry, gguf: Path) -> None:
    registry.create(ModelSpec("base", gguf=gguf))
    registry.create(ModelSpec("named", base="base", system="Be brief."))
    registry.delete("base")
    assert registry.show("named").digest == digest_file(gguf)
    assert registry.files("named").system == "Be brief."


def test_models_and_adapters_are_not_mixed_up(registry: Registry, tmp_path: Path, gguf: Path) -> None:
    adapter = write_gguf(tmp_path / "a.gguf", kind="adapter")
    with pytest.raises(InputError, match="an adapter, not a model"):
        registry.create(ModelSpec("m", gguf=adapter))
    with pytest.raises(InputError, match="not a LoRA adapter"):
        registry.create(ModelSpec("m", gguf=gguf, adapter=gguf))
    with pytest.raises(UsageError):
        registry.create(ModelSpec("m"))
    with pytest.raises(UsageError, match="cannot quantise"):
        registry.create(ModelSpec("m", gguf=gguf, quantize="Q8_0"))


def test_an_unknown_model(registry: Registry) -> None:
    for call in (registry.files, registry.show, registry.delete):
        with pytest.raises(ModelNotFound, match="no model 'nope'"):
            call("nope")


def test_a_model_that_can_be_pulled_is_named_with_the_command(registry: Registry) -> None:
    with pytest.raises(ModelNotFound, match="ragft models pull smollm2"):
        registry.files("smollm2")


def test_weights_that_were_taken_away(registry: Registry, gguf: Path) -> None:
    registry.create(ModelSpec("m", gguf=gguf))
    registry.files("m").weights.unlink()
    with pytest.raises(EngineError, match="is gone"):
        registry.show("m")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"unknown": 1}', "\x00"])
def test_a_damaged_record(registry: Registry, workspace: Workspace, gguf: Path, content: str) -> None:
    registry.create(ModelSpec("m", gguf=gguf))
    (workspace.models / "m" / "model.json").write_text(content)
    with pytest.raises(WorkspaceError, match="damaged"):
        registry.show("m")
    registry.create(ModelSpec("other", gguf=gguf))
    assert [model.name for model in registry.models()] == ["other"]
    registry.delete("other")
    registry.delete("m")
    assert registry.names() == []


@pytest.mark.parametrize("name", ["m:latest", "M", "library/m", "registry.ollama.ai/library/m:latest"])
def test_every_name_of_a_model_means_it(registry: Registry, gguf: Path, name: str) -> None:
    registry.create(ModelSpec("m", gguf=gguf))
    assert registry.show(name).name == "m"
    registry.delete(name)
    assert registry.names() == []


def test_two_threads_register_the_same_name(registry: Registry, workspace: Workspace, tmp_path: Path) -> None:
    files = [write_gguf(tmp_path / f"{number}.gguf", tensors=number + 1) for number in range(2)]
    problems: list[RagftError] = []

    def register(path: Path) -> None:
        for _ in range(10):
            try:
                Registry(workspace).create(ModelSpec("m", gguf=path))
            except RagftError as error:
                problems.append(error)

    threads = [threading.Thread(target=register, args=(path,)) for path in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert registry.show("m").digest in {digest_file(path) for path in files}
    assert _files(workspace) == 2


def _while_locked(workspace: Workspace, wait_for: Callable[[], object], change: Callable[[], object]) -> list[object]:
    """Start `wait_for`, `change` things while it waits for the lock; what it returned or raised."""
    found: list[object] = []

    def call() -> None:
        try:
            found.append(wait_for())
        except Exception as error:  # handed to the test
            found.append(error)

    thread = threading.Thread(target=call)
    with workspace.lock("models"):
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        change()
    thread.join()
    return found


def test_a_model_that_another_process_removes_first(registry: Registry, workspace: Workspace, gguf: Path) -> None:
    registry.create(ModelSpec("m", gguf=gguf))
    (error,) = _while_locked(workspace, lambda: registry.delete("m"), lambda: shutil.rmtree(workspace.models / "m"))
    assert isinstance(error, ModelNotFound)


def test_an_adapter_that_another_process_puts_over_the_model_first(
    registry: Registry, workspace: Workspace, tmp_path: Path, gguf: Path
) -> None:
    registry.create(ModelSpec("base", gguf=gguf))
    registry.create(ModelSpec("tuned", base="base", adapter=write_gguf(tmp_path / "a.gguf", kind="adapter")))
    aside = (workspace.models / "tuned").rename(tmp_path / "aside")
    (error,) = _while_locked(
        workspace, lambda: registry.delete("base"), lambda: aside.rename(workspace.models / "tuned")
    )
    assert isinstance(error, EngineError) and "tuned sits on base" in str(error)
    assert registry.names() == ["base", "tuned"]


def test_a_folder_that_another_process_removes_while_it_waits(
    registry: Registry, workspace: Workspace, gguf: Path
) -> None:
    """As a registration that fails there does."""
    folder = workspace.models / "m"
    (made,) = _while_locked(
        workspace,
        lambda: registry.create(ModelSpec("m", gguf=gguf)),
        lambda: folder.exists() and folder.rmdir(),
    )
    assert made == registry.show("m")


def test_the_remedy_for_a_type_works(registry: Registry, gguf: Path) -> None:
    registry.create(ModelSpec("m", gguf=gguf))
    for wanted, fix in (
        ("Q8_0", "ragft export --type q8_0"),
        ("Q4_K_M", "ragft export --type bf16, then ragft register --type q4_K_M --engine ollama"),
        ("Q9_9", "choose a type that can be made: f32, f16, bf16, q8_0"),
    ):
        with pytest.raises(UsageError) as caught:
            registry.create(ModelSpec("n", base="m", quantize=wanted))
        assert str(caught.value.fix).startswith(fix)


def test_a_folder_without_rights(registry: Registry, workspace: Workspace, gguf: Path) -> None:
    if os.geteuid() == 0:
        workspace.root.parent.mkdir(exist_ok=True)
        workspace.root.write_text("a file stands where the workspace should be")
    else:
        workspace.models.mkdir(parents=True)
        workspace.models.chmod(0o500)
    with pytest.raises(WorkspaceError):
        registry.create(ModelSpec("m", gguf=gguf))


def test_the_record_is_plain_json(registry: Registry, workspace: Workspace, gguf: Path) -> None:
    registry.create(replace(ModelSpec("a:b", gguf=gguf), template="T"))
    record = json.loads((workspace.models / "a%3Ab" / "model.json").read_text())
    assert record["name"] == "a:b"
    assert record["template"] == "T"
