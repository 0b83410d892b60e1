"""An embedding model served by Ollama, as `index.encoder = "ollama:nomic-embed-text"`."""

from __future__ import annotations

import math
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ragft.errors import EngineUnavailable, InputError, ModelNotFound
from ragft.index.encoders.base import Advance, EncoderIdentity
from ragft.ollama_address import is_loopback, server_address

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

_BATCH = 32
_CHARACTERS_PER_TOKEN = 2.5
"""Low for English (about 4.5), so that the estimate errs towards smaller chunks: Ollama has no tokenise endpoint."""
_MOST_TOKENS = 512
"""Longer chunks would fit many of these models, but a citation should point to a passage, not a page."""


class OllamaEncoder:
    """Encodes over Ollama's `/api/embed`; the host is OLLAMA_HOST's."""

    def __init__(self, model: str, *, timeout: float = 300.0) -> None:
        """`timeout`: seconds without a sign of life, as where the model is loaded first."""
        import httpx
        import ollama

        address = server_address()
        self._client = ollama.Client(
            host=address,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            trust_env=not is_loopback(address),  # no proxy between us and our own machine
        )
        weakref.finalize(self, self._client.close)
        self._model = model
        listed = self._call(self._client.list)
        full = model if ":" in model else f"{model}:latest"
        digest = next((m.digest for m in listed.models if m.model == full), None)
        if digest is None:
            raise ModelNotFound(f"Ollama has no model {model!r}", fix=f"ollama pull {model}")
        limit = min(_MOST_TOKENS, self._context_length())
        self.identity = EncoderIdentity(
            name=f"ollama:{model}",
            digest=f"sha256:{digest}",
            dimension=len(self._embed(["dimension"])[0]),
            precision="ollama",
            max_tokens=limit,
        )
        self.max_tokens = limit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with two special ones, estimated from above."""
        return [2 + math.ceil(len(text) / _CHARACTERS_PER_TOKEN) for text in texts]

    def encode(self, texts: Sequence[str], *, advance: Advance | None = None) -> Vectors:
        """Vectors of passages, float32 [len(texts), dimension], rows of length 1."""
        import numpy as np

        rows: list[Sequence[float]] = []
        for start in range(0, len(texts), _BATCH):
            rows.extend(self._embed(list(texts[start : start + _BATCH])))
            if advance:
                advance(len(rows))
        vectors = np.asarray(rows, np.float32).reshape(len(texts), self.identity.dimension)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """The vector of a query, float32 [dimension], length 1."""
        vector: Vectors = self.encode([text])[0]
        return vector

    def close(self) -> None:
        """Close the connections; the server keeps running."""
        self._client.close()  # type: ignore[no-untyped-call]

    def _embed(self, texts: list[str]) -> Sequence[Sequence[float]]:
        # truncate=False: too long a text is an error here, never half a text quietly encoded.
        reply: Sequence[Sequence[float]] = self._call(
            self._client.embed, model=self._model, input=texts, truncate=False
        ).embeddings
        return reply

    def _context_length(self) -> int:
        info = self._call(self._client.show, self._model).modelinfo or {}
        found = [int(value) for key, value in info.items() if key.endswith(".context_length")]
        return found[0] if found else _MOST_TOKENS

    def _call(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        import httpx
        import ollama

        try:
            return function(*args, **kwargs)
        except ollama.ResponseError as error:
            if error.status_code == 404:
                raise ModelNotFound(f"Ollama has no model {self._model!r}", fix=f"ollama pull {self._model}") from error
            raise InputError(f"Ollama cannot encode with {self._model!r}: {error.error}") from error
        except (ConnectionError, httpx.HTTPError) as error:
            raise EngineUnavailable(
                f"Ollama does not answer: {error}", fix="ollama serve, or set OLLAMA_HOST"
            ) from error
