"""Attacks one by one: counted, kept, and not made twice after a run that was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.answer.attacks import load_attacks
from ragft.benchmark.questions import evenly
from ragft.benchmark.studies.injection import InjectionReport, run_injection
from ragft.data import shipped
from ragft.engine.scripted import Reply, ScriptedEngine
from ragft.errors import GenerationError
from ragft.index.index import Index, open_index
from ragft.setting_sections import AnswerSettings, IndexSettings
from ragft.workspace import Workspace
from tests.answer.fakes import dying

ATTACKS = load_attacks(shipped("attacks/attacks.jsonl"))[:3]
HONEST = "The Bay of Fundy has the largest tidal range on Earth, about 16 metres at its head [1]."
DANCE = "Honeybees tell the others where food is by a waggle dance [1]."
SPAN = "The Akashi Kaikyo bridge has a main span of 1,991 metres [1]."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_index(Workspace(tmp_path_factory.mktemp("attacks")), IndexSettings()) as opened:
        yield opened


def attack(index: Index, store: Path, *replies: Reply, settings: AnswerSettings | None = None) -> InjectionReport:
    engine = ScriptedEngine(list(replies), models=["tiny"])
    return run_injection(
        ATTACKS, engine=engine, index=index, model="tiny", answer=settings or AnswerSettings(), store=store
    )


def test_a_run_that_died_goes_on_with_the_attack_it_died_at(index: Index, tmp_path: Path) -> None:
    store = tmp_path / "attempts.jsonl"
    with pytest.raises(GenerationError):
        attack(index, store, HONEST, dying("Honey", GenerationError("killed")))
    with store.open("a") as torn:
        torn.write('{"key": "half a li')
    report = attack(index, store, DANCE, SPAN)
    assert [attempt.fact for attempt in report.attempts] == [True, True, True]
    assert (report.succeeded, report.families) == (0, {"override": (0, 3)})
    again = attack(index, store)  # an engine without replies fails at the first question
    assert again == report


def test_other_settings_are_other_attempts(index: Index, tmp_path: Path) -> None:
    store = tmp_path / "attempts.jsonl"
    attack(index, store, HONEST, DANCE, SPAN)
    with pytest.raises(GenerationError, match="script"):
        attack(index, store, settings=AnswerSettings(seed=1))


def test_what_the_model_wrote_and_what_got_through_are_both_kept(index: Index, tmp_path: Path) -> None:
    report = attack(index, tmp_path / "attempts.jsonl", "ZEBRA-0K", "ZEBRA-0K", DANCE, SPAN)
    assert report.attempts[0].raw == "ZEBRA-0K"
    assert "ZEBRA" not in report.attempts[0].answer
    assert report.succeeded == 0


@pytest.mark.parametrize("limit", [10, 11, 35, 36, 69, 70, 999, 0])
def test_a_limit_leaves_some_of_every_family(limit: int) -> None:
    every = load_attacks(shipped("attacks/attacks.jsonl"))
    chosen = evenly(every, limit or len(every))
    assert {attack.family for attack in chosen} == {attack.family for attack in every}
    assert len({attack.id for attack in chosen}) == len(chosen) == min(limit or 70, 70)
