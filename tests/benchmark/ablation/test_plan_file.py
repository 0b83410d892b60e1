"""Plans of experiments, read from TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.benchmark.ablation.plan_file import load_plan
from ragft.dataset.base import Row
from ragft.errors import NotFoundError, UsageError

ROOT = Path(__file__).resolve().parents[3]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plan_is_called_as_its_file_and_keeps_the_order_of_its_recipes(tmp_path: Path) -> None:
    text = 'seeds = [3]\n[recipes.rows]\ndata = "mine"\n[recipes.dpo]\ndata = "mine"\ntrain = { preference = "dpo" }'
    plan = load_plan(write(tmp_path / "pairs.toml", text))
    assert (plan.name, plan.base, plan.seeds, list(plan.recipes)) == ("pairs", "smollm2", (3,), ["rows", "dpo"])
    assert plan.run_name("dpo", 3) == "pairs-dpo-3"
    assert plan.recipes["dpo"].train == {"preference": "dpo"}


def test_some_recipes_of_a_plan_can_be_run_before_the_others(tmp_path: Path) -> None:
    plan = load_plan(write(tmp_path / "p.toml", "".join(f'[recipes.{name}]\ndata = "mine"\n' for name in "abc")))
    assert list(plan.of(["c", "a"]).recipes) == ["a", "c"]
    assert plan.of(()) == plan
    assert plan.of(["c"]).run_name("c", 0) == plan.run_name("c", 0), "what it trains is kept for the whole plan"
    with pytest.raises(UsageError, match="no recipe 'd'"):
        plan.of(["d"])


def test_a_recipe_leaves_out_rows_by_their_kind_or_their_form(tmp_path: Path) -> None:
    text = '[recipes.rows]\ndata = "mine"\nwithout = ["refusal", "fact"]'
    recipe = load_plan(write(tmp_path / "p.toml", text)).recipes["rows"]
    rows = [
        Row((), (), kind, form=form) for kind, form in (("grounded", "what"), ("grounded", "fact"), ("refusal", ""))
    ]
    assert [recipe.takes(row) for row in rows] == [True, False, False]


def test_the_rows_of_a_seed_have_a_name_of_their_own(tmp_path: Path) -> None:
    text = 'seeds = [3, 4]\nrows_by_seed = true\n[recipes.rows]\ndata = "mine"'
    plan = load_plan(write(tmp_path / "p.toml", text))
    assert [plan.dataset_name("mine", seed) for seed in plan.row_seeds] == ["p-mine-3", "p-mine-4"]
    alike = load_plan(write(tmp_path / "p.toml", text.replace("true", "false")))
    assert [alike.dataset_name("mine", seed) for seed in alike.row_seeds] == ["p-mine"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("seeds = [", "cannot be read as TOML"),
        ("", "recipes: Field required"),
        ("[recipes]", "at least 1"),
        ('[recipes."a b"]\ndata = "x"', "pattern"),
        ('[recipes.a]\ndata = "x"\nlearning_rate = 1', "learning_rate: Extra inputs are not permitted"),
        ('seeds = []\n[recipes.a]\ndata = "x"', "seeds"),
    ],
)
def test_what_is_no_plan_is_named(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=problem):
        load_plan(write(tmp_path / "plan.toml", text))


def test_a_plan_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no plan"):
        load_plan(tmp_path / "none.toml")
