"""Gates: papers, rank, limits, sun. Sunrise against remembered almanac times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kaval.engine.kernel.reason import Verdict
from kaval.engine.rules.planning.gates import (
    AFTER_DOCUMENTS,
    BASIS_DOCUMENTS,
    basis_gate,
    limits_gate,
    missing_documents,
    rank_gate,
)
from kaval.engine.rules.planning.sun import daylight, sun_gate, sunrise

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


@pytest.mark.parametrize("basis", BASIS_DOCUMENTS)
def test_a_basis_passes_only_with_all_its_papers(basis: str) -> None:
    needed = BASIS_DOCUMENTS[basis]

    assert basis_gate(basis, needed).verdict is P
    assert missing_documents(basis, needed[1:]) == needed[:1]
    assert basis_gate(basis, needed[1:]).verdict is F
    assert basis in AFTER_DOCUMENTS


def test_no_basis_is_unknown_and_stops() -> None:
    assert basis_gate("", ()).verdict is U
    assert basis_gate("", ()).stops


def test_a_subordinate_needs_a_written_order() -> None:
    papers = BASIS_DOCUMENTS["POLICE_185"]

    assert missing_documents("POLICE_185", papers, subordinate=True) == ("written_order_to_subordinate",)


@pytest.mark.parametrize(
    ("rank", "it_act", "verdict"),
    [
        ("INSPECTOR", True, P),
        ("DYSP", True, P),
        ("SI", True, F),
        ("SI", False, P),
        ("", True, U),
        ("MAJOR", True, F),
    ],
)
def test_the_it_act_needs_an_inspector(rank: str, it_act: bool, verdict: Verdict) -> None:
    assert rank_gate(rank, it_act=it_act).verdict is verdict


@pytest.mark.parametrize(
    ("basis", "place", "officer", "verdict"),
    [
        ("POLICE_185", "A", "A", P),
        ("POLICE_185", "A", "B", F),
        ("POLICE_185", "", "B", U),
        ("WARRANT_96", "A", "B", P),
    ],
)
def test_a_police_search_stays_in_its_station(basis: str, place: str, officer: str, verdict: Verdict) -> None:
    assert limits_gate(basis, place_station=place, officer_station=officer).verdict is verdict


@pytest.mark.parametrize(
    ("latitude", "longitude", "day", "utc"),
    [
        # Set down from memory of almanacs before the code ran; Greenwich at the solstice is the common one.
        (8.5241, 76.9366, date(2026, 3, 1), "01:06"),
        (8.5241, 76.9366, date(2026, 6, 21), "00:35"),
        (12.4996, 74.9869, date(2026, 1, 18), "01:25"),
        (51.4779, 0.0, date(2026, 6, 21), "03:43"),
    ],
)
def test_sunrise_is_right_to_two_minutes(latitude: float, longitude: float, day: date, utc: str) -> None:
    hour, minute = (int(part) for part in utc.split(":"))
    expected = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    found = sunrise(latitude, longitude, day)

    assert found is not None
    assert abs(found - expected) <= timedelta(minutes=2)


def test_the_day_is_longest_in_june_and_the_pole_has_none() -> None:
    june, december = daylight(10.0, 76.5, date(2026, 6, 21)), daylight(10.0, 76.5, date(2026, 12, 21))

    assert june is not None
    assert december is not None
    assert june.sunset - june.sunrise > december.sunset - december.sunrise
    assert daylight(80.0, 0.0, date(2026, 6, 21)) is None


def test_an_entry_before_sunrise_needs_a_reason() -> None:
    dark = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    light = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)

    assert sun_gate(light, latitude=8.52, longitude=76.94).verdict is P
    assert sun_gate(dark, latitude=8.52, longitude=76.94).verdict is F
    assert sun_gate(dark, latitude=8.52, longitude=76.94, reason="the suspect leaves at five").verdict is P
    assert sun_gate(light, latitude=89.0, longitude=0.0).verdict is U
