"""Opens the encoder that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ragft.index.encoders.base import Encoder
from ragft.index.encoders.centred import centred
from ragft.index.encoders.local_models import SentenceModel, find_sentence_model
from ragft.ollama_address import addresses

if TYPE_CHECKING:
    from ragft.setting_sections import IndexSettings

DEFAULT = "minilm"
"""Its vectors need no centring."""
AUTO = "onnx-int8"
"""The fastest backend whose nDCG@10 lies within 0.005 of float32; docs/experiments/retrieval.md has the figures."""


def _torch(model: SentenceModel) -> Encoder:
    from ragft.index.encoders.torch import TorchEncoder

    return TorchEncoder(model)


def _onnx(model: SentenceModel) -> Encoder:
    from ragft.index.encoders.onnx import OnnxEncoder

    return OnnxEncoder(model, "float32")


def _onnx_int8(model: SentenceModel) -> Encoder:
    from ragft.index.encoders.onnx import OnnxEncoder

    return OnnxEncoder(model, "int8")


BACKENDS: dict[str, Callable[[SentenceModel], Encoder]] = {
    "torch": _torch,
    "onnx": _onnx,
    "onnx-int8": _onnx_int8,
}


def open_encoder(settings: IndexSettings) -> Encoder:
    """The encoder of `settings.encoder` on `settings.backend`, its vectors centred where that is needed.

    Raises:
        NotFoundError, InputError: no such model here, or one that cannot be used.
        UsageError, EngineUnavailable, ModelNotFound: of `ollama:MODEL`.
    """
    if settings.encoder.startswith("ollama:"):
        from ragft.index.encoders.ollama import OllamaEncoder

        return centred(OllamaEncoder(settings.encoder.removeprefix("ollama:"), addresses(settings.ollama_host)[0]))
    if settings.encoder == DEFAULT:  # known to need none
        return _opened(settings)
    return centred(_opened(settings))


def _opened(settings: IndexSettings) -> Encoder:
    backend = AUTO if settings.backend == "auto" else settings.backend
    return BACKENDS[backend](find_sentence_model(settings.encoder))
