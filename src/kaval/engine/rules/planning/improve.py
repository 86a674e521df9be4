"""Plans of one district by hand: a greedy start, then exchanges between two teams until none helps.

What breaks a rule costs more than any way, so the same exchanges first mend a plan and then shorten it. Deterministic:
ties go to the earlier team and place, work is counted in costs worked out, never in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from kaval.engine.rules.planning.chains import FAR
from kaval.engine.rules.planning.ground import NEVER, Chain, Ground
from kaval.engine.rules.planning.pricing import Loads

Lists = tuple[Chain, ...]  # one chain per team


@dataclass(frozen=True, slots=True)
class Weights:
    """Metres that a breach of fit, a missed window and each minute too late count."""

    unfit: int = 3_000_000
    shut: int = 1_000_000
    late: int = 20_000


HARD = Weights()


def even(ground: Ground) -> Loads:
    """Loads that differ by one at most."""
    few, over = divmod(ground.places, ground.teams)
    return Loads(few, few + (over > 0))


def fine(ground: Ground, lists: Lists, *, by: int = FAR) -> bool:
    """True when every window and fit holds and nobody enters after the minute."""
    return all(
        NEVER < ground.entry(chain) <= by and all(ground.may[ground.group_of[team], place] for place in chain)
        for team, chain in enumerate(lists)
    )


def latest(ground: Ground, lists: Lists) -> int:
    """The last entry of all teams."""
    return max((ground.entry(chain) for chain in lists), default=0)


def length(ground: Ground, lists: Lists) -> int:
    """Metres of all teams."""
    return sum(ground.length(team, chain) for team, chain in enumerate(lists))


def greedy(ground: Ground) -> Lists:
    """Wave by wave the place that would miss its best team most; even loads; windows and fit kept where they can."""
    chains: list[list[int]] = [[] for _ in range(ground.teams)]
    free = np.zeros(ground.teams, dtype=np.int64)
    few, over = divmod(ground.places, ground.teams)
    waiting = set(range(ground.places))
    for wave in range(few + (over > 0)):
        room = ground.teams if wave < few else over
        _fill_wave(ground, (chains, free), waiting, wave=wave, room=room)
    return tuple(map(tuple, chains))


def _fill_wave(
    ground: Ground, state: tuple[list[list[int]], np.ndarray], waiting: set[int], *, wave: int, room: int
) -> None:
    chains, free = state
    cost, entry = _step_costs(ground, chains, free, wave=wave)
    due = _due(ground, wave)
    taken = np.zeros(ground.teams, dtype=np.bool_)
    for _ in range(min(room, len(waiting))):
        here = np.array(sorted(waiting))
        table = cost[:, here].astype(np.float64)
        table[taken] = np.inf
        pairs = (
            np.partition(table, 1, axis=0)[:2]
            if ground.teams - taken.sum() > 1
            else table[~taken].repeat(2, axis=0)
        )
        regret = (
            pairs[1] - pairs[0] + np.where(due[here], 1e9, 0.0) - np.where(pairs[0] >= HARD.shut, 1e8, 0.0)
        )
        place = int(here[int(np.argmax(regret))])
        team = int(np.argmin(np.where(taken, np.inf, cost[:, place])))
        taken[team] = True
        waiting.discard(place)
        free[team] = entry[team, place] + ground.stay[place]
        chains[team].append(place)


def _step_costs(
    ground: Ground, chains: list[list[int]], free: np.ndarray, *, wave: int
) -> tuple[np.ndarray, np.ndarray]:
    """Metres to each place as the next of each team, breaches included, and the entry there."""
    if wave == 0:
        cost, entry = ground.start.astype(np.int64), np.tile(ground.opens, (ground.teams, 1))
    else:
        ends = [chain[-1] for chain in chains]
        cost = ground.metres[ends].astype(np.int64)
        entry = np.maximum(free[:, None] + ground.minutes[ends], ground.opens)
    row = min(wave, ground.most - 1)
    cost += np.where(entry > ground.closes[row], HARD.shut, 0)
    cost += np.where(ground.may[list(ground.group_of)], 0, HARD.unfit)
    return cost, entry


def _due(ground: Ground, wave: int) -> np.ndarray:
    """Places that this wave is the last to take."""
    later = ground.closes[wave + 1 :]
    return np.asarray((later == NEVER).all(axis=0)) if later.size else np.zeros(ground.places, dtype=np.bool_)


class Bench:
    """Exchanges on the plan of one district; `work` costs have been worked out so far."""

    def __init__(self, ground: Ground, loads: Loads, weights: Weights = HARD) -> None:
        self.ground, self.loads, self.weights, self.work = ground, loads, weights, 0
        self._closes, self._opens = ground.closes.tolist(), ground.opens.tolist()
        self._step = (ground.stay[:, None] + ground.minutes).tolist()
        self._metres, self._start = ground.metres.tolist(), ground.start.tolist()
        self._may = [ground.may[group].tolist() for group in ground.group_of]
        self._by = FAR
        self._known: dict[tuple[int, Chain], int] = {}

    def improve(self, lists: Lists, *, by: int, work: int) -> Lists:
        """The plan after exchanges that make it end by the minute, then shorter, until none helps or `work` ends."""
        self.limit(by)
        chains, end = list(lists), self.work + work
        changed = dict.fromkeys(range(len(chains)), 1)
        seen: dict[tuple[int, int], int] = {}
        clock, moved = 1, True
        while moved and self.work < end:
            moved = False
            for left in range(len(chains)):
                for right in range(left, len(chains)):
                    if seen.get((left, right), 0) >= max(changed[left], changed[right]):
                        continue
                    seen[left, right] = clock
                    if self.work < end and self._better(chains, left, right):
                        clock += 1
                        changed[left] = changed[right] = clock
                        moved = True
        return tuple(chains)

    def _better(self, chains: list[Chain], left: int, right: int) -> bool:
        before = self.cost(left, chains[left]) + (self.cost(right, chains[right]) if right != left else 0)
        best = (before, chains[left], chains[right])
        for one, other in self._moves(chains[left], chains[right], same=left == right):
            cost = self.cost(left, one)
            if cost < best[0]:
                cost += self.cost(right, other) if right != left else 0
                if cost < best[0]:
                    best = (cost, one, other)
        if best[0] == before:
            return False
        _, chains[left], chains[right] = best
        return True

    def _moves(self, a: Chain, b: Chain, *, same: bool) -> Iterator[tuple[Chain, Chain]]:
        if same:
            if len(a) <= 4:
                yield from ((order, order) for order in permutations(a) if order != a)
            else:
                yield from ((made, made) for made in _turned(a))
            return
        least, most = self.loads.least, self.loads.most
        for i, one in enumerate(a):
            for j, other in enumerate(b):
                yield (*a[:i], other, *a[i + 1 :]), (*b[:j], one, *b[j + 1 :])
        for cut in range(len(a) + 1):
            for there in range(len(b) + 1):
                left, right = a[:cut] + b[there:], b[:there] + a[cut:]
                if least <= len(left) <= most and least <= len(right) <= most:
                    yield left, right
        if len(a) > least and len(b) < most:
            yield from _given(a, b)
        if len(b) > least and len(a) < most:
            yield from ((one, other) for other, one in _given(b, a))

    def limit(self, by: int) -> None:
        """From now on what ends after the minute is late."""
        if by != self._by:
            self._by, self._known = by, {}

    def cost(self, team: int, chain: Chain) -> int:
        """Metres of a team's chain, with what is late, missed or unfit counted as many more."""
        known = self._known.get((team, chain))
        if known is not None:
            return known
        self.work += 1
        weights = self.weights
        cost, at, before, may = 0, 0, NEVER, self._may[team]
        for wave, place in enumerate(chain):
            if before == NEVER:
                cost += self._start[team][place]
            else:
                at += self._step[before][place]
                cost += self._metres[before][place]
            opens = self._opens[place]
            at = opens if at < opens else at
            closes = self._closes[wave][place]
            if at > closes:
                cost += weights.shut + (at - closes) * 100
            if not may[place]:
                cost += weights.unfit
            before = place
        if at > self._by:
            cost += (at - self._by) * weights.late
        self._known[team, chain] = cost
        return cost


def _given(a: Chain, b: Chain) -> Iterator[tuple[Chain, Chain]]:
    """One place of `a` moves into `b`, anywhere."""
    for i, one in enumerate(a):
        for j in range(len(b) + 1):
            yield (*a[:i], *a[i + 1 :]), (*b[:j], one, *b[j:])


def _turned(a: Chain) -> Iterator[Chain]:
    """One place moves elsewhere in the same chain, or two change places."""
    for i, one in enumerate(a):
        rest = (*a[:i], *a[i + 1 :])
        yield from ((*rest[:j], one, *rest[j:]) for j in range(len(a)) if j != i)
        yield from ((*a[:i], a[j], *a[i + 1 : j], one, *a[j + 1 :]) for j in range(i + 2, len(a)))
