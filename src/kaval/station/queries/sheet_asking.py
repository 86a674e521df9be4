"""The facts of what is written to platforms and of reminders, from the requests as they were sent."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.asking_facts import AccountRowFacts, PlatformRequestFacts, ReminderFacts
from kaval.engine.rules.court.facts import HeadFacts, OfficerFacts
from kaval.station import models
from kaval.station.queries.requests import answered_references
from kaval.station.queries.sheet_sources import Sources, officer_facts


def platform_request_facts(request_id: uuid.UUID, *, number: str, at: datetime) -> PlatformRequestFacts:
    """One written order to a platform with its accounts as they were sent.

    Raises:
        RefusedError: the request is about addresses.
    """
    row = _request(request_id)
    if row.kind != "account":
        raise RefusedError("DOC-REQUEST", f"{row.number} asks about addresses, not about accounts")
    accounts = models.AccountRow.objects.filter(request=row).select_related("lead__report__sealed")
    return PlatformRequestFacts(
        head=_head(number, at),
        platform=row.provider.name,
        platform_office=_office(row.provider),
        basis=row.legal_basis or None,
        authority=row.authority or None,
        signatory=_signatory(row),
        rows=tuple(_account(one) for one in accounts.order_by("reference")),
        answer_by=row.due_at,
        answer_channel=row.provider.answer_channel or None,
        source=_source(row),
    )


def reminder_facts(reminder_id: uuid.UUID, *, number: str, at: datetime) -> ReminderFacts:
    """One reminder with the rows that have no answer now."""
    reminder = models.RequestReminder.objects.select_related("by").get(id=reminder_id)
    row = _request(reminder.request_id)
    asked = list(row.accounts.values_list("reference", flat=True).order_by("reference"))
    asked += row.rows.values_list("reference", flat=True).order_by("reference")
    answered = answered_references([row.provider_id]).get(row.provider_id, {})
    return ReminderFacts(
        head=_head(number, at),
        provider=row.provider.name,
        provider_office=_office(row.provider),
        request=row.number,
        sent_at=row.sent_at,
        answer_by=row.due_at,
        reminder=reminder.number,
        rows=len(asked),
        open_rows=tuple(reference for reference in asked if not answered.get(reference)),
        basis=row.legal_basis or None,
        signatory=officer_facts(reminder.by),
        answer_channel=row.provider.answer_channel or None,
        source=_source(row),
    )


def _request(request_id: uuid.UUID) -> models.ProviderRequest:
    return models.ProviderRequest.objects.select_related("provider", "signed_by", "machine_file").get(
        id=request_id
    )


def _head(number: str, at: datetime) -> HeadFacts:
    unit = models.Unit.objects.get(id=1)
    return HeadFacts(
        number=number,
        unit=unit.name,
        unit_ml=unit.name_ml or unit.name,
        prepared_at=at,
        training=unit.training,
    )


def _office(provider: models.Provider) -> str | None:
    return provider.office or provider.contact or None


def _signatory(row: models.ProviderRequest) -> OfficerFacts:
    """The officer in the rank held when it was signed."""
    return replace(officer_facts(row.signed_by), rank=row.signatory_rank or row.signed_by.rank)


def _account(one: models.AccountRow) -> AccountRowFacts:
    given = one.rendered
    received = given.get("received_at")
    return AccountRowFacts(
        reference=one.reference,
        kind=str(given["kind"]),
        value=str(given["value"]),
        asked=tuple(map(str, one.asked)),
        report=str(given.get("report") or one.lead.report.source_id),
        received_at=datetime.fromisoformat(received) if received else None,
        source=SourceRef(one.lead.report.sealed.sha256, one.lead.report.locator),
    )


def _source(row: models.ProviderRequest) -> SourceRef:
    """The sealed copy as it was sent; without one, the entry of the act that sent it.

    Raises:
        RefusedError: nothing stands behind it.
    """
    if row.machine_file is not None:
        return SourceRef(row.machine_file.sha256, "")
    nothing = SourceRef("", "")
    found = Sources(nothing).of(row.pk)
    if found == nothing:
        raise RefusedError("DOC-SOURCE", "no sealed copy and no ledger entry stands behind this request")
    return found
