"""A LaTeX document of a given body, written and read."""

from __future__ import annotations

from pathlib import Path

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here


def read_latex(folder: Path, body: str, preamble: str = "", kind: str = "article") -> Document:
    main = folder / "main.tex"
    main.write_text(f"\\documentclass[a4]{{{kind}}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\nafter")
    return read_here(main)


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def read(folder: Path, body: str, preamble: str = "", kind: str = "article") -> list[str]:
    """The texts of the blocks of a document."""
    return texts(read_latex(folder, body, preamble, kind))


def line(folder: Path, body: str, preamble: str = "") -> str:
    """How `body` reads between the words "It" and "z"."""
    text = " ".join(read(folder, f"It {body} z", preamble))
    return text.removeprefix("It ").removesuffix("z").strip()
