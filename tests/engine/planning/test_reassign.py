"""A hand drags a place: it goes where it is put when no rule is broken by it, else the rules are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.planning.problem import Plan, Problem
from kaval.engine.rules.planning.repair import Repaired, reassign
from tests.engine.planning.late_days import broken, lists, site, started
from tests.engine.planning.worlds import FIRST_ENTRY, world


@pytest.fixture(scope="module")
def day() -> tuple[Problem, Plan]:
    """Six places, three teams, one district: two places each."""
    return started(world(6, 3, seed=4))


def changed(day: tuple[Problem, Plan], site_id: str, **changes: object) -> tuple[Problem, Plan]:
    problem, plan = day
    new = replace(site(problem, site_id), **changes)  # type: ignore[arg-type]
    sites = tuple(new if one.site_id == site_id else one for one in problem.sites)
    return replace(problem, sites=sites), plan


def test_a_place_goes_to_the_number_it_is_put_at(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    place = lists(plan)["D00-01"][1]
    found = reassign(problem, plan, place, team_id="D00-02", order=2)
    assert isinstance(found, Repaired)
    assert lists(found.plan)["D00-02"][1] == place
    assert lists(found.plan)["D00-01"] == lists(plan)["D00-01"][:1]
    assert (found.difference.people_moved, broken(found)) == (4, [])


def test_inside_its_own_team_a_place_changes_its_number_and_nobody_moves(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    first, second = lists(plan)["D00-01"]
    found = reassign(problem, plan, second, team_id="D00-01", order=1)
    assert isinstance(found, Repaired)
    assert lists(found.plan)["D00-01"] == (second, first)
    assert (found.difference.people_moved, broken(found)) == (0, [])


def test_beyond_the_end_is_last(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    place = lists(plan)["D00-01"][0]
    found = reassign(problem, plan, place, team_id="D00-03", order=99)
    assert isinstance(found, Repaired)
    assert lists(found.plan)["D00-03"][-1] == place


def test_a_rule_that_would_break_is_named_and_nothing_changes(day: tuple[Problem, Plan]) -> None:
    place = lists(day[1])["D00-01"][0]
    problem, plan = changed(day, place, not_after=FIRST_ENTRY + timedelta(minutes=20))
    found = reassign(problem, plan, place, team_id="D00-02", order=3)
    assert isinstance(found, tuple)
    assert {one.rule for one in found} == {"P-WARRANT"}
    assert all(one.text and one.text_ml for one in found)


def test_what_was_broken_before_does_not_count(day: tuple[Problem, Plan]) -> None:
    place = lists(day[1])["D00-03"][1]
    problem, plan = changed(day, place, not_after=FIRST_ENTRY)
    moved = lists(plan)["D00-01"][1]
    found = reassign(problem, plan, moved, team_id="D00-02", order=2)
    assert isinstance(found, Repaired)


def test_a_team_of_another_district_is_refused() -> None:
    problem, plan = started(world(3, 2, districts=2, seed=2))
    found = reassign(problem, plan, "D00-P000", team_id="D01-01", order=1)
    assert isinstance(found, tuple)
    assert "P-DISTRICT" in {one.rule for one in found}


def test_nothing_is_put_before_a_place_under_way(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    begun = lists(plan)["D00-02"][0]
    place = lists(plan)["D00-01"][1]
    found = reassign(problem, plan, place, team_id="D00-02", order=1, fixed=frozenset({begun}))
    assert isinstance(found, Repaired)
    assert lists(found.plan)["D00-02"][:2] == (begun, place)


@pytest.mark.parametrize(("place", "team"), [("nowhere", "D00-01"), ("D00-P000", "none")])
def test_what_is_not_there_is_refused(day: tuple[Problem, Plan], place: str, team: str) -> None:
    with pytest.raises(RefusedError, match="P-KNOWN"):
        reassign(*day, place, team_id=team, order=1)
