"""The head of a GGUF file: what it says of its model, and whether the file is complete. No weights are read.

head = read_head(path)
head.quantization, head.context_length, head.template
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.errors import InputError

if TYPE_CHECKING:
    from llama_cpp_tools.gguf_file import GGUFFile


@dataclass(frozen=True)
class Head:
    """What the head says. `metadata` holds scalars and strings; of an array only its length, under the same key."""

    metadata: dict[str, Any] = field(default_factory=dict)
    tensors: int = 0
    parameters: int = 0
    quantization: str = ""

    @property
    def architecture(self) -> str:
        """The name of the architecture, such as `llama` or `qwen3`; empty where the file gives none."""
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
        raise InputError(f"{path} is not a file", fix="give the path of a GGUF file")
    return _read_head(path, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=16)
def _read_head(path: Path, _modified_ns: int, _size: int) -> Head:
    """Walking through a vocabulary takes a tenth of a second, and the engine asks before every request."""
    from llama_cpp_tools.errors import GGUFError
    from llama_cpp_tools.gguf_file import GGUFFile

    try:
        with GGUFFile(path, arrays=False) as file:
            return _head(file)
    except GGUFError as error:
        if isinstance(error.__cause__, OSError):
            raise _unreadable(path, error.__cause__) from error
        message, _, fix = str(error).rpartition("; ")
        raise InputError(message, fix=fix) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot read {path}: {error.strerror or error}", fix="check that it is a file you may read")


def _head(file: GGUFFile) -> Head:
    by_type: dict[str, int] = {}
    for tensor in file.tensors.values():
        by_type[tensor.qtype.name] = by_type.get(tensor.qtype.name, 0) + math.prod(tensor.shape)
    return Head(file.metadata, len(file.tensors), sum(by_type.values()), _file_type(file.metadata, by_type))


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
