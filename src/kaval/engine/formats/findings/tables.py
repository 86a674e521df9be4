"""Findings as rows of a table, and any file of JSON lines as one; a cell that a program would run is made harmless."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kaval.engine.formats.findings._line import Line, matches_of, part, said
from kaval.engine.formats.planning._workbook import Cell, Sheet

FILE_COLUMNS = (
    "source", "path", "state", "size", "mime", "md5", "sha1", "sha256", "matches", "pdq", "pdq_quality", "modified",
    "accessed", "changed", "created", "width", "height", "duration_s", "camera_make", "camera_model", "camera_serial",
    "taken_at", "taken_offset", "place", "software", "note",
)  # fmt: skip
# An inline string of a workbook is never run, but a cell of a CSV is.
_RUN = ("=", "+", "-", "@", "\t", "\r")
# A spreadsheet program refuses a longer cell.
CELL_CHARACTERS = 32_767


def file_row(line: Line) -> tuple[Cell, ...]:
    """The cells of one finding in the order of FILE_COLUMNS; None: not known."""
    own = {**part(line, "times"), **part(line, "video"), **part(line, "picture")}
    found = "; ".join(said(match) for match in matches_of(line))
    own |= {key: line.get(key) for key in FILE_COLUMNS if key in line} | {"matches": found}
    return tuple(_cell(own.get(key)) for key in FILE_COLUMNS)


def neutral(cell: Cell) -> Cell:
    """The cell for a CSV: a text that a spreadsheet program would run begins with an apostrophe."""
    return "'" + cell if isinstance(cell, str) and cell.startswith(_RUN) else cell


def table_of(name: str, rows: Iterable[Line]) -> Sheet:
    """A sheet of objects of any shape: one column a key in order of first use; what is no plain value as JSON."""
    kept = [dict(row) for row in rows]
    columns = tuple(dict.fromkeys(key for row in kept for key in row))
    return Sheet(name, columns, tuple(tuple(_cell(row.get(key)) for key in columns) for row in kept))


def _cell(value: Any) -> Cell:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = (
        value
        if isinstance(value, str)
        else "; ".join(map(str, value))
        if isinstance(value, list | tuple) and all(isinstance(one, str | int | float) for one in value)
        else json.dumps(value, ensure_ascii=False, sort_keys=True)
    )
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"
