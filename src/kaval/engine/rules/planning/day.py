"""The plan of a day: teams formed, linked places put in one wave, every district planned on its own, all put together.

The objective is the state's: its latest entry, then the inequality of loads, then metres, the last two summed over the
districts. So every district may use the time that the latest one needs. The proved bounds hold for the teams formed
and for the waves and hours in which linked places and those of a shared witness stand (`linked`, `witnesses`). The same
problem gives the same plan, in any order of its places, officers and stations, and whatever runs the districts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from kaval.engine.rules.planning.district import (
    DistrictMade,
    DistrictTask,
    Runner,
    Step,
    one_by_one,
    tasks_of,
    work_on,
)
from kaval.engine.rules.planning.explain import explain_formation, explain_routes
from kaval.engine.rules.planning.faults import faults
from kaval.engine.rules.planning.ground import Held
from kaval.engine.rules.planning.linked import Waves, holds, waves_of
from kaval.engine.rules.planning.problem import (
    DistrictReport,
    Lack,
    Objective,
    Plan,
    Problem,
    Site,
    Stop,
    Team,
)
from kaval.engine.rules.planning.timing import metres_of, stops_of
from kaval.engine.rules.planning.ways import Ways
from kaval.engine.rules.planning.witnesses import apart

__all__ = ["DistrictMade", "DistrictTask", "Runner", "first_plan", "objective_of", "one_by_one", "plan_day"]

Told = Callable[[int, int], None]
_NOBODY = ("P-DISTRICT",)  # told with the roles that lack, by `explain`
_PROOFS, _AT_ONCE = 4, 2  # rounds of asking, districts asked at once


def plan_day(
    problem: Problem, *, effort: float = 1.0, run: Runner = one_by_one, told: Told | None = None
) -> Plan:
    """The day's plan with its lower bounds; a district that cannot be planned is told in `lacks`, the others stand.

    A place whose own facts contradict each other is left out and told too (`faults`). `effort` scales the search
    (limits are deterministic, never a clock). `run` spreads districts over processes; `told` hears (districts done,
    districts in all).
    """
    wrong = tuple(lack for lack in faults(problem) if lack.rules != _NOBODY)
    left = {one: " ".join(lack.rules) for lack in wrong for one in lack.about}
    sound = replace(problem, sites=tuple(one for one in problem.sites if one.site_id not in left))
    tasks = tasks_of(sound, effort=effort)
    formed = {made.district_id: made for made in run(work_on, tasks)}
    able = {one: made for one, made in formed.items() if not made.lacking and made.teams}
    waves = waves_of(sound, {one: len(made.teams) for one, made in able.items()})
    planned = [site for site in sound.sites if site.district_id in able]
    waves = replace(waves, held={**waves.held, **apart(sound, planned, waves.held)})
    second = [_with_teams(task, able[task.district_id], waves) for task in tasks if task.district_id in able]
    made_all = {made.district_id: made for made in run(work_on, second)}
    if effort > 0:
        low = _proved(second, made_all, run=run)
        made_all = _driven(second, made_all, run=run, told=told)
    else:
        low = _low(made_all)
    lacks = (*wrong, *_lacks(sound, formed, made_all, waves=waves))
    left |= dict.fromkeys(waves.refused, "P-LINK")
    notes = tuple(note for one in sorted(formed) for note in formed[one].notes)
    made = _together(problem, made_all, waves=waves, low=low, left=left, lacks=lacks)
    return replace(made, notes=(*problem.notes, *notes))


def _proved(tasks: Sequence[DistrictTask], made: dict[str, DistrictMade], *, run: Runner) -> int:
    """Asks the districts the state waits for how soon they can be through; the proved soonest minute of the state."""
    asked: set[str] = set()
    for _ in range(_PROOFS):
        planned = {one: of for one, of in made.items() if of.lists is not None}
        low = _low(made)
        last = sorted(planned, key=lambda one: (-planned[one].latest, one))[:_AT_ONCE]
        if not last or planned[last[0]].latest <= low or last[0] in asked:
            break
        now = [one for one in last if one not in asked and planned[one].latest > low]
        asked.update(now)
        again = [
            replace(task, step=Step.PROVE, lists=planned[task.district_id].lists)
            for task in tasks
            if task.district_id in now
        ]
        made.update({of.district_id: of for of in run(work_on, again)})
    return _low(made)


def _low(made: Mapping[str, DistrictMade]) -> int:
    """The proved soonest minute of the districts that have a plan."""
    return max((of.low for of in made.values() if of.lists is not None), default=0)


def _driven(
    tasks: Sequence[DistrictTask], made: Mapping[str, DistrictMade], *, run: Runner, told: Told | None
) -> dict[str, DistrictMade]:
    """The districts with loads made equal and ways made short by the state's latest entry."""
    by = max((of.latest for of in made.values()), default=0)
    last = [
        replace(task, step=Step.DRIVE, lists=made[task.district_id].lists, by=by)
        for task in tasks
        if made[task.district_id].lists
    ]
    found = dict(made)
    for count, of in enumerate(run(work_on, last), start=1):
        found[of.district_id] = of
        if told is not None:
            told(count, len(last))
    return found


def first_plan(problem: Problem) -> Plan:
    """A feasible plan of the whole state in seconds, by exchanges alone; its bounds are simple ones."""
    return plan_day(problem, effort=0.0)


def objective_of(problem: Problem, teams: Sequence[Team], stops: Iterable[Stop]) -> Objective:
    """The objective of any plan for these teams: the latest entry, loads per district summed, metres summed."""
    sites = {site.site_id: site for site in problem.sites}
    ways, start = Ways.of(problem), problem.rules.first_entry_at
    by_team: dict[str, list[Stop]] = {team.team_id: [] for team in teams}
    latest = 0
    for stop in stops:
        by_team[stop.team_id].append(stop)
        latest = max(latest, (stop.arrive_at - start) // timedelta(minutes=1))
    counts: dict[str, list[int]] = defaultdict(list)
    metres = 0
    for team in teams:
        own = sorted(by_team[team.team_id], key=lambda stop: stop.order)
        counts[team.district_id].append(len(own))
        metres += metres_of(team, [sites[stop.site_id] for stop in own], ways)
    return Objective(latest, sum(max(own) - min(own) for own in counts.values()), metres)


def _with_teams(task: DistrictTask, made: DistrictMade, waves: Waves) -> DistrictTask:
    """The second task of a district: what its teams drive, linked places that fit in no wave left out."""
    sites = tuple(site for site in task.problem.sites if site.site_id not in waves.refused)
    held = tuple((site.site_id, waves.held[site.site_id]) for site in sites if site.site_id in waves.held)
    teams = tuple(sorted(made.teams, key=lambda team: team.team_id))
    problem = replace(task.problem, sites=sites)
    return replace(task, problem=problem, step=Step.SOON, teams=teams, held=held)


def _together(
    problem: Problem,
    made: Mapping[str, DistrictMade],
    *,
    waves: Waves,
    low: int,
    left: Mapping[str, str],
    lacks: tuple[Lack, ...],
) -> Plan:
    """`left`: places left out by themselves, and why; the others without a stop are those of a lacking district."""
    planned = {one: made[one] for one in sorted(made) if made[one].lists is not None}
    sites = {site.site_id: site for site in problem.sites}
    stops = {one: _stops(problem, of, sites=sites, held=waves.held) for one, of in planned.items()}
    reports = tuple(_report(problem, of, stops[one]) for one, of in planned.items())
    teams = tuple(team for of in planned.values() for team in of.teams)
    every = tuple(stop for one in planned for stop in stops[one])
    placed = {stop.site_id for stop in every}
    working = {stop.team_id for stop in every}
    why = {lack.district_id: " ".join(lack.rules) for lack in lacks}
    return Plan(
        teams=teams,
        stops=every,
        objective=_sum(report.objective for report in reports),
        lower_bound=replace(_sum(report.lower_bound for report in reports), latest_entry_minutes=low),
        districts=reports,
        unplaced=tuple(
            (one, left.get(one) or why.get(sites[one].district_id, "")) for one in sorted(set(sites) - placed)
        ),
        idle=tuple(team.team_id for team in teams if team.team_id not in working),
        lacks=lacks,
    )


def _lacks(
    problem: Problem, formed: Mapping[str, DistrictMade], made: Mapping[str, DistrictMade], *, waves: Waves
) -> tuple[Lack, ...]:
    """Why districts have no plan, or a linked group none of its places, in the words of `explain`."""
    refused = {site.district_id for site in problem.sites if site.site_id in waves.refused}
    found = []
    for district in sorted(formed):
        if district not in made:
            found.append(explain_formation(problem, district))
        elif made[district].lists is None or district in refused:
            found.append(explain_routes(problem, district, made[district].teams))
    return tuple(found)


def _stops(
    problem: Problem, made: DistrictMade, *, sites: Mapping[str, Site], held: Mapping[str, Held]
) -> tuple[Stop, ...]:
    ways, waits = Ways.of(problem), holds(held)
    return tuple(
        stop
        for team, own in zip(made.teams, made.lists or (), strict=True)
        for stop in stops_of(team, [sites[one] for one in own], problem.rules, ways=ways, holds=waits)
    )


def _report(problem: Problem, made: DistrictMade, stops: Sequence[Stop]) -> DistrictReport:
    reached = objective_of(problem, made.teams, stops)
    many = sum(site.district_id == made.district_id for site in problem.sites)
    return DistrictReport(made.district_id, many, len(made.teams), reached, made.lower_bound)


def _sum(parts: Iterable[Objective]) -> Objective:
    every = list(parts)
    return Objective(
        max((one.latest_entry_minutes for one in every), default=0),
        sum(one.unequal_load for one in every),
        sum(one.metres for one in every),
    )
