"""How officers can be shared out over teams: officers alike are one kind, a team holds a number of each kind.

A team is full when, its leader set aside, every set S of the other roles in force finds at least |S| members fit for
one of S (Hall's theorem), so nobody needs a role before the teams stand. How many teams there can be follows from the
same theorem over all officers; whether teams can meet what the places ask is a small integer model (CP-SAT, one
worker, fixed seed, limit in deterministic time).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from kaval.engine.rules.attribution.rank import rank_at_least
from kaval.engine.rules.planning.cp_sat import solver_of
from kaval.engine.rules.planning.fit import absent_because, fitting_roles
from kaval.engine.rules.planning.problem import ROLES, Officer, Problem, Rules, Site

LARGEST_TEAM = 7  # four, and at most three more: armed, driver, of the place's station


@dataclass(frozen=True, slots=True)
class Need:
    """Places alike in what they ask of a team: a rank to lead, a woman of rank, arms, the station of the leader or of
    a member, officers who must not come."""

    sites: tuple[str, ...]
    rank: str
    woman: bool
    armed: bool
    led_from: str
    local_to: str
    barred: frozenset[str]

    @property
    def free(self) -> bool:
        """True when any team will do."""
        return not (self.rank or self.woman or self.armed or self.led_from or self.local_to or self.barred)


@dataclass(frozen=True, slots=True)
class Kind:
    """Officers alike in all that counts here; `one` stands for them, `roles` are those in force they could fill."""

    one: Officer
    roles: frozenset[str]
    officers: tuple[str, ...]
    tag: Hashable = None


@dataclass(frozen=True, slots=True)
class Ground:
    """One district's question: its present officers by kind, its places by need, the teams asked for (None: any)."""

    rules: Rules
    places: int
    kinds: tuple[Kind, ...]
    needs: tuple[Need, ...]
    asked: int | None

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles in force, the leader first."""
        return tuple(role for role in ROLES if role == "leader" or role in self.rules.needs)

    @property
    def most(self) -> int:
        """The most teams the officers allow, never more than places. Exact: Hall's theorem for the roles; a vehicle may
        come with any member, so as many teams have one as there are officers with one."""
        sets = [chosen for size in range(1, 5) for chosen in combinations(self.roles, size)]
        found = min(
            sum(len(kind.officers) for kind in self.kinds if kind.roles & set(chosen)) // len(chosen)
            for chosen in sets
        )
        if "vehicle" in self.rules.needs:
            found = min(found, sum(len(kind.officers) for kind in self.kinds if kind.one.vehicle))
        return min(found, self.places)

    @property
    def number(self) -> int:
        """How many teams are formed: those asked for, else the most."""
        return self.most if self.asked is None else min(self.asked, self.most)


@dataclass(frozen=True, slots=True)
class Filled:
    """Teams as (kind of the leader, members by kind, the leader among them), kinds by index; places left without a team
    by need; `proved`: no better answer to the question asked exists."""

    teams: tuple[tuple[int, Mapping[int, int]], ...]
    left: tuple[int, ...]
    value: int
    proved: bool


def ground_of(
    problem: Problem,
    district_id: str,
    *,
    bars: bool = True,
    tag: Callable[[Officer], Hashable] = lambda officer: None,
) -> Ground:
    """The question of one district; officers of one kind agree in `tag` too. Without `bars` as if no officer had an
    interest or a home at a place."""
    rules = problem.rules
    sites = [site for site in problem.sites if site.district_id == district_id]
    present = [
        officer
        for officer in problem.officers
        if officer.district_id == district_id and not absent_because(officer, rules)
    ]
    needs = _needs(sites, present if bars else (), rules)
    asking = [need for need in needs if not need.free]
    kinds: dict[tuple[Hashable, ...], list[Officer]] = defaultdict(list)
    for officer in sorted(present, key=lambda one: one.officer_id):
        kinds[_alike(officer, asking, rules), tag(officer)].append(officer)
    roles = frozenset(ROLES) & (rules.needs | {"leader"})
    made = [
        Kind(some[0], fitting_roles(some[0], rules) & roles, tuple(one.officer_id for one in some), key[1])
        for key, some in kinds.items()
    ]
    made.sort(key=lambda kind: kind.officers)
    asked = rules.teams.get(district_id)
    return Ground(
        rules, len(sites), tuple(made), needs, None if asked is None else max(0, min(asked, len(sites)))
    )


def _needs(sites: Sequence[Site], present: Sequence[Officer], rules: Rules) -> tuple[Need, ...]:
    at: dict[str, set[str]] = defaultdict(set)
    of: dict[str, set[str]] = defaultdict(set)
    for officer in present:
        for site_id in officer.conflicts:
            at[site_id].add(officer.officer_id)
        for village in officer.villages:
            of[village].add(officer.officer_id)
    found: dict[Need, list[str]] = defaultdict(list)
    for site in sites:
        higher = bool(site.rank) and not rank_at_least(rules.leader_rank, site.rank)
        need = Need(
            (),
            rank=site.rank if higher else "",
            woman=bool(site.children or site.woman_expected),
            armed=site.armed,
            led_from=site.station_id if site.basis == "POLICE_185" else "",
            local_to=site.station_id if "local" in rules.needs and rules.local == "station" else "",
            barred=frozenset(at[site.site_id] | (of[site.village] if site.village else set())),
        )
        found[need].append(site.site_id)
    made = (replace(need, sites=tuple(sorted(ids))) for need, ids in found.items())
    return tuple(sorted(made, key=lambda need: need.sites))


def _alike(officer: Officer, needs: Sequence[Need], rules: Rules) -> tuple[Hashable, ...]:
    return (
        fitting_roles(officer, rules),
        officer.vehicle is True and "vehicle" in rules.needs,
        tuple(answers(officer, need, rules) for need in needs),
    )


def answers(officer: Officer, need: Need, rules: Rules) -> tuple[bool, ...]:
    """What an officer brings to a need: may lead there, is a woman of rank, armed, posted there, must not come."""
    return (
        rank_at_least(officer.rank, need.rank or rules.leader_rank)
        and need.led_from in ("", officer.station_id),
        need.woman and officer.gender == "F" and rank_at_least(officer.rank, rules.woman_rank),
        need.armed and officer.armed is True,
        need.local_to == officer.station_id,
        officer.officer_id in need.barred,
    )


class Model:
    """The integer model of up to `slots` teams; with `all_used` every one of them is formed."""

    def __init__(self, ground: Ground, slots: int, *, all_used: bool, stops: int) -> None:
        self.ground, self.slots, self.stops = ground, range(slots), stops
        self.model = cp_model.CpModel()
        self.used = [self.model.new_constant(1) if all_used else self._bool() for _ in self.slots]
        self.members = [
            [self.model.new_int_var(0, min(LARGEST_TEAM, len(kind.officers)), "") for _ in self.slots]
            for kind in ground.kinds
        ]
        self.leads = {
            index: [self._bool() for _ in self.slots]
            for index, kind in enumerate(ground.kinds)
            if "leader" in kind.roles
        }
        self.fits: list[tuple[int, Any]] = []
        self._crews()
        self.left = [self._need(need) for need in ground.needs] if self._asks(all_used) else []
        self._order(all_used)

    def _asks(self, all_used: bool) -> bool:
        """True when not every team will do for every place, or the teams may be too few for the places."""
        enough = all_used and len(self.slots) * self.stops >= self.ground.places
        return not (enough and all(need.free for need in self.ground.needs))

    def _bool(self) -> Any:
        return self.model.new_bool_var("")

    def _crews(self) -> None:
        """Every team has its leader and, the leader set aside, an officer for every other role in force."""
        add, kinds = self.model.add, self.ground.kinds
        others = self.ground.roles[1:]
        self.load: list[list[Any]] = [[] for _ in self.slots]
        for index, kind in enumerate(kinds):
            add(sum(self.members[index]) <= len(kind.officers))
        for team in self.slots:
            used = self.used[team]
            add(sum(leads[team] for leads in self.leads.values()) == used)
            for index, leads in self.leads.items():
                add(leads[team] <= self.members[index][team])
            add(sum(row[team] for row in self.members) <= LARGEST_TEAM * used)
            for size in range(1, len(others) + 1):
                for chosen in combinations(others, size):
                    add(self._crew(team, set(chosen)) >= size * used)
            if "vehicle" in self.ground.rules.needs:
                drivers = [
                    row[team] for row, kind in zip(self.members, kinds, strict=True) if kind.one.vehicle
                ]
                add(sum(drivers) >= used)

    def _crew(self, team: int, roles: set[str]) -> Any:
        """Members but the leader who fit one of the roles."""
        fit = [index for index, kind in enumerate(self.ground.kinds) if kind.roles & roles]
        leading = [self.leads[index][team] for index in fit if index in self.leads]
        return sum(self.members[index][team] for index in fit) - sum(leading)

    def _need(self, need: Need) -> Any:
        """How many places of this need no team that fits has room for."""
        size = len(need.sites)
        left = self.model.new_int_var(0, size, "")
        taken = []
        for team in self.slots:
            fits = self.used[team] if need.free else self._fits(need, team)
            share = self.model.new_int_var(0, min(self.stops, size), "")
            self.model.add(share <= min(self.stops, size) * fits)
            self.load[team].append(share)
            taken.append(share)
            if not need.free:
                self.fits.append((size, fits))
        self.model.add(sum(taken) + left == size)
        return left

    def _fits(self, need: Need, team: int) -> Any:
        """True only when the team may go to places of this need."""
        fits, kinds, rules = self._bool(), self.ground.kinds, self.ground.rules
        brings = [answers(kind.one, need, rules) for kind in kinds]

        def some(part: int) -> Any:
            return sum(row[team] for row, brought in zip(self.members, brings, strict=True) if brought[part])

        self.model.add(fits <= self.used[team])
        if need.rank or need.led_from:
            leaders = sum(leads[team] for index, leads in self.leads.items() if brings[index][0])
            self.model.add(fits <= leaders)
        for asked, part in ((need.woman, 1), (need.armed, 2), (bool(need.local_to), 3)):
            if asked:
                self.model.add(fits <= some(part))
        for row, kind in zip(self.members, kinds, strict=True):
            if not need.barred.isdisjoint(kind.officers):
                self.model.add(row[team] == 0).only_enforce_if(fits)
        return fits

    def _order(self, all_used: bool) -> None:
        """No team takes more places than it may; teams alike but for their number are the same answer."""
        marks = []
        for team in self.slots:
            if self.load[team]:
                self.model.add(sum(self.load[team]) <= self.stops * self.used[team])
            mark = sum((index + 1) * leads[team] for index, leads in self.leads.items())
            marks.append(mark + 0 if all_used else mark)
        for one, other in zip(self.slots, self.slots[1:], strict=False):
            self.model.add(marks[one] >= marks[other])

    def shared_out(self, officers_more: int) -> None:
        """Sets the aim of a formation: places that a team can take, then many teams, then nobody beyond the roles in
        force, then places that many teams may take."""
        size = len(self.ground.roles)
        spread = sum(weight for weight, _ in self.fits) + 1
        extra = sum(sum(row) for row in self.members) - size * sum(self.used)
        teams = officers_more * spread + 1
        places = teams * (len(self.slots) + 1)
        self.model.minimize(
            places * sum(self.left)
            - teams * sum(self.used)
            + spread * extra
            - sum(weight * fits for weight, fits in self.fits)
        )

    def solve(self, limit: float) -> Filled | None:
        """The answer found within the limit of deterministic time; None: there is none (see `Unknown`).

        Raises:
            Unknown: the limit came first.
        """
        solver = solver_of(limit)
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return None
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise Unknown
        teams = []
        for team in self.slots:
            counts = {index: int(solver.value(row[team])) for index, row in enumerate(self.members)}
            lead = [index for index, leads in self.leads.items() if solver.boolean_value(leads[team])]
            teams += [(index, {key: count for key, count in counts.items() if count}) for index in lead]
        return Filled(
            tuple(teams),
            tuple(int(solver.value(one)) for one in self.left),
            round(solver.objective_value),
            status == cp_model.OPTIMAL,
        )


class Unknown(Exception):
    """The search ended before an answer."""


def officers_of(kinds: Iterable[Kind]) -> int:
    """How many officers the kinds hold."""
    return sum(len(kind.officers) for kind in kinds)
