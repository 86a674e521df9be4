"""Every hash set is brought to entries of digests, each with a verdict under a named scheme or with none.

A category is never a bare number: 0 stands for "uncategorised" in one release of one tool and for "not
pertinent" in the next (formats.md 2.2), so a code without its scheme and the scheme's version says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64}
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


@dataclass(frozen=True, slots=True)
class HashSetEntry:
    """The digests of one known file (lower-case hex, empty when not given) and its verdict.

    At least one of `md5`, `sha1`, `sha256` is given. `category` None: the list holds the file without a
    verdict, which is not the same as any code. `size` in bytes, None when not stated. `photodna` is kept as
    received (base64 or hex) and compared as equal values only. `series` empty: none stated. `locator` is the
    place in the file.
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


def hex_digest(text: str, algorithm: str) -> str | None:
    """The digest in lower case; None when the text is none of that algorithm (`md5`, `sha1`, `sha256`)."""
    lowered = text.strip().lower()
    return lowered if len(lowered) == _LENGTHS[algorithm] and _HEX.fullmatch(lowered) else None


def algorithm_of(digest: str) -> str | None:
    """The algorithm that a lower-case hex digest has the length of, or None when it has none of the three."""
    found = [name for name, length in _LENGTHS.items() if length == len(digest)]
    return found[0] if found and _HEX.fullmatch(digest) else None
