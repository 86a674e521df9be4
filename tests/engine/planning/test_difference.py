"""What two plans differ in, counted and in words, and several of them side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kaval.engine.rules.planning.difference import compare, difference
from kaval.engine.rules.planning.problem import Objective, Plan, Stop, Team
from tests.engine.planning.worlds import FIRST_ENTRY


def stop(team: str, place: str, order: int, *, minute: int = 0) -> Stop:
    at = FIRST_ENTRY + timedelta(minutes=minute)
    return Stop(team, place, order, order - 1, at, at + timedelta(minutes=60))


def plan(*stops: Stop, latest: int = 100) -> Plan:
    teams = tuple(Team(f"T{n}", "D", f"l{n}", f"c{n}", f"t{n}", f"w{n}") for n in (1, 2))
    return Plan(teams, stops, Objective(latest, 1, 2000), Objective(80, 1, 1000))


BEFORE = plan(stop("T1", "a", 1), stop("T1", "b", 2, minute=100), stop("T2", "c", 1))


def test_a_plan_is_not_different_from_itself() -> None:
    found = difference(BEFORE, BEFORE)
    assert (found.people, found.stops, found.teams, found.people_moved) == ((), (), (), 0)


def test_a_place_that_goes_to_another_team_moves_that_team_only() -> None:
    found = difference(BEFORE, plan(stop("T1", "a", 1), stop("T2", "c", 1), stop("T2", "b", 2, minute=130)))
    assert found.people_moved == 4
    assert {one.officer_id for one in found.people if one.moved} == {"l2", "c2", "t2", "w2"}
    assert {(one.officer_id, one.dropped) for one in found.people if not one.moved} == {
        (officer, ("b",)) for officer in ("l1", "c1", "t1", "w1")
    }
    assert [one.site_id for one in found.stops] == ["b"]


def test_another_time_moves_nobody() -> None:
    found = difference(
        BEFORE, plan(stop("T1", "a", 1), stop("T1", "b", 2, minute=90), stop("T2", "c", 1), latest=90)
    )
    assert (found.people_moved, found.people, len(found.stops)) == (0, (), 1)
    assert found.stops[0].words[0] == "Place b: entry at 08:30, not 08:40."
    assert "-10 minutes" in found.words[0][0]


def test_who_joins_is_moved_and_who_leaves_is_only_listed() -> None:
    teams = (replace(BEFORE.teams[0], cyber="new"), BEFORE.teams[1])
    found = difference(BEFORE, replace(BEFORE, teams=teams))
    assert [(one.officer_id, one.was, one.now, one.moved) for one in found.people] == [
        ("c1", "T1", "", False),
        ("new", "", "T1", True),
    ]
    assert [one.words[0] for one in found.teams] == ["Team T1 has other members."]


def test_a_team_stood_down_and_a_new_one_are_said() -> None:
    new = Team("T3", "D", "l1", "c1", "t1", "w1")
    found = difference(BEFORE, replace(BEFORE, teams=(BEFORE.teams[1], new)))
    assert [one.words[0] for one in found.teams] == ["Team T1 is stood down.", "Team T3 is new."]
    assert found.people_moved == 4


@pytest.mark.parametrize(
    "after",
    [
        plan(),
        plan(stop("T2", "b", 1), stop("T2", "d", 2), stop("T1", "a", 1)),
        replace(BEFORE, teams=BEFORE.teams[:1]),
        replace(BEFORE, teams=(replace(BEFORE.teams[0], leader="l2"), replace(BEFORE.teams[1], leader="x"))),
    ],
)
def test_every_change_is_said_in_both_languages(after: Plan) -> None:
    found = difference(BEFORE, after)
    assert len(found.words) == 1 + len(found.teams) + len(found.people) + len(found.stops)
    for text, text_ml in found.words:
        assert text.endswith(".")
        assert any("\u0d00" <= letter <= "\u0d7f" for letter in text_ml)


def test_plans_stand_side_by_side_each_against_the_one_before() -> None:
    after = plan(stop("T1", "a", 1), stop("T2", "c", 1), stop("T2", "b", 2, minute=130), latest=130)
    first, second = compare([("v1", BEFORE), ("v2", after)])
    assert (first.name, first.moved, second.moved) == ("v1", 0, 4)
    assert (first.places, second.places, first.waves) == ((2, 1), (2, 1), (2, 1))
    assert second.gaps.latest_entry_minutes == pytest.approx(50 / 80)
    assert (first.teams, first.stops, first.unplaced) == (2, 3, 0)
