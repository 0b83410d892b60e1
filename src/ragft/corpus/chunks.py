"""Cuts a document into chunks that an encoder reads whole.

The encoder gets `encoded_text(chunk)`: the title, a line end, the text. Chunks consist of whole sentences if possible
and never cross a top-level section, but a few lines before the first heading are joined with what follows. Within a
section there are as few chunks as possible, of similar sizes. A chunk that begins within a table repeats the table's
caption, shortened, and the heads of its columns.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ragft.corpus.base import Block, Chunk, Document, PageStart
from ragft.corpus.tables import captions_first, heads, table_rows
from ragft.corpus.text import split_sentences

CHUNKER_VERSION = "10"
"""Part of the index's identity. Change it when files are read, cut or fingerprinted in another way."""

CountTokens = Callable[[Sequence[str]], list[int]]

_CHARS_PER_TOKEN = 16
"""More characters than this for a token indicate words that the encoder maps to "unknown"; then characters count."""
_TITLE_SHARE = 0.4
_FULL_ENOUGH = 0.5
_HEAD_SHARE = 0.4
"""Largest share of a chunk for the caption and heads of a table."""
_FRONT_SHARE = 0.25
"""Largest share of a chunk for lines before the first heading that are joined with what follows it."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, row or heading, with the separator before it (`lead`) and its `cost` in tokens."""

    text: str
    lead: str
    pages: tuple[int, int]
    section: str
    level: int = 0
    cost: int = 0
    turns: tuple[tuple[int, int], ...] = ()
    """(offset, page) of each further page that begins within it."""
    head: str = ""
    """For a row: the caption and column heads before it in its table."""


def encoded_text(chunk: Chunk) -> str:
    """The text for the encoder: the title prefix and the text."""
    return _with_title(chunk.title, chunk.text)


def chunk_document(document: Document, count_tokens: CountTokens, *, max_tokens: int, overlap: int) -> list[Chunk]:
    """Cut `document` into chunks of at most `max_tokens`, title prefix included, in reading order.

    Args:
        document: what a reader returned.
        count_tokens: token counts of texts, special tokens included; called a few times with many texts.
        max_tokens: the encoder's limit.
        overlap: tokens by which a chunk repeats the end of the one before it in the same section, in whole sentences.

    Raises:
        ValueError: `max_tokens` is too small to hold anything.
    """
    special = count_tokens([""])[0]
    if max_tokens - special < 4:
        raise ValueError(f"max_tokens is {max_tokens}: an encoder that reads so little cannot be used")
    title = _fitting_title(document.title, count_tokens, int(special + (max_tokens - special) * _TITLE_SHARE))
    budget = max_tokens - count_tokens([_with_title(title, "")])[0]
    units = _measure(list(_units(captions_first(document.blocks))), count_tokens, special, budget)
    costs = _measured_heads(units, count_tokens, special, budget)
    sections = _with_front(list(_top_level_sections(units)), budget)
    pieces = [piece for section in sections for piece in _pack(section, budget, overlap, costs)]
    pieces = _enforce(pieces, title, count_tokens, max_tokens)
    return [_chunk(document, position, piece, title) for position, piece in enumerate(pieces)]


def _with_title(title: str, text: str) -> str:
    return f"{title}\n{text}" if title else text


def _fitting_title(title: str, count_tokens: CountTokens, limit: int) -> str:
    """The title, cut at a word if it is longer than its share."""
    while title and count_tokens([title])[0] > limit:
        shorter = title[: len(title) * 2 // 3]
        title = shorter.rsplit(" ", 1)[0] if " " in shorter else shorter
    return title


# ------------------------------------------------------------------------------------------------ units


def _units(blocks: Sequence[Block]) -> Iterator[_Unit]:
    above = {id(block): found for block, found in zip(blocks, heads(blocks), strict=True)}
    for run in _runs(blocks):
        first = run[0]
        if first.kind == "heading":
            yield _Unit(first.text, "\n", (first.page, first.page), first.section, max(1, first.level))
        elif first.kind in {"table", "code"}:
            rows = table_rows(first)
            for row, head in zip(rows, above[id(first)] or [""] * len(rows), strict=True):
                yield _Unit(row, "\n", (first.page, first.page), first.section, head=head)
        else:
            yield from _sentences(run)


def _runs(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Groups of blocks: blocks with a common sentence are in one group."""
    run: list[Block] = []
    for block in blocks:
        if not block.text.strip():
            continue
        if run and _goes_on(run[-1], block):
            run.append(block)
            continue
        if run:
            yield run
        run = [block]
    if run:
        yield run


def _goes_on(before: Block, after: Block) -> bool:
    running = {"paragraph", "abstract", "list"}
    if before.kind not in running or after.kind not in running - {"list"} or before.section != after.section:
        return False
    return before.text.rstrip()[-1] not in ".!?:;。！？" and after.text[0].islower()


def _sentences(run: Sequence[Block]) -> Iterator[_Unit]:
    text = ""
    starts: list[int] = []
    for block in run:
        text += " " if text else ""
        starts.append(len(text))
        text += block.text
    end = 0
    for start, stop in split_sentences(text):
        gap = text[end:start]
        lead = "\n" if end == 0 or "\n" in gap else " " if gap else ""
        places = [
            (begin, block.page)
            for block, begin in zip(run, starts, strict=True)
            if begin < stop and start < begin + len(block.text)
        ]
        pages = [page for _, page in places]
        turns = tuple((begin - start, page) for begin, page in places if begin > start)
        yield _Unit(text[start:stop], lead, (min(pages), max(pages)), run[0].section, turns=turns)
        end = stop


def _measure(units: list[_Unit], count_tokens: CountTokens, special: int, budget: int) -> list[_Unit]:
    """The units with their cost. Units above the budget are cut in rounds of one tokeniser call each."""
    measured: list[_Unit] = []
    waiting = units
    while waiting:
        counts = count_tokens([unit.text for unit in waiting])
        costed = [
            replace(unit, cost=max(1, count - special, math.ceil(len(unit.text) / _CHARS_PER_TOKEN)))
            for unit, count in zip(waiting, counts, strict=True)
        ]
        if all(unit.cost <= budget or len(unit.text) == 1 for unit in costed):
            return costed
        waiting = [piece for unit in costed for piece in (_halves(unit, budget) if unit.cost > budget else [unit])]
    return measured


def _halves(unit: _Unit, budget: int) -> list[_Unit]:
    """A unit cut into the least number of pieces, at spaces if possible."""
    if len(unit.text) < 2:
        return [unit]
    target = max(1, min(len(unit.text) // 2, int(len(unit.text) * budget * 0.9 / unit.cost)))
    pieces: list[_Unit] = []
    start, lead = 0, unit.lead
    while start < len(unit.text):
        end = min(len(unit.text), start + target)
        space = unit.text.rfind(" ", start + 1, end + 1) if end < len(unit.text) else -1
        cut = space if space > start else end
        if text := unit.text[start:cut].strip():
            piece = replace(unit, text=text, lead=lead, level=unit.level if not pieces else 0)
            pieces.append(_on_its_pages(piece, start) if unit.turns else piece)
        start, lead = (cut + 1, " ") if cut == space else (cut, "")
    return pieces


def _on_its_pages(piece: _Unit, start: int) -> _Unit:
    """A piece cut out of a unit from offset `start` on, with those of the unit's pages that it stands on."""
    before = [page for offset, page in piece.turns if offset <= start]
    turns = tuple((offset - start, page) for offset, page in piece.turns if start < offset < start + len(piece.text))
    first = before[-1] if before else piece.pages[0]
    return replace(piece, pages=(first, max([first, *(page for _, page in turns)])), turns=turns)


# ------------------------------------------------------------------------------------------------ packing


def _top_level_sections(units: Iterable[_Unit]) -> Iterator[list[_Unit]]:
    section: list[_Unit] = []
    for unit in units:
        if unit.level == 1 and any(item.level == 0 for item in section):
            yield section
            section = []
        section.append(unit)
    if section:
        yield section


def _with_front(sections: list[list[_Unit]], budget: int) -> list[list[_Unit]]:
    """The sections, the first one joined with the second if it is what stands between title and text: authors, a date.

    Such lines answer nothing, and alone with the title they would be close to every question about its subject. They
    stay apart where they would part what follows, as an abstract that fills a chunk.
    """
    if len(sections) < 2 or any(unit.level for unit in sections[0]):
        return sections
    front, first, *others = sections
    cost, following = (sum(unit.cost for unit in section) for section in (front, first))
    if cost > _FRONT_SHARE * budget or (following <= budget < cost + following):
        return sections
    return [[replace(unit, section=first[0].section) for unit in front] + first, *others]


def _measured_heads(units: Sequence[_Unit], count_tokens: CountTokens, special: int, budget: int) -> Mapping[str, int]:
    """Cost of each head of a table that leaves enough room for rows."""
    texts = list(dict.fromkeys(unit.head for unit in units if unit.head))
    counts = count_tokens(texts) if texts else []
    costs = (
        max(count - special, math.ceil(len(text) / _CHARS_PER_TOKEN)) for text, count in zip(texts, counts, strict=True)
    )
    return {text: cost for text, cost in zip(texts, costs, strict=True) if cost <= _HEAD_SHARE * budget}


def _pack(units: Sequence[_Unit], budget: int, overlap: int, costs: Mapping[str, int]) -> Iterator[list[_Unit]]:
    """Runs of units of about equal cost, none above the budget; each may begin with the end of the one before.

    One that begins with a row begins with the head of its table, whose cost is in `costs`.
    """
    remaining = sum(unit.cost for unit in units)
    share = _even_share(remaining, budget, overlap)
    chunk: list[_Unit] = []
    cost = fresh = 0
    for index, unit in enumerate(units):
        needed = unit.cost + _kept_with(units, index, budget)
        if fresh and (
            cost + needed > budget
            or (fresh + needed / 2 > share and cost > _FULL_ENOUGH * budget)
            or _breaks(unit, cost, budget)
        ):
            yield chunk
            remaining -= fresh
            share = _even_share(remaining, budget, overlap)
            room = budget - needed - costs.get(unit.head, 0)
            chunk = _carried(chunk, min(overlap, room)) if unit.level == 0 else []
            cost, fresh = sum(item.cost for item in chunk), 0
            head = _head(chunk[0] if chunk else unit, costs)
            if head and cost + needed + head.cost <= budget:
                chunk.insert(0, head)
                cost += head.cost
        chunk.append(unit)
        cost += unit.cost
        fresh += unit.cost
    if chunk:
        yield chunk


def _head(first: _Unit, costs: Mapping[str, int]) -> _Unit | None:
    """The caption and heads that a chunk repeats if it begins with the row `first`."""
    if first.head not in costs:
        return None
    return replace(first, text=first.head, lead="\n", cost=costs[first.head], turns=(), head="")


def _even_share(remaining: int, budget: int, overlap: int) -> float:
    """The size of each chunk if the remaining tokens are divided among as few chunks as possible."""
    if remaining <= budget:
        return budget
    return remaining / math.ceil(remaining / max(budget - overlap, budget / 2))


def _kept_with(units: Sequence[_Unit], index: int, budget: int) -> int:
    """The cost of units that must stay with this one: a heading stays with the next unit."""
    extra = 0
    while units[index].level and index + 1 < len(units) and extra <= budget // 2:
        index += 1
        extra += units[index].cost
    return extra if extra <= budget // 2 else 0


def _breaks(unit: _Unit, cost: int, budget: int) -> bool:
    """Whether a subsection begins here and the units before it are enough for a chunk."""
    return unit.level > 0 and cost > _FULL_ENOUGH * budget


def _carried(chunk: Sequence[_Unit], room: int) -> list[_Unit]:
    """The last units of a chunk that fit into `room` tokens, and never all of them."""
    carried: list[_Unit] = []
    for unit in reversed(chunk[1:]):
        room -= unit.cost
        if room < 0 or unit.level:
            break
        carried.insert(0, unit)
    return carried


def _enforce(
    pieces: Sequence[list[_Unit]], title: str, count_tokens: CountTokens, max_tokens: int
) -> list[list[_Unit]]:
    """Count the tokens of every chunk as encoded, and halve any above the limit: joining units can add tokens."""
    checked = list(pieces)
    while True:
        counts = count_tokens([_with_title(title, _text(piece)) for piece in checked])
        if all(count <= max_tokens for count in counts):
            return checked
        result: list[list[_Unit]] = []
        for piece, count in zip(checked, counts, strict=True):
            if count <= max_tokens:
                result.append(piece)
            elif len(piece) > 1:
                result += [piece[: len(piece) // 2], piece[len(piece) // 2 :]]
            elif len(piece[0].text) > 1:
                result += [[half] for half in _halves(replace(piece[0], cost=2), 1)]
            else:
                raise ValueError(f"the encoder needs more than {max_tokens} tokens for one character and the title")
        checked = result


def _text(piece: Sequence[_Unit]) -> str:
    return piece[0].text + "".join(unit.lead + unit.text for unit in piece[1:])


def _chunk(document: Document, position: int, piece: Sequence[_Unit], title: str) -> Chunk:
    text = _text(piece)
    pages = (min(unit.pages[0] for unit in piece), max(unit.pages[1] for unit in piece))
    digest = hashlib.sha256(f"{document.id}\0{position}\0{text}".encode()).hexdigest()
    starts = _page_starts(piece, document.page_labels)
    return Chunk(digest[:16], document.id, position, text, title, piece[0].section, pages, starts)


def _page_starts(piece: Sequence[_Unit], labels: Sequence[str]) -> tuple[PageStart, ...]:
    """Where in the text of `piece` each page begins."""
    starts: list[PageStart] = []
    offset = 0
    for index, unit in enumerate(piece):
        offset += len(unit.lead) if index else 0
        for within, page in ((0, unit.pages[0]), *unit.turns):
            if page and (not starts or starts[-1][1] != page):
                label = labels[page - 1] if page <= len(labels) else ""
                starts.append((offset + within, page, label if label != str(page) else ""))
        offset += len(unit.text)
    return tuple(starts)
