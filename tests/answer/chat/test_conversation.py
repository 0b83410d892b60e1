"""Conversations on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.answer.base import Answer
from ragft.answer.chat.conversation import latest_conversation, load_conversation, new_conversation
from ragft.answer.written.citation_keys import cite
from ragft.errors import InputError, NotFoundError
from ragft.workspace import Workspace
from tests.answer.fakes import QLORA, evidence


def answer(question: str) -> Answer:
    item = evidence(QLORA)[0]
    citation = cite("QLoRA: 48 GB.", item)
    assert citation is not None
    return Answer(question, "QLoRA needs 48 GB [1].", False, None, (citation,), (), (item,), "tiny", "scripted")


def test_a_conversation_is_found_again(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    conversation = new_conversation(workspace)
    conversation.add(answer("How much?"))
    again = latest_conversation(workspace)
    assert again.turns == conversation.turns
    again.add(answer("And then?"))
    assert again.exchanges[:1] == conversation.exchanges
    assert [turn.question for turn in latest_conversation(workspace).turns] == ["How much?", "And then?"]


def test_an_empty_chat_leaves_nothing_behind(tmp_path: Path) -> None:
    new_conversation(Workspace(tmp_path))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotFoundError, match="no conversation"):
        latest_conversation(Workspace(tmp_path))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"turns": {}}',
        '{"turns": ["x"]}',
        '{"turns": [{"question": 1}]}',
        '{"turns": [{"question": null, "answer": "A."}]}',
        '{"turns": [{"question": "Q?", "answer": "A.", "citations": [{"key": "1"}]}]}',
        '{"turns": [{"question": "Q?", "answer": "\\udfff"}]}',
        '{"turns": [], "format": 2}',
    ],
)
def test_a_damaged_conversation_is_an_error_that_names_the_file(tmp_path: Path, content: str) -> None:
    workspace = Workspace(tmp_path)
    workspace.chats.mkdir()
    (workspace.chats / "x.json").write_text(content)
    with pytest.raises(InputError, match=r"x\.json"):
        latest_conversation(workspace)


def test_the_error_names_the_first_thing_that_is_wrong_in_it(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"turns": [{"question": 1}]}')
    with pytest.raises(InputError, match=r"cannot be read: turns\.0\.question: Input should be a valid string"):
        load_conversation(tmp_path / "x.json")


def test_markdown_has_questions_answers_and_sources(tmp_path: Path) -> None:
    conversation = new_conversation(Workspace(tmp_path))
    conversation.add(answer("How much?"))
    assert conversation.markdown() == (
        "## How much?\n\nQLoRA needs 48 GB [1].\n\n"
        "- [1] On QLoRA, p. 2: “QLoRA brings the same job down to a single GPU with 48 GB of memory [1].”\n"
    )
