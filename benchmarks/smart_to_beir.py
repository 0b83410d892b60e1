"""Writes a test collection in the form of SMART (Cranfield, CACM, NPL) as a folder in BEIR form.

    python benchmarks/smart_to_beir.py cran.all.1400 cran.qry cranqrel cranfield
    python benchmarks/bench_retrieval.py cranfield

The collections are not ours to ship; many courses on information retrieval offer the three files. In them `.I` begins a
record, and `.T`, `.W` and other letters its parts. The judgements have query, document and maybe a grade on each line,
and count the queries from 1 in their order: the numbers of Cranfield's own file skip some. Every judged document is
relevant, but where the grade is -1 or 5, "of no interest".

Queries are called q1, q2, …, because a query with the name of a document does not find that document.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_RECORD = re.compile(r"^\.I\s+(\d+)\s*$", re.MULTILINE)
_PART = re.compile(r"^\.([A-Z])\s*$", re.MULTILINE)
_NO_INTEREST = ("-1", "5")


def main() -> None:
    """Read three files and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("documents", "queries", "judgements", "folder"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    corpus = [as_row(name, parts) for name, parts in records(given.documents)]
    asked = [parts.get("W", "") for _, parts in records(given.queries)]
    (given.folder / "qrels").mkdir(parents=True, exist_ok=True)
    write(given.folder / "corpus.jsonl", corpus)
    write(given.folder / "queries.jsonl", [{"_id": f"q{n}", "text": text} for n, text in enumerate(asked, start=1)])
    lines = ["query-id\tcorpus-id\tscore", *relevant(given.judgements)]
    (given.folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{given.folder}: {len(corpus)} documents, {len(asked)} queries, {len(lines) - 1} relevant documents")


def records(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The number of each record, and the text of its parts by letter, white space joined."""
    _, *found = _RECORD.split(path.read_text(encoding="utf-8", errors="replace"))
    for number, body in zip(found[::2], found[1::2], strict=True):
        _, *parts = _PART.split(body)
        yield number, {part: " ".join(text.split()) for part, text in zip(parts[::2], parts[1::2], strict=True)}


def as_row(name: str, parts: Mapping[str, str]) -> dict[str, str]:
    """A document of BEIR's; Cranfield's texts begin with their title."""
    title = parts.get("T", "")
    return {"_id": name, "title": title, "text": parts.get("W", "").removeprefix(title).strip()}


def relevant(path: Path) -> Iterator[str]:
    """A line of query, document and 1 for every relevant document."""
    for line in path.read_text(encoding="utf-8").splitlines():
        query, document, *grade = line.split()
        if grade[:1] not in ([value] for value in _NO_INTEREST):
            yield f"q{int(query)}\t{int(document)}\t1"


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """One object a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
