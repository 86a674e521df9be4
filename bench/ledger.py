"""How far is verifying a whole ledger from the least any verification must do?

The limit: parse each line as JSON and hash it once with SHA-256. Ours also checks the one byte form, the
leaf, the order and the running Merkle root: one more serialisation and log2(n)/2 + 2 more hashes an entry.
"""

from __future__ import annotations

import hashlib
import json

from bench._measure import Comparison, against
from kaval.engine.rules.custody import Head, entry_bytes, export_lines, next_head, verify_lines
from kaval.engine.rules.custody.ledger import leaf_hash

ENTRIES = 5_000


def measure() -> list[Comparison]:
    """Verification, and appending without a stored tree, of entries about as long as a real act's."""
    contents = [entry_bytes(_entry(index)) for index in range(ENTRIES)]
    head = _append(contents)
    lines = list(export_lines(contents, size=head.size, root=head.root))
    verify = against(lambda: verify_lines(lines), lambda: _parse_and_hash(lines))
    append = against(lambda: _append(contents), lambda: [hashlib.sha256(c).digest() for c in contents])
    return [
        Comparison("verify a ledger file", "json.loads and one SHA-256 a line", "entries", ENTRIES, *verify),
        Comparison("append with a running root", "one SHA-256 an entry", "entries", ENTRIES, *append),
    ]


def _entry(index: int) -> dict[str, object]:
    return {
        "index": index,
        "kind": "seizure.sealed",
        "at": "2026-01-18T07:12:45+05:30",
        "by": f"officer-{index % 97:03d}",
        "subject": f"exhibit-{index:06d}",
        "sha256": hashlib.sha256(str(index).encode()).hexdigest(),
    }


def _append(contents: list[bytes]) -> Head:
    head = Head()
    for content in contents:
        head = next_head(head, leaf_hash(content))
    return head


def _parse_and_hash(lines: list[bytes]) -> None:
    for line in lines:
        json.loads(line)
        hashlib.sha256(line).digest()
