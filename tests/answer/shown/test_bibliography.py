"""Works cited, as BibTeX and as Markdown with citation keys."""

from __future__ import annotations

from dataclasses import replace

from ragft.answer.base import Citation
from ragft.answer.shown.bibliography import bibliography, markdown_answer
from ragft.corpus.references.base import Reference
from tests.answer.library.shelves import DPO, FAILED, RESNET, ROBERTA

KNOWN = replace(DPO, reference=Reference("rafailov-dpo", "inproceedings", DPO.title, ("Rafael Rafailov",), 2023))


def cited(key: str, document_id: str, quote: str = "It says so.", page: int = 3) -> Citation:
    return Citation(key, "A Title", (page, page), "", quote, "c", document_id, 0, len(quote))


CITATIONS = [cited("1", RESNET.id), cited("2", DPO.id, page=0), cited("3", RESNET.id, "Twice.", 4)]


def test_each_work_cited_is_listed_once_by_its_own_key_or_one_made_of_author_and_year() -> None:
    works = bibliography(CITATIONS, [RESNET, KNOWN, ROBERTA, FAILED])
    assert works.keys == {RESNET.id: "he2015", DPO.id: "rafailov-dpo"}
    assert "@misc{he2015," in works.bibtex() and "@inproceedings{rafailov-dpo," in works.bibtex()
    assert works.bibtex().count("@") == 2


def test_an_answer_has_citation_keys_and_quotes() -> None:
    works = bibliography(CITATIONS, [RESNET, KNOWN])
    text = markdown_answer("Nets are deep [1][3]. They are tuned [2], see [9].", CITATIONS, works)
    assert text == (
        "Nets are deep [@he2015]. They are tuned [@rafailov-dpo], see [9].\n\n"
        "> “It says so.” [@he2015, p. 3]\n\n> “It says so.” [@rafailov-dpo]\n\n> “Twice.” [@he2015, p. 4]\n"
    )
    assert works.section().startswith("\n## References\n\n- [@he2015] Kaiming He, Jian Sun (2015). *Deep Residual")


def test_a_document_removed_since_keeps_its_title() -> None:
    works = bibliography([cited("1", "gone")], [])
    assert [(work.key, work.title) for work in works.works] == [("a", "A Title")]


def test_without_citations_there_is_nothing() -> None:
    works = bibliography([], [RESNET])
    assert (works.bibtex(), works.section()) == ("", "")
