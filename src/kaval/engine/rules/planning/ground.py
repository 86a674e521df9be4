"""One district in numbers: windows, ways, fit; places and teams are positions in two sorted lists.

Minutes count from the first entry, ways are whole metres. A chain is a tuple of places in the order a team enters
them; a place's position in it is its wave. `NEVER` marks what may not be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kaval.engine.rules.planning.fit import unfit
from kaval.engine.rules.planning.problem import Officer, Problem, Site, Team
from kaval.engine.rules.planning.timing import Window, window_of
from kaval.engine.rules.planning.ways import Ways

Chain = tuple[int, ...]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
NEVER = -1


@dataclass(frozen=True, slots=True)
class Held:
    """What other places ask of one: its wave (None: any), and the minutes between which it is entered."""

    wave: int | None
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Ground:
    """A district ready for arithmetic.

    `closes[w][p]`: latest entry of place p in wave w, NEVER: not in that wave. `groups`: teams that may enter the
    same places, `may[g][p]` whether group g may. `start[t][p]` metres from the team's base.
    """

    opens: Ints
    closes: Ints
    stay: Ints
    minutes: Ints
    metres: Ints
    start: Ints
    group_of: tuple[int, ...]
    may: Bools

    @property
    def places(self) -> int:
        """How many places."""
        return len(self.opens)

    @property
    def teams(self) -> int:
        """How many teams."""
        return len(self.group_of)

    @property
    def most(self) -> int:
        """The most stops of one team."""
        return len(self.closes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Teams in each group."""
        return tuple(self.group_of.count(group) for group in range(len(self.may)))

    def entry(self, chain: Chain) -> int:
        """Minute of the last entry of a chain, NEVER when a window is missed; 0 for no place."""
        at, before = 0, NEVER
        for wave, place in enumerate(chain):
            there = 0 if wave == 0 else at + int(self.stay[before]) + int(self.minutes[before, place])
            at, before = max(there, int(self.opens[place])), place
            if wave >= self.most or at > self.closes[wave, place]:
                return NEVER
        return at

    def length(self, team: int, chain: Chain) -> int:
        """Metres of a team's chain from its base."""
        if not chain:
            return 0
        return int(self.start[team, chain[0]]) + sum(int(self.metres[a, b]) for a, b in pairwise(chain))


def ground_of(
    sites: Sequence[Site], teams: Sequence[Team], problem: Problem, *, held: Mapping[str, Held]
) -> Ground:
    """The numbers of a district's places and teams, in the order given."""
    ways, rules = Ways.of(problem), problem.rules
    officers = {one.officer_id: one for one in problem.officers}
    windows = [_window(site, window_of(site, rules), held) for site in sites]
    points = [site.point for site in sites]
    fits = _fits(sites, teams, problem, officers=officers)
    rows = sorted(set(fits), reverse=True)
    bases = {team.base: None for team in teams}
    from_base = {
        base: [0 if base is None else ways.metres(base, point) for point in points] for base in bases
    }
    return Ground(
        opens=_ints([one.opens for one in windows]),
        closes=_ints(_closes(sites, windows, problem, held=held)).reshape(rules.most_stops, len(sites)),
        stay=_ints([one.stay for one in windows]),
        minutes=_ints([[ways.minutes(a, b) for b in points] for a in points]),
        metres=_ints([[ways.metres(a, b) for b in points] for a in points]),
        start=_ints([from_base[team.base] for team in teams]).reshape(len(teams), len(sites)),
        group_of=tuple(rows.index(row) for row in fits),
        may=np.array(rows, dtype=np.bool_).reshape(len(rows), len(sites)),
    )


def _window(site: Site, window: Window, held: Mapping[str, Held]) -> Window:
    hold = held.get(site.site_id)
    if hold is None:
        return window
    return Window(max(window.opens, hold.opens), min(window.closes, hold.closes), window.stay)


def _closes(
    sites: Sequence[Site], windows: Sequence[Window], problem: Problem, *, held: Mapping[str, Held]
) -> list[list[int]]:
    rules = problem.rules
    table = []
    for wave in range(rules.most_stops):
        row = []
        for site, window in zip(sites, windows, strict=True):
            hold = held.get(site.site_id)
            here = hold is None or hold.wave in (None, wave)
            last = min(window.closes, rules.wave_minutes) if wave == 0 else window.closes
            row.append(last if here and window.opens <= last else NEVER)
        table.append(row)
    return table


def _fits(
    sites: Sequence[Site], teams: Sequence[Team], problem: Problem, *, officers: Mapping[str, Officer]
) -> list[tuple[bool, ...]]:
    return [
        tuple(not unfit(team, site, problem.rules, officers=officers) for site in sites) for team in teams
    ]


def _ints(values: object) -> Ints:
    return np.array(values, dtype=np.int32)
