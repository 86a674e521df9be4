"""A digest has several spellings: hex, base32 without padding, and a `urn:` before either; here they become bytes.

Sources: RFC 4648 section 6 (base32) and 3.5 (surplus bits of the last character carry nothing), formats.md 3.2.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode

from kaval.engine.kernel.identifier._placeholder import is_placeholder

_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_BASE32 = re.compile(r"[a-z2-7]+", re.ASCII)


def bare_text(value: str, *prefixes: str) -> str:
    """Lower case without surrounding space, `urn:` and the first of the prefixes that stands before it.

    >>> bare_text(" URN:SHA1:3I42H3S6 ", "sha1:")
    '3i42h3s6'
    """
    bare = value.strip().lower().removeprefix("urn:")
    for prefix in prefixes:
        if bare.startswith(prefix):
            return bare[len(prefix) :]
    return bare


def from_hex(text: str, size: int) -> bytes | None:
    """The `size` bytes of a lower-case hex text, None when it is not one."""
    return bytes.fromhex(text) if len(text) == 2 * size and _HEX.fullmatch(text) else None


def from_base32(text: str, size: int) -> bytes | None:
    """The `size` bytes of a lower-case base32 text without padding, None when it is not one.

    Of the last character only the bits that belong to a byte count, so two texts may stand for the same bytes.
    """
    length = -(-8 * size // 5)
    if len(text) != length or not _BASE32.fullmatch(text):
        return None
    return b32decode(text.upper() + "=" * (-length % 8))[:size]


def to_base32(digest: bytes) -> str:
    """Lower-case base32 without padding.

    >>> to_base32(bytes.fromhex("da39a3ee5e6b4b0d3255bfef95601890afd80709"))
    '3i42h3s6nnfq2msvx7xzkyaysch5qbyj'
    """
    return b32encode(digest).decode("ascii").rstrip("=").lower()


def hex_or_base32(bare: str, size: int) -> str:
    """The hex of a digest spelt in hex or base32; the text as it came when it is neither."""
    digest = from_hex(bare, size) or from_base32(bare, size)
    return bare if digest is None else digest.hex()


def is_filler(*texts: str) -> bool:
    """True when one of the texts is a single character repeated or a word that only fills the field."""
    return any(is_placeholder(text) for text in texts)
