"""Whether files still have the digest they were sealed with; a file without a row in seals.csv is not sealed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

from kaval.cli.attributing.rows import rows_of

_BLOCK = 1 << 20


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hex, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


class Seals:
    """The digests of seals.csv by path, and the answer for a file: intact, broken, or not sealed."""

    def __init__(self, path: Path) -> None:
        self._digests: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for row in rows_of(path, ("path", "sha256")):
            parts = tuple(
                part for part in row.needed("path").replace("\\", "/").split("/") if part not in ("", ".")
            )
            digest = row.needed("sha256").lower()
            if len(digest) != 64 or any(character not in "0123456789abcdef" for character in digest):
                raise row.wrong("sha256", "a SHA-256 in hex")
            self._digests[parts].add(digest)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def of(self, sha256: str, *parts: str) -> bool | None:
        """True when the file with these last parts of its path was sealed with this digest; None: it has no row.

        A file of D is named by its path in D alone, so that no answer's row can speak for it.
        """
        found = self._digests.get(parts)
        if found is None and len(parts) > 1:
            size = len(parts)
            found = set().union(*(one for path, one in self._digests.items() if path[-size:] == parts))
        return found == {sha256} if found else None
