"""Merges the adapter into GGUF, puts the base through the same converter, and proves that both are what was trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ragft.log import log
from ragft.pipeline.stage import Context, Stage, StageResult, file_digests
from ragft.run_folder import ADAPTER_WEIGHTS


def _export(context: Context) -> StageResult:
    from ragft.export.convert import export_run

    settings = context.settings.export
    tuned, base = export_run(context.run_dir, settings.type, progress=context.progress)
    return StageResult(_export_outputs(context), {**asdict(tuned), "base": asdict(base), "parity": _verify(context)})


def _verify(context: Context) -> list[Mapping[str, Any]]:
    """Prove the exported model on the embedded engine, also if Ollama will serve it: both run llama.cpp."""
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
    return file_digests(context.run_dir, names)


EXPORT = Stage(
    "export",
    lambda c: {"base": c.base_digest, "adapter": c.output("train", ADAPTER_WEIGHTS)},
    lambda c: {"type": c.settings.export.type, "checks": list(c.settings.export.checks)},
    _export,
    _export_outputs,
)
