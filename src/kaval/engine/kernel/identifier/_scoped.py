"""Values that mean something only on one platform, written `platform:value`."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Canonical composition and case folding, applied until nothing changes; look-alikes are not merged."""
    if text.isascii():
        return text.lower()
    before = ""
    while before != text:
        before, text = text, unicodedata.normalize("NFC", text.casefold())
    return text


def split(value: str) -> tuple[str, str]:
    """Platform and value; the platform is folded and its spaces squeezed.

    >>> split(" Example  Chat : River_Otter ")
    ('example chat', 'River_Otter')
    >>> split("no platform")
    ('', 'no platform')
    """
    platform, colon, rest = value.partition(":")
    if not colon:
        return "", value.strip()
    return " ".join(fold(platform).split()), rest.strip()
