"""Special token ids, what is added to every text, and the chat template.

Read as llama.cpp's converter reads them, with one difference: of two chat templates, chat_template.jinja wins over
tokenizer_config.json, as in transformers, because that is the one the model was trained with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf

from llama_cpp_tools.config import Settings, read_json_if_there
from llama_cpp_tools.errors import TokenizerError
from llama_cpp_tools.tokenizer.files import TokenizerFiles

_KINDS = ("bos", "eos", "unk", "sep", "pad", "mask")


@dataclass(frozen=True)
class SpecialTokens:
    """ids: kind -> token id. added: kind -> whether it is put round every text. template: chat template(s)."""

    ids: Mapping[str, int]
    added: Mapping[str, bool]
    template: str | list[dict[str, str]] | None

    def write(self, writer: gguf.GGUFWriter) -> None:
        """Add ids, flags and template to `writer`."""
        for kind, token_id in self.ids.items():
            getattr(writer, f"add_{kind}_token_id")(token_id)
        for kind in ("bos", "eos", "sep"):
            if kind in self.added:
                getattr(writer, f"add_add_{kind}_token")(self.added[kind])
        if self.template is not None:
            writer.add_chat_template(self.template)


@dataclass(frozen=True)
class _Marks:
    """Special tokens' texts by kind, and by kind whether they are put round every text."""

    names: Mapping[str, str | None]
    added: Mapping[str, bool]


def read_special_tokens(files: TokenizerFiles, token_count: int) -> SpecialTokens:
    """The special tokens of a model folder; ids that are not below `token_count` are left out."""
    settings, config = files.settings, files.config
    names = {kind: _content(settings.get(f"{kind}_token")) for kind in (*_KINDS, "cls")}
    names["bos"] = names["bos"] or names["cls"]
    names["eos"] = names["eos"] or names["sep"]
    marks = _by_template(files.tokenizer.section("post_processor"), names)
    stated = {kind: flag for kind in _KINDS if isinstance(flag := settings.get(f"add_{kind}_token"), bool)}

    by_text = {entry.get("content"): entry.get("id") for entry in reversed(files.tokenizer.objects("added_tokens"))}
    text_config = config.section("text_config")
    ids: dict[str, int] = {}
    for kind in (*_KINDS, *(kind for kind in ("eot",) if kind in marks.names)):
        key = f"{kind}_token_id"
        configured = config.values[key] if key in config.values else text_config.get(key)
        for token_id in (by_text.get(marks.names[kind]), configured):
            if isinstance(token_id, int) and 0 <= token_id < token_count:
                ids[kind] = token_id
                break
    return SpecialTokens(ids, {**stated, **marks.added}, _chat_template(files.directory, settings))


def _content(entry: Any) -> str | None:
    """A special token's text; tokenizer_config.json has either the text or an object with `content`."""
    if isinstance(entry, Mapping):
        entry = entry.get("content")
    return entry if isinstance(entry, str) else None


def _by_template(post_processor: Settings, names: Mapping[str, str | None]) -> _Marks:
    """What tokenizer.json's post-processor puts round a text; its names are more certain than `names`."""
    marks = _Marks(names, {})
    several = post_processor.get("processors") is not None
    for processor in post_processor.objects("processors") if several else [post_processor]:
        if processor.get("type") == "ByteLevel":
            marks = _Marks(marks.names, {"bos": False, "eos": False, **marks.added})
        elif processor.get("type") == "TemplateProcessing":
            marks = _with_template(processor, marks)
    return marks


def _with_template(processor: Settings, marks: _Marks) -> _Marks:
    names, added = dict(marks.names), dict(marks.added)
    single, pair = processor.objects("single"), processor.objects("pair")
    first = _special_id(single[0]) if len(single) > 1 else None
    last = _special_id(single[-1]) if len(single) > 1 else None
    if first is not None:
        names["bos"] = names["bos"] or first
        added["bos"] = first in (names["bos"], names.get("cls"))
    if last is not None:
        if last != names["eos"]:
            # The text ends in another token than the named end: that one is the end of a turn.
            names["eot"], names["eos"] = names["eos"], last
        added["eos"] = True
    if pair and first is not None and _special_id(pair[0]) == first:
        pair = pair[1:]
    if pair and last is not None and _special_id(pair[-1]) == last:
        pair = pair[:-1]
    between = [_special_id(piece) for piece in pair[1:-1]]
    if between and "Sequence" in pair[0].values and "Sequence" in pair[-1].values:
        ends = (names["sep"], names["eos"])
        added["sep"] = between[-1] in ends if len(between) == 2 else between[0] in ends and last is None
    return _Marks(names, added)


def _special_id(piece: Settings) -> str | None:
    special = piece.section("SpecialToken")
    return str(special.get("id")) if special.values else None


def _chat_template(directory: Path, settings: Settings) -> str | list[dict[str, str]] | None:
    path = directory / "chat_template.jinja"
    if path.is_file():
        template = _text(path)
        others = sorted((directory / "additional_chat_templates").glob("*.jinja"))
        if not others:
            return template
        return [
            {"name": "default", "template": template},
            *({"name": other.stem, "template": _text(other)} for other in others),
        ]
    found = settings.get("chat_template")
    if found is None:
        found = read_json_if_there(directory / "chat_template.json").get("chat_template")
    if isinstance(found, list):
        several = [entry for entry in found if isinstance(entry, Mapping)]
        if len(several) != len(found) or not all(
            isinstance(entry.get(key), str) for entry in several for key in ("name", "template")
        ):
            raise TokenizerError(
                f"{settings.path}: chat_template is not a list of names and templates; copy the base model's file there"
            )
        return found
    return found if isinstance(found, str) else None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TokenizerError(f"{path}: cannot be read ({error}); copy the base model's file there") from error
