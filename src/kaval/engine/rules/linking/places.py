"""An address of Kerala read as house, ward, door, locality and pincode, and how far two of them are one dwelling.

`Vakaparambu, Door 519C, Ward 12, Chembakara East, Kerala 682107` and `വാക പറമ്പ്, വാർഡ് 12, 519 C` say the same. Parts
that are not stated agree with nothing and contradict nothing. A pincode covers thousands of dwellings, a house name
is borne by many: neither alone says more than that the place is possible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kaval.engine.rules.linking.names import is_house, is_slip
from kaval.engine.rules.linking.romanise import LONGEST, folded, sound

EXACT = "exact"  # house, ward, door, area
FULL = "full"  # house, one of ward and door, area; or ward and door without a house name
HOUSE_AREA = "house_area"  # house and area, no number stated on both sides
DOOR_AREA = "door_area"  # door and area, no house name stated on both sides
AREA = "area"  # the area, nothing more to compare
OTHER_NUMBER = "other_number"  # house and area, but another door or ward
OTHER_HOUSE = "other_house"  # the area, another house
OTHER = "other"

LEVELS = (EXACT, FULL, HOUSE_AREA, DOOR_AREA, AREA, OTHER_NUMBER, OTHER_HOUSE, OTHER)
SAME_DWELLING = frozenset((EXACT, FULL, HOUSE_AREA, DOOR_AREA))

_PIN = re.compile(r"(?<!\d)([1-9]\d{2})\s?(\d{3})(?!\d)")
_WARD = re.compile(
    r"\b(?:ward|vaard|vaardu|vard|wd)\s*(?:no|number|nambar)?\s*[.:#-]?\s*(\d{1,3}|[ivxlc]{1,6}\b)"
)
_DOOR = re.compile(
    r"\b(?:door|house|flat|plot|h|d|no|building|vaathil|vathil|veettu|veettunambar|veedu)\s*(?:no|number|nambar)?"
    r"\s*[.:#-]?\s*(\d{1,5}\s?-?[a-z]?(?:\s*/\s*\d{1,4}\s?[a-z]?)?)\b(?!\s*(?:st|nd|rd|th)\b)"
)
_PAIR = re.compile(r"(?<!\d)(\d{1,3}|[ivxlc]{1,6})\s*/\s*(\d{1,5}\s?[a-z]?)\b")
_BARE = re.compile(r"\b\d{1,5}\s?-?[a-z]?\b")
_LONE = re.compile(r"\d{1,5}\s?-?[a-z]?")
_COMMAS = re.compile(r"[,;\n|]")
_PREFIXES = frozenset(("tc", "tc no", "d no", "h no", "no", "house no", "door no"))
_NOT_HOUSE = re.compile(
    r"\b(?:ward|door|street|road|lane|p\.?\s?o|post|district|dist|taluk|village|panchayat|near|opp|kerala|keralam|india|"
    r"flat|plot|junction|nagar|jn|via)\b|[scdw]\s*/\s*o"
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_AREA_TAILS = re.compile(r"\b(?:east|west|north|south|junction|jn|town|p\.?\s?o\.?|post)\b\.?")
_ALNUM = re.compile(r"[^0-9a-z/]")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An address as parts, as received; empty: not stated. `text` is the line the parts were read from."""

    house: str = ""
    ward: str = ""
    door: str = ""
    locality: str = ""
    pincode: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Dwelling:
    """The parts of a place as they are compared; empty: not stated."""

    house: str
    ward: str
    door: str
    locality: str
    area: str
    pincode: str


def place_of(*, text: str = "", locality: str = "", pincode: str = "") -> Place:
    """A place from the lines of an address; what the line says of pincode and locality fills what is not given.

    >>> place_of(text="Vakaparambu, Door 519C, Ward 12, Chembakara", pincode="682 107")
    Place(house='Vakaparambu', ward='12', door='519c', locality='Chembakara', pincode='682107', text='')
    """
    line = " ".join(text.split())[:LONGEST]
    plain = folded(line)
    stated = _PIN.search(folded(pincode)) or _PIN.search(plain)
    ward, door = _numbers(_PIN.sub(" ", plain))
    parts = [part for part in _COMMAS.split(_PIN.sub(" ", line)) if _named(part)]
    named = [_named(part) for part in parts]
    area = " ".join(locality.split())[:LONGEST]
    # One word alone is the house when its number stands with it or it ends as house names do; else it is the place.
    alone = bool(named) and (any(map(str.isdigit, parts[0])) or is_house(sound(named[0])))
    house = named[0] if named and (area or len(named) > 1 or alone) else ""
    area = area or next(iter(named[1:] if house else named), "")
    known = bool(house or ward or door or area)
    return Place(house, ward, door, area, stated[1] + stated[2] if stated else "", "" if known else line)


def _named(part: str) -> str:
    """What a part of an address names once its numbers are taken out; empty when it names no house or place."""
    plain = folded(part)
    bare = _PAIR.sub(" ", _DOOR.sub(" ", _WARD.sub(" ", plain)))
    bare = " ".join(_BARE.sub(" ", bare).split()).strip(" .-:#")
    if not sound(bare) or _NOT_HOUSE.search(bare) or bare in _PREFIXES:
        return ""
    return " ".join(part.split()) if len(bare) == len(plain.strip()) else bare


def _numbers(plain: str) -> tuple[str, str]:
    """Ward and door: named by a word, or as `ward/door`."""
    ward = _WARD.search(plain)
    rest = _WARD.sub(" ", plain)
    door = _DOOR.search(rest)
    if ward is None and (pair := _PAIR.search(rest)) is not None:
        return _ward(pair[1]), _number(pair[2])
    said = _number(door[1]) if door is not None else ""
    if "/" in said:
        first, _, said = said.partition("/")
        return _ward(ward[1] if ward else first), said
    if not said:
        alone = [part.strip() for part in rest.split(",") if _LONE.fullmatch(part.strip())]
        said = _number(alone[0]) if alone else ""
    return _ward(ward[1]) if ward else "", said


def _ward(text: str) -> str:
    if text.isdigit():
        return str(int(text))
    total = 0
    for sign, after in zip(text, [*text[1:], ""], strict=True):
        value = _ROMAN[sign]
        total += -value if _ROMAN.get(after, 0) > value else value
    return str(total)


def _number(text: str) -> str:
    return _ALNUM.sub("", text).lstrip("0")


@lru_cache(maxsize=65536)
def dwelling(place: Place) -> Dwelling:
    """The parts of a place by sound and in normal form."""
    locality = folded(place.locality)
    return Dwelling(
        house=sound(place.house),
        ward=_ALNUM.sub("", folded(place.ward)).lstrip("0"),
        door=_ALNUM.sub("", folded(place.door)).lstrip("0"),
        locality=sound(locality),
        area=sound(_AREA_TAILS.sub(" ", locality)),
        pincode=place.pincode,
    )


def level(one: Place, other: Place) -> str | None:
    """How far two places agree; None when no part is stated by both. Symmetric."""
    a, b = dwelling(one), dwelling(other)
    area = _same_area(a, b)
    if area is False:
        return OTHER
    house = None if not (a.house and b.house) else a.house == b.house or is_slip(a.house, b.house)
    numbers = [x == y for x, y in ((a.ward, b.ward), (a.door, b.door)) if x and y]
    if area is None:
        return None
    if house is False:
        return OTHER_HOUSE
    if not all(numbers):
        return OTHER_NUMBER
    if len(numbers) == 2:
        return EXACT if house else FULL
    if house:
        return FULL if numbers else HOUSE_AREA
    return DOOR_AREA if a.door and b.door else AREA


def _same_area(a: Dwelling, b: Dwelling) -> bool | None:
    """By pincode, else by locality; None when neither is stated by both."""
    if a.pincode and b.pincode:
        return a.pincode == b.pincode
    if a.area and b.area:
        return a.area == b.area or is_slip(a.area, b.area)
    return None
