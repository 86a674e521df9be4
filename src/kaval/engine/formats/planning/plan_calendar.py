"""A team's morning as iCalendar: one entry a stop with place number and police station, never an address or a name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from kaval.engine.formats.icalendar_write import CalendarEntry, calendar_file
from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import Plan, Problem, Stop

_FIRST, _NEXT = timedelta(minutes=60), timedelta(minutes=10)
UID_END: Final = "@kaval-plan"


def team_calendar(plan: Plan, problem: Problem, team_id: str, *, stamp: datetime) -> bytes:
    """The calendar of one team as it stands at `stamp`; the first stop reminds an hour before, the others ten minutes.

    Raises:
        KeyError: the plan has no such team.
    """
    if team_id not in {team.team_id for team in plan.teams}:
        raise KeyError(team_id)
    stations = {site.site_id: site.station_id for site in problem.sites}
    mine = sorted((stop for stop in plan.stops if stop.team_id == team_id), key=lambda stop: stop.order)
    entries = (_entry(stop, stations.get(stop.site_id, ""), problem.operation) for stop in mine)
    return calendar_file(entries, stamp=stamp)


def _entry(stop: Stop, station: str, operation: str) -> CalendarEntry:
    until = stop.leave_at.astimezone(IST).strftime("%H:%M")
    return CalendarEntry(
        "/".join(quote(part, safe="") for part in (operation, stop.team_id, stop.site_id)) + UID_END,
        stop.arrive_at,
        f"{stop.team_id} stop {stop.order}: {stop.site_id}",
        f"Police station {station}. Planned to leave at {until} IST.",
        _FIRST if stop.order == 1 else _NEXT,
    )
