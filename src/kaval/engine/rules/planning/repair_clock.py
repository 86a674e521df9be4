"""When the teams of a draft stand at their doors, with linked places waiting for each other, and what that breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, combinations

from kaval.engine.rules.planning.problem import Point, Problem, Rules, Site
from kaval.engine.rules.planning.timing import entries, instant, window_of
from kaval.engine.rules.planning.ways import Ways

Route = tuple[str, ...]
Times = tuple[int, ...]
Fault = tuple[str, str]  # rule id, place id


@dataclass(frozen=True, slots=True)
class RememberedWays(Ways):
    """The ways of one operation, each counted once: a repair asks for the same ones thousands of times."""

    _minutes: dict[tuple[str, str], int] = field(default_factory=dict)
    _metres: dict[tuple[str, str], int] = field(default_factory=dict)

    def minutes(self, start: Point, end: Point) -> int:
        """As Ways.minutes."""
        key = (start.key, end.key)
        if key not in self._minutes:
            self._minutes[key] = Ways.minutes(self, start, end)
        return self._minutes[key]

    def metres(self, start: Point, end: Point) -> int:
        """As Ways.metres."""
        key = (start.key, end.key)
        if key not in self._metres:
            self._metres[key] = Ways.metres(self, start, end)
        return self._metres[key]


@dataclass(slots=True)
class Clock:
    """The arithmetic of `timing` over several teams at once. `began`: entry minutes of places done or under way."""

    problem: Problem
    districts: frozenset[str]
    began: Mapping[str, int]
    rules: Rules = field(init=False)
    ways: Ways = field(init=False)
    sites: dict[str, Site] = field(init=False)
    partners: dict[str, Route] = field(init=False)
    _linked: tuple[Route, ...] = field(init=False)
    _called: tuple[Route, ...] = field(init=False)
    _entries: dict[tuple[Route, Times], Times] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Settles sunrise and stay of each place once, and who depends on whom."""
        rules = self.problem.rules
        inside = [one for one in self.problem.sites if one.district_id in self.districts]
        self.rules = replace(rules, sun=False)
        self.ways = RememberedWays(rules, self.problem.matrix)
        self.sites = {one.site_id: _settled(one, rules) for one in inside}
        self._linked = _sharing({one.site_id: one.links for one in inside})
        self._called = _sharing({one.site_id: one.witnesses for one in inside})
        self.partners = _partners((*self._linked, *self._called))

    def bound(self, route: Route) -> bool:
        """True when a place of the route depends on another team."""
        return any(one in self.partners for one in route)

    def barred(self, site_id: str) -> bool:
        """True when no team may ever enter: children and nobody of the welfare committee named, or no time left."""
        site = self.sites[site_id]
        window = window_of(site, self.rules)
        return bool(site.children and not site.cwc_contact) or window.closes < window.opens

    def entries(self, route: Route, holds: Mapping[str, int] | None = None) -> Times:
        """Entry minutes of one team; places under way are entered when they were."""
        held = tuple(holds.get(one, 0) for one in route) if holds else ()
        key = (route, held if any(held) else ())
        found = self._entries.get(key)
        if found is None:
            kept = {**(holds or {}), **self.began}
            sites = [self.sites[one] for one in route]
            found = self._entries[key] = tuple(entries(sites, self.rules, ways=self.ways, holds=kept))
        return found

    def late(self, route: Route, times: Times) -> list[Fault]:
        """What is too late for its place, its wave or its number."""
        found = []
        for number, (one, entry) in enumerate(zip(route, times, strict=True)):
            if entry > window_of(self.sites[one], self.rules).closes:
                last = self.rules.last_entry_at
                beyond = last is not None and instant(entry, self.rules) > last
                found.append(("P-DAY" if beyond else "P-WARRANT", one))
            if number == 0 and entry > self.rules.wave_minutes:
                found.append(("P-FIRST", one))
            if number >= self.rules.most_stops:
                found.append(("P-STOPS", one))
        return found

    def together(self, lists: Mapping[str, Route]) -> tuple[dict[str, Times], dict[str, set[Fault]]]:
        """Entry minutes of teams that depend on each other, and what of that cannot be held, by team."""
        at = {site: (team_id, index) for team_id, route in lists.items() for index, site in enumerate(route)}
        times = {team_id: self.entries(route) for team_id, route in lists.items()}
        groups = [[one for one in members if one in at] for members in self._linked]
        groups = [members for members in groups if len(members) > 1]
        even = [members for members in groups if len({at[one][1] for one in members}) == 1]
        holds: dict[str, int] = {}
        for wave in sorted({at[members[0]][1] for members in even}):
            here = [members for members in even if at[members[0]][1] == wave]
            while moved := self._wait(here, at, times):
                holds.update(moved)
                for team_id in {at[one][0] for one in moved}:
                    times[team_id] = self.entries(lists[team_id], holds)
        broken: dict[str, set[Fault]] = defaultdict(set)
        for one in chain.from_iterable(members for members in groups if self._apart(members, at, times)):
            broken[at[one][0]].add(("P-LINK", one))
        for one in chain.from_iterable(self._overlaps(at, times)):
            broken[at[one][0]].add(("P-WITNESS", one))
        return times, broken

    def _wait(
        self, groups: Iterable[Sequence[str]], at: Mapping[str, tuple[str, int]], times: Mapping[str, Times]
    ) -> dict[str, int]:
        """Places of one wave that must be entered later than they are, and when; places under way wait for nobody."""
        found: dict[str, int] = {}
        for members in groups:
            entry = {one: times[at[one][0]][at[one][1]] for one in members}
            soonest = max(entry.values()) - self.rules.link_minutes
            for one in members:
                if entry[one] < soonest and one not in self.began:
                    found[one] = max(soonest, found.get(one, 0))
        return found

    def _apart(
        self, members: Sequence[str], at: Mapping[str, tuple[str, int]], times: Mapping[str, Times]
    ) -> bool:
        entry = [times[at[one][0]][at[one][1]] for one in members]
        return len({at[one][1] for one in members}) > 1 or max(entry) - min(entry) > self.rules.link_minutes

    def _overlaps(
        self, at: Mapping[str, tuple[str, int]], times: Mapping[str, Times]
    ) -> Iterable[tuple[str, str]]:
        """Places whose witness stands elsewhere at that time."""
        for members in self._called:
            stays = sorted((times[at[one][0]][at[one][1]], one) for one in members if one in at)
            for (entry, one), (later, other) in combinations(stays, 2):
                if later < entry + (self.sites[one].minutes or 0):
                    yield one, other


def _settled(site: Site, rules: Rules) -> Site:
    """The same place with sunrise counted into `not_before` and its stay stated, so that its window costs nothing."""
    window = window_of(site, rules)
    return replace(site, not_before=instant(window.opens, rules), minutes=window.stay)


def _sharing(keys: Mapping[str, Iterable[str]]) -> tuple[Route, ...]:
    """Groups of two or more ids that have a key in common, one group for each key."""
    found: dict[str, set[str]] = defaultdict(set)
    for one, mine in keys.items():
        for key in mine:
            found[key].add(one)
    return tuple(sorted({tuple(sorted(group)) for group in found.values() if len(group) > 1}))


def _partners(groups: Iterable[Route]) -> dict[str, Route]:
    found: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        for one in group:
            found[one].update(group)
    return {one: tuple(sorted(others - {one})) for one, others in found.items()}
