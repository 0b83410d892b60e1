"""Tables of contents in Word documents, which are not read: their entries are headings that the document has."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus.readers.office.docx_xml import value
from ragft.corpus.readers.office.namespaces import W

_STYLE = re.compile(r"(?:toc|contents) (?:\d|heading)")
_LINK = re.compile(r"\s*(?:pageref|hyperlink)\b", re.IGNORECASE)


def is_of_contents(paragraph: Any, style: str) -> bool:
    """Whether a paragraph is an entry of a table of contents, or its heading.

    By the name of its style, or, as programs write that know no such styles, by a link in what says that it holds the
    table.
    """
    if _STYLE.fullmatch(style):
        return True
    return _is_link(paragraph) and any(
        value(node, "sdtPr/docPartObj/docPartGallery") == "Table of Contents"
        for node in paragraph.iterancestors(f"{W}sdt")
    )


def _is_link(paragraph: Any) -> bool:
    if any(link.get(f"{W}anchor") for link in paragraph.iter(f"{W}hyperlink")):
        return True
    return any(_LINK.match(code.text or "") for code in paragraph.iter(f"{W}instrText"))
