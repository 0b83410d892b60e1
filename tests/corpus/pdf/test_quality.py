"""Text layers that are none."""

from __future__ import annotations

import pytest

from ragft.corpus.pdf.quality import is_garbage
from tests.corpus.pdfs import prose

TEXT = prose("birds", 7)


@pytest.mark.parametrize(
    "text",
    [
        "\ufffd\ufffd \ufffd" * 50,
        "\ue001\ue002 \ue003" * 50,
        "(cid:12)(cid:7) (cid:99)" * 20,
        TEXT.replace(" ", ""),
        "".join(chr(ord(c) + 3) if c.isalpha() else c for c in TEXT if c not in "xyz").translate(
            str.maketrans("aeiouy", "bcdfgh")
        ),
        "Ã©tude sur la mÃ©thode, prÃ©sentÃ©e Ã¼ber Ã¶l Ã¤hnlich " * 5,
        "!!!###$$$ %%%&&& ///((( " * 20,
    ],
)
def test_garbage(text: str) -> None:
    assert is_garbage(text)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "short",
        "知识就是力量而学习使人进步。" * 30,
        "Мы показываем, что поиск помогает генерации. " * 10,
        "المعرفة قوة والتعلم يجعل الناس يتقدمون " * 10,
        "0.71 0.93 12.5 40.1 3.3 0.02 " * 20,
        "https://example.org/a/very/long/address " * 12,
        "ATGCGTACGTTAGCCGGATCCGGCTTAACGTAGCCGGATCCGGCTTAACGTAGCCGGATCCGGCTT " * 8,
    ],
)
def test_good_text(text: str) -> None:
    assert not is_garbage(text)
