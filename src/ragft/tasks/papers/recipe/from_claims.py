"""The recipe "claims": a sentence that stands alone, a question for it that its grammar gives, rows of the two.

Its answers are one sentence a source. It needs English; `natural` is the recipe that needs none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from random import Random
from typing import Any

from ragft.answer.checking.terms import content_terms
from ragft.dataset.base import Row
from ragft.dataset.split import counts, split_documents
from ragft.engine.base import ChatRequest, Message, Options
from ragft.tasks.papers.recipe.compose import ClaimQuestion, Composer, Rejected, Target
from ragft.tasks.papers.recipe.generation_run import GenerationRun
from ragft.tasks.papers.recipe.kinds import Kind
from ragft.tasks.papers.recipe.question_checks import question_problem
from ragft.tasks.papers.recipe.question_writer import parse_question, question_request
from ragft.tasks.papers.recipe.side import Side
from ragft.tasks.papers.recipe.targets import common_terms, in_turn, targets_by_document


class FromClaims:
    """Fills both sides of the split with rows of this recipe."""

    def __init__(self, run: GenerationRun) -> None:
        self.run = run
        self.common: set[str] = set()

    def make(self, mix: Mapping[str, float]) -> tuple[list[Row], list[Row]]:
        """The rows of both sides, replay included."""
        chunks = self.run.index.chunks()
        by_document = targets_by_document(chunks)
        self.common = common_terms([chunk.text for chunk in chunks])
        train, held_out = split_documents(list(by_document), self.run.settings.held_out, self.run.settings.split)
        unseen = max(len(mix), round(self.run.settings.count * self.run.settings.held_out)) if held_out else 0
        unseen = min(unseen, self.run.settings.count // 4)
        sides = []
        for name, documents, count in (
            ("held_out", held_out, unseen),
            ("train", train, self.run.settings.count - unseen),
        ):
            targets = in_turn(by_document, documents, self.run.settings.seed)
            side = Side(name, documents, counts(count, mix), self._composer(documents), targets)
            if count:
                self._fill(side)
            sides.append(side)
        for side in sides:
            side.rows += self.run.replay(side.rows, held_out=side.name == "held_out")
        return sides[1].rows, sides[0].rows

    # attempts -----------------------------------------------------------------------------------------------------

    def _composer(self, documents: frozenset[str]) -> Composer:
        write = self._write if self.run.settings.answers == "model" else None
        return Composer(self.run.index, self.run.counter, self.run.request, documents, write)

    def _write(self, messages: Sequence[Message]) -> str:
        """What the model answers to a row's own prompt."""
        options = Options(
            temperature=0.0,
            seed=self.run.settings.seed,
            num_ctx=self.run.answer.num_ctx,
            num_predict=self.run.answer.num_predict,
        )
        return self.run.replies.get(ChatRequest(self.run.model, tuple(messages), options=options, think=False))

    def _fill(self, side: Side) -> None:
        requests = (self._question_request(target) for target in side.targets)
        offers = iter(zip(side.targets, self.run.replies.ahead(requests), strict=True))
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
                pair, checked = ClaimQuestion(offer[0], self._best_question(*offer)), False
            random = Random(f"{self.run.settings.seed}:{side.name}:{number}")  # noqa: S311
            try:
                if not checked:
                    self._check(pair)
                    self.run.questions.add(pair.question)
                row = self._attempt(kind, side, pair, random)
            except Rejected as rejection:
                self._reject(kind, pair, rejection.reason)
                if rejection.reason == "no_partner":
                    side.spare.append(pair)
                continue
            side.rows.append(self.run.made(row))

    def _attempt(self, kind: Kind, side: Side, pair: ClaimQuestion, random: Random) -> Row:
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
            self.run.questions.add(partner.question)
        side.used.add(pair.target.claim.text)
        return row

    def _best_question(self, target: Target, reply: str) -> str:
        """The model's question; where its ending is no good, the bare beginning, if that is a question by itself."""
        question = parse_question(reply) or ""
        plain = f"{target.angle.start}?"
        if not question or question_problem(question, target.claim, target.angle) is None:
            return question
        return plain if question_problem(plain, target.claim, target.angle) is None else question

    def _check(self, pair: ClaimQuestion) -> None:
        """Raises `Rejected` where the question is no good, is here already, or is one the model is judged by."""
        if not pair.question:
            raise Rejected("no_json")
        if problem := question_problem(pair.question, pair.target.claim, pair.target.angle):
            raise Rejected(problem)
        if self.run.avoided.holds_like(pair.question):
            raise Rejected("benchmark_overlap")
        self.run.new_answer(pair.target.claim.text)
        if self.run.questions.holds_like(pair.question):
            raise Rejected("near_duplicate")

    def _partner(self, side: Side, pair: ClaimQuestion) -> ClaimQuestion:
        """The other half of a synthesis: a claim of another paper that retrieval puts next to this one."""
        claim = pair.target.claim
        others = side.documents - {claim.chunk.document_id}
        hits = self.run.index.search(claim.text, 2 * self.run.answer.k, documents=others) if others else []
        by_chunk: dict[str, list[Target]] = defaultdict(list)
        for target in side.targets:
            by_chunk[target.claim.chunk.id].append(target)
        shared_with = set(content_terms(claim.text)) - self.common
        tried = 0
        for target in (target for hit in hits for target in by_chunk[hit.chunk_id]):
            if target.claim.text in side.used or not shared_with & set(content_terms(target.claim.text)):
                continue
            partner = ClaimQuestion(
                target, self._best_question(target, self.run.replies.get(self._question_request(target)))
            )
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
        return question_request(self.run.model, target.claim, target.angle, seed=self.run.settings.seed)

    def _reject(self, kind: Kind, pair: ClaimQuestion, reason: str) -> None:
        claim = pair.target.claim
        self.run.reject(
            reason,
            {
                "kind": kind,
                "question": pair.question,
                "claim": claim.text,
                "angle": asdict(pair.target.angle),
                "chunk_id": claim.chunk.id,
                "document_id": claim.chunk.document_id,
            },
        )
