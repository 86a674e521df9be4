"""A SQLite file of a device opened in memory: never written, never locked, its write-ahead log applied to the copy.

Nothing touches the disk, so this works where a confined process may write nowhere. Views, triggers, functions and
attachments of the file are refused; a query that runs for ever is stopped.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kaval.lab.artefacts.given import Given

_MAGIC = b"SQLite format 3\x00"
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_STEPS_A_LOOK = 1_000_000
_MOST_LOOKS = 1_000
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA)


@contextmanager
def opened(given: Given) -> Iterator[sqlite3.Connection]:
    """The database, closed at the end of the block.

    Raises:
        sqlite3.Error: no database, or damaged where it is read.
        TooLargeError: beyond the bound.
    """
    content = bytearray(given.whole())
    if content[:16] != _MAGIC or len(content) < 512:
        raise sqlite3.DatabaseError("not a SQLite database")
    if given.wal is not None:
        _apply(content, Given(given.wal, given.path).whole())
    content[18:20] = b"\x01\x01"  # a copy in memory has no log: the mark for one would keep it from opening
    base = sqlite3.connect(":memory:")
    try:
        base.deserialize(bytes(content))
        del content
        _bind(base)
        yield base
    finally:
        base.close()


def _bind(base: sqlite3.Connection) -> None:
    base.text_factory = lambda raw: raw.decode("utf-8", "replace")
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024)
    base.execute("PRAGMA trusted_schema=OFF")
    base.execute("PRAGMA cell_size_check=ON")
    looks = [0]

    def look() -> int:
        looks[0] += 1
        return looks[0] > _MOST_LOOKS

    base.set_progress_handler(look, _STEPS_A_LOOK)
    base.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)


def _apply(content: bytearray, log: bytes) -> None:
    """Pages of the log's committed transactions replace those of the file; frames of an older round are passed over.

    Frames are told by their salts, as SQLite does; checksums are not computed again.
    """
    if len(log) < 32:
        return
    magic, _, page_size, _, salt1, salt2 = struct.unpack(">6I", log[:24])
    if magic not in _WAL_MAGIC or page_size != _page_size(content):
        return
    pending: list[tuple[int, int]] = []
    for at in range(32, len(log) - 24 - page_size + 1, 24 + page_size):
        number, pages, one, two = struct.unpack(">4I", log[at : at + 16])
        if (one, two) != (salt1, salt2) or not 0 < number <= len(content) // page_size + len(
            log
        ) // page_size:
            return
        pending.append((number, at + 24))
        if pages == 0:
            continue
        for page, start in pending:
            end = page * page_size
            if len(content) < end:
                content.extend(bytes(end - len(content)))
            content[end - page_size : end] = log[start : start + page_size]
        pending.clear()


def _page_size(content: bytearray) -> int:
    size = int.from_bytes(content[16:18], "big")
    return 65536 if size == 1 else size


def columns(base: sqlite3.Connection, table: str) -> frozenset[str]:
    """The columns of a real table; empty when there is none of that name (a view is not a table)."""
    kind = base.execute("SELECT type FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    if kind is None or kind[0] != "table":
        return frozenset()
    return frozenset(str(row[1]) for row in base.execute(f"PRAGMA table_info({table})"))


def rows(
    base: sqlite3.Connection, source: str, picked: Mapping[str, str], *, tables: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Rows of `source` (`visits AS v JOIN …`) as `picked` says (key to `v.column`); no such table: no rows.

    A column that this version of the file lacks is None. `tables`: alias to table. Every name is one written in this
    package, none comes from the file.
    """
    have = {alias: columns(base, table) for alias, table in tables.items()}
    if not all(have.values()):
        return
    known = [place.split(".")[1] in have[place.split(".")[0]] for place in picked.values()]
    names = ", ".join(place if there else "NULL" for place, there in zip(picked.values(), known, strict=True))
    for row in base.execute(f"SELECT {names} FROM {source}"):  # only names of ours, see above
        yield dict(zip(picked, row, strict=True))
