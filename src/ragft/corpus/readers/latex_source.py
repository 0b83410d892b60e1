"""The source of a LaTeX document as one text: parts put in the place of `\\input`, comments taken out.

Parts are read from the folder of the document and those in it alone. Nothing is ever run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.readers.base import LARGEST_TEXT

_CODE = "verbatim|Verbatim|lstlisting|minted|alltt"
_ENDING = r"(?:\n(?![ \t]*\n)[ \t]*)?"  # a comment takes its line end with it, but no blank line
_LITERAL_OR_COMMENT = re.compile(
    rf"\\begin\{{(?P<code>(?:{_CODE})\*?)\}}(?:\[[^\]]*\])?(?:\{{\w+\}})?(?P<lines>.*?)\\end\{{(?P=code)\}}"
    r"|\\(?:verb|lstinline)\*?(?P<bar>[^\w\s*{])[^\n]*?(?P=bar)|(?P<link>\\(?:url|href|path)\s*\{[^{}\s]*\})"
    rf"|(?P<gone>\\begin\{{comment\}}.*?\\end\{{comment\}}|\\iffalse\b.*?\\fi\b)"
    rf"|(?<!\\)(?P<escaped>(?:\\\\)*)%[^\n]*{_ENDING}",
    re.DOTALL,
)
_SIGN = re.compile(r"(?<!\\)[%&#_]")
_INPUT = re.compile(
    r"\\(?:(?:input|include|subfile)(?![A-Za-z])\s*(?:\{(?P<name>[^{}]*)\}|(?P<bare>[^\s{}\\]+))"
    r"|(?:sub)?import\s*\{(?P<folder>[^{}]*)\}\s*\{(?P<within>[^{}]*)\})"
)
_LINE_END = "\n"
_END = re.compile(r"\\end\s*\{document\}|\\endinput\b")
_ENCODING = re.compile(rb"\\usepackage\s*\[([\w-]+)\]\s*\{inputenc\}")
_ENCODINGS = {"latin1": "iso-8859-1", "latin9": "iso-8859-15", "ansinew": "windows-1252", "cp1252": "windows-1252",
              "applemac": "macintosh", "utf8x": "utf-8"}  # fmt: skip
_MOST_PARTS = 1000
_DEEPEST = 16
_NO_TEXT = frozenset({".bib", ".bbl", ".sty", ".cls", ".tikz", ".pgf", ".pdf_tex", ".bst", ".def", ".cfg"})


def encoding_of(data: bytes) -> str:
    """The encoding that a file names for itself, as the web calls it."""
    found = _ENCODING.search(data)
    name = found.group(1).decode("ascii", "replace") if found else ""
    return _ENCODINGS.get(name, name)


def without_comments(text: str) -> str:
    """`text` without comments and what is switched off; code is put into `verbatim`, whatever package it was for."""
    return _LITERAL_OR_COMMENT.sub(_kept, text.replace("\r\n", "\n").replace("\r", "\n"))


def _kept(match: re.Match[str]) -> str:
    if match["code"]:
        return f"\\begin{{verbatim}}{match['lines']}\\end{{verbatim}}"
    if match["link"]:
        return _SIGN.sub(r"\\\g<0>", match["link"]).replace("~", r"\textasciitilde{}")
    if match["gone"] is not None:
        return ""
    return match["escaped"] if match["escaped"] is not None else match.group()


class Parts:
    """Puts parts into the text of a document.

    Attributes:
        read: the parts put in so far, and the SHA-256 of their bytes.
        notes: which were left out, and why.
    """

    def __init__(self, path: Path, encoding: str = "") -> None:
        self.read: dict[Path, str] = {}
        self.notes: list[str] = []
        self._encoding = encoding
        self._folder = path.absolute().parent.resolve()
        self._size = 0

    def whole(self, text: str, within: tuple[Path, ...] = ()) -> str:
        """`text` without comments, its parts in their places, up to its end; `within` are the parts it stands in."""
        text = without_comments(text)
        end = _END.search(text)
        return _INPUT.sub(lambda match: self._part(match, within), text[: end.start()] if end else text)

    def _part(self, match: re.Match[str], within: tuple[Path, ...]) -> str:
        name = match["name"] or match["bare"] or f"{match['folder'] or ''}/{match['within'] or ''}"
        name = name.strip().strip('"').strip("/") if not match["folder"] else name
        if Path(name).suffix.casefold() in _NO_TEXT or not name:
            return " "
        path = self._find(name, within)
        if path is None:
            return " "
        if path in within or len(within) >= _DEEPEST or len(self.read) >= _MOST_PARTS:
            self.notes.append(f"{name} is not read: it is part of itself, or there are too many parts")
            return " "
        self._size += path.stat().st_size
        if self._size > LARGEST_TEXT:
            self.notes.append(f"{name} is not read: the parts are larger than {LARGEST_TEXT >> 20} MiB")
            return " "
        try:
            data = path.read_bytes()
            text, notes = decode(data, self._encoding)
        except (UnknownEncodingError, OSError) as error:
            self.notes.append(f"{name} is not read: {error}")
            return " "
        self.read[path] = hashlib.sha256(data).hexdigest()
        self.notes += [f"{name}: {note}" for note in notes]
        return f" {self.whole(text, (*within, path)).removesuffix(_LINE_END)} "

    def _find(self, name: str, within: tuple[Path, ...]) -> Path | None:
        """The file of a part; none, and a note, where it is missing or outside of the folder."""
        folders = [self._folder, *(within[-1:] and [within[-1].parent])]
        for path in _candidates(folders, name):
            if not path.is_relative_to(self._folder):
                self.notes.append(f"{name} is not read: it lies outside of the folder of the document")
                return None
            return path
        self.notes.append(f"{name} is missing")
        return None


def _candidates(folders: list[Path], name: str) -> Iterator[Path]:
    """The files of that name, links followed."""
    for folder in folders:
        for named in (f"{name}.tex", name):
            try:
                path = (folder / named).resolve()
                if path.is_file():
                    yield path
            except (OSError, ValueError):  # a name that no file system takes
                continue


def parts_of(path: Path) -> Mapping[Path, str]:
    """The files that a LaTeX document takes in, resolved, with their SHA-256; none where it cannot be read."""
    try:
        data = path.read_bytes()
        parts = Parts(path, encoding_of(data))
        parts.whole(decode(data, encoding_of(data))[0])
    except (UnknownEncodingError, OSError, RecursionError):
        return {}
    return parts.read
