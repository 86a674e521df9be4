"""A clock that stands off is found when many rows show it, and never where the answer fits as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeaseRow
from kaval.engine.rules.attribution.answer import IspAnswer
from kaval.engine.rules.attribution.drift import SHIFTS, zone_shift
from kaval.engine.rules.attribution.facts import ObservationFacts
from tests.engine.attribution.scenes import FIRST, lease, seen


def scene(count: int, minutes: int = 0, *, half: int = 12) -> tuple[list[ObservationFacts], IspAnswer]:
    """Observations hours apart, each with one lease of `half` minutes on both sides, stamped `minutes` ahead."""
    observations, leases = [], []
    for number in range(count):
        at, address = FIRST + timedelta(hours=31 * number), f"192.0.2.{number % 250}"
        observations.append(seen(f"o{number}", address, at))
        around = at + timedelta(minutes=minutes)
        leases.append(
            _lease(f"C-{number}", address, around - timedelta(minutes=half), around + timedelta(minutes=half))
        )
    return observations, IspAnswer("ISP-A", leases)


def _lease(customer: str, address: str, start: object, end: object) -> LeaseRow:
    return lease(customer, address, start=start, end=end)


@given(st.sampled_from(SHIFTS), st.integers(4, 30))
@settings(max_examples=40)
def test_a_usual_wrong_shift_is_found(minutes: int, count: int) -> None:
    observations, answer = scene(count, minutes)
    assert zone_shift(observations, answer) == minutes


@given(st.integers(0, 60))
@settings(max_examples=20)
def test_an_answer_that_fits_has_no_shift(count: int) -> None:
    assert zone_shift(*scene(count)) is None


def test_three_rows_are_chance() -> None:
    assert zone_shift(*scene(3, 330)) is None


def test_leases_much_longer_than_the_shift_hide_it() -> None:
    assert zone_shift(*scene(20, 30, half=600)) is None


def test_a_shift_nobody_makes_is_no_finding() -> None:
    assert zone_shift(*scene(20, 97)) is None


def test_an_answer_that_leaves_rows_out_is_not_taken_for_a_shift() -> None:
    observations, answer = scene(40)
    assert zone_shift(observations, IspAnswer("ISP-A", answer.leases[::3])) is None


def test_some_rows_that_stand_off_among_many_that_fit_are_no_shift_of_the_file() -> None:
    (fit, first), (off, second) = scene(30), scene(8, 60)
    off = [seen(f"x{n}", f"198.51.100.{n}", one.time.utc or FIRST) for n, one in enumerate(off)]
    moved = [
        lease(f"X-{n}", f"198.51.100.{n}", start=row.start, end=row.end)
        for n, row in enumerate(second.leases)
    ]
    assert zone_shift([*fit, *off], IspAnswer("ISP-A", (*first.leases, *moved))) is None


@pytest.mark.parametrize("count", [401, 900])
def test_of_many_rows_some_are_enough(count: int) -> None:
    observations, answer = scene(count, -330)
    assert zone_shift(observations, answer) == -330
