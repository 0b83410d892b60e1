"""Makes the tuned model and its base known to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from ragft.pipeline.stage import Context, Stage, StageResult


def model_name(context: Context) -> str:
    """The name, without its type, under which the run's model is registered."""
    return context.settings.export.name or f"{context.task.name}-{context.run}"


def _register(context: Context) -> StageResult:
    from ragft.answer.prompts.model_policy import keep_policy
    from ragft.export.registration import register_run

    report = register_run(
        context.run_dir,
        context.engine,
        name=model_name(context),
        outtype=context.settings.export.type,
        progress=context.progress,
    )
    keep_policy(context.workspace, context.engine, report.model, context.run_dir)
    return StageResult(_register_outputs(context), asdict(report))


def _register_outputs(context: Context) -> Mapping[str, str]:
    from ragft.engine.run_models import Registration
    from ragft.errors import ModelNotFound, NotFoundError

    try:
        registration = Registration.of_run(context.run_dir)
        names = (registration.model, registration.base_model)
        return {name: context.engine.show(name).digest for name in names}
    except (NotFoundError, ModelNotFound):
        return {}


REGISTER = Stage(
    "register",
    lambda c: {
        **(dict(r.outputs) if (r := c.manifest.stage("export")) else {}),
        "template": c.output("check", "template"),
    },
    lambda c: {"name": model_name(c), "engine": c.settings.engine.name},
    _register,
    _register_outputs,
)
