"""Office files in the strict form of their standard (ISO/IEC 29500): the same parts under other names of namespaces.

Word, Excel and PowerPoint save it as "Strict Open XML". The libraries that read these files know the other form alone.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

_STRICT = b"http://purl.oclc.org/ooxml/"
_NAME = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)((?:/\w+)?)")
_SPELLED = {b"extendedProperties": b"extended-properties", b"customProperties": b"custom-properties"}
_SPELLED_ENDS = re.compile(rb"(?<=/relationships/)(?:extendedProperties|customProperties)(?=\")")
_TEXTS = (".xml", ".rels", ".vml")
_RELATIONS = "_rels/.rels"


def open_office(path: Path) -> str | io.BytesIO:
    """What libraries open in the place of the file at `path`: its name; of the strict form a copy in memory.

    Raises:
        zipfile.BadZipFile: it is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if _RELATIONS not in names or _STRICT not in archive.read(_RELATIONS):
            return str(path)
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for name in archive.namelist():
                data = archive.read(name)
                made.writestr(name, _renamed(data) if name.endswith(_TEXTS) else data)
    copy.seek(0)
    return copy


def _renamed(data: bytes) -> bytes:
    return _SPELLED_ENDS.sub(lambda match: _SPELLED[match.group()], _NAME.sub(_name, data))


def _name(match: re.Match[bytes]) -> bytes:
    kind, part = match[1], match[2].removeprefix(b"/")
    part = _SPELLED.get(part, part)
    return b"http://schemas.openxmlformats.org/" + kind + b"/2006" + (b"/" + part if part else b"")
