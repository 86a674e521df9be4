"""The sealed store: received bytes by digest, written once, read back only when the digest still matches.

Bytes are written to a temporary name, flushed to the disk, renamed, and the folder flushed, before the row that names
them is committed: a crash leaves at most bytes that nothing refers to.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from kaval.engine.kernel.digest import Digests, digest_bytes
from kaval.engine.kernel.errors import KavalError
from kaval.engine.rules.custody import seal


class SealBroken(KavalError):
    """Sealed bytes that are missing or no longer what was received."""


def keep(content: bytes) -> Digests:
    """Keeps the bytes and gives their digests; bytes already kept are not written again."""
    digests = seal(content)
    path = path_of(digests.sha256)
    if path.exists() and path.stat().st_size == digests.size:
        return digests
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with fresh.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.chmod(0o440)
    fresh.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digests


def read(sha256: str) -> bytes:
    """The sealed bytes.

    Raises:
        SealBroken: the bytes are gone, or differ from what was received.
    """
    try:
        content = path_of(sha256).read_bytes()
    except FileNotFoundError:
        raise SealBroken(f"sealed bytes {sha256[:12]}… are missing from the store") from None
    if digest_bytes(content).sha256 != sha256:
        raise SealBroken(f"sealed bytes {sha256[:12]}… were changed after they were received")
    return content


def path_of(sha256: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.HOME) / "sealed" / sha256[:2] / sha256
