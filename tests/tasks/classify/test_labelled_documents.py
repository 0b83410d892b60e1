"""Labelled documents from folders and tables."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from ragft.errors import DatasetError, InputError, NotFoundError, RagftError, UsageError
from ragft.tasks.classify.base import LabelledDocument
from ragft.tasks.classify.labelled_documents import find_labelled, read_labelled


def test_a_folder_is_a_class_and_its_files_are_read_as_documents_are(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, text in {
        "invoices/invoice-17.txt": "Amount due: 90 EUR\n",
        "invoices/deep/second.html": "<h1>Bill</h1><p>Pay <b>now</b></p>",
        "letters/mail.eml": "From: ann@example.org\nSubject: Greetings\n\nDear Bob, all is well.\n",
        "letters/costs.csv": "month,sum\nMay,3\n",
        "letters/broken.pdf": "%PDF-1.4 and no more",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with caplog.at_level(logging.WARNING, logger="ragft"):
        found = {Path(one.origin).name: one for one in read_labelled([tmp_path])}
    assert {name: one.label for name, one in found.items()} == {
        "invoice-17.txt": "invoices",
        "second.html": "invoices",
        "mail.eml": "letters",
        "costs.csv": "letters",
    }
    assert found["invoice-17.txt"].text == "Amount due: 90 EUR", "the name of the file would give the class away"
    assert found["second.html"].text == "Bill\nPay now"
    assert "Dear Bob" in found["mail.eml"].text and "Greetings" in found["mail.eml"].text
    assert "broken.pdf" in caplog.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'text,label\n"Hello, you",greeting\nBye,farewell\n'),
        ("a.csv", "\ufeffLabel;Text\r\ngreeting;Hello, you\r\nfarewell;Bye\r\n"),
        ("a.csv", "sep=|\nlabel|text\ngreeting|Hello, you\nfarewell|Bye\n"),
        ("a.csv", 'label;text\n\ngreeting;"Hello, you"\nfarewell;Bye;\n'),
        ("a.tsv", "category\tdocument\ngreeting\tHello, you\nfarewell\tBye\n"),
        ("a.jsonl", '{"text": "Hello, you", "label": "greeting"}\n{"text": "Bye", "label": "farewell"}\n'),
        ("a.json", json.dumps([{"content": "Hello, you", "class": "greeting"}, {"text": "Bye", "label": "farewell"}])),
    ],
)
def test_a_table_has_a_text_and_a_label(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    for place in (tmp_path, tmp_path / name):
        found = [(one.text, one.label) for one in read_labelled([place])]
        assert found == [("Hello, you", "greeting"), ("Bye", "farewell")]


def test_a_table_may_say_the_split(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x", "label": "a", "split": "test"}\n{"text": "y", "label": "a"}\n')
    assert [one.split for one in read_labelled([path])] == ["test", ""]
    path.write_text('{"text": "x", "label": "a", "split": "exam"}\n')
    with pytest.raises(DatasetError, match=r"line 1: \"split\" is 'exam'"):
        read_labelled([path])


@pytest.mark.parametrize(
    ("name", "text", "error", "says"),
    [
        ("a.csv", "text,label\nhello,\n", DatasetError, r'line 2 has no "label"'),
        ("a.csv", "words,label\nhello,x\n", DatasetError, r'line 2 has no "text"'),
        ("a.csv", "text,label\nhello, you,greeting\n", DatasetError, "line 2 has 3 cells, and the header has 2"),
        ("a.csv", 'text,label\nx,a\n"hello,greeting\ny,a\n', DatasetError, "begins in line 3 is not closed"),
        ("a.csv", "text,label\n", InputError, r"a\.csv holds no row"),
        ("a.jsonl", "", InputError, r"a\.jsonl holds no row"),
        ("a.jsonl", '{"text": "x", "label": "a"}\n{"text": " ", "label": "a"}\n', DatasetError, r"line 2"),
        ("a.jsonl", '{"text": "x", "label": true}\n', DatasetError, "label"),
        ("a.txt", "hello", UsageError, "is not a table"),
    ],
)
def test_what_is_missing_is_named_with_its_line(
    tmp_path: Path, name: str, text: str, error: type[RagftError], says: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(error, match=says):
        read_labelled([tmp_path / name])


def test_sources_that_hold_nothing_are_refused_before_they_are_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no labelled documents were named"):
        find_labelled([])
    with pytest.raises(NotFoundError, match="does not exist"):
        find_labelled([tmp_path / "gone"])
    with pytest.raises(InputError, match="neither folders with documents nor a table"):
        find_labelled([tmp_path])


def test_the_name_of_a_class_is_the_same_in_every_unicode_form(tmp_path: Path) -> None:
    (tmp_path / "re\u0301sume\u0301").mkdir()
    (tmp_path / "re\u0301sume\u0301" / "a.txt").write_text("I worked there.")
    assert [one.label for one in read_labelled([tmp_path])] == ["r\u00e9sum\u00e9"]


def test_labels_of_documents_that_belong_to_no_class() -> None:
    assert LabelledDocument("x", "OOS").is_outside and LabelledDocument("x", "unknown").is_outside
    assert not LabelledDocument("x", "unknown sender").is_outside
