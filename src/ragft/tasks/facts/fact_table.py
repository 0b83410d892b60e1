"""The table: a row an entity, a column an attribute, with its unit in the header.

    river,length (km),receiving water
    Volga,3531,Caspian Sea

    table = read_table(Path("rivers.csv"))
    table.facts[0].statement        # "The length of the river Volga is 3531 km."

An empty cell makes no fact.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ragft.corpus.readers.base import SourceFile
from ragft.corpus.readers.csv_file import read_records
from ragft.errors import DatasetError, DocumentError, UsageError
from ragft.machine import composed
from ragft.pipeline.source_files import source_files

_UNIT = re.compile(r"\s*[(\[](?P<unit>[^()\[\]]+)[)\]]\s*$")
_NO_KIND = frozenset(("", "entity", "id", "item", "key", "label", "name", "title"))
"""Headers of the first column that say nothing of what stands below."""


@dataclass(frozen=True)
class TableAttribute:
    """A column: its name, the unit of its values ("" for none), and whether these are quantities."""

    name: str
    unit: str
    quantity: bool


@dataclass(frozen=True)
class TableFact:
    """A cell: one value of an entity. `entity` is the name alone, `subject` with its kind ("the river Volga")."""

    entity: str
    subject: str
    attribute: TableAttribute
    value: str

    @property
    def id(self) -> str:
        """The entity and the attribute, which no other fact of the table shares."""
        return f"{self.entity}: {self.attribute.name}"

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return f"{self.value} {self.attribute.unit}".rstrip()

    @property
    def number(self) -> float:
        """The value of a quantity; nan of anything else."""
        return number_of(self.value)

    @property
    def key(self) -> str | float:
        """What facts of one value share, however it is written: the number of a quantity, the text of anything else."""
        return self.number if self.attribute.quantity else self.value

    @property
    def statement(self) -> str:
        """The fact as a sentence."""
        return f"The {self.attribute.name} of {self.subject} is {self.shown}."


@dataclass(frozen=True)
class FactTable:
    """All facts, those of an entity together, in the order of the file. `kind` is what the entities are ("river"); ""
    where the header does not tell.

    What is looked up for each fact is kept: a table has thousands.
    """

    kind: str
    facts: tuple[TableFact, ...]

    @cached_property
    def entities(self) -> tuple[str, ...]:
        """The names of all entities, each once, in the order of the file."""
        return tuple(dict.fromkeys(fact.entity for fact in self.facts))

    @cached_property
    def attributes(self) -> tuple[TableAttribute, ...]:
        """The columns that have a value."""
        return tuple(dict.fromkeys(fact.attribute for fact in self.facts))

    def of(self, entities: Sequence[str]) -> FactTable:
        """A table of the facts about these entities only, in the same order."""
        wanted = frozenset(entities)
        return FactTable(self.kind, tuple(fact for fact in self.facts if fact.entity in wanted))

    @cached_property
    def by_attribute(self) -> Mapping[TableAttribute, tuple[TableFact, ...]]:
        """The facts of each column, in order."""
        found: dict[TableAttribute, list[TableFact]] = defaultdict(list)
        for fact in self.facts:
            found[fact.attribute].append(fact)
        return {attribute: tuple(facts) for attribute, facts in found.items()}

    @cached_property
    def by_cell(self) -> Mapping[tuple[str, str], str]:
        """The value of each entity and name of an attribute."""
        return {(fact.entity, fact.attribute.name): fact.value for fact in self.facts}

    def distinct(self, attribute: TableAttribute) -> int:
        """How many values the attribute has; 7 and 7.0 are one number."""
        return self._distinct.get(attribute, 0)

    @cached_property
    def _distinct(self) -> Mapping[TableAttribute, int]:
        return {attribute: len({fact.key for fact in facts}) for attribute, facts in self.by_attribute.items()}


def find_table(paths: Sequence[Path]) -> Sequence[Path]:
    """The one file of the sources; raises as `source_files`."""
    return source_files(
        paths, "table of facts", example="ragft build-model --task facts TABLE.csv", form="a CSV or TSV file"
    )


def read_table(path: Path, entity: str = "") -> FactTable:
    """The table in a CSV or TSV file.

    Args:
        entity: the header of the column that names the entities; "": the first.

    Raises:
        DatasetError: it cannot be read, names an entity or an attribute twice, has a unit alone as the header of a
            column, or holds no fact.
        UsageError: there is no column of that name.
    """
    try:
        records = read_records(SourceFile(path, ""))
    except DocumentError as error:
        raise DatasetError(error.message, fix=error.fix) from error
    rows = [[composed(" ".join(cell.split())) for cell in row] for _, row in records]
    header, *body = rows or [[]]
    column = _column(header, entity, path)
    names = [row[column] if column < len(row) else "" for row in body]
    _refuse_repeated(header, path, "column")
    _refuse_repeated(names, path, "entity")
    attributes = {
        place: _attribute(text, [row[place] for row in body if place < len(row) and row[place]], path)
        for place, text in enumerate(header)
        if place != column and text
    }
    _refuse_repeated([attribute.name for attribute in attributes.values()], path, "attribute")
    kind = _kind(header[column])
    facts = [
        TableFact(name, f"the {kind} {name}" if kind else name, attribute, row[place])
        for name, row in zip(names, body, strict=True)
        for place, attribute in attributes.items()
        if name and place < len(row) and row[place]
    ]
    if not facts:
        raise DatasetError(f"{path} holds no fact", fix="a header, then a row an entity: river,length (km)")
    return FactTable(kind, tuple(facts))


def number_of(text: str) -> float:
    """The number that a cell holds, with or without commas between its thousands; nan where it holds none."""
    bare = text.replace(",", "") if re.fullmatch(r"[-+−]?\d{1,3}(,\d{3})+(\.\d+)?", text) else text
    try:
        found = float(bare.replace("−", "-"))
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def _column(header: Sequence[str], name: str, path: Path) -> int:
    if not name:
        return 0
    if name not in header:
        raise UsageError(f"{path} has no column {name!r}", fix=f"facts.entity is one of {', '.join(header)}")
    return list(header).index(name)


def _refuse_repeated(names: Sequence[str], path: Path, what: str) -> None:
    if twice := [name for name, count in Counter(map(str.casefold, filter(None, names))).items() if count > 1]:
        first = next(name for name in names if name.casefold() == twice[0])
        raise DatasetError(f"{path}: the {what} {first!r} is there twice", fix="give each a name of its own")


def _kind(header: str) -> str:
    text = _UNIT.sub("", header)
    return "" if text.casefold() in _NO_KIND else text


def _attribute(header: str, values: Sequence[str], path: Path) -> TableAttribute:
    found, name = _UNIT.search(header), _UNIT.sub("", header)
    if not name:
        raise DatasetError(f"{path}: the column {header!r} is a unit without a name", fix=f"name it: length {header}")
    quantity = bool(values) and not any(math.isnan(number_of(value)) for value in values)
    return TableAttribute(name, found["unit"].strip() if found else "", quantity)
