"""Centred vectors: unrelated texts then have a cosine near that of all-MiniLM.

Many encoders put all texts into a narrow cone: two unrelated sentences have a cosine of 0.8 with multilingual-e5-small,
and of 0.1 with all-MiniLM. That hardly affects the order of a search, but it affects all thresholds on cosines: the
gate, the check of answers, papers near a subject. The axis of the cone is the mean vector of sentences on many subjects
in many languages. It is subtracted from every vector.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ragft.errors import RagftError
from ragft.index.encoders.base import Advance, Encoder
from ragft.workspace import atomic_writer, cache_directory

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

NARROW = 0.65
"""Length of the mean vector above which it is subtracted: 0.50 with all-MiniLM, 0.90 with multilingual-e5-small."""
SENTENCES = tuple(
    """The bridge was closed for repairs last week.
She sold the farm and moved to the city.
The committee rejected the budget by two votes.
We measured the temperature every ten minutes.
Add the flour slowly and stir until smooth.
The patient was given half of the usual dose.
A new species of frog was found near the river.
He plays the violin in a small orchestra.
The contract ends on the last day of the month.
Stars of this kind burn for millions of years.
The train leaves from platform four.
Our method needs fewer training examples.
Prices rose faster than wages.
The painting hangs in the museum's north wing.
Children under six travel free of charge.
The algorithm sorts the list in linear time.
Der Zug hatte wegen des Schnees Verspätung.
Das Museum ist montags geschlossen.
Die Ernte fiel in diesem Jahr besser aus.
Wir haben drei Verfahren miteinander verglichen.
Le pont a été fermé pour travaux.
Les prix ont augmenté plus vite que les salaires.
Nous avons comparé trois méthodes.
Elle joue du violon dans un petit orchestre.
El tren sale del andén cuatro.
La cosecha fue mejor este año.
Comparamos tres métodos distintos.
El museo cierra los lunes.
Il ponte è stato chiuso per lavori.
Abbiamo misurato la temperatura ogni dieci minuti.
O comboio parte da plataforma quatro.
Os preços subiram mais depressa do que os salários.
De trein had vertraging door de sneeuw.
We hebben drie methoden vergeleken.
Pociąg odjeżdża z peronu czwartego.
Porównaliśmy trzy metody.
Мост закрыли на ремонт.
Мы сравнили три метода.
Цены росли быстрее зарплат.
Tren dördüncü perondan kalkıyor.
Üç yöntemi karşılaştırdık.
القطار يغادر من الرصيف الرابع.
قارنّا بين ثلاث طرق.
पुल मरम्मत के लिए बंद था।
हमने तीन विधियों की तुलना की।
桥上周因维修而关闭。
我们比较了三种方法。
价格上涨得比工资快。
博物馆星期一不开门。
電車は四番線から出発します。
三つの方法を比較した。
今年の収穫は例年より良かった。
기차는 4번 승강장에서 출발한다.
우리는 세 가지 방법을 비교했다.
박물관은 월요일에 문을 닫는다.
Cầu bị đóng để sửa chữa.
Chúng tôi so sánh ba phương pháp.""".split("\n")
)


class CentredEncoder:
    """`encoder` with the mean of passages or of queries subtracted from its vectors, scaled to length 1."""

    def __init__(self, encoder: Encoder, passages: Vectors, queries: Vectors) -> None:
        self.identity = replace(encoder.identity, centred=True)
        self.max_tokens = encoder.max_tokens
        self._encoder = encoder
        self._passages, self._queries = passages, queries

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        return self._encoder.count_tokens(texts)

    def encode(self, texts: Sequence[str], *, advance: Advance | None = None) -> Vectors:
        """Vectors of passages, float32 [len(texts), dimension], rows of length 1; what cannot be encoded stays zero."""
        return _moved(self._encoder.encode(texts, advance=advance), self._passages)

    def encode_query(self, text: str) -> Vectors:
        """The vector of a query, float32 [dimension], length 1."""
        vector: Vectors = _moved(self._encoder.encode_query(text)[None, :], self._queries)[0]
        return vector


def centred(encoder: Encoder) -> Encoder:
    """`encoder` with centred vectors if its cone is narrow; else `encoder` itself.

    The mean is measured once for each machine and model.
    """
    passages, queries = _kept_means(encoder)
    narrow = float((passages @ passages) ** 0.5) >= NARROW
    return CentredEncoder(encoder, passages, queries) if narrow else encoder


def _moved(vectors: Vectors, mean: Vectors) -> Vectors:
    import numpy as np

    moved = np.where(vectors.any(axis=1, keepdims=True), vectors - mean, 0.0).astype(np.float32)
    moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-12)
    return moved


def _kept_means(encoder: Encoder) -> Any:
    """float32 [2, dimension]: the mean vectors of passages and of queries, from the cache if they are there."""
    import numpy as np

    described = f"{encoder.identity.to_json()}\n" + "\n".join(SENTENCES)
    file = cache_directory() / "encoders" / f"mean-{hashlib.sha256(described.encode()).hexdigest()[:16]}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        means = np.load(file, allow_pickle=False)
        if means.shape == (2, encoder.identity.dimension):
            return means
    queries = np.stack([encoder.encode_query(text) for text in SENTENCES])
    means = np.stack([encoder.encode(SENTENCES).mean(axis=0), queries.mean(axis=0)]).astype(np.float32)
    with contextlib.suppress(RagftError), atomic_writer(file, "wb") as handle:  # measured again next time
        np.save(handle, means, allow_pickle=False)
    return means
