"""The plan of an experiment over recipes, as a TOML file.

base = "smollm2"
seeds = [0, 1, 2]                  # of the training; each recipe is trained once with each

[benchmark]                        # as the section of the settings
suites = ["papers", "citations"]

[data.natural]                     # a data set made for it, from the documents of the workspace
count = 128                        # as the section `generate` of the settings

[recipes.rows]
data = "natural"                   # or the name of a data set that there is
without = ["replay"]               # kinds of rows that are left out, or forms of their questions
[recipes.dpo]
data = "natural"
train = { preference = "dpo" }     # as the section `train` of the settings

`preset` names a preset of the task that is laid under all settings. With `rows_by_seed = true` each seed also makes
rows of its own: the same documents are held out, `generate.seed` is that of the training.

A plan of another task than papers names it, and what it reads (paths from the folder of the plan on). Its data is then
made by the stages of the task, and `data` holds values of the task's own section:

task = "facts"
preset = "demo"
sources = ["rivers.csv"]
[data.often]
exposures = 30
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from ragft.dataset.base import Row
from ragft.errors import NotFoundError, UsageError
from ragft.machine import expand

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]{0,30}$")]
"""Part of the names of runs, data sets and models; a hyphen divides the parts."""


class Recipe(BaseModel):
    """One way to make a model: a data set, kinds of its rows (or forms of their questions) that are left out, and
    settings of the training."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: str
    without: tuple[str, ...] = ()
    train: dict[str, Any] = {}

    def takes(self, row: Row) -> bool:
        """Whether it trains on a row of its data set."""
        return row.kind not in self.without and row.form not in self.without


class AblationPlan(BaseModel):
    """What is compared. `data` holds values of the section `generate`, or of the task's own, by the name that recipes
    use."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    base: str = "smollm2"
    seeds: tuple[int, ...] = Field(default=(0, 1, 2), min_length=1)
    benchmark: dict[str, Any] = {}
    task: str = ""
    preset: str = ""
    rows_by_seed: bool = False
    sources: tuple[Path, ...] = ()
    data: dict[Name, dict[str, Any]] = {}
    recipes: dict[Name, Recipe] = Field(min_length=1)

    @field_validator("rows_by_seed")
    @classmethod
    def _of_documents(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("task"):
            raise ValueError("rows of another task than papers have one seed")
        return value

    @property
    def row_seeds(self) -> tuple[int | None, ...]:
        """The seeds that rows are made with; None: that of the settings."""
        return self.seeds if self.rows_by_seed else (None,)

    def of(self, names: Collection[str]) -> AblationPlan:
        """The plan with these recipes alone, in its own order; all of it where none is named.

        Raises:
            UsageError: it has no recipe of a name.
        """
        for name in names:
            if name not in self.recipes:
                raise UsageError(f"{self.name} has no recipe {name!r}", fix=f"its recipes: {', '.join(self.recipes)}")
        chosen = {name: recipe for name, recipe in self.recipes.items() if name in names}
        return self.model_copy(update={"recipes": chosen or self.recipes})

    def run_name(self, recipe: str, seed: int) -> str:
        """What the run of `recipe` with `seed` is called, as the arm of the benchmark is without the plan's name."""
        return f"{self.name}-{arm_name(recipe, seed)}"

    def dataset_name(self, part: str, seed: int | None = None) -> str:
        """What a data set is called that is made for this plan, with a seed of its own if one is given."""
        return f"{self.name}-{part}" if seed is None else f"{self.name}-{part}-{seed}"


def arm_name(recipe: str, seed: int) -> str:
    """What a trained recipe is called among the arms of the benchmark."""
    return f"{recipe}-{seed}"


def load_plan(path: Path) -> AblationPlan:
    """The plan in a file, which is called as the file is.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it does not parse, or holds something that is not a plan; the message names it.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise NotFoundError(f"no plan {path}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read as TOML: {error}", fix=f"edit {path}") from error
    try:
        plan = AblationPlan.model_validate({"name": path.stem, **values})
        return plan.model_copy(update={"sources": tuple(path.parent / expand(source) for source in plan.sources)})
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise UsageError(f"{path}: {where}: {problem['msg']}", fix="docs/benchmark.md shows a plan") from error
