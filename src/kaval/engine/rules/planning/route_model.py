"""Whether lists exist for given teams: every place once, in time, by a team that fits, linked places in one wave.

A team's base does not count, because the first place is entered at the first entry however far it is. One circuit
through a depot for each team (CP-SAT, one worker, fixed seed, limit in deterministic time).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

from ortools.sat.python import cp_model

from kaval.engine.rules.planning.cp_sat import solver_of
from kaval.engine.rules.planning.fit import unfit
from kaval.engine.rules.planning.forming_model import Unknown
from kaval.engine.rules.planning.problem import Problem, Rules, Site, Team
from kaval.engine.rules.planning.timing import FAR, Window, window_of
from kaval.engine.rules.planning.ways import Ways

EXACT = 16  # places: above it an answer for every way in every order takes minutes

# Deterministic seconds, each about three of a processor: one question; what the waves forbid is seen at once.
_MOST, _WAVES = 0.4, 0.1
_BUILT = 3e-6  # for each constraint written down


@dataclass(frozen=True, slots=True)
class Field:
    """One district's places with their windows, the minutes of each way, teams alike in where they may go (a set of
    place numbers and how many teams), linked places."""

    rules: Rules
    sites: tuple[Site, ...]
    windows: tuple[Window, ...]
    minutes: tuple[tuple[int, ...], ...]
    crews: tuple[tuple[frozenset[int], int], ...]
    links: tuple[tuple[int, int], ...]

    @property
    def teams(self) -> int:
        """How many teams there are."""
        return sum(count for _, count in self.crews)


def field_of(problem: Problem, district_id: str, teams: Sequence[Team], *, copies: int = 1) -> Field:
    """The question of one district for these teams, each so many times; links to other districts' places are left
    aside."""
    sites = tuple(
        sorted(
            (site for site in problem.sites if site.district_id == district_id), key=lambda one: one.site_id
        )
    )
    officers, ways = {one.officer_id: one for one in problem.officers}, Ways.of(problem)
    crews = Counter(
        frozenset(
            n for n, site in enumerate(sites) if not unfit(team, site, problem.rules, officers=officers)
        )
        for team in teams
    )
    shared: dict[str, list[int]] = defaultdict(list)
    for number, site in enumerate(sites):
        for key in site.links:
            shared[key].append(number)
    return Field(
        problem.rules,
        sites,
        tuple(window_of(site, problem.rules) for site in sites),
        tuple(tuple(ways.minutes(one.point, other.point) for other in sites) for one in sites),
        tuple(
            sorted(
                ((fits, count * copies) for fits, count in crews.items()), key=lambda crew: sorted(crew[0])
            )
        ),
        tuple(sorted({pair for some in shared.values() for pair in pairwise(some)})),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What the search says of its aim: the value, the places left out, and whether nothing better exists."""

    value: int
    left: tuple[str, ...]
    proved: bool


class Lists:
    """The model. `spare` teams more may be used, which may go anywhere; with `optional` a place may be left out. Not
    `chained`, places only stand in waves, none sooner than it can be reached: what that forbids is forbidden."""

    def __init__(self, field: Field, *, spare: int = 0, optional: bool = False, chained: bool = True) -> None:
        self.field, self.model = field, cp_model.CpModel()
        self.count = range(len(field.sites))
        every = frozenset(self.count)
        self.crews = [*field.crews, *([(every, spare)] if spare else [])]
        self.positions = range(min(field.rules.most_stops, len(field.sites)))
        self.end = self._horizon()
        self.left = [self._bool() if optional else self.model.new_constant(0) for _ in self.count]
        self.entry = [self._entry(window) for window in field.windows]
        self.at = [[self._bool() for _ in self.positions] for _ in self.count]
        self.first = [row[0] if self.positions else self._never() for row in self.at]
        self.goes = [
            [self._bool() if n in fits else self._never() for fits, _ in self.crews] for n in self.count
        ]
        self._places()
        if chained:
            self._arcs()
        self._waves()
        self._teams()

    def _bool(self) -> Any:
        return self.model.new_bool_var("")

    def _never(self) -> Any:
        return self.model.new_constant(0)

    def _horizon(self) -> int:
        """A minute by which every list could end."""
        field = self.field
        longest = max((max(row) for row in field.minutes), default=0)
        stays = sorted((window.stay for window in field.windows), reverse=True)[: len(self.positions)]
        return max((window.opens for window in field.windows), default=0) + sum(stays) + longest * len(stays)

    def _entry(self, window: Window) -> Any:
        closes = min(window.closes, max(self.end, window.opens))
        if closes < window.opens:
            self.model.add_bool_or([])
            return self.model.new_constant(0)
        return self.model.new_int_var(max(0, window.opens), closes, "")

    def _places(self) -> None:
        """Each place stands at one position of a list of one kind of team, or is left out."""
        for n in self.count:
            self.model.add_exactly_one([*self.at[n], self.left[n]])
            self.model.add_exactly_one([*self.goes[n], self.left[n]])
            late = self.first[n]
            self.model.add(self.entry[n] <= self.field.rules.wave_minutes).only_enforce_if(late)

    def _arcs(self) -> None:
        """From the depot to first places, from place to place in time, back to the depot."""
        field, arcs = self.field, []
        for n in self.count:
            arcs += [(0, n + 1, self.first[n]), (n + 1, 0, self._bool()), (n + 1, n + 1, self.left[n])]
            for other in self.count:
                gap = field.windows[n].stay + field.minutes[n][other]
                if n == other or field.windows[n].opens + gap > min(field.windows[other].closes, self.end):
                    continue
                if not any({n, other} <= fits for fits, count in self.crews if count):
                    continue
                arc = self._bool()
                arcs.append((n + 1, other + 1, arc))
                self.model.add(self.entry[other] >= self.entry[n] + gap).only_enforce_if(arc)
                for here, there in zip(self.goes[n], self.goes[other], strict=True):
                    self.model.add_bool_or([~arc, ~here, there])
                for here, there in zip(self.at[n], [*self.at[other][1:], self._never()], strict=True):
                    self.model.add_bool_or([~arc, ~here, there])
        self.model.add_multiple_circuit(arcs)

    def _waves(self) -> None:
        """No later wave has more places than the one before, and each takes its time to be reached; linked places
        stand in one wave, close together."""
        field = self.field
        nearest = [
            window.stay + min((way for o, way in enumerate(row) if o != n), default=0)
            for n, (window, row) in enumerate(zip(field.windows, field.minutes, strict=True))
        ]
        least = [0, *accumulate(sorted(nearest))]
        for position in self.positions:
            for n in self.count:
                reached = self.model.add(self.entry[n] >= min(least[position], self.end))
                reached.only_enforce_if(self.at[n][position])
            if position:
                later = sum(row[position] for row in self.at)
                self.model.add(later <= sum(row[position - 1] for row in self.at))
        for one, other in field.links:
            both = [~self.left[one], ~self.left[other]]
            for here, there in zip(self.at[one], self.at[other], strict=True):
                self.model.add(here == there).only_enforce_if(both)
            for here, there in ((one, other), (other, one)):
                apart = self.model.add(self.entry[here] - self.entry[there] <= field.rules.link_minutes)
                apart.only_enforce_if(both)

    def _teams(self) -> None:
        """No kind of team starts more lists than it has teams, or holds more places than they can."""
        self.starts = []
        for crew, (fits, count) in enumerate(self.crews):
            starts = []
            for n in sorted(fits):
                start = self._bool()
                self.model.add_bool_or([~self.first[n], ~self.goes[n][crew], start])
                starts.append(start)
            self.model.add(sum(starts) <= count)
            self.model.add(sum(row[crew] for row in self.goes) <= count * len(self.positions))
            self.starts.append(sum(starts))

    def latest(self, of: Sequence[Any]) -> Any:
        """The largest of some entries, as a variable."""
        largest = self.model.new_int_var(0, max(self.end, *(w.opens for w in self.field.windows)), "")
        for entry, counts in of:
            self.model.add(largest >= entry).only_enforce_if(counts)
        return largest

    def solve(self, purse: Purse, *, most: float = _MOST) -> Found | None:
        """The best found within the limit of deterministic time; None: there is none.

        Raises:
            Unknown: the limit came first, or the purse is empty.
        """
        purse.pay(len(self.model.proto.constraints) * _BUILT)
        limit = min(most, purse.left)
        if limit <= 0:
            raise Unknown
        solver = solver_of(limit)
        status = solver.solve(self.model)
        purse.pay(solver.deterministic_time)
        if status == cp_model.INFEASIBLE:
            return None
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise Unknown
        left = tuple(
            site.site_id
            for site, out in zip(self.field.sites, self.left, strict=True)
            if solver.boolean_value(out)
        )
        return Found(round(solver.objective_value), left, status == cp_model.OPTIMAL)


class Purse:
    """The deterministic seconds that one explanation may still spend, whatever it asks; building a model costs too."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def pay(self, seconds: float) -> None:
        """Takes what a question has cost."""
        self.left -= seconds


def lists_exist(field: Field, purse: Purse) -> bool:
    """True when the teams can be given lists. False is proved; a search that ends early counts as yes, and of more than
    EXACT places only the waves are asked."""
    if field.teams * field.rules.most_stops < len(field.sites):
        return False
    if any(window.closes < window.opens for window in field.windows):
        return False
    if not by_hand(field).left:
        return True
    try:
        if Lists(field, chained=False).solve(purse, most=_WAVES) is None:
            return False
        return len(field.sites) > EXACT or any_lists(field, purse) is not None
    except Unknown:
        return True


def by_hand(field: Field) -> Found:
    """Lists made without a search: team after team takes the place it can enter soonest, linked places first. `value`
    is the latest entry, `left` the places nobody took; without any left it proves that lists exist."""
    rules, linked = field.rules, defaultdict(set)
    for one, other in field.links:
        linked[one].add(other)
        linked[other].add(one)
    at: dict[int, tuple[int, int]] = {}
    chains: list[tuple[frozenset[int], list[int]]] = [
        (fits, []) for fits, count in field.crews for _ in range(min(count, len(field.sites)))
    ]

    def entry(chain: Sequence[int], site: int) -> int:
        before = chain[-1] if chain else None
        there = 0 if before is None else at[before][1] + field.windows[before].stay
        return max(there + (0 if before is None else field.minutes[before][site]), field.windows[site].opens)

    for wave in range(min(rules.most_stops, len(field.sites))):
        for fits, chain in sorted(chains, key=lambda one: (entry(one[1], 0) if one[1] else 0, len(one[0]))):
            choices = []
            for site in sorted(fits - at.keys()) if len(chain) == wave else ():
                minute = entry(chain, site)
                beside = [at[other] for other in linked[site] if other in at]
                late = minute > (rules.wave_minutes if not wave else FAR)
                apart = any(
                    at_wave != wave or abs(at_minute - minute) > rules.link_minutes
                    for at_wave, at_minute in beside
                )
                if not late and not apart and minute <= field.windows[site].closes:
                    choices.append((-len(linked[site]), minute, field.windows[site].closes, site))
            if choices:
                _, minute, _, site = min(choices)
                at[site] = (wave, minute)
                chain.append(site)
    left = tuple(site.site_id for n, site in enumerate(field.sites) if n not in at)
    return Found(max((minute for _, minute in at.values()), default=0), left, proved=False)


def any_lists(field: Field, purse: Purse) -> Found | None:
    """Lists, if there are any."""
    return Lists(field).solve(purse)


def least_later(field: Field, purse: Purse) -> Found | None:
    """The smallest latest entry, in minutes from the first, if nothing limited it."""
    model = Lists(field)
    model.model.minimize(
        model.latest([(entry, ~out) for entry, out in zip(model.entry, model.left, strict=True)])
    )
    return model.solve(purse)


def least_first(field: Field, purse: Purse) -> Found | None:
    """The smallest minute by which all first places can be entered."""
    free = replace(field, rules=replace(field.rules, wave_minutes=FAR))
    model = Lists(free)
    model.model.minimize(model.latest(list(zip(model.entry, model.first, strict=True))))
    return model.solve(purse)


def least_left(field: Field, purse: Purse) -> Found | None:
    """The fewest places that must be left out, and which."""
    model = Lists(field, optional=True)
    model.model.minimize(sum(model.left))
    return model.solve(purse)


def least_teams(field: Field, purse: Purse) -> Found | None:
    """The fewest teams more, free to go anywhere."""
    model = Lists(field, spare=len(field.sites))
    model.model.minimize(model.starts[-1])
    return model.solve(purse)
