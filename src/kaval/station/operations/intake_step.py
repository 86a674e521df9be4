"""One step of an intake: files received, read and taken on in one transaction; reports that came before gain a receipt.

A step is short: some hundred small files, or some thousand records of a large one. What it finds in the database is
looked up for all its records at once, what it writes is copied at once. Steps of the station follow one another
(an advisory lock), so that what a step has looked up stays true until it commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max

from kaval.engine.formats import Understood
from kaval.engine.formats._spec import EnclosedFile, LeadRecord, ReadWarning
from kaval.engine.kernel.digest import Digests
from kaval.engine.rules import leads as rules
from kaval.station.audit import Acting
from kaval.station.copying import Rows, storable_text
from kaval.station.ids import derive_text
from kaval.station.models import (
    Delivery,
    Enclosure,
    Identifier,
    Lead,
    Officer,
    Reading,
    ReadingWarning,
    Receipt,
    Report,
    ReportReceipt,
    SealedFile,
    WaitingPart,
)
from kaval.station.operations import intake_join, lead_rows

FILE_DETAILS = "cybertip_file"
_LOCK = 0x6B61_7661_6C03  # "kaval", intake

_HEX = "encode(uuid_send(id), 'hex')"  # as `derive_text` gives it

SEALED = ("id", "sha256", "sha1", "md5", "size", "pack", "pack_offset")
RECEIPT = ("id", "sealed_id", "name", "source", "channel", "received_at", "by_id", "delivery_id")
READING = ("id", "sealed_id", "format", "version", "records", "place", "finished", "problem")
WARNING = ("id", "reading_id", "place", "code", "text", "mend")
REPORT_RECEIPT = ("id", "report_id", "receipt_id")
ENCLOSURE = ("id", "receipt_id", "name", "size", "sha256", "sha1", "md5", "report_number")
WAITING = ("id", "report_id", "receipt_id", "record")


def one_step_at_a_time() -> None:
    """Waits for a step that another process is at; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@dataclass(slots=True)
class Filed:
    """A received file within a step: its receipt, its seal, and how far its reading is.

    `place` counts what was taken from it so far, `records` the records among that. `begun`: its reading has a row.
    """

    receipt: str
    sealed: str
    received_at: datetime
    begun: bool = False
    place: int = 0
    records: int = 0
    understood: Understood = field(default_factory=Understood)

    @property
    def reading(self) -> str:
        """The identifier its reading has."""
        return derive_text("reading", self.sealed)


@dataclass(slots=True)
class Counted:
    """What a step or a whole delivery did."""

    files: int = 0
    records: int = 0
    reports: int = 0
    leads: int = 0
    refused: int = 0
    again: int = 0
    warnings: int = 0
    enclosures: int = 0

    def add(self, other: Counted) -> None:
        """Adds another count."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_Read = tuple[str, LeadRecord, Filed, str]  # report, record, file it came in, format


class Step:
    """Gathers what came, and settles it against what is held."""

    def __init__(self, *, by: Officer, at: datetime, delivery: Delivery) -> None:
        self._by, self._at = by, at
        self._delivery = str(delivery.id)
        self.rows = Rows()
        self.counted = Counted()
        self.digests: list[tuple[str, int]] = []
        self._sealed = self.rows.table(SealedFile, SEALED)
        self._receipts = self.rows.table(Receipt, RECEIPT)
        self._readings = self.rows.table(Reading, READING)
        self._warnings = self.rows.table(ReadingWarning, WARNING)
        self._report_receipts = self.rows.table(ReportReceipt, REPORT_RECEIPT)
        self._enclosures = self.rows.table(Enclosure, ENCLOSURE)
        self._waiting = self.rows.table(WaitingPart, WAITING)
        self._records: list[_Read] = []
        self._parts: list[_Read] = []
        self._named: set[str] = set()
        self._first: dict[str, str] = {}
        self._twins: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self._records) + len(self._parts) + len(self._enclosures)

    def seal(self, filed: Filed, digests: Digests, *, pack: str = "", offset: int | None = None) -> None:
        """The row of bytes that came for the first time."""
        self._sealed.append(
            (filed.sealed, digests.sha256, digests.sha1, digests.md5, digests.size, pack, offset)
        )

    def receive(self, filed: Filed, digests: Digests, *, name: str, source: str, channel: str) -> None:
        """The receipt of a file: every arrival has one, also of bytes that came before."""
        self.digests.append((digests.sha256, digests.size))
        self.counted.files += 1
        shown = storable_text(name)[-300:]
        self._receipts.append(
            (
                filed.receipt,
                filed.sealed,
                shown,
                source[:40],
                channel[:60],
                filed.received_at,
                str(self._by.id),
                self._delivery,
            )
        )

    def take(self, filed: Filed, item: LeadRecord | EnclosedFile | ReadWarning | Any) -> None:
        """One thing read from a file, in the order of the source."""
        number, filed.place = filed.place, filed.place + 1
        if isinstance(item, LeadRecord):
            self._record(filed, item)
        elif isinstance(item, ReadWarning):
            self.warn(filed, item, number=number)
        elif isinstance(item, EnclosedFile):
            self.counted.enclosures += 1
            identity = derive_text("enclosure", filed.receipt, number)
            report = item.report[:60]
            self._enclosures.append(
                (
                    identity,
                    filed.receipt,
                    storable_text(item.name)[:300],
                    item.size,
                    item.sha256,
                    item.sha1,
                    item.md5,
                    report,
                )
            )

    def warn(self, filed: Filed, warning: ReadWarning, *, number: object) -> None:
        """Trouble that a person must see."""
        self.counted.warnings += 1
        self._warnings.append(
            (
                derive_text("warning", filed.reading, number),
                filed.reading,
                storable_text(warning.place)[:300],
                warning.code[:60],
                storable_text(warning.text),
                storable_text(warning.mend),
            )
        )

    def end(self, filed: Filed, *, finished: bool = True) -> None:
        """The reading of a file, as far as this step takes it."""
        found = filed.understood
        values = (
            found.format[:40],
            found.version[:20],
            filed.records,
            filed.place,
            finished,
            storable_text(found.problem),
        )
        if filed.begun:
            Reading.objects.filter(id=filed.reading).update(**dict(zip(READING[2:], values, strict=True)))
        else:
            self._readings.append((filed.reading, filed.sealed, *values))
            filed.begun = True

    def begins(self, filed: Filed) -> bool:
        """True for the first file with these bytes in this step; a second one shares what the first names."""
        if self._first.setdefault(filed.sealed, filed.receipt) == filed.receipt:
            return True
        self._twins.append((filed.sealed, filed.receipt))
        return False

    def came_before(self, filed: Filed, reports: Iterable[UUID]) -> None:
        """Bytes that were read before: their reports gain this receipt, and nothing else happens."""
        for report in reports:
            self._name(report.hex, filed.receipt)
            self.counted.again += 1

    def settle(self, act: Acting) -> None:
        """Finds out what is new, writes everything, and says so in the ledger."""
        rows = lead_rows.LeadRows(self.rows, at=self._at, by=self._by)
        held = contents_of({identity for identity, *_ in (*self._records, *self._parts)})
        joining = intake_join.Joining(self, rows)
        new, late = self._sort(held, joining)
        parts = [part for part in self._parts if part[0] in held]
        joining.load({identity for identity, *_ in (*late, *parts)})
        for identity, record, filed, format in late:
            joining.join_held(identity, record, filed=filed, format=format)
        for identity, record, *_ in parts:
            joining.join_held_part(identity, record)
        self._join_parts(new, held)
        self._number(rows, new)
        self._name_twins()
        joining.write()
        self._write(rows)
        act.ledger("received", {"files": [list(pair) for pair in self.digests]})
        act.ledger("read", {"records": self.counted.records, "warnings": self.counted.warnings})
        act.ledger(
            "accepted",
            {"reports": self.counted.reports, "leads": self.counted.leads, "again": self.counted.again},
        )

    def _sort(
        self, held: Mapping[str, str], joining: intake_join.Joining
    ) -> tuple[dict[str, lead_rows.Taken], list[_Read]]:
        """Reports not seen before, and those that say something else than what is held."""
        new: dict[str, lead_rows.Taken] = {}
        late: list[_Read] = []
        for read in self._records:
            identity, record, filed, format = read
            self._name(identity, filed.receipt)
            verdict = rules.accept(record, seen={}, content=lead_rows.content_of(record))
            first = new.get(identity)
            if first is not None:
                self.counted.again += 1
                if first.verdict.content != verdict.content:
                    new[identity] = joining.join_new(first, record, filed=filed, format=format)
            elif identity not in held:
                new[identity] = lead_rows.Taken(
                    identity, record, verdict, filed.sealed, filed.received_at, format
                )
            else:
                self.counted.again += 1
                if held[identity] != verdict.content:
                    late.append(read)
        return new, late

    def _record(self, filed: Filed, record: LeadRecord) -> None:
        filed.records += 1
        self.counted.records += 1
        identity = lead_rows.identity_of(record)
        kept = self._parts if record.kind == FILE_DETAILS else self._records
        kept.append((identity, record, filed, filed.understood.current))

    def _name(self, report: str, receipt: str) -> None:
        """The report is named by this receipt, once."""
        identity = derive_text("report receipt", report, receipt)
        if identity not in self._named:
            self._named.add(identity)
            self._report_receipts.append((identity, report, receipt))

    def _name_twins(self) -> None:
        named: dict[str, list[str]] = {}
        for _, report, receipt in self._report_receipts if self._twins else ():
            named.setdefault(receipt, []).append(report)
        for sealed, receipt in self._twins:
            for report in named.get(self._first[sealed], ()):
                self._name(report, receipt)
                self.counted.again += 1

    def _join_parts(self, new: dict[str, lead_rows.Taken], held: Mapping[str, str]) -> None:
        """File details join their report, here or held; others wait. Those that waited for a new report join it."""
        waited = intake_join.waiting_for(new)
        for part in waited:
            identity = part.report_id.hex
            new[identity] = intake_join.join_part(new[identity], lead_rows.waiting_record(part))
            self._name(identity, part.receipt_id.hex)
        WaitingPart.objects.filter(id__in=[part.id for part in waited]).update(joined_at=self._at)
        for number, (identity, record, filed, _) in enumerate(self._parts):
            if identity in new:
                new[identity] = intake_join.join_part(new[identity], record)
            elif identity not in held:
                row = derive_text("waiting", identity, filed.receipt, record.locator, number)
                self._waiting.append((row, identity, filed.receipt, lead_rows.waiting_json(record)))
                continue
            self._name(identity, filed.receipt)

    def _number(self, rows: lead_rows.LeadRows, new: dict[str, lead_rows.Taken]) -> None:
        """New reports get the next numbers without a gap, in the order they came."""
        if not new:
            return
        number = (Lead.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        for taken in new.values():
            rows.add(taken, number)
            number += 1
            self.counted.reports += 1
            self.counted.leads += taken.accepted
            self.counted.refused += not taken.accepted

    def _write(self, rows: lead_rows.LeadRows) -> None:
        known = present(Identifier, rows.identifiers)
        table = self.rows.table(Identifier, lead_rows.IDENTIFIER)
        table.extend(row for identity, row in rows.identifiers.items() if identity not in known)
        if self.counted.again or self._parts:
            named = present(ReportReceipt, [row[0] for row in self._report_receipts])
            self._report_receipts[:] = [row for row in self._report_receipts if row[0] not in named]
        self.rows.write()


def present(model: Any, wanted: Iterable[str]) -> set[str]:
    """Those of the identifiers that have a row."""
    listed: list[Any] = list(wanted)
    if not listed:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {_HEX} FROM "{model._meta.db_table}" WHERE id = ANY(%s::uuid[])', [listed])
        return {row[0] for row in cursor.fetchall()}


def contents_of(wanted: Iterable[str]) -> dict[str, str]:
    """What the reports among these identifiers said when they first came."""
    listed: list[Any] = list(wanted)
    if not listed:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {_HEX}, content FROM "{Report._meta.db_table}" WHERE id = ANY(%s::uuid[])', [listed]
        )
        return dict(cursor.fetchall())
