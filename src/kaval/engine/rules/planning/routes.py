"""Short routes for one district by hand: a greedy start, then exchanges until none helps.

Every team gets a chain of sites; position w of a chain is wave w. Deterministic for sorted input. This
alone gives a plan in milliseconds; `exact` shortens it and proves a bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kaval.engine.rules.planning.waves import capacities

Chains = list[list[int]]


@dataclass(frozen=True, slots=True)
class Ground:
    """One district: seconds from each team's base to each site, between sites, and the wave a site is fixed
    to."""

    start: Sequence[Sequence[int]]
    between: Sequence[Sequence[int]]
    wave: Sequence[int | None]

    @property
    def sites(self) -> int:
        return len(self.wave)

    @property
    def teams(self) -> int:
        return len(self.start)

    def cost(self, team: int, chain: Sequence[int]) -> int:
        """Seconds of travel of one team's chain, from its base; 0 for an empty chain."""
        if not chain:
            return 0
        return self.start[team][chain[0]] + sum(self.between[a][b] for a, b in pairwise(chain))

    def total(self, chains: Chains) -> int:
        """Seconds of travel of all teams."""
        return sum(self.cost(team, chain) for team, chain in enumerate(chains))

    def may(self, site: int, wave: int) -> bool:
        """True when the site may stand in that wave."""
        return self.wave[site] is None or self.wave[site] == wave


def greedy(ground: Ground, prices: Mapping[tuple[int, int, int], float] | None = None) -> Chains:
    """Wave by wave the cheapest pairs first; fixed sites always find room in their wave.

    `prices` are reduced costs of arcs (-1, team, site) and (wave, site, next) from a relaxation; None:
    seconds of travel.
    """
    chains: Chains = [[] for _ in range(ground.teams)]
    waiting = set(range(ground.sites))
    for wave, size in enumerate(capacities(ground.sites, ground.teams)):
        due = {site for site in waiting if ground.wave[site] == wave}
        free = size - len(due)
        pairs = sorted(
            (_step(ground, chain, team=team, site=site, prices=prices), site, team)
            for team, chain in enumerate(chains)
            for site in waiting
            if ground.may(site, wave)
        )
        done: set[int] = set()
        placed: set[int] = set()
        for _, site, team in pairs:
            if team in done or site in placed or (site not in due and free == 0):
                continue
            free -= site not in due
            done.add(team)
            placed.add(site)
            chains[team].append(site)
        waiting -= placed
    return chains


def improve(ground: Ground, chains: Chains, *, rounds: int = 60) -> Chains:
    """Exchanges of two sites, tails or last stops, as long as one shortens the whole; never longer than
    before."""
    best = [list(chain) for chain in chains]
    for _ in range(rounds):
        if not _one_round(ground, best):
            break
    return best


def _one_round(ground: Ground, chains: Chains) -> bool:
    changed = False
    for left in range(len(chains)):
        for right in range(left, len(chains)):
            changed |= _exchange(ground, chains, (left, right))
            if left != right:
                changed |= _tails(ground, chains, (left, right))
                changed |= _hand_over(ground, chains, (left, right)) or _hand_over(
                    ground, chains, (right, left)
                )
    return changed


def _exchange(ground: Ground, chains: Chains, pair: tuple[int, int]) -> bool:
    left, right = pair
    changed = False
    for here in range(len(chains[left])):
        for there in range(here + 1 if left == right else 0, len(chains[right])):
            one, other = chains[left][here], chains[right][there]
            if not (ground.may(one, there) and ground.may(other, here)):
                continue
            before = _pair_cost(ground, chains, pair)
            chains[left][here], chains[right][there] = other, one
            if _pair_cost(ground, chains, pair) < before:
                changed = True
            else:
                chains[left][here], chains[right][there] = one, other
    return changed


def _tails(ground: Ground, chains: Chains, pair: tuple[int, int]) -> bool:
    left, right = pair
    for cut in range(min(len(chains[left]), len(chains[right])) + 1):
        before = _pair_cost(ground, chains, pair)
        old = chains[left], chains[right]
        chains[left], chains[right] = old[0][:cut] + old[1][cut:], old[1][:cut] + old[0][cut:]
        if _pair_cost(ground, chains, pair) < before:
            return True
        chains[left], chains[right] = old
    return False


def _hand_over(ground: Ground, chains: Chains, pair: tuple[int, int]) -> bool:
    """The longer chain gives its last stop to the shorter one: loads stay within one of each other."""
    giver, taker = pair
    if len(chains[giver]) != len(chains[taker]) + 1:
        return False
    before = _pair_cost(ground, chains, pair)
    chains[taker].append(chains[giver].pop())
    if _pair_cost(ground, chains, pair) < before:
        return True
    chains[giver].append(chains[taker].pop())
    return False


def _pair_cost(ground: Ground, chains: Chains, pair: tuple[int, int]) -> int:
    left, right = pair
    cost = ground.cost(left, chains[left])
    return cost if left == right else cost + ground.cost(right, chains[right])


def _step(
    ground: Ground,
    chain: list[int],
    *,
    team: int,
    site: int,
    prices: Mapping[tuple[int, int, int], float] | None,
) -> tuple[float, int]:
    seconds = ground.between[chain[-1]][site] if chain else ground.start[team][site]
    if prices is None:
        return 0.0, seconds
    arc = (len(chain) - 1, chain[-1], site) if chain else (-1, team, site)
    return prices[arc], seconds


def simple_bound(ground: Ground) -> int:
    """A bound without search: every site is reached from somewhere, at best from what is nearest to it."""
    return sum(
        min(
            [ground.start[team][site] for team in range(ground.teams)]
            + [ground.between[other][site] for other in range(ground.sites) if other != site]
        )
        for site in range(ground.sites)
    )
