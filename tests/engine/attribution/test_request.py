"""What is asked, of whom, and what is never asked; the allocation of the event date decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.attribution.address import canonical_text, parse_address, special_range
from kaval.engine.rules.attribution.allocation import AllocationTable, refused_range
from kaval.engine.rules.attribution.intelligence import DatedLists
from kaval.engine.rules.attribution.request import (
    LegalBasis,
    RequestPlan,
    check_digit,
    reference_is_valid,
    request_rows,
    row_reference,
)
from tests.engine.attribution.scenes import ASKED, FIRST, ISPS, LISTS, SECOND, TABLE, seen

BASIS = LegalBasis("K-3", "INSPECTOR")


def _plan(*observations: object) -> RequestPlan:
    return request_rows(
        observations,  # type: ignore[arg-type]
        TABLE,
        asked_at=ASKED,
        legal_basis=BASIS,
        isps=ISPS,
        intelligence=DatedLists(LISTS),
    )


def test_rows_go_to_the_provider_of_the_event_date_in_both_zones() -> None:
    plan = _plan(seen(), seen("o2", "198.51.100.5", SECOND, port=2500))
    row = plan.batches[0].rows[0]

    assert [(batch.isp_id, len(batch.rows)) for batch in plan.batches] == [("ISP-A", 1), ("ISP-B", 1)]
    assert (row.utc_text, row.ist_text) == ("2026-01-20 10:00:05 UTC", "2026-01-20 15:30:05 IST")
    assert (row.from_at, row.to_at) == (FIRST - timedelta(seconds=2), FIRST + timedelta(seconds=2))
    assert reference_is_valid(row.reference)
    assert (plan.batches[0].legal_basis.act, plan.batches[0].legal_basis.section) == ("BNSS", "94")


@pytest.mark.parametrize(
    ("ip", "at", "port", "check"),
    [
        ("192.168.1.4", FIRST, None, "A-04"),
        ("198.18.0.9", FIRST, None, "A-04"),
        ("100.64.3.3", FIRST, 80, "A-04"),
        ("192.0.2.1", datetime(2024, 12, 30, tzinfo=UTC), None, "A-06"),
        ("192.0.2.1", "2026-01-20T10:00:05", None, "A-10"),
        ("198.51.100.5", FIRST, None, "A-21"),
        ("198.51.100.200", FIRST, None, "A-21"),
        ("198.51.100.5", FIRST, 0, "A-21"),
        ("203.0.113.9", FIRST, None, "A-07"),
        ("203.0.113.200", FIRST, None, "A-08"),
        ("192.0.2.1", FIRST - timedelta(days=800), None, "A-20"),
    ],
)
def test_what_may_not_be_asked_is_refused_with_its_check(
    ip: str, at: datetime | str, port: int | None, check: str
) -> None:
    plan = _plan(seen(ip=ip, at=at, port=port))

    assert plan.batches == ()
    assert check in [result.check for result in plan.refused[0].stopped_by]


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"intact": False}, "A-01"),
        ({"intact": None}, "A-01"),
        ({"reread": None}, "A-01"),
        ({"typed": True}, "A-02"),
        ({"role": "proxy"}, "A-05"),
        ({"time_of": "report"}, "A-16"),
        ({"time_of": ""}, "A-16"),
    ],
)
def test_a_source_that_is_broken_typed_or_of_another_time_is_not_asked_about(
    changes: dict[str, Any], check: str
) -> None:
    plan = _plan(seen(**changes))

    assert [result.check for result in plan.refused[0].stopped_by] == [check]


def test_what_nobody_knows_about_the_network_is_refused_too() -> None:
    plan = request_rows([seen()], TABLE, asked_at=ASKED, legal_basis=BASIS)

    assert [result.check for result in plan.refused[0].stopped_by] == ["A-07", "A-08", "A-28"]


def test_both_readings_of_a_repeated_hour_are_asked_in_rows_of_their_own() -> None:
    again = FIRST + timedelta(hours=1)
    rows = _plan(seen(other_utc=(again, FIRST))).batches[0].rows

    assert [(row.utc, row.from_at, row.to_at) for row in rows] == [
        (at, at - timedelta(seconds=2), at + timedelta(seconds=2)) for at in (FIRST, again)
    ]
    assert len({row.reference for row in rows}) == 2
    assert {row.origin for row in rows} == {"machine"}
    assert _plan(seen(typed=True, double_entry=True)).batches[0].rows[0].origin == "double"


def test_a_further_reading_that_nobody_held_is_not_asked_at_all() -> None:
    assert _plan(seen(other_utc=(datetime(2024, 12, 30, tzinfo=UTC),))).batches == ()


def test_the_order_of_observations_changes_nothing() -> None:
    observations = [seen(f"o{n}", f"192.0.2.{n}", FIRST + timedelta(hours=n % 3)) for n in range(9)]

    assert _plan(*observations) == _plan(*reversed(observations))


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=9, max_size=9), st.integers(0, 9), st.data())
@settings(max_examples=80)
def test_one_misread_character_never_passes(body: str, place: int, data: st.DataObject) -> None:
    reference = body + check_digit(body)
    other = data.draw(
        st.sampled_from([one for one in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if one != reference[place]])
    )

    assert reference_is_valid(reference)
    assert not reference_is_valid(reference[:place] + other + reference[place + 1 :])


def test_references_follow_content_only() -> None:
    assert row_reference("o1", "192.0.2.1", port=None, utc=FIRST) == row_reference(
        "o1", "192.0.2.1", port=None, utc=FIRST
    )
    assert row_reference("o1", "192.0.2.1", port=1, utc=FIRST) != row_reference(
        "o1", "192.0.2.1", port=None, utc=FIRST
    )
    assert not reference_is_valid("short")
    assert not reference_is_valid("aaaaaaaaaa")


def _row(cidr: str, isp: str = "ISP-1", **other: str) -> dict[str, str]:
    return {
        "cidr": cidr,
        "isp_id": isp,
        "kind": "fixed_dynamic",
        "routable": "yes",
        "valid_from": "2026-01-01",
        "valid_to": "2026-01-31",
        "source": "test",
    } | other


def test_the_most_specific_range_of_the_day_answers() -> None:
    table = AllocationTable.from_rows(
        [
            _row("192.0.2.0/24"),
            _row("192.0.2.128/25", "ISP-2"),
            _row("192.0.2.128/25", "ISP-3", valid_from="2026-02-02", valid_to=""),
        ]
    )
    held = {
        (ip, day): table.lookup(ip, day)
        for ip in ("192.0.2.1", "192.0.2.200")
        for day in (FIRST, FIRST + timedelta(days=30))
    }

    assert [one.isp_id if one else None for one in held.values()] == ["ISP-1", None, "ISP-2", "ISP-3"]


def test_a_date_is_a_whole_day_in_ist() -> None:
    table = AllocationTable.from_rows([_row("192.0.2.0/24")])

    assert table.lookup("192.0.2.1", datetime(2025, 12, 31, 18, 30, tzinfo=UTC)) is not None
    assert table.lookup("192.0.2.1", datetime(2025, 12, 31, 18, 29, 59, tzinfo=UTC)) is None
    assert table.lookup("192.0.2.1", datetime(2026, 1, 31, 18, 29, 59, tzinfo=UTC)) is not None
    assert table.lookup("192.0.2.1", datetime(2026, 1, 31, 18, 31, tzinfo=UTC)) is None


def test_a_table_that_contradicts_itself_answers_nothing() -> None:
    table = AllocationTable.from_rows([_row("192.0.2.0/24"), _row("192.0.2.0/24", "ISP-2")])

    assert table.lookup("192.0.2.1", FIRST) is None
    assert table.lookup("not an address", FIRST) is None


@pytest.mark.parametrize("wrong", [{"cidr": "192.0.2.1/24"}, {"kind": "other"}, {"valid_from": "soon"}])
def test_an_unreadable_table_is_refused_by_name(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"192\.0\.2"):
        AllocationTable.from_rows([_row("192.0.2.0/24") | wrong])


def test_no_table_opens_a_private_range() -> None:
    table = AllocationTable.from_rows(
        [_row("10.0.0.0/8"), _row("2001:db8::/32"), _row("198.18.0.0/15", routable="no")]
    )
    found = {}
    for ip in ("10.1.1.1", "2001:db8::1", "198.18.0.1", "203.0.113.1"):
        address = parse_address(ip)
        assert address is not None
        found[ip] = refused_range(address, table.lookup(address, FIRST))

    assert found == {
        "10.1.1.1": "private",
        "2001:db8::1": None,
        "198.18.0.1": "declared not routable",
        "203.0.113.1": "documentation",
    }


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "169.254.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "2002::1",
        "2001::1",
        "0.0.0.0",
        "4000::1",
    ],
)
def test_special_addresses_are_never_global(ip: str) -> None:
    address = parse_address(ip)

    assert address is not None
    assert special_range(address) is not None


@given(st.ip_addresses())
@settings(max_examples=80)
def test_the_canonical_text_is_stable(address: object) -> None:
    text = canonical_text(str(address))

    assert text is not None
    assert canonical_text(text) == text
