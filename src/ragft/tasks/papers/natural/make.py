"""The recipe "natural": natural questions, answers of one to five cited sentences, and refusals over close sources.

Each side of the split takes ideas of the form that lacks most, documents in turn, until it has its rows of each kind.
Refusals ask what was answered before, over sources that do not answer it: only the sources can decide.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import zip_longest
from random import Random

from ragft.answer.checking.claim_names import names_in
from ragft.answer.checking.nli import configured_nli
from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.form import CAPABLE
from ragft.answer.written.citation_keys import strip_keys
from ragft.corpus.base import Chunk
from ragft.dataset.base import Row
from ragft.dataset.split import counts, split_documents
from ragft.engine.base import ChatRequest, Message, Options
from ragft.tasks.papers.natural.attempts import Half, RowAttempt
from ragft.tasks.papers.natural.document_subject import Subject
from ragft.tasks.papers.natural.frames import is_spoken
from ragft.tasks.papers.natural.ideas import Idea, by_form, facts_of, ideas_of
from ragft.tasks.papers.natural.proposals import Proposals, attempt_random, propose
from ragft.tasks.papers.natural.rows import Builder, Made
from ragft.tasks.papers.natural.topics import document_language, sentences_of, subjects_by_document
from ragft.tasks.papers.natural.written import WrittenPair, pairs_in, pairs_request, passages
from ragft.tasks.papers.recipe.compose import Rejected
from ragft.tasks.papers.recipe.generation_run import GenerationRun
from ragft.tasks.papers.recipe.targets import targets_by_document

ONE_ANSWER = 2
"""Most rows with the same answer."""
ONE_TERM = 4
"""Most rows about one term of a document."""


class Natural:
    """Fills both sides of the split with rows of this recipe."""

    def __init__(self, run: GenerationRun) -> None:
        self.run = run
        answer = run.answer
        self._supporter = Supporter(run.index.embed, configured_nli(answer.nli_model), run.index.reads)

    def make(self, mix: Mapping[str, float]) -> tuple[list[Row], list[Row]]:
        """The rows to train on and those held out, replay included."""
        settings = self.run.settings
        chunks = self.run.index.chunks()
        subjects = subjects_by_document(chunks)
        facts = {
            document: [(target.claim, target.angle) for target in targets]
            for document, targets in targets_by_document(chunks).items()
        }
        ideas = {}
        for document, its in subjects.items():
            random = Random(f"ideas:{settings.seed}:{document}")  # noqa: S311
            sentences = sentences_of(chunk for chunk in chunks if chunk.document_id == document)
            ideas[document] = ideas_of(its, list(facts_of(facts.get(document, ()))), random, sentences)
        if not self._writes:
            self._note_languages(chunks)
        train, held_out = split_documents(list(subjects), settings.held_out, settings.split)
        unseen = max(len(mix), round(settings.count * settings.held_out)) if held_out else 0
        unseen = min(unseen, settings.count // 4)
        halves = []
        for name, documents, count in (("held_out", held_out, unseen), ("train", train, settings.count - unseen)):
            own = {document: ideas[document] for document in documents}
            named = [subject for document in sorted(documents) for subject in subjects[document]]
            queues = by_form(own, f"{name}:{settings.seed}")
            half = Half(name, counts(count, mix), self._builder(documents), queues, named)
            if self._writes:
                half.written = self._write_pairs([chunk for chunk in chunks if chunk.document_id in documents], name)
            if count:
                self._fill(half)
            halves.append(half)
        for half in halves:
            half.rows += self.run.replay(half.rows, held_out=half.name == "held_out")
        return halves[1].rows, halves[0].rows

    @cached_property
    def _writes(self) -> bool:
        """Whether the model writes questions and answers of its own."""
        if self.run.settings.answers != "auto":
            return self.run.settings.answers == "model"
        return self.run.request.engine.show(self.run.model).parameter_size >= CAPABLE

    def _write_pairs(self, chunks: Sequence[Chunk], name: str) -> Iterator[list[WrittenPair]]:
        """The pairs that the model writes for each passage, documents in turn."""
        by_document: dict[str, list[Chunk]] = defaultdict(list)
        for chunk in passages(chunks):
            by_document[chunk.document_id].append(chunk)
        for document, its in sorted(by_document.items()):
            Random(f"{self.run.settings.seed}:{name}:{document}").shuffle(its)  # noqa: S311
        turns = [chunk for turn in zip_longest(*by_document.values()) for chunk in turn if chunk is not None]
        requests = (
            pairs_request(self.run.model, chunk, seed=self.run.settings.seed, num_ctx=self.run.answer.num_ctx)
            for chunk in turns
        )
        for chunk, reply in zip(turns, self.run.replies.ahead(requests), strict=True):
            yield list(pairs_in(reply, chunk))

    def _builder(self, documents: frozenset[str]) -> Builder:
        run = self.run
        return Builder(
            run.index,
            run.counter,
            run.request,
            documents,
            supporter=self._supporter,
            write=self._samples if run.settings.samples else None,
        )

    def _samples(self, messages: Sequence[Message]) -> list[tuple[str, str]]:
        """The model's answers to a row's prompt. An answer that reaches the token limit counts as cut off."""
        settings, answer = self.run.settings, self.run.answer
        found = []
        for number in range(settings.samples):
            options = Options(
                temperature=settings.temperature,
                seed=settings.seed + number,
                num_ctx=answer.num_ctx,
                num_predict=answer.num_predict,
            )
            text = self.run.replies.get(ChatRequest(self.run.model, tuple(messages), options=options, think=False))
            cut = self.run.counter.text(text) >= answer.num_predict - 1
            found.append((text, "length" if cut else "stop"))
        return found

    def _fill(self, half: Half) -> None:
        """Accept proposals one by one, until the side has its rows of each kind."""
        seed, samples = self.run.settings.seed, self.run.settings.samples
        at_once = self.run.request.engine.slots if samples else 1  # a proposal without samples asks the engine nothing
        with Proposals(lambda attempt: propose(half, attempt, seed), at_once) as proposals:
            while attempt := half.next():
                try:
                    made = proposals.get(attempt, half.soon())
                    if attempt.way == "answer":
                        self._accept_answer(half, attempt, made)
                except Rejected as rejection:
                    self._reject(attempt.idea, rejection.reason)
                    continue
                self.run.made(half.keep(made))
                self.run.preferences += made.preferences
                self._keep_lost(made)

    def _reject(self, idea: Idea, reason: str) -> None:
        self.run.reject(reason, {"kind": idea.kind, "form": idea.form, "question": idea.question,
                                 "document_id": idea.document_id, "terms": list(idea.terms)})  # fmt: skip

    def _keep_lost(self, made: Made) -> None:
        for one in made.lost:
            self.run.lost({"kind": made.row.kind, "form": made.row.form, "question": made.idea.question,
                           "row": made.row.id, "answer": one.answer, "score": one.score,
                           "faults": list(one.faults)})  # fmt: skip

    def _accept_answer(self, half: Half, attempt: RowAttempt, made: Made) -> None:
        """Accept an answered row: later rows may refuse its question or ask it with a false premise.

        Raises:
            Rejected: the answer, its terms or its question are used too often already.
        """
        idea = attempt.idea
        said = strip_keys(made.row.completion[0]["content"])[0]
        self.run.new_answer(said)
        if half.answers[said] >= ONE_ANSWER or any(half.terms[idea.document_id, one] >= ONE_TERM for one in idea.terms):
            raise Rejected("same_answer")
        if not idea.history:
            self.run.new_question(idea.question, *idea.in_other_words())
        half.answers[said] += 1
        half.terms.update((idea.document_id, one) for one in idea.terms)
        half.answered.append(made)
        random = attempt_random(half, attempt, self.run.settings.seed, "premise")
        if swapped := _swapped(idea, half.subjects, random):
            half.add_premise(swapped)

    def _note_languages(self, chunks: Sequence[Chunk]) -> None:
        by_document: dict[str, list[Chunk]] = defaultdict(list)
        for chunk in chunks:
            by_document[chunk.document_id].append(chunk)
        unspoken = Counter(
            language for its in by_document.values() if not is_spoken(language := document_language(its))
        )
        for language, number in sorted(unspoken.items()):
            self.run.notes.append(
                f"documents in the language {language!r}: {number}, without questions, because code has no frames for"
                " it; a generator of 1B weights or more writes them in any language (engine.model)"
            )


def _swapped(idea: Idea, subjects: Sequence[Subject], random: Random) -> Idea | None:
    """The question about a fact, with another name of its document in place of the right one."""
    if idea.form != "fact":
        return None
    mine = [name for name in names_in(f". {idea.question}") if any(c.isupper() for c in name[1:])]
    others = [
        one.term
        for one in subjects
        if one.document_id == idea.document_id and len(one.term.split()) == 1
        and sum(c.isupper() for c in one.term) > 1 and one.term not in idea.anchors[0]
    ]  # fmt: skip
    if not mine or not others:
        return None
    other = random.choice(others)
    question = idea.question.replace(mine[0], other)
    return replace(
        idea, question=question, query="", kind="refusal", form="false_premise", terms=(other,), lead="", anchors=()
    )
