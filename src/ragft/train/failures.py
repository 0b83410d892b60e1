"""The meaning of exceptions of torch, transformers, safetensors, mostly from their text: few have their own class."""

from __future__ import annotations

import errno
import json
import pickle
from pathlib import Path

from ragft.errors import DiskFull, RagftError, TrainingError, WorkspaceError
from ragft.train.record import Checkpoint
from ragft.workspace import disk_error

_NO_MEMORY = ("out of memory", "can't allocate", "cannot allocate", "not enough memory")
"""CUDA and Metal, PyTorch on the CPU of Linux and macOS, the C library, PyTorch on the CPU of Windows."""
_NOT_WRITTEN = ("while serializing", "pytorchstreamwriter")
_NOT_PARSED = ("deserializing", "pytorchstreamreader", "weights only load failed", "invalid magic number")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the memory of the machine or of its accelerator did not suffice."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _NO_MEMORY)


def is_damage(error: BaseException) -> bool:
    """Whether a file was read and is not what it should be: cut short, or overwritten with something else."""
    from safetensors import SafetensorError

    if isinstance(error, (SafetensorError, pickle.UnpicklingError, EOFError, json.JSONDecodeError)):
        return True
    if isinstance(error, OSError) and error.errno == errno.EINVAL and error.filename is None:
        return True  # PyTorch seeks from the end of an archive that was cut, to a place before its beginning
    return any(words in str(error).lower() for words in _NOT_PARSED)


def explain_training_error(error: Exception, folder: Path, unread: Checkpoint | None) -> RagftError | None:
    """What an error of the training loop means to the user; `None` where it is not known.

    Args:
        error: what the loop raised.
        folder: where it writes checkpoints.
        unread: the checkpoint it was to go on from, where no step was taken yet.
    """
    if any(words in str(error).lower() for words in _NOT_WRITTEN):
        return DiskFull(f"no space left to write {folder}", fix="free some space and run the same command again")
    if is_out_of_memory(error):
        return TrainingError(
            f"out of memory in training: {str(error).splitlines()[0] if str(error) else 'no detail'}",
            fix="train.batch_size=1, or a smaller train.max_length or train.rank",
        )
    if unread is not None and is_damage(error):
        return TrainingError(f"the checkpoint {unread.folder} is damaged", fix="remove it, or restart=True")
    if not isinstance(error, OSError):
        return None
    problem = disk_error(error, folder)
    if unread is None or isinstance(problem, DiskFull):
        return problem
    return WorkspaceError(f"cannot go on from {unread.folder}: {error}", fix="check its rights, and those of its files")
