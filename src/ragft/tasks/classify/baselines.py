"""Classifiers without a language model: word frequencies, an encoder, the nearest examples.

All are fitted when they are first asked, from the training documents alone, and always alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ragft.corpus.text import tokens_for_matching
from ragft.tasks.classify.base import LabelledDocument
from ragft.workspace import digest_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ragft.index.encoders.base import Encoder
    from ragft.tasks.classify.base import LogProbs

PENALTY = 10.0
"""C of the logistic regressions: scikit-learn's 1 is too cautious for few documents of many classes."""
SHARPNESS = 20.0
"""A similarity times this counts as a log-probability: 0.1 closer, seven times as likely. Calibration changes it."""


@dataclass(frozen=True)
class Examples:
    """Training documents and an encoder, opened when first needed; what is encoded once is kept."""

    documents: tuple[LabelledDocument, ...]
    open_encoder: Callable[[], Encoder]

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder, which is opened when first needed."""
        return self.open_encoder()

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Of the documents, shape [documents, dimension], rows of length 1."""
        return self.encoder.encode([document.text for document in self.documents])

    @cached_property
    def digest(self) -> str:
        """Of the documents in their order, with their labels."""
        return digest_json([[document.id, document.label] for document in self.documents])

    def similarities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Cosine of each text to each document, shape [texts, documents]."""
        vectors: NDArray[np.float32] = self.encoder.encode(list(texts)) @ self.vectors.T
        return vectors

    def nearest(self, text: str, count: int) -> list[LabelledDocument]:
        """The `count` most similar documents, the nearest last, at most half of them (rounded up) of one class."""
        import numpy as np

        order = np.argsort(-self.similarities([text])[0], kind="stable")
        chosen: list[LabelledDocument] = []
        for document in (self.documents[int(place)] for place in order):
            same = sum(one.label == document.label for one in chosen)
            if len(chosen) < count and same < -(-count // 2):
                chosen.append(document)
        return chosen[::-1]


@dataclass(frozen=True)
class WordFrequencies:
    """TF-IDF of words and pairs of words, and a logistic regression."""

    documents: tuple[LabelledDocument, ...]
    labels: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """Of what it is fitted on."""
        return digest_json(["tf-idf", PENALTY, self.labels, Examples(self.documents, _no_encoder).digest])

    @cached_property
    def _fitted(self) -> tuple[Any, Any]:
        from sklearn.feature_extraction.text import TfidfVectorizer

        words = TfidfVectorizer(
            tokenizer=tokens_for_matching, token_pattern=None, lowercase=False, ngram_range=(1, 2), sublinear_tf=True
        )
        features = words.fit_transform([document.text for document in self.documents])
        return words, _regression(features, self.documents)

    def log_probs(self, texts: Sequence[str]) -> LogProbs:
        """The log-probability of each class for each text; see `Classifier`."""
        words, regression = self._fitted
        return _in_order(regression, words.transform(list(texts)), self.labels)


@dataclass(frozen=True)
class FrozenEncoder:
    """The vectors of an encoder that is not trained, and a logistic regression."""

    examples: Examples
    labels: tuple[str, ...]
    identity: str

    @cached_property
    def digest(self) -> str:
        """Of what it is fitted on, and the encoder."""
        return digest_json(["encoder", PENALTY, self.identity, self.labels, self.examples.digest])

    @cached_property
    def _fitted(self) -> Any:
        return _regression(self.examples.vectors, self.examples.documents)

    def log_probs(self, texts: Sequence[str]) -> LogProbs:
        """The log-probability of each class for each text; see `Classifier`."""
        return _in_order(self._fitted, self.examples.encoder.encode(list(texts)), self.labels)


@dataclass(frozen=True)
class NearestExamples:
    """Each class is as likely as its examples are near; nothing is fitted, so two examples of a class are enough."""

    examples: Examples
    labels: tuple[str, ...]
    identity: str

    @cached_property
    def digest(self) -> str:
        """Of the examples and the encoder."""
        return digest_json(["nearest", SHARPNESS, self.identity, self.labels, self.examples.digest])

    def log_probs(self, texts: Sequence[str]) -> LogProbs:
        """The log-probability of each class for each text; see `Classifier`."""
        import numpy as np

        scores = SHARPNESS * self.examples.similarities(texts).astype(np.float64)
        own = np.array([document.label for document in self.examples.documents])
        by_label = [np.logaddexp.reduce(scores[:, own == label], axis=1) for label in self.labels]
        found = np.stack(by_label, axis=1)
        normed: LogProbs = found - np.logaddexp.reduce(found, axis=1, keepdims=True)
        return normed


def _regression(features: Any, documents: Sequence[LabelledDocument]) -> Any:
    from sklearn.linear_model import LogisticRegression

    regression = LogisticRegression(C=PENALTY, max_iter=1000)
    return regression.fit(features, [document.label for document in documents])


def _in_order(regression: Any, features: Any, labels: Sequence[str]) -> LogProbs:
    """What the regression says, a column for each of `labels`; one that it never saw has the least probability."""
    import numpy as np

    found = regression.predict_log_proba(features)
    columns = {str(label): place for place, label in enumerate(regression.classes_)}
    ordered = [found[:, columns[one]] if one in columns else np.full(len(found), found.min()) for one in labels]
    return np.maximum(np.stack(ordered, axis=1).astype(np.float64), -100.0)


def _no_encoder() -> Encoder:
    raise NotImplementedError
