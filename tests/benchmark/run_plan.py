"""A benchmark run whose plan, setup and other arguments are given together, for tests that vary all of them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ragft.benchmark.base import BenchmarkReport
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.comparison.run import AskingSetup, run_benchmark


def run_plan(**given: Any) -> BenchmarkReport:
    plan, setup = (
        kind(**{field.name: given.pop(field.name) for field in fields(kind) if field.name in given})
        for kind in (ComparisonPlan, AskingSetup)
    )
    return run_benchmark(plan, setup, **given)
