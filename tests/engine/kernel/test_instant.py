"""An instant never loses its text, is never guessed, and India is five and a half hours ahead all year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.instant import (
    OffsetSource,
    Precision,
    ist_text,
    parse_by_profile,
    parse_iso,
    require_aware,
    utc_text,
)

INSTANTS = st.integers(0, 4_000_000_000).map(
    lambda s: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)


@given(at=INSTANTS, minutes=st.integers(-14 * 60, 14 * 60))
def test_every_offset_gives_the_same_instant_back(at: datetime, minutes: int) -> None:
    text = at.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    time = parse_iso(text)
    assert (time.utc, time.offset_minutes, time.offset_source) == (at, minutes, OffsetSource.IN_VALUE)
    assert time.as_received == text


@given(st.text(max_size=40))
def test_any_text_gives_a_time_that_keeps_it(text: str) -> None:
    assert parse_iso(text).as_received == text
    assert parse_by_profile(text, "%d/%m/%Y %H:%M:%S", offset_minutes=330).as_received == text


def test_without_a_zone_there_is_no_instant_unless_a_profile_says_so() -> None:
    assert parse_iso("2026-01-03T18:45:10").utc is None
    profiled = parse_iso("2026-01-04T00:15:10", profile_offset_minutes=330)
    assert (profiled.utc, profiled.offset_source) == (
        datetime(2026, 1, 3, 18, 45, 10, tzinfo=UTC),
        OffsetSource.PROFILE,
    )


@pytest.mark.parametrize("text, precision, width", [
    ("2026-01-03T18:45:10Z", Precision.SECOND, 0), ("2026-01-03T18:45Z", Precision.MINUTE, 60),
    ("2026-01-03T18Z", Precision.HOUR, 3600), ("2026-01-03Z", Precision.DAY, 86400),
])  # fmt: skip
def test_a_coarse_time_stands_for_the_whole_of_its_unit(text: str, precision: Precision, width: int) -> None:
    time = parse_iso(text)
    interval = time.interval(uncertainty=timedelta(seconds=2))
    assert time.precision is precision
    assert interval is not None
    assert interval[1] - interval[0] == timedelta(seconds=width + 4)


@pytest.mark.parametrize(
    "text", ["2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "yesterday", "", "2026-13-01"]
)
def test_what_is_no_date_is_unknown(text: str) -> None:
    time = parse_iso(text)
    assert time.utc is None
    assert time.interval() is None


def test_the_day_changes_between_utc_and_ist() -> None:
    at = datetime(2026, 1, 3, 18, 45, 10, tzinfo=UTC)
    assert utc_text(at) == "2026-01-03 18:45:10 UTC"
    assert ist_text(at) == "2026-01-04 00:15:10 IST"


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="no zone"):
        require_aware(datetime(2026, 1, 3))  # noqa: DTZ001 - that is the point
