"""sentence-transformers on torch, float32: the reference that the other backends are measured against."""

from __future__ import annotations

from typing import Any

from ragft.index.encoders.models import SentenceModel
from ragft.index.encoders.tokenised import TokenisedEncoder
from ragft.workspace import digest_file


class TorchEncoder(TokenisedEncoder):
    """Runs the modules of a SentenceTransformer."""

    def __init__(self, model: SentenceModel) -> None:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        self._model = SentenceTransformer(
            str(model.folder), device="cpu", trust_remote_code=False, local_files_only=True
        ).eval()
        super().__init__(
            model,
            digest=digest_file(model.weights),
            dimension=int(self._model.get_embedding_dimension() or 0),
            precision="float32",
        )

    def _run(self, ids: Any, mask: Any) -> Any:
        import torch

        with torch.inference_mode():
            features = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
            vectors = self._model(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1).numpy()
