"""Where a place can go: every place and order of lists that could mend what a draft breaks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from kaval.engine.rules.planning.repair_clock import Route
from kaval.engine.rules.planning.repair_crew import mustered, suited
from kaval.engine.rules.planning.repair_ground import Draft, Ground

# Broken by who the members are, not by when they come.
_BY_MEMBERS = frozenset(
    {
        "P-RANK", "P-CHILD", "P-CONFLICT", "P-VILLAGE", "P-ARMED", "P-LIMITS", "P-LOCAL", "P-VEHICLE", "P-CYBER",
        "P-TECHNICAL", "P-WOMAN", "P-DESK", "P-LEAVE", "P-REST",
    }
)  # fmt: skip
_ALL_ORDERS = 5  # stops of which every order is tried


def steps(ground: Ground, draft: Draft) -> Iterator[Draft]:
    """Every draft one change away from this one that may mend it: an open place first, else what is broken."""
    if draft.open:
        yield from _placed(ground, draft, draft.open[0])
        return
    if not draft.faults:
        yield from _sooner(ground, draft)
    for site_id in dict.fromkeys(site for _, site in draft.faults):
        rules = frozenset(rule for rule, site in draft.faults if site == site_id)
        team_id = draft.team_of(site_id)
        yield from _moved(ground, draft, site_id, team_id=team_id)
        yield from orders(ground, draft, team_id)
        if rules & _BY_MEMBERS:
            for crews in suited(ground, draft, team_id, rules=sorted(rules)):
                yield ground.changed(draft, crews)


def _sooner(ground: Ground, draft: Draft) -> Iterator[Draft]:
    """A day beyond the slack made shorter: the places of the team that is last, elsewhere or in another order."""
    last = max(sorted(draft.runs), key=lambda one: max(draft.runs[one].times, default=0))
    yield from orders(ground, draft, last)
    for site_id in draft.routes[last]:
        yield from _moved(ground, draft, site_id, team_id=last)


def orders(ground: Ground, draft: Draft, team_id: str) -> Iterator[Draft]:
    """The team's places in every other order; what stands, stands. Long lists: one place at a time elsewhere."""
    route = draft.routes[team_id]
    kept = ground.standing(route)
    head, tail = route[:kept], route[kept:]
    if len(tail) <= _ALL_ORDERS:
        others = [one for one in permutations(tail) if one != tail]
    else:
        others = [
            (*rest[:to], one, *rest[to:])
            for one in tail
            for rest in [tuple(other for other in tail if other != one)]
            for to in range(len(tail))
        ]
    for other in others:
        yield ground.changed(draft, {}, {team_id: (*head, *other)})


def _placed(ground: Ground, draft: Draft, site_id: str) -> Iterator[Draft]:
    """An open place on every list of its district at every number, or with a new team."""
    for team_id, route in _inserted(ground, draft, site_id):
        yield ground.changed(draft, {}, {team_id: route}, closed=site_id)
    for team in mustered(ground, draft, site_id):
        yield ground.changed(draft, {team.team_id: team}, {team.team_id: (site_id,)}, closed=site_id)


def _moved(ground: Ground, draft: Draft, site_id: str, *, team_id: str) -> Iterator[Draft]:
    """A placed place on another list, or in exchange with another place."""
    route = draft.routes[team_id]
    index = route.index(site_id)
    if index < ground.standing(route):
        return
    rest = (*route[:index], *route[index + 1 :])
    for other_id, longer in _inserted(ground, draft, site_id):
        if other_id != team_id:
            yield ground.changed(draft, {}, {team_id: rest, other_id: longer})
    for team in mustered(ground, draft, site_id):
        yield ground.changed(draft, {team.team_id: team}, {team_id: rest, team.team_id: (site_id,)})
    for other_id, theirs in _lists(ground, draft, site_id):
        if other_id == team_id:
            continue
        for number in range(ground.standing(theirs), len(theirs)):
            if ground.unfit(draft.teams[team_id], theirs[number]):
                continue
            mine = (*route[:index], theirs[number], *route[index + 1 :])
            yield ground.changed(
                draft, {}, {team_id: mine, other_id: (*theirs[:number], site_id, *theirs[number + 1 :])}
            )


def _inserted(ground: Ground, draft: Draft, site_id: str) -> Iterator[tuple[str, Route]]:
    for team_id, route in _lists(ground, draft, site_id):
        if len(route) < ground.clock.rules.most_stops and site_id not in route:
            for number in range(ground.standing(route), len(route) + 1):
                yield team_id, (*route[:number], site_id, *route[number:])


def _lists(ground: Ground, draft: Draft, site_id: str) -> Iterator[tuple[str, Route]]:
    """The lists of teams that may go to the place and still take places; when there is no such team, those of all
    teams that could with another member.
    """
    district = ground.clock.sites[site_id].district_id
    here = {
        one: ground.unfit(team, site_id)
        for one, team in sorted(draft.teams.items())
        if team.district_id == district and one not in ground.closed
    }
    least = min(map(len, here.values()), default=0)
    yield from ((one, draft.routes[one]) for one, rules in here.items() if len(rules) == least)
