"""NSRL RDS version 3, a SQLite database, becomes entries of files known as ordinary software, without a verdict.

Tried: databases made here with the columns of the minimal release (table FILE) and of the full one (view FILE over
METADATA), with and without crc32, sizes as text or number. Not supported: deltas (SQL files): apply them with the
`sqlite3` program first; MFG, OS and PKG, which say what package a file is of. Missing values: a list of this kind
states no category. A NULL digest is not given.
Source: formats.md 2.4 (sources disagree about the columns, so their names are read from the file).

Not among the readers of `engine/formats`, because the engine opens no database; it has the same parts. The database is
opened read-only and immutable; a hostile one can define a view that never ends, so each row may cost a bounded number
of steps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from kaval.engine.formats._spec import FormatSpec, ReadWarning, ReceivedFile
from kaval.engine.formats.hashset._model import EMPTY_FILE, HashSetEntry, hex_digest, whole_number
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="nsrl3", version="1", kind="hashset", title="NSRL RDS version 3 (SQLite)")

_MAGIC = b"SQLite format 3\x00"
_ALGORITHMS = ("md5", "sha1", "sha256")
_STEPS = 1_000_000  # of SQLite's virtual machine, asked every thousandth; a row of FILE takes some dozens
_MAX_VALUE = 1 << 16
_MEND = "Check the download against the digest NIST publishes; a list that is cut short must not be used"


def claims(file: ReceivedFile) -> bool:
    """True for a SQLite database: no other list of digests comes as one."""
    return file.head(16) == _MAGIC


def stream(path: Path) -> Iterator[HashSetEntry | ReadWarning]:
    """The entries of table or view FILE, in the database's order; file names are passed over.

    Raises:
        ReaderError: damaged, no FILE with a column of MD5, SHA-1 or SHA-256, or a row that takes endless steps.
    """
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    budget = [0]

    def step() -> bool:
        budget[0] += 1
        return budget[0] > _STEPS // 1000

    try:
        with closing(sqlite3.connect(address, uri=True)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
            base.set_progress_handler(step, 1000)
            columns = {str(row[1]).lower() for row in base.execute("PRAGMA table_info(FILE)")}
            algorithms = [name for name in _ALGORITHMS if name in columns]
            if not algorithms:
                raise ReaderError(
                    "no FILE with a column of MD5, SHA-1 or SHA-256", file=path.name, mend="Is it an RDS?"
                )
            names = [*algorithms, *(name for name in ("file_size",) if name in columns)]
            met = False
            for number, row in enumerate(base.execute(f"SELECT {', '.join(names)} FROM FILE"), start=1):
                budget[0] = 0
                taken = _entry(dict(zip(names, row, strict=True)), f"FILE row {number}")
                met = met or isinstance(taken, HashSetEntry)
                yield taken
            if not met:
                yield ReadWarning("FILE", "no-entries", "the database holds no usable entry", _MEND)
    except sqlite3.Error as error:
        raise ReaderError(f"not a readable database ({error})", file=path.name, mend=_MEND) from error


def _entry(row: dict[str, object], place: str) -> HashSetEntry | ReadWarning:
    digests = {
        name: (hex_digest(value, name) if isinstance(value := row.get(name), str) else None) or ""
        for name in _ALGORITHMS
    }
    if not any(digests.values()):
        return ReadWarning(place, "no-digest", "no usable digest in this row; it was left out")
    if set(digests.values()) & EMPTY_FILE:
        return ReadWarning(place, "digest-of-empty", "this is the digest of an empty file; it was left out")
    size = whole_number(str(row.get("file_size", "")))
    return HashSetEntry(digests["md5"], digests["sha1"], digests["sha256"], None, size, place)
