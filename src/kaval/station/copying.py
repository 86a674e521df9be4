"""Rows of one transaction, written by COPY: many tables at once, in the order foreign keys read best.

For intake, where a nation's reports become rows. The caller has made sure that no row is there already; the
constraints of the tables hold as for any other insert.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


class Rows:
    """Rows by table. Values are given in the order of the columns the table is first named with."""

    def __init__(self) -> None:
        self._tables: dict[type[models.Model], tuple[Sequence[str], list[Sequence[Any]]]] = {}

    def table(self, model: type[models.Model], columns: Sequence[str]) -> list[Sequence[Any]]:
        """The list that takes rows of a table; JSON is given as text, identifiers and instants as they are or as text.

        Raises:
            ValueError: the table was named before with other columns.
        """
        held = self._tables.setdefault(model, (columns, []))
        if held[0] != columns:
            raise ValueError(f"{model.__name__} has rows with other columns already")
        return held[1]

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self._tables.values())

    def write(self) -> None:
        """Copies all rows into their tables, inside the present transaction, and forgets them."""
        with connection.cursor() as cursor:
            for model, (columns, rows) in self._tables.items():
                if rows:
                    _copy(cursor, model._meta.db_table, columns=columns, rows=rows)
        self._tables.clear()


def _copy(cursor: Any, table: str, *, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    with cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
        write = copy.write_row
        for row in rows:
            write(row)


def update(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Sets columns of rows that are there: each row is its values and, last, its identifier. JSON is given as text."""
    if not rows:
        return
    assigned = ", ".join(f'"{column}" = %s' for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET {assigned} WHERE id = %s', list(rows))


def storable_text(text: str) -> str:
    """The text without what PostgreSQL refuses (NUL, half of a surrogate pair); the sealed bytes keep it."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()
