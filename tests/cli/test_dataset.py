"""Rows of a stranger are shown as they are: no markup, no escape sequence of theirs takes effect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ragft.cli.main import app

HOSTILE = {
    "prompt": [{"role": "user", "content": "[/x] hi \x1b[31mthere"}],
    "completion": [{"role": "assistant", "content": "[bold"}],
    "kind": "grounded",
    "generator": "gpt[/x]",
}


def test_hostile_rows_are_shown_as_plain_text(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(HOSTILE) + "\n", encoding="utf-8")
    place = ["-w", str(tmp_path / "ws")]
    run = CliRunner()
    assert run.invoke(app, ["dataset", "import", str(file), "--to", "hostile", *place]).exit_code == 0
    shown = run.invoke(app, ["dataset", "show", "hostile", *place])
    assert shown.exit_code == 0
    assert "[/x] hi there" in shown.output
    assert "gpt[/x]" in shown.output
    assert "\x1b" not in shown.output


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(HOSTILE) + "\nnot json\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["dataset", "import", str(file), "--to", "x", "-w", str(tmp_path / "ws")])
    assert done.exit_code == 3
    assert "line 2" in done.output


def bad_rows(path: Path, count: int) -> Path:
    good = {"question": "How deep?", "answer": "Nine metres."}
    path.write_text(
        "\n".join(json.dumps(value) for value in [good, *[{"x": i} for i in range(count)]]), encoding="utf-8"
    )
    return path


def test_an_import_lists_every_bad_row_up_to_a_number_and_writes_nothing(tmp_path: Path) -> None:
    file, place = bad_rows(tmp_path / "rows.jsonl", 25), ["-w", str(tmp_path / "ws")]
    done = CliRunner().invoke(app, ["dataset", "import", str(file), "--to", "x", *place])
    assert done.exit_code == 3
    listed = [line for line in done.output.splitlines() if line.startswith("rows.jsonl, line")]
    assert [line.split(":")[0] for line in listed] == [f"rows.jsonl, line {n}" for n in range(2, 22)]
    assert "… and 5 more" in done.output
    assert f"ragft dataset validate {file}" in done.output.replace("\n", " ")
    assert not (tmp_path / "ws" / "datasets" / "x").exists()


def test_a_file_is_validated_before_it_is_imported(tmp_path: Path) -> None:
    file, place = bad_rows(tmp_path / "rows.jsonl", 25), ["-w", str(tmp_path / "ws")]
    done = CliRunner().invoke(app, ["dataset", "validate", str(file), *place])
    assert done.exit_code == 3
    assert "rows.jsonl, line 26: has no form that is known here (x)" in done.output
    assert "25 problems" in done.output
    told = json.loads(CliRunner().invoke(app, ["dataset", "validate", str(file), "--json", *place]).output)
    assert told["ok"] is False
    assert {problem["line"] for problem in told["problems"]} == set(range(2, 27))
    whole = CliRunner().invoke(app, ["dataset", "validate", str(bad_rows(tmp_path / "good.jsonl", 0)), *place])
    assert (whole.exit_code, whole.output) == (0, "every row is well\n")


def test_a_missing_file_is_named_and_nothing_is_to_be_generated(tmp_path: Path) -> None:
    place = ["-w", str(tmp_path / "ws")]
    for verb in (["validate"], ["import", "--to", "x"]):
        done = CliRunner().invoke(app, ["dataset", verb[0], "gone.jsonl", *verb[1:], *place])
        assert done.exit_code == 4
        assert "gone.jsonl → check the path" in done.output


def test_a_set_in_the_home_of_nobody_is_not_found(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["dataset", "validate", "~no-such-user/x", "-w", str(tmp_path / "ws")])
    assert (done.exit_code, type(done.exception)) == (4, SystemExit)


def test_every_bad_line_of_a_set_is_listed_and_not_the_first_that_is_no_json(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "rows.jsonl").write_text(f"no\n{json.dumps(HOSTILE)}\nno\n{{}}\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["dataset", "validate", str(folder), "-w", str(tmp_path / "ws")])
    assert [f"line {n}:" in done.output for n in (1, 2, 3, 4)] == [True, False, True, True]


def test_an_escape_sequence_in_an_id_does_not_reach_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    row = {**HOSTILE, "id": "\x1b]0;title\x07one\ntwo"}
    (folder / "rows.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps(row)}\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["dataset", "validate", str(folder), "-w", str(tmp_path / "ws")])
    assert done.exit_code == 3
    assert "2 rows have the id one two" in done.output
    assert "\x1b" not in done.output


@pytest.mark.parametrize("part", ["set", "set=", "=1", "set=0", "set=-1", "set=nan", "set=inf", "set=²", "set=1e999"])
def test_a_share_that_is_none_is_named(tmp_path: Path, part: str) -> None:
    done = CliRunner().invoke(app, ["dataset", "mix", part, "--to", "x", "-w", str(tmp_path / "ws")])
    assert done.exit_code == 2
    assert "is not NAME=SHARE" in done.output


def test_a_row_that_stands_twice_in_a_file_is_not_on_both_sides(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(20 * (json.dumps(HOSTILE) + "\n"), encoding="utf-8")
    place = ["-w", str(tmp_path / "ws")]
    done = CliRunner().invoke(app, ["dataset", "import", str(file), "--to", "x", "--share", "0.5", *place])
    assert "1 rows, 0 held out" in done.output
    assert CliRunner().invoke(app, ["dataset", "validate", "x", *place]).exit_code == 0


def test_rejected_attempts_and_answers_that_lost_are_shown_with_their_faults(tmp_path: Path) -> None:
    folder = tmp_path / "ws" / "datasets" / "mine"
    folder.mkdir(parents=True)
    (folder / "rows.jsonl").write_text(json.dumps(HOSTILE) + "\n", encoding="utf-8")
    attempts = [
        {"reason": "not_shown", "kind": "grounded", "question": "What?", "claim": "It is."},
        {"reason": "lost", "kind": "grounded", "question": "Why?", "answer": "A cheese.", "faults": ["uncited"]},
    ]
    (folder / "rejected.jsonl").write_text("\n".join(map(json.dumps, attempts)), encoding="utf-8")
    shown = CliRunner().invoke(app, ["dataset", "show", "mine", "--rejected", "-w", str(tmp_path / "ws")]).output
    assert "lost: uncited" in shown
    assert "A cheese." in shown
    assert "not_shown" in shown
    assert "It is." in shown


def test_preferences_are_imported_shown_and_exported(tmp_path: Path) -> None:
    pairs = [{"prompt": f"How deep is lock {n}?", "chosen": "Nine [1].", "rejected": "[/x] Very."} for n in range(20)]
    file, place = tmp_path / "pairs.jsonl", ["-w", str(tmp_path / "ws")]
    file.write_text("\n".join(map(json.dumps, pairs)), encoding="utf-8")
    run = CliRunner()
    done = run.invoke(app, ["dataset", "import", str(file), "--to", "mine", "--share", "0.1", *place])
    assert done.output.strip() == "mine: 18 rows, 2 held out"
    shown = run.invoke(app, ["dataset", "show", "mine", "--preferences", "-n", "1", *place])
    assert "[/x] Very." in shown.output
    assert "18 and 2 held out" in run.invoke(app, ["dataset", "stats", "mine", *place]).output.splitlines()[-1]
    assert run.invoke(app, ["dataset", "validate", "mine", *place]).exit_code == 0
    run.invoke(app, ["dataset", "split", "mine", "--to", "again", "--share", "0.5", *place])
    counted = json.loads(run.invoke(app, ["dataset", "stats", "again", "--json", *place]).output)
    assert counted["preferences"] == [10, 10]
