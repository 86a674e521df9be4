"""Which officer may serve, and which team may go to which place: every rule that needs no clock of the route.

Rule ids are those of `plan_rules.yaml`. The checker of plans has its own reading of the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.attribution.rank import rank_at_least
from kaval.engine.rules.planning.problem import Officer, Rules, Site, Team


def fitting_roles(officer: Officer, rules: Rules) -> frozenset[str]:
    """The roles of a team this officer could fill; cyber and technical by skill, woman by gender, leader by rank."""
    tests = {
        "leader": rank_at_least(officer.rank, rules.leader_rank),
        "cyber": "cyber" in officer.skills,
        "technical": "technical" in officer.skills,
        "woman": officer.gender == "F",
    }
    return frozenset(role for role, true in tests.items() if true)


def absent_because(officer: Officer, rules: Rules) -> str:
    """The rule id that keeps the officer from the day (P-DESK, P-LEAVE, P-REST); empty when none does.

    Rest is counted to the first entry less one hour, the time to gather and drive.
    """
    if officer.role:
        return "P-DESK"
    if officer.on_leave(rules.first_entry_at.astimezone(IST).date()):
        return "P-LEAVE"
    starts = rules.first_entry_at - timedelta(hours=1)
    if officer.off_duty_at is not None and officer.off_duty_at + timedelta(hours=rules.rest_hours) > starts:
        return "P-REST"
    return ""


def unfit(team: Team, site: Site, rules: Rules, *, officers: Mapping[str, Officer]) -> tuple[str, ...]:
    """Ids of the rules by which this team may not go to this place; empty: it may."""
    crew = [officers[one] for one in team.officers]
    found = []
    if team.district_id != site.district_id:
        found.append("P-DISTRICT")
    if not rank_at_least(officers[team.leader].rank, site.rank or rules.leader_rank):
        found.append("P-RANK")
    if (site.children or site.woman_expected) and not _ranked_woman(crew, rules):
        found.append("P-CHILD")
    if any(site.site_id in one.conflicts for one in crew):
        found.append("P-CONFLICT")
    if site.village and any(site.village in one.villages for one in crew):
        found.append("P-VILLAGE")
    if site.armed and not any(one.armed for one in crew):
        found.append("P-ARMED")
    if site.basis == "POLICE_185" and officers[team.leader].station_id != site.station_id:
        found.append("P-LIMITS")
    if "local" in rules.needs and not _local(crew, site, rules):
        found.append("P-LOCAL")
    return tuple(found)


def team_lacks(team: Team, rules: Rules, *, officers: Mapping[str, Officer]) -> tuple[str, ...]:
    """Ids of the rules a team breaks by its members alone, whatever place it goes to."""
    crew = [officers[one] for one in team.officers]
    found = [absent_because(one, rules) for one in crew]
    wanted = {"cyber": "P-CYBER", "technical": "P-TECHNICAL", "woman": "P-WOMAN"}
    members = team.members
    found += [
        rule
        for role, rule in wanted.items()
        if role in rules.needs and role not in fitting_roles(officers[members[role]], rules)
    ]
    if "leader" not in fitting_roles(officers[team.leader], rules):
        found.append("P-RANK")
    if "vehicle" in rules.needs and not any(one.vehicle for one in crew):
        found.append("P-VEHICLE")
    return tuple(dict.fromkeys(rule for rule in found if rule))


def _ranked_woman(crew: Iterable[Officer], rules: Rules) -> bool:
    return any(one.gender == "F" and rank_at_least(one.rank, rules.woman_rank) for one in crew)


def _local(crew: Iterable[Officer], site: Site, rules: Rules) -> bool:
    if rules.local == "station":
        return any(one.station_id == site.station_id for one in crew)
    return any(one.district_id == site.district_id for one in crew)
