"""A model folder's tokenizer files, read once and checked before anything is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llama_cpp_tools.config import Settings, read_json_if_there
from llama_cpp_tools.errors import TokenizerError


@dataclass(frozen=True)
class Listed:
    """A token that is beside the trained vocabulary, as a file lists it."""

    id: int
    text: str
    special: bool


@dataclass(frozen=True)
class TokenizerFiles:
    """tokenizer.json (`tokenizer`), tokenizer_config.json (`settings`), config.json (`config`); empty where absent."""

    directory: Path
    tokenizer: Settings
    settings: Settings
    config: Settings

    @classmethod
    def of(cls, directory: Path) -> TokenizerFiles:
        """Read those of a model folder. Raises `ModelError` for one that is not a JSON object."""
        names = ("tokenizer.json", "tokenizer_config.json", "config.json")
        return cls(directory, *(Settings(directory / name, read_json_if_there(directory / name)) for name in names))

    @property
    def path(self) -> Path:
        """The path of tokenizer.json, for error messages."""
        return self.tokenizer.path

    @property
    def model(self) -> Settings:
        """The part of tokenizer.json that has vocabulary and merges."""
        return self.tokenizer.section("model")

    def vocab(self) -> Mapping[str, int]:
        """Ids by token. Raises `TokenizerError` when there is none, or an id is not one."""
        found = self.model.get("vocab")
        if not isinstance(found, Mapping) or not found:
            raise TokenizerError(f"{self.path}: model.vocab is not a table of tokens; copy the base model's file there")
        for text, token_id in found.items():
            _check_id(self.path, text, token_id)
        return found

    def merges(self) -> tuple[tuple[str, str], ...]:
        """The merges in order of rank. Raises `TokenizerError` when one is not two tokens."""
        found = self.model.get("merges", [])
        if not isinstance(found, list):
            raise TokenizerError(f"{self.path}: model.merges is not a list; copy the base model's file there")
        return tuple(self._pair(merge) for merge in found)

    def _pair(self, merge: Any) -> tuple[str, str]:
        parts = merge.split(" ", 1) if isinstance(merge, str) else merge
        match parts:
            case [str(left), str(right)]:
                return left, right
        raise TokenizerError(f"{self.path}: the merge {merge!r} is not two tokens; copy the base model's file there")

    def added(self) -> tuple[Listed, ...]:
        """The added tokens of tokenizer.json, then those of `added_tokens_decoder` that it does not list.

        Raises `TokenizerError` when one has no id or no text.
        """
        listed = [self._listed(entry.get("id"), entry) for entry in self.tokenizer.objects("added_tokens")]
        known = {token.id for token in listed}
        return (*listed, *(token for token in self.decoded() if token.id not in known))

    def decoded(self) -> tuple[Listed, ...]:
        """Those of `added_tokens_decoder` alone. Raises as `added`."""
        decoder = self.settings.section("added_tokens_decoder")
        return tuple(self._listed(int(key) if key.isdecimal() else key, decoder.section(key)) for key in decoder.values)

    def _listed(self, token_id: Any, entry: Settings) -> Listed:
        text = entry.get("content")
        if not isinstance(text, str):
            raise TokenizerError(
                f"{entry.path}: the added token {token_id!r} has no content; copy the base model's file"
            )
        _check_id(entry.path, text, token_id)
        return Listed(token_id, text, bool(entry.get("special", False)))

    def older_added(self) -> Mapping[str, int]:
        """added_tokens.json: ids by token. Raises `TokenizerError` when an id is not one."""
        path = self.directory / "added_tokens.json"
        found = read_json_if_there(path)
        for text, token_id in found.items():
            _check_id(path, text, token_id)
        return found


def _check_id(path: Path, text: str, token_id: Any) -> None:
    if not isinstance(token_id, int) or isinstance(token_id, bool) or not 0 <= token_id < 1 << 24:
        raise TokenizerError(f"{path}: the id of token {text!r} is {token_id!r}; copy the base model's file there")
