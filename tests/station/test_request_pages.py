"""The pages of requests, answers and providers: what an officer decides on is there, and no text runs as script."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kaval.station.models import (
    AnswerTemplate,
    Lead,
    Observation,
    ObservationEntry,
    Provider,
    ProviderContact,
    ProviderQuirk,
    ProviderRequest,
    Receipt,
    RenderedDocument,
    RequestReminder,
)
from tests.station.console_rows import HOSTILE, World, build
from tests.station.desk import signed_in
from tests.station.request_rows import request_rows
from tests.station.sheet_rows import sealed_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path) -> Iterator[None]:
    with override_settings(HOME=tmp_path):
        yield


@pytest.fixture
def world() -> World:
    found = build()
    lead = Lead.objects.get(pk=found.alpha["lead_id"])
    found.alpha |= request_rows(lead, found.officers, text=HOSTILE)
    return found


@pytest.fixture
def boss(world: World) -> Client:
    return signed_in(world, "supervisor")


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    text: str = answer.content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    return text


def send(client: Client, path: str, **fields: object) -> int:
    return int(client.post(path, {"key": uuid.uuid4(), **fields}).status_code)


PAGES = (
    "/requests", "/requests?state=overdue", "/requests/expiring", "/requests/forms", "/requests/typed",
    "/requests/providers", "/answers",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("role", ["supervisor", "analyst"])
def test_every_page_is_there_in_both_languages(world: World, role: str, language: str) -> None:
    client, ids = signed_in(world, role), world.alpha
    client.post("/language", {"language": language, "next": "/"})
    for path in (
        *PAGES,
        f"/requests/{ids['request_id']}",
        f"/requests/forms/{ids['template_id']}",
        f"/requests/providers/{ids['provider_id']}",
        f"/requests/typed/{ids['entry_id']}",
    ):
        assert ('lang="ml"' in shown(client, path)) or language == "en"


def test_the_request_page_says_what_is_missing_and_what_is_known_of_the_provider(
    world: World, boss: Client
) -> None:
    text = shown(boss, f"/requests/{world.alpha['request_id']}")
    for said in (
        "REQ/2026/0900",
        "Overdue",
        "ABCDEF1234",
        "missing",
        "-330",
        "no hour of 13",
        "form not accepted",
    ):
        assert said in text, said
    assert "Keeps records for days" in text
    assert "730" in text


def test_the_list_asks_the_database_as_often_for_many_requests_as_for_few(world: World, boss: Client) -> None:
    counted = []
    for more in (0, 12):
        for number in range(more):
            ProviderRequest.objects.create(
                id=uuid.uuid4(),
                number=f"M{number}",
                provider=Provider.objects.get(code="isp"),
                legal_basis="BNSS 94",
                signed_by=world.officers["supervisor"],
                sent_at=timezone.now(),
                due_at=timezone.now(),
            )
        with CaptureQueriesContext(connection) as caught:
            shown(boss, "/requests")
        counted.append(len(caught))
    assert counted[0] == counted[1]


def test_an_empty_station_says_so_plainly() -> None:
    client = signed_in(build(size=0), "analyst")
    assert "No request of this kind" in shown(client, "/requests")
    assert "Nothing waits for an answer" in shown(client, "/requests/expiring")
    assert "No answer has come yet" in shown(client, "/requests/forms")
    assert "No entry waits" in shown(client, "/requests/typed")


def test_a_reminder_is_one_click_and_sent_twice_is_one(world: World, boss: Client) -> None:
    path, key = f"/requests/{world.alpha['request_id']}/remind", uuid.uuid4()
    assert [send(boss, path, key=key) for _ in range(2)] == [303, 303]
    assert RequestReminder.objects.filter(request=world.alpha["request_id"]).count() == 2


def test_a_reminder_becomes_a_paper_of_its_own_request_and_no_other(world: World, boss: Client) -> None:
    path = f"/requests/{world.alpha['request_id']}"
    mine = RequestReminder.objects.get(request=world.alpha["request_id"])
    ProviderRequest.objects.filter(pk=mine.request_id).update(machine_file=sealed_row(b"rows"))
    other = ProviderRequest.objects.exclude(pk=mine.request_id)[0]
    foreign = RequestReminder.objects.create(
        id=uuid.uuid4(), request=other, number=1, by=mine.by, at=mine.at, text="x"
    )
    assert "Make this reminder as PDF" in shown(boss, path)
    assert "Address lists" in shown(boss, path)
    assert send(boss, f"{path}/document", reminder=foreign.pk) == 404
    assert send(boss, f"{path}/document", reminder=mine.pk) == 303
    paper = RenderedDocument.objects.get(subject=mine.pk)
    assert paper.kind == "in.request_reminder"
    assert paper.number in shown(boss, path)
    assert "Make this reminder as PDF" not in shown(signed_in(world, "analyst"), path)
    assert send(signed_in(world, "analyst"), f"{path}/document", reminder=mine.pk) == 403


def test_closing_wants_a_reason_and_says_so_on_the_page(world: World, boss: Client) -> None:
    path = f"/requests/{world.alpha['request_id']}"
    answer = boss.post(f"{path}/close", {"key": uuid.uuid4(), "text": ""})
    assert answer.status_code == 400
    assert "Say why" in answer.content.decode()
    assert send(boss, f"{path}/close", text="They keep no record, letter 4") == 303
    assert ProviderRequest.objects.get(pk=world.alpha["request_id"]).answered_at is not None
    assert "They keep no record, letter 4" in shown(boss, path)


def test_a_rank_that_may_not_sign_reads_why(world: World, boss: Client) -> None:
    Observation.objects.create(
        id=uuid.uuid4(),
        lead_id=world.alpha["lead_id"],
        ip="192.0.2.9",
        role="client",
        time_text="x",
        offset_source="in_value",
        precision="second",
        locator="row 2",
    )
    assert "Ask the providers" in shown(boss, "/requests")
    due = (timezone.now() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
    answer = boss.post("/requests/ask", {"key": uuid.uuid4(), "basis": "BNSS_94", "due_at": due})
    assert answer.status_code == 400
    assert "INSPECTOR or above" in answer.content.decode()
    answer = boss.post("/requests/ask", {"key": uuid.uuid4(), "basis": "BNSS_94", "due_at": "tomorrow"})
    assert "Give a day and a time" in answer.content.decode()


def test_a_form_is_accepted_with_what_changed_in_view_by_who_did_not_record_it(
    world: World, boss: Client
) -> None:
    path = f"/requests/forms/{world.alpha['template_id']}"
    assert "columns that are gone: older" in shown(boss, path)
    assert send(boss, f"{path}/accept", text="Agreed on 3 January") == 303
    assert AnswerTemplate.objects.get(pk=world.alpha["template_id"]).accepted_text == "Agreed on 3 January"
    assert send(signed_in(world, "analyst"), f"{path}/accept", text="x") == 403


def test_the_second_officer_sees_nothing_of_the_first_entry(world: World) -> None:
    reader = signed_in(world, "second_reader")
    for path in ("/requests/typed", f"/requests/typed/{world.alpha['entry_id']}"):
        assert "SECRET-TYPED" not in shown(reader, path)


def test_two_officers_type_an_observation_on_the_pages(world: World) -> None:
    fields = {
        "ip": "192.0.2.77", "port": "4000", "transport": "tcp", "time": "2026-01-20T10:15:00+05:30",
        "event": "Login", "place": "page 1",
    }  # fmt: skip
    analyst, reader = signed_in(world, "analyst"), signed_in(world, "second_reader")
    assert send(analyst, "/requests/typed/first", lead=99, **fields) == 400
    assert send(analyst, "/requests/typed/first", lead=1, **fields) == 303
    entry = ObservationEntry.objects.latest("at")
    assert send(analyst, f"/requests/typed/{entry.pk}/second", **fields) == 400
    assert send(reader, f"/requests/typed/{entry.pk}/second", **{**fields, "port": "4001"}) == 400
    assert send(reader, f"/requests/typed/{entry.pk}/second", **fields) == 303
    assert Observation.objects.get(ip="192.0.2.77").origin == "double"


def test_an_answer_is_taken_in_by_the_clerk_and_recorded_by_the_analyst(world: World) -> None:
    clerk, analyst = signed_in(world, "intake_clerk"), signed_in(world, "analyst")
    provider = Provider.objects.get(code="isp")
    upload = SimpleUploadedFile("letter.csv", b"a;b\n1;2\n")
    assert send(clerk, "/answers/take", provider=provider.id, channel="portal", file=upload) == 303
    assert send(clerk, "/answers/take", provider=provider.id, channel="portal") == 400
    receipt = Receipt.objects.get(source="provider:isp")
    assert "letter.csv" in shown(analyst, "/answers")
    answer = analyst.post("/answers/record", {"key": uuid.uuid4(), "receipt": receipt.pk, "certificate": ""})
    assert answer.status_code == 400
    assert "no reader knows this file" in answer.content.decode()
    assert send(clerk, "/answers/record", receipt=receipt.pk) == 403


def test_a_supervisor_keeps_the_register(world: World, boss: Client) -> None:
    path = f"/requests/providers/{world.alpha['provider_id']}"
    figures = {"kind": "platform", "retention_days": "90", "as_numbers": "64500, 64501", "nat64": ""}
    assert send(boss, f"{path}/edit", **figures) == 303
    row = Provider.objects.get(pk=world.alpha["provider_id"])
    assert (row.retention_days, row.as_numbers, row.nat64) == (90, [64500, 64501], [])
    assert send(boss, f"{path}/edit", **{**figures, "nat64": "192.0.2.0/24"}) == 400
    assert send(boss, f"{path}/quirk", code="12h", text="Writes 12 hours", valid_from="2026-01-01") == 303
    quirk = ProviderQuirk.objects.get(code="12h")
    assert "Writes 12 hours" in shown(boss, path)
    assert send(boss, f"/requests/quirks/{quirk.pk}/end", last_day="2026-02-01") == 303
    contact = {"name": "Nodal officer", "email": "nodal@example.org", "valid_from": "2026-01-01"}
    assert send(boss, f"{path}/contact", **contact) == 303
    assert send(boss, f"{path}/contact", **{**contact, "email": ""}) == 400
    row_id = ProviderContact.objects.get(name="Nodal officer").pk
    assert send(boss, f"/requests/contacts/{row_id}/end", last_day="2026-03-01") == 303
    assert send(boss, "/requests/providers/add", code="NEW", name="New Net", kind="fixed") == 303
    assert send(boss, "/requests/providers/add", code="NEW", name="New Net", kind="fixed") == 400
    assert send(signed_in(world, "analyst"), f"{path}/edit", **figures) == 403


def test_who_lacks_the_area_finds_no_page(world: World) -> None:
    client = signed_in(world, "press_officer")
    for path in (
        *PAGES,
        f"/requests/{world.alpha['request_id']}",
        f"/requests/{world.alpha['request_id']}.csv",
    ):
        assert client.get(path).status_code == 404
    clerk = signed_in(world, "intake_clerk")
    assert clerk.get("/answers").status_code == 200
    assert clerk.get("/requests").status_code == 404
