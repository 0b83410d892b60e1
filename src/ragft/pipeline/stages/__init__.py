"""The stages that every task shares, from the check to the verdict. What makes the rows is the task's own.

They rely on what a stage "generate" records: the digests of the rows and held-out rows of the data set of the run.
"""

from __future__ import annotations

from ragft.pipeline.stages.benchmark import BENCHMARK
from ragft.pipeline.stages.check import CHECK
from ragft.pipeline.stages.export import EXPORT
from ragft.pipeline.stages.register import REGISTER
from ragft.pipeline.stages.train import TRAINING

__all__ = ["BENCHMARK", "CHECK", "EXPORT", "REGISTER", "TRAINING"]
