"""OpenAI's own client, which takes seconds to import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from openai import OpenAI


@pytest.fixture
def client(url: str) -> Iterator[OpenAI]:
    from openai import OpenAI

    with OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as made:
        yield made
