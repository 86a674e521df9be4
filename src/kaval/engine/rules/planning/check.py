"""A second opinion on a plan, written apart from the solver: it shares the shapes and nothing else.

It recomputes distances, loads and times from the plan itself and says in words what is wrong; an empty list
means the plan may go to the commander.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import atan2, cos, radians, sin, sqrt

from kaval.engine.rules.planning.shapes import Officer, Plan, Site, Stop, Team, Travel


def violations(
    plan: Plan,
    sites: Iterable[Site],
    *,
    first_entry_at: datetime,
    officers: Iterable[Officer] | None = None,
    on: date | None = None,
    travel: Travel | None = None,
) -> list[str]:
    """Everything wrong with the plan, sorted; with `officers` and the date `on` the teams are looked at
    too."""
    places = {site.site_id: site for site in sites}
    teams = {team.team_id: team for team in plan.teams}
    routes: dict[str, list[Stop]] = defaultdict(list)
    for stop in plan.stops:
        routes[stop.team_id].append(stop)
    found = _coverage(plan, places, teams)
    found += _balance(plan, places, teams)
    for team_id, stops in routes.items():
        if team_id in teams:
            known = [stop for stop in sorted(stops, key=lambda one: one.order) if stop.site_id in places]
            found += _route(
                teams[team_id], known, places, first_entry_at=first_entry_at, travel=travel or Travel()
            )
    found += _links(plan, places)
    found += (
        _membership(plan.teams, {one.officer_id: one for one in officers}, on) if officers is not None else []
    )
    return sorted(found)


def _coverage(plan: Plan, places: Mapping[str, Site], teams: Mapping[str, Team]) -> list[str]:
    found = []
    visits = Counter(stop.site_id for stop in plan.stops)
    unplaced = {site for site, _ in plan.unplaced}
    staffed = {team.district_id for team in plan.teams}
    for site_id, site in places.items():
        times = visits.get(site_id, 0) + (site_id in unplaced)
        if times != 1:
            found.append(f"site {site_id} stands {times} times in the plan")
        if site_id in unplaced and site.district_id in staffed:
            found.append(f"site {site_id} is left out though {site.district_id} has teams")
    found += [f"site {site_id} is unknown" for site_id in sorted(set(visits) - set(places))]
    for stop in plan.stops:
        team, place = teams.get(stop.team_id), places.get(stop.site_id)
        if team is None:
            found.append(f"team {stop.team_id} is unknown")
        elif place is not None and place.district_id != team.district_id:
            found.append(
                f"team {stop.team_id} of {team.district_id} is sent to {stop.site_id} in {place.district_id}"
            )
    return found


def _balance(plan: Plan, places: Mapping[str, Site], teams: Mapping[str, Team]) -> list[str]:
    found = []
    loads = Counter(stop.team_id for stop in plan.stops)
    sites = Counter(place.district_id for place in places.values())
    for district in sorted({team.district_id for team in teams.values()}):
        mine = [loads.get(team.team_id, 0) for team in teams.values() if team.district_id == district]
        if sites[district] >= len(mine) and min(mine) == 0:
            found.append(f"{district} has an idle team and sites enough")
        if max(mine) - min(mine) > 1:
            found.append(f"{district} loads its teams with {min(mine)} to {max(mine)} sites")
    return found


def _route(
    team: Team, stops: list[Stop], places: Mapping[str, Site], *, first_entry_at: datetime, travel: Travel
) -> list[str]:
    found = []
    if [stop.order for stop in stops] != list(range(1, len(stops) + 1)):
        found.append(f"team {team.team_id} has a gap in the order of its stops")
    if any(stop.wave != stop.order - 1 for stop in stops):
        found.append(f"team {team.team_id} has a wave that is not its order")
    if stops and stops[0].arrive_at != first_entry_at:
        found.append(f"team {team.team_id} does not start with the others")
    found += [
        f"team {team.team_id} leaves {stop.site_id} before it arrives"
        for stop in stops
        if stop.leave_at < stop.arrive_at
    ]
    for one, other in pairwise(stops):
        way = _seconds(places[one.site_id], places[other.site_id], travel)
        if other.arrive_at < one.leave_at + timedelta(seconds=way - 1):
            found.append(f"team {team.team_id} cannot reach {other.site_id} by {other.arrive_at.isoformat()}")
    return found


def _links(plan: Plan, places: Mapping[str, Site]) -> list[str]:
    waves: dict[str, dict[str, int]] = defaultdict(dict)
    for stop in plan.stops:
        if stop.site_id in places:
            for link in places[stop.site_id].links:
                waves[link][stop.site_id] = stop.wave
    return [
        f"linked sites {', '.join(sorted(found))} lie in different waves"
        for found in waves.values()
        if len(set(found.values())) > 1
    ]


def _membership(teams: Iterable[Team], officers: Mapping[str, Officer], on: date | None) -> list[str]:
    found, seen = [], Counter(officer for team in teams for officer in set(team.officers))
    found += [f"officer {officer} serves in {times} teams" for officer, times in seen.items() if times > 1]
    for team in teams:
        if len(set(team.officers)) != 4:
            found.append(f"team {team.team_id} has not four different officers")
        for role, officer_id in zip(("leader", "cyber", "technical", "woman"), team.officers, strict=True):
            officer = officers.get(officer_id)
            if officer is None:
                found.append(f"team {team.team_id} names the unknown officer {officer_id}")
            else:
                found += [
                    f"team {team.team_id}: {officer_id} {why}" for why in _unfit(officer, role, team, on=on)
                ]
    return found


def _unfit(officer: Officer, role: str, team: Team, *, on: date | None) -> list[str]:
    found = []
    if officer.district_id != team.district_id:
        found.append(f"is of {officer.district_id}")
    if officer.role:
        found.append(f"has the desk {officer.role}")
    if on is not None and officer.on_leave(on):
        found.append("is on leave")
    if role == "leader" and officer.rank not in ("SI", "INSPECTOR", "DYSP", "SP"):
        found.append("is below SI and leads")
    if role in ("cyber", "technical") and role not in officer.skills:
        found.append(f"lacks the skill {role}")
    if role == "woman" and officer.gender != "F":
        found.append("is no woman officer")
    return found


def _seconds(first: Site, second: Site, travel: Travel) -> float:
    """Travel time by another form of the great-circle formula than the solver's."""
    a, b = radians(first.latitude), radians(second.latitude)
    turn = radians(second.longitude - first.longitude)
    across = sqrt((cos(b) * sin(turn)) ** 2 + (cos(a) * sin(b) - sin(a) * cos(b) * cos(turn)) ** 2)
    angle = atan2(across, sin(a) * sin(b) + cos(a) * cos(b) * cos(turn))
    return max(angle * 6371.0088 * travel.road_factor / travel.speed_kmh * 3600, travel.least_minutes * 60.0)
