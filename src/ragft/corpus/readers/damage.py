"""Turns exceptions of parsers on damaged files into one error that says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragft.errors import MALFORMED, DocumentError
from ragft.log import log

_OF_THE_FILE = (*MALFORMED, EOFError, NotImplementedError)
"""Built-in classes that libraries raise over bytes of another shape, besides classes of their own."""


@contextmanager
def damaged(path: Path, kind: str, fix: str) -> Iterator[None]:
    """Turn what a parser raises over the file at `path` into an error for the user.

    Another built-in class, such as a NameError, is a fault of the program: the file cannot be read all the same, but
    the message does not call it damaged. The traceback of either is logged at debug level.

    Args:
        path: the file.
        kind: what it should be: "XLSX", "EPUB".
        fix: what the user can do about a damaged one.

    Raises:
        DocumentError: in the place of every other exception but MemoryError.
    """
    try:
        yield
    except (DocumentError, MemoryError):
        raise
    except RecursionError as error:
        raise DocumentError(f"{path} is nested too deeply", fix=fix) from error
    except Exception as error:
        log.debug("%s cannot be read as %s", path, kind, exc_info=True)
        name = f"{type(error).__name__}: {str(error)[:200]}"
        if isinstance(error, OSError):
            raise DocumentError(f"{path} cannot be read as {kind} ({name})", fix=fix) from error
        if isinstance(error, _OF_THE_FILE) or type(error).__module__ != "builtins":
            raise DocumentError(f"{path} is damaged, or no {kind} that can be read ({name})", fix=fix) from error
        raise DocumentError(
            f"{path} cannot be read as {kind}: an unexpected error ({name})",
            fix=f"{fix}; if it opens elsewhere, report this as a bug",
        ) from error
