"""The origin of a run, for its report: all that is needed to repeat it, and to compare the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ragft.benchmark.base import RunOrigin
from ragft.pipeline.manifest import Manifest, load_manifest
from ragft.run_folder import RunFolder

_LOSSES = {
    "steps": "steps",
    "tokens": "tokens",
    "train_loss": "training loss, nats a token",
    "eval_loss": "validation loss",
    "forgetting": "forgetting, nats a token",
    "scale": "scale of the adapter",
}
"""Figures of the training, as its report has them, and how they are called."""


def origin_of(run_dir: Path | None) -> RunOrigin:
    """What the manifest and the loss curve of a run say; nothing where it was not built here.

    Raises:
        WorkspaceError: the manifest is damaged.
    """
    if run_dir is None:
        return RunOrigin()
    manifest = load_manifest(run_dir)
    return RunOrigin(_loss_curve(run_dir), tuple(_lines(manifest)) if manifest else ())


def experiment_id(manifest: Manifest) -> str:
    """`EXP-20261129-125700-RUN`: when the run was begun, in UTC, and its name."""
    moment = manifest.started[:19].replace("-", "").replace(":", "").replace("T", "-")
    return f"EXP-{moment}-{manifest.run}"


def _lines(manifest: Manifest) -> Iterator[tuple[str, str]]:
    yield "experiment", experiment_id(manifest)
    yield "ragft", manifest.ragft
    yield from ((name, str(manifest.settings[name])) for name in ("task", "base") if name in manifest.settings)
    for stage in manifest.stages:
        yield from ((f"{stage.name}: {name}, read", digest) for name, digest in stage.inputs.items() if digest)
        yield from ((f"{stage.name}: {name}, made", digest) for name, digest in stage.outputs.items() if digest)
    if (train := manifest.stage("train")) is not None:
        chosen: Mapping[str, Any] = train.settings.get("train", {})
        yield from ((f"train.{name}", str(value)) for name, value in chosen.items())
        yield from (
            (shown, f"{value:.6g}")
            for name, shown in _LOSSES.items()
            if isinstance(value := train.report.get(name), int | float)
        )


def _loss_curve(run_dir: Path) -> str:
    """As SVG; empty where the run was not trained here."""
    if not (curve := RunFolder(run_dir).train_curve).is_file():
        return ""
    from ragft.train.pictures import curve_svg

    return curve_svg(curve)
