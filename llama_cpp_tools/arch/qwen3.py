"""Qwen 3: head width of its own, norms on query and key, no biases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gguf

from llama_cpp_tools.arch.base import SEPARATE_QKV
from llama_cpp_tools.arch.qwen2 import Qwen2


class Qwen3(Qwen2):
    """How a Qwen 3 model (`Qwen3ForCausalLM`) is written to GGUF."""

    gguf_arch = gguf.MODEL_ARCH.QWEN3
    defaults: ClassVar[Mapping[str, Any]] = {**Qwen2.defaults, "head_dim": 128}
    biases: ClassVar[Sequence[str]] = ()
    blocks: ClassVar[Sequence[str]] = (*SEPARATE_QKV, "attn_q_norm", "attn_k_norm")
