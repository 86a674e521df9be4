"""The checker against plans it did not see being made: sound ones pass, and every mutation that breaks a rule is found.

Teams and times come from the planner's own arithmetic (`timing`, `ways`), places are dealt out in turn: so these laws
also hold the two readings of ways, windows and fitness against each other.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.planning.fit import team_lacks, unfit
from kaval.engine.rules.planning.problem import (
    Objective,
    Officer,
    Plan,
    Point,
    Problem,
    Rules,
    Site,
    Stop,
    Team,
)
from kaval.engine.rules.planning.timing import metres_of, stops_of
from kaval.engine.rules.planning.verify import violations
from kaval.engine.rules.planning.verify_book import Book
from kaval.engine.rules.planning.ways import Ways
from tests.engine.planning.verify_ground import Day, team_of
from tests.engine.planning.worlds import FIRST_ENTRY, Mix, simple_teams, world

NOTHING = Objective(0, 0, 0)
seeds = st.integers(0, 10_000)


def dealt(problem: Problem) -> Plan:
    """A sound plan without any choice: the places of a district go round its teams, in the order of the file."""
    ways, stops, teams = Ways.of(problem), list[Stop](), list[Team]()
    metres = load = latest = 0
    for district in sorted({site.district_id for site in problem.sites}):
        mine, places = (
            simple_teams(problem, district),
            [s for s in problem.sites if s.district_id == district],
        )
        loads = [len(places[n :: len(mine)]) for n in range(len(mine))]
        load += max(loads) - min(loads)
        for number, team in enumerate(mine):
            route = places[number :: len(mine)]
            stops += stops_of(team, route, problem.rules, ways=ways)
            metres += metres_of(team, route, ways)
            teams.append(team)
    latest = max((int((stop.arrive_at - FIRST_ENTRY) / timedelta(minutes=1)) for stop in stops), default=0)
    return Plan(tuple(teams), tuple(stops), Objective(latest, load, metres), NOTHING)


MIX = Mix(kinds=True, children=0.3)


def sound(seed: int) -> Day:
    problem = world(11, 4, districts=2, seed=seed, mix=MIX, rules=Rules(FIRST_ENTRY, most_stops=4))
    return Day(problem, dealt(problem))


@settings(max_examples=30)
@given(seed=seeds)
def test_a_plan_by_the_planners_own_clock_has_no_violations(seed: int) -> None:
    day = sound(seed)
    assert violations(day.problem, day.plan) == []


# Each mutation breaks the rules it names, whatever it hits; more may break with it.


def _drop(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    return day.without(dice.choice(day.plan.stops).site_id), {"P-ONCE"}


def _double(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    return day.says(stops=(*day.plan.stops, dice.choice(day.plan.stops))), {"P-ONCE", "P-ORDER"}


def _earlier(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    """One entry a second to half an hour earlier; the planner left no slack before any."""
    stop = dice.choice(day.plan.stops)
    by = timedelta(seconds=dice.choice((1, 30, 60, 600, 1800)))
    rule = "P-FIRST" if stop.order == 1 else "P-WAY"
    return day.stop(stop.site_id, arrive_at=stop.arrive_at - by), {rule}


def _hurried(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    stop = dice.choice(day.plan.stops)
    return day.stop(stop.site_id, leave_at=stop.leave_at - timedelta(seconds=1)), {"P-WAY"}


def _swapped_places(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    """Two places of different districts change their teams."""
    one = dice.choice([stop for stop in day.plan.stops if stop.team_id.startswith("D00")])
    other = dice.choice([stop for stop in day.plan.stops if stop.team_id.startswith("D01")])
    exchanged = {
        id(one): replace(one, site_id=other.site_id),
        id(other): replace(other, site_id=one.site_id),
    }
    stops = tuple(exchanged.get(id(stop), stop) for stop in day.plan.stops)
    return day.says(stops=stops), {"P-DISTRICT", "P-LOCAL"}


def _swapped_officers(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    """The woman of one team and the technical officer of another change places: neither fits."""
    one, other = dice.sample(day.plan.teams, 2)
    changed = day.team(one.team_id, woman=other.technical).team(other.team_id, technical=one.woman)
    return changed, {"P-WOMAN", "P-TECHNICAL"}


def _shared_officer(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    one, other = dice.sample([team for team in day.plan.teams if team.district_id == "D00"], 2)
    return day.team(one.team_id, cyber=other.cyber), {"P-ONCE"}


def _other_team(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    """A first place goes onto the list of another team, at the time it had: that team has two first places."""
    stop = dice.choice([one for one in day.plan.stops if one.order == 1])
    team = dice.choice([one for one in day.plan.teams if one.team_id != stop.team_id])
    return day.stop(stop.site_id, team_id=team.team_id), {"P-ORDER"}


def _reversed(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    routes = [list(route) for _, route in groupby(day.plan.stops, key=lambda stop: stop.team_id)]
    route = dice.choice([one for one in routes if len(one) > 1])
    first, last = route[0], route[-1]
    times = {"arrive_at": last.arrive_at, "leave_at": last.leave_at}
    return day.stop(first.site_id, **times), {"P-WAY", "P-FIRST"}


def _flattered(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    part = dice.choice(("latest_entry_minutes", "unequal_load", "metres"))
    stated = replace(day.plan.objective, **{part: getattr(day.plan.objective, part) - dice.randint(1, 50)})
    return day.says(objective=stated), {"P-SUM"}


def _bold(day: Day, dice: random.Random) -> tuple[Day, set[str]]:
    part = dice.choice(("latest_entry_minutes", "unequal_load", "metres"))
    bound = replace(NOTHING, **{part: getattr(day.plan.objective, part) + 1})
    return day.says(lower_bound=bound), {"P-BOUND"}


MUTATIONS: tuple[Callable[[Day, random.Random], tuple[Day, set[str]]], ...] = (
    _drop,
    _double,
    _earlier,
    _hurried,
    _swapped_places,
    _swapped_officers,
    _shared_officer,
    _other_team,
    _reversed,
    _flattered,
    _bold,
)


@settings(max_examples=100)
@given(seed=seeds, mutation=st.sampled_from(MUTATIONS), throw=seeds)
def test_every_mutation_is_found(
    seed: int, mutation: Callable[[Day, random.Random], tuple[Day, set[str]]], throw: int
) -> None:
    changed, rules = mutation(sound(seed % 8), random.Random(throw))
    assert rules <= changed.rules_broken()


@settings(max_examples=30)
@given(seed=seeds, throw=st.randoms(use_true_random=False))
def test_the_verdict_does_not_depend_on_any_order(seed: int, throw: random.Random) -> None:
    changed, _ = MUTATIONS[seed % len(MUTATIONS)](sound(seed % 8), random.Random(seed))
    problem, plan = changed.problem, changed.plan
    mixed = replace(
        problem,
        sites=tuple(throw.sample(problem.sites, len(problem.sites))),
        officers=tuple(throw.sample(problem.officers, len(problem.officers))),
    )
    shaken = replace(
        plan,
        stops=tuple(throw.sample(plan.stops, len(plan.stops))),
        teams=tuple(throw.sample(plan.teams, len(plan.teams))),
    )
    assert violations(mixed, shaken) == violations(problem, plan)


_VILLAGES = ("North", "South")
officers = st.builds(
    Officer,
    officer_id=st.sampled_from(("o1", "o2", "o3", "o4")),
    rank=st.sampled_from(("CPO", "ASI", "SI", "INSPECTOR", "?")),
    gender=st.sampled_from("FM"),
    station_id=st.sampled_from(("s1", "s2")),
    district_id=st.just("D"),
    skills=st.frozensets(st.sampled_from(("cyber", "technical", "search"))),
    role=st.sampled_from(("", "", "custodian")),
    leave_from=st.sampled_from((None, date(2026, 2, 22), date(2026, 2, 23))),
    leave_to=st.sampled_from((None, date(2026, 2, 21), date(2026, 2, 22))),
    off_duty_at=st.sampled_from(
        (None, FIRST_ENTRY - timedelta(hours=9), FIRST_ENTRY - timedelta(hours=8, minutes=59))
    ),
    villages=st.frozensets(st.sampled_from(_VILLAGES)),
    conflicts=st.frozensets(st.sampled_from(("p", "q"))),
    armed=st.sampled_from((None, True, False)),
    vehicle=st.sampled_from((None, True, False)),
)
places = st.builds(
    Site,
    site_id=st.just("p"),
    district_id=st.just("D"),
    station_id=st.sampled_from(("s1", "s2")),
    latitude=st.just(9.5),
    longitude=st.just(76.4),
    village=st.sampled_from(("", *_VILLAGES)),
    basis=st.sampled_from(("", "WARRANT_96", "POLICE_185")),
    rank=st.sampled_from(("", "SI", "INSPECTOR")),
    children=st.sampled_from((None, False, True)),
    woman_expected=st.sampled_from((None, True)),
    armed=st.booleans(),
    cwc_contact=st.just("CWC desk"),
)
needs = st.frozensets(st.sampled_from(("cyber", "technical", "woman", "local", "vehicle")))


@settings(max_examples=120)
@given(
    crew=st.lists(officers, min_size=4, max_size=4, unique_by=lambda one: one.officer_id),
    place=places,
    needs=needs,
    local=st.sampled_from(("district", "station")),
)
def test_planner_and_checker_read_the_rules_of_people_alike(
    crew: list[Officer], place: Site, needs: frozenset[str], local: str
) -> None:
    rules = Rules(FIRST_ENTRY, needs=needs, local=local)
    team = team_of("T", "D", [one.officer_id for one in crew])
    stop = Stop("T", "p", 1, 0, FIRST_ENTRY, FIRST_ENTRY + timedelta(minutes=90))
    plan = Plan((team,), (stop,), NOTHING, NOTHING)
    found = violations(Problem("TEST", rules, (place,), tuple(crew), ()), plan)
    known = {one.officer_id: one for one in crew}
    planner = {*unfit(team, place, rules, officers=known), *team_lacks(team, rules, officers=known)}
    # Of an officer who is absent for several reasons the planner names the first only.
    absent = {"P-DESK", "P-LEAVE", "P-REST"}
    mine = {one.rule for one in found}
    assert mine - absent == planner - absent
    assert bool(mine & absent) == bool(planner & absent)
    assert planner <= mine


@settings(max_examples=200)
@given(
    latitudes=st.tuples(st.floats(8.2, 12.8), st.floats(8.2, 12.8)),
    longitudes=st.tuples(st.floats(74.8, 77.4), st.floats(74.8, 77.4)),
    terrains=st.tuples(st.sampled_from(("", "city", "hill", "?")), st.sampled_from(("", "plain", "coast"))),
)
def test_two_formulas_measure_the_same_ways(
    latitudes: tuple[float, float], longitudes: tuple[float, float], terrains: tuple[str, str]
) -> None:
    start, end = (
        Point(name, latitude, longitude, terrain)
        for name, latitude, longitude, terrain in zip("ab", latitudes, longitudes, terrains, strict=True)
    )
    problem = Problem("TEST", Rules(FIRST_ENTRY), (), (), ())
    book, ways = Book.of(problem, Plan((), (), NOTHING, NOTHING)), Ways.of(problem)
    assert book.minutes(start, end) == ways.minutes(start, end)
    low, high = book.metres(start, end)
    assert low <= ways.metres(start, end) <= high
    assert high - low <= 1
