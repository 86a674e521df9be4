"""Times as archives and extractions count them, as ISO 8601 text in UTC; None for nought and what no calendar holds."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_1601 = datetime(1601, 1, 1, tzinfo=UTC)
_LATEST = 253_402_300_799
_EARLIEST = -62_135_596_800


def filetime(stamp: int) -> str | None:
    """Hundreds of nanoseconds since 1601 (Windows), to the second."""
    if not 0 < stamp // 10_000_000 - 11_644_473_600 - _EARLIEST < _LATEST - _EARLIEST:
        return None
    return text(_EPOCH_1601 + timedelta(seconds=stamp // 10_000_000))


def unix_seconds(value: object) -> str | None:
    """Seconds since 1970, a number or the text of one, to the second; nought is a time (a tar may mean it)."""
    try:
        seconds = float(str(value))
    except ValueError:
        return None
    if not (math.isfinite(seconds) and _EARLIEST < seconds < _LATEST):
        return None
    return text(_EPOCH + timedelta(seconds=math.floor(seconds)))


def text(at: datetime) -> str:
    """An aware UTC time as the lab writes it."""
    return at.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
