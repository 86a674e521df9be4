"""Days that are changed late: a plan to start from, and changes drawn from what is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from kaval.engine.rules.planning.changes import (
    Event,
    OfficerIn,
    OfficerOut,
    SiteChanged,
    SiteIn,
    SiteOut,
    TeamOut,
)
from kaval.engine.rules.planning.problem import Objective, Officer, Plan, Problem, Site
from kaval.engine.rules.planning.repair import Repaired, repair
from kaval.engine.rules.planning.verify import Violation, violations
from tests.engine.planning.worlds import FIRST_ENTRY, simple_teams

_NONE = Objective(0, 0, 0)


def started(problem: Problem) -> tuple[Problem, Plan]:
    """A plan of all places, made by letting them come in one after the other; teams as the officers are numbered."""
    districts = sorted({officer.district_id for officer in problem.officers})
    teams = tuple(team for name in districts for team in simple_teams(problem, name))
    plan = Plan(teams, (), _NONE, _NONE, idle=tuple(team.team_id for team in teams))
    made = replace(problem, sites=())
    for site in problem.sites:
        answer = repair(made, plan, SiteIn(site), slack_minutes=10_000)
        made, plan = answer.problem, answer.plan
    assert not plan.unplaced
    return made, plan


def broken(answer: Repaired) -> list[Violation]:
    """What the checker finds in a repaired plan."""
    return violations(answer.problem, answer.plan, repaired=True)


def lists(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The places of each team that has some, in their order."""
    found: dict[str, tuple[str, ...]] = {}
    for stop in sorted(plan.stops, key=lambda one: (one.team_id, one.order)):
        found[stop.team_id] = (*found.get(stop.team_id, ()), stop.site_id)
    return found


def site(problem: Problem, site_id: str) -> Site:
    """The place by id."""
    return next(one for one in problem.sites if one.site_id == site_id)


KINDS = ("officer out", "officer in", "team out", "site out", "site in", "site changed")


def drawn(kind: str, problem: Problem, plan: Plan, *, dice: random.Random, number: int) -> Event | None:
    """A change of this kind; None when there is nothing left it could happen to."""
    return _DRAWN[kind](problem, plan, dice, number)


def _officer_out(problem: Problem, plan: Plan, dice: random.Random, number: int) -> Event | None:
    serving = sorted(one for team in plan.teams for one in team.officers)
    return OfficerOut(dice.choice(serving), "ill") if serving else None


def _officer_in(problem: Problem, plan: Plan, dice: random.Random, number: int) -> Event | None:
    station = dice.choice(problem.stations)
    return OfficerIn(
        Officer(
            f"{station.district_id}-late-{number}",
            dice.choice(("CPO", "SI", "INSPECTOR")),
            dice.choice("FM"),
            station.station_id,
            station.district_id,
            frozenset(dice.choice((("cyber",), ("technical",), ("cyber", "technical")))),
            armed=dice.random() < 0.5,
        )
    )


def _team_out(problem: Problem, plan: Plan, dice: random.Random, number: int) -> Event | None:
    return TeamOut(dice.choice(sorted(team.team_id for team in plan.teams)), "car") if plan.teams else None


def _site_out(problem: Problem, plan: Plan, dice: random.Random, number: int) -> Event | None:
    return SiteOut(dice.choice(sorted(one.site_id for one in problem.sites))) if problem.sites else None


def _site_in(problem: Problem, plan: Plan, dice: random.Random, number: int) -> Event | None:
    if not problem.sites:
        return None
    like = dice.choice(sorted(problem.sites, key=lambda one: one.site_id))
    return SiteIn(
        replace(
            like,
            site_id=f"{like.district_id}-N{number:03d}",
            latitude=like.latitude + dice.gauss(0, 0.02),
            longitude=like.longitude + dice.gauss(0, 0.02),
        )
    )


def _site_changed(problem: Problem, plan: Plan, dice: random.Random, number: int) -> Event | None:
    if not problem.sites:
        return None
    places = sorted(problem.sites, key=lambda one: one.site_id)
    one, other = dice.choice(places), dice.choice(places)
    changes: tuple[Callable[[], Site], ...] = (
        lambda: replace(one, children=True, cwc_contact="CWC desk"),
        lambda: replace(one, not_before=FIRST_ENTRY + timedelta(minutes=dice.choice((5, 60, 120)))),
        lambda: replace(one, not_after=FIRST_ENTRY + timedelta(minutes=dice.choice((30, 120, 240)))),
        lambda: replace(one, links=(*one.links, *other.links)),
        lambda: replace(one, minutes=dice.choice((45, 90, 150))),
        lambda: replace(one, rank=dice.choice(("SI", "INSPECTOR"))),
    )
    return SiteChanged(dice.choice(changes)())


_DRAWN: dict[str, Callable[[Problem, Plan, random.Random, int], Event | None]] = {
    "officer out": _officer_out,
    "officer in": _officer_in,
    "team out": _team_out,
    "site out": _site_out,
    "site in": _site_in,
    "site changed": _site_changed,
}
