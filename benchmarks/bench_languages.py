"""What the gate does with questions in other languages than English.

    python benchmarks/bench_languages.py ../shared/data/judge xquad.de xquad.zh jsquad.ja

Of each set (B_NAME.jsonl: question, passage, answerable) at most 240 passages are indexed, in two halves apart from
each other. Every answerable question is asked of the half with its passage, and of the other, which counts as an absent
subject: too strict where both halves hold passages of one article, so false answers are at most what is printed.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path

from ragft.answer.checking.support import Supporter
from ragft.answer.refusal.features import Closest, Features, question_features
from ragft.answer.refusal.shipped import SHIPPED
from ragft.index.index import Index, open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

PASSAGES = 240


def half(folder: Path, passages: list[str]) -> Index:
    """An index of `passages`, a file each."""
    source = folder / "texts"
    source.mkdir(parents=True)
    for number, passage in enumerate(passages):
        (source / f"{number}.txt").write_text(f"Note {number}\n\n{passage}\n", encoding="utf-8")
    index = open_index(Workspace(folder / "workspace"), IndexSettings())
    index.ingest([source])
    return index


def measure(path: Path, folder: Path) -> str:
    """A line for one set."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    passages = list(dict.fromkeys(row["passage"] for row in rows))
    random.Random(0).shuffle(passages)
    parts = passages[:PASSAGES][::2], passages[:PASSAGES][1::2]
    indexes = [half(folder / f"{path.stem}-{number}", part) for number, part in enumerate(parts)]
    supporters = [Supporter(index.embed, reads=index.reads) for index in indexes]
    asked: dict[bool, list[Features]] = {True: [], False: []}
    found = 0.0
    for row in rows:
        own = next((n for n, part in enumerate(parts) if row["passage"] in part), None)
        if not row["answerable"] or own is None:
            continue
        for number, index in enumerate(indexes):
            hits = index.search(row["question"], 8)
            asked[number == own].append(question_features(Closest(row["question"], supporters[number]), hits))
            if number == own:
                title = f"Note {parts[own].index(row['passage'])}"
                found += next((1 / hit.rank for hit in hits if hit.title == title), 0.0)
    refused = sum(SHIPPED.gate.probability(features) < SHIPPED.gate_threshold for features in asked[True])
    answered = sum(SHIPPED.gate.probability(features) >= SHIPPED.gate_threshold for features in asked[False])
    count = len(asked[True])
    return (
        f"{path.stem:24} questions {count:4}  MRR {found / count:.3f}  false refusals {refused / count:6.1%}  "
        f"false answers {answered / count:6.1%}"
    )


def main() -> None:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+", metavar="NAME")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in given.names:
            print(measure(given.folder / f"B_{name}.jsonl", Path(folder)), flush=True)


if __name__ == "__main__":
    main()
