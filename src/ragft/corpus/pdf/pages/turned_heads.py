"""Heads of columns that are set sideways to save room: set upright above their columns.

In the table below, `Pets` and `Sun397` run upwards on the page. Left as they are, they would be read apart from their
numbers, or be taken for stamps on the margin.

    |        | Pets | Sun397 |
    | ViT-L  | 97.2 |   65.0 |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragft.corpus.pdf.base import PageSpans, TextSpan

_LEAST = 3
"""Heads side by side; fewer may be the labels of the axes of charts."""
_UPWARDS, _DOWNWARDS = 1, 3
"""Quarter turns of text that runs so."""
_LONGEST = 30
"""Characters of a head; longer are the lines of a paragraph that is set sideways."""
_BESIDE = 6.0
"""Most distance between neighbours, in heights of their letters; labels of charts are further apart."""
_REACH = 4.0
"""Most distance of a head from the cells below, in heights of its letters."""
_ROW = 3.0
"""Points within which the cells of a row have their tops."""
_HEADED = 0.8
"""Least share of heads with something below them in the same row: a column may begin with an empty cell."""


def with_upright_heads(page: PageSpans, spans: Sequence[TextSpan]) -> list[TextSpan]:
    """`spans` of a `page`, with its heads that are set sideways in the places where they would stand upright."""
    sideways = [span for span in spans if span.turn in (_UPWARDS, _DOWNWARDS)]
    if len(sideways) < _LEAST:
        return list(spans)
    level = [span for span in spans if not span.turn]
    upright: dict[int, TextSpan] = {}
    for group in _side_by_side([(span, _turned_back(page, span)) for span in sideways]):
        heads = [head for _, head in group]
        if _are_short_and_differ(heads) and _stand_above_numbers(heads, level):
            foot = max(head.bottom for head in heads)
            for span, head in group:
                head.bottom, head.top = foot, foot - head.width
                upright[id(span)] = head
    return [upright.get(id(span), span) for span in spans]


def _turned_back(page: PageSpans, span: TextSpan) -> TextSpan:
    """`span` with the edges that it has on the page as it is seen."""
    head = span.copy()
    head.turn = 0
    if span.turn == _UPWARDS:
        head.left, head.right, head.top, head.bottom = (
            span.top,
            span.bottom,
            page.height - span.right,
            page.height - span.left,
        )
    else:
        head.left, head.right, head.top, head.bottom = (
            page.width - span.bottom,
            page.width - span.top,
            span.left,
            span.right,
        )
    return head


def _side_by_side(found: Sequence[tuple[TextSpan, TextSpan]]) -> Iterator[list[tuple[TextSpan, TextSpan]]]:
    """Runs of spans, each with what it is upright, that stand close beside one another, from left to right."""
    run: list[tuple[TextSpan, TextSpan]] = []
    for span, head in sorted(found, key=lambda pair: pair[1].left):
        last = run[-1][1] if run else head
        level = head.top < last.bottom and head.bottom > last.top
        if not (level and head.left - last.right < _BESIDE * head.width):
            yield run
            run = []
        run.append((span, head))
    yield run


def _are_short_and_differ(heads: Sequence[TextSpan]) -> bool:
    texts = {head.text for head in heads}
    return len(texts) == len(heads) >= _LEAST and max(map(len, texts)) <= _LONGEST


def _stand_above_numbers(heads: Sequence[TextSpan], level: Sequence[TextSpan]) -> bool:
    """Whether (nearly) each of `heads` has something below it in one row, of which a good part is numbers or marks."""
    foot = max(head.bottom for head in heads)
    reach = _REACH * max(head.width for head in heads)
    below = [span for span in level if foot - _ROW < span.top < foot + reach]
    for top in {span.top for span in below}:
        row = [span for span in below if abs(span.top - top) < _ROW]
        headed = sum(any(span.left < head.right and head.left < span.right for span in row) for head in heads)
        words = [word for span in row for word in span.text.split()]
        cells = sum(not word.isalpha() for word in words)
        if headed >= _HEADED * len(heads) and 2 * cells >= len(heads):
            return True
    return False
