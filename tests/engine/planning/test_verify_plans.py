"""Whatever the planner gives for a problem, the checker that was written apart from it finds nothing broken in it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.planning.day import first_plan, plan_day
from kaval.engine.rules.planning.problem import Problem, Rules
from kaval.engine.rules.planning.verify import violations
from tests.engine.planning.worlds import FIRST_ENTRY, Mix, world

mixes = st.builds(
    Mix,
    kinds=st.booleans(),
    children=st.sampled_from((0.0, 0.3)),
    late=st.sampled_from((0.0, 0.2)),
    villages=st.sampled_from((0.0, 0.5)),
    pairs=st.integers(0, 1),
    groups=st.integers(0, 1),
)
problems = st.builds(
    lambda places, teams, districts, seed, mix, most: world(
        places, teams, districts=districts, seed=seed, mix=mix, rules=Rules(FIRST_ENTRY, most_stops=most)
    ),
    st.integers(7, 9),
    st.integers(3, 4),
    st.integers(1, 2),
    st.integers(0, 10_000),
    mixes,
    st.sampled_from((3, 5)),
)


@settings(max_examples=15, deadline=None)
@given(problem=problems)
def test_a_first_plan_keeps_every_rule(problem: Problem) -> None:
    assert violations(problem, first_plan(problem), repaired=True) == []


@settings(max_examples=6, deadline=None)
@given(problem=problems)
def test_a_plan_made_with_little_effort_keeps_every_rule(problem: Problem) -> None:
    assert violations(problem, plan_day(problem, effort=0.05)) == []
