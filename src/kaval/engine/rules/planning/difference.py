"""What changed between two plans: who moved, which places, which times; and several plans side by side.

Moved is an officer who changes team, joins the day or gets a place added. An officer whose team only loses a place,
enters at another time or no longer serves is listed, not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import Gaps, Objective, Plan, Stop, Team

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One officer for whom something changed. `was` and `now` are team ids, empty: in no team."""

    officer_id: str
    was: str
    now: str
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    moved: bool = False

    @property
    def words(self) -> Words:
        """In English and Malayalam."""
        if self.was != self.now:
            if not self.now:
                return (
                    f"{self.officer_id} leaves team {self.was}.",
                    f"{self.officer_id} {self.was} ടീമിൽ ഇനിയില്ല.",
                )
            if not self.was:
                return (
                    f"{self.officer_id} joins team {self.now}.",
                    f"{self.officer_id} {self.now} ടീമിൽ ചേരുന്നു.",
                )
            return (
                f"{self.officer_id} moves from team {self.was} to team {self.now}.",
                f"{self.officer_id} {self.was} ടീമിൽനിന്ന് {self.now} ടീമിലേക്ക് മാറുന്നു.",
            )
        gets, loses = ", ".join(self.added), ", ".join(self.dropped)
        text, text_ml = f"{self.officer_id} of team {self.now}:", f"{self.now} ടീമിലെ {self.officer_id}:"
        if gets:
            text, text_ml = f"{text} goes to {gets} as well;", f"{text_ml} {gets} കൂടി;"
        if loses:
            text, text_ml = f"{text} no longer to {loses};", f"{text_ml} {loses} ഇനി വേണ്ട;"
        return f"{text[:-1]}.", f"{text_ml[:-1]}."


@dataclass(frozen=True, slots=True)
class StopChange:
    """One place whose team, number or time changed; None: it was not, or is no longer, in the plan."""

    site_id: str
    was: Stop | None
    now: Stop | None

    @property
    def words(self) -> Words:
        """In English and Malayalam."""
        if self.now is None:
            return f"Place {self.site_id} is no longer in the plan.", f"{self.site_id} ഇനി പ്ലാനിലില്ല."
        at = _clock(self.now.arrive_at)
        if self.was is None:
            return (
                f"Place {self.site_id} is new: team {self.now.team_id}, number {self.now.order}, entry {at}.",
                f"{self.site_id} പുതിയതാണ്: {self.now.team_id} ടീം, ക്രമം {self.now.order}, പ്രവേശനം {at}.",
            )
        was = _clock(self.was.arrive_at)
        if (self.was.team_id, self.was.order) == (self.now.team_id, self.now.order):
            return (
                f"Place {self.site_id}: entry at {at}, not {was}.",
                f"{self.site_id}: പ്രവേശനം {was}-നല്ല, {at}-ന്.",
            )
        return (
            f"Place {self.site_id}: team {self.now.team_id}, number {self.now.order}, entry {at}; "
            f"before: team {self.was.team_id}, number {self.was.order}, {was}.",
            f"{self.site_id}: {self.now.team_id} ടീം, ക്രമം {self.now.order}, പ്രവേശനം {at}; "
            f"മുമ്പ്: {self.was.team_id} ടീം, ക്രമം {self.was.order}, {was}.",
        )


@dataclass(frozen=True, slots=True)
class TeamChange:
    """One team that is new, gone or has other members."""

    team_id: str
    was: Team | None
    now: Team | None

    @property
    def words(self) -> Words:
        """In English and Malayalam."""
        if self.was is None:
            return f"Team {self.team_id} is new.", f"{self.team_id} പുതിയ ടീമാണ്."
        if self.now is None:
            return f"Team {self.team_id} is stood down.", f"{self.team_id} ടീം ഒഴിവാക്കി."
        return f"Team {self.team_id} has other members.", f"{self.team_id} ടീമിലെ അംഗങ്ങൾ മാറി."


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that is not the same in two plans, each list sorted by id."""

    people: tuple[PersonChange, ...]
    stops: tuple[StopChange, ...]
    teams: tuple[TeamChange, ...]
    latest_before: int = 0
    latest_after: int = 0

    @property
    def people_moved(self) -> int:
        """Officers who change team, join the day or get a place added."""
        return sum(one.moved for one in self.people)

    @property
    def words(self) -> tuple[Words, ...]:
        """Sentences in English and Malayalam: the sum, then teams, people, places."""
        later = self.latest_after - self.latest_before
        total = (
            f"People moved: {self.people_moved}. Latest entry: {later:+d} minutes.",
            f"മാറ്റമുള്ള ഉദ്യോഗസ്ഥർ: {self.people_moved}. അവസാന പ്രവേശനം: {later:+d} മിനിറ്റ്.",
        )
        return (
            total,
            *(one.words for one in self.teams),
            *(one.words for one in self.people),
            *(one.words for one in self.stops),
        )


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan in a comparison. `places`: most and fewest places of a team; `waves`: places entered in each wave;
    `moved`: people moved from the plan in the row before (0 in the first row).
    """

    name: str
    objective: Objective
    lower_bound: Objective
    gaps: Gaps
    teams: int
    stops: int
    unplaced: int
    places: tuple[int, int]
    waves: tuple[int, ...]
    moved: int


def difference(before: Plan, after: Plan) -> Difference:
    """What changed from one plan to the other."""
    return Difference(
        _people(before, after),
        tuple(_stops(before.stops, after.stops)),
        tuple(_teams(before.teams, after.teams)),
        before.objective.latest_entry_minutes,
        after.objective.latest_entry_minutes,
    )


def compare(plans: Sequence[tuple[str, Plan]]) -> tuple[PlanRow, ...]:
    """Several plans by name side by side, each against the one before it."""
    rows = []
    for number, (name, plan) in enumerate(plans):
        loads = {team.team_id: 0 for team in plan.teams}
        waves: dict[int, int] = {}
        for stop in plan.stops:
            loads[stop.team_id] = loads.get(stop.team_id, 0) + 1
            waves[stop.wave] = waves.get(stop.wave, 0) + 1
        rows.append(
            PlanRow(
                name,
                plan.objective,
                plan.lower_bound,
                plan.objective.gap_to(plan.lower_bound),
                len(plan.teams),
                len(plan.stops),
                len(plan.unplaced),
                (max(loads.values(), default=0), min(loads.values(), default=0)),
                tuple(waves.get(one, 0) for one in range(max(waves, default=-1) + 1)),
                difference(plans[number - 1][1], plan).people_moved if number else 0,
            )
        )
    return tuple(rows)


def _people(before: Plan, after: Plan) -> tuple[PersonChange, ...]:
    was, now = _serving(before), _serving(after)
    found = []
    for officer in sorted({*was, *now}):
        team_before, had = was.get(officer, ("", frozenset()))
        team_after, has = now.get(officer, ("", frozenset()))
        if (team_before, had) != (team_after, has):
            added, dropped = tuple(sorted(has - had)), tuple(sorted(had - has))
            moved = bool(team_after) and (team_after != team_before or bool(added))
            found.append(PersonChange(officer, team_before, team_after, added, dropped, moved))
    return tuple(found)


def _serving(plan: Plan) -> dict[str, tuple[str, frozenset[str]]]:
    places: dict[str, set[str]] = {}
    for stop in plan.stops:
        places.setdefault(stop.team_id, set()).add(stop.site_id)
    return {
        officer: (team.team_id, frozenset(places.get(team.team_id, ())))
        for team in plan.teams
        for officer in team.officers
    }


def _stops(before: Iterable[Stop], after: Iterable[Stop]) -> Iterable[StopChange]:
    was, now = {stop.site_id: stop for stop in before}, {stop.site_id: stop for stop in after}
    for site_id in sorted({*was, *now}):
        if was.get(site_id) != now.get(site_id):
            yield StopChange(site_id, was.get(site_id), now.get(site_id))


def _teams(before: Iterable[Team], after: Iterable[Team]) -> Iterable[TeamChange]:
    was, now = {team.team_id: team for team in before}, {team.team_id: team for team in after}
    for team_id in sorted({*was, *now}):
        if was.get(team_id) != now.get(team_id):
            yield TeamChange(team_id, was.get(team_id), now.get(team_id))


def _clock(at: datetime) -> str:
    return at.astimezone(IST).strftime("%H:%M")
