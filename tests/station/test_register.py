"""The register keeps every count once, by whatever lead and however often it comes, and names no group aloud."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from kaval.engine.formats.intake.handle_register_csv import COLUMNS
from kaval.engine.kernel.instant import IST
from kaval.station.models import (
    Act,
    District,
    Group,
    GroupCount,
    GroupMembership,
    HandleLink,
    LeadIdentifier,
    LedgerEntry,
    Officer,
    ReadingWarning,
    Refusal,
    Report,
    ReportDifference,
)
from kaval.station.operations import intake
from kaval.station.operations.linking import link_leads
from kaval.station.operations.register import enter_count, update_register
from kaval.station.queries.register import group_by_id, groups_on_register, leads_for_register
from kaval.station.queries.scope import NotVisible
from tests.station.console_rows import HOSTILE, World, build
from tests.station.plays import footprint, refused

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
FIRST = {
    "platform": "Example Chat", "handle": "blue_kite", "user_id": "ec-1", "group_code": "G-0007",
    "group_display_name": "Group 7", "members_counted": "120", "members_in_state": "31",
    "counted_at": "2026-01-02T15:40:00+05:30", "counted_by": "KP101", "authority": "TRG/AUTH/3",
    "linked_handle": "Kite Photos:red_kite", "first_seen": "2025-11-01T10:00:00+05:30",
    "last_seen": "2026-01-01T10:00:00+05:30",
}  # fmt: skip
LATER = {**FIRST, "members_counted": "134", "members_in_state": "", "counted_at": "2026-02-02T10:10:00Z",
         "authority": "TRG/AUTH/9", "linked_handle": "", "last_seen": "2026-02-01T10:00:00+05:30"}  # fmt: skip
ELSEWHERE = {**FIRST, "group_code": "G-0012", "group_display_name": "", "members_counted": "15",
             "members_in_state": "2"}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path) -> Iterator[None]:
    with override_settings(HOME=tmp_path):
        yield


@pytest.fixture
def world() -> World:
    """A station of rows, without the groups that the pages' tests want."""
    return build(size=0)


@pytest.fixture
def clerk(world: World) -> Officer:
    return world.officers["intake_clerk"]


def sheet(*rows: dict[str, str]) -> bytes:
    """A register as its CSV."""
    lines = [",".join(COLUMNS), *(",".join(row.get(column, "") for column in COLUMNS) for row in rows)]
    return "\n".join(lines).encode()


def deliver(clerk: Officer, name: str, *rows: dict[str, str]) -> None:
    """Takes a register in."""
    arrivals = [intake.Arrival(f"{name}.csv", sheet(*rows))]
    intake.take_in(by=clerk, at=AT, source="officer_register", arrivals=arrivals, key=name)


def update(clerk: Officer, key: str = "1") -> int:
    return update_register(by=clerk, at=AT, key=key)


def counts(code: str = "G-0007") -> list[tuple[int | None, int | None, str, str]]:
    rows = GroupCount.objects.filter(group__code=code).order_by("counted_at")
    return [(row.members, row.members_in_state, row.counted_text, row.authority) for row in rows]


def enter(clerk: Officer, key: str = "form", **changed: Any) -> GroupCount:
    given: dict[str, Any] = {
        "members": 140, "members_in_state": 35, "counted_at": datetime(2026, 2, 28, 9, tzinfo=IST),
        "authority": "TRG/AUTH/11", "group": Group.objects.get(code="G-0007"), **changed,
    }  # fmt: skip
    return enter_count(by=clerk, at=AT, key=key, **given)


# ---------------------------------------------------------------- from leads


def test_every_row_of_a_handle_is_kept_though_they_are_one_report(clerk: Officer) -> None:
    deliver(clerk, "a", FIRST, LATER, ELSEWHERE, FIRST)
    assert Report.objects.count() == 1
    assert update(clerk) == 1
    assert counts() == [
        (120, 31, "2026-01-02T15:40:00+05:30", "TRG/AUTH/3"),
        (134, None, "2026-02-02T10:10:00Z", "TRG/AUTH/9"),
    ]
    assert counts("G-0012") == [(15, 2, "2026-01-02T15:40:00+05:30", "TRG/AUTH/3")]
    assert (Group.objects.count(), GroupMembership.objects.count(), HandleLink.objects.count()) == (2, 3, 1)


def test_a_handle_counted_again_is_no_contradiction_for_a_person_to_settle(clerk: Officer) -> None:
    deliver(clerk, "a", FIRST, LATER, ELSEWHERE)
    deliver(clerk, "b", FIRST, LATER, ELSEWHERE)
    assert not ReportDifference.objects.exists()
    assert not ReadingWarning.objects.exists()


def test_a_count_keeps_its_four_times_and_whose_lead_said_it_first(clerk: Officer) -> None:
    deliver(clerk, "a", FIRST)
    update(clerk)
    row = GroupCount.objects.get()
    assert row.counted_at == datetime(2026, 1, 2, 10, 10, tzinfo=UTC)
    assert (row.counted_offset_minutes, row.counted_offset_source, row.counted_by) == (
        330,
        "in_value",
        "KP101",
    )
    assert row.lead is not None
    assert row.lead.report.source_id == "Example Chat:blue_kite"
    seen = GroupMembership.objects.get()
    assert (seen.first_seen_text, seen.last_seen_offset_source) == ("2025-11-01T10:00:00+05:30", "in_value")
    assert seen.identifier.value == "example chat:blue_kite"


def test_a_second_run_takes_nothing_and_the_same_key_does_nothing(clerk: Officer) -> None:
    deliver(clerk, "a", FIRST, LATER)
    assert update(clerk) == 1
    before = footprint()
    assert update(clerk) == 0
    assert footprint() == before
    assert update(clerk, "2") == 0
    assert (GroupCount.objects.count(), GroupMembership.objects.count(), HandleLink.objects.count()) == (
        2,
        2,
        1,
    )


def test_rows_that_join_a_lead_later_reach_the_register_too(clerk: Officer) -> None:
    deliver(clerk, "a", FIRST)
    update(clerk)
    deliver(clerk, "b", LATER)
    assert Report.objects.count() == 1
    assert update(clerk, "2") == 1
    assert [row[0] for row in counts()] == [120, 134]


def test_one_count_named_by_two_handles_is_one_row(clerk: Officer) -> None:
    same = {**FIRST, "handle": "green_kite", "user_id": "", "counted_at": "2026-01-02T10:10:00Z"}
    deliver(clerk, "a", FIRST, same)
    assert update(clerk) == 2
    assert (GroupCount.objects.count(), GroupMembership.objects.count()) == (1, 2)


def test_the_order_of_arrival_changes_nothing_in_the_counts(clerk: Officer) -> None:
    deliver(clerk, "a", ELSEWHERE, LATER, FIRST)
    update(clerk)
    assert [row[0] for row in counts()] == [120, 134]
    assert Group.objects.get(code="G-0007").display_name == "Group 7"


def test_a_code_is_unique_on_its_platform_and_means_nothing_on_another(clerk: Officer) -> None:
    other = {**FIRST, "platform": "Kite Photos", "linked_handle": ""}
    folded = {**FIRST, "platform": "EXAMPLE  chat", "handle": "green_kite"}
    deliver(clerk, "a", FIRST, other, folded)
    update(clerk)
    held = sorted(Group.objects.values_list("platform", "code"))
    assert held == [("example chat", "G-0007"), ("kite photos", "G-0007")]


def test_not_counted_is_not_nought(clerk: Officer) -> None:
    nought = {**FIRST, "members_counted": "0", "members_in_state": "0"}
    nothing = {**FIRST, "handle": "green_kite", "members_counted": "", "members_in_state": "many"}
    deliver(clerk, "a", nought, nothing)
    update(clerk)
    assert [(row.members, row.members_in_state) for row in GroupCount.objects.all()] == [(0, 0)]
    assert GroupMembership.objects.count() == 2


def test_a_row_without_a_group_gives_its_links_alone(clerk: Officer) -> None:
    deliver(clerk, "a", {**FIRST, "group_code": ""})
    update(clerk)
    assert not Group.objects.exists()
    assert HandleLink.objects.count() == 1


def test_a_link_has_no_direction_and_links_nobody(world: World, clerk: Officer) -> None:
    back = {"platform": "Kite Photos", "handle": "red_kite", "linked_handle": "Example Chat:@Blue_Kite; lone_kite",
            "authority": "TRG/AUTH/3"}  # fmt: skip
    deliver(clerk, "a", FIRST, back)
    update(clerk)
    link_leads(by=world.officers["analyst"], at=AT, key="link")
    pairs = [
        (row.one.value, row.other.value if row.other else None, row.stated)
        for row in HandleLink.objects.all()
    ]
    known = {pair[:2] for pair in pairs if pair[1]}
    assert len(known) == 1
    assert {pair[2] for pair in pairs if pair[1] is None} == {"lone_kite"}, "its platform is not stated"
    subjects = set(LeadIdentifier.objects.values_list("lead__subject_link__subject", flat=True))
    assert len(subjects) == 2


def test_the_ledger_says_how_much_and_names_nobody(clerk: Officer) -> None:
    deliver(clerk, "a", FIRST, LATER)
    update(clerk)
    act = Act.objects.get(name="update_register")
    content = bytes(LedgerEntry.objects.get(act=act).content).decode()
    assert '"counts":2,"groups":1,"leads":1,"links":1,"memberships":2' in content
    assert "kite" not in content
    assert "Group 7" not in content


def test_counts_memberships_and_links_cannot_be_changed(clerk: Officer) -> None:
    deliver(clerk, "a", FIRST)
    update(clerk)
    for model in (GroupCount, GroupMembership, HandleLink):
        with pytest.raises(DatabaseError), transaction.atomic():
            model._default_manager.all().delete()


@pytest.mark.parametrize("role", ["auditor", "supervisor", "district_chief", "field_officer"])
def test_others_do_not_fill_the_register_nor_count(world: World, clerk: Officer, role: str) -> None:
    deliver(clerk, "a", FIRST)
    with refused("ROLE"):
        update(world.officers[role])
    assert not Group.objects.exists()
    update(clerk)
    with refused("ROLE"):
        enter(world.officers[role])
    assert GroupCount.objects.count() == 1


# ---------------------------------------------------------------- by an officer


def test_an_officer_enters_a_count_with_their_number_and_authority(clerk: Officer) -> None:
    deliver(clerk, "a", FIRST)
    update(clerk)
    row = enter(clerk)
    assert (row.members, row.members_in_state, row.counted_by, row.lead) == (140, 35, clerk.number, None)
    assert (row.counted_text, row.counted_offset_minutes) == ("2026-02-28T09:00:00+05:30", 330)
    assert enter(clerk).id == row.id
    assert enter(clerk, "pressed again").id == row.id
    assert GroupCount.objects.count() == 2
    assert group_by_id(clerk, row.group_id).row.counts[-1].members == 140


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("COUNT-AUTHORITY", {"authority": "  "}),
        ("COUNT-NUMBER", {"members": -1}),
        ("COUNT-NUMBER", {"members_in_state": -1}),
        ("COUNT-NUMBER", {"members": 10**12}),
        ("COUNT-STATE", {"members": 3, "members_in_state": 4}),
        ("COUNT-TIME", {"counted_at": AT + timedelta(minutes=1)}),
    ],
)
def test_a_count_that_cannot_be_is_refused_and_kept_as_refused(
    clerk: Officer, code: str, changed: dict[str, Any]
) -> None:
    deliver(clerk, "a", FIRST)
    update(clerk)
    with refused(code):
        enter(clerk, **changed)
    assert GroupCount.objects.count() == 1
    assert Refusal.objects.latest("id").code == code


# ---------------------------------------------------------------- the pages


def browser(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.account(role))
    return client


def test_the_list_shows_the_latest_count_and_a_group_everything_but_its_name(
    world: World, clerk: Officer
) -> None:
    deliver(clerk, "a", FIRST, LATER, ELSEWHERE)
    client = browser(world, "intake_clerk")
    assert b"1 lead of handles is not in the register yet" in client.get("/register").content
    assert client.post("/register/update", {"key": str(uuid.uuid4())}).status_code == 302
    text = client.get("/register").content.decode()
    assert text.index("G-0007") < text.index("G-0012")
    assert ">134<" in text
    assert "2026-02-02 15:40" in text, "times are shown in IST"
    assert "not counted" in text
    group = Group.objects.get(code="G-0007")
    page = client.get(f"/register/{group.id}").content.decode()
    for shown in ("example chat:blue_kite", "kite photos:red_kite", "TRG/AUTH/9", "G-0012", "shown on need"):
        assert shown in page, shown
    assert "Group 7" not in text + page
    assert "G-0007" not in client.get("/register?platform=kite+photos").content.decode()
    assert "G-0012" not in client.get("/register?code=0007").content.decode().split("<main")[1]


def test_a_count_is_entered_by_form_once_and_a_bad_one_comes_back_filled_in(
    world: World, clerk: Officer
) -> None:
    deliver(clerk, "a", FIRST)
    update(clerk)
    group, client = Group.objects.get(), browser(world, "analyst")
    path, key = f"/register/{group.id}/count", str(uuid.uuid4())
    form = {
        "key": key,
        "members": "150",
        "in_state": "",
        "counted_at": "2026-03-01T09:00",
        "authority": "TRG/12",
    }
    for bad in ({"members": "many"}, {"in_state": "200"}, {"counted_at": "soon"}, {"authority": ""}):
        response = client.post(path, {**form, **bad})
        assert response.status_code == 400
        assert b'role="alert"' in response.content
        assert (b'value="150"' in response.content) == ("members" not in bad)
    assert client.post(path, form).status_code == client.post(path, form).status_code == 302
    entered = GroupCount.objects.get(lead=None)
    assert (entered.members, entered.members_in_state) == (150, None)
    assert entered.counted_at == datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
    assert "entered here" in client.get(f"/register/{group.id}").content.decode()


def test_who_may_not_count_sees_no_form(world: World, clerk: Officer) -> None:
    deliver(clerk, "a", FIRST)
    update(clerk)
    group, client = Group.objects.get(), browser(world, "auditor")
    assert "Enter a count" not in client.get(f"/register/{group.id}").content.decode()
    form = {"members": "1", "in_state": "", "counted_at": "2026-03-01T09:00", "authority": "A"}
    assert client.post(f"/register/{group.id}/count", form).status_code == 403
    assert GroupCount.objects.count() == 1


def test_the_empty_register_says_where_groups_come_from(world: World) -> None:
    text = browser(world, "supervisor").get("/register").content.decode()
    assert "No group is on the register" in text


def test_hostile_rows_stay_text() -> None:
    world = build()
    client = browser(world, "auditor")
    for path in ("/register", f"/register/{world.alpha['group_id']}"):
        text = client.get(path).content.decode()
        assert HOSTILE not in text
        assert "SECRET-GROUP" not in text
        assert "&lt;script&gt;" in text


def test_out_of_the_area_or_the_district_there_is_no_group() -> None:
    world = build()
    group = world.beta["group_id"]
    chief, analyst = world.officers["district_chief"], world.officers["analyst"]
    with pytest.raises(NotVisible):
        group_by_id(chief, group)
    assert leads_for_register(chief) == 0
    analyst.district = District.objects.get(code="ALPHA")
    analyst.save()
    assert {row.id for row in groups_on_register(analyst)} == set(
        GroupMembership.objects.filter(
            lead__subject_link__subject__attribution__place__district=analyst.district
        ).values_list("group", flat=True)
    )
    with pytest.raises(NotVisible):
        group_by_id(analyst, group)


def test_a_long_list_asks_the_database_as_often_as_a_short_one(world: World, clerk: Officer) -> None:
    client = browser(world, "supervisor")

    def asked(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    rows = [{**FIRST, "group_code": f"G-{number:04d}", "handle": f"kite_{number}"} for number in range(1, 40)]
    deliver(clerk, "a", rows[0])
    update(clerk)
    few = asked("/register")
    deliver(clerk, "b", *rows, *({**row, "group_code": "G-0001"} for row in rows))
    update(clerk, "2")
    assert asked("/register") <= few
    group = Group.objects.get(code="G-0001")
    assert asked(f"/register/{group.id}") < 20
