"""Making a data set: rows by the recipe of the settings, replay beside them, and what did not become a row.

    report = generate(index, GenerationRequest(engine, "smollm2", settings.generate, settings.answer), folder)

Deterministic at a seed wherever the engine is: attempts are made in a fixed order, each with a random generator of its
own. Killed, the same call goes through the attempts again, with every reply already given taken from
`folder/replies.jsonl`, and ends with the files of an undisturbed run.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from ragft.answer.prompts.policy import RANKING
from ragft.console import Progress, silent
from ragft.dataset.base import GenerateReport, Row
from ragft.dataset.evaluation_questions import evaluation_questions
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.preference import distinct_preferences
from ragft.dataset.store import (
    CARD,
    HELD_OUT,
    PREFERENCES,
    REJECTED,
    TRAIN,
    is_whole,
    read_card,
    write_card,
    write_preferences,
    write_rows,
)
from ragft.errors import DatasetError, UsageError
from ragft.journal import write_lines
from ragft.log import log
from ragft.setting_sections import GenerateSettings
from ragft.tasks.papers.natural.make import Natural
from ragft.tasks.papers.recipe.compose import GenerationIndex
from ragft.tasks.papers.recipe.from_claims import FromClaims
from ragft.tasks.papers.recipe.generation_run import REPLIES, GenerationRun
from ragft.tasks.papers.recipe.kinds import KINDS, MADE


def generate(
    index: GenerationIndex,
    request: GenerationRequest,
    folder: Path,
    *,
    progress: Progress | None = None,
    restart: bool = False,
) -> GenerateReport:
    """Make the data set in `folder`, or go on making it; see the module for what is kept and why.

    Args:
        index: where chunks come from and questions must find them.
        progress: called with rows kept.
        restart: forget what the folder holds, replies included, and make everything anew.

    Raises:
        UsageError: the mix names an unknown kind or nothing at all, or the folder holds a set from elsewhere.
        DatasetError: the corpus gave not a single row.
        EngineError: the engine failed; what it answered so far is kept.
    """
    started = time.monotonic()
    settings = request.settings
    mix = _checked_mix(settings)
    if request.avoid is None:
        request = replace(request, avoid=evaluation_questions())
    asked = _as_json(request, index)
    if restart:
        for name in (CARD, REPLIES):
            (folder / name).unlink(missing_ok=True)
    elif (card := _card_made_here(folder)) and card.get("request") == asked and is_whole(folder, card):
        notes = tuple(card["notes"])
        return GenerateReport(folder.name, card["kept"], card["rejected"], time.monotonic() - started, notes)
    run = GenerationRun(index, request, folder, progress or silent)
    train, held_out = (Natural(run) if settings.recipe == "natural" else FromClaims(run)).make(mix)
    if not train:
        rejected = dict(run.rejections) or "nothing was even tried"
        problem = f"the corpus gave no question-answer pair that passes the checks (rejected: {rejected})"
        raise DatasetError(
            "; ".join([problem, *run.notes]),
            fix="ingest documents with more whole sentences, or engine.model=ANOTHER of 1B weights or more",
        )
    Random(f"order:{settings.seed}").shuffle(train)  # noqa: S311
    _write(folder, run, train, held_out)
    kept = Counter(row.kind for row in (*train, *held_out))
    if missing := settings.count - sum(kept[kind] for kind in MADE):
        run.notes.append(_shortage(missing, settings.count, run.rejections))
    report = GenerateReport(
        dataset=folder.name,
        kept={kind: kept[kind] for kind in KINDS if kind in mix or kept[kind]},
        rejected=dict(sorted(run.rejections.items())),
        seconds=time.monotonic() - started,
        notes=tuple(run.notes),
    )
    write_card(folder, asked, train, held_out, report)
    for note in run.notes:
        log.warning(note)
    return report


def _as_json(request: GenerationRequest, index: GenerationIndex) -> dict[str, Any]:
    """What the card keeps of a request: an equal one makes equal rows."""
    return {
        "index": index.digest(),
        "model": request.model,
        "engine": request.engine.name,
        "settings": request.settings.model_dump(mode="json"),
        "answer": request.answer.model_dump(mode="json"),
        "avoid": list(request.avoid or ()),
        "avoid_answers": list(request.avoid_answers),
        "calibration": request.calibration.to_json(),
        "ranking": RANKING,
    }


def _card_made_here(folder: Path) -> Mapping[str, Any] | None:
    """The card of the data set in `folder`, if there is one.

    Raises:
        UsageError: the data set was not made by `generate`.
    """
    card = read_card(folder)
    request = (card or {}).get("request") or {}
    made_here = bool(request) or (folder / REPLIES).is_file()
    if (folder / TRAIN).is_file() and ("task" in request or not made_here):  # made by another task, or by none
        raise UsageError(
            f"the data set {folder.name!r} was not made by generate, and would be lost",
            fix="name=ANOTHER, or restart=True to throw it away",
        )
    return card


def _write(folder: Path, run: GenerationRun, train: Sequence[Row], held_out: Sequence[Row]) -> None:
    """Write the files of the data set, except its card."""
    write_rows(folder / TRAIN, train)
    write_rows(folder / HELD_OUT, held_out)
    write_lines(folder / REJECTED, run.rejected)
    if run.preferences:
        write_preferences(folder / PREFERENCES, distinct_preferences(run.preferences))
    else:
        (folder / PREFERENCES).unlink(missing_ok=True)


def _shortage(missing: int, count: int, rejections: Mapping[str, int]) -> str:
    """Why there are fewer rows than were asked for, and what would give more."""
    most = sorted(rejections.items(), key=lambda pair: -pair[1])[:2]
    reasons = ", ".join(f"{reason} {number}" for reason, number in most)
    tried = f" (most were rejected for: {reasons})" if most else ""
    return (
        f"{missing} of {count} rows could not be made: nothing is left to ask of these documents{tried}; more give more"
    )


def _checked_mix(settings: GenerateSettings) -> dict[str, float]:
    mix = {k: share for k, share in settings.mix.items() if settings.recipe == "natural" or k != "partial"}
    unknown = sorted(set(mix) - set(MADE))
    if unknown or not all(0 <= share < math.inf for share in mix.values()) or not sum(mix.values()):
        raise UsageError(
            f"the mix {dict(mix)} cannot be used" + (f": {', '.join(unknown)} unknown" if unknown else ""),
            fix="generate.mix=grounded=0.6,synthesis=0.15,partial=0.05,refusal=0.2",
        )
    return {kind: mix[kind] for kind in MADE if mix.get(kind)}
