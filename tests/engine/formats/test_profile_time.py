"""Times under a rule: round trips, both readings of what is impossible, AM and PM, epochs, ends of days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats.profile import Clock, TimeRule, time_of
from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime


def stated(
    text: str, order: str = "dmy", *, clock: str = "24h", zone: int | None = 330, source: str = "profile"
) -> tuple[StatedTime, str]:
    return time_of({"t": text}, TimeRule(("t",), order, Clock(clock), zone, source))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "order", "clock", "at", "precision"),
    [
        ("03/01/2026 18:45:10", "dmy", "24h", "2026-01-03T13:15:10", "second"),
        ("03.01.2026 18:45", "dmy", "24h", "2026-01-03T13:15:00", "minute"),
        ("01:03:2026 18:45:10", "mdy", "24h", "2026-01-03T13:15:10", "second"),
        ("2026/01/03 18:45:10.999", "ymd", "24h", "2026-01-03T13:15:10", "second"),
        ("2026-01-03T18:45:10", "dmy", "24h", "2026-01-03T13:15:10", "second"),
        ("3-Jan-2026 6:45:10 PM", "mdy", "12h", "2026-01-03T13:15:10", "second"),
        ("Jan 3, 2026 6:45\u202fp.m.", "dmy", "12h", "2026-01-03T13:15:00", "minute"),
        ("03/01/2026 12:00 AM", "dmy", "12h", "2026-01-02T18:30:00", "minute"),
        ("03/01/2026 12:00 PM", "dmy", "12h", "2026-01-03T06:30:00", "minute"),
        ("03/01/2026 24:00:00", "dmy", "24h", "2026-01-03T18:30:00", "second"),
        ("03/01/2026", "dmy", "24h", "2026-01-02T18:30:00", "day"),
        ("20260103184510", "ymd", "24h", "2026-01-03T13:15:10", "second"),
        ("Sat, 03 Jan 2026 18:45:10 +0530", "dmy", "24h", "2026-01-03T13:15:10", "second"),
        ("03/01/26 18:45", "dmy", "24h", "2026-01-03T13:15:00", "minute"),
    ],
)
def test_a_time_is_read_by_its_rule(text: str, order: str, clock: str, at: str, precision: str) -> None:
    time, problem = stated(text, order, clock=clock)
    assert (problem, time.utc, time.precision) == ("", utc(at), Precision(precision))
    assert time.as_received == text


@pytest.mark.parametrize(
    ("text", "order", "clock", "problem"),
    [
        ("13/01/2026 18:45", "mdy", "24h", "as day/month/year it is 13 January 2026, as month"),
        ("03/01/2026 18:45", "iso", "24h", "it is 3 January 2026, as month/day/year it is 1 March 2026"),
        ("31/02/2026", "dmy", "24h", "there is no such day"),
        ("2026-02-30", "iso", "24h", "there is no such day"),
        ("Sun 03/01/2026", "dmy", "24h", "no such weekday"),
        ("03/01/2026 06:45", "dmy", "12h", "06:45 in the morning or twelve hours later"),
        ("03/01/2026 18:45 AM", "dmy", "12h", "hour 18 with AM"),
        ("03/01/2026 24:00:01", "dmy", "24h", "no time of the day"),
        ("03/01/2026 18:60", "dmy", "24h", "no time of the day"),
        ("03/01/2026 18:45 PST", "dmy", "24h", "no date this profile can mean"),
        ("03/01/2026 18:45 +19:00", "dmy", "24h", "no date this profile can mean"),
        ("18:45:10", "dmy", "24h", "no date this profile can mean"),
        ("yesterday", "dmy", "24h", "no date this profile can mean"),
        ("12345", "epoch_s", "24h", "no time in seconds since 1970"),
        ("01/01/0001 00:00", "dmy", "24h", "beyond the calendar"),
    ],
)  # fmt: skip
def test_what_the_rule_cannot_mean_stays_unknown_and_is_told(
    text: str, order: str, clock: str, problem: str
) -> None:
    time, said = stated(text, order, clock=clock)
    assert time == StatedTime(text, None, None, OffsetSource.NONE)
    assert problem in said


@pytest.mark.parametrize(
    ("text", "zone", "source", "offset", "offset_source"),
    [
        ("2026-01-03 18:45:10", 330, "profile", 330, OffsetSource.PROFILE),
        ("2026-01-03 18:45:10", 330, "header", 330, OffsetSource.HEADER),
        ("2026-01-03 18:45:10", 330, "officer", 330, OffsetSource.ASSUMED),
        ("2026-01-03 18:45:10 -04:00", 330, "officer", -240, OffsetSource.IN_VALUE),
        ("2026-01-03 18:45:10 IST", None, "value", 330, OffsetSource.IN_VALUE),
    ],
)
def test_where_the_offset_came_from(
    text: str, zone: int | None, source: str, offset: int, offset_source: OffsetSource
) -> None:
    time, _ = stated(text, "iso", zone=zone, source=source)
    assert (time.offset_minutes, time.offset_source) == (offset, offset_source)
    assert time.utc == utc("2026-01-03T18:45:10") - timedelta(minutes=offset)


def test_without_an_offset_the_instant_is_unknown() -> None:
    time, problem = stated("2026-01-03 18:45:10", "iso", zone=None, source="value")
    assert (time.utc, time.offset_source) == (None, OffsetSource.NONE)
    assert "carries no offset" in problem


def test_nothing_stated_is_no_problem() -> None:
    assert time_of({}, TimeRule(("t",), "dmy")) == (StatedTime("", None, None, OffsetSource.NONE), "")


def test_date_and_clock_from_two_columns() -> None:
    rule = TimeRule(("day", "clock"), "dmy", zone_minutes=330, zone_source="profile")
    wanted = utc("2026-01-03T13:15:10")
    for day, clock in (
        ("03/01/2026", "18:45:10"),
        ("2026-01-03T00:00:00", "18:45:10"),
        ("2026-01-03", "6:45:10 PM"),
        ("2026-01-03T18:45:10", "18:45:10"),
    ):
        assert time_of({"day": day, "clock": clock}, rule)[0].utc == wanted
    assert time_of({"day": "2026-01-03T18:45:10", "clock": "11:00:00"}, rule)[0].utc is None
    assert time_of({"day": "03/01/2026", "clock": "noon"}, rule)[0].utc is None
    assert time_of({"day": "03/01/2026"}, rule)[0].precision is Precision.DAY
    assert time_of({"clock": "18:45:10"}, rule)[0].utc is None


@pytest.mark.parametrize(("order", "text"), [("epoch_s", "1767446110"), ("epoch_ms", "1767446110999")])
def test_epochs_are_utc(order: str, text: str) -> None:
    time, problem = stated(text, order)
    assert (problem, time.utc, time.offset_minutes) == ("", utc("2026-01-03T13:15:10"), 0)


MOMENTS = st.datetimes(min_value=datetime(1970, 1, 2, tzinfo=UTC).replace(tzinfo=None)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
PATTERNS = {"dmy": "{d:02d}/{m:02d}/{y:04d}", "mdy": "{m}-{d}-{y:04d}", "ymd": "{y:04d}.{m:02d}.{d:02d}"}


@given(MOMENTS, st.sampled_from(sorted(PATTERNS)), st.booleans(), st.integers(-840, 840))
def test_what_is_written_by_a_rule_is_read_by_it(at: datetime, order: str, halves: bool, zone: int) -> None:
    day = PATTERNS[order].format(d=at.day, m=at.month, y=at.year)
    hour = (at.hour + 11) % 12 + 1 if halves else at.hour
    end = (" PM" if at.hour > 11 else " AM") if halves else ""
    text = f"{day} {hour:02d}:{at.minute:02d}:{at.second:02d}{end}"
    time, problem = stated(text, order, clock="12h" if halves else "24h", zone=zone)
    if problem:
        assert "beyond the calendar" in problem
    else:
        assert time.utc == at - timedelta(minutes=zone)


@given(st.text(max_size=30), st.sampled_from(["dmy", "mdy", "ymd", "iso", "epoch_s", "epoch_ms", ""]))
def test_any_text_gives_a_time_or_a_problem(text: str, order: str) -> None:
    time, problem = stated(text, order)
    assert (time.utc is None) == bool(problem or not text.strip())
