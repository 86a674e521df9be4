"""The keys under which perhaps-same people meet, so that not every pair must be compared.

A key joins at least two independent statements: a name with a birth date, an area or the end of a number; never a
name alone, and never an address alone. Two sets of facts that weigh more than a person is asked about share a key,
unless both words of a name differ by a slip.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from kaval.engine.rules.linking.facts import Facts
from kaval.engine.rules.linking.names import heard
from kaval.engine.rules.linking.places import dwelling

LONGEST_PART = 36  # three of them in a key of at most 120 signs
MOST_WORDS = 4


def block_keys(facts: Facts) -> frozenset[str]:
    """The keys of one set of facts, at most 120 signs each; empty when no two statements can be joined."""
    words = {word for name in facts.names for word in _words(name)}
    wholes = {whole for name in facts.names for whole in _wholes(name)}
    found: set[str] = set()
    for born in facts.births:
        day = _day(born)
        if day:
            found.update([f"d|{word}|{day}" for word in words])
        found.update([f"y|{whole}|{born[:4]}" for whole in wholes])
    for tail in facts.tails:
        found.update([f"t|{word}|{tail}" for word in words])
    for place in facts.places:
        home = dwelling(place)
        for area in {home.pincode, home.area[:LONGEST_PART]} - {""}:
            found.update([f"a|{whole}|{area}" for whole in wholes])
            if home.house:
                found.update([f"h|{word}|{home.house[:LONGEST_PART]}|{area}" for word in words])
            found.update([f"b|{day}|{area}" for born in facts.births if (day := _day(born))])
    return frozenset(found)


@lru_cache(maxsize=4096)
def _day(born: str) -> str:
    """A full date with day and month in one order, so that exchanged ones meet; empty for a year."""
    if len(born) != 10:
        return ""
    month, day = born[5:7], born[8:]
    return f"{born[:4]}{min(month, day)}{max(month, day)}" if day <= "12" else f"{born[:4]}{month}{day}"


@lru_cache(maxsize=65536)
def _words(name: str) -> tuple[str, ...]:
    """The sounds of the words, and of neighbours put together, as some write them as one."""
    parts = heard(name).parts[:MOST_WORDS]
    glued = ["".join(parts[at : at + 2]) for at in range(len(parts) - 1)] if len(parts) > 1 else []
    return tuple(dict.fromkeys(part[:LONGEST_PART] for part in (*parts, *glued)))


@lru_cache(maxsize=65536)
def _wholes(name: str) -> tuple[str, ...]:
    """Every two words together, without their order and however they are glued: their letters sorted."""
    return tuple(dict.fromkeys(_pairs(heard(name).parts[:MOST_WORDS])))


def _pairs(parts: tuple[str, ...]) -> Iterator[str]:
    for size in (2, len(parts)):
        for chosen in combinations(parts, size):
            if len(chosen) > 1:
                yield _letters("".join(chosen))


def _letters(joined: str) -> str:
    return "".join(sorted(joined))[:LONGEST_PART]
