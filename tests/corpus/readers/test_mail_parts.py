"""Of the parts of a message those are read that a mail program shows, each once."""

from __future__ import annotations

from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from ragft.corpus.base import Document
from ragft.corpus.readers import mail, read_here


def divided(kind: str, *parts: Message) -> MIMEMultipart:
    made = MIMEMultipart(kind)
    for part in parts:
        made.attach(part)
    return made


def attached(part: Message, name: str) -> Message:
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def titled(message: Message, subject: str) -> Message:
    message["Subject"] = subject
    return message


def page(text: str) -> MIMEText:
    return MIMEText(f"<p>{text}</p>", "html")


def read(folder: Path, message: Message) -> Document:
    (folder / "m.eml").write_bytes(titled(message, "Gates").as_bytes())
    return read_here(folder / "m.eml")


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks][1:]


def test_all_texts_of_a_message_are_read_in_order(tmp_path: Path) -> None:
    both = divided("alternative", MIMEText("Third 33."), page("third 33"))
    file = attached(MIMEText("99"), "x.txt")
    document = read(tmp_path, divided("mixed", MIMEText("First 11."), page("Second 22."), both, file))
    assert texts(document) == ["First 11.", "Second 22.", "Third 33."]
    assert document.warnings == ("attachments are not read: x.txt",)


def test_a_page_is_parsed_once_however_deep_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    fragment_blocks = mail.fragment_blocks
    monkeypatch.setattr(mail, "fragment_blocks", lambda text: parsed.append(text) or fragment_blocks(text))
    inner: Message = page("It has 88 bolts.")
    for _ in range(20):
        inner = divided("alternative", MIMEText("Too short."), inner)
    assert texts(read(tmp_path, inner))[-1] == "It has 88 bolts."
    assert len(parsed) == 1


def test_an_empty_plain_form_does_not_hide_the_other(tmp_path: Path) -> None:
    assert texts(read(tmp_path, divided("alternative", MIMEText(" \n"), page("It has 88 bolts.")))) == [
        "It has 88 bolts."
    ]


def test_the_title_of_a_page_is_not_shown(tmp_path: Path) -> None:
    html = "<html><head><title>Newsletter 12</title></head><body><p>57 tonnes</p></body></html>"
    assert texts(read(tmp_path, MIMEText(html, "html"))) == ["57 tonnes"]


def test_the_plain_form_is_read_wherever_it_stands(tmp_path: Path) -> None:
    assert texts(read(tmp_path, divided("alternative", page("page"), MIMEText("plain")))) == ["plain"]


def test_forms_within_forms(tmp_path: Path) -> None:
    picture = MIMEBase("image", "png")
    inner = divided("related", page("It has 44 bolts."), picture)
    calendar = MIMEText("BEGIN:VCALENDAR", "calendar")
    file = attached(MIMEBase("application", "pdf"), "a.pdf")
    whole = divided("alternative", MIMEText(""), divided("mixed", inner, file), calendar)
    document = read(tmp_path, divided("mixed", whole, MIMEText("-- \nThe list.")))
    assert texts(document) == ["It has 44 bolts.", "-- The list."]
    assert document.warnings == ("attachments are not read: a.pdf",)


def test_a_message_in_a_message_is_read_under_its_head(tmp_path: Path) -> None:
    inner = MIMEMessage(titled(MIMEText("It has 77 bolts."), "Inner"))
    document = read(tmp_path, divided("mixed", MIMEText("See below."), inner))
    assert texts(document) == ["See below.", "Subject: Inner", "It has 77 bolts."]
    assert document.warnings == ()


def test_the_messages_of_a_digest_are_read(tmp_path: Path) -> None:
    made = (MIMEMessage(titled(MIMEText(f"Text {number}."), f"D{number}")) for number in (1, 2))
    assert texts(read(tmp_path, divided("digest", *made))) == ["Subject: D1", "Text 1.", "Subject: D2", "Text 2."]


def test_a_message_that_is_attached_is_named(tmp_path: Path) -> None:
    inner = attached(MIMEMessage(titled(MIMEText("It has 77 bolts."), "Inner")), "inner.eml")
    document = read(tmp_path, divided("mixed", MIMEText("See there."), inner))
    assert texts(document) == ["See there."]
    assert document.warnings == ("attachments are not read: inner.eml",)


def test_the_text_of_a_signed_message_is_no_attachment(tmp_path: Path) -> None:
    signature = attached(MIMEBase("application", "pgp-signature"), "signature.asc")
    document = read(tmp_path, divided("signed", divided("mixed", MIMEText("It has 31 bolts.")), signature))
    assert texts(document) == ["It has 31 bolts."]
    assert document.warnings == ("attachments are not read: signature.asc",)


LONG = "The harbour closes at noon on 14 June, and boats of more than 12 metres leave through the north gate by ten."


@pytest.mark.parametrize(
    ("plain", "html", "seen"),
    [
        ("View this message in your browser: https://x.example/m", f"<p>{LONG}</p>", LONG),
        ("This message is HTML.", f"<p>{LONG}</p><p>Ann</p>", LONG),
        (" \u200b\u00a0 ", f"<p>{LONG}</p>", LONG),
        (LONG, "<img src='https://x.example/p.gif' width=1 height=1>", LONG),
        (LONG, "<p>Your program shows no plain text.</p>", LONG),
        (LONG, f"<p>{LONG.replace('14 June', '<b>14 June</b>')}</p><p>Unsubscribe here</p>", LONG),
        ("👍", "<p>👍</p>", "👍"),
        (LONG, f"<p style='display:none'>Hidden words of 99 gates</p>{LONG}", LONG),
    ],
)
def test_a_stub_is_no_form_of_the_text(plain: str, html: str, seen: str, tmp_path: Path) -> None:
    document = read(tmp_path, divided("alternative", MIMEText(plain), page(html)))
    assert texts(document)[0] == seen


def test_a_stub_beside_a_page_with_pictures(tmp_path: Path) -> None:
    whole = divided("related", page(f"<p>{LONG}</p>"), attached(MIMEText("x"), "a.png"))
    assert texts(read(tmp_path, divided("alternative", MIMEText("See the HTML part."), whole)))[0] == LONG


@pytest.mark.parametrize(
    ("kind", "text", "seen"),
    [
        ("enriched", "<bold>Five</bold> gates, 3 << 4 <color><param>red</param>now</color>.", "Five gates, 3 < 4 now."),
        ("markdown", "Five *gates*.", "Five *gates*."),
    ],
)
def test_other_kinds_of_text_are_no_attachments(kind: str, text: str, seen: str, tmp_path: Path) -> None:
    document = read(tmp_path, MIMEText(text, kind))
    assert (texts(document), document.warnings) == ([seen], ())


ASKED = "The gates of the new lock are ready, and the last part of the price is due. See the list below."


@pytest.mark.parametrize(
    "more",
    [
        "<table><tr><td>Sum</td><td>8.420,50 EUR</td></tr><tr><td>Account</td><td>NL20 INGB</td></tr></table>",
        "<table><tr><th>Gate</th><th>Colour</th></tr><tr><td>North</td><td>ochre</td></tr></table>",
        "<p>It is 8.420,50 EUR.</p>",
    ],
)
def test_a_page_with_a_number_or_a_cell_of_its_own_is_read(more: str, tmp_path: Path) -> None:
    document = read(tmp_path, divided("alternative", MIMEText(ASKED), page(f"{ASKED}</p>{more}<p>Ann")))
    assert texts(document)[0] == ASKED
    assert [word for word in ("8.420,50", "ochre") if word in more] == [
        word for word in ("8.420,50", "ochre") if word in texts(document)[1]
    ]
    assert texts(document)[2:] == ["Ann"]


@pytest.mark.parametrize(
    "more",
    [
        "<a href='https://x.example/t/77123?id=9'>our list</a>",
        "https://x.example/t/77123?id=9",
        "<img src='https://x.example/77.gif' width=1 height=1>",
        "<table><tr><th>gates</th><th>price</th></tr><tr><td>new</td><td>last</td></tr></table>",
    ],
)
def test_addresses_and_cells_that_the_plain_form_has_choose_no_page(more: str, tmp_path: Path) -> None:
    assert texts(read(tmp_path, divided("alternative", MIMEText(ASKED), page(f"{ASKED} {more}")))) == [ASKED]


@pytest.mark.parametrize(
    ("plain", "html"),
    [(f"{ASKED} Call 5511.", f"{ASKED} Call 6622."), (ASKED, "Your program shows no page of 2024.")],
)
def test_both_forms_are_read_where_each_has_something_of_its_own(plain: str, html: str, tmp_path: Path) -> None:
    assert texts(read(tmp_path, divided("alternative", MIMEText(plain), page(html)))) == [plain, html]


def test_marks_of_links_in_a_plain_form_do_not_double_the_text(tmp_path: Path) -> None:
    plain = f"{ASKED}[12] [cid:image001.png@01DA] https://x.example/883"
    assert texts(read(tmp_path, divided("alternative", MIMEText(plain), page(f"{ASKED} It is 50 EUR.")))) == [
        f"{ASKED} It is 50 EUR."
    ]
