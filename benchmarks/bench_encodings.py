"""How often the encoding of a text is recognised: pieces of texts in 20 languages, in the encodings they are kept in.

    PYTHONPATH=. python benchmarks/bench_encodings.py

Prints for each length of a piece, in characters: how many were read right, read wrong with the note that the encoding
is a guess, refused, and read wrong without a note.
"""

from __future__ import annotations

import random
from collections import Counter

from ragft.corpus.encodings import UnknownEncodingError, decode
from tests.corpus.test_encodings import MAINFRAMES, TEXTS

LENGTHS = (20, 60, 200)
PIECES = 12
"""Of each text in each encoding and length."""
REGIONAL = "cp437 cp737 cp852 cp855 cp857 cp860 cp863 cp865 mac-latin2 mac-greek mac-turkish mac-croatian iso8859-16"
"""Encodings that are tried on every text of which they have all characters, beside those that `TEXTS` names."""


def main() -> None:
    """Print a line a length."""
    chance = random.Random(1)
    print("characters   right  wrong, noted  refused  wrong, not noted")
    for length in LENGTHS:
        counts = Counter(
            outcome(piece, encoding)
            for encodings, text in TEXTS
            for encoding in names(encodings, text)
            for piece in pieces(text, length, chance)
            if not is_unicode(piece.encode(encoding, "ignore"))
        )
        total = sum(counts.values())
        shares = (f"{counts[kind] / total:7.1%}" for kind in ("right", "noted", "refused", "silent"))
        print(f"{length:10}  {'  '.join(shares)}   of {total}")


def names(encodings: str, text: str) -> list[str]:
    """The encodings of `text`: those it is kept in, and others that have all of its characters."""
    others = (name for name in (*REGIONAL.split(), *MAINFRAMES) if text.encode(name, "ignore").decode(name) == text)
    return list(dict.fromkeys([*encodings.split(), *others]))


def pieces(text: str, length: int, chance: random.Random) -> list[str]:
    """Parts of `text` that begin with a word."""
    starts = [place + 1 for place, sign in enumerate(text[:-length]) if sign == " "] or [0]
    return [text[start : start + length] for start in chance.choices(starts, k=PIECES)]


def outcome(piece: str, encoding: str) -> str:
    """What becomes of a piece."""
    data = piece.encode(encoding, "ignore")
    try:
        text, notes = decode(data)
    except UnknownEncodingError:
        return "refused"
    return "right" if text == data.decode(encoding) else "noted" if notes else "silent"


def is_unicode(data: bytes) -> bool:
    """Whether there is nothing to guess."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    main()
