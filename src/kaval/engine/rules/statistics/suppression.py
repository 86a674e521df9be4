"""Small numbers about children are not published, and cannot be worked out from the total.

Counts under 3 become "fewer than 3". When the total and the published cells would still give the hidden ones
away, one more cell is withheld, and where none is left, the total. Our own default [D], law_and_procedure.md
1.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SMALLEST_PUBLISHED = 3


@dataclass(frozen=True, slots=True)
class PublishedCount:
    """A count as it may be published: a number, "fewer than 3" (`small`), or withheld (neither)."""

    value: int | None
    small: bool = False


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """The cells in the order given, and the total, each as it may be published."""

    cells: tuple[tuple[str, PublishedCount], ...]
    total: PublishedCount


def suppress(counts: Mapping[str, int]) -> PublishedTable:
    """The table of counts about children as it may be published.

    Raises:
        ValueError: a count is negative.
    """
    if any(value < 0 for value in counts.values()):
        raise ValueError("a count cannot be negative")
    small = {name for name, value in counts.items() if value < SMALLEST_PUBLISHED}
    total = sum(counts.values())
    withheld: set[str] = set()
    keep_total = True
    if _gives_away(counts, small) and total >= SMALLEST_PUBLISHED:
        others = sorted((value, name) for name, value in counts.items() if name not in small)
        if others:
            withheld.add(others[0][1])
        else:
            keep_total = False
    cells = tuple((name, _published(value, hidden=name in withheld)) for name, value in counts.items())
    return PublishedTable(cells, _published(total, hidden=not keep_total))


def _gives_away(counts: Mapping[str, int], small: set[str]) -> bool:
    """True when the sum of the small cells has one solution only, other than "all are zero"."""
    hidden_sum = sum(counts[name] for name in small)
    if hidden_sum == 0:
        return False
    return len(small) == 1 or hidden_sum == len(small) * (SMALLEST_PUBLISHED - 1)


def _published(value: int, *, hidden: bool) -> PublishedCount:
    if hidden:
        return PublishedCount(None)
    return PublishedCount(None, small=True) if value < SMALLEST_PUBLISHED else PublishedCount(value)
