"""Which rules cannot hold together: a rule is lifted by writing the problem as if nobody asked for it.

A smallest set is found by asking sets in order of size, leaving out those inside a set known to hold; lifting a rule
never makes a plan impossible, so each set that holds is first made as large as can be (Liffiton and others, "Fast,
flexible MUS enumeration", Constraints 21, 2016, use the same map of what is known).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

from kaval.engine.rules.attribution.rank import RANKS
from kaval.engine.rules.planning.problem import Officer, Problem, Rules, Site, Terrain
from kaval.engine.rules.planning.timing import FAR

# The order in which sets of one size are asked, so that the answer starts with what a commander can change.
FORMATION = (
    "P-WOMAN", "P-CYBER", "P-TECHNICAL", "P-RANK", "P-CHILD", "P-ARMED", "P-VEHICLE", "P-LIMITS", "P-LOCAL",
    "P-CONFLICT", "P-VILLAGE", "P-LEAVE", "P-REST", "P-DESK", "P-STOPS", "P-ONCE", "P-DISTRICT",
)  # fmt: skip
ROUTES = (
    "P-DAY", "P-WARRANT", "P-SUN", "P-FIRST", "P-LINK", "P-STOPS", "P-CHILD", "P-RANK", "P-ARMED", "P-LIMITS",
    "P-LOCAL", "P-CONFLICT", "P-VILLAGE", "P-WAY", "P-ONCE",
)  # fmt: skip
_FLIGHT = Terrain(1e12, 1.0)
_NEED_OF = {
    "P-WOMAN": "woman",
    "P-CYBER": "cyber",
    "P-TECHNICAL": "technical",
    "P-VEHICLE": "vehicle",
    "P-LOCAL": "local",
}


def smallest_set(
    rules: Sequence[str], holds: Callable[[frozenset[str]], bool], *, most: int | None = None
) -> tuple[str, ...]:
    """A set of at most `most` of the rules that cannot hold together, none smaller; empty when there is none.

    `holds` tells whether a plan exists when just these rules of `rules` are in force.
    """
    known: list[frozenset[str]] = []
    for size in range((len(rules) if most is None else most) + 1):
        for some in combinations(rules, size):
            asked = frozenset(some)
            if any(asked <= held for held in known):
                continue
            if not holds(asked):
                return some
            for rule in rules:
                if rule not in asked and holds(asked | {rule}):
                    asked |= {rule}
            known.append(asked)
    return ()


def irreducible(rules: Sequence[str], holds: Callable[[frozenset[str]], bool]) -> tuple[str, ...]:
    """A set of the rules that cannot hold together, and could without any one of them; the last rules go first. Empty
    when all of them hold. One question for each rule, where `smallest_set` may ask many."""
    if holds(frozenset(rules)):
        return ()
    kept = list(rules)
    for rule in reversed(rules):
        fewer = [one for one in kept if one != rule]
        if not holds(frozenset(fewer)):
            kept = fewer
    return tuple(kept)


def narrowed(problem: Problem, district_id: str) -> Problem:
    """The same question of one district with less to carry: its own places only, and of each officer only the homes
    and interests there."""
    sites = tuple(site for site in problem.sites if site.district_id == district_id)
    villages = {site.village for site in sites if site.village}
    places = {site.site_id for site in sites}
    officers = tuple(
        replace(one, villages=one.villages & villages, conflicts=one.conflicts & places)
        if one.villages or one.conflicts
        else one
        for one in problem.officers
    )
    return replace(problem, sites=sites, officers=officers)


def lifted(problem: Problem, district_id: str, rules: frozenset[str]) -> Problem:
    """The problem as it would be without these rules in one district.

    Lifted, P-ONCE gives each of its officers as many doubles as it has places, P-DISTRICT brings the officers of all
    districts, P-RANK and P-CHILD ask for no rank, P-WAY leaves no stay and no way.
    """
    sites = tuple(_free(site, rules) if site.district_id == district_id else site for site in problem.sites)
    own = [one for one in problem.officers if one.district_id == district_id]
    doubles = [
        replace(one, officer_id=f"{one.officer_id}={n}")
        for n in range(1, sum(site.district_id == district_id for site in sites))
        for one in own
        if "P-ONCE" in rules
    ]
    officers = [
        replace(one, district_id=district_id)
        if "P-DISTRICT" in rules and one.district_id != district_id
        else one
        for one in (*problem.officers, *doubles)
    ]
    return replace(
        problem,
        sites=sites,
        officers=tuple(_excused(one, rules) if one.district_id == district_id else one for one in officers),
        rules=_eased(problem.rules, rules, len(sites)),
        matrix={} if "P-WAY" in rules else problem.matrix,
    )


def _free(site: Site, rules: frozenset[str]) -> Site:
    """A place that asks for nothing the rules lifted would give."""
    if "P-CHILD" in rules:
        site = replace(site, children=None, woman_expected=None)
    if "P-RANK" in rules:
        site = replace(site, rank="")
    if "P-ARMED" in rules:
        site = replace(site, armed=False)
    if "P-LIMITS" in rules:
        site = replace(site, basis="")
    if "P-WARRANT" in rules:
        site = replace(site, not_before=None, not_after=None)
    if "P-LINK" in rules:
        site = replace(site, links=())
    if "P-WAY" in rules:
        site = replace(site, minutes=0)
    return site


def _excused(officer: Officer, rules: frozenset[str]) -> Officer:
    """The officer without what these rules hold against the officer; the same object where that is nothing."""
    if "P-LEAVE" in rules and (officer.leave_from or officer.leave_to):
        officer = replace(officer, leave_from=None, leave_to=None)
    if "P-REST" in rules and officer.off_duty_at:
        officer = replace(officer, off_duty_at=None)
    if "P-DESK" in rules and officer.role:
        officer = replace(officer, role="")
    if "P-CONFLICT" in rules and officer.conflicts:
        officer = replace(officer, conflicts=frozenset())
    if "P-VILLAGE" in rules and officer.villages:
        officer = replace(officer, villages=frozenset())
    return officer


def _eased(by: Rules, rules: frozenset[str], places: int) -> Rules:
    """The operation's own rules without those lifted."""
    by = replace(by, needs=by.needs - {need for rule, need in _NEED_OF.items() if rule in rules})
    if "P-RANK" in rules:
        by = replace(by, leader_rank=RANKS[0])
    if "P-STOPS" in rules:
        by = replace(by, most_stops=max(by.most_stops, places))
    if "P-DAY" in rules:
        by = replace(by, last_entry_at=None)
    if "P-SUN" in rules:
        by = replace(by, sun=False)
    if "P-FIRST" in rules:
        by = replace(by, wave_minutes=FAR)
    if "P-WAY" in rules:
        by = replace(by, least_minutes=0, terrains={"": _FLIGHT})
    return by
