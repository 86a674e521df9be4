"""Why given teams can be given no lists of places: a smallest set of rules, and what would help, tried beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from kaval.engine.rules.planning import explain_words as say
from kaval.engine.rules.planning import route_words
from kaval.engine.rules.planning.forming_model import Unknown
from kaval.engine.rules.planning.lifting import ROUTES, irreducible, lifted, narrowed, smallest_set
from kaval.engine.rules.planning.problem import Lack, Problem, Relaxation, Rules, Team
from kaval.engine.rules.planning.route_model import (
    EXACT,
    Field,
    Found,
    Purse,
    any_lists,
    by_hand,
    field_of,
    least_first,
    least_later,
    least_left,
    least_teams,
    lists_exist,
)

# Deterministic seconds, each about three of a processor: a page waits on the answer.
_RULES, _WAYS = 0.45, 0.35
_COVERED = {"P-DAY": "later", "P-STOPS": "stops", "P-FIRST": "wave", "P-ONCE": "teams_more"}


def explain_routes(problem: Problem, district_id: str, teams: Sequence[Team]) -> Lack:
    """Why these teams can be given no lists, and what would do; `rules` is empty when that is not proved.

    Links to places of other districts are left aside. `about` is a set of places to leave out, where found; up to
    EXACT places it is a smallest one, above that what lists made by hand leave.
    """
    problem = narrowed(problem, district_id)
    rules = route_rules(problem, district_id, teams)
    purse = Purse(_WAYS)
    few = len(problem.sites) <= EXACT
    asked = _ways if few else _ways_by_hand
    ways = list(asked(problem, district_id, teams=teams, rules=rules, purse=purse))
    field = field_of(problem, district_id, teams)
    left = (_tried(least_left, field, purse) if few else None) or by_hand(field)
    if left.left and len(left.left) < len(problem.sites):
        ways.append(say.put_off(len(left.left)))
    covered = {way.kind for way in ways}
    ways += [
        say.lifted_rule(rule)
        for rule in rules
        if _COVERED.get(rule, "lift") not in covered
        and rule != "P-WAY"
        and _holds(problem, district_id, teams=teams, free=frozenset({rule}), purse=purse)
    ]
    words = route_words.no_lists(problem, district_id, count=len(teams), rules=rules)
    return Lack(district_id, rules, *words, about=left.left, relaxations=tuple(ways))


def route_rules(problem: Problem, district_id: str, teams: Sequence[Team]) -> tuple[str, ...]:
    """Rules by which these teams can be given no lists, a smallest set where the search lasts so long, else one with
    no rule too many; empty when they can, or it is not proved."""
    purse = Purse(_RULES)
    active = [
        rule
        for rule in ROUTES
        if rule == "P-ONCE" or lifted(problem, district_id, frozenset({rule})) != problem
    ]

    def holds(kept: frozenset[str]) -> bool:
        return _holds(problem, district_id, teams=teams, free=frozenset(active) - kept, purse=purse)

    found = irreducible(active, holds)
    return smallest_set(active, holds, most=len(found)) or found if found and purse.left > 0 else found


def _holds(
    problem: Problem, district_id: str, *, teams: Sequence[Team], free: frozenset[str], purse: Purse
) -> bool:
    """False when it is proved that no lists exist without these rules; lifted, P-ONCE gives doubles of every team."""
    copies = len(problem.sites) if "P-ONCE" in free else 1
    eased = lifted(problem, district_id, free - {"P-ONCE"})
    return lists_exist(field_of(eased, district_id, teams, copies=copies), purse)


def _ways_by_hand(
    problem: Problem, district_id: str, *, teams: Sequence[Team], rules: Sequence[str], purse: Purse
) -> Iterator[Relaxation]:
    """What would help by itself, each shown by lists made by hand; not always the least."""
    if "P-DAY" in rules:
        latest = by_hand(field_of(lifted(problem, district_id, frozenset({"P-DAY"})), district_id, teams))
        if not latest.left:
            yield from _later(problem.rules, latest.value)
    if "P-STOPS" in rules:
        field, given = field_of(problem, district_id, teams), problem.rules
        for stops in range(given.most_stops + 1, len(field.sites) + 1):
            if not by_hand(replace(field, rules=replace(given, most_stops=stops))).left:
                yield say.longer(given.most_stops, stops)
                break


def _later(given: Rules, latest: int) -> Iterator[Relaxation]:
    """A last entry at that minute."""
    if given.last_entry_at is not None:
        at = given.first_entry_at + timedelta(minutes=latest)
        minutes = -(-(at - given.last_entry_at) // timedelta(minutes=1))
        yield route_words.last_entry(minutes, given.last_entry_at + timedelta(minutes=minutes))


def _ways(
    problem: Problem, district_id: str, *, teams: Sequence[Team], rules: Sequence[str], purse: Purse
) -> Iterator[Relaxation]:
    """What would help by itself, the least disturbing first."""
    given = problem.rules

    def without(rule: str) -> Field:
        return field_of(lifted(problem, district_id, frozenset({rule})), district_id, teams)

    if "P-FIRST" in rules:
        first = _tried(least_first, without("P-FIRST"), purse)
        if first is not None:
            yield route_words.wave(first.value - given.wave_minutes, first.value)
    if "P-DAY" in rules:
        latest = _tried(least_later, without("P-DAY"), purse)
        if latest is not None:
            yield from _later(given, latest.value)
    if "P-STOPS" in rules:
        field = field_of(problem, district_id, teams)
        for stops in range(given.most_stops + 1, len(field.sites) + 1):
            longer = replace(field, rules=replace(given, most_stops=stops))
            if _tried(any_lists, longer, purse) is not None:
                yield say.longer(given.most_stops, stops)
                break
    if "P-ONCE" in rules:
        more = _tried(least_teams, field_of(problem, district_id, teams), purse)
        if more is not None:
            yield route_words.more_teams(more.value)


def _tried(ask: Callable[[Field, Purse], Found | None], field: Field, purse: Purse) -> Found | None:
    """The answer the purse allows, None where there is none."""
    try:
        return ask(field, purse)
    except Unknown:
        return None
