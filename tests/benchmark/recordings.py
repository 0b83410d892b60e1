"""Answers and evidence as a benchmark records them, for tests of scores."""

from __future__ import annotations

from typing import Any

from ragft.answer.base import Answer, Evidence
from ragft.benchmark.base import Recorded, RequestCost
from ragft.index.base import Hit


def recorded(*, cost: RequestCost | None = None, seconds: float = 0.0, **values: Any) -> Recorded:
    answer = Answer(**{"question": "?", "answer": "An answer.", **values})
    return Recorded("", "base", "q", answer, seconds, cost or RequestCost())


def passage(key: str, document: str, page: int = 1) -> Evidence:
    return Evidence(key, Hit(1, 1.0, f"c{key}", document, document, (page, page + 1), "", "text"))
