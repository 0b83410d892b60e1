"""Rows on disk."""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.dataset.base import Row
from ragft.dataset.store import (
    HELD_OUT,
    TRAIN,
    find_dataset,
    read_held_out,
    read_rows,
    row_from_dict,
    row_id,
    row_to_dict,
    save_dataset,
    write_rows,
)
from ragft.errors import DatasetError, NotFoundError, UsageError
from ragft.workspace import Workspace

ROW = Row(
    prompt=({"role": "user", "content": "What?"},),
    completion=({"role": "assistant", "content": "That."},),
    kind="grounded",
)
words = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1)


@given(
    st.builds(
        lambda prompt, answer, kind, ids, checks, groups: Row(
            ({"role": "user", "content": prompt},), ({"role": "assistant", "content": answer},), kind, chunk_ids=ids,
            checks=checks, groups=groups,
        ),
        words, words, st.sampled_from(("grounded", "replay", "choice", "two-hop")), st.lists(words).map(tuple),
        st.dictionaries(words, st.floats(0, 1)), st.lists(st.text("gü 가", min_size=1)).map(tuple),
    )
)  # fmt: skip
def test_a_row_survives_the_way_to_json_and_back(row: Row) -> None:
    assert row_from_dict(row_to_dict(row)) == row
    assert ("groups" in row_to_dict(row)) == bool(row.groups)


@pytest.mark.parametrize("kind", ["", "two words", "1st", 3, None, ["choice"]])
def test_a_kind_is_a_word(kind: object) -> None:
    with pytest.raises(DatasetError, match="which is not a word"):
        row_from_dict({**row_to_dict(ROW), "kind": kind})


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{not json", "is not JSON"),
        ("[1, 2]", "is not a JSON object"),
        ('{"completion": []}', "has no prompt"),
        ('{"prompt": [{"role": "user", "content": "a"}], "completion": "b"}', "has no completion"),
        (
            '{"prompt": [{"role": "tool", "content": "a"}], "completion": [{"role": "assistant", "content": "b"}]}',
            "role",
        ),
        (
            '{"prompt": [{"role": "user", "content": " "}], "completion": [{"role": "assistant", "content": "b"}]}',
            "text",
        ),
        (
            '{"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "user", "content": "b"}]}',
            "assistant",
        ),
        (
            '{"prompt": [{"role": ["user"], "content": "a"}], "completion": [{"role": "assistant", "content": "b"}]}',
            "role",
        ),
        ('{"seed": ' + "9" * 5000 + "}", "is not JSON"),
        ('{"prompt": "half a character: \\ud800"}', "is not JSON"),
        (
            '{"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "assistant", "content": "b"}],'
            ' "checks": {"support": "high"}}',
            "checks that are not numbers",
        ),
        (
            '{"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "assistant", "content": "b"}],'
            ' "checks": {"support": NaN}}',
            "checks that are not numbers",
        ),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, problem: str) -> None:
    write_rows(tmp_path / TRAIN, [ROW])
    with (tmp_path / TRAIN).open("a") as handle:
        handle.write(f"\n{line}\n")
    with pytest.raises(DatasetError, match=f"line 3, .*{problem}"):
        read_rows(tmp_path / TRAIN)


def test_bytes_that_are_no_utf8_are_named(tmp_path: Path) -> None:
    (tmp_path / TRAIN).write_bytes(b'{"prompt": "\xff\xfe"}\n')
    with pytest.raises(DatasetError, match="line 1, is not in UTF-8"):
        read_rows(tmp_path / TRAIN)


def test_a_whole_pair_of_surrogates_is_a_character(tmp_path: Path) -> None:
    row = json.dumps(row_to_dict(replace(ROW, prompt=({"role": "user", "content": "\N{GRINNING FACE}"},))))
    assert "\\ud83d\\ude00" in row
    (tmp_path / TRAIN).write_text(row)
    assert read_rows(tmp_path / TRAIN)[0].prompt[0]["content"] == "\N{GRINNING FACE}"


def test_rows_that_claim_the_same_id_get_their_own(tmp_path: Path) -> None:
    other = replace(ROW, completion=({"role": "assistant", "content": "This."},), id="mine")
    folder = save_dataset(Workspace(tmp_path), "mine", [replace(ROW, id="mine"), other], [])
    assert [row.id for row in read_rows(folder / TRAIN)] == [row_id(ROW), row_id(other)]


def test_half_a_character_in_a_row_is_replaced(tmp_path: Path) -> None:
    torn = replace(ROW, completion=({"role": "assistant", "content": "This \ud83d"},))
    folder = save_dataset(Workspace(tmp_path), "mine", [torn], [])
    (row,) = read_rows(folder / TRAIN)
    assert row.completion[0]["content"] == "This \ufffd"
    assert row.id == row_id(row), "the id is that of the row as it was written"


def test_the_id_is_of_what_the_row_teaches() -> None:
    assert row_id(ROW) == row_id(Row(ROW.prompt, ROW.completion, "refusal", generator="x"))
    assert row_id(ROW) != row_id(Row(ROW.prompt, ({"role": "assistant", "content": "This."},), "grounded"))


def test_a_missing_set_names_those_there_are(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    save_dataset(workspace, "mine", [ROW], [])
    assert find_dataset(workspace, "mine") == tmp_path / "datasets" / "mine"
    with pytest.raises(NotFoundError, match=r"yours.*mine"):
        find_dataset(workspace, "yours")
    with pytest.raises(UsageError, match="already"):
        save_dataset(workspace, "mine", [ROW], [])
    with pytest.raises(UsageError, match="not a name"):
        save_dataset(workspace, "../mine", [ROW], [])
    with pytest.raises(UsageError, match="not a name"):
        save_dataset(workspace, "x" * 300, [ROW], [])
    with pytest.raises(UsageError, match="not a name for a data set"):
        save_dataset(workspace, "con.jsonl", [ROW], [])
    with pytest.raises(UsageError, match="'mine' differs from 'Mine' only in case"):
        save_dataset(workspace, "Mine", [ROW], [])


@pytest.mark.parametrize(
    ("name", "problem", "fix"),
    [
        ("gone.jsonl", "no file or folder gone.jsonl", "check the path"),
        ("sets/gone", "no file or folder sets/gone", "check the path"),
        ("rows.csv", "rows.csv is a file, not a data set", "ragft dataset import rows.csv --to NAME"),
        ("papers", "papers is not a data set: it holds no rows.jsonl (data sets: mine)", "name one of them"),
        ("mime", "no data set 'mime' (data sets: mine)", "did you mean 'mine'?"),
        ("other", "no data set 'other' (data sets: mine)", "name one of them"),
        ("", "which data set? (data sets: mine)", "dataset=NAME"),
    ],
)
def test_what_is_not_found_says_what_to_do(
    name: str, problem: str, fix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "papers").mkdir()
    (tmp_path / "rows.csv").touch()
    workspace = Workspace(tmp_path / "ws")
    save_dataset(workspace, "mine", [ROW], [])
    with pytest.raises(NotFoundError) as error:
        find_dataset(workspace, name)
    assert (error.value.message, error.value.fix) == (problem.replace("/", os.sep), fix)


def test_where_there_is_no_data_set_one_has_to_be_made(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as error:
        find_dataset(Workspace(tmp_path), "mine")
    assert (error.value.message, error.value.fix) == (
        "no data set 'mine' (data sets: none yet)",
        "ragft generate --name NAME",
    )


def test_a_name_is_kept_in_composed_unicode(tmp_path: Path) -> None:
    """A shell of macOS completes é as two characters."""
    workspace, typed = Workspace(tmp_path), unicodedata.normalize("NFD", "Müller")
    folder = save_dataset(workspace, typed, [ROW], [])
    assert folder.name == "Müller"
    assert find_dataset(workspace, typed) == find_dataset(workspace, "Müller") == folder
    with pytest.raises(UsageError, match="only in case"):
        save_dataset(workspace, typed.lower(), [ROW], [])


def test_a_data_set_may_hold_no_row_out(tmp_path: Path) -> None:
    assert read_held_out(tmp_path) == []
    write_rows(tmp_path / HELD_OUT, [ROW])
    assert read_held_out(tmp_path) == [ROW]
