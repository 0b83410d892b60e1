"""The check after the model: which sentences stand on which passages. The model's word is taken for nothing.

    checked = check("QLoRA needs 48 GB [7].", evidence, question=..., supporter=Supporter(embed), threshold=0.6)

Whatever the model wrote, every citation that comes out resolves to a piece of `evidence`, and its quote stands
verbatim in that chunk at the offsets given (a property test holds this against arbitrary output).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragft.answer.base import Citation, Evidence, Sentence
from ragft.answer.citations import Resolve, cite, keep_keys, strip_keys, without_repeats, without_torn_key
from ragft.answer.degenerate import without_thinking
from ragft.answer.escape import strip_tokens
from ragft.answer.orders import asks_about_orders, gives_orders
from ragft.answer.prompt import is_refusal
from ragft.answer.support import Supporter, coverage, sentence_spans
from ragft.answer.terms import content_terms, missing_quantities, quantities
from ragft.console import safe

UNSUPPORTED_MARK = "(unsupported)"
"""Stands behind a sentence of the answer that no source supports."""
SHORT_CLAIM = 4
"""A claim of fewer terms is judged together with the question: "48 GB" alone is supported by any 48 GB."""
ABOUT = 0.25
"""Least share of the question's terms in the sentence that states a short answer."""
ELSEWHERE = 0.3
"""Ceiling of the score of a short answer that the text states about something else: below every threshold."""
PART = 0.3
"""Least share of a sentence's terms in each of several cited chunks that support it together."""
_YES_NO = re.compile(r"^\s*(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should)\b", re.IGNORECASE)
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
    heed = asks_about_orders(question)
    if not heed:
        evidence = [_without_orders(item) for item in evidence]
    by_key = {item.key: item for item in evidence}
    owners = _owners(text, spans, places)
    unknown = sum(1 for _, keys in places for key in keys if key not in by_key)
    wrong = aligned = orders = 0
    shown: list[str] = []
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    grounded = False
    position = 0
    for number, (start, end) in enumerate(spans):
        body = text[start:end]
        if not heed and gives_orders(body):
            orders += 1
            position = end
            continue
        named = [by_key[key] for key in dict.fromkeys(owners.get(number, ())) if key in by_key]
        found, score, was_aligned = _sources(body, question, named, evidence, supporter, threshold)
        resolved = [(item, citation) for item in found if (citation := cite(body, item, aligned=was_aligned))]
        supported = bool(resolved) and not is_refusal(body)
        keys = tuple(item.key for item, _ in resolved) if supported else ()
        wrong += sum(1 for item in named if item.key not in keys)
        if supported:
            aligned += was_aligned
            citations += [citation for _, citation in resolved]
            grounded = grounded or tells_more(body, question)
        sentences.append(Sentence(body, keys, round(score, 4), supported))
        if supported or not _says_little(body):
            mark = "" if supported or not _claims_something(body) else f" {UNSUPPORTED_MARK}"
            shown += [text[position:start], _with_keys(body, keys), mark]
        position = end
    return Checked(
        text=keep_keys("".join(shown).strip(), {citation.key for citation in citations}),
        sentences=tuple(sentences),
        citations=without_repeats(citations),
        grounded=grounded,
        unknown_keys=unknown,
        wrong_keys=wrong,
        aligned=aligned,
        orders=orders,
    )


def resolver(evidence: Sequence[Evidence], *, question: str, supporter: Supporter, threshold: float) -> Resolve:
    """What a key stands for behind a sentence while the answer is still being written: as `check` will see it."""
    heed = asks_about_orders(question)
    by_key = {item.key: item if heed else _without_orders(item) for item in evidence}

    def resolve(key: str, sentence: str) -> Citation | None:
        item = by_key.get(key)
        if item is None or support_of(sentence, question, item.hit.text, supporter) < threshold:
            return None
        return cite(sentence, item)

    return resolve


def _without_orders(item: Evidence) -> Evidence:
    """`item` with line breaks in place of every sentence that gives orders: it supports nothing, and offsets stay."""
    text = item.hit.text
    for start, end in sentence_spans(item.hit.text):
        if gives_orders(text[start:end]):
            text = text[:start] + "\n" * (end - start) + text[end:]
    return item if text == item.hit.text else replace(item, hit=replace(item.hit, text=text))


def support_of(sentence: str, question: str, text: str, supporter: Supporter) -> float:
    """Support of `sentence`, as an answer to `question`, by `text`, 0 to 1.

    A sentence that alone says too little is judged with its question as well, and the lower score counts; and one
    sentence of the text has to state it *about the question*. A hostile passage can make a model say "X", but the
    sentence that told it to does not speak of what was asked.
    """
    score = supporter.score(sentence, text)
    if not _says_little(sentence):
        return score
    if not _states(sentence, question, text):
        return min(score, ELSEWHERE)
    return min(score, supporter.score(f"{question.rstrip('?!. ')}: {sentence}", text))


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


def _sources(
    sentence: str,
    question: str,
    named: Sequence[Evidence],
    evidence: Sequence[Evidence],
    supporter: Supporter,
    threshold: float,
) -> tuple[list[Evidence], float, bool]:
    """The evidence that supports `sentence`, its score, and whether it was found by us and not named by the model."""
    scores = [(support_of(sentence, question, item.hit.text, supporter), item) for item in named]
    good = [item for score, item in scores if score >= threshold]
    best = max((score for score, _ in scores), default=0.0)
    if good:
        return good, best, False
    parts = [item for item in named if coverage(sentence, item.hit.text) >= PART]
    if len(parts) > 1:
        together = supporter.together(sentence, [item.hit.text for item in parts])
        if together >= threshold:
            return parts, together, False
    others = [
        (support_of(sentence, question, item.hit.text, supporter), item) for item in evidence if item not in named
    ]
    score, found = max(others, key=lambda pair: pair[0], default=(0.0, None))
    if found is not None and score >= threshold:
        return [found], score, True
    return [], max(best, score), False


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
