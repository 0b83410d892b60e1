"""Written answers played back over the small shelf: qlora.pdf (pages 1 and 2), rag.pdf, bread.pdf."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.library.librarian import Librarian
from ragft.benchmark.asking.lookups import SharedSearch
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion
from ragft.benchmark.written.play import Make, played, with_source_keys
from ragft.benchmark.written.report import Played, PlayedReport
from ragft.benchmark.written.written_answers import WrittenAnswer
from ragft.engine.base import Engine
from ragft.index.base import Hit
from ragft.setting_sections import AnswerSettings
from tests.benchmark.conftest import Shelf

GPU = NaturalQuestion.model_validate(
    {"id": "gpu", "question": "Which GPU finetunes a 65B model?", "kind": "number_text", "answer": "…"}
    | {"documents": ({"title": "qlora.pdf", "evidence": (("65B", "48 GB"),)},)}
)
RIGHT = WrittenAnswer("right", GPU, *["QLoRA finetunes a 65B parameter model on a single 48 GB GPU [?]."] * 2)


def wrong(old: str, new: str) -> WrittenAnswer:
    return replace(RIGHT, id="wrong", answer=RIGHT.answer.replace(old, new), change="number")


def asking(gate: float = 0.0, judgement: float = 0.0, support: float = 0.7) -> Make:
    def make(engine: Engine, searcher: SharedSearch) -> Assistant:
        settings = AnswerSettings(gate=gate, judgement=judgement, support=support)
        return Assistant(AskedModel(engine, "played"), AskedDocuments(searcher), settings, quote=False)

    return make


def only(report: PlayedReport) -> Played:
    (found,) = report.rows
    return found


def test_a_right_answer_that_is_shown_whole_with_its_evidence_has_reached_the_reader(shelf: Shelf) -> None:
    report = played(asking(), [RIGHT], shelf)
    found = only(report)
    assert (found.outcome, found.has_evidence, found.kind) == ("reached", True, "number_text")
    assert "48 GB" in found.quotes[0]
    assert (report.right.reached.count, report.right_by_kind["number_text"].reached.total) == (1, 1)
    assert report.with_evidence.reached.total == 1


def test_a_quote_of_something_else_is_distinguished_from_one_of_the_evidence(shelf: Shelf) -> None:
    text = "Double quantization saves 0.37 bits per parameter."
    found = only(played(asking(), [replace(RIGHT, answer=text, right=text)], shelf))
    assert found.outcome == "other_quote"
    more = replace(RIGHT, answer=text, right=text, evidence=(("0.37 bits",),))
    assert only(played(asking(), [more], shelf)).outcome == "reached"


def test_a_string_that_the_question_has_is_no_evidence_in_a_quote(shelf: Shelf) -> None:
    source = GPU.documents[0].model_copy(update={"evidence": (("65B", "cool room"), ("65B", "single"))})
    question = GPU.model_copy(update={"documents": (source,)})
    assert only(played(asking(), [replace(RIGHT, question=question)], shelf)).outcome == "reached"
    nowhere = source.model_copy(update={"evidence": (("65B", "cool room"),)})
    question = GPU.model_copy(update={"documents": (nowhere,)})
    assert only(played(asking(), [replace(RIGHT, question=question)], shelf)).outcome == "other_quote"


@pytest.mark.parametrize(("told", "outcome"), [(2, "reached"), (1, "other_quote")])
def test_evidence_of_two_passages_is_shown_by_an_answer_that_quotes_both(shelf: Shelf, told: int, outcome: str) -> None:
    source = GPU.documents[0].model_copy(update={"evidence": (("48 GB", "0.37 bits"),)})
    sentences = ["QLoRA finetunes a 65B parameter model on a single 48 GB GPU.", "Double quantization saves 0.37 bits."]
    text = " ".join(sentences[:told])
    row = replace(RIGHT, question=GPU.model_copy(update={"documents": (source,)}), answer=text, right=text)
    assert only(played(asking(), [row], shelf)).outcome == outcome


@pytest.mark.parametrize(
    ("make", "outcome", "reason"),
    [
        (asking(gate=1.0), "refused_before", "weak_evidence"),
        (asking(judgement=1.0), "refused_after", "unsupported"),
    ],
)
def test_refusals_before_and_after_the_model(shelf: Shelf, make: Make, outcome: str, reason: str) -> None:
    aside = "Double quantization saves 0.37 bits."  # supported, and no answer to the question
    for row in (replace(RIGHT, answer=aside, right=aside), wrong("48", "24")):
        found = only(played(make, [row], shelf))
        assert (found.outcome, found.reason) == (outcome, reason)
        assert found.unsupported == (row.change is not None and outcome == "refused_after")


def test_a_right_answer_of_which_one_sentence_is_not_supported_is_marked(shelf: Shelf) -> None:
    text = f"{RIGHT.right} Sourdough tastes best with honey and plenty of salted butter."
    found = only(played(asking(), [replace(RIGHT, answer=text, right=text)], shelf))
    assert found.outcome == "marked"
    assert found.support is not None
    assert found.support < 0.7


def test_only_the_changed_sentence_of_a_wrong_answer_counts(shelf: Shelf) -> None:
    right = f"{RIGHT.right} Double quantization saves 0.37 bits per parameter."
    stopped = replace(RIGHT, right=right, answer=right.replace("0.37", "0.73"), change="number")
    found = only(played(asking(), [stopped], shelf))
    assert found.outcome == "marked"
    assert found.support == pytest.approx(0.25)


def test_a_wrong_answer_shown_as_supported_is_counted_by_its_change(shelf: Shelf) -> None:
    rows = [wrong("QLoRA", "Bread"), wrong("48", "24"), replace(wrong("single", "big"), change="relation")]
    report = played(asking(support=0.5), rows, shelf)
    assert [row.outcome for row in report.rows] == ["shown", "refused_after", "shown"]
    assert (report.wrong.stopped.count, report.wrong.stopped.total) == (1, 3)
    assert (report.named_shown.count, report.named_shown.total) == (1, 2)
    assert {change: scores.stopped.count for change, scores in report.wrong_by_change.items()} == {
        "number": 1,
        "relation": 0,
    }


def test_a_refusal_of_the_model_is_taken_for_one_or_shown_as_an_answer(shelf: Shelf) -> None:
    said = replace(RIGHT, declined=True, answer="The sources do not say which GPU it takes.")
    odd = replace(said, answer="QLoRA finetunes a 65B parameter model on a single 48 GB GPU, so I pass.")
    report = played(asking(support=0.5), [said, odd], shelf)
    assert [row.outcome for row in report.rows] == ["declined", "shown"]
    assert (report.refusals.taken.count, report.refusals.taken.total) == (1, 2)
    assert report.right.reached.total == 0
    unasked = played(asking(gate=1.0), [said], shelf)
    assert (only(unasked).outcome, unasked.refusals.taken.total) == ("refused_before", 0)


def test_what_the_catalogue_answers_is_a_loss_unless_it_was_asked_for(shelf: Shelf) -> None:
    def make(engine: Engine, searcher: SharedSearch) -> Assistant:
        settings = AnswerSettings(gate=0.0, judgement=0.0)
        return Assistant(AskedModel(engine, "played"), AskedDocuments(searcher, librarian=Librarian(shelf)), settings)

    asked = {"question": "How many papers do I have?"}
    meta = GPU.model_copy(update={**asked, "kind": "metadata", "fields": ("documents",)})
    rows = [replace(RIGHT, question=meta), replace(RIGHT, question=GPU.model_copy(update=asked))]
    report = played(make, rows, shelf)
    assert [row.outcome for row in report.rows] == ["catalogue", "catalogue"]
    assert (report.catalogue, report.right.reached.total, report.right.reached.count) == (1, 1, 0)


class Astray(Shelf):
    """The shelf with a search that finds bread alone."""

    def search(self, query: str, k: int) -> list[Hit]:
        return [hit for hit in super().search(query, k) if hit.document_id == "bread"]


def test_wanted_evidence_comes_first_whatever_is_found(shelf: Shelf) -> None:
    assert only(played(asking(), [RIGHT], Astray())).has_evidence is False
    report = played(asking(gate=1.0), [RIGHT], Astray(), given="wanted")
    assert (only(report).outcome, report.given) == ("reached", "wanted")


def test_keys_are_those_of_the_passages_that_hold_the_evidence() -> None:
    prompt = "Sources:\n[1] Bread rises.\n[2] A 65B model on 48 GB.\n[3] 65B and 48 GB again.\n\nQuestion: …"
    places = [(GPU.documents[0], {"qlora"})]
    assert with_source_keys(RIGHT, places, prompt).endswith("48 GB GPU [2].")
    assert with_source_keys(RIGHT, places, "Sources:\n[1] Bread rises.").endswith("48 GB GPU.")
    table = prompt.replace("[2] ", "[2] A table.\nGPU | Year\n")
    assert with_source_keys(RIGHT, places, table).endswith("48 GB GPU [2].")
    both = replace(RIGHT, question=GPU.model_copy(update={"needs": "all", "documents": GPU.documents * 2}))
    second = GPU.documents[0].model_copy(update={"evidence": (("rises",),)})
    assert with_source_keys(both, [*places, (second, {"bread"})], prompt).endswith("GPU [2][1].")


def test_answers_about_documents_that_are_not_there_are_left_out_and_named(shelf: Shelf) -> None:
    gone = GPU.documents[0].model_copy(update={"title": "Spoons"})
    away = GPU.model_copy(update={"documents": (gone,)})
    half = GPU.model_copy(update={"documents": (gone, GPU.documents[0]), "needs": "all"})
    report = played(asking(), [replace(RIGHT, question=away), replace(RIGHT, question=half), RIGHT], shelf)
    assert (report.skipped, report.missing, report.right.reached.total) == (2, ["Spoons"], 1)
