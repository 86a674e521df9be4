"""The link desk: what waits for a decision, how it is taken and taken back, and that nobody decides out of reach."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from kaval.station.models import Lead, LinkDecision, LinkProposal, SubjectLead
from kaval.station.queries.link_desk import decisions_made, open_proposals
from tests.station import net_rows
from tests.station.console_rows import HOSTILE, World, uid

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), net_rows.lasting() as built:
        yield built


@pytest.fixture
def pair(world: World) -> LinkProposal:
    """A proposal between two reports of two subjects."""
    clerk = world.officers["intake_clerk"]
    leads = [net_rows.report(number, by=clerk, subject=net_rows.subject(number)) for number in (301, 302)]
    net_rows.names(leads[0], net_rows.identifier("left@example.org"))
    net_rows.names(leads[0], net_rows.identifier("hidden@example.org"), party="victim")
    return net_rows.proposal(*leads)


def browser(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.account(role))
    return client


def decide(
    client: Client, proposal: LinkProposal, verdict: str, text: str = "same school, same street"
) -> int:
    sent = {"key": str(uuid.uuid4()), "proposal": str(proposal.pk), "verdict": verdict, "text": text}
    return int(client.post("/links/decide", sent).status_code)


def test_both_sides_stand_beside_what_speaks_for_and_against(world: World, pair: LinkProposal) -> None:
    text = browser(world, "analyst").get("/links").content.decode()
    for said in (
        "Report 301",
        "S-000302",
        "left@example.org",
        "the names are alike",
        "+10.5",
        "-2.0",
        "8.5 bits",
    ):
        assert said in text, said
    assert "hidden@example.org" not in text
    client = browser(world, "analyst")
    client.post("/language", {"language": "ml", "next": "/"})
    assert "പേരുകൾ സമാനം" in client.get("/links").content.decode()


def test_the_heaviest_stands_first_and_decided_ones_are_gone(world: World, pair: LinkProposal) -> None:
    heavy = net_rows.proposal(
        Lead.objects.get(pk=uid("lead", 0)), Lead.objects.get(pk=uid("lead", 1)), bits=30
    )
    done = net_rows.proposal(
        Lead.objects.get(pk=uid("lead", 0)), Lead.objects.get(pk=uid("lead", 2)), bits=40
    )
    LinkProposal.objects.filter(pk=done.pk).update(state="refused")
    assert [row.id for row in open_proposals(world.officers["analyst"])] == [heavy.pk, pair.pk]


@pytest.mark.parametrize(
    ("verdict", "kind", "state"), [("accept", "join", "accepted"), ("refuse", "apart", "refused")]
)
def test_a_decision_is_kept_with_its_reason(
    world: World, pair: LinkProposal, verdict: str, kind: str, state: str
) -> None:
    client = browser(world, "analyst")
    assert decide(client, pair, verdict) == 303
    made = LinkDecision.objects.get()
    assert (made.kind, made.text, made.by) == (kind, "same school, same street", world.officers["analyst"])
    pair.refresh_from_db()
    assert pair.state == state
    page = client.get("/links/decisions").content.decode()
    assert "same school, same street" in page
    sent = {"key": str(uuid.uuid4()), "decision": str(made.pk), "text": "it was another family"}
    assert client.post("/links/withdraw", sent).status_code == 303
    assert LinkDecision.objects.get(kind="withdraw").withdraws == made
    assert "it was another family" in client.get("/links/decisions").content.decode()


def test_no_reason_no_decision(world: World, pair: LinkProposal) -> None:
    client = browser(world, "analyst")
    assert decide(client, pair, "accept", text="  ") == 400
    assert decide(client, pair, "perhaps") == 400
    assert not LinkDecision.objects.exists()


def test_a_decided_proposal_is_not_decided_twice(world: World, pair: LinkProposal) -> None:
    client = browser(world, "analyst")
    assert decide(client, pair, "refuse") == 303
    assert decide(client, pair, "accept") == 400
    assert LinkDecision.objects.count() == 1


def test_who_may_look_may_not_decide(world: World, pair: LinkProposal) -> None:
    client = browser(world, "auditor")
    assert "Same person" not in client.get("/links").content.decode()
    assert decide(client, pair, "accept") == 403
    assert not LinkDecision.objects.exists()


def test_parting_reports_parts_the_ticked_from_the_rest(world: World) -> None:
    clerk, client = world.officers["intake_clerk"], browser(world, "analyst")
    one = net_rows.subject(311, leads=3)
    leads = [net_rows.report(number, by=clerk, subject=one) for number in (311, 312, 313)]
    shared = net_rows.identifier("both@example.org")
    for lead in leads:
        net_rows.names(lead, shared)
    page = client.get(f"/subjects/{one.pk}/part").content.decode()
    assert page.count('type="checkbox"') == 3
    sent = {
        "key": str(uuid.uuid4()),
        "subject": str(one.pk),
        "text": "another person",
        "lead": str(leads[2].pk),
    }
    assert client.post("/links/part", sent).status_code == 303
    made = LinkDecision.objects.get()
    assert (made.kind, made.these, made.those) == ("apart", [313], [311, 312])
    assert len(set(SubjectLead.objects.filter(lead__in=leads).values_list("subject_id", flat=True))) == 2


@pytest.mark.parametrize("ticked", [(), (321, 322), ("x",)])
def test_parting_nothing_or_everything_is_refused_with_words(
    world: World, ticked: tuple[object, ...]
) -> None:
    clerk, client = world.officers["intake_clerk"], browser(world, "analyst")
    one = net_rows.subject(321, leads=2)
    leads = {number: net_rows.report(number, by=clerk, subject=one) for number in (321, 322)}
    sent = {
        "key": str(uuid.uuid4()),
        "subject": str(one.pk),
        "text": "why",
        "lead": [str(leads[number].pk) if isinstance(number, int) else number for number in ticked],
    }
    response = client.post("/links/part", sent)
    assert response.status_code == 400
    assert "Not done." in response.content.decode()
    assert not LinkDecision.objects.exists()


def test_a_subject_of_one_report_has_nothing_to_part(world: World) -> None:
    assert "there is nothing to part" in browser(world, "analyst").get("/subjects/S-0/part").content.decode()


def test_an_empty_desk_says_so(world: World) -> None:
    client = browser(world, "supervisor")
    assert "No proposal waits" in client.get("/links").content.decode()
    assert "Nobody has decided" in client.get("/links/decisions").content.decode()


def test_a_district_sees_its_own_proposals_and_decisions_only(world: World) -> None:
    chief, analyst = world.officers["district_chief"], world.officers["analyst"]
    own = [Lead.objects.get(pk=uid("lead", at)) for at in (0, 1)]
    other = Lead.objects.get(pk=uid("lead", 2))
    inside = net_rows.proposal(*own)
    net_rows.proposal(own[0], other)
    net_rows.decision([1, 2], by=analyst)
    net_rows.decision([1], [3], by=analyst)
    assert [row.id for row in open_proposals(chief)] == [inside.pk]
    assert [one.row.these for one in decisions_made(chief)] == [[1, 2]]
    assert decisions_made(analyst).total == 2


def test_hostile_words_stay_text(world: World, pair: LinkProposal) -> None:
    LinkProposal.objects.filter(pk=pair.pk).update(reasons=[{"code": "x", "text": HOSTILE, "weight": 1.0}])
    net_rows.names(pair.first, net_rows.identifier(HOSTILE, kind="name"))
    for path in ("/links", "/subjects/S-000301/connections", "/subjects/S-000301/part"):
        text = browser(world, "analyst").get(path).content.decode()
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)" in text, path


def test_many_proposals_ask_no_more_questions_than_few(world: World, pair: LinkProposal) -> None:
    analyst, clerk = world.officers["analyst"], world.officers["intake_clerk"]
    with CaptureQueriesContext(connection) as few:
        open_proposals(analyst)
    for number in range(340, 350, 2):
        sides = [net_rows.report(at, by=clerk, subject=net_rows.subject(at)) for at in (number, number + 1)]
        net_rows.names(sides[0], net_rows.identifier(f"side{number}@example.org"))
        net_rows.proposal(*sides)
    with CaptureQueriesContext(connection) as many:
        assert open_proposals(analyst).total == 6
    assert len(many) == len(few)
