"""Every hash set is brought to entries of digests, each with a verdict under a named scheme or with none.

A category is never a bare number: 0 stands for "uncategorised" in one release of one tool and for "not
pertinent" in the next (formats.md 2.2), so a code without its scheme and the scheme's version says nothing.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass

_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64}
_BY_LENGTH = {length: name for name, length in _LENGTHS.items()}
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)

EMPTY_FILE = frozenset(
    {
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
)
"""The digests of zero bytes, found in many real lists: they equal every empty file and make nothing known."""


@dataclass(frozen=True, slots=True, order=True)
class SchemeCode:
    """A verdict as given: scheme (`VICS/US`), version of the scheme as the file states it, code as text."""

    scheme: str
    scheme_version: str
    code: str


@dataclass(frozen=True, slots=True, order=True)
class Votes:
    """How many members of an exchange stood by one fingerprint (`md5`, `sha1`, `photodna`, `pdq`) and against it."""

    fingerprint: str
    standing_by: int
    against: int


@dataclass(frozen=True, slots=True)
class HashSetEntry:
    """The digests of one known file (lower-case hex, empty when not given) and its verdict.

    At least one of `md5`, `sha1`, `sha256`, `photodna`, `pdq` is given, unless the entry is `withdrawn`. `category`
    None: the list holds the file without a verdict, which is not the same as any code. `size` in bytes, None when not
    stated. `photodna` is kept as received (base64 or hex) and compared as equal values only; `pdq` is 64 hex digits.
    `series` empty: none stated. `locator` is the place in the file.

    `identity` is the list's own name for the entry, empty when the format has none; of several entries of one identity
    the last stated (`stated_at`, ISO 8601 as received) stands, and a `withdrawn` one takes back what was stated before.
    """

    md5: str
    sha1: str
    sha256: str
    category: SchemeCode | None
    size: int | None
    locator: str
    photodna: str = ""
    series: str = ""
    victim_identified: bool | None = None
    offender_identified: bool | None = None
    distributed: bool | None = None
    pdq: str = ""
    identity: str = ""
    stated_at: str = ""
    withdrawn: bool = False
    votes: tuple[Votes, ...] = ()

    @property
    def contested(self) -> bool:
        """True when of one fingerprint at least as many members spoke against it as stood by it."""
        return bool(self.votes) and any(
            vote.against and vote.against >= vote.standing_by for vote in self.votes
        )


_PHOTODNA_BYTES = 144


def photodna_bytes(text: str) -> bytes | None:
    """The 144 bytes of a PhotoDNA value written as 192 letters of base64 or 288 hex digits; None when it is neither."""
    try:
        value = bytes.fromhex(text) if len(text) == 2 * _PHOTODNA_BYTES else b64decode(text, validate=True)
    except ValueError:
        return None
    return value if len(value) == _PHOTODNA_BYTES else None


def whole_number(text: str) -> int | None:
    """A size written in ASCII digits, None when it is none or of more than 18."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def hex_digest(text: str, algorithm: str) -> str | None:
    """The digest in lower case; None when the text is none of that algorithm (`md5`, `sha1`, `sha256`)."""
    lowered = text.strip().lower()
    return lowered if len(lowered) == _LENGTHS[algorithm] and _HEX.fullmatch(lowered) else None


def algorithm_of(digest: str) -> str | None:
    """The algorithm that a lower-case hex digest has the length of, or None when it has none of the three."""
    return _BY_LENGTH.get(len(digest)) if _HEX.fullmatch(digest) else None
