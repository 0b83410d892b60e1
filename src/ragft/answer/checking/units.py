"""One name for each unit that is written after a number, and which units agree. Nothing is converted: kg is not g."""

from __future__ import annotations

import re

_NAMES = {
    "b": "b", "m": "m metre metres meter meters м", "k": "k", "t": "t tonne tonnes ton tons",
    "gb": "gb gib gigabyte gigabytes", "mb": "mb mib megabyte megabytes", "kb": "kb kib kilobyte kilobytes",
    "tb": "tb tib terabyte terabytes", "byte": "byte bytes", "bit": "bit bits", "token": "token tokens",
    "%": "% percent percentage prozent pct процент процента процентов", "point": "point points",
    "ms": "ms millisecond milliseconds", "second": "s sec secs second seconds", "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours", "day": "day days", "week": "week weeks", "month": "month months",
    "year": "year years", "decade": "decade decades", "century": "century centuries",
    "kg": "kg kilo kilos kilogram kilograms kilogramme kilogrammes кг", "g": "g gram grams gramme grammes",
    "mg": "mg milligram milligrams мг", "ounce": "oz ounce ounces", "stone": "stone stones",
    "pound": "pound pounds lb lbs gbp £", "dollar": "dollar dollars usd $", "euro": "euro euros eur €",
    "yen": "yen jpy ¥", "cent": "cent cents", "franc": "franc francs chf", "rupee": "rupee rupees inr ₹",
    "yuan": "yuan cny rmb", "won": "krw ₩", "shilling": "shilling shillings", "guinea": "guinea guineas",
    "km": "km kilometre kilometres kilometer kilometers км",
    "cm": "cm centimetre centimetres centimeter centimeters см",
    "mm": "mm millimetre millimetres millimeter millimeters мм",
    "nm": "nm nanometre nanometres nanometer nanometers нм", "dm": "dm дм",
    "μm": "μm um micron microns micrometre micrometres micrometer micrometers", "mile": "mi mile miles",
    "foot": "ft foot feet", "inch": "inch inches", "yard": "yd yard yards", "knot": "knot knots", "mph": "mph",
    "hectare": "ha hectare hectares", "acre": "acre acres",
    "l": "l litre litres liter liters", "ml": "ml millilitre millilitres milliliter milliliters",
    "gallon": "gallon gallons", "pint": "pint pints",
    "w": "w watt watts", "kw": "kw kilowatt kilowatts", "mw": "mw megawatt megawatts", "gw": "gw gigawatt gigawatts",
    "wh": "wh", "kwh": "kwh", "mwh": "mwh", "hp": "hp horsepower", "volt": "volt volts", "amp": "ampere amperes amps",
    "hz": "hz hertz", "khz": "khz kilohertz", "mhz": "mhz megahertz", "ghz": "ghz gigahertz",
    "pa": "pa pascal pascals", "kpa": "kpa", "mpa": "mpa", "bar": "bar bars", "psi": "psi", "db": "db decibel decibels",
    "joule": "joule joules", "kj": "kj", "calorie": "calorie calories", "kcal": "kcal", "newton": "newton newtons",
    "°": "° degree degrees", "°c": "°c celsius", "°f": "°f fahrenheit", "kelvin": "kelvin kelvins", "rpm": "rpm",
    "times": "x × times fold",
}  # fmt: skip
_UNITS = {spelling: unit for unit, spellings in _NAMES.items() for spelling in spellings.split()}
SHORT_MAGNITUDES = {"k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
"""Letters that stand for a magnitude as well: 65B parameters are 65 billion."""
MAGNITUDE = "×"
"""Stands before the letter in the unit of a number that was multiplied by it."""
CURRENCY = "£$€¥₹₩"
AFTER = r"per\scent\b|(?:°|degrees?\s)\s?(?:celsius|fahrenheit|c|f)\b|[°%]|×(?!\s?\d)"
"""A unit after a number that is more or less than one word, in a folded text."""
_SCALE = re.compile(r"(?:°|degrees?)\s*(c|f)")


def unit_of(written: str) -> str:
    """The unit that `written` (folded) names; empty for any other word."""
    if scale := _SCALE.match(written):
        return f"°{scale[1]}"
    return "%" if written.startswith("per") and written.endswith("cent") else _UNITS.get(written, "")


def agree(one: str, other: str) -> bool:
    """Whether two units may be the same: equal, one not named, degrees of no named scale, points of per cent.

    A letter read as a magnitude is not a unit, so it agrees with every unit but its own: 5 m is not 5,000,000 m.
    """
    if one.startswith(MAGNITUDE) or other.startswith(MAGNITUDE):
        return one.removeprefix(MAGNITUDE) != other.removeprefix(MAGNITUDE) or one == other
    if one == other or not one or not other or {one, other} == {"%", "point"}:
        return True
    return one[0] == other[0] == "°" and "°" in (one, other)


TIMES = frozenset("ms second minute hour day week month year".split())
SIZES = frozenset("byte kb mb gb tb".split())


def measure_the_same(one: str, other: str) -> bool:
    """Whether two units measure one thing: hours and minutes both say how long something takes."""
    return one == other or {one, other} <= TIMES
