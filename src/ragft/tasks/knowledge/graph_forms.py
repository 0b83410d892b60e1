"""The graph of the facts as text, JSON, Mermaid or GraphML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ragft.errors import UsageError
from ragft.extras import need
from ragft.tasks.knowledge.fact_graph import FactGraph


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
    """An entity and what is said of it; → before a value that has facts of its own."""
    lines = []
    for entity in graph.entities:
        lines.append(entity)
        for fact in graph.about(entity):
            lines.append(f"  {fact.attribute}: {'→ ' if graph.about(fact.value) else ''}{fact.value}")
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
        for name in (fact.entity, fact.value):
            if name not in ids:
                ids[name] = f"n{len(ids) + 1}"
                lines.append(f'    {ids[name]}["{_label(name)}"]')
        lines.append(f'    {ids[fact.entity]} -->|"{_label(fact.attribute)}"| {ids[fact.value]}')
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
        made.add_edge(fact.entity, fact.value, attribute=fact.attribute, text=fact.text)
    return "\n".join(networkx.generate_graphml(made)) + "\n"


FORMS: Mapping[str, Callable[[FactGraph], str]] = {
    "text": _text,
    "json": _json,
    "mermaid": _mermaid,
    "graphml": _graphml,
}
"""How a graph can be written, by name."""
