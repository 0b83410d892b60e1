"""Shows the facts of a file for the task knowledge before training."""

from __future__ import annotations

from pathlib import Path


def knowledge_graph(file: Path | str, *, form: str, find: str) -> str:
    """The graph of a file of facts; see `Application.knowledge_graph`."""
    from ragft.errors import DatasetError
    from ragft.log import log
    from ragft.tasks.knowledge.fact_graph import FactGraph
    from ragft.tasks.knowledge.graph_forms import drawn
    from ragft.tasks.knowledge.knowledge_questions import FOUND
    from ragft.tasks.knowledge.stated_facts import find_facts, load_facts

    facts = load_facts(find_facts([Path(file)]))
    graph = FactGraph(facts)
    if not graph.facts:
        raise DatasetError(
            f"the parts of no fact in {file} are known", fix='give the lines "entity", "attribute" and "value"'
        )
    if bare := len(facts) - len(graph.facts):
        log.warning(f"{bare} of {len(facts)} facts have no known parts and are not in the graph")
    if not find:
        return drawn(graph, form)
    found = FactGraph(graph.find(find, FOUND))
    if not found.facts:
        log.warning(f"{find!r} names no entity of {file}; without a question, all are shown")
    return drawn(found, form)
