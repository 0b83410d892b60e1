"""The command line of benchmarks that search a workspace for natural questions."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from ragft.benchmark.retrieval.natural_questions import NaturalQuestion, load_natural

NATURAL = Path("data/natural")


def question_parser(description: str | None) -> argparse.ArgumentParser:
    """Takes a workspace, and files of questions; without files, those about the papers."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    files = [NATURAL / "questions.jsonl", NATURAL / "questions-b.jsonl"]
    parser.add_argument("--questions", type=Path, nargs="+", default=files)
    return parser


def all_questions(files: Iterable[Path]) -> list[NaturalQuestion]:
    """The questions of all files, in order."""
    return [question for file in files for question in load_natural(file)]
