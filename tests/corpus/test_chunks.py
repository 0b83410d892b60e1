"""Chunks: never above the limit, nothing lost, sections kept apart, ids the same everywhere."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragft.corpus.base import Block, BlockKind, Document
from ragft.corpus.chunks import chunk_document, encoded_text
from ragft.corpus.text import tokens_for_matching


class Counter:
    """Counts as a word-piece tokenizer does: two special tokens, words in pieces of four, punctuation alone."""

    def __init__(self) -> None:
        self.calls = 0
        self.characters = 0

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.calls += 1
        self.characters += sum(map(len, texts))
        return [2 + sum(-(-len(word) // 4) for word in text.split()) for text in texts]


def document(*blocks: Block, title: str = "A Title of Five Words") -> Document:
    return Document("0123456789abcdef", "x.pdf", title, blocks)


def sentences(topic: str, count: int) -> str:
    return " ".join(f"Sentence number {n} tells something about {topic}." for n in range(count))


def section(name: str, topic: str, count: int, page: int = 1) -> list[Block]:
    return [Block(name, page, "heading", name, 1), Block(sentences(topic, count), page, "paragraph", name)]


letters = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zs", "Zl", "Zp"), exclude_characters="|"
)  # a bar between words would make heads of a table, which are repeated
words = st.text(letters, max_size=30)
texts = st.lists(words, min_size=1, max_size=60).map(" ".join).filter(lambda text: bool(text.strip()))
kinds: st.SearchStrategy[BlockKind] = st.sampled_from(["paragraph", "table", "list", "caption", "abstract"])
blocks = st.lists(
    st.one_of(
        st.builds(lambda t, k, p: Block(t, p, k, "1 One"), texts, kinds, st.integers(0, 9)),
        st.builds(lambda n: Block(f"{n} Head", n, "heading", f"{n} Head", 1), st.integers(1, 9)),
    ),
    max_size=12,
)


@settings(max_examples=80)
@given(
    found=blocks,
    title=st.one_of(st.just(""), texts),
    max_tokens=st.integers(12, 80),
    overlap=st.integers(0, 40),
)
def test_limit_holds_and_no_word_is_lost(found: list[Block], title: str, max_tokens: int, overlap: int) -> None:
    count = Counter()
    chunks = chunk_document(document(*found, title=title), count, max_tokens=max_tokens, overlap=overlap)
    assert all(n <= max_tokens for n in count([encoded_text(chunk) for chunk in chunks]))
    assert all(chunk.text.strip() for chunk in chunks)
    assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    together = "".join("".join(chunk.text.split()) for chunk in chunks)
    for block in found:
        for word in block.text.split():
            assert len(word) > 3 * max_tokens or word in together


@settings(max_examples=50)
@given(found=blocks, max_tokens=st.integers(12, 80))
def test_without_overlap_every_character_comes_exactly_once(found: list[Block], max_tokens: int) -> None:
    chunks = chunk_document(document(*found), Counter(), max_tokens=max_tokens, overlap=0)
    assert "".join("".join(c.text.split()) for c in chunks) == "".join("".join(b.text.split()) for b in found)


@pytest.mark.parametrize("text", ["x" * 50_000, "字" * 20_000, "a. " * 20_000, "|" * 9_000, "🙂" * 5_000])
def test_pathological_text(text: str) -> None:
    count = Counter()
    chunks = chunk_document(document(Block(text, 1)), count, max_tokens=64, overlap=16)
    assert all(n <= 64 for n in count([encoded_text(chunk) for chunk in chunks]))
    assert count.calls < 40
    assert len("".join("".join(chunk.text.split()) for chunk in chunks)) >= len("".join(text.split()))


def test_words_unknown_to_the_encoder_do_not_make_endless_chunks() -> None:
    def one_token_a_word(texts: Sequence[str]) -> list[int]:
        return [2 + len(text.split()) for text in texts]

    chunks = chunk_document(document(Block("x" * 50_000, 1)), one_token_a_word, max_tokens=64, overlap=0)
    assert all(len(chunk.text) <= 64 * 16 for chunk in chunks)


def test_every_sentence_is_counted_once_or_twice() -> None:
    count = Counter()
    text = sentences("cost", 2_000)
    chunk_document(document(Block(text, 1)), count, max_tokens=128, overlap=32)
    assert count.calls <= 8
    assert count.characters < 3 * len(text)


def test_top_level_sections_do_not_share_a_chunk() -> None:
    found = [*section("1 One", "apples", 3), *section("2 Two", "pears", 3)]
    chunks = chunk_document(document(*found), Counter(), max_tokens=512, overlap=32)
    assert [chunk.section for chunk in chunks] == ["1 One", "2 Two"]
    assert "pears" not in chunks[0].text
    assert "apples" not in chunks[1].text


AUTHORS = [Block("Anna Keeper, Otto Lock", 1, "paragraph", ""), Block("2031", 1, "paragraph", "")]


def test_authors_stand_with_the_abstract() -> None:
    found = [*AUTHORS, *section("Abstract", "apples", 3), *section("1 One", "pears", 3)]
    chunks = chunk_document(document(*found), Counter(), max_tokens=512, overlap=32)
    assert [chunk.section for chunk in chunks] == ["Abstract", "1 One"]
    assert chunks[0].text.startswith("Anna Keeper, Otto Lock\n2031\nAbstract\nSentence number 0")


def test_authors_do_not_part_an_abstract_that_fills_a_chunk() -> None:
    def texts_of(*found: Block, most: int) -> list[str]:
        return [chunk.text for chunk in chunk_document(document(*found), Counter(), max_tokens=most, overlap=0)]

    abstract = section("Abstract", "apples", 3)
    least = next(most for most in range(30, 90) if len(texts_of(*abstract, most=most)) == 1)
    assert texts_of(*AUTHORS, *abstract, most=least)[1:] == texts_of(*abstract, most=least)


def test_a_long_text_before_the_first_heading_stands_alone() -> None:
    found = [Block(sentences("plums", 4), 1, "paragraph", ""), *section("1 One", "pears", 3)]
    chunks = chunk_document(document(*found), Counter(), max_tokens=120, overlap=0)
    assert [chunk.section for chunk in chunks] == ["", "1 One"]


def test_small_subsections_share_one() -> None:
    found = [
        *section("1 One", "apples", 1),
        Block("1.1 Peel", 1, "heading", "1.1 Peel", 2),
        Block(sentences("peel", 2), 1, "paragraph", "1.1 Peel"),
        Block("1.2 Core", 2, "heading", "1.2 Core", 2),
        Block(sentences("core", 2), 2, "paragraph", "1.2 Core"),
    ]
    [chunk] = chunk_document(document(*found), Counter(), max_tokens=256, overlap=0)
    assert chunk.section == "1 One"
    assert chunk.pages == (1, 2)
    assert "1.1 Peel\nSentence number 0" in chunk.text


def test_heading_stands_with_what_follows_it() -> None:
    found = section("1 One", "apples", 60)
    found.insert(2, Block("1.1 Peel", 1, "heading", "1.1 Peel", 2))
    found.append(Block(sentences("peel", 30), 1, "paragraph", "1.1 Peel"))
    chunks = chunk_document(document(*found), Counter(), max_tokens=96, overlap=0)
    assert all(not chunk.text.endswith("1.1 Peel") for chunk in chunks)


def test_overlap_repeats_whole_sentences_of_the_same_section() -> None:
    found = [*section("1 One", "apples", 40), *section("2 Two", "pears", 40)]
    chunks = chunk_document(document(*found), Counter(), max_tokens=128, overlap=30)
    for before, after in itertools.pairwise(chunks):
        if before.section != after.section:
            continue
        repeated = before.text[before.text.rindex(after.text.split(". ")[0]) :]
        assert after.text.startswith(repeated)
        assert len(repeated) < len(before.text) / 2
    alone = chunk_document(document(*found), Counter(), max_tokens=128, overlap=0)
    assert sum(len(c.text) for c in alone) < sum(len(c.text) for c in chunks)


def test_chunks_are_of_even_size() -> None:
    count = Counter()
    chunks = chunk_document(document(Block(sentences("even", 100), 1)), count, max_tokens=200, overlap=0)
    sizes = count([chunk.text for chunk in chunks])
    assert min(sizes) > 0.7 * max(sizes)


def test_id_is_the_documented_hash() -> None:
    [chunk] = chunk_document(document(Block("Only this.", 3)), Counter(), max_tokens=64, overlap=0)
    assert chunk.id == hashlib.sha256(b"0123456789abcdef\x000\x00Only this.").hexdigest()[:16]
    assert chunk.pages == (3, 3)


def test_sentence_over_two_pages_is_one_and_spans_both() -> None:
    found = [Block("It begins here and", 4, "paragraph", "1"), Block("ends there. Next one.", 5, "paragraph", "1")]
    [chunk] = chunk_document(document(*found), Counter(), max_tokens=64, overlap=0)
    assert chunk.text == "It begins here and ends there. Next one."
    assert chunk.pages == (4, 5)


def test_overlong_title_is_cut_and_leaves_room_for_text() -> None:
    count = Counter()
    title = "word " * 500
    chunks = chunk_document(document(Block(sentences("x", 9), 1), title=title), count, max_tokens=64, overlap=0)
    assert all(n <= 64 for n in count([encoded_text(chunk) for chunk in chunks]))
    assert len(chunks) < 9


def test_encoded_text_is_title_line_end_text() -> None:
    [chunk] = chunk_document(document(Block("Only this.", 3)), Counter(), max_tokens=64, overlap=0)
    assert encoded_text(chunk) == "A Title of Five Words\nOnly this."


def test_table_rows_stay_lines() -> None:
    [chunk] = chunk_document(document(Block("a | b\nc | d", 1, "table")), Counter(), max_tokens=64, overlap=0)
    assert chunk.text == "a | b\nc | d"


def test_an_encoder_that_reads_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="max_tokens"):
        chunk_document(document(Block("text", 1)), Counter(), max_tokens=5, overlap=0)


def test_empty_document_has_no_chunks() -> None:
    assert chunk_document(document(), Counter(), max_tokens=64, overlap=0) == []


def test_matching_words_survive_chunking() -> None:
    text = "Наука 知识就是力量。 العلم نور. LoRA+ works."
    chunks = chunk_document(document(Block(text, 1)), Counter(), max_tokens=24, overlap=0)
    found = {token for chunk in chunks for token in tokens_for_matching(chunk.text)}
    assert set(tokens_for_matching(text)) <= found


ROWS = [f"Model number {n} | {n}.25 | {n}.75" for n in range(40)]
TABLE = [
    Block("Table 3: What the models reach on both sets. " + "More on it. " * 3, 4, "caption", "1 One"),
    Block("\n".join(["Name | First | Second", *ROWS]), 4, "table", "1 One"),
]


@pytest.mark.parametrize("overlap", [0, 30])
def test_each_chunk_of_a_table_repeats_caption_and_column_heads(overlap: int) -> None:
    count = Counter()
    chunks = chunk_document(document(*TABLE), count, max_tokens=128, overlap=overlap)
    assert all(n <= 128 for n in count([encoded_text(chunk) for chunk in chunks]))
    with_rows = [chunk for chunk in chunks if "| 0.25 |" in chunk.text or ".75" in chunk.text]
    assert len(with_rows) > 2
    for chunk in with_rows:
        lines = chunk.text.split("\n")
        assert lines.count("Name | First | Second") == 1
        assert "Table 3: What the models reach" in "\n".join(lines[: lines.index("Name | First | Second")])
        assert chunk.pages == (4, 4)
    assert set(ROWS) <= {line for chunk in chunks for line in chunk.text.split("\n")}


def test_heads_that_would_fill_the_chunk_are_not_repeated() -> None:
    wide = Block("\n".join([" | ".join(f"Column {n}" for n in range(40)), *ROWS]), 4, "table")
    count = Counter()
    chunks = chunk_document(document(wide), count, max_tokens=96, overlap=0)
    assert "".join("".join(c.text.split()) for c in chunks) == "".join(wide.text.split())


@settings(max_examples=60)
@given(
    rows=st.integers(1, 60),
    columns=st.integers(1, 12),
    caption=st.integers(0, 60),
    max_tokens=st.integers(12, 90),
    overlap=st.integers(0, 40),
)
def test_the_limit_holds_for_tables_and_no_cell_is_lost(
    rows: int, columns: int, caption: int, max_tokens: int, overlap: int
) -> None:
    lines = [" | ".join(["Name", *(f"C{n}" for n in range(columns))])]
    lines += [" | ".join([f"Row{row}", *(f"{row}.{n}" for n in range(columns))]) for row in range(rows)]
    found = [Block("Table 1: " + "word " * caption, 3, "caption", "1"), Block("\n".join(lines), 3, "table", "1")]
    count = Counter()
    chunks = chunk_document(document(*found), count, max_tokens=max_tokens, overlap=overlap)
    assert all(n <= max_tokens for n in count([encoded_text(chunk) for chunk in chunks]))
    shown = {cell for chunk in chunks for cell in chunk.text.split()}
    assert {cell for line in lines for cell in line.split()} <= shown
