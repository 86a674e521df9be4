"""From drafts that break something to one that breaks nothing: all small changes, the best few carried on.

Exhaustive where the change is small (every team, every number on its list, every exchange); a beam beyond that. The
limits count drafts, not seconds, so the same question has the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kaval.engine.rules.planning.repair_ground import Draft, Ground
from kaval.engine.rules.planning.repair_sites import orders, steps

_KEPT = 24  # drafts carried on from each round
_LATE = 6  # of them, those that break nothing but are beyond the slack
_ROUNDS = 6  # beyond one for each open place
_SOONER = 2  # rounds in which a day beyond the slack may still become shorter
_MOST = 4000  # drafts judged; after that only the best one is carried on


def mended(ground: Ground, starts: Sequence[Draft]) -> Draft:
    """The best draft that breaks nothing more than before; what no team can take is given up, and then no more than
    must be.
    """
    drafts, left = list(starts), _MOST
    while True:
        solved, nearest, left = _searched(ground, drafts, left=left)
        if solved is not None:
            return _smoothed(ground, solved)
        drafts = [given_up(ground, nearest, nearest.open[0] if nearest.open else nearest.faults[0][1])]


def given_up(ground: Ground, draft: Draft, site_id: str) -> Draft:
    """The draft without the place."""
    team_id = draft.team_of(site_id)
    if not team_id:
        return ground.changed(draft, {}, given_up=site_id)
    shorter = tuple(one for one in draft.routes[team_id] if one != site_id)
    return ground.changed(draft, {}, {team_id: shorter}, given_up=site_id)


def _searched(ground: Ground, starts: Sequence[Draft], *, left: int) -> tuple[Draft | None, Draft, int]:
    """The best draft without a fault, if one is found, the one nearest to it, and how many more may be judged."""
    solved = min((one for one in starts if not one.score.open), key=_score, default=None)
    frontier, nearest, late = list(starts), min(starts, key=_score), 0
    for _ in range(_ROUNDS + max(len(one.open) for one in starts)):
        found: dict[tuple[object, ...], Draft] = {}
        for draft in frontier:
            if not _hopeful(draft, solved) or (left <= 0 and found):
                continue
            for made in steps(ground, draft):
                left -= 1
                if not made.score.open and (solved is None or made.score < solved.score):
                    solved = made
                if _hopeful(made, solved) and made.score < found.setdefault(made.key, made).score:
                    found[made.key] = made
        frontier, late = _carried(found.values(), wide=left > 0), late + (solved is not None)
        if not frontier or late > _SOONER:
            break
        nearest = min(nearest, *frontier, key=_score)
    return solved, nearest, left


def _carried(drafts: Iterable[Draft], *, wide: bool) -> list[Draft]:
    """The best of a round: those that break something, and the few that are only late."""
    ordered = sorted(drafts, key=_score)
    broken = [one for one in ordered if one.score.open]
    late = [one for one in ordered if not one.score.open]
    return [*broken[: _KEPT if wide else 1], *late[: _LATE if wide else 0]]


def _score(draft: Draft) -> tuple[int, ...]:
    return draft.score


def _hopeful(draft: Draft, solved: Draft | None) -> bool:
    """False when the draft must still change and costs as much as one that need not: mending makes nothing cheaper,
    only a day beyond the slack may become shorter.
    """
    if not draft.score.open and not draft.score.excess:
        return False
    if solved is None or (solved.score.excess and not draft.score.open):
        return solved is None or draft.score.given_up <= solved.score.given_up
    mine, theirs = draft.score, solved.score
    cost = (mine.given_up, mine.excess, mine.moved, mine.later)
    return cost < (theirs.given_up, theirs.excess, theirs.moved, theirs.later)


def _smoothed(ground: Ground, draft: Draft) -> Draft:
    """The order of places on each changed list made better, which moves nobody."""
    better = True
    while better:
        better = False
        for team_id in sorted(draft.routes):
            if draft.routes[team_id] == ground.listed.get(team_id):
                continue
            best = min(orders(ground, draft, team_id), key=_score, default=draft)
            if best.score < draft.score:
                draft, better = best, True
    return draft
