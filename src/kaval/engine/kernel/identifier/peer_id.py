"""BitTorrent peer id, 20 bytes: weak, because clients make a new one at each start. Source: formats.md 3.1.

>>> validate("-XX1234-abcdefghijkl")
'-XX1234-abcdefghijkl'
>>> is_valid(""), is_valid("-XX1234-")
(False, False)
>>> format("-XX1234-abcdefghijkl")
'-XX1234-abcdefghijkl'
"""

from __future__ import annotations

import re

STRENGTH = "weak"
SCOPED = False
HOLDER = "passes"
PROVES = "One run of a sharing program was seen."
PROVES_ML = "പങ്കുവയ്ക്കൽ പ്രോഗ്രാം ഒരുതവണ പ്രവർത്തിക്കുന്നതു കണ്ടു."
MISLEADS = "Most clients make a new one at each start, and some send the same one everywhere."
MISLEADS_ML = "മിക്ക ക്ലയന്റുകളും ഓരോ തുടക്കത്തിലും പുതിയത് ഉണ്ടാക്കും; ചിലത് എല്ലായിടത്തും ഒന്നുതന്നെ അയയ്ക്കും."

_FORM = re.compile(r"[!-~]{20}|[0-9a-fA-F]{40}")


def compact(value: str) -> str:
    """Without surrounding space; case is kept, because it belongs to the bytes."""
    return value.strip()


def validate(value: str) -> str:
    """The peer id.

    Raises:
        ValueError: neither 20 printable characters nor 40 hex digits.
    """
    bare = compact(value)
    if not _FORM.fullmatch(bare):
        raise ValueError(f"no peer id of 20 bytes: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: as it is."""
    return validate(value)
