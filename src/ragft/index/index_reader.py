"""Reading an index and searching it; neither changes a document."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from ragft.console import silent
from ragft.corpus.base import Chunk
from ragft.corpus.stems import stem
from ragft.errors import NotFoundError, WorkspaceError
from ragft.index.base import DocumentRecord, Hit, Mode
from ragft.index.catalogue.lexical import query_terms
from ragft.index.encoders.remembered import Remembered
from ragft.index.parts import ENCODER, IndexParts
from ragft.index.references import Kept, load_references, titles_of, with_references
from ragft.log import log
from ragft.machine import same_name
from ragft.workspace import Workspace, digest_json

if TYPE_CHECKING:
    from ragft.index.catalogue.catalogue_reader import CatalogueReader
    from ragft.index.encoders.base import Vectors
    from ragft.index.search.hybrid import Ranking
    from ragft.index.search.rerank import Reranker
    from ragft.setting_sections import IndexSettings


MOST_BEGINNINGS = 100
"""Documents that are looked at for the languages of a collection."""
MOST_HOLDING = 5000
"""Chunks that are looked at for a phrase."""


class IndexReader(IndexParts):
    """Documents, chunks and search of one workspace."""

    def __init__(self, workspace: Workspace, settings: IndexSettings) -> None:
        super().__init__(workspace, settings)
        self._reranker: Reranker | None = None
        self._remembered = Remembered(self._encode)
        self._warned = False
        self._complete = False

    def documents(self) -> list[DocumentRecord]:
        """Every document, and every file that failed or repeats one."""
        return with_references(self._catalogue.documents(), self._references())

    def document(self, document_id: str) -> DocumentRecord:
        """One document, by id or by an unambiguous beginning of one.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        return first_of(self._records_of(document_id))

    def chunks(self, document_id: str | None = None) -> list[Chunk]:
        """The chunks of one document, or of all, in order."""
        return self._catalogue.chunks(document_id)

    def chunk(self, chunk_id: str) -> Chunk:
        """One chunk.

        Raises:
            NotFoundError: there is none of that id.
        """
        found = self._catalogue.chunk(chunk_id)
        if found is None:
            raise NotFoundError(f"no chunk {chunk_id!r} in {self._workspace.root}", fix="ragft search QUERY")
        return found

    def holding(self, phrases: Sequence[str], documents: Collection[str] | None = None) -> list[Chunk]:
        """The chunks that have the words of any of `phrases` near each other, best first, `MOST_HOLDING` of them.

        `documents`: among those of these ids only.
        """
        terms = [query_terms(phrase) for phrase in phrases]
        return self._catalogue.holding(terms, MOST_HOLDING, documents=documents)

    def _references(self) -> dict[str, Kept]:
        return load_references(self._catalogue)

    def _titles(self, document_ids: Collection[str]) -> dict[str, str]:
        """Title by document id, that of a bibliography first."""
        read = self._catalogue.titles(document_ids)
        return read | {key: title for key, title in titles_of(self._references()).items() if key in read}

    def languages(self) -> frozenset[str]:
        """The languages of the documents, by the beginnings of a hundred of them."""
        from ragft.corpus.languages import language_in

        return frozenset(map(language_in, self._catalogue.beginnings(MOST_BEGINNINGS)))

    def read_meta(self, key: str) -> str | None:
        """A value that another part of ragft keeps with the index."""
        return self._catalogue.read_meta(f"user.{key}")

    def digest(self) -> str:
        """`sha256:…` over all that search reads or shows: equal digests, equal search results.

        That is chunks, titles and authors of documents, the encoder's identity, and the settings that order hits.
        """
        found = self._catalogue.chunks()
        chunks = sorted([c.id, c.title, c.section, c.text, list(c.pages)] for c in found)
        titles = sorted(self._titles({c.document_id for c in found}).items())
        authors = sorted((record.id, *record.authors) for record in self._catalogue.documents() if record.chunks)
        ranking = self._settings.model_dump(mode="json", include={"mode", "fusion", "weight", "rerank"})
        return digest_json([chunks, titles, authors, self._catalogue.read_meta(ENCODER), ranking])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts as passages, float32 [len(texts), dimension], rows of length 1."""
        return self._remembered(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return self.encoder.encode(texts)

    def reads(self, text: str) -> bool:
        """Whether the encoder knows the language of `text`; its vectors say nothing of any other. Loads no model."""
        stored = self._stored_identity() if self._workspace.catalogue.exists() else None
        identity = stored or self.encoder.identity
        return identity.reads(text)

    def search(
        self,
        query: str,
        k: int,
        *,
        mode: Mode | None = None,
        documents: Collection[str] | None = None,
        correct: bool = True,
    ) -> list[Hit]:
        """The `k` best chunks for `query`, among those of `documents` (ids) if given.

        `correct` is off where `query` was spelt by `corrected` already.

        Without vectors (their file was deleted) the search is lexical and says so on stderr. A hybrid search for a
        query in a language that the encoder does not read is lexical, too.

        Raises:
            IndexCorrupted: the vectors were made by another encoder.
        """
        from ragft.index.search.closest import DEPTH
        from ragft.index.search.hybrid import to_hits
        from ragft.index.search.rerank import DEPTH as RERANKED

        query = self.corrected(query) if correct else query
        most = max(k, DEPTH + 1, RERANKED + 1 if self._settings.rerank else 0)
        ranking = self._ranked(query, mode, documents, most)
        best = ranking.chunks[:k]
        return to_hits(best, ranking, self._titles({chunk.document_id for chunk in best}))

    def plain_search(self, query: str, k: int, *, mode: Mode) -> list[Hit]:
        """The `k` best chunks by one ranking or the sum of both, as most programs search: without names of papers,
        their parts, sentences and spelling. It is there to compare `search` with.
        """
        from ragft.index.search.hybrid import DenseSide, Fusion, rank, to_hits

        self._complete_matrix()
        side = DenseSide(self._vector_search(), cache(partial(self._bound_encoder().encode_query, query)))
        fusion = Fusion(self._settings.fusion, self._settings.weight)
        found = rank(self._catalogue, query, side, mode=mode, fusion=fusion, most=k)
        best = found.chunks[:k]
        return to_hits(best, found, self._titles({chunk.document_id for chunk in best}))

    def rank(self, query: str, *, mode: Mode | None = None, documents: Collection[str] | None = None) -> Ranking:
        """All candidates of `query`, best first."""
        return self._ranked(self.corrected(query), mode, documents, None)

    def _ranked(self, query: str, mode: Mode | None, documents: Collection[str] | None, most: int | None) -> Ranking:
        """The candidates, at least the `most` best of those that there are."""
        from ragft.index.search.closest import Query, by_fitness, by_sentences
        from ragft.index.search.hybrid import WITHIN, DenseSide, Fusion, rank
        from ragft.index.search.structured import structured

        chosen = self._possible_mode(mode or self._settings.mode)
        if chosen == "hybrid" and not self.reads(query):
            chosen = "lexical"
        dense_side: DenseSide | None = None
        if chosen != "lexical":
            encode = cache(partial(self._bound_encoder().encode_query, query))
            self._complete_matrix()
            dense_side = DenseSide(self._vector_search(), encode)

        def search(terms: str, within: Collection[str] | None) -> Ranking:
            weight = self._settings.weight if within is None else min(WITHIN, self._settings.weight)
            fusion = Fusion(self._settings.fusion, weight)
            found = rank(self._catalogue, terms, dense_side, mode=chosen, fusion=fusion, documents=within, most=most)
            if chosen != "hybrid" or dense_side is None or fusion.method != "convex":
                return found
            if within is None or len(within) > 1:
                return by_fitness(found, query)
            return by_sentences(found, Query(query, dense_side.encode(), self.weights(terms)), self.embed)

        return self._reranked(query, structured(query, self._catalogue, search, documents))

    def _reranked(self, query: str, ranking: Ranking) -> Ranking:
        """`ranking` in an order that also counts what the cross-encoder of the settings says, where they name one."""
        if not self._settings.rerank:
            return ranking
        from ragft.index.search.rerank import open_reranker

        self._reranker = self._reranker or open_reranker(self._settings.rerank)
        return self._reranker.rerank(query, ranking, self.weights(query))

    def weights(self, text: str) -> dict[str, float]:
        """The stems of a query, and what each of them tells: the logarithm of how rare it is."""
        shares = self._catalogue.frequencies(query_terms(text))
        return {term: -math.log(share) for term, share in shares.items()}

    def corrected(self, query: str) -> str:
        """`query` as it is searched for: words that nothing here has, replaced by those probably meant."""
        from ragft.corpus.text import sanitise
        from ragft.index.search.spelling import corrected

        query = sanitise(query)  # bytes of the command line that are not UTF-8, and what nobody can see
        return corrected(query, _Vocabulary(self._catalogue, self.is_word))

    def lacks(self, word: str, *, rare: bool) -> bool:
        """Whether no passage has `word` in any of its forms; with `rare`, and it is no ordinary word either.

        Where nothing is encoded, it is not known which words are ordinary, and none is rare.
        """
        if not self._catalogue.lacking({stem(word.lower())}):
            return False
        return not rare or not (self._settings.mode == "lexical" or self.is_word(word.lower()))

    def is_word(self, word: str) -> bool:
        """Whether `word` is known to be right though nothing here has it: the encoder has a token of its own for it;
        never where no encoder is needed."""
        if self._settings.mode == "lexical":
            return False
        special, count = self.encoder.count_tokens(["", word])
        return count == special + 1

    def _possible_mode(self, mode: Mode) -> Mode:
        """`mode`, or "lexical" where there are no vectors: neither the file nor anything to copy it from."""
        if mode == "lexical" or not self._catalogue.size() or self._matrix_path.exists() or self._has_store():
            return mode
        if not self._warned:
            log.warning(f"the vectors in {self._matrix_path} are missing: lexical search only → ragft index rebuild")
            self._warned = True
        return "lexical"

    def _complete_matrix(self) -> None:
        """Copy from Chroma the vectors that the file lacks; looks closely once. Where it has none, say what lacks.

        It was deleted, cut or overwritten, or Chroma was filled from another machine.
        """
        from ragft.index.ingest.repair import repair

        if self._complete and self._matrix_path.exists():
            return
        self._complete = True
        chunks = self._catalogue.count()[1]  # counted first: an ingest beside this one can only add vectors
        lacking = chunks - (self._open_codes().count() if self._has_codes() else len(self._open_matrix().held()))
        if lacking <= 0:
            return
        if not self._has_store():
            log.warning(f"{lacking} of {chunks} chunks have no vector to search → ragft index rebuild")
            return
        try:
            with self._lock():
                repair(self._catalogue, self._open_store(), self._open_matrix(), self._bound_encoder, silent)
                self._open_codes().delete()
                self._tried_codes = False
        except WorkspaceError as error:
            log.warning(f"{lacking} of {chunks} chunks have no vector to search, and cannot be given one: {error}")

    def _records_of(self, document_id: str) -> list[DocumentRecord]:
        """The document whose id begins so, or whose file is called so; and the files of the same bytes."""
        records = self.documents()
        found = [record for record in records if document_id and record.id.startswith(document_id)]
        if not found:
            named = {record.id for record in records if same_name(PurePath(record.path).name, document_id)}
            found = [record for record in records if record.id in named]
        if len({record.id for record in found}) != 1:
            many = f" ({len(found)} documents begin with that)" if found else ""
            raise NotFoundError(f"no document {document_id!r}{many}", fix="ragft documents")
        return found


@dataclass(frozen=True)
class _Vocabulary:
    """The words of the catalogue, and others that `known` tells to be right."""

    catalogue: CatalogueReader
    known: Callable[[str], bool]

    def lacking(self, stems: Collection[str]) -> set[str]:
        return self.catalogue.lacking(stems)

    def frequencies(self, stems: Collection[str]) -> dict[str, float]:
        return self.catalogue.frequencies(stems)

    def writes(self, word: str) -> bool:
        return self.catalogue.writes(word)

    def is_word(self, word: str) -> bool:
        return self.known(word)


def first_of(records: Sequence[DocumentRecord]) -> DocumentRecord:
    """The document itself, not a file that repeats it."""
    return next((record for record in records if record.status != "duplicate"), records[0])
