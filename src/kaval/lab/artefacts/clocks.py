"""The clocks of devices: every count of seconds since somewhere becomes one UTC text, or None when it is no time.

Zero, negative and absurd counts (before 1971 or after 2199) mean "never set" in all these formats: None.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = 31_536_000
_LAST = 7_226_582_400
_FROM_1601 = 11_644_473_600
_FROM_2001 = 978_307_200


def from_unix(seconds: object) -> str | None:
    """Seconds since 1970 (Unix, bootstat, Firefox after division)."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not _FIRST <= seconds < _LAST:
        return None
    return (_EPOCH + timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_unix_ms(count: object) -> str | None:
    """Milliseconds since 1970 (Android)."""
    return from_unix(count // 1_000) if isinstance(count, int) else None


def from_unix_us(count: object) -> str | None:
    """Microseconds since 1970 (Firefox)."""
    return from_unix(count // 1_000_000) if isinstance(count, int) else None


def from_webkit(count: object) -> str | None:
    """Microseconds since 1601 (Chromium)."""
    return from_unix(count // 1_000_000 - _FROM_1601) if isinstance(count, int) else None


def from_filetime(count: object) -> str | None:
    """Intervals of 100 ns since 1601 (Windows)."""
    return from_unix(count // 10_000_000 - _FROM_1601) if isinstance(count, int) else None


def from_cocoa(seconds: object) -> str | None:
    """Seconds since 2001 (macOS, iOS)."""
    return from_unix(seconds + _FROM_2001) if isinstance(seconds, int | float) else None
