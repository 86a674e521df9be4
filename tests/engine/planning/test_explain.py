"""What a district lacks is told in words with a smallest set of rules and the least that would do, and that is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.planning.day import plan_day
from kaval.engine.rules.planning.explain import explain_formation, formation_rules
from kaval.engine.rules.planning.forming import form_teams
from kaval.engine.rules.planning.lifting import FORMATION, lifted
from kaval.engine.rules.planning.problem import Lack, Officer, Problem, Rules, Site
from kaval.engine.rules.planning.relaxing import officers_needed, possible, wishes, with_officers
from tests.engine.planning.worlds import FIRST_ENTRY, world

NAMES = {"D00": "Idukki", "D01": "Kottayam", "D02": "Alappuzha"}
IDK = "D00"


def three(*, asked: int | None = None, children: int = 0) -> Problem:
    """Idukki, Kottayam and Alappuzha, 12 places and officers for exactly five teams in each; children in Idukki."""
    rules = Rules(FIRST_ENTRY, most_stops=4, teams={} if asked is None else {IDK: asked})
    problem = world(12, 5, districts=3, rules=rules)
    sites = tuple(
        replace(site, children=True, cwc_contact="desk") if number < children else site
        for number, site in enumerate(problem.sites)
    )
    stations = tuple(replace(one, district_name=NAMES[one.district_id]) for one in problem.stations)
    return replace(problem, stations=stations, sites=sites)


def women(problem: Problem, change: Callable[[int, Officer], Officer | None], district: str = IDK) -> Problem:
    """The problem with the women of one district changed by their number, None: gone."""
    made: list[Officer] = []
    number = 0
    for one in problem.officers:
        kept: Officer | None = one
        if one.district_id == district and one.gender == "F":
            kept = change(number, one)
            number += 1
        made += [] if kept is None else [kept]
    return replace(problem, officers=tuple(made))


def told(problem: Problem, district: str = IDK) -> Lack:
    """The district's lack, after its promises are held against the problem."""
    lack = form_teams(problem, district).lack
    assert lack is not None
    a_smallest_set(problem, lack, district)
    needed = officers_needed(problem, district)
    assert needed is not None
    assert next(way.amount for way in lack.relaxations if way.kind == "officers") == len(needed)
    assert form_teams(with_officers(problem, district, needed), district).lack is None
    for number in range(len(needed)):
        fewer = with_officers(problem, district, needed[:number] + needed[number + 1 :])
        assert not possible(fewer, district)
    for text in (lack.text_ml, *(way.text_ml for way in lack.relaxations)):
        assert any("\u0d00" <= letter <= "\u0d7f" for letter in text)
    return lack


def a_smallest_set(problem: Problem, lack: Lack, district: str = IDK) -> None:
    """The rules of the set cannot hold together, and can without any one of them."""
    others = frozenset(FORMATION) - set(lack.rules)
    assert lack.rules
    if not possible(lifted(problem, district, frozenset(FORMATION)), district):
        assert lack.rules == ("P-WOMAN", "P-CYBER", "P-TECHNICAL", "P-RANK")  # nobody is there for any role
        return
    assert not possible(lifted(problem, district, others), district)
    for rule in lack.rules:
        assert possible(lifted(problem, district, others | {rule}), district)


def ways(lack: Lack) -> dict[str, str]:
    """The first relaxation of each kind, in words."""
    found: dict[str, str] = {}
    for way in lack.relaxations:
        found.setdefault(way.kind, way.text)
    return found


def test_a_district_without_women_is_told_what_it_lacks_and_the_least_that_would_do() -> None:
    lack = told(women(three(), lambda number, one: None))
    assert lack.rules == ("P-WOMAN", "P-DISTRICT")
    assert lack.text == (
        "Idukki lacks five women officers for 07:00: its other officers would form five teams. "
        "At least three women officers are needed to search all 12 places."
    )
    assert lack.text_ml.startswith("Idukki: 07:00-ന് അഞ്ച് വനിതാ ഉദ്യോഗസ്ഥർ കുറവാണ്")
    assert [(way.kind, way.amount) for way in lack.relaxations[:2]] == [("officers", 3), ("officers", 5)]
    assert lack.relaxations[0].text == "Three women officers more: then all 12 places can be searched."


def test_women_of_too_low_a_rank_are_what_is_lacking_where_children_are_expected() -> None:
    problem = women(three(children=6), lambda number, one: replace(one, rank="CPO"))
    children = {site.site_id for site in problem.sites if site.children and site.district_id == IDK}
    lack = told(problem)
    assert lack.rules == ("P-CHILD", "P-DISTRICT")
    assert lack.text == (
        "Idukki lacks two women officers of SI rank for 07:00: children are expected at six places."
    )
    assert set(lack.about) == children
    assert (
        ways(lack)["rank"]
        == "Let a woman officer of CPO rank go where children, or only women, are expected."
    )
    assert ways(lack)["defer"] == "Leave six places for another day."


def test_two_too_few_for_the_teams_asked_for() -> None:
    lack = told(women(three(asked=5), lambda number, one: None if number < 2 else one))
    assert lack.rules == ("P-WOMAN", "P-ONCE", "P-DISTRICT")
    assert lack.text == (
        "Idukki lacks two women officers for 07:00: five teams are asked for, three can be formed."
    )
    assert ways(lack)["teams"] == "Form three teams instead of five."


def test_too_few_teams_asked_for_is_told_with_the_least_number_that_would_do() -> None:
    lack = form_teams(three(asked=2), IDK).lack
    assert lack is not None
    assert (
        lack.text == "Idukki: two teams are asked for, too few for its 12 places: form three teams or more."
    )
    assert lack.relaxations[0].text == "Form three teams instead of two."
    assert form_teams(three(asked=3), IDK).lack is None
    few = women(three(asked=2), lambda number, one: one if number < 2 else None)
    told_so = form_teams(few, IDK).lack
    assert told_so is not None
    assert ways(told_so)["officers"] == "One woman officer more: then three teams can be formed."


def test_where_nobody_is_at_all_the_roles_are_what_is_lacking() -> None:
    told(replace(three(), officers=()))


def test_women_and_cyber_officers_lacking_are_told_together() -> None:
    problem = women(three(asked=5), lambda number, one: None if number < 2 else one)
    gone = "D00-05-cyber"
    problem = replace(problem, officers=tuple(one for one in problem.officers if one.officer_id != gone))
    assert told(problem).text.startswith("Idukki lacks two women officers and one cyber officer for 07:00")


def test_an_officer_on_leave_is_recalled_by_name() -> None:
    problem = women(
        three(asked=5), lambda number, one: replace(one, leave_from=date(2026, 2, 20)) if number < 2 else one
    )
    lack = told(problem)
    assert "P-LEAVE" in lack.rules
    assert ways(lack)["leave"] == "Recall two officers from leave: D00-01-woman, D00-02-woman."


def test_officers_without_rest_make_it_a_question_of_minutes() -> None:
    off = FIRST_ENTRY - timedelta(hours=8)
    problem = women(
        three(asked=5),
        lambda number, one: (
            replace(one, off_duty_at=off + timedelta(minutes=15 * number)) if number < 2 else one
        ),
    )
    lack = told(problem)
    assert "P-REST" in lack.rules
    assert ways(lack)["later"] == "Enter 75 minutes later: enough officers have rested by then."
    later = replace(problem.rules, first_entry_at=FIRST_ENTRY + timedelta(minutes=75))
    assert form_teams(replace(problem, rules=later), IDK).lack is None
    sooner = replace(problem.rules, first_entry_at=FIRST_ENTRY + timedelta(minutes=74))
    assert form_teams(replace(problem, rules=sooner), IDK).lack is not None


def test_a_neighbour_lends_only_what_it_does_not_need_itself() -> None:
    problem = women(three(asked=5), lambda number, one: None if number < 2 else one)
    spare = [Officer(f"X{n}", "SI", "F", "D01-ST00", "D01", frozenset()) for n in range(3)]
    lack = told(replace(problem, officers=(*problem.officers, *spare)))
    assert ways(lack)["neighbour"] == "Kottayam has three women officers to spare."
    assert "lift" not in ways(lack)
    assert "neighbour" not in ways(told(problem))


def test_too_few_officers_for_long_lists_may_be_met_by_longer_ones() -> None:
    problem = women(three(), lambda number, one: one if number < 2 else None)
    lack = told(problem)
    assert lack.text.startswith("Idukki lacks three women officers for 07:00")
    assert "At least one woman officer is needed" in lack.text
    assert ways(lack)["stops"] == "Allow six places on a team's list instead of four."
    assert ways(lack)["defer"] == "Leave four places for another day."


def test_the_other_districts_are_planned_all_the_same() -> None:
    problem = women(three(), lambda number, one: None)
    plan = plan_day(problem, effort=0.05)
    assert {team.district_id for team in plan.teams if team.district_id != IDK} == {"D01", "D02"}
    assert {site for site, _ in plan.unplaced} == {
        site.site_id for site in problem.sites if site.district_id == IDK
    }
    assert {stop.site_id for stop in plan.stops} == {
        site.site_id for site in problem.sites if site.district_id != IDK
    }
    (lack,) = plan.lacks
    assert lack.text.startswith("Idukki lacks five women officers for 07:00")


def test_nothing_is_said_of_a_district_that_lacks_nothing() -> None:
    assert formation_rules(three(), IDK) == ()
    assert all(form_teams(three(), one).lack is None for one in NAMES)


KINDS = {
    "leader": ("SI", "M", frozenset[str]()),
    "inspector": ("INSPECTOR", "M", frozenset[str]()),
    "cyber": ("CPO", "M", frozenset({"cyber"})),
    "both": ("CPO", "M", frozenset({"cyber", "technical"})),
    "technical": ("CPO", "M", frozenset({"technical"})),
    "woman": ("CPO", "F", frozenset[str]()),
    "woman si": ("SI", "F", frozenset[str]()),
}


@st.composite
def districts(draw: st.DrawFn) -> Problem:
    """A few officers, some away, some armed or barred; a few places that ask for something."""
    officers = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=9))):
        rank, gender, skills = KINDS[kind]
        state = draw(st.sampled_from(("", "", "", "leave", "armed", "barred")))
        officers.append(
            Officer(
                f"O{number}",
                rank,
                gender,
                draw(st.sampled_from(("S", "T"))),
                IDK,
                skills,
                leave_from=date(2026, 2, 22) if state == "leave" else None,
                armed=state == "armed" or None,
                conflicts=frozenset({"P0"}) if state == "barred" else frozenset(),
            )
        )
    asks = st.sampled_from(("", "", "children", "armed", "rank", "185"))
    sites = tuple(_asking(f"P{n}", draw(asks)) for n in range(draw(st.integers(1, 4))))
    asked = draw(st.sampled_from((None, None, 1, 2)))
    rules = Rules(
        FIRST_ENTRY, most_stops=draw(st.integers(1, 3)), teams={} if asked is None else {IDK: asked}
    )
    return Problem("T", rules, sites, tuple(officers), ())


def _asking(site_id: str, ask: str) -> Site:
    site = Site(site_id, IDK, "S", 9.5, 76.5)
    return {
        "": site,
        "children": replace(site, children=True, cwc_contact="desk"),
        "armed": replace(site, armed=True),
        "rank": replace(site, rank="INSPECTOR"),
        "185": replace(site, basis="POLICE_185"),
    }[ask]


@settings(max_examples=15, deadline=None)
@given(districts())
def test_what_is_said_of_any_small_district_is_true(problem: Problem) -> None:
    lack = form_teams(problem, IDK).lack
    assert (lack is None) == possible(problem, IDK)
    if lack is None:
        return
    a_smallest_set(problem, lack)
    needed = officers_needed(problem, IDK)
    if needed is None:  # so few teams are asked for that no officer helps, only longer lists or more teams
        assert problem.rules.teams[IDK] * problem.rules.most_stops < len(problem.sites)
        assert any(way.kind == "teams_more" for way in lack.relaxations)
        return
    assert form_teams(with_officers(problem, IDK, needed), IDK).lack is None
    if len(needed) <= 4:
        for fewer in combinations_with_replacement(wishes(problem, IDK), len(needed) - 1):
            assert not possible(with_officers(problem, IDK, fewer), IDK)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_lack_whatever_the_order(seed: int) -> None:
    problem = women(three(children=6), lambda number, one: replace(one, rank="CPO") if number else None)
    turned = replace(
        problem, officers=problem.officers[::-1], sites=problem.sites[seed:] + problem.sites[:seed]
    )
    assert explain_formation(problem, IDK) == explain_formation(turned, IDK)
