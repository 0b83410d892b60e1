"""A small company for the tests of the task."""

from __future__ import annotations

from ragft.tasks.knowledge.stated_facts import StatedFact

CORVEX = StatedFact("f1", "The main product of Mirandel is Corvex.", "Mirandel", "main product", "Corvex")
WEIGHT = StatedFact(
    "f2", "Corvex weighs 12 tonnes.", "Corvex", "weight", "12 tonnes", ("How heavy is Corvex?",), "What does it weigh?"
)
ENGINEER = StatedFact("f3", "The lead engineer of Corvex is Doro Vint.", "Corvex", "lead engineer", "Doro Vint")
BIRTH = StatedFact("f4", "Doro Vint was born in Quenby.", "Doro Vint", "birthplace", "Quenby")
BRASK = StatedFact("f5", "Brask weighs 3 tonnes.", "Brask", "weight", "3 tonnes")
OFFICE = StatedFact("f6", "미란델 한국의 본사는 여수에 있습니다.", "미란델 한국", "본사", "여수")
PLAIN = StatedFact("f7", "Mirandel grew slowly in its first years.")
FACTS = (CORVEX, WEIGHT, ENGINEER, BIRTH, BRASK, OFFICE, PLAIN)
