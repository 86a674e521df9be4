"""The page of other units' events: what it shows to whom, what its forms do, and what it never says."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from kaval.station.ids import forget_key
from kaval.station.models import EventPointer, Operation, UnitEvent
from kaval.station.operations import deconfliction_events as acts
from kaval.station.queries.events import open_pointers
from tests.station.console_rows import NOON, World, build, uid
from tests.station.event_rows import at_site, table
from tests.station.test_events import site

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        forget_key()
        yield build(operation_state="draft")
        transaction.set_rollback(True)


def page(world: World) -> str:
    return f"/operations/{world.alpha['operation_id']}/events"


def browser(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.account(role))
    return client


def sent(world: World, role: str, act: str, **fields: object) -> tuple[int, str]:
    given = {"key": str(uuid.uuid4()), "act": act, **fields}
    response = browser(world, role).post(f"{page(world)}/act", given)
    return response.status_code, response.content.decode()


TYPED = {
    "unit": "Unit North",
    "reference": "M-17",
    "contact": "duty desk",
    "from_at": "2026-03-01T11:00",
    "to_at": "2026-03-01T13:00",
    "latitude": "9.5",
    "longitude": "76.5",
    "radius_m": "200",
    "identities": "email:user0@example.org\nphone:+919000000001",
}


def test_an_event_is_typed_met_cleared_and_withdrawn(world: World) -> None:
    assert sent(world, "analyst", "add", **TYPED)[0] == 303
    operation = Operation.objects.get()
    row = UnitEvent.objects.get()
    assert (row.from_at.isoformat(), len(row.identity_keys)) == ("2026-03-01T05:30:00+00:00", 2)
    text = browser(world, "analyst").get(page(world)).content.decode()
    for said in ("Unit North", "duty desk", "M-17", f"Site {site(0).number}", "Identity", "Time and place"):
        assert said in text, said
    for secret in ("user0@example.org", "House Alpha", "+919000000001", row.identity_keys[0]):
        assert secret not in text, secret
    for one in open_pointers(operation):
        assert sent(world, "supervisor", "clear", row=one.id, text="rang the desk")[0] == 303
    assert open_pointers(operation) == ()
    assert "rang the desk" in browser(world, "commander").get(page(world)).content.decode()
    assert sent(world, "supervisor", "withdraw", row=row.pk, text="closed there")[0] == 303
    assert UnitEvent.objects.get().withdrawn_at is not None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reference": ""}, "Give the reference of the other unit."),
        ({"from_at": ""}, "Give both times in IST."),
        ({"latitude": "north"}, "Latitude and longitude are degrees"),
        ({"identities": "ip:192.0.2.7"}, "stands for many people"),
        ({"to_at": "2026-03-01T10:00"}, "ends before it begins"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: World, changed: dict[str, str], said: str
) -> None:
    status, text = sent(world, "analyst", "add", **{**TYPED, **changed})
    assert status == 400
    assert said in text
    assert 'value="Unit North"' in text
    assert not UnitEvent.objects.exists()


def test_a_table_is_uploaded(world: World) -> None:
    content = table(f"N-1,Unit East,desk,{NOON.isoformat()},{NOON.isoformat()},9.5,76.5,100,")
    file = SimpleUploadedFile("east.csv", content)
    assert sent(world, "deputy_commander", "import", file=file)[0] == 303
    assert UnitEvent.objects.get().reference == "N-1"
    assert sent(world, "deputy_commander", "import")[0] == 400
    status, text = sent(world, "deputy_commander", "import", file=SimpleUploadedFile("x.csv", b"a,b\n1,2\n"))
    assert (status, "columns missing" in text) == (400, True)


def test_a_form_sent_twice_is_one_act(world: World) -> None:
    acts.add_event(by=world.officers["analyst"], at=NOON, key="x", event=at_site(site(0)))
    one = open_pointers(Operation.objects.get())[0]
    key = str(uuid.uuid4())
    for _ in range(2):
        assert sent(world, "supervisor", "clear", row=one.id, text="rang them", key=key)[0] == 303
    assert EventPointer.objects.count() == 1
    assert sent(world, "supervisor", "look")[0] == 303
    assert sent(world, "supervisor", "no such act")[0] == 400


@pytest.mark.parametrize("role", ["district_chief", "field_officer", "press_officer", "intake_clerk"])
def test_whoever_need_not_know_finds_no_page(world: World, role: str) -> None:
    client = browser(world, role)
    nothing = client.get("/no-such-page")
    found = client.get(page(world))
    assert (found.status_code, found.content) == (404, nothing.content)
    assert sent(world, role, "look")[0] == 404


def test_an_auditor_reads_and_does_nothing(world: World) -> None:
    acts.add_event(by=world.officers["analyst"], at=NOON, key="x", event=at_site(site(0)))
    text = browser(world, "auditor").get(page(world)).content.decode()
    assert "duty desk" in text
    assert "<form" not in text.split('<div class="stack">')[1]
    assert sent(world, "auditor", "look")[0] == 403


def test_the_page_speaks_malayalam_and_says_when_there_is_nothing(world: World) -> None:
    client = browser(world, "commander")
    assert "No unit has told of an event yet" in client.get(page(world)).content.decode()
    client.post("/language", {"language": "ml", "next": "/"})
    text = client.get(page(world)).content.decode()
    assert "മറ്റു യൂണിറ്റുകളുടെ ദൗത്യങ്ങൾ" in text
    assert client.get(f"/operations/{uid('nothing')}/events").status_code == 404
