"""Identifiers that raise a notice when a report names them: held by keyed digest, with whom to ask, by which right, and
until when. The plain values are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kaval.engine.kernel import identifier as identifiers
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import IST
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import Officer, WatchedKey
from kaval.station.operations.notices import watch_digest

KINDS = ("registered_offender", "other_unit")


@dataclass(frozen=True, slots=True)
class Watched:
    """One identifier as handed over: its kind, its value as written (`platform:value` where it needs one), and the
    holder's own reference."""

    kind: str
    value: str
    reference: str


def watch_keys(
    *,
    by: Officer,
    at: datetime,
    key: str,
    kind: str,
    holder: str,
    basis: str,
    until: date,
    entries: Sequence[Watched],
) -> int:
    """Takes identifiers under watch until a day; gives how many are new.

    Raises:
        RefusedError: an unknown kind, no holder, no legal basis, a day that has passed, or an identifier that is none
            or stands for many people; nothing is taken then.
    """
    request = {
        "kind": kind,
        "holder": holder,
        "basis": basis,
        "until": until.isoformat(),
        "entries": len(entries),
    }
    with acting("watch_keys", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return 0
        if kind not in KINDS:
            raise RefusedError("WATCH", f"{kind!r} is not one of {', '.join(KINDS)}")
        if not holder.strip() or not basis.strip():
            raise RefusedError(
                "WATCH", "say who holds this and by which law or agreement the unit may hold it"
            )
        if until < at.astimezone(IST).date():
            raise RefusedError("WATCH", f"{until.isoformat()} has passed")
        rows = {
            row.id: row
            for row in _rows(act.by, at, kind, holder=holder, basis=basis, until=until, entries=entries)
        }
        there = set(WatchedKey.objects.filter(id__in=list(rows)).values_list("id", flat=True))
        WatchedKey.objects.filter(id__in=there).update(
            valid_until=until, basis=basis.strip(), withdrawn_at=None
        )
        WatchedKey.objects.bulk_create([row for id, row in rows.items() if id not in there], batch_size=500)
        act.ledger("keys_watched", {"kind": kind, "new": len(rows) - len(there), "again": len(there)})
        return len(rows) - len(there)


def _rows(
    by: Officer, at: datetime, kind: str, *, holder: str, basis: str, until: date, entries: Iterable[Watched]
) -> Iterable[WatchedKey]:
    for number, each in enumerate(entries, start=1):
        normal = identifiers.normalise(each.kind, each.value)
        if normal is None or identifiers.strength(each.kind) == "container" or each.kind == "name":
            raise RefusedError(
                "WATCH", f"entry {number}: no identifier of one person or account ({each.kind})"
            )
        digest = watch_digest(each.kind, normal)
        yield WatchedKey(
            id=derive("watched key", kind, digest, holder.strip(), each.reference),
            kind=kind,
            digest=digest,
            identifier_kind=each.kind,
            holder=holder.strip(),
            reference=each.reference.strip(),
            basis=basis.strip(),
            valid_until=until,
            entered_by=by,
            entered_at=at,
        )


def withdraw_watched(*, by: Officer, at: datetime, key: str, holder: str, reference: str, text: str) -> int:
    """Takes a holder's identifiers of one reference out of watch; gives how many.

    Raises:
        RefusedError: none is watched under it, or no reason was given.
    """
    request = {"holder": holder, "reference": reference, "text": text}
    with acting("withdraw_watched", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return 0
        if not text.strip():
            raise RefusedError("WATCH", "say why: the reason is kept")
        count = WatchedKey.objects.filter(holder=holder, reference=reference, withdrawn_at=None).update(
            withdrawn_at=at
        )
        if not count:
            raise RefusedError("WATCH", f"nothing of {holder} {reference} is watched")
        act.note = text.strip()
        act.ledger("watch_withdrawn", {"count": count})
        return count
