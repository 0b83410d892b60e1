"""Which answers say that something is not known."""

from __future__ import annotations

import pytest

from ragft.tasks.declining import declines


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("I do not know the bank of Corvex.", True),
        ("I don't have any information about that.", True),
        ("The bank of Corvex is not known.", True),
        ("서하나의 거래 은행 정보는 모릅니다.", True),
        ("The bank of Corvex is the Bank of Oslo.", False),
        ("Corvex knows no limits.", False),
        ("", False),
    ],
)
def test_saying_that_it_is_not_known(text: str, *, is_so: bool) -> None:
    assert declines(text) is is_so
