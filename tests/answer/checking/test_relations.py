"""Two things in one relation, and the same the other way round, in seven languages."""

from __future__ import annotations

import pytest

from ragft.answer.checking.doubts import doubts
from ragft.answer.checking.relations import relation_turned
from tests.answer.fakes import hit

PAIRS = [
    # one is chosen over the other
    ("Keepers prefer Haro over Mira.", "The keepers preferred Mira over Haro in most years."),
    ("Annotators prefer A over B.", "Human annotators prefer B over A."),
    ("They prefer model A to model B.", "They prefer model B to model A."),
    ("Haro is preferred to Mira.", "Keepers favour Mira over Haro."),
    ("The board uses steel rather than oak.", "The board uses oak rather than steel."),
    ("Instead of oak, the board uses steel.", "The board uses oak instead of steel."),
    ("Outputs of GPT-3 are preferred over outputs of GPT-4.", "They prefer outputs of GPT-4 over outputs of GPT-3."),
    ("Die Wärter bevorzugen Haro gegenüber Mira.", "Die Wärter bevorzugen Mira gegenüber Haro."),
    ("Sie nehmen Stahl statt Eiche.", "Sie nehmen Eiche statt Stahl."),
    ("Les gardiens préfèrent Haro à Mira.", "Les gardiens préfèrent Mira à Haro."),
    ("On utilise l'acier au lieu du chêne.", "On utilise le chêne au lieu de l'acier."),
    ("Los guardas prefieren Haro a Mira.", "Los guardas prefieren Mira a Haro."),
    ("Usan acero en lugar de roble.", "Usan roble en lugar de acero."),
    ("评审更偏好Haro而不是Mira。", "评审更偏好Mira而不是Haro。"),
    ("比起Mira，评审更喜欢Haro。", "比起Haro，评审更喜欢Mira。"),
    ("評価者はMiraよりHaroを好む。", "評価者はHaroよりMiraを好む。"),
    ("鋼鉄ではなく樫材を使う。", "樫材ではなく鋼鉄を使う。"),
    ("평가자는 Mira보다 Haro를 선호한다.", "평가자는 Haro보다 Mira를 선호한다."),
    ("강철 대신 참나무를 쓴다.", "참나무 대신 강철을 쓴다."),
    # one replaces the other
    ("They replaced oak with steel.", "They replaced steel with oak."),
    ("Oak was replaced by steel.", "Oak replaces steel at Haro."),
    ("They substitute steel for oak.", "Steel is replaced with oak."),
    ("Sie ersetzen Eiche durch Stahl.", "Stahl wurde durch Eiche ersetzt."),
    ("On remplace le chêne par l'acier.", "L'acier est remplacé par le chêne."),
    ("Sustituyen el roble por acero.", "El acero fue sustituido por roble."),
    ("把Haro替换为Mira。", "Mira被Haro取代。"),
    ("HaroをMiraに置き換えた。", "MiraをHaroに置き換えた。"),
    ("Haro를 Mira로 대체한다.", "Mira를 Haro로 대체한다."),
    # one becomes the other
    ("The leak rose from 3 to 9 litres.", "The leak changed from 9 to 3 litres."),
    ("They moved from Haro to Mira.", "They moved from Mira to Haro."),
    ("We convert drawings into tables.", "We convert tables into drawings."),
    ("Drawings are converted into tables.", "The board converts tables to drawings."),
    ("Sie gingen von Haro zu Mira.", "Sie gingen von Mira zu Haro."),
    ("Tabellen werden in Zeichnungen umgewandelt.", "Zeichnungen werden in Tabellen umgewandelt."),
    ("On convertit les tableaux en dessins.", "On convertit les dessins en tableaux."),
    ("Convierten tablas en dibujos.", "Convierten dibujos en tablas."),
    ("从Haro切换到Mira。", "从Mira切换到Haro。"),
    ("HaroからMiraに切り替える。", "MiraからHaroに切り替える。"),
    ("도표를 그림으로 변환한다.", "그림을 도표로 변환한다."),
    # one is a case of the other
    ("A flash lock is a special case of a weir.", "A weir is a special case of a flash lock."),
    ("Haro generalizes Mira.", "Haro is a special case of Mira."),
    ("Haro ist ein Spezialfall von Mira.", "Mira ist ein Spezialfall von Haro."),
    ("Haro est un cas particulier de Mira.", "Mira est un cas particulier de Haro."),
    ("Haro es un caso especial de Mira.", "Mira es un caso especial de Haro."),
    ("Haro是Mira的特例。", "Mira是Haro的特例。"),
    ("HaroはMiraの特殊な場合である。", "MiraはHaroの特殊な場合である。"),
    ("Haro는 Mira의 특수한 경우이다.", "Mira는 Haro의 특수한 경우이다."),
    # one derives from the other
    ("Haro was derived from Mira.", "Mira was derived from Haro."),
    ("Haro is based on Mira.", "Mira is an extension of Haro."),
    ("Haro wurde aus Mira abgeleitet.", "Mira wurde aus Haro abgeleitet."),
    ("Haro est dérivé de Mira.", "Mira est dérivée de Haro."),
    ("Haro se deriva de Mira.", "Mira se deriva de Haro."),
    ("Haro源自Mira。", "Mira源自Haro。"),
    ("HaroはMiraから派生した。", "MiraはHaroから派生した。"),
    ("Haro는 Mira에서 파생되었다.", "Mira는 Haro에서 파생되었다."),
    # one beats the other
    ("Haro outperforms Mira.", "Haro is outperformed by Mira."),
    ("Haro übertrifft Mira.", "Mira übertrifft Haro."),
    ("Haro surpasse Mira.", "Haro est surpassé par Mira."),
    ("Haro supera a Mira.", "Mira supera a Haro."),
    ("Haro优于Mira。", "Mira优于Haro。"),
    ("HaroはMiraを上回る。", "MiraはHaroを上回る。"),
    ("Haro가 Mira를 능가한다.", "Mira가 Haro를 능가한다."),
]


@pytest.mark.parametrize(("claim", "source"), PAIRS)
def test_a_relation_turned_round(claim: str, source: str) -> None:
    assert relation_turned(claim, [source])
    assert relation_turned(source, [claim])
    assert not relation_turned(claim, [claim])
    assert not relation_turned(claim, [source, claim])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Mira was replaced by Haro.", "Haro replaces Mira."),
        ("Haro beats Mira.", "Mira is inferior to Haro."),
        ("Steel is used instead of oak.", "They prefer steel over oak."),
        ("Mira generalizes Haro.", "Haro is a special case of Mira."),
        ("They do not prefer Haro over Mira.", "They prefer Mira over Haro."),
        ("Haro does not outperform Mira.", "Mira outperforms Haro."),
        ("Keepers prefer Haro over Mira.", "Keepers prefer Mira over Tessa."),
        ("It fell from 9 to 3 litres.", "It fell from 9 litres to 3 litres in a year."),
        ("Haro is based on Mira.", "Tessa is based on Haro."),
        ("They moved the gates to Haro.", "They moved from Haro to Mira."),
        ("Sie ersetzen Eiche durch Stahl.", "Stahl ersetzt Eiche."),
        ("用Haro代替Mira。", "Mira被Haro取代。"),
    ],
)
def test_what_says_the_same_or_something_else(claim: str, source: str) -> None:
    assert not relation_turned(claim, [source])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The keepers prefer Haro over Mira.", "The keepers prefer Mira over Haro."),
        ("Die Wärter der Schleuse bevorzugen Haro gegenüber Mira.",
         "Die Wärter der Schleuse bevorzugen Mira gegenüber Haro."),
    ],
)  # fmt: skip
def test_the_check_contradicts_it(claim: str, source: str) -> None:
    lock = hit(source, title="On locks")
    assert "reversed" in doubts(claim, [lock], [lock])
    assert "reversed" not in doubts(source, [lock], [lock])
