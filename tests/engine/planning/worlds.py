"""Made-up problems for planning tests: districts, stations, officers, places; seeded, no real place.

`world` is one small problem, `state` the size of a state-wide day. The same arguments give the same problem. Every
team's worth of officers is a leader, a cyber officer, a technical officer and a woman of SI rank, all posted in the
district, so `teams` of a world is the most its officers allow.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kaval.engine.rules.planning.problem import Officer, Point, Problem, Rules, Site, StationPoint, Team

FIRST_ENTRY = datetime(2026, 2, 22, 1, 30, tzinfo=UTC)  # 07:00 in Kerala, after sunrise
KINDS = ("house", "house", "house", "house", "flat", "lodge", "hostel", "shop", "office")
# Rough share of the work of twenty districts: as simulation.geography has them.
WEIGHTS = (7, 5, 5, 4, 4, 6, 6, 3, 8, 6, 5, 5, 6, 9, 6, 4, 2, 4, 3, 3)
_MORE = {"cyber": frozenset({"cyber"}), "technical": frozenset({"technical"})}


@dataclass(frozen=True, slots=True)
class Mix:
    """How many of the places (shares from 0 to 1) carry what; `pairs` and `groups` of linked places over the whole
    problem (a pair inside a district, a group of four across districts)."""

    kinds: bool = False
    children: float = 0.0
    late: float = 0.0
    villages: float = 0.0
    pairs: int = 0
    groups: int = 0
    spread: float = 0.22


def world(
    places: int = 12,
    teams: int = 4,
    *,
    districts: int = 1,
    seed: int = 1,
    mix: Mix = Mix(),
    rules: Rules | None = None,
) -> Problem:
    """Districts of equal size: `places` and `teams` are those of each."""
    sizes = [(places, teams)] * districts
    return _made(sizes, random.Random(seed), mix=mix, rules=rules)


def state(
    places: int = 858,
    teams: int = 280,
    *,
    seed: int = 7,
    mix: Mix = Mix(),
    rules: Rules | None = None,
    weights: tuple[int, ...] = WEIGHTS,
) -> Problem:
    """A whole state: places and teams shared out by the weights of its districts."""
    sizes = list(zip(shares(places, weights), shares(teams, weights), strict=True))
    return _made(sizes, random.Random(seed), mix=mix, rules=rules)


def shares(total: int, weights: tuple[int, ...]) -> list[int]:
    """Whole numbers in the ratio of the weights that sum to `total` (largest remainder)."""
    exact = [total * weight / sum(weights) for weight in weights]
    whole = [int(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda n: (whole[n] - exact[n], n))
    for n in order[: total - sum(whole)]:
        whole[n] += 1
    return whole


def simple_teams(problem: Problem, district_id: str) -> tuple[Team, ...]:
    """Teams of four by the numbers in the officers' ids: no choice at all, for tests of routes only."""
    crews: dict[str, dict[str, Officer]] = {}
    for officer in problem.officers:
        if officer.district_id == district_id:
            crew, role = officer.officer_id.rsplit("-", 1)
            crews.setdefault(crew, {})[role] = officer
    points = {one.station_id: one.point for one in problem.stations}
    return tuple(
        Team(
            crew,
            district_id,
            leader=one["leader"].officer_id,
            cyber=one["cyber"].officer_id,
            technical=one["technical"].officer_id,
            woman=one["woman"].officer_id,
            base=points[one["leader"].station_id],
        )
        for crew, one in sorted(crews.items())
    )


def _made(sizes: list[tuple[int, int]], dice: random.Random, *, mix: Mix, rules: Rules | None) -> Problem:
    sites: list[Site] = []
    officers: list[Officer] = []
    stations: list[StationPoint] = []
    for number, (places, teams) in enumerate(sizes):
        name, middle = f"D{number:02d}", (8.5 + 0.2 * number, 76.9 + dice.uniform(-0.2, 0.2))
        own = [
            _station(f"{name}-ST{n:02d}", name, (middle, mix.spread), dice=dice)
            for n in range(max(2, teams // 2))
        ]
        stations += own
        officers += [
            one for n in range(teams) for one in _crew(f"{name}-{n + 1:02d}", own[n % len(own)], dice=dice)
        ]
        sites += [_site(f"{name}-P{n:03d}", dice.choice(own), mix=mix, dice=dice) for n in range(places)]
    sites = _linked(sites, mix)
    return Problem(
        "TEST", rules or Rules(FIRST_ENTRY), tuple(sites), tuple(officers), tuple(stations), notes=()
    )


def _station(
    station_id: str, district_id: str, where: tuple[tuple[float, float], float], *, dice: random.Random
) -> StationPoint:
    (latitude, longitude), spread = where
    point = Point(
        station_id,
        round(latitude + dice.uniform(-spread, spread), 5),
        round(longitude + dice.uniform(-spread, spread), 5),
    )
    return StationPoint(station_id, district_id, point, f"Station {station_id}", f"District {district_id}")


def _crew(crew: str, station: StationPoint, *, dice: random.Random) -> list[Officer]:
    def officer(role: str, rank: str, gender: str) -> Officer:
        skills = _MORE.get(role, frozenset())
        villages = frozenset({f"{station.district_id}-V{dice.randrange(40)}"})
        return Officer(
            f"{crew}-{role}", rank, gender, station.station_id, station.district_id, skills, villages=villages
        )

    return [
        officer("leader", dice.choice(("SI", "SI", "INSPECTOR")), "M"),
        officer("cyber", "SCPO", "M"),
        officer("technical", "CPO", "M"),
        officer("woman", "SI", "F"),
    ]


def _site(site_id: str, station: StationPoint, *, mix: Mix, dice: random.Random) -> Site:
    latitude = round(station.point.latitude + dice.gauss(0, 0.025), 5)
    longitude = round(station.point.longitude + dice.gauss(0, 0.025), 5)
    kind = dice.choice(KINDS)
    child, late, village = (
        dice.random() < mix.children,
        dice.random() < mix.late,
        dice.random() < mix.villages,
    )
    return Site(
        site_id,
        station.district_id,
        station.station_id,
        latitude,
        longitude,
        kind=kind if mix.kinds else "house",
        children=True if child else None,
        cwc_contact="CWC desk" if child else "",
        not_before=FIRST_ENTRY + timedelta(minutes=60) if late else None,
        village=f"{station.district_id}-V{dice.randrange(40)}" if village else "",
    )


def _linked(sites: list[Site], mix: Mix) -> list[Site]:
    """The first places of each district in pairs, the last ones in groups across districts."""
    made = {site.site_id: site for site in sites}
    ids = [site.site_id for site in sites]
    step = max(2, len(ids) // max(1, mix.pairs))
    for n in range(mix.pairs):
        one, other = ids[n * step], ids[n * step + 1]
        for site_id in (one, other):
            made[site_id] = replace(made[site_id], links=(*made[site_id].links, f"account:a{n}"))
    for n in range(mix.groups):
        far = len(ids) // 4
        for k in range(4):
            site_id = ids[(k * far + far - 1 - n) % len(ids)]
            made[site_id] = replace(made[site_id], links=(*made[site_id].links, f"group:g{n}"))
    return [made[site_id] for site_id in ids]
