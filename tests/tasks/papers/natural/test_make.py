"""The recipe on a real index with a scripted model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from ragft.answer.checker import check
from ragft.answer.checking.support import Supporter, sentence_spans
from ragft.answer.prompts.budget import TokenCounter
from ragft.answer.prompts.form import REFUSAL
from ragft.answer.prompts.prompt import assign_keys, is_refusal
from ragft.answer.refusal.shipped import SHIPPED
from ragft.answer.written.citation_keys import parse_keys, strip_keys
from ragft.answer.written.prose import not_prose
from ragft.corpus.languages import language_in
from ragft.dataset.base import GenerateReport, Row
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.inspect import validate
from ragft.dataset.store import HELD_OUT, PREFERENCES, REJECTED, TRAIN, read_lines, read_preferences, read_rows
from ragft.engine.base import ChatRequest
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import DatasetError, GenerationError
from ragft.index.base import Hit
from ragft.index.index import Index, open_index
from ragft.setting_sections import AnswerSettings, GenerateSettings, IndexSettings
from ragft.tasks.papers.generate import generate
from ragft.tasks.papers.natural.ideas import Idea
from ragft.tasks.papers.natural.rows import Builder
from ragft.tasks.papers.recipe.compose import Rejected
from ragft.tasks.papers.row_check import check_row
from ragft.workspace import Workspace

SETTINGS = GenerateSettings(count=40, held_out=0.2)


def plain_engine() -> ScriptedEngine:
    """A model that says the same fluent sentence to everything."""
    return ScriptedEngine(
        lambda request: f"Good people know this: {request.messages[-1].content.rstrip('.?')}, and nothing else."
    )


def make(
    index: Index,
    folder: Path,
    engine: ScriptedEngine | None = None,
    *,
    avoid: tuple[str, ...] = (),
    avoid_answers: tuple[str, ...] = (),
    **changes: object,
) -> GenerateReport:
    settings = GenerateSettings.model_validate({**SETTINGS.model_dump(), **changes})
    request = GenerationRequest(
        engine or plain_engine(), "scripted", settings, AnswerSettings(), avoid=avoid, avoid_answers=avoid_answers
    )
    return generate(index, request, folder)


@pytest.fixture(scope="module")
def made(index: Index, tmp_path_factory: pytest.TempPathFactory) -> tuple[GenerateReport, Path]:
    folder = tmp_path_factory.mktemp("made") / "set"
    return make(index, folder), folder


@pytest.fixture(scope="module")
def rows(made: tuple[GenerateReport, Path]) -> list[Row]:
    return [row for name in (TRAIN, HELD_OUT) for row in read_rows(made[1] / name)]


def question(row: Row) -> str:
    return row.prompt[-1]["content"].rpartition("Question: ")[2]


def test_every_kind_is_made_and_nothing_is_wrong(made: tuple[GenerateReport, Path]) -> None:
    report, folder = made
    assert sum(report.kept[kind] for kind in ("grounded", "synthesis", "partial", "refusal")) >= 32
    assert min(report.kept[kind] for kind in ("grounded", "synthesis", "refusal")) >= 1
    assert validate(folder, checks=[check_row]) == []


def test_questions_take_several_forms(rows: list[Row]) -> None:
    assert len({row.form for row in rows if row.kind == "grounded"}) >= 4


def test_every_sentence_of_an_answer_is_a_cited_sentence_of_its_source(rows: list[Row], index: Index) -> None:
    answered = [row for row in rows if row.kind in ("grounded", "synthesis")]
    assert answered
    for row in answered:
        answer = row.completion[0]["content"]
        chunks = [index.chunk(one) for one in row.chunk_ids]
        hits = [Hit(n, 0.0, c.id, c.document_id, c.title, c.pages, c.section, c.text) for n, c in enumerate(chunks)]
        result = check(
            answer, assign_keys(hits), question=question(row), supporter=Supporter(), threshold=SHIPPED.support
        )
        assert all(one.supported for one in result.sentences)
        assert result.unknown_keys == result.wrong_keys == result.aligned == 0
        assert 1 <= len(parse_keys(answer)) <= 5
        assert not not_prose(answer)


def test_many_answers_have_several_sentences(rows: list[Row]) -> None:
    answered = [row for row in rows if row.kind in ("grounded", "synthesis")]
    several = [row for row in answered if len(parse_keys(row.completion[0]["content"])) > 1]
    assert len(several) >= len(answered) / 3


def test_a_synthesis_draws_on_two_sources(rows: list[Row]) -> None:
    found = [row for row in rows if row.kind == "synthesis"]
    assert found
    assert all(len(row.oracle_ids) >= 2 for row in found)


def test_a_question_is_refused_and_answered_over_different_sources(rows: list[Row]) -> None:
    refused = [row for row in rows if row.kind == "refusal"]
    assert refused
    answered = {question(row): row for row in rows if row.kind in ("grounded", "synthesis")}
    again = [row for row in refused if question(row) in answered]
    assert again
    for row in refused:
        assert row.completion[0]["content"] == REFUSAL
    for row in again:
        assert not set(answered[question(row)].oracle_ids) & set(row.chunk_ids)


def test_a_false_premise_is_refused_over_what_the_search_finds_for_it(index: Index) -> None:
    request = GenerationRequest(plain_engine(), "scripted", SETTINGS, AnswerSettings(), avoid=())
    documents = frozenset(record.id for record in index.documents())
    builder = Builder(index, TokenCounter(plain_engine(), "scripted"), request, documents)
    asked = "How much memory does HNSW need for the fine-tuning of a 65B model?"
    false = Idea(asked, "false_premise", "refusal", "en", next(iter(documents)), ("HNSW",))
    row = builder.misled(false, Random(0)).row
    assert (row.kind, row.form, row.completion[0]["content"]) == ("refusal", "false_premise", REFUSAL)
    assert row.checks["false_premise"] == 1.0
    assert question(row) == asked
    with pytest.raises(Rejected, match="no_context_to_refuse"):
        builder.misled(replace(false, question="Does LoRA freeze pretrained weights?", terms=("LoRA",)), Random(0))


def test_the_first_source_of_a_prompt_is_its_first_chunk(rows: list[Row], index: Index) -> None:
    for row in rows:
        if row.kind != "replay":
            key, _, shown = row.prompt[-1]["content"].splitlines()[1].partition("] ")
            first = " ".join(strip_keys(index.chunk(row.chunk_ids[int(key[1:]) - 1]).text)[0].split())
            assert all(piece[:30] in first for piece in shown.split(" … "))


def test_a_partial_answer_answers_and_says_what_is_missing(index: Index, tmp_path: Path) -> None:
    make(index, tmp_path / "set", mix={"grounded": 0.7, "partial": 0.3})
    found = [row for row in read_rows(tmp_path / "set" / TRAIN) if row.kind == "partial"]
    assert found
    for row in found:
        answer = row.completion[0]["content"]
        assert parse_keys(answer)
        assert "do not answer the part about" in answer
        assert not is_refusal(answer)
        missing = answer.rpartition("the part about ")[2].rstrip(".")
        sources = row.prompt[-1]["content"].partition("\n\nAnswer in")[0]
        assert missing not in sources


def test_no_document_is_on_both_sides(made: tuple[GenerateReport, Path]) -> None:
    sides = [{d for row in read_rows(made[1] / name) for d in row.document_ids} for name in (TRAIN, HELD_OUT)]
    assert sides[0] and sides[1]
    assert not sides[0] & sides[1]


def test_the_same_seed_gives_the_same_bytes_and_another_other_rows(
    made: tuple[GenerateReport, Path], index: Index, tmp_path: Path
) -> None:
    make(index, tmp_path / "same")
    for name in (TRAIN, HELD_OUT, REJECTED):
        assert (tmp_path / "same" / name).read_bytes() == (made[1] / name).read_bytes()
    make(index, tmp_path / "other", seed=1)
    assert (tmp_path / "other" / TRAIN).read_bytes() != (made[1] / TRAIN).read_bytes()


def test_other_rows_on_the_same_split(made: tuple[GenerateReport, Path], index: Index, tmp_path: Path) -> None:
    make(index, tmp_path / "set", seed=1, split_seed=0)
    (one, other), (rows, others) = (
        [
            {d for row in read_rows(folder / HELD_OUT) for d in row.document_ids}
            for folder in (made[1], tmp_path / "set")
        ],
        [(folder / TRAIN).read_bytes() for folder in (made[1], tmp_path / "set")],
    )
    assert one & other
    assert not {d for row in read_rows(tmp_path / "set" / TRAIN) for d in row.document_ids} & one
    assert rows != others


def test_answers_have_as_many_sentences_as_the_settings_let_them(index: Index, tmp_path: Path) -> None:
    make(index, tmp_path / "set", count=16, replay=0, sentences=1, mix={"grounded": 0.7, "synthesis": 0.3})
    found = read_rows(tmp_path / "set" / TRAIN)
    said = {kind: {len(parse_keys(r.completion[0]["content"])) for r in found if r.kind == kind}
            for kind in ("grounded", "synthesis")}  # fmt: skip
    assert said == {"grounded": {1}, "synthesis": {2}}
    assert "topic" in {row.form for row in found}, "one sentence is then an answer to any form"


def test_an_evaluation_question_is_kept_out(made: tuple[GenerateReport, Path], index: Index, tmp_path: Path) -> None:
    asked = [question(row) for row in read_rows(made[1] / TRAIN) if row.kind == "grounded" and len(row.prompt) == 2]
    report = make(index, tmp_path / "set", avoid=tuple(asked[:2]))
    assert report.rejected["benchmark_overlap"] >= 1
    again = [question(row) for row in read_rows(tmp_path / "set" / TRAIN)]
    assert not set(asked[:2]) & set(again)


def test_an_answer_that_says_what_a_reference_says_is_kept_out(
    made: tuple[GenerateReport, Path], index: Index, tmp_path: Path
) -> None:
    rows = [row for row in read_rows(made[1] / TRAIN) if row.kind == "grounded"]
    reference = strip_keys(rows[0].completion[0]["content"])[0]
    (start, end), *_ = sentence_spans(reference)
    first = reference[start:end]
    report = make(index, tmp_path / "set", avoid_answers=(first,))
    assert report.rejected["benchmark_answer"] >= 1
    said = [strip_keys(row.completion[0]["content"])[0] for row in read_rows(tmp_path / "set" / TRAIN)]
    assert not any(first in text for text in said)


def test_a_short_form_of_an_evaluation_question_is_kept_out(index: Index, tmp_path: Path) -> None:
    avoid = (
        "What is retrieval-augmented generation?",
        "What is retrieval-augmented generation and how does it work?",
        "What is retrieval-augmented generation, and what does it do?",
        "Can you explain what retrieval-augmented generation is?",
        "What exactly is retrieval-augmented generation?",
        "Define retrieval-augmented generation.",
    )
    make(index, tmp_path / "set", avoid=avoid, count=60, replay=0)
    rows = [row for name in (TRAIN, HELD_OUT) for row in read_rows(tmp_path / "set" / name)]
    asked = {question(row).lower().rstrip("?.") for row in rows}
    assert not asked & {"what is rag", "what is rag and how does it work", "define rag", "what exactly is rag"}


def test_rejections_are_kept_with_their_reason(made: tuple[GenerateReport, Path]) -> None:
    rejected = [value for _, value in read_lines(made[1] / REJECTED)]
    replayed = sum(number for reason, number in made[0].rejected.items() if reason.startswith("replay_"))
    assert sum(made[0].rejected.values()) == len(rejected) + replayed
    assert all(value["question"] and value["form"] for value in rejected)


# samples --------------------------------------------------------------------------------------------------------------


def test_a_worse_answer_of_the_model_becomes_a_pair_with_its_faults(index: Index, tmp_path: Path) -> None:
    engine = ScriptedEngine(lambda _: "- LoRA is a cheese.\n- It is blue.")
    make(index, tmp_path / "set", engine, samples=1, replay=0)
    pairs = read_preferences(tmp_path / "set" / PREFERENCES)
    assert {pair.kind for pair in pairs} >= {"grounded", "refusal"}
    assert all("not_prose" in pair.faults for pair in pairs)
    assert all(pair.chosen_score > pair.rejected_score for pair in pairs)


def test_every_answer_that_lost_is_kept_with_its_score_and_faults(index: Index, tmp_path: Path) -> None:
    said = iter(range(10**6))
    engine = ScriptedEngine(lambda _: f"- LoRA is cheese number {next(said)}.\n- It is blue.")
    report = make(index, tmp_path / "set", engine, samples=2, replay=0, count=12)
    made = {row.id for name in (TRAIN, HELD_OUT) for row in read_rows(tmp_path / "set" / name)}
    attempts = [value for _, value in read_lines(tmp_path / "set" / REJECTED)]
    lost = [value for value in attempts if value["reason"] == "lost"]
    assert {value["row"] for value in lost} <= made
    assert len({value["answer"] for value in lost}) == len(lost) > len(made)
    assert all(value["faults"] == ["not_prose"] and value["score"] == 0 and value["question"] for value in lost)
    assert sum(report.rejected.values()) == len(attempts) - len(lost)


def test_a_false_answer_where_nothing_answers_becomes_a_pair(index: Index, tmp_path: Path) -> None:
    engine = ScriptedEngine(lambda _: "LoRA freezes the pretrained weights of a model [1].")
    make(index, tmp_path / "set", engine, samples=1, replay=0)
    refusals = [pair for pair in read_preferences(tmp_path / "set" / PREFERENCES) if pair.kind == "refusal"]
    assert refusals
    assert all(pair.faults == ("answers",) and pair.chosen[0]["content"] == REFUSAL for pair in refusals)


def test_without_samples_the_model_is_asked_for_nothing_but_replay(index: Index, tmp_path: Path) -> None:
    engine = ScriptedEngine()
    make(index, tmp_path / "set", engine, replay=0)
    assert engine.requests == []
    assert not (tmp_path / "set" / PREFERENCES).exists()


def test_after_the_engine_died_it_goes_on_and_asks_nothing_twice(index: Index, tmp_path: Path) -> None:
    asked: list[ChatRequest] = []

    def dying(request: ChatRequest) -> str:
        asked.append(request)
        if len(asked) == 9:
            raise GenerationError("gone")
        return f"Good people know this: {request.messages[-1].content[-60:].rstrip('.?')}, and nothing else."

    engine = ScriptedEngine(dying)
    with pytest.raises(GenerationError):
        make(index, tmp_path / "set", engine, samples=1)
    assert not (tmp_path / "set" / TRAIN).exists()
    make(index, tmp_path / "set", engine, samples=1)
    assert len(asked) == len(set(map(repr, asked))) + 1  # only the request that failed came again


# languages ------------------------------------------------------------------------------------------------------------

DOCUMENTS = {
    "de": """# Dichte Suche
## Verfahren
Die dichte Suche ist ein Verfahren, das Fragen und Passagen als Vektoren vergleicht. Die dichte Suche findet
Umschreibungen und übersieht seltene Namen. BM25 ordnet Dokumente nach der Häufigkeit ihrer Wörter. BM25 bleibt ein
starkes Verfahren für seltene Namen und Kennungen. Der Wissensgraph ist ein Netz aus Begriffen und ihren Beziehungen.
Ein Wissensgraph wird mit einer eigenen Sprache abgefragt.
""",
    "ko": """# 검색 증강 생성
## 방법
검색 증강 생성은 모델이 답하기 전에 문서를 먼저 찾아 읽게 한다. 검색 증강 생성은 환각을 줄이고 출처를 보여 준다.
LoRA는 가중치를 고정하고 작은 행렬 두 개만 학습한다. LoRA는 메모리를 크게 줄인다.
벡터 색인은 가까운 벡터를 빠르게 찾는 자료 구조이다. 벡터 색인은 정확도와 속도를 맞바꾼다.
""",
    "zh": """# 检索增强生成
## 方法
检索增强生成是一种让模型先查阅文档再回答问题的方法。检索增强生成可以减少幻觉并且给出信息的来源。
向量索引是一种能够快速找到相近向量的数据结构。向量索引在精度和速度之间进行权衡。
LoRA 冻结预训练的权重，只训练两个很小的矩阵。使用 LoRA 可以显著减少训练所需的显存。
""",
}


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Row]]:
    def rows_of(language: str) -> list[Row]:
        folder = tmp_path_factory.mktemp(language)
        (folder / "paper.md").write_text(DOCUMENTS[language], encoding="utf-8")
        with open_index(Workspace(folder / ".ragft"), IndexSettings()) as opened:
            opened.ingest([folder / "paper.md"])
            make(opened, folder / "set", count=8, replay=0, held_out=0)
        return read_rows(folder / "set" / TRAIN)

    return rows_of


@pytest.mark.parametrize("language", DOCUMENTS)
def test_papers_in_other_languages_give_rows_in_their_language(
    language: str, foreign: Callable[[str], list[Row]]
) -> None:
    answered = [row for row in foreign(language) if row.kind in ("grounded", "synthesis")]
    assert len(answered) >= 2
    for row in answered:
        assert language_in(strip_keys(row.completion[0]["content"])[0]) == language
        assert row.form == "keywords" or language_in(question(row)) == language


def test_a_language_without_frames_is_named(tmp_path: Path) -> None:
    text = "# Плотный поиск\n## Метод\nПлотный поиск сравнивает вопросы и отрывки как векторы.\n"
    (tmp_path / "paper.md").write_text(text, encoding="utf-8")
    with open_index(Workspace(tmp_path / ".ragft"), IndexSettings()) as opened:
        opened.ingest([tmp_path / "paper.md"])
        with pytest.raises(DatasetError, match="'ru'"):
            make(opened, tmp_path / "set", count=4, replay=0)


@pytest.mark.parametrize("shuffled", [0.0, 1.0])
def test_sources_are_in_the_order_of_the_search_unless_they_are_shuffled(
    index: Index, tmp_path: Path, shuffled: float
) -> None:
    make(index, tmp_path / "set", mix={"grounded": 1.0}, count=12, shuffled=shuffled)
    alone = [row for row in read_rows(tmp_path / "set" / TRAIN) if len(row.prompt) == 2]
    assert alone
    best = [index.search(question(row), 1)[0].chunk_id == row.chunk_ids[0] for row in alone]
    assert (sum(best) > len(best) / 2) is (shuffled == 0.0)
