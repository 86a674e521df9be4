"""The readiness pages: the next step for each state, go or no-go, changes, recall in two steps, the review."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from kaval.station.models import AfterAction, GoDecision, Operation, PlanChange, Site, Stop
from tests.station import planned_rows
from tests.station.planned_rows import Planned

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def planned(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Planned]:
    """The rows and a plan made of them, for all tests of the module; each test works on a savepoint."""
    with django_db_blocker.unblock(), planned_rows.lasting() as rows:
        yield rows


def browser(rows: Planned, role: str) -> Client:
    """A browser in which the officer of this role is signed in."""
    client = Client()
    client.force_login(rows.account(role))
    return client


def send(client: Client, rows: Planned, page: str, **given: object) -> str:
    """What comes back of a form, the page it leads to when it was done."""
    answer = client.post(f"/operations/{rows.operation.pk}{page}", {"key": str(uuid.uuid4()), **given})
    return (client.get(answer["Location"]) if answer.status_code == 303 else answer).content.decode()


def state(rows: Planned) -> str:
    """The state of the operation now."""
    return Operation.objects.get(pk=rows.operation.pk).state


def test_the_page_says_what_comes_next_and_two_people_sign_and_freeze(planned: Planned) -> None:
    commander, deputy = browser(planned, "commander"), browser(planned, "deputy_commander")
    page = f"/operations/{planned.operation.pk}"
    assert "Sign the plan" in commander.get(page).content.decode()
    digest = planned.operation.plan_digest
    assert "read it again" in send(commander, planned, "/step", step="approve", plan_digest="0" * 64)
    send(commander, planned, "/step", step="approve", plan_digest=digest)
    assert 'value="approve"' not in commander.get(page).content.decode()
    assert 'value="approve"' in deputy.get(page).content.decode()
    assert "Freeze the plan" in send(deputy, planned, "/step", step="approve", plan_digest=digest)
    assert 'value="freeze"' not in deputy.get(page).content.decode()
    refused = send(commander, planned, "/step", step="freeze")
    assert "Nothing was changed." in refused
    assert "It is not on record what the attribution rests on" in refused
    assert state(planned) == "approved"
    Operation.objects.filter(pk=planned.operation.pk).update(state="frozen")
    assert "Decide go or no-go" in commander.get(page).content.decode()


def test_an_approved_plan_is_opened_again_with_a_reason(planned: Planned) -> None:
    for role in ("commander", "deputy_commander"):
        digest = planned.operation.plan_digest
        send(browser(planned, role), planned, "/step", step="approve", plan_digest=digest)
    commander = browser(planned, "commander")
    assert state(planned) == "approved"
    assert "Nothing was changed." in send(commander, planned, "/step", step="reopen", reason="")
    send(commander, planned, "/step", step="reopen", reason="A road is closed")
    assert state(planned) == "draft"


def test_go_and_no_go_have_a_reason_and_the_latest_counts(planned: Planned) -> None:
    planned_rows.freeze(planned)
    client = browser(planned, "commander")
    assert "Nothing was changed." in send(client, planned, "/ready/go", moment="t24", go="yes", reason="")
    assert "not decided" in send(client, planned, "/ready/go", moment="t24", go="no", reason="Flood warning")
    text = send(client, planned, "/ready/go", moment="t24", go="yes", reason="The water went down")
    assert text.index("The water went down") < text.index("Flood warning")
    assert GoDecision.objects.filter(operation=planned.operation).count() == 2
    send(client, planned, "/ready/go", moment="t2", go="yes", reason="All crews are awake")
    assert "Open the day" in client.get(f"/operations/{planned.operation.pk}").content.decode()


def test_a_change_has_a_number_a_reason_and_shows_who_moves(planned: Planned) -> None:
    planned_rows.freeze(planned)
    client = browser(planned, "commander")
    site = Stop.objects.filter(team__operation=planned.operation, order=1).select_related("site")[0].site
    text = send(client, planned, "/ready/change", kind="withdrawn", site=site.pk, reason="Moved away")
    assert "Withdraw a place" in text
    assert "Moved away" in text
    assert Site.objects.get(pk=site.pk).state == "withdrawn"
    again = send(client, planned, "/ready/change", kind="withdrawn", site=site.pk, reason="Twice")
    assert "Twice" not in again.replace('value="Twice"', "")
    unknown = send(client, planned, "/ready/change", kind="officer_out", officer="NOBODY", reason="Ill")
    assert "There is no officer NOBODY" in unknown
    assert [one.number for one in PlanChange.objects.order_by("number")] == [1]


def test_recall_asks_for_the_code_and_stops_everything(planned: Planned) -> None:
    planned_rows.freeze(planned)
    client = browser(planned, "commander")
    text = send(client, planned, "/ready/recall", code="TRAINING X", reason="A leak")
    assert "The code is not the one of this operation." in text
    assert state(planned) == "frozen"
    text = send(client, planned, "/ready/recall", code="TRAINING P", reason="A leak")
    assert "Recalled" in text
    assert "A leak" in text
    assert state(planned) == "recalled"
    assert "account for every place" in client.get(f"/operations/{planned.operation.pk}").content.decode()


def test_every_place_is_listed_until_it_is_accounted_for(planned: Planned) -> None:
    text = browser(planned, "commander").get(f"/operations/{planned.operation.pk}/ready").content.decode()
    assert "<b>0</b> / <b>11</b> accounted for" in text
    own = browser(planned, "district_chief").get(f"/operations/{planned.operation.pk}/ready").content.decode()
    assert "<b>0</b> / <b>7</b> accounted for" in own


def test_a_lesson_of_something_to_be_done_names_who_does_it(planned: Planned) -> None:
    planned_rows.freeze(planned)
    client = browser(planned, "commander")
    send(client, planned, "/ready/recall", code="TRAINING P", reason="A leak")
    given = {"kind": "measure", "text": "Print packets a day earlier"}
    assert "Nothing was changed." in send(client, planned, "/ready/lesson", **given)
    text = send(client, planned, "/ready/lesson", **given, owner="HQ-supervisor", due_on="2026-04-01")
    assert "Print packets a day earlier" in text
    row = AfterAction.objects.get()
    assert (row.owner, str(row.due_on)) == (planned.officers["supervisor"], "2026-04-01")


@pytest.mark.parametrize("role", ["auditor", "supervisor", "district_chief"])
def test_who_may_only_look_changes_nothing(planned: Planned, role: str) -> None:
    planned_rows.freeze(planned)
    client = browser(planned, role)
    page = f"/operations/{planned.operation.pk}/ready"
    for where, given in (
        ("/go", {"moment": "t2", "go": "yes", "reason": "x"}),
        ("/recall", {"code": "TRAINING P", "reason": "x"}),
        ("/change", {"kind": "officer_out", "officer": "KTM-11", "reason": "x"}),
    ):
        answer = client.post(f"{page}{where}", {"key": str(uuid.uuid4()), **given})
        assert answer.status_code == 403, where
    text = client.get(page).content.decode()
    assert "ready/recall" not in text
    assert "ready/change" not in text
    assert state(planned) == "frozen"
