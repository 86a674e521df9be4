"""An edited list of stops back into a plan: who goes where in which order; the times are worked out anew.

Read are `team`, `place` and `order` of a CSV or XLSX table, the Points of a plan's GeoJSON, or the entries of team
calendars (there the start decides the order). Rules are not judged here: that is the checker's.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from kaval.engine.formats.planning._columns import read_table
from kaval.engine.formats.planning.plan_calendar import UID_END
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import Objective, Plan, Problem, Stop
from kaval.engine.rules.planning.repair_clock import Clock, Route
from kaval.engine.rules.planning.repair_ground import minute_of
from kaval.engine.rules.planning.timing import stops_of

LEFT_OUT = "left out of the edited list"
EDITED = "edited by hand: its lower bounds are simple ones that hold for any teams these officers can form"
_EVENT = re.compile(r"BEGIN:VEVENT(.*?)END:VEVENT", re.DOTALL)
_UID = re.compile(rf"^UID:[^/\s]*/([^/\s]+)/([^/\s]+){re.escape(UID_END)}\s*$", re.MULTILINE)
_START = re.compile(
    r"^DTSTART(?:;TZID=Asia/(?:Kolkata|Calcutta))?:(\d{8}T\d{6})(Z?)\s*$", re.MULTILINE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A place on a team's list; `where` names its place in the file, for words."""

    team: str
    place: str
    order: int
    where: str


def read_stops(content: bytes, *, file: str) -> tuple[Listed, ...]:
    """The stops of an edited file of any of the kinds a plan is written as.

    Raises:
        ReaderError: the file is of none of these kinds, or a cell cannot be meant.
    """
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:15]
    if start.startswith(b"BEGIN:VCALENDAR"):
        return tuple(_of_calendar(content, file))
    if start.startswith(b"{"):
        return tuple(_of_map(content, file))
    return tuple(_of_table(content, file))


def plan_of_stops(listed: Iterable[Listed], plan: Plan, problem: Problem, *, file: str = "stops") -> Plan:
    """The plan with its teams and these lists, timed anew; a place on no list is left out, a team without one idle.

    Its bounds are the weak ones of `repair_bounds`, which hold for any plan of the same teams' officers.

    Raises:
        ReaderError: an unknown team or place, a place twice, or two places with one order in a team.
    """
    # late import: the solver behind it takes a second to load, which every other use of these files would pay
    from kaval.engine.rules.planning.repair_bounds import district_report

    routes = _routes(listed, plan, problem, file=file)
    clock = Clock(problem, frozenset(site.district_id for site in problem.sites), {})
    made = replace(plan, stops=tuple(_timed(routes, plan, clock)))
    placed = {stop.site_id for stop in made.stops}
    latest = max((minute_of(stop, problem.rules) for stop in made.stops), default=0)
    reports = tuple(
        district_report(clock, name, made, latest=latest)
        for name in sorted({team.district_id for team in plan.teams} | clock.districts)
    )
    bounds, why = [report.lower_bound for report in reports], dict(plan.unplaced)
    return replace(
        made,
        objective=_total([report.objective for report in reports]),
        lower_bound=_total(bounds),
        districts=reports,
        unplaced=tuple((one, why.get(one, LEFT_OUT)) for one in sorted(clock.sites) if one not in placed),
        idle=tuple(team.team_id for team in plan.teams if team.team_id not in routes),
        notes=tuple(dict.fromkeys((*plan.notes, EDITED))),
    )


def _timed(routes: Mapping[str, Route], plan: Plan, clock: Clock) -> Iterator[Stop]:
    times, _ = clock.together(routes)
    for team in sorted(plan.teams, key=lambda one: (one.district_id, one.team_id)):
        route = routes.get(team.team_id, ())
        holds = dict(zip(route, times.get(team.team_id, ()), strict=True))
        sites = [clock.sites[one] for one in route]
        yield from stops_of(team, sites, clock.rules, ways=clock.ways, holds=holds)


def _total(parts: Sequence[Objective]) -> Objective:
    latest = max((one.latest_entry_minutes for one in parts), default=0)
    return Objective(latest, sum(one.unequal_load for one in parts), sum(one.metres for one in parts))


def _routes(listed: Iterable[Listed], plan: Plan, problem: Problem, *, file: str) -> dict[str, Route]:
    """The places of each team in the order stated; numbers may have gaps, as a person leaves them."""
    teams, sites = {team.team_id for team in plan.teams}, {site.site_id for site in problem.sites}
    lists: dict[str, dict[int, str]] = defaultdict(dict)
    seen: Counter[str] = Counter()
    for one in listed:
        seen[one.place] += 1
        wrong = ""
        if one.team not in teams:
            wrong = f"{one.team} is no team of the plan"
        elif one.place not in sites:
            wrong = f"{one.place} is no place of the operation"
        elif seen[one.place] > 1:
            wrong = f"{one.place} is listed twice"
        elif one.order in lists[one.team]:
            wrong = f"team {one.team} has two places with order {one.order}"
        if wrong:
            raise ReaderError(wrong, file=file, place=one.where, mend="Correct the row or take it out")
        lists[one.team][one.order] = one.place
    return {team: tuple(place for _, place in sorted(mine.items())) for team, mine in sorted(lists.items())}


def _of_table(content: bytes, file: str) -> Iterator[Listed]:
    for row in read_table(content, file=file, needed=("team", "place", "order")).rows:
        order = row.whole("order", most=999)
        if not order:
            raise row.wrong(
                "order", f"{row['order']!r} is no order", "Write 1 for the first place, 2 for the next"
            )
        yield Listed(row.needed("team"), row.needed("place"), order, row.place)


def _of_map(content: bytes, file: str) -> Iterator[Listed]:
    try:
        features: Any = json.loads(content.decode("utf-8-sig"))["features"]
        for number, feature in enumerate(features):
            told = feature["properties"]
            if told.get("kind") == "place":
                yield Listed(str(told["team"]), str(told["place"]), int(told["order"]), f"/features/{number}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ReaderError(
            f"no map of a plan ({problem!r})", file=file, mend="Give the plan's own GeoJSON"
        ) from None


def _of_calendar(content: bytes, file: str) -> Iterator[Listed]:
    """Entries by their start; the UID names team and place. A start without Z is local (IST)."""
    text = re.sub(r"\r?\n[ \t]", "", content.decode("utf-8", errors="replace"))
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for event in _EVENT.findall(text):
        uid, start = _UID.search(event), _START.search(event)
        if uid is None or start is None:
            raise ReaderError(
                "an entry that no plan wrote", file=file, mend="Take out what is no stop of the plan"
            )
        zone = UTC if start[2] else IST
        try:
            at = datetime.strptime(start[1], "%Y%m%dT%H%M%S").replace(tzinfo=zone)
        except ValueError:
            raise ReaderError(f"{start[1]} is no time", file=file, mend="Correct the entry") from None
        found[unquote(uid[1])].append((at, unquote(uid[2])))
    for team, entries in found.items():
        for order, (at, place) in enumerate(sorted(entries), start=1):
            yield Listed(team, place, order, f"entry at {at.isoformat()}")
