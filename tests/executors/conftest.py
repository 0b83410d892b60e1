"""A Ray that is started here, once for the tests of a file; they are skipped where Ray is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ragft.executors.ray import RayExecutor


@pytest.fixture(scope="module")
def executor() -> Iterator[RayExecutor]:
    pytest.importorskip("ray", reason="ragft[ray] is not installed")
    from ragft.executors.ray import RayExecutor

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RAY_ADDRESS", raising=False)
        with closing(RayExecutor()) as opened:
            yield opened
