"""Deliveries and their files, and what no reader could read: what the intake desk looks at every morning."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Count, F, Func, Q, QuerySet, Sum, TextField, Value

from kaval.station.models import (
    Delivery,
    Enclosure,
    LedgerEntry,
    Officer,
    Reading,
    ReadingWarning,
    Receipt,
    ReportReceipt,
    WaitingPart,
)
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of

QUARANTINED, BEING_READ, READ, KEPT = "quarantined", "being read", "read", "kept"


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery in a list. `reports` came for the first time, `again` are arrivals of reports held before; both as
    the ledger says. `finished_at` None: not all of it is in yet."""

    id: uuid.UUID
    source: str
    channel: str
    by: str
    number: int
    started_at: datetime
    finished_at: datetime | None
    files: int = 0
    reports: int = 0
    again: int = 0
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class FileRow:
    """A received file with what became of it. `records` None: it was kept and is not a report's file."""

    name: str
    size: int
    sha256: str
    format: str
    records: int | None
    state: str
    problem: str
    unseen: int
    enclosed: int


@dataclass(frozen=True, slots=True)
class DeliverySheet:
    """One delivery: counts, problems by kind (code, open, all), and a page of its files."""

    row: DeliveryRow
    files: Page[FileRow]
    problems: tuple[tuple[str, int, int], ...]
    quarantined: int
    enclosed: int
    enclosed_bytes: int
    waiting: int


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """Bytes that no reader claimed or that could not be read, every receipt of them, and what a person is to do."""

    reading_id: uuid.UUID
    size: int
    sha256: str
    problem: str
    receipts: tuple[Receipt, ...]
    warnings: tuple[ReadingWarning, ...]


def deliveries_seen(viewer: Officer) -> QuerySet[Delivery]:
    """Deliveries in reach: all for headquarters, the own ones for anybody else whose roles open the area."""
    if not scope.area_is_shown(viewer, "intake"):
        return Delivery.objects.none()
    rows = Delivery.objects.all()
    return rows if scope.reach_of(viewer) is scope.Reach.STATE else rows.filter(by=viewer)


def deliveries(viewer: Officer, *, page: int = 1) -> Page[DeliveryRow]:
    """Deliveries, the newest first."""
    rows = deliveries_seen(viewer).select_related("by").order_by("-started_at", "-number", "pk")
    found: Page[Delivery] = page_of(rows, page, lambda row: row)
    return Page(delivery_rows(found.rows), found.number, found.total, found.size)


def delivery_rows(rows: Iterable[Delivery]) -> tuple[DeliveryRow, ...]:
    """Deliveries as lines of a list, each with its counts; a fixed number of questions for all of them."""
    listed = list(rows)
    ids = [row.pk for row in listed]
    files = dict(
        Receipt.objects.filter(delivery__in=ids)
        .values_list("delivery")
        .annotate(number=Count("pk"))
        .order_by()
    )
    unseen = dict(
        ReadingWarning.objects.filter(seen_by=None, reading__sealed__receipts__delivery__in=ids)
        .values_list("reading__sealed__receipts__delivery")
        .annotate(number=Count("pk", distinct=True))
        .order_by()
    )
    counted = _counted(ids)
    return tuple(
        DeliveryRow(
            row.pk,
            row.source,
            row.channel,
            str(row.by),
            row.number,
            row.started_at,
            row.finished_at,
            files=files.get(row.pk, 0),
            reports=counted[row.pk]["reports"],
            again=counted[row.pk]["again"],
            unseen=unseen.get(row.pk, 0),
        )
        for row in listed
    )


def delivery_by_id(viewer: Officer, delivery_id: uuid.UUID, *, page: int = 1) -> DeliverySheet:
    """One delivery with its files.

    Raises:
        NotVisible: no such delivery in the viewer's reach.
    """
    delivery = scope.found(deliveries_seen(viewer).select_related("by"), delivery_id)
    receipts = Receipt.objects.filter(delivery=delivery)
    enclosed = Enclosure.objects.filter(receipt__delivery=delivery).aggregate(n=Count("pk"), size=Sum("size"))
    problems = (
        ReadingWarning.objects.filter(reading__sealed__receipts__delivery=delivery)
        .values_list("code")
        .annotate(open=Count("pk", distinct=True, filter=Q(seen_by=None)), all=Count("pk", distinct=True))
        .order_by("-open", "code")
    )
    return DeliverySheet(
        row=delivery_rows([delivery])[0],
        files=_file_page(receipts, page),
        problems=tuple((code, waiting, number) for code, waiting, number in problems),
        quarantined=receipts.exclude(sealed__reading=None).exclude(sealed__reading__problem="").count(),
        enclosed=enclosed["n"],
        enclosed_bytes=enclosed["size"] or 0,
        waiting=WaitingPart.objects.filter(receipt__delivery=delivery, joined_at=None).count(),
    )


def delivery_named(viewer: Officer, named: str) -> Delivery | None:
    """The viewer's own last delivery of this name, None when there is none."""
    return Delivery.objects.filter(by=viewer, named=named).order_by("-number").first()


def lead_of_delivery(viewer: Officer, delivery_id: uuid.UUID) -> tuple[uuid.UUID, int] | None:
    """Identifier and number of the lead of a delivery's first report, None when it brought none."""
    receipts = Receipt.objects.filter(delivery__in=deliveries_seen(viewer), delivery_id=delivery_id)
    named = ReportReceipt.objects.filter(receipt__in=receipts, report__lead__isnull=False)
    return (
        named.order_by("report__lead__number").values_list("report__lead__pk", "report__lead__number").first()
    )


def quarantine(viewer: Officer, *, seen: bool | None = False, page: int = 1) -> Page[QuarantineRow]:
    """Received files that could not be read, with their receipts; `seen` False: those with a warning nobody has
    acknowledged, True: the others, None: all."""
    if not scope.area_is_shown(viewer, "intake"):
        return Page((), 1, 0)
    rows = Reading.objects.exclude(problem="").filter(sealed__receipts__delivery__in=deliveries_seen(viewer))
    rows = rows.distinct()
    waiting = ReadingWarning.objects.filter(seen_by=None).values("reading")
    if seen is not None:
        rows = rows.exclude(pk__in=waiting) if seen else rows.filter(pk__in=waiting)
    rows = rows.select_related("sealed").prefetch_related(
        "warnings__seen_by", "sealed__receipts__by", "sealed__receipts__delivery"
    )
    return page_of(rows.order_by("pk"), page, _quarantined)


def _quarantined(reading: Reading) -> QuarantineRow:
    receipts = sorted(reading.sealed.receipts.all(), key=lambda one: (one.received_at, one.name))
    warnings = sorted(reading.warnings.all(), key=lambda one: (one.place, one.code, str(one.pk)))
    return QuarantineRow(
        reading.pk,
        reading.sealed.size,
        reading.sealed.sha256,
        reading.problem,
        tuple(receipts),
        tuple(warnings[:20]),
    )


def _file_page(receipts: QuerySet[Receipt], number: int) -> Page[FileRow]:
    rows = receipts.select_related("sealed__reading").order_by("name", "pk")
    found: Page[Receipt] = page_of(rows, number, lambda row: row)
    readings = [one.sealed.reading.pk for one in found if hasattr(one.sealed, "reading")]
    unseen = dict(
        ReadingWarning.objects.filter(reading__in=readings, seen_by=None)
        .values_list("reading")
        .annotate(number=Count("pk"))
        .order_by()
    )
    why = dict(
        ReadingWarning.objects.filter(reading__in=readings, code="unread")
        .exclude(reading__problem="")
        .order_by("-place", "-pk")
        .values_list("reading", "text")
    )
    enclosed = dict(
        Enclosure.objects.filter(receipt__in=[one.pk for one in found])
        .values_list("receipt")
        .annotate(number=Count("pk"))
        .order_by()
    )
    shown = tuple(_file(one, unseen=unseen, why=why, enclosed=enclosed.get(one.pk, 0)) for one in found)
    return Page(shown, found.number, found.total, found.size)


def _file(
    receipt: Receipt, *, unseen: dict[uuid.UUID, int], why: dict[uuid.UUID, str], enclosed: int
) -> FileRow:
    sealed = receipt.sealed
    reading: Reading | None = getattr(sealed, "reading", None)
    if reading is None:
        return FileRow(receipt.name, sealed.size, sealed.sha256, "", None, KEPT, "", 0, enclosed)
    state = QUARANTINED if reading.problem else READ if reading.finished else BEING_READ
    return FileRow(
        receipt.name,
        sealed.size,
        sealed.sha256,
        reading.format,
        reading.records,
        state,
        why.get(reading.pk, reading.problem),
        unseen.get(reading.pk, 0),
        enclosed,
    )


def _counted(ids: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """What the ledger says each step of these deliveries took on; every step wrote one entry `accepted`."""
    # The kind is looked for in the text, so that the long lists of received files are not fetched.
    text = Func(F("content"), Value("UTF8"), function="convert_from", output_field=TextField())
    entries = (
        LedgerEntry.objects.filter(act__name="take_in", act__subject__in=ids)
        .annotate(text=text)
        .filter(text__contains='"kind":"accepted"')
        .values_list("act__subject", "text")
    )
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: {"reports": 0, "again": 0})
    for delivery, content in entries:
        assert delivery is not None
        facts: dict[str, Any] = orjson.loads(content)["facts"]
        for name in found[delivery]:
            found[delivery][name] += facts.get(name, 0)
    return found


def digest_in(viewer: Officer, delivery_id: uuid.UUID) -> str:
    """The SHA-256 of the first file of a delivery, empty when none has come."""
    rows = Receipt.objects.filter(delivery__in=deliveries_seen(viewer), delivery_id=delivery_id)
    return rows.order_by("name").values_list("sealed__sha256", flat=True).first() or ""
