"""Tables of the knowledge folder: CSV, UTF-8, comma, one header row; a cell that means nothing is an error.

`Indexed` finds rows of a table of any size again by a key: it keeps where each row begins and eight bytes of a digest
of its key, and reads the row from the file when it is asked for. The key is compared then, so a digest met twice costs
a look and never gives a wrong row. Files are read by position, so that processes that fork may share them.
"""

from __future__ import annotations

import csv
import os
import weakref
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from kaval.engine.kernel.errors import ReaderError

_MAX_ROW = 8 * 1024 * 1024
_FLAGS = {"": None, "yes": True, "no": False}
_BOM = b"\xef\xbb\xbf"


class Row:
    """One row by column names. A missing column and an empty cell both mean: not stated."""

    __slots__ = ("_cells", "_columns", "_file", "number")

    def __init__(self, file: str, number: int, *, columns: Mapping[str, int], cells: Sequence[str]) -> None:
        self._file, self.number, self._columns, self._cells = file, number, columns, cells

    def __getitem__(self, name: str) -> str:
        """The text of a cell, without the space around it; empty when not stated."""
        at = self._columns.get(name)
        return "" if at is None else self._cells[at].strip()

    def raw(self, name: str) -> str:
        """The text of a cell exactly as it stands."""
        at = self._columns.get(name)
        return "" if at is None else self._cells[at]

    def wrong(self, name: str, expected: str) -> ReaderError:
        """The error for a cell that cannot be meant."""
        return ReaderError(
            f"{self[name]!r} is not {expected}",
            file=self._file,
            place=f"row {self.number}, column {name}",
            mend="Correct the cell, or leave it empty where nothing is stated",
        )

    def needed(self, name: str) -> str:
        """The text of a cell that must be filled.

        Raises:
            ReaderError: it is empty.
        """
        text = self[name]
        if not text:
            raise ReaderError(
                "nothing stands here",
                file=self._file,
                place=f"row {self.number}, column {name}",
                mend="Fill it",
            )
        return text

    def flag(self, name: str, *, none: str = "") -> bool | None:
        """True for yes, False for no, None when not stated or for the word `none`.

        Raises:
            ReaderError: any other text; this and the following name the cell.
        """
        text = self[name].casefold()
        if text not in _FLAGS and text != none:
            raise self.wrong(name, "yes, no or empty" + (f" or {none}" if none else ""))
        return _FLAGS.get(text)

    def whole(self, name: str, *, most: int = 10**9) -> int | None:
        """A whole number from 0."""
        text = self[name]
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > most:
            raise self.wrong(name, f"a whole number up to {most}")
        return int(text)

    def share(self, name: str) -> float | None:
        """A number from 0 to 1."""
        text = self[name]
        try:
            value = float(text) if text else None
        except ValueError:
            value = -1.0
        if value is not None and not 0 <= value <= 1:
            raise self.wrong(name, "a number from 0 to 1")
        return value

    def instant(self, name: str) -> datetime | None:
        """An instant in UTC from an ISO 8601 text with its offset."""
        text = self[name]
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
            return at.astimezone(UTC) if at.tzinfo is not None else self._no_offset(name)
        except (ValueError, OverflowError):
            raise self.wrong(name, "a time like 2026-03-01T07:00:00+05:30") from None

    def _no_offset(self, name: str) -> datetime:
        raise self.wrong(name, "a time with its offset, like 2026-03-01T07:00:00+05:30")

    def day(self, name: str) -> date | None:
        """A day `yyyy-mm-dd`."""
        text = self[name]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise self.wrong(name, "a day like 2026-03-01") from None

    def several(self, name: str) -> tuple[str, ...]:
        """The parts of a cell that a semicolon parts."""
        return tuple(part.strip() for part in self[name].split(";") if part.strip())


def rows_of(path: Path, needed: Iterable[str] = ()) -> list[Row]:
    """All rows of a small table; none when there is no such file.

    Raises:
        ReaderError: it is no such table, or a needed column is missing.
    """
    if not path.is_file():
        return []
    with path.open("rb") as stream:
        scan = Scan(path, stream, needed=needed)
        return [scan.row(number, raw) for number, _, raw in scan]


class Scan:
    """A table row by row as (number as a spreadsheet shows it, offset in bytes, bytes); empty lines are passed over.

    Raises:
        ReaderError: no header, a column missing or twice, a row longer than 8 MiB; while rows come.
    """

    def __init__(self, path: Path, stream: BinaryIO, *, needed: Iterable[str] = ()) -> None:
        self.file, self._stream = str(path), stream
        mark = stream.read(3)
        self._at = 3 if mark == _BOM else 0
        stream.seek(self._at)
        self._number = 0
        first = self._next()
        names = [" ".join(cell.split()) for cell in self._cells(1, first)] if first else []
        self.columns = {name: at for at, name in enumerate(names) if name}
        missing = [name for name in needed if name not in self.columns]
        doubled = sorted({name for name in names if name and names.count(name) > 1})
        if missing or doubled:
            what = (
                f"columns missing: {', '.join(missing)}"
                if missing
                else f"columns twice: {', '.join(doubled)}"
            )
            raise ReaderError(
                what, file=self.file, place="row 1", mend="See docs/attribution.md for the columns"
            )
        self._width = len(names)

    def __iter__(self) -> Iterator[tuple[int, int, bytes]]:
        while True:
            at = self._at
            raw = self._next()
            if not raw:
                return
            if raw.strip():
                yield self._number, at, raw

    def row(self, number: int, raw: bytes) -> Row:
        """A row from its bytes."""
        cells = self._cells(number, raw)
        if len(cells) != self._width:
            raise ReaderError(
                f"{len(cells)} cells where the header has {self._width}",
                file=self.file,
                place=f"row {number}",
                mend="Check quotes and commas",
            )
        return Row(self.file, number, columns=self.columns, cells=cells)

    def _next(self) -> bytes:
        raw = self._stream.readline(_MAX_ROW)
        if raw.count(b'"') & 1:
            parts = [raw]
            size = len(raw)
            while more := self._stream.readline(_MAX_ROW):
                parts.append(more)
                size += len(more)
                if more.count(b'"') & 1:
                    break
                if size > _MAX_ROW:
                    break
            else:
                raise ReaderError(
                    "a quote opens here and never closes", file=self.file, place=f"row {self._number + 1}"
                )
            raw = b"".join(parts)
        if len(raw) >= _MAX_ROW:
            raise ReaderError("a row of more than 8 MiB", file=self.file, place=f"row {self._number + 1}")
        self._number += bool(raw)
        self._at += len(raw)
        return raw

    def _cells(self, number: int, raw: bytes) -> list[str]:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise ReaderError(
                "not UTF-8", file=self.file, place=f"row {number}", mend="Save the table as UTF-8"
            ) from None
        if '"' not in text:
            return text.rstrip("\r\n").split(",")
        try:
            return next(csv.reader((text,), strict=True))
        except csv.Error as problem:
            raise ReaderError(
                str(problem), file=self.file, place=f"row {number}", mend="Check quotes and commas"
            ) from problem


class ByPosition:
    """A file read by position, closed when nobody holds this any more; processes that fork may share it."""

    def __init__(self, path: Path) -> None:
        self._number = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._number)

    def read(self, size: int, offset: int) -> bytes:
        """So many bytes from there."""
        return os.pread(self._number, size, offset)


def key_of(*parts: str) -> int:
    """Eight bytes of a digest of a key."""
    return int.from_bytes(blake2b("\x1f".join(parts).encode(), digest_size=8).digest(), "little")


class Indexed:
    """The rows of a table by their key columns, read when they are asked for; a file that is not there has none."""

    def __init__(self, path: Path, key: tuple[str, ...], *, needed: Iterable[str] = ()) -> None:
        self._key = key
        self.present = path.is_file()
        self._digests: Any = array("Q")
        self._offsets: Any = array("Q")
        self._sizes: Any = array("I")
        self._numbers: Any = array("I")
        if not self.present:
            return
        self._file = ByPosition(path)
        with path.open("rb", buffering=1 << 20) as stream:
            self._scan = Scan(path, stream, needed=(*key, *needed))
            for number, offset, raw in self._scan:
                row = self._scan.row(number, raw)
                self._digests.append(key_of(*(row[name] for name in key)))
                self._offsets.append(offset)
                self._sizes.append(len(raw))
                self._numbers.append(number)
        order = np.argsort(np.frombuffer(self._digests, "Q"), kind="stable")
        for name in ("_digests", "_offsets", "_sizes", "_numbers"):
            column = getattr(self, name)
            if len(column):
                setattr(self, name, np.frombuffer(column, column.typecode)[order].data)

    def __len__(self) -> int:
        return len(self._digests)

    def rows(self, *key: str) -> list[Row]:
        """The rows of a key, in the order of the file."""
        if not len(self._digests):
            return []
        digest = key_of(*key)
        at = bisect_left(self._digests, digest)
        found = []
        while at < len(self._digests) and self._digests[at] == digest:
            raw = self._file.read(self._sizes[at], self._offsets[at])
            row = self._scan.row(self._numbers[at], raw)
            if all(row[name] == part for name, part in zip(self._key, key, strict=True)):
                found.append(row)
            at += 1
        return found

    def holds(self, *key: str) -> bool:
        """True when there is a row of the key."""
        return bool(self.rows(*key))
