"""Rows from ideas: the evidence that `ask` would show, several answers, and the best of them by the checks of `ask`.

Training uses the same steps as `ask`, over the documents of one side of the split: search, ranking, trimming of the
evidence, and prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random

from ragft.answer.checking.nli import configured_nli
from ragft.answer.checking.support import Supporter, sentences_in, support_score
from ragft.answer.checking.terms import content_terms
from ragft.answer.prompts.budget import Fitted, TokenCounter
from ragft.answer.prompts.builder import PromptBuilder
from ragft.answer.prompts.form import REFUSAL
from ragft.answer.prompts.policy import PromptPolicy, sentence_rank
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.prompts.rewrite import standalone
from ragft.answer.written.citation_keys import parse_keys, strip_keys
from ragft.dataset.base import Row
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.preference import Preference
from ragft.dataset.store import row_id
from ragft.engine.base import Message
from ragft.index.base import Hit
from ragft.tasks.papers.natural.extractive import PromptSentence, choose_sentences, nearest, shown_sentences, written
from ragft.tasks.papers.natural.frames import Form, fill_frame
from ragft.tasks.papers.natural.ideas import Idea
from ragft.tasks.papers.natural.topics import is_called, names_term
from ragft.tasks.papers.natural.verify import ScoredAnswer, Verifier, best
from ragft.tasks.papers.natural.written import WrittenPair
from ragft.tasks.papers.recipe.compose import COVERED, SAME_MEANING, GenerationIndex, Rejected
from ragft.tasks.papers.recipe.kinds import Kind

ELSEWHERE = 2
"""Factor of hits to examine before the search is repeated in the documents of one side only."""
SPARE_TOKENS = 8
"""Tokens between an answer and the limit of `ask`."""
LEAST_REFUSED = 2
"""Least sources in the prompt of a refusal: a single source cannot mislead."""
BROAD = frozenset[Form](("topic", "numbers", "what_how", "both", "compare", "how"))
"""Forms that one sentence is no answer to, unless answers are to have one sentence."""
LEAST_PARTIAL = 170
"""Least characters of an answer that ends with what is missing; a shorter one reads as a complete refusal."""

Write = Callable[[Sequence[Message]], Sequence[tuple[str, str]]]
"""A function from a prompt to answers of the model: texts, and why each ended ("stop", "length")."""


@dataclass(frozen=True)
class Made:
    """A row that passed, its idea and sentences, pairs of its answer with a worse one, and all answers that `lost`."""

    row: Row
    idea: Idea
    sentences: tuple[PromptSentence, ...] = ()
    preferences: tuple[Preference, ...] = ()
    lost: tuple[ScoredAnswer, ...] = ()


class Builder:
    """Makes rows from ideas for one side of the split (`documents`). `write` returns answers of the model."""

    def __init__(
        self,
        index: GenerationIndex,
        counter: TokenCounter,
        request: GenerationRequest,
        documents: Collection[str],
        *,
        supporter: Supporter | None = None,
        write: Write | None = None,
    ) -> None:
        self._index = index
        self._settings = request.settings
        self._documents = frozenset(documents)
        self._generator = request.generator
        self._supporter = supporter or Supporter(index.embed, configured_nli(request.answer.nli_model), index.reads)
        asked = PromptPolicy.of_training(request.settings, request.answer).over(request.answer)
        self.prompts = PromptBuilder(asked, counter, self._supporter)
        self._verifier = Verifier(self._supporter, request.support)
        self._write = write

    def answered(self, idea: Idea, random: Random) -> Made:
        """A row whose sources answer the question.

        Raises:
            Rejected: the evidence does not contain the answer, or no answer passes.
        """
        query = self._query(idea)
        hits = self._found(query)
        fitted, shown = self._prompt(idea, hits, random)
        chosen = self._chosen(idea, shown)
        answer = written(idea, chosen)
        if idea.kind == "synthesis" and len({one.chunk_id for one in chosen}) < 2:
            raise Rejected("one_source_for_both")
        reference = " ".join(one.text for one in chosen)
        candidates = [self._verifier.judge(answer, fitted, idea.question, reference)]
        candidates += self._own(fitted, idea, reference)
        winner = best(candidates)
        if winner is None:
            raise Rejected(candidates[0].faults[0])
        oracles = tuple(dict.fromkeys(one.chunk_id for one in chosen))
        row = self._row(idea, idea.kind, fitted, hits, winner, oracles)
        lost = _lost(winner, candidates)
        return Made(row, idea, tuple(chosen), _preferences(row, winner, lost), lost)

    def written(self, pair: WrittenPair, random: Random) -> Made:
        """A row from a question and answer that a capable model wrote from a passage.

        Each sentence of the answer gets the key of its support. The answer is compared with the sentences of the prompt
        that say the same, and with samples of the model.

        Raises:
            Rejected: the search does not find the passage, or no answer passes.
        """
        idea = pair.idea
        hits = self._found(self._query(idea))
        if not {hit.chunk_id for hit in hits} & set(idea.chunk_ids):
            raise Rejected("not_retrieved")
        fitted, shown = self._prompt(idea, hits, random)
        keyed = self._verifier.with_keys(pair.answer, fitted, idea.question)
        candidates = [self._verifier.judge(keyed, fitted, idea.question, pair.answer)]
        if copied := nearest(pair.answer, shown):
            candidates.append(self._verifier.judge(written(idea, copied), fitted, idea.question, pair.answer))
        candidates += self._own(fitted, idea, pair.answer)
        winner = best(candidates)
        if winner is None:
            raise Rejected(candidates[0].faults[0])
        sources = self._sources_of(winner.answer, hits)
        row = self._row(idea, "synthesis" if len(sources) > 1 else "grounded", fitted, hits, winner, sources)
        said = PromptSentence(strip_keys(winner.answer)[0], "", 0, "", idea.document_id, 0.0)
        lost = _lost(winner, candidates)
        return Made(row, idea, (said,), _preferences(row, winner, lost), lost)

    def refused(self, made: Made, random: Random, *, close: bool) -> Made:
        """The question of `made` over sources that do not answer it: only from its own document, or from all.

        Raises:
            Rejected: every near source might answer.
        """
        idea = made.idea
        own = frozenset({idea.document_id})
        hits = self._index.search(
            self._query(idea), 4 * self.prompts.settings.k, documents=own if close else self._documents
        )
        others = [hit for hit in hits if not self._may_answer(hit, idea, made.sentences)][: self.prompts.settings.k]
        return self._refusal(idea, others, random, {"close": float(close)})

    def misled(self, idea: Idea, random: Random) -> Made:
        """A question with a false premise over the sources that the search finds for it.

        Raises:
            Rejected: a sentence of them might answer.
        """
        hits = self._found(self._query(idea))
        asked = content_terms(idea.question)
        for text in (one for hit in hits for one in sentences_in(hit.text)):
            if sum(term in content_terms(text) for term in asked) > COVERED * len(asked) and names_term(
                idea.terms[0], text
            ):
                raise Rejected("no_context_to_refuse")
        return self._refusal(idea, hits, random, {"false_premise": 1.0})

    def partly(self, made: Made, missing: str, random: Random) -> Made:
        """A question with two parts. The sources answer the first; none names `missing`.

        Raises:
            Rejected: the sources name it, or the answer to the first part is too short.
        """
        idea = made.idea
        term = idea.terms[0] if idea.terms else ""
        hits = self._found(self._query(idea))
        others = [hit for hit in hits if not names_term(missing, f"{hit.title} {hit.text}")]
        if not term or idea.history or not others:
            raise Rejected("no_two_parts")
        question = fill_frame("two", idea.language, random, a=term, b=missing)
        two = replace(idea, question=question, form="two", kind="partial", most=3, lead="", query=self._query(idea))
        fitted, shown = self._prompt(two, others, random)  # brings them into the order of their keys
        chosen = self._chosen(two, shown)
        judged = self._verifier.judge(written(two, chosen), fitted, two.question, " ".join(one.text for one in chosen))
        if not judged.is_good or len(judged.answer) < LEAST_PARTIAL:
            raise Rejected(judged.faults[0] if judged.faults else "no_two_parts")
        whole = replace(judged, answer=f"{judged.answer} {fill_frame('missing', idea.language, random, term=missing)}")
        row = self._row(two, "partial", fitted, others, whole, tuple(dict.fromkeys(one.chunk_id for one in chosen)))
        return Made(row, two, tuple(chosen))

    # parts --------------------------------------------------------------------------------------------------------

    def _own(self, fitted: Fitted, idea: Idea, reference: str) -> list[ScoredAnswer]:
        """The model's own answers to the prompt."""
        samples = self._write(fitted.messages) if self._write else ()
        return [
            self._verifier.judge(text.strip(), fitted, idea.question, reference, done=done) for text, done in samples
        ]

    @staticmethod
    def _sources_of(answer: str, hits: Sequence[Hit]) -> tuple[str, ...]:
        """The chunks that an answer cites, among `hits` in the order of their keys."""
        keys = [int(key) for group in parse_keys(answer) for key in group.keys]
        return tuple(dict.fromkeys(hits[key - 1].chunk_id for key in keys if 0 < key <= len(hits)))

    def _found(self, query: str) -> list[Hit]:
        """The hits of `ask` for `query` on this side of the split, filled up by a search of this side alone."""
        everywhere = self._index.search(query, ELSEWHERE * self.prompts.settings.k)
        own = [hit for hit in everywhere if hit.document_id in self._documents]
        if len(own) < self.prompts.settings.k:
            seen = {hit.chunk_id for hit in own}
            more = self._index.search(query, self.prompts.settings.k, documents=self._documents)
            own += [hit for hit in more if hit.chunk_id not in seen]
        return own[: self.prompts.settings.k]

    @staticmethod
    def _query(idea: Idea) -> str:
        return idea.query or standalone(idea.question, idea.history)

    def _prompt(self, idea: Idea, hits: list[Hit], random: Random) -> tuple[Fitted, list[PromptSentence]]:
        """The prompt as `ask` builds it, and its sentences that an answer can consist of.

        `hits` are sorted by their keys.
        """
        if random.random() < self._settings.shuffled:
            random.shuffle(hits)
        query = self._query(idea)
        fitted = self.prompts.fit(query, idea.question, assign_keys(hits), idea.history)
        return fitted, shown_sentences(fitted, sentence_rank(query, self._supporter))

    def _chosen(self, idea: Idea, shown: Sequence[PromptSentence]) -> list[PromptSentence]:
        """The sentences of the answer, as many as fit the token limit."""
        said = " ".join(turn.answer for turn in idea.history)
        new = [one for one in shown if one.text not in said]
        least = 2 if idea.kind == "synthesis" else 1
        for most in range(max(least, min(idea.most, self._settings.sentences)), 0, -1):
            chosen = choose_sentences(idea, new if new == list(shown) else _renumbered(new), most)
            if not chosen:
                raise Rejected("not_shown")
            if self.prompts.counter.text(written(idea, chosen)) <= self.prompts.settings.num_predict - SPARE_TOKENS:
                if len(chosen) < min(2, self._settings.sentences) and idea.form in BROAD:
                    raise Rejected("too_little_to_say")
                return chosen
        raise Rejected("too_long")

    def _may_answer(self, hit: Hit, idea: Idea, sentences: Iterable[PromptSentence]) -> bool:
        """Whether a source may answer the question; a doubt counts as yes."""
        if any(names_term(term, hit.text) for term in idea.terms) or is_called(idea.aliases, hit.text):
            return True
        if hit.chunk_id in idea.chunk_ids:
            return True
        answers = [one.text for one in sentences]
        if any(support_score(text, hit.text) >= 0.5 for text in answers):
            return True
        asked = set(content_terms(idea.question))
        spoken = sentences_in(hit.text)
        if any(len(asked & set(content_terms(text))) > COVERED * len(asked) for text in spoken):
            return True
        return any(cosine >= SAME_MEANING for text in answers for cosine in self._supporter.cosines(text, spoken))

    def _refusal(self, idea: Idea, hits: Sequence[Hit], random: Random, checks: dict[str, float]) -> Made:
        if len(hits) < LEAST_REFUSED:
            raise Rejected("no_context_to_refuse")
        shown = list(hits)
        fitted, _ = self._prompt(idea, shown, random)
        judged = self._verifier.judge_refusal(REFUSAL)
        row = self._row(idea, "refusal", fitted, shown, judged, (), checks)
        candidates = [
            self._verifier.judge_refusal(text.strip(), done=done)
            for text, done in (self._write(fitted.messages) if self._write else ())
        ]
        lost = _lost(judged, candidates)
        return Made(row, idea, preferences=_preferences(row, judged, lost), lost=lost)

    def _row(
        self,
        idea: Idea,
        kind: Kind,
        fitted: Fitted,
        hits: Sequence[Hit],
        judged: ScoredAnswer,
        oracles: tuple[str, ...],
        checks: dict[str, float] | None = None,
    ) -> Row:
        documents = {hit.document_id for hit in hits} | {idea.document_id}
        row = Row(
            prompt=tuple(message.to_dict() for message in fitted.messages),
            completion=({"role": "assistant", "content": judged.answer},),
            kind=kind,
            chunk_ids=tuple(hit.chunk_id for hit in hits),
            oracle_ids=oracles,
            document_ids=tuple(sorted(documents)),
            checks={"score": judged.score, "support": round(judged.support, 4), **(checks or {})},
            generator=self._generator,
            seed=self._settings.seed,
            # A thinking model's template then puts its empty think block into the masked prompt, as in use.
            chat_template_kwargs={"enable_thinking": False},
            form=idea.form,
        )
        return replace(row, id=row_id(row))


def _renumbered(shown: Sequence[PromptSentence]) -> list[PromptSentence]:
    """`shown` without some sentences and those that depend on them, with new places."""
    kept: list[PromptSentence] = []
    places: dict[int, int] = {}
    for one in shown:
        if one.after < 0 or one.after in places:
            places[one.place] = len(kept)
            kept.append(replace(one, place=len(kept), after=places.get(one.after, -1)))
    return kept


def _lost(winner: ScoredAnswer, candidates: Iterable[ScoredAnswer]) -> tuple[ScoredAnswer, ...]:
    """The other answers, each once, without those that say nothing."""
    others = {one.answer: one for one in candidates if strip_keys(one.answer)[0] and one.answer != winner.answer}
    return tuple(others.values())


def _preferences(row: Row, winner: ScoredAnswer, lost: Iterable[ScoredAnswer]) -> tuple[Preference, ...]:
    """The winner paired with the worst of the answers that lost and have a fault."""
    losers = [one for one in lost if one.faults]
    if not losers:
        return ()
    loser = min(losers, key=lambda one: one.score)
    return (
        Preference(
            row.prompt,
            row.completion,
            ({"role": "assistant", "content": loser.answer},),
            row.kind,
            document_ids=row.document_ids,
            chosen_score=winner.score,
            rejected_score=loser.score,
            faults=loser.faults,
            chat_template_kwargs=row.chat_template_kwargs,
        ),
    )
