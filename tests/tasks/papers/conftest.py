"""A small corpus in a real index, and an engine that writes the questions its script knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.engine.base import ChatRequest
from ragft.engine.scripted import ScriptedEngine
from ragft.index.index import Index, open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

PAPERS = {
    "adapters": """# Adapters for Large Models
## Method
LoRA freezes the pretrained weights and adds a product of two thin matrices. AdaLoRA distributes a budget of ranks
over the matrices by importance. Prefix tuning prepends trained vectors to the keys and values of every layer.
DoRA splits each weight into a magnitude and a direction before the low-rank update is applied.
## Cost
TinyLlama used 16 graphics cards for about ninety days of uninterrupted pretraining work. LLM.int8 keeps large outliers
of an activation in sixteen-bit precision. Layer freezing saves the memory of stored activations in a large network.
BitFit updates only the bias
terms of a network and leaves every other parameter alone. Weight decay lowers the norm of a matrix over many steps.
""",
    "retrieval": """# Dense and Sparse Retrieval
## Search
Dense retrieval finds paraphrases and misses rare names and identifiers. BM25 ranks documents by term frequency and
document length. The BEIR collection contains 18 data sets from biomedicine, finance and argument retrieval.
Exact search compares the query with every stored vector.
## Indexes
HNSW keeps a layered graph of neighbours in main memory for fast search. DiskANN stores compressed codes in memory and
a graph on a solid-state disk. Product quantisation splits a vector into short pieces that share one codebook.
Query expansion adds related terms to a short search query. Late interaction stores one vector for every token of a
passage and compares every token of the query.
""",
    "evaluation": """# Judging Generated Answers
## Metrics
Faithfulness is the share of statements that the retrieved context supports. FActScore splits a long text into atomic
facts and checks every one of them. Context recall measures how much of the reference answer the passages cover.
Answer relevance compares the question with the questions that an answer would fit.
ARES trains small judges on synthetic questions and answers for every passage.
## Judges
GPT-4 agrees with human preferences in most pairwise comparisons. Position bias favours the answer that a judge
reads first in the prompt. TruthfulQA contains 817 questions from 38 categories of popular misconceptions.
""",
    "safety": """# Attacks on Retrieval
## Attacks
PoisonedRAG plants passages that are written for one target question. A prompt injection hides instructions inside a
retrieved document. Membership inference reveals whether a record was stored in the index.
## Defences
Provenance checks remove passages whose source cannot be verified by anyone. Perplexity filters reject passages
that no person would have written. Isolation reads every passage alone before a vote. Rate limits
reduce the number of queries that one client may send. Differential privacy adds calibrated noise to every answer.
""",
}


def make_workspace(folder: Path) -> Workspace:
    """A workspace in an empty `folder` with an index of the papers."""
    papers, workspace = folder / "papers", Workspace(folder / ".ragft")
    papers.mkdir()
    for name, text in PAPERS.items():
        (papers / f"{name}.md").write_text(text, encoding="utf-8")
    with open_index(workspace, IndexSettings()) as index:
        index.ingest([papers])
    return workspace


@pytest.fixture(scope="session")
def short_papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of `PAPERS`, in which there is little to read."""
    with open_index(make_workspace(tmp_path_factory.mktemp("short")), IndexSettings()) as opened:
        yield opened


@pytest.fixture(scope="session")
def index(short_papers: Index) -> Index:
    """What the tests of a folder make rows from; a folder may have another."""
    return short_papers


def write_question(request: ChatRequest) -> str:
    """What a good model does: ends the question that the prompt begins, with the fact's own words where needed."""
    last = request.messages[-1].content
    found = re.fullmatch(r"Fact: (?P<fact>.*)\nQuestion: (?P<start>.*) …", last, re.DOTALL)
    if found is None:
        return f"Good people know this: {last.rstrip('.?')}, and nothing else."
    return json.dumps({"question": f"{found['start']}?"})


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(write_question)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datasets" / "set"
