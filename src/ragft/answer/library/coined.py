"""Whether a passage gives a name to what its paper is about: "we propose …, which we call RoBERTa"."""

from __future__ import annotations

import re

_NAMING = re.compile(
    r"(?:\bwe\b|\bour\b|\bthis (?:paper|work|article|approach)\b)[^.]{0,160}?\b(?:(?:propos|introduc|present|develop|"
    r"describ|releas)(?:e|es|ing)|call(?:ed)?|nam(?:e|ed)|dub(?:bed)?|term(?:ed)?|(?:denote|refer to)[^.]{0,60}\bas)\b"
    r"(?P<said>[^.]{0,140})",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\b(?:to|of|for|in|on|with|over|than|from|into|like|as in|tailored)(?: an?| the)?\W*$")
_LEADING = re.compile(r"\b(?:to|of|for|in|on|with|over|than|from|into|like|by|using)\b")


def coins(passage: str, name: str) -> bool:
    """Whether `passage` says that "we" call or propose something of this name, which it writes as a name."""
    for match in _NAMING.finditer(passage):
        for found in re.finditer(rf"{_spaced(name)}s?(?!\w)(?!-\w)", match["said"], re.IGNORECASE):
            if any(c.isupper() for c in found[0]) and _is_given(match["said"][: found.start()], found[0]):
                return True
    return False


def _is_given(before: str, name: str) -> bool:
    """Whether what is between the verb and the name lets the verb name it: "changes to the FiD" does not.

    In brackets it stands for as many words before them as it has capitals: "through Hypothetical Document Embeddings
    (HyDE)".
    """
    if before.endswith("("):
        capitals = max(2, sum(c.isupper() for c in name.rstrip("s")))
        return _OTHERS.search(" ".join(before[:-1].split()[:-capitals])) is None
    return _LEADING.search(before) is None


def mentions(passage: str, name: str) -> bool:
    """Whether `passage` has the name, or its plural, as a word."""
    return re.search(rf"{_spaced(name)}s?(?!\w)", passage, re.IGNORECASE) is not None


def _spaced(name: str) -> str:
    return r"(?<![\w-])" + r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", name.strip())))
