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


SAME_FILE = {
    "__init__.py": "a package, and what it is for",
    "base.py": "what crosses the border of a folder",
    "colours.py": "the colours of a format of files, and those that all formats have",
    "engine.py": "the engine itself, in the folder of each",
    "presets.py": "the presets of a task",
    "reader.py": "the reader itself, in the folder of each format that needs several files",
    "rows.py": "from the sources of a task to rows",
    "stages.py": "the stages of a task",
    "suites.py": "the suites of a task",
}
"""File names that several folders share, and the part that the files play in each."""

FACES = {
    "cli": "a file is named after its verb",
    "server/ollama": "a file is named after the request of Ollama's API",
    "server/openai": "a file is named after the request of OpenAI's API",
    "server/own": "a file is named after the use case, as it is in `app`",
    "server/page": "a file is named after the use case, as it is in `app`",
}
"""Folders whose files may have the name of what they call; within such a folder names are still unique."""


def test_no_two_files_share_a_name_unless_they_play_the_same_part() -> None:
    places: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE)
        face = next((each for each in FACES if place.is_relative_to(each)), "")
        places[face, path.name].append(place.as_posix())
    shared = {(face, name): files for (face, name), files in places.items() if len(files) > 1}

    assert not [files for (_, name), files in shared.items() if name not in SAME_FILE]
    assert set(SAME_FILE) <= {name for _, name in shared}, "remove the names that are no longer shared"


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert not {path.name: lines for path, lines in lengths.items() if lines > 400}
