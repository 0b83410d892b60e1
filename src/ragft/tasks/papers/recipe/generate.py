"""Making a data set: claims chosen, questions asked for, rows composed and checked, until there are enough.

    report = generate(index, engine, model="smollm2", settings=settings.generate, answer=settings.answer, folder=folder)

Deterministic at a seed wherever the engine is: attempts are made in a fixed order, each with a random generator of its
own. Killed, the same call goes through the attempts again, with every reply already given taken from
`folder/replies.jsonl`, and ends with the files of an undisturbed run.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from ragft.answer.checking.terms import content_terms
from ragft.answer.prompts.budget import TokenCounter
from ragft.answer.refusal.gate import Calibration
from ragft.answer.refusal.shipped import SHIPPED
from ragft.config import AnswerSettings, GenerateSettings
from ragft.console import Progress
from ragft.dataset.base import GenerateReport, Row
from ragft.dataset.duplicates import NEAR, OVERLAP, Questions
from ragft.dataset.questions import evaluation_questions
from ragft.dataset.replay import instructions, replay_request, replay_row
from ragft.dataset.replies import Replies
from ragft.dataset.split import counts, split_documents
from ragft.dataset.store import (
    CARD,
    HELD_OUT,
    REJECTED,
    TRAIN,
    is_whole,
    read_card,
    write_card,
    write_lines,
    write_rows,
)
from ragft.engine.base import ChatRequest, Engine, Message, Options
from ragft.errors import DatasetError, UsageError
from ragft.log import log
from ragft.tasks.papers.recipe.checks import question_problem
from ragft.tasks.papers.recipe.compose import Composer, Pair, Rejected, Source, Target
from ragft.tasks.papers.recipe.kinds import KINDS, MADE, Kind
from ragft.tasks.papers.recipe.side import Side
from ragft.tasks.papers.recipe.targets import common_terms, in_turn, targets_by_document
from ragft.tasks.papers.recipe.writer import parse_question, question_request

REPLIES = "replies.jsonl"


def generate(
    index: Source,
    engine: Engine,
    *,
    model: str,
    settings: GenerateSettings,
    answer: AnswerSettings,
    folder: Path,
    progress: Progress | None = None,
    avoid: Sequence[str] | None = None,
    calibration: Calibration = SHIPPED,
    restart: bool = False,
) -> GenerateReport:
    """Make the data set in `folder`, or go on making it; see the module for what is kept and why.

    Args:
        index: where chunks come from and questions must find them.
        engine: asked for questions, and for answers to general instructions.
        avoid: evaluation questions, those that ship with ragft by default; a pair too like one is rejected.
        calibration: whose support threshold an answer must reach, as in `ask`.
        progress: called with rows kept.
        restart: forget what the folder holds, replies included, and make everything anew.

    Raises:
        UsageError: the mix names an unknown kind or nothing at all, or the folder holds a set from elsewhere.
        DatasetError: the corpus gave not a single row.
        EngineError: the engine failed; what it answered so far is kept.
    """
    started = time.monotonic()
    mix = _checked_mix(settings.mix)
    avoided = list(evaluation_questions() if avoid is None else avoid)
    request = {
        "index": index.digest(),
        "model": model,
        "engine": engine.name,
        "settings": settings.model_dump(mode="json"),
        "answer": answer.model_dump(mode="json"),
        "avoid": avoided,
        "calibration": calibration.to_json(),
    }
    if (folder / TRAIN).is_file() and not (folder / REPLIES).is_file() and not restart:
        raise UsageError(
            f"the data set {folder.name!r} was not made by generate, and would be lost",
            fix="name=ANOTHER, or restart=True to throw it away",
        )
    if restart:
        for name in (CARD, REPLIES):
            (folder / name).unlink(missing_ok=True)
    if (card := read_card(folder)) and card.get("request") == request and is_whole(folder, card):
        return GenerateReport(folder.name, card["kept"], card["rejected"], time.monotonic() - started)
    run = _Generation(index, engine, model, settings, answer, folder, progress or _silent, avoided, calibration)
    train, held_out = run.make(mix)
    if not train:
        raise DatasetError(
            "the corpus gave no question-answer pair that passes the checks"
            f" (rejected: {dict(run.rejections) or 'nothing was even tried'})",
            fix="ingest more documents, or engine.model=ANOTHER",
        )
    Random(f"order:{settings.seed}").shuffle(train)  # noqa: S311
    write_rows(folder / TRAIN, train)
    write_rows(folder / HELD_OUT, held_out)
    write_lines(folder / REJECTED, run.rejected)
    kept = Counter(row.kind for row in (*train, *held_out))
    report = GenerateReport(
        dataset=folder.name,
        kept={kind: kept[kind] for kind in KINDS if kind in mix or kept[kind]},
        rejected=dict(sorted(run.rejections.items())),
        seconds=time.monotonic() - started,
    )
    write_card(folder, request, train, held_out, report)
    if missing := settings.count - sum(kept[kind] for kind in MADE):
        log.warning(f"{missing} of {settings.count} rows could not be made from this corpus; ingest more documents")
    return report


def _checked_mix(mix: Mapping[str, float]) -> dict[str, float]:
    unknown = sorted(set(mix) - set(MADE))
    if unknown or not all(0 <= share < math.inf for share in mix.values()) or not sum(mix.values()):
        raise UsageError(
            f"the mix {dict(mix)} is none" + (f": {', '.join(unknown)} unknown" if unknown else ""),
            fix="generate.mix=grounded=0.6,synthesis=0.2,refusal=0.2",
        )
    return {kind: mix[kind] for kind in MADE if mix.get(kind)}


class _Generation:
    def __init__(
        self,
        index: Source,
        engine: Engine,
        model: str,
        settings: GenerateSettings,
        answer: AnswerSettings,
        folder: Path,
        progress: Progress,
        avoid: Sequence[str],
        calibration: Calibration,
    ) -> None:
        self.index = index
        self.model = model
        self.settings = settings
        self.answer = answer
        self.calibration = calibration
        self.progress = progress
        self.generator = f"{engine.name}:{model}"
        self.counter = TokenCounter(engine, model)
        self.replies = Replies(folder / REPLIES, engine)
        self.questions = Questions(index.embed, NEAR)
        self.avoided = Questions(index.embed, OVERLAP, avoid)
        self.rejected: list[dict[str, Any]] = []
        self.rejections: Counter[str] = Counter()
        self.common: set[str] = set()
        self.done = 0

    def make(self, mix: Mapping[str, float]) -> tuple[list[Row], list[Row]]:
        """The rows of both sides, replay included."""
        chunks = self.index.chunks()
        by_document = targets_by_document(chunks)
        self.common = common_terms([chunk.text for chunk in chunks])
        train, held_out = split_documents(list(by_document), self.settings.held_out, self.settings.seed)
        unseen = max(len(mix), round(self.settings.count * self.settings.held_out)) if held_out else 0
        unseen = min(unseen, self.settings.count // 4)
        sides = []
        for name, documents, count in (
            ("held_out", held_out, unseen),
            ("train", train, self.settings.count - unseen),
        ):
            targets = in_turn(by_document, documents, self.settings.seed)
            side = Side(name, documents, counts(count, mix), self._composer(documents), targets)
            if count:
                self._fill(side)
            sides.append(side)
        for side in sides:
            side.rows += self._replay(side)
        return sides[1].rows, sides[0].rows

    # attempts -----------------------------------------------------------------------------------------------------

    def _composer(self, documents: frozenset[str]) -> Composer:
        return Composer(
            self.index,
            self.counter,
            self.settings,
            self.answer,
            documents,
            generator=self.generator,
            calibration=self.calibration,
            write=self._write if self.settings.answers == "model" else None,
        )

    def _write(self, messages: Sequence[Message]) -> str:
        """What the model answers to a row's own prompt."""
        options = Options(
            temperature=0.0,
            seed=self.settings.seed,
            num_ctx=self.answer.num_ctx,
            num_predict=self.answer.num_predict,
        )
        return self.replies.get(ChatRequest(self.model, tuple(messages), options=options, think=False))

    def _fill(self, side: Side) -> None:
        requests = (self._question_request(target) for target in side.targets)
        offers = iter(zip(side.targets, self.replies.ahead(requests), strict=True))
        number = 0
        while kind := side.next_kind():
            number += 1
            pair, checked = side.at_hand(kind), True
            if pair is None:
                offer = next(offers, None)
                if offer is None:
                    side.exhausted.add(kind)
                    continue
                if offer[0].claim.text in side.used:
                    continue
                pair, checked = Pair(offer[0], self._best_question(*offer)), False
            random = Random(f"{self.settings.seed}:{side.name}:{number}")  # noqa: S311
            try:
                if not checked:
                    self._check(pair)
                    self.questions.add(pair.question)
                row = self._attempt(kind, side, pair, random)
            except Rejected as rejection:
                self._reject(kind, pair, rejection.reason)
                if rejection.reason == "no_partner":
                    side.spare.append(pair)
                continue
            side.rows.append(row)
            self.done += 1
            self.progress("question-answer pairs", self.done, self.settings.count)

    def _attempt(self, kind: Kind, side: Side, pair: Pair, random: Random) -> Row:
        if kind == "grounded":
            row = side.composer.grounded(pair, random)
            side.to_refuse.append(pair)
        elif kind == "refusal":
            refusals = sum(row.kind == "refusal" for row in side.rows)
            row = side.composer.refusal(pair, random, close=refusals % 2 == 0 or len(side.documents) == 1)
        else:
            partner = self._partner(side, pair)
            row = side.composer.synthesis(pair, partner, random)
            side.used.add(partner.target.claim.text)
            self.questions.add(partner.question)
        side.used.add(pair.target.claim.text)
        return row

    def _best_question(self, target: Target, reply: str) -> str:
        """The model's question; where its ending is no good, the bare beginning, if that is a question by itself."""
        question = parse_question(reply) or ""
        plain = f"{target.angle.start}?"
        if not question or question_problem(question, target.claim, target.angle) is None:
            return question
        return plain if question_problem(plain, target.claim, target.angle) is None else question

    def _check(self, pair: Pair) -> None:
        """Raises `Rejected` where the question is no good, is here already, or is one the model is judged by."""
        if not pair.question:
            raise Rejected("no_json")
        if problem := question_problem(pair.question, pair.target.claim, pair.target.angle):
            raise Rejected(problem)
        if self.avoided.holds_like(pair.question):
            raise Rejected("benchmark_overlap")
        if self.questions.holds_like(pair.question):
            raise Rejected("near_duplicate")

    def _partner(self, side: Side, pair: Pair) -> Pair:
        """The other half of a synthesis: a claim of another paper that retrieval puts next to this one."""
        claim = pair.target.claim
        others = side.documents - {claim.chunk.document_id}
        hits = self.index.search(claim.text, 2 * self.answer.k, documents=others) if others else []
        by_chunk: dict[str, list[Target]] = defaultdict(list)
        for target in side.targets:
            by_chunk[target.claim.chunk.id].append(target)
        shared_with = set(content_terms(claim.text)) - self.common
        tried = 0
        for target in (target for hit in hits for target in by_chunk[hit.chunk_id]):
            if target.claim.text in side.used or not shared_with & set(content_terms(target.claim.text)):
                continue
            partner = Pair(target, self._best_question(target, self.replies.get(self._question_request(target))))
            try:
                self._check(partner)
            except Rejected:
                tried += 1
                if tried == 3:
                    break
                continue
            return partner
        raise Rejected("no_partner")

    def _question_request(self, target: Target) -> Any:
        return question_request(self.model, target.claim, target.angle, seed=self.settings.seed)

    def _reject(self, kind: Kind, pair: Pair, reason: str) -> None:
        self.rejections[reason] += 1
        claim = pair.target.claim
        self.rejected.append(
            {
                "reason": reason,
                "kind": kind,
                "question": pair.question,
                "claim": claim.text,
                "angle": asdict(pair.target.angle),
                "chunk_id": claim.chunk.id,
                "document_id": claim.chunk.document_id,
            }
        )

    # replay -------------------------------------------------------------------------------------------------------

    def _replay(self, side: Side) -> Iterator[Row]:
        """General rows until they are the share of tokens that the settings ask for."""
        share = self.settings.replay
        budget = share / (1 - share) * sum(map(self._tokens, side.rows))
        offers = instructions(self.settings.seed)
        # Every twentieth instruction is for validation; the two sides share none.
        chosen = [text for place, text in enumerate(offers) if (place % 20 == 0) == (side.name == "held_out")]
        requests = (replay_request(self.model, text, seed=self.settings.seed) for text in chosen)
        used = 0
        if not side.rows or not share:
            return
        for text, reply in zip(chosen, self.replies.ahead(requests), strict=True):
            row = replay_row(text, reply, generator=self.generator, seed=self.settings.seed)
            if row is None:
                self.rejections["replay_cut_off"] += 1
                continue
            used += self._tokens(row)
            if used > budget and side.name == "train":
                return
            yield row
            self.progress("replay tokens", min(used, int(budget)), int(budget))
            if used > budget:
                return

    def _tokens(self, row: Row) -> int:
        return sum(self.counter.text(message["content"]) + 6 for message in (*row.prompt, *row.completion))


def _silent(_label: str, _done: int, _total: int) -> None:
    return None
