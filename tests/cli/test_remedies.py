"""Settings and arguments that a message names are flags on the command line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.cli.remedies import in_flags

ROOT = Path(__file__).resolve().parents[2]
FLAGS = set(re.findall(r"--[a-z-]+", (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("engine.name=embedded", "--engine embedded"),
        ("start it (ollama serve), or engine.name=embedded", "start it (ollama serve), or --engine embedded"),
        ("train.max_length=512, or leave the row out", "--max-length 512, or leave the row out"),
        ("generate.mix=grounded=0.6,synthesis=0.4", "--mix grounded=0.6,synthesis=0.4"),
        ("another run=NAME, or restart=True to train anew", "another --run NAME, or --restart to train anew"),
        ("passwords=WORD", "--password WORD"),
        ("set index.encoder to minilm", "set index.encoder to minilm"),
        ("ragft ingest PATH --manifest FILE", "ragft ingest PATH --manifest FILE"),
        ("", ""),
    ],
)
def test_settings_and_arguments_become_flags(said: str, shown: str) -> None:
    assert in_flags(said) == shown


def texts() -> Iterator[tuple[str, str]]:
    """Every string below the command line, its f-string values as WORD, with the file that it stands in."""
    for path in sorted((ROOT / "src" / "ragft").rglob("*.py")):
        if {"cli", "chat", "server"} & set(path.parts):  # these have flags of their own
            continue
        pieces: set[ast.expr] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                pieces |= set(node.values)
                parts = [str(part.value) if isinstance(part, ast.Constant) else "WORD" for part in node.values]
                yield path.name, "".join(parts)
            elif node not in pieces and isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path.name, node.value


@pytest.mark.slow
def test_every_flag_that_a_message_becomes_exists() -> None:
    shown = {flag for _, text in texts() for flag in re.findall(r"--[a-z-]+", in_flags(text)) if flag not in text}
    assert shown and shown <= FLAGS


@pytest.mark.slow
def test_no_message_below_the_command_line_names_a_flag_outside_a_whole_command() -> None:
    """A caller in Python, or of a server, has no flags; a command is something that anybody can type."""
    # What begins with a blank is the end of a command; flags with a _ are those of other programs.
    named = re.compile(r"(?:^|[^ ][ (])--[a-z][a-z-]+(?![a-z_-])")
    command = re.compile(r"(ragft|pip|ollama|mlx_lm.lora)( |$)[^,;]*$")
    bare = [
        (file, text)
        for file, text in texts()
        for found in named.finditer(text)
        if "\n" not in text and not command.search(text[: found.start() + 1])
    ]
    assert bare == []
