"""How long does planning a state take against visiting the nearest open door, and how much shorter are the ways?

The peer is a plain greedy: in turns, each team takes the nearest site that is still open. Beside each time
stands how far
the plan lies above the lower bound that is printed with it.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

from bench._measure import Comparison, against
from kaval.engine.rules.planning.shapes import Site, Team, Travel
from kaval.engine.rules.planning.solve import plan
from kaval.engine.rules.planning.travel import travel_seconds

FIRST_ENTRY = datetime(2026, 1, 18, 1, 30, tzinfo=UTC)
OPERATIONS = ((600, 320), (862, 280))


def measure() -> list[Comparison]:
    """Planning both operations, each against the greedy on the same sites and teams."""
    return [_measure(sites, teams) for sites, teams in OPERATIONS]


def _measure(count: int, crews: int) -> Comparison:
    sites, teams = _land(count, crews)
    made = plan(sites, teams, first_entry_at=FIRST_ENTRY)
    greedy = _greedy(sites, teams)
    ours_s, peer_s = against(
        lambda: plan(sites, teams, first_entry_at=FIRST_ENTRY), lambda: _greedy(sites, teams), runs=1
    )
    above = 100 * (made.objective / made.lower_bound - 1)
    longer = 100 * (greedy / made.objective - 1)
    return Comparison(
        f"plan {count} sites, {crews} teams ({above:.1f} % above the bound)",
        f"greedy nearest ({longer:.0f} % longer ways)",
        "sites",
        count,
        ours_s,
        peer_s,
    )


def _land(count: int, crews: int) -> tuple[list[Site], list[Team]]:
    dice = random.Random(7)

    def point(number: int) -> tuple[float, float]:
        return 8.4 + 0.2 * (number % 20) + dice.uniform(-0.2, 0.2), 76.9 + dice.uniform(-0.2, 0.2)

    sites = [Site(f"S{n:04d}", f"D{n % 20:02d}", f"ST-{n % 20}", *point(n)) for n in range(count)]
    teams = []
    for n in range(crews):
        district, where = f"D{n % 20:02d}", point(n)
        teams.append(
            Team(
                f"{district}-{n // 20:02d}", district, f"l{n}", f"c{n}", f"t{n}", f"w{n}", where[0], where[1]
            )
        )
    return sites, teams


def _greedy(sites: list[Site], teams: list[Team]) -> int:
    """Seconds of travel when each team in turn takes the nearest open site of its district."""
    pace, total = Travel(), 0
    open_sites = {
        district: [s for s in sites if s.district_id == district]
        for district in {s.district_id for s in sites}
    }
    at = {team.team_id: (team.latitude or 0.0, team.longitude or 0.0) for team in teams}
    while any(open_sites.values()):
        for team in teams:
            left = open_sites[team.district_id]
            if left:
                here = at[team.team_id]
                nearest = min(
                    left, key=lambda s: (travel_seconds(here, (s.latitude, s.longitude), pace), s.site_id)
                )
                total += travel_seconds(here, (nearest.latitude, nearest.longitude), pace)
                at[team.team_id] = (nearest.latitude, nearest.longitude)
                left.remove(nearest)
    return total
