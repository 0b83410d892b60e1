"""The check after the model: which sentences stand on which passages. The model's word is taken for nothing.

    checked = check("QLoRA needs 48 GB [7].", evidence, question=..., supporter=Supporter(embed), threshold=0.6)

Whatever the model wrote, every citation that comes out resolves to a piece of `evidence`, and its quote stands
verbatim in that chunk at the offsets given (a property test holds this against arbitrary output).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from ragft.answer.base import Citation, Evidence, Sentence
from ragft.answer.citations import Resolve, cite, keep_keys, strip_keys, without_repeats, without_torn_key
from ragft.answer.claim_names import missing_names
from ragft.answer.degenerate import without_thinking
from ragft.answer.escape import strip_tokens
from ragft.answer.orders import asks_about_orders, gives_orders
from ragft.answer.prompt import is_refusal
from ragft.answer.support import Supporter, best_passage, coverage, sentence_spans
from ragft.answer.terms import content_terms, missing_quantities, quantities
from ragft.console import safe

UNSUPPORTED_MARK = "(unsupported)"
"""Stands behind a sentence of the answer that no source supports."""
SHORT_CLAIM = 4
"""A claim of fewer terms is judged together with the question: "48 GB" alone is supported by any 48 GB."""
ABOUT = 0.25
"""Least share of the question's terms in the sentence that states a short answer."""
RULED_OUT = 0.3
"""Ceiling, below every threshold, of the score of a short answer that the text states about something else, and of a
sentence with a name that the source does not know."""
CLOSE = 0.5
"""Least coverage of a sentence by the closest one of a source, for the names of both to be compared."""
PART = 0.3
"""Least share of a sentence's terms in each of several cited chunks that support it together."""
_YES_NO = re.compile(r"^\s*(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should)\b", re.IGNORECASE)
_RULE = re.compile(r"[|\s:+-]*-[|\s:+-]*")
"""The line under the head of a Markdown table."""
LEAD_IN = 15
"""Most words of a line that only leads to the list below it."""
LED_TO = 0.5
"""Least share of its words that such a line takes from the question; one that says more is a claim."""
_PRONOUN = re.compile(r"(?:it|its|they|their|this|these|he|his|she|her|both|the former|the latter)\b", re.IGNORECASE)
_LEAD = re.compile(
    r"^\s*(?:the\s+)?(?:(?:short\s+)?answer(?:\s+to\s+(?:this|the)\s+question)?\s*(?:is\s*(?:that\b|:)|:)|answer\s*:)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Checked:
    """An answer after the check.

    `text` is what may be shown: known keys only, behind the sentence they belong to, unsupported sentences marked;
    unsupported scraps of a few words are left out, and so are sentences that give a model orders (`orders`).
    `grounded` says whether at least one supported sentence tells more than the question itself does.
    """

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    grounded: bool
    unknown_keys: int
    wrong_keys: int
    aligned: int
    orders: int = 0

    @property
    def mostly_supported(self) -> bool:
        """Whether the sources support at least half of the sentences."""
        return 2 * sum(sentence.supported for sentence in self.sentences) >= len(self.sentences)


def clean(raw: str) -> str:
    """A model's text without think blocks, template tokens, escape sequences, headings, "The answer is:", torn keys."""
    text = strip_tokens(without_thinking(safe(raw)))
    text = re.sub(r"(?m)^\s{0,3}#{1,6}\s+", "", text)
    return without_torn_key(_LEAD.sub("", text).strip())


def check(raw: str, evidence: Sequence[Evidence], *, question: str, supporter: Supporter, threshold: float) -> Checked:
    """Resolve keys, score every sentence, quote for every citation, align sentences that cite nothing."""
    text, places = strip_keys(clean(raw))
    spans = sentence_spans(text)
    allow_orders = asks_about_orders(question)
    if not allow_orders:
        evidence = [_without_orders(item) for item in evidence]
    sources = _sources_of(evidence)
    owners = _owners(text, spans, places)
    judged: list[_Judged] = []
    wrong = orders = position = 0
    for number, (start, end) in enumerate(spans):
        before, body, position = text[position:start], text[start:end], end
        if not allow_orders and gives_orders(body):
            orders += 1
        elif _is_frame(body, text[end:], question, sources.values()):
            judged.append(_Judged(before, body, frame=True))
        else:
            named = [sources[key] for key in dict.fromkeys(owners.get(number, ())) if key in sources]
            found, score, aligned = _find(body, question, named, sources.values(), supporter, threshold)
            cited = [] if is_refusal(body) else [cite(body, item, aligned=aligned) for item in found]
            one = _Judged(before, body, tuple(citation for citation in cited if citation), score, aligned=aligned)
            wrong += sum(1 for source in named if source.item.key not in one.keys)
            judged.append(one)
    judged = _with_bare_answers(judged)
    citations = [citation for one in judged for citation in one.citations]
    return Checked(
        text=keep_keys("".join(_shown(one) for one in judged).strip(), {citation.key for citation in citations}),
        sentences=tuple(
            Sentence(one.body, one.keys, round(one.score, 4), one.supported) for one in judged if not one.frame
        ),
        citations=without_repeats(citations),
        grounded=any(one.citations and tells_more(one.body, question) for one in judged),
        unknown_keys=sum(1 for _, keys in places for key in keys if key not in sources),
        wrong_keys=wrong,
        aligned=sum(one.aligned for one in judged if one.citations),
        orders=orders,
    )


@dataclass(frozen=True)
class _Judged:
    """A sentence, the space before it, and what supports it.

    `frame`: it states nothing and holds a list or table together. `leans`: a bare "Yes." before a supported sentence.
    """

    before: str
    body: str
    citations: tuple[Citation, ...] = ()
    score: float = 0.0
    aligned: bool = False
    frame: bool = False
    leans: bool = False

    @property
    def supported(self) -> bool:
        return bool(self.citations) or self.leans

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(citation.key for citation in self.citations)


def _shown(one: _Judged) -> str:
    """What a reader sees of a sentence: with its keys or a mark; nothing of an unsupported scrap."""
    if one.supported or one.frame:
        return one.before + _with_keys(one.body, one.keys)
    if _says_little(one.body):
        return ""
    return f"{one.before}{one.body} {UNSUPPORTED_MARK}" if _claims_something(one.body) else one.before + one.body


def _with_bare_answers(judged: Sequence[_Judged]) -> list[_Judged]:
    """A bare "Yes." or "No." is as well supported as the sentence behind it, which says why."""
    return [
        replace(one, score=after.score, leans=True)
        if after is not None and after.citations and not one.frame and not _claims_something(one.body)
        else one
        for one, after in zip_longest(judged, judged[1:])
        if one is not None
    ]


def resolver(evidence: Sequence[Evidence], *, question: str, supporter: Supporter, threshold: float) -> Resolve:
    """What a key stands for behind a sentence while the answer is still being written: as `check` will see it."""
    allow_orders = asks_about_orders(question)
    sources = _sources_of(item if allow_orders else _without_orders(item) for item in evidence)

    def resolve(key: str, sentence: str) -> Citation | None:
        source = sources.get(key)
        if source is None or _support(sentence, question, source, supporter) < threshold:
            return None
        return cite(sentence, source.item)

    return resolve


def _without_orders(item: Evidence) -> Evidence:
    """`item` with line breaks in place of every sentence that gives orders: it supports nothing, and offsets stay."""
    text = item.hit.text
    for start, end in sentence_spans(item.hit.text):
        if gives_orders(text[start:end]):
            text = text[:start] + "\n" * (end - start) + text[end:]
    return item if text == item.hit.text else replace(item, hit=replace(item.hit, text=text))


@dataclass(frozen=True)
class _Source:
    """A piece of evidence, and what else is known of its document: names that the passage itself may leave out."""

    item: Evidence
    about: str

    @property
    def text(self) -> str:
        return self.item.hit.text


def _sources_of(evidence: Iterable[Evidence]) -> dict[str, _Source]:
    """The sources by their keys."""
    items = list(evidence)
    return {
        item.key: _Source(
            item,
            "\n".join(
                [item.hit.title, item.hit.section]
                + [one.hit.text for one in items if one.hit.document_id == item.hit.document_id]
            ),
        )
        for item in items
    }


def _support(sentence: str, question: str, source: _Source, supporter: Supporter) -> float:
    """Support of `sentence`, as an answer to `question`, by `source`, 0 to 1.

    A sentence that alone says too little is judged with its question as well, and the lower score counts; and one
    sentence of the text has to state it *about the question*. A hostile passage can make a model say "X", but the
    sentence that told it to does not speak of what was asked. A name that the document does not have rules it out.
    """
    score = supporter.score(sentence, source.text)
    if score > RULED_OUT and (missing_names(sentence, source.about) or _names_another(sentence, source)):
        return RULED_OUT
    if not _says_little(sentence):
        return score
    if not _states(sentence, question, source.text):
        return min(score, RULED_OUT)
    return min(score, supporter.score(f"{question.rstrip('?!. ')}: {sentence}", source.text))


def _names_another(sentence: str, source: _Source) -> bool:
    """Whether the closest sentence of the source says it of something else: it has a name that `sentence` has not, and
    a name of `sentence` stands neither next to it nor in the title or section."""
    closest = best_passage(sentence, source.text, width=1)
    if closest is None or closest.coverage < CLOSE:
        return False
    spans = sentence_spans(source.text)
    place = next(number for number, (start, _) in enumerate(spans) if start == closest.start)
    first, last = max(0, place - 1), min(len(spans) - 1, place + 1)
    around = source.text[spans[first][0] : spans[last][1]]
    hit = source.item.hit
    if not missing_names(sentence, around, hit.title, hit.section):
        return False
    return bool(missing_names(source.text[closest.start : closest.end], sentence, hit.title, hit.section))


def _states(claim: str, question: str, text: str) -> bool:
    """Whether a sentence of `text` holds all of `claim` and part of `question`; one that begins with a pronoun is
    read together with the sentence before it."""
    previous = ""
    for start, end in sentence_spans(text):
        current = text[start:end]
        whole = f"{previous} {current}" if _PRONOUN.match(current) else current
        if coverage(claim, current) > 0.99 and coverage(question, whole) >= ABOUT:
            return True
        previous = current
    return False


def tells_more(sentence: str, question: str) -> bool:
    """Whether `sentence` says anything that `question` did not; a plain yes or no answers a yes-or-no question."""
    if set(content_terms(sentence)) - set(content_terms(question)) or missing_quantities(sentence, question):
        return True
    return bool(_YES_NO.match(question))


def _find(
    sentence: str,
    question: str,
    named: Sequence[_Source],
    sources: Iterable[_Source],
    supporter: Supporter,
    threshold: float,
) -> tuple[list[Evidence], float, bool]:
    """The evidence that supports `sentence`, its score, and whether it was found by us and not named by the model."""
    scores = [(_support(sentence, question, source, supporter), source.item) for source in named]
    good = [item for score, item in scores if score >= threshold]
    best = max((score for score, _ in scores), default=0.0)
    if good:
        return good, best, False
    parts = [source for source in named if coverage(sentence, source.text) >= PART]
    if len(parts) > 1 and not missing_names(sentence, *(source.about for source in parts)):
        together = supporter.together(sentence, [source.text for source in parts])
        if together >= threshold:
            return [source.item for source in parts], together, False
    others = [
        (_support(sentence, question, source, supporter), source.item) for source in sources if source not in named
    ]
    score, found = max(others, key=lambda pair: pair[0], default=(0.0, None))
    if found is not None and score >= threshold:
        return [found], score, True
    return [], max(best, score), False


def _is_frame(body: str, rest: str, question: str, sources: Iterable[_Source]) -> bool:
    """Whether `body` only holds a list or table together, and states nothing itself: "The data sets are:", the head of
    a table and the line under it. Numbers and names that the question and the sources do not have make it a claim."""
    following = rest.lstrip("\n").split("\n", 1)[0].strip()
    rule = bool(_RULE.fullmatch(body))
    head = "|" in body and bool(_RULE.fullmatch(following))
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


def _says_little(sentence: str) -> bool:
    return len(content_terms(sentence)) + len(quantities(sentence)) < SHORT_CLAIM


def _claims_something(sentence: str) -> bool:
    return bool(content_terms(sentence) or quantities(sentence))
