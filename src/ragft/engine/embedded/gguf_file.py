"""Reads the head of a GGUF file: what the model is, and whether the file is whole. No weights are touched.

    head = read_head(path)
    head.quantization, head.context_length, head.template

The format is described in ggml's docs/gguf.md. The `gguf` package reads it too, but it walks every token of the
vocabulary in Python (seconds for a large one); here arrays are stepped over.
"""

from __future__ import annotations

import functools
import mmap
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragft.errors import InputError

_MAGIC = b"GGUF"
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_FORMATS = {code: struct.Struct("<" + code) for code in _SCALARS.values()}


@dataclass(frozen=True)
class Head:
    """What the head says. `metadata` holds scalars and strings; of an array only its length, under the same key."""

    metadata: dict[str, Any] = field(default_factory=dict)
    tensors: int = 0
    parameters: int = 0
    quantization: str = ""

    @property
    def architecture(self) -> str:
        """`llama`, `qwen3`…"""
        return str(self.metadata.get("general.architecture", ""))

    @property
    def is_adapter(self) -> bool:
        """Whether the file is a LoRA adapter rather than a model."""
        return self.metadata.get("general.type") == "adapter"

    @property
    def context_length(self) -> int:
        """Tokens the model was trained to read; 0 where the file does not say."""
        length = self.metadata.get(f"{self.architecture}.context_length", 0)
        return length if isinstance(length, int) else 0

    @property
    def template(self) -> str:
        """The chat template (Jinja); empty where there is none."""
        return str(self.metadata.get("tokenizer.chat_template", ""))


def read_head(path: Path) -> Head:
    """The head of the GGUF at `path`, with its tensors checked against the size of the file.

    Raises:
        InputError: no such file, not a GGUF, or cut short.
    """
    try:
        state = path.stat()
    except FileNotFoundError as error:
        raise InputError(f"no file {path}", fix="give the path of a GGUF file") from error
    except OSError as error:
        raise _unreadable(path, error) from error
    if not path.is_file():  # to open a pipe would wait for whoever writes into it
        raise InputError(f"{path} is no file", fix="give the path of a GGUF file")
    return _read_head(path, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=16)
def _read_head(path: Path, _modified_ns: int, _size: int) -> Head:
    """Walking through a vocabulary takes a tenth of a second, and the engine asks before every request."""
    try:
        with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(data, path).head()
    except OSError as error:
        raise _unreadable(path, error) from error
    except (struct.error, ValueError, OverflowError, RecursionError) as error:  # ValueError: an empty file
        raise InputError(f"{path} is a damaged GGUF file", fix="fetch or export it again") from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot read {path}: {error.strerror or error}", fix="check that it is a file you may read")


class _Reader:
    def __init__(self, data: mmap.mmap, path: Path) -> None:
        self.data = data
        self.path = path
        self.size = len(data)
        self.at = 0

    def head(self) -> Head:
        self.at = len(_MAGIC)
        if self.data[: self.at] != _MAGIC:
            raise InputError(f"{self.path} is no GGUF file", fix="ragft export makes one of a Hugging Face model")
        version = self.scalar("I")
        if version not in (2, 3):
            raise InputError(
                f"{self.path} is GGUF version {version}; versions 2 and 3 are read", fix="convert or download it anew"
            )
        tensor_count, pair_count = self.count(), self.count()
        metadata = {}
        for _ in range(pair_count):
            key = self.string()
            metadata[key] = self.value(self.scalar("I"))
        return self.tensors(metadata, tensor_count)

    def tensors(self, metadata: dict[str, Any], count: int) -> Head:
        from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

        end = parameters = 0
        by_type: dict[str, int] = {}
        for _ in range(count):
            self.string()
            elements = 1
            for _ in range(self.scalar("I")):
                elements *= self.scalar("Q")
            kind, offset = self.scalar("I"), self.scalar("Q")
            try:
                tensor_type = GGMLQuantizationType(kind)
            except ValueError as error:
                raise InputError(
                    f"{self.path} has a tensor of unknown type {kind}",
                    fix="pip install --upgrade gguf, or another type",
                ) from error
            block, block_bytes = GGML_QUANT_SIZES[tensor_type]
            end = max(end, offset + elements // block * block_bytes)
            parameters += elements
            by_type[tensor_type.name] = by_type.get(tensor_type.name, 0) + elements
        alignment = int(metadata.get("general.alignment", 32))
        if alignment <= 0:
            raise self.damaged()
        start = -(-self.at // alignment) * alignment
        if count and start + end > self.size:
            raise InputError(
                f"{self.path} is cut short: {self.size:,} bytes of {start + end:,}", fix="fetch or export it again"
            )
        return Head(metadata, count, parameters, _file_type(metadata, by_type))

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            return self.skip_array()
        return self.scalar(self.format_of(kind))

    def skip_array(self) -> int:
        """Step over an array; its length is returned."""
        kind, length = self.scalar("I"), self.count()
        if kind == _STRING:
            for _ in range(length):
                self.skip(self.count())
        elif kind == _ARRAY:
            for _ in range(length):
                self.skip_array()
        else:
            self.skip(length * _FORMATS[self.format_of(kind)].size)
        return length

    def scalar(self, code: str) -> Any:
        form = _FORMATS[code]
        (value,) = form.unpack_from(self.data, self.at)
        self.at += form.size
        return value

    def count(self) -> int:
        number = int(self.scalar("Q"))
        if number > self.size:  # nothing that is counted takes less than a byte
            raise self.damaged()
        return number

    def string(self) -> str:
        begin = self.at + 8
        self.skip(self.count())
        return self.data[begin : self.at].decode("utf-8", errors="replace")

    def skip(self, length: int) -> None:
        self.at += length
        if self.at > self.size:
            raise self.damaged()

    def format_of(self, kind: int) -> str:
        if kind not in _SCALARS:
            raise self.damaged()
        return _SCALARS[kind]

    def damaged(self) -> InputError:
        return InputError(f"{self.path} is a damaged GGUF file", fix="fetch or export it again")


def _file_type(metadata: dict[str, Any], by_type: dict[str, int]) -> str:
    """The quantisation's usual name, such as `Q8_0` or `Q4_K_M`: the file's own word, else the commonest type."""
    from gguf.constants import LlamaFileType

    declared = metadata.get("general.file_type")
    if declared is not None:
        try:
            name = str(LlamaFileType(declared).name)
            return name.removeprefix("MOSTLY_").removeprefix("ALL_")
        except ValueError:
            pass  # newer than our gguf package
    return max(by_type, key=lambda name: by_type[name]) if by_type else ""
