"""The check after the model: which passages support which sentences. The model's own citations are not trusted.

    checked = check("QLoRA needs 48 GB [7].", evidence, question=..., supporter=Supporter(embed), threshold=0.6)

Whatever the model wrote, every citation that comes out resolves to a piece of `evidence`, and its quote stands
verbatim in that chunk at the offsets given (a property test holds this against arbitrary output).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import zip_longest

from ragft.answer.base import Citation, Evidence, Sentence
from ragft.answer.checking.claim_names import missing_names
from ragft.answer.checking.finding import EvidenceSource, Finding, find_support, sources_of
from ragft.answer.checking.model_judge import ModelJudge
from ragft.answer.checking.support import Supporter, coverage, sentence_spans
from ragft.answer.checking.terms import content_terms, missing_quantities, quantities
from ragft.answer.escape import strip_tokens
from ragft.answer.judged import JudgedSentence, claims_something, judged, judged_row
from ragft.answer.prompts.model_instructions import asks_about_instructions, instructs_model
from ragft.answer.prompts.prompt import is_refusal
from ragft.answer.question_kind import answer_type, is_yes_no
from ragft.answer.shown.marks import marked
from ragft.answer.shown.messages import language_of_question
from ragft.answer.written.citation_keys import cite, keep_keys, strip_keys, without_repeats, without_torn_key
from ragft.answer.written.degenerate import without_thinking
from ragft.answer.written.table_rows import TABLE_RULE, cell_claims, has_row
from ragft.console import safe
from ragft.corpus.words import words

_BARE = frozenset(
    "yes no not unlikely likely partly mostly often usually always never sometimes seldom rarely hardly correct wrong "
    "true false indeed maybe perhaps exactly".split()
)
_EMPTY = (
    "paper document source passage text excerpt section article study survey work author researcher discuss describe "
    "mention provide present contain cover explain address explore examine detail detailed give information topic "
    "subject question answer context aspect various several different important relevant related overview following "
    "content issue point matter concept idea key"
)
"""Words of a sentence that only says what a source is about."""
_OF_THE_SOURCE = re.compile(
    r"\W*(?:(?:in|according to)\s+)?(?:(?:the|this|these|your|it is an?|this is an?)\s+)(?:keys? of the\s+)?"
    r"(?:(?:above|following|provided|given|cited|same|important|relevant|interesting)\s+)?"
    r"(?:papers?|documents?|sources?|passages?|texts?|excerpts?|sections?|articles?|study|studies|surveys?|authors?"
    r"|researchers?|topics?|subjects?|issues?|aspects?|answers?|questions?|concepts?)\b",
    re.IGNORECASE,
)
CLEARLY_BETTER = 0.3
"""How much better another passage has to support a sentence than the one that the model named, to be cited for it."""
LEAD_IN = 15
"""Most words of a line that only leads to the list below it."""
LED_TO = 0.5
"""Least share of its words that such a line takes from the question; one that says more is a claim."""
_LEAD = re.compile(
    r"^\s*(?:the\s+)?(?:(?:short\s+)?answer(?:\s+to\s+(?:this|the)\s+question)?\s*(?:is\s*(?:that\b|:)|:)|answer\s*:)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Checked:
    """An answer after the check.

    `text` is what may be shown: known keys only, behind the sentence they belong to, unsupported sentences marked;
    unsupported scraps of a few words are left out, and so are sentences that instruct a model (`instructions`).
    `grounded` says whether at least one supported sentence tells more than the question itself does.
    """

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    grounded: bool
    unknown_keys: int
    wrong_keys: int
    aligned: int
    instructions: int = 0

    @property
    def mostly_supported(self) -> bool:
        """Whether the sources support at least half of the sentences."""
        return 2 * sum(sentence.supported for sentence in self.sentences) >= len(self.sentences)

    @property
    def mostly_found(self) -> bool:
        """Whether the sources have at least a part of most sentences."""
        found = sum(sentence.verdict in ("supported", "partly", "other_language") for sentence in self.sentences)
        return bool(self.text) and 0 < found >= len(self.sentences) / 2

    @property
    def by_names(self) -> bool:
        """Whether a sentence in another language than its source was checked by its names and numbers."""
        return any(sentence.verdict == "other_language" and sentence.keys for sentence in self.sentences)


def clean(raw: str) -> str:
    """A model's text without think blocks, template tokens, escape sequences, headings, "The answer is:", torn keys."""
    text = strip_tokens(without_thinking(safe(raw)))
    text = re.sub(r"(?m)^\s{0,3}#{1,6}\s+", "", text)
    return without_torn_key(_LEAD.sub("", text).strip())


def check(raw: str, evidence: Sequence[Evidence], *, question: str, supporter: Supporter, threshold: float) -> Checked:
    """Resolve keys, score every sentence, quote for every citation, align sentences that cite nothing."""
    return AnswerChecker(evidence, question=question, supporter=supporter, threshold=threshold).answer(raw)


class AnswerChecker:
    """Checks what is written about `question` from `evidence`, while it is written and when it is whole.

    The evidence is read once, and the support of a sentence is looked for once. A `judge` is asked for the whole answer
    only: while one is written, the model that judges is at work. In a `summary` a sentence has nothing of the question.
    """

    def __init__(
        self,
        evidence: Sequence[Evidence],
        *,
        question: str,
        supporter: Supporter,
        threshold: float,
        judge: ModelJudge | None = None,
        summary: bool = False,
    ) -> None:
        self._judge = judge
        self._question = question
        self._told_about = "" if summary else question
        self._supporter = supporter
        self._threshold = threshold
        self._allow_instructions = asks_about_instructions(question)
        self._sources = sources_of(
            item if self._allow_instructions else _without_instructions(item) for item in evidence
        )
        self._findings: dict[tuple[str, tuple[str, ...], bool, str], Finding] = {}

    @cached_property
    def _terms(self) -> frozenset[str]:
        """The words of the question and of all sources."""
        return frozenset(content_terms("\n".join([self._question, *(one.text for one in self._sources.values())])))

    def answer(self, raw: str) -> Checked:
        """The whole answer `raw`, checked."""
        text, places = strip_keys(clean(raw))
        spans = sentence_spans(text)
        owners = _owners(text, spans, places)
        found: list[JudgedSentence] = []
        wrong = instructions = position = 0
        for number, (start, end) in enumerate(spans):
            before, body, position = text[position:start], text[start:end], end
            if not self._allow_instructions and instructs_model(body):
                instructions += 1
            elif _ITEM_NUMBER.fullmatch(body) and answer_type(self._question) == "any":
                continue  # the number of an item whose text is a sentence of its own, or is missing
            elif (
                (len(spans) > 1 and is_refusal(body))
                or (not is_refusal(body) and says_nothing(body, self._question))
                or _is_frame(body, text[end:], self._question, self._sources.values())
            ):
                found.append(JudgedSentence(before, body, frame=True))
            else:
                named = tuple(key for key in dict.fromkeys(owners.get(number, ())) if key in self._sources)
                one = self._row(text[:start], before, body, named) or judged(
                    before, body, self._support(body, named, last=True)
                )
                gave_way = self._find(body, named, None, self._told_about).evidence if one.aligned else ()
                right = {*one.keys, *(item.key for item in gave_way)}
                wrong += sum(1 for key in named if key not in right)
                found.append(one)
        unknown = sum(1 for _, keys in places for key in keys if key not in self._sources)
        return self._checked(_with_bare_answers(found), unknown=unknown, wrong=wrong, instructions=instructions)

    def citation(self, key: str, sentence: str) -> Citation | None:
        """The citation of `key` behind `sentence` while the answer is still being written, as `answer` will see it."""
        source = self._sources.get(key)
        if source is None:
            return None
        return cite(sentence, source.item) if source.item in self._support(sentence, (key,)).evidence else None

    def _row(self, above: str, before: str, body: str, named: tuple[str, ...]) -> JudgedSentence | None:
        """A row of a table, judged cell by cell; None for what is judged as a sentence: any other, a row that a source
        has so, one that is not supported either way, and one that is where no cell that needs its head is doubtful."""
        cells = cell_claims(body, above)
        if not cells or any(has_row(source.text, body, above) for source in self._sources.values()):
            return None
        texts = [cell.text(self._terms) for cell in cells]
        found = [judged("", text, self._find(text, named, self._judge, "")) for text in texts]
        row = judged_row(before, body, found)
        if row.citations:
            return row
        doubtful = any(
            cell.needs_head(self._terms) and not one.citations for cell, one in zip(cells, found, strict=True)
        )
        return row if doubtful and self._support(body, named, last=True).verdict == "supported" else None

    def _support(self, sentence: str, named: tuple[str, ...], *, last: bool = False) -> Finding:
        judge = self._judge if last else None
        found = self._find(sentence, named, judge, self._told_about)
        return found if judge else self._clearly_better(sentence, found) or found

    def _clearly_better(self, sentence: str, found: Finding) -> Finding | None:
        """What supports `sentence` clearly better than `found`, which the model named; None for nothing, and where the
        model named several that support it."""
        least = found.support + CLEARLY_BETTER
        if found.verdict != "supported" or found.aligned or least > 1.0 or len(found.evidence) > 1:
            return None
        other = self._find(sentence, (), None, self._told_about)
        return other if other.verdict == "supported" and other.support >= least else None

    def _find(self, sentence: str, named: tuple[str, ...], judge: ModelJudge | None, question: str) -> Finding:
        key = sentence, named, judge is not None, question
        if key not in self._findings:
            self._findings[key] = find_support(
                sentence,
                question,
                [self._sources[one] for one in named],
                tuple(self._sources.values()),
                self._supporter,
                self._threshold,
                judge,
            )
        return self._findings[key]

    def _checked(self, found: Sequence[JudgedSentence], *, unknown: int, wrong: int, instructions: int) -> Checked:
        language = language_of_question(self._question)
        citations = [citation for one in found for citation in one.citations]
        shown = "".join(_shown(one, language) for one in found).strip()
        return Checked(
            text=keep_keys(shown, {citation.key for citation in citations}),
            sentences=tuple(
                Sentence(one.body, one.keys, round(one.score, 4), one.supported, one.verdict, one.against, one.shown)
                for one in found
                if not one.frame
            ),
            citations=without_repeats(citations),
            grounded=any(one.supported and one.citations and tells_more(one.body, self._question) for one in found),
            unknown_keys=unknown,
            wrong_keys=wrong,
            aligned=sum(one.aligned for one in found if one.citations),
            instructions=instructions,
        )


def _shown(one: JudgedSentence, language: str) -> str:
    """What a reader sees of a sentence: with its keys, a mark, or both."""
    if one.shown == "left_out":
        return ""
    if one.shown == "marked":
        return one.before + marked(_with_keys(one.body, one.keys), one.verdict, language)
    return one.before + _with_keys(one.body, one.keys if one.supported else ())


def _with_bare_answers(found: Sequence[JudgedSentence]) -> list[JudgedSentence]:
    """A bare "Yes." or "No." is as well supported as the sentence behind it, which says why."""
    return [
        replace(one, score=after.score, verdict="supported")
        if after is not None and after.supported and not one.frame and _is_bare(one.body)
        else one
        for one, after in zip_longest(found, found[1:])
        if one is not None
    ]


def _without_instructions(item: Evidence) -> Evidence:
    """`item` with line breaks in place of sentences that instruct a model: they support nothing, and offsets stay."""
    text = item.hit.text
    for start, end in sentence_spans(item.hit.text):
        if instructs_model(text[start:end]):
            text = text[:start] + "\n" * (end - start) + text[end:]
    return item if text == item.hit.text else replace(item, hit=replace(item.hit, text=text))


def tells_more(sentence: str, question: str) -> bool:
    """Whether `sentence` says anything that `question` did not; a plain yes or no answers a yes-or-no question."""
    if set(content_terms(sentence)) - set(content_terms(question)) or missing_quantities(sentence, question):
        return True
    return is_yes_no(question)


@lru_cache(maxsize=1)
def _empty_terms() -> frozenset[str]:
    return frozenset(content_terms(_EMPTY))


def says_nothing(sentence: str, question: str) -> bool:
    """Whether `sentence` says of the sources only that they speak of what was asked: "The paper discusses this topic."

    Not where that is the answer: to "Does the paper discuss …?".
    """
    terms = set(content_terms(sentence))
    if not _OF_THE_SOURCE.match(sentence) or quantities(sentence) or is_yes_no(question):
        return False
    return terms <= _empty_terms() | set(content_terms(question))


_ITEM_NUMBER = re.compile(r"\W*\d{1,2}\W*")
_FIRST_ITEM = re.compile(r":\s*1[.)]?$")


def _is_frame(body: str, rest: str, question: str, sources: Iterable[EvidenceSource]) -> bool:
    """Whether `body` only holds a list or table together, and states nothing itself: "The data sets are:", the head of
    a table and the line under it. Numbers and names that the question and the sources do not have make it a claim."""
    following = rest.lstrip("\n").split("\n", 1)[0].strip()
    if item := _FIRST_ITEM.search(body):  # "The limits are: 1", whose text is missing
        body, following = body[: item.start() + 1], item.group()[1:].strip()
    rule = bool(TABLE_RULE.fullmatch(body))
    head = "|" in body and bool(TABLE_RULE.fullmatch(following))
    opens = body.rstrip("* ").endswith(":") and following.startswith(("-", "*", "1", "|"))
    leads = opens and len(body.split()) <= LEAD_IN and coverage(body, question) >= LED_TO
    if not (rule or head or leads):
        return False
    return not missing_quantities(body, question) and not missing_names(body, question, *(s.about for s in sources))


def _owners(
    text: str, spans: Sequence[tuple[int, int]], places: Sequence[tuple[int, tuple[str, ...]]]
) -> dict[int, list[str]]:
    """The keys of each sentence by its number. A key belongs to the sentence before it, on the same line; at the
    start of a line to the one after it."""
    owners: dict[int, list[str]] = {}
    for position, keys in places:
        line = text.rfind("\n", 0, position) + 1
        before = [n for n, (start, _) in enumerate(spans) if start < position and spans[n][1] > line]
        after = [n for n, (start, _) in enumerate(spans) if start >= position]
        if before and text[line:position].strip():
            owners.setdefault(before[-1], []).extend(keys)
        elif after:
            owners.setdefault(after[0], []).extend(keys)
        elif spans:
            owners.setdefault(len(spans) - 1, []).extend(keys)
    return owners


def _with_keys(body: str, keys: Sequence[str]) -> str:
    if not keys:
        return body
    match = re.search(r"[.!?…:;,。！？．：；，、｡।॥؟۔،؛]*[\"'”’)」』）]*$", body)
    cut = match.start() if match else len(body)
    return f"{body[:cut]} {''.join(f'[{key}]' for key in keys)}{body[cut:]}"


def _is_bare(sentence: str) -> bool:
    """Whether a sentence only answers yes, no or "unlikely", and leaves it to the next one to say why."""
    return not claims_something(sentence) or set(words(sentence)) <= _BARE
