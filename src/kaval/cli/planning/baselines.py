"""What a plan is measured against: greedy nearest-first on the same teams, and OR-Tools routing on the routing part.

The routing part is easier than the plan: our teams with as many places as they have in ours, our latest entry and the
places' own windows, fewest metres; who may go where, linked places and the first wave's minutes are not asked of it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from kaval.engine.formats.planning import Listed, plan_of_stops
from kaval.engine.rules.planning.ground import Ground, ground_of
from kaval.engine.rules.planning.problem import Objective, Plan, Problem, Site, Team
from kaval.engine.rules.planning.verify import violations
from kaval.engine.rules.planning.ways import Ways


@dataclass(frozen=True, slots=True)
class Baseline:
    """A day made another way. `broken`: how often it breaks a rule; None: rules were not asked of it.

    `metres` only for the routing part: what the same part costs in our plan and there; None: it found no routes.
    """

    name: str
    seconds: float
    objective: Objective | None = None
    broken: int | None = None
    metres: tuple[int, int | None] | None = None

    def as_json(self) -> dict[str, object]:
        """For the output object."""
        told: dict[str, object] = {"name": self.name, "seconds": round(self.seconds, 2)}
        if self.objective is not None:
            told["objective"] = {
                "latest_entry_minutes": self.objective.latest_entry_minutes,
                "unequal_load": self.objective.unequal_load,
                "kilometres": self.objective.metres / 1000,
            }
            told["rules_broken"] = self.broken
        if self.metres is not None:
            ours, theirs = self.metres
            told["kilometres"] = None if theirs is None else theirs / 1000
            told["our_kilometres"] = ours / 1000
            told["our_ratio"] = None if not theirs else round(ours / theirs, 4)
        return told


@dataclass(frozen=True, slots=True)
class RoutingPart:
    """The routes of one district by numbers: places and teams are positions; `loads` places a team, `latest` minute."""

    ground: Ground
    loads: tuple[int, ...]
    latest: int
    ours: int

    def closes(self, place: int) -> int:
        """The latest entry of a place."""
        return min(self.latest, int(self.ground.closes[1:, place].max(initial=0)))


def greedy_nearest(problem: Problem, plan: Plan) -> Baseline:
    """In turns each team takes the nearest open place of its district; the rules that breaks are counted after."""
    begun = time.monotonic()
    made = plan_of_stops(_nearest(problem, plan.teams), plan, problem)
    seconds = time.monotonic() - begun
    return Baseline("greedy nearest-first", seconds, made.objective, len(violations(problem, made)))


def _nearest(problem: Problem, teams: Sequence[Team]) -> Iterator[Listed]:
    ways, left = Ways.of(problem), defaultdict(list)
    for site in problem.sites:
        left[site.district_id].append(site)
    at = {team.team_id: team.base for team in teams}
    order = 0
    while any(left[team.district_id] for team in teams):
        order += 1
        for team in teams:
            here, open_sites = at[team.team_id], left[team.district_id]
            if open_sites:
                nearest = min(
                    open_sites,
                    key=lambda site: (0 if here is None else ways.metres(here, site.point), site.site_id),
                )
                open_sites.remove(nearest)
                at[team.team_id] = nearest.point
                yield Listed(team.team_id, nearest.site_id, order, "")


def routing_parts(problem: Problem, plan: Plan) -> list[RoutingPart]:
    """One part for each district that has routes."""
    sites = {site.site_id: site for site in problem.sites}
    routes: dict[str, list[Site]] = defaultdict(list)
    for stop in plan.stops:
        routes[stop.team_id].append(sites[stop.site_id])
    parts = []
    for report in plan.districts:
        teams = [
            team for team in plan.teams if team.district_id == report.district_id and routes[team.team_id]
        ]
        if teams:
            mine = [site for team in teams for site in routes[team.team_id]]
            loads = tuple(len(routes[team.team_id]) for team in teams)
            latest = plan.objective.latest_entry_minutes
            ground = ground_of(mine, teams, problem, held={})
            parts.append(RoutingPart(ground, loads, latest, report.objective.metres))
    return parts


def routing(
    parts: Sequence[RoutingPart],
    name: str,
    solve: Callable[[RoutingPart, float], int | None],
    *,
    seconds: float,
) -> Baseline:
    """The parts by another solver, each with its share of the seconds by its number of places."""
    places = sum(part.ground.places for part in parts) or 1
    begun = time.monotonic()
    found = [solve(part, max(0.2, seconds * part.ground.places / places)) for part in parts]
    ours = sum(part.ours for part in parts)
    theirs = [metres for metres in found if metres is not None]
    total = sum(theirs) if len(theirs) == len(found) else None
    return Baseline(name, time.monotonic() - begun, metres=(ours, total))


def ortools_metres(part: RoutingPart, seconds: float) -> int | None:
    """Metres of the routes OR-Tools routing finds with guided local search; None when it finds none in time."""
    ground, teams = part.ground, part.ground.teams
    places, end = range(ground.places), ground.places + teams
    starts = [ground.places + team for team in range(teams)]
    manager = pywrapcp.RoutingIndexManager(end + 1, teams, starts, [end] * teams)
    model = pywrapcp.RoutingModel(manager)
    metres = [[0] * (end + 1) for _ in range(end + 1)]
    minutes = [[0] * (end + 1) for _ in range(end + 1)]
    for one in places:
        for other in places:
            metres[one][other] = int(ground.metres[one, other])
            minutes[one][other] = int(ground.stay[one] + ground.minutes[one, other])
        for team in range(teams):
            metres[ground.places + team][one] = int(ground.start[team, one])
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(metres))
    model.AddDimension(model.RegisterTransitMatrix(minutes), part.latest, part.latest, True, "minute")
    one_each = model.RegisterUnaryTransitVector([1] * ground.places + [0] * (teams + 1))
    model.AddDimensionWithVehicleCapacity(one_each, 0, list(part.loads), True, "load")
    clock = model.GetDimensionOrDie("minute")
    for place in places:
        clock.CumulVar(manager.NodeToIndex(place)).SetRange(int(ground.opens[place]), part.closes(place))
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromMilliseconds(int(seconds * 1000))
    found = model.SolveWithParameters(asked)
    return None if found is None else int(found.ObjectiveValue())
