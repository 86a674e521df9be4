"""Lists of viral content: taken into use under a name and a version, and out of use again.

A list lowers the priority of subjects at their next assessment; it refuses, hides and merges nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kaval.engine.formats import read_one
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.engine.rules.triage import Digest, digests_of
from kaval.station import sealed
from kaval.station.audit import acting
from kaval.station.copying import Rows
from kaval.station.ids import derive, derive_children
from kaval.station.models import HashSet, ListedDigest, Officer, Receipt, ViralList

_LISTED = ("id", "hash_set_id", "kind", "value")


def register_viral_list(*, by: Officer, at: datetime, key: str, receipt: Receipt, name: str) -> ViralList:
    """Takes a received hash set (VICS, hashdeep or a checksum list) into use as a list of viral content.

    Every entry counts, whatever its category. Under a name that is in use it replaces the version before; a finding
    on a device never rests on it.

    Raises:
        RefusedError: NAME, there is no name; LIST, no reader of hash sets can take anything from the file.
    """
    version = receipt.sealed.sha256
    request = {"sha256": version, "name": name}
    with acting("register_viral_list", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ViralList.objects.get(id=act.earlier)
        name = name.strip()
        if not 0 < len(name) <= 120:
            raise RefusedError("NAME", "a list of viral content needs a name of at most 120 characters")
        entries, format = _entries(receipt)
        hash_set, _ = HashSet.objects.get_or_create(
            version=version,
            defaults={
                "id": derive("hash set", version),
                "name": name,
                "scheme": "",
                "entries": len(entries),
                "sealed": receipt.sealed,
            },
        )
        digests = _copy(hash_set, entries)
        held = _next(name, hash_set, by=by, at=at, holds=True, reason="")
        act.about("viral_list", held.id)
        act.ledger(
            "viral_list",
            {
                "version": version,
                "number": held.number,
                "entries": len(entries),
                "digests": digests,
                "format": format,
            },
        )
        return held


def withdraw_viral_list(*, by: Officer, at: datetime, key: str, name: str, reason: str) -> ViralList:
    """Takes a list of viral content out of use; it lowers nothing from the next assessment on.

    Raises:
        RefusedError: REASON, none is given; LIST, no list of that name is in use.
    """
    name = name.strip()
    with acting(
        "withdraw_viral_list", by=by, at=at, key=key, request={"name": name, "reason": reason}
    ) as act:
        if act.repeated:
            return ViralList.objects.get(id=act.earlier)
        if not reason.strip():
            raise RefusedError("REASON", "a list is taken out of use for a reason")
        last = ViralList.objects.filter(name=name).order_by("-number").select_related("hash_set").first()
        if last is None or not last.holds:
            raise RefusedError("LIST", f"no list of viral content called {name!r} is in use")
        ended = _next(name, last.hash_set, by=by, at=at, holds=False, reason=reason.strip())
        act.about("viral_list", ended.id)
        act.ledger("viral_list_withdrawn", {"version": last.hash_set.version, "number": ended.number})
        return ended


def _entries(receipt: Receipt) -> tuple[tuple[Any, ...], str]:
    try:
        reading = read_one(ReceivedFile(receipt.name, sealed.read(receipt.sealed)), "hashset")
    except ReaderError as unread:
        raise RefusedError("LIST", f"this is no hash set that can be used: {unread.problem}") from unread
    return reading.records, reading.format.name


def _copy(hash_set: HashSet, entries: tuple[Any, ...]) -> int:
    """Puts the digests of a hash set where reports can be compared with them, once; gives how many there are."""
    held = ListedDigest.objects.filter(hash_set=hash_set).count()
    if held:
        return held
    found: set[Digest] = set()
    for entry in entries:
        found |= digests_of((("md5", entry.md5), ("sha1", entry.sha1), ("sha256", entry.sha256)))
    if not found:
        raise RefusedError("LIST", "no entry of this hash set has a digest that a report can name")
    rows = Rows()
    listed = rows.table(ListedDigest, _LISTED)
    ids = derive_children(len(found), "digests of hash set", hash_set.id)
    listed.extend(
        (id, hash_set.id, kind, value) for id, (kind, value) in zip(ids, sorted(found), strict=True)
    )
    rows.write()
    return len(found)


def _next(name: str, hash_set: HashSet, *, by: Officer, at: datetime, holds: bool, reason: str) -> ViralList:
    number = ViralList.objects.filter(name=name).count() + 1
    return ViralList.objects.create(
        id=derive("viral list", name, number),
        name=name,
        number=number,
        hash_set=hash_set,
        holds=holds,
        reason=reason,
        at=at,
        by=by,
    )
