"""The subjects of documents for questions: names, recurring terms, topics of sentences, headings.

    for subject in subjects_of(chunks):
        print(subject.term, subject.led, len(subject.sentences))

No model is used. Only the rules for the end of a term depend on the language.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from ragft.answer.checking.support import sentence_spans
from ragft.answer.checking.terms import content_terms
from ragft.corpus.acronyms import acronyms
from ragft.corpus.base import Chunk
from ragft.corpus.languages import language_in
from ragft.corpus.sections import heading_number, is_known_name
from ragft.corpus.stopwords import is_stop_word
from ragft.corpus.words import words
from ragft.tasks.papers.natural.document_subject import SourceSentence, Speech, Subject
from ragft.tasks.papers.natural.frames import is_plural_acronym
from ragft.tasks.papers.natural.sentences import leans, points, states
from ragft.tasks.papers.natural.term_candidates import (
    LONG_NOUN,
    TOPIC,
    latin_names,
    nouns,
    phrases,
    proper_names,
    topics,
)
from ragft.tasks.papers.recipe.claims import plain_sentence
from ragft.tasks.papers.recipe.verb_forms import IRREGULAR_PAST, LINKING, MODALS, PAST, VERBS, auxiliary, is_verb

UNSPACED = ("zh", "ja", "ko")
"""Languages without spaces around terms, or with endings on them."""
_SKIPPED = re.compile(
    r"reference|acknowledg|bibliograph|contributions|checklist|funding|literatur|参考|참고"
    r"|exemplars|few-shot (?:examples|prompts)|prompt templates|qualitative examples|example (?:outputs|prompts)",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?:,? (?:or|short for|also called|called|with|in|at|of|from) [^,.;]{2,40}?,?| \([^()]{2,60}\))?,? "
)
"""Text that may be between a term and its verb: another name, or a place."""
_DEFINES = {
    "en": r"(?:is|are|means|denotes|refers to) (?!the same|the most|an? (?:problem|challenge|lot|little|matter)|not\b)"
    r"(?:(?:an?|the|any) |defined as)",
    "de": r"(?:ist|sind|bezeichnet|bezeichnen|heißt|bedeutet) (?:ein\w*|der|die|das|den)\b",
    "fr": r"(?:est|sont|désigne|désignent|signifie) (?:une?|le|la|les|des|l['’])",
    "es": r"(?:es|son|significa|designa) (?:una?|unos|unas|el|la|los|las)\b",
}
_TOPIC_DEFINES = frozenset("이란 란 是指 是一种 是一種 指的是 とは".split())
_SAYS_WHAT = re.compile(r"(?:である|です)。$|(?:이다|입니다)\.$")
_SAYS_LITTLE = frozenset(
    "comprise consist contain cost demand deserve drop exceed face gain help lack lose need occupy offer "
    "require resemble rise serve share suffer suit vary".split()
)
"""Verbs that do not say what a thing does, and so not how it works."""
_RESULT = frozenset(
    "show find reach improve outperform beat report score agree exceed achieve confirm gain raise match lower "
    "surpass suggest demonstrate observe conclude".split()
)


def subjects_by_document(chunks: Sequence[Chunk]) -> dict[str, list[Subject]]:
    """The subjects of each document, the most frequent first, without those that many documents share."""
    by_document: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        by_document[chunk.document_id].append(chunk)
    called = _aliases(chunks)
    found = {document: _subjects(its, called) for document, its in by_document.items()}
    shared = Counter(subject.term for its in found.values() for subject in its if subject.term.islower())
    most = max(MOST_SHARED, len(found) // 10)
    return {
        document: [one for one in its if one.has_statement or shared[one.term] <= most]
        for document, its in found.items()
    }


def document_language(chunks: Sequence[Chunk]) -> str:
    """The language of a document, by its first chunks."""
    return language_in(" ".join(chunk.text for chunk in chunks[:12])) or "en"


MOST_SHARED = 2
"""Most documents that use a term in small letters; a term of more ("data sets") is too vague for a question."""


def _aliases(chunks: Iterable[Chunk]) -> dict[str, set[str]]:
    """Other names by name, all in small letters: short forms and their long forms."""
    called: dict[str, set[str]] = defaultdict(set)
    for found in (acronym for chunk in chunks for acronym in acronyms(chunk.text)):
        called[found.short.lower()].add(found.long)
        called[found.long].add(found.short.lower())
    return called


def is_called(aliases: Collection[str], text: str) -> bool:
    """Whether `text` has one of these other names."""
    plain_text = f" {' '.join(words(text))} " if aliases else ""
    return any(f" {alias} " in plain_text for alias in aliases)


def sentences_of(chunks: Iterable[Chunk]) -> list[SourceSentence]:
    """The sentences of `chunks` that an answer may have, each once."""
    found: dict[str, SourceSentence] = {}
    for chunk in chunks:
        if _SKIPPED.search(chunk.section):
            continue
        for start, end in sentence_spans(chunk.text):
            text = plain_sentence(chunk.text[start:end])
            if text and states(text) and not points(text):
                found.setdefault(text.casefold(), SourceSentence(text, chunk))
    return list(found.values())


@lru_cache(maxsize=4096)
def _pattern(term: str) -> re.Pattern[str]:
    spaced = r"\s+".join(map(re.escape, term.split()))
    if re.search(r"[^\W\d_]", term) and term.isascii():
        return re.compile(rf"(?<![A-Za-z0-9-]){spaced}(?:s|es)?(?![A-Za-z0-9+]|-[A-Za-z0-9])", _case(term))
    return re.compile(spaced, re.IGNORECASE)


def _case(term: str) -> re.RegexFlag:
    """The flag of a term's pattern: names with capitals are case-sensitive ("rag" is not RAG)."""
    return re.NOFLAG if any(c.isupper() for c in term[1:]) else re.IGNORECASE


def names_term(term: str, text: str) -> bool:
    """Whether `text` has `term`, in the singular or plural."""
    return _pattern(term).search(text) is not None


def begins_with(term: str, text: str) -> int:
    """The offset in `text` after `term`, its article and plural included; 0 if it does not begin with it."""
    article = re.match(r"(?:the|an?|der|die|das|eine?|les?|la|une?|los|las|el) ", text, re.IGNORECASE)
    start = article.end() if article else 0
    found = _pattern(term).match(text, start) or (_pattern(term).match(text) if start else None)
    return found.end() if found else 0


def _subjects(chunks: Sequence[Chunk], called: Mapping[str, set[str]]) -> list[Subject]:
    language = document_language(chunks)
    sentences = sentences_of(chunks)
    made = []
    for term in _terms(sentences, language):
        aliases = tuple(sorted(called.get(" ".join(words(term)), ())))
        its = tuple(one for one in sentences if names_term(term, one.text) or is_called(aliases, one.text))
        led = tuple(
            (speech, sentence)
            for sentence in its
            if not leans(sentence.text) and (speech := _speech(term, sentence.text, language))
        )
        shown = _shown(term, [sentence.text for sentence in its], language)
        the = _with_article(term, its) if language == "de" else shown
        made.append(Subject(term, language, chunks[0].document_id, its, led, aliases, shown, the))
    made = [one for one in made if one.first("defines") or not _is_of_the_world(one)]
    made = [
        one for one in made if len(one.sentences) >= (2 if _is_marked(one.term) else 3) or _has_statement(one, language)
    ]
    made.sort(key=lambda one: (-len(one.led), -len(one.sentences)))
    return [*made, *_headings(chunks, sentences, language)]


def _is_of_the_world(one: Subject) -> bool:
    """Whether it is a name with an article, known to all: "the North Sea", not "the BEIR collection"; a document about
    such a thing defines it."""
    named = all(word.istitle() or is_stop_word(word, one.language) for word in one.term.split())
    return named and one.shown != one.term and one.shown.endswith(f" {one.term}")


def _has_statement(one: Subject, language: str) -> bool:
    return bool(one.led) if language in UNSPACED else one.has_statement


def _is_marked(term: str) -> bool:
    """Whether a term is a technical name or phrase; "Spielberg" may be no more than an example."""
    return " " in term or not term[0].isupper() or any(c.isupper() or c.isdigit() for c in term[1:])


def _terms(sentences: Sequence[SourceSentence], language: str) -> list[str]:
    texts = [sentence.text for sentence in sentences]
    if language in UNSPACED:
        found = [*topics(texts, language), *latin_names(texts)]
    else:
        long = nouns(texts) if language == "de" else []
        found = [*proper_names(texts), *phrases(texts, language), *_beginnings(texts, language), *long]
    terms = list({term.casefold(): term for term in reversed(found)}.values())[::-1]
    return [term for term in terms if not _is_rarer_form(term, terms, texts)]


def _is_rarer_form(term: str, terms: Collection[str], texts: Sequence[str]) -> bool:
    """Whether an acronym has its other form, singular or plural, as a term too, and more often: LLM beside LLMs."""
    other = term[:-1] if is_plural_acronym(term) else f"{term}s"
    if other not in terms or not (is_plural_acronym(term) or is_plural_acronym(other)):
        return False
    here, there = (
        sum(re.search(rf"\b{re.escape(one)}\b", text) is not None for text in texts) for one in (term, other)
    )
    return (here, len(term)) < (there, len(other))


def _beginnings(texts: Sequence[str], language: str) -> Iterator[str]:
    """The term that a definition defines: "Faithfulness is the number of …"."""
    pattern = _definition(language)
    for text in texts:
        found = pattern.match(text) if pattern and not leans(text) else None
        if found and _is_term(found["term"], language, alone=found.start("term") == 0):
            yield _uncapitalised(found["term"], language)


def _is_term(text: str, language: str, *, alone: bool) -> bool:
    """Whether the beginning of a definition is a term: not a clause, and not a bare noun that the text explained
    before.
    """
    first, *others = text.split()
    if (
        len(others) > 3
        or "’s" in text
        or " of the" in text
        or is_stop_word(first.lower(), language)
        or not content_terms(text)
    ):
        return False
    if any(word.lower() in _NO_LINK or is_verb(word.lower(), "") for word in others):
        return False
    if others or any(c.isupper() for c in first[1:]):
        return True
    return alone and not first.endswith("ing") if language == "en" else len(first) >= LONG_NOUN


_NO_LINK = frozenset("that which it this these they who whether if when where".split())


def _uncapitalised(term: str, language: str) -> str:
    """`term` as it stands inside a sentence: German nouns and names keep their capital."""
    first = term.split(maxsplit=1)[0]
    return term if language == "de" or any(c.isupper() for c in first[1:]) else term[0].lower() + term[1:]


@lru_cache(maxsize=16)
def _definition(language: str) -> re.Pattern[str] | None:
    if language not in _DEFINES:
        return None
    article = r"(?:The |An? |Die |Der |Das |Eine? |Les? |La |L['’]|Une? |Los |Las |El )?"
    return re.compile(rf"{article}(?P<term>[^,.;:()]{{3,60}}?)(?: \([^()]{{2,40}}\))? {_DEFINES[language]}")


_ARTICLES = {
    "en": r"(?P<the>the)|(?P<one>an?|each|every|one|another|any)",
    "fr": r"(?P<the>le|la|les)|(?P<one>une?|chaque)",
    "es": r"(?P<the>el|la|los|las)|(?P<one>una?|cada)",
}


def _shown(term: str, texts: Sequence[str], language: str) -> str:
    """`term` for use in a question: with the article that most of `texts` use; "a spring tide" in the plural."""
    if language not in _ARTICLES:
        return term
    before = re.compile(rf"\b(?:{_ARTICLES[language]}) {re.escape(term)}(?!\w)", re.IGNORECASE)
    found = [match for text in texts for match in before.finditer(text)]
    articles = Counter(match["the"].lower() for match in found if match["the"])
    if articles and 2 * sum(articles.values()) > sum(names_term(term, text) for text in texts):
        return f"{articles.most_common(1)[0][0]} {term}"
    return plural(term) if language == "en" and _is_counted(term, texts, found) else term


def plural(term: str) -> str:
    """An English term in the plural: queries, indexes, spring tides."""
    if re.search(r"[^aeiou]y$", term):
        return f"{term[:-1]}ies"
    return f"{term}es" if term.endswith(("x", "ch", "sh")) else f"{term}s"


def _is_counted(term: str, texts: Sequence[str], with_article: Iterable[re.Match[str]]) -> bool:
    """Whether an English term is asked about in the plural: the text has its plural, or an article that counts it ("a
    spring tide"). That article may belong to a longer term ("each data point", "each Wikipedia article"), so it says
    nothing about names and about words that have no plural.
    """
    last = term.rpartition(" ")[2]
    if not last[-1].islower() or last.endswith("s") or _PARTICIPLE.search(last):
        return False
    if any(re.search(rf"\b{re.escape(plural(term))}\b", text, re.IGNORECASE) for text in texts):
        return True
    is_countable = last.islower() and last not in _UNCOUNTED and not last.endswith("ing")
    return is_countable and any(match["one"] for match in with_article)


_PARTICIPLE = re.compile(r"(?<!e)(?<!b)ed$")
"""The end of a participle, which "seed" and "testbed" do not have."""
_UNCOUNTED = frozenset(
    "comprehension content data evidence feedback hardware information knowledge performance research software".split()
)


def _with_article(term: str, sentences: Iterable[SourceSentence]) -> str:
    """A German term with the article that it has at the beginning of a sentence."""
    begins = re.compile(rf"(?P<article>Der|Die|Das|Eine?) {re.escape(term)}(?!\w)")
    found = next((match for one in sentences if (match := begins.match(one.text))), None)
    return f"{found['article'].lower()} {term}" if found else term


@lru_cache(maxsize=4096)
def _glosses(term: str) -> re.Pattern[str]:
    """Patterns that explain a term that is not the subject: "(RAG)", "a data type called NF4", "…, or DPR, encodes"."""
    name = re.escape(term)
    return re.compile(
        rf"\w \({name}\)|\b(?:called|named|known as|genannt|appelée?|llamad[oa]) {name}(?!\w)"
        rf"|{name},? (?:short for|kurz für)|\w, (?:or )?{name}, [a-z]"
    )


def _speech(term: str, text: str, language: str) -> Speech | None:
    """What a sentence says about the term that it begins with; None if it does not begin with it."""
    if language in TOPIC:
        topic = TOPIC[language].match(text)
        if topic is None or topic["term"].strip() != term:
            return None
        return "defines" if topic["mark"] in _TOPIC_DEFINES or _SAYS_WHAT.search(text) else "says"
    if _glosses(term).search(text):
        return "defines"
    end = begins_with(term, text)
    if not end:
        return None
    if not (between := _BEHIND.match(text, end)):
        return None
    rest = text[between.end() :]
    if language in _DEFINES and re.match(_DEFINES[language], rest):
        return "defines"
    if language != "en":
        return "says"
    word = rest.split(maxsplit=1)[0].lower() if rest else ""
    if word in LINKING | MODALS | {"has", "have", "does"}:
        return "says"
    base = next((form for form in (word, word[:-1], word[:-2], auxiliary(word)[1]) if form in VERBS), "")
    if word == base and not text[:end].endswith("s"):
        return None  # a noun: "A LLaMA model …"
    if not base:
        return None
    if base in _SAYS_LITTLE or word in PAST or word in IRREGULAR_PAST:
        return "found" if base in _RESULT else "says"
    return "found" if base in _RESULT else "does"


def _headings(chunks: Sequence[Chunk], sentences: Sequence[SourceSentence], language: str) -> Iterator[Subject]:
    """Headings that name the subject of their section."""
    by_section: dict[str, list[SourceSentence]] = defaultdict(list)
    for sentence in sentences:
        by_section[sentence.chunk.section].append(sentence)
    for section, its in by_section.items():
        term = heading_number(section)[1].strip()
        if len(its) < 2 or not term or is_known_name(section) or not _is_topic(term):
            continue
        about = set(content_terms(term)) & {word for one in its for word in content_terms(one.text)}
        if 2 * len(about) >= len(content_terms(term)):
            term = _uncapitalised(term, language)
            yield Subject(term, language, chunks[0].document_id, tuple(its), shown=term, the=term, heading=True)


_NO_TOPIC = re.compile(
    r"^(?:the|an?|no|from|where|what|why|how|when|who|who|to|ein|eine|vom?|wo|wie|warum|un|une|una|d[eu]|del|où|comment)\b"
    r"|\b(?:introduction|conclusions?|summary|discussion|results?|outlook|advice|details|examples?|it|that|nobody|not|"
    r"einleitung|fazit|ergebnisse|ausblick|introducción|conclusiones|résultats)\b|서론|결론|引言|结论|はじめに|おわりに",
    re.IGNORECASE,
)


def _is_topic(heading: str) -> bool:
    """Whether a heading names a subject: not a sentence, a pun, or a term that only its paper explains."""
    if re.search(r"[,:;?!.]", heading) or leans(heading) or points(heading) or _NO_TOPIC.search(heading):
        return False
    linked = all(word in _LINKS for word in heading.lower().split() if is_stop_word(word, language_in(heading)))
    return linked and len(content_terms(heading)) >= 2 and len(heading.split()) <= 6


_LINKS = frozenset(
    "of for in and to as with on und von für mit im zur de des du la le les et à en el los las y para con".split()
)
