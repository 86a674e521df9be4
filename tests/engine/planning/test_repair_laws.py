"""Change after change on one day: whatever happens, the checker finds nothing in any repaired plan."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaval.engine.rules.planning.problem import Plan, Problem
from kaval.engine.rules.planning.repair import repair
from tests.engine.planning.late_days import KINDS, broken, drawn, lists, started
from tests.engine.planning.worlds import Mix, world

MIXED = Mix(kinds=True, children=0.3, villages=0.4, pairs=2)


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(seed=st.integers(0, 10_000), kinds=st.lists(st.sampled_from(KINDS), min_size=25, max_size=25))
def test_twenty_five_changes_in_a_row_break_no_rule(seed: int, kinds: list[str]) -> None:
    problem, plan = started(world(6, 3, seed=seed, mix=MIXED))
    dice = random.Random(seed)
    for number, kind in enumerate(kinds):
        event = drawn(kind, problem, plan, dice=dice, number=number)
        if event is None:
            continue
        answer = repair(problem, plan, event)
        assert broken(answer) == [], (number, event)
        assert answer.difference.people_moved == _moved(plan, answer.plan)
        assert {one for one, _ in answer.plan.unplaced} | {stop.site_id for stop in answer.plan.stops} == {
            site.site_id for site in answer.problem.sites
        }
        problem, plan = answer.problem, answer.plan


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), kind=st.sampled_from(("site out", "officer in")))
def test_what_takes_nothing_away_moves_nobody(seed: int, kind: str) -> None:
    problem, plan = _day(seed % 5)
    event = drawn(kind, problem, plan, dice=random.Random(seed), number=1)
    assert event is not None
    assert repair(problem, plan, event).difference.people_moved == 0


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_a_new_place_costs_one_team_when_any_can_take_it_in_time(seed: int) -> None:
    problem, plan = _day(seed % 5)
    event = drawn("site in", problem, plan, dice=random.Random(seed), number=1)
    assert event is not None
    answer = repair(problem, plan, event, slack_minutes=10_000)
    assert (answer.difference.people_moved, broken(answer)) == (4, [])


def _moved(before: Plan, after: Plan) -> int:
    """The contract's count, written again: officers who change team, join the day or get a place added."""
    was, now = lists(before), lists(after)
    team_before = {one: team.team_id for team in before.teams for one in team.officers}
    return sum(
        team_before.get(one) != team.team_id
        or not set(now.get(team.team_id, ())) <= set(was.get(team.team_id, ()))
        for team in after.teams
        for one in team.officers
    )


_DAYS: dict[int, tuple[Problem, Plan]] = {}


def _day(seed: int) -> tuple[Problem, Plan]:
    if seed not in _DAYS:
        _DAYS[seed] = started(world(8, 4, seed=seed))
    return _DAYS[seed]
