"""How long HTML, Markdown, DOCX and PDF files take to read, and a digest of what was read.

    python benchmarks/bench_readers.py                     # 20 files of 50 to 500 kB a format
    python benchmarks/bench_readers.py --profile html      # where the time goes
    python benchmarks/bench_readers.py --pdf DIR           # the PDF files of a folder in place of these

The files are made from the papers in corpus/papers, always the same ones: paragraphs with links, note marks and raised
text, tables, formulas (MathML), nested lists, code, scripts, a style sheet, navigation. Each file is read `--rounds`
times in this process; the best processor time counts. The digest covers titles, blocks, metadata and notes: as long as
it stays the same, a change made the reader faster or slower and nothing else.
"""

from __future__ import annotations

import argparse
import cProfile
import html
import pstats
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from ragft.workspace import digest_json

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("html", "md", "docx")
SIZES = [50_000 + step * 450_000 // 19 for step in range(20)]
HEAD = (
    """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | A journal</title>
<meta name="citation_title" content="{title}"><meta name="citation_author" content="Ann Author">
<style>
.hidden, .print-only { display: none } .up { vertical-align: super; font-size: 70% }
.lead { display: block; color: #333; background: #fff } nav a { color: white; background: #fff }
@media print { .no-print { display: none } } a:hover { color: red }
</style><script>window.data = {"a": [1, 2, 3]};</script></head><body>
<nav><ul>"""
    + "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(30))
    + "</ul></nav><main>"
)
FOOT = "</main><aside><a href='/more'>More like this</a></aside><footer><p>© A publisher</p></footer></body></html>"
FORMULA = (
    "<math><mrow><mi>W</mi><mo>=</mo><msub><mi>W</mi><mn>0</mn></msub><mo>+</mo><mfrac><mi>α</mi><mi>r</mi></mfrac>"
    "<msup><mi>B</mi><mrow><mi>A</mi><mo>+</mo><mn>1</mn></mrow></msup></mrow></math>"
)


def sentences() -> list[str]:
    """The paragraphs of the papers that come with ragft."""
    papers = [read_here(path) for path in sorted((ROOT / "corpus" / "papers").glob("*.pdf"))]
    return [block.text for paper in papers for block in paper.blocks if len(block.text) > 150]


def rich_html(text: str, chance: random.Random) -> str:
    """A paragraph with the inline elements that pages have."""
    words = html.escape(text).split()
    for place in range(5, len(words), 9):
        word, number = words[place], chance.randrange(1, 90)
        words[place] = chance.choice(
            [
                f'<a href="https://example.org/{number}">{word}</a>',
                f'{word}<sup><a href="#note-{number}">{number}</a></sup>',
                f'{word} [<a href="#ref-{number}">{number}</a>]',
                f"<em>{word}</em> x<sub>{number % 9}</sub> and 10<sup>-{number % 7 + 1}</sup>",
                f'<span class="up">{number}</span> <b>{word}</b>',
                f'<span class="term" style="color: #222">{word}</span><span style="display:none">unseen</span>',
                f"{word} {FORMULA}",
                f"<code>{word}</code><!-- a comment -->",
            ]
        )
    return " ".join(words)


def parts(size: int, texts: list[str], chance: random.Random) -> Iterator[tuple[str, str | list[list[str]]]]:
    """(kind, content) of the parts of a file that is about `size` bytes long as HTML."""
    source = islice(cycle(texts), chance.randrange(len(texts)), None)
    kinds = cycle("heading text text list text table text text code text figure text".split())
    made = 0
    while made < size:
        kind, text = next(kinds), next(source)
        if kind == "table":
            rows = [[f"{chance.random():.3f}" for _ in range(6)] for _ in range(12)]
            yield kind, [text.split()[:6], *rows]
            made += 1600
        else:
            yield kind, text
            made += 2 * len(text) if kind == "text" else min(len(text), 400)


def make_html(size: int, texts: list[str], chance: random.Random) -> bytes:
    """A page of an article."""
    pieces = [HEAD.replace("{title}", "A study of rank")]
    for kind, content in parts(size, texts, chance):
        if isinstance(content, list):
            rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in content)
            pieces.append(f"<table><caption>Results</caption><thead></thead><tbody>{rows}</tbody></table>")
            continue
        words = content.split()
        match kind:
            case "heading":
                pieces.append(
                    f'<h2 id="s{len(pieces)}">{html.escape(" ".join(words[:6]))}<a class="headerlink">¶</a></h2>'
                )
            case "list":
                items = "".join(f"<li>{html.escape(' '.join(words[n : n + 8]))}</li>" for n in range(0, len(words), 8))
                pieces.append(f"<ul><li>First<ul>{items}</ul></li><li>Second<ol>{items}</ol></li></ul>")
            case "code":
                pieces.append(
                    f"<pre><code>for x in y:\n    {html.escape(content[:300])}\n</code></pre><script>a()</script>"
                )
            case "figure":
                pieces.append(
                    f"<figure><img alt=plot><svg><text>1</text></svg><figcaption>{content[:120]}</figcaption></figure>"
                )
            case _:
                pieces.append(f'<div class="para"><p class="text">{rich_html(content, chance)}</p></div>')
    return "\n".join([*pieces, FOOT]).encode()


def make_markdown(size: int, texts: list[str], chance: random.Random) -> bytes:
    """The same kinds of parts as Markdown."""
    pieces = ["# A study of rank"]
    for kind, content in parts(size, texts, chance):
        if isinstance(content, list):
            head, *rows = ("| " + " | ".join(row) + " |" for row in content)
            pieces.append("\n".join([head, "|---" * 6 + "|", *rows]))
            continue
        words = content.replace("$", "").split()
        match kind:
            case "heading":
                pieces.append("## " + " ".join(words[:6]))
            case "list":
                pieces.append(
                    "\n".join(f"{'  ' * (n % 2)}- {' '.join(words[n : n + 8])}" for n in range(0, len(words), 8))
                )
            case "code":
                pieces.append(f"```python\n{content[:300]}\n```")
            case _:
                for place in range(5, len(words), 9):
                    word = words[place]
                    words[place] = chance.choice([f"**{word}**", f"[{word}](https://x.org)", f"`{word}`", "$x_i^2$"])
                pieces.append(" ".join(words))
    return "\n\n".join(pieces).encode()


def make_docx(size: int, texts: list[str], chance: random.Random) -> bytes:
    """The same kinds of parts as a Word document."""
    import io

    import docx

    document = docx.Document()
    document.add_heading("A study of rank", 0)
    for kind, content in parts(size, texts, chance):
        if isinstance(content, list):
            table = document.add_table(0, 6)
            for row in content:
                for cell, text in zip(table.add_row().cells, row, strict=False):
                    cell.text = text
            continue
        if kind == "heading":
            document.add_heading(" ".join(content.split()[:6]), 2)
            continue
        paragraph = document.add_paragraph(style="List Bullet" if kind == "list" else None)
        words = content.split()
        for place in range(0, len(words), 9):
            paragraph.add_run(" ".join(words[place : place + 8]) + " ")
            run = paragraph.add_run(str(place % 90))
            run.font.superscript, run.bold = chance.random() < 0.3, chance.random() < 0.3
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


MAKERS: dict[str, Callable[[int, list[str], random.Random], bytes]] = {
    "html": make_html,
    "md": make_markdown,
    "docx": make_docx,
}


def measure(files: list[Path], rounds: int) -> tuple[float, list[Document]]:
    """Seconds of processor time that all files take, each by the best of its rounds, and what was read."""
    seconds, documents = 0.0, []
    for file in files:
        times = []
        for _ in range(rounds):
            started = time.process_time()
            document = read_here(file)
            times.append(time.process_time() - started)
        seconds += min(times)
        documents.append(document)
    return seconds, documents


def digest(documents: list[Document]) -> str:
    """Over all that was read, but not where the files lay."""
    return digest_json([{**asdict(document), "id": "", "path": ""} for document in documents])[7:19]


def main() -> None:
    """Print a line a format, or a profile of one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", choices=FORMATS)
    parser.add_argument("--pdf", type=Path, metavar="DIR", help="only this: the PDF files in a folder")
    given = parser.parse_args()
    if given.pdf:
        show("pdf", sorted(given.pdf.glob("*.pdf")), given.rounds)
        return
    texts = sentences()
    with tempfile.TemporaryDirectory() as root:
        for name in [given.profile] if given.profile else given.formats:
            files = [Path(root, f"{number:02}.{name}") for number in range(len(SIZES))]
            for number, (file, size) in enumerate(zip(files, SIZES, strict=True)):
                file.write_bytes(MAKERS[name](size, texts, random.Random(number)))
            if given.profile:
                read_here(files[0])
                with cProfile.Profile() as profile:
                    measure(files, 1)
                pstats.Stats(profile).sort_stats("tottime").print_stats(30)
                return
            show(name, files, given.rounds)


def show(name: str, files: list[Path], rounds: int) -> None:
    """Print the time that files take, and the digest of what was read."""
    read_here(files[0])  # what is imported late is not counted
    seconds, documents = measure(files, rounds)
    kilobytes = sum(file.stat().st_size for file in files) / 1e3
    blocks = sum(len(document.blocks) for document in documents)
    speed = f"{1e3 * seconds / len(files):6.1f} ms a file, {kilobytes / seconds / 1e3:5.2f} MB/s"
    print(f"{name:5} {kilobytes:6.0f} kB, {blocks:5} blocks: {speed}; digest {digest(documents)}")


if __name__ == "__main__":
    main()
