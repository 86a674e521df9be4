"""Ledgers to be tampered with, and the Merkle tree of RFC 9162 written a second time, straight from its text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from hypothesis import strategies as st

from kaval.engine.rules.custody import Head, entry_bytes, export_lines, next_head
from kaval.engine.rules.custody.ledger import leaf_hash

FACTS = st.dictionaries(
    st.sampled_from(["sha256", "site", "rows", "kind", "മലയാളം"]),
    st.one_of(st.integers(-5, 10**12), st.text(max_size=12), st.booleans(), st.none()),
    max_size=3,
)
BOOKS = st.lists(FACTS, min_size=1, max_size=12)


def contents(book: Sequence[object]) -> list[bytes]:
    """The bytes of the entries of a book, numbered from 0."""
    return [entry_bytes({"index": index, "facts": facts}) for index, facts in enumerate(book)]


def head_of(entries: Sequence[bytes]) -> Head:
    """The head after all entries, appended one by one as the station does it."""
    head = Head()
    for content in entries:
        head = next_head(head, leaf_hash(content))
    return head


def lines_of(entries: Sequence[bytes]) -> list[bytes]:
    """The lines of the exported ledger file, header first."""
    head = head_of(entries)
    return list(export_lines(entries, size=head.size, root=head.root))


def merkle_tree_hash(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, by its own recursion: split at the largest power of two below n."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = merkle_tree_hash(entries[:split]), merkle_tree_hash(entries[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def reading_of(line: bytes) -> dict[str, object]:
    """A line of the file as JSON."""
    loaded: dict[str, object] = json.loads(line)
    return loaded
