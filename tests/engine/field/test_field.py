"""The day: what may happen next, what an outcome needs, what makes an item, a grade and a shared copy sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.examination.grade import Grade, HashMatch, grade
from kaval.engine.rules.exchange.share import share
from kaval.engine.rules.field.arrest import ArrestFacts, check_arrest, juvenile_path
from kaval.engine.rules.field.outcomes import (
    OutcomeFacts,
    check_outcome,
    may_start_search,
    outcome_requirements,
    starts_audit,
)
from kaval.engine.rules.field.seizure import SeizedItem, check_item, luhn_is_valid
from kaval.engine.rules.field.states import (
    BEFORE_THE_DOOR,
    FIRST_STATE,
    OUTCOMES,
    SEARCHABLE,
    STATES,
    STEPS,
    allowed_steps,
    state_after,
)
from kaval.engine.rules.planning.sun import Daylight

NOON = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def _walk(*steps: str) -> str:
    state = FIRST_STATE
    for step in steps:
        state = state_after(state, step)
    return state


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        ("en_route at_door entered search_started search_ended left", "searching"),
        ("at_door left", "at_door"),
        ("en_route at_door entered left", "entered"),
    ],
)
def test_a_visit_goes_through_its_steps(steps: str, end: str) -> None:
    assert _walk(*steps.split()) == end


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("planned", "entered"),
        ("en_route", "search_started"),
        ("at_door", "search_started"),
        ("entered", "search_ended"),
        ("withdrawn", "at_door"),
        ("deferred", "en_route"),
        ("done", "at_door"),
        ("", "at_door"),
        ("planned", ""),
    ],
)
def test_what_the_table_does_not_say_is_refused(state: str, step: str) -> None:
    assert step not in allowed_steps(state)
    with pytest.raises(RefusedError, match="F-STEP"):
        state_after(state, step)


@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_no_walk_leaves_the_table(steps: list[str]) -> None:
    state, searched = FIRST_STATE, False
    for step in steps:
        if step in allowed_steps(state):
            searched = searched or step == "search_started"
            state = state_after(state, step)
    assert state in STATES
    # Nothing can be seized where no search was started.
    assert (state in SEARCHABLE) == searched


SEARCHED = OutcomeFacts(entered=True, witnesses=2, woman_present=True, children=0, officer_rank="INSPECTOR")
COMPLETE = {
    "crime_registered": replace(SEARCHED, exhibits=1, sections=("IT Act 67B(b)",), it_act=True),
    "seizure_report": replace(
        SEARCHED, exhibits=1, suspicion="a listed hash", reported_to="SHO, JFCM", reported_at=NOON
    ),
    "nothing_found": replace(SEARCHED, reason="device clean", audit_due_at=NOON),
    "nobody_there": OutcomeFacts(entered=False, reason="locked"),
    "wrong_place": OutcomeFacts(reason="the house does not exist", audit_due_at=NOON),
    "refused": OutcomeFacts(entered=False, reason="door not opened"),
    "withdrawn": OutcomeFacts(reason="occupants moved"),
    "deferred": OutcomeFacts(reason="illness in the house"),
}


def _stops(code: str, facts: OutcomeFacts) -> list[str]:
    return [result.check for result in check_outcome(code, facts) if result.stops]


@pytest.mark.parametrize("code", COMPLETE)
def test_a_complete_outcome_passes_and_an_empty_one_never(code: str) -> None:
    assert _stops(code, COMPLETE[code]) == []
    assert _stops(code, OutcomeFacts())
    assert all(one.text and one.text_ml and one.source for one in outcome_requirements(code))


@pytest.mark.parametrize(
    ("code", "changes", "check"),
    [
        ("crime_registered", {"exhibits": 0}, "F-MATERIAL"),
        ("crime_registered", {"sections": ()}, "F-SECTIONS"),
        ("crime_registered", {"officer_rank": "SI"}, "G-RANK"),
        ("crime_registered", {"witnesses": 1}, "F-WITNESSES"),
        ("crime_registered", {"woman_present": None}, "F-WOMAN"),
        ("crime_registered", {"children": 2}, "F-CHILDREN"),
        ("crime_registered", {"children": None}, "F-CHILDREN"),
        ("seizure_report", {"exhibits": 0}, "F-EXHIBIT"),
        ("seizure_report", {"reported_at": None}, "F-REPORTED"),
        ("seizure_report", {"suspicion": ""}, "F-SUSPICION"),
        ("nothing_found", {"audit_due_at": None}, "A-60"),
        ("nothing_found", {"exhibits": 1}, "F-NO-EXHIBIT"),
        ("nobody_there", {"entered": True}, "F-NOT-ENTERED"),
        ("wrong_place", {"reason": " "}, "F-REASON"),
    ],
)
def test_one_missing_fact_stops_the_outcome(code: str, changes: dict[str, Any], check: str) -> None:
    assert _stops(code, replace(COMPLETE[code], **changes)) == [check]


def test_every_outcome_has_its_requirements() -> None:
    assert set(COMPLETE) == {*OUTCOMES, *BEFORE_THE_DOOR}


def test_children_present_need_the_committee() -> None:
    assert (
        _stops(
            "crime_registered", replace(COMPLETE["crime_registered"], children=2, cwc_contact="CWC member")
        )
        == []
    )


def test_nothing_found_and_wrong_place_start_the_audit() -> None:
    assert [code for code in COMPLETE if starts_audit(code)] == ["nothing_found", "wrong_place"]
    assert [one.stops for one in may_start_search(OutcomeFacts(witnesses=2, woman_present=True))] == [
        False,
        False,
    ]


ITEM = SeizedItem(
    "S1-1",
    "phone",
    "Make",
    "Model",
    "SN1",
    "bedroom 1, shelf",
    "KL-000001",
    "490154203237518",
    no_hash_reason="locked",
)


def _bad(item: SeizedItem, *others: SeizedItem) -> list[str]:
    return [result.check for result in check_item(item, (item, *others)) if result.verdict != "PASS"]


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"found_at": ""}, "S-FOUND"),
        ({"seal": " "}, "S-SEAL"),
        ({"imei": "490154203237519"}, "S-IMEI"),
        ({"imei": "49015420323751"}, "S-IMEI"),
        ({"kind": "toaster"}, "S-KIND"),
        ({"item_no": ""}, "S-NUMBER"),
        ({"iccid": "1234"}, "S-ICCID"),
        ({"no_hash_reason": ""}, "S-HASH"),
    ],
)
def test_an_unsound_item_is_named(changes: dict[str, Any], check: str) -> None:
    assert _bad(replace(ITEM, **changes)) == [check]


def test_a_sound_item_passes_and_nothing_is_used_twice() -> None:
    other = replace(ITEM, item_no="S1-2", serial="SN2", seal="KL-000002", imei=None)

    assert _bad(ITEM, other) == []
    assert _bad(ITEM, replace(other, seal=" kl-000001")) == ["S-SEAL"]
    assert _bad(ITEM, replace(other, imei=ITEM.imei)) == ["S-IMEI"]
    assert _bad(ITEM, replace(other, serial="SN1")) == ["S-SERIAL"]
    assert _bad(ITEM, replace(other, item_no="S1-1")) == ["S-NUMBER"]


def test_luhn_takes_ascii_digits_only() -> None:
    assert luhn_is_valid("490154203237518")
    assert not luhn_is_valid("൪൯൦")
    assert not luhn_is_valid("0")


ARREST = ArrestFacts(
    34, "M", 4, ("account logged in on the device",), ("IT Act 67B(b)",), True, NOON, "INSPECTOR"
)
DAY = Daylight(NOON.replace(hour=1), NOON.replace(hour=12))
WOMAN = replace(ARREST, gender="F", woman_officer="K-9", daylight=DAY)


@pytest.mark.parametrize(
    ("facts", "check"),
    [
        (replace(ARREST, level=3), "A-63"),
        (replace(ARREST, evidence=("Subscriber", " resident ")), "A-63"),
        (replace(ARREST, age=17), "F-AGE"),
        (replace(ARREST, age=None), "F-AGE"),
        (replace(ARREST, sections=()), "F-SECTIONS"),
        (replace(ARREST, reasons_written=False), "F-35"),
        (replace(ARREST, officer_rank="SI"), "G-RANK"),
        (replace(WOMAN, woman_officer=""), "F-WOMAN"),
        (replace(WOMAN, at=NOON.replace(hour=13)), "G-SUN"),
        (replace(WOMAN, daylight=None), "G-SUN"),
    ],
)
def test_an_arrest_form_is_refused(facts: ArrestFacts, check: str) -> None:
    assert [result.check for result in check_arrest(facts) if result.stops] == [check]


@pytest.mark.parametrize("facts", [ARREST, WOMAN, replace(WOMAN, daylight=None, night_permission="JFCM I")])
def test_a_complete_arrest_form_passes(facts: ArrestFacts) -> None:
    assert not any(result.stops for result in check_arrest(facts))
    assert not juvenile_path(facts)
    assert juvenile_path(replace(facts, age=None))


MATCH = HashMatch(
    "img/a", "f" * 64, "sha1", "list one", "2026-01", "US 2.0", "1", "", SourceRef("a" * 64, "/x")
)


@pytest.mark.parametrize(
    ("matches", "state"),
    [
        ([MATCH], "agreed"),
        ([MATCH, replace(MATCH, list_name="list two")], "agreed"),
        ([MATCH, replace(MATCH, code="2")], "disputed"),
        ([MATCH, replace(MATCH, scheme="UK", code="A")], "agreed"),
        ([replace(MATCH, code="", scheme="")], "listed"),
        ([replace(MATCH, algorithm="md5")], "weak"),
        ([replace(MATCH, algorithm="pdq", distance=12)], "weak"),
    ],
)
def test_a_grade_keeps_its_scheme_and_its_dispute(matches: list[HashMatch], state: str) -> None:
    found = grade(matches)

    assert [one.state for one in found] == [state]
    assert found == grade(matches[::-1])
    assert all(reason.sources and reason.text_ml for reason in found[0].reasons)


def test_a_bare_number_is_refused() -> None:
    with pytest.raises(ValueError, match="bare category"):
        grade([replace(MATCH, scheme="")])
    assert str(Grade("US 2.0", "1", "")) == "US 2.0: 1"


def test_names_below_level_four_and_children_never_leave() -> None:
    record = {"name": "x", "platform": "y", "child_name": "z", "notes": "n"}
    low = share(record, agreed=("name", "platform", "child_name"), level=2)
    high = share(record, agreed=("name", "platform", "child_name"), level=4)

    assert low.shared == (("platform", "y"),)
    assert [(name, why.code) for name, why in low.withheld] == [
        ("child_name", "A-65"),
        ("name", "A-65"),
        ("notes", "E-AGREED"),
    ]
    assert high.shared == (("name", "x"), ("platform", "y"))
