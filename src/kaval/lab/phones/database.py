"""A SQLite file of an extraction opened where it lies: read-only, nothing beside it written, bounded in time and rows.

Cases and manifests are too large to copy into memory. What a hostile file could do by its own schema (views, triggers,
functions) is refused; only tables are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from kaval.engine.formats._spec import ReadWarning

_STEPS_A_LOOK = 1_000_000
_MOST_LOOKS = 200_000
_MOST_BYTES = 64 << 20
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_FUNCTION)


def log_beside(path: Path) -> ReadWarning | None:
    """A warning when a write-ahead log with content lies beside a database: its rows are not seen."""
    log = path.with_name(f"{path.name}-wal")
    if not log.is_file() or log.stat().st_size == 0:
        return None
    return ReadWarning(
        log.name,
        "log-not-applied",
        "rows still in the log beside the database are not seen",
        "Open a copy with the tool that made it, close it there, and give that copy",
    )


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, closed at the end of the block. A write-ahead log beside it is not applied.

    Raises:
        sqlite3.Error: no database, or damaged where it is read.
    """
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as base:
        base.text_factory = lambda raw: raw.decode("utf-8", "replace")
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
        base.execute("PRAGMA trusted_schema=OFF")
        base.execute("PRAGMA cell_size_check=ON")
        looks = 0

        def look() -> bool:
            nonlocal looks
            looks += 1
            return looks > _MOST_LOOKS

        base.set_progress_handler(look, _STEPS_A_LOOK)
        base.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
        )
        yield base
