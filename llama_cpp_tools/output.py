"""Write a GGUF file so that a half-written one can never be treated as a whole one.

Everything goes to `NAME.part` beside the target: locked against a second writer, hashed as it is written, flushed to
the disk, and renamed at the end. Whatever stops the process before that leaves the final name untouched; the next run
takes the same `.part` over, so kills do not pile up files.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from llama_cpp_tools import machine
from llama_cpp_tools.errors import ConversionError, OutputError
from llama_cpp_tools.quantize import byte_count

ALIGNMENT = gguf.GGUF_DEFAULT_ALIGNMENT


@dataclass(frozen=True)
class TensorInfo:
    """A tensor as the file's index lists it: shape in numpy order."""

    name: str
    shape: tuple[int, ...]
    qtype: gguf.GGMLQuantizationType

    @property
    def bytes(self) -> int:
        """Size of the tensor's data in the file."""
        return byte_count(self.shape, self.qtype)


@dataclass
class HashedFile:
    """An open file that is written forward only and knows its own sha256."""

    path: Path
    descriptor: int
    written: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes | memoryview) -> None:
        """Append `data` to the file and to its digest."""
        self._digest.update(data)
        view = memoryview(data)
        while view:
            count = os.write(self.descriptor, view)
            view = view[count:]
            self.written += count

    def write_header(self, writer: gguf.GGUFWriter, tensors: Iterable[TensorInfo]) -> None:
        """Magic, metadata and tensor index, as `gguf.GGUFWriter` packs them, padded to where the tensors begin.

        That class writes only to files it opens by name, so it writes to ours by name and we hash what it wrote.
        """
        for tensor in tensors:
            writer.add_tensor_info(tensor.name, tensor.shape, np.dtype(np.float32), tensor.bytes, tensor.qtype)
        writer.write_header_to_file(self.path)
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        writer.close()
        header = self.path.read_bytes()
        self._digest.update(header)
        self.written = os.lseek(self.descriptor, len(header), os.SEEK_SET)
        self.pad()

    def pad(self) -> None:
        """Zero bytes up to GGUF's alignment."""
        self.write(bytes(-self.written % ALIGNMENT))

    @property
    def sha256(self) -> str:
        """Hex digest of what has been written so far."""
        return str(self._digest.hexdigest())


@contextmanager
def atomic_output(target: Path, expected_bytes: int) -> Iterator[HashedFile]:
    """Yield a file that becomes `target` when the block ends well, and disappears when it does not.

    Raises `OutputError` when `expected_bytes` do not fit on the disk (before anything is written), when another
    process is writing the same target, and for every error of the file system on the way.
    """
    try:
        if target.is_dir():
            raise OutputError(f"{target}: it is a folder: name a file in it")
        if not target.parent.is_dir():
            raise OutputError(f"{target.parent}: no such folder; create it first")
        part = target.with_name(target.name + ".part")
        descriptor = _open_locked(part)
        try:
            _check_room(target, expected_bytes)
            output = HashedFile(part, descriptor)
            yield output
            os.fsync(descriptor)
        except BaseException:
            with machine.closing(descriptor):
                part.unlink(missing_ok=True)
            raise
        with machine.closing(descriptor):
            _rename(part, target)
        machine.sync_directory(target.parent)
    except ConversionError:
        raise
    except OSError as error:
        raise _output_error(target, error) from error


def _open_locked(part: Path) -> int:
    """Open `part` empty and locked; a name that was renamed away between open and lock is tried again."""
    while True:
        descriptor = machine.open_file(part)
        try:
            machine.lock(descriptor)
            if part.exists() and os.path.samestat(os.fstat(descriptor), part.stat()):
                os.ftruncate(descriptor, 0)
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise OutputError(
                f"{part}: another conversion is writing it; wait for it, or write to another file"
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _rename(part: Path, target: Path) -> None:
    try:
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _check_room(target: Path, expected_bytes: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if expected_bytes > free:
        raise OutputError(
            f"{target}: needs {expected_bytes:,} bytes and the disk has {free:,} free; make room or "
            "write to another disk"
        )


def _output_error(target: Path, error: OSError) -> OutputError:
    repair = {
        errno.ENOSPC: "the disk is full: make room or write to another disk",
        errno.EDQUOT: "your disk quota is used up: make room or write to another disk",
        errno.EFBIG: "the file would be larger than allowed here: write to another disk",
        errno.EACCES: "no right to write there: write to another folder",
        errno.ELOOP: f"{target.name}.part beside it is a link: remove it",
        errno.EROFS: "that disk is read-only: write to another one",
    }
    why = repair.get(error.errno or 0, f"{error.strerror or error}: write to another file")
    return OutputError(f"{target}: {why}")
