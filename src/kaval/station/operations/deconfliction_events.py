"""Other units' events: told, imported, withdrawn, met by our sites and cleared; and other units' questions answered.

Both ways a pointer only: whom to ring, under which reference. Identifiers are digested with the unit's key as they come
in and are not kept; nothing of our sites goes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from kaval.engine.formats.planning.events import ToldEvent, read_events
from kaval.engine.kernel.digest import content_digest, digest_bytes
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc
from kaval.engine.rules.planning.deconflict import Presence, agreed_digest, too_wide
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive, derive_text
from kaval.station.models import EventPointer, Officer, Operation, UnitEvent
from kaval.station.queries import events as queries

# What one question may ask about at most: wider or longer it would be a search for our sites.
ASKED_RADIUS_M: Final = 5_000
ASKED_DAYS: Final = 31
_AGREED_LEAST: Final = 16  # bytes of an agreed key


@dataclass(frozen=True, slots=True)
class Imported:
    """How many events a file told of for the first time, again with other facts, and again as they were."""

    new: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the asking unit gets: its own reference, our reference (opaque), and whom to ring."""

    asked: str
    reference: str
    contact: str


def add_event(*, by: Officer, at: datetime, key: str, event: ToldEvent) -> UnitEvent:
    """Takes one event of another unit; told again under its reference, the latest word counts.

    Raises:
        RefusedError: EVENT, it ends before it begins, lies on no map, or has neither place nor identity; or carries
            digests nobody here can compare.
    """
    with acting("add_event", by=by, at=at, key=key, request=_plain(event)) as act:
        if act.repeated:
            return UnitEvent.objects.get(id=act.earlier)
        row, how = _put(act, event)
        act.about("unit_event", row.pk)
        act.ledger("event_told", {"event": str(row.pk), "how": how})
        return row


def import_events(*, by: Officer, at: datetime, key: str, content: bytes, file: str) -> Imported:
    """Takes every event of another unit's table (columns in `engine.formats.planning.events`), or none.

    Raises:
        ReaderError: the table cannot be meant; names row and column.
        RefusedError: EVENT, as `add_event`.
    """
    request = {"digest": digest_bytes(content).sha256, "file": file}
    with acting("import_events", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Imported(0, 0, 0)
        how = [_put(act, event)[1] for event in read_events(content, file=file)]
        counted = Imported(how.count("new"), how.count("changed"), how.count("same"))
        act.ledger(
            "events_imported",
            {"file": request["digest"], "new": counted.new, "changed": counted.changed, "same": counted.same},
        )
        return counted


def withdraw_event(*, by: Officer, at: datetime, key: str, event: UnitEvent, text: str) -> UnitEvent:
    """Takes an event out of count, for a reason kept with the act; its pointers are open no more.

    Raises:
        RefusedError: REASON; EVENT, it was withdrawn before.
    """
    request = {"event": str(event.pk), "text": text.strip()}
    with acting("withdraw_event", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return UnitEvent.objects.get(id=act.earlier)
        if not text.strip():
            raise RefusedError("REASON", "say why the event no longer counts: the reason is kept")
        row = UnitEvent.objects.select_for_update().filter(pk=event.pk, withdrawn_at=None).first()
        if row is None:
            raise RefusedError("EVENT", "there is no such event, or it was withdrawn before")
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        act.about("unit_event", row.pk)
        act.note = text.strip()
        act.ledger("event_withdrawn", {"event": str(row.pk)})
        return row


def find_pointers(*, by: Officer, at: datetime, key: str, operation: Operation) -> int:
    """Writes down where the operation meets other units' events now; gives how many wait to be cleared.

    The freeze looks anew by itself; this keeps who looked when, and when each was first found.
    """
    with acting("find_pointers", by=by, at=at, key=key, request={"operation": operation.code}) as act:
        if act.repeated:
            return len(queries.open_pointers(operation))
        found = queries.open_pointers(operation)
        for one in found:
            _row_of(operation, one, at=at)
        act.about("operation", operation.pk)
        act.ledger("pointers_found", {"operation": operation.code, "open": len(found)})
        return len(found)


def clear_pointer(
    *, by: Officer, at: datetime, key: str, operation: Operation, pointer: UUID, text: str
) -> EventPointer:
    """Clears one pointer: the other unit was rung, and `text` says who spoke and what was agreed.

    Raises:
        RefusedError: REASON; POINTER, it is not open or not in reach.
    """
    request = {"operation": operation.code, "pointer": str(pointer), "text": text.strip()}
    with acting("clear_pointer", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return EventPointer.objects.get(id=act.earlier)
        if len(text.strip()) < 3:
            raise RefusedError("REASON", "say who was rung and what was agreed")
        found = {one.id: one for one in queries.open_pointers_seen(by, operation)}.get(pointer)
        if found is None:
            raise RefusedError("POINTER", "this pointer is not open")
        row = _row_of(operation, found, at=at)
        row.cleared_at, row.cleared_by, row.cleared_text = at, by, text.strip()
        row.save(update_fields=["cleared_at", "cleared_by", "cleared_text"])
        act.about("event_pointer", row.pk)
        act.note = row.cleared_text
        act.ledger("pointer_cleared", {"operation": operation.code, "pointer": str(row.pk), "why": row.why})
        return row


def answer_questions(
    *, by: Officer, at: datetime, key: str, content: bytes, file: str, contact: str, agreed_key: bytes = b""
) -> tuple[Answer, ...]:
    """Answers another unit's table of questions: for each that meets an operation of ours our opaque reference and
    `contact`, and nothing for the others. Never a site, a name, an address, or how many.

    `agreed_key` makes the digests of the questions comparable; without it only plain identifiers are compared.

    Raises:
        ReaderError: the table cannot be meant.
        RefusedError: CONTACT, nobody to ring is named; WIDE, a question is wider than 5 km or longer than 31 days; KEY,
            digests came without the agreed key, or it is shorter than 16 bytes.
    """
    request = {
        "digest": digest_bytes(content).sha256,
        "file": file,
        "contact": contact.strip(),
        "agreed": bool(agreed_key),
    }
    with acting("answer_questions", by=by, at=at, key=key, request=request) as act:
        asked = read_events(content, file=file)
        _may_ask(asked, contact=contact, agreed_key=agreed_key)
        found = [answer for one in asked for answer in _answers(one, contact.strip(), agreed_key)]
        if not act.repeated:
            act.ledger(
                "unit_answered",
                {
                    "file": request["digest"],
                    "questions": len(asked),
                    "pointers": sorted({one.reference for one in found}),
                },
            )
        return tuple(found)


def _may_ask(asked: Sequence[ToldEvent], *, contact: str, agreed_key: bytes) -> None:
    if not contact.strip():
        raise RefusedError("CONTACT", "name whom the other unit may ring")
    wide = too_wide([_asked(one, frozenset()) for one in asked], radius_m=ASKED_RADIUS_M, days=ASKED_DAYS)
    if wide:
        raise RefusedError(
            "WIDE",
            f"question {wide} reaches further than {ASKED_RADIUS_M} m or {ASKED_DAYS} days: that is a search",
        )
    if any(one.digests for one in asked) and len(agreed_key) < _AGREED_LEAST:
        raise RefusedError(
            "KEY", f"the digests need the key agreed with that unit, of {_AGREED_LEAST} bytes or more"
        )


def _answers(asked: ToldEvent, contact: str, agreed_key: bytes) -> list[Answer]:
    """Digests are compared under the agreed key, plain identifiers under it or, without one, under our own."""
    digest = partial(agreed_digest, key=agreed_key) if agreed_key else queries.identity_key
    identity = asked.digests | {digest(kind, value) for kind, value in asked.identifiers}
    met = queries.meeting_question(_asked(asked, frozenset(identity)), digest)
    return [Answer(asked.reference, _opaque(one), contact) for one in met]


def _asked(event: ToldEvent, identity: frozenset[str]) -> Presence:
    return Presence(
        event.reference,
        event.from_at,
        event.to_at,
        event.latitude,
        event.longitude,
        event.radius_m or 0,
        identity,
    )


def _opaque(operation: Operation) -> str:
    """The reference under which another unit may ring about an operation; it says nothing without our key."""
    return f"R-{derive_text('answered', operation.pk)[:10].upper()}"


def _put(act: Acting, event: ToldEvent) -> tuple[UnitEvent, str]:
    """The row of an event, and whether it is `new`, `changed`, or the `same` as before."""
    _sound(event)
    facts = {
        "contact": event.contact.strip(),
        "from_at": event.from_at,
        "to_at": event.to_at,
        "latitude": event.latitude,
        "longitude": event.longitude,
        "radius_m": event.radius_m,
        "identity_keys": _keys(event),
        "withdrawn_at": None,
    }
    unit, reference = event.unit.strip(), event.reference.strip()
    row = UnitEvent.objects.select_for_update().filter(unit=unit, reference=reference).first()
    if row is None:
        row = UnitEvent(
            id=derive("unit event", unit, reference),
            unit=unit,
            reference=reference,
            by=act.by,
            at=act.at,
            **facts,
        )
        row.save(force_insert=True)
        return row, "new"
    if all(getattr(row, name) == value for name, value in facts.items()):
        return row, "same"
    for name, value in {**facts, "by": act.by, "at": act.at}.items():
        setattr(row, name, value)
    row.save()
    return row, "changed"


def _sound(event: ToldEvent) -> None:
    """What a table's reader has refused already, for an event typed by hand."""
    if not (event.unit.strip() and event.reference.strip() and event.contact.strip()):
        raise RefusedError("EVENT", "say which unit, under which reference, and whom to ring")
    if event.to_at < event.from_at:
        raise RefusedError("EVENT", "it ends before it begins")
    if (event.latitude is None) != (event.longitude is None):
        raise RefusedError("EVENT", "give latitude and longitude, or neither")
    if event.latitude is None and not event.identifiers:
        raise RefusedError("EVENT", "give a place or an identity: nothing could ever meet it")
    if event.digests:
        raise RefusedError("EVENT", "digests of another unit cannot be compared here: give kind:value")


def _keys(event: ToldEvent) -> list[str]:
    return sorted(queries.identity_key(kind, value) for kind, value in event.identifiers)


def _plain(event: ToldEvent) -> dict[str, object]:
    """The event as part of a request's digest: nothing of it is kept but the digest."""
    return {
        "unit": event.unit,
        "reference": event.reference,
        "facts": content_digest(
            {
                "contact": event.contact,
                "times": [iso_utc(event.from_at), iso_utc(event.to_at)],
                "place": [str(event.latitude), str(event.longitude), event.radius_m],
                "identity": [*_keys(event), *sorted(event.digests)],
            }
        ),
    }


def _row_of(operation: Operation, pointer: queries.OpenPointer, *, at: datetime) -> EventPointer:
    """The row of an open pointer; one that was cleared before the event was told anew is open again."""
    row, made = EventPointer.objects.get_or_create(
        id=pointer.id,
        defaults={
            "operation": operation,
            "site_id": pointer.site_id,
            "event_id": pointer.event_id,
            "why": pointer.why,
            "found_at": at,
        },
    )
    if not made and row.cleared_at is not None:
        row.cleared_at, row.cleared_by, row.cleared_text = None, None, ""
        row.save(update_fields=["cleared_at", "cleared_by", "cleared_text"])
    return row
