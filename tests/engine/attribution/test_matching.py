"""Every row of an answer is matched, counted as not asked for, or in conflict with the reference it carries."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeaseRow
from kaval.engine.rules.attribution.matching import Conflict, match_rows
from kaval.engine.rules.attribution.request import RequestRow
from tests.engine.attribution.scenes import FIRST, asked, lease, seen

HOUR = timedelta(hours=1)


def ask(number: int, ip: str = "", port: int | None = None) -> RequestRow:
    """One asked row; every number has its own address unless told, and its own day."""
    return asked(seen(f"o{number}", ip or f"192.0.2.{number}", FIRST + number * 24 * HOUR, port=port))


def lease_for(row: RequestRow, customer: str = "C-1", **other: object) -> LeaseRow:
    """A lease around the asked instant."""
    return lease(customer, row.ip, row.utc, locator=f"row {customer} {row.reference}", **other)


ROWS = [ask(1), ask(2), ask(3, "198.51.100.7", 4000)]


def test_a_row_is_matched_by_address_and_window_when_it_names_no_reference() -> None:
    found = match_rows(
        ROWS, [lease_for(ROWS[0]), lease_for(ROWS[1]), lease("C-9", "192.0.2.200", locator="row 9")]
    )
    assert found.rows == {ROWS[0].reference: 1, ROWS[1].reference: 1}
    assert found.silent == (ROWS[2].reference,)
    assert found.unmatched == ("row 9",)
    assert found.conflicts == ()


def test_another_port_block_of_the_same_address_was_not_asked_for() -> None:
    own = lease_for(ROWS[2], "C-1", port_low=3000, port_high=5000)
    other = lease_for(ROWS[2], "C-2", port_low=5001, port_high=6000)
    found = match_rows(ROWS, [own, other])
    assert found.rows == {ROWS[2].reference: 1}
    assert found.unmatched == (other.locator,)


def test_one_lease_may_answer_two_rows() -> None:
    rows = [ask(1), asked(seen("late", "192.0.2.1", FIRST + 26 * HOUR))]
    found = match_rows(rows, [lease("C-1", "192.0.2.1", FIRST + 25 * HOUR)])
    assert set(found.rows) == {row.reference for row in rows}


def test_an_ipv6_row_is_matched_by_its_prefix() -> None:
    rows = [ask(4, "2001:db8:1:ab00::5")]
    found = match_rows(rows, [lease("C-1", "2001:db8:1:ab00::/56", rows[0].utc)])
    assert found.rows == {rows[0].reference: 1}


def test_a_reference_must_stand_beside_its_own_address_port_and_time() -> None:
    first, second, third = ROWS
    misread = first.reference[:-1] + ("0" if first.reference[-1] != "0" else "1")
    unknown = ask(77).reference
    leases = {
        first.reference: lease("C-1", first.ip, first.utc, locator="right"),
        second.reference: lease("C-2", "192.0.2.99", second.utc, locator="address"),
        third.reference: lease("C-3", third.ip, third.utc, port_low=1, port_high=2, locator="port"),
        misread: lease("C-4", first.ip, first.utc, locator="misread"),
        unknown: lease("C-5", first.ip, first.utc, locator="not_asked"),
    }
    late = lease("C-6", second.ip, second.utc + 90 * HOUR, locator="time")
    echoes = {row.locator: reference for reference, row in leases.items()} | {"time": second.reference}
    found = match_rows(ROWS, [*leases.values(), late], echoes=echoes)
    assert found.rows == {first.reference: 1}
    assert {(one.locator, one.code) for one in found.conflicts} == {
        (code, code) for code in ("address", "port", "misread", "not_asked", "time")
    }
    assert Conflict("address", second.reference, "address") in found.conflicts


@given(st.lists(st.integers(1, 8), max_size=12), st.lists(st.integers(1, 12), max_size=12))
def test_every_row_is_counted_once_and_the_order_changes_nothing(
    numbers: list[int], given_: list[int]
) -> None:
    rows = [ask(number) for number in sorted(set(numbers))]
    leases = [
        lease("C-1", f"192.0.2.{n}", FIRST + n * 24 * HOUR, locator=f"row {k}") for k, n in enumerate(given_)
    ]
    found = match_rows(rows, leases)
    assert sum(found.rows.values()) + len(found.unmatched) == len(leases)
    assert set(found.rows) | set(found.silent) == {row.reference for row in rows}
    back = match_rows(rows[::-1], leases[::-1])
    assert (dict(back.rows), set(back.unmatched)) == (dict(found.rows), set(found.unmatched))
