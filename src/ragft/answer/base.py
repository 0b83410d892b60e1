"""The parts of an answer: evidence, citations, measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ragft.index.base import DocumentRecord, Hit

RefusalReason = Literal[
    "no_question",
    "no_evidence",
    "weak_evidence",
    "model_refused",
    "unsupported",
    "degenerate",
    "unfinished_thought",
    "not_in_library",
]


Shown = Literal["plain", "marked", "left_out"]
"""What an answer has of a sentence that a model wrote."""
SentenceVerdict = Literal["supported", "partly", "not_found", "contradicted", "other_language"]
"""What the sources say of a sentence.

- supported: they say it; it is shown with its citation;
- partly: they have a part of it, or there is a reason to doubt it; shown with a mark;
- not_found: they do not say it; shown with a mark;
- contradicted: they say otherwise; left out;
- other_language: they are in another language, and have its names and numbers; shown with citation and mark."""

FIRST_TOKEN_SECONDS = 4.0
"""How long a reader should wait for the first word at most: what the adaptive evidence budget is chosen by."""


@dataclass(frozen=True)
class Evidence:
    """A retrieved chunk under the short key it has in the prompt.

    `excerpt` is what the prompt shows of a chunk that was too long for the budget; empty: the whole chunk.

    >>> with ragft.open() as app:
    ...     answer = app.ask("How much memory does QLoRA need for a 65B model?")
    >>> answer.evidence[0].key, answer.evidence[0].hit.title
    ('1', 'Fine-tuning on one card')
    """

    key: str
    hit: Hit
    excerpt: str = ""

    @property
    def shown(self) -> str:
        """The text that is in the prompt."""
        return self.excerpt or self.hit.text


@dataclass(frozen=True)
class Citation:
    """A checked citation: `quote` is verbatim in chunk `chunk_id` at offsets [start, end).

    `pages` are those of the quote (its chunk's where it is not known how pages divide that), `page_labels` what is
    printed on them, empty where that is the number. `origin` is "cited" where the model named the key, "aligned" where
    the sentence was matched afterwards. `document` is there where the catalogue's own record is cited; then `quote` is
    empty.

    >>> with ragft.open() as app:
    ...     answer = app.ask("How much memory does QLoRA need for a 65B model?")
    >>> answer.citations[0].title, answer.citations[0].quote[:26]
    ('Fine-tuning on one card', 'QLoRA brings the fine-tuni')
    """

    key: str
    title: str
    pages: tuple[int, int]
    section: str
    quote: str
    chunk_id: str
    document_id: str
    start: int
    end: int
    origin: Literal["cited", "aligned"] = "cited"
    page_labels: tuple[str, str] = ("", "")
    document: DocumentRecord | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence of the answer, the keys it cites, and how well the cited chunks support it (0 to 1).

    `against` names the reasons to doubt a sentence whose words they have (`ragft.answer.checking.doubts`). `shown`
    tells what the answer has of it: "plain", "marked" as doubtful, or "left_out".
    """

    text: str
    keys: tuple[str, ...]
    support: float
    supported: bool
    verdict: SentenceVerdict = "supported"
    against: tuple[str, ...] = ()
    shown: Shown = "plain"


@dataclass(frozen=True)
class AnswerMetrics:
    """What an answer cost and what was repaired on the way. Seconds, tokens, counts.

    `unknown_keys` name no source of this question, `wrong_keys` one that does not support its sentence; neither is
    shown. `gate_score` is the gate's probability that the evidence is about the question, `answer_score` the
    check's that it holds the answer; the thresholds are the least of each. `evidence_share`: how much of what was
    found is in the prompt, 0 to 1, by tokens.
    `reading_speed`: tokens a second that the size of the evidence was fitted to; None where it is fixed or nothing was
    measured yet. `quoted`: the model gave nothing usable and a source is quoted. `catalogue`: the catalogue answered,
    and no model was asked. `searched_for`: the question as it was searched for, where that is not as it was typed, and
    `also_searched_for` the queries that the model wrote beside it.
    """

    retrieval_seconds: float = 0.0
    gate_seconds: float = 0.0
    first_token_seconds: float = 0.0
    total_seconds: float = 0.0
    prompt_tokens: int = 0
    generated_tokens: int = 0
    evidence_used: int = 0
    evidence_dropped: int = 0
    history_dropped: int = 0
    unknown_keys: int = 0
    unsupported_sentences: int = 0
    aligned_sentences: int = 0
    retries: int = 0
    degenerate: str = ""
    evidence_trimmed: int = 0
    evidence_tokens: int = 0
    evidence_share: float = 1.0
    reading_speed: float | None = None
    wrong_keys: int = 0
    gate_score: float | None = None
    answer_score: float | None = None
    gate_threshold: float | None = None
    answer_threshold: float | None = None
    quoted: bool = False
    catalogue: bool = False
    done_reason: str = ""
    instructions_withheld: int = 0
    instructions_removed: int = 0
    warnings: tuple[str, ...] = ()
    searched_for: str = ""
    also_searched_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The outcome of one question. `raw` is what the model wrote, before the check.

    `sentences` are those of `answer`, `judged` all that the check has seen, also where they were refused or a source
    was quoted in their place. `evidence` is what the model saw, `retrieved` all that was found, under the same keys.

    >>> with ragft.open() as app:
    ...     answer = app.ask("How much memory does QLoRA need for a 65B model?")
    >>> answer.answer
    'QLoRA brings the fine-tuning of a 65B model down to a single GPU with 48 GB of memory [1].'
    >>> answer.refused, answer.citations[0].key
    (False, '1')
    """

    question: str
    answer: str
    refused: bool = False
    reason: RefusalReason | None = None
    citations: tuple[Citation, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    model: str = ""
    engine: str = ""
    metrics: AnswerMetrics = field(default_factory=AnswerMetrics)
    raw: str = ""
    judged: tuple[Sentence, ...] = ()
    retrieved: tuple[Evidence, ...] = ()


class Searcher(Protocol):
    """What the answer path needs of an index."""

    def search(self, query: str, k: int) -> Sequence[Hit]:
        """The `k` best hits for `query`, best first."""
        ...


@dataclass(frozen=True)
class Turn:
    """One finished exchange of a conversation.

    A refused one tells what a follow-up refers to, and is not shown to the model: it would learn to refuse, and the
    title of the nearest document is in it. `documents` are the ids of those that it cited.
    """

    question: str
    answer: str
    refused: bool = False
    documents: tuple[str, ...] = ()
