"""How far the evidence reaches, and the documented errors that opened wrong doors, each stopped by its own check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kaval.engine.kernel.reason import CheckKind
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.facts import Explanation, Override, SceneFacts
from kaval.engine.rules.attribution.intelligence import DatedLists, Listed
from tests.engine.attribution.scenes import (
    AS_OF,
    FIRST,
    SECOND,
    Scene,
    answer_file,
    asked,
    file_of,
    ground,
    lease,
    one_seen,
    seen,
    subscriber,
)


def test_a_subject_with_two_sound_observations_reaches_the_premises() -> None:
    found = Scene().attribution()

    assert (found.level, found.blocked_by, found.reasons) == (2, (), ())
    assert (found.place_key, found.support) == ("ISP-A/C-1", ("o1", "o2"))
    assert found.install is not None
    assert found.install.house_name == "Mullappally"


def test_nothing_seen_is_level_zero_and_says_why() -> None:
    found = Scene(observations=(), leases={}).attribution()

    assert (found.level, found.blocked_by, found.place_key) == (0, ("A-40",), None)


def test_one_observation_reaches_the_subscriber_only() -> None:
    found = one_seen(seen(), [lease()]).attribution()

    assert (found.level, found.customer_ref, found.blocked_by) == (1, "C-1", ("A-40",))


def test_two_copies_of_one_event_count_once() -> None:
    near = FIRST + timedelta(hours=23)
    scene = Scene(observations=(seen(), seen("o2", at=near)), leases={"ISP-A": [lease(), lease(around=near)]})

    assert scene.attribution().blocked_by == ("A-40",)


def test_swapped_day_and_month_in_the_request_is_stopped() -> None:
    observations = tuple(
        seen(f"o{day}", at=datetime(2026, 2, day, 10, tzinfo=FIRST.tzinfo)) for day in (1, 3)
    )
    wrong = [
        asked(one, utc=one.time.utc.replace(month=one.time.utc.day, day=2))
        for one in observations
        if one.time.utc
    ]
    scene = Scene(
        observations,
        {"ISP-A": [lease(around=one.time.utc) for one in observations if one.time.utc]},
        requests=wrong,
    )

    assert {"A-15"} <= set(scene.attribution().blocked_by)
    assert scene.attribution().level == 0


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(hours=5, minutes=30), timedelta(days=365)])
def test_a_wrong_hour_zone_or_year_in_the_request_is_stopped(shift: timedelta) -> None:
    observations = (seen(), seen("o2", at=SECOND))
    scene = Scene(requests=[asked(one, utc=one.time.utc - shift) for one in observations if one.time.utc])

    assert "A-15" in scene.attribution().blocked_by
    assert scene.attribution().level == 0


@pytest.mark.parametrize(("typed", "check"), [("192.0.2.1010", "A-03"), ("192.0.2.100", "A-01")])
def test_an_extra_digit_is_stopped_in_the_source_and_in_the_request(typed: str, check: str) -> None:
    if check == "A-03":
        scene = Scene(observations=(seen(ip=typed), seen("o2", ip=typed, at=SECOND)))
    else:
        scene = Scene(requests=[asked(seen(), ip=typed), asked(seen("o2", at=SECOND), ip=typed)])

    assert check in scene.attribution().blocked_by
    assert scene.attribution().level == 0


def test_a_shared_address_without_port_names_nobody() -> None:
    observations = tuple(seen(f"o{n}", ip="198.51.100.5", at=at) for n, at in enumerate((FIRST, SECOND)))
    rows = [lease(address="198.51.100.5", around=at, port_low=2000, port_high=2999) for at in (FIRST, SECOND)]
    found = Scene(observations, {"ISP-B": rows}).attribution()

    assert found.level == 0
    assert "A-21" in found.blocked_by


def test_a_shared_address_with_port_reaches_the_premises() -> None:
    observations = tuple(
        seen(f"o{n}", ip="198.51.100.5", at=at, port=2500) for n, at in enumerate((FIRST, SECOND))
    )
    blocks = (("C-1", 2000, 2999), ("C-2", 3000, 3999))
    rows = [
        lease(who, "198.51.100.5", at, port_low=low, port_high=high, inner="100.64.0.9")
        for at in (FIRST, SECOND)
        for who, low, high in blocks
    ]
    found = Scene(
        observations, {"ISP-B": rows}, (("ISP-B", subscriber()),), ((("ISP-B", "C-1"), ground()),)
    ).attribution()

    assert (found.level, found.place_key) == (2, "ISP-B/C-1")


def test_four_agreeing_addresses_at_a_billing_address_open_no_door() -> None:
    times = [FIRST + timedelta(days=n) for n in range(4)]
    observations = tuple(seen(f"o{n}", at=at) for n, at in enumerate(times))
    scene = Scene(
        observations,
        {"ISP-A": [lease(around=at) for at in times]},
        (("ISP-A", subscriber(address_kind="billing")),),
    )

    assert (scene.attribution().level, scene.attribution().blocked_by) == (1, ("A-34",))


def test_a_lease_that_ends_thirty_seconds_after_the_event_waits() -> None:
    rows = [lease(end=FIRST + timedelta(seconds=30)), lease(around=SECOND)]
    found = Scene(leases={"ISP-A": rows}).attribution()

    assert found.level == 1
    assert found.blocked_by == ("A-25", "A-40")


def test_a_lease_that_ended_a_second_before_names_nobody() -> None:
    rows = [
        lease(end=FIRST - timedelta(seconds=1)),
        lease("C-2", start=FIRST, end=FIRST + timedelta(hours=3)),
    ]
    found = one_seen(seen(), rows).attribution()

    assert found.level == 0
    assert {"A-22"} <= set(found.blocked_by)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"occupant_at_event": "other"}, "A-47"),
        ({"occupant_at_event": "unknown"}, "A-47"),
        ({"resident_since": date(2026, 2, 1)}, "A-47"),
        ({"wifi": "open"}, "A-48"),
        ({"wifi": "shared"}, "A-48"),
        ({"unit_found": False}, "A-46"),
        ({"single_match": False}, "A-46"),
        ({"single_match": None}, "A-46"),
        ({"verified_at": AS_OF - timedelta(days=20)}, "A-46"),
        ({"house_name": "Another", "ward": "9", "door_number": "9/1"}, "A-46"),
        ({"ward": ""}, "A-46"),
    ],
)
def test_what_local_police_found_can_stop_it(changes: dict[str, Any], check: str) -> None:
    scene = Scene(grounds=((("ISP-A", "C-1"), ground(**changes)),))

    assert (scene.attribution().level, scene.attribution().blocked_by) == (1, (check,))


@pytest.mark.parametrize("segment", ["BUSINESS", "HOSTEL", "SHARED", ""])
def test_a_line_of_more_than_one_household_waits(segment: str) -> None:
    scene = Scene(subscribers=(("ISP-A", subscriber(segment=segment)),))

    assert scene.attribution().blocked_by == ("A-36",)


def test_another_customer_for_the_same_subject_stops_it_unless_explained() -> None:
    third = seen("o3", ip="192.0.2.99", at=SECOND + timedelta(days=2))
    rows = [lease(), lease(around=SECOND), lease("C-9", "192.0.2.99", SECOND + timedelta(days=2))]
    scene = Scene((seen(), seen("o2", at=SECOND), third), {"ISP-A": rows})
    explained = Scene(
        scene.observations,
        scene.leases,
        other={"explanations": (Explanation("o3", "K-7", "a visit, confirmed by a bus ticket"),)},
    )

    assert (scene.attribution().blocked_by, scene.attribution().contradicted_by) == (("A-41",), ("o3",))
    assert explained.attribution().level == 2


@pytest.mark.parametrize(
    ("ip", "port"),
    [("198.51.100.200", 5000), ("198.51.100.200", None), ("198.51.100.7", None), ("203.0.113.9", None)],
)
def test_a_mobile_shared_or_hosting_observation_is_unresolved_and_no_contradiction(
    ip: str, port: int | None
) -> None:
    third = seen("o3", ip=ip, port=port, at=SECOND + timedelta(days=2))
    isp = Scene._isp(third)
    row = lease("X-1", ip, SECOND + timedelta(days=2), port_low=4000, port_high=6000)
    scene = Scene(
        (seen(), seen("o2", at=SECOND), third), {"ISP-A": [lease(), lease(around=SECOND)], isp: [row]}
    )

    assert (scene.attribution().level, scene.attribution().unresolved) == (2, ("o3",))


def test_a_mobile_line_alone_opens_no_door() -> None:
    ip = "198.51.100.200"
    observations = tuple(seen(f"o{n}", ip=ip, at=at, port=5000) for n, at in enumerate((FIRST, SECOND)))
    rows = [lease("X-1", ip, at, port_low=4000, port_high=6000) for at in (FIRST, SECOND)]
    found = Scene(
        observations, {"ISP-M": rows}, (("ISP-M", subscriber("X-1")),), ((("ISP-M", "X-1"), ground()),)
    ).attribution()

    assert (found.level, found.blocked_by) == (1, ("A-35",))


def _override(**other: Any) -> Override:
    return replace(Override("A-48", "K-5", "DYSP", AS_OF, "router seen, guest network off"), **other)


def test_a_named_officer_may_lift_a_hold_but_never_a_block() -> None:
    holding = Scene(grounds=((("ISP-A", "C-1"), ground(wifi="open")),), other={"overrides": (_override(),)})
    blocking = Scene(
        grounds=((("ISP-A", "C-1"), ground(occupant_at_event="other")),),
        other={"overrides": (_override(check="A-47"),)},
    )

    assert holding.attribution().level == 2
    assert [one.by for one in holding.attribution().overridden] == ["K-5"]
    assert blocking.attribution().blocked_by == ("A-47",)


@pytest.mark.parametrize(
    "changes",
    [{"by": "K-1"}, {"by": ""}, {"reason": " "}, {"rank": "CPO"}, {"at": AS_OF + timedelta(days=1)}],
)
def test_an_override_without_name_reason_or_standing_lifts_nothing(changes: dict[str, Any]) -> None:
    scene = Scene(
        grounds=((("ISP-A", "C-1"), ground(wifi="open")),), other={"overrides": (_override(**changes),)}
    )

    assert scene.attribution().blocked_by == ("A-48",)


@pytest.mark.parametrize(("rank", "level"), [("INSPECTOR", 1), ("DYSP", 2)])
def test_one_observation_only_needs_a_gazetted_officer(rank: str, level: int) -> None:
    scene = one_seen(seen(), [lease()], other={"overrides": (_override(check="A-40", rank=rank),)})

    assert scene.attribution().level == level


def test_without_one_sound_observation_no_officer_opens_the_door() -> None:
    near_the_end = [lease(end=FIRST + timedelta(seconds=100))]
    scene = one_seen(
        seen(), near_the_end, other={"overrides": (_override(check="A-40"), _override(check="A-49"))}
    )

    assert (scene.attribution().level, scene.attribution().blocked_by) == (1, ("A-25", "A-40"))
    assert scene.result("A-40").kind is CheckKind.BLOCK


def test_an_override_older_than_the_event_was_given_for_something_else() -> None:
    scene = Scene(
        grounds=((("ISP-A", "C-1"), ground(wifi="open")),),
        other={"overrides": (_override(at=FIRST - timedelta(days=1)),)},
    )

    assert (scene.attribution().blocked_by, scene.attribution().overridden) == (("A-48",), ())


def test_an_override_of_one_observation_lifts_nothing_of_another_or_of_the_subject() -> None:
    rows = [lease(end=FIRST + timedelta(seconds=30)), lease(around=SECOND)]
    lifted = Scene(
        leases={"ISP-A": rows}, other={"overrides": (_override(check="A-25", observation_id="o1"),)}
    )
    other = Scene(
        leases={"ISP-A": rows}, other={"overrides": (_override(check="A-25", observation_id="o2"),)}
    )
    subject = Scene(
        grounds=((("ISP-A", "C-1"), ground(wifi="open")),),
        other={"overrides": (_override(observation_id="o1"),)},
    )

    assert lifted.attribution().level == 2
    assert [one.attribution().level for one in (other, subject)] == [1, 1]
    assert other.attribution().overridden == ()


def test_where_an_address_is_no_home_an_override_does_not_make_it_one() -> None:
    lists = DatedLists([Listed("vpn", "exits", FIRST.date(), "192.0.2.0/24")])
    scene = Scene(other={"intelligence": lists, "overrides": (_override(check="A-07"),)})

    assert (scene.attribution().level, scene.attribution().blocked_by) == (0, ("A-07",))


def test_two_customers_named_equally_often_name_nobody() -> None:
    rows = [lease(), lease("C-9", around=SECOND)]
    found = Scene(leases={"ISP-A": rows}).attribution()

    assert (found.level, found.place_key, found.blocked_by) == (0, None, ("A-41",))
    assert "ISP-A/C-1, ISP-A/C-9" in found.reasons[0].text


def test_an_explanation_on_record_decides_between_two_customers_named_equally_often() -> None:
    times = [FIRST + timedelta(days=3 * n) for n in range(4)]
    rows = [lease("C-1" if n < 2 else "C-0", around=at) for n, at in enumerate(times)]
    scene = Scene([seen(f"o{n}", at=at) for n, at in enumerate(times)], {"ISP-A": rows})
    why = tuple(Explanation(name, "K-7", "on a visit there, as a ticket shows") for name in ("o2", "o3"))
    nameless = tuple(replace(one, by=" ") for one in why)

    assert scene.attribution().level == 0
    assert replace(scene, other={"explanations": nameless}).attribution().level == 0
    explained = replace(scene, other={"explanations": why}).attribution()
    assert (explained.level, explained.place_key, explained.contradicted_by) == (2, "ISP-A/C-1", ("o2", "o3"))


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, 1),
        ({"intact": False}, 1),
        ({"intact": None}, 1),
        ({"time_of": ""}, 1),
        ({"time_of": "report"}, 2),
        ({"role": "platform"}, 2),
    ],
)
def test_what_points_elsewhere_does_not_vanish_because_a_seal_is_broken_or_a_fact_is_missing(
    changes: dict[str, Any], level: int
) -> None:
    third = seen("o3", "192.0.2.99", SECOND + timedelta(days=2), **changes)
    rows = [lease(), lease(around=SECOND), lease("C-9", "192.0.2.99", SECOND + timedelta(days=2))]
    found = Scene((seen(), seen("o2", at=SECOND), third), {"ISP-A": rows}).attribution()

    assert found.level == level
    assert found.blocked_by == (("A-41",) if level == 1 else ())


def test_it_says_which_files_it_rests_on_and_what_is_carried_to_the_arrest_form() -> None:
    extra = replace(answer_file(), sha256="f" * 64)
    found = Scene(files=(answer_file(), extra, answer_file("ISP-B"))).attribution()
    opened = Scene(grounds=((("ISP-A", "C-1"), ground(wifi="open")),), other={"overrides": (_override(),)})

    assert found.files == (file_of("ISP-A"), "f" * 64)
    assert (found.flags, opened.attribution().flags) == ((), ("user_unknown",))
    assert opened.attribution().level == 2


def test_each_observation_tells_its_own_causes_and_whom_it_names() -> None:
    third = seen("o3", "198.51.100.7", SECOND + timedelta(days=2))
    found = Scene((seen(), seen("o2", at=SECOND), third)).attribution()

    assert (found.level, found.blocked_by, found.subject_stopped) == (2, (), ())
    assert [(name, [one.check for one in stops]) for name, stops in found.stopped] == [
        ("o1", []),
        ("o2", []),
        ("o3", ["A-21"]),
    ]
    assert found.named == (("o1", "ISP-A/C-1"), ("o2", "ISP-A/C-1"))


@pytest.mark.parametrize(
    ("scene", "level"),
    [
        (SceneFacts(), 2),
        (SceneFacts((SourceRef("1" * 64),)), 3),
        (SceneFacts((SourceRef("1" * 64),), ("Subscriber", "resident")), 3),
        (SceneFacts((SourceRef("1" * 64),), ("account logged in on the device",)), 4),
        (SceneFacts((), ("account logged in on the device",)), 2),
    ],
)
def test_levels_three_and_four_need_a_device_and_named_evidence(scene: SceneFacts, level: int) -> None:
    assert Scene(other={"scene": scene}).attribution().level == level


def test_every_reason_speaks_both_languages() -> None:
    found = Scene(grounds=()).attribution()

    assert found.blocked_by == ("A-46",)
    assert all(reason.text and reason.text_ml for reason in found.reasons)
    assert [one.check for one in found.checks if one.stops] == ["A-46", "A-47", "A-48"]
