"""Compares recipes of data and training: each is trained, exported and registered, and all take the same benchmark.

Stopped anywhere, the same call goes on from there: data sets, trainings and answers are kept where they always are, and
what was registered is known by its adapter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.errors import ComparisonError, DatasetError, UsageError
from ragft.run_folder import RunFolder

if TYPE_CHECKING:
    from ragft.app.resources import Resources
    from ragft.benchmark.ablation.plan_file import AblationPlan, Recipe
    from ragft.benchmark.ablation.report_tables import AblationResult, DataFacts
    from ragft.console import Progress
    from ragft.dataset.base import Row
    from ragft.dataset.preference import Preference
    from ragft.engine.run_models import Registration
    from ragft.train.base import TrainReport


@dataclass(frozen=True)
class Ablation:
    """A finished experiment: what was found, its page as Markdown, and the folder with all of it as files."""

    found: AblationResult
    page: str
    folder: Path

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        found = self.found
        return {
            "plan": found.plan.model_dump(mode="json"),
            "model": found.model,
            "data": {name: [asdict(one) for one in all_] for name, all_ in found.data.items()},
            "trainings": {name: [asdict(one) for one in all_] for name, all_ in found.trainings.items()},
            "against_base": [asdict(effect) for effect in found.against_base],
            "against_first": [asdict(effect) for effect in found.against_first],
            "warnings": list(found.warnings),
            "report": str(self.folder / "ablation.md"),
        }


@dataclass(frozen=True)
class _Trained:
    """One training of a recipe, and the models that it gave the engine."""

    recipe: str
    seed: int
    folder: Path
    report: TrainReport
    models: Registration


def ablation(
    resources: Resources,
    plan_file: Path | str,
    *,
    recipes: Collection[str],
    output: Path | str | None,
    progress: Progress | None,
) -> Ablation:
    """Run the plan in a file; see `Application.ablation`."""
    from ragft.answer.session import require_documents
    from ragft.benchmark.ablation.plan_file import load_plan
    from ragft.benchmark.ablation.report_tables import markdown
    from ragft.workspace import write_json, write_text

    plan = load_plan(Path(plan_file)).of(recipes)
    resources = _of_plan(resources, plan)
    for recipe in plan.recipes.values():  # a mistake in the last recipe is found before the first is trained
        _of_recipe(resources, recipe, plan.seeds[0])
    _with(resources, {"benchmark": plan.benchmark})
    for values in plan.data.values():
        _with(resources, {_data_section(resources, plan): values})
    workspace = resources.workspace
    if not plan.task:
        require_documents(workspace)
    folder = Path(output or workspace.root / "benchmark" / f"ablation-{plan.name}")
    with workspace.lock(f"ablation-{plan.name}"):
        data = {name: [_data(resources, plan, name, seed, progress) for seed in plan.row_seeds]
                for name in plan.recipes}  # fmt: skip
        names = list(dict.fromkeys(facts.dataset for its in data.values() for facts in its))
        _check_split(resources, names)
        _check_prompts(resources, names)
        trained = [_train(resources, plan, name, seed, data[name][place % len(data[name])].dataset, progress)
                   for place, seed in enumerate(plan.seeds) for name in plan.recipes]  # fmt: skip
        found = _measure(resources, plan, data, trained, folder, progress)
        result = Ablation(found, markdown(found), folder)
        write_text(folder / "ablation.md", result.page)
        write_json(folder / "ablation.json", result.to_json())
    return result


def _data(
    resources: Resources, plan: AblationPlan, name: str, seed: int | None, progress: Progress | None
) -> DataFacts:
    """The data set of a recipe, without what it leaves out; with rows of its own for a `seed`."""
    from ragft.benchmark.ablation.report_tables import DataFacts
    from ragft.dataset.preference import distinct_preferences
    from ragft.dataset.store import HELD_OUT, PREFERENCES, TRAIN, find_dataset, read_preferences
    from ragft.workspace import digest_json

    recipe = plan.recipes[name]
    dataset = _made(resources, plan, recipe.data, seed, progress) if recipe.data in plan.data else recipe.data
    folder = find_dataset(resources.workspace, dataset)
    both = [_rows(folder / file) for file in (TRAIN, HELD_OUT)]
    train, held_out = ([row for row in rows if recipe.takes(row)] for rows in both)
    pairs = distinct_preferences(read_preferences(folder / PREFERENCES))
    if recipe.without:
        left_out = {digest_json(list(row.prompt)) for rows in both for row in rows if not recipe.takes(row)}
        pairs = [pair for pair in pairs
                 if pair.kind not in recipe.without and digest_json(list(pair.prompt)) not in left_out]  # fmt: skip
        dataset = plan.dataset_name(f"{name}-rows", seed)
        _keep(resources, dataset, folder, train, held_out, pairs)
    kinds = dict(Counter(row.kind for row in train))
    return DataFacts(dataset, kinds, len(held_out), len(pairs))


def _made(resources: Resources, plan: AblationPlan, data: str, seed: int | None, progress: Progress | None) -> str:
    """The name of a data set of the plan, generated unless it is there; a `seed` changes its rows, not its split."""
    from ragft.app.generating import generate, generate_by_stages
    from ragft.pipeline.build_plan import BuildPlan
    from ragft.tasks import DEFAULT, task

    dataset = plan.dataset_name(data, seed)
    own = _with(resources, {_data_section(resources, plan): plan.data[data]})
    if seed is not None:
        own = _with(own, {"generate": {"seed": seed, "split_seed": own.settings.generate.split}})
    if plan.task:
        generate_by_stages(own, dataset, BuildPlan(task(plan.task), own.settings, plan.sources, plan.base), progress)
    else:
        generate(own, dataset, BuildPlan(DEFAULT, own.settings, (), plan.base), progress=progress)
    return dataset


def _of_plan(resources: Resources, plan: AblationPlan) -> Resources:
    """The workspace with the task and preset that the plan names under its settings; as it is where it names none."""
    from ragft.app.building import preset_settings
    from ragft.app.resources import Resources
    from ragft.tasks import DEFAULT, task

    if not plan.task and not plan.preset:
        return resources
    settings = preset_settings(resources, task(plan.task or DEFAULT.name), plan.preset or "standard")
    return Resources(resources.workspace, settings, {})


def _data_section(resources: Resources, plan: AblationPlan) -> str:
    """The section of the settings that the data of the plan have values of."""
    from ragft.pipeline.build_plan import own_section

    return "generate" if own_section(resources.settings, plan.task) is None else plan.task


def _rows(file: Path) -> list[Row]:
    from ragft.dataset.store import read_rows

    return read_rows(file) if file.is_file() else []


def _keep(
    resources: Resources, dataset: str, source: Path, train: Sequence[Row], held_out: Sequence[Row],
    pairs: Sequence[Preference],
) -> None:  # fmt: skip
    """Write a part of a data set as one of its own, unless it is there.

    Raises:
        UsageError: there is another set of that name.
    """
    from ragft.dataset.store import PREFERENCES, TRAIN, read_card, read_preferences, row_id, save_dataset

    folder = resources.workspace.datasets / dataset
    if not (folder / TRAIN).is_file():
        request = (read_card(source) or {}).get("request", {})  # tells by which policy the prompts were made
        save_dataset(resources.workspace, dataset, train, held_out, pairs, request=request)
    kept = list(map(row_id, _rows(folder / TRAIN))), len(read_preferences(folder / PREFERENCES))
    if kept != (list(map(row_id, train)), len(pairs)):
        raise UsageError(f"the data set {dataset} was made of other rows", fix=f"remove {folder}")


def _check_split(resources: Resources, datasets: Sequence[str]) -> None:
    """No recipe may train on what another holds out: their validation losses could not be compared.

    Raises:
        DatasetError: one does; the message names both.
    """
    from ragft.dataset.store import HELD_OUT, TRAIN, find_dataset

    sides: dict[str, tuple[set[str], set[str]]] = {}
    for dataset in datasets:
        folder = find_dataset(resources.workspace, dataset)
        train, held_out = (
            {part for row in _rows(folder / file) for part in row.kept_together} for file in (TRAIN, HELD_OUT)
        )
        sides[dataset] = train, held_out
    for one, (train, _) in sides.items():
        for other, (_, held_out) in sides.items():
            if shared := train & held_out:
                raise DatasetError(
                    f"{one} trains on what {other} holds out ({', '.join(sorted(shared)[:3])})",
                    fix="give all data of the plan the same seed and held_out",
                )


def _check_prompts(resources: Resources, datasets: Sequence[str]) -> None:
    """All models are asked alike, so their rows must have prompts made by one policy.

    Raises:
        ComparisonError: they differ.
    """
    from ragft.dataset.prompt_policy import policy_of
    from ragft.dataset.store import find_dataset

    policies = {dataset: policy_of(find_dataset(resources.workspace, dataset)) for dataset in datasets}
    if len(set(policies.values())) > 1:
        shown = "; ".join(f"{name}: {policy}" for name, policy in policies.items())
        raise ComparisonError(
            f"the recipes' rows have prompts of different kinds ({shown})",
            fix="give all data of the plan the same evidence_tokens",
        )


def _with(resources: Resources, values: Mapping[str, Mapping[str, Any]]) -> Resources:
    """The workspace with other settings; nothing of it is opened yet.

    Raises:
        UsageError: there is no such setting, or a value is out of its range.
    """
    from ragft.app.resources import Resources

    settings = resources.settings
    for section, own in values.items():
        settings = settings.with_section(section, own)
    return Resources(resources.workspace, settings, {})


def _of_recipe(resources: Resources, recipe: Recipe, seed: int) -> Resources:
    return _with(resources, {"train": {**recipe.train, "seed": seed}})


def _train(
    resources: Resources, plan: AblationPlan, name: str, seed: int, dataset: str, progress: Progress | None
) -> _Trained:
    """A recipe with one seed, trained, exported and registered; what is done already is not done again."""
    from ragft.app.exporting import export, register
    from ragft.app.training import train
    from ragft.engine.run_models import Registration
    from ragft.train.record import adapter_digest
    from ragft.workspace import write_text

    run = plan.run_name(name, seed)
    own = _of_recipe(resources, plan.recipes[name], seed)
    files = RunFolder(resources.workspace.runs / run)
    report = train(own, dataset, plan.base, run=run, restart=False, progress=progress)
    served = files.served
    digest = adapter_digest(files)
    if not served.is_file() or served.read_text(encoding="utf-8") != digest:
        export(own, run, outtype=None, base=None, progress=progress)
        register(own, run, name=run, outtype=None, adapter_only=False, base=None, progress=progress)
        write_text(served, digest)
    return _Trained(name, seed, files.path, report, Registration.of_run(files.path))


def _measure(
    resources: Resources,
    plan: AblationPlan,
    data: Mapping[str, Sequence[DataFacts]],
    trained: Sequence[_Trained],
    folder: Path,
    progress: Progress | None,
) -> AblationResult:
    """All models asked the same questions, and what each recipe did over its seeds."""
    from ragft.app.comparing import as_run, run_plan
    from ragft.benchmark.ablation.effects import effects
    from ragft.benchmark.ablation.plan_file import arm_name
    from ragft.benchmark.ablation.report_tables import AblationResult, TrainingFacts
    from ragft.benchmark.base import Arm
    from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
    from ragft.benchmark.scoring.analysis import all_metrics
    from ragft.pipeline.searched import SearchedLibrary
    from ragft.tasks import condition_of, suites_of

    own = _with(resources, {"benchmark": plan.benchmark})
    made = own.workspace.runs / next(iter(data.values()))[0].dataset if plan.task else None
    settings = as_run(own.settings, made or trained[0].folder)
    suites, condition = suites_of(settings.benchmark.suites, made or trained[0].folder), condition_of(made)
    base = trained[0].models.base_model
    models = [("base", base), *((arm_name(one.recipe, one.seed), one.models.model) for one in trained)]
    arms = [Arm(role, model, condition) for role, model in models]
    with own.engine_alone(base) as (engine, _):
        report = run_plan(
            ComparisonPlan(arms, suites),
            SearchedLibrary(own.workspace, made),
            settings,
            folder,
            engine,
            progress=progress,
        )
    metrics = {suite.name: suite.metrics for suite in suites}
    roles = {name: [arm_name(name, seed) for seed in plan.seeds] for name in plan.recipes}
    first, *others = roles
    return AblationResult(
        plan=plan,
        model=base,
        data=data,
        trainings={
            name: [TrainingFacts.of(one.seed, asdict(one.report)) for one in trained if one.recipe == name]
            for name in roles
        },
        metrics=all_metrics(metrics),
        against_base=effects(report.rows, metrics, roles, ["base"]),
        against_first=effects(report.rows, metrics, {name: roles[name] for name in others}, roles[first]),
        warnings=report.warnings,
    )
