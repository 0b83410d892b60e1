"""BibTeX and CSL-JSON as people's programs write them."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.references.base import Reference, arxiv_id, plain_doi, year_in
from ragft.corpus.references.bibtex import plain_text, read_bibtex
from ragft.corpus.references.csl import read_csl
from ragft.corpus.references.read import read_references
from ragft.errors import InputError, RagftError

ZOTERO = r"""
@inproceedings{moore_robot_2023,
	title = {A {Robot}'s {View} of {B{\"u}hler} \& {\v{C}}apek: {\textbeta} and $\beta$},
	author = {Moore, Eve and van den Berg, J{\"o}rg and {Robot Team} and Erd{\H o}s, P{\'a}l and others},
	month = jan,
	year = {2023},
	doi = {https://doi.org/10.1000/ABC.5},
	booktitle = {Proc. of Bread \& Robots},
	pages = {1--9},
	keywords = {robots, bread; prose},
	file = {Full Text PDF:files/12/Moore et al. - 2023 - A Robot.pdf:application/pdf;Snapshot:files/3/x.html:text/html},
}
"""


def only(text: str) -> Reference:
    (reference,), problems = read_bibtex(text)
    assert problems == []
    return reference


def test_an_entry_of_zotero() -> None:
    assert only(ZOTERO.replace(r"{\textbeta} and ", "")) == Reference(
        key="moore_robot_2023",
        kind="inproceedings",
        title="A Robot's View of Bühler & Čapek: β",
        authors=("Eve Moore", "Jörg van den Berg", "Robot Team", "Pál Erdős"),
        year=2023,
        doi="10.1000/abc.5",
        venue="Proc. of Bread & Robots",
        pages="1–9",
        files=("files/12/Moore et al. - 2023 - A Robot.pdf", "files/3/x.html"),
        tags=("robots", "bread", "prose"),
    )


def test_groups_of_jabref_are_tags_as_key_words_are() -> None:
    text = "@misc{a, title = {T}, keywords = {robots, bread}, groups = {To read, robots}}"
    assert only(text).tags == ("robots", "bread", "To read")


@pytest.mark.parametrize(
    ("latex", "seen"),
    [
        (r"A {\LaTeX} Guide, \S 3", "A LaTeX Guide, §3"),
        (r"{$\frac12\frac34$} and {$2^{n}3$}", "1/2 3/4 and 2^n 3"),
        (r"$1\phantom{9}2$ \phantom{99} of \(x \le 5\)", "1 2 of x ≤ 5"),
        (r"CO$_2$ at $10^{-4}$ \textless{} 5", "CO_2 at 10^-4 < 5"),
        (r"\num[round-mode=places]{3.14159} of \emph{it}", "3.14 of it"),
        (r"Costs $5 of \emph{it}: 5% & more #1", "Costs $5 of it: 5% & more #1"),
        (r"\emph{" * 2000 + "x", None),
    ],
)
def test_formulas_and_symbols_of_a_title_read_as_they_are_set(latex: str, seen: str | None) -> None:
    found = plain_text(latex)
    assert seen is None or found == seen


@pytest.mark.parametrize(
    ("field", "files"),
    [
        ("{papers/x.pdf}", ("papers/x.pdf",)),
        ("{/home/ada/x.pdf;/home/ada/y.pdf}", ("/home/ada/x.pdf", "/home/ada/y.pdf")),
        ("{:x.pdf:PDF}", ("x.pdf",)),
        (r"{C:\papers\x.pdf}", (r"C:\papers\x.pdf",)),
        (r"{Text:C\:\\papers\\x.pdf:application/pdf}", (r"C:\papers\x.pdf",)),
        ("{}", ()),
    ],
)
def test_files_as_programs_write_them(field: str, files: tuple[str, ...]) -> None:
    assert only("@misc{a, title={T}, file=" + field + "}").files == files


@pytest.mark.parametrize(
    ("fields", "arxiv"),
    [
        ("eprint={2005.11401}, archiveprefix={arXiv}", "2005.11401"),
        ("eprint={2005.11401v4}", "2005.11401"),
        ("journal={arXiv preprint arXiv:1706.03762}", "1706.03762"),
        ("url={https://arxiv.org/abs/1412.6980}", "1412.6980"),
        ("doi={10.48550/arXiv.2305.18290}", "2305.18290"),
        ("eprint={12345}, archiveprefix={PubMed}", ""),
        ("url={https://example.org/2005.11401}", ""),
    ],
)
def test_the_arxiv_identifier_wherever_it_stands(fields: str, arxiv: str) -> None:
    assert only("@article{a, title={T}, " + fields + "}").arxiv == arxiv


def test_entries_that_are_damaged_or_repeated_are_reported_and_the_others_read() -> None:
    text = "@misc{a, title={One}}\n@misc{a, title={Two}}\n@misc{b title={Three}\n@misc{c, title={Four}}"
    references, problems = read_bibtex(text)
    assert {"a", "c"} <= {one.key for one in references} and len(problems) == 2
    assert any("repeated" in problem for problem in problems)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\'E}t{\'e} na{\"\i}f", "Été naïf"),
        (r"\O{}rsted, \L ukasz, \ss", "Ørsted, Łukasz, ß"),
        (r"{{DNA}} and \emph{in vivo}", "DNA and in vivo"),
        ("a -- b --- c", "a – b — c"),
        ("100\\% \\& more\\_so", "100% & more_so"),
        ("unbalanced { brace", "unbalanced brace"),
    ],
)
def test_latex_is_read(latex: str, text: str) -> None:
    assert plain_text(latex) == text


def csl(**fields: object) -> str:
    return json.dumps([{"id": "http://zotero.org/users/1/items/AB12", "type": "article-journal", **fields}])


def test_an_item_of_zotero() -> None:
    text = csl(
        title="On Bread",
        author=[{"family": "Baker", "given": "Ada"}, {"literal": "Bread Team"}],
        issued={"date-parts": [["2019", 5]]},
        DOI="10.1000/XYZ",
        note="arXiv:1706.03762 [cs]\nCitation Key: baker2019",
        volume=7,
        **{"container-title": "Bread &\u00a0Salt"},
    )
    assert read_csl(text, "x.json") == [
        Reference(
            key="baker2019",
            kind="article",
            title="On Bread",
            authors=("Ada Baker", "Bread Team"),
            year=2019,
            doi="10.1000/xyz",
            arxiv="1706.03762",
            venue="Bread & Salt",
            volume="7",
        )
    ]


def test_an_item_without_a_key_goes_by_its_own_id() -> None:
    assert [one.key for one in read_csl(csl(title="T"), "x.json")] == ["AB12"]


@pytest.mark.parametrize("text", ["{}", "[1]", "", '[{"author": "Ada"}]', "[{"])
def test_what_is_no_csl_is_one_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_csl(text, "x.json")
    assert "\n" not in caught.value.message and caught.value.message.startswith("manifest x.json")


@pytest.mark.parametrize(("name", "text"), [("x.bib", "no entry here"), ("x.bib", ""), ("x.json", "[]")])
def test_a_bibliography_without_entries_is_an_error(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match="has no entry"):
        read_references(tmp_path / name)


def test_a_bibliography_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_references(tmp_path / "none.bib")


@given(st.text(max_size=200))
def test_no_text_breaks_the_readers(text: str) -> None:
    read_bibtex("@misc{a, title={" + text + "}}")
    read_bibtex(text)
    with contextlib.suppress(RagftError):
        read_csl(text, "x.json")


@given(st.from_regex(r"10\.[0-9]{4,9}/[a-zA-Z0-9-]{1,20}", fullmatch=True))
def test_a_doi_is_found_in_a_sentence_and_an_address(doi: str) -> None:
    assert plain_doi(f"see https://doi.org/{doi}.") == plain_doi(f"(DOI {doi})") == doi.lower()


@given(st.from_regex(r"[0-9]{4}\.[0-9]{4,5}", fullmatch=True), st.sampled_from(["", "v1", "v12"]))
def test_an_arxiv_identifier_is_found_without_its_version(identifier: str, version: str) -> None:
    assert (
        arxiv_id(f"https://arxiv.org/abs/{identifier}{version}")
        == arxiv_id(f"arXiv:{identifier}{version}")
        == identifier
    )


@given(st.integers(1500, 2199))
def test_the_first_year_is_found(year: int) -> None:
    assert year_in(f"published {year}-03-01, again 2024") == year
    assert year_in(f"number 1{year}") is None
