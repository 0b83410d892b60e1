"""Put documents.jsonl together from kinds.toml: python data/tasks/documents/make.py. The same every time.

Of each kind eight documents, each with three of the kind's seven sentences, filled in at random; half have a title.
Some hold a sentence of another kind, as real letters mention an invoice or a contract.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
EACH = 8
OF_NO_KIND = 24
FILL = {
    "name": "Ada Brandt,Ravi Menon,Lucia Ferro,Tom Okafor,Jin Park,Greta Holm,Omar Haddad,Nora Quist,Paul Veit",
    "company": "Northwind Traders,Alder & Sons,Helio Systems,Blue Quay Ltd,Tannery Row GmbH,Peakline,Orchard Foods",
    "place": "Ghent,Porto,Busan,Leeds,Tartu,Graz,Valparaiso,Utrecht,Bergen,Lyon",
    "product": "pump,desk lamp,bicycle,software licence,coffee grinder,greenhouse,drone,wool coat,piano,scanner",
    "job": "accountant,project manager,nurse,electrician,translator,buyer,chemist,head of sales",
}
MONTHS = ("January", "March", "May", "July", "October")
OPENINGS = ("Dear {name},", "Dear Sir or Madam,", "{company}, {place}, {date}", "Ref. {number}", "Hello {name},", "")
CLOSINGS = ("Yours faithfully, {name}", "Kind regards, {name}", "{name}, {company}", "Signed: {name}, {date}", "")


def filled(text: str, random: Random) -> str:
    """`text` with every {slot} filled in by itself."""

    def value(match: re.Match[str]) -> str:
        match slot := match[1]:
            case "date":
                return f"{random.randint(1, 28)} {random.choice(MONTHS)} 20{random.randint(18, 25)}"
            case "money":
                return f"{random.randint(12, 9800)}.{random.randint(0, 99):02d} EUR"
            case "number":
                return str(random.randint(1000, 99999))
            case "days":
                return str(random.choice((7, 10, 14, 28, 30, 60)))
            case "count":
                return str(random.randint(2, 9))
            case _:
                return random.choice(FILL[slot].split(","))

    return re.sub(r"\{(\w+)\}", value, text)


def document(kind: dict[str, list[str]], other: dict[str, list[str]], random: Random) -> str:
    """One document of a kind, perhaps with a sentence of another."""
    body = random.sample(kind["says"], 3)
    if random.random() < 0.3:
        body.insert(random.randint(0, 3), random.choice(other["says"]))
    title = random.choice(kind["titles"]) if random.random() < 0.5 else ""
    lines = [title, random.choice(OPENINGS), *body, random.choice(CLOSINGS)]
    return filled("\n".join(filter(None, lines)), random)


def main() -> None:
    """Write the file."""
    source = tomllib.loads((HERE / "kinds.toml").read_text(encoding="utf-8"))
    kinds, random = source["kinds"], Random(41)
    rows = []
    for label, kind in kinds.items():
        others = [other for name, other in kinds.items() if name != label]
        rows += [{"text": document(kind, random.choice(others), random), "label": label} for _ in range(EACH)]
    texts = source["outside"]["texts"]
    rows += [{"text": filled(texts[n % len(texts)], random), "label": "unknown"} for n in range(OF_NO_KIND)]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (HERE / "documents.jsonl").write_text(lines, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
