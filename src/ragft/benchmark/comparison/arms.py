"""Arms: reading them from the command line, and whether their comparison is fair.

base,tuned                         the pair of a run
smollm2,smollm2@closed_book        a model under two conditions
old=papers-a:q8_0,new=papers-b:q8_0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ragft.benchmark.base import CONDITIONS, Arm, Condition
from ragft.engine.base import Engine, ModelInfo
from ragft.engine.choosing.choice import require_chat, template_problem
from ragft.engine.run_models import ROLES, Registration
from ragft.errors import ComparisonError, NotFoundError, UsageError

_FACTS: Mapping[str, Callable[[ModelInfo], str]] = {
    "quantisation": lambda info: info.quantization or info.details.get("quantization", ""),
    "converter": lambda info: info.details.get("converter", ""),
    "chat template": lambda info: info.template or info.details.get("template_digest", ""),
    "context length": lambda info: str(info.context_length or ""),
    "stored system text": lambda info: info.system,
    "stored conversation": lambda info: info.details.get("messages", ""),
    "renderer": lambda info: info.details.get("renderer", ""),
    "parser": lambda info: info.details.get("parser", ""),
}
"""What must be equal, with each parameter stored in the models, for a difference to be the tuning's alone."""

SAME_SIZE = 1.05
"""Two counts of weights this close are of one model: engines count, or round, in their own ways."""
_PROVENANCE = ("quantisation", "converter", "chat template", "context length")
"""Those of `_FACTS` that every model has, so that an empty one is unknown."""


def parse_arms(text: str, run_dir: Path | None = None, default: Condition = "retrieval") -> list[Arm]:
    """The arms named in `[role=]model[@condition],…`; `base` and `tuned` are those registered for the run.

    Args:
        default: the condition of an arm that names none.

    Raises:
        UsageError: the text does not parse, or two arms have the same role.
        NotFoundError: `base` or `tuned` was named, and the run is not registered.
    """
    arms: list[Arm] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        role, _, rest = part.rpartition("=")
        model, _, condition = rest.partition("@")
        wanted = (condition or default).replace("-", "_")
        found: Condition | None = next((name for name in CONDITIONS if name == wanted), None)
        if found is None or not model:
            raise UsageError(f"arm {part!r} does not parse", fix=f"[role=]model[@condition], with {_or(CONDITIONS)}")
        shown = role or (model if found == default else f"{model}@{found}")
        arms.append(Arm(shown, _registered(model, run_dir), found))
    roles = [arm.role for arm in arms]
    if not arms or len(set(roles)) < len(roles):
        raise UsageError(f"arms {text!r}: each needs a name of its own", fix="for example a=M,b=M")
    return arms


def arms_under(conditions: Sequence[Condition], base: str, tuned: str) -> list[Arm]:
    """A base and its tuned model under each condition; the pair of the first has no condition in its names."""
    return [
        Arm(role if place == 0 else f"{role}@{condition}", model, condition)
        for place, condition in enumerate(conditions)
        for role, model in (("base", base), ("tuned", tuned))
    ]


def needs_run(text: str) -> bool:
    """Whether an arm in `text` is the base or tuned model of a run."""
    return any(part.rpartition("=")[2].partition("@")[0].strip() in ROLES for part in text.split(","))


def with_models(arms: Sequence[Arm]) -> list[Arm]:
    """Those that ask a model of the engine; the others have nothing that an engine could compare."""
    return [arm for arm in arms if arm.model]


@dataclass(frozen=True)
class Differences:
    """What differs between the arms beside their weights, one line each.

    `unfair` is what keeps two models of one kind from being compared, `own` what two kinds of model have of their own:
    their templates, their types, their context.
    """

    unfair: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


def check_fairness(arms: Sequence[Arm], engine: Engine, *, unequal: bool = False) -> Differences:
    """What differs between the arms beside their weights.

    Two models of another family or size are compared as they are served, each with its own template; of two of the
    same kind, all but the weights must be equal.

    Raises:
        ComparisonError: models of one kind differ and `unequal` is not set, or an arm has no chat template.
        UsageError: an arm cannot chat.
        ModelNotFound: the engine lacks a model.
    """
    infos = [(arm, require_chat(engine.show(arm.model))) for arm in with_models(arms)]
    for arm, info in infos:
        if problem := template_problem(info):
            raise ComparisonError(f"the arm {arm.role} cannot be measured: {problem.what}", fix=problem.fix)
    unfair, own = [], []
    for arm, info in infos[1:]:
        lines = [
            line
            for name, (left, right) in _facts(infos[0][1], info).items()
            if (line := _differs(name, infos[0][0].role, left, arm.role, right))
        ]
        if _are_of_one_kind(infos[0][1], info):
            unfair += lines
        else:
            own += [_kinds(infos[0][0].role, infos[0][1], arm.role, info), *lines]
    if unfair and not unequal:
        raise ComparisonError(
            f"{infos[0][0].role} and {infos[1][0].role if len(infos) == 2 else 'the other arms'} cannot fairly be "
            "compared: " + "; ".join(unfair),
            fix="export and register both by ragft, or unequal=True, which marks the table",
        )
    return Differences(tuple(unfair), tuple(own))


def _are_of_one_kind(base: ModelInfo, other: ModelInfo) -> bool:
    """Whether two models may be one model and its tuning: an engine that does not tell family or size is not asked."""
    families, sizes = {base.family, other.family} - {""}, {base.parameter_size, other.parameter_size} - {0}
    if len(families) > 1:
        return False
    return len(sizes) < 2 or max(sizes) <= SAME_SIZE * min(sizes)


def _kinds(left_role: str, left: ModelInfo, right_role: str, right: ModelInfo) -> str:
    def kind(info: ModelInfo) -> str:
        size = f" of {info.parameter_size / 1e9:.2g}B weights" if info.parameter_size else ""
        return f"{info.family or 'a model'}{size}"

    return f"{left_role} is {kind(left)}, {right_role} {kind(right)}: each is asked with its own template"


def unchecked_facts(arms: Sequence[Arm], engine: Engine) -> tuple[str, ...]:
    """What `check_fairness` could not compare because the engine knows it of neither model, a line an arm.

    Ollama, for one, keeps no record of the converter that made a model.

    Raises:
        ModelNotFound: the engine lacks a model.
    """
    if not with_models(arms):
        return ()
    (first, base), *others = [(arm, engine.show(arm.model)) for arm in with_models(arms)]
    lines = []
    for arm, info in others:
        facts = [name for name in _PROVENANCE if not _FACTS[name](base) and not _FACTS[name](info)]
        if facts and info.name != base.name:
            lines.append(f"not known to {engine.name}, so not compared: {', '.join(facts)} of {first.role}, {arm.role}")
    return tuple(lines)


def _facts(base: ModelInfo, other: ModelInfo) -> dict[str, tuple[str, str]]:
    """What is compared of two models, by its name in messages; a parameter may be stored with one of them only."""
    found = {name: (fact(base), fact(other)) for name, fact in _FACTS.items()}
    for name in sorted({*base.parameters, *other.parameters}):
        found[f"stored {name}"] = (
            str(base.parameters.get(name, "not set")),
            str(other.parameters.get(name, "not set")),
        )
    if bool(base.adapter) != bool(other.adapter) and base.weights != other.weights:
        # Over the same weights the adapter is the tuning itself. Over others, part of the difference is how the two
        # are served: a float adapter over quantised weights, beside a model that was merged and then quantised.
        whole, over = "one file", "an adapter over another file"
        found["serving"] = (over, whole) if base.adapter else (whole, over)
    return found


def _differs(name: str, left_role: str, left: str, right_role: str, right: str) -> str:
    if left == right:
        return ""
    if len(left) > 40 or len(right) > 40:
        return f"the {name} differs"
    missing = "unknown" if name in _PROVENANCE else "not set"
    return f"{name} is {left or missing} for {left_role}, {right or missing} for {right_role}"


def _registered(name: str, run_dir: Path | None) -> str:
    if name not in ROLES or run_dir is None:
        if name in ROLES:
            raise NotFoundError(f"the arm {name!r} is that of a run, and there is no run", fix="ragft build-model")
        return name
    return Registration.of_run(run_dir).roles[name]


def _or(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
