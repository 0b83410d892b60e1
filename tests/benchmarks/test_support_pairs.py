"""The pairs that code makes of the sentences of passages."""

from __future__ import annotations

import random
from importlib import import_module
from pathlib import Path

import pytest

from tests.benchmarks.training import write_sources

PASSAGE = (
    "The Mira lock was built by Ito in 1923 (see Figure 2). "
    "In the first winter, the lock was repaired from the eastern gate to the western wall. "
    "Its pumps are larger than those of the Orin lock, which were made by Kem. "
    "The gates have 48 bolts because the river rises in May."
)
OTHER = "The bread of the region is baked with rye flour. The ovens need more wood than those of the coast."


def test_every_label_is_made() -> None:
    pairs = import_module("support_pairs")
    made = [one for seed in range(20) for one in pairs.made_pairs([PASSAGE, OTHER], random.Random(seed))]
    assert {one.label for one in made} == {0, 1, 2, pairs.UNSUPPORTED}
    assert any("1923" in one.source and "1923" not in one.claim and "48" in one.claim for one in made if one.label == 1)
    assert any("not built by Ito" in one.source for one in made if one.label == 0), "a changed source supports its own"


def test_what_is_contradicted_differs_from_every_rewriting_of_its_source() -> None:
    pairs = import_module("support_pairs")
    for seed in range(50):
        for one in pairs.made_pairs([PASSAGE, OTHER], random.Random(seed)):
            if one.label == 1:
                assert one.claim.rstrip(".") not in one.source


def test_the_same_seed_makes_the_same_pairs() -> None:
    pairs = import_module("support_pairs")
    first, second = (list(pairs.made_pairs([PASSAGE, OTHER], random.Random(7))) for _ in range(2))
    assert first
    assert first == second


@pytest.mark.parametrize("seed", range(10))
def test_a_rewriting_keeps_numbers_and_names(seed: int) -> None:
    rewritten = import_module("support_pairs").rewritten("We find that Mira needs 48 bolts.", random.Random(seed))
    assert "Mira" in rewritten
    assert "48 bolts" in rewritten
    assert "We " not in rewritten


def test_missing_sources_are_named(tmp_path: Path) -> None:
    pairs = import_module("support_pairs")
    write_sources(tmp_path, pairs.SOURCES)
    assert not any(pairs.pairs_of(tmp_path, 0).values())
    (tmp_path / "judge" / "A_fm2.en.jsonl").unlink()
    with pytest.raises(SystemExit, match=r"lacks judge/A_fm2\.en\.jsonl;"):
        pairs.pairs_of(tmp_path, 0)
