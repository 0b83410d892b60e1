"""Which numbers of PDF files pypdf and pdfium read and ours does not, page by page, and the other way round.

    python benchmarks/compare_pdf_readers.py DIR [--pages]

A number is a run of digits. One counts as read on its page if it is in a block of that page, or in a block of the page
before that goes on. Pages with entries of the reference list, which is left out on purpose, are not counted.
`both` are the numbers on which pypdf and pdfium agree. `--pages` prints for each page what ours lacks of these.
"""

from __future__ import annotations

import argparse
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pypdf
import pypdfium2

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here

Numbers = Counter[str]
_REFERENCES = re.compile(r"reference list \(pages? ([\d, -]+)\)")


@dataclass
class Tally:
    """Numbers that a reader has, those of them that ours lacks, and those that only ours has."""

    read: int = 0
    lacking: int = 0
    only_ours: int = 0
    pages: list[tuple[str, int, Numbers]] = field(default_factory=list)


def main() -> None:
    """Print a line for each reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", action="store_true")
    given = parser.parse_args()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    tallies = {"pypdf": Tally(), "pdfium": Tally(), "both": Tally()}
    for path in sorted(given.folder.glob("*.pdf")):
        document = read_here(path)
        pypdf_pages = [numbers(page.extract_text()) for page in pypdf.PdfReader(path, strict=False).pages]
        with pypdfium2.PdfDocument(path) as pdf:
            pdfium_pages = [numbers(pdf[index].get_textpage().get_text_bounded()) for index in range(len(pdf))]
        shared = [one & other for one, other in zip(pypdf_pages, pdfium_pages, strict=True)]
        for tally, pages in zip(tallies.values(), (pypdf_pages, pdfium_pages, shared), strict=True):
            compare(tally, document, pages)
    for name, tally in tallies.items():
        print(f"{name:7} {tally.read:6} numbers, ours lacks {tally.lacking}; only ours has {tally.only_ours}")
    for path_name, page, lacking in tallies["both"].pages if given.pages else ():
        print(f"{path_name[:40]:40} {page:3}  {' '.join(sorted(lacking.elements(), key=int))}")


def numbers(text: str) -> Numbers:
    """The runs of digits in `text`, whatever type they are set in."""
    return Counter(re.findall(r"[0-9]+", unicodedata.normalize("NFKC", text)))


def compare(tally: Tally, document: Document, pages: Sequence[Numbers]) -> None:
    """Add the numbers of a document, as another reader finds them on its `pages`, to `tally`."""
    ours = [numbers("") for _ in range(len(pages) + 1)]
    for block in document.blocks:
        ours[block.page] += numbers(block.text)
    ours[1] += numbers(" ".join([document.title, *document.authors]))
    left_out = reference_pages(document)
    rest = Counter[str]()
    everything, theirs = Counter[str](), Counter[str]()
    for page, found in enumerate(pages, start=1):
        have = ours[page] + rest
        rest = have - found
        if page in left_out:
            continue
        lacking = found - have
        tally.read += found.total()
        tally.lacking += lacking.total()
        everything += ours[page]
        theirs += found
        if lacking:
            tally.pages.append((Path(document.path).name, page, lacking))
    tally.only_ours += (everything - theirs).total()


def reference_pages(document: Document) -> set[int]:
    """The pages of the reference list, by the note on it."""
    match = _REFERENCES.search(" ".join(document.warnings))
    ranges = [part.strip().partition("-") for part in match[1].split(",")] if match else []
    return {page for first, _, last in ranges for page in range(int(first), int(last or first) + 1)}


if __name__ == "__main__":
    main()
