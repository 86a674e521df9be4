"""Bands follow the points and the clocks follow the bands; evidence and retention clocks follow the law's table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.rules.triage import (
    BAND_CODES,
    TriageFacts,
    assess,
    assess_person,
    band,
    bands_on,
    changed_weights,
    due_at,
    evidence_age,
    keep_until,
    records_until,
)
from kaval.engine.rules.triage.clocks import table_of
from kaval.engine.rules.triage.person import PersonFacts

AT = datetime(2026, 1, 18, 2, 0, tzinfo=UTC)


def scored(points: float, stage: str = "triage-1/x/y") -> Score:
    return Score((Reason("recency", "x", "x", points),), stage)


def test_the_clocks_are_those_of_the_oversight_body() -> None:
    assert [(each.code, each.days) for each in bands_on(AT.date())] == list(
        zip(BAND_CODES, (0, 1, 7, 14, 30), strict=True)
    )
    assert [each.text for each in bands_on(AT.date())][:3] == ["at once", "within a day", "within 7 days"]


@pytest.mark.parametrize(
    "code, days",
    [
        ("band_immediate", 0),
        ("band_1_day", 1),
        ("band_7_days", 7),
        ("band_14_days", 14),
        ("band_30_days", 30),
    ],
)
def test_a_clock_runs_out_after_the_days_of_its_band(code: str, days: int) -> None:
    assert due_at(code, since=AT) == AT + timedelta(days=days)


def test_no_band_has_no_clock() -> None:
    assert due_at("", since=AT) is None
    assert due_at("band_of_another_unit", since=AT) is None


@given(st.floats(-100, 300), st.floats(-100, 300))
def test_more_points_never_give_a_later_clock(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert band(scored(high), at=AT).days <= band(scored(low), at=AT).days


def test_a_band_may_be_read_by_other_weights() -> None:
    table = changed_weights(table_of(scored(1)), {"band_immediate": 90})
    assert band(scored(85), at=AT).days == 0
    assert band(scored(85), at=AT, weights=table).days == 1


def test_each_stage_is_read_by_its_own_table() -> None:
    facts = TriageFacts(None, None, frozenset(("ncmec",)), 1, None, None)
    assert table_of(assess(facts, at=AT)).name == "triage_weights"
    assert table_of(assess_person(PersonFacts(), at=AT)).name == "person_weights"


def test_records_can_be_asked_for_until_retention_less_handling() -> None:
    assert records_until(AT, at=AT) == AT + timedelta(days=700)
    assert records_until(None, at=AT) is None


@given(st.integers(0, 1000))
def test_records_until_and_the_age_of_evidence_agree(days: int) -> None:
    newest = AT - timedelta(days=days)
    age, until = evidence_age(newest, at=AT), records_until(newest, at=AT)
    assert age is not None
    assert until is not None
    assert (age.state == "expired") == (until <= AT)
    assert age.days == days
    assert age.days_left == max((until - AT).days, 0)
    assert age.text_ml


@pytest.mark.parametrize(
    "days, state",
    [(0, "fresh"), (90, "fresh"), (91, "ageing"), (540, "expiring"), (699, "expiring"), (700, "expired")],
)
def test_the_state_of_evidence_by_its_age(days: int, state: str) -> None:
    age = evidence_age(AT - timedelta(days=days), at=AT)
    assert age is not None
    assert age.state == state


def test_evidence_without_a_time_has_no_age_and_a_clock_that_runs_ahead_counts_as_now() -> None:
    assert evidence_age(None, at=AT) is None
    ahead = evidence_age(AT + timedelta(days=2), at=AT)
    assert ahead is not None
    assert ahead.days == 0


def test_what_led_to_nothing_is_reviewed_after_a_year_and_sealed_after_two() -> None:
    kept = keep_until(datetime(2024, 2, 29, 6, tzinfo=UTC))
    assert kept is not None
    assert (kept.review_at, kept.seal_at) == (
        datetime(2025, 2, 28, 6, tzinfo=UTC),
        datetime(2026, 2, 28, 6, tzinfo=UTC),
    )
    assert "2025-02-28" in kept.text
    assert "2026-02-28" in kept.text_ml


def test_no_retention_clock_runs_while_a_matter_is_open() -> None:
    assert keep_until(AT, open_matter=True) is None


@given(st.datetimes(datetime(2001, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_sealing_comes_a_year_after_the_review(last: datetime) -> None:
    kept = keep_until(last)
    assert kept is not None
    assert last < kept.review_at < kept.seal_at
    assert 364 <= (kept.seal_at - kept.review_at).days <= 366


def test_the_clocks_know_every_day_since_the_year_2000() -> None:
    assert len(bands_on(date(2000, 1, 1))) == len(BAND_CODES)
