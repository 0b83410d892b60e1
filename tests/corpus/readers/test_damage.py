"""Exceptions of parsers become errors that say what is wrong with the file, or that it is not the file's fault."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import pptx
import pytest
from lxml import etree

from ragft.corpus.readers import read_here
from ragft.corpus.readers.damage import damaged
from ragft.errors import DocumentError

PATH = Path("tides.xlsx")


def error_over(exception: Exception) -> DocumentError:
    with pytest.raises(DocumentError) as caught, damaged(PATH, "XLSX", fix="save it again"):
        raise exception
    return caught.value


@pytest.mark.parametrize(
    "exception",
    [zipfile.BadZipFile("x"), KeyError("x"), etree.XMLSyntaxError("x", 0, 0, 0), EOFError(), ValueError("x")],
)
def test_what_libraries_raise_means_a_damaged_file(exception: Exception) -> None:
    error = error_over(exception)
    assert "tides.xlsx is damaged" in error.message
    assert error.fix == "save it again"


@pytest.mark.parametrize("exception", [NameError("sheat"), ImportError("x"), AssertionError("x"), RuntimeError("x")])
def test_a_fault_of_the_program_is_not_called_damage_and_its_traceback_is_logged(
    exception: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "ragft")
    error = error_over(exception)
    assert "is damaged" not in error.message
    assert "unexpected error" in error.message
    assert error.fix
    assert "report this as a bug" in error.fix
    assert "Traceback" in caplog.text
    assert type(exception).__name__ in caplog.text


def test_an_error_of_the_disk_is_not_called_damage() -> None:
    assert error_over(OSError(5, "Input/output error")).message.startswith("tides.xlsx cannot be read")


def test_an_error_for_the_user_is_kept_as_it_is() -> None:
    ours = DocumentError("tides.xlsx is locked", fix="unlock it")
    assert error_over(ours) is ours
    assert ours.__cause__ is None


def test_want_of_memory_is_left_to_the_caller() -> None:
    with pytest.raises(MemoryError), damaged(PATH, "XLSX", fix="save it again"):
        raise MemoryError


def test_a_damaged_deck_has_a_fix(tmp_path: Path) -> None:
    pptx.Presentation().save(str(tmp_path / "whole.pptx"))
    path = tmp_path / "deck.pptx"
    with zipfile.ZipFile(tmp_path / "whole.pptx") as whole, zipfile.ZipFile(path, "w") as cut:
        for name in whole.namelist():
            cut.writestr(name, b"<p" if name == "ppt/presentation.xml" else whole.read(name))
    with pytest.raises(DocumentError, match="is damaged") as caught:
        read_here(path)
    assert caught.value.fix
