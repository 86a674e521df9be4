"""Sealing takes the digests of received bytes and changes nothing: the first act on anything that arrives."""

from __future__ import annotations

from kaval.engine.kernel.digest import Digests, digest_bytes


def seal(content: bytes) -> Digests:
    """Size and the three digests of the bytes exactly as received (BSA Schedule: SHA-256, SHA-1, MD5)."""
    return digest_bytes(content)
