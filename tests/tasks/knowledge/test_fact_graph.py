"""The facts as a graph: pairs in a row, what a question needs, and the forms in which it is shown."""

from __future__ import annotations

import json

import pytest

from ragft.errors import UsageError
from ragft.tasks.knowledge.fact_graph import FactGraph, names
from ragft.tasks.knowledge.graph_forms import FORMS, drawn
from ragft.tasks.knowledge.stated_facts import StatedFact
from tests.tasks.knowledge.facts_of_a_company import BIRTH, BRASK, CORVEX, ENGINEER, FACTS, OFFICE, WEIGHT

GRAPH = FactGraph(FACTS)


def test_facts_in_a_row_are_those_whose_value_has_facts_of_its_own() -> None:
    assert {(pair.first, pair.second) for pair in GRAPH.chains()} == {
        (CORVEX, WEIGHT), (CORVEX, ENGINEER), (ENGINEER, BIRTH),
    }  # fmt: skip


def test_a_pair_that_leads_back_is_none() -> None:
    there, back = (StatedFact(f, "", a, "ally", b) for f, a, b in (("1", "A", "B"), ("2", "B", "A")))
    assert FactGraph([there, back]).chains() == []


def test_a_question_over_two_facts_finds_both_before_all_others() -> None:
    assert GRAPH.find("What is the birthplace of the lead engineer of Corvex?", 2) == [ENGINEER, BIRTH]
    assert GRAPH.find("How heavy is Brask?", 8) == [BRASK]
    assert GRAPH.find("How are you?", 8) == []


def test_a_korean_name_is_found_before_its_particle() -> None:
    assert GRAPH.find("미란델 한국은 어디에 있습니까?", 3) == [OFFICE]


@pytest.mark.parametrize(
    ("text", "name", "is_there"),
    [("the river Wend.", "Wend", True), ("wendy", "Wend", False), ("CORVEX!", "Corvex", True), ("a.b", "a+b", False)],
)
def test_a_name_is_a_word_of_its_own(text: str, name: str, *, is_there: bool) -> None:
    assert names(text, name) is is_there


def test_every_triple_is_in_every_form_of_text() -> None:
    for form in set(FORMS) - {"graphml"}:  # which escapes, and is read back below
        text = drawn(GRAPH, form)
        for fact in GRAPH.facts:
            for part in (fact.entity, fact.attribute, fact.value):
                assert part in text, form


def test_json_holds_the_triples() -> None:
    found = json.loads(drawn(GRAPH, "json"))
    assert found["entities"] == ["Mirandel", "Corvex", "Doro Vint", "Brask", "미란델 한국"]
    assert found["triples"][1] == {
        "subject": "Corvex", "predicate": "weight", "object": "12 tonnes", "text": "Corvex weighs 12 tonnes.",
    }  # fmt: skip


def test_no_name_can_leave_its_label_in_a_drawing() -> None:
    hostile = StatedFact("f", "", 'A"] --> B["', "<b>x</b>\n end", '"#quot;')
    text = drawn(FactGraph([hostile]), "mermaid")
    assert text.count('"') == 2 * text.count('["') + 2
    assert "<b>" not in text and len(text.splitlines()) == 4


def test_graphml_is_read_back_with_its_texts() -> None:
    import networkx

    read = networkx.parse_graphml(drawn(GRAPH, "graphml"), node_type=str, force_multigraph=True)
    assert {(a, d["attribute"], b) for a, b, d in read.edges(data=True)} == {
        (fact.entity, fact.attribute, fact.value) for fact in GRAPH.facts
    }


def test_an_entity_is_one_node_in_whatever_case_its_name_is_written() -> None:
    import networkx

    graph = FactGraph(
        [StatedFact("1", "", "Corvex", "maker", "MIRANDEL"), StatedFact("2", "", "Mirandel", "seat", "Ro")]
    )
    mermaid = drawn(graph, "mermaid")
    assert "MIRANDEL" not in mermaid and '-->|"seat"| n3' in mermaid
    assert set(networkx.parse_graphml(drawn(graph, "graphml"), node_type=str)) == {"Corvex", "Mirandel", "Ro"}


def test_control_characters_and_line_ends_break_no_form() -> None:
    import networkx

    graph = FactGraph([StatedFact("1", "", "A\nB\x1b", "made\x01 by", "C\ufffe")])
    assert set(networkx.parse_graphml(drawn(graph, "graphml"), node_type=str)) == {"A\nB", "C"}
    assert len(drawn(graph, "text").splitlines()) == 2


def test_an_unknown_form_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no form 'svg'") as caught:
        drawn(GRAPH, "svg")
    assert "mermaid" in str(caught.value.fix)
