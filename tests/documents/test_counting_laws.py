"""Laws of counting: totals are sums, order does not matter, a report that became a crime is one unit moved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.reports import operation_counts
from kaval.engine.rules.statistics.counting import (
    ArrestRow,
    CrimeRow,
    ExhibitRow,
    SeizureReportRow,
    SiteRow,
    count_operation,
)
from kaval.engine.rules.statistics.figures import DEFINITIONS, Arrests, Cases, OperationFigures
from tests.documents import cases

DISTRICTS = ("KLMC", "WYD", "KSD")
KEYS = [definition.key for definition in DEFINITIONS]
SITES = st.lists(
    st.tuples(st.sampled_from(DISTRICTS), st.integers(0, 5), st.booleans(), st.integers(0, 3)), max_size=30
)


def counted(drawn: list[tuple[str, int, bool, int]], *, backwards: bool = False) -> OperationFigures:
    """Figures of drawn sites: district, team, reached or not, number of devices."""
    sites, exhibits = [], []
    for number, (district, team, reached, devices) in enumerate(drawn):
        at = cases.at(7, number % 60) if reached else None
        sites.append(SiteRow(f"S{number}", district, f"{district}-{team}", at))
        exhibits += [ExhibitRow(f"E{number}-{n}", f"S{number}", True, cases.at(9)) for n in range(devices)]
    if backwards:
        sites.reverse()
        exhibits.reverse()
    return count_operation(
        sites, operation="20.3", as_of=cases.at(18), districts=DISTRICTS, exhibits=exhibits
    )


@pytest.mark.fuzz
@given(SITES)
def test_the_state_is_the_sum_of_its_districts(drawn: list[tuple[str, int, bool, int]]) -> None:
    figures = counted(drawn)
    for key in KEYS:
        assert figures.state.value(key) == sum(row.value(key) for row in figures.districts)
    total = operation_counts.build(figures).total
    assert total is not None
    assert list(total[1:]) == [figures.state.value(key) for key in KEYS]


@given(SITES)
def test_the_order_of_the_rows_does_not_matter(drawn: list[tuple[str, int, bool, int]]) -> None:
    assert counted(drawn) == counted(drawn, backwards=True)


def test_a_report_that_becomes_a_crime_moves_one_unit_on_its_day() -> None:
    site = SiteRow("S1", "WYD", "T1", cases.at(7))
    report = SeizureReportRow("R1", "S1", cases.at(13))
    crime = CrimeRow("C1", "S1", cases.at(9, day=40), "R1")

    def on(day: int) -> tuple[int, int]:
        figures = count_operation(
            [site],
            operation="20.3",
            as_of=cases.at(18, day=day),
            districts=("WYD",),
            crimes=[crime],
            seizure_reports=[report],
        )
        return figures.state.value("seizure_reports"), figures.state.value("cases")

    assert on(39) == (1, 0)
    assert on(40) == (0, 1)


def test_a_person_arrested_twice_is_one_person() -> None:
    figures = count_operation(
        [SiteRow("S1", "WYD", "T1", cases.at(7))],
        operation="20.3",
        as_of=cases.at(18),
        districts=("WYD",),
        arrests=[ArrestRow("P1", "S1", cases.at(9)), ArrestRow("P1", "S1", cases.at(9) + timedelta(hours=1))],
    )
    assert figures.state.value("arrests") == 1


def test_persons_and_cases_cannot_be_added() -> None:
    with pytest.raises(TypeError, match="different things"):
        Cases(1) + Arrests(1)  # type: ignore[operator]


def test_a_row_that_comes_twice_with_other_content_stops_the_count() -> None:
    rows = [SiteRow("S1", "WYD", "T1", cases.at(7)), SiteRow("S1", "WYD", "T2", cases.at(7))]
    with pytest.raises(RefusedError, match="COUNT-TWICE"):
        count_operation(rows, operation="20.3", as_of=cases.at(18), districts=("WYD",))
    with pytest.raises(RefusedError, match="COUNT-DISTRICT"):
        count_operation(
            [SiteRow("S1", "NOWHERE", "T1", cases.at(7))],
            operation="20.3",
            as_of=cases.at(18),
            districts=("WYD",),
        )
