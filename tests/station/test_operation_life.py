"""The life of an operation: admitted through the gate, signed by two, frozen, changed by number, closed when whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kaval.cli.play.chain import Play
from kaval.engine.formats.planning.events import ToldEvent
from kaval.station.ids import derive
from kaval.station.models import (
    Attribution,
    Officer,
    Operation,
    Outcome,
    PlanChange,
    Site,
    Stop,
    Team,
    TeamMember,
)
from kaval.station.operations import deconfliction_events, field, papers, planning, readiness
from kaval.station.operations.plan_changes import change_plan
from tests.station.plan_rows import AT, admitted, drafted, in_force, planned, signed
from tests.station.plays import arrival_of, footprint, give_go, last_refusal, leader_of, refused

PLAYED_UNTIL = "attribute"


@pytest.fixture
def draft(play: Play) -> Operation:
    """An operation in draft with its sites and its plan."""
    operation = drafted(play)
    admitted(play, operation)
    return planned(play, operation)


@pytest.fixture
def approved(play: Play, draft: Operation) -> Operation:
    """The same, signed by commander and deputy."""
    signed(play, draft, "commander")
    signed(play, draft, "deputy_commander")
    return Operation.objects.get(id=draft.id)


@pytest.fixture
def frozen(play: Play, approved: Operation) -> Operation:
    """The same, frozen."""
    return planning.freeze_operation(by=play.officer("commander"), at=AT, key="freeze", operation=approved)


@pytest.fixture
def live(play: Play, frozen: Operation) -> Operation:
    """The same on its day."""
    give_go(play)
    return planning.start_operation(by=play.officer("commander"), at=AT, key="start", operation=frozen)


def _change(play: Play, site: Site, kind: str = "withdrawn", **other: Any) -> PlanChange:
    given: dict[str, Any] = {"key": f"change:{site.number}", "reason": "the warrant was returned", **other}
    return change_plan(by=play.officer("commander"), at=AT, site=site, kind=kind, **given)


def _site(number: int = 1) -> Site:
    return Site.objects.select_related("operation").get(number=number)


def test_only_places_at_level_two_are_admitted(draft: Operation) -> None:
    admitted = set(draft.sites.values_list("place_id", flat=True))
    passed = set(Attribution.objects.filter(level__gte=2).values_list("place_id", flat=True))
    assert admitted == passed
    assert Attribution.objects.filter(level__lt=2).exists(), "some did not pass, or this shows nothing"
    assert list(draft.sites.order_by("number").values_list("number", flat=True)) == list(range(1, 15))


def test_nothing_is_admitted_without_a_court(play: Play) -> None:
    operation = drafted(play, legal_basis={"search_basis": "WARRANT_96"})
    with refused("G-L2"):
        admitted(play, operation)


def test_an_operation_is_drafted_once(play: Play, draft: Operation) -> None:
    before = footprint()
    with refused("TWICE"):
        drafted(play, key="other", name="another")
    assert footprint() == before


def test_a_caller_with_an_old_copy_cannot_plan_an_approved_operation(play: Play, approved: Operation) -> None:
    stale = Operation.objects.get(id=approved.id)
    stale.state, stale.plan_digest = "draft", ""
    for act in (planning.admit_sites, planning.plan_operation):
        with refused("G-STATE"):
            act(by=play.officer("commander"), at=AT, key="late", operation=stale)


def test_the_plan_sends_each_officer_with_one_team_and_each_site_one_team(draft: Operation) -> None:
    members = list(TeamMember.objects.filter(operation=draft).select_related("officer", "team"))
    assert len({member.officer_id for member in members}) == len(members)
    for team in Team.objects.filter(operation=draft):
        mine = [member for member in members if member.team_id == team.id]
        assert {member.role for member in mine} == {"leader", "cyber", "technical", "woman"}
        assert {member.officer.district_id for member in mine} == {team.district_id}
        assert next(m for m in mine if m.role == "woman").officer.gender == "F"
    stops = Stop.objects.filter(site__operation=draft).select_related("site", "team")
    assert {stop.site_id for stop in stops} == set(draft.sites.values_list("id", flat=True))
    assert all(stop.site.district_id == stop.team.district_id for stop in stops)
    assert min(stop.arrive_at for stop in stops) >= draft.first_entry_at


def test_two_different_people_approve(play: Play, draft: Operation) -> None:
    first = signed(play, draft, "commander")
    assert (first.place, Operation.objects.get(id=draft.id).state) == (1, "draft")
    before = footprint()
    with refused("G-FOUR-EYES"):
        signed(play, draft, "commander", key="again")
    assert footprint() == before
    second = signed(play, draft, "deputy_commander")
    assert (second.place, Operation.objects.get(id=draft.id).state) == (2, "approved")
    with refused("G-STATE"):
        signed(play, draft, "supervisor")


def test_the_database_itself_refuses_one_person_twice_and_a_third_signature(
    play: Play, draft: Operation
) -> None:
    signed(play, draft, "commander")
    commander, deputy = play.officer("commander"), play.officer("deputy_commander")
    for by, place, rule in (
        (commander, 2, "approval_by_two_people"),
        (deputy, 1, "approval_two_places"),
        (deputy, 3, "approval_first_or_second"),
    ):
        with (
            pytest.raises(IntegrityError, match=rule),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO station_approval (id, operation_id, plan_digest, by_id, at, place) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                [derive("forged", place, by.number), draft.id, draft.plan_digest, by.id, AT, place],
            )


def test_a_plan_that_was_changed_after_it_was_read_is_not_signed(play: Play, draft: Operation) -> None:
    for digest in ("", "0" * 64):
        with refused("G-FOUR-EYES"):
            planning.approve_plan(
                by=play.officer("commander"), at=AT, key=f"k{digest}", operation=draft, plan_digest=digest
            )


def test_no_freeze_before_two_signatures(play: Play, draft: Operation) -> None:
    for key in ("none", "one"):
        with refused("G-STATE"):
            planning.freeze_operation(by=play.officer("commander"), at=AT, key=key, operation=draft)
        if key == "none":
            signed(play, draft, "commander")
    assert Operation.objects.get(id=draft.id).frozen_at is None


def test_no_day_before_the_freeze(play: Play, approved: Operation) -> None:
    with refused("G-STATE"):
        planning.start_operation(by=play.officer("commander"), at=AT, key="s", operation=approved)


def test_a_change_before_the_freeze_is_refused(play: Play, approved: Operation) -> None:
    with refused("G-FREEZE"):
        _change(play, _site())
    assert not PlanChange.objects.exists()


def test_changes_after_the_freeze_are_numbered_and_say_why(play: Play, frozen: Operation) -> None:
    first, second = (
        _change(play, _site(1)),
        _change(play, _site(2), "deferred", reason="the family has moved"),
    )
    assert (first.number, second.number) == (1, 2)
    assert [
        (row.site.number, row.code, row.reason, row.entered)
        for row in Outcome.objects.order_by("site__number").select_related("site")
    ] == [(1, "withdrawn", "the warrant was returned", False), (2, "deferred", "the family has moved", False)]
    assert frozen.plan_digest == Operation.objects.get(id=frozen.id).plan_digest, (
        "what was signed stays signed"
    )


@pytest.mark.parametrize(
    "other",
    [{"kind": "nothing_found"}, {"kind": ""}, {"reason": "  "}],
    ids=["not a change", "no kind", "no reason"],
)
def test_a_change_without_kind_or_reason_is_refused(
    play: Play, frozen: Operation, other: dict[str, str]
) -> None:
    with refused("G-CHANGE"):
        _change(play, _site(), **other)


def test_a_site_is_withdrawn_once(play: Play, frozen: Operation) -> None:
    _change(play, _site())
    with refused("G-CHANGE"):
        _change(play, _site(), "deferred", key="again")


def test_a_site_that_a_team_has_reached_is_no_longer_withdrawn(play: Play, live: Operation) -> None:
    site = _site()
    leader, arrive = leader_of(site), arrival_of(site)
    field.log_event(by=leader, at=arrive, key="1", site=site, kind="en_route")
    field.log_event(by=leader, at=arrive, key="2", site=site, kind="at_door")
    with refused("G-CHANGE"):
        _change(play, site)


def test_a_withdrawn_site_is_not_visited(play: Play, live: Operation) -> None:
    site = _site()
    _change(play, site)
    with refused("F-STEP"):
        field.log_event(by=leader_of(site), at=arrival_of(site), key="1", site=site, kind="en_route")


def test_no_day_is_closed_while_a_site_is_open(play: Play, live: Operation) -> None:
    for number in range(3, 15):
        _change(play, _site(number))
    commander = play.officer("commander")
    before = footprint()
    with refused("G-RECONCILE"):
        planning.close_operation(by=commander, at=AT, key="close", operation=live)
    assert footprint() == before
    assert last_refusal().text.endswith("2 sites have no outcome: 1, 2")
    for number in (1, 2):
        _change(play, _site(number))
    closed = planning.close_operation(by=commander, at=AT, key="close", operation=live)
    assert (closed.state, closed.closed_at) == ("closed", AT)


def test_only_a_live_operation_is_closed(play: Play, frozen: Operation) -> None:
    with refused("G-STATE"):
        planning.close_operation(by=play.officer("commander"), at=AT, key="close", operation=frozen)


def test_no_press_note_before_the_close(play: Play, live: Operation) -> None:
    with refused("RELEASE-OPEN"):
        papers.release_press_note(by=play.officer("press_officer"), at=AT, key="n", operation=live)


def test_each_step_of_its_life_is_taken_once(play: Play, live: Operation) -> None:
    """The same key finds the first result, another key finds the state moved on."""
    commander = play.officer("commander")
    before = footprint()
    again = planning.freeze_operation(by=commander, at=AT, key="freeze", operation=live)
    assert again.state == "live"
    for act in (planning.freeze_operation, planning.start_operation):
        with refused("G-STATE"):
            act(by=commander, at=AT + timedelta(hours=1), key="other", operation=live)
    assert footprint() == before


def test_an_approved_plan_is_opened_again_with_a_reason_and_signed_anew(
    play: Play, approved: Operation
) -> None:
    with refused("G-REASON"):
        planning.reopen_draft(by=play.officer("commander"), at=AT, key="1", operation=approved, reason=" ")
    opened = planning.reopen_draft(
        by=play.officer("commander"), at=AT, key="2", operation=approved, reason="a new place came in"
    )
    assert (opened.state, in_force(opened).text) == ("draft", "a new place came in")
    signed(play, opened, "commander", key="third")
    assert signed(play, opened, "deputy_commander", key="fourth").place == 2


def test_a_plan_that_no_longer_holds_is_not_frozen(play: Play, approved: Operation) -> None:
    Officer.objects.filter(id=leader_of(_site()).id).update(
        leave_from=AT.date(), leave_to=approved.first_entry_at.date()
    )
    with refused("G-PLAN") as refusal:
        planning.freeze_operation(by=play.officer("commander"), at=AT, key="freeze", operation=approved)
    assert "P-LEAVE" in refusal.value.text


def test_no_freeze_while_another_units_event_meets_a_site(play: Play, approved: Operation) -> None:
    place = Site.objects.select_related("place").get(number=1).place
    event = ToldEvent(
        unit="Unit of the east", reference="E-1", contact="duty desk, 0484 0000000",
        from_at=approved.first_entry_at, to_at=approved.day_end_at,
        latitude=place.latitude, longitude=place.longitude, radius_m=200,
    )  # fmt: skip
    deconfliction_events.add_event(by=play.officer("commander"), at=AT, key="e", event=event)
    with refused("G-DECON"):
        planning.freeze_operation(by=play.officer("commander"), at=AT, key="freeze", operation=approved)


def test_the_day_needs_a_go_a_day_before_and_two_hours_before(play: Play, frozen: Operation) -> None:
    commander = play.officer("commander")

    def decide(moment: str, go: bool, key: str) -> None:
        readiness.decide_go(
            by=commander, at=AT + timedelta(minutes=len(key)), key=key, operation=frozen, moment=moment, go=go,
            reason="as briefed",
        )  # fmt: skip

    def start(key: str) -> None:
        planning.start_operation(by=commander, at=AT, key=key, operation=frozen)

    with refused("G-GO"):
        start("1")
    decide("t2", True, "a")
    with refused("G-GO"):
        start("2")
    decide("t24", True, "b")
    decide("t2", False, "cc")
    with refused("G-GO"):
        start("3")
    decide("t2", True, "ddd")
    start("4")
    with refused("G-STATE"):
        decide("t2", False, "e")


@pytest.mark.parametrize(("moment", "reason"), [("t2", " "), ("door", "x"), ("", "x")])
def test_a_word_without_moment_or_reason_is_none(
    play: Play, frozen: Operation, moment: str, reason: str
) -> None:
    with refused("G-GO"):
        readiness.decide_go(
            by=play.officer("commander"),
            at=AT,
            key="g",
            operation=frozen,
            moment=moment,
            go=True,
            reason=reason,
        )
