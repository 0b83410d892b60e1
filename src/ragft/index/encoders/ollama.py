"""An embedding model served by Ollama, as `index.encoder = "ollama:nomic-embed-text"`.

Ollama does not count tokens, so chunks are cut by an estimate. A text that is still too long is halved until its parts
fit.
"""

from __future__ import annotations

import math
import re
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ragft.errors import EngineUnavailable, InputError, ModelNotFound, RagftError, ServerNotFound
from ragft.index.encoders.base import Advance, EncoderIdentity
from ragft.log import log
from ragft.ollama_address import access_advice, server_address

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

_BATCH = 32
_LETTERS_PER_TOKEN = 4
_PIECES = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
"""Runs of letters, runs of digits, single signs."""
_MOST_TOKENS = 512
"""Longer chunks would fit many of these models, but a citation should point to a passage, not a page."""
_PROBE = "dimension"
_EMBEDDING_MODEL = "set index.encoder to an embedding model (ollama pull nomic-embed-text) or to minilm"


def estimate_tokens(text: str) -> int:
    """An upper estimate of the tokens of a text, with two special ones; most tokenisers make fewer, also of formulas.

    One for every four letters of a word, one for a digit or a sign, one for any letter outside ASCII and three for any
    other sign there, which some vocabularies spell in bytes.
    """
    return 2 + sum(_cost(piece) for piece in _PIECES.findall(text))


def _cost(piece: str) -> int:
    if piece.isascii():
        return math.ceil(len(piece) / _LETTERS_PER_TOKEN) if piece.isalpha() else len(piece)
    return sum(1 if sign.isascii() or (sign.isalpha() and sign < "\U00010000") else 3 for sign in piece)


class OllamaEncoder:
    """Encodes texts with a model of an Ollama server, over `/api/embed`."""

    def __init__(self, model: str, host: str = "", *, timeout: float = 300.0) -> None:
        """`host` empty: OLLAMA_HOST. `timeout`: seconds without data, for example while the model is loaded.

        Raises:
            UsageError: the host is not an address.
            EngineUnavailable: the server does not answer, or refuses access.
            ModelNotFound: the server does not have the model.
            InputError: the model cannot encode.
        """
        from ragft.ollama_package import Client

        address = server_address(host)
        self._client = Client(host=address.url, **address.client_arguments(timeout))
        weakref.finalize(self, self._client.close)
        self._url = address.url
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
            dimension=len(self._embed([_PROBE])[0]),
            precision="ollama",
            max_tokens=limit,
        )
        self.max_tokens = limit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with two special ones, estimated."""
        return [estimate_tokens(text) for text in texts]

    def encode(self, texts: Sequence[str], *, advance: Advance | None = None) -> Vectors:
        """Vectors of passages, float32 [len(texts), dimension], rows of length 1.

        A passage that the model cannot encode at all gets a row of zeros, and a line on stderr: it is still found by
        its words.
        """
        import numpy as np

        rows: list[Vectors] = []
        for start in range(0, len(texts), _BATCH):
            rows.extend(self._vectors(texts[start : start + _BATCH]))
            if advance:
                advance(len(rows))
        return np.asarray(rows, np.float32).reshape(len(texts), self.identity.dimension)

    def encode_query(self, text: str) -> Vectors:
        """The vector of a query, float32 [dimension], length 1.

        Raises:
            InputError: the model cannot encode it.
        """
        vector: Vectors = self.encode([text])[0]
        if not vector.any():
            raise InputError(f"Ollama cannot encode this query with {self._model!r}", fix="index.mode=lexical")
        return vector

    def close(self) -> None:
        """Close the connections; the server keeps running."""
        self._client.close()  # type: ignore[no-untyped-call]

    def _vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """A unit vector for each text, in as many requests as needed."""
        import numpy as np

        try:
            if max(map(estimate_tokens, texts)) > 2 * self.max_tokens:  # 0.24 takes minutes to refuse a very long word
                raise _TooLong(f"Ollama cannot encode so long a text with {self._model!r}")
            return [_unit(np.asarray(row, np.float32)) for row in self._embed(texts)]
        except InputError as error:
            if len(texts) > 1:  # one of them causes the error
                middle = len(texts) // 2
                return [*self._vectors(texts[:middle]), *self._vectors(texts[middle:])]
            if isinstance(error, _TooLong) and len(texts[0]) > 1:
                first, second = (self._vectors([half])[0] for half in _halves(texts[0]))
                return [_unit(first + second)]
            self._embed([_PROBE])  # raises if the text is not the cause
            log.warning(f"{error.message}; found by its words alone: {texts[0][:60]!r}")
            return [np.zeros(self.identity.dimension, np.float32)]

    def _embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        # truncate=False: a text that is too long is an error, never silently cut.
        reply: Sequence[Sequence[float]] = self._call(
            self._client.embed, model=self._model, input=list(texts), truncate=False
        ).embeddings
        if len(reply) != len(texts):
            raise InputError(f"Ollama gave {len(reply)} vectors for {len(texts)} texts", fix="update Ollama")
        return reply

    def _context_length(self) -> int:
        info = self._call(self._client.show, self._model).modelinfo or {}
        found = [int(value) for key, value in info.items() if key.endswith(".context_length")]
        return found[0] if found else _MOST_TOKENS

    def _call(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        import httpx

        from ragft.ollama_package import ResponseError

        try:
            return function(*args, **kwargs)
        except ResponseError as error:
            raise self._refused(error.status_code, error.error) from error
        except (ConnectionError, httpx.HTTPError) as error:
            raise ServerNotFound(
                f"no Ollama answers at {self._url} ({error})",
                fix="start it (ollama serve), or set OLLAMA_HOST or engine.ollama_host",
            ) from error
        except ValueError as error:  # pydantic's, where the reply is not JSON or has other fields
            raise EngineUnavailable(
                f"what answers at {self._url} is not Ollama", fix="check OLLAMA_HOST or engine.ollama_host"
            ) from error

    def _refused(self, status: int, reason: str) -> RagftError:
        if status == 404:
            return ModelNotFound(f"Ollama has no model {self._model!r}", fix=f"ollama pull {self._model}")
        if advice := access_advice(status):
            return EngineUnavailable(f"{self._url} refuses access ({status}): {reason or 'no reason'}", fix=advice)
        if status == 503:
            return EngineUnavailable(f"Ollama at {self._url} is busy: {reason}", fix="try again in a moment")
        if status == 501:
            return InputError(
                f"{self._model!r} is not an embedding model: Ollama cannot encode with it", fix=_EMBEDDING_MODEL
            )
        kind = _TooLong if _is_too_long(reason) else InputError
        return kind(f"Ollama cannot encode with {self._model!r} ({status}): {reason}", fix=_EMBEDDING_MODEL)


class _TooLong(InputError):
    """A text of the request has more tokens than the model reads."""


_LENGTH = re.compile(r"context (length|size|window)|exceed_context_size|too (large|long)|batch size", re.IGNORECASE)
"""As 0.24 says it (`the input length exceeds the context length`), 0.33, and llama.cpp below it, as JSON in JSON."""


def _is_too_long(reason: str) -> bool:
    return bool(_LENGTH.search(reason))


def _halves(text: str) -> tuple[str, str]:
    """The text cut at the blank nearest its middle, or in the middle of a word where there is none near."""
    middle = len(text) // 2
    blanks = [found.start() for found in re.finditer(r"\s", text) if found.start() > 0]
    near = min(blanks, key=lambda at: abs(at - middle), default=middle)
    cut = near if abs(near - middle) <= middle // 2 else middle
    return text[:cut], text[cut:]


def _unit(vector: Vectors) -> Vectors:
    """float32 [dimension] of length 1; zeros stay zeros."""
    import numpy as np

    scaled: Vectors = vector / max(float(np.linalg.norm(vector)), 1e-12)
    return scaled
