"""A better plan of one district by cooling: random exchanges that are refused the less often the warmer it is.

Exchanges alone stop at the first plan that no single one of them shortens; this walks on over longer plans to shorter
ones. Deterministic: the dice are a fixed congruential series, the limit a number of draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from kaval.engine.rules.planning.ground import Chain, Ground
from kaval.engine.rules.planning.improve import Bench, Lists, Weights
from kaval.engine.rules.planning.pricing import Loads

_WARM, _MILD, _COLD = 20_000.0, 1_500.0, 60.0  # metres by which a plan may grow, about one time in three
_SOFT = Weights(unfit=15_000, shut=15_000, late=1_200)


def _dice(seed: int) -> Iterator[int]:
    """A fixed series of 32-bit numbers (Knuth's 64-bit congruential generator, upper half)."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        yield state >> 32


class Kiln:
    """Cooling for one district. Breaches count little while it is warm, so that plans may pass through them, and as
    much as anywhere at the end.
    """

    def __init__(self, ground: Ground, loads: Loads, *, seed: int = 7) -> None:
        self.ground, self.loads = ground, loads
        self._soft, self._hard = Bench(ground, loads, _SOFT), Bench(ground, loads)
        self._draw = _dice(seed)

    def cool(self, lists: Lists, *, by: int, draws: int) -> Lists:
        """The best plan met that ends by the minute, or the one that comes nearest to it."""
        made = self._run(self._soft, lists, by=by, draws=draws * 2 // 3, heat=_WARM)
        return self._run(self._hard, made, by=by, draws=draws // 3, heat=_MILD)

    def _run(self, bench: Bench, lists: Lists, *, by: int, draws: int, heat: float) -> Lists:
        bench.limit(by)
        chains = list(lists)
        costs = [bench.cost(team, chain) for team, chain in enumerate(chains)]
        total = best_total = sum(costs)
        best = tuple(chains)
        fall = (_COLD / heat) ** (1.0 / max(1, draws))
        for _ in range(draws):
            heat *= fall
            made = self._exchange(chains)
            if made is None:
                continue
            left, right, one, other = made
            here = bench.cost(left, one)
            there = bench.cost(right, other) if left != right else 0
            grown = here + there - costs[left] - (costs[right] if left != right else 0)
            if grown > 0 and grown >= -heat * log((next(self._draw) + 1) / 4294967297.0):
                continue
            chains[left], costs[left] = one, here
            if left != right:
                chains[right], costs[right] = other, there
            total += grown
            if total < best_total:
                best_total, best = total, tuple(chains)
        return best

    def _exchange(self, chains: list[Chain]) -> tuple[int, int, Chain, Chain] | None:
        """Two teams and what they would drive: a swap, a hand-over, crossed tails, or another order of one."""
        draw = next(self._draw)
        teams = len(chains)
        left, right = draw % teams, (draw >> 8) % teams
        a, b = chains[left], chains[right]
        if not a or not b:
            return self._handed(chains, left, right)
        kind = (draw >> 20) % 8
        i, j = (draw >> 3) % len(a), (draw >> 13) % len(b)
        if left == right:
            if len(a) < 2 or i == j:
                return None
            made = list(a)
            if kind % 2:
                made[i], made[j] = made[j], made[i]
            else:
                made.insert(j, made.pop(i))
            return left, right, tuple(made), tuple(made)
        if kind < 5:
            return left, right, (*a[:i], b[j], *a[i + 1 :]), (*b[:j], a[i], *b[j + 1 :])
        if kind < 7:
            one, other = a[:i] + b[j:], b[:j] + a[i:]
            if self._fits(one) and self._fits(other):
                return left, right, one, other
            return None
        return self._handed(chains, left, right)

    def _handed(self, chains: list[Chain], left: int, right: int) -> tuple[int, int, Chain, Chain] | None:
        a, b = chains[left], chains[right]
        if left == right or not a or not self._fits(a[1:]) or len(b) >= self.loads.most:
            return None
        draw = next(self._draw)
        i, j = draw % len(a), (draw >> 10) % (len(b) + 1)
        return left, right, (*a[:i], *a[i + 1 :]), (*b[:j], a[i], *b[j:])

    def _fits(self, chain: Chain) -> bool:
        return self.loads.least <= len(chain) <= self.loads.most
