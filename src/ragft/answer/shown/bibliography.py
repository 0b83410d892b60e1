"""The works that answers cite, for a paper of one's own: BibTeX, or Markdown with citation keys and references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ragft.answer.base import Citation
from ragft.answer.shown.render import cited_text
from ragft.corpus.references.base import Reference
from ragft.corpus.references.write import to_bibtex, to_line, with_citation_keys
from ragft.index.base import DocumentRecord

_KEYS = re.compile(r"(?:\[\d+\])+")


@dataclass(frozen=True)
class Bibliography:
    """The works cited, in the order in which they are first cited, with citation keys by document id."""

    works: Sequence[Reference]
    keys: dict[str, str]

    def bibtex(self) -> str:
        """All works as BibTeX; empty where there are none."""
        return to_bibtex(self.works) if self.works else ""

    def section(self) -> str:
        """A section of Markdown with all works and their keys; empty where there are none."""
        if not self.works:
            return ""
        return "\n## References\n\n" + "".join(f"- [@{work.key}] {to_line(work)}\n" for work in self.works)


def bibliography(citations: Iterable[Citation], documents: Iterable[DocumentRecord]) -> Bibliography:
    """The works of `citations`; what no bibliography describes gets a key made of author and year."""
    known = {document.id: document for document in documents if document.is_readable}
    cited = {one.document_id: one for one in citations}
    references = with_citation_keys(_work(known.get(key), citation) for key, citation in cited.items())
    return Bibliography(references, {key: work.key for key, work in zip(cited, references, strict=True)})


def markdown_answer(answer: str, citations: Sequence[Citation], works: Bibliography) -> str:
    """An answer with citation keys, as Pandoc reads them, and what each of them quotes."""
    by_number = {citation.key: works.keys[citation.document_id] for citation in citations}

    def keys(match: re.Match[str]) -> str:
        named = dict.fromkeys(by_number[number] for number in re.findall(r"\d+", match[0]) if number in by_number)
        return f"[{'; '.join(f'@{key}' for key in named)}]" if named else match[0]

    lines = [_KEYS.sub(keys, answer), ""]
    for citation in citations:
        page = f", p. {citation.pages[0]}" if citation.pages[0] else ""
        lines.append(f"> {cited_text(citation)} [@{works.keys[citation.document_id]}{page}]\n")
    return "\n".join(lines).rstrip() + "\n"


def _work(document: DocumentRecord | None, citation: Citation) -> Reference:
    if document is None:  # it has been removed since
        return Reference("", title=citation.title)
    if document.reference is not None:
        return document.reference
    return Reference("", title=document.title, authors=document.authors, year=document.year, doi=document.doi or "")
