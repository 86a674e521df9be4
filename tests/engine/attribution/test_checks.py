"""Every check passes, fails and does not know when it should; what it may never do is be silent about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime
from kaval.engine.kernel.reason import CheckKind, Verdict
from kaval.engine.rules.attribution.checks import ALL_CHECKS, ASKING_CHECKS, check_by_id
from kaval.engine.rules.attribution.facts import SecondReading
from tests.engine.attribution.scenes import (
    ENTRY,
    FIRST,
    SECOND,
    Scene,
    asked,
    assumed,
    ground,
    lease,
    one_seen,
    seen,
    subscriber,
)

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
GOOD: Callable[[], Scene] = Scene
V6 = "2001:db8:1:ab00::5"
CGN = "198.51.100.5"


def _time(text: str, source: OffsetSource, precision: Precision = Precision.SECOND) -> StatedTime:
    return StatedTime(text, FIRST, 0, source, precision)


def _timed(time: StatedTime) -> Scene:
    return one_seen(replace(seen(), time=time), [lease()])


def _place(**changes: Any) -> Scene:
    return Scene(subscribers=(("ISP-A", subscriber(**changes)),))


def _at_place(**changes: Any) -> Scene:
    return Scene(grounds=((("ISP-A", "C-1"), ground(**changes)),))


def _with(**other: Any) -> Scene:
    return Scene(other=other)


def _nat(port: int | None = 2500, **row: Any) -> Scene:
    values = {"port_low": 2000, "port_high": 2999} | row
    return one_seen(seen(ip=CGN, port=port), [lease(address=CGN, **values)])


def _six(address: str = "2001:db8:1:ab00::/56") -> Scene:
    return one_seen(seen(ip=V6), [lease(address=address)])


def _static(**changes: Any) -> Scene:
    ip = "203.0.113.130"
    return Scene(
        (seen(ip=ip), seen("o2", ip=ip, at=SECOND)),
        {"ISP-S": [lease(address=ip, static=True, start=FIRST - timedelta(days=90), end=None)]},
        (("ISP-S", subscriber(**changes)),),
        ((("ISP-S", "C-1"), ground()),),
    )


def _later(days: int) -> Scene:
    moved = ENTRY - timedelta(days=days)
    return Scene(
        (seen(at=moved - timedelta(days=2)), seen("o2", at=moved)),
        {"ISP-A": [lease(around=moved - timedelta(days=2)), lease(around=moved)]},
    )


CASES: list[tuple[str, Callable[[], Scene], Verdict]] = [
    ("A-01", GOOD, P),
    ("A-01", lambda: Scene(requests=[asked(seen(), port=80), asked(seen("o2", at=SECOND), port=80)]), F),
    ("A-01", lambda: Scene(requests=[]), U),
    ("A-02", GOOD, P),
    ("A-02", lambda: one_seen(seen(typed=True, double_entry=True), [lease()]), P),
    ("A-02", lambda: one_seen(seen(typed=True), [lease()]), F),
    ("A-03", lambda: _six(), P),
    ("A-03", lambda: one_seen(seen(ip="192.0.02.10")), F),
    ("A-03", lambda: one_seen(seen(ip="fe80::1%eth0")), F),
    ("A-04", GOOD, P),
    ("A-04", lambda: one_seen(seen(ip="10.1.2.3")), F),
    ("A-04", lambda: one_seen(seen(ip="100.64.0.9")), F),
    ("A-04", lambda: one_seen(seen(ip="198.18.0.1")), F),
    ("A-04", lambda: one_seen(seen(ip="64:ff9b::c000:20a")), F),
    ("A-04", lambda: one_seen(seen(ip="no address")), U),
    ("A-05", GOOD, P),
    ("A-05", lambda: one_seen(seen(role="server"), [lease()]), F),
    ("A-05", lambda: one_seen(seen(role=""), [lease()]), U),
    ("A-06", GOOD, P),
    ("A-06", lambda: Scene(requests=[asked(seen(), "ISP-Z"), asked(seen("o2", at=SECOND), "ISP-Z")]), F),
    ("A-06", lambda: one_seen(seen(at=datetime(2024, 6, 1, tzinfo=UTC))), U),
    ("A-07", GOOD, P),
    ("A-07", lambda: one_seen(seen(ip="203.0.113.9")), F),
    ("A-07", lambda: one_seen(seen(ip="198.18.0.1")), U),
    ("A-08", GOOD, P),
    ("A-08", lambda: one_seen(seen(ip="203.0.113.200")), F),
    ("A-10", GOOD, P),
    ("A-10", lambda: _timed(assumed(FIRST)), F),
    ("A-10", lambda: one_seen(seen(at="2026-01-20T10:00:05")), U),
    ("A-11", GOOD, P),
    ("A-11", lambda: _timed(_time("20/01/2026 10:00:05", OffsetSource.HEADER)), P),
    ("A-11", lambda: _timed(_time("03/04/2026 10:00:05", OffsetSource.PROFILE)), P),
    ("A-11", lambda: _timed(_time("03/04/2026 10:00:05", OffsetSource.HEADER)), F),
    ("A-12", GOOD, P),
    ("A-12", lambda: _timed(_time("20/01/2026 10:00:05 PM", OffsetSource.HEADER)), P),
    ("A-12", lambda: _timed(_time("20/01/2026 22:00:05", OffsetSource.HEADER)), P),
    ("A-12", lambda: _timed(_time("20/01/2026 10:00:05", OffsetSource.HEADER)), F),
    ("A-12", lambda: _timed(_time("20/01/2026", OffsetSource.HEADER, Precision.DAY)), U),
    ("A-13", GOOD, P),
    (
        "A-13",
        lambda: Scene(
            requests=[
                asked(one, ist_text="2026-01-20 16:30:05 IST") for one in (seen(), seen("o2", at=SECOND))
            ]
        ),
        F,
    ),
    ("A-13", lambda: Scene(requests=[]), U),
    ("A-15", GOOD, P),
    ("A-15", lambda: Scene(requests=[asked(seen(), utc=SECOND), asked(seen("o2", at=SECOND), utc=FIRST)]), F),
    ("A-15", lambda: Scene(requests=[]), U),
    ("A-17", GOOD, P),
    ("A-17", lambda: one_seen(seen(received_at=FIRST - timedelta(seconds=1)), [lease()]), F),
    ("A-17", lambda: one_seen(seen(account_created_at=SECOND), [lease()]), F),
    ("A-17", lambda: one_seen(seen(midnight_share=0.5), [lease()]), F),
    ("A-17", lambda: one_seen(seen(at="1970-01-01T00:00:00Z")), F),
    ("A-17", lambda: one_seen(seen(at="sometime")), U),
    ("A-18", GOOD, P),
    ("A-18", lambda: one_seen(seen(at="2026-01-20T10:00Z"), [lease()]), P),
    ("A-18", lambda: one_seen(seen(at="2026-01-20Z")), F),
    ("A-18", lambda: one_seen(seen(at="sometime")), U),
    ("A-19", GOOD, P),
    ("A-19", lambda: one_seen(seen(at="sometime")), U),
    ("A-20", GOOD, P),
    ("A-20", lambda: one_seen(seen(at=datetime(2025, 1, 10, tzinfo=UTC) - timedelta(days=200))), F),
    ("A-20", lambda: one_seen(seen(at="sometime")), U),
    ("A-21", GOOD, P),
    ("A-21", lambda: _nat(), P),
    ("A-21", lambda: _six(), P),
    ("A-21", lambda: _nat(port=None), F),
    ("A-21", lambda: one_seen(seen(ip="no address")), U),
    ("A-22", GOOD, P),
    ("A-22", lambda: one_seen(seen(), [lease(), lease("C-2")]), F),
    ("A-22", lambda: one_seen(seen(), [lease(address="192.0.2.11")]), F),
    ("A-22", lambda: one_seen(seen()), U),
    ("A-23", lambda: _nat(), P),
    ("A-23", lambda: _nat(port=3500), F),
    ("A-23", lambda: _nat(port_low=None, port_high=None), U),
    ("A-24", GOOD, P),
    ("A-24", lambda: one_seen(seen(), [lease(end=FIRST + timedelta(seconds=1))]), F),
    ("A-24", lambda: one_seen(seen(at="2026-01-20T10:00Z"), [lease(start=FIRST)]), F),
    ("A-24", lambda: one_seen(seen()), U),
    ("A-25", GOOD, P),
    ("A-25", lambda: one_seen(seen(), [lease(start=FIRST - timedelta(seconds=299))]), F),
    ("A-25", lambda: one_seen(seen(), [lease(start=FIRST - timedelta(seconds=300))]), P),
    ("A-25", lambda: one_seen(seen(), [lease(end=None)]), U),
    ("A-26", lambda: _six(), P),
    ("A-26", lambda: _six("2001:db8:1:ac00::/56"), F),
    ("A-26", lambda: _six(V6), U),
    ("A-27", lambda: _six(), P),
    ("A-27", lambda: _six("2001:db8::/40"), F),
    ("A-27", lambda: one_seen(seen(ip=V6)), U),
    ("A-29", lambda: _static(), P),
    ("A-29", lambda: _static(active_to=FIRST - timedelta(days=1)), F),
    ("A-29", lambda: _static(active_from=None), U),
    ("A-30", GOOD, P),
    (
        "A-30",
        lambda: Scene(requests=[asked(one, ip="192.0.2.77") for one in (seen(), seen("o2", at=SECOND))]),
        F,
    ),
    (
        "A-30",
        lambda: Scene(
            requests=[asked(one, from_at=ENTRY, to_at=ENTRY) for one in (seen(), seen("o2", at=SECOND))]
        ),
        F,
    ),
    ("A-30", lambda: Scene(requests=[]), U),
    ("A-31", GOOD, P),
    ("A-31", lambda: one_seen(seen(), [replace(lease(), start=assumed(FIRST - timedelta(hours=6)))]), F),
    ("A-31", lambda: one_seen(seen()), U),
    ("A-33", GOOD, P),
    ("A-33", lambda: _with(drifting_isps=frozenset({"ISP-A"})), F),
    ("A-34", GOOD, P),
    ("A-34", lambda: _place(address_kind="kyc"), F),
    ("A-34", lambda: _place(active_to=FIRST + timedelta(days=1)), F),
    (
        "A-34",
        lambda: Scene(subscribers=(("ISP-A", subscriber()), ("ISP-A", subscriber(door_number="8/1")))),
        F,
    ),
    ("A-34", lambda: Scene(subscribers=()), U),
    ("A-35", GOOD, P),
    ("A-36", GOOD, P),
    ("A-36", lambda: _place(segment="HOSTEL"), F),
    ("A-36", lambda: _place(segment=""), U),
    ("A-38", GOOD, P),
    ("A-38", lambda: Scene(second=[SecondReading(name, "ISP-A", "C-2", "K-2") for name in ("o1", "o2")]), F),
    ("A-38", lambda: Scene(second=[SecondReading(name, "ISP-A", "C-1", "K-1") for name in ("o1", "o2")]), U),
    ("A-38", lambda: Scene(second=[]), U),
    ("A-40", GOOD, P),
    ("A-40", lambda: one_seen(seen(), [lease()]), F),
    ("A-46", GOOD, P),
    ("A-46", lambda: _at_place(unit_found=False), F),
    ("A-46", lambda: _at_place(verified_at=ENTRY + timedelta(hours=1)), F),
    ("A-46", lambda: Scene(grounds=()), U),
    ("A-47", GOOD, P),
    ("A-47", lambda: _at_place(occupant_at_event="other"), F),
    ("A-47", lambda: _at_place(occupant_at_event="unknown"), U),
    ("A-48", GOOD, P),
    ("A-48", lambda: _at_place(wifi="open"), F),
    ("A-48", lambda: _at_place(wifi="unknown"), U),
    ("A-49", lambda: _later(90), P),
    ("A-49", lambda: _later(91), F),
    ("A-51", GOOD, P),
    ("A-51", lambda: _place(holder_birth_year=2010), F),
    ("A-51", lambda: _with(likely_child=True), F),
    ("A-51", lambda: _with(account_birth_year=2011), F),
    ("A-51", lambda: _place(holder_birth_year=2008), U),
    ("A-51", lambda: _place(holder_birth_year=None), U),
    ("A-52", GOOD, P),
    ("A-52", lambda: _with(searched_observations=frozenset({"o2"})), F),
    ("A-52", lambda: _with(searched_observations=None), U),
]


@pytest.mark.parametrize(
    ("check", "scene", "expected"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)]
)
def test_a_check_answers(check: str, scene: Callable[[], Scene], expected: Verdict) -> None:
    result = scene().result(check)

    assert (result.verdict, bool(result.reason.text), bool(result.reason.text_ml)) == (expected, True, True)


def test_every_check_is_tried_with_a_pass_and_with_something_else() -> None:
    tried = {check: {expected for name, _, expected in CASES if name == check} for check, _, _ in CASES}
    elsewhere = {"A-35", "A-41"}  # test_levels has their failing scenes

    assert {check.id for check in ALL_CHECKS} - set(tried) <= elsewhere
    assert all(P in found and len(found) > 1 for check, found in tried.items() if check not in elsewhere)


def test_every_check_has_rule_words_in_both_languages_and_a_source() -> None:
    for check in ALL_CHECKS:
        assert check.rule
        assert check.source
        assert any("\u0d00" <= letter <= "\u0d7f" for letter in check.rule_ml)


@pytest.mark.parametrize(
    ("days", "kind"), [(91, CheckKind.HOLD), (180, CheckKind.HOLD), (181, CheckKind.BLOCK)]
)
def test_an_old_observation_first_waits_then_stops(days: int, kind: CheckKind) -> None:
    assert _later(days).result("A-49").kind is kind


@pytest.mark.parametrize(("days", "kind", "verdict"), [(500, "WARN", P), (560, "WARN", F), (701, "BLOCK", F)])
def test_the_provider_keeps_records_for_two_years(days: int, kind: str, verdict: Verdict) -> None:
    observation = seen(at=asked(seen()).asked_at - timedelta(days=days))
    result = one_seen(observation).result("A-20")

    assert (result.kind, result.verdict) == (CheckKind(kind), verdict)


def test_a_birth_year_nobody_stated_is_shown_and_stops_nothing() -> None:
    result = _place(holder_birth_year=None).result("A-51")

    assert (result.kind, result.stops) == (CheckKind.WARN, False)
    assert _place(holder_birth_year=None).attribution().level == 2
    assert _place(holder_birth_year=2008).attribution().blocked_by == ("A-51",)


def test_an_unknown_answer_stops_like_a_failure() -> None:
    assert _with(searched_observations=None).attribution().blocked_by == ("A-52",)


def test_checks_are_found_once_and_by_id() -> None:
    assert check_by_id("A-21") in ASKING_CHECKS
    assert len({check.id for check in ALL_CHECKS}) == len(ALL_CHECKS) >= 35
