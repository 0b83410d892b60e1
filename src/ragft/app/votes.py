"""Blind votes: base and tuned model answer the same question without their names, a person votes, votes are counted.

pair = app.votes.ask("How much memory does QLoRA need?")
app.votes.choose(pair.id, "left")     # now it says which was which
app.votes.tally()[0].tuned.show()     # "67 % (42–85)"
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ragft.app.resources import while_open
from ragft.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from ragft.answer.base import Answer
    from ragft.answer.library.choosing import DocumentFilter
    from ragft.app.resources import Resources
    from ragft.benchmark.base import TaskFigure
    from ragft.benchmark.scoring.shares import Share
    from ragft.console import Progress
    from ragft.workspace import Workspace

Side = Literal["left", "right"]
Vote = Literal["left", "right", "same"]
_FOLDER = "votes"
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class BlindPair:
    """Two answers from the same evidence, in an order that was drawn by chance."""

    id: str
    left: Answer
    right: Answer


@dataclass(frozen=True)
class KeptPair:
    """A pair as its file keeps it: `asked` in seconds since 1970, the side of the tuned model, and the vote, if any."""

    question: str
    asked: float
    tuned: Side
    left: str
    right: str
    left_model: str
    right_model: str
    vote: Vote | None = None


@dataclass(frozen=True)
class Revealed:
    """Which model was on which side, and which side was chosen."""

    id: str
    left: str
    right: str
    tuned: Side
    vote: Vote


@dataclass(frozen=True)
class Tally:
    """The votes on one pair of models. `tuned`: its share of the votes for either, with the 95 % interval."""

    base_model: str
    tuned_model: str
    votes: int
    same: int
    tuned: Share


class Votes:
    """The votes of a workspace, a file each: `app.votes`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    @property
    def _folder(self) -> Path:
        return self._resources.workspace.root / _FOLDER

    @while_open
    def ask(
        self, question: str, *, within: DocumentFilter | None = None, progress: Progress | None = None
    ) -> BlindPair:
        """The same question to base and tuned of the latest registered run, from the same evidence.

        Args:
            progress: called with every event of an answer; an error that it raises stops the model.

        Raises:
            NotFoundError: no run is registered.
        """
        from ragft.app.asking import AskRequest, compare
        from ragft.workspace import write_json

        answers = compare(self._resources, AskRequest(question, None, within, None), progress)
        tuned: Side = secrets.choice(("left", "right"))
        left, right = (answers["tuned"], answers["base"]) if tuned == "left" else (answers["base"], answers["tuned"])
        pair = BlindPair(secrets.token_hex(8), left, right)
        kept = KeptPair(question, time.time(), tuned, left.answer, right.answer, left.model, right.model)
        write_json(self._folder / f"{pair.id}.json", kept)
        return pair

    @while_open
    def choose(self, pair: str, vote: Vote) -> Revealed:
        """Keep a vote, and say which model was which.

        Raises:
            NotFoundError: there is no such pair.
            UsageError: it was voted on before.
        """
        from ragft.workspace import write_json

        path = self._folder / f"{pair}.json"
        with self._resources.workspace.lock("votes", timeout=10):
            kept = _read(path) if _ID.fullmatch(pair) else None
            if kept is None:
                raise NotFoundError(f"no pair of answers {pair!r}", fix="ask both models first")
            if kept.vote:
                raise UsageError("this pair has a vote already", fix="ask both models again")
            write_json(path, replace(kept, vote=vote))
        return Revealed(pair, kept.left_model, kept.right_model, kept.tuned, vote)

    @while_open
    def tally(self) -> Sequence[Tally]:
        """The votes by pair of models, those with the most votes first."""
        return tallies(self._resources.workspace)


def tallies(workspace: Workspace) -> Sequence[Tally]:
    """The votes of a workspace by pair of models, those with the most votes first."""
    by_models: dict[tuple[str, str], list[str]] = {}
    for kept in map(_read, (workspace.root / _FOLDER).glob("*.json")):
        if kept is not None and kept.vote:
            models = kept.left_model, kept.right_model
            by_models.setdefault(models if kept.tuned == "right" else models[::-1], []).append(_for(kept))
    found = [_tally(*models, votes) for models, votes in by_models.items()]
    return sorted(found, key=lambda one: -one.votes)


def vote_figures(workspace: Workspace, models: Collection[str]) -> Sequence[TaskFigure]:
    """The votes as figures of a report: one for each pair of which both models are among `models`, and for which
    somebody preferred one of the two."""
    from ragft.benchmark.base import TaskFigure

    return [
        TaskFigure(
            "Blind votes for the tuned model",
            one.tuned.show(),
            f"{one.tuned.count} of {one.tuned.total} votes for either; {one.same} for neither",
        )
        for one in tallies(workspace)
        if one.tuned.total and {one.base_model, one.tuned_model} <= set(models)
    ]


def _for(kept: KeptPair) -> str:
    if kept.vote == "same":
        return "same"
    return "tuned" if kept.vote == kept.tuned else "base"


def _tally(base: str, tuned: str, votes: Sequence[str]) -> Tally:
    from ragft.benchmark.scoring.shares import Share

    same, won = votes.count("same"), votes.count("tuned")
    return Tally(base, tuned, len(votes), same, Share.of(won, len(votes) - same))


def _read(path: Path) -> KeptPair | None:
    """None for what is not, or no longer, a whole file of ours."""
    from ragft.typed_json import parsed

    try:
        return parsed(KeptPair, path.read_bytes())
    except (OSError, ValueError):
        return None
