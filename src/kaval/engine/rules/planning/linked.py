"""Places that could warn each other: one wave for the whole group, entered within Rules.link_minutes (P-LINK).

Places that share a link key, directly or through others, are a group, also across districts. Groups stand in the
first wave while the teams of their districts suffice, the largest first: what is entered at the first hour is warned
by nobody. A group of a later wave is entered at one hour that its teams can keep: the early ones wait for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

from kaval.engine.rules.planning.ground import Held
from kaval.engine.rules.planning.problem import Problem, Site
from kaval.engine.rules.planning.timing import Window, window_of
from kaval.engine.rules.planning.ways import Ways

_NEAREST = 4  # a team comes to a held place from one of so many places near it


@dataclass(frozen=True, slots=True)
class Waves:
    """`held`: what each linked place is bound to; `refused`: places of groups that fit in no wave of their district."""

    held: Mapping[str, Held]
    refused: frozenset[str]


def groups(sites: Sequence[Site]) -> list[tuple[str, ...]]:
    """Place ids that are linked with each other, sorted; the largest group first."""
    head = {site.site_id: site.site_id for site in sites}

    def find(one: str) -> str:
        while head[one] != one:
            head[one] = head[head[one]]
            one = head[one]
        return one

    holder: dict[str, str] = {}
    for site in sites:
        for key in site.links:
            one, other = find(site.site_id), find(holder.setdefault(key, site.site_id))
            head[max(one, other)] = min(one, other)
    members: dict[str, list[str]] = defaultdict(list)
    for site_id in sorted(head):
        members[find(site_id)].append(site_id)
    return sorted((tuple(ids) for ids in members.values() if len(ids) > 1), key=lambda ids: (-len(ids), ids))


def waves_of(problem: Problem, teams: Mapping[str, int]) -> Waves:
    """The wave and hour of every linked place; `teams`: how many teams each planned district has."""
    sites = {site.site_id: site for site in problem.sites if teams.get(site.district_id)}
    books = _Books(problem, sites, teams)
    held: dict[str, Held] = {}
    refused: set[str] = set()
    for group in groups(sorted(sites.values(), key=lambda site: site.site_id)):
        crowded = books.crowded(group)
        refused.update(one for one in group if sites[one].district_id in crowded)
        left = tuple(one for one in group if one not in refused)
        if len(left) < 2:
            continue
        made = books.place(left)
        if made is None:
            refused.update(left)
        else:
            held.update(made)
    return Waves(held, frozenset(refused))


class _Books:
    """Room left in each wave of each district."""

    def __init__(self, problem: Problem, sites: Mapping[str, Site], teams: Mapping[str, int]) -> None:
        self.rules, self.ways, self.sites, self.teams = problem.rules, Ways.of(problem), sites, teams
        self.windows = {one: window_of(site, problem.rules) for one, site in sites.items()}
        self.of_district: dict[str, list[str]] = defaultdict(list)
        for one in sorted(sites):
            self.of_district[sites[one].district_id].append(one)
        self.used: Counter[tuple[str, int]] = Counter()

    def crowded(self, group: Sequence[str]) -> set[str]:
        """Districts with more members of the group than teams."""
        counts = Counter(self.sites[one].district_id for one in group)
        return {district for district, many in counts.items() if many > self.teams[district]}

    def place(self, group: Sequence[str]) -> dict[str, Held] | None:
        """The first wave with room and a common hour for the group; None: there is none."""
        counts = Counter(self.sites[one].district_id for one in group)
        for wave in range(self.rules.most_stops):
            if any(self.used[at, wave] + many > self._room(at, wave) for at, many in counts.items()):
                continue
            hours = self._hours(group, wave)
            if hours is None:
                continue
            for at, many in counts.items():
                self.used[at, wave] += many
            return {one: Held(wave, *hours) for one in group}
        return None

    def _room(self, district: str, wave: int) -> int:
        few, over = divmod(len(self.of_district[district]), self.teams[district])
        return self.teams[district] if wave < few else over if wave == few else 0

    def _hours(self, group: Sequence[str], wave: int) -> tuple[int, int] | None:
        """Minutes between which the whole group is entered in that wave."""
        rules, own = self.rules, [self.windows[one] for one in group]
        opens, closes = max(one.opens for one in own), min(one.closes for one in own)
        if wave == 0:
            last = min(rules.wave_minutes, closes)
            return (max(0, opens - rules.link_minutes), max(opens, 0)) if opens <= last else None
        there = max(self._there(one, wave) for one in group)
        hour = max(opens, min(there, closes))
        return (hour, min(closes, hour + rules.link_minutes)) if hour <= closes else None

    def _there(self, site_id: str, wave: int) -> int:
        """A minute by which a team can well be there in that wave."""
        here = self.sites[site_id]
        others = [one for one in self.of_district[here.district_id] if one != site_id]
        if not others:
            return 0
        steps = sorted(
            self._leaves(one) + self.ways.minutes(self.sites[one].point, here.point) for one in others
        )
        near = steps[min(_NEAREST, len(steps)) - 1]
        usual = median_low(self.windows[one].stay for one in others) + (near - min(map(self._leaves, others)))
        return near + (wave - 1) * usual

    def _leaves(self, site_id: str) -> int:
        window: Window = self.windows[site_id]
        return window.opens + window.stay


def holds(held: Mapping[str, Held]) -> dict[str, int]:
    """For `timing.entries`: the minute before which a held place is not entered."""
    return {one: hold.opens for one, hold in held.items()}
