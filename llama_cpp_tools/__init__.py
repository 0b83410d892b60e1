"""Hugging Face models and LoRA adapters to GGUF, streaming, without torch.

    python -m llama_cpp_tools.convert_hf_to_gguf MODEL --outfile F --outtype q8_0 [--lora ADAPTER]
    python -m llama_cpp_tools.convert_lora_to_gguf ADAPTER --base MODEL --outfile F
    python -m llama_cpp_tools.inspect FILE [--diff OTHER]
    python -m llama_cpp_tools.verify FILE MODEL [--lora ADAPTER]

The same from Python, with everything under `ConversionError` as the errors there can be:

    from llama_cpp_tools import convert_model
    result = convert_model(Path("SmolLM2-135M"), Path("smollm2.gguf"), outtype="q8_0", lora=Path("adapter"))

The package needs numpy, gguf and (for SentencePiece models) sentencepiece, and imports nothing of ragft. Names are
imported when they are first used. Format and decisions: docs/export-format.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llama_cpp_tools.convert import ConvertResult
    from llama_cpp_tools.convert import convert as convert_model
    from llama_cpp_tools.errors import (
        AdapterError,
        ConversionError,
        GGUFError,
        ModelError,
        OutputError,
        TokenizerError,
        UnsupportedArchitecture,
        WeightsError,
    )
    from llama_cpp_tools.inspect import Difference, GGUFSummary
    from llama_cpp_tools.inspect import diff as diff_gguf
    from llama_cpp_tools.inspect import read as inspect_gguf
    from llama_cpp_tools.lora import convert_lora
    from llama_cpp_tools.verify import VerifyResult
    from llama_cpp_tools.verify import verify as verify_gguf

__all__ = [
    "AdapterError",
    "ConversionError",
    "ConvertResult",
    "Difference",
    "GGUFError",
    "GGUFSummary",
    "ModelError",
    "OutputError",
    "TokenizerError",
    "UnsupportedArchitecture",
    "VerifyResult",
    "WeightsError",
    "convert_lora",
    "convert_model",
    "diff_gguf",
    "inspect_gguf",
    "verify_gguf",
]

_PLACES = {
    "ConvertResult": ("convert", "ConvertResult"),
    "Difference": ("inspect", "Difference"),
    "GGUFSummary": ("inspect", "GGUFSummary"),
    "VerifyResult": ("verify", "VerifyResult"),
    "convert_lora": ("lora", "convert_lora"),
    "convert_model": ("convert", "convert"),
    "diff_gguf": ("inspect", "diff"),
    "inspect_gguf": ("inspect", "read"),
    "verify_gguf": ("verify", "verify"),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES.get(name, ("errors", name))
    return getattr(import_module(f"{__name__}.{module}"), attribute)
