"""The day's plan: best against trying everything, bounds below it, every rule kept, any order of input."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import permutations, product

import pytest

from kaval.engine.rules.planning.day import DistrictTask, first_plan, objective_of, plan_day
from kaval.engine.rules.planning.district import DistrictMade, work_on
from kaval.engine.rules.planning.fit import unfit
from kaval.engine.rules.planning.problem import Objective, Plan, Problem, Rules, Site, Team
from kaval.engine.rules.planning.timing import entries, metres_of, window_of
from kaval.engine.rules.planning.verify import violations
from kaval.engine.rules.planning.ways import Ways
from tests.engine.planning.worlds import FIRST_ENTRY, Mix, world

RICH = Mix(kinds=True, children=0.3, late=0.1, villages=0.4)
QUICK = 0.1


def _minutes(plan: Plan) -> dict[str, int]:
    return {stop.site_id: (stop.arrive_at - FIRST_ENTRY) // timedelta(minutes=1) for stop in plan.stops}


def _waves(plan: Plan) -> dict[str, int]:
    return {stop.site_id: stop.wave for stop in plan.stops}


def _tuple(one: Objective) -> tuple[int, int, int]:
    return one.latest_entry_minutes, one.unequal_load, one.metres


def _shares(sites: Sequence[Site], teams: int) -> Iterator[tuple[tuple[Site, ...], ...]]:
    """Every way to share out the places so that no team is idle."""
    for owners in product(range(teams), repeat=len(sites)):
        if len(set(owners)) == teams:
            yield tuple(
                tuple(site for site, owner in zip(sites, owners, strict=True) if owner == team)
                for team in range(teams)
            )


def _best(problem: Problem, teams: Sequence[Team]) -> tuple[int, int, int]:
    """The best objective of one district by trying everything, from `timing` and `fit` alone."""
    rules, ways = problem.rules, Ways.of(problem)
    officers = {one.officer_id: one for one in problem.officers}
    windows = {site.site_id: window_of(site, rules) for site in problem.sites}

    @cache
    def costs(team: int, own: tuple[Site, ...]) -> set[tuple[int, int]]:
        """Last entry and metres of every order that may be driven."""
        found: set[tuple[int, int]] = set()
        if len(own) > rules.most_stops or any(
            unfit(teams[team], one, rules, officers=officers) for one in own
        ):
            return found
        for order in permutations(own):
            at = entries(order, rules, ways=ways)
            shut = any(entry > windows[site.site_id].closes for site, entry in zip(order, at, strict=True))
            if not shut and at[0] <= rules.wave_minutes:
                found.add((at[-1], metres_of(teams[team], order, ways)))
        return {one for one in found if not any(a <= one[0] and b < one[1] for a, b in found)}

    def plans() -> Iterator[tuple[int, int, int]]:
        for shares in _shares(problem.sites, len(teams)):
            counts = [len(own) for own in shares]
            for chosen in product(*(costs(team, own) for team, own in enumerate(shares))):
                late = max(one[0] for one in chosen)
                yield late, max(counts) - min(counts), sum(one[1] for one in chosen)

    return min(plans())


@pytest.mark.parametrize(
    ("places", "teams", "seed"), [(3, 2, 1), (4, 2, 2), (5, 2, 3), (5, 3, 4), (6, 2, 5), (6, 3, 6), (7, 3, 7)]
)
def test_a_small_day_is_the_best_there_is_and_its_bounds_are_true(places: int, teams: int, seed: int) -> None:
    problem = world(places, teams, seed=seed, mix=RICH)
    made = plan_day(problem, effort=QUICK)

    assert made.lacks == ()
    best = _best(problem, made.teams)
    assert _tuple(made.objective) == best
    assert all(low <= true for low, true in zip(_tuple(made.lower_bound), best, strict=True))
    assert made.objective.gap_to(made.lower_bound).worst == 0.0


def test_the_first_plan_keeps_every_rule_and_is_no_better_than_the_bounds() -> None:
    problem = world(14, 5, districts=3, mix=RICH)
    first, best = first_plan(problem), plan_day(problem, effort=QUICK)

    assert violations(problem, first) == violations(problem, best) == []
    assert _tuple(best.objective) <= _tuple(first.objective)
    for quick, long in zip(first.districts, best.districts, strict=True):
        assert _tuple(long.objective) <= _tuple(quick.objective)
        assert quick.lower_bound.latest_entry_minutes <= long.lower_bound.latest_entry_minutes


def test_the_stated_sums_are_those_of_the_stops() -> None:
    problem = world(10, 4, districts=2)
    made = plan_day(problem, effort=QUICK)

    assert made.objective == objective_of(problem, made.teams, made.stops)
    assert made.objective.metres == sum(one.objective.metres for one in made.districts)
    assert made.objective.unequal_load == sum(one.objective.unequal_load for one in made.districts)


def test_the_order_of_the_input_and_of_the_work_changes_nothing() -> None:
    problem = world(11, 4, districts=2, mix=replace(RICH, pairs=2, groups=1))
    dice = random.Random(3)
    mixed = replace(
        problem,
        sites=tuple(dice.sample(problem.sites, len(problem.sites))),
        officers=tuple(dice.sample(problem.officers, len(problem.officers))),
        stations=tuple(dice.sample(problem.stations, len(problem.stations))),
    )
    heard: list[tuple[int, int]] = []

    def backwards(work: object, tasks: Sequence[DistrictTask]) -> Iterable[DistrictMade]:
        return [work_on(task) for task in reversed(tasks)]

    plain = plan_day(problem, effort=QUICK)
    assert plan_day(mixed, effort=QUICK, run=backwards, told=lambda *one: heard.append(one)) == plain
    assert heard == [(1, 2), (2, 2)]


def test_linked_places_are_entered_together_also_across_districts() -> None:
    problem = world(9, 4, districts=3, seed=4, mix=Mix(pairs=3, groups=2))
    made = plan_day(problem, effort=QUICK)
    waves, minutes = _waves(made), _minutes(made)

    assert violations(problem, made) == []
    linked = {site.site_id for site in problem.sites if site.links}
    assert sum(waves[one] == 0 for one in linked) > len(linked) / 2
    for key in {key for site in problem.sites for key in site.links}:
        own = [site.site_id for site in problem.sites if key in site.links]
        assert len({waves[one] for one in own}) == 1
        assert max(minutes[one] for one in own) - min(minutes[one] for one in own) <= 15


def test_a_linked_group_that_opens_late_waits_for_each_other_in_a_later_wave() -> None:
    plain = world(8, 4, districts=2, seed=5)
    late = {"D00-P001", "D00-P004", "D01-P002"}
    opens = FIRST_ENTRY + timedelta(minutes=150)
    problem = replace(
        plain,
        sites=tuple(
            replace(site, links=("contact:x",), not_before=opens if site.site_id == "D00-P001" else None)
            if site.site_id in late
            else site
            for site in plain.sites
        ),
    )
    made = plan_day(problem, effort=QUICK)

    assert violations(problem, made) == []
    assert {_waves(made)[one] for one in late} == {1}
    hours = [_minutes(made)[one] for one in late]
    assert min(hours) >= 135
    assert max(hours) - min(hours) <= 15


def test_more_linked_places_than_teams_are_told_and_the_rest_is_planned() -> None:
    plain = world(8, 3, districts=2, seed=6)
    own = {f"D00-P00{n}" for n in range(4)}
    problem = replace(
        plain,
        sites=tuple(
            replace(site, links=("group:g",)) if site.site_id in own else site for site in plain.sites
        ),
    )
    made = plan_day(problem, effort=QUICK)

    assert {one for one, why in made.unplaced if why == "P-LINK"} == own
    assert [(lack.district_id, "P-LINK" in lack.rules) for lack in made.lacks] == [("D00", True)]
    assert len(made.stops) == 12
    assert violations(problem, made) == []


def test_a_place_that_opens_late_is_no_first_stop_and_limits_are_kept() -> None:
    rules = Rules(FIRST_ENTRY, last_entry_at=FIRST_ENTRY + timedelta(minutes=300), most_stops=3)
    plain = world(9, 3, seed=8, rules=rules)
    late = plain.sites[2].site_id
    opens = FIRST_ENTRY + timedelta(minutes=30)
    problem = replace(
        plain,
        sites=tuple(
            replace(site, not_before=opens) if site.site_id == late else site for site in plain.sites
        ),
    )
    made = plan_day(problem, effort=QUICK)

    assert violations(problem, made) == []
    assert _waves(made)[late] > 0
    assert _minutes(made)[late] >= 30
    assert max(stop.order for stop in made.stops) == 3


def test_a_witness_is_at_one_search_at_a_time() -> None:
    plain = world(8, 4, seed=9)
    shared = {site.site_id for site in plain.sites[:3]}
    problem = replace(
        plain,
        sites=tuple(
            replace(site, witnesses=("W1",)) if site.site_id in shared else site for site in plain.sites
        ),
    )

    assert violations(problem, plan_day(problem, effort=QUICK)) == []


def test_a_district_without_a_plan_says_why_and_the_others_stand() -> None:
    rules = Rules(FIRST_ENTRY, most_stops=2)
    plain = world(6, 3, districts=2, seed=10, rules=rules)
    problem = replace(
        plain, officers=tuple(one for one in plain.officers if not one.officer_id.startswith("D01-01"))
    )
    made = plan_day(problem, effort=QUICK)

    assert [lack.district_id for lack in made.lacks] == ["D01"]
    assert made.lacks[0].text
    assert {one for one, _ in made.unplaced} == {f"D01-P00{n}" for n in range(6)}
    assert {stop.site_id for stop in made.stops} == {f"D00-P00{n}" for n in range(6)}
    assert [one.district_id for one in made.districts] == ["D00"]


def test_fewer_places_than_teams_leave_nobody_without_words() -> None:
    problem = world(2, 4, seed=11)
    made = plan_day(problem, effort=QUICK)

    assert violations(problem, made) == []
    assert {stop.order for stop in made.stops} == {1}
