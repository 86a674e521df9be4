"""A late change answered: a plan that keeps every rule, moves as few people as it can, and stays about as early.

What is made small, in this order: places without a team; minutes by which the latest entry of the day grows beyond
the slack; people moved (`difference`); minutes by which it grows at all; unequal load; metres. What no team can take is
left out with the reason in words, never by an exception.
"""

from __future__ import annotations

from kaval.engine.rules.planning.changes import SLACK_MINUTES, Event, OfficerOut, SiteOut, TeamOut, after
from kaval.engine.rules.planning.difference import difference
from kaval.engine.rules.planning.problem import Plan, Problem
from kaval.engine.rules.planning.reassign import reassign
from kaval.engine.rules.planning.repair_begin import Terms, as_it_stands, prepared
from kaval.engine.rules.planning.repair_crew import refilled, robbed
from kaval.engine.rules.planning.repair_ground import Draft, Ground
from kaval.engine.rules.planning.repair_plan import Repaired, finished
from kaval.engine.rules.planning.repair_search import given_up, mended

__all__ = ["SLACK_MINUTES", "Repaired", "reassign", "repair"]


def repair(
    problem: Problem,
    plan: Plan,
    event: Event,
    *,
    fixed: frozenset[str] = frozenset(),
    closed: frozenset[str] = frozenset(),
    slack_minutes: int = SLACK_MINUTES,
) -> Repaired:
    """The plan after one late change.

    `fixed`: places done or under way; they and the stops before them stay as they are. `closed`: teams that take no
    further place. `slack_minutes`: how much later the latest entry of the day may become for the sake of moving fewer
    people. A place under way cannot be withdrawn; the change then alters nothing.

    Raises:
        RefusedError: P-KNOWN, the change names what is not there.
    """
    changed = after(problem, event, teams=plan.teams)
    if isinstance(event, SiteOut) and event.site_id in fixed:
        return Repaired(problem, plan, difference(plan, plan))
    if isinstance(event, TeamOut):
        closed |= {event.team_id}
    terms = Terms(fixed, closed, slack_minutes)
    around = _around(problem, changed, plan, event=event)
    ground = prepared(problem, changed, plan, around=around, terms=terms)
    return finished(ground, mended(ground, _starts(ground, event)))


def _around(problem: Problem, changed: Problem, plan: Plan, *, event: Event) -> set[str]:
    """The districts of the places, officers and teams that are not as they were."""
    sites = set(problem.sites) ^ set(changed.sites)
    officers = set(problem.officers) ^ set(changed.officers)
    teams = [one for one in plan.teams if isinstance(event, TeamOut) and one.team_id == event.team_id]
    return (
        {one.district_id for one in sites}
        | {one.district_id for one in officers}
        | {one.district_id for one in teams}
    )


def _starts(ground: Ground, event: Event) -> list[Draft]:
    """The drafts the search begins from: the plan with the change and nothing else, or with each mended crew."""
    draft = as_it_stands(ground)
    suffered = {site_id for _, site_id in ground.tolerated} | ground.clock.began.keys()
    for one in sorted(ground.clock.sites.keys() - suffered):
        if ground.clock.barred(one):
            draft = given_up(ground, draft, one)
    match event:
        case TeamOut(team_id):
            return [_dissolved(ground, draft, team_id)]
        case OfficerOut(officer_id):
            team_id = next((one for one, team in draft.teams.items() if officer_id in team.officers), "")
            return _crews(ground, draft, team_id, gone=officer_id) if team_id else [draft]
        case _:
            return [draft]


def _crews(ground: Ground, draft: Draft, team_id: str, *, gone: str) -> list[Draft]:
    """A team without one of its officers: its seat filled, another team given up for it, or itself given up."""
    starts = [_dissolved(ground, draft, team_id)]
    if draft.routes[team_id]:
        starts += [ground.changed(draft, crews) for crews in refilled(ground, draft, team_id, gone=gone)]
        for crews, short in robbed(ground, draft, team_id, gone=gone):
            starts.append(ground.changed(draft, crews, opened=draft.routes[short]))
    return starts


def _dissolved(ground: Ground, draft: Draft, team_id: str) -> Draft:
    """The team's places to be placed; what it has done or begun stays with it."""
    route = draft.routes[team_id]
    stands = ground.standing(route)
    if stands:
        return ground.changed(draft, {}, {team_id: route[:stands]}, opened=route[stands:])
    return ground.changed(draft, {team_id: None}, opened=route)
