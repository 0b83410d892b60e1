"""Starts streamed replies; says how long they may run on once the server is being stopped."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")

GRACE = 10
"""Seconds that an open stream has to end once the server is being stopped."""


async def primed(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """`source` after its first piece was made, so that an earlier error can still set the HTTP status."""
    first = await anext(source)

    async def pieces() -> AsyncGenerator[T, None]:
        try:
            yield first
            async for piece in source:
                yield piece
        finally:
            await source.aclose()

    return pieces()
