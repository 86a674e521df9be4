"""The papers of asking: an order about accounts, a reminder with the rows still open, and the order about addresses."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from kaval.station.models import (
    AccountRow,
    Lead,
    LeadIdentifier,
    Provider,
    ProviderRequest,
    RenderedDocument,
    RequestReminder,
)
from kaval.station.operations.papers import render_document
from tests.station.console_rows import NOON, World, build, uid
from tests.station.plays import refused
from tests.station.sheet_rows import sealed_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


def paper(
    world: World, kind: str, subject: UUID, *, at: datetime = NOON + timedelta(microseconds=7)
) -> RenderedDocument:
    """A paper as the supervisor makes it, at an instant as a clock gives it."""
    return render_document(
        by=world.officers["supervisor"], at=at, key=f"{kind} {at}", kind=kind, subject=subject, language="en"
    )


def order(world: World, *, kind: str = "account") -> ProviderRequest:
    """An order with a sealed copy, signed by somebody who was an Inspector then."""
    provider = Provider.objects.get(code="isp")
    provider.office, provider.answer_channel = "Nodal office", "sealed folder"
    provider.save(update_fields=["office", "answer_channel"])
    return ProviderRequest.objects.create(
        id=uid("order", kind),
        number=f"REQ/{kind}",
        provider=provider,
        kind=kind,
        legal_basis="BNSS 94",
        authority="Order 7/2026",
        signed_by=world.officers["supervisor"],
        signatory_rank="INSPECTOR",
        sent_at=NOON,
        due_at=NOON + timedelta(days=7),
        machine_file=sealed_row(b"reference\r\n"),
    )


def account(request: ProviderRequest) -> AccountRow:
    """One account of the order."""
    named = LeadIdentifier.objects.filter(party="reported").order_by("pk")[0]
    return AccountRow.objects.create(
        id=uid("account"),
        request=request,
        identifier=named.identifier,
        lead=Lead.objects.get(pk=named.lead_id),
        reference="A7QK2M9XBT",
        asked=["logins"],
        rendered={
            "kind": "esp_account",
            "value": "100200300",
            "report": "tip T0",
            "received_at": "2026-03-01T06:30:00Z",
        },
    )


def test_a_platform_is_asked_about_accounts_in_the_rank_held_then(world: World) -> None:
    request = order(world)
    account(request)
    text = paper(world, "in.platform_request", request.pk).plain_text
    for said in (
        "A7QK2M9XBT", "100200300", "log-ins with address, port and time", "Order 7/2026", "Inspector", "Nodal office",
        "sealed folder",
    ):  # fmt: skip
        assert said in text, said


def test_an_order_about_addresses_is_no_order_about_accounts(world: World) -> None:
    with refused("DOC-REQUEST"):
        paper(world, "in.platform_request", order(world, kind="address").pk)


def test_a_reminder_lists_what_is_open_and_how_late_it_is(world: World) -> None:
    request = order(world)
    account(request)
    reminder = RequestReminder.objects.create(
        id=uid("reminder"), request=request, number=2, by=world.officers["supervisor"], at=NOON
    )
    made = paper(world, "in.request_reminder", reminder.pk, at=NOON + timedelta(days=10))
    assert "Reminder 2: the order REQ/account" in made.plain_text
    assert "is overdue by 3 days" in made.plain_text
    assert "| 1 | A7QK2M9XBT |" in made.plain_text


def test_the_order_about_addresses_names_rank_and_authority(world: World) -> None:
    request = ProviderRequest.objects.get(number="REQ/1")
    assert request.rows.count() >= 2
    ProviderRequest.objects.filter(pk=request.pk).update(
        authority="Order 9/2026", signatory_rank="DYSP", machine_file=sealed_row(b"rows")
    )
    text = paper(world, "in.provider_request", request.pk).plain_text
    for said in ("Order 9/2026", "Deputy Superintendent", "IPv4 without port"):
        assert said in text, said
