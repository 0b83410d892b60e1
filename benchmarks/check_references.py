"""How many of the ten best hits of each question are entries of a reference list. There should be none.

    python benchmarks/check_references.py ../shared/data/papers/good

Asks the questions of questions_good.txt (60 over those 23 papers) of a fresh index and looks at every hit with two
witnesses: the rule by which entries are recognised when a paper is read, and one that shares nothing with it, how
often the text names where papers appear. Prints each hit that either of them takes for references; exit code 1 if any.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from ragft.corpus.sections import is_reference_entry
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

QUESTIONS = Path(__file__).with_name("questions_good.txt")
VENUE = re.compile(
    r"arXiv preprint|arXiv:\d|CoRR|In Proceedings|Proceedings of|Advances in Neural|Association for Comp|\bpp\. \d"
    r"|pages \d+[-–]\d+|https://doi|In International Conference|Trans\. "
)
HITS = 10


def is_references(text: str) -> bool:
    """Whether a hit holds an entry as a paragraph of its own, or names two or more places of publication."""
    return any(is_reference_entry(line) for line in text.split("\n")) or len(VENUE.findall(text)) >= 2


def main() -> None:
    """Ask, count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    given = parser.parse_args()
    questions = QUESTIONS.read_text("utf-8").splitlines()
    found = hits = 0
    with tempfile.TemporaryDirectory() as root, open_index(Workspace(Path(root)), IndexSettings()) as index:
        index.ingest([given.folder])
        for question in questions:
            for hit in index.search(question, HITS):
                hits += 1
                if is_references(hit.text):
                    found += 1
                    print(f"{question}\n  {hit.title}, page {hit.pages[0]}: {hit.text[:160]!r}")
    print(f"{found} of {hits} hits of {len(questions)} questions are entries of reference lists")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
