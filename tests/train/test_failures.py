"""What the exceptions of torch and safetensors are taken for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.errors import DiskFull, TrainingError, WorkspaceError
from ragft.train.failures import explain_training_error, is_damage, is_out_of_memory
from ragft.train.record import Checkpoint

UNREAD = Checkpoint(Path("checkpoint-2"), over=False)


def load_torch(path: Path) -> object:
    import torch

    return torch.load(path, weights_only=True)


def load_safetensors(path: Path) -> object:
    from safetensors.torch import load_file

    return load_file(path)


def load_json(path: Path) -> object:
    return json.loads(path.read_bytes())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + bytes(100), b"not what it was"])
@pytest.mark.parametrize("load", [load_torch, load_safetensors, load_json])
def test_a_file_that_does_not_parse_is_damage(content: bytes, load: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(Exception) as caught:
        load(path)
    assert is_damage(caught.value)
    problem = explain_training_error(caught.value, tmp_path, UNREAD)
    assert isinstance(problem, TrainingError)
    assert "checkpoint-2 is damaged" in problem.message


@pytest.mark.parametrize("kept", [0, 100, 5_000, 19_000])
def test_a_checkpoint_of_pytorch_that_was_cut_is_damage(kept: int, tmp_path: Path) -> None:
    import torch

    path = tmp_path / "rng_state.pth"
    torch.save({"cpu": torch.zeros(20_000, dtype=torch.uint8)}, path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(Exception) as caught:
        load_torch(path)
    assert is_damage(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: device-side assert triggered"),
        RuntimeError("Expected all tensors to be on the same device"),
        TypeError("train() got an unexpected keyword argument"),
        KeyError("labels"),
    ],
)
def test_another_error_before_the_first_step_is_not_blamed_on_the_checkpoint(error: Exception, tmp_path: Path) -> None:
    assert explain_training_error(error, tmp_path, UNREAD) is None


def test_a_checkpoint_that_may_not_be_read_is_not_damaged(tmp_path: Path) -> None:
    problem = explain_training_error(PermissionError(13, "Permission denied", "optimizer.pt"), tmp_path, UNREAD)
    assert isinstance(problem, WorkspaceError)
    assert "cannot go on from checkpoint-2: [Errno 13] Permission denied: 'optimizer.pt'" in problem.message
    assert "rights" in str(problem.fix)


def test_a_full_disk_is_named_whether_or_not_a_step_was_taken(tmp_path: Path) -> None:
    for unread in (None, UNREAD):
        assert isinstance(explain_training_error(OSError(28, "No space left on device"), tmp_path, unread), DiskFull)
        assert isinstance(
            explain_training_error(RuntimeError("[PytorchStreamWriter] failed"), tmp_path, unread), DiskFull
        )


def test_damage_after_a_step_is_not_the_checkpoints(tmp_path: Path) -> None:
    assert explain_training_error(EOFError("Ran out of input"), tmp_path, None) is None


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:116] DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: not enough memory: you tried"),
        OSError(12, "Cannot allocate memory"),
    ],
)
def test_out_of_memory_in_the_words_of_every_platform(error: Exception, tmp_path: Path) -> None:
    assert is_out_of_memory(error)
    problem = explain_training_error(error, tmp_path, UNREAD)
    assert isinstance(problem, TrainingError)
    assert "train.batch_size=1" in str(problem.fix)


def test_another_error_is_not_out_of_memory() -> None:
    assert not is_out_of_memory(RuntimeError("CUDA error: invalid device ordinal"))
