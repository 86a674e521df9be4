"""Rows of the tables of an operation folder: CSV or XLSX, one header row; a cell that cannot be meant is an error.

A half-read roster would send half a team, so here trouble is no warning: the ReaderError names file, row, column and
mend. A column that is missing and a cell that is empty both mean "not stated".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from kaval.engine.formats import _table
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.profile import Layout
from kaval.engine.kernel.errors import ReaderError

_FLAGS = {"": None, "yes": True, "no": False}
# What is only worth a note, beside what is worth none; all other trouble means that a row was not read as it stands.
_SILENT = frozenset(("no_rows", "formula", "other_sheet"))
_NOTED = frozenset(
    ("merged_cells", "hidden_column", "hidden_row", "hidden_sheet", "macros", "external_links")
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column names; `place` says where it stands in `file`."""

    file: str
    place: str
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """The text of a cell; empty when not stated."""
        return self.cells.get(name, "")

    def wrong(self, name: str, problem: str, mend: str = "") -> ReaderError:
        """The error for a cell, which it names."""
        return ReaderError(
            problem,
            file=self.file,
            place=f"{self.place}, column {name}",
            mend=mend or "Correct the cell, or leave it empty where nothing is stated",
        )

    def needed(self, name: str) -> str:
        """The text of a cell that must be filled; this and the following raise ReaderError when it cannot be meant."""
        text = self[name]
        if not text:
            raise self.wrong(name, "nothing stands here", "Fill it")
        return text

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        """One of the known words, or empty."""
        text = self[name]
        if text and text not in known:
            raise self.wrong(name, f"{text!r} is not one of {', '.join(known)}")
        return text

    def degrees(self, name: str, *, most: float) -> float:
        """Degrees of latitude or longitude, decimal."""
        text = self.needed(name)
        try:
            value = float(text)
        except ValueError:
            raise self.wrong(name, f"{text!r} is no number", "Write decimal degrees, as 9.9816") from None
        if not -most <= value <= most:
            other = "Are latitude and longitude exchanged? " if most < 180 and abs(value) <= 180 else ""
            raise self.wrong(
                name, f"{text} lies outside -{most:g} to {most:g} degrees", f"{other}Write decimal degrees"
            )
        return value

    def whole(self, name: str, *, most: int) -> int | None:
        """A whole number from 0."""
        text = self[name]
        if text and not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
            raise self.wrong(name, f"{text!r} is no whole number from 0 to {most}")
        return int(text) if text else None

    def flag(self, name: str) -> bool | None:
        """True for yes, False for no."""
        text = self[name].casefold()
        if text not in _FLAGS:
            raise self.wrong(name, f"{self[name]!r} is not yes, no or empty")
        return _FLAGS[text]

    def day(self, name: str) -> date | None:
        """A local date."""
        text = self[name]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise self.wrong(name, f"{text!r} is no date", "Write dates as 2026-02-22") from None

    def instant(self, name: str) -> datetime | None:
        """An instant in UTC, from an ISO 8601 text with its offset."""
        text = self[name]
        if not text:
            return None
        try:
            return instant_of(text)
        except ValueError as problem:
            raise self.wrong(name, str(problem), "Write times as 2026-02-22T07:00:00+05:30") from None

    def several(self, name: str) -> tuple[str, ...]:
        """The parts of a cell that semicolons part, each once."""
        return tuple(dict.fromkeys(part.strip() for part in self[name].split(";") if part.strip()))


def instant_of(text: str) -> datetime:
    """The UTC instant of an ISO 8601 text with offset.

    Raises:
        ValueError: in words: no time, or no zone.
    """
    try:
        at = datetime.fromisoformat(text)
        aware = at if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time") from None
    if aware.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    return aware


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file, the columns it has, and what a person should know about it."""

    file: str
    columns: frozenset[str]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def keyed(self, name: str) -> Iterator[tuple[str, Row]]:
        """Each row with its key, which no two rows may share."""
        seen: dict[str, str] = {}
        for row in self.rows:
            key = row.needed(name)
            if key in seen:
                raise row.wrong(name, f"{key} stands in {seen[key]} too", "Keep one of the rows")
            seen[key] = row.place
            yield key, row

    def absent(self, meanings: Mapping[str, str]) -> Iterator[str]:
        """A note for each column that is not there, saying what is not checked."""
        for column, meaning in meanings.items():
            if column not in self.columns:
                yield f"{self.file} has no column {column}: {meaning}"


def read_table(content: bytes, *, file: str, needed: tuple[str, ...], known: tuple[str, ...] = ()) -> Table:
    """All rows of a CSV (comma or semicolon, UTF-8) or of the first sheet of an XLSX file.

    Columns beyond `needed` and `known` are ignored with a note; `known` empty: every column is known.

    Raises:
        ReaderError: a needed column is missing, or a row could not be read whole.
    """
    source, trouble = ReceivedFile(file, content), list[ReadWarning]()
    layout = _layout(source)
    columns = tuple(name.casefold() for name in _table.header_of(source, layout))
    missing = [name for name in needed if name not in columns]
    if missing:
        raise ReaderError(
            f"columns missing: {', '.join(missing)}",
            file=file,
            place="row 1",
            mend="Add them to the header (docs/planning.md)",
        )
    rows = tuple(
        Row(file, place, {name.casefold(): text for name, text in cells.items()})
        for place, cells in _table.rows(source, layout, trouble)
    )
    notes = []
    for warning in trouble:
        if warning.code in _NOTED:
            notes.append(f"{file} {warning.place}: {warning.text}")
        elif warning.code not in _SILENT:
            raise ReaderError(warning.text, file=file, place=warning.place, mend=warning.mend)
    unknown = sorted(set(columns) - {*needed, *known}) if known else []
    if unknown:
        notes.append(f"{file}: columns not used: {', '.join(unknown)}")
    return Table(file, frozenset(columns), rows, tuple(notes))


def _layout(file: ReceivedFile) -> Layout:
    head = file.head()
    if head.startswith(b"PK"):
        return Layout("xlsx")
    line = head.split(b"\n", 1)[0]
    return Layout("csv", delimiter=";" if b";" in line and b"," not in line else ",")
