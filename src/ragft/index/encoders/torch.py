"""sentence-transformers on torch, float32: the reference that the other backends are measured against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ragft.extras import need
from ragft.index.encoders.local_models import SentenceModel
from ragft.index.encoders.tokenised import TokenisedEncoder, Window, longest_first
from ragft.workspace import digest_file

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

_BATCH_TOKENS = 4096
"""Padded tokens in one run: larger batches are no faster on a CPU and only cost memory."""


class TorchEncoder(TokenisedEncoder):
    """Runs the modules of a SentenceTransformer on padded batches of like length."""

    def __init__(self, model: SentenceModel) -> None:
        need("encoders", "index.backend torch")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        self._model = SentenceTransformer(
            str(model.folder), device="cpu", trust_remote_code=False, local_files_only=True
        ).eval()
        self._pad = model.pad_id
        super().__init__(
            model,
            digest=digest_file(model.weights),
            dimension=int(self._model.get_embedding_dimension() or 0),
            precision="float32",
        )

    def _run(self, windows: Sequence[Window]) -> Iterator[tuple[Sequence[int], Vectors]]:
        order = longest_first(windows)
        while order:
            size = max(1, _BATCH_TOKENS // len(windows[order[0]]))
            part, order = order[:size], order[size:]
            yield part, self._vectors([windows[i] for i in part])

    def _vectors(self, windows: Sequence[Window]) -> Vectors:
        """The vectors of one batch, longest window first."""
        import torch

        ids = torch.full((len(windows), len(windows[0])), self._pad, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = torch.tensor(window)
            mask[row, : len(window)] = 1
        with torch.inference_mode():
            vectors = self._model({"input_ids": ids, "attention_mask": mask})["sentence_embedding"]
            found: Vectors = torch.nn.functional.normalize(vectors, dim=-1).numpy()
        return found
