"""Every limit in time on what a viewer may see: one list an officer, a station, a district, the whole unit.

A clock runs because its row is there. It is met by the record that ends it (a crime ends the clock of its seizure) or,
where no record does, by a person who says so (`DeadlineDone`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from kaval.engine.rules.cases.clocks import Clock, ClockFacts, ClockState, clocks
from kaval.station.models import DeadlineDone, District, Officer, Station
from kaval.station.queries import clock_events, scope
from kaval.station.queries.paging import PAGE_SIZE, Page

# Met by their own record alone: nobody can tick them off.
BY_RECORD: Final = frozenset(
    {"seizure_report", "reaudit", "error_notice", "provider_answer", "ground_age", "triage_band"}
)
# Who may see one of these may see the limits of searches and what came of them.
_OF_SITES: Final = ("operations", "exhibits", "documents")


@dataclass(frozen=True, slots=True)
class ClockFilter:
    """What of the list is asked for; an empty text asks for everything. `mine`: owed by the viewer.

    An empty `state` asks for all that are not met.
    """

    mine: bool = False
    station: str = ""
    district: str = ""
    state: str = ""
    clock: str = ""

    def is_about(self, one: Clock, viewer: Officer) -> bool:
        """True when the clock is asked for, however it stands."""
        return (
            (not self.mine or one.owner == viewer.number)
            and self.station in ("", one.station)
            and self.district in ("", one.district)
            and self.clock in ("", one.id)
        )

    def is_in_state(self, one: Clock) -> bool:
        """True when it stands as asked."""
        return one.state == self.state if self.state else one.state is not ClockState.MET


def all_clocks(viewer: Officer, at: datetime) -> tuple[Clock, ...]:
    """Every clock in a viewer's reach, met ones last, what ends first on top."""
    found, sites = clock_events.Gathered(), scope.sites_seen(viewer)
    if any(scope.area_is_shown(viewer, area) for area in _OF_SITES):
        clock_events.at_sites(found, sites)
    if scope.area_is_shown(viewer, "operations"):
        # Before the day nobody else may learn that a place is in a plan.
        clock_events.of_grounds(found, sites)
    if scope.area_is_shown(viewer, "leads"):
        clock_events.of_information(found, scope.leads_seen(viewer))
    if scope.area_is_shown(viewer, "requests"):
        clock_events.of_requests(found)
        clock_events.of_records(found, scope.subjects_seen(viewer), at)
    if scope.area_is_shown(viewer, "triage"):
        clock_events.of_taken(found, scope.subjects_seen(viewer))
    if scope.area_is_shown(viewer, "aftermath"):
        clock_events.of_reaudits(found, sites)
        clock_events.of_notices(found)
    said = dict(DeadlineDone.objects.values_list("key", "done_at"))
    clock_events.of_statements(found, said)
    return clocks(ClockFacts(tuple(found.events), said | found.met), at)


def clocks_asked(viewer: Officer, at: datetime, *, asked: ClockFilter) -> tuple[Clock, ...]:
    """The clocks asked for."""
    return tuple(
        one for one in all_clocks(viewer, at) if asked.is_about(one, viewer) and asked.is_in_state(one)
    )


def clocks_page(
    viewer: Officer, at: datetime, *, asked: ClockFilter, page: int = 1
) -> tuple[Page[Clock], Mapping[str, int]]:
    """One page of them, and how many there are of each state with the rest of the filter as it is."""
    about = [one for one in all_clocks(viewer, at) if asked.is_about(one, viewer)]
    shown = [one for one in about if asked.is_in_state(one)]
    number = min(max(1, page), max(1, -(-len(shown) // PAGE_SIZE)))
    start = (number - 1) * PAGE_SIZE
    counted = Counter(one.state.value for one in about)
    return Page(tuple(shown[start : start + PAGE_SIZE]), number, len(shown)), counted


def clock_by_key(viewer: Officer, at: datetime, key: str) -> Clock:
    """One clock.

    Raises:
        NotVisible: no such clock in the viewer's reach.
    """
    found = next((one for one in all_clocks(viewer, at) if one.key == key), None)
    if found is None:
        raise scope.NotVisible(key)
    return found


def notes_on(keys: list[str]) -> dict[str, DeadlineDone]:
    """What people said when they met these clocks."""
    return {row.key: row for row in DeadlineDone.objects.filter(key__in=keys).select_related("by")}


def districts_to_choose(viewer: Officer) -> QuerySet[District]:
    """Districts in a viewer's reach; none for a team member."""
    rows = scope.districts_seen(viewer)
    return rows.none() if scope.reach_of(viewer) is scope.Reach.TEAM else rows


def stations_to_choose(viewer: Officer) -> QuerySet[Station]:
    """The stations of those districts."""
    return Station.objects.filter(district__in=districts_to_choose(viewer).order_by().values("pk")).order_by(
        "name"
    )
