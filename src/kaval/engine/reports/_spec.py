"""What a report is: a table whose columns say what they count, as of an instant, and whose totals are sums of
its rows.

A report is one file that defines `SPEC = ReportSpec(id=…, title=…, facts_type=…, build=build)`; it is found by
its folder.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from kaval.engine.kernel.instant import iso_utc

Facts = TypeVar("Facts")
Cell = str | int | float | None

_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column: key, names, the thing it counts (`unit`), its definition, and whether the total row sums
    it.
    """

    key: str
    name_en: str
    name_ml: str
    unit: str
    definition_en: str
    definition_ml: str
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report. `rows` in the order of the columns; `total` is present when any column is summed.

    Raises:
        ValueError: a row of another width, a summed cell that is no whole number, or a column without unit
        or definition.
    """

    spec_id: str
    title_en: str
    title_ml: str
    as_of: datetime
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        if any(
            not column.unit or not column.definition_en or not column.definition_ml for column in self.columns
        ):
            raise ValueError("every column has a unit and a definition")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells in a report of {len(self.columns)} columns")
            if any(c.summed and not isinstance(cell, int) for c, cell in zip(self.columns, row, strict=True)):
                raise ValueError("only whole numbers are summed")

    @property
    def total(self) -> tuple[Cell, ...] | None:
        """The sum of every summed column, None in the others; computed from the rows, so it cannot differ
        from them.
        """
        if not any(column.summed for column in self.columns):
            return None
        return tuple(
            sum(cell for row in self.rows if isinstance(cell := row[index], int)) if column.summed else None
            for index, column in enumerate(self.columns)
        )

    def to_csv(self) -> str:
        """RFC 4180 text with the as-of instant in every row; a text cell that a spreadsheet would run as a
        formula is prefixed.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([column.key for column in self.columns] + ["as_of"])
        for row in self.rows:
            writer.writerow([_safe(cell) for cell in row] + [iso_utc(self.as_of)])
        return out.getvalue()


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(_FORMULA_START):
        return "'" + cell
    return "" if cell is None else cell


@dataclass(frozen=True, slots=True)
class ReportSpec(Generic[Facts]):
    """A kind of report: stable id, titles, what it is built from, and its builder."""

    id: str
    title_en: str
    title_ml: str
    facts_type: type[Facts]
    build: Callable[[Facts], Report]


AnyReportSpec = ReportSpec[Any]
