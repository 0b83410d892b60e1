"""ONNX Runtime encoder, float32 or int8. Neither torch nor transformers is imported once the model is exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.index.encoders.local_models import CrossModel, SentenceModel
from ragft.index.encoders.onnx_export import OnnxModel, onnx_model
from ragft.index.encoders.tokenised import TokenisedEncoder, Window, longest_first
from ragft.machine import cores

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

_SLOWER = ["SkipLayerNormFusion"]
"""The fused norm runs without vector instructions on a CPU: with it, int8 MiniLM takes 1.15 times as long."""


def open_graph(model: SentenceModel | CrossModel, precision: str) -> tuple[OnnxModel, Any]:
    """The exported form of `model`, and a session that runs it on one thread; a damaged cached file is written again.

    Raises:
        UnsupportedEncoder: a cross-encoder that is not of BERT's form.
        WorkspaceError: the cache cannot be written.
    """
    files = onnx_model(model, precision)
    try:
        return files, _open(files.graph)
    except Exception:  # of ONNX Runtime, one class for each status: the cached file is damaged or gone
        files = onnx_model(model, precision, again=True)
        return files, _open(files.graph)


def _open(graph: Path) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER)


class OnnxEncoder(TokenisedEncoder):
    """Runs the exported graph, which ends in pooling and normalisation.

    Each run encodes one window on one thread; as many runs are active as there are cores. This is 1.3 times as fast as
    padded batches on all cores (docs/experiments/retrieval.md): there is no padding, activations stay in the cache of
    one core, and no thread waits for another. It is also more accurate in int8: the activations of other texts in a
    batch would set the scale.
    """

    def __init__(self, model: SentenceModel, precision: str) -> None:
        files, self._session = open_graph(model, precision)
        super().__init__(model, digest=files.digest, dimension=files.dimension, precision=precision)

    def _run(self, windows: Sequence[Window]) -> Iterator[tuple[Sequence[int], Vectors]]:
        if len(windows) == 1:
            yield [0], self._vector(windows[0])
            return
        order = longest_first(windows)
        with ThreadPoolExecutor(cores()) as pool:
            for i, vector in zip(order, pool.map(self._vector, (windows[i] for i in order)), strict=True):
                yield [i], vector

    def _vector(self, window: Window) -> Vectors:
        """The vector of one window, float32 [1, dimension]."""
        import numpy as np

        ids = np.array([window], np.int64)
        vector: Vectors = self._session.run(["vectors"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        return vector
