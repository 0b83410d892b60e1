"""The forms in which German asks about a collection."""

from __future__ import annotations

import re

from ragft.answer.library.grammar import YEAR, Grammar, field_frames, question_frames
from ragft.answer.library.intent import Ask

_PAPERS = (
    r"(?:papers?|papieren?|papiere|artikeln?|dokumenten?|dokumente|aufsätzen?|aufsatz|arbeit(?:en)?|studien?|pdfs?|"
    r"veröffentlichung(?:en)?|publikation(?:en)?|dateien?|datei)"
)
_LIBRARY = r"(?:bibliothek|sammlung|bücherei|kollektion|datenbank|index)"
_HERE = rf"(?:in (?:meiner|der|unserer|meinem|dem) {_LIBRARY}|hier|insgesamt)"
_I_HAVE = r"(?:(?:habe|hab|besitze) ich|(?:ich|wir) (?:habe|hab|haben)|haben wir|gibt es|sind (?:es|da))"
_MINE = rf"(?:(?:von |unter |aus )?(?:meinen?|meiner|unseren?|unserer|den|die|der|diesen) )?{_PAPERS}"
_OUT = r"(?:veröffentlicht|erschienen|publiziert|geschrieben|herausgekommen|verfasst)"
_IT = (
    r"es|das|dies|er|sie|(?:das|dieses|dem|diesem) (?:paper|papier|dokument|pdf)|(?:der|dieser|den|diesen) "
    r"(?:artikel|aufsatz)|(?:die|diese) (?:arbeit|studie|veröffentlichung)"
)
_FIELDS: tuple[tuple[Ask, str], ...] = (
    ("first_author", r"(?:wer ist )?(?:der |die )?(?:erstautor(?:in)?|erste[r]? autor(?:in)?) (?:von|des|der|vom) {}"),
    ("last_author", r"(?:wer ist )?(?:der |die )?(?:letztautor(?:in)?|letzte[r]? autor(?:in)?) (?:von|des|der|vom) {}"),
    ("author_count", r"wie ?viele autoren (?:hat|haben) {}"),
    ("authors", r"wer hat {} (?:geschrieben|verfasst|veröffentlicht)"),
    (
        "authors",
        r"(?:wer (?:ist|sind|war|waren) )?(?:die |der )?(?:autor|autoren|autorin|verfasser) (?:von|vom|des|der) {}",
    ),
    ("authors", r"von wem (?:ist|stammt|wurde) {}(?: (?:geschrieben|verfasst))?"),
    ("authors", r"wer schrieb {}"),
    ("year", rf"wann (?:wurde|ist|erschien|kam) {{}}(?: (?:{_OUT}|heraus))?"),
    ("year", rf"(?:aus|in|von) welchem jahr (?:ist|stammt|wurde|erschien|kommt) {{}}(?: {_OUT})?"),
    ("year", r"von wann ist {}"),
    ("year", r"(?:in welchem jahr|wann) ist {} erschienen"),
    ("year", r"(?:das )?(?:erscheinungs|publikations)?(?:jahr|datum) (?:von|vom|des|der) {}"),
    ("pages", r"wie ?viele seiten (?:hat|lang ist|umfasst) {}"),
    ("pages", r"wie lang ist {}"),
    ("pages", r"(?:die )?(?:seitenzahl|länge) (?:von|vom|des|der) {}"),
    ("doi", r"(?:was ist |wie lautet )?(?:die )?doi (?:von|vom|des|der) {}"),
    ("title", r"(?:was ist |wie lautet )?(?:der )?(?:volle |genaue |vollständige )?titel (?:von|vom|des|der) {}"),
)
_COUNTS: tuple[tuple[Ask, str], ...] = (
    ("count", rf"wie ?viele {_PAPERS}(?: {_I_HAVE})?(?: {_HERE})?"),
    ("count", rf"(?:die )?(?:anzahl|zahl) (?:der|meiner|von) {_PAPERS}(?: {_HERE})?"),
    ("count", rf"wie gross ist (?:meine|die) {_LIBRARY}"),
    ("count", rf"wie ?viele {_PAPERS} {_I_HAVE} (?P<rest>.+)"),
    ("count", rf"wie ?viele (?:von )?(?:meiner|meinen|unserer) {_PAPERS} (?P<rest>.+)"),
)
_WORDS: tuple[tuple[Ask, str], ...] = (
    ("newest", r"(?:neu(?:e|este[ns]?)|aktuellste[ns]?|jüngste[ns]?|letzte[ns]?)"),
    ("oldest", r"älteste[ns]?"),
    ("longest", r"längste[ns]?"),
    ("shortest", r"kürzeste[ns]?"),
)
_EXTREMES: tuple[tuple[Ask, str], ...] = tuple(
    (ask, form)
    for ask, word in _WORDS
    for form in (
        rf"welche[rs]? {_MINE} ist (?:das|der|die|am) {word}",
        rf"(?:was|welche[rs]?) ist (?:mein|das|der|die|meine) {word} {_PAPERS}(?: {_HERE})?",
        rf"(?:mein|das|der|die|meine) {word} {_PAPERS}(?: {_HERE})?",
    )
)
_SHOW = r"(?:liste|zeige?|nenne?|gib)(?: mir)?"
_ANY = r"(?:ein(?:e|en)?|irgendein(?:e|en|s)?|etwas|was|irgendetwas|irgendwas)"
_SPEAK = r"(?:handeln|handelt|behandeln|behandelt|erwähnen|erwähnt|sind|ist|stammen|stammt)"
_SETS: tuple[tuple[Ask, str], ...] = (
    ("list", rf"{_SHOW}(?: alle)?(?: meine| die| unsere)? {_PAPERS}(?: (?P<rest>.+?))?(?: auf| an)?"),
    ("list", rf"welche {_PAPERS} {_I_HAVE}(?: {_HERE})?(?: (?P<rest>.+))?"),
    ("list", rf"(?:alle )?(?:meine|unsere) {_PAPERS}(?: (?P<rest>.+))?"),
    ("list", rf"welche[rs]? (?:von )?(?:meinen|meiner|unserer|unseren) {_PAPERS} (?P<rest>.+)"),
    ("list", rf"welche[rs]? {_PAPERS} (?:hat|haben) (?P<author>.+) (?:geschrieben|verfasst|veröffentlicht)"),
    ("list", rf"welche[rs]? {_PAPERS} (?P<rest>{_SPEAK} .+)"),
    ("have", rf"(?:habe|hab|haben) (?:ich|wir) {_ANY}? ?(?:{_PAPERS})? ?(?P<rest>.+)"),
    ("have", rf"gibt es (?:hier )?(?:ein(?:e|en)? |irgendein(?:e|en)? )?{_PAPERS} (?P<rest>.+)"),
    ("list", rf"{_PAPERS} (?P<rest>(?:über|von|aus|zu|zum thema|vor|nach|seit) .+)"),
)
_SURVEYS: tuple[tuple[Ask, str], ...] = (
    ("list", rf"welche[rs]? {_MINE} (?:sind|ist) (?:ein )?(?:surveys?|übersichten|übersichtsartikel|überblicke?)"),
)
_BE = r"(?:(?:sind|ist|stammen|stammt|wurden?) )?"

GERMAN = Grammar(
    language="de",
    lead=re.compile(
        r"^(?:(?:bitte|hallo|und|ok|also)[ ,]+)*(?:(?:kannst|könntest) du mir (?:bitte )?(?:sagen|zeigen)[ ,]+|"
        r"(?:weisst du|sag mir|ich (?:will|möchte) wissen)[ ,]+)?"
    ),
    tail=re.compile(r"(?:[ ,]+(?:bitte|denn|eigentlich|danke))+$"),
    frames=(
        *question_frames(_COUNTS),
        *question_frames(_EXTREMES),
        *question_frames(_SURVEYS, surveys=True),
        *question_frames(_SETS),
        *field_frames(_FIELDS, _IT),
    ),
    years=(
        re.compile(rf"{_BE}(?:von|zwischen|aus) (?P<first>{YEAR}) (?:bis|und) (?P<last>{YEAR})(?: {_OUT})?"),
        re.compile(rf"{_BE}vor (?P<before>{YEAR})(?: {_OUT})?"),
        re.compile(rf"{_BE}nach (?P<after>{YEAR})(?: {_OUT})?"),
        re.compile(rf"{_BE}(?:seit|ab) (?P<since>{YEAR})(?: {_OUT})?"),
        re.compile(rf"{_BE}bis (?P<until>{YEAR})(?: {_OUT})?"),
        re.compile(rf"{_BE}(?:aus|von|in|im)(?: dem| jahr)*(?: jahr)? (?P<in_year>{YEAR})(?: {_OUT})?"),
    ),
    by=(re.compile(rf"{_BE}von (?P<author>(?:(?! über ).)+?)(?: {_OUT})?(?: (?P<rest>über .+))?"),),
    about=(
        re.compile(r"(?:handeln|handelt) von (?P<about>.+)"),
        re.compile(rf"{_BE}(?:über|zu|zum|zum thema|rund um) (?P<about>.+)"),
        re.compile(r"(?:behandeln|behandelt|untersuchen|untersucht|beschreiben|beschreibt) (?P<about>.+)"),
        re.compile(r"(?:befassen|befasst|beschäftigen|beschäftigt) sich mit (?P<about>.+)"),
    ),
    mention=(
        re.compile(
            r"(?:erwähnen|erwähnt|nennen|nennt|verwenden|verwendet|nutzen|nutzt|benutzen|benutzt|enthalten|enthält|"
            r"diskutieren|diskutiert|besprechen|bespricht|sprechen (?:über|von)|zitieren|zitiert) (?P<about>.+)"
        ),
    ),
)
