"""The application as a library: use cases as methods, dataclasses in and out, nothing on the terminal."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from ragft.answer.library.choosing import Choice
from ragft.answer.written.stream import Done
from ragft.app.application import Application, open_application
from ragft.errors import EngineUnavailable, InputError, ModelNotFound, NotFoundError, UsageError
from ragft.workspace import write_json
from tests.app.papers import ANSWER, QUESTION

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


def test_an_application_is_opened_again_after_it_was_closed(app: Application) -> None:
    with app:
        app.search("tides")
    with app:
        assert app.search("tides").hits[0].title == "Tides at the coast"


def test_a_search_is_kept_to_the_documents_chosen(app: Application) -> None:
    with app:
        found = app.search("memory", within=Choice(documents=["tides.md"]))
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
        summary = app.ask("Summarise this", text=lambda: text)
        assert {citation.title for citation in summary.citations} <= {"standard input"}
        assert app._resources.session().settings.answer.judgement is None
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


def test_models_of_one_engine_share_it(app: Application) -> None:
    with app:
        first, second = app._resources.session(), app._resources.session("tuned-model")
        assert first.engine is second.engine
        assert app._resources.session("tuned-model") is second


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


def test_thresholds_that_were_fitted_are_used_at_once(app: Application, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    rows = [(QUESTION, True), ("How do I cook a risotto?", False)] * 20
    labelled.write_text("".join(json.dumps({"question": q, "answerable": a}) + "\n" for q, a in rows))
    with app:
        before = app._resources.session().calibration
        fitted = app.calibrate(labelled=labelled, count=0).calibration
        assert app._resources.session().calibration == fitted != before
        assert app.reset_calibration() == app._resources.session().calibration == before


def test_messages_go_to_the_logger(app: Application, caplog: pytest.LogCaptureFixture) -> None:
    with app, caplog.at_level(logging.INFO, "ragft"):
        app.ask("What does Oberon give?", text=b"The waggle dance of Oberon gives 2,345 m as the distance.")
    assert [record.getMessage() for record in caplog.records if record.name == "ragft"] == [
        "answering from standard input, 57 bytes, and not from your documents"
    ]
