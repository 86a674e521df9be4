"""A scene for every check that passes it, one that fails it and one that leaves it open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kaval.engine.formats._spec import LeaseRow
from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime
from kaval.engine.kernel.interval import Interval
from kaval.engine.kernel.reason import CheckResult, Verdict
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.answer import Resolution, resolve
from kaval.engine.rules.attribution.case import SubjectCase
from kaval.engine.rules.attribution.checks import subject_results
from kaval.engine.rules.attribution.facts import (
    AnswerFileFacts,
    Corroboration,
    Deconfliction,
    PeerFacts,
    Quirk,
    Reread,
    SecondReading,
    ViewingFacts,
)
from kaval.engine.rules.attribution.intelligence import DatedLists, Listed, Route
from kaval.engine.rules.attribution.record import Record
from kaval.engine.rules.attribution.request import RequestRow
from tests.engine.attribution.scenes import (
    ASKED,
    ENTRY,
    FIRST,
    ISPS,
    LINKS,
    LISTS,
    SECOND,
    Scene,
    answer_file,
    answer_of,
    asked,
    assumed,
    ground,
    lease,
    one_seen,
    seen,
    sightings,
    stated,
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


QUIRK = Quirk("late", "rows come a day late", Interval(FIRST - timedelta(days=30), None), "a letter")


def _one(**changes: Any) -> Scene:
    """A single observation with its answer."""
    return one_seen(seen(**changes), [lease()])


def _filed(**changes: Any) -> Scene:
    return Scene(files=(answer_file(**changes),))


def _asked(**changes: Any) -> list[RequestRow]:
    return [asked(one, **changes) for one in (seen(), seen("o2", at=SECOND))]


def _routed(*numbers: int) -> DatedLists:
    return DatedLists(LISTS, [Route("192.0.2.0/24", number, date(2025, 1, 1)) for number in numbers])


def _listed(kind: str, days: int = 3) -> DatedLists:
    return DatedLists([Listed(kind, "some list", FIRST.date() - timedelta(days=days), "192.0.2.0/24")])


def _repeated(*other: str | None) -> Scene:
    """The hour of the first sighting repeats; the other reading names this customer, nobody, or was never answered."""
    again = FIRST + timedelta(hours=1)
    rows = [lease(name, start=again - timedelta(hours=3)) for name in other if name]
    found = tuple(resolve(replace(seen(), time=stated(again)), answer_of("ISP-A", rows)) for _ in other)
    return one_seen(
        seen(other_utc=(again,), zone="Europe/Lisbon"), [lease()], other={"other_resolutions": found}
    )


def _read_for_another_time() -> Scene:
    facts = Scene().facts()
    moved = tuple(replace(one, window=(FIRST, SECOND)) for one in facts.resolutions)
    return _with(resolutions=moved)


def _translating(port: int | None) -> Scene:
    isps = ISPS | {"ISP-A": replace(ISPS["ISP-A"], nat64=("192.0.2.0/28",))}
    return one_seen(seen(port=port), [lease()], other={"isps": isps})


def _mobile(*links: Corroboration) -> Scene:
    ip = "198.51.100.200"
    rows = [lease("X-1", ip, at, port_low=4000, port_high=6000) for at in (FIRST, SECOND)]
    return Scene(
        (seen(ip=ip, port=5000), seen("o2", ip=ip, port=5000, at=SECOND)),
        {"ISP-M": rows},
        (("ISP-M", subscriber("X-1")),),
        ((("ISP-M", "X-1"), ground()),),
        other={"corroborations": (*LINKS, *links)},
    )


def _link(kind: str, by: str = "K-7", text: str = "as the statement says") -> Corroboration:
    return Corroboration(kind, text, SourceRef("4" * 64, "/1"), by, ASKED)


def _one_lease(*, static: bool) -> Scene:
    """Two sightings three days apart in one line of the provider's record."""
    return Scene(leases={"ISP-A": [lease(end=SECOND + timedelta(hours=6), static=static)]})


def _elsewhere(*customers: str) -> Scene:
    """A third sighting of the subject that leads to other customers."""
    third = SECOND + timedelta(days=2)
    return Scene(
        (seen(), seen("o2", at=SECOND), seen("o3", ip="192.0.2.99", at=third)),
        {"ISP-A": [lease(), lease(around=SECOND), *(lease(one, "192.0.2.99", third) for one in customers)]},
    )


def _peer(**changes: Any) -> Scene:
    values: dict[str, Any] = {"single_peer": True, "verified": True, "share": 0.4, "sightings": 3} | changes
    return _one(channel="p2p", peer=PeerFacts(**values))


def _of_subject(check: str, **changes: Any) -> CheckResult:
    """The result of a check of the subject over observations changed so that no attribution would build them."""
    facts = Scene().facts()
    record = Record(facts)
    cases = tuple(replace(record.case(one), **changes) for one in facts.observations)
    whole = SubjectCase(facts, "ISP-A", "C-1", cases, cases, (), (), (), None)
    return next(one for one in subject_results(whole) if one.check == check)


CASES: list[tuple[str, Callable[[], Scene | CheckResult], Verdict]] = [
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
    ("A-33", lambda: _filed(half_day=True), F),
    ("A-33", lambda: one_seen(seen()), U),
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
    ("A-01", lambda: _one(intact=False), F),
    ("A-01", lambda: _one(intact=None), U),
    ("A-01", lambda: _one(reread=None), U),
    ("A-01", lambda: _one(reread=Reread("192.0.2.100", None, FIRST)), F),
    ("A-01", lambda: _one(reread=Reread("192.0.2.10", 5, FIRST)), F),
    ("A-01", lambda: _one(reread=Reread("192.0.2.10", None, FIRST + timedelta(hours=1))), F),
    ("A-01", lambda: _filed(intact=False), F),
    ("A-01", lambda: _filed(intact=None), U),
    ("A-01", lambda: Scene(files=()), U),
    ("A-01", lambda: Scene(files=(answer_file(), AnswerFileFacts("f" * 64, "ISP-A", intact=False))), F),
    ("A-01", lambda: Scene(files=(answer_file(), answer_file(intact=False))), F),
    ("A-01", lambda: _with(profiles_intact=False), F),
    ("A-01", lambda: _with(profiles_intact=None), U),
    ("A-02", lambda: Scene(requests=_asked(origin="typed")), F),
    ("A-02", lambda: Scene(requests=_asked(origin="")), U),
    ("A-03", lambda: one_seen(seen(ip=" ")), U),
    ("A-06", lambda: _with(intelligence=_routed(64500)), P),
    ("A-06", lambda: _with(intelligence=_routed(64999)), F),
    ("A-06", lambda: _with(intelligence=_routed(64500, 64999)), F),
    ("A-07", lambda: _with(intelligence=_listed("relay")), F),
    ("A-07", lambda: _with(intelligence=None), U),
    ("A-07", lambda: _with(intelligence=_listed("vpn", days=40)), U),
    ("A-08", lambda: _with(intelligence=_listed("own")), F),
    ("A-08", lambda: _with(intelligence=None), U),
    ("A-09", GOOD, P),
    ("A-09", lambda: _with(place_origin="geoip"), F),
    ("A-09", lambda: _with(place_origin=""), U),
    ("A-11", lambda: _one(time=_time("03/04/2026 10:00:05", OffsetSource.IN_VALUE), order_settled=True), P),
    ("A-11", lambda: _one(time=_time("03/04/2026 10:00:05", OffsetSource.PROFILE), order_settled=False), F),
    ("A-11", lambda: _one(time=_time("3 April 10 10:00:05", OffsetSource.HEADER)), P),
    ("A-11", lambda: one_seen(seen(at="sometime")), U),
    ("A-12", lambda: _one(time=_time("20/01/2026 10:00:05", OffsetSource.IN_VALUE), clock_settled=True), P),
    ("A-12", lambda: _one(time=_time("20/01/2026 10:00:05", OffsetSource.PROFILE), clock_settled=False), F),
    ("A-12", lambda: _one(time=_time("1768903205", OffsetSource.IN_VALUE)), P),
    ("A-14", GOOD, P),
    ("A-14", lambda: _repeated("C-1"), P),
    ("A-14", lambda: _repeated("C-2"), F),
    ("A-14", lambda: _repeated(None), F),
    ("A-14", lambda: _repeated(), U),
    ("A-16", GOOD, P),
    ("A-16", lambda: _one(time_of="report"), F),
    ("A-16", lambda: _one(time_of="file"), F),
    ("A-16", lambda: _one(reported_at=FIRST), F),
    ("A-16", lambda: _one(time_of=""), U),
    ("A-17", lambda: Scene(requests=_asked(asked_at=FIRST - timedelta(hours=1))), F),
    ("A-19", lambda: Scene(requests=_asked(from_at=SECOND, to_at=SECOND)), F),
    ("A-20", lambda: _with(isps=ISPS | {"ISP-A": replace(ISPS["ISP-A"], retention_days=40)}), F),
    ("A-21", lambda: _with(isps=ISPS | {"ISP-A": replace(ISPS["ISP-A"], shares_addresses=True)}), F),
    ("A-21", lambda: one_seen(seen(), [lease(inner="100.64.0.1")]), F),
    ("A-22", lambda: one_seen(seen(), [lease("")]), U),
    ("A-24", lambda: _read_for_another_time(), F),
    ("A-28", GOOD, P),
    ("A-28", lambda: _translating(port=4000), P),
    ("A-28", lambda: _translating(port=None), F),
    ("A-28", lambda: one_seen(seen(ip="64:ff9b::c000:20a")), F),
    ("A-28", lambda: _with(isps={}), U),
    ("A-31", lambda: _filed(zone_drift=60), F),
    ("A-32", GOOD, P),
    ("A-32", lambda: _filed(template_accepted=False), F),
    ("A-32", lambda: _filed(template_accepted=None), U),
    ("A-35", lambda: _mobile(), F),
    ("A-35", lambda: _mobile(_link("location")), P),
    ("A-35", lambda: _mobile(_link("location", by=" ")), F),
    ("A-35", lambda: _of_subject("A-35", allocation=None), U),
    ("A-37", GOOD, P),
    ("A-37", lambda: _filed(caveats=("an address may be shared",)), F),
    ("A-37", lambda: _with(isps=ISPS | {"ISP-A": replace(ISPS["ISP-A"], quirks=(QUIRK,))}), F),
    ("A-37", lambda: _filed(caveats=None), U),
    ("A-39", GOOD, P),
    ("A-39", lambda: _filed(certificate="asked"), P),
    ("A-39", lambda: _filed(certificate=""), F),
    ("A-39", lambda: _filed(channel_agreed=False), F),
    ("A-39", lambda: _filed(channel_agreed=None), U),
    ("A-40", lambda: _one_lease(static=False), F),
    ("A-40", lambda: _one_lease(static=True), P),
    ("A-41", GOOD, P),
    ("A-41", lambda: _elsewhere("C-9"), F),
    ("A-41", lambda: _elsewhere("C-8", "C-9"), U),
    ("A-42", GOOD, P),
    ("A-42", lambda: _with(corroborations=(_link("location"),)), F),
    ("A-42", lambda: _with(corroborations=(_link("phone", text=""),)), F),
    ("A-42", lambda: _with(corroborations=()), U),
    ("A-43", GOOD, P),
    ("A-43", lambda: _peer(), P),
    ("A-43", lambda: _peer(single_peer=False), F),
    ("A-43", lambda: _peer(verified=False), F),
    ("A-43", lambda: _peer(share=0.0), F),
    ("A-43", lambda: _peer(sightings=None), U),
    ("A-43", lambda: _one(channel="p2p"), U),
    ("A-43", lambda: _one(channel=""), U),
    ("A-44", GOOD, P),
    ("A-44", lambda: _peer(), P),
    ("A-44", lambda: _one(viewing=ViewingFacts(False, "list 7")), P),
    ("A-44", lambda: _one(viewing=ViewingFacts(False)), F),
    ("A-44", lambda: _one(viewing=None), U),
    ("A-45", GOOD, P),
    ("A-45", lambda: _with(lead_basis=frozenset({"card", "email"})), F),
    ("A-45", lambda: _with(lead_basis=frozenset()), U),
    ("A-45", lambda: _with(lead_basis=frozenset({"rumour"})), U),
    ("A-46", lambda: _at_place(house_name="Another", door_number="9/1"), F),
    ("A-46", lambda: _at_place(ward="8"), F),
    ("A-47", lambda: _at_place(resident_until=date(2026, 2, 20)), F),
    ("A-47", lambda: _at_place(resident_since=date(2026, 1, 20)), U),
    ("A-49", lambda: _of_subject("A-49", at=None), U),
    ("A-50", GOOD, P),
    ("A-50", lambda: _with(deconfliction=Deconfliction(ASKED, "K-7", True, "unit 3")), F),
    ("A-50", lambda: _with(deconfliction=Deconfliction(ASKED, "K-7", None)), U),
    ("A-50", lambda: _with(deconfliction=None), U),
    ("A-14", lambda: _one(at="sometime", other_utc=(SECOND,)), U),
    ("A-14", lambda: _one(ip="192.0.2.44", other_utc=(SECOND,)), U),
    ("A-22", lambda: _answered(Scene().facts().resolutions[0], "C-9"), F),
    (
        "A-22",
        lambda: _answered(replace(Scene().facts().resolutions[0], candidates=("C-1", "C-2"), reasons=())),
        F,
    ),
    ("A-25", lambda: _with_rows(lease(start=ENTRY)), U),
    ("A-26", lambda: _of_first(ip=V6, rows=(lease(address="2001:db8:2:ab00::5/64"),)), F),
    ("A-29", lambda: _static(active_from=FIRST - timedelta(days=9), active_to=FIRST - timedelta(days=8)), F),
    ("A-30", lambda: _ported(77), F),
    ("A-34", lambda: _place(house_name="", door_number=""), U),
    ("A-40", lambda: sightings("AABB"), P),
    ("A-40", lambda: sightings("AAAA"), F),
    ("A-49", lambda: _later(-2), F),
]


def _answered(first: Resolution, *also: str) -> Scene:
    """One sighting with an answer as given, and further answers that name other customers."""
    others = tuple(replace(first, candidates=(one,), customer_ref=one) for one in also)
    return one_seen(seen(), [lease()], other={"resolutions": (first, *others)})


def _with_rows(*rows: LeaseRow) -> Scene:
    first = Scene().facts().resolutions[0]
    return one_seen(seen(), [lease()], other={"resolutions": (replace(first, rows=rows),)})


def _of_first(*, ip: str, rows: tuple[LeaseRow, ...]) -> Scene:
    """One sighting of this address with rows that no look-up would have brought."""
    scene = _with_rows(*rows)
    return replace(scene, observations=(seen(ip=ip),))


def _ported(asked_port: int) -> Scene:
    rows = [lease(port_low=1, port_high=9)]
    return one_seen(seen(port=5), rows, requests=[asked(seen(), port=asked_port)])
