"""Cuts: of three places at most one team drives to two or more, of five at most one to three or more, and so many
places together need so many teams.

True for every plan, since each place is served once and a team has so many stops at most; not true for a relaxed
plan, which mends most of its distance to the best plan. The threes are the subset-row cuts of Jepsen,
Petersen, Spoorendonk and Pisinger (Operations Research 56, 2008); the fives do the same for teams of three stops
around a cluster of four or five places; the last are the rounded capacity cuts of vehicle routing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kaval.engine.rules.planning.chains import Routes

_WORTH = 0.03  # a cut broken by less is not added
_EACH_TIME = 40
_PER_PLACE = 8
_CHAINS = 220  # fives are looked for among so many chains


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """Chains that hold `least` or more of the places, each counted `sign` times, come to `limit` at most.

    (1, 1): at most one such chain; (-1, -k): at least k. A chain with more than `single` stops counts twice (0: once,
    whatever its length): it does not need more teams than two shorter ones.
    """

    places: tuple[int, ...]
    least: int
    sign: int = 1
    limit: int = 1
    single: int = 0

    def weight(self, stops: int) -> int:
        """What a chain of so many stops counts, its sign included."""
        return self.sign * (2 if self.single and stops > self.single else 1)


def broken(
    chains: Sequence[tuple[int, ...]],
    shares: Sequence[float],
    *,
    near: NDArray[np.int64],
    few: int,
) -> list[Cut]:
    """The cuts that a relaxed plan (chains with their shares) breaks most, the worst first.

    `near[p]`: all places by their distance from p. `few`: stops of a usual team; none has two times as many.
    """
    places = len(near)
    found: dict[Cut, float] = dict(_threes(chains, shares, places=places))
    found.update(_fives(chains, shares, places=places))
    found.update(_crowds(chains, shares, near=near, few=few))
    kept: list[Cut] = []
    used: Counter[int] = Counter()
    for cut in sorted(found, key=lambda one: (-round(found[one], 6), one)):
        if max(used[place] for place in cut.places) < _PER_PLACE:
            kept.append(cut)
            used.update(cut.places)
        if len(kept) == _EACH_TIME:
            break
    return kept


def touches(cut: Cut, chain: Sequence[int]) -> bool:
    """True when the chain holds enough of the cut's places to count."""
    return sum(place in cut.places for place in chain) >= cut.least


def touching(cut: Cut, route: Routes, *, places: int) -> NDArray[np.int64]:
    """Positions of the routes that hold enough of the cut's places to count."""
    inside = np.zeros(places, dtype=np.int8)
    inside[list(cut.places)] = 1
    count = inside[route.places[0]].copy()
    for row in route.places[1:]:
        count += inside[row]
    return np.flatnonzero(count >= cut.least)


def _threes(
    chains: Sequence[tuple[int, ...]], shares: Sequence[float], *, places: int
) -> Iterator[tuple[Cut, float]]:
    pairs = np.zeros((places, places))
    threes = np.zeros((places, places, places))
    for chain, share in zip(chains, shares, strict=True):
        own = np.array(sorted(chain))
        if own.size > 1:
            pairs[np.ix_(own, own)] += share
            threes[np.ix_(own, own, own)] += share
    excess = pairs[:, :, None] + pairs[:, None, :] + pairs[None, :, :] - 2 * threes - 1.0
    one, two, three = np.nonzero(excess > _WORTH)
    rising = (one < two) & (two < three)
    for a, b, c in zip(one[rising].tolist(), two[rising].tolist(), three[rising].tolist(), strict=True):
        yield Cut((a, b, c), 2), float(excess[a, b, c])


def _fives(
    chains: Sequence[tuple[int, ...]], shares: Sequence[float], *, places: int
) -> Iterator[tuple[Cut, float]]:
    """Fives around two chains that share places, the missing ones added as they break the cut most."""
    weights: dict[tuple[int, ...], float] = {}
    for chain, share in zip(chains, shares, strict=True):
        if len(chain) >= 3:
            own = tuple(sorted(chain))
            weights[own] = weights.get(own, 0.0) + share
    sets = sorted((one for one in weights if weights[one] < 1 - 1e-6), key=lambda one: (-weights[one], one))
    sets = sets[:_CHAINS]
    if len(sets) < 3:
        return
    member = np.zeros((len(sets), places), dtype=np.int8)
    for n, own in enumerate(sets):
        member[n, list(own)] = 1
    counted = np.array([weights[own] for own in sets])
    seen: set[tuple[int, ...]] = set()
    for one, other in combinations(range(len(sets)), 2):
        base = set(sets[one]) | set(sets[other])
        if not 4 <= len(base) <= 5:
            continue
        count = member[:, sorted(base)].sum(axis=1)
        if len(base) == 4:
            gain = counted @ (member * (count == 2)[:, None])
            gain[sorted(base)] = -1.0
            added = int(np.argmax(gain))
            base.add(added)
            count = count + member[:, added]
        five = tuple(sorted(base))
        if five not in seen:
            seen.add(five)
            excess = float(counted[count >= 3].sum()) - 1.0
            if excess > _WORTH:
                yield Cut(five, 3), excess


def _crowds(
    chains: Sequence[tuple[int, ...]],
    shares: Sequence[float],
    *,
    near: NDArray[np.int64],
    few: int,
) -> Iterator[tuple[Cut, float]]:
    """The nearest places around each place, as far as fewer teams come to them than they need.

    With n teams of `few` stops and m with more (at most twice as many), few * (n + 2 m) is no less than the places.
    """
    many = len(near)
    member = np.zeros((len(chains), many), dtype=np.bool_)
    for n, chain in enumerate(chains):
        member[n, list(chain)] = True
    share = np.array(
        [part * (2 if len(chain) > few else 1) for chain, part in zip(chains, shares, strict=True)]
    )
    for place in range(many):
        reached = np.logical_or.accumulate(member[:, near[place]], axis=1)
        come = share @ reached
        for size in range(3, many // 2 + 1):
            need = -(-size // few)
            short = need - float(come[size - 1])
            if short > _WORTH:
                crowd = tuple(sorted(near[place, :size].tolist()))
                yield Cut(crowd, 1, -1, -need, few), short
