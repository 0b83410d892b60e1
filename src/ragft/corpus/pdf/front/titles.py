"""The title of a paper, from its first page.

Type size is the best witness: metadata is often empty, the file's name or that of a template. So the largest lettering
in the upper part of the page is taken, once what is known to be something else (a journal's masthead, a note on where
the paper appeared, a stamp) is set aside; metadata only breaks ties or steps in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ragft.corpus.pdf.base import Line, TextSpan
from ragft.corpus.pdf.front.authors import author_names
from ragft.corpus.pdf.front.plain_titles import without_plain_text
from ragft.corpus.pdf.structure.hyphens import Vocabulary, join_lines
from ragft.corpus.sections import is_abstract, is_known_name
from ragft.corpus.text import MAX_TITLE, sanitise

# What stands large on first pages and is not a title. Anchored and narrow: "Abstract Meaning Representation" and
# "Draft & Verify" are titles.
_NOT_TITLE = re.compile(
    r"""^\W*(?:
        arxiv: | doi\b | https?: | www\. | issn\b | isbn\b | © | copyright\b | \(c\)\s
      | (?:published|accepted|presented|submitted|appeared|to\ appear|under\ review|received|available\ online)
            \s+(?:as|at|in|to|by|for|on|online|\d)
      | preprint\b(?=[\s.,:(]*(?:$|under|submitted|version|not|\d)) | (?:draft|author\ manuscript|manuscript)$
      | (?:technical\ report|working\ paper|tech\.\ rep\.)\b.{0,40}$ | downloaded\ from | citation: | cite\ this
      | (?:proceedings|proc\.)\ (?:of|in)\b | journal\ of\b.{0,60}$
      | (?:ieee|acm)\ (?:transactions|journal|trans\.|access)
      | (?:vol(?:ume|\.)?|no\.|issue)\ ?\d
      | (?:original|research|review|regular|short|full|invited|open)?[\ -]*(?:research\ )?(?:article|paper|letter|
          communication|report|review|survey|perspective|commentary|editorial|access|tutorial|note)s?$
      | provided\ proper | permission\ to | this\ (?:article|paper|work)\ (?:is|was|has|appear)
      | contents(?:\ lists.*)?$
      | (?:january|february|march|april|may|june|july|august|september|october|november|december)\b[\ \d,]*$
      | (?:\d{1,2}(?:st|nd|rd|th)\ )?(?:international\ |annual\ )*(?:conference|workshop|symposium)\ on\b
      | see\ discussions | (?:department|university)\ of\ (?:\w+\W*){1,4}$ | key\s?words?:?$ | journal\ homepage
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_MASTHEAD_MARK = re.compile(r"journal homepage|contents lists? available|www\.elsevier", re.IGNORECASE)
_BAD_METADATA = re.compile(
    r"^(?:untitled|microsoft word|title|no title|document\d*|slide \d|paper\d*|manuscript|layout \d|print|template|"
    r"arxiv:|doi:|\W*$)|\.(?:docx?|pdf|tex|dvi|ps|indd|rtf|odt|pptx?|qxd|fm)\b|^[\w.-]+$|\\",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]")


def title_lines(lines: Sequence[Line], height: float, offered: str) -> list[Line]:
    """The lines of the largest lettering that may be a title, in reading order."""
    own = [line for line in lines if not line.is_apart]
    groups = [group for group in without_plain_text(_same_size_groups(own)) if _may_be_title(group, height)]
    groups = _without_mastheads(groups, lines)
    if not groups:
        return []
    named = [group for group in groups if offered and is_same(offered, " ".join(line.text for line in group))]
    if named:
        return named[0]
    largest = max(group[0].size for group in groups)
    # Among nearly equal sizes the first that reads like a title: two words at least.
    close = [group for group in groups if group[0].size >= 0.93 * largest]
    several = [group for group in close if len(" ".join(line.text for line in group).split()) >= 3]
    best = (several or close)[0]
    return _with_subtitle(best, groups)


def _same_size_groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Successive lines of one size, a line's distance apart."""
    groups: list[list[Line]] = []
    sizes = {id(line): _lettering(line) for line in lines}
    for line in lines:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and abs(sizes[id(last)] - sizes[id(line)]) <= 0.06 * sizes[id(line)]
            and -2 < line.top - last.top <= 2.1 * line.size
            and last.mostly_bold == line.mostly_bold
            and line.cells[0].turn == last.cells[0].turn == 0
        ):
            groups[-1].append(line)
        elif line.cells[0].turn == 0:
            groups.append([line])
    return groups


def _lettering(line: Line) -> float:
    """The size of a line's largest letters: small capitals are set smaller than the title they belong to."""
    sizes = [size for cell in line.cells for char, size in zip(cell.text, cell.sizes, strict=False) if char.isalpha()]
    return max(sizes) if sizes and max(sizes) < 1.5 * line.size else line.size


def _may_be_title(group: Sequence[Line], height: float) -> bool:
    text = " ".join(line.text for line in group).strip()
    letters = len(_LETTERS.findall(text))
    if group[0].top > 0.65 * height or letters < 3 or len(text) > MAX_TITLE or len(group) > 7:
        return False
    if _NOT_TITLE.match(text) or "@" in text or is_abstract(text) or (is_known_name(text) and len(text) < 30):
        return False
    return letters > 0.5 * len(text.replace(" ", ""))


def _without_mastheads(groups: list[list[Line]], lines: Sequence[Line]) -> list[list[Line]]:
    """Leave out a journal's name: above `journal homepage`, in a citation on the same page, or a logo of one word."""
    marks = [line.bottom for line in lines if _MASTHEAD_MARK.search(line.text)]
    low = max(marks, default=0.0) - 2
    page = " ".join(line.text for line in lines)
    left = [group for group in groups if group[0].top > low and not _is_cited_as_journal(_joined(group), page)]
    left = left or groups
    largest = max(left, key=lambda group: group[0].size, default=[])
    if largest and _is_logo(largest, lines):
        rest = [group for group in left if group[0].top > largest[0].top and len(_joined(group).split()) >= 4]
        usual = min(line.size for line in lines)
        rest = [group for group in rest if group[0].size > 1.5 * usual and not author_names(_joined(group))]
        return rest or left
    return left


def _is_logo(group: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Whether large lettering may be a publisher's: one word, or up to three right above what only a journal prints."""
    words = _joined(group).split()
    if len(words) > 3 or words[-1].endswith((":", "–", "—")):
        return False
    low = group[-1].bottom
    below = [line for line in lines if low - 2 < line.top < low + 2.5 * group[0].size]
    return len(words) == 1 or any(_NOT_TITLE.match(cell.text) for line in below for cell in line.cells)


def _joined(group: Sequence[Line]) -> str:
    return " ".join(line.text for line in group)


def _is_cited_as_journal(text: str, page: str) -> bool:
    """Whether the page also gives this text with a volume or year behind it: `BMC Example (2019) 20:123`."""
    if len(text) > 60 or len(text.split()) > 6:
        return False
    # `Title. 2019.` is how a paper is cited; more numbers follow the year of a journal.
    year = r"\(?(?:19|20)\d\d\b" + (r"\)?[,;:\s]+\d" if len(text.split()) > 3 else "")
    return re.search(rf"{re.escape(text)}[.,]?\s*(?:{year}|vol\b|\d+\s*[(:,])", page, re.IGNORECASE) is not None


def _with_subtitle(best: list[Line], groups: list[list[Line]]) -> list[Line]:
    """Add a following, smaller group when the title ends in a colon or dash."""
    index = groups.index(best)
    if best[-1].text.rstrip().endswith((":", "–", "—")) and index + 1 < len(groups):
        following = groups[index + 1]
        if following[0].top - best[-1].top < 3 * best[-1].size and following[0].size > 0.7 * best[0].size:
            return [*best, *following]
    return best


def title_text(lines: Sequence[Line], known: Vocabulary) -> str:
    """The text of a title: words joined, capitals and marks corrected."""
    corrected = [Line([_without_small_capitals(cell) for cell in line.cells], line.page, line.column) for line in lines]
    text = sanitise(join_lines(corrected, known))
    text = re.sub(r"\s*[∗*†‡§¶⋆]+(?:\s*[,\d])*\s*$", "", text)
    return re.sub(r"\s+", " ", text).strip(" |")


def _without_small_capitals(cell: TextSpan) -> TextSpan:
    """Capitals set smaller than their neighbours written as the small letters they stand for; raised marks dropped."""
    if len(cell.sizes) != len(cell.text):
        return cell
    largest = max(cell.sizes)
    letters = [char for char in cell.text if char.isalpha()]
    if letters and all(char.isupper() or char.lower() == char.upper() for char in letters):
        small = [c.isupper() and s < 0.93 * largest for c, s in zip(cell.text, cell.sizes, strict=True)]
        if any(small):
            return replace(cell, text="".join(c.lower() if low else c for c, low in zip(cell.text, small, strict=True)))
        return cell
    end = len(cell.text)
    while end > 1 and cell.sizes[end - 1] < 0.8 * largest and not cell.text[end - 1].isalpha():
        end -= 1
    return replace(cell, text=cell.text[:end])


def usable_metadata_title(metadata: Mapping[str, str]) -> str:
    """The title in the metadata, unless it is the name of a file or template; else empty."""
    title = re.sub(r"\s+", " ", sanitise(metadata.get("Title", ""))).strip()
    return "" if not title or _BAD_METADATA.search(title) or len(title.split()) < 2 else title


def printed_metadata_title(metadata: Mapping[str, str], lines: Sequence[Line]) -> str:
    """The title in the metadata where it is also printed on the page."""
    title = usable_metadata_title(metadata)
    page = letters(" ".join(line.text for line in lines))
    return title if title and letters(title)[:60] in page else ""


def letters(text: str) -> str:
    """The letters of a title in lower case, all else left out."""
    return "".join(_LETTERS.findall(sanitise(text).casefold()))


def is_same(one: str, other: str) -> bool:
    """Whether two titles have the same letters."""
    return letters(one) == letters(other) != ""
