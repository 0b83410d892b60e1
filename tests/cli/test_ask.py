"""`ragft ask` from the outside: a question, a pipe, a chat, arms, errors. A real index, a scripted engine."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.history import InMemoryHistory
from typer.testing import CliRunner, Result

from ragft.cli.ask import _history
from ragft.cli.exit_codes import REFUSED
from ragft.cli.main import app
from ragft.engine.choosing.default import forget_default, set_default
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace, write_json
from tests.engine.fake_ollama import FakeOllama, says, serve

QLORA = """# Fine-tuning on one card

## Memory

QLoRA brings the fine-tuning of a 65B model down to a single GPU with 48 GB of memory. A regular fine-tune takes more
than 780 GB. The base weights are frozen in four bits, and gradients flow through them into small adapters.
"""
TIDES = """# Tides at the coast

## Springs and neaps

Spring tides come shortly after full and new moon, when the pulls of sun and moon add up. Neap tides come with the half
moon and are weaker. The largest tidal range of the world, about 16 metres, is found in the Bay of Fundy.
"""
QUESTION = "How much GPU memory does QLoRA need for a 65B model?"
ANSWER = "QLoRA brings the fine-tuning of a 65B model down to a single GPU with 48 GB of memory [1]."
SCRIPT = {
    "models": ["scripted", "base-model", "tuned-model"],
    "rules": [
        {"match": "Question: .*break", "reply": "QLoRA brings", "die": True},
        {"match": "Question: .*QLoRA", "reply": ANSWER},
    ],
    "default": {"reply": "The documents do not answer this question."},
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ask")
    (folder / "qlora.md").write_text(QLORA)
    (folder / "tides.md").write_text(TIDES)
    with open_index(Workspace(folder / "ws"), IndexSettings()) as index:
        report = index.ingest([folder / "qlora.md", folder / "tides.md"])
    assert report.documents == 2
    return folder / "ws"


@pytest.fixture
def ragft(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "script.json").write_text(json.dumps(SCRIPT))
    monkeypatch.setenv("RAGFT_SCRIPT", str(tmp_path / "script.json"))
    monkeypatch.setenv("RAGFT_WORKSPACE", str(corpus))
    monkeypatch.setenv("RAGFT_ENGINE__NAME", "scripted")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(app, ["ask", *arguments], input=stdin)

    return run


def test_an_answer_with_title_and_quote(ragft: Any) -> None:
    result = ragft(QUESTION)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == ANSWER
    assert result.stdout.splitlines()[1] == "[1] Fine-tuning on one card, Memory"
    assert "“QLoRA brings the fine-tuning of a 65B model" in result.stdout


def test_json_has_the_agreed_fields_and_offsets_into_the_chunk(ragft: Any, corpus: Path) -> None:
    result = ragft(QUESTION, "--json")
    data = json.loads(result.stdout)
    assert set(data) >= {"answer", "refused", "reason", "citations", "model", "engine", "metrics"}
    assert (data["answer"], data["refused"], data["reason"], data["engine"]) == (ANSWER, False, None, "scripted")
    citation = data["citations"][0]
    assert set(citation) >= {"key", "title", "pages", "quote", "chunk_id"}
    with open_index(Workspace(corpus), IndexSettings()) as index:
        text = index.chunk(citation["chunk_id"]).text
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert data["metrics"]["prompt_tokens"] > 50


def test_another_subject_is_refused_without_a_model_call(ragft: Any) -> None:
    data = json.loads(ragft("How do I cook a mushroom risotto?", "--json").stdout)
    assert (data["refused"], data["reason"]) == (True, "weak_evidence")
    assert data["metrics"]["generated_tokens"] == 0
    assert data["citations"] == []


def test_a_question_from_a_pipe(ragft: Any) -> None:
    assert ragft("-", stdin=QUESTION + "\n").stdout.splitlines()[0] == ANSWER


def test_an_empty_pipe_is_a_usage_error(ragft: Any) -> None:
    assert ragft("-", stdin=" \n").exit_code == 2


def test_a_question_that_is_no_utf8_is_answered(ragft: Any) -> None:
    assert ragft(QUESTION.replace("much", "much\udcff")).stdout.splitlines()[0] == ANSWER
    assert ragft("-", stdin=QUESTION.encode() + b" \xff\n").stdout.splitlines()[0] == ANSWER


@pytest.mark.parametrize("arguments", [("-",), ("-", "--json")])
def test_a_question_that_is_a_picture_is_one_line_and_a_code(ragft: Any, arguments: tuple[str, ...]) -> None:
    result = ragft(*arguments, stdin=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == 'error: the question is no text → ragft ask "QUESTION"\n'


def test_lines_from_a_pipe_are_a_chat(ragft: Any, corpus: Path) -> None:
    result = ragft(stdin=f"{QUESTION}\n/sources\nbreak QLoRA memory for a 65B model\n/quit\nnever read\n")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == ANSWER
    assert "Retrieved:" in result.stdout
    assert "error:" in result.stderr
    assert len([path for path in (corpus / "chats").glob("*.json") if path.name != "last-question.json"]) == 1
    again = ragft("and its GPU memory for a 65B model?", "--continue", "--json")
    assert json.loads(again.stdout)["refused"] is False


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_single_question_can_be_gone_on_with_and_leaves_one_file(
    ragft: Any, corpus: Path, how: tuple[str, ...]
) -> None:
    for _ in range(2):
        assert ragft(QUESTION, *how).exit_code == 0
    kept = corpus / "chats" / "last-question.json"
    assert [turn["question"] for turn in json.loads(kept.read_text())["turns"]] == [QUESTION]
    assert json.loads(ragft("and what about its memory?", "--continue", "--json").stdout)["citations"]
    assert len(json.loads(kept.read_text())["turns"]) == 2
    assert ragft(QUESTION, *how).exit_code == 0
    assert len(json.loads(kept.read_text())["turns"]) == 1, "another question begins anew"


def test_a_workspace_that_cannot_be_written_can_still_be_asked(ragft: Any, corpus: Path, tmp_path: Path) -> None:
    shutil.copytree(corpus, tmp_path / "ws", ignore=shutil.ignore_patterns("chats"))
    (tmp_path / "ws" / "chats").write_text("a file in the way")
    assert ragft(QUESTION, "--workspace", str(tmp_path / "ws")).stdout.splitlines()[0] == ANSWER


def test_a_chat_goes_on_where_its_lines_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert isinstance(_history(Workspace(tmp_path / "file" / "ws")), InMemoryHistory)
    history = _history(Workspace(tmp_path / "ws"))
    (tmp_path / "ws" / "ask.history").mkdir()
    history.append_string(QUESTION)
    assert history.get_strings() == [QUESTION]


def test_no_colour_and_no_escape_codes_in_a_pipe(ragft: Any) -> None:
    assert "\x1b" not in ragft(QUESTION).stdout


def test_arms_come_from_the_latest_registration(ragft: Any, corpus: Path) -> None:
    write_json(corpus / "runs" / "r1" / "registration.json", {"model": "tuned-model", "base_model": "base-model"})
    assert json.loads(ragft(QUESTION, "--arm", "tuned", "--json").stdout)["model"] == "tuned-model"
    assert json.loads(ragft(QUESTION, "--arm", "base", "--json").stdout)["model"] == "base-model"
    both = json.loads(ragft(QUESTION, "--compare", "--json").stdout)["arms"]
    assert {role: arm["model"] for role, arm in both.items()} == {"base": "base-model", "tuned": "tuned-model"}
    assert both["base"]["evidence"] == both["tuned"]["evidence"]
    shown = ragft(QUESTION, "--compare").stdout
    assert "base (base-model" in shown
    assert "tuned (tuned-model" in shown


def test_a_comparison_passes_the_gate_too(ragft: Any, corpus: Path) -> None:
    write_json(corpus / "runs" / "r1" / "registration.json", {"model": "tuned-model", "base_model": "base-model"})
    arms = json.loads(ragft("How do I cook a mushroom risotto?", "--compare", "--json").stdout)["arms"]
    assert {role: arm["reason"] for role, arm in arms.items()} == {"base": "weak_evidence", "tuned": "weak_evidence"}
    assert all(arm["metrics"]["generated_tokens"] == 0 for arm in arms.values())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--json"], 2),
        ([QUESTION, "--arm", "other"], 2),
        ([QUESTION, "--arm", "base", "--model", "x"], 2),
        ([QUESTION, "--compare", "--model", "x"], 2),
        ([QUESTION, "--compare", "--arm", "base"], 2),
        ([QUESTION, "--compare", "--continue"], 2),
        ([QUESTION, "--engine", "nothing"], 2),
        ([QUESTION, "--model", "nobody"], 5),
        (["break QLoRA memory for a 65B model"], 5),
        ([QUESTION, "--workspace", "nowhere"], 4),
    ],
)
def test_errors_are_one_line_with_a_code(ragft: Any, arguments: list[str], code: int) -> None:
    result = ragft(*arguments)
    assert result.exit_code == code
    assert len([line for line in result.stderr.splitlines() if line.startswith("error:")]) == 1
    assert "Traceback" not in result.stderr


@pytest.fixture
def ollama(ragft: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    """An Ollama that `auto` finds, with one chat model that is not the recommended one."""
    server = FakeOllama(answer=says(ANSWER))
    server.add("llama3.2:latest", size=600_000, parameter_size="1M")
    running = serve(server)
    next(running)
    monkeypatch.setenv("RAGFT_ENGINE__NAME", "auto")
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    yield server
    running.close()  # type: ignore[attr-defined]
    assert server.violations == []


def test_the_model_that_ollama_has_answers(ragft: Any, ollama: FakeOllama) -> None:
    result = ragft(QUESTION, "--json")
    assert (json.loads(result.stdout)["engine"], json.loads(result.stdout)["model"]) == ("ollama", "llama3.2:latest")
    assert "model: llama3.2, the only chat model" in result.stderr


@pytest.mark.parametrize("chosen", ["default", "setting", "option"])
def test_no_other_model_answers_in_place_of_the_chosen_one(
    ragft: Any, ollama: FakeOllama, corpus: Path, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    if chosen == "default":
        set_default(Workspace(corpus), "gone")
    if chosen == "setting":
        monkeypatch.setenv("RAGFT_ENGINE__MODEL", "gone")
    result = ragft(QUESTION, *(("-m", "gone") if chosen == "option" else ()))
    forget_default(Workspace(corpus), "gone")
    assert (result.exit_code, result.stdout) == (5, "")
    assert "no model 'gone'" in result.stderr
    assert ollama.bodies("/api/chat") == []


def test_answering_opens_no_socket_but_loopback(ragft: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard at the system boundary; nothing of ragft is replaced."""
    reached: list[object] = []
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            reached.append(address)
            raise OSError("blocked")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    assert ragft(QUESTION, "--json").exit_code == 0
    assert reached == []


def test_an_answer_is_kept_to_the_documents_chosen(ragft: Any) -> None:
    inside, outside = ragft(QUESTION, "--document", "qlora.md", "--json"), ragft(QUESTION, "--document", "tides.md")
    assert not json.loads(inside.stdout)["refused"]
    assert ANSWER not in outside.stdout
    counted = ragft("How many papers do I have?", "--document", "Tides at the coast")
    assert counted.stdout.startswith("1 of your 2 papers can be asked now.")


def test_a_chat_begins_with_the_documents_chosen(ragft: Any) -> None:
    result = ragft("--document", "tides.md", stdin="how many papers do i have\n/docs all\nhow many papers do i have\n")
    assert "1 of your 2 papers can be asked now." in result.stdout
    assert "You have 2 papers." in result.stdout


def test_an_author_or_year_that_no_document_has_is_an_error(ragft: Any) -> None:
    result = ragft(QUESTION, "--author", "Hinton")
    assert result.exit_code == 4 and "none of 2 documents is by Hinton" in result.output
    assert ragft(QUESTION, "--year", "last").exit_code == 2


def test_a_question_to_the_catalogue_is_answered_and_cited(ragft: Any) -> None:
    answer = json.loads(ragft("do I have a paper about the largest tidal range?", "--json").stdout)
    assert (answer["engine"], answer["model"], answer["metrics"]["catalogue"]) == ("catalogue", "", True)
    assert [citation["title"] for citation in answer["citations"]] == ["Tides at the coast"]
    missing = json.loads(ragft("Who wrote the ELMo paper?", "--json").stdout)
    assert (missing["refused"], missing["reason"]) == (True, "not_in_library")
    listed = json.loads(ragft("list my papers", "--json").stdout)
    assert {citation["document"]["title"] for citation in listed["citations"]} == {
        "Tides at the coast",
        "Fine-tuning on one card",
    }


def test_an_answer_as_markdown_has_citation_keys_and_references(ragft: Any) -> None:
    result = ragft(QUESTION, "--format", "markdown")
    text = result.stdout
    assert text.startswith(ANSWER.replace("[1]", "[@fine]"))
    assert "> “QLoRA brings the fine-tuning of a 65B model" in text and "## References" in text
    assert "- [@fine] *Fine-tuning on one card*." in text


def test_the_works_that_an_answer_cites_as_bibtex(ragft: Any) -> None:
    result = ragft(QUESTION, "--format", "bibtex")
    assert result.stdout.startswith("@misc{fine,") and "Fine-tuning on one card" in result.stdout
    assert ragft("Who wrote the ELMo paper?", "--format", "bibtex").stdout == ""


@pytest.mark.parametrize("extra", [("--json",), ("--compare",), ("--format", "html")])
def test_a_format_goes_with_one_answer_only(ragft: Any, extra: tuple[str, ...]) -> None:
    assert ragft(QUESTION, "--format", "markdown", *extra).exit_code == 2


def test_a_chat_saves_the_works_it_cites(ragft: Any, tmp_path: Path) -> None:
    ragft(stdin=f"{QUESTION}\n/save {tmp_path / 'cited.bib'}\n/save {tmp_path / 'notes.md'}\n")
    assert (tmp_path / "cited.bib").read_text().startswith("@misc{fine,")
    notes = (tmp_path / "notes.md").read_text()
    assert notes.startswith(f"## {QUESTION}") and "## References\n\n- [@fine]" in notes


@pytest.mark.slow
def test_a_refusal_has_an_exit_code_of_its_own_where_it_is_asked_for(ragft: Any) -> None:
    assert ragft("How do I cook a mushroom risotto?").exit_code == 0
    assert ragft("How do I cook a mushroom risotto?", "--fail-on-refusal").exit_code == REFUSED
    refused = ragft("How do I cook a mushroom risotto?", "--fail-on-refusal", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["refused"]) == (REFUSED, True)
    assert ragft(QUESTION, "--fail-on-refusal").exit_code == 0


BEES = "Honey bees dance to tell where food is. The waggle dance of Oberon gives 2,345 metres as the distance."
BEE_QUESTION = "Which distance does the waggle dance of Oberon give?"


def piped(question: str, *arguments: str, workspace: Path, script: Path, **streams: Any) -> subprocess.Popen[str]:
    """`ragft ask` as a process of its own, with a real standard input."""
    environment = {**os.environ, "RAGFT_SCRIPT": str(script), "RAGFT_ENGINE__NAME": "scripted"}
    command = [sys.executable, "-m", "ragft", "ask", question, *arguments, "--workspace", str(workspace)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.Popen(command, env=environment, text=True, encoding="utf-8", **pipes)


@pytest.fixture
def bees(tmp_path: Path) -> Path:
    reply = "The waggle dance of Oberon gives 2,345 metres as the distance [1]."
    path = tmp_path / "bees.json"
    path.write_text(json.dumps({**SCRIPT, "rules": [{"match": "Oberon", "reply": reply}]}))
    return path


def test_a_text_from_a_pipe_is_the_source_and_is_not_kept(corpus: Path, bees: Path) -> None:
    before = {path for path in corpus.rglob("*") if "chats" not in path.parts}
    process = piped(BEE_QUESTION, "--json", workspace=corpus, script=bees, stdin=subprocess.PIPE)
    out, err = process.communicate(BEES, timeout=120)
    data = json.loads(out)
    assert not data["refused"], data
    [citation] = data["citations"]
    assert (citation["title"], citation["document_id"]) == ("standard input", "stdin")
    assert citation["quote"] in BEES
    assert {one["document_id"] for one in data["evidence"]} == {"stdin"}
    assert f"answering from standard input, {len(BEES)} bytes" in err
    assert {path for path in corpus.rglob("*") if "chats" not in path.parts} == before


@pytest.mark.parametrize("question", ["Summarise this", "Fasse das zusammen", "What is this about?"])
def test_a_summary_of_a_text_from_a_pipe_stands_on_its_sentences(
    ragft: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    reply = "The waggle dance of Oberon gives 2,345 metres as the distance [1]. Bees were baked in Paris in 1895 [1]."
    (tmp_path / "summary.json").write_text(json.dumps({"models": ["scripted"], "default": {"reply": reply}}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(tmp_path / "summary.json"))
    answer = json.loads(ragft(question, "--json", stdin=BEES).stdout)
    assert (answer["refused"], [one["verdict"] for one in answer["sentences"]]) == (False, ["supported", "not_found"])
    mark = "nicht in den Quellen gefunden" if question.startswith("Fasse") else "not found in the sources"
    assert f"1895 ({mark})" in answer["answer"].replace(".", "")


def test_it_is_said_how_much_of_a_long_text_from_a_pipe_was_read(
    ragft: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = "The waggle dance of Oberon gives 2,345 metres as the distance [1]."
    (tmp_path / "summary.json").write_text(json.dumps({"models": ["scripted"], "default": {"reply": reply}}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(tmp_path / "summary.json"))
    text = BEES + "".join(f"\n\nHive {number} stands at the edge of field {number}." for number in range(600))
    assert "of the text was read for this" in ragft("Summarise this", stdin=text).stdout
    assert "of the text" not in ragft("Summarise this", stdin=BEES).stdout


def test_a_text_from_a_file_is_the_source_too(corpus: Path, bees: Path, tmp_path: Path) -> None:
    (tmp_path / "bees.txt").write_text(BEES)
    with (tmp_path / "bees.txt").open() as file:
        out, _ = piped(BEE_QUESTION, workspace=corpus, script=bees, stdin=file).communicate(timeout=120)
    assert "[1] standard input" in out


@pytest.mark.parametrize(("data", "message"), [(b"\x00\xff\x00\xd8" * 999, "standard input is"), (b" \n", "no text")])
def test_what_is_no_text_is_one_line_and_a_code(ragft: Any, data: bytes, message: str) -> None:
    result = ragft(QUESTION, stdin=data)
    assert (result.exit_code, result.stdout) == (3, "")
    [line] = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert message in line


def test_the_null_device_is_no_text(corpus: Path, bees: Path) -> None:
    process = piped("How do I cook a risotto?", workspace=corpus, script=bees, stdin=subprocess.DEVNULL)
    out, err = process.communicate(timeout=120)
    assert out.startswith("The documents do not answer this question.")
    assert "standard input" not in err


def test_an_empty_pipe_beside_a_question_is_said(corpus: Path, bees: Path) -> None:
    process = piped("How do I cook a risotto?", workspace=corpus, script=bees, stdin=subprocess.PIPE)
    out, err = process.communicate("", timeout=120)
    assert out.startswith("The documents do not answer this question.")
    assert "standard input is empty: your documents are asked" in err


@pytest.mark.parametrize("stdin", ["pipe", "file"])
def test_an_empty_text_is_an_error_where_the_question_needs_one_or_a_file_was_named(
    corpus: Path, bees: Path, tmp_path: Path, stdin: str
) -> None:
    (tmp_path / "empty.txt").touch()
    with (tmp_path / "empty.txt").open() as file:
        question, given = ("Summarise this", subprocess.PIPE) if stdin == "pipe" else (BEE_QUESTION, file)
        process = piped(question, workspace=corpus, script=bees, stdin=given)
        out, err = process.communicate("" if stdin == "pipe" else None, timeout=120)
    assert (process.returncode, out) == (3, "")
    assert "error: standard input is " in err and "documents are asked" not in err


def test_a_flag_that_names_documents_says_what_to_summarise(corpus: Path, bees: Path) -> None:
    flags = ("--document", "tides.md")
    process = piped("Summarise this", *flags, workspace=corpus, script=bees, stdin=subprocess.PIPE)
    _, err = process.communicate("", timeout=120)
    assert "standard input is empty: your documents are asked" in err


def test_a_file_that_was_read_to_its_end_is_no_empty_one(corpus: Path, bees: Path, tmp_path: Path) -> None:
    (tmp_path / "questions.txt").write_text("What is NF4?\n")
    with (tmp_path / "questions.txt").open() as file:
        os.lseek(file.fileno(), 0, os.SEEK_END)
        process = piped("How do I cook a risotto?", workspace=corpus, script=bees, stdin=file)
        _, err = process.communicate(timeout=120)
    assert (process.returncode, "standard input is empty: your documents are asked" in err) == (0, True)


def test_a_text_from_a_pipe_needs_no_workspace_and_makes_none(bees: Path, tmp_path: Path) -> None:
    process = piped(BEE_QUESTION, workspace=tmp_path / "none", script=bees, stdin=subprocess.PIPE)
    out, err = process.communicate(BEES, timeout=120)
    assert (process.returncode, "[1] standard input" in out) == (0, True), err
    assert not (tmp_path / "none").exists()


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(corpus: Path, bees: Path) -> None:
    reading, writing = os.pipe()
    try:
        process = piped("How do I cook a risotto?", workspace=corpus, script=bees, stdin=reading)
        out, err = process.communicate(timeout=120)
    finally:
        os.close(reading)
        os.close(writing)
    assert (process.returncode, out.splitlines()[0][:27]) == (0, "The documents do not answer")
    assert "nothing came on standard input" in err


@pytest.mark.skipif(os.name == "nt", reason="a descriptor is closed before the process starts")
def test_a_standard_input_that_is_closed_is_no_text(corpus: Path, bees: Path) -> None:
    environment = {**os.environ, "RAGFT_SCRIPT": str(bees), "RAGFT_ENGINE__NAME": "scripted"}
    command = f"{shlex.quote(sys.executable)} -m ragft ask 'How do I cook a risotto?' -w {shlex.quote(str(corpus))} <&-"
    done = subprocess.run(
        ["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
