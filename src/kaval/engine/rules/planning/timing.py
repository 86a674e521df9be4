"""When a team stands at each of its doors: the same arithmetic for the solver, the repair and a hand that drags.

The first stop is entered at the first entry, or when its place may be entered if that is later; every further stop
as soon as the team can be there and its place may be entered. All in whole minutes from `first_entry_at`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil, floor

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import Rules, Site, Stop, Team
from kaval.engine.rules.planning.sun import daylight
from kaval.engine.rules.planning.ways import Ways

FAR = 10_000  # minutes: no limit


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes from the first entry between which a place may be entered, and the minutes of the stay."""

    opens: int
    closes: int
    stay: int


def window_of(site: Site, rules: Rules) -> Window:
    """When the place may be entered: its own limits, local sunrise (P-SUN), the operation's last entry."""
    start = rules.first_entry_at
    opens = 0 if site.not_before is None else max(0, _up(site.not_before - start))
    if rules.sun:
        light = daylight(site.latitude, site.longitude, start.astimezone(IST).date())
        opens = opens if light is None else max(opens, _up(light.sunrise - start))
    limits = [at for at in (site.not_after, rules.last_entry_at) if at is not None]
    closes = min((floor((at - start) / timedelta(minutes=1)) for at in limits), default=FAR)
    stay = site.minutes
    if stay is None:
        stay = rules.minutes_by_kind.get(site.kind, rules.minutes_by_kind.get("", 90))
    return Window(opens, closes, stay)


def entries(
    sites: Sequence[Site], rules: Rules, *, ways: Ways, holds: Mapping[str, int] | None = None
) -> list[int]:
    """Minutes from the first entry at which a team enters each place of its list; waiting is allowed.

    `holds`: a place is not entered before this minute, because a linked place is entered then.
    """
    found: list[int] = []
    free, before = 0, None
    for site in sites:
        window = window_of(site, rules)
        there = 0 if before is None else free + ways.minutes(before.point, site.point)
        entry = max(there, window.opens, (holds or {}).get(site.site_id, 0))
        found.append(entry)
        free, before = entry + window.stay, site
    return found


def stops_of(
    team: Team, sites: Sequence[Site], rules: Rules, *, ways: Ways, holds: Mapping[str, int] | None = None
) -> tuple[Stop, ...]:
    """The stops of one team in this order of places."""
    return tuple(
        Stop(
            team.team_id,
            site.site_id,
            wave + 1,
            wave,
            instant(entry, rules),
            instant(entry + window_of(site, rules).stay, rules),
        )
        for wave, (site, entry) in enumerate(
            zip(sites, entries(sites, rules, ways=ways, holds=holds), strict=True)
        )
    )


def metres_of(team: Team, sites: Sequence[Site], ways: Ways) -> int:
    """Metres from the base over all places; the way home is not counted."""
    points = [site.point for site in sites]
    first = 0 if team.base is None or not points else ways.metres(team.base, points[0])
    return first + sum(ways.metres(one, other) for one, other in pairwise(points))


def instant(minute: int, rules: Rules) -> datetime:
    """The UTC instant of a minute counted from the first entry."""
    return rules.first_entry_at + timedelta(minutes=minute)


def _up(span: timedelta) -> int:
    return ceil(span / timedelta(minutes=1))
