"""Receiving, reading and accepting: bytes become sealed files, sealed files reports, reports leads; nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from kaval.engine import formats
from kaval.engine.formats import archive
from kaval.engine.formats._spec import LeadRecord, ReadWarning, ReceivedFile
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.engine.rules import leads as rules
from kaval.engine.rules.custody import seal
from kaval.station import sealed as store
from kaval.station.audit import acting, once, postpone
from kaval.station.ids import derive
from kaval.station.models import (
    Lead,
    Officer,
    Reading,
    ReadingWarning,
    Receipt,
    Report,
    ReportReceipt,
    SealedFile,
)
from kaval.station.operations import lead_rows

FILE_DETAILS = "cybertip_file"
_ORPHAN = "file_details_without_report"


def receive_file(
    *, by: Officer, at: datetime, key: str, name: str, content: bytes, source: str, channel: str = ""
) -> Receipt:
    """Seals bytes as received and writes the receipt; the same bytes again are another receipt of the same file."""
    digests = seal(content)
    name = name.replace("\x00", "\N{SYMBOL FOR NULL}")[-300:]
    with acting(
        "receive_file",
        by=by,
        at=at,
        key=key,
        request={"name": name, "sha256": digests.sha256, "source": source},
    ) as act:
        store.keep(content)
        if act.repeated:
            return Receipt.objects.get(id=act.earlier)
        sealed = SealedFile(
            id=derive("sealed", digests.sha256),
            sha256=digests.sha256,
            sha1=digests.sha1,
            md5=digests.md5,
            size=digests.size,
        )
        receipt = Receipt(
            id=derive("receipt", act.key),
            sealed=sealed,
            name=name,
            source=source,
            channel=channel,
            received_at=at,
            by=by,
        )
        postpone(sealed, receipt)
        act.about("receipt", receipt.id)
        act.ledger(
            "received",
            {
                "sha256": digests.sha256,
                "sha1": digests.sha1,
                "md5": digests.md5,
                "size": digests.size,
                "source": source,
            },
        )
        return receipt


def read_file(*, by: Officer, at: datetime, key: str, receipt: Receipt) -> Reading:
    """Reads a received file with the reader that claims it; bytes already read only gain a receipt for their reports.

    What no reader claims is quarantined: kept, counted, and shown to a person as a warning.
    """
    with acting("read_file", by=by, at=at, key=key, request={"receipt": str(receipt.id)}) as act:
        if act.repeated:
            return Reading.objects.get(id=act.earlier)
        earlier = Reading.objects.filter(sealed=receipt.sealed).first()
        if earlier is not None:
            if earlier.warnings.filter(code=_ORPHAN).exists():
                # Its report may have come since: the details join it now.
                found = _read_bytes(ReceivedFile(receipt.name, store.read(receipt.sealed.sha256)))
                _store_reports(found.records, receipt)
            again = Report.objects.filter(receipts__receipt__sealed=receipt.sealed).distinct()
            _add_receipts(again.values_list("id", flat=True), receipt)
            act.about("reading", earlier.id)
            act.ledger("read_before", {"sha256": receipt.sealed.sha256})
            return earlier
        reading = _read_first_time(receipt)
        act.about("reading", reading.id)
        act.ledger(
            "read",
            {
                "sha256": receipt.sealed.sha256,
                "format": reading.format,
                "version": reading.version,
                "records": reading.records,
            },
        )
        return reading


def accept_reports(*, by: Officer, at: datetime, key: str) -> int:
    """Takes every report that has no lead yet on as a lead, or refuses it with its reasons; gives how many were
    taken on.
    """
    with acting("accept_reports", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        waiting = list(
            Report.objects.filter(lead__isnull=True).order_by("received_at", "source_system", "source_id")
        )
        records = lead_rows.records_of(waiting)
        number = (Lead.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        batch = lead_rows.Batch()
        accepted = 0
        for report, record in zip(waiting, records, strict=True):
            verdict = rules.accept(record, seen={})
            taken_on = verdict.outcome is rules.Outcome.ACCEPTED
            lead = Lead(
                id=derive("lead", report.id),
                number=number,
                report=report,
                accepted_at=at,
                by=by,
                state="accepted" if taken_on else "refused",
                reasons=[reason.text for reason in verdict.reasons],
            )
            number += 1
            accepted += taken_on
            batch.add(lead, record)
        batch.write()
        act.ledger(
            "accepted", {"leads": accepted, "refused": len(waiting) - accepted, "last_number": number - 1}
        )
        return accepted


def acknowledge_warning(*, by: Officer, at: datetime, key: str, warning_id: UUID) -> None:
    """Notes that a named officer has seen a warning; who saw it first stays.

    Raises:
        RefusedError: there is no such warning.
    """
    with acting("acknowledge_warning", by=by, at=at, key=key, request={"warning": str(warning_id)}) as act:
        if act.repeated:
            return
        if not ReadingWarning.objects.filter(id=warning_id).exists():
            raise RefusedError("WARNING", "there is no such warning")
        ReadingWarning.objects.filter(id=warning_id, seen_by__isnull=True).update(seen_by=by, seen_at=at)
        act.about("warning", warning_id)


@dataclass(frozen=True)
class _Found:
    """Everything read from one received file, container members included."""

    format: str
    version: str
    records: list[LeadRecord]
    warnings: list[ReadWarning]
    problem: str


def _read_first_time(receipt: Receipt) -> Reading:
    found = _read_bytes(ReceivedFile(receipt.name, store.read(receipt.sealed.sha256)))
    further = _store_reports(found.records, receipt)
    reading = Reading(
        id=derive("reading", receipt.sealed_id),
        sealed=receipt.sealed,
        format=found.format,
        version=found.version,
        records=len(found.records),
        problem=found.problem,
    )
    postpone(
        reading,
        *(
            ReadingWarning(
                id=derive("warning", reading.id, number),
                reading=reading,
                place=warning.place[:300],
                code=warning.code[:60],
                text=warning.text,
                mend=warning.mend,
            )
            for number, warning in enumerate([*found.warnings, *further])
        ),
    )
    return reading


def _orphan(record: LeadRecord) -> ReadWarning:
    return ReadWarning(
        record.locator,
        _ORPHAN,
        f"details of a file of report {record.source_id}, which has not arrived",
        "receive the report, then this file again",
    )


def _first_said(identity: UUID, content: str) -> str:
    """What the first report of this identity said within the present transaction."""
    return once(("content", identity), lambda: content)


def _amended(record: LeadRecord) -> ReadWarning:
    return ReadWarning(
        record.locator,
        "report_differs",
        f"{record.source_system} {record.source_id} arrived before and said something else; the first reading stays",
        "compare the two sealed files and decide",
    )


def _read_bytes(file: ReceivedFile) -> _Found:
    warnings: list[ReadWarning] = []
    members: Sequence[ReceivedFile] = (file,)
    container = archive.is_archive(file)
    records: list[LeadRecord] = []
    names: set[tuple[str, str]] = set()
    problem = ""
    try:
        if container:
            members, trouble = archive.unpack(file)
            warnings += trouble
    except ReaderError as unreadable:
        problem, members = str(unreadable), ()
        warnings.append(ReadWarning(file.name, "unread", unreadable.problem, unreadable.mend))
    if container and not members and not warnings:
        problem = f"{file.name} is an archive without a file in it"
        warnings.append(ReadWarning(file.name, "empty_archive", problem, "ask the sender for it again"))
    for member in members:
        try:
            reading = formats.read_one(member, "intake")
        except ReaderError as unclaimed:
            warnings.append(ReadWarning(member.name, "unread", unclaimed.problem, unclaimed.mend))
            problem = problem or ("" if container else str(unclaimed))
            continue
        names.add((reading.format.name, reading.format.version))
        records += reading.records
        warnings += [
            ReadWarning(f"{member.name} {w.place}".strip(), w.code, w.text, w.mend) for w in reading.warnings
        ]
    return _Found(
        "+".join(sorted(name for name, _ in names)),
        "+".join(sorted({version for _, version in names})),
        records,
        warnings,
        problem,
    )


def _store_reports(records: Sequence[LeadRecord], receipt: Receipt) -> list[ReadWarning]:
    """Reports not seen before become rows; all of them gain this receipt. File details join the report they name.

    Gives what a person must see: file details whose report never arrived, and reports that say something else than the
    first time they came. The first reading stays, the later bytes are sealed beside it.
    """
    identities = {derive("report", record.source_system, record.source_id): None for record in records}
    held = dict(Report.objects.filter(id__in=identities).values_list("id", "content"))
    warnings: list[ReadWarning] = []
    # Details come after the report they belong to, whatever their order in the archive.
    for record in sorted(records, key=lambda each: each.kind == FILE_DETAILS):
        identity = derive("report", record.source_system, record.source_id)
        if record.kind == FILE_DETAILS:
            if not lead_rows.join_file_details(identity, record):
                warnings.append(_orphan(record))
                identities.pop(identity, None)
            continue
        content = rules.content_digest_of(record)
        if (held.get(identity) or _first_said(identity, content)) != content:
            warnings.append(_amended(record))
        elif identity not in held:
            # A report that is held already keeps its first row: the insert leaves it alone.
            postpone(lead_rows.report_row(identity, record, receipt))
    _add_receipts(identities, receipt)
    return warnings


def _add_receipts(reports: Iterable[UUID], receipt: Receipt) -> None:
    postpone(
        *(
            ReportReceipt(id=derive("report receipt", report, receipt.id), report_id=report, receipt=receipt)
            for report in reports
        )
    )
