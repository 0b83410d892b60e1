"""Title, authors, year and identifier of a paper, read off its first page.

Type size is the best witness for the title: metadata is often empty, the file's name or that of a template. So the
largest lettering in the upper part of the page is taken, once what is known to be something else (a journal's
masthead, a note on where the paper appeared, a stamp) is set aside; metadata only breaks ties or steps in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragft.corpus.pdf.hyphens import Vocabulary, join_lines
from ragft.corpus.pdf.layout import Line
from ragft.corpus.pdf.spans import Span
from ragft.corpus.sections import is_abstract, is_known_name
from ragft.corpus.text import MAX_TITLE, sanitise

# What stands large on first pages and is no title. Anchored and narrow: "Abstract Meaning Representation" and
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
_STAMP = re.compile(
    r"arXiv:(?P<id>(?P<yy>\d\d)(?P<mm>\d\d)\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/(?P<oldyy>\d\d)\d{5})", re.IGNORECASE
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|]+[^\s\"<>|.,;:)\]}]")
_YEAR = r"(?P<year>(?:19[5-9]|20[0-4])\d)"
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
_NO_NAME = re.compile(
    r"""\b(?:universit|institut|department|school|college|laborator|labs?\b|research|google|microsoft|facebook|meta\b|
        openai|deepmind|amazon|nvidia|apple\b|ibm\b|alibaba|tencent|huawei|baidu|inc\b|corp\b|ltd\b|gmbh|center|centre|
        academy|faculty|hospital|group|team|technolog|science|engineering|computer|foundation|company|street|avenue|
        china|usa|u\.s\.a|germany|france|italy|spain|japan|korea|india|canada|australia|kingdom|singapore|switzerland|
        israel|netherlands|sweden|denmark|abstract|introduction|equal|contribut|correspond|author|email|e-mail|
        conference|proceedings|journal|published|preprint|review|member|fellow|student|national|key\b|state\b|
        brain\b|anonymous|ai\b|cnrs|inria|eth\b|mit\b|cmu\b|uc\b|city|paris|london|beijing|shanghai|new\ york)""",
    re.IGNORECASE | re.VERBOSE,
)
_PARTICLE = {
    "de",
    "del",
    "della",
    "der",
    "den",
    "di",
    "da",
    "dos",
    "du",
    "la",
    "le",
    "van",
    "von",
    "zu",
    "bin",
    "al",
    "el",
    "ter",
    "ten",
    "y",
    "e",
    "ibn",
}
_MARKS = re.compile(r"[\d∗*†‡§¶♠♢♡♣⋆★✉⊠∥‖#^~⋄◇○●¹²³⁴⁵⁶⁷⁸⁹⁰]+|\([^)]*\)|\bB\b$")
# The ACM's journals: a name in capitals, then where its owner works.
_NAME_THEN_PLACE = re.compile(r"^(?P<name>[^\W\d_a-zß-ÿ]+(?:[ .-]+[^\W\d_a-zß-ÿ]+){1,4})\.?\s*[∗*†‡§¶\d]*,\s+\S")
_SEPARATORS = re.compile(r"\s*(?:[,;·•&|]|\band\b|\s{3,})\s*")


@dataclass(frozen=True)
class Front:
    """What the first page tells. `used` are the lines that need not be repeated in the text."""

    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str | None
    used: frozenset[int]


def read_front(
    lines: Sequence[Line], stamps: Sequence[str], metadata: Mapping[str, str], height: float, known: Vocabulary
) -> Front:
    """Read the front matter off the `lines` of page one (in reading order; `height` of the page in points)."""
    title_lines = _title_lines(lines, height, metadata.get("Title", ""))
    title = _title_text(title_lines, known) if title_lines else ""
    offered = _metadata_title(metadata, lines)
    if offered and (not title or _same(offered, title) or (_letters(offered) and _letters(offered) in _letters(title))):
        title = offered if not title or _same(offered, title) else title
    after, text_follows = _lines_after(lines, title_lines)
    authors, author_lines = _authors(after, metadata)
    if not text_follows:  # a letter, form or poster: what stands below its largest lettering is all it says
        author_lines = []
    text = "\n".join([*stamps, *(line.text for line in lines)])
    used = frozenset(id(line) for line in [*title_lines, *author_lines])
    return Front(title, authors, _year([*stamps, *(line.text for line in lines)]), _doi(text, metadata), used)


# ------------------------------------------------------------------------------------------------ title


def _title_lines(lines: Sequence[Line], height: float, offered: str) -> list[Line]:
    """The lines of the largest lettering that may be a title, in reading order."""
    groups = [group for group in _same_size_groups(lines) if _may_be_title(group, height)]
    groups = _without_mastheads(groups, lines)
    if not groups:
        return []
    named = [group for group in groups if offered and _same(offered, " ".join(line.text for line in group))]
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
    for line in lines:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and abs(_lettering(last) - _lettering(line)) <= 0.06 * _lettering(line)
            and -2 < line.top - last.top <= 2.1 * line.size
            and _is_mostly_bold(last) == _is_mostly_bold(line)
            and line.cells[0].turn == last.cells[0].turn == 0
        ):
            groups[-1].append(line)
        elif line.cells[0].turn == 0:
            groups.append([line])
    return groups


def _is_mostly_bold(line: Line) -> bool:
    """Symbols and marks in a bold title need not be bold."""
    return sum(cell.heavy for cell in line.cells) > 0.4 * len(line.text)


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
        rest = [group for group in rest if group[0].size > 1.5 * usual and not _names(_joined(group))]
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


def _title_text(lines: Sequence[Line], known: Vocabulary) -> str:
    corrected = [Line([_without_small_capitals(cell) for cell in line.cells], line.page, line.column) for line in lines]
    text = sanitise(join_lines(corrected, known))
    text = re.sub(r"\s*[∗*†‡§¶⋆]+(?:\s*[,\d])*\s*$", "", text)
    return re.sub(r"\s+", " ", text).strip(" |")


def _without_small_capitals(cell: Span) -> Span:
    """Capitals set smaller than their neighbours written as the small letters they stand for; raised marks dropped."""
    from dataclasses import replace

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
    """The title in the metadata where it is one and not the name of a file or template, else empty."""
    title = re.sub(r"\s+", " ", sanitise(metadata.get("Title", ""))).strip()
    return "" if not title or _BAD_METADATA.search(title) or len(title.split()) < 2 else title


def _metadata_title(metadata: Mapping[str, str], lines: Sequence[Line]) -> str:
    """The title in the metadata where it is also printed on the page."""
    title = usable_metadata_title(metadata)
    page = _letters(" ".join(line.text for line in lines))
    return title if title and _letters(title)[:60] in page else ""


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(sanitise(text).casefold()))


def _same(one: str, other: str) -> bool:
    return _letters(one) == _letters(other) != ""


# ------------------------------------------------------------------------------------------------ authors


def _lines_after(lines: Sequence[Line], title_lines: Sequence[Line]) -> tuple[list[Line], bool]:
    """What stands on the page between the title and the abstract, the first section or the first running text.

    The second value tells whether any of these follows.
    """
    if not title_lines:
        return [], False
    top = max(line.bottom for line in title_lines) - 2
    below = [line for line in lines if line.top >= top and line.cells[0].turn == 0]
    ends = [line.top for line in below if _opens_text(line.text.strip()) or _is_prose(line.text)]
    return [line for line in below if line.top < min(ends, default=float("inf")) - 2][:80], bool(ends)


def _opens_text(text: str) -> bool:
    head = re.split(r"[—–:.]", text, maxsplit=1)[0]
    return is_abstract(head) or (is_known_name(text) and len(text) < 40)


def _is_prose(text: str) -> bool:
    """Whether a line is running text: small words make up a good part of it."""
    words = [word for word in text.split() if word.isalpha()]
    return len(words) >= 6 and sum(word.islower() for word in words) >= 0.6 * len(words) and "@" not in text


def _authors(lines: Sequence[Line], metadata: Mapping[str, str]) -> tuple[tuple[str, ...], list[Line]]:
    """Names below the title: those set like the first line that holds any, and which lines held them."""
    offered = _names(_MARKS.sub(" ", metadata.get("Author", "")))
    names: list[str] = []
    used: list[Line] = []
    look: tuple[float, bool] | None = None
    cut = ""
    for line in lines:
        texts = [_without_marks(cell) for cell in line.cells]
        if cut and len(_SEPARATORS.split(texts[0])[0].split()) == 1:
            texts[0] = f"{cut} {texts[0]}"
        found = [name for text in texts for name in _names(text)]
        cut = _cut_name(texts[-1]) if found else ""
        if named := _NAME_THEN_PLACE.match(line.text):
            names.append(_MARKS.sub("", named.group("name")).strip().title())
            used.append(line)
            continue
        heavy = _is_mostly_bold(line)
        if not found or (look is not None and (abs(line.size - look[0]) > 0.4 or heavy != look[1])):
            if _NO_NAME.search(_MARKS.sub(" ", line.text)) or "@" in line.text:
                used.append(line)
            continue
        look = look or (line.size, heavy)
        names += [name for name in found if name not in names]
        used.append(line)
    page = " ".join(line.text for line in lines)
    if len(offered) >= max(1, len(names)) and all(name.split()[-1] in page for name in offered):
        names = offered
    return tuple(names), _with_lines_between(lines, used)


def _cut_name(text: str) -> str:
    """The first half of a name that goes on in the next line, if the line ends in one."""
    last = _SEPARATORS.split(text)[-1].strip()
    return last if last.isalpha() and last.istitle() else ""


def _with_lines_between(lines: Sequence[Line], used: Sequence[Line]) -> list[Line]:
    """`used` and the few lines among them that say nothing we know: an employer's name, an address, a date."""
    places = [index for index, line in enumerate(lines) if any(line is other for other in used)]
    filled = {*places}
    for before, after in pairwise(places):
        if after - before <= 4:
            filled.update(range(before, after))
    return [lines[index] for index in sorted(filled)]


def _without_marks(cell: Span) -> str:
    """The cell's text without raised footnote marks and affiliation numbers, a separator in the place of each."""
    if len(cell.sizes) != len(cell.text) or not cell.sizes:
        return _MARKS.sub(" , ", cell.text)
    largest = max(cell.sizes)
    text = "".join(
        c if s >= 0.82 * largest or c in ", " else "\x00" for c, s in zip(cell.text, cell.sizes, strict=True)
    )
    return _MARKS.sub(" , ", re.sub("\x00+", " , ", text))


def _names(text: str) -> list[str]:
    return [name for part in _SEPARATORS.split(sanitise(text)) if (name := part.strip(" .,:;-–")) and _is_name(name)]


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 5 or _NO_NAME.search(text) or re.search(r"[\d@{}/\\:]", text):
        return False
    return all(
        word[0].isupper() or word.casefold() in _PARTICLE or (not word[0].isascii() and word[0].isalpha())
        for word in words
    ) and any(len(word.strip(".")) > 1 for word in words)


# ------------------------------------------------------------------------------------------------ year, DOI


def _year(lines: Sequence[str]) -> int | None:
    """The year page one names as that of publication, else that of the arXiv identifier (its first version).

    A year in running text is mostly a citation's, so only lines that are none count.
    """
    notes = [line for line in lines if "et al" not in line and not _CITED.search(line)]
    for line in notes:
        if match := _PUBLISHED.search(line):
            return int(match.group("year"))
    for line in notes:
        if not _is_prose(line) and (match := _CONFERENCE.search(line)):
            return int(match.group("year"))
    if match := _STAMP.search("\n".join(lines)):
        short = int(match.group("yy") or match.group("oldyy"))
        return 1900 + short if short > 90 else 2000 + short
    for line in notes:
        if not _is_prose(line) and (match := _DATED.search(line)):
            return int(match.group("year") or match.group("month_year"))
    return None


def _doi(text: str, metadata: Mapping[str, str]) -> str | None:
    for source in (metadata.get("doi", ""), metadata.get("Subject", ""), text):
        if match := _DOI.search(source):
            return match.group()
    return None
