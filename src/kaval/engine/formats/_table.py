"""Tables of any kind as rows of texts: CSV, XLSX, JSON and XML, in constant memory.

A row is `(place, {column as in the header: text})`; the place is `row 17`, `sheet 'Leads' row 17`, `/reports/3` or
`/leads/lead[4]`. CSV and XLSX rows carry every column of the header, empty when the cell is; JSON and XML rows carry
what was there, with `_tree.NULL` for null. Trouble is added to a list the caller may empty while rows come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from kaval.engine.formats import _delimited, _sniff, _xlsx, _xlsxbook
from kaval.engine.formats._formula import tell_formulas, tell_no_rows
from kaval.engine.formats._notes import Notes
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats._tree import json_rows
from kaval.engine.formats._xmlrecords import xml_rows
from kaval.engine.formats.profile._model import Layout
from kaval.engine.kernel.errors import ReaderError

MAX_COLUMNS = 2000
HEADER_RECORDS = 1000
Row = tuple[str, dict[str, str]]


def rows(
    file: ReceivedFile, layout: Layout, trouble: list[ReadWarning], *, checked: bool = True
) -> Iterator[Row]:
    """The rows of a file by its layout, in the order of the source.

    JSON and XML are read to their end before the first row, unless `checked` is False: a look at the first rows of a
    file of gigabytes needs no more than those.

    Raises:
        ReaderError: the file is not of this layout, is broken as a whole, or names a column twice; before the first
            row, except for a CSV line or a packed member that turns out to be too long.
    """
    notes = Notes(trouble)
    if layout.kind == "csv":
        yield from _csv_rows(file, layout, notes)
    elif layout.kind == "xlsx":
        yield from _xlsx_rows(file, layout, notes)
    elif layout.kind == "json":
        yield from json_rows(file, notes, records=layout.records, encoding=layout.encoding, checked=checked)
    elif layout.kind == "xml":
        yield from xml_rows(file, notes, records=layout.records, encoding=layout.encoding, checked=checked)
    else:
        raise ReaderError(f"{layout.kind!r} is no kind of table", file=file.name, mend="Correct the profile")
    notes.close()


def header_of(file: ReceivedFile, layout: Layout) -> tuple[str, ...]:
    """The column names: of CSV and XLSX the header row, else the names met in the first 1,000 records.

    Raises:
        ReaderError: as `rows`.
    """
    if layout.kind == "csv":
        for number, cells in _delimited.records(
            file, Notes([]), delimiter=layout.delimiter, encoding=layout.encoding
        ):
            if number == layout.header_row:
                return tuple(name for name in Header(file, f"row {number}", cells).names if name)
        raise _no_header(file, layout)
    if layout.kind == "xlsx":
        with _sheet(file, layout, Notes([])) as (header, _):
            return tuple(name for name in header.names if name)
    names: dict[str, None] = {}
    if layout.kind not in ("json", "xml"):
        raise ReaderError(f"{layout.kind!r} is no kind of table", file=file.name, mend="Correct the profile")
    # Names only: the whole file is checked when its rows are asked for.
    found = (json_rows if layout.kind == "json" else xml_rows)(
        file, Notes([]), records=layout.records, encoding=layout.encoding, checked=False
    )
    for _, row in islice(found, HEADER_RECORDS):
        names.update(dict.fromkeys(row))
        if len(names) > MAX_COLUMNS:
            raise ReaderError(
                f"more than {MAX_COLUMNS} columns", file=file.name, mend="Ask for fewer columns"
            )
    return tuple(names)


def sniff(file: ReceivedFile) -> Layout | None:
    """The layout a file has by its own bytes; None when it is no table this can read."""
    return _sniff.sniff(file)


class Header:
    """The names of the columns; an empty name is that of an unnamed column."""

    def __init__(self, file: ReceivedFile, place: str, cells: Sequence[str]) -> None:
        names = [" ".join(cell.replace("\ufeff", "").replace("\0", "").split()) for cell in cells]
        self.width = len(names)
        while names and not names[-1]:
            names.pop()
        self.names = tuple(names)
        given = [name.casefold() for name in names if name]
        counts = Counter(given)
        doubled = sorted({name for name in names if name and counts[name.casefold()] > 1})
        problem = ""
        if doubled:
            problem = f"columns that come twice: {', '.join(doubled[:20])}"
        elif not given or len(given) > MAX_COLUMNS:
            problem = f"more than {MAX_COLUMNS} columns" if given else "no column names"
        if problem:
            raise ReaderError(
                problem, file=file.name, place=place, mend="Ask the sender which of them counts"
            )
        self._all_named = len(given) == self.width
        self._taken = frozenset(given)

    def row(self, cells: Sequence[str]) -> dict[str, str]:
        """A row by names; a value under no name is kept as `column 7`."""
        if self._all_named and len(cells) == self.width:
            return dict(zip(self.names, map(str.strip, cells), strict=True))
        row = {}
        for index, cell in enumerate(cells):
            name = self.names[index] if index < len(self.names) else ""
            text = cell.strip()
            if name or text:
                row[name or self._unnamed(index + 1)] = text
        return row

    def _unnamed(self, number: int) -> str:
        name = f"column {number}"
        return name if name not in self._taken else f"({name})"


def _no_header(file: ReceivedFile, layout: Layout) -> ReaderError:
    return ReaderError(
        f"no header in row {layout.header_row}", file=file.name, mend="The file is empty or of another layout"
    )


def _csv_rows(file: ReceivedFile, layout: Layout, notes: Notes) -> Iterator[Row]:
    header: Header | None = None
    number = 0
    for number, cells in _delimited.records(
        file, notes, delimiter=layout.delimiter, encoding=layout.encoding
    ):
        if header is not None:
            tell_formulas(cells, header.names, place=f"row {number}", notes=notes)
            if len(cells) == header.width:
                row = header.row(cells)
                if any(row.values()):
                    yield f"row {number}", row
            elif any(cell.strip() for cell in cells):
                text = f"{len(cells)} cells where the header has {header.width}: the row was not read"
                notes.add(ReadWarning(f"row {number}", "cells", text, "Check quotes and separators"))
        elif number >= layout.header_row:
            header = Header(file, f"row {number}", cells)
    if header is None:
        raise _no_header(file, layout)
    if number == layout.header_row:
        tell_no_rows(notes, place=f"row {number}")


@contextmanager
def _sheet(
    file: ReceivedFile, layout: Layout, notes: Notes
) -> Iterator[tuple[Header, Iterator[tuple[str, dict[int, str]]]]]:
    with file.open() as stream:
        book = _xlsxbook.open_book(file, stream)
        sheet = _xlsx.sheet_named(book, layout.sheet)
        found = _xlsx.sheet_rows(book, sheet, notes)
        number, texts = next((row for row in found if row[0] >= layout.header_row), (0, {}))
        if number != layout.header_row:
            raise _no_header(file, layout)
        cells = [texts.get(column, "") for column in range(1, max(texts, default=0) + 1)]
        header = Header(file, f"sheet {sheet.name!r} row {number}", cells)
        yield header, ((f"sheet {sheet.name!r} row {number}", texts) for number, texts in found)


def _xlsx_rows(file: ReceivedFile, layout: Layout, notes: Notes) -> Iterator[Row]:
    with _sheet(file, layout, notes) as (header, found):
        empty = True
        for place, texts in found:
            if texts:
                empty = False
                width = max(header.width, max(texts))
                yield place, header.row([texts.get(column, "") for column in range(1, width + 1)])
        if empty:
            tell_no_rows(notes, place=f"row {layout.header_row}")
