"""The ledger is an append-only Merkle log: one byte changed, dropped or moved and verification names the entry.

Hashing follows RFC 9162 section 2.1.1: a leaf is SHA-256(0x00 || entry), a node SHA-256(0x01 || left || right).
The head
keeps the roots of the perfect subtrees on the right edge, so appending costs O(log n) and needs no earlier
entry. Every
exported line carries the root of the tree that ends with it, and has exactly one byte form: anything else is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kaval.engine.kernel.digest import canonical_json
from kaval.engine.kernel.errors import LedgerBroken

FORMAT = "kaval-ledger-1"
EMPTY_ROOT = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The state of the log: number of entries, and the hex roots of its perfect subtrees from left to right."""

    size: int = 0
    peaks: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """The Merkle tree hash (hex) of all entries so far; of no entries, the hash of nothing."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = _node(peak, node)
        return node


def entry_bytes(entry: Mapping[str, Any]) -> bytes:
    """The bytes of an entry that are hashed: its canonical JSON."""
    return canonical_json(entry)


def leaf_hash(content: bytes) -> str:
    """The hash (hex) of one entry as a leaf."""
    return hashlib.sha256(b"\x00" + content).hexdigest()


def next_head(head: Head, leaf: str) -> Head:
    """The head after one more leaf: as many merges as the old size has trailing one bits."""
    peaks, node, size = list(head.peaks), leaf, head.size
    while size & 1:
        node = _node(peaks.pop(), node)
        size >>= 1
    return Head(head.size + 1, (*peaks, node))


def export_lines(entries: Iterable[bytes], *, size: int, root: str) -> Iterator[bytes]:
    """The lines of a ledger file: a header that states size and root, then one line per entry with its running
    root.
    """
    yield canonical_json({"format": FORMAT, "root": root, "size": size}) + b"\n"
    head = Head()
    for content in entries:
        leaf = leaf_hash(content)
        head = next_head(head, leaf)
        yield canonical_json({"entry": json.loads(content), "leaf": leaf, "root": head.root}) + b"\n"


def verify_lines(lines: Iterable[bytes]) -> Head:
    """The head of a ledger file that verifies in every byte.

    Raises:
        LedgerBroken: with the index of the first entry that is altered, dropped, inserted or moved.
    """
    stream = iter(lines)
    header = _header(next(stream, b""))
    head = Head()
    for line in stream:
        head = _verify_entry(line, head)
    if head.size != header["size"]:
        raise LedgerBroken(
            f"header states {header['size']} entries, the file holds {head.size}: entry {head.size} is missing"
            if head.size < header["size"]
            else f"entry {header['size']} is beyond the stated size",
            entry=min(head.size, header["size"]),
        )
    if head.root != header["root"]:
        raise LedgerBroken("the root in the header is not the root of the entries")
    return head


def _verify_entry(line: bytes, head: Head) -> Head:
    index = head.size
    try:
        record = json.loads(line)
        canonical = canonical_json(record) + b"\n"
        entry, leaf, root = record["entry"], record["leaf"], record["root"]
        stated, members = entry["index"], set(record)
    except (ValueError, KeyError, TypeError, RecursionError) as trouble:
        raise LedgerBroken(f"entry {index} cannot be read: {trouble}", entry=index) from trouble
    # A member beside these three would be covered by no hash.
    if canonical != line or members != {"entry", "leaf", "root"}:
        raise LedgerBroken(f"entry {index} is not in its one byte form", entry=index)
    if stated != index:
        raise LedgerBroken(
            f"entry {index} says it is entry {stated}: dropped, inserted or moved", entry=index
        )
    if leaf_hash(entry_bytes(entry)) != leaf:
        raise LedgerBroken(f"entry {index} was altered: its hash does not match its content", entry=index)
    after = next_head(head, leaf)
    if after.root != root:
        raise LedgerBroken(f"entry {index} does not follow from the entries before it", entry=index)
    return after


def _header(line: bytes) -> dict[str, Any]:
    try:
        header: dict[str, Any] = json.loads(line)
        good = (
            canonical_json(header) + b"\n" == line
            and set(header) == {"format", "root", "size"}
            and header["format"] == FORMAT
            and type(header["size"]) is int
            and header["size"] >= 0
        )
    except (ValueError, TypeError, RecursionError):
        good = False
    if not good:
        raise LedgerBroken(f"the first line is not a {FORMAT} header")
    return header


def _node(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()
