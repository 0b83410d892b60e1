"""What a sentence lists or gives a reason for, as parts of the question that it answers.

    listed("RGB tests four abilities: robustness, rejection and counting.", "RGB", "en")
        ->  {"kinds": "four abilities", "rest": "does RGB test"}
    effect("Die Suche ist schnell, weil der Index klein ist.", "Suche", "de")
        ->  {"effect": "ist die Suche schnell"}

The frames "which" and "why" take them. English reasons come from its grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ragft.answer.checking.terms import content_terms
from ragft.tasks.papers.natural.term_candidates import TOPIC
from ragft.tasks.papers.natural.topics import begins_with
from ragft.tasks.papers.recipe.angles import angles
from ragft.tasks.papers.recipe.verb_forms import LINKING, MODALS, auxiliary, is_verb

AskedPart = Callable[[str, str, str], Mapping[str, str] | None]
"""A function from a sentence, a term and the language to the parts of a question; an empty term: of no one thing."""
LEAST_LISTED = 3
LONGEST_LISTED = 8
"""Least things of a list, and most words of one of them."""
_BETWEEN = re.compile(r"[,;、，；]|\b(?:and|or|und|oder|et|ou|y|e|o)\b|和|及|및")
_COMMA = re.compile(r"[,;、，；]")
_ARTICLE = re.compile(r"(?:The|An?|Der|Die|Das|Eine?|Les?|La|L['’]|Une?|Los|Las|El)\b")
_NUMBER = {
    "en": r"(?:two|three|four|five|six|seven|eight|nine|ten|several)",
    "de": r"(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|mehrere)",
    "fr": r"(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|plusieurs)",
    "es": r"(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|varios|varias)",
}
_KINDS = {
    "en": rf"(?:{_NUMBER['en']} )?(?:[a-z-]+ ){{0,2}}[a-z-]+(?<![is]s)(?<=s)",
    "de": rf"{_NUMBER['de']} (?:[a-zäöüß]+ )?[A-ZÄÖÜ][\w-]+",
    "fr": rf"{_NUMBER['fr']} \w+(?: \w+s)?",
    "es": rf"{_NUMBER['es']} \w+(?: \w+s)?",
}
_LIST = {
    "zh": re.compile(
        r"(?P<rest>.*?)(?P<kinds>[两三四五六七八九十几](?:种|个|项|类|大)[^，。：]{1,10})：(?P<items>.+)。"
    ),
    "ja": re.compile(
        r"(?P<items>[^。]+?)(?:の|という)(?P<kinds>[二三四五六七八九十]つの[^、。をがに]{1,12})"
        r"(?P<rest>[をがに][^、。]*[るたいうくすつぬむぶぐ])。"
    ),
    "ko": re.compile(
        r"(?P<items>[^.]+)의 (?P<kinds>(?:두|세|네|다섯|여섯|일곱|여러) (?:가지|개의|종류의) [^ .,]+?)"
        r"(?P<rest>(?:을|를|이|가) [^,.]+다)\."
    ),
}
_CAUSE = {
    "de": re.compile(r" (?P<verb>[a-zäöüß]+) (?P<rest>[^,;:]+), (?:weil|da|denn) "),
    "fr": re.compile(r"(?P<rest> [^,;:]+?),? (?:parce qu|car |puisqu)"),
    "es": re.compile(r"(?P<rest> [^,;:]+?),? (?:porque|ya que|puesto que|dado que) "),
    "zh": re.compile(r"(?P<rest>[^，。；：]+)，(?:这)?是?因为"),
    "ja": re.compile(r"[^、。]+(?:ため|ので)、(?P<rest>[^、。]*[るたいうくすつぬむぶぐ])。"),
    "ko": re.compile(r" [^,.]+(?:때문에|므로),? (?P<rest>[^,.]+다)\."),
}


def is_list(text: str) -> bool:
    """Whether `text` names several things, each in few words; not what a thing does, one after the other."""
    things = [part.split() for part in _BETWEEN.split(text.rstrip(".。 ")) if part.strip()]
    return (
        len(things) >= LEAST_LISTED
        and _COMMA.search(text) is not None
        and all(len(words) <= LONGEST_LISTED and not is_verb(words[0].lower(), "") for words in things)
    )


def listed(text: str, term: str, language: str) -> Mapping[str, str] | None:
    """The parts of the question which things `text` lists, where it begins with `term`, or in Latin script with their
    number; None where it lists nothing."""
    if language in _LIST and term:
        return _listed_after_topic(text, term, language)
    head, colon, items = text.partition(":")
    head = head.rstrip()
    if language not in _KINDS or not colon or not is_list(items):
        return None
    counted = re.fullmatch(rf"(?P<kinds>{_KINDS[language]}) (?P<rest>\w.*)", head[:1].lower() + head[1:])
    if counted and (parts := _of_all(counted["kinds"], counted["rest"], language)):
        return parts
    end = begins_with(term, head) if term else 0
    between = r" (?P<verb>[^\W\d_]+) (?P<with>(?:in|from|of|on|for|between) )?"
    found = re.fullmatch(rf"{between}(?P<kinds>{_KINDS[language]})", head[end:])
    if not end or found is None or (found["with"] and language != "en"):
        return None
    return _of_one(_inside(head[:end], term), found["verb"], found["with"] or "", found["kinds"], language)


def effect(text: str, term: str, language: str) -> Mapping[str, str] | None:
    """The part of the question why, from a sentence that says the reason of something; if it is not English, it begins
    with `term`."""
    if language == "en":
        reason = next((one for one in angles(text, _small(term)) if one.kind == "reason"), None)
        return {"effect": f"{reason.start} {reason.rest}".removeprefix("Why ").strip()} if reason else None
    if language not in _CAUSE or not term:
        return None
    subject, rest = _topic(text, term, language) if language in TOPIC else _led(text, term)
    found = _CAUSE[language].match(rest.lstrip("、")) if subject else None
    if found is None:
        return None
    if language == "de":
        return {"effect": f"{found['verb']} {subject} {found['rest']}"}
    space = " " if language == "ko" else ""
    return {"effect": f"{subject}{space}{_reported(found['rest'])}"}


def _small(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in name.split() if word[:1].isupper())


def _led(text: str, term: str) -> tuple[str, str]:
    end = begins_with(term, text)
    return _inside(text[:end], term), text[end:]


def _topic(text: str, term: str, language: str) -> tuple[str, str]:
    """The topic of a sentence with its mark, and the rest; a Chinese one has no mark."""
    if language == "zh":
        return (term, text[len(term) :]) if text.startswith(term) else ("", text)
    found = TOPIC[language].match(text)
    return (found[0], text[found.end() :]) if found and found["term"].strip() == term else ("", text)


def _listed_after_topic(text: str, term: str, language: str) -> Mapping[str, str] | None:
    subject, rest = _topic(text, term, language)
    found = _LIST[language].fullmatch(rest.strip("、 ")) if subject else None
    if found is None or not is_list(found["items"]):
        return None
    if language == "zh":
        return {"kinds": found["kinds"], "rest": subject + found["rest"]}
    return {"the": subject, "kinds": found["kinds"], "rest": _reported(found["rest"])}


def _of_all(kinds: str, rest: str, language: str) -> Mapping[str, str] | None:
    """The parts for "Four resources are at stake: …"."""
    first = rest.split(maxsplit=1)[0]
    if language == "en" and not is_verb(first, "s"):
        return None
    if not re.match(_NUMBER[language], kinds) or len(content_terms(rest)) < 2:
        return None  # "Two things follow: …" leaves open what they follow from
    return {"kinds": kinds, "rest": f"qui {rest}" if language == "fr" else rest}


def _of_one(subject: str, verb: str, preposition: str, kinds: str, language: str) -> Mapping[str, str] | None:
    """The parts for "RGB tests four abilities: …"."""
    if language != "en":
        return {"kinds": kinds, "rest": f"que {subject} {verb}" if language == "fr" else f"{verb} {subject}"}
    if (asked := _helped(verb, subject)) is None:
        return None
    return {"kinds": kinds, "rest": f"{asked[0]} {subject} {asked[1]} {preposition}".strip()}


def _helped(verb: str, subject: str) -> tuple[str, str] | None:
    """The helping verb and the base form of an English word that is the verb by its place."""
    helping, base = auxiliary(verb)
    if base or verb in LINKING | MODALS:
        return (helping, base) if base else None
    if verb in ("has", "have"):
        return "does" if verb == "has" else "do", "have"
    if verb.endswith("s"):
        return "does", re.sub(r"ies$", "y", verb) if verb.endswith("ies") else re.sub(r"(?<=[sxzh])es$|s$", "", verb)
    return ("do", verb) if subject.endswith("s") and not verb.endswith("ed") else None


def _inside(subject: str, term: str) -> str:
    """A subject as it stands inside a sentence: small letters for its article, and for the term as in the text."""
    small = _ARTICLE.match(subject) or term[:1].islower()
    return subject[:1].lower() + subject[1:] if small else subject


def _reported(clause: str) -> str:
    """A Korean clause before 고 하나요: 이다 becomes 이라. Others stay as they are."""
    return f"{clause[:-1]}라" if clause.endswith("이다") else clause
