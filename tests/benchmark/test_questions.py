from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.questions import evenly, load_questions, questions_of_run, select_questions, write_questions
from ragft.data import shipped
from ragft.errors import DatasetError, NotFoundError, UsageError
from ragft.setting_sections import BenchmarkSettings


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_full_line_becomes_a_question(tmp_path: Path) -> None:
    line = (
        '{"id": "q", "topic": "qlora", "question": "How much?", "keywords": ["48GB"], "reference": "48 GB.", '
        '"documents": ["qlora.pdf"], "pages": [1, 2], "answerable": true, "extra": 1}'
    )
    assert load_questions(write(tmp_path, line)) == [
        BenchmarkQuestion("q", "How much?", "qlora", ("48GB",), "48 GB.", ("qlora.pdf",), (1, 2), True)
    ]


def test_unknown_fields_are_named_once_with_what_was_meant(tmp_path: Path, logged: Callable[[], str]) -> None:
    lines = (
        '{"question": "a", "keyword": ["k"]}',
        '{"question": "b", "Pages": 3, "keyword": ["k"], "zzz": 1, "note": "x"}',
    )
    load_questions(write(tmp_path, "\n".join(lines)))
    warned = " ".join(logged().split())
    assert warned.count("is ignored") == 3
    assert "line 1: the field 'keyword' is ignored; 'keywords' was perhaps meant" in warned
    assert "line 2: the field 'Pages' is ignored; 'pages' was perhaps meant" in warned
    assert "line 2: the field 'zzz' is ignored (known are answerable, closed_book, documents, " in warned


@pytest.mark.parametrize("name", ["benchmark/questions.jsonl", "benchmark/answerable.jsonl", "general/questions.jsonl"])
def test_what_ships_has_no_unknown_field(name: str, logged: Callable[[], str]) -> None:
    assert load_questions(shipped(name))
    assert logged() == ""


def test_only_the_question_is_needed_and_single_values_stand_for_lists(tmp_path: Path) -> None:
    text = '\n{"question": "One?"}\n\n{"question": "Two?", "keywords": "k", "pages": 3}\n'
    first, second = load_questions(write(tmp_path, text))
    assert (first.id, second.id) == ("mine-2", "mine-4")
    assert (second.keywords, second.pages) == (("k",), (3,))


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    (found,) = load_questions(write(tmp_path, '{"question": "One\u2028two?"}'))
    assert found.question == "One\u2028two?"


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "bom.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"question": "One?"}\r\n{"question": "Two?"}\r\n')
    assert [q.question for q in load_questions(path)] == ["One?", "Two?"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"topic": "x"}', 'needs a text under "question"'),
        ('{"question": ""}', 'needs a text under "question"'),
        ('{"question": "x", "keywords": [1]}', "list of texts"),
        ('{"question": "x", "keywords": [""]}', "list of texts"),
        ('{"question": "x", "pages": ["one"]}', "page numbers"),
        ('{"question": "x", "pages": [0]}', "page numbers"),
        ('{"question": "x", "pages": [true]}', "page numbers"),
        ('{"question": "x", "answerable": "no"}', "true or false"),
        ('{"question": "x", "options": ["a", "b"], "reference": "c"}', "one of"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    path = write(tmp_path, '{"question": "fine"}\n' + line)
    with pytest.raises(DatasetError, match="line 2") as caught:
        load_questions(path)
    assert complaint in caught.value.message
    assert str(path) in caught.value.message


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"line 2.*'a' is taken"):
        load_questions(write(tmp_path, '{"id": "a", "question": "x"}\n{"id": "a", "question": "y"}'))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00"])
def test_a_file_without_questions_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"x\.jsonl"):
        load_questions(path)


def test_a_lone_surrogate_is_replaced(tmp_path: Path) -> None:
    line = r'{"question": "a \ud83d b \ud83d\ude00", "keywords": ["\udc00"], "reference": "\ud800"}'
    (question,) = load_questions(write(tmp_path, line))
    assert (question.question, question.keywords, question.reference) == (
        "a \ufffd b \U0001f600",
        ("\ufffd",),
        "\ufffd",
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"gone\.jsonl"):
        load_questions(tmp_path / "gone.jsonl")


def test_select_by_id_or_topic_and_limit() -> None:
    found = [BenchmarkQuestion(f"q{n}", "?", topic="even" if n % 2 == 0 else "odd") for n in range(6)]
    assert [q.id for q in select_questions(found, only=["even"])] == ["q0", "q2", "q4"]
    assert [q.id for q in select_questions(found, only=["q5", "even"], limit=2)] == ["q0", "q2"]
    assert [q.id for q in select_questions(found, limit=1)] == ["q0"]
    with pytest.raises(NotFoundError, match="'q9'"):
        select_questions(found, only=["q9"])


def test_an_unknown_name_gets_similar_names_and_not_all_names() -> None:
    found = [BenchmarkQuestion(f"number-{n}", "?", topic="tides" if n == 7 else "") for n in range(100)]
    with pytest.raises(NotFoundError) as near:
        select_questions([*found, *found], only=["tide"])
    assert near.value.fix == "ids and topics of questions: tides"
    with pytest.raises(NotFoundError) as far:
        select_questions([*found, *found], only=["qlora"])
    assert far.value.fix.count("number-") == 19  # the twentieth is the topic
    assert far.value.fix.endswith("… and 81 more")


def test_half_a_character_of_a_question_is_replaced(tmp_path: Path) -> None:
    write_questions(tmp_path / "q.jsonl", [BenchmarkQuestion("a", "Why \ud83d?")])
    assert load_questions(tmp_path / "q.jsonl") == [BenchmarkQuestion("a", "Why \ufffd?")]


def test_items_are_taken_evenly_over_the_list() -> None:
    assert evenly([1, 2, 3, 4], 2) == [1, 3]
    assert evenly([1], 5) == [1]
    assert evenly([], 5) == []


def test_the_questions_of_a_run_are_those_of_its_file(tmp_path: Path) -> None:
    file = write(tmp_path, '{"id": "q", "question": "How much?"}')
    made = questions_of_run(BenchmarkSettings(questions=str(file)), "the questions about facts", "ragft build-model")
    assert [question.id for question in made] == ["q"]
    with pytest.raises(UsageError, match=r"the questions about facts are those of a run .*ragft build-model"):
        questions_of_run(BenchmarkSettings(), "the questions about facts", "ragft build-model")
