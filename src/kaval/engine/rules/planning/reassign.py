"""A hand that drags a place to a team: done when no rule is broken by it, else the rules in words."""

from __future__ import annotations

from dataclasses import replace

from kaval.engine.rules.planning.changes import known
from kaval.engine.rules.planning.problem import Plan, Problem
from kaval.engine.rules.planning.repair_begin import Terms, as_it_stands, prepared
from kaval.engine.rules.planning.repair_plan import Repaired, finished
from kaval.engine.rules.planning.verify import Violation, violations


def reassign(
    problem: Problem,
    plan: Plan,
    site_id: str,
    *,
    team_id: str,
    order: int,
    fixed: frozenset[str] = frozenset(),
) -> Repaired | tuple[Violation, ...]:
    """The plan with the place at this number (from 1; beyond the end: last) of the team's list, or what that would
    break. What the plan breaks already does not count. `fixed`: places done or under way; nothing is put before them.

    Raises:
        RefusedError: P-KNOWN, there is no such place or team.
    """
    known(site_id, (one.site_id for one in problem.sites), what="place")
    known(team_id, (one.team_id for one in plan.teams), what="team")
    around = {one.district_id for one in problem.sites if one.site_id == site_id}
    around |= {one.district_id for one in plan.teams if one.team_id == team_id}
    ground = prepared(problem, problem, plan, around=around, terms=Terms(fixed))
    draft = as_it_stands(ground)
    was, rest = draft.team_of(site_id), tuple(one for one in draft.routes[team_id] if one != site_id)
    number = max(order - 1, ground.standing(rest))
    routes = {team_id: (*rest[:number], site_id, *rest[number:])}
    if was and was != team_id:
        routes[was] = tuple(one for one in draft.routes[was] if one != site_id)
    made = ground.changed(draft, {}, routes, closed=site_id)
    moved = finished(ground, replace(made, open=(), given_up=made.open))
    before = {(one.rule, one.about) for one in violations(problem, plan, repaired=True)}
    new = [
        one
        for one in violations(moved.problem, moved.plan, repaired=True)
        if (one.rule, one.about) not in before
    ]
    return tuple(new) or moved
