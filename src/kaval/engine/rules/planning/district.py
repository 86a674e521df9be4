"""The work on one district, as values that go to another process and come back: forming its teams, planning its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kaval.engine.rules.planning.forming import form_teams
from kaval.engine.rules.planning.ground import Ground, Held, ground_of
from kaval.engine.rules.planning.improve import Lists, even, latest
from kaval.engine.rules.planning.levels import by_hand, drive, earliest, prove, roughly
from kaval.engine.rules.planning.problem import Objective, Officer, Problem, Site, StationPoint, Team

Named = tuple[tuple[str, ...], ...]
_HAND_WORK = 15_000
_NOTHING = Objective(0, 0, 0)


class Step(StrEnum):
    """What is asked of a district, in this order: teams, the soonest plan, how soon at best, the plan of the day."""

    FORM = "form"
    SOON = "soon"
    PROVE = "prove"
    DRIVE = "drive"


@dataclass(frozen=True, slots=True)
class DistrictTask:
    """One district and what is asked of it: `problem` holds what concerns it and nothing else. From the second step on
    `teams` and the `held` places are bound as stated; `lists` (place ids by team) is the plan so far, None: none;
    `by` the minute the state needs. `effort` 0: by exchanges alone.
    """

    district_id: str
    problem: Problem
    effort: float
    step: Step = Step.FORM
    teams: tuple[Team, ...] = ()
    held: tuple[tuple[str, Held], ...] = ()
    lists: Named | None = None
    by: int = 0


@dataclass(frozen=True, slots=True)
class DistrictMade:
    """What came of a task. `lists`: place ids by team, in the order of `teams`; None: no plan, or not yet asked for.
    `latest`: its last entry; `low`: the proved minute before which no plan ends. `lacking`: teams cannot be formed as
    asked.
    """

    district_id: str
    teams: tuple[Team, ...]
    lists: Named | None = None
    latest: int = 0
    low: int = 0
    lower_bound: Objective = _NOTHING
    lacking: bool = False
    notes: tuple[str, ...] = ()


Runner = Callable[[Callable[[DistrictTask], DistrictMade], Sequence[DistrictTask]], Iterable[DistrictMade]]


def one_by_one(
    work: Callable[[DistrictTask], DistrictMade], tasks: Sequence[DistrictTask]
) -> Iterable[DistrictMade]:
    """The plain runner: in this process, one after the other."""
    return map(work, tasks)


def work_on(task: DistrictTask) -> DistrictMade:
    """Does one task."""
    if task.step is Step.FORM:
        formed = form_teams(task.problem, task.district_id)
        return DistrictMade(
            task.district_id, formed.teams, lacking=formed.lack is not None, notes=formed.notes
        )
    sites, teams = task.problem.sites, task.teams
    if not sites or not teams:
        return DistrictMade(task.district_id, teams, () if not sites else None)
    ground = ground_of(sites, teams, task.problem, held=dict(task.held))
    if even(ground).most > ground.most:
        return DistrictMade(task.district_id, teams)
    at = {site.site_id: place for place, site in enumerate(sites)}
    known = None if task.lists is None else tuple(tuple(at[one] for one in own) for own in task.lists)
    made, low, bound = _worked(ground, task, known)
    if made is None:
        return DistrictMade(task.district_id, teams, low=low)
    lists = tuple(tuple(sites[place].site_id for place in chain) for chain in made)
    return DistrictMade(task.district_id, teams, lists, latest(ground, made), low, bound)


def _worked(ground: Ground, task: DistrictTask, known: Lists | None) -> tuple[Lists | None, int, Objective]:
    """Plan, proved soonest minute and bounds after the task's step."""
    if task.step is Step.DRIVE and known is not None:
        solved = drive(ground, known, by=task.by, effort=task.effort)
        return solved.lists, solved.bound.latest_entry_minutes, solved.bound
    rough = roughly(ground)
    if task.step is Step.SOON and task.effort <= 0:
        lists = by_hand(ground, work=_HAND_WORK)
        if lists is not None:
            return lists, rough.latest_entry_minutes, rough
    effort = task.effort or 0.1
    early = earliest(ground, effort=effort) if task.step is Step.SOON else prove(ground, known, effort=effort)
    return early.lists, early.low, rough


def tasks_of(problem: Problem, *, effort: float) -> list[DistrictTask]:
    """One task to form teams for each district that has places, the largest district first."""
    sites: dict[str, list[Site]] = defaultdict(list)
    officers: dict[str, list[Officer]] = defaultdict(list)
    stations: dict[str, list[StationPoint]] = defaultdict(list)
    for site in sorted(problem.sites, key=lambda one: one.site_id):
        sites[site.district_id].append(site)
    for officer in sorted(problem.officers, key=lambda one: one.officer_id):
        officers[officer.district_id].append(officer)
    for station in sorted(problem.stations, key=lambda one: one.station_id):
        stations[station.district_id].append(station)
    ways = _ways_by_district(problem, sites, stations)
    return [
        DistrictTask(
            district,
            replace(
                problem,
                sites=tuple(own),
                officers=tuple(officers[district]),
                stations=tuple(stations[district]),
                matrix=ways[district],
            ),
            effort,
        )
        for district, own in sorted(sites.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _ways_by_district(
    problem: Problem, sites: Mapping[str, Sequence[Site]], stations: Mapping[str, Sequence[StationPoint]]
) -> dict[str, dict[tuple[str, str], tuple[int, int | None]]]:
    home = {site.site_id: district for district, own in sites.items() for site in own}
    home |= {one.point.key: district for district, own in stations.items() for one in own}
    made: dict[str, dict[tuple[str, str], tuple[int, int | None]]] = defaultdict(dict)
    for (start, end), way in problem.matrix.items():
        if home.get(start) == home.get(end, ""):
            made[home[start]][start, end] = way
    return made
