"""SentencePiece: tokenizer.model, or the tokenizer.json made from one, as llama.cpp's "llama" tokenizer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llama_cpp_tools.config import Settings
from llama_cpp_tools.errors import TokenizerError
from llama_cpp_tools.tokenizer.files import TokenizerFiles
from llama_cpp_tools.tokenizer.special import read_special_tokens
from llama_cpp_tools.tokenizer.vocabulary import AddedToken, TokenType, Vocabulary, added_tokens

_BYTE = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_ADDED_SCORE = -1000.0  # added tokens are never made by merging
_PADDING_SCORE = -10000.0


class _Pieces:
    """Tokens, scores and types by id, all padding at first."""

    def __init__(self, size: int) -> None:
        self.tokens = [f"[PAD{i}]" for i in range(size)]
        self.scores = [_PADDING_SCORE] * size
        self.types: list[int] = [TokenType.UNUSED] * size
        self._beyond: list[str] = []

    def put(self, token_id: int, text: str, score: float, kind: int) -> None:
        if token_id < len(self.tokens):
            self.tokens[token_id], self.scores[token_id], self.types[token_id] = text, score, kind
        else:
            self._beyond.append(text)

    def vocabulary(self, files: TokenizerFiles, *, add_space_prefix: bool | None) -> Vocabulary:
        # Gemma 3's text models have a token for images whose row the embedding lacks; llama.cpp leaves it out too.
        beyond = (
            f"{files.directory}: {len(self._beyond)} tokens, {self._beyond[0]!r} the first, have no row in the "
            f"embedding of {len(self.tokens)} and are left out"
            if self._beyond
            else ""
        )
        return Vocabulary(
            "llama",
            "default",
            tuple(self.tokens),
            tuple(self.types),
            read_special_tokens(files, len(self.tokens)),
            scores=tuple(self.scores),
            add_space_prefix=add_space_prefix,
            warnings=(beyond,) if beyond else (),
        )


def read_sentencepiece_model(
    files: TokenizerFiles, vocab_size: int | None, kind: type[AddedToken] = AddedToken
) -> Vocabulary:
    """The vocabulary of tokenizer.model with the added tokens of the JSON files beside it, taken as `kind` says.

    Raises `TokenizerError` when the file is damaged or the `sentencepiece` package is not installed.
    """
    path = files.directory / "tokenizer.model"
    try:
        from sentencepiece import SentencePieceProcessor
    except ImportError:
        if files.path.is_file():
            return read_sentencepiece_json(files, vocab_size)
        raise TokenizerError(f"{path}: reading it needs the package sentencepiece; pip install sentencepiece") from None
    processor = SentencePieceProcessor()
    try:
        processor.LoadFromFile(str(path))
    except (OSError, RuntimeError) as error:
        raise TokenizerError(f"{path}: not a SentencePiece model ({error}); download or copy it again") from error
    pieces = _Pieces(vocab_size or processor.vocab_size())
    for i in range(processor.vocab_size()):
        pieces.put(i, processor.IdToPiece(i), processor.GetScore(i), _piece_type(processor, i))
    for text, token_id in files.older_added().items():
        pieces.put(token_id, text, _ADDED_SCORE, TokenType.USER_DEFINED)
    # Since transformers 5 the added tokens are in tokenizer.json only.
    only_decoder = bool(files.settings.get("added_tokens_decoder"))
    for token in added_tokens(files.decoded() if only_decoder else files.added(), kind).values():
        pieces.put(token.id, token.written, _ADDED_SCORE, token.type)
    return pieces.vocabulary(files, add_space_prefix=None)


def _piece_type(processor: Any, i: int) -> int:
    for test, kind in (
        (processor.IsUnknown, TokenType.UNKNOWN),
        (processor.IsControl, TokenType.CONTROL),
        (processor.IsUnused, TokenType.UNUSED),
        (processor.IsByte, TokenType.BYTE),
    ):
        if test(i):
            return int(kind)
    return int(TokenType.NORMAL)


def read_sentencepiece_json(files: TokenizerFiles, vocab_size: int | None) -> Vocabulary:
    """The same vocabulary from the tokenizer.json transformers makes of a SentencePiece BPE model.

    That file has merges in place of scores. SentencePiece numbers its pieces in the order it learned them, so a piece's
    score is minus its place among the ordinary pieces, which is what SentencePiece itself writes for BPE models.
    Raises `TokenizerError` when the merges are not in the order of the ids, for then scores cannot stand for them.
    """
    path, vocab = files.path, files.vocab()
    _check_order(path, vocab, files.merges())
    added = added_tokens(files.added())
    highest = max([*vocab.values(), *added])
    size = vocab_size if vocab_size is not None else highest + 1
    if highest >= size:
        raise TokenizerError(
            f"{path}: token id {highest} is beyond the model's vocab_size {size}; tokens were added "
            "without resizing the embedding: take the tokenizer files of the base model"
        )
    pieces = _Pieces(size)
    unknown = files.model.get("unk_token")
    place = 0
    for text, token_id in sorted(vocab.items(), key=lambda item: item[1]):
        if text == unknown:
            pieces.put(token_id, text, 0.0, TokenType.UNKNOWN)
        elif _BYTE.fullmatch(text):
            pieces.put(token_id, text, 0.0, TokenType.BYTE)
        elif token_id not in added:
            pieces.put(token_id, text, float(-place), TokenType.NORMAL)
            place += 1
    for token in added.values():
        if token.text != unknown:
            pieces.put(token.id, token.written, _ADDED_SCORE, token.type)
    return pieces.vocabulary(files, add_space_prefix=_adds_space(files.tokenizer))


def _check_order(path: Path, vocab: Mapping[str, int], merges: Sequence[tuple[str, str]]) -> None:
    """Every merge must make a piece with a higher id than the merge before it made (first makings only)."""
    highest = -1
    seen: set[int] = set()
    for left, right in merges:
        made = vocab.get(left + right)
        if made is None or made in seen:
            continue
        seen.add(made)
        if made < highest:
            raise TokenizerError(
                f"{path}: its merges are not in the order of the token ids, so it was not made from a "
                "SentencePiece model; put the base model's tokenizer.model beside it"
            )
        highest = made


def _adds_space(tokenizer: Settings) -> bool:
    """Whether a space is put before the text: a Prepend normaliser or a Metaspace that prepends."""
    text = str(tokenizer.get("normalizer")) + str(tokenizer.get("pre_tokenizer"))
    return "'Prepend'" in text or "'prepend_scheme': 'always'" in text or "'prepend_scheme': 'first'" in text
