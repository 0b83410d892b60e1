"""From bytes to text in the encodings that files of the last forty years are in."""

from __future__ import annotations

import codecs
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.encodings import UnknownEncodingError, decode

TEXTS = [
    (
        "cp1252 iso8859-15 mac-roman cp850",
        "Die Schleuse in Harrow wurde im Frühjahr geöffnet, weil der Wasserstand über das übliche Maß "
        "gestiegen war. Während der Prüfung hörten die Wärter größere Geräusche; später erklärten sie, "
        "dass die Tür nicht völlig schließt. Die Kosten für neue Träger betragen 320 Euro.",
    ),
    (
        "cp1252 iso8859-15 mac-roman",
        "L’écluse a été fermée à la main pendant l’année de la crue. Les ingénieurs ont mesuré le débit à "
        "côté du déversoir, où l’eau passait très près des piliers. Après l’été, ils ont décidé de "
        "remplacer les boulons abîmés par des pièces plus légères.",
    ),
    (
        "cp1252 iso8859-15",
        "La compuerta se abrió en la mañana porque el nivel del río había subido más de lo previsto. "
        "¿Cuántos años durará la reparación? Según el informe, el señor Núñez pidió una inspección "
        "rápida, y también un análisis del hormigón dañado.",
    ),
    (
        "cp1250 iso8859-2",
        "Śluza została zamknięta ręcznie w roku powodzi, ponieważ poziom wody wzrósł powyżej "
        "dopuszczalnej granicy. Inżynierowie zmierzyli przepływ wody i stwierdzili, że łożyska są zużyte. "
        "Później wymieniono śruby na nowe, lżejsze części.",
    ),
    (
        "cp1250 iso8859-2",
        "Zdymadlo bylo v roce povodně uzavřeno ručně, protože hladina řeky příliš stoupla. Inženýři "
        "změřili průtok vody a zjistili, že ložiska jsou opotřebovaná. Později byly šrouby vyměněny za "
        "nové, lehčí součásti.",
    ),
    (
        "cp1250 iso8859-2",
        "A zsilipet kézzel zárták le az árvíz évében, mert a folyó vízszintje túl magasra emelkedett. A "
        "mérnökök megmérték az átfolyást, és megállapították, hogy a csapágyak elhasználódtak. Később "
        "könnyebb csavarokra cserélték őket.",
    ),
    (
        "cp1251 koi8-r cp866 iso8859-5 mac-cyrillic",
        "Шлюз был закрыт вручную в год наводнения, потому что уровень воды поднялся выше допустимого. "
        "Инженеры измерили расход воды и установили, что подшипники изношены. Позднее болты заменили "
        "новыми, более лёгкими деталями.",
    ),
    (
        "cp1251 koi8-u",
        "Шлюз було закрито вручну в рік повені, бо рівень води піднявся вище допустимого. Інженери "
        "виміряли витрату води і встановили, що підшипники зношені. Пізніше болти замінили новими, "
        "легшими деталями, які її витримують.",
    ),
    (
        "cp1251",
        "Шлюзът беше затворен ръчно в годината на наводнението, защото нивото на водата се повиши над "
        "допустимото. Инженерите измериха дебита и установиха, че лагерите са износени. По-късно "
        "болтовете бяха заменени с нови.",
    ),
    (
        "cp1253 iso8859-7",
        "Η θυρίδα έκλεισε με το χέρι τη χρονιά της πλημμύρας, επειδή η στάθμη του νερού ανέβηκε πολύ. Οι "
        "μηχανικοί μέτρησαν την παροχή και διαπίστωσαν ότι τα έδρανα έχουν φθαρεί. Αργότερα οι κοχλίες "
        "αντικαταστάθηκαν με νέους.",
    ),
    (
        "cp1254 iso8859-9",
        "Savak, taşkın yılında elle kapatıldı, çünkü suyun seviyesi izin verilen sınırın üstüne çıktı. "
        "Mühendisler debiyi ölçtü ve yatakların aşındığını gördü. Daha sonra cıvatalar yeni ve daha hafif "
        "parçalarla değiştirildi.",
    ),
    (
        "cp1255 iso8859-8",
        "הסכר נסגר ידנית בשנת השיטפון, משום שמפלס המים עלה מעל המותר. המהנדסים מדדו את הספיקה וגילו "
        "שהמסבים שחוקים. מאוחר יותר הוחלפו הברגים בחלקים חדשים וקלים יותר, והעבודה הסתיימה בזמן.",
    ),
    (
        "cp1256 iso8859-6",
        "أغلقت البوابة يدويا في سنة الفيضان لأن مستوى الماء ارتفع فوق الحد المسموح به. قاس المهندسون "
        "التدفق ووجدوا أن المحامل قد تآكلت. وفي وقت لاحق استبدلت البراغي بقطع جديدة أخف وزنا.",
    ),
    (
        "cp874",
        "ประตูน้ำถูกปิดด้วยมือในปีที่เกิดน้ำท่วม เพราะระดับน้ำสูงเกินกว่าที่กำหนด วิศวกรได้วัดอัตรา"
        "การไหลและพบว่าตลับลูกปืนสึกหรอ ต่อมาจึงเปลี่ยนสลักเกลียวเป็นชิ้นส่วนใหม่ที่เบากว่า",
    ),
    (
        "cp1257 iso8859-13",
        "Užtvara potvynio metais buvo uždaryta rankomis, nes vandens lygis pakilo virš leistinos ribos. "
        "Inžinieriai išmatavo srautą ir nustatė, kad guoliai susidėvėję. Vėliau varžtai buvo pakeisti "
        "naujomis, lengvesnėmis dalimis.",
    ),
    (
        "cp932 euc-jp iso2022-jp",
        "洪水の年に水門は手で閉じられた。川の水位が許容範囲を超えて上昇したためである。技術者たちは流量を"
        "測定し、軸受が摩耗していることを確認した。その後、ボルトは軽い新しい部品に交換された。",
    ),
    (
        "cp949 euc-kr",
        "홍수가 난 해에 수문은 손으로 닫혔다. 강의 수위가 허용 범위를 넘어 올라갔기 때문이다. 기술자들은 유량을 "
        "측정하고 베어링이 마모된 것을 확인하였다. 그 후 볼트는 더 가벼운 새 부품으로 교체되었다.",
    ),
    (
        "gb18030 gb2312",
        "洪水那一年，水闸是用手关闭的，因为河水的水位超过了允许的范围。工程师测量了流量，发现轴承已经磨损"
        "。后来，螺栓换成了更轻的新零件。这项工作在三个月内完成，费用比预计的低。",
    ),
    (
        "big5",
        "洪水那一年，水閘是用手關閉的，因為河水的水位超過了允許的範圍。工程師測量了流量，發現軸承已經磨損"
        "。後來，螺栓換成了更輕的新零件。這項工作在三個月內完成，費用比預計的低。",
    ),
    (
        "cp1252 mac-roman",
        "The gate’s height isn’t known – it costs € 57 at Harrow. “Nobody,” he said, “opened it in nine "
        "of thirty winters…” The naïve café owner’s résumé was no help.",
    ),
]
"""Encodings that texts of a language are kept in, with a text in it."""

MAINFRAMES = ("cp037", "cp273", "cp500", "cp1140")
"""Encodings of IBM's mainframes for Western texts."""

SHORT = [
    "Größe 57 m, Höhe 12 m, Öffnung 3²",
    "Café déjà vu",
    "Temperatur: 25 °C, Änderung ±3 %, Maß 5 µm",
    "naïve",
    "Muñoz",
    "It costs £320 at ½ price",
    "Ça va à la façon de Noël",
    "El niño tiene 57 años",
    "åäö smörgåsbord är gott",
    "Übergröße",
    "5 µm",
    "It is 25 °C",
    "╔════╦═════╗\n║ 57 ║ 320 ║\n╚════╩═════╝\n",
]
"""What the pages of DOS in Western Europe and the United States write alike."""

PAIRS = [(encoding, text) for encodings, text in TEXTS for encoding in encodings.split()]
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize(("encoding", "text"), PAIRS)
def test_text_in_a_legacy_encoding_is_read_right_and_the_guess_noted(encoding: str, text: str) -> None:
    shown = text.encode(encoding, "ignore").decode(encoding)
    found, notes = decode(shown.encode(encoding))
    assert found == shown
    assert "a guess" in notes[0]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("mac-roman", "im Frühjahr geöffnet, weil der Wasserstand"),
        ("mac-roman", "Les ingénieurs ont mesuré le débit à côté"),
        ("cp866", "Шлюз был закрыт"),
        ("cp866", "уровень воды поднялся выше допустимого."),
        ("iso8859-5", "год наводнения, потому что уровень воды"),
        ("mac-cyrillic", "Инженеры измерили расход"),
        ("cp852", "zamknięta ręcznie w roku powodzi"),
        ("cp852", "změřili průtok vody a zjistili, že ložiska"),
        ("iso8859-2", "że łożyska są zużyte. Później wymieniono"),
        ("iso8859-2", "změřili průtok vody a zjistili, že ložiska jsou"),
        ("mac-latin2", "Zdymadlo bylo v roce povodně uzavřeno ručně, protože hladina řeky stoupla"),
        ("mac-greek", "Η θυρίδα έκλεισε με το χέρι"),
        ("cp737", "Η θυρίδα έκλεισε με το χέρι"),
    ],
)
def test_a_line_in_an_encoding_of_its_region_is_read_right(encoding: str, text: str) -> None:
    found, notes = decode(text.encode(encoding))
    assert found == text
    assert "a guess" in notes[0]


@pytest.mark.parametrize("encoding", MAINFRAMES)
@pytest.mark.parametrize("text", ["The sluice at Harrow has 57 bolts.\nIt weighs 320 tonnes.", "57 Größen, 3 Maße"])
def test_a_text_of_a_mainframe_keeps_its_letters_and_numbers(text: str, encoding: str) -> None:
    found, notes = decode(text.encode(encoding))
    assert found == text
    assert notes[0].endswith("(EBCDIC), a guess")


def test_lines_of_a_mainframe_end_in_a_sign_of_their_own() -> None:
    data = b"\x15".join(line.encode("cp037") for line in ("The sluice at Harrow has bolts", "and it weighs 57 tonnes."))
    assert decode(data)[0] == "The sluice at Harrow has bolts\nand it weighs 57 tonnes."


def test_what_reads_as_garbage_in_every_encoding_is_refused() -> None:
    ecluza = "Ecluza a fost închisă manual în anul inundației, deoarece nivelul apei a crescut peste limita admisă. "
    with pytest.raises(UnknownEncodingError):
        decode((ecluza * 3).encode("mac-romanian", "ignore"))


@pytest.mark.parametrize("encoding", ["cp437", "cp850"])
@pytest.mark.parametrize("text", SHORT)
def test_a_short_text_of_dos_keeps_its_letters_and_numbers(text: str, encoding: str) -> None:
    found, notes = decode(text.encode(encoding))
    assert found == text
    assert notes == ("its encoding is not known: read as CP850, a guess",)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp437", "α = 0.05, x ≥ 3, Σ ≈ 12 ± 1, √2, π"),
        ("cp437", "x≤3, y≥5, α = 0.05, 12 ± 1"),
        ("cp850", "São Paulo não está à beira-mar"),
        ("cp850", "Størrelse på æble: 57"),
        ("cp850", "The rule is 5 × 10 and ± 3 µm at 20 °C, ½ of £320 (§ 4)."),
    ],
)
def test_the_pages_of_dos_are_distinguished(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "5 × 3 µm ±2",
        "£320 and ½",
        "x² ³ ¹",
        "À Paris",
        "Spalte Ä hat 5 Werte",
        "Spalte Ü",
        "ß = 0.5 and so on",
        "He said “no”and left",
        "the „first“word",
        "nombreÉtape",
        "Zürich · Genève",
        "Côte d’Ivoire",
        "L’île, 5 ° C",
        "¿Qué?",
        "L’année ’68 – “déjà”… à 5 °C",
    ],
)
def test_a_short_text_of_windows_is_none_of_dos(text: str) -> None:
    assert decode(text.encode("cp1252"))[0] == text


@pytest.mark.parametrize("text", [text for encodings, text in TEXTS if "cp1251" in encodings])
def test_cyrillic_is_not_taken_for_western_text(text: str) -> None:
    for start in range(0, len(text) - 40, 7):
        piece = text[start : start + 40]
        assert "WINDOWS-1252" not in decode(piece.encode("cp1251"))[1][0].upper()
        assert "CP850" not in decode(piece.encode("cp1251"))[1][0]


def cesu8(text: str) -> bytes:
    data = text.encode("utf-16-be")
    units = [chr(int.from_bytes(data[place : place + 2], "big")) for place in range(0, len(data), 2)]
    return "".join(units).encode("utf-8", "surrogatepass")


@given(st.text())
def test_cesu8_is_read_as_the_text_it_is(text: str) -> None:
    plain = text.replace("\0", "").replace("\x1b", "").lstrip("\ufeff")
    assert decode(cesu8(plain)) == (plain, ())


def test_cesu8_with_a_damaged_byte_keeps_its_letters() -> None:
    found, notes = decode(cesu8("größer als 🎉, ä ö ü, é è") + b"\xff,")
    assert found == "größer als 🎉, ä ö ü, é è\ufffd,"
    assert notes == ("1 damaged character (read as UTF-8)",)


@given(pair=st.sampled_from(PAIRS), data=st.data())
def test_any_piece_of_text_is_read_right_or_the_guess_is_noted(pair: tuple[str, str], data: st.DataObject) -> None:
    encoding, text = pair
    start = data.draw(st.integers(0, len(text) - 20))
    shown = text[start : start + data.draw(st.integers(20, 4 * len(text)))].encode(encoding, "ignore").decode(encoding)
    try:
        found, notes = decode(shown.encode(encoding))
    except UnknownEncodingError:
        return
    assert found == shown or notes


@pytest.mark.parametrize("encoding", UNICODE)
@pytest.mark.parametrize("text", [text for _, text in TEXTS])
def test_unicode_with_and_without_a_mark_is_no_guess(encoding: str, text: str) -> None:
    assert decode(f"{text}\n{text}".encode(encoding)) == (f"{text}\n{text}", ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_that_ends_in_the_middle_of_a_character(encoding: str) -> None:
    found, notes = decode("Die Tür ist zu.\nGanz zu.".encode(encoding)[:-1])
    assert found.startswith("Die Tür ist zu.\nGanz zu")
    assert notes == (f"1 damaged character (read as {encoding.upper()})",)


@pytest.mark.parametrize(
    "data",
    [
        "수문에는 볼트가 있다".encode()[:-1],  # cut at its end
        "수문에는 볼트가 ".encode() + b"\xff" + "있다".encode(),
        "Ścieżka żółwia — łąka; źdźbło, ".encode() * 40 + "—".encode()[:2] + " łąka".encode(),
    ],
)
def test_nearly_valid_utf8_stays_utf8(data: bytes) -> None:
    found, notes = decode(data)
    assert found == data.decode("utf-8", "replace")
    assert notes == ("1 damaged character (read as UTF-8)",)


@pytest.mark.parametrize("tail", ["naïve", "costs £57 – “more”, à peu près 5 °C", "Café\xa0: déjà vu…\n" * 30])
def test_a_tail_of_windows_1252_in_utf8_is_read_as_what_it_is(tail: str) -> None:
    head = "Ścieżka żółwia — łąka; źdźbło. "
    found, notes = decode(head.encode() + tail.encode("cp1252"))
    assert found == head + tail
    assert len(notes) == 1
    assert notes[0].endswith("read as Windows-1252 in a text of UTF-8")


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "The gate’s height isn’t known – it costs € 57."),
        ("latin1", "cp1252", "“quoted”"),
        ("US-ASCII", "cp1252", "naïve"),
        ("gb2312", "gb18030", "朱镕基和喆先生"),
        ("x-sjis", "cp932", "①㈱髙橋"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("x-gbk", "gb18030", "水闸"),
        ("big5-hkscs", "big5hkscs", "嘅啲"),
        ("x-euc-jp", "euc_jp", "水門"),
        ("windows-31j", "cp932", "水門"),
        ("dos-874", "cp874", "ประตู"),
        (" KOI8-R ", "koi8-r", "Шлюз"),
        ("cp866", "cp866", "Шлюз"),
        ("iso-2022-jp", "iso2022_jp", "水門は手で"),
    ],
)
def test_labels_mean_what_web_browsers_read_under_them(label: str, encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), label) == (text, ())


def test_utf8_is_read_as_utf8_whatever_its_label() -> None:
    assert decode("Größe – 57 €".encode(), "iso-8859-1") == ("Größe – 57 €", ())


@pytest.mark.parametrize("label", ["utf-8", "utf-16", "none", "x-user-defined", "hex", "\0"])
def test_a_label_that_is_wrong_or_unknown_is_passed_over(label: str) -> None:
    text = "Die Schleuse wurde geöffnet, weil der Wasserstand über das Maß stieg."
    found, notes = decode(text.encode("cp1252"), label)
    assert found == text
    assert "a guess" in notes[0]


@pytest.mark.parametrize(
    "extra", ["It costs € 57.", "isn’t known", "Muñoz", "25 °C ± 3", "5 µm", "© 2019", "£320, § 4"]
)
@pytest.mark.parametrize("before", [1, 30])
def test_a_few_western_characters_in_much_english(extra: str, before: int) -> None:
    text = "The sluice at Harrow has bolts and it weighs 57 tonnes. " * before + extra
    assert decode(text.encode("cp1252"))[0] == text


@pytest.mark.parametrize(
    "data", [b"ab\0\0cd", random.Random(3).randbytes(4000), b"\x7fELF\2\1\1" + bytes(300) + b"\x3e"]
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(UnknownEncodingError):
        decode(data)


@pytest.mark.parametrize("label", ["", "gbk", "euc-jp", "cp037", "iso-8859-2"])
def test_nothing_is_an_empty_text_under_any_label(label: str) -> None:
    assert decode(b"", label) == ("", ())


def test_zero_bytes_that_a_crash_left_at_the_end_are_no_text() -> None:
    assert decode("Größe".encode() + bytes(500)) == ("Größe", ())


@given(st.binary(), st.text(max_size=12))
def test_any_bytes_are_text_or_refused(data: bytes, label: str) -> None:
    try:
        text, _ = decode(data, label)
    except UnknownEncodingError:
        return
    text.encode("utf-8")


@given(st.text())
def test_utf8_comes_back_as_it_was(text: str) -> None:
    plain = text.replace("\0", "").replace("\x1b", "").lstrip("\ufeff")
    try:
        data = plain.encode()
    except UnicodeEncodeError:
        return
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        assert decode(data) == (plain, ())
