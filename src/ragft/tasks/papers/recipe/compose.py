"""Rows from a claim and its question: the evidence put round them, the answer written, both checked.

Prompt, keys and trimming come from `ragft.answer`, which also serves `ask`: what is trained on is what is used. The
checks of the finished row are those that `ask` makes of a model's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Any, Protocol

from ragft.answer.base import Evidence
from ragft.answer.checker import check
from ragft.answer.checking.nli import configured_nli
from ragft.answer.checking.support import Supporter, sentences_in, support_score
from ragft.answer.checking.terms import content_terms, quantities
from ragft.answer.prompts.budget import Fitted, TokenCounter
from ragft.answer.prompts.builder import PromptBuilder
from ragft.answer.prompts.form import REFUSAL
from ragft.answer.prompts.policy import PromptPolicy
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.written.citation_keys import parse_keys, strip_keys
from ragft.answer.written.degenerate import fault
from ragft.corpus.base import Chunk
from ragft.dataset.base import Row
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.store import row_id
from ragft.engine.base import Message
from ragft.index.base import DocumentRecord, Hit
from ragft.tasks.papers.recipe.angles import Angle
from ragft.tasks.papers.recipe.claims import Claim, plain_sentence
from ragft.tasks.papers.recipe.kinds import Kind

DISTINCT = 0.6
"""A distractor that supports the answer this well would be a second source, not a distractor."""
LEAST_ASKED = 3
"""Terms of a question that may be refused: "What do curves show?" is answered by any plot."""
COVERED = 0.6
"""A source with more than this share of a question's terms may answer it in words of its own."""
SAME_MEANING = 0.8
"""Cosine of two sentences above which one may well answer what the other does (MiniLM paraphrases lie above it)."""


class GenerationIndex(Protocol):
    """What generation needs of an index."""

    def documents(self) -> Sequence[DocumentRecord]:
        """The records of all documents."""
        ...

    def chunks(self, document_id: str | None = None) -> Sequence[Chunk]:
        """The chunks of one document, or of all where none is named, in order."""
        ...

    def search(self, query: str, k: int, *, documents: Collection[str] | None = None) -> Sequence[Hit]:
        """The `k` best hits for `query`, in all documents or only in those with these ids."""
        ...

    def embed(self, texts: Sequence[str]) -> Any:
        """Unit vectors, float32 [len(texts), dimension]."""
        ...

    def reads(self, text: str) -> bool:
        """Whether the encoder knows the language of `text`."""
        ...

    def digest(self) -> str:
        """Equal digests, equal search results."""
        ...


@dataclass(frozen=True)
class Target:
    """A claim and the way it is to be asked for."""

    claim: Claim
    angle: Angle


@dataclass(frozen=True)
class ClaimQuestion:
    """A question that passed its checks, with the claim that answers it."""

    target: Target
    question: str


class Rejected(Exception):
    """An attempt that gave no row; `reason` is what it is counted under."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Composer:
    """Makes rows out of pairs, for one side of the split (`documents`).

    `write` asks a model for an answer in its own words; without it the claims themselves are the answers.
    """

    def __init__(
        self,
        index: GenerationIndex,
        counter: TokenCounter,
        request: GenerationRequest,
        documents: Collection[str],
        write: Callable[[Sequence[Message]], str] | None = None,
    ) -> None:
        self._index = index
        self._write = write
        self._settings = request.settings
        self._documents = frozenset(documents)
        self._generator = request.generator
        self._support = request.support
        self._supporter = Supporter(index.embed, configured_nli(request.answer.nli_model), index.reads)
        asked = PromptPolicy.of_training(request.settings, request.answer).over(request.answer)
        self.prompts = PromptBuilder(asked, counter, self._supporter)

    def grounded(self, pair: ClaimQuestion, random: Random) -> Row:
        """One source answers, among distractors.

        Raises:
            Rejected: not retrieved, the source had to be cut, or the answer fails the check.
        """
        oracle, rank = self._oracle(pair.question, pair.target.claim)
        if random.random() < self._settings.without_oracle:
            return self._from_memory(pair, oracle, random)
        others = self._distractors(pair.question, [pair.target.claim], self._settings.distractors)
        fitted = self._fit(pair.question, [oracle, *others], random)
        answer, checks = self._written(pair.question, fitted, [(pair, oracle)])
        return self._row("grounded", pair.question, fitted, answer, [oracle], {"rank": float(rank), **checks})

    def synthesis(self, first: ClaimQuestion, second: ClaimQuestion, random: Random) -> Row:
        """Two sources of different papers each answer a part of one question.

        Raises:
            Rejected: as for `grounded`.
        """
        question = join_questions(first.question, second.question)
        oracles, ranks = zip(*(self._oracle(question, pair.target.claim) for pair in (first, second)), strict=True)
        if oracles[0].chunk_id == oracles[1].chunk_id:
            raise Rejected("one_source_for_both")
        claims = [first.target.claim, second.target.claim]
        others = self._distractors(question, claims, max(0, self._settings.distractors - 1))
        fitted = self._fit(question, [*oracles, *others], random)
        answer, checks = self._written(question, fitted, list(zip((first, second), oracles, strict=True)))
        return self._row("synthesis", question, fitted, answer, list(oracles), {"rank": float(max(ranks)), **checks})

    def refusal(self, pair: ClaimQuestion, random: Random, *, close: bool) -> Row:
        """Sources that do not answer: of the same paper (a close miss) or of others.

        Raises:
            Rejected: there are no such sources, or one of them might answer.
        """
        claim = pair.target.claim
        if len(set(content_terms(pair.question))) < LEAST_ASKED:
            raise Rejected("too_vague_to_refuse")
        own = frozenset({claim.chunk.document_id})
        among = own if close else self._documents - own
        wanted = self._settings.distractors + 1
        hits = self._index.search(pair.question, 3 * wanted, documents=among) if among else []
        found = [hit for hit in hits if not self._may_answer(hit, pair)][:wanted]
        if not found:
            raise Rejected("no_context_to_refuse")
        fitted = self._fit(pair.question, found, random)
        return self._row("refusal", pair.question, fitted, REFUSAL, [], {"close": float(close)})

    # parts --------------------------------------------------------------------------------------------------------

    def _oracle(self, question: str, claim: Claim) -> tuple[Hit, int]:
        """The hit that holds the claim, and its rank among what `ask` would retrieve (over the whole index)."""
        for hit in self._index.search(question, self.prompts.settings.k):
            if hit.document_id == claim.chunk.document_id and claim.text in plain_sentence(hit.text):
                return hit, hit.rank
        raise Rejected("not_retrieved")

    def _distractors(self, question: str, claims: Sequence[Claim], count: int) -> list[Hit]:
        if not count:
            return []
        hits = self._index.search(question, self.prompts.settings.k + count, documents=self._documents)
        distinct = [hit for hit in hits if all(support_score(claim.text, hit.text) < DISTINCT for claim in claims)]
        return distinct[:count]

    def _may_answer(self, hit: Hit, pair: ClaimQuestion) -> bool:
        """Whether a source could answer the question after all; a doubt counts as yes."""
        claim = pair.target.claim.text
        if support_score(claim, hit.text) >= 0.5:
            return True
        asked = set(content_terms(pair.question))
        sentences = sentences_in(hit.text)
        terms = [set(content_terms(sentence)) for sentence in sentences]
        # Two sentences together, because the second of them says "it".
        if any(len(asked & (one | two)) > COVERED * len(asked) for one, two in pairwise([*terms, set()])):
            return True
        return any(cosine >= SAME_MEANING for cosine in self._supporter.cosines(claim, sentences))

    def _fit(self, question: str, hits: Sequence[Hit], random: Random) -> Fitted:
        """The prompt as `ask` builds it; the sources in an order that does not tell which of them answers."""
        order = list(hits)
        random.shuffle(order)
        return self.prompts.fit(question, question, assign_keys(order))

    def _written(
        self, question: str, fitted: Fitted, parts: Sequence[tuple[ClaimQuestion, Hit]]
    ) -> tuple[str, dict[str, float]]:
        """The claims, cited; or what a larger model wrote to the same prompt, where it says and cites no less."""
        own = " ".join(self._cited(pair.target.claim, oracle, fitted) for pair, oracle in parts)
        if self._write is None:
            return own, {}
        written = " ".join(self._write(fitted.messages).split())
        keys = {item.key for item in fitted.evidence for _, oracle in parts if item.hit.chunk_id == oracle.chunk_id}
        if not stands_for([pair.target.angle.focus for pair, _ in parts], keys, written):
            return own, {"written": 0.0}
        try:
            self._checked(question, fitted, written)
        except Rejected:
            return own, {"written": 0.0}
        return written, {"written": 1.0}

    def _cited(self, claim: Claim, oracle: Hit, fitted: Fitted) -> str:
        shown = next((item for item in fitted.evidence if item.hit.chunk_id == oracle.chunk_id), None)
        if shown is None or claim.text not in plain_sentence(shown.shown):
            raise Rejected("source_cut")
        return with_citation(claim.text, shown)

    def _from_memory(self, pair: ClaimQuestion, oracle: Hit, random: Random) -> Row:
        """RAFT's share of rows without the oracle: the answer is learnt, not read, and so cites nothing."""
        others = self._distractors(pair.question, [pair.target.claim], self._settings.distractors + 1)
        if not others:
            raise Rejected("no_distractor")
        fitted = self._fit(pair.question, others, random)
        row = _make(fitted, pair.target.claim.text, "grounded", self._generator, self._settings.seed)
        return _with(row, (), (oracle.document_id,), {"without_oracle": 1.0})

    def _row(
        self, kind: Kind, question: str, fitted: Fitted, answer: str, oracles: Sequence[Hit], checks: dict[str, float]
    ) -> Row:
        if kind != "refusal":
            checks = {**checks, "support": self._checked(question, fitted, answer)}
        row = _make(fitted, answer, kind, self._generator, self._settings.seed)
        return _with(row, tuple(hit.chunk_id for hit in oracles), (), checks)

    def _checked(self, question: str, fitted: Fitted, answer: str) -> float:
        """The lowest support of any sentence, by the check that `ask` applies to a model's answer."""
        result = check(answer, fitted.evidence, question=question, supporter=self._supporter, threshold=self._support)
        if result.unknown_keys or result.wrong_keys or result.aligned:
            raise Rejected("wrong_citation")
        if not result.grounded or not all(sentence.supported for sentence in result.sentences):
            raise Rejected("unsupported_answer")
        return min(sentence.support for sentence in result.sentences)


def with_citation(sentence: str, evidence: Evidence) -> str:
    """`sentence` with the key of its source before the full stop, as `ask` shows it."""
    return f"{sentence.rstrip('., ')} [{evidence.key}]."


def stands_for(focuses: Sequence[str], keys: Collection[str], written: str) -> bool:
    """Whether a model's answer is whole, holds what each question asks for (`focuses`), and cites every one of `keys`.

    Two thirds of a focus's terms must be there, and all of its numbers.
    """
    plain_text = strip_keys(written)[0].strip()
    if fault(written, "stop") or not plain_text.endswith((".", "!")):
        return False
    if not set(keys) <= {key for group in parse_keys(written) for key in group.keys}:
        return False
    return all(_holds(plain_text, focus) for focus in focuses)


def _holds(text: str, focus: str) -> bool:
    terms = set(content_terms(focus))
    return 3 * len(terms & set(content_terms(text))) >= 2 * len(terms) and quantities(focus) <= quantities(text)


def join_questions(first: str, second: str) -> str:
    """Two questions as one: "What is A, and how many B does C have?"."""
    return f"{first.rstrip('?').strip()}, and {second[0].lower()}{second[1:]}"


def _make(fitted: Fitted, answer: str, kind: Kind, generator: str, seed: int) -> Row:
    return Row(
        prompt=tuple(message.to_dict() for message in fitted.messages),
        completion=({"role": "assistant", "content": answer},),
        kind=kind,
        chunk_ids=tuple(item.hit.chunk_id for item in fitted.evidence),
        document_ids=tuple(sorted({item.hit.document_id for item in fitted.evidence})),
        generator=generator,
        seed=seed,
        # A thinking model's template then puts its empty think block into the masked prompt, as in use.
        chat_template_kwargs={"enable_thinking": False},
    )


def _with(row: Row, oracles: tuple[str, ...], documents: tuple[str, ...], checks: dict[str, float]) -> Row:
    return replace(
        row,
        id=row_id(row),
        oracle_ids=oracles,
        document_ids=tuple(sorted({*row.document_ids, *documents})),
        checks={name: round(value, 4) for name, value in checks.items()},
    )
