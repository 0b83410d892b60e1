"""A replacement of a few megabytes for a base model: same architecture, tokenizer and chat template, random weights.

An engine makes the same prompts for it as for the base itself, so what the two make of each other is known in
seconds, before hours of training and before gigabytes are written.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ragft.errors import ExportError
from ragft.export.convert import convert

LAYERS = 6
"""A whole period of the longest known pattern of layers (Gemma 3: five with a sliding window, one without)."""
WIDTH = 64
"""Of the feed-forward part; a multiple of 32, as quantised blocks are."""


def make_stand_in(base: Path, gguf: Path) -> Path:
    """Write the stand-in of the model folder `base` as `gguf` (f16).

    Raises:
        ExportError: the base is of an architecture that cannot be exported.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # ours is on the terminal already
    with TemporaryDirectory(prefix="ragft-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        for file in base.iterdir():
            if file.is_file() and file.suffix not in {".safetensors", ".bin", ".gguf", ".pt", ".pth"}:
                shutil.copy(file, folder)
        (folder / "model.safetensors.index.json").unlink(missing_ok=True)
        try:
            config = _shrunk(AutoConfig.from_pretrained(base, local_files_only=True, trust_remote_code=False))
            model = AutoModelForCausalLM.from_config(config, dtype=torch.float16, trust_remote_code=False)
        except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            raise ExportError(f"no small model of the kind of {base} can be made: {error}") from error
        model.save_pretrained(folder)
        convert(folder, gguf, outtype="f16")
    return gguf


def _shrunk(config: Any) -> Any:
    """One attention head of the base's own size, a few layers, a narrow feed-forward part."""
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    smaller = {
        "num_hidden_layers": min(LAYERS, config.num_hidden_layers),
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "head_dim": head,
        "hidden_size": head,
        "intermediate_size": WIDTH,
    }
    for name, value in smaller.items():
        if getattr(config, name, None) is not None:
            setattr(config, name, value)
    if (kinds := getattr(config, "layer_types", None)) is not None:
        config.layer_types = list(kinds)[:LAYERS]
    return config
