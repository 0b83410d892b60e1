"""The networks we can write, one file each.

To add one: subclass `Architecture` in a new file and list it here.
"""

from __future__ import annotations

import difflib

from llama_cpp_tools.arch.base import Architecture
from llama_cpp_tools.arch.gemma2 import Gemma2
from llama_cpp_tools.arch.gemma3 import Gemma3
from llama_cpp_tools.arch.llama import Llama
from llama_cpp_tools.arch.phi3 import Phi3
from llama_cpp_tools.arch.qwen2 import Qwen2
from llama_cpp_tools.arch.qwen3 import Qwen3
from llama_cpp_tools.config import ModelConfig
from llama_cpp_tools.errors import UnsupportedArchitecture

ARCHITECTURES: dict[str, type[Architecture]] = {
    "LlamaForCausalLM": Llama,
    "MistralForCausalLM": Llama,
    "Qwen2ForCausalLM": Qwen2,
    "Qwen3ForCausalLM": Qwen3,
    "Gemma2ForCausalLM": Gemma2,
    "Gemma3ForCausalLM": Gemma3,
    "Gemma3ForConditionalGeneration": Gemma3,
    "Phi3ForCausalLM": Phi3,
}


def architecture_for(config: ModelConfig) -> Architecture:
    """The `Architecture` that config.json names.

    Raises `UnsupportedArchitecture`, with the nearest name we know, for any other.
    """
    try:
        return ARCHITECTURES[config.architecture](config)
    except KeyError:
        nearest = difflib.get_close_matches(config.architecture, ARCHITECTURES, n=1, cutoff=0.0)[0]
        raise UnsupportedArchitecture(
            f"{config.path}: architecture {config.architecture!r} is not supported; the nearest known is {nearest!r} "
            f"(known: {', '.join(ARCHITECTURES)}). Use llama.cpp's own converter for this model"
        ) from None


__all__ = ["ARCHITECTURES", "Architecture", "architecture_for"]
