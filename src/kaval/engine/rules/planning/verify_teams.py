"""The checker's own reading of who may serve and who may go where: every rule that needs no clock of the route.

Of an officer the roster does not know nothing is said here; P-KNOWN says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.attribution.rank import RANKS
from kaval.engine.rules.planning.problem import Officer, Rules, Site, Team
from kaval.engine.rules.planning.verify_book import Book
from kaval.engine.rules.planning.verify_words import Violation, broken

# A team gathers and drives in the hour before the first entry, and rest ends when that hour begins.
_GATHERING = timedelta(hours=1)


def team_faults(book: Book) -> Iterator[Violation]:
    """What is wrong with each team whatever place it goes to, idle teams included."""
    for team in book.teams.values():
        yield from _roles(book, team)
        for officer in book.crew(team):
            yield from _duty(team, officer, book.problem.rules)


def visit_faults(book: Book) -> Iterator[Violation]:
    """Why a team may not go to a place on its list."""
    for team_id, route in book.routes.items():
        for stop in route:
            if stop.site_id in book.sites:
                yield from unfit(book, book.teams[team_id], book.sites[stop.site_id])


def unfit(book: Book, team: Team, site: Site) -> Iterator[Violation]:
    """Why this team may not go to this place."""
    rules, crew, pair = book.problem.rules, book.crew(team), (team.team_id, site.site_id)
    if team.district_id != site.district_id:
        yield broken("P-DISTRICT", "district", *pair, of=team.district_id, to=site.district_id)
    leader = book.officers.get(team.leader)
    if site.rank and leader is not None and not _reaches(leader.rank, site.rank):
        yield broken("P-RANK", "rank", *pair, rank=site.rank)
    if site.basis == "POLICE_185" and leader is not None and leader.station_id != site.station_id:
        yield broken("P-LIMITS", "limits", *pair)
    if "local" in rules.needs and not any(_posted_at(one, site, rules) for one in crew):
        yield broken("P-LOCAL", "local", *pair)
    if site.armed and not any(one.armed for one in crew):
        yield broken("P-ARMED", "armed", *pair)
    yield from _children(team, site, rules, crew=crew)
    for officer in crew:
        if site.site_id in officer.conflicts:
            yield broken("P-CONFLICT", "conflict", *pair, officer.officer_id)
        if site.village and site.village in officer.villages:
            yield broken("P-VILLAGE", "village", *pair, officer.officer_id)


def _children(team: Team, site: Site, rules: Rules, *, crew: Sequence[Officer]) -> Iterator[Violation]:
    ranked = any(one.gender == "F" and _reaches(one.rank, rules.woman_rank) for one in crew)
    if (site.children or site.woman_expected) and not ranked:
        yield broken("P-CHILD", "child-woman", team.team_id, site.site_id, rank=rules.woman_rank)
    if site.children and not site.cwc_contact:
        yield broken("P-CHILD", "child-contact", team.team_id, site.site_id)


def _roles(book: Book, team: Team) -> Iterator[Violation]:
    rules, held = book.problem.rules, book.officers
    cyber, technical, woman = held.get(team.cyber), held.get(team.technical), held.get(team.woman)
    leader = held.get(team.leader)
    if "cyber" in rules.needs and (cyber is None or "cyber" not in cyber.skills):
        yield broken("P-CYBER", "cyber", team.team_id)
    if "technical" in rules.needs and (technical is None or "technical" not in technical.skills):
        yield broken("P-TECHNICAL", "technical", team.team_id)
    if "woman" in rules.needs and (woman is None or woman.gender != "F"):
        yield broken("P-WOMAN", "woman", team.team_id)
    if "vehicle" in rules.needs and not any(one.vehicle for one in book.crew(team)):
        yield broken("P-VEHICLE", "vehicle", team.team_id)
    if leader is None or not _reaches(leader.rank, rules.leader_rank):
        yield broken("P-RANK", "leader", team.team_id, rank=rules.leader_rank)


def _duty(team: Team, officer: Officer, rules: Rules) -> Iterator[Violation]:
    pair = (team.team_id, officer.officer_id)
    if officer.district_id != team.district_id:
        yield broken("P-DISTRICT", "posted", *pair)
    if officer.role:
        yield broken("P-DESK", "desk", *pair)
    day = rules.first_entry_at.astimezone(IST).date()
    begun = officer.leave_from is None or day >= officer.leave_from
    over = officer.leave_to is not None and day > officer.leave_to
    if (officer.leave_from or officer.leave_to) and begun and not over:
        yield broken("P-LEAVE", "leave", *pair)
    rested = rules.first_entry_at - _GATHERING - timedelta(hours=rules.rest_hours)
    if officer.off_duty_at is not None and officer.off_duty_at > rested:
        yield broken("P-REST", "rest", *pair, until=officer.off_duty_at, hours=rules.rest_hours)


def _posted_at(officer: Officer, site: Site, rules: Rules) -> bool:
    if rules.local == "station":
        return officer.station_id == site.station_id
    return officer.district_id == site.district_id


def _reaches(rank: str, minimum: str) -> bool:
    """An unknown rank reaches nothing, and nothing reaches an unknown minimum."""
    return rank in RANKS and minimum in RANKS and RANKS.index(rank) >= RANKS.index(minimum)
