"""The numbers along the vertical axes of charts, distinguished from the numbers of tables.

Those of an axis stand under one another at even distances and fall by even steps, or by an even factor, from top to
bottom. The columns of a table hardly ever do, so a line is taken out only where all of it is such numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragft.corpus.pdf.base import Line

_NUMBER = re.compile(r"[-−–]?(?P<mantissa>\d+(?:\.\d+)?)(?:\^(?P<exponent>[-−–]?\d+))?\s?[%kKM]?")
_FEWEST = 3
_ALIGNED = 8.0
"""Points by which the edges of numbers in one column may differ."""


@dataclass(frozen=True, slots=True)
class _Tick:
    line: int
    edges: tuple[float, float]
    middle: float
    value: float


def without_axes(lines: Sequence[Line]) -> list[Line]:
    """`lines` of a table or figure without those that only hold numbers along vertical axes."""
    ticks: list[_Tick] = []
    for index, line in enumerate(lines):
        values = [_value(cell.text) for cell in line.cells]
        ticks += [
            _Tick(index, (cell.left, cell.right), (cell.top + cell.bottom) / 2, value)
            for cell, value in zip(line.cells, values, strict=True)
            if value is not None and None not in values and line.table is None
        ]
    if len(ticks) < _FEWEST:
        return list(lines)
    count = [0] * len(lines)
    for run in (run for column in _columns(ticks) for run in _even_runs(column)):
        for tick in run:
            count[tick.line] += 1
    return [line for line, found in zip(lines, count, strict=True) if not found or found < len(line.cells)]


def _columns(ticks: Sequence[_Tick]) -> list[list[_Tick]]:
    """Numbers set flush with one another, left or right, from top to bottom."""
    columns: list[list[_Tick]] = []
    for tick in ticks:
        for column in columns:
            if any(abs(one - other) < _ALIGNED for one, other in zip(column[-1].edges, tick.edges, strict=True)):
                column.append(tick)
                break
        else:
            columns.append([tick])
    return [sorted(column, key=lambda tick: tick.middle) for column in columns]


def _even_runs(column: Sequence[_Tick]) -> list[list[_Tick]]:
    """The longest runs of numbers at even distances that fall by even steps or factors."""
    runs: list[list[_Tick]] = []
    run = list(column[:1])
    for tick in column[1:]:
        if len(run) > 1 and not _is_axis([*run, tick]):
            runs.append(run)
            run = run[-1:]
        run.append(tick)
    return [run for run in [*runs, run] if len(run) >= _FEWEST]


def _is_axis(run: Sequence[_Tick]) -> bool:
    steps = [after.middle - before.middle for before, after in pairwise(run)]
    values = [tick.value for tick in run]
    falls = [before - after for before, after in pairwise(values)]
    ratios = [before / after if after else 0.0 for before, after in pairwise(values)]
    return _is_even(steps, 0.15) and (_is_even(falls, 0.02) or (_is_even(ratios, 0.02) and ratios[0] > 1))


def _is_even(steps: Sequence[float], tolerance: float) -> bool:
    low, high = min(steps), max(steps)
    return low > 0 and high - low <= tolerance * high


def _value(text: str) -> float | None:
    match = _NUMBER.fullmatch(text.strip())
    if match is None or not match["mantissa"].isascii():
        return None
    value = float(match["mantissa"])
    if match["exponent"]:
        value **= max(-99, min(99, int(re.sub("[−–]", "-", match["exponent"]))))
    return -value if text.strip()[0] in "-−–" else value
