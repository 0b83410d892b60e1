"""Tiny GGUF files for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def write_gguf(
    path: Path,
    *,
    kind: str = "model",
    tensors: int = 1,
    first: float = 0.0,
    tokens: int = 3,
    template: str = "",
    embeds: bool = False,
) -> Path:
    """A file with the head of a llama model and `tensors` float32 tensors of 64 numbers each, counted up from `first`;
    no engine could run it."""
    from gguf import GGUFWriter, LlamaFileType, PoolingType

    writer = GGUFWriter(path, "llama")
    writer.add_type(kind)
    writer.add_context_length(1024)
    writer.add_file_type(LlamaFileType.MOSTLY_Q8_0)
    writer.add_token_list([f"t{number}" for number in range(tokens)])
    writer.add_token_scores([0.0] * tokens)
    if embeds:
        writer.add_pooling_type(PoolingType.MEAN)
    if template:
        writer.add_chat_template(template)
    for number in range(tensors):
        writer.add_tensor(f"blk.{number}.weight", np.full((8, 8), first + number, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
