"""Cells that a spreadsheet program would run: they are kept as text, and a person is told before opening the file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kaval.engine.formats._notes import Notes
from kaval.engine.formats._spec import ReadWarning

_SIGNS = frozenset("=+-@")
# A telephone number, a negative number and a handle begin with these signs too, and are no formulas.
_FORMULA = re.compile(r"=|[+\-@][\w.+\-]*(?:[A-Za-z]\(|\|)")


def tell_formulas(cells: Sequence[str], columns: Sequence[str], *, place: str, notes: Notes) -> None:
    """Adds a warning when a cell of the row is written as a formula; the column is named, the cell is not shown."""
    for index, cell in enumerate(cells):
        if cell[:1] in _SIGNS and _FORMULA.match(cell):
            name = columns[index] if index < len(columns) else f"column {index + 1}"
            text = f"{name!r} is written as a formula: kept as text and never run"
            mend = "Do not open the file in a spreadsheet program; ask the sender how it came to be there"
            notes.add(ReadWarning(place, "formula", text, mend))


def tell_no_rows(notes: Notes, *, place: str) -> None:
    """Adds the warning for a table that is a header and nothing else; trouble that was told says why it is."""
    if notes.told:
        return
    text = "the table has a header and no rows: nothing was read"
    notes.add(ReadWarning(place, "no_rows", text, "Ask the sender whether the list is meant to be empty"))
