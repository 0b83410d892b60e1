"""The graph of the facts as text, JSON, Mermaid or GraphML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from ragft.errors import UsageError
from ragft.extras import need
from ragft.tasks.knowledge.fact_graph import FactGraph

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


def drawn(graph: FactGraph, form: str) -> str:
    """The graph in the form of that name.

    Raises:
        UsageError: there is no such form.
        MissingExtra: GraphML needs the packages for training, which bring networkx.
    """
    if form not in FORMS:
        raise UsageError(f"no form {form!r}", fix=f"one of {', '.join(FORMS)}")
    return FORMS[form](graph)


def _text(graph: FactGraph) -> str:
    """An entity and its facts; → before a value that has facts of its own."""
    lines = []
    for entity in graph.entities:
        lines.append(" ".join(entity.split()))
        for fact in graph.about(entity):
            said = f"{fact.attribute}: {'→ ' if graph.about(fact.value) else ''}{fact.value}"
            lines.append("  " + " ".join(said.split()))
    return "\n".join(lines) + "\n"


def _json(graph: FactGraph) -> str:
    triples = [
        {"subject": fact.entity, "predicate": fact.attribute, "object": fact.value, "text": fact.text}
        for fact in graph.facts
    ]
    return json.dumps({"entities": graph.entities, "triples": triples}, ensure_ascii=False, indent=2) + "\n"


def _mermaid(graph: FactGraph) -> str:
    """A flow chart; labels are quoted, and their quotes are entities, so no name can end its label."""
    ids: dict[str, str] = {}
    lines = ["graph LR"]
    for fact in graph.facts:
        start, end = graph.node(fact.entity), graph.node(fact.value)
        for name in (start, end):
            if name not in ids:
                ids[name] = f"n{len(ids) + 1}"
                lines.append(f'    {ids[name]}["{_label(name)}"]')
        lines.append(f'    {ids[start]} -->|"{_label(fact.attribute)}"| {ids[end]}')
    return "\n".join(lines) + "\n"


def _label(text: str) -> str:
    flat = " ".join(text.split())
    for sign, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        flat = flat.replace(sign, entity)
    return flat


def _graphml(graph: FactGraph) -> str:
    need("train", "GraphML")
    import networkx

    made = networkx.MultiDiGraph()
    for fact in graph.facts:
        said = (graph.node(fact.entity), graph.node(fact.value), fact.attribute, fact.text)
        start, end, attribute, text = (_NOT_XML.sub("", part) for part in said)
        made.add_edge(start, end, attribute=attribute, text=text)
    return "\n".join(networkx.generate_graphml(made)) + "\n"


FORMS: Mapping[str, Callable[[FactGraph], str]] = {
    "text": _text,
    "json": _json,
    "mermaid": _mermaid,
    "graphml": _graphml,
}
"""How a graph can be written, by name."""
