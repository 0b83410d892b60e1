"""The recipe "natural": natural questions, answers of one to five cited sentences, and refusals over close sources.

Each side of the split takes ideas of the form that lacks most, documents in turn, until it has its rows of each kind.
Refusals ask what was answered before, over sources that do not answer it: only the sources can decide.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from ragft.tasks.papers.natural.frames import Form, is_spoken
from ragft.tasks.papers.natural.ideas import SHARES, Idea, by_form, facts_of, ideas_of
from ragft.tasks.papers.natural.rows import Builder, Made
from ragft.tasks.papers.natural.topics import Subject, document_language, subjects_by_document
from ragft.tasks.papers.natural.written import WrittenPair, pairs_in, pairs_request, passages
from ragft.tasks.papers.recipe.compose import Rejected
from ragft.tasks.papers.recipe.generation_run import GenerationRun
from ragft.tasks.papers.recipe.kinds import Kind, most_lacking
from ragft.tasks.papers.recipe.targets import targets_by_document

ONE_ANSWER = 2
"""Most rows with the same answer."""
ONE_TERM = 4
"""Most rows about one term of a document."""
FALSE_PREMISE = 4
"""One refusal of so many has a false premise, and one has only sources of its own document."""


@dataclass
class Half:
    """A side of the split while its rows are being made."""

    name: str
    wanted: Mapping[str, int]
    builder: Builder
    ideas: dict[tuple[Kind, Form], list[Idea]]
    subjects: Sequence[Subject]
    rows: list[Row] = field(default_factory=list)
    answered: list[Made] = field(default_factory=list)
    forms: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    terms: Counter[tuple[str, str]] = field(default_factory=Counter)
    written: Iterator[list[WrittenPair]] = field(default_factory=lambda: iter(()))
    pairs: dict[str, WrittenPair] = field(default_factory=dict)
    """Pairs written by the model, by their question."""
    tried: int = 0
    refusable: int = 0
    partible: int = 0

    def next_kind(self) -> Kind | None:
        """The kind that lacks the largest share of its rows; refusals and two-part questions come later."""
        return most_lacking(self._missing)

    def next_idea(self, kind: Kind) -> Idea | None:
        """An idea of the form that lacks the largest share; None if none of the kind is left."""
        forms = [form for (each, form), left in self.ideas.items() if each == kind and left]
        if not forms:
            return None
        form = min(forms, key=lambda one: ((self.forms[kind, one] + 1) / SHARES.get(one, 5), one))
        return self.ideas[kind, form].pop(0)

    def _fill_up(self) -> None:
        """Take the pairs of one more passage from the model, if none of the last ones is left."""
        queue = self.ideas.setdefault(("grounded", "written"), [])
        while not queue and (pairs := next(self.written, None)) is not None:
            self.pairs.update((pair.idea.question, pair) for pair in pairs)
            queue += [pair.idea for pair in pairs]

    def keep(self, made: Made) -> Row:
        """Count a row in."""
        self.rows.append(made.row)
        self.forms[made.row.kind, made.idea.form] += 1
        return made.row

    def _missing(self, kind: Kind) -> float:
        if not self.wanted.get(kind):
            return 0.0
        if kind in ("grounded", "synthesis"):
            if kind == "grounded":
                self._fill_up()
            left = any(each == kind and left for (each, _), left in self.ideas.items())
        elif kind == "refusal":
            left = self.refusable < len(self.answered) or bool(self.ideas.get(("refusal", "false_premise")))
        else:
            left = self.partible < len(self.answered)
        return 1 - sum(row.kind == kind for row in self.rows) / self.wanted[kind] if left else 0.0


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
            ideas[document] = ideas_of(its, list(facts_of(facts.get(document, ()))), random)
        if not self._writes:
            self._note_languages(chunks)
        train, held_out = split_documents(list(subjects), settings.held_out, settings.seed)
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
        return self.run.engine.show(self.run.model).parameter_size >= CAPABLE

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
            run.settings,
            run.answer,
            documents,
            generator=run.generator,
            calibration=run.calibration,
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
        while kind := half.next_kind():
            half.tried += 1
            random = Random(f"{self.run.settings.seed}:{half.name}:{half.tried}")  # noqa: S311
            if kind == "refusal":
                self._refuse(half, random)
            elif kind == "partial":
                self._divide(half, random)
            elif (idea := half.next_idea(kind)) is not None:
                self._try(half, idea, lambda idea=idea, random=random: self._answer(half, idea, random))  # type: ignore[misc]

    def _try(self, half: Half, idea: Idea, attempt: Callable[[], Made]) -> Made | None:
        try:
            made = attempt()
        except Rejected as rejection:
            self.run.reject(rejection.reason, {"kind": idea.kind, "form": idea.form, "question": idea.question,
                                               "document_id": idea.document_id, "terms": list(idea.terms)})  # fmt: skip
            return None
        self.run.made(half.keep(made))
        self.run.preferences += made.preferences
        return made

    def _answer(self, half: Half, idea: Idea, random: Random) -> Made:
        pair = half.pairs.get(idea.question)
        made = half.builder.written(pair, random) if pair else half.builder.answered(idea, random)
        said = strip_keys(made.row.completion[0]["content"])[0]
        self.run.new_answer(said)
        if half.answers[said] >= ONE_ANSWER or any(half.terms[idea.document_id, one] >= ONE_TERM for one in idea.terms):
            raise Rejected("same_answer")
        if not idea.history:
            self.run.new_question(idea.question, *idea.in_other_words())
        half.answers[said] += 1
        half.terms.update((idea.document_id, one) for one in idea.terms)
        half.answered.append(made)
        if swapped := _swapped(idea, half.subjects, random):
            half.ideas.setdefault(("refusal", "false_premise"), []).append(swapped)
        return made

    def _refuse(self, half: Half, random: Random) -> None:
        """A question over sources that do not answer: answered ones and false premises in turn."""
        premises = half.ideas.get(("refusal", "false_premise"), [])
        done = sum(row.kind == "refusal" for row in half.rows)
        if premises and (done % FALSE_PREMISE == FALSE_PREMISE - 1 or half.refusable >= len(half.answered)):
            idea = premises.pop(0)
            self._try(half, idea, lambda: half.builder.misled(idea, random))
            return
        made = half.answered[half.refusable]
        half.refusable += 1
        close = half.refusable % 2 == 0
        again = replace(made.idea, kind="refusal")
        self._try(half, again, lambda: half.builder.refused(made, random, close=close))

    def _divide(self, half: Half, random: Random) -> None:
        """A question with two parts; the sources answer only one."""
        made = half.answered[half.partible]
        half.partible += 1
        others = [one for one in half.subjects if one.document_id != made.idea.document_id and not one.heading]
        others = [one for one in others if one.language == made.idea.language and len(one.sentences) > 1]
        if not others:
            return
        missing = random.choice(others)
        idea = replace(made.idea, kind="partial")
        self._try(half, idea, lambda: half.builder.partly(made, missing.shown, random))

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
