"""The protocol of a benchmark: written before the first answer, and a change of it afterwards is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.comparison.protocol import protocol_of, register_protocol
from ragft.benchmark.scoring.measures import GuardRule, Metric
from ragft.errors import WorkspaceError

ASKED = {"papers": [BenchmarkQuestion("one", "What is one?")]}
METRIC = Metric("coverage", "Coverage", "coverage", role="primary")
METRICS = {"papers": [METRIC, Metric("aside", "Aside", "aside")]}


def protocol(metrics: Any = METRICS, asked: Any = ASKED, needed: Sequence[GuardRule] = ()) -> dict[str, Any]:
    return protocol_of(metrics, asked, needed)


def test_the_same_protocol_has_the_same_digest(tmp_path: Path) -> None:
    first = register_protocol(tmp_path, protocol(), answered=False)
    again = register_protocol(tmp_path, protocol(), answered=True)
    assert first.digest == again.digest
    assert (again.changed, again.warning) == ((), "")


GUARD = Metric("loss", "Loss", "loss", role="guard", guard=GuardRule(0.1, lost="It lost."))


@pytest.mark.parametrize(
    ("other", "part"),
    [
        (protocol({"papers": [replace(METRIC, role="information")]}), "metrics"),
        (protocol({"papers": [METRIC, GUARD]}), "metrics"),
        (protocol({"papers": [replace(METRIC, better=-1)]}), "metrics"),
        (protocol(asked={"papers": [BenchmarkQuestion("one", "What is two?")]}), "questions"),
        (protocol(asked={"papers": []}), "questions"),
        (protocol(needed=[GuardRule(0.1, lost="", missing="It is not known.")]), "rules"),
    ],
)
def test_a_change_after_the_first_answer_stays_reported(tmp_path: Path, other: dict[str, Any], part: str) -> None:
    first = register_protocol(tmp_path, protocol(), answered=False)
    changed = register_protocol(tmp_path, other, answered=True)
    assert changed.changed == (part,)
    assert first.digest in changed.warning
    assert changed.digest in changed.warning
    back = register_protocol(tmp_path, protocol(), answered=True)
    assert back.digest == first.digest
    assert back.changed == (part,)


def test_a_margin_is_part_of_it() -> None:
    wider = replace(GUARD, guard=GuardRule(0.2, lost="It lost."))
    assert protocol({"papers": [GUARD]}) != protocol({"papers": [wider]})


def test_what_is_only_shown_is_not() -> None:
    assert protocol({"papers": [METRIC]}) == protocol()


def test_before_the_first_answer_anything_may_be_changed(tmp_path: Path) -> None:
    register_protocol(tmp_path, protocol(), answered=False)
    assert (
        register_protocol(
            tmp_path, protocol(needed=[GuardRule(0.1, lost="", missing="It is not known.")]), answered=False
        ).warning
        == ""
    )


def test_a_damaged_file_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "protocol.json").write_text("{", encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"protocol\.json is damaged") as refused:
        register_protocol(tmp_path, protocol(), answered=True)
    assert "asked again" in refused.value.fix
