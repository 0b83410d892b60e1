"""Names in the source tree: one class or file, one name."""

import re
from collections import defaultdict
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "ragft"

SAME_PART = {
    "ChatBody": "the body of a chat request, in OpenAI's and in Ollama's API",
    "ChatMessage": "a message in such a body",
    "MarkedPage": "the application's result and its form in the server's reply",
    "Revealed": "the application's result and its form in the server's reply",
    "SearchResult": "the application's result and its form in the server's reply",
}
"""Class names that two sibling modules share, and the part that both classes play."""


def test_no_two_classes_share_a_name_unless_they_play_the_same_part() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in SOURCE.rglob("*.py"):
        for name in re.findall(r"^class (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            places[name].append(path.relative_to(SOURCE).as_posix())
    shared = {name: files for name, files in places.items() if len(files) > 1}

    assert not {name: files for name, files in shared.items() if name not in SAME_PART}
    assert set(SAME_PART) <= set(shared), "remove the names that are no longer shared"


SAME_FILE = {"__init__.py", "base.py", "presets.py", "reader.py", "rows.py", "stages.py", "suites.py"}
"""Files that many folders have, each for the same purpose."""
FACES = ("cli", "server", "pipeline/stages", "tasks/*/suites", "benchmark/suites", "engine/*", "corpus/readers/*")
"""Folders whose files are named after a verb, a route, a stage, a suite or a part that engines or formats have."""


def test_no_two_files_share_a_name_unless_they_play_the_same_part() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in SOURCE.rglob("*.py"):
        folder = path.parent.relative_to(SOURCE)
        if path.name not in SAME_FILE and not any(
            each.match(face) for each in (folder, *folder.parents) for face in FACES
        ):
            places[path.name].append(path.relative_to(SOURCE).as_posix())

    assert not {name: files for name, files in places.items() if len(files) > 1}


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert not {path.name: lines for path, lines in lengths.items() if lines > 400}
