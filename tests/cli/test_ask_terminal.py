"""`ragft ask` as a person uses it: in a terminal of 60 columns, with keys."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.answer.chat.conversation import latest_conversation
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace, write_json
from tests.cli.terminal import terminal
from tests.cli.test_ask import ANSWER, QLORA, QUESTION, SCRIPT, TIDES

pytestmark = pytest.mark.slow
PROMPT = ">"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "qlora.md").write_text(QLORA)
    (folder / "tides.md").write_text(TIDES)
    place = Workspace(folder / "ws")
    with open_index(place, IndexSettings()) as index:
        index.ingest([folder / "qlora.md", folder / "tides.md"])
    yield place


def test_keys_of_the_chat(workspace: Workspace, tmp_path: Path) -> None:
    slow = {"match": "Question: .*tidal range", "reply": "About 16 metres [1].", "delay": 600}
    (tmp_path / "script.json").write_text(json.dumps({**SCRIPT, "rules": [slow, *SCRIPT["rules"]]}))  # type: ignore[misc]
    environment = {"RAGFT_SCRIPT": str(tmp_path / "script.json"), "RAGFT_ENGINE__NAME": "scripted", "NO_COLOR": "1"}
    with terminal("ask", "--workspace", str(workspace.root), **environment) as screen:
        screen.wait_for("scripted (scripted) · 2 papers ·")
        screen.wait_for(PROMPT)
        screen.keys(f"{QUESTION}\r")
        screen.wait_for("[1] Fine-tuning on one card, Memory")
        screen.wait_for(PROMPT)
        before, after = QUESTION.split(" need ")
        screen.keys(f"{before}\x1b\rneed {after}\r")  # Alt-Enter breaks the line
        screen.wait_for("[1] Fine-tuning on one card, Memory")
        screen.wait_for(PROMPT)
        screen.keys("/sou\t")
        screen.wait_for("rces")  # the rest is filled in
        screen.keys("\r")
        screen.wait_for("Retrieved:")
        screen.wait_for(PROMPT)
        screen.keys("What is the largest tidal range of the world?\r")
        screen.wait_for("reading…")
        screen.wait_for("Tides at the coast")  # found, and shown while the answer is waited for
        screen.wait_for("reading… 1 s")
        screen.keys("\x03")
        screen.wait_for("(stopped before the first word)")
        screen.wait_for(PROMPT)
        screen.keys("half a line")
        screen.wait_for("half a line")
        screen.keys("\x03")  # at the prompt Ctrl-C drops the line
        screen.wait_for(PROMPT)
        screen.keys("\x04")
        assert screen.code() == 0
        assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d)m", screen.seen), "NO_COLOR means no colour"
        assert "\x1b]8;" not in screen.seen, "and no links"
        lines = [line for line in screen.text.split("\r\n") if not line.lstrip("\r").startswith(PROMPT)]
        shown = [line.rsplit("\r", 1)[-1] for line in lines]
        assert any("48 GB of memory" in line for line in shown)
        assert max(map(len, shown)) <= 60
    turns = latest_conversation(workspace).turns
    assert [turn.answer for turn in turns] == [ANSWER, ANSWER], "what was stopped is not kept"
    assert turns[1].question == QUESTION.replace(" need", "\nneed")


def test_killed_in_the_middle_of_a_real_answer_the_conversation_goes_on(workspace: Workspace, smollm2: Path) -> None:
    assert smollm2.is_file()
    environment = {"RAGFT_ENGINE__NAME": "embedded", "RAGFT_ENGINE__THREADS": "1", "RAGFT_ANSWER__NUM_PREDICT": "48"}
    arguments = ("ask", "--workspace", str(workspace.root), "--model", "smollm2", "--evidence", "120")
    with terminal(*arguments, **environment) as screen:
        screen.wait_for(PROMPT)
        screen.keys(f"{QUESTION}\r")
        screen.wait_for("[1] ")
        screen.wait_for(PROMPT)
        kept = latest_conversation(workspace)
        screen.keys("How large is the tidal range in the Bay of Fundy?\r")
        screen.wait_for("reading")
        os.kill(screen.process.pid, signal.SIGKILL)
        assert screen.code() == -signal.SIGKILL
    assert latest_conversation(workspace) == kept
    assert len(kept.turns) == 1
    with terminal(*arguments, "--continue", **environment) as screen:
        screen.wait_for(QUESTION[:40])
        screen.wait_for(PROMPT)
        screen.keys("How large is the tidal range in the Bay of Fundy?\r")
        screen.wait_for("16 metres")
        screen.wait_for(PROMPT)
        screen.keys("\x04")
        assert screen.code() == 0
    again = latest_conversation(workspace)
    assert again.path == kept.path
    assert again.turns[0] == kept.turns[0] and len(again.turns) == 2


def test_a_kept_conversation_brings_no_escape_sequence_to_the_terminal(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text(json.dumps(SCRIPT))
    environment = {"RAGFT_SCRIPT": str(tmp_path / "script.json"), "RAGFT_ENGINE__NAME": "scripted", "NO_COLOR": "1"}
    evil = "\x1b]0;evil\x07\x1b[31mred \x9b31m" + "and long words " * 8
    kept = workspace.chats / "99991231-000000-aaaa.json"
    write_json(kept, {"turns": [{"question": evil, "answer": evil}]})
    with terminal("ask", "--continue", "--workspace", str(workspace.root), **environment) as screen:
        screen.wait_for("> red and long")
        screen.wait_for(PROMPT)
        screen.keys("\x04")
        assert screen.code() == 0
    assert "evil" not in screen.seen
    assert "\x1b[31m" not in screen.seen and "\x9b" not in screen.seen
    shown = [line for line in screen.text.split("\r\n") if "long words" in line]
    assert shown and max(map(len, shown)) <= 60
    kept.unlink()


def test_markdown_and_links_of_an_answer(workspace: Workspace, tmp_path: Path) -> None:
    reply = f"**{ANSWER}** [evil](http://evil.example) `2*3*4`"
    script = {**SCRIPT, "rules": [{"match": "Question: .*QLoRA", "reply": reply}]}
    (tmp_path / "script.json").write_text(json.dumps(script))
    environment = {"RAGFT_SCRIPT": str(tmp_path / "script.json"), "RAGFT_ENGINE__NAME": "scripted"}
    with terminal("ask", QUESTION, "--workspace", str(workspace.root), **environment) as screen:
        assert screen.code() == 0
    file = (workspace.root.parent / "qlora.md").as_uri()
    assert f";{file}\x1b\\[1]" in screen.seen
    assert "**" not in screen.seen
    assert ";http://evil.example" not in screen.seen


def test_a_checked_sentence_appears_while_the_next_is_written(workspace: Workspace, tmp_path: Path) -> None:
    reply = f"{ANSWER} The base weights are frozen in four bits [1]. Bread rises in a warm kitchen."
    script = {**SCRIPT, "rules": [{"match": "Question: .*QLoRA", "reply": reply}]}
    (tmp_path / "script.json").write_text(json.dumps(script))
    environment = {"RAGFT_SCRIPT": str(tmp_path / "script.json"), "RAGFT_ENGINE__NAME": "scripted"}
    with terminal("ask", QUESTION, "--workspace", str(workspace.root), **environment) as screen:
        screen.wait_for("48 GB of")
        screen.wait_for("writing, ")
        screen.wait_for("four bits [1].")
        screen.wait_for("writing, ")
        screen.wait_for("Bread rises in a warm kitchen")
        screen.wait_for("[1] Fine-tuning on one card, Memory")
        assert screen.code() == 0
    assert screen.seen.count("Bread rises") == 1, "what is not checked is not shown"


def test_a_terminal_a_pipe_and_json_give_the_same_answer(workspace: Workspace, tmp_path: Path) -> None:
    reply = f"{ANSWER} I do not know."
    script = {**SCRIPT, "rules": [{"match": "Question: .*QLoRA", "reply": reply}]}
    (tmp_path / "script.json").write_text(json.dumps(script))
    environment = {"RAGFT_SCRIPT": str(tmp_path / "script.json"), "RAGFT_ENGINE__NAME": "scripted", "NO_COLOR": "1"}
    arguments = ("ask", QUESTION, "--workspace", str(workspace.root))

    def piped(*more: str) -> str:
        command = [sys.executable, "-m", "ragft", *arguments, *more]
        return subprocess.check_output(
            command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, encoding="utf-8"
        )

    with terminal(*arguments, **environment) as screen:
        assert screen.code() == 0
    shown = " ".join(screen.text.split())
    assert f"{reply} [1] Fine-tuning on one card, Memory" in shown
    assert piped().startswith(f"{reply}\n[1] Fine-tuning on one card, Memory\n")
    assert json.loads(piped("--json"))["answer"] == reply
