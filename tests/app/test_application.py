"""The application as a library: use cases as methods, dataclasses in and out, nothing on the terminal."""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ragft.answer.library.choosing import DocumentFilter
from ragft.answer.written.stream import Done
from ragft.app.application import Application, open_application
from ragft.errors import (
    EngineUnavailable,
    InputError,
    ModelNotFound,
    NotFoundError,
    RagftError,
    UsageError,
    WorkspaceError,
)
from ragft.pipeline.build_plan import BuildPlan
from ragft.workspace import Workspace, write_json
from tests.app.papers import ANSWER, QUESTION
from tests.corpus.readers.test_hostile_files import encrypted

pytestmark = pytest.mark.usefixtures("scripted_engine")


@pytest.fixture
def app(papers: Path) -> Application:
    return open_application(papers / "ws")


def test_an_answer_comes_with_its_citations_and_nothing_is_printed(
    app: Application, capfd: pytest.CaptureFixture[str]
) -> None:
    with app:
        answer = app.ask(QUESTION)
    assert (answer.answer, answer.refused) == (ANSWER, False)
    assert [citation.title for citation in answer.citations] == ["Fine-tuning on one card"]
    assert capfd.readouterr() == ("", "")


def test_a_stream_ends_with_the_answer(app: Application) -> None:
    with app:
        *_, last = app.stream(QUESTION)
    assert isinstance(last, Done) and last.answer.answer == ANSWER


def test_an_application_that_was_closed_says_so(app: Application) -> None:
    with app:
        app.search("tides")
    uses = (
        lambda: app.search("tides"),
        lambda: app.ask(QUESTION),
        lambda: app.study_rows("facts.jsonl", "facts"),
        app.documents.list,
        app.models.list,
        app.build,
    )
    for use in uses:
        with pytest.raises(WorkspaceError, match="closed"):
            use()


def test_closing_waits_for_the_searches_of_other_threads(app: Application) -> None:
    ends: list[str] = []
    running = threading.Barrier(5)

    def search(number: int) -> None:
        app.search("tides")
        running.wait(30)
        try:
            for turn in range(10_000):
                app.search(f"tides of the bay {number} {turn}")
        except WorkspaceError as error:
            ends.append(error.message)

    with app, ThreadPoolExecutor(4) as pool:
        searches = [pool.submit(search, number) for number in range(4)]
        running.wait(30)
        time.sleep(0.2)
        app.close()
        for done in searches:
            done.result(30)
    assert len(ends) == 4
    assert all("closed" in end for end in ends)


def test_closing_waits_for_an_answer_that_another_thread_asked_for(app: Application) -> None:
    begun = threading.Event()

    def slow(_: object) -> None:
        begun.set()
        time.sleep(0.2)

    with app, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(app.ask, QUESTION, on_event=slow)
        assert begun.wait(30)
        app.close()
        assert asked.result(30).answer == ANSWER


def test_closing_waits_for_a_build_of_another_thread(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> None:
        begun.set()
        time.sleep(0.2)
        ended.set()

    monkeypatch.setattr("ragft.pipeline.build.build_model", slow)
    with open_application(papers / "ws") as app, ThreadPoolExecutor(1) as pool:
        pool.submit(app.build)
        assert begun.wait(30)
        app.close()
        assert ended.is_set()


def test_a_stream_left_unread_does_not_keep_the_application_open(app: Application) -> None:
    events = app.stream(QUESTION)
    next(events)
    app.close()
    with pytest.raises(WorkspaceError, match="closed"):
        list(events)


@pytest.mark.slow
def test_a_search_does_not_wait_for_an_engine_that_never_answers(papers: Path) -> None:
    def ask(app: Application) -> None:
        with contextlib.suppress(RagftError):
            app.ask(QUESTION)

    with socket.create_server(("127.0.0.1", 0)) as stalled:
        host = f"http://127.0.0.1:{stalled.getsockname()[1]}"
        engine = {"name": "ollama", "ollama_host": host, "timeout": 3.0, "model": "x"}
        with open_application(papers / "ws", engine=engine) as app:
            app.search("tides")
            asking = threading.Thread(target=ask, args=(app,), daemon=True)
            asking.start()
            time.sleep(0.5)
            assert asking.is_alive()
            app.search("tides")
            assert asking.is_alive()
            asking.join(60)


def test_a_change_of_the_default_model_reaches_an_open_application(papers: Path, tmp_path: Path) -> None:
    shutil.copytree(papers / "ws", tmp_path / "ws")
    with open_application(tmp_path / "ws") as app:
        before = app.ask(QUESTION).model
        other = next(model.name for model in app.models.list() if model.name != before)
        app.models.set_default(other)
        assert app.ask(QUESTION).model == other


@pytest.mark.parametrize("settings", [{"bogus": {"a": 1}}, {"bogus": 1}, {"engine": None}, {"with_": {"a": 1}}])
def test_a_section_that_is_none_is_named(papers: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(settings))):
        open_application(papers / "ws", **settings)


@pytest.mark.parametrize("form", [str, Path, lambda path: [str(path)]])
def test_one_path_or_several_are_ingested(papers: Path, tmp_path: Path, form: Callable[[Path], Any]) -> None:
    with open_application(tmp_path / "ws") as app:
        assert app.ingest(form(papers / "tides.md")).documents == 1


@pytest.mark.parametrize("form", [str, Path])
def test_a_password_is_found_by_a_path_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Callable[[str], Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("locked.pdf").write_bytes(encrypted("sesame"))
    with open_application("ws") as app:
        assert app.ingest("locked.pdf", passwords={form("locked.pdf"): "sesame"}).failed == ()


def test_a_search_for_fewer_than_no_hits_is_refused(app: Application) -> None:
    with app, pytest.raises(UsageError, match="-1"):
        app.search("tides", k=-1)


def test_a_text_is_given_as_str_or_bytes(app: Application) -> None:
    text = "The waggle dance of Oberon gives 2,345 m as the distance."
    with app:
        answers = [
            app.ask("Which distance does the waggle dance of Oberon give?", text=given)
            for given in (text, text.encode())
        ]
    assert [[citation.title for citation in answer.citations] for answer in answers] == [["standard input"]] * 2


def test_a_build_sees_the_settings_of_the_application_and_takes_paths_as_str(
    papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, Sequence[Path]]] = []

    def record(_: Workspace, plan: BuildPlan, *__: object, **___: object) -> None:
        seen.append((plan.settings.answer.k, plan.sources))

    monkeypatch.setattr("ragft.pipeline.build.build_model", record)
    opened = open_application(papers / "ws")
    Application(opened.workspace, opened.settings.with_("answer", k=3)).build(["papers"])
    assert seen == [(3, [Path("papers")])]


def test_the_errors_are_reached_from_the_package() -> None:
    code = "import ragft; assert ragft.errors.NotFoundError"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_search_is_kept_to_the_documents_chosen(app: Application) -> None:
    with app:
        found = app.search("memory", within=DocumentFilter(documents=["tides.md"]))
    assert {hit.title for hit in found.hits} == {"Tides at the coast"}


def test_settings_are_given_by_section_and_none_leaves_what_is_set(papers: Path) -> None:
    app = open_application(papers / "ws", answer={"k": 3, "style": None}, engine={"name": "embedded"})
    changed = app.with_(answer={"k": 5})
    assert (app.settings.answer.k, app.settings.answer.style) == (3, "auto")
    assert (changed.settings.answer.k, changed.settings.engine.name) == (5, "embedded")
    with pytest.raises(UsageError, match=r"answer\.k"):
        app.with_(answer={"k": 0})


def test_a_text_given_with_the_question_is_answered_from_and_changes_no_setting(app: Application) -> None:
    with app:
        text = b"The waggle dance of Oberon gives 2,345 m as the distance."
        app.ask("Summarise this", text=lambda: text)
        answer = app.ask("Which distance does the waggle dance of Oberon give?", text=lambda: text)
        assert {citation.title for citation in answer.citations} == {"standard input"}
        assert app.ask(QUESTION).answer == ANSWER
        with pytest.raises(InputError, match="PDF"):
            app.ask("Summarise this", text=b"%PDF-1.7")


def test_the_catalogue_answers_without_an_engine(papers: Path) -> None:
    with open_application(papers / "ws", engine={"name": "ollama", "ollama_host": "http://127.0.0.1:9"}) as app:
        answer = app.ask("How many papers do I have?")
        assert answer.answer.startswith("You have 2 papers.")
        assert answer.metrics.catalogue
        with pytest.raises(EngineUnavailable):
            app.ask(QUESTION)
        with pytest.raises(EngineUnavailable):  # a refusal would hide that there is no engine
            app.ask("How do I cook a mushroom risotto?")


def test_a_model_that_was_named_and_is_not_there_is_an_error_whatever_is_asked(app: Application) -> None:
    with app, pytest.raises(ModelNotFound):
        app.ask("How many papers do I have?", model="gone")


def test_both_models_of_a_run_answer_from_the_same_evidence(app: Application) -> None:
    with pytest.raises(NotFoundError, match="no registered run"):
        app.compare(QUESTION)
    run = app.workspace.runs / "one"
    write_json(
        run / "registration.json",
        {"engine": "scripted", "model": "tuned-model", "base_model": "base-model", "digest": "a", "base_digest": "b"},
    )
    with app:
        answers = app.compare(QUESTION)
    (run / "registration.json").unlink()
    assert {role: answer.model for role, answer in answers.items()} == {"base": "base-model", "tuned": "tuned-model"}
    assert answers["base"].retrieved == answers["tuned"].retrieved


def test_a_conversation_is_gone_on_with(app: Application) -> None:
    with app:
        kept = app.conversations.new()
        app.conversations.add(kept, app.ask(QUESTION))
        assert [turn.question for turn in app.conversations.latest().turns] == [QUESTION]
        assert json.loads(kept.path.read_text())["turns"][0]["answer"] == ANSWER


def test_messages_go_to_the_logger(app: Application, caplog: pytest.LogCaptureFixture) -> None:
    with app, caplog.at_level(logging.INFO, "ragft"):
        app.ask("What does Oberon give?", text=b"The waggle dance of Oberon gives 2,345 m as the distance.")
    assert [record.getMessage() for record in caplog.records if record.name == "ragft"] == [
        "answering from standard input, 57 bytes, and not from your documents"
    ]
