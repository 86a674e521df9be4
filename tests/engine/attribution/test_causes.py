"""One fault names one cause: what merely follows from it still stops, and is not named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kaval.engine.formats._spec import LeaseRow
from kaval.engine.kernel.instant import OffsetSource, StatedTime
from kaval.engine.rules.attribution.checks import ALL_CHECKS
from kaval.engine.rules.attribution.facts import Reread, SecondReading
from kaval.engine.rules.attribution.request import RequestRow
from tests.engine.attribution.scenes import (
    FIRST,
    SECOND,
    Scene,
    answer_file,
    asked,
    ground,
    lease,
    one_seen,
    seen,
    stated,
    subscriber,
)

CGN = "198.51.100.5"


def _unasked(**changes: Any) -> Scene:
    """A single sighting that may not be asked about, so nobody asked and nobody answered."""
    return one_seen(seen(**changes), requests=(), second=())


def _asked(rows: list[Any], **changes: Any) -> Scene:
    return one_seen(seen(**changes), rows)


def _both(**changes: Any) -> Scene:
    """Two sightings with the same change."""
    return Scene((seen(**changes), seen("o2", at=SECOND, **changes)))


def _text(text: str, source: OffsetSource) -> dict[str, Any]:
    return {"time": StatedTime(text, FIRST, 330, source)}


def _block(customer: str, port: int) -> LeaseRow:
    return lease(customer, CGN, port_low=port, port_high=port + 9)


def _long_lease() -> Scene:
    return Scene(leases={"ISP-A": [lease(end=SECOND + timedelta(hours=9))]})


def _billing() -> Scene:
    return Scene(subscribers=(("ISP-A", subscriber(address_kind="billing")),))


def _ground(**changes: Any) -> Scene:
    return Scene(grounds=((("ISP-A", "C-1"), ground(**changes)),))


FAULTS: list[tuple[str, Callable[[], Scene], tuple[str, ...]]] = [
    ("no port on a shared address, never asked", lambda: _unasked(ip=CGN), ("A-21",)),
    (
        "no port on a shared address, asked and answered all the same",
        lambda: _asked(
            [lease("C-1", CGN, port_low=1, port_high=9), lease("C-2", CGN, port_low=20, port_high=29)], ip=CGN
        ),
        ("A-21",),
    ),
    (
        "no port, and the answer alone shows that the address is shared",
        lambda: _asked([lease(port_low=1, port_high=9), lease("C-2", port_low=20, port_high=29)]),
        ("A-21",),
    ),
    ("no zone", lambda: _unasked(at="2026-01-20T10:00:05"), ("A-10",)),
    (
        "no zone, day and month in doubt too",
        lambda: _unasked(at="03/04/2026 10:00:05"),
        ("A-10", "A-11", "A-12"),
    ),
    ("no zone, day and month clear", lambda: _unasked(at="23/04/2026 22:00:05"), ("A-10",)),
    ("a date without a time", lambda: _unasked(at="2026-01-20Z"), ("A-18",)),
    ("day or month first", lambda: _unasked(**_text("03/04/2026 22:00:05", OffsetSource.HEADER)), ("A-11",)),
    ("no AM or PM", lambda: _unasked(**_text("23/04/2026 10:00:05", OffsetSource.HEADER)), ("A-12",)),
    (
        "a zone only assumed",
        lambda: _unasked(**_text("2026-01-20 10:00:05", OffsetSource.ASSUMED)),
        ("A-10",),
    ),
    ("the time of the report", lambda: _unasked(time_of="report"), ("A-16",)),
    ("a private address", lambda: _unasked(ip="10.1.2.3"), ("A-04",)),
    ("a carrier-internal address", lambda: _unasked(ip="100.64.3.4"), ("A-04",)),
    ("an address of translation", lambda: _unasked(ip="64:ff9b::c000:20a"), ("A-04",)),
    (
        "a private address without a zone",
        lambda: _unasked(ip="10.1.2.3", at="2026-01-20T10:00:05"),
        ("A-04", "A-10"),
    ),
    ("no address at all", lambda: _unasked(ip=""), ("A-03",)),
    ("an extra digit", lambda: _unasked(ip="192.0.2.1000"), ("A-03",)),
    ("hosting", lambda: _unasked(ip="203.0.113.9"), ("A-07",)),
    ("our own line", lambda: _unasked(ip="203.0.113.200"), ("A-08",)),
    ("the platform's own address", lambda: _unasked(role="platform"), ("A-05",)),
    ("typed by one officer", lambda: _unasked(typed=True), ("A-02",)),
    ("a broken source", lambda: _unasked(intact=False), ("A-01",)),
    ("the source reads otherwise", lambda: _both(reread=Reread("192.0.2.11", None, FIRST)), ("A-01",)),
    ("not asked though it could be", lambda: _unasked(), ("A-01",)),
    ("asked and not answered", lambda: one_seen(seen()), ("A-22",)),
    ("two holders", lambda: _asked([lease(), lease("C-2")]), ("A-22",)),
    ("nobody held it", lambda: _asked([lease(address="192.0.2.11")]), ("A-22",)),
    ("the lease had ended", lambda: _asked([lease(end=FIRST - timedelta(seconds=30))]), ("A-22",)),
    (
        "the lease ends within the uncertainty",
        lambda: _asked([lease(end=FIRST + timedelta(seconds=1))]),
        ("A-24",),
    ),
    (
        "a port in no block",
        lambda: _asked([lease(address=CGN, port_low=2000, port_high=2999)], ip=CGN, port=4000),
        ("A-23",),
    ),
    ("wrong year asked", lambda: Scene(requests=_wrong_year()), ("A-15",)),
    ("one sighting", lambda: _asked([lease()]), ("A-40",)),
    (
        "two sightings in one lease",
        lambda: Scene(leases={"ISP-A": [lease(end=SECOND + timedelta(hours=9))]}),
        ("A-40",),
    ),
    ("near the end of one lease", lambda: _near_end(), ("A-25", "A-40")),
    ("near the end of both", lambda: _near_end(both=True), ("A-25",)),
    ("a broken answer file", lambda: Scene(files=(answer_file(intact=False),)), ("A-01",)),
    ("an answer file nobody described", lambda: Scene(files=()), ("A-01",)),
    ("the answer's clock is off", lambda: Scene(files=(answer_file(zone_drift=60),)), ("A-31",)),
    ("the answer's clock is off, another is named", lambda: _off("C-9"), ("A-31",)),
    ("a new form of answer, misread", lambda: _misread(), ("A-32",)),
    (
        "an event after its report, beyond every list",
        lambda: _unasked(at="2029-01-20T10:00:05Z"),
        ("A-17",),
    ),
    ("a day asked about as an instant", lambda: _asked([lease()], at="2026-01-20Z"), ("A-18",)),
    ("half a day of hours", lambda: Scene(files=(answer_file(half_day=True),)), ("A-33",)),
    ("a new form of answer", lambda: Scene(files=(answer_file(template_accepted=False),)), ("A-32",)),
    ("billing address only", _billing, ("A-34",)),
    ("no address of the customer", lambda: Scene(subscribers=()), ("A-34",)),
    ("nobody verified it", lambda: Scene(grounds=()), ("A-46",)),
    ("moved in later", lambda: _ground(resident_since=SECOND.date()), ("A-47",)),
    ("nobody read it again", lambda: Scene(second=()), ("A-38",)),
    (
        "another prefix",
        lambda: _asked([lease(address="2001:db8:2::/56")], ip="2001:db8:1::5"),
        ("A-22", "A-26"),
    ),
]


def _off(customer: str) -> Scene:
    """One sighting; the answer's clock is an hour off, so that the second officer, who saw it, named another."""
    second = [SecondReading("o1", "ISP-A", customer, "K-2")]
    return one_seen(seen(), [lease()], files=[answer_file(zone_drift=60)], second=second)


def _misread() -> Scene:
    row = lease(start=StatedTime("02/18/2026 21:21:30", None, None, OffsetSource.NONE))
    return one_seen(seen(), [row], files=[answer_file(template_accepted=False)])


def _wrong_year() -> list[RequestRow]:
    return [
        asked(replace(one, time=stated(at.replace(year=2025))))
        for one, at in ((seen(), FIRST), (seen("o2", at=SECOND), SECOND))
    ]


def _near_end(*, both: bool = False) -> Scene:
    end = timedelta(seconds=30)
    second = lease(around=SECOND, end=SECOND + end) if both else lease(around=SECOND)
    return Scene(leases={"ISP-A": [lease(end=FIRST + end), second]})


@pytest.mark.parametrize(("scene", "causes"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_the_cause_is_named(scene: Callable[[], Scene], causes: tuple[str, ...]) -> None:
    found = scene().attribution()

    assert (found.level < 2, found.blocked_by) == (True, causes)
    assert {reason.code for reason in found.reasons} == set(causes)


def test_what_explains_a_check_is_a_check_and_never_itself_in_a_circle() -> None:
    behind = {check.id: set(check.behind) for check in ALL_CHECKS}

    def reached(start: str, seen_before: frozenset[str] = frozenset()) -> set[str]:
        assert start not in seen_before
        return behind[start].union(*(reached(one, seen_before | {start}) for one in behind[start]))

    assert all(reached(name) <= set(behind) for name in behind)


def test_what_follows_stops_as_well() -> None:
    found = one_seen(seen(ip=CGN), requests=(), second=()).attribution()

    assert [one.check for one in found.checks if one.stops and not one.follows] == ["A-21"]
    assert {"A-01", "A-13", "A-15", "A-22", "A-24", "A-38"} <= {
        one.check for one in found.checks if one.stops
    }


def test_a_fault_of_one_observation_is_shown_in_its_line_beside_the_sound_one() -> None:
    scene = Scene((seen(ip=CGN), seen("o2", at=SECOND)))
    found = scene.attribution()

    assert (found.place_key, found.blocked_by) == ("ISP-A/C-1", ("A-21", "A-40"))
    assert [(name, [one.check for one in stops]) for name, stops in found.stopped] == [
        ("o1", ["A-21"]),
        ("o2", []),
    ]
    assert [one.check for one in found.subject_stopped] == ["A-40"]


def test_equal_lower_bits_of_another_prefix_name_nobody() -> None:
    found = one_seen(replace(seen(ip="2001:db8:1::5")), [lease(address="2001:db8:2::5/128")]).attribution()

    assert (found.level, found.place_key) == (0, None)
