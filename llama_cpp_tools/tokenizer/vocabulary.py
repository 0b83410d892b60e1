"""A vocabulary ready to be written as GGUF metadata."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import gguf

from llama_cpp_tools.tokenizer.files import Listed
from llama_cpp_tools.tokenizer.special import SpecialTokens

TokenType = gguf.TokenType


@dataclass(frozen=True)
class AddedToken:
    """A token beside the trained vocabulary, as tokenizer.json lists it."""

    id: int
    text: str
    special: bool

    @property
    def type(self) -> int:
        """CONTROL, or USER_DEFINED for a token that is to be found in a user's text as well."""
        return int(TokenType.CONTROL if self.special or looks_special(self.text) else TokenType.USER_DEFINED)

    @property
    def written(self) -> str:
        """The text as llama.cpp compares it: user-defined tokens with plain spaces."""
        return self.text if self.type == TokenType.CONTROL else self.text.replace("▁", " ")


class MarkedToken(AddedToken):
    """An added token taken at its word: what is not marked special is user-defined, and its text stays as it is."""

    @property
    def type(self) -> int:
        """The token type for GGUF's `token_type` array."""
        return int(TokenType.CONTROL if self.special else TokenType.USER_DEFINED)

    @property
    def written(self) -> str:
        """The text that goes into the GGUF file."""
        return self.text


def looks_special(text: str) -> bool:
    """Whether a token not marked special is one anyway (deepseek-coder and Gemma forget the mark)."""
    return (
        text in ("<pad>", "<mask>", "<2mass>", "[@BOS@]")
        or (text.startswith("<|") and text.endswith("|>"))
        or (text.startswith("<｜") and text.endswith("｜>"))
        or (text.startswith("<unused") and text.endswith(">"))
    )


def added_tokens(listed: Iterable[Listed], kind: type[AddedToken] = AddedToken) -> dict[int, AddedToken]:
    """Tokens that a file lists beside the vocabulary, by id, to be taken as `kind`."""
    return {token.id: kind(token.id, token.text, token.special) for token in listed}


@dataclass(frozen=True)
class Vocabulary:
    """Tokens in order of id, and how text is cut into them.

    model: "gpt2" (byte-level BPE) or "llama" (SentencePiece); pre: llama.cpp's name of the pre-tokenizer.
    scores: SentencePiece only; merges: BPE only, "left right" in order of rank.
    """

    model: str
    pre: str
    tokens: tuple[str, ...]
    types: tuple[int, ...]
    special: SpecialTokens
    scores: tuple[float, ...] | None = None
    merges: tuple[str, ...] | None = None
    add_space_prefix: bool | None = None
    warnings: tuple[str, ...] = field(default=())

    def write(self, writer: gguf.GGUFWriter) -> None:
        """Add the vocabulary's metadata to `writer`."""
        if self.add_space_prefix is not None:
            writer.add_add_space_prefix(self.add_space_prefix)
        writer.add_tokenizer_model(self.model)
        writer.add_tokenizer_pre(self.pre)
        writer.add_token_list(list(self.tokens))
        if self.scores is not None:
            writer.add_token_scores(list(self.scores))
        writer.add_token_types(list(self.types))
        if self.merges is not None:
            writer.add_token_merges(list(self.merges))
        self.special.write(writer)
