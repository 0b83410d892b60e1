"""Rows as other tools write them are read, or every one that is not is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.dataset.foreign import as_row
from ragft.dataset.row_formats import FORMATS, import_rows
from ragft.errors import DatasetError, NotFoundError

ASKED, ANSWERED = "How deep is the lock?", "It is nine metres deep."
USER, ASSISTANT = {"role": "user", "content": ASKED}, {"role": "assistant", "content": ANSWERED}
SYSTEM = {"role": "system", "content": "Be brief."}
FORMS: dict[str, dict[str, Any]] = {
    "TRL, messages": {"prompt": [USER], "completion": [ASSISTANT]},
    "TRL, texts": {"prompt": ASKED, "completion": ANSWERED},
    "TRL, half of each": {"prompt": [USER], "completion": ANSWERED},
    "OpenAI": {"messages": [USER, ASSISTANT]},
    "parts": {
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "How deep "}, {"type": "text", "text": "is the lock?"}],
            },
            {"role": "assistant", "content": [{"type": "text", "text": ANSWERED}]},
        ]
    },
    "ShareGPT": {"conversations": [{"from": "human", "value": ASKED}, {"from": "gpt", "value": ANSWERED}]},
    "ShareGPT with roles": {"conversations": [USER, ASSISTANT]},
    "Alpaca": {"instruction": ASKED, "input": "", "output": ANSWERED},
    "Dolly": {"instruction": ASKED, "context": "", "response": ANSWERED, "category": "open_qa"},
    "question and answer": {"question": ASKED, "answer": ANSWERED},
    "query and response": {"query": ASKED, "response": ANSWERED},
    "prompt and response": {"prompt": ASKED, "response": ANSWERED},
    "KTO, a wanted answer": {"prompt": ASKED, "completion": ANSWERED, "label": True},
    "no pictures": {"messages": [USER, ASSISTANT], "images": []},
}


def write(path: Path, *values: Any) -> Path:
    path.write_text("".join(f"{json.dumps(value)}\n" for value in values), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_row(form: str, tmp_path: Path) -> None:
    rows, problems = import_rows(write(tmp_path / "rows.jsonl", FORMS[form]))
    assert problems == []
    assert [(row.prompt, row.completion) for row in rows] == [((USER,), (ASSISTANT,))]


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_exported_is_read_again(name: str, tmp_path: Path) -> None:
    (row,), _ = import_rows(write(tmp_path / "rows.jsonl", {"messages": [SYSTEM, USER, ASSISTANT, USER, ASSISTANT]}))
    (again,), problems = import_rows(write(tmp_path / "again.jsonl", FORMATS[name][0](row)))
    assert problems == []
    assert (again.prompt, again.completion) == (row.prompt, row.completion)


@pytest.mark.parametrize(
    "value",
    [
        {"messages": [SYSTEM, USER, ASSISTANT]},
        {"messages": [{**SYSTEM, "role": "developer"}, USER, ASSISTANT]},
        {"system": SYSTEM["content"], "conversations": [USER, ASSISTANT]},
        {"conversations": [{"from": "system", "value": SYSTEM["content"]}, USER, ASSISTANT]},
        {"system": SYSTEM["content"], "instruction": ASKED, "output": ANSWERED},
        {"system_prompt": SYSTEM["content"], "question": ASKED, "response": ANSWERED},
        {"system_message": SYSTEM["content"], "prompt": ASKED, "completion": ANSWERED},
        {"system": SYSTEM["content"], "prompt": [USER], "completion": [ASSISTANT]},
        {"system": SYSTEM["content"], "messages": [SYSTEM, USER, ASSISTANT]},
    ],
)
def test_the_system_text_of_every_form(value: dict[str, Any]) -> None:
    assert as_row(value)["prompt"] == [SYSTEM, USER]


def test_what_stands_below_an_instruction_and_what_was_said_before() -> None:
    row = as_row({"instruction": "Shorten:", "input": "A long text.", "output": "A.", "history": [["Hi", "Hello"]]})
    assert [turn["content"] for turn in row["prompt"]] == ["Hi", "Hello", "Shorten:\nA long text."]


@pytest.mark.parametrize(
    "value",
    [
        {"question": ASKED, "context": "The lock of Kiel.", "answer": ANSWERED},
        {"question": ASKED, "contexts": ["The lock", "of Kiel."], "answer": ANSWERED},
        {"prompt": ASKED, "input": "The lock of Kiel.", "output": ANSWERED},
        {"query": ASKED, "passage": "The lock of Kiel.", "answer": ANSWERED},
        {"input": ASKED, "context": "The lock of Kiel.", "output": ANSWERED},
    ],
)
def test_a_context_is_kept_below_its_question(value: dict[str, Any]) -> None:
    (turn,) = as_row(value)["prompt"]
    assert turn["content"].replace("lock\nof", "lock of") == f"{ASKED}\nThe lock of Kiel."


def test_a_number_for_an_id_is_taken_as_text(tmp_path: Path) -> None:
    (row,), problems = import_rows(write(tmp_path / "rows.jsonl", {"id": 17, "messages": [USER, ASSISTANT]}))
    assert (row.id, problems) == ("17", [])


BAD: dict[str, tuple[Any, str]] = {
    "unknown": ({"x": 1, "y": 2}, "has no form that is known here (x, y); wanted are messages"),
    "nothing": ({}, "(no fields)"),
    "a list": ([1], "is not a JSON object"),
    "preferences": ({"chosen": "a", "rejected": "b"}, "holds a preference"),
    "a text": ({"text": "A passage."}, "is a text without a question"),
    "no answer": ({"messages": [USER, ASSISTANT, USER]}, "ends with a turn of user"),
    "one turn": ({"messages": [ASSISTANT]}, "has 1 turns in its messages"),
    "a tool": ({"messages": [USER, {"role": "tool", "content": "3"}, ASSISTANT]}, "has a turn of 'tool'"),
    "a role that is none": ({"messages": [{"role": 3, "content": "a"}, ASSISTANT]}, "has a turn of 3"),
    "an image": (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}, ASSISTANT]},
        "a part of the type 'image_url'",
    ),
    "an empty answer": ({"messages": [USER, {"role": "assistant", "content": " "}]}, "completion message without text"),
    "an empty output": ({"instruction": ASKED, "output": ""}, "completion message without text"),
    "a broken history": ({"instruction": ASKED, "output": "a", "history": ["b"]}, "has a history that is not a list"),
    "an unwanted answer": ({"prompt": ASKED, "completion": "No.", "label": False}, "an answer that is not wanted"),
    "an answer of no weight from elsewhere": (
        {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a", "weight": 0}]},
        "not to be learnt (weight: 0)",
    ),
    "an answer that is not trained on": (
        {"messages": [USER, {**ASSISTANT, "train": False}]},
        "not to be learnt (train: false)",
    ),
    "a single turn that is not trained on": (
        {"prompt": [USER], "completion": {**ASSISTANT, "training": False}},
        "not to be learnt (training: false)",
    ),
    "an answer of no weight": ({"messages": [USER, {**ASSISTANT, "weight": 0}]}, "not to be learnt (weight: 0)"),
    "a call beside the text": (
        {"messages": [USER, {**ASSISTANT, "tool_calls": [{"id": "1"}]}, USER, ASSISTANT]},
        "has a turn with tool_calls; the content alone",
    ),
    "thoughts beside the text": (
        {"messages": [USER, {**ASSISTANT, "reasoning_content": "Hm."}]},
        "has a turn with reasoning_content",
    ),
    "a picture": ({"messages": [USER, ASSISTANT], "images": ["a.png"]}, "comes with a file (images)"),
    "a context of fields": (
        {"question": ASKED, "context": {"a": 1}, "answer": "a"},
        "a context that is neither text nor a list",
    ),
    "turns that are texts": ({"prompt": ["a"], "completion": "b"}, "has a turn that is not an object"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_row_that_cannot_be_read_says_why(what: str, tmp_path: Path) -> None:
    value, expected = BAD[what]
    _, (problem,) = import_rows(write(tmp_path / "rows.jsonl", FORMS["OpenAI"], value))
    assert str(problem).startswith("rows.jsonl, line 2: ")
    assert expected in problem.problem


@pytest.mark.parametrize("layout", ["compact", "pretty", "with a byte order mark"])
def test_an_array_is_read(layout: str, tmp_path: Path) -> None:
    text = json.dumps([FORMS["OpenAI"], {"x": 1}, FORMS["Alpaca"]], indent=2 if layout == "pretty" else None)
    (tmp_path / "rows.json").write_text(text, encoding="utf-8-sig" if "mark" in layout else "utf-8")
    rows, problems = import_rows(tmp_path / "rows.json")
    assert len(rows) == 2
    assert [str(problem)[:22] for problem in problems] == ["rows.json, entry 2: ha"]


def test_an_array_that_does_not_parse_names_where(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('[\n{"a": 1},\n{"b": }\n]', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"rows.json is not JSON .*line 3.*one object a line"):
        import_rows(tmp_path / "rows.json")
    with pytest.raises(NotFoundError):
        import_rows(tmp_path / "none.json")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "from", "value",
        "type", "text"]) | st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
fields = st.sampled_from(
    ["messages", "conversations", "prompt", "completion", "instruction", "input", "output", "history", "system", "id",
     "question", "answer", "chosen", "kind", "checks", "seed"]
)  # fmt: skip


@given(
    st.lists(st.dictionaries(fields, json_values, max_size=4) | json_values, min_size=1, max_size=4).filter([[]].__ne__)
)
def test_nothing_but_a_row_or_a_problem_comes_of_anything(values: list[Any]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        rows, problems = import_rows(write(Path(folder) / "rows.jsonl", *values))
    assert len(rows) + len(problems) == len(values) or len(values) == 1
    for row in rows:
        assert row.prompt
        assert row.completion[0]["role"] == "assistant"


@pytest.mark.parametrize("content", ["", "\n\n", "[]"])
def test_a_file_without_a_row_is_no_data_set(tmp_path: Path, content: str) -> None:
    (tmp_path / "rows.json").write_text(content)
    with pytest.raises(DatasetError):
        import_rows(tmp_path / "rows.json")
