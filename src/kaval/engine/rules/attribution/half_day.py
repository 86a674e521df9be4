"""Whether an answer has lost its AM/PM mark: a long one that never shows an afternoon (A-33)."""

from __future__ import annotations

from collections.abc import Iterable

from kaval.engine.kernel.instant import StatedTime
from kaval.engine.rules.attribution.rows import Lease

ENOUGH_STARTS = 20  # fewer rows say nothing about a clock


def twelve_hour_drift(rows: Iterable[Lease], *, enough: int = ENOUGH_STARTS) -> bool:
    """True when an answer of at least `enough` stated starts never shows an hour of 13 or later (A-33).

    Such an answer may have lost its AM/PM mark; the hour is that of the offset the row used. Static lines begin at
    midnight by custom and do not count.
    """
    hours = [hour for row in rows if not row.static and (hour := local_hour(row.start)) is not None]
    return never_afternoon(len(hours), max(hours, default=0), enough=enough)


def local_hour(time: StatedTime) -> int | None:
    """The hour (0 to 23) on the clock of the offset that was used; None when the instant is unknown."""
    if time.utc is None:
        return None
    return (time.utc.hour * 60 + time.utc.minute + (time.offset_minutes or 0)) // 60 % 24


def never_afternoon(starts: int, latest_hour: int, *, enough: int = ENOUGH_STARTS) -> bool:
    """The rule itself: so many starts were stated, and the latest hour (0 to 23) among them lies before 13."""
    return starts >= enough and latest_hour < 13
