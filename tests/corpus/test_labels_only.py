"""Captions and rows of labels are told from sentences by their form."""

from __future__ import annotations

import pytest

from ragft.corpus.labels_only import begins_with_label, is_caption_line, is_in_labels, is_label_row


@pytest.mark.parametrize(
    "text",
    [
        "Ann Gray∗ Harbour Board ann@harbour.example Bo Marsh∗ Lock Lab bo@locks.example",
        "{ann,bo,cy}@harbour.example",
        "∗Correspondence to ann@harbour.example.",
        "Ann Gray†‡, Bo Marsh⋆, Cy Weir†, Dee Sluice†",
        "1 Department of Hydraulics, University of Bergen, Norway",
        "Fakultät für Wasserbau, Technische Universität Bergen, Norwegen",
        "Universidad de Bergen, Facultad de Ingeniería, Noruega",
        "张三1，李四2，王五3，赵六1",
        "0 20 40 60 80 100 Days Leakage",
        "Leakage 0.0 0.2 0.4 0.6 0.8 1.0",
        "leakage, draught, gate width, beam length",
        "training days validation leakage gate width beam length",
        "Oak Gates Steel Gates Beams Bolts Hinges",
        "Effects of Rust on the Hinges of Gates.",
        "0 20 40 60 80 Number of days",
        "ann@harbour.example and bo@locks.example",
        "email: ann@harbour.example, bo@locks.example.",
        "Harbour Board, Lock Laboratory.",
        "Московский государственный университет, Институт Физики, Москва, Россия.",
        "Αθήνα, Θεσσαλονίκη, Πάτρα, Λάρισα, Χανιά.",
    ],
)
def test_a_row_of_labels(text: str) -> None:
    assert is_label_row(text)


@pytest.mark.parametrize(
    "text",
    [
        "We compare Haro, Mira, Tessa and Tarn.",
        "训练使用8块GPU，耗时3天。",
        "该模型有1.35亿个参数，在12块显卡上训练了9天。",
        "学習率は0.001、バッチは256である。",
        "우리 모델은 2020년, 3개 데이터셋, 5개 언어에서 평가했다.",
        "Haro is a lock in Norway.",
        "Haro leaks more than Mira, Tessa and Tarn.",
        "Write to ann@harbour.example if you need the drawings.",
        "The gates are of oak, the beams of steel, the hinges of brass.",
        "Die Schleuse Haro hat 48 Bolzen und zwei Tore.",
        "Las esclusas Haro y Mira tienen puertas de roble.",
        "我们比较了张三、李四、王五的水闸。",
        "我们比较了四座水闸，其中两座漏水",
        "Haro | 38.5 | 22.1",
        "In 1990 1995 2000 2005 the gates were painted.",
        "It has two gates",
        "The search was run with 10, 20, 30 and 40 documents, which raised the share of right answers by a tenth",
        "Water levels of 0.1, 0.2, 0.3 and 0.4 work",
        "We tried 10, 20, 30, 40 bolts",
        "Larger Locks Leak Faster.",
        "Questions go to ann@harbour.example, complaints to bo@locks.example.",
    ],
)
def test_what_says_something(text: str) -> None:
    assert not is_label_row(text)


@pytest.mark.parametrize(
    ("line", "caption", "begins"),
    [
        ("Table 2: Boats a day.", True, True),
        ("Figure 3. Leakage by month", True, True),
        ("FIG. 4 | Leakage", True, True),
        ("Table 1 Boats a day", True, True),
        ("Supplementary Table S2: boats", True, True),
        ("Tabelle 2: Boote", True, True),
        ("Abb. 3: Lecks", True, True),
        ("Tableau 4 : bateaux", True, True),
        ("Figura 5. Barcos", True, True),
        ("表2：船只", True, True),
        ("図 3：船", True, True),
        ("그림 3. 배", True, True),
        ("图 2. 船", True, True),
        ("表1 结果", True, True),
        ("Table 1Boats a day", True, True),
        ("Figure 3.2 Boats a day", True, True),
        ("Figure 1-3: Boats a day", True, True),
        ("表1显示了船只。", False, True),
        ("図3は船を示す。", False, True),
        ("표 1은 배를 보인다.", False, True),
        ("表1-3显示了船只。", False, True),
        ("Figure 3.2 shows that Haro leaks.", False, True),
        ("Figures 1-3 show that Haro leaks.", False, False),
        ("Table 1A shows that Haro leaks.", False, True),
        ("Table 2 shows that Haro leaks.", False, True),
        ("Tabelle 2 zeigt die Boote.", False, True),
        ("The tables are long.", False, False),
        ("Tables of 2 metres are long.", False, False),
    ],
)
def test_a_caption_and_a_sentence_that_begins_with_its_number(line: str, caption: bool, begins: bool) -> None:
    assert is_caption_line(line) is caption
    assert begins_with_label(line) is begins


PASSAGE = (
    "Table 2: Boats a day. Haro has most of them.\nLock | spring | autumn\nHaro | 38.5 | 22.1\nMira | 41.6 | 30.8\n"
    "Table 2 shows that Mira has more boats. They were counted by hand."
)


def test_a_chinese_sentence_about_a_table_does_not_hide_those_behind_it() -> None:
    text = "表2列出了船只。最高的是Haro。"
    assert not is_in_labels(text, text.index("最高"))


@pytest.mark.parametrize(
    ("words", "inside"),
    [
        ("Boats a day", True),
        ("Haro has most", True),  # the rest of the caption
        ("Lock | spring", True),
        ("Haro | 38.5", False),
        ("Table 2 shows", False),
        ("They were counted", False),
    ],
)
def test_a_whole_caption_and_the_heads_of_a_table_are_labels_and_its_rows_are_not(words: str, inside: bool) -> None:
    assert is_in_labels(PASSAGE, PASSAGE.index(words)) is inside
