"""How two things are connected: the shortest ways, why each step, and nothing a viewer may not see."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from kaval.station.models import Exhibit, HandleLink, Lead, Officer
from kaval.station.queries.connection_paths import Found, ends_of, paths_between
from tests.station import net_rows
from tests.station.console_rows import World, uid

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), net_rows.lasting() as built:
        yield built


def lead(number: int) -> Lead:
    """The lead of the small station with this index."""
    return Lead.objects.get(pk=uid("lead", number))


def between(viewer: Officer, start: str, goal: str, **asked: bool | int) -> Found:
    """The ways between two things by name."""
    return paths_between(viewer, ends_of(viewer, start), ends_of(viewer, goal), **asked)  # type: ignore[arg-type]


def told(found: Found) -> list[list[str]]:
    """Each way as the codes of its steps."""
    return [[step.words.code for step in path] for path in found.paths]


def test_a_shared_identifier_is_found_with_the_reason_of_every_step(world: World) -> None:
    analyst = world.officers["analyst"]
    shared = net_rows.identifier("shared@example.org")
    net_rows.names(lead(0), shared)
    net_rows.names(lead(1), shared, party="mentioned")
    found = between(analyst, "S-0", "S-1")
    assert told(found) == [["of_subject", "named_reported", "named_mentioned", "of_subject"]]
    assert [found.things[step.b].text for step in found.paths[0]] == [
        "1 · tip",
        "shared@example.org",
        "2 · tip",
        "S-1",
    ]
    assert not found.cut
    assert not found.through_containers
    assert all(step.words.text and step.words.text_ml for step in found.paths[0])


def test_the_way_back_is_the_same_way(world: World) -> None:
    analyst = world.officers["analyst"]
    shared = net_rows.identifier("shared@example.org")
    for at in (0, 1):
        net_rows.names(lead(at), shared)
    there, back = between(analyst, "S-0", "S-1"), between(analyst, "S-1", "S-0")
    assert [step.b for step in there.paths[0]][:-1] == [step.a for step in reversed(back.paths[0])][:-1]
    assert told(there) == [list(reversed(way)) for way in told(back)]


def test_an_address_connects_only_when_asked_and_says_so(world: World) -> None:
    analyst = world.officers["analyst"]
    plain = between(analyst, "S-0", "S-1")
    assert plain.by_operation
    assert told(plain) == [["attributed", "site_of", "site_of", "attributed"]]
    asked = between(analyst, "S-0", "S-1", containers=True)
    assert told(asked) == [["of_subject", "seen_at", "seen_at", "of_subject"]]
    assert asked.through_containers


def test_nothing_connects_strangers(world: World) -> None:
    clerk, analyst = world.officers["intake_clerk"], world.officers["analyst"]
    for number in (501, 502):
        net_rows.seen_at(net_rows.report(number, by=clerk, subject=net_rows.subject(number)), "198.18.0.1")
    found = between(analyst, "S-000501", "S-000502")
    assert (found.paths, found.cut) == ((), False)
    assert told(between(analyst, "S-000501", "S-000502", containers=True))


def test_a_way_of_many_steps_ends_at_six(world: World) -> None:
    clerk, analyst = world.officers["intake_clerk"], world.officers["analyst"]
    chain = [net_rows.report(600 + at, by=clerk) for at in range(6)]
    for at, (one, other) in enumerate(pairwise(chain)):
        link = net_rows.identifier(f"link{at}@example.org")
        net_rows.names(one, link)
        net_rows.names(other, link)
    assert len(between(analyst, "600", "603").paths[0]) == 6
    far = between(analyst, "600", "604")
    assert (far.paths, far.cut) == ((), False)


def test_all_of_the_shortest_ways_are_told_and_no_longer_one(world: World) -> None:
    clerk, analyst = world.officers["intake_clerk"], world.officers["analyst"]
    one, other, between_them = (net_rows.report(700 + at, by=clerk) for at in range(3))
    for at in range(2):
        shared = net_rows.identifier(f"both{at}@example.org")
        net_rows.names(one, shared)
        net_rows.names(other, shared)
    for at, pair in enumerate(((one, between_them), (between_them, other))):
        detour = net_rows.identifier(f"detour{at}@example.org")
        for each in pair:
            net_rows.names(each, detour)
    found = between(analyst, "700", "701")
    assert [len(path) for path in found.paths] == [2, 2]
    assert not found.more
    for at in range(2, 9):
        shared = net_rows.identifier(f"both{at}@example.org")
        net_rows.names(one, shared)
        net_rows.names(other, shared)
    many = between(analyst, "700", "701")
    assert (len(many.paths), many.more) == (5, True)


def test_a_search_that_stopped_early_says_so(world: World) -> None:
    clerk, analyst = world.officers["intake_clerk"], world.officers["analyst"]
    shared = net_rows.identifier("crowd@example.org")
    for number in range(800, 830):
        net_rows.names(net_rows.report(number, by=clerk), shared)
    net_rows.report(831, by=clerk, subject=net_rows.subject(831))
    net_rows.names(Lead.objects.get(number=831), net_rows.identifier("else@example.org"))
    found = between(analyst, "crowd@example.org", "831", read_most=5)
    assert (found.paths, found.cut) == ((), True)
    assert not between(analyst, "crowd@example.org", "831").cut


def test_a_device_a_note_and_a_proposal_are_steps(world: World) -> None:
    clerk, analyst = world.officers["intake_clerk"], world.officers["analyst"]
    Exhibit.objects.filter(pk=uid("exhibit", 0)).update(imei="490154203237518")
    carried = net_rows.identifier("490154203237518", kind="imei", strength="weak")
    other = net_rows.report(900, by=clerk, subject=net_rows.subject(900))
    net_rows.names(other, carried)
    assert told(between(analyst, "S-0", "S-000900")) == [
        ["attributed", "seized", "same_device", "named_reported", "of_subject"]
    ]
    one, two = net_rows.identifier("chat:one", kind="handle"), net_rows.identifier("chat:two", kind="handle")
    noted = net_rows.report(901, by=clerk)
    HandleLink.objects.create(id=uid("note"), one=one, other=two, stated="two", lead=noted)
    net_rows.names(net_rows.report(902, by=clerk), one)
    net_rows.names(net_rows.report(903, by=clerk), two)
    assert told(between(analyst, "902", "903")) == [["named_reported", "noted_together", "named_reported"]]
    net_rows.proposal(Lead.objects.get(number=902), other)
    assert told(between(analyst, "902", "900")) == [["proposed"]]


def test_a_victim_is_masked_and_cannot_be_asked_for(world: World) -> None:
    analyst = world.officers["analyst"]
    net_rows.names(lead(1), net_rows.identifier("secret-victim0@example.org"), party="victim")
    found = between(analyst, "S-0", "S-1")
    assert told(found) == [["of_subject", "named_victim", "named_victim", "of_subject"]]
    assert found.things[found.paths[0][1].b].text == ""
    assert ends_of(analyst, "secret-victim0@example.org").nodes == ()
    assert ends_of(analyst, f"identifier:{uid('identifier', 0, 'victim')}").nodes == ()
    client = Client()
    client.force_login(world.account("analyst"))
    assert b"secret-victim" not in client.get("/connections/path?from=S-0&to=S-1").content


def test_who_reported_is_no_connection(world: World) -> None:
    clerk, analyst = world.officers["intake_clerk"], world.officers["analyst"]
    hotline = net_rows.identifier("hotline@example.org")
    for number in (950, 951):
        net_rows.names(net_rows.report(number, by=clerk), hotline, party="reporter")
    assert between(analyst, "950", "951", containers=True).paths == ()


def test_a_way_over_what_lies_out_of_reach_does_not_exist(world: World) -> None:
    chief, analyst = world.officers["district_chief"], world.officers["analyst"]
    for at, pair in enumerate(((0, 2), (2, 1))):
        shared = net_rows.identifier(f"over{at}@example.org")
        for number in pair:
            net_rows.names(lead(number), shared)
    assert [found for found in told(between(analyst, "1", "2")) if "named_reported" in found]
    assert not between(analyst, "1", "2").by_operation
    near = between(chief, "1", "2")
    assert all(one.text != "S-2" for one in near.things.values())
    assert told(near) == [] or near.by_operation
    assert ends_of(chief, "S-2").nodes == ends_of(chief, "3").nodes == ()
    assert ends_of(chief, f"report:{uid('lead', 2)}").nodes == ()


def test_the_page_says_it_in_both_languages_and_warns_of_containers(world: World) -> None:
    client = Client()
    client.force_login(world.account("analyst"))
    path = "/connections/path?from=S-0&to=S-1&through=containers"
    text = client.get(path).content.decode()
    assert "was seen at this address, which many may share" in text
    assert "proves nothing about persons" in text
    assert 'class="tie dashed"' in text
    client.post("/language", {"language": "ml", "next": "/"})
    assert "ഈ വിലാസത്തിൽ കണ്ടു; പലരും ഇത് പങ്കിടാം" in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=S-0&to=S-999", "Nothing of this name is in your reach"),
        ("from=S-0&to=S-0", "Both are the same"),
        ("from=&to=", "How are these two connected"),
        ("from=report:x&to=identifier:%00", "Nothing of this name"),
    ],
)
def test_questions_without_an_answer_are_answered(world: World, query: str, said: str) -> None:
    client = Client()
    client.force_login(world.account("analyst"))
    response = client.get(f"/connections/path?{query}")
    assert response.status_code == 200
    assert said in response.content.decode()
