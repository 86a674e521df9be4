"""A plan as tables: stops, teams, people and districts, as CSV or as one workbook; no name and no address is in them.

Instants are ISO 8601 in IST, ways kilometres. The sheet `stops` may be edited and given back (`stops_table`): only
its columns team, place and order are read again.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from math import isfinite

from kaval.engine.formats.planning._workbook import Cell, Sheet, workbook
from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import ROLES, Plan, Problem

Rows = tuple[tuple[Cell, ...], ...]


def stops_csv(plan: Plan) -> bytes:
    """The stops as CSV, UTF-8, one row a stop."""
    return sheet_csv(_stops(plan))


def plan_sheets(plan: Plan, problem: Problem) -> tuple[Sheet, ...]:
    """The four sheets."""
    return _stops(plan), _teams(plan), _people(plan, problem), _districts(plan, problem)


def plan_xlsx(plan: Plan, problem: Problem) -> bytes:
    """The plan as a workbook; `stops` is the first sheet."""
    return workbook(plan_sheets(plan, problem))


def sheet_csv(sheet: Sheet) -> bytes:
    """One sheet as CSV, UTF-8, CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(sheet.columns)
    writer.writerows(sheet.rows)
    return out.getvalue().encode()


def _stops(plan: Plan) -> Sheet:
    rows: Rows = tuple(
        (
            stop.team_id,
            stop.site_id,
            stop.order,
            stop.wave,
            stop.arrive_at.astimezone(IST).isoformat(),
            stop.leave_at.astimezone(IST).isoformat(),
        )
        for stop in plan.stops
    )
    return Sheet("stops", ("team", "place", "order", "wave", "arrive_at", "leave_at"), rows)


def _teams(plan: Plan) -> Sheet:
    more = sorted({role for team in plan.teams for role, _ in team.more} - set(ROLES))
    loads = Counter(stop.team_id for stop in plan.stops)
    rows: Rows = tuple(
        (
            team.team_id,
            team.district_id,
            "" if team.base is None else team.base.key,
            loads[team.team_id],
            *(team.members.get(role, "") for role in (*ROLES, *more)),
        )
        for team in plan.teams
    )
    return Sheet("teams", ("team", "district", "base", "places", *ROLES, *more), rows)


def _people(plan: Plan, problem: Problem) -> Sheet:
    """Everybody who serves, by officer id; an officer with two roles in a team has one row."""
    officers = {officer.officer_id: officer for officer in problem.officers}
    roles: dict[tuple[str, str], list[str]] = {}
    for team in plan.teams:
        for role, officer in team.members.items():
            roles.setdefault((officer, team.team_id), []).append(role)
    rows: list[tuple[Cell, ...]] = []
    for (officer_id, team_id), mine in sorted(roles.items()):
        known = officers.get(officer_id)
        posted = ("", "", "") if known is None else (known.rank, known.gender, known.station_id)
        rows.append((officer_id, team_id, ";".join(mine), *posted))
    return Sheet("people", ("officer", "team", "roles", "rank", "gender", "station"), tuple(rows))


def _districts(plan: Plan, problem: Problem) -> Sheet:
    names = {station.district_id: station.district_name for station in problem.stations}
    lacks = {lack.district_id: lack.text for lack in plan.lacks}
    rows: list[tuple[Cell, ...]] = []
    for report in plan.districts:
        made, bound = report.objective, report.lower_bound
        gap = made.gap_to(bound).worst
        rows.append(
            (
                report.district_id,
                names.get(report.district_id, ""),
                report.sites,
                report.teams,
                made.latest_entry_minutes,
                made.unequal_load,
                made.metres / 1000,
                bound.latest_entry_minutes,
                bound.unequal_load,
                bound.metres / 1000,
                round(gap, 4) if isfinite(gap) else None,
                lacks.get(report.district_id, ""),
            )
        )
    columns = (
        "district", "name", "places", "teams", "latest_entry_minutes", "unequal_load", "kilometres",
        "bound_latest_entry_minutes", "bound_unequal_load", "bound_kilometres", "gap", "lacks",
    )  # fmt: skip
    return Sheet("districts", columns, tuple(rows))
