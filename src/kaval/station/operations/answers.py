"""Taking a provider's answer: its rows, its form, its clock, what it answers of what was asked; and accepting a form.

A row of an answer keeps its place in the sealed bytes. A request is answered when every one of its rows has an answer;
until then it stays open, with what is missing. The form of an answer is accepted by another officer than who recorded
it (A-32).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kaval.engine import formats
from kaval.engine.formats._spec import LeaseRow, Reading, ReceivedFile, SubscriberRow
from kaval.engine.formats.echo import echoed_references, references_named
from kaval.engine.formats.template import Template, template_of
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.engine.kernel.instant import OffsetSource, StatedTime
from kaval.engine.rules.attribution.address import parse_address
from kaval.engine.rules.attribution.answer import IspAnswer
from kaval.engine.rules.attribution.drift import zone_shift
from kaval.engine.rules.attribution.half_day import twelve_hour_drift
from kaval.engine.rules.attribution.matching import Matching, match_rows
from kaval.engine.rules.attribution.request import RequestRow as Asked
from kaval.station import sealed as store
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import (
    AccountRow,
    AnswerFile,
    AnswerTemplate,
    LeaseAnswer,
    Officer,
    Provider,
    ProviderRequest,
    Receipt,
    RequestRow,
    SubscriberAnswer,
)
from kaval.station.queries.asked_rows import asked_of
from kaval.station.queries.reading_profiles import confirmed_profiles

CERTIFICATES = ("", "asked", "received")
# So many different warnings of one answer are kept in words; the rest are counted.
_MOST_CAVEATS = 50
_MOST_PLACES = 100
_ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class _Stated:
    """An asked row as resolution sees an observation; its instant is the one that was sent."""

    observation_id: str
    ip: str
    port: int | None
    time: StatedTime


def record_answer(
    *,
    by: Officer,
    at: datetime,
    key: str,
    receipt: Receipt,
    provider: Provider,
    channel_agreed: bool | None = None,
    certificate: str = "",
) -> int:
    """Reads a provider's sealed answer into rows that keep their place in it; gives the number of rows.

    `channel_agreed`: it came the agreed way from the agreed sender (None: not stated); `certificate` is one of
    CERTIFICATES (A-39). A platform's document that no reader knows is recorded without rows, by references it names.

    Raises:
        ReaderError: no provider format claims the file, or it cannot be read.
        RefusedError: the certificate is none of the three.
    """
    request: dict[str, Any] = {"receipt": str(receipt.id), "provider": provider.code}
    request |= {"channel_agreed": channel_agreed, "certificate": certificate}
    with acting("record_answer", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return 0
        if certificate not in CERTIFICATES:
            raise RefusedError("CERTIFICATE", "a certificate is received, asked for, or not there")
        file = ReceivedFile(receipt.name, store.read(receipt.sealed), confirmed_profiles())
        reading = _read(file, provider)
        records = () if reading is None else reading.records
        leases = [record for record in records if isinstance(record, LeaseRow)]
        subscribers = [record for record in records if isinstance(record, SubscriberRow)]
        LeaseAnswer.objects.bulk_create(
            [_lease_row(record, receipt, provider) for record in leases],
            batch_size=1000,
            ignore_conflicts=True,
        )
        SubscriberAnswer.objects.bulk_create(
            [_subscriber_row(record, receipt, provider) for record in subscribers],
            batch_size=1000,
            ignore_conflicts=True,
        )
        row = _answer_file(file, receipt, provider=provider, reading=reading, at=at)
        row.by, row.channel_agreed, row.certificate = by, channel_agreed, certificate
        _match(row, file, leases=leases, subscribers=subscribers)
        AnswerFile.objects.bulk_create([row], ignore_conflicts=True)
        closed = _close_answered(provider, at)
        act.about("provider", provider.id)
        act.ledger(
            "answered",
            {
                "provider": provider.code,
                "sha256": receipt.sealed.sha256,
                "rows": len(records),
                "format": reading.format.name if reading else "",
                "warnings": len(reading.warnings) if reading else 0,
                "template": row.template.fingerprint if row.template else "",
                "matched": len(row.matched),
                "unmatched": row.unmatched,
                "conflicts": len(row.conflicts),
                "requests_answered": closed,
            },
        )
        return len(records)


def accept_template(
    *, by: Officer, at: datetime, key: str, template: AnswerTemplate, text: str
) -> AnswerTemplate:
    """Accepts the form of a provider's answers after a look at what changed; answers of that form are held no more.

    Raises:
        RefusedError: A-32, the officer recorded an answer of this form; it is accepted already; or no reason is given.
    """
    request = {"template": str(template.id), "text": text}
    with acting("accept_template", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return AnswerTemplate.objects.get(id=act.earlier)
        if not text.strip():
            raise RefusedError("REASON", "say in words why this form is read rightly")
        row = AnswerTemplate.objects.select_for_update().get(id=template.id)
        if row.accepted_by_id is not None:
            raise RefusedError("TEMPLATE", "this form is accepted already")
        if AnswerFile.objects.filter(template=row, by=by).exists():
            raise RefusedError("A-32", f"{by.number} recorded an answer of this form and cannot accept it")
        row.accepted_by, row.accepted_at, row.accepted_text = by, at, text.strip()
        row.save(update_fields=["accepted_by", "accepted_at", "accepted_text"])
        act.about("template", row.id)
        act.note = text.strip()
        act.ledger("template_accepted", {"fingerprint": row.fingerprint})
        return row


def _read(file: ReceivedFile, provider: Provider) -> Reading[Any] | None:
    try:
        return formats.read_one(file, "provider")
    except ReaderError:
        if provider.kind == "platform":
            return None  # a platform answers in documents: a person reads them, their references tell what they answer
        raise


def _answer_file(
    file: ReceivedFile, receipt: Receipt, *, provider: Provider, reading: Reading[Any] | None, at: datetime
) -> AnswerFile:
    template = _form_met(provider, template_of(file), at)
    profiles = {record.profile for record in reading.records if record.profile} if reading else set()
    return AnswerFile(
        id=derive("answer file", provider.code, receipt.sealed_id),
        provider=provider,
        sealed=receipt.sealed,
        template=template,
        profile=min(profiles, default=""),
        rows=len(reading.records) if reading else 0,
        caveats=list(_caveats(reading)) if reading else None,
        at=at,
    )


def _form_met(provider: Provider, found: Template, at: datetime) -> AnswerTemplate:
    """The provider's form, met now or before. Where day and month have changed places it is another form, though
    nothing else differs: that swap has led to a wrong home."""
    fingerprint, order = found.fingerprint, found.shape.get("order", "")
    known = AnswerTemplate.objects.filter(provider=provider, fingerprint=fingerprint).first()
    if known is not None:
        before = known.shape.get("order", "")
        if order and not before:
            known.shape = {**known.shape, "order": order}
            known.save(update_fields=["shape"])
        if not order or before in ("", order):
            return known
        fingerprint = content_digest({"form": fingerprint, "order": order})
    row, _ = AnswerTemplate.objects.get_or_create(
        provider=provider,
        fingerprint=fingerprint,
        defaults={
            "id": derive("template", provider.code, fingerprint),
            "shape": dict(found.shape),
            "first_seen_at": at,
        },
    )
    return row


def _match(
    row: AnswerFile, file: ReceivedFile, *, leases: list[LeaseRow], subscribers: list[SubscriberRow]
) -> None:
    """What the file answers of what was asked of its provider, and what its clock looks like."""
    asked = asked_of(row.provider)
    if leases:
        found = match_rows(asked, leases, echoes=echoed_references(file, {one.reference for one in asked}))
        row.matched, row.unmatched = dict(found.rows), len(found.unmatched)
        row.unmatched_places = list(found.unmatched[:_MOST_PLACES])
        row.conflicts = [[one.locator, one.reference, one.code] for one in found.conflicts]
        if found.conflicts:
            first, count = found.conflicts[0], len(found.conflicts)
            said = f"{first.locator}: carries reference {first.reference}, which is wrong for it ({count} such rows)"
            row.caveats = [*(row.caveats or ()), said]
        row.half_day = twelve_hour_drift(leases)
        answer = IspAnswer(row.provider.code, leases)
        row.zone_drift_minutes = zone_shift(_in_file(asked, answer), answer)
        row.request = _only_request(found)
    elif subscribers:
        named = set(LeaseAnswer.objects.filter(provider=row.provider).values_list("customer_ref", flat=True))
        strange = [one.locator for one in subscribers if named and one.customer_ref not in named]
        row.unmatched, row.unmatched_places = len(strange), strange[:_MOST_PLACES]
    else:
        accounts = AccountRow.objects.filter(request__provider=row.provider).values_list(
            "reference", flat=True
        )
        row.matched = dict.fromkeys(sorted(references_named(file, set(accounts))), 1)


def _in_file(asked: Sequence[Asked], answer: IspAnswer) -> list[_Stated]:
    """The asked rows whose address the file knows at any time: only they can show its clock."""
    found = []
    for row in asked:
        address = parse_address(row.ip)
        if address is not None and answer.touching(address, *_ALWAYS):
            time = StatedTime(row.utc_text, row.utc, 0, OffsetSource.IN_VALUE)
            found.append(_Stated(row.observation_id, row.ip, row.port, time))
    return found


def _only_request(found: Matching) -> ProviderRequest | None:
    """The request all matched rows belong to; None when there are several or none."""
    requests = set(
        RequestRow.objects.filter(reference__in=list(found.rows)).values_list("request", flat=True)
    )
    return ProviderRequest.objects.get(id=requests.pop()) if len(requests) == 1 else None


def _close_answered(provider: Provider, at: datetime) -> int:
    """Marks the open requests of a provider as answered of which every row has an answer; gives their number."""
    answered = {
        reference
        for matched in AnswerFile.objects.filter(provider=provider).values_list("matched", flat=True)
        for reference in matched
    }
    closed = 0
    for request in ProviderRequest.objects.filter(provider=provider, answered_at=None).select_for_update():
        rows = request.accounts if request.kind == "account" else request.rows
        asked = set(rows.values_list("reference", flat=True))
        if asked and asked <= answered:
            request.answered_at = at
            request.save(update_fields=["answered_at"])
            closed += 1
    return closed


def _caveats(reading: Reading[Any]) -> Iterator[str]:
    """The provider's own remarks, and what its reader noticed, each once with how often."""
    said: Counter[str] = Counter()
    for record in reading.records:
        if isinstance(record, SubscriberRow) and record.remarks.strip():
            said[record.remarks.strip()] += 1
    places: dict[str, str] = {}
    noticed: Counter[str] = Counter()
    for warning in reading.warnings:
        noticed[warning.code] += 1
        places.setdefault(warning.code, f"{warning.place}: {warning.text}")
    lines = [*said.items(), *((places[code], count) for code, count in noticed.items())]
    for text, count in lines[:_MOST_CAVEATS]:
        yield text if count == 1 else f"{text} ({count} rows)"
    if len(lines) > _MOST_CAVEATS:
        yield f"{len(lines) - _MOST_CAVEATS} more remarks in the file"


def _lease_row(record: LeaseRow, receipt: Receipt, provider: Provider) -> LeaseAnswer:
    return LeaseAnswer(
        id=derive("lease", receipt.sealed_id, record.locator),
        provider=provider,
        sealed_id=receipt.sealed_id,
        locator=record.locator,
        customer_ref=record.customer_ref,
        address=record.address,
        port_low=record.port_low,
        port_high=record.port_high,
        start_text=record.start.as_received,
        start_at=record.start.utc,
        end_text=record.end.as_received if record.end else "",
        end_at=record.end.utc if record.end else None,
        static=record.static,
        inner=record.inner,
    )


_SUBSCRIBER_FIELDS = (
    "locator", "customer_ref", "name", "address_kind", "house_name", "ward", "door_number", "locality", "pincode",
    "segment", "latitude", "longitude", "active_from", "active_to", "holder_birth_year", "remarks",
)  # fmt: skip


def _subscriber_row(record: SubscriberRow, receipt: Receipt, provider: Provider) -> SubscriberAnswer:
    return SubscriberAnswer(
        id=derive("subscriber", receipt.sealed_id, record.locator, record.address_kind),
        provider=provider,
        sealed_id=receipt.sealed_id,
        **{name: getattr(record, name) for name in _SUBSCRIBER_FIELDS},
    )
