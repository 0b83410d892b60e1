"""The contract of an encoder: texts in, unit vectors out, and an identity of its vectors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from ragft.corpus.words import is_english

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    """float32 [n, dimension], every row of length 1."""

Advance = Callable[[int], None]
"""Called with the number of texts encoded so far."""


_ENGLISH_ONLY = re.compile(
    r"^minilm$|all-minilm|all-mpnet|all-distilroberta|multi-qa|msmarco|[-_]en\b|\bgte-(?:small|base|large)$"
    r"|(?<!lingual-)\be5-(?:small|base|large)|nomic-embed-text(?!-v2)|mxbai-embed-large|arctic-embed(?!2|.*v2)"
)


@dataclass(frozen=True)
class EncoderIdentity:
    """Everything that determines the vector of a text. Indexes with equal identities can share vectors.

    `digest` is that of the weights. `precision` is float32 or int8: torch and ONNX Runtime in float32 agree to
    1e-5 and count as one. The prefixes are put before a passage and before a query. `centred`: without the mean of
    all texts (`centred.py`).
    """

    name: str
    digest: str
    dimension: int
    precision: str
    max_tokens: int
    passage_prefix: str = ""
    query_prefix: str = ""
    centred: bool = False

    def to_json(self) -> str:
        """As stored in the catalogue: canonical, so that equal identities are equal strings."""
        described = {name: value for name, value in asdict(self).items() if name != "centred" or value}
        return json.dumps(described, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> EncoderIdentity:
        """Read an identity that `to_json` wrote."""
        return cls(**json.loads(text))

    def reads(self, text: str) -> bool:
        """Whether the encoder was trained on the language of `text`; True for unknown encoders."""
        return not _ENGLISH_ONLY.search(self.name.casefold()) or is_english(text)

    def __str__(self) -> str:
        return f"{self.name} ({self.precision}, {self.dimension} dimensions, {self.digest[:19]})"


class Encoder(Protocol):
    """Encodes passages and queries.

    `max_tokens` is the limit of a passage, special tokens included and without the passage prefix. A longer text is not
    cut off: it is encoded in windows, and their vectors are averaged.
    """

    identity: EncoderIdentity
    max_tokens: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        ...

    def encode(self, texts: Sequence[str], *, advance: Advance | None = None) -> Vectors:
        """Vectors of passages, float32 [len(texts), dimension], rows of length 1."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """The vector of a query, float32 [dimension], length 1."""
        ...
