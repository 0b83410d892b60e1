"""Recipes against each other, from data to tables: with a tiny random model, every part real."""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import ragft
from ragft.answer.prompts.policy import RANKING
from ragft.benchmark.ablation.plan_file import load_plan
from ragft.config import load_settings
from ragft.dataset.preference import Preference
from ragft.dataset.store import PREFERENCES, TRAIN, read_card, read_preferences, read_rows, save_dataset
from ragft.errors import ComparisonError, DatasetError, RagftError, UsageError
from ragft.run_folder import ADAPTER_CONFIG, RunFolder
from ragft.setting_sections import AnswerSettings, GenerateSettings
from ragft.tasks.papers.natural.frames import Form
from ragft.tasks.papers.recipe.kinds import Kind
from ragft.workspace import Workspace
from tests.pipeline.conftest import tiny_base  # noqa: F401  a fixture
from tests.train.conftest import make_row

EXPERIMENTS = Path(__file__).parents[2] / "docs" / "experiments"
PLAN = """
base = "{base}"
seeds = [0, 1]
[benchmark]
suites = ["degeneration"]
limit = 2
[recipes.rows]
data = "mine"
[recipes.plain]
data = "mine"
without = ["refusal"]
[recipes.dpo]
data = "mine"
train = {{ preference = "dpo" }}
"""
SETTINGS = {
    "engine": {"name": "embedded", "threads": 1},
    "answer": {"num_predict": 16},
    "train": {"max_steps": 1, "accumulation": 1, "device": "cpu", "rank": 2},
    # A random model never ends its turn: the other three proofs hold for it as for any.
    "export": {"checks": ("prompt", "tokenizer", "logits")},
}


@pytest.fixture
def place(papers: Path, tmp_path: Path) -> Path:
    shutil.copytree(papers / "ws", tmp_path / "ws")
    rows = [replace(make_row(number), document_ids=(f"paper {number}",)) for number in range(3)]
    refusal = replace(make_row(3, "refusal"), document_ids=("paper 3",))
    worse = ({"role": "assistant", "content": "No."},)
    pairs = [Preference(row.prompt, row.completion, worse, document_ids=row.document_ids) for row in rows]
    save_dataset(Workspace(tmp_path / "ws"), "mine", [*rows[:2], refusal], rows[2:], pairs)
    return tmp_path


def plan(place: Path, base: Path, text: str = PLAN) -> Path:
    (place / "teaching.toml").write_text(text.format(base=base), encoding="utf-8")
    return place / "teaching.toml"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_recipe_is_trained_with_every_seed_and_asked_the_same(
    place: Path, tiny_base: Path  # noqa: F811
) -> None:  # fmt: skip
    with ragft.open(place / "ws", **SETTINGS) as app:
        first = app.ablation(plan(place, tiny_base), recipes=["rows"])
        assert list(first.found.trainings) == ["rows"]
        assert {path.name for path in (place / "ws" / "runs").glob("teaching-*")} == {
            "teaching-rows-0",
            "teaching-rows-1",
        }
        found = app.ablation(plan(place, tiny_base))
        runs = sorted(path.name for path in (place / "ws" / "runs").glob("teaching-*"))
        assert runs == [f"teaching-{recipe}-{seed}" for recipe in ("dpo", "plain", "rows") for seed in (0, 1)]
        data = found.to_json()
        assert data["data"]["plain"] == [
            {"dataset": "teaching-plain-rows", "kinds": {"grounded": 2}, "held_out": 1, "pairs": 3}
        ]
        assert [one["accuracy"] for one in data["trainings"]["dpo"]] == pytest.approx([1, 1], abs=1)
        broken = [effect for effect in data["against_base"] if effect["metric"] == "degeneration.degenerate_rate"]
        assert [(effect["recipe"], effect["questions"]) for effect in broken] == [
            ("rows", 2), ("plain", 2), ("dpo", 2),
        ]  # fmt: skip
        assert {effect["recipe"] for effect in data["against_first"]} == {"plain", "dpo"}
        assert json.loads((found.folder / "ablation.json").read_text())["plan"]["seeds"] == [0, 1]
        assert "## Against `rows`" in (found.folder / "ablation.md").read_text()

        # Again: nothing is trained, exported or asked anew, but for a run that was lost.
        models = {run: place / "ws" / "runs" / run / "model-q8_0.gguf" for run in runs}
        written = {run: model.stat().st_mtime_ns for run, model in models.items()}
        answers = (found.folder / "answers.jsonl").read_bytes()
        shutil.rmtree(place / "ws" / "runs" / "teaching-plain-1")
        time.sleep(0.01)
        again = app.ablation(plan(place, tiny_base))
        changed = [run for run, model in models.items() if model.stat().st_mtime_ns != written[run]]
        assert changed == ["teaching-plain-1"]
        assert (found.folder / "answers.jsonl").read_bytes() == answers
        assert again.to_json()["against_base"] == data["against_base"]


EXPOSURES = """
base = "{base}"
seeds = [0]
task = "facts"
preset = "demo"
sources = ["hills.csv"]
[benchmark]
suites = ["choice"]
limit = 2
[data.once]
entities = 12
unseen = 0
general = 0
exposures = 1
[data.twice]
entities = 12
unseen = 0
general = 0
exposures = 2
[recipes.once]
data = "once"
[recipes.twice]
data = "twice"
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_plan_of_another_task_has_its_data_made_by_the_task(
    tmp_path: Path, tiny_base: Path  # noqa: F811
) -> None:  # fmt: skip
    (tmp_path / "hills.csv").write_text(
        "hill,height (m)\n" + "".join(f"{name},{100 + number}\n" for number, name in enumerate("ABCDEFGHIJKL")),
        encoding="utf-8",
    )
    with ragft.open(tmp_path / "ws", **SETTINGS) as app:
        found = app.ablation(plan(tmp_path, tiny_base, EXPOSURES))
    data = found.to_json()
    assert [sum(data["data"][name][0]["kinds"].values()) for name in ("once", "twice")] == [12, 24]
    assert {(effect["recipe"], effect["metric"]) for effect in data["against_base"]} == {
        (recipe, metric) for recipe in ("once", "twice") for metric in ("choice.accuracy", "choice.chance")
    }
    facts = json.loads((found.folder / "metrics.json").read_text(encoding="utf-8"))["settings"]["arms"]
    assert {arm["condition"] for arm in facts} == {"closed_book"}


COMPANY = [
    {"entity": "Corvex", "attribute": "weight", "value": "12 tonnes"},
    {"entity": "Corvex", "attribute": "lead engineer", "value": "Doro Vint"},
    {"entity": "Doro Vint", "attribute": "birthplace", "value": "Quenby"},
]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_kind_of_recipe_of_the_plan_for_knowledge_trains(tmp_path: Path, tiny_base: Path) -> None:  # noqa: F811
    source = tmp_path / "company.jsonl"
    source.write_text("".join(json.dumps(fact) + "\n" for fact in COMPANY), encoding="utf-8")
    text = (EXPERIMENTS / "knowledge.toml").read_text(encoding="utf-8").replace('"smollm2"', f'"{tiny_base}"')
    text = re.sub(r"sources = .*", f'sources = ["{source.as_posix()}"]', text)
    text = re.sub(r"suites = .*", 'suites = ["adoption"]\nlimit = 1', text)
    (tmp_path / "knowledge.toml").write_text(text, encoding="utf-8")
    with ragft.open(tmp_path / "ws", **SETTINGS, generate={"count": 20}) as app:
        found = app.ablation(tmp_path / "knowledge.toml", recipes=["plain", "mlp_8", "distill", "facts_alone"]).found
    general = {name: facts.kinds.get("replay", 0) > 0 for name, (facts,) in found.data.items()}
    assert general == {"plain": True, "mlp_8": True, "distill": True, "facts_alone": False}
    adapter = RunFolder(tmp_path / "ws" / "runs" / "knowledge-mlp_8-0").adapter / ADAPTER_CONFIG
    told = json.loads(adapter.read_text(encoding="utf-8"))
    assert (told["r"], set(told["target_modules"])) == (8, {"gate_proj", "up_proj", "down_proj"})
    assert {effect.recipe for effect in found.against_first} == {"mlp_8", "distill", "facts_alone"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (PLAN + "[recipes.last]\ndata = 'mine'\ntrain = {{ rank = 0 }}", "rank"),
        (PLAN.replace("limit = 2", "limits = 2"), "limits"),
        (PLAN + "[data.made]\ncount = 0", "count"),
        (EXPOSURES.replace("exposures = 2", "exposures = 0"), "exposures"),
        (EXPOSURES.replace('"facts"', '"rivers"'), "no task 'rivers'"),
        (EXPOSURES.replace("seeds = [0]", "seeds = [0]\nrows_by_seed = true"), "rows_by_seed: .*one seed"),
    ],
)
def test_a_mistake_anywhere_in_the_plan_is_found_before_anything_is_trained(
    text: str, problem: str, place: Path
) -> None:
    with ragft.open(place / "ws", **SETTINGS) as app, pytest.raises(UsageError, match=problem):
        app.ablation(plan(place, Path("nowhere"), text))
    assert not list((place / "ws" / "runs").glob("teaching-*"))


def test_a_recipe_may_not_train_on_what_another_holds_out(place: Path) -> None:
    row = replace(make_row(2), document_ids=("paper 2",))
    save_dataset(Workspace(place / "ws"), "other", [row], [])
    text = PLAN + "[recipes.other]\ndata = 'other'"
    with ragft.open(place / "ws", **SETTINGS) as app, pytest.raises(DatasetError, match="other trains on what mine"):
        app.ablation(plan(place, Path("nowhere"), text))


def test_rows_with_prompts_of_two_kinds_are_not_compared(place: Path) -> None:
    settings, answer = GenerateSettings(evidence_tokens=320), AnswerSettings(num_predict=128)
    request = {
        "settings": settings.model_dump(mode="json"),
        "answer": answer.model_dump(mode="json"),
        "ranking": RANKING,
    }
    save_dataset(Workspace(place / "ws"), "other", [make_row(9)], [], request=request)
    text = PLAN + "[recipes.other]\ndata = 'other'"
    with ragft.open(place / "ws", **SETTINGS) as app, pytest.raises(ComparisonError, match="evidence_tokens=320"):
        app.ablation(plan(place, Path("nowhere"), text))
    assert not list((place / "ws" / "runs").glob("teaching-*"))


BY_SEED = """
base = "nowhere"
preset = "demo"
seeds = [3, 5]
rows_by_seed = true
[data.made]
count = 4
seed = 1
replay = 0
[recipes.all]
data = "made"
[recipes.plain]
data = "made"
without = ["what", "refusal"]
"""


@pytest.mark.usefixtures("scripted_engine")
def test_each_seed_makes_rows_of_its_own_on_one_split(place: Path) -> None:
    with ragft.open(place / "ws") as app, pytest.raises(RagftError):  # nothing can be trained from this base
        app.ablation(plan(place, Path("nowhere"), BY_SEED))
    folders = {folder.name: folder for folder in (place / "ws" / "datasets").glob("teaching-*")}
    assert set(folders) == {f"teaching-{part}-{seed}" for part in ("made", "plain-rows") for seed in (3, 5)}
    asked = [(read_card(folders[f"teaching-made-{seed}"]) or {})["request"] for seed in (3, 5)]
    assert [(one["settings"]["seed"], one["settings"]["split_seed"]) for one in asked] == [(3, 1), (5, 1)]
    assert {one["settings"]["held_out"] for one in asked} == {0.1}, "the preset lies under the plan"
    kept = {row.form for seed in (3, 5) for row in read_rows(folders[f"teaching-plain-rows-{seed}"] / TRAIN)}
    assert kept
    assert "what" not in kept


def test_a_pair_of_a_row_that_a_recipe_leaves_out_is_left_out_too(place: Path) -> None:
    rows = [replace(make_row(number), form=form) for number, form in enumerate(("what", "fact"))]
    pairs = [Preference(row.prompt, row.completion, ({"role": "assistant", "content": "No."},)) for row in rows]
    save_dataset(Workspace(place / "ws"), "forms", rows, [], pairs)
    text = PLAN + "[recipes.forms]\ndata = 'forms'\nwithout = ['fact']"
    with ragft.open(place / "ws", **SETTINGS) as app, pytest.raises(RagftError):
        app.ablation(plan(place, Path("nowhere"), text), recipes=["forms"])
    (pair,) = read_preferences(place / "ws" / "datasets" / "teaching-forms-rows" / PREFERENCES)
    assert pair.prompt == rows[0].prompt


@pytest.mark.parametrize("name", ["teaching", "exposures", "doses", "knowledge"])
def test_a_plan_that_ships_holds_only_settings_that_there_are(name: str) -> None:
    shipped = load_plan(EXPERIMENTS / f"{name}.toml")
    settings = load_settings()
    for values in shipped.data.values():
        settings.with_section(shipped.task or "generate", values)
    assert all(source.is_file() for source in shipped.sources)
    for recipe in shipped.recipes.values():
        assert recipe.data in shipped.data
        settings.with_section("train", recipe.train)
    assert settings.with_section("benchmark", shipped.benchmark).benchmark.suites


SHIPPED_RECIPES = [
    ("claims", "natural", {"recipe", "sentences"}),
    ("natural", "several", {"sentences"}),
    ("several", "best_of_k", {"samples"}),
    ("best_of_k", "refusals", {"without partial", "without refusal"}),
    ("refusals", "dpo", {"train.preference"}),
    ("dpo", "replay", {"without replay", "train.replay_target"}),
    ("demo", "more_replay", {"train.replay"}),
    ("demo", "answer_replay", {"train.replay_target"}),
    ("demo", "no_grammar", {f"without {form}" for form in ("fact", "yes_no", "which", "why", "false_premise")}),
    ("demo", "more_refusals", {"mix"}),
    ("demo", "distill", {"train.distill"}),
]
"""The recipes of teaching.toml beside those that they change, and what they change."""


@pytest.mark.parametrize(("one", "other", "changed"), SHIPPED_RECIPES)
def test_each_recipe_of_the_teaching_plan_changes_what_it_is_called_by(one: str, other: str, changed: set[str]) -> None:
    shipped = load_plan(EXPERIMENTS / "teaching.toml")

    def values(name: str) -> dict[str, object]:
        recipe = shipped.recipes[name]
        trained = {f"train.{key}": value for key, value in recipe.train.items()}
        return {
            **shipped.data[recipe.data],
            **dict.fromkeys((f"without {kind}" for kind in recipe.without), 1),
            **trained,
        }

    before, after = values(one), values(other)
    assert {key for key in {*before, *after} if before.get(key) != after.get(key)} == changed


def test_the_teaching_plan_asks_what_decides_with_the_training_that_it_is_to_choose() -> None:
    shipped = load_plan(EXPERIMENTS / "teaching.toml")
    assert {"objectives", "forgetting"} <= set(shipped.benchmark["suites"])
    assert (shipped.preset, len(shipped.seeds), shipped.rows_by_seed) == ("demo", 3, True)
    assert set(shipped.recipes) == {name for one, other, _ in SHIPPED_RECIPES for name in (one, other)}
    known = {*get_args(Kind), *get_args(Form)}
    assert {name for recipe in shipped.recipes.values() for name in recipe.without} <= known
    assert f"its {len(shipped.recipes)} recipes" in (EXPERIMENTS.parent / "benchmark.md").read_text(encoding="utf-8")
