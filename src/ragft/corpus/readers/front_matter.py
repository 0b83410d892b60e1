"""The fields before the text of a Markdown file: YAML, TOML, JSON, or the title block of Pandoc."""

from __future__ import annotations

import re
from typing import Any

_YAML = re.compile(r"\A\s*?^---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\A\s*?^\+\+\+[ \t]*\n(.*?\n)?\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_PANDOC = re.compile(
    r"\A% ?(?P<title>.*(?:\n[ \t]+.*)*)\n(?:% ?(?P<author>.*(?:\n[ \t]+.*)*)\n)?(?:% ?(?P<date>.*)\n)?"
)
_FIELD = re.compile(r"([\w-]+)[ \t]*:(?:[ \t]+(.*)|[ \t]*$)")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")


def split_front_matter(text: str) -> tuple[dict[str, Any], str, str]:
    """(fields with lower-case names, the text behind them, a note where they are not what they should be)."""
    if match := _YAML.match(text):
        fields, problem = _yaml(match.group(1) or "")
        # Two rules with a paragraph between them are not front matter.
        return (
            (fields, text[match.end() :], problem) if fields or not (match.group(1) or "").strip() else ({}, text, "")
        )
    if match := _TOML.match(text):
        fields, problem = _toml(match.group(1) or "")
        return fields, text[match.end() :], problem
    if text.lstrip().startswith("{"):
        return _json(text)
    if match := _PANDOC.match(text):
        named = {
            name: value.replace("\n", ";" if name == "author" else " ") for name, value in match.groupdict("").items()
        }
        return named, text[match.end() :], ""
    return {}, text, ""


def _yaml(source: str) -> tuple[dict[str, Any], str]:
    import yaml

    try:
        # Every value as the text it is: a title may be `No`, a date may not exist.
        found = yaml.load(source.replace("\t", "    "), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        fields = _line_by_line(source)
        return fields, f"front matter is not YAML, read line by line: {str(error).splitlines()[0]}" if fields else ""
    return ({str(key).casefold(): value for key, value in found.items()} if isinstance(found, dict) else {}), ""


def _toml(source: str) -> tuple[dict[str, Any], str]:
    import tomllib

    try:
        found = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        return _line_by_line(source.replace(" = ", ": ")), f"front matter is not TOML, read line by line: {error}"
    return {key.casefold(): value for key, value in found.items()}, ""


def _json(text: str) -> tuple[dict[str, Any], str, str]:
    """An object at the head of the file that a line ends behind, as Hugo has it; else all of it is text."""
    import json

    begin = text.index("{")
    try:
        found, end = json.JSONDecoder().raw_decode(text, begin)
    except (ValueError, RecursionError):
        return {}, text, ""
    rest = text[end:].lstrip(" \t")
    if not found or (rest and not rest.startswith("\n")):
        return {}, text, ""
    return {key.casefold(): value for key, value in found.items()}, rest, ""


def _line_by_line(source: str) -> dict[str, Any]:
    """`key: rest of the line`, and the items below a key."""
    fields: dict[str, Any] = {}
    key = ""
    for line in source.splitlines():
        if field := _FIELD.fullmatch(line.rstrip()):
            key = field.group(1).casefold()
            fields[key] = _bare(field.group(2) or "")
        elif key and (item := _ITEM.fullmatch(line)):
            before = fields[key]
            fields[key] = [*(before if isinstance(before, list) else [before] if before else []), _bare(item.group(1))]
    return fields


def _bare(value: str) -> str:
    value = value.strip()
    if not any(char.isalnum() for char in value):
        return ""
    return value[1:-1] if value[0] == value[-1] and value[0] in "\"'" else value
