"""Closed UTC intervals and the three questions lease arithmetic asks of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A closed interval of aware UTC instants; `end` None means open (still valid).

    Raises:
        ValueError: the end lies before the start, or an instant has no zone.
    """

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("an interval needs aware instants")
        if self.end is not None and self.end < self.start:
            raise ValueError(
                f"interval ends {self.end.isoformat()} before it starts {self.start.isoformat()}"
            )

    def covers(self, first: datetime, last: datetime) -> bool:
        """True when both instants lie inside."""
        return self.start <= first and (self.end is None or last <= self.end)

    def touches(self, first: datetime, last: datetime) -> bool:
        """True when the interval shares at least one instant with [first, last]."""
        return self.start <= last and (self.end is None or first <= self.end)

    def margin(self, first: datetime, last: datetime) -> timedelta:
        """The distance from [first, last] to the nearer end; negative when it sticks out. Open ends count as far
        away.
        """
        left = first - self.start
        return left if self.end is None else min(left, self.end - last)
