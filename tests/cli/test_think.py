"""`--think` with a level, and alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ragft.cli.think import think_setting, with_value
from ragft.errors import UsageError


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["--think"], ["--think=on"]),
        (["--think", "What is LoRA?"], ["--think=on", "What is LoRA?"]),
        (["--think", "--json"], ["--think=on", "--json"]),
        (["--think", "high", "What?"], ["--think", "high", "What?"]),
        (["--think=low", "What?"], ["--think=low", "What?"]),
        (["What?", "--", "--think"], ["What?", "--", "--think"]),
    ],
)
def test_a_flag_without_a_value_means_on(given: Sequence[str], expected: Sequence[str]) -> None:
    assert with_value(given) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(None, None), ("on", True), ("off", False), ("low", "low"), ("high", "high")]
)
def test_the_setting_of_a_level(value: str | None, expected: object) -> None:
    assert think_setting(value) == expected


def test_no_such_level() -> None:
    with pytest.raises(UsageError, match="--think hard"):
        think_setting("hard")
