"""Who can sit with whom: crews mended with as few officers as possible, and a new team from officers who are free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import permutations

from kaval.engine.rules.planning.fit import fitting_roles
from kaval.engine.rules.planning.problem import ROLES, Officer, Rules, Team
from kaval.engine.rules.planning.repair_ground import Draft, Ground

Crews = dict[str, Team | None]

_LONGEST = 3  # officers who change team, one after the other, to fill one seat
_MOST_CREWS = 200
_NEW_TEAMS = 4
_BESIDE = {"P-ARMED": "armed", "P-LOCAL": "local", "P-VEHICLE": "driver"}


def seated(team: Team, crew: Iterable[str], ground: Ground) -> Team | None:
    """The team with exactly these officers in its roles, whoever held a role keeping it if possible; None: some role
    in force has nobody. A role not in force is the leader's.
    """
    crew = sorted(set(crew))
    wanted = _roles(ground.clock.rules)
    fits = {one: fitting_roles(ground.officers[one], ground.clock.rules) for one in crew}
    held = team.members
    best: tuple[int, tuple[str, ...]] | None = None
    for some in permutations(crew, len(wanted)):
        if all(role in fits[one] for role, one in zip(wanted, some, strict=True)):
            new = sum(held[role] != one for role, one in zip(wanted, some, strict=True))
            best = min(best or (new, some), (new, some))
    if best is None:
        return None
    roles = dict(zip(wanted, best[1], strict=True))
    leader, before = roles["leader"], {one: label for label, one in team.more}
    beside = [one for one in crew if one not in best[1]]
    more = tuple((before.get(one) or _label(ground.officers[one], ground.clock.rules), one) for one in beside)
    if len({label for label, _ in more}) < len(more):
        more = tuple((f"{label} {number}", one) for number, (label, one) in enumerate(more, 1))
    cyber, technical, woman = (roles.get(role, leader) for role in ROLES[1:])
    return replace(team, leader=leader, cyber=cyber, technical=technical, woman=woman, more=more)


def refilled(ground: Ground, draft: Draft, team_id: str, *, gone: str) -> list[Crews]:
    """Ways to give a team back its seat: without the officer, with a free one, or with one of another team whose seat
    is filled in the same way; the shortest ways only, but never none that is longer when there is a shorter.
    """
    team = draft.teams[team_id]
    left = [one for one in team.officers if one != gone]
    alone = seated(team, left, ground)
    if alone is not None:
        return [{team_id: alone}]
    free = ground.free(draft, team.district_id)
    ways: list[tuple[Crews, str, tuple[str, ...]]] = [({}, team_id, tuple(left))]
    for _ in range(_LONGEST):
        done, longer = [], []
        for crews, short, members in ways:
            done += [
                crews | {short: made} for made in _with(free, draft.teams[short], members, ground=ground)
            ]
            longer += _borrowed(ground, draft, (crews, short, members))
        if done:
            return done[:_MOST_CREWS]
        ways = longer[:_MOST_CREWS] if free else []
    return []


def robbed(ground: Ground, draft: Draft, team_id: str, *, gone: str) -> list[tuple[Crews, str]]:
    """Ways to fill a team's seat from a team with fewer places, which then cannot serve itself: the crews, and the team
    that is gone.
    """
    left = [one for one in draft.teams[team_id].officers if one != gone]
    found = []
    for crews, short, _ in _borrowed(ground, draft, ({}, team_id, tuple(left))):
        fewer = len(draft.routes[short]) < len(draft.routes[team_id])
        if fewer and not ground.standing(draft.routes[short]):
            found.append((crews | {short: None}, short))
    return found[:_MOST_CREWS]


def suited(ground: Ground, draft: Draft, team_id: str, *, rules: Iterable[str]) -> Iterator[Crews]:
    """Other crews for a team that breaks a rule by its members: one officer beside, one replaced by a free officer, one
    exchanged with another team.
    """
    team = draft.teams[team_id]
    free = ground.free(draft, team.district_id)
    beside = next((_BESIDE[rule] for rule in rules if rule in _BESIDE), None)
    if beside is not None:
        for made in _with(free, team, team.officers, ground=ground):
            yield {team_id: made}
    for out in team.officers:
        left = [one for one in team.officers if one != out]
        for made in _with(free, team, left, ground=ground):
            yield {team_id: made}
        for other_id, other in _others(draft, team):
            for come in other.officers:
                mine = seated(team, (*left, come), ground)
                theirs = mine and seated(
                    other, (*(one for one in other.officers if one != come), out), ground
                )
                if theirs is not None and mine is not None:
                    yield {team_id: mine, other_id: theirs}


def mustered(ground: Ground, draft: Draft, site_id: str) -> list[Team]:
    """New teams, of officers in no team, that may go to the place; none where the operation asks for no more teams."""
    site, rules = ground.clock.sites[site_id], ground.clock.rules
    here = [one for one, team in draft.teams.items() if team.district_id == site.district_id]
    idle = {one for team_id in here if not draft.routes[team_id] for one in draft.teams[team_id].officers}
    free = {one: officer for one, officer in ground.free(draft, site.district_id).items() if one not in idle}
    serving = sum(1 for one in here if draft.routes[one])
    if serving >= rules.teams.get(site.district_id, serving + 1):
        return []
    found: list[Team] = []
    for crew in _crews(free, rules, ()):
        team = _new_team(ground, draft, crew, district_id=site.district_id)
        if not ground.unfit(team, site_id):
            found.append(team)
        if len(found) == _NEW_TEAMS:
            break
    return found


def _crews(
    free: Mapping[str, Officer], rules: Rules, chosen: tuple[str, ...], *, tried: list[int] | None = None
) -> Iterator[tuple[str, ...]]:
    """Free officers for each role in force, those fit for few roles first; at most some hundred tries."""
    wanted, count = _roles(rules), tried if tried is not None else [0]
    count[0] += 1
    if len(chosen) == len(wanted):
        yield chosen
        return
    fits = {one: fitting_roles(officer, rules) for one, officer in free.items()}
    role = wanted[len(chosen)]
    for one in sorted(free, key=lambda one: (len(fits[one]), one)):
        if role in fits[one] and one not in chosen and count[0] < 500:
            yield from _crews(free, rules, (*chosen, one), tried=count)


def _new_team(ground: Ground, draft: Draft, crew: tuple[str, ...], *, district_id: str) -> Team:
    roles = dict(zip(_roles(ground.clock.rules), crew, strict=True))
    names = {*draft.teams, *(team.team_id for team in ground.before.teams)}
    numbers = [int(tail) for one in names if (tail := one.removeprefix(f"{district_id}-")).isdigit()]
    number = max(numbers, default=0) + 1
    station = ground.officers[roles["leader"]].station_id
    base = next((one.point for one in ground.problem.stations if one.station_id == station), None)
    cyber, technical, woman = (roles.get(role, roles["leader"]) for role in ROLES[1:])
    return Team(f"{district_id}-{number:02d}", district_id, roles["leader"], cyber, technical, woman, base)


def _with(
    free: Mapping[str, Officer], team: Team, members: Iterable[str], *, ground: Ground
) -> Iterator[Team]:
    """The team with each free officer beside these members."""
    there = tuple(members)
    for one in free:
        if one not in there:
            made = seated(team, (*there, one), ground)
            if made is not None:
                yield made


def _borrowed(
    ground: Ground, draft: Draft, way: tuple[Crews, str, tuple[str, ...]]
) -> list[tuple[Crews, str, tuple[str, ...]]]:
    """The way goes on: the short team takes an officer of a team that is still whole, and that one is short now."""
    crews, short, members = way
    found = []
    for other_id, other in _others(draft, draft.teams[short]):
        if other_id in crews or not draft.routes[other_id]:
            continue
        for come in other.officers:
            made = seated(draft.teams[short], (*members, come), ground)
            if made is not None:
                left = tuple(one for one in other.officers if one != come)
                found.append((crews | {short: made}, other_id, left))
    return found


def _others(draft: Draft, team: Team) -> list[tuple[str, Team]]:
    return [
        (one, other)
        for one, other in sorted(draft.teams.items())
        if other.district_id == team.district_id and one != team.team_id
    ]


def _roles(rules: Rules) -> tuple[str, ...]:
    """The roles in force, the leader first."""
    return tuple(role for role in ROLES if role == "leader" or role in rules.needs)


def _label(officer: Officer, rules: Rules) -> str:
    """What an officer beyond the roles brings."""
    if officer.vehicle and "vehicle" in rules.needs:
        return "driver"
    return "armed" if officer.armed else "local"
