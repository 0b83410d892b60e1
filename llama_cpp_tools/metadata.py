"""The `general.*` entries: name, authors, licence, sampling defaults, size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import gguf
import yaml

from llama_cpp_tools.errors import ConversionError, ModelError
from llama_cpp_tools.output import TensorInfo

# What loaders go by: a text in its place would make a file that says something else than it holds.
_STRUCTURAL = frozenset(
    {"general.architecture", "general.type", "general.file_type", "general.alignment", "general.quantization_version"}
)


def add_general(
    writer: gguf.GGUFWriter,
    model_dir: Path,
    tensors: Sequence[TensorInfo],
    overrides: Mapping[str, str],
    *,
    kind: str = gguf.GGUFType.MODEL,
) -> None:
    """Write what the model card, generation_config.json and the folder's name tell, then `overrides`.

    `gguf.Metadata` does the reading, as in llama.cpp's converter. With "general.name" among the overrides the folder's
    name is not looked at, so the same model gives the same file wherever it lies.
    """
    total = sum(math.prod(tensor.shape) for tensor in tensors)
    try:
        card = gguf.Metadata.load_model_card(model_dir)
        found = gguf.Metadata.load(None, model_dir, None, total)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(
            f"{model_dir}: README.md or another file that describes the model is damaged ({reason}); remove it"
        ) from error
    for name, value in vars(found).items():
        if name.startswith("sampling_") and isinstance(value, str | list | dict) and name != "sampling_sequence":
            setting = name.removeprefix("sampling_")
            raise ModelError(
                f"{model_dir / 'generation_config.json'}: {setting} is {value!r}, not a number; correct it"
            )
    if "general.name" in overrides:
        named = gguf.Metadata.apply_metadata_heuristic(gguf.Metadata(), card, {}, None, total)
        for part in ("name", "basename", "finetune", "version", "organization", "size_label"):
            setattr(found, part, getattr(named, part))
    found.name = overrides.get("general.name") or found.name or model_dir.name
    if found.size_label is None and total > 0:
        found.size_label = gguf.size_label(total, total, 0, 0)
    writer.add_type(kind)
    found.set_gguf_meta_model(writer)
    for key, value in overrides.items():
        if not key.startswith("general.") or key in _STRUCTURAL:
            raise ConversionError(
                f"the metadata entry {key!r} cannot be set; those that can describe the model, as general.name, "
                "general.author, general.license, general.description"
            )
        if key != "general.name":
            writer.add_string(key, value)
