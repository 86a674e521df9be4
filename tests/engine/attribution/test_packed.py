"""The answer in arrays says what the answer in objects says, for any rows and any question."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeaseRow
from kaval.engine.kernel.instant import NO_TIME, OffsetSource, Precision, StatedTime
from kaval.engine.rules.attribution.answer import (
    AnswerFile,
    HeldRow,
    IspAnswer,
    Resolution,
    resolve,
)
from kaval.engine.rules.attribution.half_day import twelve_hour_drift
from kaval.engine.rules.attribution.packed import PackedAnswer
from kaval.engine.rules.attribution.packing import Packing
from kaval.engine.rules.attribution.rows import Lease
from tests.engine.attribution.scenes import FIRST, lease, seen

ADDRESSES = (
    "192.0.2.10", "192.0.2.11", "192.0.2.0/28", "192.0.2.10/32", "2001:db8:1:ab00::/56", "2001:db8:1:ab00::/64",
    "2001:db8:1:ab00::4", "2001:db8:1:ab00::/126", "2001:DB8::4", "nowhere", "",
)  # fmt: skip
ASKED = ("192.0.2.10", "192.0.2.11", "192.0.2.3", "2001:db8:1:ab00::4", "2001:db8:1:ab01::4", "2001:db8::4")
INSTANTS = st.one_of(
    st.integers(-900, 900).map(lambda step: FIRST + timedelta(seconds=step)),
    st.sampled_from(
        [
            FIRST + timedelta(microseconds=500),
            datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
            datetime(1970, 1, 1, tzinfo=UTC),
            datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC),
            datetime(2500, 1, 1, tzinfo=UTC),
            datetime.max.replace(tzinfo=UTC),
        ]
    ),
)
TIMES = st.one_of(
    st.builds(
        StatedTime,
        st.sampled_from(["20/01/2026 15:30:05", "?"]),
        INSTANTS,
        st.sampled_from([330, 0, -60]),
        st.sampled_from([OffsetSource.PROFILE, OffsetSource.IN_VALUE, OffsetSource.ASSUMED, OffsetSource.HEADER]),
        st.sampled_from(list(Precision)),
    ),
    st.just(NO_TIME),
    st.just(StatedTime("half past", None, None, OffsetSource.NONE)),
)  # fmt: skip
PORTS = st.one_of(st.none(), st.integers(0, 65535), st.sampled_from([1024, 2047, 2048, 70000]))
ROWS = st.builds(
    lease,
    st.sampled_from(["C-1", "C-2", "C-3", "(not stated, row 4)"]),
    st.sampled_from(ADDRESSES),
    start=TIMES,
    end=st.one_of(st.none(), TIMES),
    port_low=PORTS,
    port_high=PORTS,
    static=st.sampled_from([None, True, False]),
    inner=st.sampled_from(["", "100.64.0.7", "0.0.0.0", "inside"]),
    locator=st.sampled_from(
        ["row 2", "row 03", "row 4", "sheet 'A' row 7", "/leads/lead[4]", "here", "row 12345678901"]
    ),
)
QUESTIONS = st.builds(
    seen,
    ip=st.sampled_from(ASKED),
    at=st.integers(-1200, 1200).map(lambda step: FIRST + timedelta(seconds=step)),
    port=st.one_of(st.none(), st.sampled_from([9, 1024, 2047, 2048])),
)


def packed(isp: str, *files: AnswerFile) -> PackedAnswer:
    packing = Packing(isp)
    for file in files:
        packing.begin_file(file.sha256)
        for row in file.leases:
            packing.add(row)
    return packing.done()


def _time(time: StatedTime | None) -> StatedTime | None:
    """Of a settled time the text as received is the one thing not kept."""
    settled = (OffsetSource.PROFILE, OffsetSource.IN_VALUE, OffsetSource.HEADER)
    return replace(time, as_received="") if time and time.utc and time.offset_source in settled else time


def _row(row: Lease) -> tuple[Any, ...]:
    return (
        row.customer_ref, row.address, row.port_low, row.port_high, _time(row.start), _time(row.end), row.static,
        row.inner, row.locator,
    )  # fmt: skip


def plainly(found: Resolution) -> tuple[Any, ...]:
    """A resolution with its rows as their fields."""
    rows, near = ([_row(row) for row in rows] for rows in (found.rows, found.near_rows))
    return (replace(found, rows=(), near_rows=()), rows, near)


def _held(one: HeldRow) -> tuple[Any, ...]:
    return one.first, one.last, one.inner, _row(one.row), one.file


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, max_size=12), st.lists(ROWS, max_size=4), st.lists(QUESTIONS, min_size=1, max_size=4))
def test_rows_in_arrays_resolve_as_rows_in_objects(
    one: list[LeaseRow], other: list[LeaseRow], questions: list[Any]
) -> None:
    files = (AnswerFile("a" * 64, one), AnswerFile("b" * 64, other))
    objects, arrays = IspAnswer.of_files("ISP-A", files), packed("ISP-A", *files)

    for question in questions:
        assert plainly(resolve(question, arrays)) == plainly(resolve(question, objects))
    assert arrays.unreadable == len(objects.unreadable)
    assert arrays.rows == len(objects.leases)
    for number, file in enumerate(files):
        assert arrays.never_afternoon(number, enough=2) == twelve_hour_drift(file.leases, enough=2)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, max_size=10), INSTANTS, INSTANTS)
def test_any_window_gives_the_same_rows_in_the_same_order(
    rows: list[LeaseRow], one: datetime, other: datetime
) -> None:
    file, (first, last) = AnswerFile("a" * 64, rows), sorted((one, other))
    objects, arrays = IspAnswer.of_files("ISP-A", (file,)), packed("ISP-A", file)

    for address in map(ip_address, ASKED):
        expected = [_held(row) for row in objects.touching(address, first, last)]
        assert [_held(row) for row in arrays.touching(address, first, last)] == expected
        assert [_held(row) for row in arrays.of_file(0).touching(address, first, last)] == expected


def test_leases_of_a_customer_are_told_apart_by_their_starts() -> None:
    rows = [lease(around=FIRST, locator="row 2"), lease(around=FIRST + timedelta(days=3), locator="row 3")]
    arrays = packed("ISP-A", AnswerFile("", rows))

    starts = [resolve(seen(at=FIRST + timedelta(days=days)), arrays).rows[0].start for days in (0, 3)]
    assert [one.as_received for one in starts] == ["2026-01-20 04:00:05", "2026-01-23 04:00:05"]


def test_a_crowded_address_is_searched_the_same_way() -> None:
    forever = lease("C-0", start=FIRST - timedelta(days=900), end=None, static=True)
    rows = [forever] + [
        lease(f"C-{step}", start=FIRST + timedelta(hours=step), end=FIRST + timedelta(hours=step, minutes=59))
        for step in range(300)
    ]
    objects, arrays = IspAnswer("ISP-A", rows), packed("ISP-A", AnswerFile("", rows))

    for hours in (0, 150, 299, 900):
        question = seen(at=FIRST + timedelta(hours=hours, minutes=5))
        assert plainly(resolve(question, arrays)) == plainly(resolve(question, objects))


def test_only_customers_at_the_addresses_asked_about_are_named() -> None:
    rows = [
        lease("C-1"), lease("C-2", "192.0.2.11"), lease("C-3", "192.0.2.0/28"), lease("C-6", "2001:db8:1:ab00::/56"),
        lease("C-7", "2001:db8:2::/48"), replace(lease("C-8"), start=NO_TIME),
    ]  # fmt: skip
    arrays = packed("ISP-A", AnswerFile("", rows))

    four = np.array([int(ip_address("192.0.2.10"))], dtype="u8")
    six = np.array([int(ip_address("2001:db8:1:ab77::1")) >> 64], dtype="u8")
    assert arrays.customers_at(4, four) == {"C-1", "C-3", "C-8"}
    assert arrays.customers_at(6, six) == {"C-6"}
    assert arrays.customers_at(6, six[:0]) == frozenset()
