"""Why teams can be given no lists is told with a smallest set of rules; what is said to help does; faults are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kaval.engine.rules.planning.explain import explain_routes, faults
from kaval.engine.rules.planning.forming import form_teams
from kaval.engine.rules.planning.lifting import ROUTES, lifted
from kaval.engine.rules.planning.problem import Problem, Rules, Site, Team
from kaval.engine.rules.planning.route_model import Purse, by_hand, field_of, least_left, lists_exist
from tests.engine.planning.worlds import FIRST_ENTRY, Mix, world

D = "D00"


def at(hours: float) -> datetime:
    return FIRST_ENTRY + timedelta(hours=hours)


def changed(problem: Problem, change: Callable[[int, Site], Site]) -> Problem:
    return replace(problem, sites=tuple(change(n, site) for n, site in enumerate(problem.sites)))


def eased(problem: Problem, **rules: object) -> Problem:
    return replace(problem, rules=replace(problem.rules, **rules))  # type: ignore[arg-type]


def can(problem: Problem, teams: tuple[Team, ...], *, copies: int = 1) -> bool:
    return lists_exist(field_of(problem, D, teams, copies=copies), Purse(4.0))


PLAIN = world(6, 3)
CASES = {
    "day": (eased(PLAIN, last_entry_at=at(1)), ("P-DAY", "P-WAY", "P-ONCE"), "no entry after 08:00"),
    "stops": (eased(PLAIN, most_stops=1), ("P-STOPS", "P-ONCE"), "at most one place for a team"),
    "first": (
        changed(PLAIN, lambda n, site: replace(site, not_before=at(1))),
        ("P-WARRANT", "P-FIRST"),
        "first places within 10 minutes of 07:00",
    ),
    "links": (
        changed(PLAIN, lambda n, site: replace(site, links=("account:x",)) if n < 4 else site),
        ("P-LINK", "P-ONCE"),
        "linked places in one wave and within 15 minutes",
    ),
    "hours": (
        changed(
            PLAIN,
            lambda n, site: (
                replace(
                    site,
                    links=("account:x",),
                    not_before=at(3) if n else None,
                    not_after=None if n else at(1),
                )
                if n < 2
                else site
            ),
        ),
        ("P-WARRANT", "P-LINK"),
        "the hours set for two places",
    ),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_smallest_set_of_rules_is_named_with_its_numbers(case: str) -> None:
    problem, rules, words = CASES[case]
    teams = form_teams(PLAIN, D).teams
    lack = explain_routes(problem, D, teams)
    assert lack.rules == rules
    assert words in lack.text
    others = frozenset(ROUTES) - set(rules) - {"P-ONCE"}
    copies = 1 if "P-ONCE" in rules else len(PLAIN.sites)
    assert not can(lifted(problem, D, others), teams, copies=copies)
    for rule in rules:
        if rule == "P-ONCE":
            assert can(lifted(problem, D, others), teams, copies=len(PLAIN.sites))
        else:
            assert can(lifted(problem, D, others | {rule}), teams, copies=copies)


def test_the_minutes_places_and_teams_that_would_do_are_the_least() -> None:
    problem = CASES["day"][0]
    teams = form_teams(PLAIN, D).teams
    lack = explain_routes(problem, D, teams)
    amounts = {way.kind: way.amount for way in lack.relaxations}
    assert can(eased(problem, last_entry_at=at(1) + timedelta(minutes=amounts["later"])), teams)
    assert not can(eased(problem, last_entry_at=at(1) + timedelta(minutes=amounts["later"] - 1)), teams)
    assert amounts["defer"] == len(lack.about) == 3
    rest = replace(problem, sites=tuple(site for site in problem.sites if site.site_id not in lack.about))
    assert can(rest, teams)
    fewest = least_left(field_of(problem, D, teams), Purse(4.0))
    assert fewest is not None
    assert fewest.value == 3
    assert amounts["teams_more"] == 3
    assert not can(problem, teams[:2], copies=2)
    assert can(problem, teams, copies=2)


def test_one_more_place_on_a_list_or_more_minutes_at_the_start() -> None:
    teams = form_teams(PLAIN, D).teams
    stops = explain_routes(CASES["stops"][0], D, teams)
    assert stops.relaxations[0].text == "Allow two places on a team's list instead of one."
    first = explain_routes(CASES["first"][0], D, teams)
    assert (first.relaxations[0].kind, first.relaxations[0].amount) == ("wave", 50)


def test_of_many_places_what_is_not_proved_is_said_with_places_to_leave_out() -> None:
    mix = Mix(kinds=True, late=0.2, villages=0.4, pairs=6, groups=1)
    problem = eased(world(45, 14, mix=mix), last_entry_at=at(3))
    teams = form_teams(problem, D).teams
    lack = explain_routes(problem, D, teams)
    assert (lack.rules, "is not proved" in lack.text) == ((), True)
    assert [(way.kind, way.amount) for way in lack.relaxations] == [("defer", len(lack.about))]
    assert 0 < len(lack.about) < len(problem.sites)


@pytest.mark.parametrize("case", sorted(CASES))
def test_what_lists_by_hand_leave_out_is_enough(case: str) -> None:
    problem, _, _ = CASES[case]
    teams = form_teams(PLAIN, D).teams
    left = by_hand(field_of(problem, D, teams)).left
    assert left
    assert can(replace(problem, sites=tuple(one for one in problem.sites if one.site_id not in left)), teams)


def test_of_lists_that_exist_no_rule_is_blamed() -> None:
    lack = explain_routes(PLAIN, D, form_teams(PLAIN, D).teams)
    assert (lack.rules, lack.about) == ((), ())


@pytest.mark.parametrize(
    "change, rules, words",
    [
        ({"children": True}, ("P-CHILD",), "children are expected at one place, but no Child Welfare"),
        ({"not_before": at(3), "not_after": at(2)}, ("P-WARRANT",), "the hours set end before they begin"),
        (
            {"not_before": at(20)},
            ("P-WARRANT", "P-DAY"),
            "one place may be entered only after the last entry",
        ),
        ({"basis": "POLICE_185", "station_id": "none"}, ("P-LIMITS",), "section 185"),
        ({"district_id": "ZZ"}, ("P-DISTRICT",), "nobody is posted in the district of one place"),
    ],
)
def test_a_fault_of_the_files_is_told_before_anything_is_planned(
    change: dict[str, object], rules: tuple[str, ...], words: str
) -> None:
    problem = eased(PLAIN, last_entry_at=at(10))
    assert faults(problem) == ()
    broken = changed(problem, lambda n, site: replace(site, **change) if n == 2 else site)  # type: ignore[arg-type]
    (lack,) = faults(broken)
    assert lack.rules == rules
    assert words in lack.text
    assert lack.about == (PLAIN.sites[2].site_id,)
    assert [way.kind for way in lack.relaxations][1] == "defer"


def test_hours_that_end_in_the_dark_are_a_fault() -> None:
    early = replace(PLAIN, rules=Rules(at(-3)))
    dark = changed(early, lambda n, site: replace(site, not_after=at(-2)) if n < 2 else site)
    (lack,) = faults(dark)
    assert lack.rules == ("P-SUN", "P-WARRANT")
    assert "at two places the hours set end before sunrise" in lack.text
