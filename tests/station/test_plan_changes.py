"""After the freeze: numbered changes that repair the plan, words at the door, recall, and the review of the day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from kaval.cli.play.chain import Play
from kaval.engine.formats.planning.events import ToldEvent
from kaval.engine.kernel.errors import NotPermitted
from kaval.station.models import (
    AfterAction,
    GoDecision,
    Operation,
    PlanChange,
    Site,
    Stop,
    Team,
    TeamMember,
)
from kaval.station.operations import (
    deconfliction_events,
    field,
    plan_changes,
    plan_facts,
    planning,
    readiness,
)
from kaval.station.operations.plan_changes import FoundPlace
from kaval.station.queries.events import open_pointers
from kaval.station.queries.operations import operation_by_id
from kaval.station.queries.plan_review import review_figures
from tests.station.plan_rows import in_force, stops_said
from tests.station.plays import (
    arrival_of,
    footprint,
    give_go,
    go_at_door,
    leader_of,
    refused,
    woman_of,
)

PLAYED_UNTIL = "plan"


@pytest.fixture
def noon(play: Play) -> datetime:
    """A day before the first entry."""
    return play.world.when("first_entry_at") - timedelta(hours=24)


@pytest.fixture
def live(play: Play) -> Operation:
    """The operation on its day."""
    give_go(play)
    at = play.world.when("first_entry_at") - timedelta(hours=1)
    return planning.start_operation(by=play.officer("commander"), at=at, key="s", operation=play.operation)


def _team_of(site: Site) -> Team:
    return Team.objects.select_related("operation").get(stops__site=site)


def _with_company(play: Play) -> tuple[Team, Team]:
    """Two teams of one district."""
    teams = Team.objects.select_related("operation", "district").order_by("district__code", "number")
    for one in teams:
        others = [other for other in teams if other.district_id == one.district_id and other.id != one.id]
        if others:
            return one, others[0]
    raise AssertionError("every district has one team: this shows nothing")


def _sites_of(team: Team) -> list[Site]:
    rows = Site.objects.filter(stop__team=team, stop__order__lt=1000).select_related(
        "operation", "place__station"
    )
    return list(rows.order_by("stop__order"))


def _log(site: Site, *kinds: str, **facts: Any) -> None:
    leader, at = leader_of(site), arrival_of(site)
    for number, kind in enumerate(kinds):
        field.log_event(
            by=leader,
            at=at + timedelta(minutes=number),
            key=f"{site.number}:{kind}",
            site=site,
            kind=kind,
            facts=facts,
        )


def _withdraw(play: Play, site: Site, at: datetime, kind: str = "withdrawn") -> PlanChange:
    return plan_changes.change_plan(
        by=play.officer("commander"),
        at=at,
        key=f"w{site.number}",
        site=site,
        kind=kind,
        reason="warrant returned",
    )


def _spill(play: Play, site: Site, at: datetime, **other: Any) -> PlanChange:
    place = site.place
    given: dict[str, Any] = {
        "key": "spill",
        "site": site,
        "found": FoundPlace(
            "Example House, second floor", "", place.latitude, place.longitude, place.station.code
        ),
        "attribution": None,
        "search_basis": "POLICE_186_3",
        "papers": dict.fromkeys(
            ("crime_number", "grounds_in_case_diary", "thing_sought", "why_waiting_would_destroy"),
            "in the diary",
        ),
        "grounds": "a second device of the same account is said to be upstairs",
        **other,
    }
    return plan_changes.spill_over(by=play.officer("commander"), at=at, **given)


def test_a_withdrawn_site_leaves_a_plan_that_moves_nobody(play: Play, noon: datetime) -> None:
    before = in_force(play.operation)
    team = max(Team.objects.order_by("number"), key=lambda one: len(_sites_of(one)))
    first, *rest = _sites_of(team)
    change = _withdraw(play, first, noon)
    after = in_force(play.operation)
    assert (change.version, after.made, after.before, after.people_moved) == (after, "repaired", before, 0)
    assert stops_said(before.plan).keys() - stops_said(after.plan).keys() == {f"{first.number:04d}"}
    assert [site.number for site in _sites_of(team)] == [site.number for site in rest]
    assert list(Stop.objects.filter(site__in=rest).order_by("order").values_list("order", flat=True)) == list(
        range(1, len(rest) + 1)
    )
    sheet = operation_by_id(play.officer("commander"), play.operation.id)
    assert (len(sheet.approvals), len(sheet.void)) == (2, 0), "what was signed stays signed"
    assert [one.number for one in sheet.changes] == [1]


def test_a_team_that_drops_out_gives_its_places_to_others(play: Play, noon: datetime) -> None:
    team, _ = _with_company(play)
    sites, leader = _sites_of(team), leader_of(_sites_of(team)[0])
    change = plan_changes.team_out(
        by=play.officer("deputy_commander"), at=noon, key="t", team=team, reason="vehicle broke down"
    )
    assert change.version is not None
    assert change.version.people_moved > 0
    gone = Team.objects.get(id=team.id)
    assert gone.stood_down_at == noon
    assert not TeamMember.objects.filter(team=team, left_at=None).exists()
    assert {_team_of(site).district_id for site in sites} == {team.district_id}
    assert not {site.id for site in sites} & set(
        Stop.objects.filter(team=team).values_list("site", flat=True)
    )
    give_go(play)
    planning.start_operation(by=play.officer("commander"), at=noon, key="s", operation=play.operation)
    with pytest.raises(NotPermitted, match="TEAM"):
        field.log_event(by=leader, at=noon, key="x", site=sites[0], kind="en_route")
    with refused("G-CHANGE"):
        plan_changes.team_out(by=play.officer("commander"), at=noon, key="u", team=team, reason="again")


def test_what_no_team_can_take_waits_and_the_reason_is_said(play: Play, noon: datetime) -> None:
    district = _with_company(play)[0].district
    teams = list(Team.objects.filter(district=district).select_related("operation").order_by("number"))
    held = {f"{site.number:04d}" for team in teams for site in _sites_of(team)}
    for team in teams:
        plan_changes.team_out(
            by=play.officer("commander"), at=noon, key=team.code, team=team, reason="called to a flood"
        )
    plan = in_force(play.operation).plan
    assert {one["place"] for one in plan["unplaced"]} == held
    assert plan["infeasible"][0]["district"] == district.code
    assert not set(stops_said(plan)) & held
    site = Site.objects.get(number=int(min(held)))
    assert Stop.objects.get(site=site).order >= 1000


def test_an_officer_who_drops_out_is_replaced_and_may_come_back(play: Play, noon: datetime) -> None:
    team, _ = _with_company(play)
    member = team.members.select_related("officer").get(role="technical")
    commander, operation = play.officer("commander"), play.operation
    given: dict[str, Any] = {
        "by": commander,
        "operation": operation,
        "officer": member.officer,
        "reason": "ill",
    }
    out = plan_changes.officer_out(at=noon, key="o", **given)
    assert (out.number, out.kind, out.officer) == (1, "officer_out", member.officer)
    assert TeamMember.objects.get(id=member.id).left_at == noon
    named = {one for each in in_force(operation).plan["teams"] for one in each["members"].values()}
    assert member.officer.number not in named
    with refused("G-CHANGE"):
        plan_changes.officer_out(at=noon, key="p", **given)
    back = plan_changes.officer_in(at=noon, key="i", **given)
    assert back.number == 2
    assert plan_changes.officer_out(at=noon, key="q", **given).number == 3
    with refused("G-REASON"):
        plan_changes.officer_in(at=noon, key="r", **{**given, "reason": ""})


def test_a_site_whose_facts_change_is_entered_when_it_may_be(play: Play, noon: datetime) -> None:
    site = Site.objects.select_related("operation").get(number=2)
    opens = play.operation.first_entry_at + timedelta(hours=3)
    facts = plan_facts.facts_of(site)
    later = plan_facts.SiteFacts(
        not_before=opens, children_expected=facts.children_expected, cwc_contact=facts.cwc_contact
    )
    change = plan_changes.change_site(
        by=play.officer("commander"),
        at=noon,
        key="c",
        site=site,
        facts=later,
        reason="a school bus comes at nine",
    )
    assert change.kind == "site_changed"
    assert arrival_of(site) >= opens
    with refused("G-STATE"):
        plan_facts.describe_site(by=play.officer("commander"), at=noon, key="d", site=site, facts=later)


def test_a_place_found_on_the_day_goes_to_a_team_with_its_grounds(play: Play, live: Operation) -> None:
    at = live.first_entry_at + timedelta(minutes=30)
    site = _sites_of(_with_company(play)[0])[0]
    change = _spill(play, site, at)
    new = Site.objects.select_related("spill_of").get(number=15)
    assert (change.kind, change.site, new.spill_of) == ("site_in", new, site)
    assert new.legal["grounds"].startswith("a second device")
    assert arrival_of(new) >= at
    assert _team_of(new).district_id == site.district_id
    with refused("TWICE"):
        _spill(play, site, at, key="again", found=None, attribution=site.attribution)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"grounds": " "}, "G-REASON"),
        ({"papers": {"crime_number": "1/2026"}}, "G-BASIS"),
        ({"found": None}, "G-L2"),
        ({"found": FoundPlace("x", "", 9.9, 76.3, "no such station")}, "G-L2"),
        ({"search_basis": "a hunch"}, "G-BASIS"),
    ],
)
def test_a_place_without_grounds_papers_or_name_stays_out(
    play: Play, live: Operation, other: dict[str, Any], code: str
) -> None:
    site = _sites_of(_with_company(play)[0])[0]
    before = footprint()
    with refused(code):
        _spill(play, site, live.first_entry_at, **other)
    assert footprint() == before


def test_nobody_enters_a_found_place_where_another_unit_is(play: Play, live: Operation) -> None:
    site, commander = _sites_of(_with_company(play)[0])[0], play.officer("commander")
    event = ToldEvent(
        unit="Unit of the east", reference="E-1", contact="duty desk, 0484 0000000",
        from_at=live.first_entry_at, to_at=live.day_end_at,
        latitude=site.place.latitude, longitude=site.place.longitude, radius_m=50,
    )  # fmt: skip
    deconfliction_events.add_event(by=commander, at=live.first_entry_at, key="e", event=event)
    _spill(play, site, live.first_entry_at + timedelta(minutes=5))
    new = Site.objects.select_related("operation").get(number=15)
    _log(new, "en_route", "at_door")
    at = arrival_of(new) + timedelta(minutes=3)
    with refused("G-DECON"):
        go_at_door(new, at=at)
    for number, pointer in enumerate(open_pointers(live)):
        deconfliction_events.clear_pointer(
            by=commander,
            at=at,
            key=f"c{number}",
            operation=live,
            pointer=pointer.id,
            text="their desk agreed",
        )
    go_at_door(new, at=at)


def test_a_hand_moves_a_site_by_number_and_within_the_rules(play: Play, noon: datetime) -> None:
    team, other = _with_company(play)
    site, commander = _sites_of(team)[-1], play.officer("commander")
    given: dict[str, Any] = {
        "by": commander,
        "at": noon,
        "site": site,
        "order": 9,
        "reason": "knows the road",
    }
    version = plan_changes.reassign_site(key="1", team=other, **given)
    assert _team_of(site) == other
    change = PlanChange.objects.get(version=version)
    assert (change.kind, change.team, change.site) == ("reassigned", other, site)
    abroad = Team.objects.exclude(district=team.district).earliest("number")
    before = footprint()
    with refused("G-PLAN") as refusal:
        plan_changes.reassign_site(key="2", team=abroad, **given)
    assert "P-DISTRICT" in refusal.value.text
    with refused("G-CHANGE"):
        plan_changes.reassign_site(key="3", team=team, **{**given, "reason": ""})
    assert footprint() == before


def test_a_change_leaves_a_team_where_it_is(play: Play, live: Operation) -> None:
    team, other = _with_company(play)
    here = _sites_of(team)[0]
    _log(here, "en_route", "at_door")
    plan_changes.team_out(
        by=play.officer("commander"), at=live.first_entry_at, key="t", team=other, reason="an accident"
    )
    assert _team_of(here) == team
    assert _sites_of(team)[0] == here
    plan_changes.team_out(
        by=play.officer("commander"),
        at=live.first_entry_at,
        key="u",
        team=team,
        reason="called away after this one",
    )
    assert stops_said(in_force(live).plan)[f"{here.number:04d}"] == (team.code, 1)
    go_at_door(here, at=arrival_of(here))


def test_nobody_enters_without_the_leaders_last_word_being_go(play: Play, live: Operation) -> None:
    site = _sites_of(_with_company(play)[0])[0]
    at = arrival_of(site)
    with refused("G-DOOR"):
        go_at_door(site, at=at, key="early")
    _log(site, "en_route", "at_door")
    with refused("G-DOOR"):
        _log(site, "entered")
    with pytest.raises(NotPermitted, match="LEADER"):
        field.decide_at_door(by=woman_of(site), at=at, key="w", site=site, go=True, reason="x")
    go_at_door(site, at=at, key="go")
    go_at_door(site, at=at + timedelta(minutes=1), key="no", go=False)
    with refused("G-DOOR"):
        _log(site, "entered")
    go_at_door(site, at=at + timedelta(minutes=2), key="go again")
    _log(site, "entered", woman_member=woman_of(site).number)
    word = GoDecision.objects.filter(site=site).order_by("at")[0]
    assert (word.moment, word.plan_digest) == ("door", in_force(live).digest)


def test_a_recalled_operation_opens_no_further_door_and_who_is_inside_finishes(
    play: Play, live: Operation
) -> None:
    commander = play.officer("commander")
    inside, outside = (_sites_of(team)[0] for team in _with_company(play))
    for site in (inside, outside):
        _log(site, "en_route", "at_door")
        go_at_door(site, at=arrival_of(site))
    _log(inside, "entered", woman_member=woman_of(inside).number)
    at = arrival_of(inside) + timedelta(minutes=5)
    with refused("G-REASON"):
        readiness.recall_operation(by=commander, at=at, key="0", operation=live, reason=" ")
    recalled = readiness.recall_operation(
        by=commander, at=at, key="r", operation=live, reason="the plan is known"
    )
    assert (recalled.state, recalled.recalled_at, recalled.recall_reason) == (
        "recalled",
        at,
        "the plan is known",
    )
    with refused("G-LIVE"):
        _log(outside, "entered", woman_member=woman_of(outside).number)
    with refused("G-DOOR"):
        go_at_door(outside, at=at, key="late")
    _log(inside, "left")
    with refused("G-STATE"):
        plan_changes.team_out(by=commander, at=at, key="t", team=_team_of(outside), reason="x")
    with refused("G-RECONCILE"):
        planning.close_operation(by=commander, at=at, key="c", operation=live)
    version = in_force(live).number
    for site in Site.objects.exclude(id__in=[inside.id, outside.id]).order_by("number"):
        _withdraw(play, site, at, "deferred")
    assert in_force(live).number == version, "there is no plan to repair any more"
    for site, code in ((inside, "wrong_place"), (outside, "refused")):
        field.record_outcome(
            by=leader_of(site), at=at, key=f"o{site.number}", site=site, code=code, reason="called back"
        )
    assert planning.close_operation(by=commander, at=at, key="d", operation=live).state == "closed"


def test_the_review_says_what_the_day_made_of_the_plan(play: Play, live: Operation, noon: datetime) -> None:
    commander = play.officer("commander")
    first, second = (_sites_of(team)[0] for team in _with_company(play))
    _withdraw(play, _sites_of(_team_of(first))[-1], noon)
    for site, late in ((first, 4), (second, 10)):
        field.log_event(
            by=leader_of(site), at=arrival_of(site) + timedelta(minutes=late), key=f"{site.number}", site=site,
            kind="at_door",
        )  # fmt: skip
    found = review_figures(commander, live)
    wave = found.waves[0]
    assert (wave.minutes_late, found.spread_real) == (
        7,
        6 + (arrival_of(second) - arrival_of(first)).total_seconds() / 60,
    )
    assert wave.real_last == found.latest_real
    assert len(found.not_reached) == 11
    assert (found.changes, found.people_moved) == ((("withdrawn", 1),), 0)


def test_a_line_of_the_review_is_numbered_and_a_measure_has_somebody(play: Play, live: Operation) -> None:
    commander = play.officer("commander")
    given: dict[str, Any] = {"by": commander, "at": live.day_end_at, "operation": live}
    for key, kind, text in (("a", "gossip", "x"), ("b", "worked", " "), ("c", "measure", "buy radios")):
        with refused("G-REVIEW"):
            readiness.add_after_action(key=key, kind=kind, text=text, **given)
    readiness.add_after_action(key="d", kind="worked", text="the first wave", **given)
    readiness.add_after_action(
        key="e", kind="measure", text="buy radios", owner=commander, due_on=live.day_end_at.date(), **given
    )
    lines = AfterAction.objects.order_by("number").values_list("number", "kind", "owner")
    assert list(lines) == [(1, "worked", None), (2, "measure", commander.id)]
