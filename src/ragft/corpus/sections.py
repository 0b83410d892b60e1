"""Names of sections, and entries of reference lists, for all formats.

Which heading opens a reference list, which ends it, how deep it stands, and which paragraphs are entries of a list.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(
    r"""^(?:
        (?:appendix|annex|chapter|section|part)\s+(?P<word>[A-Z]|\d{1,2}|[IVXL]{1,5})\b[.:]?
      | (?P<decimal>\d{1,2}(?:\.\d{1,2}){0,4})\.?
      | (?P<roman>[IVXL]{1,5})\.
      | (?P<letter>[A-Z](?:\.\d{1,2}){0,3})\.?
    )(?:\s+(?=\S)|$)""",
    re.VERBOSE | re.IGNORECASE,
)
_REFERENCES = frozenset(
    """references reference referencelist listofreferences bibliography bibliographie literaturecited literature
    workscited citedworks citedliterature referencescited referencesandnotes notesandreferences
    referencesandfurtherreading literatur literaturverzeichnis références bibliografía referencias bibliografia
    riferimenti referências литература списоклитературы 参考文献 參考文獻 참고문헌 المراجع""".split()
)
_APPENDIX = re.compile(
    r"appendi(?:x|ces?)|supplement|supporting information|annex|technical appendix|anhang|bijlage|ap[eé]ndice|anexo"
    r"|приложение|附录|附錄|付録|부록"
    r"|additional (?:material|results|details)",
    re.IGNORECASE,
)
_KNOWN = (
    frozenset(
        """abstract summary introduction background relatedwork relatedworks previouswork priorwork preliminaries method
    methods methodology materialsandmethods model approach experiments experiment experimentalsetup
    experimentalresults evaluation results resultsanddiscussion discussion analysis ablationstudy ablations
    limitations limitation conclusion conclusions conclusionandfuturework conclusionsandfuturework futurework
    concludingremarks acknowledgements acknowledgments acknowledgement acknowledgment appendix appendices
    ethicsstatement ethicalconsiderations broaderimpact broaderimpacts broaderimpactstatement
    reproducibilitystatement authorcontributions contributions funding dataavailability
    dataavailabilitystatement codeavailability conflictofinterest conflictsofinterest competinginterests
    supplementarymaterial supplementarymaterials keywords indexterms ccsconcepts motivation problemstatement
    overview implementation implementationdetails setup datasets dataset data""".split()
    )
    | _REFERENCES
)
_LONG = 4 * max(map(len, _KNOWN))
_PUNCTUATION = re.compile(r"[\W_]+")
_ENTRY_START = re.compile(r"^\s*(?:\[\w[\w+.\- ]{0,20}\]|\(\d{1,3}\)|\d{1,3}\.)\s+\S")
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_AUTHOR_START = re.compile(
    rf"^\s*(?:{_CAPITAL}[\w'’\-]+,\s+(?:{_CAPITAL}\.[\s-]?)+"  # Lewis, P.
    rf"|(?:{_CAPITAL}\.[\s-]?)+{_CAPITAL}[\w'’\-]+\b"  # P. Lewis
    rf"|(?:{_CAPITAL}[\w'’.\-]*\s+){{1,3}}{_CAPITAL}[\w'’\-]+(?:,\s+{_CAPITAL}|,? and {_CAPITAL}|\.\s+(?:19|20)\d\d))"
)
_INITIALS = re.compile(
    rf"{_CAPITAL}[\w'’\-]{{1,40}},\s+{_CAPITAL}\.|\b{_CAPITAL}\.[\s-]?(?:{_CAPITAL}\.[\s-]?){{0,6}}{_CAPITAL}[\w'’\-]+"
)
"""A name with initials, as entries have them: `Lewis, P.` or `P. Lewis`. Bounded, as it is sought in long texts."""
_DATED = re.compile(r"[.,:;(]\s*(?:1[5-9]|20)\d\d[a-z]?\)?\s*(?:[.,:;)]|$)")
"""A year that is an element of its own, as in an entry, and no word of a sentence."""
_IN_BRACKETS = re.compile(r"\[\w[\w+.\- ]{0,20}\]\s")
_CONTACT = re.compile(
    r"\b(?:tel(?:ephone|efon)?|phone|mobile?|fax)\b\W{0,3}[\d(]|\+\d\d[\s\d()/-]{5}|\S@\S+\.\w", re.IGNORECASE
)
"""A telephone number or an address: a person who gives a reference, and no work."""
_LONGEST_ENTRY = 700
_CHARACTERS_AN_ENTRY = 400
"""Most characters of an entry on average, where a paragraph holds several."""
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
_VENUE = re.compile(
    r"\b(?:arXiv|preprint|Proceedings|Proc\.|Conference|Journal|Trans(?:actions|\.)|Advances in|Workshop|Association"
    r"|pp\.|pages? \d|vol\.|doi|https?://|Press|Springer|Elsevier|IEEE|ACM|ACL|EMNLP|NAACL|NeurIPS|ICLR|ICML|CVPR"
    r"|CoRR|Technical report|abs/\d|In:)|(?<!\d)\d+\s?\(\d+\)\s?[:,]|\b\d+\s?:\s?\d+[-–]\d+|\b\d{2,}[-–]\d{2,}\b"
)


def heading_number(text: str) -> tuple[str, str]:
    """The number a heading carries and the rest: `3.1 Encoder` gives ("3.1", "Encoder"), no number ("", text)."""
    text = text.strip()
    match = _NUMBER.match(text)
    if not match:
        return "", text
    label = match.group("letter") or match.group("roman")
    rest = text[match.end() :]
    # A lone capital may be a word of the heading (`A Study of…`): a numbering letter is followed by a capital too.
    if label and not label.isupper():
        return "", text
    return next(group for group in match.groups() if group), rest


def numbered_level(number: str) -> int:
    """1 for `3` and `A`, 2 for `3.1`; 0 where there is no number."""
    return number.count(".") + 1 if number else 0


def plain_name(text: str) -> str:
    """A heading without its number, case, spaces and punctuation: what names are compared by."""
    return _bare(heading_number(text)[1])


def _bare(text: str) -> str:
    return _PUNCTUATION.sub("", text).casefold()


def is_known_name(text: str) -> bool:
    """Whether this is a name papers commonly give a section."""
    return _may_be_name(text) and (plain_name(text) in _KNOWN or _bare(text) in _KNOWN)


def is_references(text: str) -> bool:
    """Whether this heading opens a reference list."""
    return _may_be_name(text) and (plain_name(text) in _REFERENCES or _bare(text) in _REFERENCES)


def _may_be_name(text: str) -> bool:
    """Whether a text is as short as a name with a number before it: whole paragraphs are asked, too."""
    return len(text) < _LONG or len(_PUNCTUATION.sub("", text[:_LONG])) < _LONG / 2


def is_abstract(text: str) -> bool:
    """Whether this heading opens the abstract."""
    return plain_name(text) in {"abstract", "zusammenfassung", "résumé", "resumen", "摘要", "аннотация", "초록"}


def is_appendix(text: str) -> bool:
    """Whether this heading opens what comes after a reference list and is kept."""
    return bool(_APPENDIX.match(heading_number(text)[1])) or bool(_APPENDIX.match(text.strip()))


def is_reference_entry(text: str) -> bool:
    """Whether a paragraph reads like an entry of a reference list: label or authors, a year, where it appeared."""
    if len(text) > _LONGEST_ENTRY or not (_YEAR.search(text) or "arXiv" in text):
        return False
    labelled = _ENTRY_START.match(text) is not None
    return (labelled or _AUTHOR_START.match(text) is not None) and _VENUE.search(text) is not None


def entries_in(text: str) -> int:
    """How many works a paragraph under the heading of a reference list names; 0 if it reads like anything else.

    Laxer than `is_reference_entry`, which knows entries anywhere: where they appeared may be missing. People who give
    a reference, projects and prose are not entries.
    """
    if len(text) > _LONGEST_ENTRY:
        return _entries_run_together(text)
    if _CONTACT.search(text):
        return 0
    label = _ENTRY_START.match(text)
    if is_reference_entry(text) or (text.startswith("[") and label and (_YEAR.search(text) or _VENUE.search(text))):
        return 1
    entry = text[label.end() - 1 :] if label else text
    named = _INITIALS.match(entry) or (_AUTHOR_START.match(entry) and entry.count(". ") >= 2)
    return int(bool(named and _DATED.search(entry)))


def _entries_run_together(text: str) -> int:
    """Of a paragraph of many entries, as a text file has them that sets no blank lines between them."""
    years, names = len(_YEAR.findall(text)), len(_INITIALS.findall(text))
    count = min(years, max(names, len(_IN_BRACKETS.findall(text)), len(_VENUE.findall(text))))
    return count if count * _CHARACTERS_AN_ENTRY >= len(text) else 0
