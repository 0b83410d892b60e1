"""A benchmark run with the fields of its plan and the arguments of the run together, for tests that vary both."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ragft.benchmark.base import BenchmarkReport
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.comparison.run import run_benchmark


def run_plan(**given: Any) -> BenchmarkReport:
    plan = {field.name: given.pop(field.name) for field in fields(ComparisonPlan) if field.name in given}
    return run_benchmark(ComparisonPlan(**plan), **given)
