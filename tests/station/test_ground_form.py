"""The phone form: an address and no reason, the officer's own district only, saved once, unknown is not no."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from kaval.station.forms.ground import GroundForm
from kaval.station.models import Attribution, GroundVerification, Officer, Outcome, Place, Site
from kaval.station.queries.ground import GOOD_FOR, place_to_find, round_of
from kaval.station.queries.scope import NotVisible
from kaval.station.roles import ROLES
from tests.station import attribution_rows, net_rows
from tests.station.console_rows import NOON, World, uid

pytestmark = pytest.mark.django_db
SAID = {
    "unit_found": "yes", "single_match": "yes", "house_name": "Veedu", "ward": "4", "door_number": "12/4",
    "occupant_at_event": "same", "resident_since": "2019-06-01", "resident_until": "", "wifi": "secured",
    "children_seen": "unknown", "notes": "blue gate",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), net_rows.lasting() as built:
        yield built


@pytest.fixture
def place(world: World) -> Place:
    """A place of district Alpha that waits for a look."""
    return attribution_rows.place(world, 4)


def browser(world: World, name: str = "field_officer") -> Client:
    client = Client()
    client.force_login(world.account(name))
    return client


def form_of(place: Place, **changed: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), "place": str(place.pk), **SAID, **changed}


def looked(place: Place, by: Officer, *, days_ago: int) -> None:
    GroundVerification.objects.create(
        id=uid("looked", place.pk, days_ago), place=place, verified_at=timezone.now() - timedelta(days=days_ago), by=by,
        unit_found=True, single_match=True, occupant_at_event="same", wifi="secured",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["field_officer", "district_chief"])
def test_a_look_is_saved_as_it_was_said(world: World, place: Place, name: str) -> None:
    client = browser(world, name)
    page = client.get(f"/ground?place={place.pk}").content.decode()
    assert place.address in page
    assert " checked" not in page
    answer = client.post("/ground/look", form_of(place))
    assert (answer.status_code, answer["Location"]) == (303, "/ground?saved=yes")
    row = GroundVerification.objects.get(place=place)
    assert (row.by, row.unit_found, row.single_match) == (world.officers[name], True, True)
    assert (row.house_name, row.ward, row.door_number) == ("Veedu", "4", "12/4")
    assert (row.occupant_at_event, row.resident_since, row.resident_until) == ("same", "2019-06-01", None)
    assert (row.wifi, row.children_seen, row.notes) == ("secured", None, "blue gate")
    after = client.get("/ground?saved=yes").content.decode()
    assert "Saved. You can go on" in after
    assert after.index("Done (1)") < after.index(place.address)


@pytest.mark.parametrize(("said", "kept"), [("yes", True), ("no", False), ("unknown", None)])
def test_children_not_known_is_not_no(world: World, place: Place, said: str, kept: bool | None) -> None:
    browser(world).post("/ground/look", form_of(place, children_seen=said))
    assert GroundVerification.objects.get(place=place).children_seen is kept


def test_who_moved_is_kept_with_the_day(world: World, place: Place) -> None:
    sent = form_of(place, occupant_at_event="other", resident_since="2026-02-20", resident_until="2026-02-10")
    assert browser(world).post("/ground/look", sent).status_code == 303
    row = GroundVerification.objects.get(place=place)
    assert (row.resident_since, row.resident_until) == ("2026-02-20", date(2026, 2, 10))


def test_sent_twice_over_a_slow_line_it_is_one_look(world: World, place: Place) -> None:
    client, sent = browser(world), form_of(place)
    for _ in "abc":
        assert client.post("/ground/look", sent)["Location"] == "/ground?saved=yes"
    assert GroundVerification.objects.count() == 1
    other = client.post("/ground/look", {**sent, "wifi": "open"})
    assert other.status_code == 400
    assert GroundVerification.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "english", "malayalam"),
    [
        ({"wifi": ""}, "Answer every question", "എല്ലാ ചോദ്യത്തിനും"),
        ({"children_seen": "perhaps"}, "", ""),
        ({"house_name": "", "door_number": ""}, "Write the house name", "വീട്ടുപേരോ"),
        ({"resident_until": "2018-01-01"}, "moved out before", "തീയതികൾ നോക്കുക"),
        ({"resident_since": "soon"}, "Write the date", "തീയതി എഴുതുക"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    world: World, place: Place, changed: dict[str, str], english: str, malayalam: str
) -> None:
    client = browser(world)
    for language, words in (("en", english), ("ml", malayalam)):
        client.cookies["django_language"] = language
        answer = client.post("/ground/look", form_of(place, **changed))
        page = answer.content.decode()
        assert answer.status_code == 400
        assert words in page
        assert 'value="blue gate"' in page
        assert re.search(r'name="single_match" value="yes" required checked', page)
    assert not GroundVerification.objects.exists()


def test_a_place_that_was_not_found_needs_no_door(world: World, place: Place) -> None:
    sent = form_of(place, unit_found="no", house_name="", ward="", door_number="")
    assert browser(world).post("/ground/look", sent).status_code == 303


def test_no_page_names_the_subject_the_customer_the_provider_or_a_reason(world: World, place: Place) -> None:
    """Need to know: the officer who looks learns an address and days, nothing else."""
    subject = attribution_rows.held(world)
    Attribution.objects.filter(subject=subject).update(place=place)
    row = subject.leads.get().lead
    row.observations.update(provider_code="isp")
    resolution = row.observations.get().resolution
    resolution.customer_ref = place.customer_ref
    resolution.save()
    client = browser(world)
    pages = [
        client.get("/ground").content.decode(),
        client.get(f"/ground?place={place.pk}").content.decode(),
        client.post("/ground/look", form_of(place, wifi="")).content.decode(),
    ]
    for page in pages:
        assert place.address in page
        main = page.split('id="content"')[1]
        for secret in (
            place.customer_ref, subject.number, str(subject.pk), "198.51.100", row.report.title, "isp", "A-46",
            "attribution", "level", "CSEAM", "report", str(row.pk),
        ):  # fmt: skip
            assert secret not in main, secret
    assert "2026-02-12" in pages[1], "the day asked about is told: without it nobody can say who lived there"


def test_another_district_does_not_exist(world: World, place: Place) -> None:
    for name in ("chief_beta", "member_beta"):
        client = browser(world, name)
        assert place.address not in client.get("/ground").content.decode()
        assert client.get(f"/ground?place={place.pk}").content == client.get("/no-such-page").content
        assert client.post("/ground/look", form_of(place)).status_code == 404
        with pytest.raises(NotVisible):
            place_to_find(world.officers[name], place.pk)
    assert not GroundVerification.objects.exists()


def test_who_serves_in_no_district_finds_nothing(world: World, place: Place) -> None:
    free = Officer(number="KL-FREE", roles=["field_officer"])
    assert round_of(free, at=NOON).waiting == ()


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"field_officer", "district_chief"}))
def test_the_form_is_for_local_stations_only(world: World, place: Place, role: str) -> None:
    client = browser(world, role)
    assert client.get("/ground").status_code == 404
    assert client.post("/ground/look", form_of(place)).status_code == 404
    assert not GroundVerification.objects.exists()


def test_a_look_is_good_for_a_fortnight_then_it_is_to_be_done_again(world: World, place: Place) -> None:
    by, at = world.officers["field_officer"], timezone.now()
    assert [one.id for one in round_of(by, at=at).waiting] == [place.pk]
    looked(place, by, days_ago=GOOD_FOR.days + 1)
    again = round_of(by, at=at)
    assert ([one.id for one in again.again], again.waiting, again.done) == ([place.pk], (), ())
    assert "older than two weeks" in browser(world).get("/ground").content.decode()
    looked(place, by, days_ago=GOOD_FOR.days - 1)
    done = round_of(by, at=at)
    assert ([one.id for one, _ in done.done], done.again, done.waiting) == ([place.pk], (), ())
    assert done.done[0][1] == str(by)


def test_own_station_first_and_a_place_that_was_entered_is_left_alone(world: World, place: Place) -> None:
    by = world.officers["field_officer"]
    nearer = attribution_rows.place(world, 9)
    Officer.objects.filter(pk=by.pk).update(station=nearer.station)
    by.refresh_from_db()
    found = round_of(by, at=NOON).waiting
    assert {one.id for one in found} == {place.pk, nearer.pk}
    assert all(one.own_station for one in found)
    site = Site.objects.filter(place__district=place.district).earliest("number")
    assert Outcome.objects.filter(site=site, entered=True).exists()
    assert site.place_id not in {one.id for one in found}


def test_after_a_look_the_attribution_is_computed_anew(world: World, place: Place) -> None:
    subject = attribution_rows.held(world)
    Attribution.objects.filter(subject=subject).update(place=place)
    assert browser(world).post("/ground/look", form_of(place)).status_code == 303
    row = Attribution.objects.get(subject=subject)
    assert row.at > NOON + timedelta(days=1)
    assert row.analyst == world.officers["analyst"]


def test_nothing_is_filled_in_beforehand() -> None:
    form = GroundForm()
    assert all(field.initial is None for field in form.fields.values())
