"""Why a district cannot be planned, in words: a smallest set of rules that cannot hold together, and what would help.

The officers, the places, the teams asked for are facts; what may give way are the rules. No smaller set of rules
explains the failure, and without any one rule of the set the others can hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kaval.engine.rules.attribution.rank import RANKS
from kaval.engine.rules.planning import explain_words as say
from kaval.engine.rules.planning.explain_lists import explain_routes
from kaval.engine.rules.planning.explain_words import Words
from kaval.engine.rules.planning.faults import faults
from kaval.engine.rules.planning.fit import absent_because
from kaval.engine.rules.planning.forming_model import Ground, Need, ground_of
from kaval.engine.rules.planning.lifting import FORMATION, lifted, narrowed, smallest_set
from kaval.engine.rules.planning.problem import Lack, Problem, Relaxation
from kaval.engine.rules.planning.relaxing import (
    Wish,
    asking,
    fewer_teams,
    fewest_left,
    lenders,
    longer_lists,
    lower_rank,
    minutes_later,
    more_teams,
    officers_needed,
    possible,
    recalled,
)

_LENDERS = 3
# The relaxation that stands for lifting a rule where the lifting alone has no words of its own.
_COVERED = {
    "P-LEAVE": "leave",
    "P-DESK": "desk",
    "P-REST": "later",
    "P-STOPS": "stops",
    "P-CHILD": "rank",
    "P-DISTRICT": "neighbour",
}
_ROLE_RULES = {"woman": "P-WOMAN", "cyber": "P-CYBER", "technical": "P-TECHNICAL", "vehicle": "P-VEHICLE"}


def explain_formation(problem: Problem, district_id: str) -> Lack:
    """Why no teams can be formed that meet the district's places, and what would do; `rules` is empty when they can."""
    rules = formation_rules(problem, district_id)
    needed = officers_needed(problem, district_id)
    ground = ground_of(problem, district_id)
    concerned = _concerned(ground, rules)
    words = say.no_way(problem, district_id)
    ways: list[Relaxation] = []
    more = more_teams(problem, district_id)
    if more is not None:
        words = say.too_few(problem, district_id, asked=ground.asked or 0, least=more)
        ways.append(say.teams_instead(more, ground.asked or 0))
        lacking = officers_needed(asking(problem, district_id, more), district_id)
        if lacking:
            en, ml = say.teams(more)
            then = (f"{en} can be formed", f"{ml} ഉണ്ടാക്കാം")
            ways.append(say.more_officers(lacking, problem, then=then))
    elif needed:
        themes = _themes(problem, rules, concerned)
        words, ways = _officers(problem, district_id, needed=needed, rules=themes, concerned=concerned)
    ways += _other_ways(problem, district_id, rules=rules, needed=needed or ())
    covered = {way.kind for way in ways}
    ways += [
        say.other_districts() if rule == "P-DISTRICT" else say.lifted_rule(rule)
        for rule in rules
        if rule != "P-ONCE"
        and _COVERED.get(rule, "officers") not in covered
        and possible(lifted(narrowed(problem, district_id), district_id, frozenset({rule})), district_id)
    ]
    return Lack(district_id, rules, *words, about=concerned, relaxations=tuple(ways))


def formation_rules(problem: Problem, district_id: str) -> tuple[str, ...]:
    """A smallest set of rules by which the district's teams cannot be formed; empty when they can.

    Where nobody is there at all, whatever is lifted, they are the rules of the roles that nobody fills; where no team
    is asked for, that each place is searched (P-ONCE).
    """
    problem = narrowed(problem, district_id)
    active = frozenset(
        rule for rule in FORMATION if lifted(problem, district_id, frozenset({rule})) != problem
    )
    found = smallest_set(
        [rule for rule in FORMATION if rule in active],
        lambda kept: possible(lifted(problem, district_id, active - kept), district_id),
    )
    return found or (() if possible(problem, district_id) else _nobody(problem, district_id))


def _nobody(problem: Problem, district_id: str) -> tuple[str, ...]:
    """The rules of the roles in force."""
    needs = problem.rules.needs
    if problem.rules.teams.get(district_id, 1) <= 0:
        return ("P-ONCE",)
    return (*(rule for need, rule in _ROLE_RULES.items() if need in needs), "P-RANK")


def _concerned(ground: Ground, rules: Sequence[str]) -> tuple[str, ...]:
    """The places whose own needs the rules speak of."""

    def speaks(need: Need) -> bool:
        return (
            (need.woman and "P-CHILD" in rules)
            or (need.armed and "P-ARMED" in rules)
            or (bool(need.rank) and "P-RANK" in rules)
            or (bool(need.led_from) and "P-LIMITS" in rules)
            or (bool(need.local_to) and "P-LOCAL" in rules)
            or (bool(need.barred) and not {"P-CONFLICT", "P-VILLAGE"}.isdisjoint(rules))
        )

    return tuple(sorted(site for need in ground.needs if speaks(need) for site in need.sites))


def _themes(problem: Problem, rules: Sequence[str], concerned: Sequence[str]) -> list[str]:
    """The rules, P-CHILD as `children` where children are expected at every place concerned."""
    every = all(site.children for site in problem.sites if site.site_id in set(concerned))
    return ["children" if rule == "P-CHILD" and every else rule for rule in rules]


def _officers(
    problem: Problem,
    district_id: str,
    *,
    needed: tuple[Wish, ...],
    rules: Sequence[str],
    concerned: Sequence[str],
) -> tuple[Words, list[Relaxation]]:
    """What is lacking in officers: for the teams asked for, or for those the other officers would form and, where that
    is fewer, at least."""
    ground = ground_of(problem, district_id)
    every = say.places(ground.places)
    if ground.asked is not None:
        short = ground.most < ground.asked
        because = (
            say.asked_for(ground.asked, ground.most)
            if short
            else say.reason(rules, len(concerned), ground.places)
        )
        en, ml = say.teams(ground.asked)
        then = (f"{en} can be formed", f"{ml} ഉണ്ടാക്കാം")
        words = say.lacking(problem, district_id, wanted=needed, because=because)
        return words, [say.more_officers(needed, problem, then=then)]
    then = (f"all {every[0]} can be searched", "എല്ലാ സ്ഥലങ്ങളും പരിശോധിക്കാം")
    ways = [say.more_officers(needed, problem, then=then)]
    number, more = _for_the_others(problem, district_id, needed)
    if len(more) <= len(needed):
        because = say.reason(rules, len(concerned), ground.places)
        return say.lacking(problem, district_id, wanted=needed, because=because), ways
    words = say.lacking(problem, district_id, wanted=more, because=say.others_form(number), least=needed)
    en, ml = say.teams(number)
    ways.append(say.more_officers(more, problem, then=(f"{en} can be formed", f"{ml} ഉണ്ടാക്കാം")))
    return words, ways


def _for_the_others(
    problem: Problem, district_id: str, needed: Sequence[Wish]
) -> tuple[int, tuple[Wish, ...]]:
    """The teams the officers would form if nobody asked for what is lacking, and the officers lacking for so many."""
    rules = frozenset(_ROLE_RULES[wish.kind] for wish in needed if wish.kind in _ROLE_RULES)
    if any(wish.kind == "leader" for wish in needed):
        return 0, ()
    number = ground_of(lifted(problem, district_id, rules), district_id).most
    asked = {**problem.rules.teams, district_id: number}
    larger = replace(problem, rules=replace(problem.rules, teams=asked))
    return number, officers_needed(larger, district_id) or ()


def _other_ways(
    problem: Problem, district_id: str, *, rules: Sequence[str], needed: Sequence[Wish]
) -> Iterator[Relaxation]:
    """Ways out that need nobody new, the least disturbing first."""
    yield from _neighbours(problem, district_id, needed)
    yield from _recalls(problem, district_id)
    minutes = minutes_later(problem, district_id)
    if minutes:
        yield say.later(minutes)
    asked = problem.rules.teams.get(district_id)
    fewer = fewer_teams(problem, district_id)
    if asked is not None and fewer is not None:
        yield say.teams_instead(fewer, ground_of(problem, district_id).asked or asked)
    stops = longer_lists(problem, district_id) if "P-STOPS" in rules else None
    if stops:
        yield say.longer(problem.rules.most_stops, stops)
    rank = lower_rank(problem, district_id) if "P-CHILD" in rules else None
    if rank:
        yield say.lower(rank, RANKS.index(problem.rules.woman_rank) - RANKS.index(rank))
    left = fewest_left(problem, district_id)
    if left and left < ground_of(problem, district_id).places:
        yield say.put_off(left)


def _neighbours(problem: Problem, district_id: str, needed: Sequence[Wish]) -> Iterator[Relaxation]:
    for wish in dict.fromkeys(needed):
        missing = sum(one == wish for one in needed)
        for count, (lender, spare) in enumerate(lenders(problem, district_id, wish), start=1):
            yield say.lent(problem, lender, wish, spare=spare)
            missing -= spare
            if missing <= 0 or count == _LENDERS:
                break


def _recalls(problem: Problem, district_id: str) -> Iterator[Relaxation]:
    away = {absent_because(one, problem.rules) for one in problem.officers if one.district_id == district_id}
    for rule, kind in (("P-LEAVE", "leave"), ("P-DESK", "desk")):
        names = recalled(problem, district_id, rule) if rule in away else None
        if names:
            yield say.called_back(kind, names)


__all__ = ["explain_formation", "explain_routes", "faults", "formation_rules"]
