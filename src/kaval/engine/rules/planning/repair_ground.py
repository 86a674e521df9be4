"""What a draft of a repaired plan is judged by: rules broken, people moved, the clock, the load, the metres.

A repair looks only at the districts it can touch: those of the change and those that share links or witnesses with
them. Everything else of the day is a constant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from kaval.engine.rules.planning.fit import absent_because, team_lacks, unfit
from kaval.engine.rules.planning.problem import Officer, Plan, Problem, Rules, Stop, Team
from kaval.engine.rules.planning.repair_clock import Clock, Fault, Route, Times
from kaval.engine.rules.planning.timing import metres_of


class Score(NamedTuple):
    """How good a draft is: less is better, and the first difference decides.

    `open`: places not placed yet, and rules broken. `excess`: minutes by which the latest entry of the day grows
    beyond the slack; `later`: by which it grows at all.
    """

    given_up: int = 0
    open: int = 0
    excess: int = 0
    moved: int = 0
    later: int = 0
    load: int = 0
    metres: int = 0


class Run(NamedTuple):
    """One team's morning: entry minutes, metres, rules broken, people moved."""

    times: Times
    metres: int
    faults: frozenset[Fault]
    moved: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan in the making, for the districts in play. `open`: places still to be placed; `given_up`: places no team
    can take.
    """

    teams: Mapping[str, Team] = field(default_factory=dict)
    routes: Mapping[str, Route] = field(default_factory=dict)
    runs: Mapping[str, Run] = field(default_factory=dict)
    open: Route = ()
    given_up: Route = ()
    score: Score = field(default_factory=Score)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal drafts; where nothing is broken the order of a list is of no account yet."""
        broken = self.score.open > len(self.open)
        lists = self.routes.values() if broken else map(frozenset, self.routes.values())
        crews = ((one.leader, one.cyber, one.technical, one.woman, one.more) for one in self.teams.values())
        return (*self.routes, *lists, *crews, self.open)

    @property
    def faults(self) -> list[Fault]:
        """The rules broken and where, sorted by place."""
        found = set(chain.from_iterable(run.faults for run in self.runs.values()))
        return sorted(found, key=lambda one: (one[1], one[0]))

    def team_of(self, site_id: str) -> str:
        """The team that has the place; empty: none."""
        return next((team_id for team_id, route in self.routes.items() if site_id in route), "")


@dataclass(slots=True)
class Ground:
    """Everything that stays the same while a plan is repaired.

    `officers` includes those who dropped out after serving at a place under way. `closed`: teams that take no further
    place. `tolerated`: what the plan broke before the change.
    """

    problem: Problem
    before: Plan
    clock: Clock
    officers: Mapping[str, Officer]
    slack: int = 0
    closed: frozenset[str] = frozenset()
    tolerated: frozenset[Fault] = frozenset()
    present: dict[str, Officer] = field(init=False)
    listed: dict[str, Route] = field(init=False)
    _served: dict[str, tuple[str, frozenset[str]]] = field(init=False)
    _elsewhere: int = field(init=False)
    _unfit: dict[tuple[Team, str], tuple[str, ...]] = field(init=False, default_factory=dict)
    _runs: dict[tuple[Team, Route, Times], Run] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Reads once who can serve, who served where, and how late the rest of the state is."""
        rules, districts = self.problem.rules, self.clock.districts
        self.present = {
            one.officer_id: one
            for one in sorted(self.problem.officers, key=lambda one: one.officer_id)
            if one.district_id in districts and not absent_because(one, rules)
        }
        self.listed = routes_of(self.before.stops)
        self._served = {
            officer: (team.team_id, frozenset(self.listed.get(team.team_id, ())))
            for team in self.before.teams
            for officer in team.officers
        }
        mine = {one.team_id for one in self.before.teams if one.district_id in districts}
        others = [minute_of(stop, rules) for stop in self.before.stops if stop.team_id not in mine]
        self._elsewhere = max(others, default=0)

    def start(
        self, teams: Iterable[Team], routes: Mapping[str, Route], *, missing: Iterable[str] = ()
    ) -> Draft:
        """A first draft, judged."""
        crews = {team.team_id: team for team in sorted(teams, key=lambda one: one.team_id)}
        mine = {team_id: routes.get(team_id, ()) for team_id in crews}
        return self.changed(Draft(open=tuple(missing)), crews, mine)

    def changed(
        self,
        draft: Draft,
        teams: Mapping[str, Team | None],
        routes: Mapping[str, Route] | None = None,
        *,
        opened: Sequence[str] = (),
        closed: str = "",
        given_up: str = "",
    ) -> Draft:
        """The draft with other crews (None: the team is gone) and routes, judged anew where that matters; `opened`
        places are to be placed, `closed` no longer. An idle team whose officer serves elsewhere now is gone too.
        """
        crews, lists, runs = dict(draft.teams), dict(draft.routes), dict(draft.runs)
        for team_id in _gone(draft, teams):
            del crews[team_id], lists[team_id], runs[team_id]
        for team_id, team in teams.items():
            if team is not None:
                crews[team_id] = team
                lists.setdefault(team_id, ())
        lists.update(routes or {})
        touched = {*teams, *(routes or ())}
        released = chain.from_iterable(draft.routes.get(one, ()) for one in touched)
        runs.update(
            self._judged(crews, lists, touched={one for one in touched if one in crews}, released=released)
        )
        still = tuple(one for one in (*draft.open, *opened) if one not in (closed, given_up))
        lost = (*draft.given_up, given_up) if given_up else draft.given_up
        made = Draft(crews, lists, runs, still, lost)
        return Draft(crews, lists, runs, still, lost, self._score(made))

    def unfit(self, team: Team, site_id: str) -> tuple[str, ...]:
        """Rules that keep the team from the place, whatever the time; what the team itself lacks is among them."""
        key = (team, site_id)
        found = self._unfit.get(key)
        if found is None:
            site, rules = self.clock.sites[site_id], self.clock.rules
            found = self._unfit[key] = (
                *team_lacks(team, rules, officers=self.officers),
                *unfit(team, site, rules, officers=self.officers),
            )
        return found

    def free(self, draft: Draft, district_id: str) -> dict[str, Officer]:
        """Officers of the district who could serve and have nowhere to go: in no team, or in an idle one."""
        busy = {
            one for team_id, team in draft.teams.items() if draft.routes[team_id] for one in team.officers
        }
        return {
            one: officer
            for one, officer in self.present.items()
            if officer.district_id == district_id and one not in busy
        }

    def standing(self, route: Route) -> int:
        """How many stops of a route stand: up to the last place done or under way."""
        return max((number for number, one in enumerate(route, 1) if one in self.clock.began), default=0)

    def _judged(
        self,
        crews: Mapping[str, Team],
        lists: Mapping[str, Route],
        *,
        touched: set[str],
        released: Iterable[str],
    ) -> dict[str, Run]:
        """The mornings of the touched teams, and of all that wait for the same linked places or witnesses."""
        partners = self.clock.partners
        if not partners:
            return {one: self._run(crews[one], lists[one], self.clock.entries(lists[one])) for one in touched}
        at = {site: team_id for team_id, route in lists.items() for site in route}
        reached, queue = set(touched), [*released, *chain.from_iterable(lists[one] for one in touched)]
        while queue:
            for other in partners.get(queue.pop(), ()):
                if other in at and at[other] not in reached:
                    reached.add(at[other])
                    queue.extend(lists[at[other]])
        bound = {one: lists[one] for one in sorted(reached) if self.clock.bound(lists[one])}
        found = {
            one: self._run(crews[one], lists[one], self.clock.entries(lists[one]))
            for one in reached.difference(bound)
        }
        times, broken = self.clock.together(bound)
        return found | {
            one: self._run(crews[one], lists[one], times[one], broken=broken[one]) for one in bound
        }

    def _run(self, team: Team, route: Route, times: Times, *, broken: set[Fault] | None = None) -> Run:
        key = (team, route, times)
        run = self._runs.get(key)
        if run is None:
            faults = {(rule, one) for one in route for rule in self.unfit(team, one)}
            faults.update(self.clock.late(route, times))
            metres = metres_of(team, [self.clock.sites[one] for one in route], self.clock.ways)
            run = self._runs[key] = Run(times, metres, self._counted(faults), self._moved(team, route))
        return run._replace(faults=run.faults | self._counted(broken)) if broken else run

    def _counted(self, faults: set[Fault]) -> frozenset[Fault]:
        """Without what the plan broke before, and what has happened."""
        return frozenset(one for one in faults - self.tolerated if one[1] not in self.clock.began)

    def _moved(self, team: Team, route: Route) -> int:
        """Officers of the team who came to it, or to whom a place came."""
        places, nowhere = set(route), ("", frozenset[str]())
        served = [self._served.get(one, nowhere) for one in team.officers]
        return sum(1 for was, had in served if was != team.team_id or not places <= had)

    def _score(self, draft: Draft) -> Score:
        runs = draft.runs.values()
        latest = max((run.times[-1] for run in runs if run.times), default=0)
        later = max(latest, self._elsewhere) - self.before.objective.latest_entry_minutes
        return Score(
            len(draft.given_up),
            len(draft.open) + sum(len(run.faults) for run in runs),
            max(0, later - self.slack),
            sum(run.moved for run in runs),
            max(0, later),
            unequal(draft.teams.values(), draft.routes),
            sum(run.metres for run in runs),
        )


def routes_of(stops: Iterable[Stop]) -> dict[str, Route]:
    """The places of each team in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for stop in sorted(stops, key=lambda one: (one.team_id, one.order)):
        found[stop.team_id].append(stop.site_id)
    return {team_id: tuple(sites) for team_id, sites in found.items()}


def minute_of(stop: Stop, rules: Rules) -> int:
    """The entry in whole minutes from the first entry."""
    return round((stop.arrive_at - rules.first_entry_at).total_seconds() / 60)


def unequal(teams: Iterable[Team], routes: Mapping[str, Route]) -> int:
    """Most less fewest places of a team, idle teams counted, summed over districts."""
    loads: dict[str, list[int]] = defaultdict(list)
    for team in teams:
        loads[team.district_id].append(len(routes.get(team.team_id, ())))
    return sum(max(each) - min(each) for each in loads.values())


def unknown(officer_id: str) -> Officer:
    """Somebody a plan names and no roster: fit for nothing, so that what the plan breaks is seen and not raised."""
    return Officer(officer_id, "", "", "", "", frozenset())


def _gone(draft: Draft, teams: Mapping[str, Team | None]) -> set[str]:
    """Teams that are no more: those said to be, and idle ones of whom somebody serves elsewhere."""
    idle = [one for one, route in draft.routes.items() if not route and one not in teams]
    taken = {one for team in teams.values() if team is not None for one in team.officers} if idle else set()
    robbed = {one for one in idle if taken.intersection(draft.teams[one].officers)}
    return robbed | {one for one, team in teams.items() if team is None and one in draft.teams}
