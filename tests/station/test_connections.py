"""The connections of a subject: what stands there, what is masked, what is put together, and who may look."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from kaval.station.models import Lead, Officer, Subject, SubjectLead
from kaval.station.queries.connections import connections_of
from kaval.station.queries.scope import NotVisible
from tests.station import net_rows
from tests.station.console_rows import World, uid

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), net_rows.lasting() as built:
        yield built


def page(world: World, path: str, role: str = "analyst", *, malayalam: bool = False) -> str:
    """The text of a page for a role."""
    client = Client()
    client.force_login(world.account(role))
    if malayalam:
        client.post("/language", {"language": "ml", "next": "/"})
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def kinds(analyst: Officer, reference: str) -> set[tuple[str, str]]:
    return {(one.node.kind, one.text) for one in connections_of(analyst, reference).things}


def test_a_subject_stands_with_all_that_hangs_on_it(world: World) -> None:
    analyst = world.officers["analyst"]
    things = kinds(analyst, "S-0")
    assert {kind for kind, _ in things} == {
        "report",
        "identifier",
        "address",
        "place",
        "device",
        "operation",
    }
    assert ("report", "1 · tip") in things
    assert ("identifier", "user0@example.org") in things
    assert ("device", "phone EX/0") in things


def test_an_identifier_of_a_victim_is_masked_everywhere(world: World) -> None:
    text = page(world, "/subjects/S-0/connections")
    assert "secret-victim" not in text
    assert "restricted" in text
    assert "the report names it as a victim&#x27;s" in text


def test_an_address_never_leads_to_another_subject(world: World) -> None:
    shared = connections_of(world.officers["analyst"], "S-0")
    assert ("address", "192.0.2.7") in {(one.node.kind, one.text) for one in shared.things}
    assert not [one for one in shared.things if one.node.kind == "subject"]


def test_another_subject_appears_with_what_suggests_it(world: World) -> None:
    analyst = world.officers["analyst"]
    first, second, third = (Lead.objects.get(pk=uid("lead", at)) for at in range(3))
    shared = net_rows.identifier("Anju", kind="name", strength="weak")
    net_rows.names(first, shared)
    net_rows.names(second, shared)
    net_rows.proposal(first, third)
    found = connections_of(analyst, "S-0")
    others = {one.text: one.node for one in found.things if one.node.kind == "subject"}
    assert set(others) == {"S-1", "S-2"}
    said = {step.b.key: step.words.code for step in found.steps if step.b.kind == "subject"}
    assert said == {others["S-1"].key: "in_several", others["S-2"].key: "proposed"}


def test_a_victim_named_in_two_reports_joins_no_subjects(world: World) -> None:
    lead = Lead.objects.get(pk=uid("lead", 1))
    net_rows.names(lead, net_rows.identifier("secret-victim0@example.org"), party="victim")
    assert not [one for one in connections_of(world.officers["analyst"], "S-0").things if one.text == "S-1"]


def test_reports_alike_are_one_box_that_opens(world: World) -> None:
    clerk = world.officers["intake_clerk"]
    one = net_rows.subject(77)
    address = net_rows.identifier("same@example.org")
    for number in range(770, 793):
        lead = net_rows.report(number, by=clerk, subject=one)
        net_rows.names(lead, address)
        net_rows.seen_at(lead, f"198.18.0.{number - 769}")
    closed = page(world, "/subjects/S-000077/connections")
    assert "23 reports" in closed
    assert "23 IP addresses" in closed
    opening = re.search(r'href="\?open=(report[^"#]+)#picture"', closed)
    assert opening is not None
    opened = page(world, f"/subjects/S-000077/connections?open={opening.group(1)}")
    assert opened.count('class="thing k-report"') == 23
    assert "23 റിപ്പോർട്ടുകൾ" in page(world, "/subjects/S-000077/connections", malayalam=True)


def test_a_merged_subject_leads_to_what_it_became(world: World) -> None:
    gone = net_rows.subject(88, leads=0)
    Subject.objects.filter(pk=gone.pk).update(merged_into=uid("subject", 0))
    assert connections_of(world.officers["analyst"], "S-000088").subject.number == "S-0"


def test_a_place_that_hung_on_a_merged_subject_hangs_on_what_it_became(world: World) -> None:
    analyst = world.officers["analyst"]
    SubjectLead.objects.filter(lead=uid("lead", 1)).update(subject=uid("subject", 0))
    Subject.objects.filter(pk=uid("subject", 1)).update(merged_into=uid("subject", 0), lead_count=0)
    found = connections_of(analyst, "S-0")
    assert sum(one.node.kind == "place" for one in found.things) == 2
    assert not [one for one in found.things if one.node.kind == "subject"]


def test_an_officer_of_a_district_sees_nothing_of_another(world: World) -> None:
    chief = world.officers["district_chief"]
    first, other = Lead.objects.get(pk=uid("lead", 0)), Lead.objects.get(pk=uid("lead", 2))
    shared = net_rows.identifier("Anju", kind="name", strength="weak")
    for lead in (first, other):
        net_rows.names(lead, shared)
    net_rows.proposal(first, other)
    found = connections_of(chief, "S-0")
    assert not [one for one in found.things if one.node.kind == "subject"]
    assert "S-2" in {one.text for one in connections_of(world.officers["analyst"], "S-0").things}
    with pytest.raises(NotVisible):
        connections_of(chief, "S-2")


def test_who_may_not_see_exhibits_gets_no_way_to_them(world: World) -> None:
    assert "/exhibits/" in page(world, "/subjects/S-0/connections", "supervisor")
    assert "/exhibits/" not in page(world, "/subjects/S-0/connections", "analyst")


def test_two_hundred_things_ask_few_questions(world: World, django_assert_max_num_queries: object) -> None:
    net_rows.big_subject(90, by=world.officers["intake_clerk"])
    client = Client()
    client.force_login(world.account("analyst"))
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        text = client.get("/subjects/S-000090/connections?open=*").content.decode()
    assert text.count('class="thing ') >= 190


def test_what_is_left_out_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    net_rows.big_subject(90, by=world.officers["intake_clerk"], things=40)
    monkeypatch.setattr("kaval.station.queries.connections.REPORTS_MOST", 4)
    monkeypatch.setattr("kaval.station.queries.connections.THINGS_MOST", 12)
    found = connections_of(world.officers["analyst"], "S-000090")
    assert (found.reports, found.reports_in_all, len(found.things)) == (4, 10, 12)
    assert found.left_out > 0
    assert "Not everything is shown" in page(world, "/subjects/S-000090/connections")
