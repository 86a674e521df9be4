"""Teams of a district: as many as there can be, whole, fit for the places, the same in whatever order they come."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.planning.fit import fitting_roles, team_lacks, unfit
from kaval.engine.rules.planning.forming import form_teams
from kaval.engine.rules.planning.problem import ROLES, Officer, Point, Problem, Rules, Site, StationPoint
from kaval.simulation.figures import FIGURES
from kaval.simulation.geography import draw_map
from kaval.simulation.ownfiles import OFFICERS, Roster
from tests.engine.planning.worlds import FIRST_ENTRY, Mix, state, world

DISTRICT = "D00"


def sound(problem: Problem, district_id: str = DISTRICT) -> int:
    """Forms the teams, holds them against the rules, and returns how many there are."""
    officers = {one.officer_id: one for one in problem.officers}
    teams = form_teams(problem, district_id).teams
    for team in teams:
        assert team_lacks(team, problem.rules, officers=officers) == ()
        assert len({team.leader, team.cyber, team.technical, team.woman}) == 4
        assert {officers[one].district_id for one in team.officers} == {district_id}
    every = [one for team in teams for one in team.officers]
    assert len(every) == len(set(every))
    assert [team.team_id for team in teams] == [f"{district_id}-{n:02d}" for n in range(1, len(teams) + 1)]
    return len(teams)


def small(officers: Sequence[Officer], sites: Sequence[Site], rules: Rules | None = None) -> Problem:
    station = StationPoint("S", DISTRICT, Point("S", 9.5, 76.5), "Town", "Kottayam")
    return Problem("T", rules or Rules(FIRST_ENTRY), tuple(sites), tuple(officers), (station,))


def site(number: int, **more: object) -> Site:
    return replace(Site(f"P{number:02d}", DISTRICT, "S", 9.5, 76.5 + number / 100), **more)  # type: ignore[arg-type]


def officer(number: int, rank: str = "CPO", gender: str = "M", *skills: str) -> Officer:
    return Officer(f"O{number:02d}", rank, gender, "S", DISTRICT, frozenset(skills))


def crew(number: int) -> list[Officer]:
    return [
        officer(number, "SI"),
        officer(number + 1, "CPO", "M", "cyber"),
        officer(number + 2, "CPO", "M", "technical"),
        officer(number + 3, "CPO", "F"),
    ]


@pytest.mark.parametrize("operation, teams", [("small", 6), ("20.3", 320), ("23.1", 280)])
def test_an_operation_has_exactly_the_teams_its_officers_were_drawn_for(operation: str, teams: int) -> None:
    figures = FIGURES[operation]
    map_ = draw_map(random.Random(1), stations=figures.stations)
    rows = [dict(zip(OFFICERS, row, strict=True)) for row in Roster(figures, map_, random.Random(2)).rows]
    officers = [
        Officer(
            row["officer_id"],
            row["rank"],
            row["gender"],
            row["station_id"],
            row["district_id"],
            frozenset(row["skills"].split(";")),
            role=row["role"],
            leave_from=date.fromisoformat(row["leave_from"]) if row["leave_from"] else None,
            leave_to=date.fromisoformat(row["leave_to"]) if row["leave_to"] else None,
        )
        for row in rows
    ]
    stations = [one for some in map_.stations.values() for one in some]
    sites = [
        Site(f"P{n:04d}", one.district.district_id, one.station_id, one.point[1], one.point[0])
        for n, one in enumerate(stations * 4)
    ]
    points = [
        StationPoint(
            one.station_id, one.district.district_id, Point(one.station_id, one.point[1], one.point[0])
        )
        for one in stations
    ]
    start = FIRST_ENTRY + timedelta(days=(figures.field_day - FIRST_ENTRY.date()).days)
    problem = Problem(operation, Rules(start, most_stops=20), tuple(sites), tuple(officers), tuple(points))
    districts = sorted({one.district_id for one in problem.sites})
    assert sum(len(form_teams(problem, one).teams) for one in districts) == teams


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sets(st.sampled_from(ROLES), min_size=1), max_size=9))
def test_there_are_never_fewer_teams_than_there_could_be(roles: list[set[str]]) -> None:
    officers = [
        officer(
            number,
            "SI" if "leader" in fits else "CPO",
            "F" if "woman" in fits else "M",
            *sorted(fits & {"cyber", "technical"}),
        )
        for number, fits in enumerate(roles)
    ]
    problem = small(officers, [site(n) for n in range(4)])
    assert sound(problem) == _most(officers, problem.rules)


def _most(officers: list[Officer], rules: Rules) -> int:
    """By trying every four of the officers, and every four of the others."""
    fits = [fitting_roles(one, rules) for one in officers]

    def is_team(four: tuple[int, ...]) -> bool:
        return any(
            all(role in fits[one] for role, one in zip(ROLES, some, strict=True))
            for some in permutations(four)
        )

    teams = [frozenset(four) for four in combinations(range(len(officers)), 4) if is_team(four)]
    if any(one.isdisjoint(other) for one, other in combinations(teams, 2)):
        return 2
    return min(len(teams), 1)


@pytest.mark.parametrize(
    "mix",
    [Mix(), Mix(children=0.3), Mix(kinds=True, children=0.2, villages=0.6)],
    ids=["plain", "children", "villages"],
)
def test_every_team_is_whole_and_every_place_has_room(mix: Mix) -> None:
    problem = state(120, 40, mix=mix, weights=(3, 2, 1))
    assert sum(sound(problem, district) for district in ("D00", "D01", "D02")) == 40
    for district in ("D00", "D01", "D02"):
        formed = form_teams(problem, district)
        officers = {one.officer_id: one for one in problem.officers}
        assert formed.lack is None
        for place in problem.sites:
            if place.district_id == district:
                assert any(not unfit(team, place, problem.rules, officers=officers) for team in formed.teams)


def test_the_order_of_officers_and_places_changes_nothing() -> None:
    problem = world(30, 8, mix=Mix(children=0.3, villages=0.5))
    officers, sites = list(problem.officers), list(problem.sites)
    random.Random(5).shuffle(officers)
    random.Random(6).shuffle(sites)
    turned = replace(problem, officers=tuple(officers), sites=tuple(sites))
    assert form_teams(problem, DISTRICT) == form_teams(turned, DISTRICT)


def test_there_are_never_more_teams_than_places_or_than_asked_for() -> None:
    assert sound(world(3, 8)) == 3
    asked = world(20, 8, rules=Rules(FIRST_ENTRY, teams={DISTRICT: 5}))
    assert sound(asked) == 5
    assert form_teams(asked, DISTRICT).lack is None
    assert form_teams(replace(asked, sites=()), DISTRICT).teams == ()


def test_members_come_from_the_leaders_station_where_it_can_be() -> None:
    problem = world(40, 12)
    posted = {one.officer_id: one.station_id for one in problem.officers}
    for team in form_teams(problem, DISTRICT).teams:
        assert {posted[one] for one in team.officers} == {posted[team.leader]}
        assert team.base is not None
        assert team.base.key == posted[team.leader]


def test_absent_officers_are_in_no_team() -> None:
    problem = world(20, 5)
    leave, tired, desk = "D00-01-woman", "D00-02-woman", "D00-03-woman"
    away: dict[str, dict[str, Any]] = {
        leave: {"leave_from": date(2026, 2, 20)},
        tired: {"off_duty_at": FIRST_ENTRY - timedelta(hours=8)},
        desk: {"role": "custodian"},
    }
    changed = replace(
        problem,
        officers=tuple(replace(one, **away.get(one.officer_id, {})) for one in problem.officers),
    )
    assert sound(changed) == 2
    named = {one for team in form_teams(changed, DISTRICT).teams for one in team.officers}
    assert named.isdisjoint(away)


def test_women_of_rank_are_spread_so_that_children_are_met() -> None:
    problem = world(20, 5, mix=Mix(children=0.4))
    low = {"D00-03-woman", "D00-04-woman", "D00-05-woman"}
    problem = replace(
        problem,
        officers=tuple(
            replace(one, rank="CPO") if one.officer_id in low else one for one in problem.officers
        ),
    )
    teams = form_teams(problem, DISTRICT).teams
    assert sum(team.woman in {"D00-01-woman", "D00-02-woman"} for team in teams) == 2


def test_a_fifth_member_comes_only_where_the_four_cannot_bring_it() -> None:
    armed = replace(officer(50), armed=True)
    plain = small([*crew(0), *crew(4), armed], [site(n) for n in range(4)])
    assert [team.more for team in form_teams(plain, DISTRICT).teams] == [(), ()]
    needed = small([*crew(0), *crew(4), armed], [site(0, armed=True), *(site(n) for n in range(1, 4))])
    assert sorted(team.more for team in form_teams(needed, DISTRICT).teams) == [(), (("armed", "O50"),)]
    among = [replace(one, armed=one.officer_id == "O01") for one in crew(0)]
    assert [
        team.more for team in form_teams(small([*among, armed], [site(0, armed=True)]), DISTRICT).teams
    ] == [()]


def test_a_vehicle_is_in_every_team_where_it_is_needed() -> None:
    rules = Rules(FIRST_ENTRY, needs=frozenset({"cyber", "technical", "woman", "vehicle"}))
    driver = replace(officer(60), vehicle=True)
    one_car = small([*crew(0), *crew(4), driver], [site(n) for n in range(4)], rules)
    assert sound(one_car) == 1
    two_cars = replace(
        one_car,
        officers=tuple(
            replace(one, vehicle=True) if one.officer_id == "O04" else one for one in one_car.officers
        ),
    )
    assert sound(two_cars) == 2


def test_a_leader_of_the_places_own_station_is_kept_for_section_185() -> None:
    here, there = crew(0), [replace(one, station_id="FAR") for one in crew(4)]
    extra = replace(officer(50, "SI"), station_id="FAR")
    places = [replace(site(n), station_id="FAR", basis="POLICE_185") for n in range(3)]
    problem = small([*here, *there, extra], places, Rules(FIRST_ENTRY, most_stops=3))
    teams = form_teams(problem, DISTRICT)
    posted = {one.officer_id: one.station_id for one in problem.officers}
    assert teams.lack is None
    assert "FAR" in {posted[team.leader] for team in teams.teams}


def test_a_place_some_officers_may_not_go_to_keeps_a_team() -> None:
    officers = [*crew(0), *crew(4)]
    barred = {"O00", "O05", "O02", "O07"}
    officers = [
        replace(one, conflicts=frozenset({"P00"})) if one.officer_id in barred else one for one in officers
    ]
    problem = small(officers, [site(0), site(1)])
    formed = form_teams(problem, DISTRICT)
    assert formed.lack is None
    assert any(barred.isdisjoint(team.officers) for team in formed.teams)


def test_a_role_nobody_asks_for_takes_nobody() -> None:
    rules = Rules(FIRST_ENTRY, needs=frozenset({"cyber", "woman"}))
    problem = small([one for one in crew(0) if "technical" not in one.skills], [site(0)], rules)
    (team,) = form_teams(problem, DISTRICT).teams
    assert team.technical == team.leader
    assert len(team.officers) == 3
