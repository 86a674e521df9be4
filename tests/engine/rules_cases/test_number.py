"""Investigation numbers have one form and follow each other within a year."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.cases import InvestigationNumber, next_number, parse_number


@given(st.integers(1000, 9999), st.integers(1, 999_998))
def test_a_number_is_read_back_and_the_next_follows(year: int, serial: int) -> None:
    number = InvestigationNumber("CCSE", year, serial)
    assert parse_number(str(number)) == number
    assert next_number(str(number), unit="CCSE", year=year) == InvestigationNumber("CCSE", year, serial + 1)


def test_the_first_of_a_year_is_one() -> None:
    assert str(next_number(None, unit="CCSE", year=2026)) == "CCSE/2026/000001"
    assert str(next_number("CCSE/2025/004711", unit="CCSE", year=2026)) == "CCSE/2026/000001"


@pytest.mark.parametrize(
    "text", ["CCSE/2026/123", "CCSE/26/000123", "ccse/2026/000123", "CCSE/2026/000000", ""]
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no investigation number"):
        parse_number(text)


@pytest.mark.parametrize("last", ["CCSE/2027/000001", "OTHER/2026/000001", "CCSE/2026/999999"])
def test_a_number_that_cannot_be_followed_is_refused(last: str) -> None:
    with pytest.raises(ValueError, match=r"CCSE|number"):
        next_number(last, unit="CCSE", year=2026)
