"""The seven stages of build-model, top to bottom: each names its inputs and settings, works, and returns digests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ragft.dataset.store import HELD_OUT, TRAIN
from ragft.engine.types import OLLAMA_TYPES, SOURCE_TYPES, fix_for, own_type
from ragft.errors import InputError, UsageError
from ragft.log import log
from ragft.pipeline.stage import Context, Outcome, Stage
from ragft.run_folder import ADAPTER_WEIGHTS
from ragft.workspace import digest_file, digest_json, write_text

# --- check ------------------------------------------------------------------------------------------------------


def _check(context: Context) -> Outcome:
    """Ask before the hours of training whether the engine can serve what is trained, as it is trained."""
    from llama_cpp_tools.quantize import OUT_TYPES
    from ragft.export.templates import choose_template
    from ragft.train.base_model import resolve_base

    outtype = own_type(context.settings.export.type)
    if outtype not in OUT_TYPES:
        raise UsageError(f"build-model cannot make a model of type {outtype!r}", fix=_type_fix(context, outtype))
    choice = choose_template(context.engine, resolve_base(context.base))
    report = {"engine": context.engine.version(), "template": choice.template, "limits": list(choice.limits)}
    return Outcome({"template": choice.digest}, report)


def _type_fix(context: Context, outtype: str) -> str:
    if outtype not in OLLAMA_TYPES:
        return fix_for(outtype)
    return f"set export.type to {SOURCE_TYPES[0]}, and afterwards ragft register --run {context.run} --type {outtype}"


def _checked(context: Context) -> Mapping[str, str]:
    """What was found stays true for the same base and engine; there is no file of it that could change."""
    record = context.manifest.stage("check")
    return {} if record is None else record.outputs


# --- ingest -----------------------------------------------------------------------------------------------------


def _ingest_inputs(context: Context) -> Mapping[str, str]:
    from ragft.corpus.readers import find_files

    return {str(path): digest_file(path) for path in find_files(context.corpus)} if context.corpus else {}


def _ingest(context: Context) -> Outcome:
    if context.corpus:
        report = asdict(context.index.ingest(context.corpus, progress=context.progress))
    else:
        report = {"documents": len(context.index.documents())}
    if not any(record.chunks for record in context.index.documents()):
        raise InputError("the index holds no document to build from", fix="ragft build-model FOLDER")
    return Outcome(_ingest_outputs(context), report)


def _ingest_outputs(context: Context) -> Mapping[str, str]:
    return {"index": context.index.digest()}


# --- generate ---------------------------------------------------------------------------------------------------


def _generator_model(context: Context) -> str:
    """The model that writes the pairs: never the workspace's default, which may be the outcome of an earlier run."""
    from ragft.engine.choosing.select import generator_model

    return generator_model(context.engine, context.settings.engine, context.workspace).name


def _generate(context: Context) -> Outcome:
    from ragft.answer.session import load_calibration
    from ragft.dataset.generate import generate
    from ragft.dataset.questions import evaluation_questions

    questions = context.settings.benchmark.questions
    report = generate(
        context.index,
        context.engine,
        model=_generator_model(context),
        settings=context.settings.generate,
        answer=context.settings.answer,
        folder=context.dataset_dir,
        progress=context.progress,
        avoid=evaluation_questions([Path(questions)] if questions else []),
        calibration=load_calibration(context.index),
        restart=context.redo,
    )
    return Outcome(_generate_outputs(context), asdict(report))


def _generate_outputs(context: Context) -> Mapping[str, str]:
    return _file_digests(context.dataset_dir, (TRAIN, HELD_OUT))


# --- train ------------------------------------------------------------------------------------------------------


def _train(context: Context) -> Outcome:
    from ragft.train.base_model import resolve_base
    from ragft.train.lora import train

    context.free_engine()
    report = train(
        context.dataset_dir,
        resolve_base(context.base),
        context.run_dir,
        context.settings.train,
        progress=context.progress,
        restart="always" if context.redo else "changed",
    )
    return Outcome(_train_outputs(context), asdict(report))


def _train_outputs(context: Context) -> Mapping[str, str]:
    if not context.files.adapter_config.is_file():  # no digest: PEFT writes its lists in any order
        return {}
    return _file_digests(context.files.adapter, (ADAPTER_WEIGHTS,))


# --- export -----------------------------------------------------------------------------------------------------


def _export(context: Context) -> Outcome:
    from ragft.export.convert import export_run

    settings = context.settings.export
    tuned, base = export_run(context.run_dir, settings.type, progress=context.progress)
    return Outcome(_export_outputs(context), {**asdict(tuned), "base": asdict(base), "parity": _verify(context)})


def _verify(context: Context) -> list[Mapping[str, Any]]:
    """Prove the exported model on the embedded engine, whatever engine will serve it: Ollama runs llama.cpp too."""
    from ragft.engine.embedded.engine import EmbeddedEngine
    from ragft.export.parity import verify_run

    settings = context.settings
    if not settings.export.checks:
        log.warning("export.checks is empty: the exported model is registered without proof that it is the trained one")
        return []
    engine = EmbeddedEngine(context.workspace, threads=settings.engine.threads, exact=True)
    try:
        checks = verify_run(
            context.run_dir, settings.export.type, engine, checks=settings.export.checks, progress=context.progress
        )
    finally:
        engine.close()
    return [asdict(check) for check in checks]


def _export_outputs(context: Context) -> Mapping[str, str]:
    outtype = context.settings.export.type
    names = [context.files.gguf(outtype, base=base).name for base in (False, True)]
    return _file_digests(context.run_dir, names)


# --- register ---------------------------------------------------------------------------------------------------


def model_name(context: Context) -> str:
    """The name, without its type, under which the run's model is registered."""
    return context.settings.export.name or f"papers-{context.run}"


def _register(context: Context) -> Outcome:
    from ragft.export.register import register_run

    report = register_run(
        context.run_dir,
        context.engine,
        name=model_name(context),
        outtype=context.settings.export.type,
        progress=context.progress,
    )
    return Outcome(_register_outputs(context), asdict(report))


def _register_outputs(context: Context) -> Mapping[str, str]:
    from ragft.errors import ModelNotFound, NotFoundError
    from ragft.export.register import Registration

    try:
        registration = Registration.of_run(context.run_dir)
        names = (registration.model, registration.base_model)
        return {name: context.engine.show(name).digest for name in names}
    except (NotFoundError, ModelNotFound):
        return {}


# --- benchmark --------------------------------------------------------------------------------------------------


PUBLISHED = ("metrics.json", "report.html")
"""What of the benchmark is put beside the model for people to find."""


def _benchmark_inputs(context: Context) -> Mapping[str, str]:
    """The models, the documents, the thresholds fitted to these, and the questions where they are the user's own."""
    from ragft.answer.session import CALIBRATION_KEY

    registered = context.manifest.stage("register")
    questions = context.settings.benchmark.questions
    return {
        **(registered.outputs if registered else {}),
        "index": context.output("ingest", "index"),
        "calibration": context.index.read_meta(CALIBRATION_KEY) or "",
        **({"questions": digest_file(Path(questions))} if questions else {}),
    }


def _benchmark(context: Context) -> Outcome:
    from ragft.answer.prompts.policy import read_policy
    from ragft.benchmark.base import Arm
    from ragft.benchmark.run import run_benchmark
    from ragft.export.register import Registration
    from ragft.pipeline.scorer import open_scorer
    from ragft.train.curve import curve_svg

    if context.redo:
        shutil.rmtree(context.files.benchmark, ignore_errors=True)
    registration = Registration.of_run(context.run_dir)
    policy = read_policy(context.files.prompt)
    arms = [Arm("base", registration.base_model), Arm("tuned", registration.model)]
    with open_scorer(context.run_dir, context.engine, [arm.model for arm in arms], context.settings.engine) as scorer:
        report = run_benchmark(
            arms=arms,
            engine=context.engine,
            index=context.index,
            settings=context.settings.benchmark,
            answer=context.settings.answer if policy is None else policy.over(context.settings.answer),
            folder=context.files.benchmark,
            progress=context.progress,
            loss_curve=curve_svg(context.files.train_curve),
            needs_forgetting=True,
            scorer=scorer,
        )
    for name in PUBLISHED:
        write_text(context.run_dir / name, (context.files.benchmark / name).read_text(encoding="utf-8"))
    summary = {"arms": dict(report.arms), "verdict": report.verdict, "reason": report.reason}
    return Outcome(_benchmark_outputs(context), summary)


def _benchmark_outputs(context: Context) -> Mapping[str, str]:
    """Digest of the answers; times are left out, since no two runs take equally long."""
    rows = context.files.benchmark / "rows.jsonl"
    if not all(path.is_file() for path in (rows, *(context.run_dir / name for name in PUBLISHED))):
        return {}
    answers = [
        (row["suite"], row["arm"], row["question_id"], row["answer"].get("answer"))
        for row in map(json.loads, rows.read_text(encoding="utf-8").splitlines())
    ]
    return {"answers": digest_json(sorted(answers))}


def _file_digests(folder: Path, names: Sequence[str]) -> Mapping[str, str]:
    return {name: digest_file(folder / name) for name in names if (folder / name).is_file()}


def _dump(context: Context, *sections: str) -> Mapping[str, Any]:
    return {name: getattr(context.settings, name).model_dump(mode="json") for name in sections}


STAGES: tuple[Stage, ...] = (
    Stage(
        "check",
        lambda c: {"base": c.base_digest, "engine": c.engine.version()},
        lambda c: {"type": c.settings.export.type},
        _check,
        _checked,
    ),
    Stage("ingest", _ingest_inputs, lambda c: _dump(c, "index"), _ingest, _ingest_outputs),
    Stage(
        "generate",
        lambda c: {"index": c.output("ingest", "index"), "model": c.engine.show(_generator_model(c)).digest},
        lambda c: {**_dump(c, "generate", "answer"), "model": c.settings.engine.model},
        _generate,
        _generate_outputs,
    ),
    Stage(
        "train",
        lambda c: {"base": c.base_digest, **{n: c.output("generate", n) for n in (TRAIN, HELD_OUT)}},
        lambda c: {**_dump(c, "train"), "base": c.base},
        _train,
        _train_outputs,
    ),
    Stage(
        "export",
        lambda c: {"base": c.base_digest, "adapter": c.output("train", ADAPTER_WEIGHTS)},
        lambda c: {"type": c.settings.export.type, "checks": list(c.settings.export.checks)},
        _export,
        _export_outputs,
    ),
    Stage(
        "register",
        lambda c: {
            **(dict(r.outputs) if (r := c.manifest.stage("export")) else {}),
            "template": c.output("check", "template"),
        },
        lambda c: {"name": model_name(c), "engine": c.settings.engine.name},
        _register,
        _register_outputs,
    ),
    Stage(
        "benchmark",
        _benchmark_inputs,
        lambda c: _dump(c, "benchmark", "answer"),
        _benchmark,
        _benchmark_outputs,
    ),
)
"""In the order they run."""
