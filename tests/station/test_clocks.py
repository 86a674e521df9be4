"""Clocks over real rows: each begins with its record, ends with it or with a word, and shows to whom it is owed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.rules.cases.clocks import Clock, ClockState
from kaval.station.models import (
    Arrest,
    Crime,
    CustodyEvent,
    DeadlineDone,
    ErrorNotice,
    Exhibit,
    FieldEvent,
    GroundVerification,
    Lead,
    Observation,
    Officer,
    ProviderRequest,
    Site,
    Subject,
    Welfare,
)
from kaval.station.operations.clocks import meet_clock
from kaval.station.queries.clocks import ClockFilter, all_clocks, clocks_asked
from kaval.station.queries.scope import NotVisible
from kaval.station.roles import MAY_SEE, ROLES
from tests.engine.rules_clocks.calendar_reader import events_of
from tests.station import net_rows
from tests.station.console_rows import CANARY, HOSTILE, NOON, World, uid
from tests.station.plays import last_refusal

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), net_rows.lasting() as built:
        yield built


def browser(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.account(name))
    return client


def site(number: int = 0) -> Site:
    return Site.objects.select_related("operation", "place").get(pk=uid("site", number))


def event(kind: str, where: Site, by: Officer, **facts: Any) -> FieldEvent:
    return FieldEvent.objects.create(
        id=uid(kind, where.pk), operation=where.operation, site=where, team=where.stop.team, kind=kind,
        at=NOON, by=by, facts=facts,
    )  # fmt: skip


def crime(where: Site, officer: Officer, *sections: str) -> Crime:
    return Crime.objects.create(
        id=uid("crime", where.pk), number=f"CR/{where.number}", site=where, sections=list(sections),
        investigating_officer=officer, registered_at=NOON,
    )  # fmt: skip


def of(viewer: Officer, id: str, at: datetime = NOON + HOUR) -> list[Clock]:
    return [one for one in all_clocks(viewer, at) if one.id == id]


def key_of(viewer: Officer, id: str) -> str:
    return of(viewer, id)[0].key


# ---------------------------------------------------------------- what starts them


def test_a_search_by_the_police_starts_two_clocks_and_one_under_a_warrant_one(world: World) -> None:
    chief, member = world.officers["district_chief"], world.officers["field_officer"]
    Site.objects.filter(pk=site(0).pk).update(search_basis="POLICE_185")
    event("search_ended", site(0), member)
    event("search_ended", site(1), member)
    assert [one.reference for one in of(chief, "search_record")] == ["TRAINING T · 1"]
    assert len(of(chief, "recording")) == 2
    assert {one.owner for one in of(chief, "recording")} == {"field_officer"}


def test_a_seizure_is_overdue_at_once_and_met_by_the_registered_crime(world: World) -> None:
    chief = world.officers["district_chief"]
    first, second = of(chief, "seizure_report")
    assert (first.state, second.state) == (ClockState.OVERDUE, ClockState.OVERDUE)
    crime(site(0), chief, "IT Act 67B(b)")
    assert {one.state for one in of(chief, "seizure_report")} == {ClockState.OVERDUE, ClockState.MET}


def test_a_crime_and_an_arrest_start_the_clocks_of_their_sections(world: World) -> None:
    chief = world.officers["district_chief"]
    registered = crime(site(0), chief, "POCSO 4", "IT Act 67B(b)")
    Arrest.objects.create(
        id=uid("arrest"), number="CR/1/A1", crime=registered, person_ref="A1", age=40, gender="M", evidence=["x"],
        reason="x", by=chief, at=NOON,
    )  # fmt: skip
    ids = {one.id for one in all_clocks(chief, NOON) if one.reference.startswith("CR/1")}
    assert ids == {"pocso_matter", "child_offence", "progress", "arrest_magistrate", "arrest_report_long"}
    assert {one.district for one in of(chief, "progress")} == {"ALPHA"}
    assert {one.station for one in of(chief, "progress")} == {"ALPHA-1"}


def test_a_child_met_is_met_by_the_committee_being_told(world: World) -> None:
    chief, member = world.officers["district_chief"], world.officers["field_officer"]
    for number, told in enumerate(("told the duty member", "")):
        Welfare.objects.create(
            id=uid("welfare", number), site=site(number), adults=1, children=1, cwc_contact=told, leaflet_given=True,
            at=NOON, by=member,
        )  # fmt: skip
    assert [one.state for one in of(chief, "child_in_need")] == [ClockState.RUNNING, ClockState.MET]


def test_property_runs_from_the_court_and_looks_at_places_only_until_the_entry(world: World) -> None:
    chief = world.officers["district_chief"]
    where, exhibit = site(0), Exhibit.objects.get(pk=uid("exhibit", 0))
    CustodyEvent.objects.create(
        id=uid("produced"), exhibit=exhibit, seq=9, event="produced_in_court", at=NOON, holder_from="a",
        holder_to="court", place="court", purpose="x", by=chief,
    )  # fmt: skip
    for days in (20, 1):
        GroundVerification.objects.create(
            id=uid("ground", days), place=where.place, verified_at=NOON - timedelta(days=days), by=chief,
            unit_found=True, single_match=True, occupant_at_event="same", wifi="secured",
        )  # fmt: skip
    assert [one.reference for one in of(chief, "property_statement")] == ["EX/0"]
    at = NOON + HOUR
    meet_clock(
        by=chief, at=at, key="s", clock=key_of(chief, "property_statement"), text="statement 3", done_at=at
    )
    assert of(chief, "property_statement")[0].state is ClockState.MET
    assert [one.latest_at for one in of(chief, "property_disposal")] == [at + timedelta(days=30)]
    assert of(chief, "ground_age") == []
    Site.objects.filter(pk=where.pk).update(state="planned")
    [look] = of(chief, "ground_age")
    assert look.latest_at == NOON + timedelta(days=13), "the newest look counts"


def test_requests_records_subjects_and_information_are_for_those_who_see_them(world: World) -> None:
    analyst, chief = world.officers["analyst"], world.officers["district_chief"]
    ProviderRequest.objects.update(due_at=NOON + timedelta(days=7))
    [asked] = of(analyst, "provider_answer")
    assert (asked.state, asked.reference) == (ClockState.RUNNING, "REQ/1")
    ProviderRequest.objects.update(answered_at=NOON + HOUR)
    assert of(analyst, "provider_answer")[0].state is ClockState.MET
    subject = Subject.objects.get(pk=uid("subject", 0))
    subject.assigned_to, subject.due_at = analyst, NOON + timedelta(days=1)
    subject.save()
    assert [(one.reference, one.owner) for one in of(analyst, "triage_band")] == [("S-0", "analyst")]
    lead = Lead.objects.get(pk=uid("lead", 0))
    lead.report.fields = {**lead.report.fields, "channel": "web"}
    lead.report.restricted = {"reporter/name": "SECRET"}
    lead.report.save()
    assert [one.reference for one in of(analyst, "e_information")] == ["Lead 1"]
    for id in ("provider_answer", "triage_band", "e_information"):
        assert of(chief, id) == []


def test_records_nobody_asked_for_appear_when_they_are_near_their_end(world: World) -> None:
    analyst = world.officers["analyst"]
    for days in (539, 541):
        Observation.objects.create(
            id=uid("old", days), lead_id=uid("lead", 0), ip="192.0.2.8", role="client", time_text="x",
            at=NOON - timedelta(days=days), offset_source="profile", precision="second", locator="x",
        )  # fmt: skip
    [one] = of(analyst, "provider_records", NOON)
    assert one.started_at == NOON - timedelta(days=541)
    assert one.state is ClockState.DUE_SOON
    Subject.objects.filter(pk=uid("subject", 0)).update(parked_at=NOON)
    assert of(analyst, "provider_records", NOON) == []


def test_a_search_without_a_link_is_owed_to_headquarters_alone(world: World) -> None:
    owed = of(world.officers["supervisor"], "reaudit")
    assert [one.latest_at for one in owed] == [NOON + 24 * HOUR] * 4
    assert of(world.officers["district_chief"], "reaudit") == []


# ---------------------------------------------------------------- lists


def test_each_sees_the_own_reach_and_no_other(world: World) -> None:
    at = NOON + HOUR
    state = all_clocks(world.officers["supervisor"], at)
    alpha, beta = (all_clocks(world.officers[name], at) for name in ("district_chief", "chief_beta"))
    assert {one.district for one in alpha} == {"ALPHA"}
    assert {one.district for one in beta} == {"BETA"}
    assert {one.key for one in alpha} | {one.key for one in beta} <= {one.key for one in state}
    member = all_clocks(world.officers["field_officer"], at)
    assert {one.district for one in member} == {"ALPHA"}
    mine = clocks_asked(world.officers["field_officer"], at, asked=ClockFilter(mine=True))
    assert {one.owner for one in mine} == {"field_officer"}
    by_station = clocks_asked(world.officers["supervisor"], at, asked=ClockFilter(station="BETA-1"))
    assert {one.key for one in by_station if one.id != "reaudit"} == {one.key for one in beta}


def test_who_sees_no_searches_sees_no_limits_of_them_and_no_place_of_a_plan_before_the_day(
    world: World,
) -> None:
    Site.objects.filter(pk=site(0).pk).update(state="planned")
    GroundVerification.objects.create(
        id=uid("ground"), place=site(0).place, verified_at=NOON, by=world.officers["district_chief"],
        unit_found=True, single_match=True, occupant_at_event="same", wifi="secured",
    )  # fmt: skip
    seen = {name: {one.id for one in all_clocks(world.officers[name], NOON)} for name in ROLES}
    assert {name for name, ids in seen.items() if "ground_age" in ids} == set(MAY_SEE["operations"])
    for name in ("intake_clerk", "analyst", "second_reader"):
        assert "seizure_report" not in seen[name]
    assert "seizure_report" in seen["custodian"]


def test_the_page_lists_overdue_first_filters_and_hides_what_is_out_of_reach(world: World) -> None:
    page = browser(world, "supervisor").get("/clocks")
    text = page.content.decode()
    assert page.status_code == 200
    assert "TRAINING T · 1" in text
    assert HOSTILE not in text
    assert text.index("Report the seizure") < text.index("provider")
    empty = browser(world, "supervisor").get("/clocks", {"clock": "copies"}).content.decode()
    assert "No clock fits this choice." in empty
    beta = browser(world, "chief_beta").get("/clocks").content.decode()
    assert "TRAINING T · 1<" not in beta
    assert "TRAINING T · 3" in beta
    assert CANARY in beta, "its own district stands in the choice"
    assert CANARY not in browser(world, "district_chief").get("/clocks").content.decode()
    for asked in ({"state": "x", "page": "99", "district": "\x00"}, {"list": "mine"}, {"state": "met"}):
        assert browser(world, "supervisor").get("/clocks", asked).status_code == 200
    client = browser(world, "field_officer")
    client.post("/language", {"language": "ml", "next": "/"})
    assert "സമയപരിധികൾ" in client.get("/clocks").content.decode()


def test_the_page_costs_the_same_number_of_queries_however_long_it_is(
    world: World, django_assert_max_num_queries: Any
) -> None:
    client = browser(world, "supervisor")
    client.get("/clocks")
    with django_assert_max_num_queries(40):
        client.get("/clocks")


# ---------------------------------------------------------------- kept


def test_a_limit_is_marked_as_kept_once_with_its_paper(world: World) -> None:
    chief = world.officers["district_chief"]
    crime(site(0), chief, "IT Act 67B(b)")
    key, at = key_of(chief, "progress"), NOON + HOUR
    row = meet_clock(by=chief, at=at, key="k", clock=key, text=" letter  7 ", done_at=at)
    assert (row.text, row.by) == ("letter 7", chief)
    assert meet_clock(by=chief, at=at, key="k", clock=key, text="letter 7", done_at=at) == row
    [kept] = of(chief, "progress")
    assert (kept.state, kept.late) == (ClockState.MET, False)
    with pytest.raises(RefusedError, match="TWICE"):
        meet_clock(by=chief, at=at, key="k2", clock=key, text="again", done_at=at)


@pytest.mark.parametrize(
    "given, code",
    [
        ({"text": "  "}, "TEXT"),
        ({"done_at": NOON - HOUR}, "CLOCK-TIME"),
        ({"done_at": NOON + 2 * HOUR}, "CLOCK-TIME"),
    ],
)
def test_a_word_that_cannot_be_is_refused(world: World, given: dict[str, Any], code: str) -> None:
    chief = world.officers["district_chief"]
    crime(site(0), chief, "IT Act 67B(b)")
    clock = key_of(chief, "progress")
    said: dict[str, Any] = {"clock": clock, "text": "letter", "done_at": NOON + HOUR} | given
    with pytest.raises(RefusedError, match=code):
        meet_clock(by=chief, at=NOON + HOUR, key="k", **said)
    assert last_refusal().code == code
    assert not DeadlineDone.objects.exists()


def test_nobody_ticks_off_what_only_a_record_ends_nor_what_is_out_of_reach(world: World) -> None:
    chief, beta = world.officers["district_chief"], world.officers["chief_beta"]
    said: dict[str, Any] = {"at": NOON + HOUR, "key": "k", "text": "x", "done_at": NOON + HOUR}
    with pytest.raises(RefusedError, match="CLOCK-RECORD"):
        meet_clock(by=chief, clock=key_of(chief, "seizure_report"), **said)
    crime(site(0), chief, "IT Act 67B(b)")
    with pytest.raises(NotVisible):
        meet_clock(by=beta, clock=key_of(chief, "progress"), **said)
    with pytest.raises(NotPermitted):
        meet_clock(by=world.officers["auditor"], clock=key_of(chief, "progress"), **said)


def test_the_form_marks_as_kept_and_says_what_is_wrong(world: World) -> None:
    chief = world.officers["district_chief"]
    crime(site(0), chief, "IT Act 67B(b)")
    client, clock = browser(world, "district_chief"), key_of(chief, "progress")
    sent = {"key": str(uuid.uuid4()), "clock": clock, "text": "letter 9", "done_at": "2026-03-01T13:00"}
    wrong = client.post("/clocks/meet", {**sent, "text": ""})
    assert wrong.status_code == 400
    assert "Name the paper" in wrong.content.decode()
    assert client.post("/clocks/meet", {**sent, "done_at": "yesterday"}).status_code == 400
    done = client.post("/clocks/meet?list=mine&state=running", sent)
    assert done.status_code == 303
    assert "list=mine" in done["Location"]
    assert client.post("/clocks/meet", sent).status_code == 303, "sent twice it is one act"
    assert DeadlineDone.objects.get().done_at == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert "letter 9" in client.get("/clocks?state=met").content.decode()


# ---------------------------------------------------------------- calendar


def test_the_calendar_holds_numbers_and_words_and_nothing_of_the_people(world: World) -> None:
    chief = world.officers["district_chief"]
    crime(site(0), chief, "POCSO 4")
    Site.objects.filter(pk=site(1).pk).update(state="planned")
    GroundVerification.objects.create(
        id=uid("ground"), place=site(1).place, verified_at=NOON, by=chief, unit_found=True, single_match=True,
        occupant_at_event="same", wifi="secured",
    )  # fmt: skip
    response = browser(world, "district_chief").get("/clocks/calendar.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    events = events_of(response.content)
    open_ = [one for one in all_clocks(chief, NOON + HOUR) if one.state is not ClockState.MET]
    assert len(events) == len([one for one in open_ if one.id != "ground_age"])
    assert all(one["UID"].endswith("@kaval.invalid") for one in events)
    assert [one["UID"] for one in events] == [
        one["UID"] for one in events_of(browser(world, "district_chief").get("/clocks/calendar.ics").content)
    ]
    raw = response.content.decode().replace("\r\n ", "")
    for secret in ("House", "Officer", "SECRET", CANARY, "192.0.2", "<script>", "CHIEF"):
        assert secret not in raw
    assert any(one["DESCRIPTION"] == "CR/1" for one in events)
    mine = events_of(browser(world, "district_chief").get("/clocks/calendar.ics?list=mine").content)
    assert {one["DESCRIPTION"] for one in mine} == {"CR/1"}


def test_error_notices_have_clocks_of_their_own(world: World) -> None:
    from kaval.station.models import Attribution, AttributionError

    supervisor = world.officers["supervisor"]
    error = AttributionError.objects.create(
        id=uid("own error"), number="ERR/2026/0001", attribution=Attribution.objects.get(subject=uid("subject", 1)),
        cause="zone", text="x", people_affected=1, children_affected=0, confirmed_by=supervisor, confirmed_at=NOON,
    )  # fmt: skip
    notice = ErrorNotice.objects.create(
        id=uid("notice"), error=error, owed_to="person", due_at=NOON + 24 * HOUR
    )
    [one] = of(supervisor, "error_notice")
    assert (one.reference, one.latest_at) == ("ERR/2026/0001", NOON + 24 * HOUR)
    notice.given_at = NOON
    notice.save()
    assert of(supervisor, "error_notice")[0].state is ClockState.MET


def test_the_pages_after_the_day_open_for_headquarters_and_show_no_markup_of_others(world: World) -> None:
    paths = (
        "/aftermath",
        f"/aftermath/{world.alpha['outcome_id']}",
        f"/aftermath/held/{world.beta['reaudit_id']}",
        "/aftermath/errors",
        f"/aftermath/errors/{world.beta['error_id']}",
        "/aftermath/figures",
    )
    for role in MAY_SEE["aftermath"]:
        client = browser(world, role)
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, (role, path)
            assert "<script>alert" not in page.content.decode()
        assert client.get(f"/aftermath/{uid('nothing')}").status_code == 404
    for path in paths:
        assert browser(world, "district_chief").get(path).status_code == 404
