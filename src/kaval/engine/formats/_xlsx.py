"""The rows of one XLSX sheet, cell by cell, without a tree: a formula is never run and no link followed.

A true date cell is rendered as ISO text (`2026-01-03T18:45:10`; to the minute when its format shows no seconds): it
is one day whatever order a person sees it in. A number is rendered without exponent and without `.0`. What a person
must know becomes a warning that names the cell: formulas, errors, merged cells, hidden rows, columns and sheets, and
numbers longer than the 15 digits a spreadsheet keeps. Versions tried: openpyxl 3.1 and hand-made members.
Not supported: XLS, XLSB, ODS, password-protected workbooks. Sources: ECMA-376 part 1, 18.3 [G].
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from kaval.engine.formats._notes import Notes
from kaval.engine.formats._spec import ReadWarning
from kaval.engine.formats._xlsxbook import Book, Sheet, bound, walk
from kaval.engine.formats._xmlrecords import Bounded, local

MAX_COLUMN = 16_384
MAX_CELL = 131_072
MAX_MERGES = 1000
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')
_DATE_SIGN = re.compile(r"[dmyhs]", re.IGNORECASE)
_LENGTH = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
# A cell has no zone; UTC only keeps the arithmetic from meeting one.
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)
_LAST_SERIAL = 2_958_466


@dataclass(slots=True)
class Cell:
    """A cell as it stands in the sheet: its kind, style, raw text, and whether a formula gives it."""

    kind: str
    style: int
    formula: bool = False
    parts: list[str] = field(default_factory=list)
    has_value: bool = False


class _Rows(Bounded):
    """Gathers rows; `extras` are what a first look must know: merged ranges and hidden columns."""

    def __init__(self, book: Book, *, keep: bool) -> None:
        super().__init__(book.file.name)
        self._book, self._keep = book, keep
        self.done: deque[tuple[int, bool, dict[int, Cell], str]] = deque()
        self.merged: list[str] = []
        self.hidden_columns = False
        self._row, self._hidden, self._refusal = 0, False, ""
        self._cells: dict[int, Cell] = {}
        self._cell: Cell | None = None
        self._column = 0
        self._in_text, self._in_aid = False, False
        self._size = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        if not self._keep:
            self._look(name, attributes)
        elif name == "c" and self._cell is None:
            self._open_cell(attributes)
        elif name == "row":
            self._open_row(attributes)
        elif self._cell is not None:
            if name == "f":
                self._cell.formula = True
            elif name == "rPh":
                self._in_aid = True
            self._in_text = name in ("v", "t") and not self._in_aid
            self._cell.has_value = self._cell.has_value or self._in_text

    def _look(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "mergeCell" and len(self.merged) <= MAX_MERGES:
            self.merged.append(attributes.get("ref", "?")[:40])
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self.hidden_columns = True

    def _open_row(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r", "")
        if number and not re.fullmatch(r"[1-9][0-9]{0,6}", number):
            raise bound(self._book.file, f"a row is numbered {number[:20]!r}")
        row = int(number) if number else self._row + 1
        if row <= self._row:
            raise bound(self._book.file, f"row {row} stands after row {self._row}")
        self._row, self._hidden = row, attributes.get("hidden") in ("1", "true")
        self._cells, self._column, self._refusal, self._size = {}, 0, "", 0

    def _open_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r", "")
        if reference:
            match = _REFERENCE.fullmatch(reference)
            if match is None or int(match.group(2)) != self._row:
                raise bound(self._book.file, f"row {self._row} holds a cell {reference[:20]!r}")
            column = column_number(match.group(1))
        else:
            column = self._column + 1
        if column > MAX_COLUMN:
            raise bound(self._book.file, f"more than {MAX_COLUMN} columns")
        if column in self._cells or column <= self._column:
            self._refusal = f"the cell {reference} comes twice or out of order"
        style = attributes.get("s", "0")
        self._column = column
        self._cell = Cell(attributes.get("t", "n"), int(style) if style.isascii() and style.isdigit() else 0)

    def data(self, text: str) -> None:
        if self._in_text and self._cell is not None:
            self._size += len(text)
            if self._size > MAX_CELL * 64:
                self._refusal = "too much text"
            else:
                self._cell.parts.append(text)

    def end(self, tag: str) -> None:
        super().end(tag)
        name = local(tag)
        self._in_text = False
        if name == "rPh":
            self._in_aid = False
        elif name == "c" and self._cell is not None:
            if self._cell.has_value or self._cell.formula:
                self._cells[self._column] = self._cell
            self._cell = None
        elif name == "row" and self._keep:
            self.done.append((self._row, self._hidden, self._cells, self._refusal))
            self._cells = {}


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The inverse."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet_named(book: Book, name: str) -> Sheet:
    """The sheet of a name; the first that a person would see when the name is empty.

    Raises:
        ReaderError: there is none.
    """
    if not name:
        return next((sheet for sheet in book.sheets if not sheet.hidden), book.sheets[0])
    for sheet in book.sheets:
        if sheet.name == name:
            return sheet
    names = ", ".join(repr(sheet.name) for sheet in book.sheets[:10])
    raise bound(book.file, f"no sheet {name!r}; there are {names}")


def sheet_rows(book: Book, sheet: Sheet, notes: Notes) -> Iterator[tuple[int, dict[int, str]]]:
    """The rows that hold anything: their numbers and their texts by column number.

    The whole sheet is checked before the first row.

    Raises:
        ReaderError: the sheet is broken or beyond the bounds.
    """
    look = _Rows(book, keep=False)
    deque(walk(book.file, book.archive, member=sheet.member, target=look), maxlen=0)
    where = f"sheet {sheet.name!r}"
    _tell_sheet(book, sheet, look, notes=notes)
    rows = _Rows(book, keep=True)
    for _ in walk(book.file, book.archive, member=sheet.member, target=rows):
        while rows.done:
            number, hidden, cells, refusal = rows.done.popleft()
            place = f"{where} row {number}"
            if refusal:
                _note(notes, place, "unreadable_row", text=f"{refusal}: the row was not read")
                continue
            texts = _texts(book, cells, notes=notes, where=where, row=number)
            if hidden and texts:
                _note(
                    notes,
                    place,
                    "hidden_row",
                    text="this row is hidden in the sheet; it was read like the others",
                )
            yield number, texts


def _note(notes: Notes, place: str, code: str, *, text: str) -> None:
    notes.add(ReadWarning(place, code, text, "Open a copy of the workbook and compare"))


def _tell_sheet(book: Book, sheet: Sheet, look: _Rows, *, notes: Notes) -> None:
    where = f"sheet {sheet.name!r}"
    for area in look.merged[:MAX_MERGES]:
        text = f"cells {area} are merged: the value belongs to the first of them only"
        _note(notes, f"{where} {area}", "merged_cells", text=text)
    if len(look.merged) > MAX_MERGES:
        _note(
            notes, where, "merged_cells", text=f"more than {MAX_MERGES} merged ranges: the rest are not named"
        )
    if look.hidden_columns:
        _note(
            notes,
            where,
            "hidden_column",
            text="columns are hidden in the sheet; they were read like the others",
        )
    if sheet.hidden:
        _note(
            notes, where, "hidden_sheet", text="the sheet is hidden in the workbook; it was read all the same"
        )
    for other in book.sheets:
        if other is not sheet:
            code = "hidden_sheet" if other.hidden else "other_sheet"
            text = f"{'a hidden' if other.hidden else 'another'} sheet: it was not read"
            _note(notes, f"sheet {other.name!r}", code, text=text)
    for oddity in book.oddities:
        said = {
            "macros": "the workbook carries macros: not run",
            "external_links": "links to other files: not followed",
        }
        _note(notes, "", oddity, text=said[oddity])


def _texts(book: Book, cells: dict[int, Cell], *, notes: Notes, where: str, row: int) -> dict[int, str]:
    texts = {}
    for column, cell in cells.items():
        place = f"{where} {column_letters(column)}{row}"
        text, trouble = value_of(book, cell)
        if cell.formula:
            value = (
                f"the stored value {text[:60]!r} was read" if text else "no value is stored: read as empty"
            )
            _note(notes, place, "formula", text=f"a formula, which was not run; {value}")
        if trouble:
            _note(notes, place, trouble[0], text=trouble[1])
        if len(text) > MAX_CELL:
            _note(notes, place, "cell_too_long", text=f"{len(text)} characters: cut to {MAX_CELL}")
            text = text[:MAX_CELL]
        if text:
            texts[column] = text.replace("\0", "\ufffd")
    return texts


def value_of(book: Book, cell: Cell) -> tuple[str, tuple[str, str] | None]:
    """A cell's text, and (code, text) of the trouble it makes."""
    raw = "".join(cell.parts)
    if cell.kind == "s":
        return _shared(book, raw.strip())
    if cell.kind in ("inlineStr", "str"):
        return raw, None
    raw = raw.strip()
    if cell.kind == "b":
        return {"1": "true", "0": "false"}.get(raw, raw), None
    if cell.kind == "e":
        return "", ("error_cell", f"the cell shows the error {raw[:20]}: read as empty")
    if cell.kind == "d" or not raw:
        return raw, None
    pattern = book.formats[cell.style] if cell.style < len(book.formats) else "General"
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return raw, ("number_unreadable", f"{raw[:40]!r} is no number: kept as text")
    if not number.is_finite() or abs(number.adjusted()) > 310:
        return raw, ("number_unreadable", f"{raw[:40]!r} is no number: kept as text")
    if _DATE_SIGN.search(_QUOTED.sub("", pattern)):
        return _date(number, pattern, from_1904=book.from_1904)
    return _number(number)


def _shared(book: Book, raw: str) -> tuple[str, tuple[str, str] | None]:
    if raw.isascii() and raw.isdigit() and len(raw) < 10 and int(raw) < len(book.texts):
        return book.texts[int(raw)], None
    return "", ("text_missing", f"names text {raw[:20]!r}, which the workbook lacks: read as empty")


def _number(number: Decimal) -> tuple[str, tuple[str, str] | None]:
    # Excel writes the 17 digits of a double; the shortest text of that double is what a person typed.
    exact = number if number == number.to_integral_value() else Decimal(repr(float(number)))
    text = f"{exact.normalize():f}" if exact else "0"
    if "." not in text and len(text.lstrip("-")) > 15:
        said = f"{text[:40]} is stored as a number: a spreadsheet keeps 15 digits, the others may be lost"
        return text, ("number_precision", said)
    return text, None


def _date(number: Decimal, pattern: str, *, from_1904: bool) -> tuple[str, tuple[str, str] | None]:
    if not 0 <= number < _LAST_SERIAL:
        return f"{number:f}", ("date_unreadable", f"{number:f} in a date cell is no date: kept as a number")
    shown = _QUOTED.sub("", pattern).lower()
    if _LENGTH.search(pattern):
        return f"{number.normalize():f}" if number else "0", None  # a length of time
    days = int(number)
    milliseconds = int(((number - days) * 86_400_000).to_integral_value())
    # Serial 60 is 29 February 1900, a day that never was; before it the count is one short.
    epoch = _EPOCH_1904 if from_1904 else _EPOCH_1900 + timedelta(days=days < 60)
    try:
        at = epoch + timedelta(days=days, milliseconds=milliseconds)
    except OverflowError:
        return f"{number:f}", ("date_unreadable", f"{number:f} in a date cell is no date: kept as a number")
    with_clock = "h" in shown or milliseconds > 0
    clock = at.strftime("%H:%M:%S") + (f".{at.microsecond // 1000:03d}" if at.microsecond else "")
    if "s" not in shown and clock.endswith(":00"):
        clock = clock[:5]
    if with_clock and days == 0 and not re.search(r"[dy]", shown):
        return clock, None
    # strftime writes years before 1000 short.
    day = f"{at.year:04d}-{at.month:02d}-{at.day:02d}"
    return (f"{day}T{clock}" if with_clock else day), None
