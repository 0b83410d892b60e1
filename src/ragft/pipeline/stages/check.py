"""Checks, before hours of training, that the engine can serve the model with the prompts it is trained on."""

from __future__ import annotations

from collections.abc import Mapping

from ragft.engine.types import OLLAMA_TYPES, SOURCE_TYPES, fix_for, own_type
from ragft.errors import UsageError
from ragft.pipeline.stage import Context, Stage, StageResult


def _check(context: Context) -> StageResult:
    from llama_cpp_tools.quantize import OUT_TYPES
    from ragft.export.templates import choose_template
    from ragft.train.base_model import resolve_base

    outtype = own_type(context.settings.export.type)
    if outtype not in OUT_TYPES:
        raise UsageError(f"build-model cannot make a model of type {outtype!r}", fix=_type_fix(context, outtype))
    choice = choose_template(context.engine, resolve_base(context.base))
    report = {"engine": context.engine.version(), "template": choice.template, "limits": list(choice.limits)}
    return StageResult({"template": choice.digest}, report)


def _type_fix(context: Context, outtype: str) -> str:
    if outtype not in OLLAMA_TYPES:
        return fix_for(outtype)
    return f"set export.type to {SOURCE_TYPES[0]}, and afterwards ragft register --run {context.run} --type {outtype}"


def _checked(context: Context) -> Mapping[str, str]:
    """What was found stays true for the same base and engine; there is no file of it that could change."""
    record = context.manifest.stage("check")
    return {} if record is None else record.outputs


CHECK = Stage(
    "check",
    lambda c: {"base": c.base_digest, "engine": c.engine.version()},
    lambda c: {"type": c.settings.export.type},
    _check,
    _checked,
)
