"""The forms in which French asks about a collection."""

from __future__ import annotations

import re

from ragft.answer.library.grammar import YEAR, Grammar, field_frames, question_frames
from ragft.answer.library.intent import Ask

_PAPERS = r"(?:articles?|papiers?|papers?|documents?|publications?|études?|textes?|fichiers?|pdfs?)"
_LIBRARY = r"(?:bibliothèque|collection|base|index)"
_HERE = rf"(?:dans (?:ma|la|notre|mon|l') ?{_LIBRARY}|ici|au total|en tout)"
_I_HAVE = (
    r"(?:ai-je|j'ai|est-ce que j'ai|avons-nous|nous avons|y a-t-il|est-ce qu'il y a|il y a|que j'ai|possédons-nous)"
)
_OF = r"(?:de l'|du |des |de la |de |d')"
_MINE = rf"(?:(?:lesquels |lequel |lesquelles |laquelle )?(?:de |parmi |d'entre )?(?:mes|nos|les|ces) )?{_PAPERS}"
_WHICH = r"(?:quels?|quelles?|lesquels?|lequel|lesquelles|laquelle)(?: sont| est)?"
_OUT = r"(?:publiée?s?|parue?s?|écrite?s?|sortie?s?|datée?s?|rédigée?s?)"
_IT = r"il|elle|ça|cela|l'|le|la|(?:cet|ce|cette|l'|le|la) ?(?:article|papier|document|étude|publication|paper|texte)"
_FIELDS: tuple[tuple[Ask, str], ...] = (
    ("first_author", rf"(?:qui est )?(?:le |la )?premi(?:er|ère) aut(?:eur|eure|rice) {_OF}{{}}"),
    ("last_author", rf"(?:qui est )?(?:le |la )?derni(?:er|ère) aut(?:eur|eure|rice) {_OF}{{}}"),
    ("author_count", r"combien d'auteurs (?:a|compte|y a-t-il pour) {}"),
    ("authors", r"qui (?:a|ont) (?:écrit|rédigé|publié) {}"),
    ("authors", r"qui l'a (?:écrit|rédigé|publié)e?"),
    ("authors", rf"(?:(?:qui|quels) (?:est|sont) )?(?:l'|les )?auteure?s? {_OF}{{}}"),
    ("authors", r"de qui (?:est|sont) {}"),
    ("authors", r"par qui (?:a été|est) écrite? {}"),
    ("year", rf"(?:quand|en quelle année) (?:a été|est|fut|est-ce qu'a été) {_OUT} {{}}"),
    ("year", rf"(?:quand|en quelle année) {{}} (?:a-t-il été|a-t-elle été|est-il|est-elle|a été|est) {_OUT}"),
    ("year", rf"(?:quand|en quelle année) (?:a-t-il été|a-t-elle été|est-il|est-elle) {_OUT}"),
    ("year", r"(?:de quand|de quelle année) (?:date|est) {}"),
    ("year", rf"(?:quelle est )?(?:l'année|la date)(?: de publication)? {_OF}{{}}"),
    ("pages", r"combien de pages (?:a|fait|compte|contient|comporte|y a-t-il dans) {}"),
    ("pages", r"combien de pages (?:a-t-il|a-t-elle|fait-il|fait-elle)"),
    ("pages", rf"(?:quel est )?(?:le )?nombre de pages {_OF}{{}}"),
    ("doi", rf"(?:quel est )?(?:le )?doi {_OF}{{}}"),
    ("title", rf"(?:quel est )?(?:le )?titre(?: complet| exact)? {_OF}{{}}"),
)
_COUNTS: tuple[tuple[Ask, str], ...] = (
    ("count", rf"combien (?:d'|de ){_PAPERS}(?: {_I_HAVE})?(?: {_HERE})?"),
    ("count", rf"(?:j'ai|il y a) combien (?:d'|de ){_PAPERS}(?: {_HERE})?"),
    ("count", rf"(?:quel est )?(?:le )?nombre (?:d'|de |de mes ){_PAPERS}(?: {_HERE})?"),
    ("count", rf"combien de mes {_PAPERS} (?P<rest>.+)"),
    ("count", rf"combien (?:d'|de ){_PAPERS} {_I_HAVE} (?P<rest>.+)"),
)
_WORDS: tuple[tuple[Ask, str], ...] = (
    ("newest", r"plus récente?"),
    ("oldest", r"plus (?:ancien|ancienne|vieux|vieille)"),
    ("longest", r"plus longu?e?"),
    ("shortest", r"plus courte?"),
)
_EXTREMES: tuple[tuple[Ask, str], ...] = tuple(
    (ask, form)
    for ask, word in _WORDS
    for form in (
        rf"(?:quel|quelle) (?:est )?(?:l'|le |la |mon |ma )?{_PAPERS} (?:est )?(?:le |la )?{word}(?: {_HERE})?",
        rf"(?:l'|le |la |mon |ma ){_PAPERS} (?:le |la )?{word}(?: {_HERE})?",
        rf"lequel de mes {_PAPERS} est (?:le |la ){word}",
    )
)
_SHOW = r"(?:liste|lister|montre|affiche|donne|énumère)(?:r|z)?(?:-moi)?"
_HAVE = r"(?:ai-je|est-ce que j'ai|j'ai|avons-nous|y a-t-il|il y a|est-ce qu'il y a)"
_SPEAK = (
    r"(?:parlent|parle|traitent|traite|mentionnent|mentionne|portent|porte|sont|est|évoquent|évoque|abordent|aborde)"
)
_SETS: tuple[tuple[Ask, str], ...] = (
    ("list", rf"{_SHOW} (?:la liste de )?(?:tous )?(?:mes|les) {_PAPERS}(?: (?P<rest>.+))?"),
    ("list", rf"{_WHICH} {_PAPERS} {_I_HAVE}(?: {_HERE})?(?: (?P<rest>.+))?"),
    ("list", rf"(?:tous )?mes {_PAPERS}(?: (?P<rest>.+))?"),
    ("list", rf"(?:{_WHICH} )?(?:de |parmi )mes {_PAPERS},? (?:{_WHICH} )?(?P<rest>.+)"),
    ("list", rf"{_WHICH} {_PAPERS} (?P<rest>{_SPEAK} .+)"),
    ("list", rf"{_WHICH} {_PAPERS} (?P<author>.+) a(?:-t-il|-t-elle)? (?:écrit|publié|rédigé)s?"),
    ("list", rf"{_WHICH} {_PAPERS} a (?:écrit|publié|rédigé)s? (?P<author>.+)"),
    ("have", rf"{_HAVE} (?:une?|des|d'|quelque chose)? ?(?:{_PAPERS})? ?(?:qui )?(?P<rest>.+)"),
    ("list", rf"{_PAPERS} (?P<rest>(?:sur|de|par|avant|après|depuis|parus|publiés) .+)"),
)
_SURVEYS: tuple[tuple[Ask, str], ...] = (
    ("list", rf"{_WHICH} (?:de )?{_MINE} (?:sont|est) (?:des |une )?(?:surveys?|revues?|synthèses?|états de l'art)"),
)
_BE = r"(?:(?:sont|est|ont été|a été|datent|date) )?"

FRENCH = Grammar(
    language="fr",
    lead=re.compile(
        r"^(?:(?:bonjour|svp|et|ok|alors|dis-moi|stp)[ ,]+)*(?:(?:peux-tu|pouvez-vous|pourrais-tu) (?:me )?(?:dire )?|"
        r"(?:sais-tu|je (?:veux|voudrais) savoir) )?"
    ),
    tail=re.compile(r"(?:[ ,]+(?:svp|s'il te plaît|s'il vous plaît|merci|stp))+$"),
    frames=(
        *question_frames(_COUNTS),
        *question_frames(_EXTREMES),
        *question_frames(_SURVEYS, surveys=True),
        *question_frames(_SETS),
        *field_frames(_FIELDS, _IT),
    ),
    years=(
        re.compile(rf"{_BE}(?:{_OUT} )?(?:entre|de) (?P<first>{YEAR}) (?:et|à) (?P<last>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?(?:d')?avant (?P<before>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?(?:d')?après (?P<after>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?depuis (?P<since>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?jusqu'(?:à|en) (?P<until>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?(?:de l'année|de|en) (?P<in_year>{YEAR})"),
    ),
    by=(re.compile(rf"{_BE}(?:{_OUT} )?(?:par|de) (?P<author>(?:(?! sur ).)+?)(?: (?P<rest>sur .+))?"),),
    about=(
        re.compile(r"(?:portent|porte|sont|est)? ?(?:sur|au sujet de|à propos de) (?P<about>.+)"),
        re.compile(rf"(?:traitent|traite) {_OF}(?P<about>.+)"),
    ),
    mention=(
        re.compile(rf"(?:parlent|parle|qui parlent) {_OF}(?P<about>.+)"),
        re.compile(
            r"(?:mentionnent|mentionne|évoquent|évoque|abordent|aborde|utilisent|utilise|citent|cite|discutent|"
            r"contiennent) (?:de |des |du |la |le |les |l')?(?P<about>.+)"
        ),
    ),
)
