"""ONNX Runtime encoder, float32 or int8. Neither torch nor transformers is imported once the model is exported."""

from __future__ import annotations

import os
from typing import Any

from ragft.index.encoders.export import exported
from ragft.index.encoders.models import SentenceModel
from ragft.index.encoders.tokenised import TokenisedEncoder


class OnnxEncoder(TokenisedEncoder):
    """Runs the exported graph, which ends in pooling and normalisation."""

    def __init__(self, model: SentenceModel, precision: str) -> None:
        import onnxruntime as ort

        files = exported(model, precision)
        options = ort.SessionOptions()
        options.intra_op_num_threads = len(os.sched_getaffinity(0))
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = ort.InferenceSession(str(files.graph), options, providers=["CPUExecutionProvider"])
        super().__init__(model, digest=files.digest, dimension=files.dimension, precision=precision)

    def _run(self, ids: Any, mask: Any) -> Any:
        return self._session.run(["vectors"], {"input_ids": ids, "attention_mask": mask})[0]
