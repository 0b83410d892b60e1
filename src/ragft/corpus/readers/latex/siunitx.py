r"""Numbers and units of siunitx as they are set: `\SI{10}{\kilogram\per\cubic\metre}` is `10 kg/m^3`.

Arguments come as TeX, without their braces.
"""

from __future__ import annotations

import re

PREFIXES = dict(
    zip(
        """yocto zepto atto femto pico nano micro milli centi deci deca hecto kilo mega giga tera peta exa zetta yotta
        kibi mebi gibi tebi""".split(),
        "y z a f p n µ m c d da h k M G T P E Z Y Ki Mi Gi Ti".split(),
        strict=True,
    )
)
UNITS = dict(
    zip(
        """metre meter second hertz gram kilogram kelvin newton joule watt volt ampere ohm pascal mole hour minute day
        litre liter byte bit percent degree degreeCelsius celsius electronvolt candela radian steradian lumen lux tonne
        pixel angstrom dalton decibel bel bar farad henry tesla weber coulomb siemens becquerel gray sievert katal
        hectare arcminute arcsecond euro EUR pounds yen textdegree Omega permille perthousand""".split(),
        """m m s Hz g kg K N J W V A Ω Pa mol h min d
        L L B bit % ° °C °C eV cd rad sr lm lx t
        px Å Da dB B bar F H T Wb C S Bq Gy Sv kat
        ha ′ ″ € € £ ¥ ° Ω ‰ ‰""".split(),
        strict=True,
    )
)
"""The forms in which units are written, in text too."""
NOT_IN_TEXT = frozenset({"day", "bar", "gray"})
"""Names that mean something else outside of a quantity."""
_BEFORE = {"square": "2", "cubic": "3"}
_AFTER = {"squared": "2", "cubed": "3"}
_SHORT = re.compile(r"([afpnumcdkMGT]?)(m|s|g|Hz|V|A|W|J|eV|K|Pa|N|mol|l|L|F|H|C|T|Wh|B|bit|h)")
_TOKEN = re.compile(r"\\(?P<name>[A-Za-z]+)\s*|\\(?P<sign>.)|\{(?P<group>[^{}]*)\}|(?P<text>[^\\{}]+)|.", re.DOTALL)
_SIGNS = frozenset("%$&#")
_POWER = re.compile(r"\s*\^\s*\{?\s*([+\-−]?\d+)\s*\}?")
_NUMBER = re.compile(r"(?:[\d.,+\-−()eEdDx×±:/<>~\s]|\\pm(?![A-Za-z])|\\times(?![A-Za-z]))*")
_EXPONENT = re.compile(r"(?<=[\d)])\s*[eEdD]\s*([+\-−]?\d+)|(?<![\w.])[eEdD]([+\-−]?\d+)")


def number(tex: str) -> str:
    """A number, its exponent and error as in formulas: `1.2 ± 0.3`, `3.5 × 10^-4`. Other TeX stays as it is."""
    if not _NUMBER.fullmatch(tex):
        return tex.strip()
    text = tex.replace(r"\pm", "±").replace("+-", "±").replace(r"\times", "×").replace("x", "×").replace("~", " ")
    text = _EXPONENT.sub(lambda m: f"×10^{m[1]}" if m[1] else f"10^{m[2]}", text)
    return " ".join(re.sub(r"\s*([×±])\s*", r" \1 ", text).split())


def numbers(tex: str) -> str:
    """Numbers between semicolons: `1, 2 and 3`."""
    *most, last = [number(one) for one in tex.split(";")]
    return f"{', '.join(most)} and {last}" if most else last


def angle(tex: str) -> str:
    """Degrees, minutes and seconds between semicolons."""
    return "".join(f"{number(one)}{sign}" for one, sign in zip(tex.split(";"), "°′″", strict=False) if one.strip())


def with_unit(value: str, tex: str) -> str:
    """A written number and its unit, given as TeX."""
    shown = unit(tex)
    return f"{value}{shown}" if shown[:1] in {"°", "′", "″"} and len(shown) == 1 else f"{value} {shown}".strip()


def unit(tex: str) -> str:
    r"""A unit: `m/s^2`, `kg/m^3`, `J/(kg K)`; `s^-1` where nothing stands above the line."""
    if "\\" not in tex:
        return _literal(tex)
    above: list[str] = []
    below: list[str] = []
    prefix = power = waiting = ""
    divided = False
    current = above
    for token in _TOKEN.finditer(tex):
        name, group = token["name"], token["group"]
        if name == "per":
            divided = True
        elif name in PREFIXES:
            prefix += PREFIXES[name]
        elif name in _BEFORE:
            power = _BEFORE[name]
        elif name in {"tothe", "raiseto"}:
            waiting = name
        elif waiting and group is not None:
            power = group.strip() if waiting == "raiseto" else power
            if waiting == "tothe" and current:
                current[-1] += f"^{group.strip()}"
            waiting = ""
        elif name in _AFTER:
            if current:
                current[-1] += f"^{_AFTER[name]}"
        elif shown := _shown(token):
            current = below if divided else above
            current.append(f"{prefix}{shown}" + (f"^{power}" if power else ""))
            prefix = power = ""
            divided = False
    return _over(above, below)


def _shown(token: re.Match[str]) -> str:
    """The sign of a unit, which may be a name of siunitx, its short form or text."""
    if token["sign"]:
        return token["sign"] if token["sign"] in _SIGNS else ""
    if name := token["name"]:
        if name in UNITS:
            return UNITS[name]
        short = _SHORT.fullmatch(name)
        return short[1].replace("u", "µ") + short[2].replace("Wh", "W h") if short else _plain(name)
    return _literal(token["group"] or token["text"] or "")


def _plain(name: str) -> str:
    return "" if name.startswith(("math", "text", "of", "cancel", "highlight", "upmu")) else name


def _literal(text: str) -> str:
    """A unit typed as text: dots and ties stand between units."""
    text = _POWER.sub(r"^\1", text.replace("~", " "))
    return " ".join(re.sub(r"(?<=[^\d\s])\.(?=\S)", " ", text.replace("{", "").replace("}", "")).split())


def _over(above: list[str], below: list[str]) -> str:
    if not below:
        return " ".join(above)
    if not above:
        return " ".join(_inverse(one) for one in below)
    return f"{' '.join(above)}/{below[0] if len(below) == 1 else '(' + ' '.join(below) + ')'}"


def _inverse(one: str) -> str:
    name, _, power = one.partition("^")
    return f"{name}^-{power or '1'}"
