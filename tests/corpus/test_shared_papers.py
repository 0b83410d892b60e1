"""The real papers of the shared data: titles as printed on them, read off the rendered pages by a person."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from ragft.corpus.base import Document
from ragft.corpus.readers import find_files, read_documents
from ragft.corpus.sections import is_reference_entry, is_references
from ragft.errors import DocumentError

ROOT = Path(__file__).parents[2]
PAPERS = Path(os.environ.get("RAGFT_SHARED_DATA", ROOT.parent / "shared" / "data")) / "papers"

pytestmark = pytest.mark.skipif(not PAPERS.is_dir(), reason=f"shared data absent: no {PAPERS}")

TITLES = {
    "04217e81": "DetectGPT: Zero-Shot Machine-Generated Text Detection using Probability Curvature",
    "0ec1a7ab": "REALM: Retrieval-Augmented Language Model Pre-Training",
    "1c745601": "DeepRAG: Thinking to Retrieval Step by Step for Large Language Models",
    "2425bd04": "Active Retrieval Augmented Generation",
    "258b0e76": "Attention Is All You Need",
    "345fa903": "Graph Retrieval-Augmented Generation: A Survey",
    "396a0fad": "Retrieval-Augmented Generation for Large Language Models: A Survey",
    "3e67fc1a": "Dense Passage Retrieval for Open-Domain Question Answering",
    "44ec8e0b": "FiDO: Fusion-in-Decoder optimized for stronger performance and faster inference",
    "4d9c6e0e": "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
    "63d53c82": "Trends in Integration of Knowledge and Large Language Models: A Survey and Taxonomy of Methods, "
    "Benchmarks, and Applications",
    "6c24762a": "Ragas: Automated Evaluation of Retrieval Augmented Generation",
    "6d42cb39": "Leveraging Passage Retrieval with Generative Models for Open Domain Question Answering",
    "7c07ebac": "Large Language Models and Future of Information Retrieval: Opportunities and Challenges",
    "8d37f1a0": "Trustworthiness in Retrieval-Augmented Generation Systems: A Survey",
    "94670026": "A Comprehensive Survey of Hallucination Mitigation Techniques in Large Language Models",
    "95562fd9": "Retrieval-Augmented Generation for Knowledge-Intensive NLP Tasks",
    "a16ebc5c": "Adam: A Method for Stochastic Optimization",
    "a71ac8c4": "Training language models to follow instructions with human feedback",
    "b6fedafb": "Deep Residual Learning for Image Recognition",
    "b787983a": "RAGCache: Efficient Knowledge Caching for Retrieval-Augmented Generation",
    "dc0ae3c5": "Precise Zero-Shot Dense Retrieval without Relevance Labels",
    "efd961b7": "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale",
}


@pytest.fixture(scope="module")
def papers() -> dict[str, Document]:
    read = dict(read_documents(find_files([PAPERS / "good"])))
    return {path.name[:8]: result for path, result in read.items() if isinstance(result, Document)}


@pytest.mark.slow
def test_every_title(papers: dict[str, Document]) -> None:
    assert {key: document.title for key, document in papers.items()} == TITLES


AUTHORS = {
    "04217e81": "Eric Mitchell, Yoonho Lee, Alexander Khazatsky, Christopher D. Manning, Chelsea Finn",
    "396a0fad": "Yunfan Gao, Yun Xiong, Xinyu Gao, Kangxiang Jia, Jinliu Pan, Yuxi Bi, Yi Dai, Jiawei Sun, Meng Wang, "
    "Haofen Wang",
    # Printed Oğuz: TeX sets the accent as a character of its own.
    "3e67fc1a": "Vladimir Karpukhin, Barlas Oguz, Sewon Min, Patrick Lewis, Ledell Wu, Sergey Edunov, Danqi Chen, "
    "Wen-tau Yih",
    "4d9c6e0e": "Sergey Ioffe, Christian Szegedy",
    "6c24762a": "Shahul Es, Jithin James, Luis Espinosa-Anke, Steven Schockaert",
    "7c07ebac": "ChengXiang Zhai",
    "95562fd9": "Patrick Lewis, Ethan Perez, Aleksandra Piktus, Fabio Petroni, Vladimir Karpukhin, Naman Goyal, "
    "Heinrich Küttler, Mike Lewis, Wen-tau Yih, Tim Rocktäschel, Sebastian Riedel, Douwe Kiela",
}
# What only lists of references are full of; shares nothing with the rule that leaves them out.
VENUE = re.compile(
    r"arXiv preprint|arXiv:\d|CoRR|In Proceedings|Proceedings of|Advances in Neural|\bpp\. \d|pages \d+[-–]\d+|https://doi"
)
YEARS = {"258b0e76": 2017, "4d9c6e0e": 2015, "95562fd9": 2020, "a16ebc5c": 2015, "b6fedafb": 2015, "efd961b7": 2021}


@pytest.mark.slow
def test_years_and_authors(papers: dict[str, Document]) -> None:
    assert {key: papers[key].year for key in YEARS} == YEARS
    assert all(document.authors for document in papers.values())
    assert {key: ", ".join(papers[key].authors) for key in AUTHORS} == AUTHORS


@pytest.mark.slow
def test_no_reference_list_is_among_the_blocks(papers: dict[str, Document]) -> None:
    for document in papers.values():
        entries = [is_reference_entry(block.text) for block in document.blocks]
        assert not any(all(entries[i : i + 3]) for i in range(len(entries) - 2)), document.title
        assert not any(block.kind == "heading" and is_references(block.text) for block in document.blocks)
        for block in document.blocks:
            assert len(VENUE.findall(block.text)) < 2, (document.title, block)


def test_truncated_files_are_reported_one_by_one() -> None:
    results = dict(read_documents(find_files([PAPERS / "truncated"])))
    assert len(results) == 7
    for path, result in results.items():
        assert isinstance(result, DocumentError), path
        assert str(path) in result.message
        assert "cut short" in result.message
