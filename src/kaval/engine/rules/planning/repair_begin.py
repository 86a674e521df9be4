"""Where a repair begins: the districts it may touch, and their teams and lists as the plan has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kaval.engine.rules.planning.changes import SLACK_MINUTES
from kaval.engine.rules.planning.problem import Plan, Problem
from kaval.engine.rules.planning.repair_clock import Clock, Route
from kaval.engine.rules.planning.repair_ground import Draft, Ground, minute_of, routes_of, unknown


@dataclass(frozen=True, slots=True)
class Terms:
    """What a repair has to respect beside the rules. `fixed`: places done or under way; they and the stops before them
    stay. `closed`: teams that take no further place. `slack_minutes`: see `repair`.
    """

    fixed: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    slack_minutes: int = SLACK_MINUTES


def prepared(
    problem: Problem, changed: Problem, plan: Plan, *, around: Iterable[str], terms: Terms
) -> Ground:
    """What drafts are judged by in these districts and those that depend on them; what the plan breaks before the
    change is tolerated.
    """
    districts = _in_play(problem, changed, around)
    stood = {one for route in routes_of(plan.stops).values() for one in route[: _last(route, terms.fixed)]}
    began = {stop.site_id: minute_of(stop, problem.rules) for stop in plan.stops if stop.site_id in stood}
    officers = {one: unknown(one) for team in plan.teams for one in team.officers}
    officers |= {one.officer_id: one for one in (*problem.officers, *changed.officers)}
    was = Ground(problem, plan, Clock(problem, districts, began), officers)
    tolerated = frozenset(as_it_stands(was).faults)
    clock = Clock(changed, districts, began)
    return Ground(changed, plan, clock, officers, terms.slack_minutes, terms.closed, tolerated)


def as_it_stands(ground: Ground) -> Draft:
    """The teams in play with their lists as they are, less places that are gone or lie elsewhere now; places without a
    team are open, those left out before the last.
    """
    plan, sites = ground.before, ground.clock.sites
    teams = [team for team in plan.teams if team.district_id in ground.clock.districts]
    kept: dict[str, Route] = {}
    for team in teams:
        kept[team.team_id] = tuple(
            one
            for one in ground.listed.get(team.team_id, ())
            if one in sites and (sites[one].district_id == team.district_id or one in ground.clock.began)
        )
    placed = {one for route in kept.values() for one in route}
    waiting = {one for one, _ in plan.unplaced}
    missing = sorted(sites.keys() - placed, key=lambda one: (one in waiting, one))
    return ground.start(teams, kept, missing=missing)


def _last(route: Route, fixed: frozenset[str]) -> int:
    return max((number for number, one in enumerate(route, 1) if one in fixed), default=0)


def _in_play(problem: Problem, changed: Problem, around: Iterable[str]) -> frozenset[str]:
    """These districts and all that share a link or a witness with them, directly or through others."""
    shared: dict[str, set[str]] = {}
    for site in (*problem.sites, *changed.sites):
        for key in (*site.links, *(f"witness {one}" for one in site.witnesses)):
            shared.setdefault(key, set()).add(site.district_id)
    found, size = set(around), 0
    while size < len(found):
        size = len(found)
        found = found.union(*(those for those in shared.values() if those & found))
    return frozenset(found)
