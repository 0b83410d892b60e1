"""Facts for the report: the arms, the machine, the time."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from typing import Any

from ragft import __version__
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, Recorded
from ragft.benchmark.comparison.arms import with_models


def arm_facts(bench: Bench, arm: Arm) -> dict[str, Any]:
    """An arm, and its model as the engine has it, or the digest of what answers without one."""
    if arm.asker is not None and not arm.model:
        return {"role": arm.role, "digest": arm.asker.digest}
    info = bench.info(arm.model)
    return {
        "role": arm.role,
        "model": arm.model,
        "condition": arm.condition,
        "digest": info.digest,
        "quantization": info.quantization,
        "size": info.size,
        **{name: info.details[name] for name in ("converter", "template_digest") if name in info.details},
    }


def likelihood_facts(bench: Bench, arms: Sequence[Arm]) -> dict[str, Any]:
    """Who computed the likelihoods, of which files, where that was not the engine."""
    scorer = bench.scorer
    if scorer is None or scorer is bench.engine:
        return {}
    weights = {arm.role: scorer.show(arm.model).digest for arm in with_models(arms)}
    return {"likelihoods": {"engine": scorer.name, "engine_version": scorer.version(), "weights": weights}}


def environment(bench: Bench) -> dict[str, Any]:
    """The software, the machine and the index."""
    import psutil

    return {
        "ragft": __version__,
        "engine": bench.meter.name,
        "engine_version": bench.meter.version(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "index": bench.library.digest(),
    }


def time_spent(new: Sequence[Recorded], asking: float, scoring: float) -> dict[str, float]:
    """Seconds of this call, how much of them the engine had, and how much was scoring; the rest is ours, too."""
    engine = sum(recorded.cost.engine for recorded in new)
    asked = float(len(new))
    return {
        "wall_seconds": asking + scoring,
        "engine_seconds": engine,
        "scoring_seconds": scoring,
        "asked": asked,
    }
