"""What a catalogue answer says, in the language of the question."""

from __future__ import annotations

from collections.abc import Sequence

from ragft.answer.library.intent import Intent, Years

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "total": "You have {n} papers.",
        "total_1": "You have 1 paper.",
        "part": "{k} of your {n} papers can be asked now.",
        "unread": "Files that could not be read: {k}.",
        "repeats": "Files that repeat another: {k}.",
        "some": "{what}: {k} of your {n} papers.",
        "none": "{what}: none of your {n} papers.",
        "yes": "Yes. {what}: {k} of your {n} papers.",
        "no": "No. {what}: none of your {n} papers.",
        "by": "By {author}",
        "in": "From {first}",
        "between": "From {first} to {last}",
        "until": "Until {last}",
        "since": "Since {first}",
        "surveys": "Surveys",
        "single": "With one author",
        "about": "About “{about}”",
        "mention": "With “{about}”",
        "no_authors": "Papers without a known author: {k}.",
        "no_year": "Papers without a known year: {k}.",
        "authors": "“{title}” was written by {value}",
        "first_author": "The first author of “{title}” is {value}",
        "last_author": "The last author of “{title}” is {value}",
        "author_count": "“{title}” has {value} authors",
        "year": "“{title}” is from {value}",
        "pages": "“{title}” has {value} pages",
        "doi": "The DOI of “{title}” is {value}",
        "title": "The title is “{title}”",
        "file": "“{title}” is in {value}",
        "lacks_authors": "The authors of “{title}” are not on record",
        "lacks_year": "The year of “{title}” is not on record",
        "lacks_pages": "The number of pages of “{title}” is not on record",
        "lacks_doi": "The DOI of “{title}” is not on record",
        "newest": "Newest, from {value}:",
        "oldest": "Oldest, from {value}:",
        "longest": "Longest, with {value} pages:",
        "shortest": "Shortest, with {value} pages:",
        "most_authors": "Most authors ({value}):",
        "unknown_value": "None of your {n} papers has this on record.",
        "unknown": "None of your {n} papers goes by the name “{name}”.",
        "by_use": "No paper has “{name}” as its name; this one says it most often.",
        "fits": "Papers that “{name}” fits: {k}.",
        "more": "And {k} more: ragft documents lists all.",
        "and": "and",
    },
}


def say(language: str, key: str, **values: object) -> str:
    """A sentence in `language`, English where it is not known."""
    return SENTENCES.get(language, SENTENCES["en"])[key].format(**values)


def label(intent: Intent, author: str, about: str) -> str:
    """What narrows the set of papers that `intent` asks for: "By Luyu Gao, from 2023"."""
    language = intent.language
    parts = []
    if intent.surveys:
        parts.append(say(language, "surveys"))
    if intent.single_author:
        parts.append(say(language, "single"))
    if intent.author:
        parts.append(say(language, "by", author=author))
    if intent.about:
        parts.append(say(language, "about" if intent.central else "mention", about=about))
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
    return f"{', '.join(names[:-1])} {say(language, 'and')} {names[-1]}"


def _years(years: Years, language: str) -> str:
    if years.first == years.last:
        key = "in"
    elif years.first is None:
        key = "until"
    else:
        key = "since" if years.last is None else "between"
    return say(language, key, first=years.first, last=years.last)
