"""Lists and routes speak for events near their day, for the most specific range, and never for another day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.attribution.intelligence import DatedLists, Listed, Listing, Route

DAY = date(2026, 2, 1)
NOON = datetime(2026, 2, 1, 6, 30, tzinfo=UTC)
HOST = IPv4Address("203.0.113.70")


def listed(
    kind: str = "vpn", cidr: str = "203.0.113.64/26", dated: date = DAY, **other: date | None
) -> Listed:
    return Listed(kind, "a list", dated, cidr, **other)


def test_an_address_on_a_list_of_the_time_is_told_with_list_day_and_range() -> None:
    found = DatedLists([listed()]).listings(HOST, NOON, within_days=30)
    assert found == (Listing("vpn", "a list", DAY, "203.0.113.64/26"),)


@pytest.mark.parametrize(("days", "speaks"), [(0, True), (30, True), (-30, True), (31, False), (-31, False)])
def test_a_snapshot_speaks_for_thirty_days_either_way(days: int, speaks: bool) -> None:
    lists = DatedLists([listed()])
    at = NOON + timedelta(days=days)
    assert bool(lists.listings(HOST, at, within_days=30)) is speaks
    assert lists.covers(at, within_days=30) is speaks


def test_the_day_is_that_of_india() -> None:
    lists = DatedLists([listed()])
    midnight = datetime(2026, 1, 31, 18, 30, tzinfo=UTC)  # 1 February 00:00 IST
    assert lists.covers(midnight, within_days=0)
    assert not lists.covers(midnight - timedelta(seconds=1), within_days=0)


def test_a_list_of_our_own_lines_says_nothing_about_coverage_and_holds_over_its_time() -> None:
    ours = DatedLists([listed("own", dated=date(2025, 1, 1), valid_until=date(2026, 1, 31))])
    assert not ours.covers(NOON, within_days=30)
    assert ours.listings(HOST, NOON - timedelta(days=1), within_days=30)
    assert not ours.listings(HOST, NOON, within_days=30)
    assert not ours.listings(HOST, datetime(2024, 12, 31, tzinfo=UTC), within_days=30)


def test_the_most_specific_route_of_the_day_answers() -> None:
    routes = [
        Route("203.0.113.0/24", 64500, date(2025, 1, 1)),
        Route("203.0.113.64/26", 64501, date(2026, 1, 1), date(2026, 2, 1)),
    ]
    lists = DatedLists(routes=routes)
    assert lists.origin(HOST, NOON) == frozenset({64501})
    assert lists.origin(HOST, NOON + timedelta(days=1)) == frozenset({64500})
    assert lists.origin(IPv4Address("198.51.100.1"), NOON) is None
    assert lists.origin(HOST, datetime(2024, 1, 1, tzinfo=UTC)) is None


def test_a_range_announced_by_two_networks_keeps_both() -> None:
    lists = DatedLists(routes=[Route("203.0.113.0/24", number, DAY) for number in (64500, 64501)])
    assert lists.origin(HOST, NOON) == frozenset({64500, 64501})


def test_an_ipv6_range_is_no_ipv4_range() -> None:
    lists = DatedLists([listed(cidr="2001:db8::/32")])
    assert lists.listings(IPv6Address("2001:db8::7"), NOON, within_days=30)
    assert not lists.listings(HOST, NOON, within_days=30)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind 'club'"):
        DatedLists([listed("club")])


@given(
    ranges=st.lists(st.tuples(st.integers(0, 255), st.integers(24, 32)), max_size=8),
    last=st.integers(0, 255),
)
def test_listed_means_inside_one_of_the_ranges(ranges: list[tuple[int, int]], last: int) -> None:
    texts = [f"203.0.113.{host}/{length}" for host, length in ranges]
    address = IPv4Address(f"203.0.113.{last}")
    found = DatedLists(listed(cidr=text) for text in texts).listings(address, NOON, within_days=30)
    assert {one.cidr for one in found} == {
        text for text in texts if address in ip_network(text, strict=False)
    }
