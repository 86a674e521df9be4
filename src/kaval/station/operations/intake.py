"""Taking in what arrives: bytes become sealed files, sealed files reports, reports leads; nothing twice, nothing lost.

A delivery is taken in by steps that each commit whole; interrupted at any moment, the next run finds by its receipts
what is in and goes on. Delivered again it adds receipts and no reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from kaval.engine import formats
from kaval.engine.formats._spec import LeadRecord, ReceivedFile
from kaval.engine.formats.profile import Profile
from kaval.engine.kernel.digest import Digests, content_digest, digest_bytes
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.custody import seal
from kaval.station import sealed as store
from kaval.station.audit import acting, postpone
from kaval.station.copying import storable_text
from kaval.station.ids import derive, derive_text
from kaval.station.models import (
    Act,
    Delivery,
    Officer,
    Reading,
    ReadingWarning,
    Receipt,
    Report,
    ReportReceipt,
    SealedFile,
    WaitingPart,
)
from kaval.station.operations.arrival import Arrival
from kaval.station.operations.intake_step import Counted, Filed, Step, one_step_at_a_time

FILES_PER_STEP = 500
RECORDS_PER_STEP = 1_000
BYTES_PER_STEP = 16 * 1024 * 1024
# A file up to this size is packed with others of its step; a larger one, or an archive, is taken in by itself.
SMALL_BYTES = 1024 * 1024
_PATIENCE = 100  # tenths of a second

__all__ = ["Arrival", "Taken", "acknowledge_warning", "receive_file", "take_in"]

Progress = Callable[[str, int, int | None], None]


@dataclass(slots=True)
class Taken:
    """What a delivery did; `again`: it was complete before, and nothing was done. `resumed`: it had been begun."""

    delivery: UUID
    counted: Counted = field(default_factory=Counted)
    again: bool = False
    resumed: bool = False


def receive_file(
    *, by: Officer, at: datetime, key: str, name: str, content: bytes, source: str, channel: str = ""
) -> Receipt:
    """Seals bytes as received and writes the receipt; the same bytes again are another receipt of the same file.

    For what is no report: answers of providers, hash sets. Reports are taken in by `take_in`.
    """
    digests = seal(content)
    name = storable_text(name)[-300:]
    with acting(
        "receive_file",
        by=by,
        at=at,
        key=key,
        request={"name": name, "sha256": digests.sha256, "source": source},
    ) as act:
        sealed = SealedFile.objects.filter(sha256=digests.sha256).first()
        if sealed is None or sealed.pack_offset is None:
            store.keep(content)
        if act.repeated:
            return Receipt.objects.get(id=act.earlier)
        if sealed is None:
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


def take_in(
    *,
    by: Officer,
    at: datetime,
    key: str,
    source: str,
    arrivals: Iterable[Arrival],
    channel: str = "",
    once: bool = False,
    profiles: Sequence[Profile] = (),
    progress: Progress | None = None,
) -> Taken:
    """Receives, reads and takes on everything of a delivery, by steps that can be interrupted at any moment.

    `key` says what was delivered (the paths given); with source and officer it is the delivery's identity. One that
    was begun and not finished goes on; one that was finished is a new delivery, or with `once` nothing at all.
    Arrivals come in the same order every time, and a name stands for one file of the delivery.

    Raises:
        RefusedError: this very delivery is being taken in by another process.
        NotPermitted: the officer may not take in reports.
    """
    delivery, resumed, again = _open(by=by, at=at, source=source, channel=channel, named=key, once=once)
    taken = Taken(delivery.id, again=again, resumed=resumed)
    if again:
        return taken
    with _alone(delivery):
        run = _Run(delivery, by=by, at=at, profiles=tuple(profiles), resumed=resumed, progress=progress)
        run.go(arrivals)
        taken.counted = run.counted
        _close(delivery, by=by, at=at)
    return taken


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


def _open(
    *, by: Officer, at: datetime, source: str, channel: str, named: str, once: bool
) -> tuple[Delivery, bool, bool]:
    """The delivery, whether it had been begun, and whether there is nothing left to do."""
    identity = content_digest({"source": source, "by": by.number, "named": named})
    last = Delivery.objects.filter(identity=identity).order_by("-number").first()
    if last is not None and last.finished_at is None:
        return last, True, False
    if last is not None and once:
        return last, False, True
    number = last.number + 1 if last else 1
    key = f"{identity}:{number}"
    with acting("open_delivery", by=by, at=at, key=key, request={"source": source, "named": named}) as act:
        delivery = Delivery(
            id=derive("delivery", identity, number),
            identity=identity,
            number=number,
            source=source[:40],
            channel=channel[:60],
            named=storable_text(named)[:300],
            by=by,
            started_at=at,
        )
        if not act.repeated:
            delivery.save(force_insert=True)
            act.about("delivery", delivery.id)
            act.ledger("delivery_opened", {"source": source, "number": number})
    return delivery, False, False


def _close(delivery: Delivery, *, by: Officer, at: datetime) -> None:
    """The delivery is in: what still waits for its report is shown to a person."""
    with acting("close_delivery", by=by, at=at, key=str(delivery.id), request={}) as act:
        if act.repeated:
            return
        alone = WaitingPart.objects.filter(joined_at__isnull=True, receipt__delivery=delivery)
        ReadingWarning.objects.bulk_create(
            [_orphan(part) for part in alone.select_related("receipt__sealed__reading").order_by("id")],
            batch_size=500,
            ignore_conflicts=True,
        )
        delivery.finished_at = at
        delivery.save(update_fields=["finished_at"])
        act.about("delivery", delivery.id)
        act.ledger("delivery_closed", {"steps": _steps_of(delivery)})


def _steps_of(delivery: Delivery) -> int:
    return Act.objects.filter(name="take_in", subject=delivery.id).count()


def _orphan(part: WaitingPart) -> ReadingWarning:
    record = part.record
    return ReadingWarning(
        id=derive("warning", part.id),
        reading=part.receipt.sealed.reading,
        place=str(record["locator"])[:300],
        code="file_details_without_report",
        text=f"details of a file of report {record['source_id']}, which has not arrived",
        mend="they join the report when it arrives: ask the sender for it",
    )


@contextmanager
def _alone(delivery: Delivery) -> Iterator[None]:
    """Keeps a second process from taking in the same delivery at the same time."""
    number = int.from_bytes(delivery.id.bytes[:8], "big", signed=True)
    with connection.cursor() as cursor:
        for attempt in range(_PATIENCE):
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            if cursor.fetchone()[0]:
                break
            # A process that was killed lets go as soon as its server process notices.
            time.sleep(0.1 if attempt < _PATIENCE - 1 else 0)
        else:
            raise RefusedError("RUNNING", "this delivery is being taken in by another process")
    try:
        yield
    finally:
        # After a broken connection the server let go of the lock already.
        if (
            connection.connection is not None
            and not connection.connection.closed
            and not connection.needs_rollback
        ):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@dataclass(frozen=True, slots=True)
class _Small:
    arrival: Arrival
    content: bytes
    digests: Digests


class _Run:
    """One run over the arrivals of a delivery."""

    def __init__(
        self,
        delivery: Delivery,
        *,
        by: Officer,
        at: datetime,
        profiles: tuple[Profile, ...],
        resumed: bool,
        progress: Progress | None,
    ) -> None:
        self._delivery, self._by, self._at = delivery, by, at
        self._profiles, self._resumed = profiles, resumed
        self._progress = progress or (lambda _what, _done, _total: None)
        self._step = _steps_of(delivery) if resumed else 0
        self.counted = Counted()

    def go(self, arrivals: Iterable[Arrival]) -> None:
        """Takes in every arrival: small files together, a large one or an archive by itself."""
        waiting: list[_Small] = []
        held = 0
        for arrival in arrivals:
            content = arrival.read() if arrival.size <= SMALL_BYTES else b""
            if (not content and arrival.size) or arrival.is_archive(content[:256]):
                self._together(waiting)
                waiting, held = [], 0
                self._by_itself(arrival)
                continue
            waiting.append(_Small(arrival, content, digest_bytes(content)))
            held += len(content)
            if len(waiting) >= FILES_PER_STEP or held >= BYTES_PER_STEP:
                self._together(waiting)
                waiting, held = [], 0
        self._together(waiting)

    @contextmanager
    def _stepping(self, files: Iterable[str]) -> Iterator[Step]:
        """One transaction with one act, one lock and one ledger entry of each kind."""
        key = f"{self._delivery.id}:{self._step}"
        request = {"delivery": str(self._delivery.id), "files": content_digest(list(files))}
        with acting("take_in", by=self._by, at=self._at, key=key, request=request) as act:
            one_step_at_a_time()
            step = Step(by=self._by, at=self._at, delivery=self._delivery)
            yield step
            step.settle(act)
            act.about("delivery", self._delivery.id)
        self._step += 1
        self.counted.add(step.counted)
        self._progress("taking in", self.counted.files, None)

    def _receipt(self, arrival: Arrival) -> str:
        return derive_text("receipt", self._delivery.id.hex, arrival.name)

    def _filed(self, arrival: Arrival, digests: Digests) -> Filed:
        sealed = derive_text("sealed", digests.sha256)
        return Filed(self._receipt(arrival), sealed, arrival.at or self._at)

    # ---------------------------------------------------------------- many small files

    def _together(self, files: Sequence[_Small]) -> None:
        # A name stands for one file of a delivery: named twice it arrived once.
        files = list({small.arrival.name: small for small in files}.values())
        if self._resumed:
            done = _received([self._receipt(small.arrival) for small in files])
            files = [small for small in files if self._receipt(small.arrival) not in done]
        if not files:
            return
        with self._stepping(small.arrival.name for small in files) as step:
            known = _known(small.digests.sha256 for small in files)
            fresh = {
                small.digests.sha256: small.content for small in files if small.digests.sha256 not in known
            }
            pack, offsets = store.keep_pack(fresh) if len(fresh) > 1 else ("", {})
            for small in files:
                filed, digests = self._filed(small.arrival, small.digests), small.digests
                self._receive(step, filed, small.arrival, digests=digests)
                if not step.begins(filed):
                    continue
                before = known.get(digests.sha256)
                if before is None:
                    offset = offsets.get(digests.sha256)
                    if offset is None:
                        store.keep(small.content)
                    step.seal(filed, digests, pack=pack if offset is not None else "", offset=offset)
                elif before.read:
                    step.came_before(filed, before.reports)
                    continue
                self._read(step, filed, ReceivedFile(small.arrival.name, small.content, self._profiles))

    def _receive(self, step: Step, filed: Filed, arrival: Arrival, *, digests: Digests) -> None:
        step.receive(
            filed,
            digests,
            name=arrival.name,
            source=arrival.source or self._delivery.source,
            channel=arrival.channel or self._delivery.channel,
        )

    def _read(self, step: Step, filed: Filed, file: ReceivedFile) -> None:
        for item in formats.document_in(file, "intake", filed.understood):
            step.take(filed, item)
        step.end(filed)

    # ---------------------------------------------------------------- one large file

    def _by_itself(self, arrival: Arrival) -> None:
        """A large file or an archive: sealed as a stream, then taken in by steps of a thousand records."""
        receipt = Receipt.objects.filter(id=self._receipt(arrival)).select_related("sealed").first()
        sealed = receipt.sealed if receipt else None
        digests = _digests_of(sealed) if sealed else arrival.seal()
        filed = self._filed(arrival, digests)
        sealed = sealed or SealedFile.objects.filter(id=filed.sealed).first()
        reading = Reading.objects.filter(sealed_id=UUID(filed.sealed)).first()
        finished = reading is not None and reading.finished
        if receipt is not None and finished:
            return
        file = ReceivedFile(arrival.name, _source(arrival, sealed, digests), self._profiles)
        first = receipt is None
        if finished:
            with self._stepping((arrival.name,)) as step:
                self._receive(step, filed, arrival, digests=digests)
                step.came_before(filed, _reports_of(filed.sealed))
            return
        filed.begun, done = reading is not None, reading.place if reading else 0
        items = formats.everything_in(file, "intake", filed.understood)
        self._skip(filed, items, done)
        more = True
        while more:
            with self._stepping((arrival.name, str(filed.place))) as step:
                if first:
                    self._receive(step, filed, arrival, digests=digests)
                    if sealed is None:
                        step.seal(filed, digests)
                    if done:
                        step.came_before(filed, _reports_of(filed.sealed))
                    first = False
                more = _fill(step, filed, items)
                step.end(filed, finished=not more)

    def _skip(self, filed: Filed, items: Iterator[Any], count: int) -> None:
        """Goes past what an earlier run took, reading it again and writing nothing."""
        for item in islice(items, count):
            filed.place += 1
            filed.records += isinstance(item, LeadRecord)


def _fill(step: Step, filed: Filed, items: Iterator[Any]) -> bool:
    """Takes items until the step is full; False when there are no more."""
    for item in items:
        step.take(filed, item)
        if len(step) >= RECORDS_PER_STEP:
            return True
    return False


def _source(arrival: Arrival, sealed: SealedFile | None, digests: Digests) -> bytes | store.Lying:
    """What is read are the sealed bytes, not the file that was copied from: that one may change meanwhile."""
    if isinstance(arrival.content, bytes):
        return arrival.content
    return store.Lying(sealed or SealedFile(sha256=digests.sha256, size=digests.size))


def _received(receipts: Sequence[str]) -> set[str]:
    found = Receipt.objects.filter(id__in=list(receipts)).values_list("id", flat=True)
    return {receipt.hex for receipt in found}


@dataclass(slots=True)
class _Before:
    """Bytes that are sealed already: whether they were read as reports, and which they named."""

    read: bool
    reports: list[UUID] = field(default_factory=list)


def _known(sha256s: Iterable[str]) -> dict[str, _Before]:
    """The seals among these digests that are held."""
    held = SealedFile.objects.filter(sha256__in=list(sha256s)).values_list(
        "sha256", "id", "reading__finished"
    )
    found = {sha256: _Before(bool(finished)) for sha256, _, finished in held}
    named = ReportReceipt.objects.filter(receipt__sealed_id__in=[row[1] for row in held])
    pairs = named.order_by("report_id").distinct().values_list("receipt__sealed__sha256", "report_id")
    for sha256, report in pairs:
        found[sha256].reports.append(report)
    return found


def _digests_of(sealed: SealedFile) -> Digests:
    return Digests(sealed.size, sealed.sha256, sealed.sha1, sealed.md5)


def _reports_of(sealed: str) -> Iterator[UUID]:
    """The reports that bytes named, in a fixed order."""
    named = Report.objects.filter(receipts__receipt__sealed_id=UUID(sealed))
    return named.order_by("id").distinct().values_list("id", flat=True).iterator(chunk_size=2000)
