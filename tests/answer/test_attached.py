"""A text that comes with a question: read, cut up, searched; nothing of it is kept."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragft.answer.attached import attached_chunks, attached_evidence, read_attached
from ragft.corpus.words import words
from ragft.errors import InputError
from ragft.index.encoders.base import Advance, EncoderIdentity
from tests.answer.fakes import NF4, OPTIMISERS, QLORA

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

LIMIT = 100_000


class Words:
    """An encoder that knows nothing but words."""

    identity = EncoderIdentity("words", "", 512, "float32", 60)
    max_tokens = 60

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def encode(self, texts: Sequence[str], *, advance: Advance | None = None) -> Vectors:
        vectors = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words(text):
                vectors[row, zlib.crc32(word.encode()) % 512] += 1
        return vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True))

    def encode_query(self, text: str) -> Vectors:
        vector: Vectors = self.encode([text])[0]
        return vector


class Bench:
    """An encoder, and nothing else."""

    encoder = Words()

    def reads(self, text: str) -> bool:
        return True


def find(text: str, question: str, k: int = 2) -> list[str]:
    document = read_attached(text.encode(), limit=LIMIT)
    chunks = attached_chunks(document, Bench(), max_tokens=60, overlap=0)
    found = attached_evidence(chunks, question, Bench(), k=k)
    assert [item.key for item in found] == [str(number) for number in range(1, len(found) + 1)]
    assert {(item.hit.document_id, item.hit.title) for item in found} == {("stdin", "standard input")}
    return [item.hit.text for item in found]


TEXT = "\n\n".join([QLORA, NF4, OPTIMISERS, *(f"Paragraph {n} tells of tides and of nothing else." for n in range(40))])


def test_the_passages_closest_to_the_question_are_found() -> None:
    assert "Paged optimisers" in find(TEXT, "What do paged optimisers move to the CPU?")[0]


def test_a_question_that_points_at_the_text_gets_its_beginning() -> None:
    found = find(TEXT, "Summarise this")
    assert " ".join(TEXT.split()).startswith(" ".join(found[0].split()))
    assert "tides" not in found[0]


def test_a_short_text_is_there_as_a_whole() -> None:
    assert " ".join(find(NF4, "What did Napoleon eat?", k=8)).split() == NF4.split()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b" \n\n ", "no text"),
        (b"%PDF-1.7\n1 0 obj", "standard input is a PDF file"),
        (b"PK\x03\x04 word/document.xml", "standard input is a ZIP or DOCX file"),
        (b"\x00\xff\x00\xd8" * 999, "standard input is"),
        (b"a" * (LIMIT + 1), "more than"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_attached(data, limit=LIMIT)
    assert "\n" not in str(caught.value)
    assert caught.value.fix
