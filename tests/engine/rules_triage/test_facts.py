"""What the fields of reports say of a child, a place, an age and a course; what they cannot say stays unknown."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import FileRecord, IdentifierRecord, LeadRecord, ReceivedFile
from kaval.engine.formats.intake import ncmec_report_xml
from kaval.engine.kernel.instant import parse_iso
from kaval.engine.rules.triage import Course, KnownContent, course_of, facts_of, stated_of

PLAIN = LeadRecord("ncmec", "1", "cybertip", "", None, (), (), (), ("cseam",))
TIP = replace(PLAIN, source_system="tip", kind="tip", signals=())


def report(
    day: int | None, *, number: int = 1, signals: tuple[str, ...] = ("cseam",), **fields: str
) -> LeadRecord:
    incident = None if day is None else parse_iso(f"2026-{1 + day // 28:02}-{1 + day % 28:02}T00:00:00Z")
    named = {key.replace("__", "/"): value for key, value in fields.items()}
    return replace(PLAIN, source_id=str(number), incident=incident, signals=signals, fields=named)


def course(*leads: LeadRecord) -> Course:
    return course_of(leads, speaking=leads)


def xml(body: str) -> LeadRecord:
    text = (
        "<report><incidentSummary><incidentType>Online Enticement of Children for Sexual Acts</incidentType>"
        "<incidentDateTime>2026-01-05T00:00:00Z</incidentDateTime></incidentSummary>"
        f"<reporter><reportingPerson/></reporter>{body}</report>"
    )
    (lead,) = ncmec_report_xml.read(ReceivedFile("CT-190000001.xml", text.encode())).records
    assert isinstance(lead, LeadRecord)
    return lead


def test_a_report_that_has_a_place_for_a_victim_and_names_none_says_no() -> None:
    facts = facts_of([PLAIN])
    assert (facts.victim, facts.recipient, facts.child_near_by) == (False, False, False)
    assert facts.child_reach is None


def test_a_tip_has_no_place_for_any_of_it() -> None:
    facts = facts_of([TIP])
    assert (facts.victim, facts.recipient, facts.child_near_by, facts.own_device) == (None,) * 4
    assert (facts.platforms, facts.reported_age, facts.signals) == (None, None, None)


@pytest.mark.parametrize("bag", ["fields", "restricted"])
def test_a_party_is_named_by_an_identifier_or_by_any_field_about_it(bag: str) -> None:
    assert facts_of([replace(PLAIN, **{bag: {"victim/victimPerson/age": "12"}})]).victim is True  # type: ignore[arg-type]
    assert facts_of([replace(PLAIN, **{bag: {"intendedRecipient/espService": "x"}})]).recipient is True  # type: ignore[arg-type]
    named = IdentifierRecord("handle", "a", "b", "recipient", "")
    assert facts_of([replace(PLAIN, identifiers=(named,))]).recipient is True


def test_a_victim_in_the_providers_own_document_is_seen_with_school_and_region() -> None:
    own = (
        "<personOrUserReported><personOrUserReportedPerson><age>16</age></personOrUserReportedPerson>"
        "<estimatedLocation><region>Kerala</region><countryCode>IN</countryCode></estimatedLocation></personOrUserReported>"
    )
    child = (
        "<victim><victimPerson><age>12</age></victimPerson>{0}<estimatedLocation><region>{1}</region>"
        "<countryCode>IN</countryCode></estimatedLocation></victim>"
    )
    same = facts_of([xml(own + child.format("", "KERALA"))])
    assert (same.victim, same.child_near_by, same.reported_age) == (True, True, 16)
    assert facts_of([xml(own + child.format("", "Goa"))]).child_near_by is False
    school = "<schoolName>Example School</schoolName>"
    assert facts_of([xml(own + child.format(school, "Goa"))]).child_near_by is True


@pytest.mark.parametrize(
    "key, value, expected",
    [
        ("accessToChildVictim", "Yes", True),
        ("accessToChildVictim", "No", False),
        ("accessToChildVictim", "Unknown", None),
        ("relationshipToChildVictim", "Uncle", True),
        ("relationshipToChildVictim", "", None),
    ],
)
def test_access_to_the_child_is_yes_no_or_not_said(key: str, value: str, expected: bool | None) -> None:
    lead = replace(PLAIN, restricted={f"reportedInformation/reportedPeople/reportedPersons/0/{key}": value})
    assert facts_of([lead]).child_reach is expected


def test_what_a_report_states_about_the_person_goes_to_the_second_stage() -> None:
    where = "reportedInformation/reportedPeople/reportedPersons/0/"
    lead = replace(PLAIN, fields={where + "convictedSexOffender": "No", where + "accessToChildren": "Yes"})
    stated = stated_of([lead])
    assert (stated.convicted, stated.child_among_contacts, stated.child_in_household) == (False, True, None)


@pytest.mark.parametrize(
    "fields, age",
    [
        ({"personOrUserReported/personOrUserReportedPerson/age": "17"}, 17),
        ({"personOrUserReported[2]/personOrUserReportedPerson/dateOfBirth": "2010-01-06"}, 15),
        ({"personOrUserReported/personOrUserReportedPerson/dateOfBirth": "2010-01-05"}, 16),
        ({"reportedInformation/reportedPeople/reportedPersons/0/approximateAge": "40"}, 40),
        ({"victim/victimPerson/age": "9"}, None),
        ({"personOrUserReported/personOrUserReportedPerson/age": "many"}, None),
        ({"personOrUserReported/personOrUserReportedPerson/dateOfBirth": "05/01/2010"}, None),
    ],
)
def test_the_age_is_the_reported_persons_and_no_other(fields: dict[str, str], age: int | None) -> None:
    lead = replace(PLAIN, incident=parse_iso("2026-01-05T12:00:00Z"), fields=fields)
    assert facts_of([lead]).reported_age == age


def test_camera_notes_are_read_from_the_file_and_unknown_without_one() -> None:
    file = FileRecord("f", (("md5", "1b" * 16),), None, (), "")
    with_file = replace(PLAIN, files=(file,), fields={"details[2]/@type": "EXIF", "details[1]/@type": "HASH"})
    assert facts_of([with_file]).own_device is True
    assert facts_of([replace(with_file, fields={})]).own_device is False
    assert facts_of([PLAIN]).own_device is None


@pytest.mark.parametrize("tag", ["viral", "generative_ai", "drawn_or_virtual"])
def test_a_file_is_new_when_nobody_named_it_and_it_is_no_drawing(tag: str) -> None:
    file = FileRecord("f", (("md5", "1b" * 16),), None, (), "")
    content = facts_of([replace(PLAIN, files=(file,))], known=KnownContent()).content
    assert content is not None
    assert content.novel == 1
    marked = facts_of([replace(PLAIN, files=(replace(file, tags=(tag,)),))], known=KnownContent()).content
    assert marked is not None
    assert marked.novel == 0


def test_it_grows_worse_when_a_later_day_says_something_graver() -> None:
    mild, grave = report(0), report(9, number=2, signals=("online_enticement",))
    assert course(mild, grave).worse is True
    assert course(report(9), replace(grave, incident=mild.incident)).worse is False
    assert course(mild, report(0, number=2, signals=("online_enticement",))).worse is None
    assert course(mild, report(None, number=2, signals=("online_enticement",))).worse is None


def test_reports_come_oftener_only_when_many_enough_tell() -> None:
    assert course(*(report(day, number=day) for day in (0, 20, 24, 27))).denser is True
    assert course(*(report(day, number=day) for day in (0, 9, 18, 27))).denser is False
    assert course(*(report(day, number=day) for day in (0, 20, 27))).denser is None
    assert course(*(report(day, number=day) for day in (0, 9, 10, 11))).denser is None


def test_the_way_from_an_open_place_to_a_private_one_is_seen_and_not_the_way_back() -> None:
    first = report(0, internetDetails__webPageIncident__additionalInfo="x")
    later = report(5, number=2, internetDetails__chatImIncident__chatClient="x")
    assert course(first, later).to_private is True
    back = replace(first, incident=later.incident), replace(later, incident=first.incident)
    assert course(*back).to_private is False
    assert course(first, report(5, number=2)).to_private is None


DAYS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["cseam", "online_enticement", "live_streaming"])),
    max_size=7,
)


@given(DAYS, st.randoms(use_true_random=False))
def test_facts_do_not_depend_on_the_order_of_the_reports(
    drawn: list[tuple[int, str]], shuffle: Random
) -> None:
    leads = [report(day, number=n, signals=(signal,)) for n, (day, signal) in enumerate(drawn)] + [TIP]
    mixed = list(leads)
    shuffle.shuffle(mixed)
    assert facts_of(mixed) == facts_of(leads)


@given(DAYS)
def test_a_report_about_somebody_else_changes_no_fact(drawn: list[tuple[int, str]]) -> None:
    leads = [report(day, number=n, signals=(signal,)) for n, (day, signal) in enumerate(drawn)]
    by_subject = {"one": leads, "other": [report(3, number=99, signals=("escalated",))]}
    before = facts_of(by_subject["one"])
    by_subject["other"].append(report(4, number=100, signals=("infant",)))
    assert facts_of(by_subject["one"]) == before
