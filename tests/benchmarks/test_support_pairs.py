"""The pairs that code makes of the sentences of passages."""

from __future__ import annotations

import json
import random
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.training import write_sources

PASSAGE = (
    "The Mira lock was built by Ito in 1923 (see Figure 2). "
    "In the first winter, the lock was repaired from the eastern gate to the western wall. "
    "Its pumps are larger than those of the Orin lock, which were made by Kem. "
    "The gates have 48 bolts because the river rises in May."
)
OTHER = "The bread of the region is baked with rye flour. The ovens need more wood than those of the coast."


def read_pairs(data: Path) -> Any:
    """The pairs of every source below `data`."""
    return import_module("training_sources").read_sources(import_module("support_pairs").SOURCES, data, 0)


def test_every_label_is_made() -> None:
    pairs = import_module("support_pairs")
    made = [one for seed in range(20) for one in pairs.made_pairs([PASSAGE, OTHER], random.Random(seed))]
    assert {one.label for one in made} == {0, 1, 2, pairs.UNSUPPORTED}
    assert any("1923" in one.source and "1923" not in one.claim and "48" in one.claim for one in made if one.label == 1)
    assert all(one.source for one in made)
    assert any("not built by Ito" in one.source for one in made if one.label == 0), "a changed source supports its own"


def test_a_change_that_the_rewriting_leaves_out_makes_no_pair() -> None:
    pairs = import_module("support_pairs")
    bracketed = "The lock (see Table 7) is old and wide today. The river has 12 gates in all and is slow."
    made = [one for seed in range(50) for one in pairs.made_pairs([bracketed, OTHER], random.Random(seed))]
    false = [one for one in made if one.label == 1 and "lock" in one.claim]
    assert false
    assert all("is not old" in one.source + one.claim for one in false), "the number of the table is left out"


def test_rows_of_sets_keep_their_labels(tmp_path: Path) -> None:
    pairs = import_module("support_pairs")
    write_sources(tmp_path, pairs.SOURCES)
    labels = {"support": 0, "contradict": 1, "neutral": 2}
    rows = [{"premise": f"Line of {label}.", "claim": "A claim.", "label": label} for label in labels]
    rows.append({"premise": "Chat.", "claim": "A claim.", "label": "neutral", "note": "unsupported"})
    (tmp_path / "judge" / "A_begin.en.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = read_pairs(tmp_path)["judge/A_begin.en.jsonl"]
    assert [one.label for one in found] == [0, 1, 2, pairs.UNSUPPORTED]


def test_marked_sentences_of_scifact_are_the_source_of_its_claims(tmp_path: Path) -> None:
    pairs = import_module("support_pairs")
    write_sources(tmp_path, pairs.SOURCES)
    abstract = "Iron rises in the blood of mice. Zinc falls in the blood of rats."
    (tmp_path / "scifact" / "corpus.jsonl").write_text(json.dumps({"_id": "1", "text": abstract}))
    marks = [{"doc_id": "1", "label": label, "sentences": [1]} for label in ("SUPPORT", "CONTRADICT")]
    claim = {"text": "Zinc falls in rats.", "evidence": marks}
    (tmp_path / "scifact" / "queries.jsonl").write_text(json.dumps(claim))
    found = read_pairs(tmp_path)["scifact/corpus.jsonl"]
    assert [(one.source, one.label) for one in found if one.claim == claim["text"]] == [
        ("Zinc falls in the blood of rats.", 0),
        ("Zinc falls in the blood of rats.", 1),
    ]


def test_neither_source_nor_claim_of_what_is_held_out_is_trained_on() -> None:
    pairs = import_module("support_pairs")
    every = [
        pairs.SupportPair(f"Source {n}.", "A claim of many." if n % 10 == 0 else f"Claim {n}.", 0, f"Passage {n}.")
        for n in range(200)
    ]
    trained, held_out = pairs.divided_pairs(every)
    assert len(held_out) == 4
    assert len(trained) == 180, "those with the claim of one that is held out are left out"
    assert not {one.claim for one in trained} & {one.claim for one in held_out}


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
