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
from ragft.corpus.readers.latex.groups import CODE

_CODE = "verbatim|Verbatim|lstlisting|minted|alltt"
_ENDING = r"(?:\n(?![ \t]*\n)[ \t]*)?"  # a comment takes its line end with it, but no blank line
_APART = re.compile(
    rf"(?P<open>\\begin\{{(?P<code>(?:{_CODE})\*?)\}}(?:\[(?:(?!\\(?:begin|end)\b)[^\]]){{0,1000}}\])?(?:\{{\w+\}})?)"
    r"|\\(?:verb|lstinline)\*?(?P<bar>[^\w\s*{])[^\n]*?(?P=bar)|(?P<link>\\(?:url|href|path)\s*\{[^{}\s]*\})"
    r"|(?P<gone>\\begin\{comment\})"
    rf"|(?<!\\)(?P<escaped>(?:\\\\)*)%[^\n]*{_ENDING}"
)
"""Code, links and comments; of environments only the beginning."""
_BRANCH = re.compile(
    rf"{CODE}|\\newif\s*\\if[A-Za-z@]+|\\(?:(?P<false>iffalse)|(?P<otherwise>else)|(?P<end>fi))(?![A-Za-z@])"
    r"|\\(?P<condition>if(?!f(?![A-Za-z@]))[A-Za-z@]*)(?![A-Za-z@])(?!\s*\{)",
    re.DOTALL,
)
_SIGN = re.compile(r"(?<!\\)[%&#_]")
_PACKAGES = re.compile(r"\\(?:usepackage|RequirePackage)\s{0,9}(?:\[[^\]]{0,999}\])?\s{0,9}\{([^{}]{1,999})\}")
_MOST_STYLES, _LARGEST_STYLE = 20, 1024 * 1024
_INPUT = re.compile(
    r"\\(?:(?:input|include|subfile)(?![A-Za-z])\s*(?:\{(?P<name>[^{}]*)\}|(?P<bare>[^\s{}\\]+))"
    r"|(?:sub)?import\s*\{(?P<folder>[^{}]*)\}\s*\{(?P<within>[^{}]*)\})"
)
_LINE_END = "\n"
_END = re.compile(r"\\end\s*\{document\}|\\endinput\b")
_ENCODING = re.compile(rb"\\usepackage\s*\[([\w-]+)\]\s*\{inputenc\}")
_ENCODINGS = {"latin1": "iso-8859-1", "latin9": "iso-8859-15", "ansinew": "windows-1252", "cp1252": "windows-1252",
              "applemac": "macintosh", "utf8x": "utf-8"}  # fmt: skip
_MOST_VISITS = 1000
"""How often parts are put in: ten parts that each take in the next one four times stand in 4^10 places."""
_DEEPEST = 16
_NO_TEXT = frozenset({".bib", ".bbl", ".sty", ".cls", ".tikz", ".pgf", ".pdf_tex", ".bst", ".def", ".cfg"})


def encoding_of(data: bytes) -> str:
    """The encoding that a file names for itself, as the web calls it."""
    found = _ENCODING.search(data)
    name = found.group(1).decode("ascii", "replace") if found else ""
    return _ENCODINGS.get(name, name)


def without_comments(text: str) -> str:
    """`text` without comments and what is switched off; code is put into `verbatim`, whatever package it was for."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept: list[str] = []
    missing: set[str] = set()  # ends that are not in the rest: looked for once, or the time would grow with the square
    position = 0
    while match := _APART.search(text, position):
        kept.append(text[position : match.start()])
        position = match.end()
        if not (match["code"] or match["gone"]):
            kept.append(_kept(match))
            continue
        closing = rf"\end{{{match['code'] or 'comment'}}}"
        end = None if closing in missing else _closed(text, closing, position)
        if end is None:
            missing.add(closing)
            kept.append(text[match.start()])
            position = match.start() + 1
            continue
        if match["code"]:
            kept.append(f"\\begin{{verbatim}}{text[position : end - len(closing)]}\\end{{verbatim}}")
        position = end
    return _switched_on("".join(kept) + text[position:])


def _closed(text: str, closing: str, position: int) -> int | None:
    """Where `closing` ends, the first from `position`."""
    start = text.find(closing, position)
    return None if start < 0 else start + len(closing)


def _switched_on(text: str) -> str:
    """`text` without what stands between `\\iffalse` and its own `\\else` or `\\fi`, conditions in it included."""
    kept: list[str] = []
    position = off = depth = 0
    for match in _BRANCH.finditer(text):
        if depth == 0 and match["false"]:
            off, depth = match.start(), 1
        elif depth and (match["false"] or match["condition"]):
            depth += 1
        elif depth == 1 and (match["otherwise"] or match["end"]):
            kept.append(text[position:off])
            position, depth = match.end(), 0
        elif depth and match["end"]:
            depth -= 1
    return "".join(kept) + text[position:]


def _kept(match: re.Match[str]) -> str:
    if match["link"]:
        return _SIGN.sub(r"\\\g<0>", match["link"]).replace("~", r"\textasciitilde{}")
    return match["escaped"] if match["escaped"] is not None else match.group()


def _shown(text: str) -> str:
    """`text` without comments, up to its end."""
    text = without_comments(text)
    end = _END.search(text)
    return text[: end.start()] if end else text


class Parts:
    """Puts parts into the text of a document.

    Attributes:
        read: the parts put in so far, and the SHA-256 of their bytes.
        notes: which were left out, and why.
        styles: the text of the packages that lie beside the document, from which macros are taken.
    """

    def __init__(self, path: Path, encoding: str = "") -> None:
        self.read: dict[Path, str] = {}
        self.notes: list[str] = []
        self.styles = ""
        self._encoding = encoding
        self._folder = path.absolute().parent.resolve()
        self._texts: dict[Path, str | None] = {}
        self._found: dict[tuple[str, Path], Path | None] = {}
        self._size = 0
        self._visits = 0

    def whole(self, text: str) -> str:
        """`text` without comments, its parts in their places, up to its end. Parts of parts, too; none in itself."""
        whole = self._filled(_shown(text), ())
        named = (name.strip() for found in _PACKAGES.findall(whole) for name in found.split(","))
        self.styles = "\n".join(self._style(name) for name in list(dict.fromkeys(named))[:_MOST_STYLES])
        return whole

    def _style(self, name: str) -> str:
        """The text of a package of the document's own; empty where there is none, or it is none that can be read."""
        try:
            path = (self._folder / f"{name}.sty").resolve()
            if not path.is_relative_to(self._folder) or not path.is_file() or path.stat().st_size > _LARGEST_STYLE:
                return ""
            data = path.read_bytes()
            text = without_comments(decode(data, self._encoding)[0])
        except (UnknownEncodingError, OSError, ValueError):
            return ""
        self.read[path] = hashlib.sha256(data).hexdigest()
        return text

    def _filled(self, text: str, within: tuple[Path, ...]) -> str:
        return _INPUT.sub(lambda match: self._part(match, within), text)

    def _part(self, match: re.Match[str], within: tuple[Path, ...]) -> str:
        name = match["name"] or match["bare"] or f"{match['folder'] or ''}/{match['within'] or ''}"
        name = name.strip().strip('"').strip("/") if not match["folder"] else name
        if Path(name).suffix.casefold() in _NO_TEXT or not name:
            return " "
        self._visits += 1
        if self._visits > _MOST_VISITS:
            if self._visits == _MOST_VISITS + 1:
                self.notes.append(f"parts are taken in more than {_MOST_VISITS} times: the rest is left out")
            return " "
        path = self._find(name, within)
        if path is None:
            return " "
        if path in within or len(within) >= _DEEPEST:
            self.notes.append(f"{name} is not read: it is part of itself, or stands too deep in other parts")
            return " "
        text = self._text(path, name)
        return " " if text is None else f" {self._filled(text, (*within, path)).removesuffix(_LINE_END)} "

    def _text(self, path: Path, name: str) -> str | None:
        """What a part shows, read once; none, and a note, where it cannot be read or all are too large together."""
        try:
            known = self._texts.get(path)
            self._size += path.stat().st_size if known is None else len(known)
            if self._size > LARGEST_TEXT:
                self.notes.append(f"{name} is not read: the parts are larger than {LARGEST_TEXT >> 20} MiB")
                return None
            if path in self._texts:
                return known
            self._texts[path] = None
            data = path.read_bytes()
            text, notes = decode(data, self._encoding)
        except (UnknownEncodingError, OSError) as error:
            self.notes.append(f"{name} is not read: {error}")
            return None
        self.read[path] = hashlib.sha256(data).hexdigest()
        self.notes += [f"{name}: {note}" for note in notes]
        self._texts[path] = _shown(text)
        return self._texts[path]

    def _find(self, name: str, within: tuple[Path, ...]) -> Path | None:
        """The file of a part, looked for once from each folder."""
        asked = name, within[-1].parent if within else self._folder
        if asked not in self._found:
            self._found[asked] = self._look(name, within)
        return self._found[asked]

    def _look(self, name: str, within: tuple[Path, ...]) -> Path | None:
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
        if path.stat().st_size > LARGEST_TEXT:  # its reader refuses it
            return {}
        data = path.read_bytes()
        parts = Parts(path, encoding_of(data))
        parts.whole(decode(data, encoding_of(data))[0])
    except (UnknownEncodingError, OSError, RecursionError):
        return {}
    return parts.read
