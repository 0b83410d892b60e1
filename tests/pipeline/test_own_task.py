"""A task of another kind: rows from a table, no corpus, no stage that reads one. Nothing else has to name it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ragft.benchmark.asking.bench import CLOSED_BOOK, Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring import metrics
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.suites.base import Need, Scores
from ragft.benchmark.suites.degeneration import Degeneration
from ragft.config import load_settings
from ragft.dataset.base import Row
from ragft.dataset.split import split_rows
from ragft.dataset.store import HELD_OUT, TRAIN, read_rows, save_dataset
from ragft.errors import NotFoundError
from ragft.pipeline.build import BuildReport, build_model
from ragft.pipeline.build_plan import BuildPlan
from ragft.pipeline.manifest import load_manifest
from ragft.pipeline.stage import Context, Stage, StageResult, file_digests
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.pipeline.task import Task
from ragft.setting_sections import BenchmarkSettings
from ragft.workspace import Workspace, digest_file

CAPITALS = {"Norland": "Oslaby", "Sudria": "Tidmouth", "Laughtale": "Neelam", "Ostara": "Velsk", "Mirador": "Cala"}


def read_table(paths: Sequence[Path]) -> list[BenchmarkQuestion]:
    rows = [row for path in paths for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]
    return [
        BenchmarkQuestion(row["country"], f"What is the capital of {row['country']}?", reference=row["capital"])
        for row in rows
    ]


def rows_of(question: BenchmarkQuestion) -> Row:
    prompt = ({"role": "system", "content": CLOSED_BOOK}, {"role": "user", "content": question.question})
    answer = {"role": "assistant", "content": f"It is {question.reference}."}
    return Row(prompt, (answer,), "statement", groups=(question.id,))


def generate(context: Context) -> StageResult:
    rows = [rows_of(question) for question in read_table(context.sources)]
    train, held_out = split_rows(rows, context.settings.generate.held_out, context.settings.generate.seed)
    save_dataset(context.workspace, context.run, train, held_out)
    return StageResult(generated(context), {"rows": len(rows)})


def generated(context: Context) -> dict[str, str]:
    return dict(file_digests(context.dataset_dir, (TRAIN, HELD_OUT)))


def find_tables(paths: Sequence[Path]) -> Sequence[Path]:
    if missing := [path for path in paths if not path.is_file()]:
        raise NotFoundError(f"no table {missing[0]}", fix="name a CSV file")
    return paths


@dataclass(frozen=True)
class Capitals:
    """The questions of the table, without any evidence."""

    name: str = "capitals"
    kind: str = "answer"
    needs: frozenset[Need] = frozenset({"text"})
    metrics: Sequence[Metric] = (Metric("right", "Right capital", "right", role="primary", binary=True),)
    asked: Sequence[BenchmarkQuestion] = field(
        default=tuple(
            BenchmarkQuestion(name, f"What is the capital of {name}?", reference=c) for name, c in CAPITALS.items()
        )
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        return list(self.asked)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        return bench.closed_book(arm, question)

    def score(self, question: BenchmarkQuestion, answer: Recorded) -> Scores:
        return {"right": metrics.contains(answer.answer.answer, question.reference)}


GENERATE = Stage(
    "generate",
    lambda c: {path.name: digest_file(path) for path in c.sources},
    lambda c: {"seed": c.settings.generate.seed},
    generate,
    generated,
)
TABLE = Task(
    "capitals",
    find_tables,
    (CHECK, GENERATE, TRAINING, EXPORT, REGISTER, BENCHMARK),
    {"capitals": Capitals(), "degeneration": Degeneration()},
    {
        "standard": {
            "generate": {"held_out": 0.2},
            "train": {"max_steps": 2, "accumulation": 1},
            "benchmark": {"suites": ["capitals", "degeneration"], "limit": 5},
        }
    },
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "capitals.csv"
    path.write_text("country,capital\n" + "".join(f"{country},{city}\n" for country, city in CAPITALS.items()))
    return path


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    script = tmp_path / "script.json"
    script.write_text('{"rules": [{"match": "Norland", "reply": "It is Oslaby."}], "default": {"reply": "Who knows."}}')
    monkeypatch.setenv("RAGFT_SCRIPT", str(script))
    return Workspace(tmp_path / "ws")


def build(workspace: Workspace, table: Path, base: Path) -> BuildReport:
    settings = load_settings(preset=TABLE.preset("standard")).with_("engine", name="scripted", threads=1)
    # A random model never ends its turn: the other three proofs hold for it as for any.
    settings = settings.with_("export", checks=("prompt", "tokenizer", "logits"))
    plan = BuildPlan(TABLE, settings, [table], str(base))
    return build_model(workspace, plan, plan.run_name("standard"), progress=lambda *_: None)


@pytest.mark.slow
def test_a_table_becomes_a_verdict_by_the_stages_of_its_task(
    workspace: Workspace, table: Path, tiny_base: Path
) -> None:
    report = build(workspace, table, tiny_base)
    assert [stage.name for stage in report.stages] == [stage.name for stage in TABLE.stages]
    assert report.model.startswith(f"capitals-{report.run}:")
    assert report.arms["tuned"]["capitals.right"] == report.arms["base"]["capitals.right"] == 0.2
    assert report.arms["tuned"]["degeneration.degenerate_rate"] == 0.0
    folder = workspace.datasets / report.run
    train, held_out = read_rows(folder / TRAIN), read_rows(folder / HELD_OUT)
    assert (len(train), len(held_out)) == (4, 1)
    assert {group for row in (*train, *held_out) for group in row.groups} == set(CAPITALS)
    manifest = load_manifest(workspace.runs / report.run)
    assert manifest is not None and manifest.settings["task"] == "capitals"
    again = build(workspace, table, tiny_base)
    assert again.run == report.run
    kept = again.stages[:4]  # the scripted engine forgets what was registered with it
    assert [stage.status for stage in kept] == ["skipped"] * 4


def test_sources_that_cannot_be_used_are_reported_before_anything_is_made(workspace: Workspace, table: Path) -> None:
    with pytest.raises(NotFoundError, match="no table"):
        build(workspace, table.with_name("other.csv"), Path("base"))
    assert not workspace.datasets.exists()
    assert not list(workspace.runs.glob("*/*"))
