"""How much of 22 made pages each reader of HTML keeps, once and in order: ours, trafilatura, markitdown.

    pip install trafilatura markitdown && python benchmarks/compare_html_readers.py

The pages are those of tests/corpus/readers/html/html_pages.py. `kept` counts phrases that are seen and were read in
their order, `twice` those read more than once, `unseen` phrases that are hidden, navigation or controls and were
read. Readers that are not installed are passed over.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from ragft.corpus.readers import read_here
from ragft.errors import DocumentError
from tests.corpus.readers.html.html_pages import PAGES, Made


def main() -> None:
    """Print a line for each reader."""
    print(f"{'reader':12} {'kept':>9} {'twice':>6} {'unseen':>8} {'whole pages':>12}")
    for name, read in (("ours", _ours), ("trafilatura", _trafilatura), ("markitdown", _markitdown)):
        try:
            importlib.import_module("ragft" if name == "ours" else name)
        except ImportError:
            print(f"{name:12} is not installed")
            continue
        _compare(name, read)


def _compare(name: str, read: Callable[[str], str]) -> None:
    kept = twice = unseen = whole = 0
    for page in PAGES:
        text = " ".join(read(page.html).split())
        found = _in_order(page, text)
        again = sum(text.count(" ".join(phrase.split())) > 1 for phrase in page.seen if len(phrase) > 12)
        wrong = sum(phrase in text for phrase in page.unseen)
        kept, twice, unseen = kept + found, twice + again, unseen + wrong
        whole += found == len(page.seen) and not again and not wrong
    seen, hidden = sum(len(page.seen) for page in PAGES), sum(len(page.unseen) for page in PAGES)
    print(f"{name:12} {kept:4}/{seen:<4} {twice:6} {unseen:4}/{hidden:<3} {whole:9}/{len(PAGES)}")


def _in_order(page: Made, text: str) -> int:
    found = end = 0
    for phrase in page.seen:
        place = text.find(" ".join(phrase.split()), end)
        if place >= 0:
            found, end = found + 1, place
    return found


def _ours(html: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.html"
        path.write_text(html, encoding="utf-8")
        try:
            document = read_here(path)
        except DocumentError:
            return ""
    return "\n".join([document.title, *(block.text for block in document.blocks)])


def _trafilatura(html: str) -> str:
    library = importlib.import_module("trafilatura")
    return library.extract(html, favor_recall=True, include_tables=True, include_comments=True) or ""


def _markitdown(html: str) -> str:
    library = importlib.import_module("markitdown")
    result = library.MarkItDown().convert_stream(BytesIO(html.encode()), file_extension=".html")
    return f"{result.title or ''}\n{result.text_content}"


if __name__ == "__main__":
    main()
