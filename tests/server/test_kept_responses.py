"""Conversations that are kept for a while."""

from __future__ import annotations

import pytest

from ragft.errors import UsageError
from ragft.server.kept_responses import KeptResponses


def test_the_oldest_is_forgotten_first() -> None:
    kept = KeptResponses(most=2)
    for name in ("a", "b", "c"):
        kept.keep(name, [("user", name)])
    assert kept.before("c") == [("user", "c")]
    assert kept.before(None) == ()
    with pytest.raises(UsageError, match="'a' is not kept"):
        kept.before("a")


def test_no_more_than_so_many_characters_are_kept() -> None:
    kept = KeptResponses(characters=100)
    for number in range(50):
        kept.keep(str(number), [("user", "x" * 30), ("assistant", "y" * 10)])
    assert [name for name in map(str, range(50)) if _is_kept(kept, name)] == ["48", "49"]
    kept.keep("large", [("user", "x" * 101)])
    assert not _is_kept(kept, "large")


def _is_kept(kept: KeptResponses, name: str) -> bool:
    try:
        return bool(kept.before(name))
    except UsageError:
        return False
