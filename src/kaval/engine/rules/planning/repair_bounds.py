"""Lower bounds that hold for a repaired plan without solving it again: weak, but proved.

They hold for every plan of the district that serves the same places, with any teams its officers can form, and, for
the load, whose latest entry is not later.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaval.engine.rules.planning.forming_model import ground_of
from kaval.engine.rules.planning.problem import DistrictReport, Objective, Plan, Problem, Site, Team
from kaval.engine.rules.planning.repair_clock import Clock
from kaval.engine.rules.planning.repair_ground import minute_of, routes_of, unequal
from kaval.engine.rules.planning.timing import metres_of, window_of
from kaval.engine.rules.planning.ways import Ways


def district_report(clock: Clock, district_id: str, plan: Plan, *, latest: int) -> DistrictReport:
    """One district of a plan by its stops, with these bounds; `latest` is the latest entry of the whole day."""
    problem, ways = clock.problem, clock.ways
    teams = [team for team in plan.teams if team.district_id == district_id]
    ids = {team.team_id for team in teams}
    mine = [stop for stop in plan.stops if stop.team_id in ids]
    routes = routes_of(mine)
    lists = {team: [clock.sites[one] for one in route] for team, route in routes.items()}
    made = Objective(
        max((minute_of(stop, problem.rules) for stop in mine), default=0),
        unequal(teams, routes),
        sum(metres_of(team, lists.get(team.team_id, ()), ways) for team in teams),
    )
    served = [site for sites in lists.values() for site in sites]
    bound = lower_bound(problem, district_id, sites=served, teams=teams, latest=latest, ways=ways)
    places = sum(site.district_id == district_id for site in problem.sites)
    return DistrictReport(district_id, places, len(teams), made, bound)


def lower_bound(
    problem: Problem,
    district_id: str,
    *,
    sites: Sequence[Site],
    teams: Sequence[Team],
    latest: int,
    ways: Ways,
) -> Objective:
    """A bound of each part for the district; `sites` are the places served, `latest` the latest entry of the plan.

    Latest entry: with n places and at most k teams somebody has m = ceil(n / k), and is through the stays and ways of
    m - 1 places before the last. Load: 1 when no number of teams that is through by `latest` divides n. Metres: every
    place has a way to it, from another place or from a base.
    """
    most = max(ground_of(problem, district_id).number, len(teams), 1)
    windows = [window_of(site, problem.rules) for site in sites]
    leaves = sorted(
        window.stay
        + min((ways.minutes(site.point, other.point) for other in sites if other is not site), default=0)
        for site, window in zip(sites, windows, strict=True)
    )
    through = [0]
    for one in leaves:
        through.append(through[-1] + one)

    def soonest(many: int) -> int:
        return through[max(0, -(-len(sites) // many) - 1)]

    fits = [many for many in range(1, most + 1) if soonest(many) <= latest]
    uneven = bool(sites) and all(len(sites) % many for many in fits)
    opens = max((window.opens for window in windows), default=0)
    return Objective(
        max(opens, soonest(most)) if sites else 0, int(uneven), _metres(problem, sites, teams, ways=ways)
    )


def _metres(problem: Problem, sites: Sequence[Site], teams: Sequence[Team], *, ways: Ways) -> int:
    """The shortest way to each place added up; a team may set out from where one does now or from any station an
    officer of the district is posted at. A first way from an unknown base counts nothing: then nothing is proved.
    """
    districts = {team.district_id for team in teams}
    homes = {one.station_id for one in problem.officers if one.district_id in districts}
    bases = {one.station_id: one.point for one in problem.stations if one.station_id in homes}
    if homes - bases.keys() or any(team.base is None for team in teams):
        return 0
    starts = {*bases.values(), *(team.base for team in teams if team.base is not None)}
    return sum(
        min(
            ways.metres(start, site.point)
            for start in (*starts, *(one.point for one in sites if one is not site))
        )
        for site in sites
        if starts
    )
