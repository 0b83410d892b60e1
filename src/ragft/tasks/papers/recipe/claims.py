"""Answer first: sentences of the corpus that can stand alone as the answer to a question.

Nothing here asks a model. A claim is a whole sentence of one chunk that names its subject, says something definite
about it, and makes sense away from its neighbours; everything doubtful is left out, because the corpus always has
more sentences than a data set needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragft.answer.checking.support import sentence_spans
from ragft.answer.checking.terms import content_terms, quantities
from ragft.corpus.base import Chunk
from ragft.corpus.stopwords import language_of
from ragft.corpus.words import words

SHORTEST, LONGEST = 36, 260
"""Characters of a claim: shorter ones say too little, longer ones too much for one question."""


@dataclass(frozen=True)
class Claim:
    """A sentence of a chunk: `text` is `plain_sentence` of chunk.text[start:end], ready to be an answer."""

    chunk: Chunk
    start: int
    end: int
    text: str


# A sentence that begins so leans on the one before it.
_LEANS = re.compile(
    r"(?:this|that|these|those|it|its|they|their|them|he|she|his|her|such|here|there|both|neither|either|each|another|"
    r"other|others|some|most|many|several|few|all|none|one|two|three|first|second|third|finally|moreover|furthermore|"
    r"however|therefore|thus|hence|instead|also|additionally|similarly|likewise|consequently|nevertheless|nonetheless|"
    r"meanwhile|otherwise|then|so|but|and|or|yet|because|since|while|although|though|whereas|if|when|where|what|which|"
    r"who|how|why|as|for|in|on|at|by|with|to|from|after|before|during|unlike|like|despite|given|only|even|not|no|"
    r"nothing|everything|note|let|see|consider|suppose|whoever|whatever|put|say|take|think|ask|recall|intuitively|specifically|notably|overall|"
    r"again|still|now|next|last|later|earlier|more|less|further|again|compared|using|based|following)\b",
    re.IGNORECASE,
)
# Words that point at something outside the sentence, at the paper itself or at its authors.
_POINTS = re.compile(
    r"\b(?:(?:we|our|ours|us|i|my|you|your|this|these|here|above|below|aforementioned|previous(?:ly)?|former|latter|"
    r"respectively|similar(?:ly)?|the (?:same|other|others|rest|paper|note|article|authors?|results?|experiments?|"
    r"figure|table|sections?|appendix)|the (?:first|second|third) \w+|there(?=\.))\b|"
    r"(?:fig(?:ure)?s?|tab(?:le)?s?|eqs?|equations?|sections?|appendix|chapter|theorem|lemma|algorithm|prompt|listing|"
    r"box|footnote)\.? ?(?:\(|[A-Z]?[\d.]+|[IVX]+(?!\w)|[A-Z](?!\w)))",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\s*(?:\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]"  # [3], [1, 4], [2-5]
    r"|\((?:e\.g\.,? |see |cf\. )?[A-Z][\w'’.-]+(?: (?:et al\.?|and|&) ?[\w'’.-]*)*,? \d{4}[a-z]?"
    r"(?:; [^()]{0,120}\d{4}[a-z]?)*\))"  # (Lewis et al., 2020; Guu et al., 2020)
)
_BARE_REFERENCE = re.compile(r"\bet al\b|\b[A-Z][\w’'-]+ \(\d{4}\)|https?:|www\.|@|arXiv", re.IGNORECASE)
_SYMBOLS = re.compile(r"[=<>∈∑∏∫√∞≤≥≠≈∀∃∂∇⊂⊆∪∩→←⇒⊕⊗{}\\|^_~■□▪●◦†‡§¶]|[\u0370-\u03ff]|\ufffd")
_SKIPPED_SECTIONS = re.compile(r"reference|acknowledg|bibliograph|contributions|appendix|checklist|funding", re.I)
_GLUED = re.compile(r"[a-z]\d{3,}|\w{28,}|[a-z]-\s[a-z]")


def claims_of(chunks: Sequence[Chunk]) -> Iterator[Claim]:
    """Every claim of `chunks`, in order; a sentence that two chunks share (their overlap) counts once."""
    seen: set[str] = set()
    for chunk in chunks:
        if _SKIPPED_SECTIONS.search(chunk.section):
            continue
        spans = sentence_spans(chunk.text)
        # The first and last sentence of a chunk may be cut; the text must at least begin and end like a sentence.
        for start, end in spans:
            text = plain_sentence(chunk.text[start:end])
            if text.lower() not in seen and is_claim(text):
                seen.add(text.lower())
                yield Claim(chunk, start, end, text)


def plain_sentence(sentence: str) -> str:
    """`sentence` on one line, without reference marks, which a reader of the answer could take for citations, and
    without the number of its item in a list: "2) Train a reward model."; "2." only before English that is no date."""
    plain = " ".join(_REFERENCE.sub("", sentence).split())
    found = _ITEM_NUMBER.match(plain)
    if found is None or (found["dot"] and language_of(words(plain)) != "en"):
        return plain
    return plain[found.end() :]


_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ITEM_NUMBER = re.compile(
    rf"(?:\(\d{{1,2}}\)|\d{{1,2}}\)|(?P<dot>\d{{1,2}}\.))\s+(?!(?:{_MONTH})\w* )(?=[^\W\d_])", re.IGNORECASE
)


def is_claim(text: str) -> bool:
    """Whether `text` stands alone and says something definite."""
    if not SHORTEST <= len(text) <= LONGEST or not text.endswith(".") or text.endswith("..."):
        return False
    if not text[0].isupper() or _LEANS.match(text) or _POINTS.search(text):
        return False
    if _BARE_REFERENCE.search(text) or _SYMBOLS.search(text) or _GLUED.search(text):
        return False
    if any(text.count(a) != text.count(b) for a, b in ("()", "[]", "“”")) or text.count('"') % 2 or "[" in text:
        return False
    letters = sum(c.isalpha() or c.isspace() for c in text)
    if letters < 0.8 * len(text) or text.count(",") > 5 or ":" in text or ";" in text or "?" in text:
        return False
    return len(content_terms(text)) + len(quantities(text)) >= 4
