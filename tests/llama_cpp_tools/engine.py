"""llama.cpp in this process, asked for token ids and for the log-probabilities of every next token."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np


class LlamaCpp:
    """A model loaded from a GGUF file, computed in float32 on one thread."""

    ordinary = 100  # a token that ends nothing, in every vocabulary of tiny.py

    def __init__(self, path: Path, *, lora: Path | None = None, context: int = 512) -> None:
        import xllamacpp

        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx, parameters.n_batch, parameters.n_ubatch, parameters.n_parallel = context, 512, 512, 1
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
        parameters.n_gpu_layers, parameters.warmup = 0, False
        parameters.cache_type_k = parameters.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
        parameters.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        parameters.port, parameters.verbosity = 0, -1
        if lora is not None:
            parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(lora), 1.0)]
        self._server = xllamacpp.Server(parameters)

    def __enter__(self) -> LlamaCpp:
        return self

    def __exit__(self, *_: object) -> None:
        del self._server

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON reply to a JSON request."""
        reply = httpx.post(f"{self._server.listening_address}{path}", json=body, timeout=60)
        reply.raise_for_status()
        return dict(reply.json())

    def tokenize(self, text: str) -> list[int]:
        """Token ids of a text without special tokens round it."""
        return list(self.post("/tokenize", {"content": text, "add_special": False, "parse_special": False})["tokens"])

    def log_probabilities(self, ids: Sequence[int], vocab_size: int) -> np.ndarray:
        """Natural log-probability of every token after `ids`, shape (vocab_size,)."""
        # The bias makes it choose an ordinary token (an end token would come without probabilities); the probabilities
        # are those before the bias.
        reply = self.post(
            "/completion",
            {
                "prompt": list(ids),
                "n_predict": 1,
                "n_probs": vocab_size,
                "temperature": 0.0,
                "cache_prompt": False,
                "logit_bias": [[self.ordinary, 1000.0]],
            },
        )
        found = np.full(vocab_size, np.nan)
        for entry in reply["completion_probabilities"][0]["top_logprobs"]:
            found[entry["id"]] = entry["logprob"]
        return found
