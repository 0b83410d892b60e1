"""Special tokens that are in a row as plain text: `<|im_end|>` in a paper about chat templates.

A tokenizer reads them as the tokens they name, and a model would learn to end its turn in the middle of an answer. Here
they stay text: between the special tokens that the template itself puts, everything is encoded without looking for any
(`split_special_tokens`). Encoding piece by piece is not the same with every tokenizer (SentencePiece may put a space
before each), so the same is done to the row with a plain word in place of the literals, and must give the usual ids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ragft.errors import TrainingError

_MARK = re.compile("\ue000(\\d+)\ue001")


@dataclass(frozen=True)
class Specials:
    """The special tokens of a tokenizer: their ids by text, and a pattern that finds them."""

    tokenizer: Any
    ids: Mapping[str, int]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, tokenizer: Any) -> Specials:
        """Every special token, named or not: `all_special_tokens` has the named ones only."""
        ids = {str(token): i for i, token in tokenizer.added_tokens_decoder.items() if token.special}
        ids |= zip(tokenizer.all_special_tokens, tokenizer.all_special_ids, strict=True)
        longest_first = sorted(filter(None, ids), key=len, reverse=True)
        return cls(tokenizer, ids, re.compile("|".join(map(re.escape, longest_first)) or r"(?!)"))


class Literals:
    """The special tokens that are in `messages`, taken out to be put back as text."""

    def __init__(self, special: Specials, messages: Sequence[Mapping[str, str]]) -> None:
        self._special = special
        self.found: list[str] = []
        self.messages = [{**turn, "content": special.pattern.sub(self._mark, turn["content"])} for turn in messages]

    def _mark(self, match: re.Match[str]) -> str:
        self.found.append(match[0])
        return f"\ue000{len(self.found) - 1}\ue001"

    def encode(self, rendered: str) -> list[int]:
        """Ids of the rendered `messages`, the literals put back as text.

        Raises:
            TrainingError: this tokenizer does not encode it piece by piece as it does in one.
        """
        plain = _MARK.sub("x", rendered)
        if self._pieces(plain) != self._special.tokenizer.encode(plain, add_special_tokens=False):
            raise TrainingError(
                f"it holds the text {self.found[0]!r}, which the base's tokenizer takes for a special token",
                fix="break it by a space, as ragft does in documents and questions, or leave the row out",
            )
        return self._pieces(rendered)

    def _pieces(self, rendered: str) -> list[int]:
        ids: list[int] = []
        start = 0
        for match in (*self._special.pattern.finditer(rendered), None):
            between = rendered[start : match.start() if match else None]
            text = _MARK.sub(lambda mark: self.found[int(mark[1])], between)
            ids += (
                self._special.tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
                if text
                else []
            )
            if match:
                ids.append(self._special.ids[match[0]])
                start = match.end()
        return ids
