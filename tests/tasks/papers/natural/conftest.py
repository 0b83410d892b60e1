"""Some of the sample papers in a real index: many forms of questions need two sentences about one thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.index.index import Index, open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

PAPERS = Path(__file__).parents[4] / "corpus" / "papers"
USED = ("lora", "lora_plus", "peft", "qlora", "rag", "vector_db")


@pytest.fixture(scope="session")
def index(slow: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_index(Workspace(tmp_path_factory.mktemp("ws") / ".ragft"), IndexSettings()) as opened:
        opened.ingest([PAPERS / f"{name}.pdf" for name in USED])
        yield opened
