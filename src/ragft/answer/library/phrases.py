"""What a catalogue answer says, in the language of the question."""

from __future__ import annotations

from collections.abc import Sequence

from ragft.answer.library.intent import Intent, Years
from ragft.answer.shown import messages


def library_message(language: str, key: str, **values: object) -> str:
    """The message `library.KEY` in `language`, English where it is not known."""
    return messages.say(f"library.{key}", language if language in messages.LANGUAGES else "en", **values)


def filter_label(intent: Intent, author: str, about: str) -> str:
    """What narrows the set of papers that `intent` asks for: "By Luyu Gao, from 2023"."""
    language = intent.language
    parts = []
    if intent.surveys:
        parts.append(library_message(language, "surveys"))
    if intent.single_author:
        parts.append(library_message(language, "single"))
    if intent.author:
        parts.append(library_message(language, "by", author=author))
    if intent.about:
        parts.append(library_message(language, "about" if intent.central else "mention", about=about))
    if intent.years.limited:
        parts.append(_years(intent.years, language))
    first, *others = parts
    return ", ".join([first, *(other[0].lower() + other[1:] for other in others)])


def joined(names: Sequence[str], language: str) -> str:
    """Names with commas and an "and" before the last."""
    if len(names) < 2:
        return "".join(names)
    if language in ("zh", "ja"):
        return "、".join(names)
    return f"{', '.join(names[:-1])} {library_message(language, 'and')} {names[-1]}"


def _years(years: Years, language: str) -> str:
    if years.first == years.last:
        key = "in"
    elif years.first is None:
        key = "until"
    else:
        key = "since" if years.last is None else "between"
    return library_message(language, key, first=years.first, last=years.last)
