"""Which names mean one model."""

from __future__ import annotations

import pytest

from ragft.engine.model_names import full_name, same_model


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("smol", "smol:latest"),
        ("smol:latest", "smol:latest"),
        ("qwen2.5:7b", "qwen2.5:7b"),
        ("library/smol", "smol:latest"),
        ("registry.ollama.ai/library/smol:1b", "smol:1b"),
        ("https://registry.ollama.ai/library/smol", "smol:latest"),
        ("ada/smol", "ada/smol:latest"),
        ("hf.co/ada/smol-GGUF:Q4_K_M", "hf.co/ada/smol-GGUF:Q4_K_M"),
        ("box:5000/ada/smol", "box:5000/ada/smol:latest"),
    ],
)
def test_the_parts_that_go_without_saying(given: str, expected: str) -> None:
    assert full_name(given) == expected
    assert full_name(expected) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("smol", "smol:latest", True),
        ("Smol:Latest", "smol", True),
        ("library/smol", "smol:latest", True),
        ("smol:1b", "smol", False),
        ("ada/smol", "smol", False),
        ("smol", "smol2", False),
    ],
)
def test_two_names_of_one_model(one: str, other: str, same: bool) -> None:
    assert same_model(one, other) is same
    assert same_model(other, one) is same
