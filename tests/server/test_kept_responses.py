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
