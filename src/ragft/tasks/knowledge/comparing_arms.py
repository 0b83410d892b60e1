"""What is compared: the base alone, tuned, with the right statements before it, and with those that the graph finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ragft.benchmark.base import Arm, TaskFigure

if TYPE_CHECKING:
    from ragft.pipeline.task import BuiltRun

BASE, TUNED, CONTEXT, GRAPH = "base", "tuned", "context", "graph"
LEAST_GAP = 0.05
"""A context that helps by less shows nothing that weights could reach."""
_GAPS = (("adoption.adoption", "single facts"), ("two_hop.two_hop", "two-hop questions"))


def arms(run: BuiltRun) -> Sequence[Arm]:
    """The four arms of a run; the first is the baseline."""
    from ragft.engine.run_models import Registration

    registration = Registration.of_run(run.run_dir)
    base, tuned = registration.base_model, registration.model
    return [
        Arm(BASE, base, "closed_book"),
        Arm(TUNED, tuned, "closed_book"),
        Arm(CONTEXT, base, "evidence"),
        Arm(GRAPH, base, "retrieval"),
    ]


def figures(values: Mapping[str, Mapping[str, float]]) -> Sequence[TaskFigure]:
    """The share of the way from knowing nothing to having the statement in the prompt that the weights make."""
    return list(_shares(values))


def _shares(values: Mapping[str, Mapping[str, float]]) -> Iterator[TaskFigure]:
    for metric, what in _GAPS:
        found = [values.get(role, {}).get(metric) for role in (BASE, TUNED, CONTEXT)]
        base, tuned, context = found
        if base is None or tuned is None or context is None:
            continue
        note = f"base {base:.1%}, tuned {tuned:.1%}, in context {context:.1%}"
        closed = f"{(tuned - base) / (context - base):.0%}" if context - base >= LEAST_GAP else "no gap to close"
        yield TaskFigure(f"Share of the in-context gap closed by the weights, {what}", closed, note)
