"""Twenty-five questions to the catalogue of the sample papers, written before they were first asked.

The papers name no authors, and all the same year, which is left out. A bibliography gives some of them both, as it
would be given to an ingest.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.answer.library.librarian import CatalogueAnswer, Librarian
from ragft.corpus.base import Document
from ragft.corpus.readers import read_documents
from ragft.corpus.references.base import Reference
from ragft.index.base import DocumentRecord
from ragft.index.references import Kept, with_references
from tests.answer.library.shelves import Shelf

PAPERS = Path(__file__).parents[3] / "corpus" / "papers"
GIVEN = {
    "tides": ("Mary Somerville", "William Thomson", 2019),
    "lora": ("Edsger Vries", "Ana Hu", 2021),
    "lora_plus": ("Soufiane Hay", "Ana Hu", 2024),
    "qlora": ("Tim Dett", "Ana Hu", 2023),
    "rag": ("Pat Louis", "", 2020),
    "vector_db": ("Grace Böhm", "", 2022),
}


@pytest.fixture(scope="module")
def librarian() -> Librarian:
    read = [document for _, document in read_documents(sorted(PAPERS.glob("*.pdf"))) if isinstance(document, Document)]
    records = [DocumentRecord(d.id, d.path, d.title, d.authors, None, d.pages, len(d.blocks), "indexed") for d in read]
    kept = {}
    for record in records:
        name = Path(record.path).stem
        if name in GIVEN:
            *authors, year = GIVEN[name]
            entry = Reference(name, authors=tuple(filter(None, map(str, authors))), year=int(year))
            kept[name] = Kept(entry, record.id)
    passages = {d.title: [block.text for block in d.blocks if block.kind != "heading"] for d in read}
    return Librarian(Shelf(*with_references(records, kept), passages=passages))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "said", "files"),
    [
        ("How many papers do I have?", "You have 16 papers.", []),
        ("what's in my library? list all my papers", None, []),  # two questions in one are left to the search
        ("list all the papers in my collection", "You have 16 papers.", None),
        ("Who wrote the paper on tides?", "Mary Somerville and William Thomson", ["tides"]),
        ("who is the first author of the LoRA+ paper?", "is Soufiane Hay", ["lora_plus"]),
        ("when was the QLoRA paper published", "is from 2023", ["qlora"]),
        ("what year is a field guide to parameter-efficient fine-tuning from?", "not on record", ["peft"]),
        ("authors of the multi-hop paper", "not on record", ["multihop_rag"]),
        ("how many pages does the vector database paper have?", "has 3 pages", ["vector_db"]),
        ("which of my papers are by Hu?", "By Hu: 3 of your 16 papers.", ["lora", "qlora", "lora_plus"]),
        ("papers by Ana Hu from 2023", "By Ana Hu, from 2023: 1 of your 16 papers.", ["qlora"]),
        ("do i have anything by bohm", "Yes. By bohm: 1 of your 16 papers.", ["vector_db"]),
        ("do I have a paper by Knuth?", "No. By Knuth: none of your 16 papers.", []),
        ("which papers were published after 2021?", "Since 2022: 3 of your 16", ["qlora", "lora_plus", "vector_db"]),
        ("What is the oldest paper I have?", "Oldest, from 2019:", ["tides"]),
        ("which is my newest paper", "Newest, from 2024:", ["lora_plus"]),
        ("which of my papers mention the Bay of Fundy?", "1 of your 16 papers", ["tides"]),
        ("which of my papers is about hallucination", None, ["hallucination"]),
        ("do I have something on prompt engineering?", "Yes.", ["prompt_engineering"]),
        ("Which of my papers discuss NF4?", "With “NF4”", ["qlora"]),
        ("do I have a paper about sourdough?", "No. About “sourdough”: none of your 16 papers.", []),
        ("who wrote the Mamba paper?", "None of your 16 papers goes by the name “Mamba”.", []),
        ("Wer hat das Papier über Gezeiten geschrieben?", None, []),
        ("Who wrote the questions of the evaluation set?", None, []),
        ("How many papers did the evaluation use?", None, []),
        ("whats the title of the paper by somervile", "The title is “The Clock in the Sea", ["tides"]),
    ],
)  # fmt: skip
def test_a_question_about_the_sample_papers(
    librarian: Librarian, question: str, said: str | None, files: list[str] | None
) -> None:
    found: CatalogueAnswer | None = librarian.answer(question)
    if said is None and not files:
        assert found is None or found.missing
        return
    assert found is not None
    assert said is None or said in found.text
    cited = [Path(citation.document.path).stem if citation.document else citation.title for citation in found.citations]
    titles = {record.title: Path(record.path).stem for record in librarian._shelf.documents()}
    named = [titles.get(name, name) for name in cited]
    assert files is None or set(files) <= set(named)
    assert files != [] or named == []
