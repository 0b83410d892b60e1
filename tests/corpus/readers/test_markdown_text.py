"""Markdown as CommonMark reads it, and its front matter."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from ragft.corpus.readers.front_matter import split_front_matter


def read(folder: Path, text: str) -> Document:
    (folder / "x.md").write_text(text, encoding="utf-8")
    return read_here(folder / "x.md")


def outline(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in document.blocks]


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        (
            "Run:\n\n    # close\n    for g in gates:\n        g()\n",
            ["Run:", "# close\nfor g in gates:\n    g()"],
        ),
        ("```yaml\na:\n  - b\n\n  - c\n```", ["a:\n  - b\n\n  - c"]),
        ("~~~\n\tx\n~~~", ["    x"]),
        ("1. First\n\n   more of it\n2. Second\n   - inner", ["1. First", "more of it", "2. Second", "inner"]),
        ("> quoted\n> text\n\nplain  \nbroken", ["quoted text", "plain broken"]),
        ("a | b\n--|--\n7<sup>2</sup> | `x`", ["a | b\n7^2 | x"]),
        ("costs $320<sup>1</sup>, 57[^2] t at 10<sup>-4</sup>\n\n[^2]: Dry.", ["costs $320, 57 t at 10^-4", "Dry."]),
        ("see[^1]\n\n[^1]: https://x.example", ["see", "https://x.example"]),
        ("$320 and $400, but $a*b$ and $c*d$.", ["$320 and $400, but a*b and c*d."]),
        ("$$\n\\frac{a+b}{2}\n$$", ["(a+b)/2"]),
        ("It is $94.5 \\pm 0.3$ at $10^{-4}$.", ["It is 94.5 ± 0.3 at 10^-4."]),
        ("At $25^{\\circ}$C or $-5\\,{}^{\\circ}$F, $f^\\circ$.", ["At 25°C or -5 °F, f^∘."]),
        ("$$\n\\mathcal{L}(x)\n$$", ["\\mathcal{L}(x)"]),
        ("It is $$\\frac{1}{2}$$ wide.", ["It is 1/2 wide."]),
        ("```math\na_1 = \\frac{1}{2}\n```", ["a_1 = 1/2"]),
        ("```python\na < 1\n```", ["a < 1"]),
        ("Term\n: What it means.", ["Term", "What it means."]),
        ("<details><summary>Why</summary>\n\nBecause *it* leaks.\n\n</details>", ["Why", "Because it leaks."]),
        ("<div hidden>\n\nsecret\n\n</div>\n\nseen <!-- not --> text", ["seen text"]),
        ("use the <title> tag and <b>bold</b>\n\nthen go on", ["use the tag and bold", "then go on"]),
        ("![a gate](x.png) &amp; ~~no~~ [link](y)", ["a gate & link"]),
        ("At 10^-4^ m of H~2~O, 2^3^4 ~~no~~ a ~ b ~ c.", ["At 10^-4 m of H2O, 2^3^4 a ~ b ~ c."]),
        ("Inline $`\\frac{a}{b}`$ is it.", ["Inline a/b is it."]),
        ("See [[Gates 2|gate 5]], [[1]](x), 45[[2]] ![[a.png|300]]", ["See gate 5, [1], 45[[2]]"]),
        ("It is %%not 7%% seen.\n\n%%\nnot\n\n8\n%%\n\n`%%9%%` 5%% and 6%%", ["It is seen.", "%%9%% 5%% and 6%%"]),
        ("%% begin notes %%\nIt is\n%% end\nof notes %%\nseen.", ["It is seen."]),
        ("5 %% and 6 %% of it", ["5 %% and 6 %% of it"]),
        ("```\n%%\n7\n%%\n```", ["%%\n7\n%%"]),
        (
            "```\n%%7%%\n```python\n%%8%%\n```\n\nIt is%%9%%%%9%% %%not%% seen.",
            ["%%7%%\n```python\n%%8%%", "It is%%9%%%%9%% seen."],
        ),
        ("- one\n\n      %%7%%", ["one", "%%7%%"]),
        ("- one\n\n  %%\n  not\n\n  7\n  %%\n- %%\n- three\n\n%%", ["one", "%%", "three", "%%"]),
        ("It is\n\n%%\nnever closed", ["It is", "%% never closed"]),
        (
            "So:\n\n+---+------+\n| a | b    |\n+===+======+\n| 1 | - *x*|\n|   | - y  |\n+---+------+",
            ["So:", "a | b\n1 | x y"],
        ),
        (
            "- in a list:\n\n  +---+---+\n  | 5 | 6 |\n  +---+---+\n  | 7 | 8 |\n  +---+---+",
            ["in a list:", "5 | 6\n7 | 8"],
        ),
        ("- +---+---+\n  | 5 | 6 |\n  +---+---+\n  | 7 | 8 |\n  +---+---+", ["5 | 6\n7 | 8"]),
        ("+ one\n+ two", ["one", "two"]),
        ("<aside>\n💡 Keep it shut.\n</aside>", ["💡 Keep it shut."]),
    ],
)
def test_as_commonmark_reads_it(source: str, blocks: list[str], tmp_path: Path) -> None:
    assert [text for _, text in outline(read(tmp_path, source))] == blocks


@pytest.mark.parametrize(
    ("front", "title", "authors"),
    [
        (
            "---\ntitle: Sluices: a study\nauthor: A. Ex; B. Sam\n---\n",
            "Sluices: a study",
            ("A. Ex", "B. Sam"),
        ),
        ("---\ntitle: Re: bolts\nauthors:\n- Ann\n  - Per: Son\n---\n", "Re: bolts", ("Ann", "Per: Son")),
        ("\n\n---\ntitle: 'No'\nauthor: Lewis, P.; Perez, E.\n---\n", "No", ("Lewis, P.", "Perez, E.")),
        (
            "---\ntitle: No\nauthors:\n  - name: Ann O\n  - name: {given: Per, family: Son}\n...\n",
            "No",
            ("Ann O", "Per Son"),
        ),
        ("---\ntitle: Tabs\nauthors:\n\t- Ann\n---\n", "Tabs", ("Ann",)),
        ('+++\ntitle = "Gates"\nauthors = ["Ann", "Per"]\n+++\n', "Gates", ("Ann", "Per")),
        ('{\n  "Title": "Gates", "authors": ["Ann", "Per"],\n  "tags": {"a": [1, 2]}\n}\n', "Gates", ("Ann", "Per")),
        ("% Gates of\n  Harrow\n% Ann; Per\n% May 2021\n", "Gates of Harrow", ("Ann", "Per")),
    ],
)
def test_front_matter_of_many_kinds(front: str, title: str, authors: tuple[str, ...], tmp_path: Path) -> None:
    document = read(tmp_path, front + "\n## Method\n\nThe gate is open.\n")
    assert (document.title, document.authors) == (title, authors)
    assert outline(document) == [("heading", "Method"), ("paragraph", "The gate is open.")]


@pytest.mark.parametrize("text", ["{not JSON}", '{"a": 1} is an object.', '{"a": 1', "{}", '["a"]'])
def test_text_that_only_begins_like_front_matter_is_read(text: str, tmp_path: Path) -> None:
    assert read(tmp_path, text + "\n\nThe gate is open.\n").blocks[0].text == text


def test_a_date_that_does_not_exist_costs_only_itself() -> None:
    fields, rest, note = split_front_matter("---\ntitle: Gates\ndate: 2021-13-45\n---\ntext")
    assert (fields, rest, note) == ({"title": "Gates", "date": "2021-13-45"}, "text", "")


def test_text_between_two_rules_is_no_front_matter(tmp_path: Path) -> None:
    assert "The gate is open." in str(read(tmp_path, "---\n\nThe gate is open.\n\n---\n\nIt leaks.").blocks)


@given(st.text(alphabet="-+%:\n \t#*_`[]<>$|ab1'\"&{}~^=.", max_size=200))
def test_any_markdown_is_read(text: str) -> None:
    from ragft.corpus.readers.html.reader import fragment_blocks
    from ragft.corpus.readers.markdown import _rendered

    fragment_blocks(_rendered(split_front_matter(text)[1]))


def test_a_doi_is_kept_without_its_address(tmp_path: Path) -> None:
    for written in ("https://doi.org/10.1000/tides", "http://dx.doi.org/10.1000/tides", "doi:10.1000/tides"):
        assert read(tmp_path, f"---\ndoi: {written}\n---\n\nText.").doi == "10.1000/tides"


def test_what_pandoc_writes_behind_a_heading_is_no_part_of_it(tmp_path: Path) -> None:
    document = read(tmp_path, "# Gates {#gates .big}\n\n```\n# code {#x}\n```\n\n## The set {a, b}\n\nOld {#y}")
    assert document.title == "Gates"
    assert outline(document) == [("code", "# code {#x}"), ("heading", "The set {a, b}"), ("paragraph", "Old {#y}")]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("![Gates](g.png){width=50%} open.", "Gates open."),
        ("[Gates](g){.big #g} and `x`{.r}", "Gates and x"),
        ("[Small *57*]{.smallcaps} and [red]{style='color:red'}.", "Small 57 and red."),
        ("An [a]{b} of [x[1]]{.y} and [open]{.z", "An [a]{b} of x[1] and [open]{.z"),
        ("::: {.note #n}\nIt is 57.\n:::", "It is 57."),
        ("::: note\nIt is 57.\n::::", "It is 57."),
        ("::: 57\nIt is.", "::: 57 It is."),
        ("The set `x`{a, b} and {width=50%} and [g](g){ 5 }.", "The set x{a, b} and {width=50%} and g{ 5 }."),
    ],
)
def test_attributes_of_pandoc_are_no_text(source: str, seen: str, tmp_path: Path) -> None:
    assert outline(read(tmp_path, f"# T\n\n{source}\n")) == [("paragraph", seen)]


def test_an_abstract_in_the_front_matter_is_read(tmp_path: Path) -> None:
    document = read(
        tmp_path, "---\ntitle: Gates\nabstract: |\n  It weighs *57* t.\n\n  It is open.\n---\n# Method\n\nText.\n"
    )
    assert outline(document) == [
        ("heading", "Abstract"),
        ("abstract", "It weighs 57 t."),
        ("abstract", "It is open."),
        ("heading", "Method"),
        ("paragraph", "Text."),
    ]


def test_comments_are_counted(tmp_path: Path) -> None:
    document = read(
        tmp_path, "---\nabstract: A %%x%% gate.\n---\nIt %%a%% is %%b%% so.\n\n> %%\n> c\n> %%\n\n[%%d%% it](x)"
    )
    assert [text for _, text in outline(document)] == ["Abstract", "A gate.", "It is so.", "it"]
    assert document.warnings == ("comments are left out (4, between %%)",)
