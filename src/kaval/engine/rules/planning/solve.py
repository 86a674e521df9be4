"""The day's plan: every site once, every team at work, fair loads, linked doors in one wave, short ways.

Teams stay in their district. All first stops start at `first_entry_at`; a later stop starts when the team
can be there. The same input gives the same plan, in any order of sites and teams.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from kaval.engine.kernel.instant import require_aware
from kaval.engine.rules.planning.exact import refine
from kaval.engine.rules.planning.routes import Chains, Ground, greedy, improve, simple_bound
from kaval.engine.rules.planning.shapes import Plan, Site, Stop, Team, Travel
from kaval.engine.rules.planning.travel import travel_seconds
from kaval.engine.rules.planning.waves import capacities, fix_waves

_MINUTE = timedelta(minutes=1)

_LARGEST_MODEL = (
    90  # sites of one district; above it the model outgrows a briefing and exchanges alone decide
)


def plan(
    sites: Iterable[Site],
    teams: Iterable[Team],
    *,
    first_entry_at: datetime,
    minutes_per_site: int = 90,
    travel: Travel | None = None,
    effort: float = 0.05,
    seed: int = 1,
) -> Plan:
    """The plan of one day over all districts.

    `effort` is the limit of the search per district in the solver's deterministic time; 0 leaves it to
    exchanges and gives only a simple bound.

    Raises:
        ValueError: two sites or two teams with one id, or an instant without zone.
    """
    start, pace = require_aware(first_entry_at), travel or Travel()
    by_district = _sites_by_district(sites)
    crews = _teams_by_district(teams)
    placed = [
        site for district in sorted(by_district) if crews.get(district) for site in by_district[district]
    ]
    sizes = {where: capacities(len(by_district[where]), len(crews.get(where, ()))) for where in by_district}
    waves, notes = fix_waves(sorted(placed, key=lambda one: one.site_id), sizes)
    stops: list[Stop] = []
    idle: list[str] = []
    objective = bound = 0
    for district in sorted(crews):
        here, crew = by_district.get(district, []), crews[district]
        ground = _ground(here, crew, waves=waves, pace=pace)
        chains, floor = _chains(ground, effort=effort, seed=seed)
        objective, bound = objective + ground.total(chains), bound + floor
        idle += [team.team_id for team, chain in zip(crew, chains, strict=True) if not chain]
        stops += _stops(here, crew, chains, start=start, minutes=minutes_per_site, pace=pace)
    unplaced = tuple(
        (site.site_id, f"{district} has no team")
        for district in sorted(by_district)
        if not crews.get(district)
        for site in by_district[district]
    )
    every = tuple(team for district in sorted(crews) for team in crews[district])
    return Plan(every, tuple(stops), objective, bound, unplaced, tuple(idle), tuple(notes))


def _chains(ground: Ground, *, effort: float, seed: int) -> tuple[Chains, int]:
    if not ground.sites:
        return [[] for _ in range(ground.teams)], 0
    chains = improve(ground, greedy(ground))
    if effort <= 0 or ground.sites > _LARGEST_MODEL:
        return chains, simple_bound(ground)
    return refine(ground, chains, effort=effort, seed=seed)


def _stops(
    sites: Sequence[Site],
    teams: Sequence[Team],
    chains: Chains,
    *,
    start: datetime,
    minutes: int,
    pace: Travel,
) -> Iterable[Stop]:
    for team, chain in zip(teams, chains, strict=True):
        at, before = start, None
        for wave, index in enumerate(chain):
            site = sites[index]
            if before is not None:
                at = _whole_minute(at + timedelta(seconds=travel_seconds(_point(before), _point(site), pace)))
            leave = at + timedelta(minutes=minutes if site.minutes is None else site.minutes)
            yield Stop(team.team_id, site.site_id, wave + 1, wave, at, leave)
            at, before = leave, site


def _ground(sites: Sequence[Site], teams: Sequence[Team], *, waves: dict[str, int], pace: Travel) -> Ground:
    points = [_point(site) for site in sites]
    bases = [
        None if team.latitude is None or team.longitude is None else (team.latitude, team.longitude)
        for team in teams
    ]
    start = [[0 if base is None else travel_seconds(base, point, pace) for point in points] for base in bases]
    between = [[travel_seconds(one, other, pace) for other in points] for one in points]
    return Ground(start, between, [waves.get(site.site_id) for site in sites])


def _sites_by_district(sites: Iterable[Site]) -> dict[str, list[Site]]:
    found: dict[str, list[Site]] = defaultdict(list)
    every = sorted(sites, key=lambda one: one.site_id)
    _no_doubles([one.site_id for one in every], "site")
    for site in every:
        found[site.district_id].append(site)
    return dict(found)


def _teams_by_district(teams: Iterable[Team]) -> dict[str, list[Team]]:
    found: dict[str, list[Team]] = defaultdict(list)
    every = sorted(teams, key=lambda one: one.team_id)
    _no_doubles([one.team_id for one in every], "team")
    for team in every:
        found[team.district_id].append(team)
    return dict(found)


def _no_doubles(ids: list[str], what: str) -> None:
    for one, other in pairwise(ids):
        if one == other:
            raise ValueError(f"two {what}s carry the id {one}")


def _point(site: Site) -> tuple[float, float]:
    return site.latitude, site.longitude


def _whole_minute(at: datetime) -> datetime:
    """The next whole minute, the same when it is one."""
    cut = at.replace(second=0, microsecond=0)
    return cut if cut == at else cut + _MINUTE
