"""Decodes bytes: by byte order mark, as UTF-8, by the declared encoding, else by a detector.

UTF-8 comes before the label: bytes of another encoding are hardly ever valid UTF-8, but labels are often wrong.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence

from ragft.corpus.code_pages import is_garbled, likelier, western

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Codecs as Python names them, and the wider ones that files of that name are really in.
_WIDER = {
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "euc_jp": ("euc_jp", "euc_jis_2004"),
    "euc_kr": ("cp949",),
    "big5": ("cp950", "big5hkscs"),
    "iso2022_jp": ("iso2022_jp_2", "iso2022_jp_ext"),
    "tis-620": ("cp874",),
    "iso8859-1": ("cp1252",),
}
_EAST_ASIAN = {"gb18030", "cp932", "shift_jis_2004", "euc_jp", "euc_jis_2004", "cp949", "cp950", "big5hkscs"}
_EBCDIC = frozenset("cp037 cp273 cp424 cp500 cp875 cp1026 cp1140".split())
"""The encodings of mainframes, in which a blank is 0x40 and 0x20 is rare."""
_ESCAPES = re.compile(rb"\x1b(?:\$[@AB()]|\([BJI])")
_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_ENOUGH_GOOD = 5
"""Valid sequences of UTF-8 for each invalid one: in other encodings one in ten pairs of bytes looks valid."""
_SURE = 5
"""Valid sequences of UTF-8 before the first invalid one, from which a text begins in UTF-8, whatever follows."""
_WESTERN = re.compile("(?:[À-þ][\xa0»”’…–—]?|(?<![À-þ])[‘’“”‚„–—…•€£¥§°±²³¹µ·«»¿¡©®™½¼¾\xa0ŠšŽžŒœŸ])+")
"""What Windows-1252 makes of bytes that are not UTF-8, where they are Western text and not a cut character."""
_INVALID = re.compile("[\udc80-\udcff]+")
_FEW = 0.001
"""The share of characters that may be damaged before an encoding counts as the wrong one."""
_RARE = 0.01
"""With a greater share of invisible characters, the bytes are not text."""
_SHORT = 60
"""Bytes below which the encodings of old machines are not considered."""
_SAMPLE = 1 << 18
"""Bytes that the detector reads."""
_CLOSELY = 1 << 14
"""Bytes of which every character is checked."""


class UnknownEncodingError(ValueError):
    """No encoding fits the bytes; the message says what they seem to be."""


def decode(data: bytes, label: str = "") -> tuple[str, tuple[str, ...]]:
    """`data` as text, and a note where something was guessed or replaced.

    Args:
        data: the bytes of a text file.
        label: the encoding that the file declares, by its name on the web; empty if it declares none.

    Raises:
        UnknownEncodingError: it is binary data, or in no encoding that can be recognised.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "") or _unmarked_wide(data)
    if encoding:
        return _replacing(data, encoding)
    data = _with_pairs_joined(data.rstrip(b"\0"))
    if data[:4096].count(0) > _RARE * len(data[:4096]):
        raise UnknownEncodingError("not a text file (it holds zero bytes)")
    utf8 = _utf8(data)
    for codec in _of_label(label):
        # Two characters of Chinese may look like UTF-8 for characters that no Chinese page is made of.
        if utf8 is not None and not (codec in _EAST_ASIAN and max(utf8, default="") < "\u0800" and not utf8.isascii()):
            break
        if (text := _nearly(data, codec)) is not None:
            return text, _note(text, codec)
    if utf8 is not None:
        return utf8, ()
    if _is_nearly_utf8(data):
        return _mixed(data)
    return _guessed(data)


def _replacing(data: bytes, codec: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(codec, "replace")
    return text, _note(text, codec)


def _mixed(data: bytes) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with parts in Windows-1252, for example pasted from another file; each part in its encoding."""
    western = 0

    def read(match: re.Match[str]) -> str:
        nonlocal western
        around = match.string[max(0, match.start() - 1) : match.start()] + match.string[match.end() : match.end() + 1]
        found = match.group().encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        cut = match.end() == len(match.string) and len(found) == 1 and found.isalpha()
        if cut or any(char > "\u024f" and char.isalpha() for char in around) or not _WESTERN.fullmatch(found):
            return "\ufffd"
        western += len(found)
        return found

    text = _INVALID.sub(read, data.decode("utf-8", "surrogateescape"))
    mixed = f"{western} character{'s' * (western > 1)} read as Windows-1252 in a text of UTF-8"
    return text, (*((mixed,) if western else ()), *_note(text, "utf-8"))


def _note(text: str, codec: str) -> tuple[str, ...]:
    damaged = text.count("\ufffd")
    return (f"{damaged} damaged character{'s' * (damaged > 1)} (read as {_shown(codec)})",) if damaged else ()


def _shown(codec: str) -> str:
    return codec.upper().replace("CP12", "Windows-12")


def _unmarked_wide(data: bytes) -> str:
    """UTF-32 or UTF-16 without a mark, known by its zero bytes; empty for anything else."""
    head = data[:_SAMPLE]
    if b"\0" not in head:
        return ""
    # The upper byte of a space or a line end is zero: it comes second in little endian order.
    utf16 = ["utf-16-le", "utf-16-be"] if head[1::2].count(0) >= head[::2].count(0) else ["utf-16-be", "utf-16-le"]
    return next((name for name in ("utf-32-le", "utf-32-be", *utf16) if _fits(head, name)), "")


def _fits(head: bytes, codec: str) -> bool:
    """Whether bytes read as text under a codec of two or four bytes; pairs of other bytes give a mixture of scripts."""
    try:
        text = codecs.getincrementaldecoder(codec)().decode(head)[:4000]
    except UnicodeDecodeError:
        return False
    usual = sum(char in " \n.,\u3000。，、" for char in text)
    return _is_seen(text) and usual >= 0.01 * len(text) > 0


def _is_seen(text: str) -> bool:
    """Whether hardly any character of `text` is a control character, unassigned or private."""
    odd = sum(unicodedata.category(char) in {"Cc", "Cn", "Co", "Cs"} for char in text if char not in "\t\n\r\f\0")
    return odd <= _RARE * len(text)


def _of_label(label: str) -> Iterator[str]:
    """The codecs to try for a label, by the table of the WHATWG."""
    import webencodings

    found = webencodings.lookup(label) if label else None
    name = found.codec_info.name if found else label.strip()
    # A label that could be read as ASCII is not in UTF-16, and UTF-8 has been tried.
    if name and not name.casefold().startswith("utf"):
        yield from _codecs(name)


def _codecs(name: str) -> tuple[str, ...]:
    try:
        " ".encode(name)  # a codec of Python may be no encoding: hex, rot13
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ()
    return _WIDER.get(codec, (codec,))


def _nearly(data: bytes, codec: str) -> str | None:
    """`data` decoded, `None` where more than a few bytes do not fit."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        return text if text.count("\ufffd") <= max(1, _FEW * len(text)) else None


def _utf8(data: bytes) -> str | None:
    """`data` as UTF-8, `None` where it is not, or is Japanese written with escapes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _ESCAPES.search(data) else text


def _with_pairs_joined(data: bytes) -> bytes:
    """CESU-8 as UTF-8: old databases and Java write each half of a character beyond U+FFFF by itself."""
    joined = _PAIR.sub(_join, data)
    return joined if joined != data and (_utf8(joined) is not None or _is_nearly_utf8(joined)) else data


def _join(pair: re.Match[bytes]) -> bytes:
    halves = pair.group().decode("utf-8", "surrogatepass")
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()


def _is_nearly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    head = text.partition("\ufffd")[0]
    if bad and len(head) - len(head.encode("ascii", "ignore")) >= _SURE:
        return True
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    cut = bad == 1 and text.endswith("\ufffd") and data[-1] >= 0x80
    return good >= (1 if cut else _ENOUGH_GOOD * max(1, bad))


def _guessed(data: bytes) -> tuple[str, tuple[str, ...]]:
    import chardet
    from chardet.enums import EncodingEra

    sample = data[:_SAMPLE]
    every = chardet.detect_all(sample, ignore_threshold=True)
    ranked = [(codec, one["confidence"]) for one in every for codec in _codecs(one["encoding"] or "")]
    if ranked and ranked[0][0] in _EBCDIC and sample.count(b" ") <= _RARE * len(sample):
        return _of_mainframe(data, ranked[0][0])
    # A line or two fits many encodings: then those that are still written come first.
    era = EncodingEra.MODERN_WEB if len(data) < _SHORT else EncodingEra.ALL & ~EncodingEra.MAINFRAME
    found = chardet.detect(sample, encoding_era=era, exclude_encodings=["mac_latin2"])["encoding"]
    wide = [name for name in ("utf-16-le", "utf-16-be") if _fits(sample, name)]
    likely = _codecs(found or "")
    for codec in [*_second_look(sample, likely[:1], ranked), *likely, *wide]:
        text = _nearly(data, codec)
        if text is not None and _is_seen(text[:_SAMPLE]) and not is_garbled(text[:_CLOSELY]):
            return text, (_as_guess(_shown(codec)), *_note(text, codec))
    raise UnknownEncodingError("in no encoding that can be recognised")


def _second_look(data: bytes, guess: Sequence[str], ranked: Sequence[tuple[str, float]]) -> Iterator[str]:
    """The encodings that read less oddly than `guess`, of which there is one or none."""
    for codec in guess:
        other = western(data, codec) if codec not in _EAST_ASIAN else ""
        other = other or likelier(data[:_CLOSELY], codec, [one for one in ranked if one[0] not in _EBCDIC])
        if other:
            yield other


def _of_mainframe(data: bytes, codec: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(codec, "replace").replace("\x85", "\n")
    return text, (_as_guess(f"{_shown(codec)} (EBCDIC)"), *_note(text, codec))


def _as_guess(shown: str) -> str:
    return f"its encoding is not known: read as {shown}, a guess"
