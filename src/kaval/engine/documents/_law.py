"""Provisions as dated rows: a document cites what was in force on its day, and says when no lawyer checked
the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.reference import SourceRef

UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class LawRow:
    """One provision over one period. `valid_until` is the last day, None while in force; `subject_*` are
    our own words.
    """

    id: str
    act: str
    section: str
    subject_en: str
    subject_ml: str
    valid_from: date
    valid_until: date | None
    jurisdiction: str
    source: str
    checked_by: str
    digest: str

    @property
    def signed_off(self) -> bool:
        """True when `checked_by` names a person."""
        return self.checked_by != UNVERIFIED

    @property
    def name(self) -> str:
        """`BNSS 2023, 103(5)`."""
        return f"{self.act}, {self.section}"

    @property
    def ref(self) -> SourceRef:
        """The row as a source: the digest of its content and its place in the table."""
        return SourceRef(self.digest, f"law_documents#{self.id}")


@dataclass(frozen=True, slots=True)
class LawTable:
    """All rows of the table of provisions."""

    rows: tuple[LawRow, ...]

    def on(self, row_id: str, day: date) -> LawRow | None:
        """The row of this id in force on a day, or None."""
        for row in self.rows:
            if (
                row.id == row_id
                and row.valid_from <= day
                and (row.valid_until is None or day <= row.valid_until)
            ):
                return row
        return None


def law_table(rows: Iterable[Mapping[str, Any]]) -> LawTable:
    """The table read from mappings as they stand in `engine/reference/law_documents.yaml`.

    Raises:
        ValueError: two rows of one id overlap in time.
        KeyError: a row lacks a column.
    """
    read = tuple(_row(row) for row in rows)
    for index, one in enumerate(read):
        for other in read[index + 1 :]:
            if one.id == other.id and _overlap(one, other):
                raise ValueError(f"two rows of {one.id} are in force on one day")
    return LawTable(read)


def _row(row: Mapping[str, Any]) -> LawRow:
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
    until = plain["valid_until"]
    return LawRow(
        id=plain["id"],
        act=plain["act"],
        section=plain["section"],
        subject_en=plain["subject_en"],
        subject_ml=plain["subject_ml"],
        valid_from=date.fromisoformat(plain["valid_from"]),
        valid_until=None if until is None else date.fromisoformat(until),
        jurisdiction=plain["jurisdiction"],
        source=plain["source"],
        checked_by=plain["checked_by"],
        digest=content_digest(plain),
    )


def _overlap(one: LawRow, other: LawRow) -> bool:
    return (one.valid_until is None or other.valid_from <= one.valid_until) and (
        other.valid_until is None or one.valid_from <= other.valid_until
    )
