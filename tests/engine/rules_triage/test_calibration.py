"""What was found at the door is counted by band, with its interval, and nothing undecided is divided by."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.triage import BAND_CODES, CalibrationRow, band_order, calibrate, wilson
from kaval.engine.rules.triage.calibration import FOUND, NOT_FOUND, NOT_REACHED

OUTCOMES = (*FOUND, *NOT_FOUND, *NOT_REACHED)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ncmec", "tip"]),
        st.sampled_from(BAND_CODES),
        st.sampled_from(["triage-1/a", "triage-1/b"]),
        st.none() | st.sampled_from(OUTCOMES),
    ),
    max_size=40,
)
Row = tuple[str, str, str, str | None]


@given(ROWS, st.randoms(use_true_random=False))
def test_every_subject_is_counted_once_and_in_any_order(rows: list[Row], shuffle: Random) -> None:
    table = calibrate(rows)
    assert sum(row.n for row in table) == len(rows)
    for row in table:
        assert row.n == row.decided + row.not_reached + row.waiting
        assert row.harm_found == row.crimes + row.seizures <= row.decided
        assert (row.share is None) == (row.interval is None) == (row.decided == 0)
        if row.share is not None and row.interval is not None:
            assert 0 <= row.interval[0] <= row.share <= row.interval[1] <= 1
    mixed = list(rows)
    shuffle.shuffle(mixed)
    assert calibrate(mixed) == table


@given(st.integers(1, 5000), st.floats(0, 1))
def test_wilsons_interval_holds_the_share_and_shrinks_with_more_cases(of: int, share: float) -> None:
    found = round(of * share)
    low, high = wilson(found, of)
    assert 0 <= low <= found / of <= high <= 1
    closer = wilson(found * 4, of * 4)
    assert closer[1] - closer[0] < high - low


def test_wilsons_interval_is_the_published_one() -> None:
    # Newcombe 1998, table I: 81 of 263 and 0 of 20, without continuity correction.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


@pytest.mark.parametrize("found, of", [(1, 0), (0, 0), (3, 2), (-1, 2)])
def test_no_share_without_cases(found: int, of: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(found, of)


def test_both_kinds_of_success_count_and_a_closed_door_says_nothing() -> None:
    outcomes = ("crime_registered", "seizure_report", "nothing_found", "nobody_there", "refused", None)
    (row,) = calibrate(("ncmec", "band_7_days", "v", outcome) for outcome in outcomes)
    assert (row.n, row.decided, row.harm_found, row.not_reached, row.waiting) == (6, 3, 2, 2, 1)
    assert row.share == pytest.approx(2 / 3)


def test_an_outcome_that_the_field_does_not_use_is_refused() -> None:
    with pytest.raises(ValueError, match="probably"):
        calibrate([("ncmec", "band_7_days", "v", "probably")])


def rows(band: str, *, found: int, empty: int) -> list[Row]:
    outcomes: list[str | None] = [*["crime_registered"] * found, *["nothing_found"] * empty]
    return [("ncmec", band, "v", outcome) for outcome in outcomes]


def test_a_more_urgent_band_that_finds_less_is_named_and_chance_is_called_chance() -> None:
    good = rows("band_immediate", found=9, empty=1) + rows("band_30_days", found=1, empty=9)
    assert band_order(calibrate(good)) == ()
    turned = rows("band_immediate", found=10, empty=90) + rows("band_14_days", found=90, empty=10)
    (fault,) = band_order(calibrate(turned))
    assert fault.sure
    assert (fault.higher.band, fault.lower.band) == ("band_immediate", "band_14_days")
    assert "10/100" in fault.text
    assert "10/100" in fault.text_ml
    few = rows("band_1_day", found=1, empty=2) + rows("band_7_days", found=1, empty=1)
    assert [fault.sure for fault in band_order(calibrate(few))] == [False]


def test_a_band_without_a_decision_is_passed_over() -> None:
    waiting: list[CalibrationRow] = list(calibrate([("ncmec", "band_1_day", "v", None)]))
    assert band_order(waiting) == ()
    assert waiting[0].share is None
