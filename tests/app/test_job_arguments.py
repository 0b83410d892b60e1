"""Wrong arguments of a job are errors before it starts."""

from __future__ import annotations

from typing import Any

import pytest

from ragft.app.job_arguments import ARGUMENTS, check_arguments
from ragft.app.jobs import LANES
from ragft.errors import UsageError


def test_every_kind_of_job_has_its_arguments() -> None:
    assert set(ARGUMENTS) == set(LANES)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("ingest", {"paths": ["a.pdf"], "prune": True}),
        ("reread", {"document": "d"}),
        ("generate", {}),
        ("generate", {"name": None}),
        ("train", {"dataset": "d", "base": None, "run": "r"}),
    ],
)
def test_right_arguments_are_taken(kind: str, given: dict[str, Any]) -> None:
    check_arguments(kind, given)


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("ingest", {"pth": 1}, "a job 'ingest' has no argument 'pth'"),
        ("ingest", {}, "the arguments of a job 'ingest': paths: Field required"),
        ("ingest", {"paths": "a.pdf"}, "the arguments of a job 'ingest': paths: Input should be a valid list"),
        ("ingest", {"paths": None}, "the arguments of a job 'ingest': paths: Field required"),
        ("reread", {"document": 5}, "the arguments of a job 'reread': document: Input should be a valid string"),
    ],
)
def test_wrong_arguments_are_named_with_the_right_ones(kind: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_arguments(kind, given)
    assert raised.value.message == message
    assert raised.value.fix.startswith("it takes ")
