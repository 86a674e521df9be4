"""Text and tables from bytes of unknown care: byte-order marks accepted, broken encodings read with a
warning.

A table row is located as a spreadsheet shows it: the header is row 1. A row with more or fewer cells than
the header is not read, because its columns may have shifted; it becomes a warning with its number, and
every other row is read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence

from kaval.engine.formats import _delimited
from kaval.engine.formats._formula import tell_formulas, tell_no_rows
from kaval.engine.formats._notes import Notes
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.kernel.errors import ReaderError

HEAD_BYTES = 8192
# How XML, JSON and PDF begin, and no column's name.
_NO_TABLE = frozenset((b"<", b"{", b"[", b"%"))


def decode(content: bytes) -> tuple[str, tuple[ReadWarning, ...]]:
    """Text by its byte-order mark, else UTF-8, else Latin-1 with a warning; never fails."""
    for mark, encoding in _delimited.MARKS:
        if content.startswith(mark):
            text = content[len(mark) :].decode(encoding, errors="replace").replace("\0", "\ufffd")
            return text, _replaced(text)
    try:
        text = content.decode("utf-8")
        if "\0" not in text:
            return text, ()
        text = text.replace("\0", "\ufffd")
        return text, _replaced(text)
    except UnicodeDecodeError as problem:
        text = content.decode("latin-1").replace("\0", "\ufffd")
        return text, (not_utf8(f"byte {problem.start}"),)


def not_utf8(place: str) -> ReadWarning:
    """The warning for bytes that claim UTF-8 and are not."""
    return ReadWarning(
        place,
        "encoding",
        "not UTF-8: read as Latin-1, so letters outside English may be wrong",
        "Ask the sender for a UTF-8 export",
    )


def _replaced(text: str) -> tuple[ReadWarning, ...]:
    if "\ufffd" not in text:
        return ()
    place = f"character {text.index(chr(0xFFFD))}"
    return (ReadWarning(place, "encoding", "bytes that are no text were replaced", "Ask for UTF-8"),)


def header(file: ReceivedFile, *, delimiter: str = ",") -> tuple[str, ...]:
    """The column names in the first line, without reading further; empty when the first bytes are no such
    line."""
    head = decode(file.head(HEAD_BYTES))[0]
    line = head.splitlines()[0] if head else ""
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return ()
    return tuple(_column(cell) for cell in cells)


def _column(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").split())


def has_columns(file: ReceivedFile, wanted: Sequence[str], *, delimiter: str = ",") -> bool:
    """True when the first line holds all the wanted column names, whatever their case."""
    if file.head(16).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in _NO_TABLE:
        return False  # every reader of a table is asked about every document
    present = {name.casefold() for name in header(file, delimiter=delimiter)}
    return all(name.casefold() in present for name in wanted)


def read_table(
    file: ReceivedFile, required: Sequence[str], warnings: list[ReadWarning], *, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a delimited table as `(row number, {column: text})`, the required columns spelt as asked
    for.

    Rows come one by one from the stream, in constant memory; trouble is added to `warnings` on the way.

    Raises:
        ReaderError: the file is empty, a required column is missing, or a column comes twice; at once, not
        later.
    """
    notes = Notes(warnings)
    lines = _delimited.records(file, notes, delimiter=delimiter)
    _, first = next(lines, (1, []))
    return _rows(lines, _columns(first, required, file), notes)


def _rows(
    lines: Iterator[tuple[int, list[str]]], columns: tuple[str, ...], notes: Notes
) -> Iterator[tuple[int, dict[str, str]]]:
    width, number = len(columns), 0
    for number, cells in lines:
        tell_formulas(cells, columns, place=f"row {number}", notes=notes)
        if len(cells) == width:
            yield number, dict(zip(columns, map(str.strip, cells), strict=True))
        elif any(cell.strip() for cell in cells):
            text = f"{len(cells)} cells where the header has {width}: the row was not read"
            notes.add(ReadWarning(f"row {number}", "cells", text, "Check quotes and separators"))
    if not number:
        tell_no_rows(notes, place="row 1")
    notes.close()


def _columns(first: Sequence[str], required: Sequence[str], file: ReceivedFile) -> tuple[str, ...]:
    asked = {name.casefold(): name for name in required}
    columns = tuple(asked.get(_column(cell).casefold(), _column(cell)) for cell in first)
    missing = [name for name in required if name not in columns]
    if missing:
        raise ReaderError(
            f"columns missing: {', '.join(missing)}",
            file=file.name,
            place="row 1",
            mend="Ask the sender for an export with these columns, or a reader for this layout",
        )
    if len(set(columns)) != len(columns):
        doubled = sorted({name for name in columns if columns.count(name) > 1})
        raise ReaderError(
            f"columns that come twice: {', '.join(doubled)}",
            file=file.name,
            place="row 1",
            mend="Ask the sender which of them counts",
        )
    return columns


def rest_of(row: Mapping[str, str], known: frozenset[str]) -> dict[str, str]:
    """The values of columns the reader does not know, so that nothing received is dropped."""
    return {name: value for name, value in row.items() if value and name not in known}
