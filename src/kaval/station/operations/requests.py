"""Asking providers in writing, who held an address and whose an account is; reminding them; closing what stays open.

Rows are made by machine from sealed sources; none is typed (A-02). The machine-readable copy is sealed as it was sent.
Taking the answers is `operations.answers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from kaval.engine.formats.request_file import account_csv, prefix_asked, request_csv
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc, ist_text
from kaval.engine.rules.attribution.request import LegalBasis, RequestBatch, request_rows, row_reference
from kaval.engine.rules.attribution.request import RequestRow as Asked
from kaval.engine.rules.attribution.signing import CITED, refused_signature
from kaval.station import sealed as store
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import (
    AccountRow,
    LeadIdentifier,
    Observation,
    Officer,
    Provider,
    ProviderRequest,
    RequestReminder,
    RequestRow,
    SealedFile,
)
from kaval.station.operations.answers import record_answer
from kaval.station.queries import attribution_facts
from kaval.station.queries.asked_rows import accounts_to_ask

# What a platform may be asked for, by code.
CATEGORIES = ("subscriber", "logins", "recovery", "devices")
_LOCK = 0x6B61_7661_6C05  # "kaval", request numbers
_REASON = "say in words why"


def send_request(
    *,
    by: Officer,
    at: datetime,
    key: str,
    due_at: datetime,
    basis: str = "BNSS_94",
    authority: str = "",
) -> int:
    """Sends one written order to each provider for every observation that may be asked about; gives the rows asked.

    An observation that fails a check of the asking stage is not sent and carries that check's id. Rows are rendered by
    machine from sealed sources; none is typed (A-02). `authority` is what the order rests on beyond the basis.

    Raises:
        RefusedError: the officer's rank may not sign on this basis, or a court's summons is not named.
    """
    request = {"due": iso_utc(due_at), "basis": basis, "authority": authority}
    with acting("send_request", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return 0
        _may_sign(act, basis, authority)
        waiting = list(
            Observation.objects.filter(request_row__isnull=True, problem="", lead__subject_link__isnull=False)
            .select_related("lead__report__sealed")
            .order_by("id")
        )
        by_id = {str(row.id): row for row in waiting}
        plan = request_rows(
            attribution_facts.observation_facts(waiting),
            attribution_facts.allocation_table(),
            asked_at=at,
            legal_basis=LegalBasis(signatory_id=by.number, signatory_rank=by.rank),
            isps=attribution_facts.isp_facts(),
            intelligence=attribution_facts.intelligence().lists,
        )
        for refused in plan.refused:
            row = by_id[refused.observation_id]
            row.problem = ",".join(result.check for result in refused.stopped_by)[:60] or "A-06"
        for batch in plan.batches:
            written = _order(
                act, Provider.objects.get(code=batch.isp_id), due_at, basis=basis, authority=authority
            )
            _write_rows(act, written, batch, by_id=by_id)
        Observation.objects.bulk_create(
            waiting,
            update_conflicts=True,
            unique_fields=["id"],
            batch_size=500,
            update_fields=["problem", "provider_code"],
        )
        act.ledger("observations_refused", {"count": len(plan.refused)})
        return sum(len(batch.rows) for batch in plan.batches)


def ask_platform(
    *,
    by: Officer,
    at: datetime,
    key: str,
    provider: Provider,
    due_at: datetime,
    asked: Sequence[str] = CATEGORIES,
    basis: str = "BNSS_94",
    authority: str = "",
) -> int:
    """Asks a platform for the data of every reported account of its own not asked about before; gives the accounts.

    Accounts come from fields of sealed reports about a subject, never from free text, a victim or a reporter. `asked`
    are codes of CATEGORIES.

    Raises:
        RefusedError: the provider is no platform, a category is unknown, or the officer may not sign.
    """
    request = {
        "provider": provider.code, "due": iso_utc(due_at), "asked": list(asked), "basis": basis, "authority": authority,
    }  # fmt: skip
    with acting("ask_platform", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return 0
        _may_sign(act, basis, authority)
        if provider.kind != "platform":
            raise RefusedError("PLATFORM", f"{provider.name} is no platform: it is asked about addresses")
        if not asked or not set(asked) <= set(CATEGORIES):
            raise RefusedError("CATEGORY", f"choose what is asked for: {', '.join(CATEGORIES)}")
        named = accounts_to_ask(provider)
        if not named:
            return 0
        written = _order(act, provider, due_at, basis=basis, authority=authority, kind="account")
        rows = [_account(written, one, asked) for one in named]
        AccountRow.objects.bulk_create(rows, batch_size=500)
        _seal_copy(written, account_csv(_account_cells(row) for row in rows))
        _said(act, written, [row.rendered for row in rows])
        return len(rows)


def send_reminder(*, by: Officer, at: datetime, key: str, request: ProviderRequest) -> RequestReminder:
    """Reminds a provider of an open request; the reminder has a number and its text, which also goes to the ledger.

    Raises:
        RefusedError: the request is answered or closed.
    """
    with acting("send_reminder", by=by, at=at, key=key, request={"request": str(request.id)}) as act:
        if act.repeated:
            return RequestReminder.objects.get(id=act.earlier)
        row = _open_request(request)
        number = row.reminders.count() + 1
        late = "is overdue" if at > row.due_at else "is due"
        reminder = RequestReminder.objects.create(
            id=derive("reminder", row.id, number),
            request=row,
            number=number,
            text=f"Reminder {number}: the answer to {row.number} of {ist_text(row.sent_at)} {late} "
            f"({ist_text(row.due_at)}). Rows without an answer are listed by their reference.",
            by=by,
            at=at,
        )
        act.about("reminder", reminder.id)
        act.ledger("reminded", {"request": row.number, "number": number, "text": reminder.text})
        return reminder


def close_request(
    *, by: Officer, at: datetime, key: str, request: ProviderRequest, text: str
) -> ProviderRequest:
    """Closes a request whose missing rows will get no answer (the provider has no record), with the reason in words.

    Raises:
        RefusedError: it is answered or closed already, or no reason is given.
    """
    asked = {"request": str(request.id), "text": text}
    with acting("close_request", by=by, at=at, key=key, request=asked) as act:
        if act.repeated:
            return ProviderRequest.objects.get(id=act.earlier)
        if not text.strip():
            raise RefusedError("REASON", _REASON)
        row = _open_request(request)
        row.answered_at = at
        row.save(update_fields=["answered_at"])
        act.note = text.strip()
        act.about("request", row.id)
        act.ledger("request_closed", {"request": row.number})
        return row


def _open_request(request: ProviderRequest) -> ProviderRequest:
    row = ProviderRequest.objects.select_for_update().get(id=request.id)
    if row.answered_at is not None:
        raise RefusedError("REQUEST-CLOSED", f"{row.number} is not open any more")
    return row


def _may_sign(act: Acting, basis: str, authority: str) -> None:
    reason = refused_signature(basis, rank=act.by.rank, authority=authority, on=act.at.date())
    if reason is not None:
        raise RefusedError(reason.code, reason.text)


def _order(
    act: Acting, provider: Provider, due_at: datetime, *, basis: str, authority: str, kind: str = "address"
) -> ProviderRequest:
    """The order itself, numbered; two officers who send at once get different numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    number = f"REQ/{act.at.year}/{ProviderRequest.objects.count() + 1:04d}"
    return ProviderRequest.objects.create(
        id=derive("request", act.key, provider.code),
        number=number,
        provider=provider,
        kind=kind,
        sent_at=act.at,
        due_at=due_at,
        legal_basis=CITED[basis],
        authority=authority.strip(),
        signed_by=act.by,
        signatory_rank=act.by.rank,
    )


def _write_rows(
    act: Acting, written: ProviderRequest, batch: RequestBatch, *, by_id: Mapping[str, Observation]
) -> None:
    rows: dict[str, RequestRow] = {}
    # The instant the source states comes before what else its text may mean.
    for row in sorted(batch.rows, key=lambda one: one.utc != by_id[one.observation_id].at):
        observation = by_id[row.observation_id]
        if row.observation_id in rows:
            # Of an hour that summer time repeats both readings are asked; they are one observation.
            rows[row.observation_id].rendered["further"].append(_rendered(row) | {"reference": row.reference})
            continue
        if row.utc != observation.at:
            continue  # the address changed hands within that hour: this provider's sealed copy asks for it
        observation.provider_code = batch.isp_id
        rows[row.observation_id] = RequestRow(
            id=derive("request row", row.observation_id),
            request=written,
            reference=row.reference,
            observation_id=row.observation_id,
            rendered=_rendered(row) | {"further": []},
        )
    RequestRow.objects.bulk_create(rows.values(), batch_size=500)
    _seal_copy(written, request_csv(batch.rows))
    _said(act, written, [row.rendered for row in rows.values()])


def _rendered(row: Asked) -> dict[str, Any]:
    return {
        "ip": row.ip,
        "prefix": prefix_asked(row.ip),
        "port": row.port,
        "transport": row.transport,
        "utc": iso_utc(row.utc),
        "utc_text": row.utc_text,
        "ist_text": row.ist_text,
        "from_at": iso_utc(row.from_at),
        "to_at": iso_utc(row.to_at),
        "origin": row.origin,
    }


def _account(written: ProviderRequest, named: LeadIdentifier, asked: Sequence[str]) -> AccountRow:
    identifier, report = named.identifier, named.lead.report
    # The same rule as for an address: the reference follows from what is asked alone.
    reference = row_reference(str(identifier.id), identifier.value, port=None, utc=report.received_at)
    return AccountRow(
        id=derive("account row", identifier.id),
        request=written,
        identifier=identifier,
        lead=named.lead,
        reference=reference,
        asked=list(asked),
        rendered={
            "kind": identifier.kind,
            "value": identifier.value.partition(":")[2],
            "as_received": named.as_received,
            "asked": list(asked),
            "report": f"{report.source_system} {report.source_id}",
            "received_at": iso_utc(report.received_at),
        },
    )


def _account_cells(row: AccountRow) -> tuple[str, ...]:
    given = row.rendered
    return (
        row.reference,
        given["kind"],
        given["value"],
        ";".join(given["asked"]),
        given["report"],
        given["received_at"],
    )


def _seal_copy(written: ProviderRequest, content: bytes) -> None:
    digests = store.keep(content)
    written.machine_file, _ = SealedFile.objects.get_or_create(
        sha256=digests.sha256,
        defaults={
            "id": derive("sealed", digests.sha256),
            "sha1": digests.sha1,
            "md5": digests.md5,
            "size": digests.size,
        },
    )
    written.save(update_fields=["machine_file"])


def _said(act: Acting, written: ProviderRequest, rendered: Sequence[Mapping[str, Any]]) -> None:
    act.ledger(
        "requested",
        {
            "request": written.number,
            "provider": written.provider.code,
            "rows": len(rendered),
            "digest": content_digest(list(rendered)),
            "machine_file": written.machine_file.sha256 if written.machine_file else "",
        },
    )


__all__ = [
    "CATEGORIES",
    "ask_platform",
    "close_request",
    "record_answer",
    "send_reminder",
    "send_request",
]
