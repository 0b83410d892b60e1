"""Pairs of a better and a worse answer: on disk, divided, imported, exported."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.dataset.base import Row
from ragft.dataset.inspect import stats, validate
from ragft.dataset.preference import (
    Preference,
    distinct_preferences,
    divided,
    grouped,
    preference_from_dict,
    preference_to_dict,
)
from ragft.dataset.row_formats import export_dataset, holds_preferences, import_preferences
from ragft.dataset.store import (
    PREFERENCES,
    is_whole,
    read_card,
    read_preferences,
    save_dataset,
    write_preferences,
)
from ragft.errors import DatasetError
from ragft.workspace import Workspace

ASKED = {"role": "user", "content": "How deep is the lock?"}
GOOD = {"role": "assistant", "content": "It is nine metres deep [1]."}
BAD = {"role": "assistant", "content": "Very deep."}
PAIR = Preference((ASKED,), (GOOD,), (BAD,), faults=("no_citation",), chosen_score=1.0, document_ids=("lock",))
words = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1)
said = words.map(lambda text: ({"role": "assistant", "content": text},))


def lines(path: Path, *values: Any) -> Path:
    path.write_text("".join(f"{json.dumps(value)}\n" for value in values), encoding="utf-8")
    return path


@given(
    st.builds(
        Preference, words.map(lambda text: ({"role": "user", "content": text},)), said, said, st.just("grounded"),
        words, st.lists(words).map(tuple), st.lists(words).map(tuple), st.floats(-9, 9), st.floats(-9, 9),
        st.lists(words).map(tuple),
    )
)  # fmt: skip
def test_a_pair_survives_the_way_to_json_and_back(pair: Preference) -> None:
    assert preference_from_dict(json.loads(json.dumps(preference_to_dict(pair)))) == pair


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"chosen": []}, "has no chosen"),
        ({"rejected": [ASKED]}, "has a rejected that is not the assistant's"),
        ({"rejected": [BAD, ASKED]}, "has a rejected of 2 messages"),
        ({"faults": "none"}, "has a faults that is not a list of strings"),
        ({"chosen_score": "high"}, "has a chosen_score that is not a number"),
        ({"rejected_score": float("nan")}, "has a rejected_score that is not a number"),
    ],
)
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    file = lines(tmp_path / PREFERENCES, preference_to_dict(PAIR), preference_to_dict(PAIR) | change)
    with pytest.raises(DatasetError, match=f"line 2, {problem}"):
        read_preferences(file)


def test_a_pair_is_written_once_and_with_an_id(tmp_path: Path) -> None:
    write_preferences(tmp_path / PREFERENCES, [PAIR, replace(PAIR, faults=()), replace(PAIR, rejected=(ASKED | BAD,))])
    (pair,) = read_preferences(tmp_path / PREFERENCES)
    assert pair == replace(PAIR, id=pair.id)
    assert len(pair.id) == 16


def test_a_set_without_pairs_has_none(tmp_path: Path) -> None:
    assert read_preferences(tmp_path / PREFERENCES) == []


def test_a_pair_of_a_held_out_document_is_held_out() -> None:
    other = replace(PAIR, document_ids=("canal",))
    row = Row((ASKED,), (GOOD,), "grounded", document_ids=("lock",))
    assert divided([PAIR, other], [row]) == ([other], [PAIR])


def test_pairs_of_one_prompt_get_one_group_unless_they_have_documents() -> None:
    bare = replace(PAIR, document_ids=())
    first, second, third, kept = grouped(
        [bare, replace(bare, rejected=(GOOD,)), replace(bare, prompt=({**ASKED, "content": "Why?"},)), PAIR]
    )
    assert first.groups == second.groups != third.groups
    assert kept == PAIR


def test_the_card_covers_the_pairs(tmp_path: Path) -> None:
    folder = save_dataset(Workspace(tmp_path), "mine", [PAIR.as_row(PAIR.chosen)], [], [PAIR])
    card = read_card(folder)
    assert card is not None
    assert is_whole(folder, card)
    (folder / PREFERENCES).write_text("", encoding="utf-8")
    assert not is_whole(folder, card)


def test_pairs_that_contradict_themselves_or_ask_the_benchmark_are_problems(tmp_path: Path) -> None:
    pairs = [replace(PAIR, rejected=PAIR.chosen), replace(PAIR, rejected_score=2.0), PAIR]
    folder = save_dataset(Workspace(tmp_path), "mine", [Row(({**ASKED, "content": "Why?"},), (GOOD,), "grounded")], [])
    write_preferences(folder / PREFERENCES, pairs)
    found = [str(problem) for problem in validate(folder)]
    assert found == [
        "preferences.jsonl, line 1: has the same text as chosen and as rejected answer",
        "preferences.jsonl, line 2: scores its rejected answer higher (2) than the chosen one (1)",
    ]
    assert any("judged by" in str(problem) for problem in validate(folder, ["How deep is the lock?"]))


def test_pairs_and_their_faults_are_counted(tmp_path: Path) -> None:
    other = replace(PAIR, document_ids=("canal",), rejected=(GOOD | {"content": "Deep [2]."},))
    rows = [pair.as_row(pair.chosen) for pair in (other, PAIR)]
    folder = save_dataset(Workspace(tmp_path), "mine", rows[:1], rows[1:], [PAIR, other])
    counted = stats(folder)
    assert counted.preferences == (1, 1)
    assert counted.faults == {"no_citation": 2}


FORMS: dict[str, dict[str, Any]] = {
    "TRL, messages": {"prompt": [ASKED], "chosen": [GOOD], "rejected": [BAD]},
    "TRL, texts": {"prompt": ASKED["content"], "chosen": GOOD["content"], "rejected": BAD["content"]},
    "TRL, conversations": {"chosen": [ASKED, GOOD], "rejected": [ASKED, BAD]},
    "UltraFeedback": {
        "prompt": ASKED["content"], "chosen": [ASKED, GOOD], "rejected": [ASKED, BAD], "score_chosen": 8,
        "score_rejected": 3,
    },
    "OpenAI": {"input": {"messages": [ASKED]}, "preferred_output": [GOOD], "non_preferred_output": [BAD]},
    "LLaMA-Factory": {
        "conversations": [{"from": "human", "value": ASKED["content"]}],
        "chosen": {"from": "gpt", "value": GOOD["content"]},
        "rejected": {"from": "gpt", "value": BAD["content"]},
    },
    "with a context": {"question": "How deep is", "context": "the lock?", "chosen": GOOD["content"],
        "rejected": BAD["content"]},
    "Alpaca": {"instruction": "How deep is", "input": "the lock?", "chosen": GOOD["content"], "rejected": "Very deep."},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_pair(form: str, tmp_path: Path) -> None:
    file = lines(tmp_path / "pairs.jsonl", FORMS[form])
    assert holds_preferences(file)
    (pair,), problems = import_preferences(file)
    assert problems == []
    asked = {**ASKED, "content": pair.prompt[0]["content"].replace("\n", " ")}
    assert ((asked,), pair.chosen, pair.rejected) == ((ASKED,), (GOOD,), (BAD,))
    assert pair.chosen_score == (8 if form == "UltraFeedback" else 0)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "OpenAI"])
def test_the_system_text_beside_a_pair_is_kept(form: str, tmp_path: Path) -> None:
    value = FORMS[form] | {"system": "You keep locks."}
    (pair,), problems = import_preferences(lines(tmp_path / "pairs.jsonl", value))
    assert problems == []
    assert [turn["role"] for turn in pair.prompt] == ["system", "user"]
    assert pair.prompt[0]["content"] == "You keep locks."


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"chosen": "a", "rejected": "b"}, "but no prompt"),
        ({"prompt": "q", "chosen": "a"}, "has no rejected"),
        ({"question": "q", "answer": "a"}, "is not a pair of answers"),
        ({"chosen": [ASKED, GOOD], "rejected": [{**ASKED, "content": "Why?"}, BAD]}, "differ before their last answer"),
        ({"prompt": "q", "chosen": "a", "rejected": "a"}, "the same text"),
    ],
)
def test_a_foreign_pair_that_is_none_is_named(value: dict[str, Any], problem: str, tmp_path: Path) -> None:
    (pair,), (found,) = import_preferences(lines(tmp_path / "pairs.jsonl", FORMS["TRL, texts"], value))
    assert pair.prompt == (ASKED,)
    assert found.line == 2
    assert problem in found.problem


def test_what_is_exported_is_read_again(tmp_path: Path) -> None:
    (pair,) = distinct_preferences([PAIR])
    other = replace(PAIR, document_ids=("canal",))
    rows = [each.as_row(each.chosen) for each in (other, pair)]
    folder = save_dataset(Workspace(tmp_path), "mine", rows[:1], rows[1:], [replace(other, rejected=(GOOD,)), pair])
    files = {path.name: path for path in export_dataset(folder, tmp_path / "out", "trl")}
    assert list(files) == ["train.jsonl", "test.jsonl", "preferences_train.jsonl", "preferences_test.jsonl"]
    (again,), problems = import_preferences(files["preferences_test.jsonl"])
    assert problems == []
    assert (again.prompt, again.chosen, again.rejected) == (pair.prompt, pair.chosen, pair.rejected)


@given(st.lists(st.dictionaries(st.sampled_from(["prompt", "chosen", "rejected", "input"]), st.recursive(
    st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["role", "content", "from", "value", "messages"]), inner | st.sampled_from(["user", "gpt"])),
    max_leaves=6)), min_size=1, max_size=4))  # fmt: skip
def test_every_entry_is_a_pair_or_a_named_problem(values: list[dict[str, Any]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        pairs, problems = import_preferences(lines(Path(folder) / "pairs.jsonl", *values))
    assert len(pairs) + len({problem.line for problem in problems}) == len(values)
