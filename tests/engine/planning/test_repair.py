"""One late change at a time: what the repaired plan keeps, whom it moves, and what it says when nothing helps."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.planning.changes import (
    Event,
    OfficerIn,
    OfficerOut,
    SiteChanged,
    SiteIn,
    SiteOut,
    TeamOut,
)
from kaval.engine.rules.planning.problem import Officer, Plan, Problem
from kaval.engine.rules.planning.repair import repair
from tests.engine.planning.late_days import broken, lists, site, started
from tests.engine.planning.worlds import FIRST_ENTRY, world


@pytest.fixture(scope="module")
def day() -> tuple[Problem, Plan]:
    """Six places, three teams of four, one district: two places each."""
    return started(world(6, 3, seed=4))


def officer(
    name: str, *, skills: str = "", rank: str = "CPO", gender: str = "M", armed: bool = False
) -> Officer:
    return Officer(name, rank, gender, "D00-ST00", "D00", frozenset(skills.split()), armed=armed)


def with_officers(day: tuple[Problem, Plan], *more: Officer) -> tuple[Problem, Plan]:
    return replace(day[0], officers=(*day[0].officers, *more)), day[1]


def test_a_free_officer_takes_the_seat_and_nobody_else_moves(day: tuple[Problem, Plan]) -> None:
    problem, plan = with_officers(day, officer("free", skills="cyber"))
    answer = repair(problem, plan, OfficerOut("D00-01-cyber"))
    assert answer.difference.people_moved == 1
    assert {team.team_id: team.cyber for team in answer.plan.teams}["D00-01"] == "free"
    assert (lists(answer.plan), broken(answer), answer.lack) == (lists(plan), [], None)


def test_where_no_free_officer_fits_one_of_another_team_does_and_the_free_one_takes_that_seat(
    day: tuple[Problem, Plan],
) -> None:
    problem, plan = with_officers(day, officer("free", skills="technical"))
    both = frozenset({"cyber", "technical"})
    officers = tuple(
        replace(one, skills=both) if one.officer_id == "D00-02-technical" else one for one in problem.officers
    )
    answer = repair(replace(problem, officers=officers), plan, OfficerOut("D00-01-cyber"))
    teams = {team.team_id: team for team in answer.plan.teams}
    assert teams["D00-01"].cyber in {"D00-02-cyber", "D00-02-technical"}
    assert "free" in teams["D00-02"].officers
    assert (answer.difference.people_moved, broken(answer)) == (2, [])


def test_a_seat_nobody_can_fill_gives_the_team_up_and_spreads_its_places(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    answer = repair(problem, plan, OfficerOut("D00-01-cyber"))
    assert len(answer.plan.teams) == 2
    assert sorted(one for route in lists(answer.plan).values() for one in route) == sorted(
        one.site_id for one in problem.sites
    )
    assert broken(answer) == []
    assert answer.difference.people_moved <= 8


def test_places_of_a_team_that_drops_out_go_to_a_new_team_when_four_officers_are_free(
    day: tuple[Problem, Plan],
) -> None:
    crew = (
        officer("free-1", rank="SI"),
        officer("free-2", skills="cyber"),
        officer("free-3", skills="technical"),
        officer("free-4", rank="SI", gender="F"),
    )
    problem, plan = with_officers(day, *crew)
    answer = repair(problem, plan, TeamOut("D00-02"))
    new = next(team for team in answer.plan.teams if team.team_id == "D00-04")
    assert set(new.officers) == {"free-1", "free-2", "free-3", "free-4"}
    assert set(lists(answer.plan)["D00-04"]) == set(lists(plan)["D00-02"])
    assert (answer.difference.people_moved, broken(answer)) == (4, [])


def test_officers_of_a_team_that_dropped_out_are_not_called_again(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    first = repair(problem, plan, TeamOut("D00-02"))
    second = repair(first.problem, first.plan, OfficerOut("D00-01-woman"))
    gone = {"D00-02-leader", "D00-02-cyber", "D00-02-technical", "D00-02-woman", "D00-01-woman"}
    assert not gone & {one for team in second.plan.teams for one in team.officers}
    assert broken(second) == []


def test_a_withdrawn_place_moves_nobody_and_the_rest_comes_earlier(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    first = lists(plan)["D00-01"][0]
    answer = repair(problem, plan, SiteOut(first))
    assert (answer.difference.people_moved, broken(answer)) == (0, [])
    assert lists(answer.plan)["D00-01"] == lists(plan)["D00-01"][1:]
    assert answer.plan.objective.latest_entry_minutes <= plan.objective.latest_entry_minutes


def test_a_new_place_moves_one_team_only(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    new = replace(
        site(problem, "D00-P000"), site_id="D00-N1", latitude=site(problem, "D00-P000").latitude + 0.01
    )
    answer = repair(problem, plan, SiteIn(new), slack_minutes=1000)
    assert (answer.difference.people_moved, broken(answer)) == (4, [])
    changed = [team for team, route in lists(answer.plan).items() if set(route) != set(lists(plan)[team])]
    assert len(changed) == 1


def test_a_linked_new_place_is_entered_with_its_partner(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    partner = lists(plan)["D00-01"][1]
    tied = replace(site(problem, partner), links=("account:x",))
    problem = replace(problem, sites=tuple(tied if one.site_id == partner else one for one in problem.sites))
    new = replace(site(problem, "D00-P003"), site_id="D00-N1", links=("account:x",))
    answer = repair(problem, plan, SiteIn(new))
    stops = {stop.site_id: stop for stop in answer.plan.stops}
    assert stops["D00-N1"].wave == stops[partner].wave
    assert abs(stops["D00-N1"].arrive_at - stops[partner].arrive_at) <= timedelta(minutes=15)
    assert broken(answer) == []


def test_places_tied_to_each_other_late_come_into_one_wave_without_moving_anybody(
    day: tuple[Problem, Plan],
) -> None:
    problem, plan = day
    first, second = lists(plan)["D00-01"][0], lists(plan)["D00-02"][1]
    tied = replace(site(problem, first), links=("group:g",))
    problem = replace(problem, sites=tuple(tied if one.site_id == first else one for one in problem.sites))
    answer = repair(problem, plan, SiteChanged(replace(site(problem, second), links=("group:g",))))
    waves = {stop.site_id: stop.wave for stop in answer.plan.stops}
    assert waves[first] == waves[second]
    assert (answer.difference.people_moved, broken(answer)) == (0, [])


def test_an_armed_place_gets_one_armed_officer_more(day: tuple[Problem, Plan]) -> None:
    problem, plan = with_officers(day, officer("armed", armed=True))
    answer = repair(problem, plan, SiteChanged(replace(site(problem, "D00-P002"), armed=True)))
    team = next(one for one in answer.plan.teams if "armed" in one.officers)
    assert "D00-P002" in lists(answer.plan)[team.team_id]
    assert (team.more, answer.difference.people_moved, broken(answer)) == ((("armed", "armed"),), 1, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"children": True, "cwc_contact": ""},
        {"armed": True},
        {"not_after": FIRST_ENTRY - timedelta(minutes=1)},
        {"rank": "SP"},
    ],
)
def test_what_no_team_can_take_is_left_out_in_words(
    day: tuple[Problem, Plan], changes: dict[str, object]
) -> None:
    problem, plan = day
    hard = replace(site(problem, "D00-P002"), **changes)  # type: ignore[arg-type]
    answer = repair(problem, plan, SiteChanged(hard))
    assert [one for one, _ in answer.plan.unplaced] == ["D00-P002"]
    assert answer.plan.unplaced[0][1]
    assert answer.lack is not None
    assert answer.lack.text_ml
    assert answer.difference.people_moved == 0
    assert broken(answer) == []


def test_a_place_left_out_is_placed_as_soon_as_somebody_can_take_it(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    without = repair(problem, plan, SiteChanged(replace(site(problem, "D00-P002"), armed=True)))
    answer = repair(without.problem, without.plan, OfficerIn(officer("armed", armed=True)))
    assert (answer.plan.unplaced, answer.plan.lacks, answer.lack, broken(answer)) == ((), (), None, [])


def test_places_under_way_and_those_before_them_stay_as_they_are(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    done = lists(plan)["D00-02"][0]
    before = next(stop for stop in plan.stops if stop.site_id == done)
    answer = repair(problem, plan, TeamOut("D00-02"), fixed=frozenset({done}))
    after = next(stop for stop in answer.plan.stops if stop.site_id == done)
    assert after == before
    assert lists(answer.plan)["D00-02"] == (done,)
    assert broken(answer) == []
    again = repair(
        answer.problem,
        answer.plan,
        SiteIn(replace(site(problem, done), site_id="D00-N1")),
        fixed=frozenset({done}),
        closed=frozenset({"D00-02"}),
    )
    assert lists(again.plan)["D00-02"] == (done,)
    assert repair(problem, plan, SiteOut(done), fixed=frozenset({done})).plan == plan


def test_nothing_is_put_before_a_place_under_way(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    begun = frozenset(stop.site_id for stop in plan.stops if stop.wave == 0)
    new = replace(site(problem, "D00-P000"), site_id="D00-N1")
    answer = repair(problem, plan, SiteIn(new), fixed=begun)
    assert {stop.site_id for stop in answer.plan.stops if stop.wave == 0} == begun
    assert broken(answer) == []


def test_within_the_slack_fewer_people_count_more_and_beyond_it_the_time_does(
    day: tuple[Problem, Plan],
) -> None:
    problem, plan = day
    patient = repair(problem, plan, TeamOut("D00-03"), slack_minutes=1000)
    strict = repair(problem, plan, TeamOut("D00-03"), slack_minutes=0)
    assert patient.difference.people_moved == 4
    assert strict.plan.objective.latest_entry_minutes < patient.plan.objective.latest_entry_minutes
    assert broken(patient) == broken(strict) == []


def test_the_same_change_has_the_same_answer_in_any_order_of_the_files(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    dice = random.Random(3)
    shuffled = replace(
        problem,
        sites=tuple(dice.sample(problem.sites, len(problem.sites))),
        officers=tuple(dice.sample(problem.officers, len(problem.officers))),
    )
    mixed = replace(plan, teams=tuple(reversed(plan.teams)))
    for event in (TeamOut("D00-01"), OfficerOut("D00-02-leader"), SiteOut("D00-P001")):
        assert repair(shuffled, mixed, event).plan == repair(problem, plan, event).plan


def test_other_districts_are_not_touched() -> None:
    problem, plan = started(world(4, 2, districts=2, seed=6))
    answer = repair(problem, plan, TeamOut("D01-01"))
    assert [one for one in answer.plan.stops if one.team_id.startswith("D00")] == [
        one for one in plan.stops if one.team_id.startswith("D00")
    ]
    assert broken(answer) == []


@pytest.mark.parametrize(
    "event", [OfficerOut("nobody"), TeamOut("nobody"), SiteOut("nowhere")], ids=["officer", "team", "place"]
)
def test_a_change_of_what_is_not_there_is_refused(day: tuple[Problem, Plan], event: Event) -> None:
    with pytest.raises(RefusedError, match="P-KNOWN"):
        repair(*day, event)


def test_a_place_that_is_there_does_not_come_again(day: tuple[Problem, Plan]) -> None:
    with pytest.raises(RefusedError, match="already"):
        repair(*day, SiteIn(day[0].sites[0]))
