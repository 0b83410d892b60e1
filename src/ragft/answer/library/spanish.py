"""The forms in which Spanish asks about a collection."""

from __future__ import annotations

import re

from ragft.answer.library.grammar import YEAR, Grammar, field_frames, question_frames
from ragft.answer.library.intent import Ask

_PAPERS = r"(?:artículos?|articulos?|papers?|documentos?|publicación|publicaciones|estudios?|trabajos?|archivos?|pdfs?)"
_LIBRARY = r"(?:biblioteca|colección|coleccion|base|índice)"
_HERE = rf"(?:en (?:mi|la|nuestra) {_LIBRARY}|aquí|en total)"
_I_HAVE = r"(?:tengo|hay|tenemos|que tengo)"
_WHICH = r"(?:qué|que|cuál|cual|cuáles|cuales)"
_OF = r"(?:del |de la |de los |de )"
_OUT = r"(?:publicad[oa]s?|escrit[oa]s?|aparecid[oa]s?|de fecha)"
_IT = (
    r"eso|esto|lo|él|(?:ese|este|el|dicho) (?:artículo|articulo|paper|documento|trabajo|estudio)|"
    r"(?:esa|esta|la) publicación"
)
_FIELDS: tuple[tuple[Ask, str], ...] = (
    ("first_author", rf"(?:(?:quién|quien) es )?(?:el |la )?primer[a]? autor[a]? {_OF}{{}}"),
    ("last_author", rf"(?:(?:quién|quien) es )?(?:el |la )?últim[oa] autor[a]? {_OF}{{}}"),
    ("author_count", r"(?:cuántos|cuantos) autores (?:tiene|hay en) {}"),
    ("authors", r"(?:quién|quien|quiénes|quienes) (?:escribió|escribio|escribieron|publicó|publicaron) {}"),
    ("authors", r"(?:quién|quien|quiénes|quienes) lo (?:escribió|escribio|escribieron|publicó|publicaron)"),
    ("authors", rf"(?:(?:quién|quien|quiénes|quienes|cuáles) (?:es|son) )?(?:el |la |los )?autor(?:a|es)? {_OF}{{}}"),
    ("authors", r"de (?:quién|quien) es {}"),
    ("year", rf"(?:cuándo|cuando) (?:se publicó|se publico|fue {_OUT}|apareció|salió) {{}}"),
    ("year", rf"(?:en )?(?:qué|que) año (?:se publicó|se publico|fue {_OUT}|apareció|salió) {{}}"),
    ("year", r"de (?:qué|que) año es {}"),
    ("year", r"(?:cuándo|cuando|en (?:qué|que) año) (?:se publicó|salió|apareció|fue publicado)"),
    ("year", rf"(?:el )?año(?: de publicación)? {_OF}{{}}"),
    ("pages", r"(?:cuántas|cuantas) páginas (?:tiene|hay en) {}"),
    ("pages", r"(?:cuántas|cuantas) páginas tiene"),
    ("pages", rf"(?:el )?número de páginas {_OF}{{}}"),
    ("doi", rf"(?:cuál es )?(?:el )?doi {_OF}{{}}"),
    ("title", rf"(?:cuál es )?(?:el )?título(?: completo| exacto)? {_OF}{{}}"),
)
_COUNTS: tuple[tuple[Ask, str], ...] = (
    ("count", rf"(?:cuántos|cuantos|cuántas|cuantas) {_PAPERS}(?: {_I_HAVE})?(?: {_HERE})?"),
    ("count", rf"(?:el )?número (?:de|de mis) {_PAPERS}(?: {_HERE})?"),
    ("count", rf"(?:cuántos|cuantos) de mis {_PAPERS} (?P<rest>.+)"),
    ("count", rf"(?:cuántos|cuantos) {_PAPERS} {_I_HAVE} (?P<rest>.+)"),
)
_WORDS: tuple[tuple[Ask, str], ...] = (
    ("newest", r"más (?:reciente|nuevo|nueva)"),
    ("oldest", r"más (?:antiguo|antigua|viejo|vieja)"),
    ("longest", r"más larg[oa]"),
    ("shortest", r"más cort[oa]"),
)
_EXTREMES: tuple[tuple[Ask, str], ...] = tuple(
    (ask, form)
    for ask, word in _WORDS
    for form in (
        rf"{_WHICH} (?:es )?(?:de mis |el |la |mi )?{_PAPERS} (?:es )?(?:el |la )?{word}(?: {_HERE})?",
        rf"(?:el |la |mi ){_PAPERS} {word}(?: {_HERE})?",
    )
)
_SHOW = r"(?:lista|listar|muestra|muéstrame|muestrame|enumera|dame)"
_ANY = r"(?:algún|algun|alguna|algo|un|una|algunos)"
_SETS: tuple[tuple[Ask, str], ...] = (
    ("list", rf"{_SHOW} (?:la lista de )?(?:todos )?(?:mis|los) {_PAPERS}(?: (?P<rest>.+))?"),
    ("list", rf"{_WHICH} {_PAPERS} {_I_HAVE}(?: {_HERE})?(?: (?P<rest>.+))?"),
    ("list", rf"(?:todos )?mis {_PAPERS}(?: (?P<rest>.+))?"),
    ("list", rf"{_WHICH} de mis {_PAPERS} (?P<rest>.+)"),
    ("list", rf"{_WHICH} {_PAPERS} (?P<rest>(?:hablan|habla|tratan|trata|mencionan|menciona|son|es) .+)"),
    ("list", rf"{_WHICH} {_PAPERS} (?:escribió|publicó|ha escrito) (?P<author>.+)"),
    ("have", rf"(?:tengo|hay|tenemos) {_ANY}? ?(?:{_PAPERS})? ?(?:que )?(?P<rest>.+)"),
    ("list", rf"{_PAPERS} (?P<rest>(?:sobre|de|por|antes|después|desde|publicados) .+)"),
)
_SURVEYS: tuple[tuple[Ask, str], ...] = (
    ("list", rf"{_WHICH} (?:de mis )?{_PAPERS} son (?:surveys?|revisiones|encuestas|panoramas)"),
)
_BE = r"(?:(?:son|es|fueron|fue) )?"

SPANISH = Grammar(
    language="es",
    lead=re.compile(
        r"^(?:(?:por favor|hola|y|ok|oye|dime)[ ,]+)*"
        r"(?:(?:puedes|podrías) (?:decirme|mostrarme) |(?:sabes|quiero saber) )?"
    ),
    tail=re.compile(r"(?:[ ,]+(?:por favor|gracias))+$"),
    frames=(
        *question_frames(_COUNTS),
        *question_frames(_EXTREMES),
        *question_frames(_SURVEYS, surveys=True),
        *question_frames(_SETS),
        *field_frames(_FIELDS, _IT),
    ),
    years=(
        re.compile(rf"{_BE}(?:{_OUT} )?(?:entre|de|desde) (?P<first>{YEAR}) (?:y|a|hasta) (?P<last>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?(?:antes de|anteriores a) (?P<before>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?(?:después de|despues de|posteriores a) (?P<after>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?desde (?P<since>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?hasta (?P<until>{YEAR})"),
        re.compile(rf"{_BE}(?:{_OUT} )?(?:del año|de|en) (?P<in_year>{YEAR})"),
    ),
    by=(re.compile(rf"{_BE}(?:{_OUT} )?(?:por|de) (?P<author>(?:(?! sobre ).)+?)(?: (?P<rest>sobre .+))?"),),
    about=(
        re.compile(rf"{_BE}(?:sobre|acerca de) (?P<about>.+)"),
        re.compile(r"(?:tratan|trata) (?:de|sobre|del) (?P<about>.+)"),
    ),
    mention=(
        re.compile(r"(?:hablan|habla) (?:de|sobre|del) (?P<about>.+)"),
        re.compile(
            r"(?:mencionan|menciona|usan|usa|utilizan|utiliza|citan|cita|discuten|discute|contienen) (?P<about>.+)"
        ),
    ),
)
