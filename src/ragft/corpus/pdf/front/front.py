"""Front matter from the first page of a paper: title, authors, year and identifier."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragft.corpus.pdf.base import Line
from ragft.corpus.pdf.front.authors import authors_below
from ragft.corpus.pdf.front.plain_titles import is_plain_within_text, is_prose
from ragft.corpus.pdf.front.titles import is_same, letters, printed_metadata_title, title_lines, title_text
from ragft.corpus.pdf.numbers.quantities import is_quantity
from ragft.corpus.pdf.pages.layout import body_size
from ragft.corpus.pdf.structure.hyphens import Vocabulary
from ragft.corpus.sections import is_abstract, is_known_name

_STAMP = re.compile(
    r"arXiv:(?P<id>(?P<yy>\d\d)(?P<mm>\d\d)\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/(?P<oldyy>\d\d)\d{5})", re.IGNORECASE
)
_FIGURE = re.compile(r"[-+−–±]?\d+(?:[.,]\d+)*\s?[%kKMB]?")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|]+[^\s\"<>|.,;:)\]}]")
_YEAR = r"(?P<year>(?:19[5-9]|20[0-4])\d)"
_BARE_YEAR = re.compile(rf"\W*{_YEAR}\W*")
_CITED = re.compile(r"\(\D{3,40}, (?:19|20)\d\d[a-z]?[);]")
_PUBLISHED = re.compile(
    r"^\W*(?:published|appear\w*|to appear|accepted|presented|(?:in )?proceedings|proc\.|©|\(c\)|copyright)"
    rf"[^\n]{{0,120}}?\b{_YEAR}\b",
    re.IGNORECASE,
)
_CONFERENCE = re.compile(
    r"\b(?:NeurIPS|NIPS|ICLR|ICML|ACL|EMNLP|NAACL|EACL|CVPR|ICCV|ECCV|AAAI|IJCAI|KDD|SIGIR|WWW|COLING|TACL)\b"
    rf"[^\n]{{0,6}}\b{_YEAR}\b"
)
_DATED = re.compile(
    rf"\b(?:vol(?:ume|\.)|journal|transactions|conference)[^\n]{{0,80}}?\b{_YEAR}\b"
    r"|\b(?:\d{1,2}\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:\d{1,2},?\s+)?"
    rf"{_YEAR.replace('year', 'month_year')}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Front:
    """The front matter. `used` are the lines that are not repeated in the text."""

    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str | None
    used: frozenset[int]


def read_front(
    lines: Sequence[Line], stamps: Sequence[str], metadata: Mapping[str, str], height: float, known: Vocabulary
) -> Front:
    """Read the front matter off page one (`height` in points); `lines` are those of all pages in reading order."""
    first = [line for line in lines if line.page == 1]
    largest = title_lines(first, height, metadata.get("Title", ""))
    title = title_text(largest, known) if largest else ""
    offered = printed_metadata_title(metadata, first)
    if offered and (not title or is_same(offered, title) or (letters(offered) and letters(offered) in letters(title))):
        title = offered if not title or is_same(offered, title) else title
    after, text_follows = _lines_after(first, largest)
    authors, author_lines = authors_below([line for line in after if not _has_amount(line)], metadata)
    if not text_follows:  # a letter, form or poster: what stands below its largest lettering is all it says
        author_lines = []
    texts = [*stamps, *(line.text for line in first)]
    heading = [line.text for line in after] if text_follows else []
    stays = bool(largest) and (is_plain_within_text(largest, first) or _heads_each_page(largest, lines))
    used = frozenset(id(line) for line in [*([] if stays else largest), *author_lines])
    return Front(title, authors, _year(texts, heading), _doi("\n".join(texts), metadata), used)


def _heads_each_page(title: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Whether most other pages begin with a line that looks like the title: it is the heading of its page, too."""
    first: dict[int, Line] = {}
    for line in lines:
        if line.page not in first or line.top < first[line.page].top:
            first[line.page] = line
    own = title[0]
    others = [line for page, line in first.items() if page != own.page]
    alike = [line for line in others if abs(line.size - own.size) < 0.5 and line.mostly_bold == own.mostly_bold]
    larger = own.size > 1.1 * body_size([[cell for line in lines for cell in line.cells]])
    return larger and len(alike) > 0.5 * len(others)


def _lines_after(lines: Sequence[Line], title: Sequence[Line]) -> tuple[list[Line], bool]:
    """The lines between the title and the abstract, the first section or the first running text.

    The second value says whether any of these follows.
    """
    if not title:
        return [], False
    top = max(line.bottom for line in title) - 2
    below = [line for line in lines if line.top >= top and line.cells[0].turn == 0]
    ends = [line.top for line in below if _opens_text(line.text.strip()) or is_prose(line.text) or _is_row(line)]
    return [line for line in below if line.top < min(ends, default=float("inf")) - 2][:80], bool(ends)


def _opens_text(text: str) -> bool:
    head = re.split(r"[—–:.]", text, maxsplit=1)[0]
    return is_abstract(head) or (is_known_name(text) and len(text) < 40)


def _is_row(line: Line) -> bool:
    """Whether a line is one of a table: numbers in several cells."""
    return sum(_FIGURE.fullmatch(cell.text) is not None for cell in line.cells) > 1


def _has_amount(line: Line) -> bool:
    """Whether a number stands alone in one of several cells, as in a list of items; raised marks are smaller."""
    return len(line.cells) > 1 and any(is_quantity(cell.text) and cell.size > 0.9 * line.size for cell in line.cells)


def _year(lines: Sequence[str], heading: Sequence[str]) -> int | None:
    """The year page one names as that of publication, else that of the arXiv identifier (its first version).

    A year in running text is mostly of a citation, so such lines do not count. A year that has a line of its own
    counts in the `heading`, between the title and the text.
    """
    notes = [line for line in lines if "et al" not in line and not _CITED.search(line)]
    for line in notes:
        if match := _PUBLISHED.search(line):
            return int(match.group("year"))
    for line in notes:
        if not is_prose(line) and (match := _CONFERENCE.search(line)):
            return int(match.group("year"))
    if match := _STAMP.search("\n".join(lines)):
        short = int(match.group("yy") or match.group("oldyy"))
        return 1900 + short if short > 90 else 2000 + short
    for line in notes:
        if not is_prose(line) and (match := _DATED.search(line)):
            return int(match.group("year") or match.group("month_year"))
    bare = next(filter(None, map(_BARE_YEAR.fullmatch, heading)), None)
    return int(bare.group("year")) if bare else None


def _doi(text: str, metadata: Mapping[str, str]) -> str | None:
    for source in (metadata.get("doi", ""), metadata.get("Subject", ""), text):
        if match := _DOI.search(source):
            return match.group()
    return None
