"""How much of the evidence for natural questions is found and shown: ragft, plain rankings of its passages, LlamaIndex.

    PYTHONPATH=li:li2 python benchmarks/bench_natural_peers.py WORKSPACE --papers DIR --keep FOLDER [--questions FILE …]

WORKSPACE is an index of the papers in DIR, which LlamaIndex reads by its own reader, cuts, and encodes with the same
encoder: into 1,024 tokens with 200 of overlap, which is its default, and into 256 with 32, which the encoder can read
whole. FOLDER keeps what it has encoded. bench_ingest.py says how to install it; without it, its rows are left out.

Questions about the collection are left out, because LlamaIndex has nothing that answers them. Follow-ups are made to
stand alone for all. In a prompt of so many tokens of evidence, ragft shows its excerpts, and the others their first
passages, the last of which is cut. `prompt` counts all questions, not only those whose evidence is among the first 8.
"""

from __future__ import annotations

import importlib.util
import shutil
import warnings
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path, PurePath
from statistics import mean
from typing import Any

from question_files import all_questions, question_parser

from ragft.answer.base import Turn
from ragft.answer.prompts.budget import TokenCounter
from ragft.benchmark.asking.lookups import NoDocuments
from ragft.benchmark.retrieval.natural import (
    DEPTHS,
    READ,
    AnswerRanks,
    Fit,
    measure_retrieval,
    prompt_fitter,
    scores,
)
from ragft.config import load_settings
from ragft.corpus.base import Chunk
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.index.base import DocumentRecord, Hit, Mode
from ragft.index.encoders.local_models import find_sentence_model
from ragft.index.index import open_index
from ragft.workspace import Workspace

MODEL = "smollm2"
"""Its tokens are counted."""
BUDGETS = (300, 600)
SIZES = {1024: 200, 256: 32}
"""Tokens of LlamaIndex's chunks, and of these its overlap."""

Find = Callable[[str, int], Sequence[Hit]]


class Searched(NoDocuments):
    """What `measure_retrieval` needs, by one way to search; each query is searched for once."""

    def __init__(self, records: Sequence[DocumentRecord], chunks: Iterable[Chunk], find: Find) -> None:
        self._records = records
        self._find = cache(find)
        self._chunks: dict[str, list[Chunk]] = defaultdict(list)
        for chunk in chunks:
            self._chunks[chunk.document_id].append(chunk)

    def documents(self) -> Sequence[DocumentRecord]:
        """Those of the index."""
        return self._records

    def chunks(self, document_id: str | None = None) -> Sequence[Chunk]:
        """Those of one document."""
        return self._chunks[document_id or ""]

    def search(
        self, query: str, k: int, *, mode: Mode | None = None, documents: Collection[str] | None = None
    ) -> Sequence[Hit]:
        """The `k` best."""
        assert mode is documents is None
        return self._find(query, k)


def main() -> None:
    """Measure each way and print a table."""
    parser = question_parser(__doc__)
    parser.add_argument("--papers", type=Path, required=True, metavar="DIR")
    parser.add_argument("--keep", type=Path, required=True, metavar="FOLDER")
    given = parser.parse_args()
    settings, workspace = load_settings(), Workspace(given.workspace)
    questions = all_questions(given.questions)
    engine = EmbeddedEngine(workspace)
    counter = TokenCounter(engine, MODEL)
    print("| | " + " | ".join(columns([], 0.0, {tokens: [] for tokens in BUDGETS})) + " |")
    with open_index(workspace, settings.index) as index:
        ways = {"ragft": Searched(index.documents(), index.chunks(), index.search)}
        for mode in ("hybrid", "dense", "lexical"):
            find = partial(index.plain_search, mode=mode)
            ways[f"its passages, {mode}"] = Searched(index.documents(), index.chunks(), find)
        if importlib.util.find_spec("llama_index"):
            for size in SIZES:
                ways[f"LlamaIndex, {size}"] = llama_index(given.papers, given.keep, size, index.documents())
        for name, library in ways.items():
            shown = {}
            for tokens in BUDGETS:
                answer = settings.with_("answer", evidence_tokens=tokens).answer
                own = prompt_fitter(engine, MODEL, index, answer)
                fit = own if name == "ragft" else first_passages(tokens, counter.text)
                placed = measure_retrieval(questions, library, fit=fit).placed
                shown[tokens] = [one for one in placed if one.kind != "metadata"]
            alone = [library.search(one.question, max(DEPTHS))[:READ] for one in questions if not one.follow_up_of]
            read = mean(sum(counter.text(hit.text) for hit in hits) for hits in alone)
            print(f"| {name} | " + " | ".join(columns(shown[BUDGETS[0]], read, shown).values()) + " |", flush=True)


def columns(placed: Sequence[AnswerRanks], read: float, shown: Mapping[int, Sequence[AnswerRanks]]) -> dict[str, str]:
    """The cells of a row by the heads of their columns; the shares of no questions are empty."""
    found = scores(placed)
    values = {
        "evidence in 3": found.evidence_at[3],
        f"in {READ}": found.evidence_at[READ],
        f"page in {READ}": found.page_at[READ],
        "MRR": found.mrr,
        **{f"in a prompt of {tokens}": in_prompt(ranks) for tokens, ranks in shown.items()},
    }
    cells = {head: "" if value is None else f"{value:.3f}" for head, value in values.items()}
    return {"questions": str(len(placed)), **cells, f"tokens of {READ}": f"{read:.0f}"}


def in_prompt(placed: Sequence[AnswerRanks]) -> float | None:
    """The share of all questions whose evidence the prompt shows."""
    return mean(one.in_prompt is True for one in placed) if placed else None


def first_passages(tokens: int, count: Callable[[str], int]) -> Fit:
    """Fills a prompt with whole passages, best first."""

    def fit(_query: str, _question: str, hits: Sequence[Hit], _history: Sequence[Turn]) -> list[tuple[str, str]]:
        texts = cut([hit.text for hit in hits], tokens, count)
        return [(hit.document_id, text) for hit, text in zip(hits, texts, strict=False)]

    return fit


def cut(texts: Iterable[str], tokens: int, count: Callable[[str], int]) -> list[str]:
    """The first texts, `tokens` in all; the last ends with the last word that fits."""
    kept = []
    for text in texts:
        size = count(text)
        if size > tokens:
            words = text.split()
            fits = bisect_right(range(len(words) + 1), tokens, key=lambda some: count(" ".join(words[:some]))) - 1
            return [*kept, " ".join(words[: max(fits, 0)])]
        kept.append(text)
        tokens -= size
    return kept


def llama_index(folder: Path, keep: Path, size: int, records: Sequence[DocumentRecord]) -> Searched:
    """LlamaIndex over the files in `folder`, encoded once into `keep`."""
    warnings.simplefilter("ignore")  # those of its libraries
    from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    model = HuggingFaceEmbedding(model_name=str(find_sentence_model("minilm").folder), device="cpu")

    def encode(into: Path) -> None:
        VectorStoreIndex.from_documents(
            pages(folder),
            embed_model=model,
            transformations=[SentenceSplitter(chunk_size=size, chunk_overlap=SIZES[size])],
        ).storage_context.persist(str(into))

    place = keep / str(size)
    make_once(place, encode)
    index: Any = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(place)), embed_model=model)
    ids = {PurePath(record.path).name: record.id for record in records if record.chunks}
    chunks = {node_id: chunk_of(node, ids) for node_id, node in index.docstore.docs.items()}

    def find(query: str, k: int) -> list[Hit]:
        found = index.as_retriever(similarity_top_k=k).retrieve(query)
        return [hit_of(chunks[one.node_id], number, one.score) for number, one in enumerate(found, start=1)]

    return Searched(records, chunks.values(), find)


def make_once(place: Path, make: Callable[[Path], None]) -> None:
    """Have `make` fill the folder `place` if it is not there; it is there only when whole."""
    if place.exists():
        return
    partial = place.with_name(f"{place.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    make(partial)
    partial.rename(place)


@cache
def pages(folder: Path) -> Sequence[Any]:
    """The pages of the files in `folder` as LlamaIndex reads them."""
    from llama_index.core import SimpleDirectoryReader

    return SimpleDirectoryReader(str(folder), filename_as_id=True).load_data()


def chunk_of(node: Any, ids: Mapping[str, str]) -> Chunk:
    """A node of LlamaIndex, which reads each page as a document called `FILE_part_NUMBER`, from 0 on."""
    file, _, number = node.ref_doc_id.rpartition("_part_")
    page = int(number) + 1
    name = PurePath(file).name
    return Chunk(node.node_id, ids[name], page, node.get_content(), name, "", (page, page))


def hit_of(chunk: Chunk, number: int, score: float) -> Hit:
    """A chunk as the hit of this rank."""
    return Hit(number, score, chunk.id, chunk.document_id, chunk.title, chunk.pages, chunk.section, chunk.text)


if __name__ == "__main__":
    main()
