"""A small day made by hand: three teams, four places, every way and time stated, so that each sum is done on paper.

ALP: team A-1 enters a1 at 07:00 and a2 at 08:10; team A-2 enters a3 at 07:00. KTM: team K-1 enters k1 at 07:05. Every
stay is 60 minutes, every way between two places 10 minutes and 5,000 metres, from the base of A-1 3,000 metres, from
that of A-2 2,000; K-1 has no base. Latest entry 70 minutes, inequality 1, 10,000 metres.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from kaval.engine.rules.planning.problem import (
    DistrictReport,
    Objective,
    Officer,
    Plan,
    Point,
    Problem,
    Rules,
    Site,
    StationPoint,
    Stop,
    Team,
)
from kaval.engine.rules.planning.verify import violations

FIRST = datetime(2026, 2, 22, 1, 30, tzinfo=UTC)  # 07:00 in Kerala; the sun rises there at about 06:40
_ROLES = (
    ("leader", "INSPECTOR", "M", frozenset[str]()),
    ("cyber", "SCPO", "M", frozenset({"cyber"})),
    ("technical", "CPO", "M", frozenset({"technical"})),
    ("woman", "SI", "F", frozenset[str]()),
)


def at(clock: str) -> datetime:
    """The instant of a Kerala clock time on the day: `08:10` is 02:40 UTC."""
    hour, minute = map(int, clock.split(":"))
    return datetime.fromisoformat(f"2026-02-22T{hour:02d}:{minute:02d}:00+05:30")


@dataclass(frozen=True)
class Day:
    """A problem and a plan for it; every method gives another day with one thing changed."""

    problem: Problem
    plan: Plan

    def rules(self, **changes: Any) -> Day:
        return replace(self, problem=replace(self.problem, rules=replace(self.problem.rules, **changes)))

    def site(self, site_id: str, **changes: Any) -> Day:
        sites = tuple(
            replace(one, **changes) if one.site_id == site_id else one for one in self.problem.sites
        )
        return replace(self, problem=replace(self.problem, sites=sites))

    def officer(self, officer_id: str, **changes: Any) -> Day:
        officers = tuple(
            replace(one, **changes) if one.officer_id == officer_id else one for one in self.problem.officers
        )
        return replace(self, problem=replace(self.problem, officers=officers))

    def team(self, team_id: str, **changes: Any) -> Day:
        teams = tuple(replace(one, **changes) if one.team_id == team_id else one for one in self.plan.teams)
        return self.says(teams=teams)

    def stop(self, site_id: str, **changes: Any) -> Day:
        stops = tuple(replace(one, **changes) if one.site_id == site_id else one for one in self.plan.stops)
        return self.says(stops=stops)

    def without(self, site_id: str) -> Day:
        return self.says(stops=tuple(one for one in self.plan.stops if one.site_id != site_id))

    def says(self, **changes: Any) -> Day:
        return replace(self, plan=replace(self.plan, **changes))

    def sums(self, minutes: int, load: int, metres: int) -> Day:
        """The same day with another objective stated, and a lower bound of nothing."""
        return self.says(
            objective=Objective(minutes, load, metres), lower_bound=Objective(0, 0, 0), districts=()
        )

    def rules_broken(self) -> set[str]:
        return {one.rule for one in violations(self.problem, self.plan)}


Change = Callable[[Day], Day]


def team_of(team_id: str, district_id: str, officers: Sequence[str], *, base: Point | None = None) -> Team:
    """A team of four officers in the order of the roles."""
    leader, cyber, technical, woman = officers
    return Team(team_id, district_id, leader=leader, cyber=cyber, technical=technical, woman=woman, base=base)


def day() -> Day:
    """The day as it should be."""
    sites = tuple(
        Site(name, district, f"{district}-ST", latitude, 76.35, minutes=60)
        for name, district, latitude in (
            ("a1", "ALP", 9.49),
            ("a2", "ALP", 9.50),
            ("a3", "ALP", 9.51),
            ("k1", "KTM", 9.59),
        )
    )
    crews = (("A-1", "ALP"), ("A-2", "ALP"), ("K-1", "KTM"))
    officers = tuple(
        Officer(f"{team}-{role}", rank, gender, f"{district}-ST", district, skills)
        for team, district in crews
        for role, rank, gender, skills in _ROLES
    )
    names = [site.site_id for site in sites]
    matrix: dict[tuple[str, str], tuple[int, int | None]] = {
        (one, other): (10, 5000) for one in names for other in names if one != other
    }
    matrix |= {("base-1", "a1"): (10, 3000), ("base-2", "a3"): (10, 2000)}
    stations = tuple(StationPoint(name, "ALP", Point(name, 9.48, 76.35)) for name in ("base-1", "base-2"))
    bases = {"A-1": stations[0].point, "A-2": stations[1].point}
    teams = tuple(
        team_of(team, district, [f"{team}-{role}" for role, *_ in _ROLES], base=bases.get(team))
        for team, district in crews
    )
    problem = Problem("TEST", Rules(FIRST), sites, officers, stations, matrix)
    stops = (
        Stop("A-1", "a1", 1, 0, at("07:00"), at("08:00")),
        Stop("A-1", "a2", 2, 1, at("08:10"), at("09:10")),
        Stop("A-2", "a3", 1, 0, at("07:00"), at("08:00")),
        Stop("K-1", "k1", 1, 0, at("07:05"), at("08:05")),
    )
    bound = Objective(70, 1, 9_000)
    reports = (
        DistrictReport("ALP", 3, 2, Objective(70, 1, 10_000), bound),
        DistrictReport("KTM", 1, 1, Objective(5, 0, 0), Objective(0, 0, 0)),
    )
    return Day(problem, Plan(teams, stops, Objective(70, 1, 10_000), bound, reports))
