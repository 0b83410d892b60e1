"""A sentence of a model with what the check makes of it: its verdict, its citations, whether it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from ragft.answer.base import Citation, SentenceVerdict, Shown
from ragft.answer.checking.doubts import Doubt
from ragft.answer.checking.finding import Finding, says_little
from ragft.answer.checking.terms import content_terms, quantities
from ragft.answer.prompts.prompt import is_refusal
from ragft.answer.written.citation_keys import cite_all
from ragft.corpus.tables import is_row

_CITED = frozenset({"supported", "other_language"})


@dataclass(frozen=True)
class JudgedSentence:
    """A sentence, the space before it, and what supports it.

    `frame`: it states nothing that a source could support: it holds a list or table together, or says beside other
    sentences what the sources do not answer.
    """

    before: str
    body: str
    citations: tuple[Citation, ...] = ()
    score: float = 0.0
    aligned: bool = False
    frame: bool = False
    verdict: SentenceVerdict = "supported"
    against: tuple[Doubt, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether it claims something, and a source says it."""
        return self.verdict == "supported" and not self.frame

    @property
    def shown(self) -> Shown:
        """Nothing is shown of an unsupported scrap, and nothing that the sources contradict."""
        if self.supported or self.frame:
            return "plain"
        if self.verdict == "contradicted" or (says_little(self.body) and not self.citations):
            return "left_out"
        return "marked" if claims_something(self.body) else "plain"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of what is cited for it."""
        return tuple(dict.fromkeys(citation.key for citation in self.citations))


def judged(before: str, body: str, finding: Finding) -> JudgedSentence:
    """A sentence with its citations. It is supported only with a quote, which a refusal never gets."""
    found = [] if is_refusal(body) else [cite_all(body, item, aligned=finding.aligned) for item in finding.evidence]
    cited = [
        citations
        for citations in found
        if citations and not (finding.verdict == "supported" and _is_bare_value(body, citations[0].quote))
    ]
    lost = bool(finding.evidence) and (not found or (finding.verdict == "supported" and not cited))
    return JudgedSentence(
        before,
        body,
        tuple(chain.from_iterable(cited)),
        finding.support,
        aligned=finding.aligned,
        verdict="not_found" if lost else finding.verdict,
        against=finding.against,
    )


def judged_row(before: str, body: str, cells: Sequence[JudgedSentence]) -> JudgedSentence:
    """A row of a table whose `cells` were judged one by one: it is as well supported as the weakest of them."""
    verdicts = {cell.verdict for cell in cells}
    verdict: SentenceVerdict = "partly"
    if len(verdicts) == 1 or verdicts == {"supported", "other_language"}:
        verdict = max(verdicts, key=lambda one: one == "other_language")
    elif "contradicted" in verdicts:
        verdict = "contradicted"
    return JudgedSentence(
        before,
        body,
        tuple(chain.from_iterable(cell.citations for cell in cells)) if verdict in _CITED else (),
        min(cell.score for cell in cells),
        aligned=any(cell.aligned for cell in cells),
        verdict=verdict,
        against=tuple(dict.fromkeys(chain.from_iterable(cell.against for cell in cells))),
    )


def claims_something(sentence: str) -> bool:
    """Whether `sentence` has any word or number that a source could have."""
    return bool(content_terms(sentence) or quantities(sentence))


def _is_bare_value(body: str, quote: str) -> bool:
    """Whether `quote` is a row of a table that has a number of `body` and none of its words: "70 | L-XXL"."""
    terms = set(content_terms(body))
    return is_row(quote) and bool(terms) and not terms & set(content_terms(quote))
