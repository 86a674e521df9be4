"""Digests of received bytes in the three algorithms the BSA certificate form names, and canonical JSON.

Source: Schedule to the Bharatiya Sakshya Adhiniyam 2023 (tick boxes SHA1, SHA256, MD5); law_and_procedure.md 1.5.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Digests:
    """Size in bytes and three lower-case hex digests of the same bytes, taken in one pass."""

    size: int
    sha256: str
    sha1: str
    md5: str


def digest_chunks(chunks: Iterable[bytes]) -> Digests:
    """The digests of a stream, read once, in constant memory."""
    sha256, sha1, md5, size = (
        hashlib.sha256(),
        hashlib.sha1(usedforsecurity=False),
        hashlib.md5(usedforsecurity=False),
        0,
    )
    for chunk in chunks:
        size += len(chunk)
        sha256.update(chunk)
        sha1.update(chunk)
        md5.update(chunk)
    return Digests(size, sha256.hexdigest(), sha1.hexdigest(), md5.hexdigest())


def digest_bytes(content: bytes) -> Digests:
    """The digests of bytes already in memory."""
    return digest_chunks((content,))


def canonical_json(value: Any) -> bytes:
    """One and only one byte form for a JSON value: sorted keys, no spaces, UTF-8, no NaN.

    Raises:
        ValueError: the value holds NaN or an infinity.
        TypeError: the value holds something JSON cannot say.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def content_digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of a value."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
