"""A place that contradicts itself is left out and told; cooling and cuts keep their word on any district."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.planning.anneal import Kiln
from kaval.engine.rules.planning.cuts import broken, touches
from kaval.engine.rules.planning.day import plan_day
from kaval.engine.rules.planning.district import tasks_of
from kaval.engine.rules.planning.forming import form_teams
from kaval.engine.rules.planning.ground import ground_of
from kaval.engine.rules.planning.improve import even, fine, greedy
from kaval.engine.rules.planning.problem import Rules
from kaval.engine.rules.planning.verify import violations
from tests.engine.planning.worlds import FIRST_ENTRY, Mix, world


def test_a_place_with_children_and_no_contact_is_left_out_and_the_rest_is_planned() -> None:
    problem = world(6, 2, districts=2, seed=3, rules=Rules(FIRST_ENTRY, woman_rank="CPO"))
    first = replace(problem.sites[0], children=True, cwc_contact="")
    plan = plan_day(replace(problem, sites=(first, *problem.sites[1:])), effort=0.1)
    assert plan.unplaced == ((first.site_id, "P-CHILD"),)
    (lack,) = plan.lacks
    assert (lack.district_id, lack.rules, lack.about) == (first.district_id, ("P-CHILD",), (first.site_id,))
    assert lack.relaxations
    assert {stop.site_id for stop in plan.stops} == {one.site_id for one in problem.sites[1:]}
    assert violations(replace(problem, sites=(first, *problem.sites[1:])), plan) == []


@given(st.integers(0, 40))
def test_cooling_serves_every_place_once_and_twice_the_same_way(seed: int) -> None:
    problem = world(9, 3, seed=seed, mix=Mix(kinds=True, villages=0.3))
    (task,) = tasks_of(problem, effort=1.0)
    teams = form_teams(problem, task.district_id).teams
    ground = ground_of(task.problem.sites, teams, task.problem, held={})
    start = greedy(ground)
    made = [Kiln(ground, even(ground)).cool(start, by=600, draws=300) for _ in range(2)]
    assert made[0] == made[1]
    assert sorted(place for chain in made[0] for place in chain) == list(range(ground.places))
    assert {len(chain) for chain in made[0]} <= {even(ground).least, even(ground).most}
    if fine(ground, start, by=600):
        assert fine(ground, made[0], by=600)


@given(
    st.integers(2, 4),
    st.integers(0, 4),
    st.lists(st.floats(0.01, 0.99), min_size=1, max_size=30),
    st.randoms(),
)
def test_no_cut_forbids_a_plan(teams: int, longer: int, shares: list[float], dice: random.Random) -> None:
    """Whatever relaxed plan the cuts were found in, every real plan of threes, some of them fours, keeps them all."""
    longer = min(longer, teams)
    places = teams * 3 + longer
    every = list(combinations(range(places), 3)) + (list(combinations(range(places), 4)) if longer else [])
    chosen = [every[int(share * len(every)) % len(every)] for share in shares]
    near = np.array([sorted(range(places), key=lambda q: (abs(p - q), q)) for p in range(places)])
    cuts = broken(chosen, shares, near=near, few=3)
    order = list(range(places))
    dice.shuffle(order)
    ends = [0]
    for team in range(teams):
        ends.append(ends[-1] + 3 + (team < longer))
    plan = [tuple(order[start:end]) for start, end in pairwise(ends)]
    for cut in cuts:
        assert sum(cut.weight(len(chain)) for chain in plan if touches(cut, chain)) <= cut.limit
