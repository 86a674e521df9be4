"""One page of a long list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

Shown = TypeVar("Shown")
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Shown]):
    """Rows `first` to `last` of `total`; `number` counts from 1. An empty list is page 1 of 1."""

    rows: tuple[Shown, ...]
    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Number of the first row shown, 0 when none."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def previous(self) -> int | None:
        """The page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after, None on the last."""
        return self.number + 1 if self.number < self.pages else None

    def __iter__(self) -> Iterator[Shown]:
        return iter(self.rows)


def page_of(
    rows: QuerySet[Any], number: int, show: Callable[[Any], Shown], *, size: int = PAGE_SIZE
) -> Page[Shown]:
    """The page of this number, or the nearest there is."""
    total = rows.order_by().count()
    number = min(max(1, number), max(1, -(-total // size)))
    start = (number - 1) * size
    return Page(_shown(rows[start : start + size], show), number, total, size)


def _shown(rows: Iterable[Any], show: Callable[[Any], Shown]) -> tuple[Shown, ...]:
    return tuple(show(row) for row in rows)
