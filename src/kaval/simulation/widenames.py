"""Many names for twisted worlds: 400 given names and 1,000 house names in two scripts, with their usual spellings.

So that two people share a full name because a world wants it, not because the lists are short. Generic names
and made-up house names are combined by chance; no real person is meant. A name is a row of words, each with its
English spellings (the first is the usual one) and its Malayalam form.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name: English spellings, the usual one first, and the Malayalam form."""

    spellings: tuple[str, ...]
    ml: str


@dataclass(frozen=True, slots=True)
class Wide:
    """A given name or a house name; the words of a given name stand apart, those of a house are joined."""

    words: tuple[Word, ...]
    gap: str = " "

    @property
    def en(self) -> str:
        """The usual English spelling."""
        return self.gap.join(word.spellings[0] for word in self.words)

    @property
    def ml(self) -> str:
        """The Malayalam form."""
        return self.gap.join(word.ml for word in self.words)

    def spelt(self, rng: Random) -> str:
        """An English spelling of which at least one word differs from the usual one, where another is known."""
        wanted = [n for n, word in enumerate(self.words) if len(word.spellings) > 1]
        changed = rng.choice(wanted) if wanted else -1
        parts = [
            rng.choice(word.spellings[1:])
            if n == changed or (n in wanted and rng.random() < 0.4)
            else word.spellings[0]
            for n, word in enumerate(self.words)
        ]
        return self.gap.join(parts)


_HONORIFICS = {"M": (("Mr.", "ശ്രീ"), ("Shri", "ശ്രീ")), "F": (("Mrs.", "ശ്രീമതി"), ("Smt.", "ശ്രീമതി"))}


@cache
def _sections() -> dict[str, tuple[Word, ...]]:
    """The words of `widenames.txt` by the heading they stand under."""
    text = resources.files("kaval.simulation").joinpath("widenames.txt").read_text("utf-8")
    found: dict[str, list[Word]] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif not line.startswith("#"):
            latin, ml = line.split()
            found.setdefault(heading, []).append(Word(tuple(latin.split("/")), ml))
    return {name: tuple(words) for name, words in found.items()}


@cache
def given_names(gender: str) -> tuple[Wide, ...]:
    """All given names of the gender: one word, or two."""
    words = _sections()
    simple = words["women" if gender == "F" else "men"]
    behind = words["behind a woman's name" if gender == "F" else "behind a man's name"]
    names = [Wide((word,)) for word in simple]
    if gender == "F":
        return tuple(names + [Wide((word, behind[n % 3])) for n, word in enumerate(simple)])
    start, end = (
        next(n for n, word in enumerate(simple) if word.spellings[0] == name) for name in ("Ashraf", "Usman")
    )
    inner = simple[start : end + 1]
    others = [word for word in (*simple[:start], *simple[end + 1 :]) if word.spellings[0] != "Babu"]
    names += [Wide((before, word)) for before in words["before a man's name"] for word in inner]
    return tuple(names + [Wide((word, behind[n % 3])) for n, word in enumerate(others)])


@cache
def house_names() -> dict[str, Wide]:
    """All house names by their usual English spelling."""
    words = _sections()
    houses = (Wide((a, b), "") for a in words["house, first part"] for b in words["house, last part"])
    return {house.en: house for house in houses}


@cache
def _initials() -> dict[str, str]:
    return {word.spellings[0]: word.ml for word in _sections()["initial"]}


@cache
def _house_keys() -> tuple[str, ...]:
    return tuple(house_names())


def draw_given(rng: Random, gender: str) -> Wide:
    """A given name; gender F or M."""
    return rng.choice(given_names(gender))


def draw_house(rng: Random) -> str:
    """The usual English spelling of a house name."""
    return rng.choice(_house_keys())


@dataclass(frozen=True, slots=True)
class Written:
    """How somebody wrote his name once: what stands as first name, as last name, and in which way."""

    first: str
    last: str
    style: str


STYLES: tuple[str, ...] = (
    "malayalam",
    "malayalam_initial",
    "spelling",
    "swapped",
    "initial_behind",
    "initial_before",
    "honorific",
)


def plain(given: Wide, house: Wide) -> Written:
    """Given name, then house name, in the usual spelling."""
    return Written(given.en, house.en, "plain")


def write(rng: Random, style: str, *, given: Wide, house: Wide, gender: str) -> Written:
    """The name in one of `STYLES`: the same person, other letters."""
    letter = house.en[0]
    said = given.spelt(rng) if rng.random() < 0.5 else given.en
    if style == "malayalam":
        return Written(given.ml, house.ml, style)
    if style == "malayalam_initial":
        return Written(given.ml, _initials()[letter], style)
    if style == "swapped":
        return Written(house.en if rng.random() < 0.6 else house.spelt(rng), said, style)
    if style == "initial_behind":
        return Written(said, rng.choice((letter, f"{letter}.")), style)
    if style == "initial_before":
        return Written(f"{letter}{rng.choice(('', '.'))} {said}", "", style)
    if style == "honorific":
        title = rng.choice(_HONORIFICS[gender])
        return Written(f"{title[0]} {said}", house.spelt(rng), style)
    spelt = _apart(house, rng) if rng.random() < 0.3 else house.spelt(rng)
    return Written(given.spelt(rng), spelt, "spelling")


def _apart(house: Wide, rng: Random) -> str:
    """The house name as two words, as many write it."""
    head, tail = (rng.choice(word.spellings) for word in house.words)
    return f"{head} {tail.capitalize()}"
