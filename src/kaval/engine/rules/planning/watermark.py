"""A packet's hidden mark: which of two equal wordings each fixed sentence has names the packet and the copy.

Nobody who reads sees it, retyping keeps it, and a part of the text is enough. The mark, a packet's serial number and a
copy number, is 20 bits; every sentence carries one bit in English and another in Malayalam, each a parity of some bits
of the mark (a linear code, drawn from SHA-256). Sentences that are missing, or found in both wordings, say nothing; any
few dozen of the 64 give the mark back, and what remains over must agree with it, or none is named.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.reference.load import rows

COPIES = 64
SERIALS = 2**14
_BITS = 20
# By chance alone, unmarked text passes this many checks once in 2**6 times; a packet's own text always does.
_AGREEING = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """Serial number of a packet (0 to 16383) and of a copy of it; copy 0 is the sealed packet itself."""

    serial: int
    copy: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.serial < SERIALS and 0 <= self.copy < COPIES):
            raise RefusedError("PACKET-MARK", f"a packet has at most {COPIES - 1} copies; make a new packet")

    @property
    def bits(self) -> int:
        """The mark as a number."""
        return self.serial * COPIES + self.copy

    @classmethod
    def of(cls, bits: int) -> Mark:
        """The mark of a number."""
        return cls(*divmod(bits, COPIES))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A fixed sentence: where it stands (`part`), and its two wordings in each language."""

    id: str
    part: str
    en: tuple[str, str]
    ml: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Trace:
    """What a text showed: how many wordings were found, and the mark, None when they name none."""

    found: int
    mark: Mark | None


@cache
def sentences() -> tuple[Sentence, ...]:
    """The fixed sentences in their order."""
    return tuple(
        Sentence(row["id"], row["part"], (row["en"][0], row["en"][1]), (row["ml"][0], row["ml"][1]))
        for row in rows("packet_sentences")
    )


def marked(content: Any, mark: Mark) -> Any:
    """The same content (mappings, lists, texts) with every fixed sentence in the wording of this mark."""
    wanted = _wordings(mark)

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return wanted.get(value, value)
        if isinstance(value, dict):
            return {key: walk(one) for key, one in value.items()}
        return [walk(one) for one in value] if isinstance(value, list | tuple) else value

    return walk(content)


def trace(text: str) -> Trace:
    """The mark in a text, whole or in part, however its lines are broken."""
    read = _letters(text)
    equations = [
        (_row(slot), bit)
        for slot, pair in enumerate(_bare_pairs())
        for bit in [_which([wording in read for wording in pair])]
        if bit is not None
    ]
    return Trace(len(equations), _solved(equations))


def _which(there: list[bool]) -> int | None:
    """0 or 1 for the wording that is there; None for neither or both."""
    return None if there[0] == there[1] else int(there[1])


def _wordings(mark: Mark) -> dict[str, str]:
    """Each wording by either of the two."""
    found: dict[str, str] = {}
    for slot, pair in enumerate(_pairs()):
        said = pair[(_row(slot) & mark.bits).bit_count() & 1]
        found |= dict.fromkeys(pair, said)
    return found


@cache
def _pairs() -> tuple[tuple[str, str], ...]:
    """Both wordings of every slot: the English ones first."""
    return tuple([one.en for one in sentences()] + [one.ml for one in sentences()])


@cache
def _bare_pairs() -> tuple[tuple[str, str], ...]:
    """The same, letters only."""
    return tuple((_letters(one), _letters(other)) for one, other in _pairs())


@cache
def _row(slot: int) -> int:
    """Which bits of the mark a slot is the parity of."""
    drawn = int.from_bytes(sha256(f"kaval packet mark {slot}".encode()).digest(), "big")
    return drawn % ((1 << _BITS) - 1) + 1


def _solved(equations: list[tuple[int, int]]) -> Mark | None:
    """The one mark that all equations agree on, by elimination over two elements; None: too few, or they differ."""
    held: dict[int, tuple[int, int]] = {}
    over = 0
    for row, bit in equations:
        while row and (top := row.bit_length()) in held:
            row, bit = row ^ held[top][0], bit ^ held[top][1]
        if row:
            held[row.bit_length()] = (row, bit)
        elif bit:
            return None
        else:
            over += 1
    if len(held) < _BITS or over < _AGREEING:
        return None
    bits = 0
    for top in sorted(held):
        row, bit = held[top]
        bits |= (((row & bits).bit_count() & 1) ^ bit) << (top - 1)
    return Mark.of(bits)


def _letters(text: str) -> str:
    """Letters and digits alone: spaces, line breaks, hyphens and points change on the way through a printer."""
    return "".join(_kept(unicodedata.normalize("NFC", text.casefold()), str.isalnum))


def _kept(text: str, is_kept: Callable[[str], bool]) -> Iterator[str]:
    # A vowel sign is no letter to Python, but the difference between two Malayalam words.
    return (char for char in text if is_kept(char) or unicodedata.category(char).startswith("M"))
