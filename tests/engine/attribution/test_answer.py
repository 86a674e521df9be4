"""Interval arithmetic, ports, prefixes; and the laws: never narrower than the evidence, in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeaseRow
from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime
from kaval.engine.rules.attribution.answer import (
    IspAnswer,
    Resolution,
    clock_uncertainty,
    observed_window,
    resolve,
    resolve_all,
)
from kaval.engine.rules.attribution.half_day import twelve_hour_drift
from kaval.engine.rules.attribution.level import attribute
from tests.engine.attribution.scenes import FIRST, SECOND, Scene, assumed, lease, seen, stated

SMALL = settings(max_examples=60)


def _ask(rows: list[LeaseRow], **observation: object) -> Resolution:
    return resolve(seen(**observation), IspAnswer("ISP-A", rows))  # type: ignore[arg-type]


def test_one_lease_over_the_whole_interval_is_unique() -> None:
    found = _ask([lease(), lease("C-2", "192.0.2.11")])

    assert (found.state, found.customer_ref, found.candidates, found.reasons) == (
        "unique",
        "C-1",
        ("C-1",),
        (),
    )


def test_two_customers_in_the_interval_stay_two() -> None:
    found = _ask([lease(end=FIRST), lease("C-2", start=FIRST + timedelta(seconds=1))])

    assert (found.state, found.customer_ref, found.candidates) == ("ambiguous", None, ("C-1", "C-2"))


def test_a_lease_renewed_at_once_is_one_tenancy() -> None:
    found = _ask([lease(end=FIRST), lease(start=FIRST)])

    assert (found.state, found.customer_ref) == ("unique", "C-1")


def test_a_gap_of_a_second_is_no_tenancy() -> None:
    found = _ask([lease(end=FIRST), lease(start=FIRST + timedelta(seconds=1))])

    assert (found.state, found.reasons[0].code) == ("none", "NOT_COVERED")


def test_an_open_end_holds_only_for_a_static_line() -> None:
    assert _ask([lease(end=None)]).state == "none"
    assert _ask([lease(end=None, static=True)]).state == "unique"


def test_a_row_whose_times_are_unknown_may_be_anybodys() -> None:
    nobody = replace(lease("C-2"), start=StatedTime("?", None, None, OffsetSource.NONE))
    backwards = replace(lease("C-3"), start=stated(SECOND), end=stated(FIRST - timedelta(days=9)))

    assert _ask([nobody]).state == "none"
    assert _ask([lease(), nobody]).candidates == ("C-1", "C-2")
    assert _ask([lease(), backwards]).candidates == ("C-1", "C-3")
    assert _ask([lease(), replace(lease("C-4"), start=assumed(FIRST))]).state == "ambiguous"


def test_ports_split_an_address() -> None:
    rows = [lease(port_low=1024, port_high=2047), lease("C-2", port_low=2048, port_high=3071)]

    assert _ask(rows, port=2047).customer_ref == "C-1"
    assert _ask(rows, port=2048).customer_ref == "C-2"
    assert _ask(rows, port=None).candidates == ("C-1", "C-2")
    assert (_ask(rows, port=9).state, len(_ask(rows, port=9).near_rows)) == ("none", 2)
    assert (_ask(rows[:1], port=None).state, _ask(rows[:1], port=None).reasons[0].code) == ("none", "NO_PORT")


def test_a_single_port_row_holds_that_port_only() -> None:
    rows = [lease(port_low=2048, port_high=None)]

    assert (_ask(rows, port=2048).state, _ask(rows, port=2049).state) == ("unique", "none")


def test_a_prefix_holds_its_addresses_and_overlapping_prefixes_stay_two() -> None:
    ip = "2001:db8:1:ab00:1:2:3:4"
    wide, narrow = lease(address="2001:db8:1:ab00::/56"), lease("C-2", "2001:db8:1:ab00::/64")

    assert _ask([wide], ip=ip).customer_ref == "C-1"
    assert _ask([wide, narrow], ip=ip).candidates == ("C-1", "C-2")
    assert _ask([wide], ip="2001:db8:1:ac00::4").state == "none"


def test_a_mapped_address_is_the_same_client() -> None:
    assert _ask([lease()], ip="::ffff:192.0.2.10").customer_ref == "C-1"


def test_uncertainty_is_small_only_for_a_stated_offset_and_seconds() -> None:
    assert clock_uncertainty(stated(FIRST)) == timedelta(seconds=2)
    assert clock_uncertainty(stated("2026-01-20T10:00Z")) == timedelta(seconds=120)
    profiled = StatedTime("x", FIRST, 330, OffsetSource.PROFILE)
    assert clock_uncertainty(profiled) == timedelta(seconds=120)
    assert observed_window(assumed(FIRST)) is None
    far = StatedTime("x", datetime.max.replace(tzinfo=FIRST.tzinfo), 0, OffsetSource.IN_VALUE)
    assert observed_window(far) is None


def test_an_unreadable_observation_names_nobody() -> None:
    assert _ask([lease()], ip="nowhere").reasons[0].code == "NO_ADDRESS"
    assert _ask([lease()], at="2026-01-20T10:00:05").reasons[0].code == "NO_TIME"


def test_unreadable_rows_are_kept_aside_and_in_sight() -> None:
    answer = IspAnswer("ISP-A", [lease(), lease(address="many")])

    assert [row.address for row in answer.unreadable] == ["many"]


def test_only_answered_providers_resolve() -> None:
    found = resolve_all(
        (seen(), seen("o2")), {"ISP-A": IspAnswer("ISP-A", [lease()])}, isp_of={"o1": "ISP-A", "o2": "ISP-B"}
    )

    assert [one.observation_id for one in found] == ["o1"]


def test_an_answer_without_afternoons_is_noticed() -> None:
    mornings = [lease(around=FIRST.replace(hour=7) + timedelta(days=n)) for n in range(20)]

    assert twelve_hour_drift(mornings)
    assert not twelve_hour_drift(mornings[:19])
    assert not twelve_hour_drift([*mornings, lease(around=FIRST.replace(hour=23))])


def test_thousands_of_observations_meet_tens_of_thousands_of_rows() -> None:
    rows = [
        lease(f"C-{n}", f"192.0.2.{n % 250}", FIRST + timedelta(hours=12 * (n // 250)), locator=f"row {n}")
        for n in range(20_000)
    ]
    answer = IspAnswer("ISP-A", rows)
    found = [
        resolve(seen(f"o{n}", f"192.0.2.{n % 250}", FIRST + timedelta(hours=12 * (n // 250))), answer)
        for n in range(2_000)
    ]

    assert [one.customer_ref for one in found] == [f"C-{n}" for n in range(2_000)]


SECONDS = st.integers(-900, 900)
CUSTOMERS = st.sampled_from(["C-1", "C-2", "C-3"])


@st.composite
def lease_rows(draw: st.DrawFn) -> LeaseRow:
    """A row near the observed instant: any ends, any block, static or not."""
    start = draw(SECONDS)
    length = draw(st.integers(0, 1800))
    end = draw(st.one_of(st.none(), st.just(FIRST + timedelta(seconds=start + length))))
    block = draw(st.sampled_from([(None, None), (1000, 1999), (2000, 2999)]))
    return lease(
        draw(CUSTOMERS),
        "192.0.2.10",
        start=FIRST + timedelta(seconds=start),
        end=end,
        port_low=block[0],
        port_high=block[1],
        static=draw(st.booleans()),
        locator=f"row {draw(st.integers(0, 99))}",
    )


ROWS = st.lists(lease_rows(), max_size=5)
PORTS = st.sampled_from([None, 1500, 2500])


def _facts(found: Resolution) -> tuple[object, ...]:
    return found.state, found.customer_ref, found.candidates, {row.locator for row in found.rows}


@SMALL
@given(ROWS, PORTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: list[LeaseRow], port: int | None, dice: object) -> None:
    mixed = list(rows)
    dice.shuffle(mixed)  # type: ignore[attr-defined]

    assert _facts(_ask(rows, port=port)) == _facts(_ask(mixed, port=port))


@SMALL
@given(ROWS, PORTS)
def test_an_irrelevant_row_changes_nothing(rows: list[LeaseRow], port: int | None) -> None:
    other = [lease("C-7", "192.0.2.11"), lease("C-8", around=SECOND), lease("C-9", "2001:db8::/32")]

    assert _ask(rows, port=port) == _ask([*rows, *other], port=port)


@SMALL
@given(ROWS, PORTS)
def test_a_unique_answer_is_no_narrower_than_its_evidence(rows: list[LeaseRow], port: int | None) -> None:
    found = _ask(rows, port=port)
    if found.state == "unique":
        window = observed_window(stated(FIRST))
        assert window is not None
        touching = {
            row.customer_ref
            for row in rows
            if row.start.utc is not None
            and row.start.utc <= window[1]
            and (row.end is None or (row.end.utc is not None and row.end.utc >= window[0]))
            and (port is None or row.port_low is None or row.port_low <= port <= (row.port_high or 0))
        }
        assert touching == {found.customer_ref}
        assert port is not None or all(row.port_low is None for row in found.rows)


@SMALL
@given(ROWS, PORTS, st.sampled_from([Precision.MINUTE, Precision.HOUR]))
def test_wider_uncertainty_never_makes_a_unique_answer(
    rows: list[LeaseRow], port: int | None, coarse: Precision
) -> None:
    answer = IspAnswer("ISP-A", rows)
    sharp, blunt = seen(port=port), seen(port=port)
    blunt = replace(blunt, time=replace(blunt.time, precision=coarse))
    before, after = resolve(sharp, answer), resolve(blunt, answer)

    assert set(before.candidates) <= set(after.candidates)
    if after.state == "unique":
        assert (before.state, before.customer_ref) == ("unique", after.customer_ref)


@SMALL
@given(ROWS, lease_rows(), PORTS)
def test_one_more_row_never_makes_another_customer_certain(
    rows: list[LeaseRow], more: LeaseRow, port: int | None
) -> None:
    before, after = _ask(rows, port=port), _ask([*rows, more], port=port)

    assert set(before.candidates) <= set(after.candidates)
    if before.state == "ambiguous":
        assert after.state == "ambiguous"


@SMALL
@given(ROWS, st.permutations(range(3)))
def test_an_attribution_does_not_depend_on_the_order_of_its_facts(
    rows: list[LeaseRow], order: list[int]
) -> None:
    observations = (seen(), seen("o2", at=SECOND), seen("o3", "192.0.2.20", SECOND + timedelta(days=2)))
    scene = Scene(
        observations, {"ISP-A": [*rows, lease(around=SECOND), lease(address="192.0.2.20", around=SECOND)]}
    )
    facts = scene.facts()
    mixed = replace(
        facts,
        observations=tuple(facts.observations[n] for n in order),
        requests=facts.requests[::-1],
        resolutions=facts.resolutions[::-1],
        second_readings=facts.second_readings[::-1],
    )

    assert attribute(facts) == attribute(mixed)


@SMALL
@given(ROWS)
def test_level_two_rests_on_two_covered_observations_of_one_customer(rows: list[LeaseRow]) -> None:
    scene = Scene(leases={"ISP-A": [*rows, lease(around=SECOND)]})
    found = scene.attribution()
    if found.level >= 2:
        named = {one.customer_ref for one in scene.facts().resolutions}
        assert (named, found.customer_ref) == ({"C-1"}, "C-1")
        assert not any(result.stops for result in found.checks)
