from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from ragft.corpus.base import Chunk
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.records import DocumentRow
from ragft.index.search.hybrid import Ranking
from ragft.index.search.structured import structured

SECTIONS = ("Abstract", "1 Introduction", "2 Method", "3 Results", "4 Conclusion", "A Proofs", "B Tables", "C Prompts")
SPANISH = ("Resumen", "1 Introducción", "2 Método", "3 Resultados", "4 Conclusión", "A Pruebas")


def chunks(document: str, sections: Sequence[str] = SECTIONS) -> list[Chunk]:
    return [Chunk(f"{document}{n}", document, n, f"{document} {s}", "", s, (1, 1)) for n, s in enumerate(sections)]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue.open(tmp_path / "catalogue.sqlite3")) as catalogue:
        with catalogue.transaction():
            for document, title in {
                "a": "AlphaNet: One",
                "b": "BetaNet: Two",
                "c": "Something else entirely here now",
            }.items():
                catalogue.add_document(DocumentRow(document, title, (), None, None, 1), chunks(document))
        yield catalogue


class Recorded:
    """Finds the results of `c` everywhere, and the results before the rest inside a document; notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, terms: str, documents: Collection[str] | None) -> Ranking:
        self.asked.append((terms, tuple(documents or ())))
        found = [chunk for document in documents or "c" for chunk in (chunks(document)[3], *chunks(document)[2:5])]
        return Ranking(list(dict.fromkeys(found)), {}, {found[0].id: 2.0}, {found[0].id: 0.5})


def found(question: str, catalogue: Catalogue, documents: Collection[str] | None = None) -> list[str]:
    ranking = structured(question, catalogue, Recorded(), documents)
    scores = [ranking.scores.get(chunk.id, 0) for chunk in ranking.chunks]
    assert scores == sorted(scores, reverse=True)
    return [chunk.id for chunk in ranking.chunks]


def test_a_question_that_names_no_document_is_searched_as_before(catalogue: Catalogue) -> None:
    assert found("how many layers", catalogue) == ["c3", "c2", "c4"]


def test_a_named_document_gets_every_other_place(catalogue: Catalogue) -> None:
    assert found("how many layers has AlphaNet", catalogue) == ["a3", "c3", "a2", "c2", "a4", "c4"]


def test_the_name_is_no_search_word_inside_its_document(catalogue: Catalogue) -> None:
    search = Recorded()
    structured("how many layers has AlphaNet", catalogue, search, None)
    assert search.asked == [("how many layers has AlphaNet", ()), ("how many layers has", ("a",))]


def test_what_a_document_is_stands_in_abstract_and_introduction(catalogue: Catalogue) -> None:
    assert [i for i in found("What is AlphaNet?", catalogue) if i[0] == "a"][:2] == ["a0", "a1"]


def test_a_summary_adds_the_conclusion(catalogue: Catalogue) -> None:
    assert found("Summarise AlphaNet", catalogue)[:3] == ["a0", "a4", "a1"]


def test_a_paper_in_spanish_has_an_introduction_and_a_conclusion_too(catalogue: Catalogue) -> None:
    with catalogue.transaction():
        catalogue.add_document(DocumentRow("d", "DeltaNet: Cuatro", (), None, None, 1), chunks("d", SPANISH))
    assert found("Summarise DeltaNet", catalogue)[:3] == ["d0", "d4", "d1"]
    assert found("What are the results of the DeltaNet paper?", catalogue)[:3] == ["d0", "d3", "d4"]


def test_what_a_part_is_called_comes_first(catalogue: Catalogue) -> None:
    assert found("What are the results of AlphaNet?", catalogue)[:3] == ["a0", "a3", "a4"]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Summarise AlphaNet", "summary"),
        ("What is the AlphaNet paper about?", "summary"),
        ("What are the limitations of AlphaNet?", "part"),
        ("Summarise the limitations of AlphaNet", "part"),
        ("What are the main contributions of AlphaNet?", "part"),
    ],
)
def test_a_paper_that_is_asked_for_as_such_is_wanted(catalogue: Catalogue, question: str, wanted: str) -> None:
    assert structured(question, catalogue, Recorded(), None).wanted == {"a": wanted}


@pytest.mark.parametrize(
    "question", ["how many layers has AlphaNet", "What are the limitations of AlphaNet on images?", "What is AlphaNet?"]
)
def test_a_paper_that_is_asked_for_something_else_is_not(catalogue: Catalogue, question: str) -> None:
    assert not structured(question, catalogue, Recorded(), None).wanted


def test_two_named_documents_share_the_places(catalogue: Catalogue) -> None:
    assert found("AlphaNet vs BetaNet, which is faster", catalogue)[:4] == ["a3", "b3", "a2", "b2"]


def test_what_is_compared_with_a_named_document_is_searched_without_its_name(catalogue: Catalogue) -> None:
    search = Recorded()
    structured("AlphaNet vs gamma networks", catalogue, search, None)
    assert search.asked[-1] == ("vs gamma networks", ())


def test_a_search_kept_to_one_document_begins_with_its_abstract_where_that_is_asked_for(catalogue: Catalogue) -> None:
    assert found("What is the paper about?", catalogue, ["b"])[0] == "b0"
    assert found("how many layers", catalogue, ["b"])[0] == "b3"


def test_the_parts_of_the_scores_are_kept(catalogue: Catalogue) -> None:
    ranking = structured("how many layers has AlphaNet", catalogue, Recorded(), None)
    assert ranking.lexical == {"a3": 2.0, "c3": 2.0}
    assert ranking.dense == {"a3": 0.5, "c3": 0.5}


def test_a_comparison_kept_to_one_document_stays_in_it(catalogue: Catalogue) -> None:
    assert all(chunk.startswith("a") for chunk in found("AlphaNet vs others: which is better?", catalogue, {"a"}))
