"""How much two sets of facts speak for one person, feature by feature, in bits (Fellegi and Sunter 1969).

A bit doubles the odds. Each feature gives the bits of its level, log2(m / u), from reference/linking_weights.yaml;
what one side does not say gives nothing. Where several names, dates or places are held the pair that agrees best
counts. Features that hang together are corrected, visibly: a house that stands in the name already, a name very many
bear, an address or birth date that a brother would share. No weight depends on what other reports say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from kaval.engine.reference.load import load
from kaval.engine.rules.linking import names, places
from kaval.engine.rules.linking.facts import Facts
from kaval.engine.rules.linking.names import heard
from kaval.engine.rules.linking.places import Place

_TABLE = load("linking_weights")
WEIGHTS_VERSION = _TABLE.version

# Days that are written where only the year is known: the first and the last of the year, the eve of the school year.
_FILLER_DAYS = frozenset(("01-01", "05-31", "12-31"))
_BIRTH_ORDER = ("same", "same_filler", "swapped", "slip", "same_year", "differs")

_TEXTS: dict[tuple[str, str], tuple[str, str]] = {
    ("name", names.FULL): ("The names agree in every part by sound.", "പേരിന്റെ എല്ലാ ഭാഗങ്ങളും ഉച്ചാരണത്തിൽ ഒന്നാണ്."),
    ("name", names.PART_INITIAL): (
        "Two parts of the name agree, and the initial of a third.",
        "പേരിന്റെ രണ്ടു ഭാഗങ്ങളും മൂന്നാമത്തേതിന്റെ ഇനിഷ്യലും ഒന്നാണ്.",
    ),
    ("name", names.PART_MISSING): (
        "Two parts of the name agree; a further part is stated only once.",
        "പേരിന്റെ രണ്ടു ഭാഗങ്ങൾ ഒന്നാണ്; മറ്റൊരു ഭാഗം ഒരിടത്തു മാത്രം.",
    ),
    ("name", names.CLOSE_FAMILY): (
        "The given name agrees; the house or father's name differs by one letter or so.",
        "പേര് ഒന്നാണ്; വീട്ടുപേരിൽ ഒരക്ഷരത്തിന്റെ വ്യത്യാസം.",
    ),
    ("name", names.GIVEN_INITIAL): ("The given name and an initial agree.", "പേരും ഇനിഷ്യലും ഒന്നാണ്."),
    ("name", names.GIVEN_ATTACHED): (
        "Both words of the given name agree; nothing else can be compared.",
        "പേരിന്റെ രണ്ടു വാക്കുകളും ഒന്നാണ്; മറ്റൊന്നും താരതമ്യത്തിനില്ല.",
    ),
    ("name", names.SWAPPED): (
        "The same two names stand in the other order: it may be father and son.",
        "അതേ രണ്ടു പേരുകൾ മറിച്ചെഴുതിയിരിക്കുന്നു: അച്ഛനും മകനുമാകാം.",
    ),
    ("name", names.CLOSE_GIVEN): (
        "The house or father's name agrees; the given name differs by one letter or so.",
        "വീട്ടുപേര് ഒന്നാണ്; പേരിൽ ഒരക്ഷരത്തിന്റെ വ്യത്യാസം.",
    ),
    ("name", names.FAMILY_INITIAL): (
        "The house or father's name and the initial agree.",
        "വീട്ടുപേരും പേരിന്റെ ആദ്യാക്ഷരവും ഒന്നാണ്.",
    ),
    ("name", names.GIVEN_ONLY): ("The given name agrees; nothing else is stated of it.", "പേരു മാത്രം ഒന്നാണ്."),
    ("name", names.FAMILY_ONLY): ("Only the house or father's name agrees.", "വീട്ടുപേരു മാത്രം ഒന്നാണ്."),
    ("name", names.CLOSE_ONLY): ("The names differ by one letter or so.", "പേരുകളിൽ ഒരക്ഷരത്തിന്റെ വ്യത്യാസം."),
    ("name", names.OTHER_FAMILY): (
        "The given name agrees; the house or father's name or initial is another.",
        "പേര് ഒന്നാണ്; വീട്ടുപേരോ ഇനിഷ്യലോ വേറെയാണ്.",
    ),
    ("name", names.OTHER_GIVEN): (
        "The house or father's name agrees; the given name is another.",
        "വീട്ടുപേര് ഒന്നാണ്; പേര് വേറെയാണ്.",
    ),
    ("name", names.DIFFERENT): ("The names are different.", "പേരുകൾ വ്യത്യസ്തമാണ്."),
    ("common_name", "every_part"): ("Very many people bear this whole name.", "ഈ മുഴുവൻ പേരും വളരെ സാധാരണമാണ്."),
    ("common_name", "common_parts"): ("Many people bear this whole name.", "ഈ മുഴുവൻ പേരും സാധാരണമാണ്."),
    ("common_name", "very_common"): ("Very many people bear this given name.", "ഈ പേര് വളരെ സാധാരണമാണ്."),
    ("common_name", "common"): ("Many people bear this given name.", "ഈ പേര് സാധാരണമാണ്."),
    ("birth", "same"): ("The same date of birth.", "ഒരേ ജനനത്തീയതി."),
    ("birth", "same_filler"): (
        "The same date of birth, but a day often written when the day is not known.",
        "ഒരേ ജനനത്തീയതി; പക്ഷേ ദിവസം അറിയാത്തപ്പോൾ പലപ്പോഴും എഴുതുന്ന ദിവസം.",
    ),
    ("birth", "swapped"): (
        "The dates of birth agree with day and month exchanged.",
        "ദിവസവും മാസവും മാറ്റിയാൽ ജനനത്തീയതി ഒന്നാണ്.",
    ),
    ("birth", "slip"): ("The dates of birth differ in one digit.", "ജനനത്തീയതിയിൽ ഒരക്കത്തിന്റെ വ്യത്യാസം."),
    ("birth", "same_year"): ("Born in one year, on different days.", "ജനിച്ച വർഷം ഒന്ന്; ദിവസം വേറെ."),
    ("birth", "differs"): ("Different dates of birth.", "വ്യത്യസ്ത ജനനത്തീയതികൾ."),
    ("birth_year", "same"): (
        "The same year of birth; no more can be compared.",
        "ഒരേ ജനനവർഷം; കൂടുതൽ താരതമ്യം സാധ്യമല്ല.",
    ),
    ("birth_year", "next"): ("The years of birth are one apart.", "ജനനവർഷങ്ങളിൽ ഒരു വർഷത്തിന്റെ വ്യത്യാസം."),
    ("birth_year", "differs"): ("Different years of birth.", "വ്യത്യസ്ത ജനനവർഷങ്ങൾ."),
    ("place", places.EXACT): ("The same house, ward, door and area.", "ഒരേ വീട്, വാർഡ്, വീട്ടുനമ്പർ, പ്രദേശം."),
    ("place", places.FULL): (
        "The same dwelling by name or number and area.",
        "വീട്ടുപേരോ നമ്പറോ പ്രദേശമോ വെച്ച് ഒരേ വീട്.",
    ),
    ("place", places.HOUSE_AREA): (
        "The same house name and area; no number to compare.",
        "ഒരേ വീട്ടുപേരും പ്രദേശവും; താരതമ്യത്തിനു നമ്പറില്ല.",
    ),
    ("place", places.DOOR_AREA): (
        "The same door number and area; no house name to compare.",
        "ഒരേ വീട്ടുനമ്പറും പ്രദേശവും; താരതമ്യത്തിനു വീട്ടുപേരില്ല.",
    ),
    ("place", places.AREA): ("The same pincode or locality.", "ഒരേ പിൻകോഡ് അല്ലെങ്കിൽ സ്ഥലം."),
    ("place", places.OTHER_NUMBER): (
        "The same area, but another door or ward number.",
        "ഒരേ പ്രദേശം; വീട്ടുനമ്പറോ വാർഡോ വേറെ.",
    ),
    ("place", places.OTHER_HOUSE): ("The same area, another house.", "ഒരേ പ്രദേശം; വീട് വേറെ."),
    ("place", places.OTHER): ("Different areas.", "വ്യത്യസ്ത പ്രദേശങ്ങൾ."),
    ("house_in_name", "counted_before"): (
        "The house name is part of the name already: it counts once.",
        "വീട്ടുപേര് പേരിൽത്തന്നെയുണ്ട്: ഒരിക്കലേ കണക്കാക്കൂ.",
    ),
    ("household", "perhaps_another"): (
        "The given name does not confirm it: one of the same household may be meant.",
        "പേര് ഇത് ഉറപ്പിക്കുന്നില്ല: അതേ വീട്ടിലെ മറ്റൊരാളാകാം.",
    ),
    ("phone_tail", "same"): ("The telephone numbers end alike.", "ഫോൺ നമ്പറിന്റെ അവസാന അക്കങ്ങൾ ഒന്നാണ്."),
    ("phone_tail", "differs"): ("The telephone numbers end differently.", "ഫോൺ നമ്പറിന്റെ അവസാന അക്കങ്ങൾ വേറെയാണ്."),
}


@dataclass(frozen=True, slots=True)
class Contribution:
    """One feature's level and what it weighs in bits, below zero when it speaks against one person."""

    feature: str
    level: str
    bits: float
    text: str
    text_ml: str


def _contribution(feature: str, level: str) -> Contribution:
    return Contribution(feature, level, _bits_of(feature, level), *_TEXTS[feature, level])


def _bits_of(feature: str, level: str) -> float:
    m, u = _CHANCES[f"{feature}_{level}"]
    return round(math.log2(m / u), 2)


_CHANCES = {entry.id: entry.value for entry in _TABLE.entries if entry.valid_until is None}
_MADE = {key: _contribution(*key) for key in _TEXTS}
_NAME_RANK = {level: _MADE["name", level].bits for level in names.LEVELS}
_PLACE_RANK = {level: _MADE["place", level].bits for level in places.LEVELS}
_BIRTH_RANK = {level: _MADE["birth", level].bits for level in _BIRTH_ORDER}
# Where the words that agree are all there is: with a near-miss beside them the rarity of the other word counts too.
_ON_SHARED_WORDS = frozenset(level for level in names.LEVELS if _NAME_RANK[level] > 0) - {
    names.CLOSE_FAMILY,
    names.CLOSE_GIVEN,
}
Value = TypeVar("Value", str, Place)


# ------------------------------------------------------------ the comparison


def compare(one: Facts, other: Facts) -> tuple[Contribution, ...]:
    """What each feature says, in a fixed order; empty when the two have no feature in common. Symmetric."""
    return tuple(_MADE[key] for key in _levels(one, other))


def bits(contributions: Iterable[Contribution]) -> float:
    """The sum, in bits."""
    return round(sum(each.bits for each in contributions), 2)


def _levels(one: Facts, other: Facts) -> Iterator[tuple[str, str]]:
    named = _best(one.names, other.names, level=names.level, rank=_NAME_RANK)
    born = _birth(one.births, other.births)
    placed = _best(one.places, other.places, level=places.level, rank=_PLACE_RANK)
    if named is not None:
        yield "name", named[0]
        commonness = names.common(*named[1]) if named[0] in _ON_SHARED_WORDS else ""
        if commonness:
            yield "common_name", commonness
    if born is not None:
        yield born
    if placed is not None:
        yield "place", placed[0]
        if named is not None and placed[0] in places.SAME_DWELLING and _house_in_name(named, placed):
            yield "house_in_name", "counted_before"
    if one.tails and other.tails:
        yield "phone_tail", "differs" if set(one.tails).isdisjoint(other.tails) else "same"
    if _perhaps_another(named, born, placed):
        yield "household", "perhaps_another"


Found = tuple[str, tuple[Value, Value]]


def _best(
    one: Sequence[Value],
    other: Sequence[Value],
    *,
    level: Callable[[Value, Value], str | None],
    rank: dict[str, float],
) -> Found[Value] | None:
    """The best level of all pairs, with the pair it was found at; None when no pair can be compared."""
    best: Found[Value] | None = None
    for a in one:
        for b in other:
            found = level(a, b)
            if found is not None and (best is None or rank[found] > rank[best[0]]):
                best = found, (a, b)
    return best


def _birth(one: Sequence[str], other: Sequence[str]) -> tuple[str, str] | None:
    days = [born for born in one if len(born) == 10], [born for born in other if len(born) == 10]
    if all(days):
        found = [_day_level(a, b) for a in days[0] for b in days[1]]
        return "birth", max(found, key=_BIRTH_RANK.__getitem__)
    if not one or not other:
        return None
    apart = min(abs(int(a[:4]) - int(b[:4])) for a in one for b in other)
    return "birth_year", ("same", "next", "differs")[min(apart, 2)]


def _day_level(one: str, other: str) -> str:
    if one == other:
        return "same_filler" if one[5:] in _FILLER_DAYS else "same"
    if one[:4] == other[:4] and one[5:7] == other[8:] and one[8:] == other[5:7]:
        return "swapped"
    if sum(a != b for a, b in zip(one, other, strict=True)) == 1:
        return "slip"
    return "same_year" if one[:4] == other[:4] else "differs"


@lru_cache(maxsize=65536)
def _parts(name: str) -> frozenset[str]:
    return heard(name).forms.union(heard(name).parts)


_WITH_FAMILY = frozenset(names.LEVELS) - {
    names.GIVEN_INITIAL,
    names.GIVEN_ATTACHED,
    names.SWAPPED,
    names.GIVEN_ONLY,
    names.CLOSE_ONLY,
    names.OTHER_FAMILY,
    names.DIFFERENT,
}


def _house_in_name(named: Found[str], placed: Found[Place]) -> bool:
    """Whether the house of the address is what the names agree in already."""
    if named[0] not in _WITH_FAMILY:
        return False
    houses = {places.dwelling(place).house for place in placed[1]} - {""}
    return any(house in _parts(name) for name in named[1] for house in houses)


def _perhaps_another(
    named: Found[str] | None, born: tuple[str, str] | None, placed: Found[Place] | None
) -> bool:
    """A household shares an address, twins a birth date: without the given name neither tells its members apart."""
    if named is not None and named[0] in names.SAME_GIVEN:
        return False
    at_home = placed is not None and placed[0] in places.SAME_DWELLING
    return at_home or (named is None and born == ("birth", "same"))


# ------------------------------------------------------------ clearly two


_DIFFERENT_PEOPLE = frozenset((names.DIFFERENT, names.OTHER_GIVEN))
_NO_DAY_IN_COMMON = frozenset(("same_year", "differs"))


def contradicts(one: Facts, other: Facts) -> bool:
    """True when the two are clearly different people as far as names and birth say; symmetric.

    Both have full dates of birth and none is the other's, not even with day and month exchanged or one digit
    wrong; or both have whole names and no name of one can be the other's.
    """
    born = _birth(one.births, other.births)
    if born is not None and born[0] == "birth" and born[1] in _NO_DAY_IN_COMMON:
        return True
    if not (_whole(one.names) and _whole(other.names)):
        return False
    found = _best(one.names, other.names, level=names.level, rank=_NAME_RANK)
    return found is not None and found[0] in _DIFFERENT_PEOPLE


def _whole(said: Iterable[str]) -> bool:
    return any(heard(name).whole for name in said)
