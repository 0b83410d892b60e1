"""What a run searches: a library of its own where its task has made one, else the user's workspace."""

from __future__ import annotations

from pathlib import Path

from ragft.benchmark.studies.own_index import fill
from ragft.corpus.base import Block, Document
from ragft.pipeline.searched import SearchedLibrary, own_library
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace


def test_a_run_without_a_library_searches_the_workspace(tmp_path: Path) -> None:
    place = Workspace(tmp_path / "ws")
    assert SearchedLibrary(place).place is place
    assert SearchedLibrary(place, place.runs / "r").place is place


def test_a_run_searches_its_own_library_and_the_users_holds_nothing_of_it(tmp_path: Path) -> None:
    place, settings = Workspace(tmp_path / "ws"), IndexSettings(chroma_url="http://127.0.0.1:9")
    run_dir = place.new_run("r")
    with own_library(run_dir, settings) as index:
        fill(index, [Document("volga", "Volga", "", (Block("The length of the Volga is 3530 km.", page=0),))])
    with SearchedLibrary(place, run_dir).open(settings) as index:
        assert [hit.document_id for hit in index.search("How long is the Volga?", 3)] == ["volga"]
    assert not place.catalogue.exists()
    assert SearchedLibrary(place, run_dir).place.catalogue.exists()


def test_the_index_of_a_run_is_searched_without_chroma_where_the_users_is_searched_with_it(tmp_path: Path) -> None:
    run_dir = Workspace(tmp_path / "ws").new_run("r")
    with own_library(run_dir, IndexSettings(vectors="chroma")) as index:
        fill(index, [Document("volga", "Volga", "", (Block("The length of the Volga is 3530 km.", page=0),))])
    assert not SearchedLibrary(Workspace(tmp_path / "ws"), run_dir).place.vectors.exists()
