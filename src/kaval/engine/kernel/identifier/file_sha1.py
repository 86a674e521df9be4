"""SHA-1 of a file: a container; the same file held by two people says nothing about the two being one.

Written as 40 hex digits or 32 base32 characters (Gnutella `urn:sha1:`): the same 20 bytes. Source:
formats.md 3.2.

>>> validate("urn:sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
'da39a3ee5e6b4b0d3255bfef95601890afd80709'
>>> is_valid("da39a3"), is_valid("0" * 40)
(False, False)
>>> format("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")
'da39a3ee5e6b4b0d3255bfef95601890afd80709'
"""

from __future__ import annotations

import re
from base64 import b32decode

from kaval.engine.kernel.identifier._placeholder import is_placeholder

STRENGTH = "container"
SCOPED = False

_HEX = re.compile(r"[0-9a-f]{40}")
_BASE32 = re.compile(r"[a-z2-7]{32}")


def compact(value: str) -> str:
    """Lower-case hex where the form is known, else the bare text."""
    bare = value.strip().lower().removeprefix("urn:").removeprefix("sha1:")
    return b32decode(bare.upper()).hex() if _BASE32.fullmatch(bare) else bare


def validate(value: str) -> str:
    """The 40 hex digits.

    Raises:
        ValueError: neither form, or one character repeated.
    """
    bare = compact(value)
    if not _HEX.fullmatch(bare) or is_placeholder(bare):
        raise ValueError(f"no SHA-1: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: hex."""
    return validate(value)
