"""The second reader's desk: nothing of the first result on it, nobody reads what he has seen, differences are shown."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from kaval.engine.kernel.errors import NotPermitted
from kaval.station import sealed
from kaval.station.models import (
    Act,
    Attribution,
    Observation,
    Officer,
    Report,
    Resolution,
    ResultSeen,
    SealedFile,
    SecondReading,
)
from kaval.station.operations import attribution_desk as acts
from kaval.station.queries import blind
from kaval.station.roles import ROLES
from kaval.station.views.blind import SHOW_RESULTS
from kaval.station.views.gate import AREA_OF
from tests.station import attribution_rows, net_rows
from tests.station.console_rows import NOON, World, uid
from tests.station.plays import refused

pytestmark = pytest.mark.django_db
AT = NOON + timedelta(hours=3)
CUSTOMERS = ("C-AYE", "C-BEE")


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), net_rows.lasting() as built:
        Resolution.objects.update(state="ambiguous")  # the small station's own observations wait for nobody
        yield built


@pytest.fixture
def reader(world: World) -> Officer:
    return world.officers["second_reader"]


@pytest.fixture
def row(world: World) -> Observation:
    """An observation whose answer names three customers; the first reading chose one of them."""
    return attribution_rows.waiting(world, 3, others=CUSTOMERS)


def browser(world: World, role: str = "second_reader") -> Client:
    client = Client()
    client.force_login(world.account(role))
    return client


def read(by: Officer, row: Observation, customer: str = "C-FIRST", **more: object) -> SecondReading:
    key = str(more.pop("key", uuid.uuid4()))
    return acts.read_observation(
        by=by, at=AT, key=key, observation=row.pk, provider_code="isp", customer_ref=customer, **more  # type: ignore[arg-type]
    )  # fmt: skip


def without_tokens(page: str) -> str:
    """A page without what differs between any two requests for it."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return re.sub(r'name="key" value="[^"]*"', "", page)


def test_the_page_is_the_same_whatever_the_first_reader_found(world: World, row: Observation) -> None:
    """Blind in the strict sense: no byte of the page follows from the first result."""
    client = browser(world)
    pages = set()
    for customer in ("C-FIRST", *CUSTOMERS, "C-NOT-IN-THE-ANSWER"):
        Resolution.objects.filter(observation=row).update(customer_ref=customer)
        pages.add(without_tokens(client.get("/second-readings").content.decode()))
    (page,) = pages
    assert "FIRST-RESULT-MARK" not in page
    assert " checked" not in page
    assert "C-NOT-IN-THE-ANSWER" not in page
    order = [page.index(f'value="one:{customer}"') for customer in ("C-AYE", "C-FIRST", "C-BEE")]
    assert order == sorted(order)


def test_source_request_and_answer_stand_on_the_page_as_received(world: World, row: Observation) -> None:
    page = browser(world).get("/second-readings").content.decode()
    row.refresh_from_db()
    source = row.lead.report.sealed
    for said in (
        "3,198.51.100.3,2026-02-03 10:00:00 +0530",
        source.sha256,
        "row 3",
        "R-0003",
        row.request_row.rendered["utc_text"],
        row.request_row.rendered["ist_text"],
        "raw start 0",
        "raw end 2",
        "UTC+05:30",
        "wait for you",
    ):
        assert said in page, said
    assert "192.0.2.9" not in page, "rows of the file about others are not shown"


def test_rows_of_other_days_are_counted_and_not_shown(
    world: World, row: Observation, reader: Officer
) -> None:
    sheet = blind.blind_sheet(reader)
    assert sheet is not None
    assert (len(sheet.rows), sheet.far) == (3, 0)
    Observation.objects.filter(pk=row.pk).update(at=AT + timedelta(days=90))
    sheet = blind.blind_sheet(reader)
    assert sheet is not None
    assert (len(sheet.rows), sheet.far, sheet.customers) == (0, 3, ())
    Observation.objects.filter(pk=row.pk).update(at=None)
    sheet = blind.blind_sheet(reader)
    assert sheet is not None
    assert len(sheet.rows) == 3


def test_the_excerpt_of_a_package_is_of_the_report_that_names_the_address_and_of_nothing_else(
    world: World, row: Observation, reader: Officer
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("other.xml", f"<a>1{row.ip}</a><b>{row.time_text}</b>")
        archive.writestr("early.xml", f"<a>{row.ip}</a>\n<b>another day</b>")
        archive.writestr(
            "report.xml", f"<z>private</z>\n<a>{row.ip}</a>\n<b>{row.time_text}</b>\n<z>private</z>"
        )
    digests = sealed.keep(packed.getvalue())
    kept = SealedFile.objects.create(
        id=uid("package"), sha256=digests.sha256, sha1=digests.sha1, md5=digests.md5, size=digests.size
    )
    Report.objects.filter(pk=row.lead.report_id).update(sealed=kept)
    sheet = blind.blind_sheet(reader)
    assert sheet is not None
    assert sheet.excerpt.text == f"<a>{row.ip}</a>\n<b>{row.time_text}</b>"
    assert sheet.excerpt.locator == "report.xml row 3"


def test_a_broken_seal_is_not_read(world: World, row: Observation, reader: Officer) -> None:
    lost = net_rows.report(990, by=world.officers["intake_clerk"])  # a file of which no bytes are kept
    Report.objects.filter(pk=row.lead.report_id).update(sealed=lost.report.sealed)
    page = browser(world).get("/second-readings").content.decode()
    assert "The seal of this file is broken" in page
    assert "<button disabled>" in page
    with refused("A-01"):
        read(reader, row)


def test_the_desk_is_worked_through_one_after_the_other(
    world: World, row: Observation, reader: Officer
) -> None:
    later = attribution_rows.waiting(world, 9)
    client = browser(world)
    for expected, found, kept in ((row, "one:C-BEE", "C-BEE"), (later, "several", "")):
        page = client.get("/second-readings").content.decode()
        assert expected.ip in page
        sent = {
            "key": re.findall(r'name="key" value="([^"]*)"', page)[0],
            "observation": str(expected.pk),
            "provider": "isp",
            "found": found,
        }
        for _ in "ab":
            answer = client.post("/second-readings/keep", sent)
            assert (answer.status_code, answer["Location"]) == (303, "/second-readings")
        reading = SecondReading.objects.get(observation=expected, method="person")
        assert (reading.by, reading.customer_ref) == (reader, kept)
        assert Act.objects.get(subject=reading.pk).note == ("one" if kept else found)
    page = client.get("/second-readings").content.decode()
    assert "No observation waits for your reading." in page
    assert "<b>2</b> read by you" in page


def test_nothing_is_chosen_for_the_reader(world: World, row: Observation) -> None:
    client = browser(world)
    sent = {"key": str(uuid.uuid4()), "observation": str(row.pk), "provider": "isp"}
    for found in ("", "one:", "anything"):
        answer = client.post("/second-readings/keep", {**sent, "found": found})
        assert answer.status_code == 400
        assert "Choose a customer, nobody, or several." in answer.content.decode()
    assert not SecondReading.objects.exists()


def test_only_a_customer_of_the_answer_can_be_named(row: Observation, reader: Officer) -> None:
    with refused("CUSTOMER"):
        read(reader, row, "C-INVENTED")
    with refused("CUSTOMER"):
        read(reader, row, "C-AYE", several=True)
    with refused("CUSTOMER"):
        acts.read_observation(
            by=reader, at=AT, key="p", observation=row.pk, provider_code="other", customer_ref=""
        )
    assert read(reader, row, "").customer_ref == ""


def test_a_read_observation_waits_no_more_and_one_that_names_nobody_never_did(
    world: World, row: Observation, reader: Officer
) -> None:
    first = read(reader, row, key="once")
    assert read(reader, row, key="once") == first
    with refused("OBSERVATION"):
        read(reader, row)
    nameless = attribution_rows.waiting(world, 5)
    Resolution.objects.filter(observation=nameless).update(state="none", customer_ref="")
    with refused("OBSERVATION"):
        read(reader, nameless)


@pytest.mark.parametrize("way", ["subject", "lead", "attribution-desk", "connections"])
def test_who_opened_a_page_with_the_first_result_does_not_read(
    world: World, row: Observation, reader: Officer, way: str
) -> None:
    link = row.lead.subject_link
    address = {
        "subject": f"/subjects/{link.subject_id}",
        "lead": f"/leads/{row.lead_id}",
        "attribution-desk": f"/subjects/{link.subject_id}/attribution/desk",
        "connections": f"/subjects/{link.subject.number}/connections",
    }[way]
    assert not blind.knows_the_first(reader, row)
    client = browser(world)
    for _ in "ab":
        assert client.get(address).status_code == 200
    assert [(one.by, one.observation) for one in ResultSeen.objects.all()] == [(reader, row)]
    with refused("A-38"):
        read(reader, row)
    page = client.get("/second-readings").content.decode()
    assert "<b>1</b> not yours to read" in page
    assert row.ip not in page
    assert client.get(f"/second-readings?observation={row.pk}").status_code == 404


def test_what_was_seen_stays_seen_when_subjects_change(
    world: World, row: Observation, reader: Officer
) -> None:
    browser(world).get(f"/subjects/{row.lead.subject_link.subject_id}")
    other = net_rows.subject(555)
    type(row.lead.subject_link).objects.filter(lead=row.lead).update(subject=other)
    with refused("A-38"):
        read(reader, row)


def test_seeing_is_kept_for_readers_only_and_only_where_a_result_stands(
    world: World, row: Observation
) -> None:
    browser(world, "analyst").get(f"/subjects/{row.lead.subject_link.subject_id}")
    assert not ResultSeen.objects.exists()
    browser(world).get("/subjects")
    browser(world).get("/second-readings")
    assert not ResultSeen.objects.exists()


def test_every_page_said_to_show_results_is_a_route() -> None:
    assert set(SHOW_RESULTS) <= set(AREA_OF)


def test_who_made_the_first_reading_or_the_attribution_does_not_read(
    world: World, row: Observation, reader: Officer
) -> None:
    subject = row.lead.subject_link.subject
    Attribution.objects.create(
        id=uid("made", 1), subject=subject, level=1, analyst=reader, at=NOON, digest="f" * 64
    )
    with refused("A-38"):
        read(reader, row)
    Attribution.objects.filter(subject=subject).update(analyst=world.officers["analyst"])
    Act.objects.create(
        id=uid("resolved"),
        key="resolve:k",
        name="resolve_observations",
        by=reader,
        at=NOON,
        request_digest="0" * 64,
    )
    with refused("A-38"):
        read(reader, row)
    page = browser(world).get("/second-readings").content.decode()
    assert "<b>1</b> not yours to read" in page


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"second_reader"}))
def test_nobody_else_reads_second(world: World, row: Observation, role: str) -> None:
    with pytest.raises(NotPermitted):
        read(world.officers[role], row)
    assert browser(world, role).get("/second-readings").status_code == 404


def test_readings_that_differ_go_to_the_supervisor_with_both(world: World, reader: Officer) -> None:
    said = {2: ("C-FIRST", False), 4: ("C-AYE", False), 6: ("", True), 8: ("", False)}
    for number, (customer, several) in said.items():
        read(reader, attribution_rows.waiting(world, number, others=CUSTOMERS), customer, several=several)
    found = [(one.reading.observation.ip[-1], one.first, one.found) for one in blind.differences()]
    assert sorted(found) == [
        ("4", "C-FIRST", "one"),
        ("6", "C-FIRST", "several"),
        ("8", "C-FIRST", "nobody"),
    ]
    page = browser(world, "supervisor").get("/second-readings/differences").content.decode()
    assert page.count("<code>C-FIRST</code>") == 3
    assert "<code>C-AYE</code>" in page
    assert "several" in page
    for role in ("second_reader", "analyst", "commander"):
        assert browser(world, role).get("/second-readings/differences").status_code == 404
