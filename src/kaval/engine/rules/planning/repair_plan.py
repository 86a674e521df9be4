"""The plan of the whole day with the repaired districts in it: stops, sums, bounds, and why a place is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kaval.engine.rules.planning.difference import Difference, difference
from kaval.engine.rules.planning.problem import (
    Lack,
    Objective,
    Plan,
    Problem,
    Stop,
)
from kaval.engine.rules.planning.repair_bounds import district_report
from kaval.engine.rules.planning.repair_clock import Clock
from kaval.engine.rules.planning.repair_ground import Draft, Ground, minute_of, unknown
from kaval.engine.rules.planning.repair_words import why_left_out
from kaval.engine.rules.planning.timing import stops_of

WEAK_BOUNDS = (
    "Changed late in {}: its lower bounds are simple ones that hold for any teams its officers can form."
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """The problem after the change, the plan that answers it, what is different, and why a place has no team (None:
    every place of the districts concerned has one).
    """

    problem: Problem
    plan: Plan
    difference: Difference
    lack: Lack | None = None


def finished(ground: Ground, draft: Draft) -> Repaired:
    """The draft as a plan of the whole day. An officer who dropped out after serving at a place under way stays in the
    problem, for the plan names them.
    """
    before, districts = ground.before, ground.clock.districts
    others = [team for team in before.teams if team.district_id not in districts]
    teams = sorted([*others, *draft.teams.values()], key=lambda one: (one.district_id, one.team_id))
    there = {one.officer_id for one in ground.problem.officers}
    named = sorted({one for team in teams for one in team.officers} - there)
    served = [ground.officers[one] for one in named if ground.officers[one] != unknown(one)]
    problem = replace(ground.problem, officers=(*ground.problem.officers, *served))
    kept = {team.team_id for team in others}
    stops = [*(stop for stop in before.stops if stop.team_id in kept), *_stops(ground, draft)]
    district = {team.team_id: team.district_id for team in teams}
    stops.sort(key=lambda one: (district[one.team_id], one.team_id, one.order))
    made = replace(before, teams=tuple(teams), stops=tuple(stops))
    made = _left_out(ground, problem, _summed(ground, problem, made), draft=draft)
    lack = next((one for one in made.lacks if one.district_id in districts), None)
    return Repaired(problem, made, difference(before, made), lack)


def _stops(ground: Ground, draft: Draft) -> Iterable[Stop]:
    """The stops of the districts in play; those that stand keep their times."""
    clock = ground.clock
    stood = {stop.site_id: stop for stop in ground.before.stops if stop.site_id in clock.began}
    for team_id, route in draft.routes.items():
        sites, holds = (
            [clock.sites[one] for one in route],
            dict(zip(route, draft.runs[team_id].times, strict=True)),
        )
        for stop in stops_of(draft.teams[team_id], sites, clock.rules, ways=clock.ways, holds=holds):
            yield stood.get(stop.site_id, stop)


def _summed(ground: Ground, problem: Problem, plan: Plan) -> Plan:
    """The plan with its sums and bounds. Districts that were not touched keep their bounds unless the day became
    longer: a bound of load or metres holds for days that are no longer.
    """
    names = {team.district_id for team in plan.teams} | {site.district_id for site in problem.sites}
    was = {report.district_id: report for report in ground.before.districts}
    latest = max((minute_of(stop, problem.rules) for stop in plan.stops), default=0)
    longer = latest > ground.before.objective.latest_entry_minutes
    touched = {one for one in names if longer or one in ground.clock.districts or one not in was}
    mine = ground.clock if touched <= ground.clock.districts else Clock(problem, frozenset(names), {})
    reports = [
        district_report(mine, name, plan, latest=latest) if name in touched else was[name]
        for name in sorted(names)
    ]
    busy = {stop.team_id for stop in plan.stops}
    notes = [WEAK_BOUNDS.format(name) for name in sorted(touched)]
    return replace(
        plan,
        objective=_total(latest, [one.objective for one in reports]),
        lower_bound=_total(
            max((one.lower_bound.latest_entry_minutes for one in reports), default=0),
            [one.lower_bound for one in reports],
        ),
        districts=tuple(reports),
        idle=tuple(team.team_id for team in plan.teams if team.team_id not in busy),
        notes=tuple(dict.fromkeys((*plan.notes, *notes))),
    )


def _total(latest: int, parts: Sequence[Objective]) -> Objective:
    return Objective(latest, sum(one.unequal_load for one in parts), sum(one.metres for one in parts))


def _left_out(ground: Ground, problem: Problem, plan: Plan, *, draft: Draft) -> Plan:
    """The plan with the places no team takes and why, district by district; what was said before is said again where
    no place is new among them.
    """
    districts, said = ground.clock.districts, dict(ground.before.unplaced)
    where = {site.site_id: site.district_id for site in problem.sites}
    unplaced = [one for one in plan.unplaced if one[0] in where and where[one[0]] not in districts]
    lacks = [one for one in plan.lacks if one.district_id not in districts]
    for name in sorted({where[one] for one in draft.given_up}):
        lost = sorted(one for one in draft.given_up if where[one] == name)
        was = next((one for one in plan.lacks if one.district_id == name), None)
        if was is None or not said.keys() >= {*lost}:
            was = why_left_out(ground, draft, name)
            said |= dict.fromkeys(lost, " ".join(was.rules))
        lacks.append(was)
        unplaced += [(one, said[one]) for one in lost]
    lacks.sort(key=lambda one: one.district_id)
    return replace(plan, unplaced=tuple(sorted(unplaced)), lacks=tuple(lacks))
