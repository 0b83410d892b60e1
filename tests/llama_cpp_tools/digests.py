"""One number for all tensors of a GGUF file, and one for its tokenizer."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from llama_cpp_tools.gguf_file import GGUFFile


def digests(path: Path) -> dict[str, str]:
    """sha256 over names, shapes, types and bytes of the tensors in order; the same over the tokenizer's entries."""
    tensors = hashlib.sha256()
    with GGUFFile(path) as file:
        for tensor in file.tensors.values():
            tensors.update(f"{tensor.name} {tensor.qtype.name} {list(tensor.shape)}\n".encode())
            tensors.update(file.raw(tensor.name).tobytes())
        entries = {key: value for key, value in file.metadata.items() if key.startswith("tokenizer.")}
        scores = entries.get("tokenizer.ggml.scores")
        if scores is not None:
            entries["tokenizer.ggml.scores"] = np.array(scores, np.float32).tobytes().hex()
        vocabulary = hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()
    return {"tensors": tensors.hexdigest()[:32], "tokenizer": vocabulary[:32]}
