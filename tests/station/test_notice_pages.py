"""Notices: unseen first, seen by a named officer, counted in the navigation, and no more told than may be."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from kaval.station.models import Lead, Notice
from kaval.station.queries.notices import notices_raised, notices_unseen
from tests.station import net_rows
from tests.station.console_rows import World, uid

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), net_rows.lasting() as built:
        for at, kind in enumerate(("open_case", "frozen_plan", "other_unit")):
            lead = Lead.objects.get(pk=uid("lead", at))
            net_rows.notice(lead, kind, f"REF {kind}", of=lead.subject_link.subject)
        yield built


def browser(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.account(role))
    return client


def see(client: Client, notice: Notice) -> int:
    sent = {"key": str(uuid.uuid4()), "notice": str(notice.pk)}
    return int(client.post("/notices/see", sent).status_code)


def test_a_notice_says_its_kind_and_what_it_touches_in_both_languages(world: World) -> None:
    client = browser(world, "analyst")
    text = client.get("/notices").content.decode()
    for said in (
        "Open investigation",
        "Frozen plan",
        "Another unit",
        "REF open_case",
        "frozen_plan in words",
    ):
        assert said in text, said
    client.post("/language", {"language": "ml", "next": "/"})
    assert "open_case മലയാളം" in client.get("/notices").content.decode()


def test_the_first_to_see_a_notice_stays_on_record(world: World) -> None:
    notice = Notice.objects.get(kind="open_case")
    for role in ("supervisor", "analyst"):
        assert see(browser(world, role), notice) == 303
    notice.refresh_from_db()
    assert notice.seen_by == world.officers["supervisor"]
    client = browser(world, "analyst")
    assert "REF open_case" not in client.get("/notices").content.decode()
    assert "REF open_case" in client.get("/notices?seen=yes").content.decode()
    assert client.get("/notices?seen=all").content.decode().count("REF ") == 3


def test_the_navigation_counts_what_nobody_has_seen(world: World) -> None:
    client = browser(world, "analyst")
    assert '<span class="count">3</span>' in client.get("/leads").content.decode()
    Notice.objects.update(seen_at="2026-03-01T00:00Z", seen_by=world.officers["analyst"])
    assert 'class="count"' not in client.get("/leads").content.decode()
    assert "No notice waits" in client.get("/notices").content.decode()


def test_another_units_matter_is_a_pointer(world: World) -> None:
    rows = {row.kind: row for row in notices_raised(world.officers["analyst"])}
    assert [kind for kind, row in rows.items() if row.pointer] == ["other_unit"]
    assert "Ask" in browser(world, "analyst").get("/notices").content.decode()


def test_a_clerk_learns_neither_of_subjects_nor_of_plans(world: World) -> None:
    clerk = world.officers["intake_clerk"]
    rows = list(notices_raised(clerk))
    assert {row.kind for row in rows} == {"open_case", "other_unit"}
    assert {row.subject for row in rows} == {""}
    assert notices_unseen(clerk) == 2
    assert see(browser(world, "intake_clerk"), Notice.objects.get(kind="frozen_plan")) == 404


def test_a_district_is_told_of_its_own_reports_only(world: World) -> None:
    assert {row.lead for row in notices_raised(world.officers["district_chief"])} == {1, 2}
    assert notices_unseen(world.officers["press_officer"]) == 0


def test_who_may_look_may_not_note_it_as_seen(world: World) -> None:
    client = browser(world, "auditor")
    assert "I have seen this" not in client.get("/notices").content.decode()
    assert see(client, Notice.objects.get(kind="open_case")) == 403
    assert not Notice.objects.exclude(seen_at=None).exists()
