"""Entries find their documents."""

from __future__ import annotations

import time

import pytest

from ragft.corpus.references.base import Reference
from ragft.corpus.references.match import KnownDocument, match_references

TITLE = "Direct Preference Optimization: Your Language Model is Secretly a Reward Model"
WHO = ("Rafael Rafailov",)


def known(path: str = "/p/x.pdf", title: str = "Untitled scan", **fields: object) -> KnownDocument:
    return KnownDocument(path, path, title, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reference", "document", "by"),
    [
        (Reference("a", files=("files/1/Rafailov - DPO.pdf",)), known("/p/Rafailov - DPO.pdf"), "file"),
        (Reference("a", files=(r"C:\papers\DPO.PDF",)), known("/p/dpo.pdf"), "file"),
        (Reference("a", doi="10.1/x"), known(doi="https://doi.org/10.1/X"), None),
        (Reference("a", doi="10.1000/x"), known(doi="https://doi.org/10.1000/X"), "DOI"),
        (Reference("a", arxiv="2305.18290"), known("/p/2305.18290v2.pdf"), "arXiv"),
        (Reference("a", arxiv="2305.18290"), known("/p/dpo_2305.18290.pdf"), "arXiv"),
        (Reference("a", arxiv="2305.18290"), known(doi="10.48550/arXiv.2305.18290"), "arXiv"),
        (Reference("a", title=TITLE.upper()), known(title=TITLE), "title"),
        (Reference("a", title=TITLE), known(title="Direct Preference Optimization"), None),
        (Reference("a", title=TITLE), known(title=TITLE.replace("Secretly", "Secrely")), "similar title"),
        (Reference("a", title=TITLE, authors=("R. Rafailov",)), known(title=TITLE[:60], authors=WHO), "similar title"),
        (Reference("a", title=TITLE, authors=("Ada Baker",)), known(title=TITLE[:60], authors=WHO), None),
        (Reference("a", title=TITLE, year=2023), known(title=TITLE[:60], year=2019), None),
        (Reference("a", title="Attention"), known(title="Attentions"), None),
        (Reference("a"), known(title=""), None),
    ],
)  # fmt: skip
def test_what_an_entry_and_a_document_have_in_common(
    reference: Reference, document: KnownDocument, by: str | None
) -> None:
    assert [match.by for match in match_references([reference], [document])] == ([by] if by else [])


def test_a_surer_sign_of_another_entry_comes_first_and_each_document_has_one_entry() -> None:
    by_title, by_file = Reference("t", title=TITLE), Reference("f", title="Another", files=("x.pdf",))
    found = match_references([by_title, by_file], [known(title=TITLE)])
    assert [(match.reference.key, match.by) for match in found] == [("f", "file")]


def test_two_files_of_one_name_tell_nothing() -> None:
    documents = [known("/a/paper.pdf", "On Bread and Salt"), known("/b/paper.pdf", "On Robots")]
    found = match_references([Reference("r", title="On Robots", files=("paper.pdf",))], documents)
    assert [(match.document.path, match.by) for match in found] == [("/b/paper.pdf", "title")]


def test_a_large_bibliography_is_matched_in_seconds() -> None:
    words = "alpha beta gamma retrieval models language neural learning deep networks generation attention".split()

    def title(number: int) -> str:
        return " ".join(words[(number * step + step) % len(words)] for step in range(1, 9)) + f" {number}"

    references = [Reference(f"k{at}", title=title(at), authors=("Ada Baker",)) for at in range(2000)]
    documents = [known(f"/p/{at}.pdf", title(at).upper(), authors=("Ada Baker",)) for at in range(1000, 1200)]
    documents += [known(f"/p/{at}.pdf", f"{title(at)}x", authors=("Eve Moore",)) for at in range(200)]
    begun = time.perf_counter()
    found = match_references(references, documents)
    assert len(found) == 200 and {match.by for match in found} == {"title"}
    assert time.perf_counter() - begun < 20  # comparing all pairs takes minutes
