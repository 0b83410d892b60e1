"""The words of a text as FTS5 sees them, and a query made of them that no user text can break out of."""

from __future__ import annotations

import re
import unicodedata

# Words that carry no meaning of their own (a common short English list, chosen here). BM25 gives them little weight
# anyway; dropping them spares the long posting lists.
STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing down during each few for from further had has have having he her here hers him his how i
    if in into is it its itself just me more most my no nor not now of off on once only or other our ours out over own
    same she should so some such than that the their theirs them then there these they this those through to too under
    until up very was we were what when where which while who whom why will with would you your yours""".split()
)

MAX_TERMS = 64
"""Terms of a query that are looked up; a pasted page would otherwise touch every chunk many times."""

_WORD = re.compile(r"\w+")
# Scripts written without spaces: FTS5's tokeniser would take a whole sentence for one word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003134f]+"
)


def indexed_text(text: str) -> str:
    """`text` as it goes into the index: compatibility forms folded, unspaced scripts cut into overlapping pairs."""
    folded = unicodedata.normalize("NFKC", text)
    return _UNSPACED.sub(lambda match: f" {' '.join(_pairs(match.group()))} ", folded)


def query_terms(text: str) -> list[str]:
    """The distinct words of a query, lower-cased, stop words dropped (unless there are no others), in order."""
    words = [word for token in _WORD.findall(indexed_text(text).lower()) for word in token.split("_") if word]
    kept = [word for word in words if word not in STOP_WORDS] or words
    return list(dict.fromkeys(kept))[:MAX_TERMS]


def match_expression(terms: list[str]) -> str:
    """An FTS5 expression matching any of `terms`; each is a quoted string, so no operator can be smuggled in."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
