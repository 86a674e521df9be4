"""Every limit at its boundary: kept at its last second, overdue a second later; leap days, month ends, midnight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.cases.clock_rules import EVENTS, RULES, section_marks
from kaval.engine.rules.cases.clocks import (
    Clock,
    ClockEvent,
    ClockFacts,
    ClockState,
    clocks,
    later,
    months_later,
    words_of_event,
)

START = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ALL_MARKS = frozenset({"police_search", "pocso", "child_offence"})


def event(kind: str, *marks: str, at: datetime = START, due: datetime | None = None) -> ClockEvent:
    return ClockEvent(kind, at, "row", "CR 1/2026", marks=frozenset(marks), due_at=due)


def running(kind: str, id: str, *marks: str, now: datetime, start: datetime = START) -> Clock:
    found = clocks(ClockFacts((event(kind, *marks, at=start),)), now)
    return next(one for one in found if one.id == id)


LIMITS = [
    ("e_information", "e_information", (), timedelta(days=3)),
    ("preliminary_enquiry", "preliminary_enquiry", (), timedelta(days=14)),
    ("search_ended", "search_record", ("police_search",), timedelta(hours=48)),
    ("search_ended", "recording", (), timedelta(hours=48)),
    ("seizure", "seizure_report", (), timedelta(0)),
    ("crime", "pocso_matter", ("pocso",), timedelta(hours=24)),
    ("child_in_need", "child_in_need", (), timedelta(hours=24)),
    ("arrest", "arrest_magistrate", (), timedelta(hours=24)),
    ("arrest", "arrest_report", (), timedelta(days=60)),
    ("arrest", "arrest_report_long", ("ten_years",), timedelta(days=90)),
    ("crime", "child_offence", ("child_offence",), timedelta(days=61)),  # March and April
    ("child_victim", "child_victim", (), timedelta(days=61)),
    ("crime", "progress", (), timedelta(days=90)),
    ("accused_appeared", "copies", (), timedelta(days=14)),
    ("property_produced", "property_statement", (), timedelta(days=14)),
    ("property_stated", "property_disposal", (), timedelta(days=30)),
    ("disposal_order", "property_after_trial", (), timedelta(days=61)),
    ("cognizance", "court_evidence", (), timedelta(days=30)),
    ("cognizance", "court_trial", (), timedelta(days=365)),
    ("observation", "provider_records", (), timedelta(days=730)),
    ("ground_verified", "ground_age", (), timedelta(days=14)),
    ("no_link", "reaudit", (), timedelta(hours=24)),
]


@pytest.mark.parametrize("kind, id, marks, length", LIMITS, ids=[one[1] for one in LIMITS])
def test_a_limit_is_kept_at_its_last_second_and_overdue_after(
    kind: str, id: str, marks: tuple[str, ...], length: timedelta
) -> None:
    end = START + length
    last = running(kind, id, *marks, now=end)
    assert last.latest_at == end
    assert last.state is ClockState.DUE_SOON
    assert running(kind, id, *marks, now=end + SECOND).state is ClockState.OVERDUE
    if length:
        assert running(kind, id, *marks, now=end - SECOND).state is ClockState.DUE_SOON
        assert running(kind, id, *marks, now=START).state in (ClockState.RUNNING, ClockState.DUE_SOON)


def test_every_rule_has_a_boundary_here_or_carries_its_own_end() -> None:
    assert {one[1] for one in LIMITS} == {rule.id for rule in RULES if rule.limit}
    own = [rule for rule in RULES if not rule.limit]
    for rule in own:
        end = START + timedelta(days=5)
        facts = ClockFacts((event(rule.event, due=end),))
        assert [one.state for one in clocks(facts, end)] == [ClockState.DUE_SOON]
        assert [one.state for one in clocks(facts, end + SECOND)] == [ClockState.OVERDUE]
        assert clocks(ClockFacts((event(rule.event),)), end) == (), "without an end there is no clock"


def test_every_event_and_rule_speaks_both_languages() -> None:
    assert {rule.event for rule in RULES} == EVENTS.keys()
    for words in (*EVENTS.values(), *(rule.words for rule in RULES)):
        assert all(words)
        assert words[0] != words[1]
    assert words_of_event("arrest", malayalam=False) == "Arrest"
    assert words_of_event("nonsense", malayalam=True) == "nonsense"


def test_at_once_is_due_from_the_first_moment_and_overdue_after_the_outer_limit() -> None:
    clock = running("search_ended", "search_record", "police_search", now=START)
    assert (clock.due_at, clock.latest_at) == (START, START + timedelta(hours=48))
    assert clock.state is ClockState.DUE_SOON
    assert "185(5)" in clock.law
    assert clock.checked == "unverified"


def test_copies_of_a_search_under_a_warrant_do_not_run_by_the_rule_for_police_searches() -> None:
    found = {one.id for one in clocks(ClockFacts((event("search_ended"),)), START)}
    assert found == {"recording"}


def test_sixty_days_become_ninety_where_the_offence_may_bring_ten_years() -> None:
    short = {one.id for one in clocks(ClockFacts((event("arrest"),)), START)}
    long = {one.id for one in clocks(ClockFacts((event("arrest", "ten_years"),)), START)}
    assert short == {"arrest_magistrate", "arrest_report"}
    assert long == {"arrest_magistrate", "arrest_report_long"}


@pytest.mark.parametrize(
    "sections, marks",
    [
        (["IT Act 67B(b)", "POCSO 15(2)"], {"pocso"}),
        (["POCSO 4(1)"], {"pocso", "child_offence", "ten_years"}),
        (["POCSO  8"], {"pocso", "child_offence"}),
        (["POCSO 14"], {"pocso"}),
        (["BNS 143(4)"], {"ten_years"}),
        (["BNS 1430"], set()),
        (["POCSO 40"], {"pocso"}),
        ([], set()),
    ],
)
def test_a_section_stands_with_its_subsections_and_no_other(sections: list[str], marks: set[str]) -> None:
    assert section_marks(sections) == marks


@pytest.mark.parametrize(
    "start, end",
    [
        (datetime(2027, 12, 31, 10, tzinfo=IST), datetime(2028, 2, 29, 10, tzinfo=IST)),
        (datetime(2026, 12, 31, 10, tzinfo=IST), datetime(2027, 2, 28, 10, tzinfo=IST)),
        (datetime(2026, 7, 31, 23, 59, 59, tzinfo=IST), datetime(2026, 9, 30, 23, 59, 59, tzinfo=IST)),
        # Midnight in India is still the day before in UTC: the months are those of India.
        (datetime(2026, 5, 1, 0, 0, tzinfo=IST), datetime(2026, 7, 1, 0, 0, tzinfo=IST)),
        (datetime(2026, 4, 30, 18, 29, 59, tzinfo=UTC), datetime(2026, 6, 30, 18, 29, 59, tzinfo=UTC)),
        (datetime(2026, 4, 30, 18, 30, tzinfo=UTC), datetime(2026, 6, 30, 18, 30, tzinfo=UTC)),
        (datetime(2026, 11, 30, 12, tzinfo=IST), datetime(2027, 1, 30, 12, tzinfo=IST)),
    ],
)
def test_two_months_are_calendar_months_of_ist(start: datetime, end: datetime) -> None:
    assert months_later(start, 2) == end
    assert running("crime", "child_offence", "child_offence", now=end, start=start).latest_at == end


def test_days_over_a_leap_day_are_spans_of_hours() -> None:
    assert later(datetime(2028, 2, 28, tzinfo=IST), 2, "days") == datetime(2028, 3, 1, tzinfo=IST)
    with pytest.raises(ValueError, match="fortnights"):
        later(START, 1, "fortnights")
    with pytest.raises(ValueError, match="no zone"):
        later(START.replace(tzinfo=None), 1, "days")


def test_a_matter_older_than_the_law_has_no_clock_of_that_law() -> None:
    old = datetime(2024, 6, 30, 12, tzinfo=IST)
    assert clocks(ClockFacts((event("arrest", at=old),)), old) == ()
    assert clocks(ClockFacts((event("arrest", at=old + timedelta(days=1)),)), old) != ()


def test_records_of_providers_end_by_the_limit_that_holds_now_and_warn_at_eighteen_months() -> None:
    old = datetime(2021, 1, 1, tzinfo=UTC)
    assert running("observation", "provider_records", start=old, now=START).state is ClockState.OVERDUE
    warned = START + timedelta(days=540)
    before = running("observation", "provider_records", now=warned - SECOND)
    assert before.state is ClockState.RUNNING
    assert running("observation", "provider_records", now=warned).state is ClockState.DUE_SOON


def test_the_last_quarter_of_a_limit_but_at_most_a_week_is_due_soon() -> None:
    quarter = START + timedelta(hours=18)
    assert running("arrest", "arrest_magistrate", now=quarter - SECOND).state is ClockState.RUNNING
    assert running("arrest", "arrest_magistrate", now=quarter).state is ClockState.DUE_SOON
    week = START + timedelta(days=83)
    assert running("crime", "progress", now=week - SECOND).state is ClockState.RUNNING
    assert running("crime", "progress", now=week).state is ClockState.DUE_SOON


@pytest.mark.parametrize("late", [False, True])
def test_what_is_met_is_met_even_late_and_says_so(late: bool) -> None:
    end = START + timedelta(hours=24)
    met = {"arrest_magistrate:row": end + SECOND * late}
    found = clocks(ClockFacts((event("arrest"),), met), end + timedelta(days=1))
    one = next(each for each in found if each.id == "arrest_magistrate")
    assert (one.state, one.late) == (ClockState.MET, late)
    assert found[-1] is one, "what is met stands last"


INSTANTS = st.integers(0, 15 * 365 * 86400).map(
    lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)
EVENT_LISTS = st.lists(
    st.builds(
        ClockEvent,
        event=st.sampled_from(sorted(EVENTS)),
        at=INSTANTS,
        row=st.sampled_from("abcde"),
        reference=st.sampled_from(["CR 1", "CR 2"]),
        owner=st.sampled_from(["", "KL-1"]),
        marks=st.frozensets(st.sampled_from(["police_search", "pocso", "child_offence", "ten_years"])),
        due_at=st.none() | INSTANTS,
    ),
    max_size=8,
)


@given(
    events=EVENT_LISTS,
    now=INSTANTS,
    met=st.dictionaries(st.sampled_from(["progress:a", "copies:b"]), INSTANTS),
)
def test_no_clock_ends_before_it_starts_and_the_order_of_facts_changes_nothing(
    events: list[ClockEvent], now: datetime, met: dict[str, datetime]
) -> None:
    found = clocks(ClockFacts(tuple(events), met), now)
    assert found == clocks(ClockFacts(tuple(reversed(events)), met), now)
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert one.started_at <= one.due_at <= one.latest_at
        assert one.state is not ClockState.OVERDUE or now > one.latest_at
        assert one.met_at is None or one.met_at >= one.started_at
        assert len(one.key) <= 80


@given(start=INSTANTS, months=st.integers(0, 30))
def test_months_keep_the_hour_and_never_the_wrong_month(start: datetime, months: int) -> None:
    end, begin = months_later(start, months).astimezone(IST), start.astimezone(IST)
    assert end.time() == begin.time()
    assert (end.year * 12 + end.month) - (begin.year * 12 + begin.month) == months
    assert end.day <= begin.day
