"""Lists of ranges and routing tables taken into use from files the unit was given; nothing is ever fetched.

What a list says is read again from its sealed bytes whenever an attribution is made; the row here only names it. A list
of one kind, name and day is never changed: a corrected one comes under another day or name.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from kaval.engine.formats import read_one
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.network._record import RangeRecord, RouteRecord
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.engine.rules.attribution.intelligence import AWAY, OURS
from kaval.station import sealed
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import NetworkFile, Officer, Receipt
from kaval.station.queries.network import ROUTING

_Record = RangeRecord | RouteRecord
_Key = tuple[str, str, date]


def import_network_file(
    *,
    by: Officer,
    at: datetime,
    key: str,
    receipt: Receipt,
    name: str,
    source: str,
    kind: str = "",
    dated: date | None = None,
    although: str = "",
) -> list[NetworkFile]:
    """Takes a received list of ranges or routing table into use, from the next attribution on.

    `kind`, `name` and `dated` (day in India) stand in for what the file does not say itself. `although` is why a file
    with unreadable lines is used all the same: a list with holes lets an address through.

    Raises:
        RefusedError: NAME, DATE, KIND, what neither file nor officer says; LINES, lines that could not be read and no
        reason to go on; LIST, no reader takes the file; HELD, such a list of another content is in use.
    """
    request = {
        "sha256": receipt.sealed.sha256,
        "name": name,
        "kind": kind,
        "dated": dated and dated.isoformat(),
    }
    with acting("import_network_file", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return list(NetworkFile.objects.filter(sealed=receipt.sealed).order_by("kind", "name", "dated"))
        records, format = _read(receipt, although=although)
        groups = Counter(_named(record, kind=kind, name=name, dated=dated) for record in records)
        rows = [
            _row(act.by, receipt, group, entries=entries, format=format, source=source, at=at)
            for group, entries in sorted(groups.items())
        ]
        if len(rows) == 1:
            act.about("network_file", rows[0].id)
        act.ledger(
            "network_file",
            {
                "sha256": receipt.sealed.sha256,
                "format": format,
                "entries": len(records),
                "lists": [[row.kind, row.dated.isoformat()] for row in rows],
                "although": bool(although.strip()),
            },
        )
        return rows


def _read(receipt: Receipt, *, although: str) -> tuple[tuple[_Record, ...], str]:
    try:
        reading = read_one(ReceivedFile(receipt.name, sealed.read(receipt.sealed)), "network")
    except ReaderError as unread:
        raise RefusedError(
            "LIST", f"this is no list of ranges and no routing table: {unread.problem}"
        ) from unread
    if reading.warnings and not although.strip():
        first = reading.warnings[0]
        raise RefusedError(
            "LINES",
            f"{len(reading.warnings)} lines could not be read, the first at {first.place}: {first.text}; mend the "
            "file, or say why it is used with holes",
        )
    return reading.records, reading.format.name


def _named(record: _Record, *, kind: str, name: str, dated: date | None) -> _Key:
    """Kind, name and day of a record: the file's own word, else the officer's."""
    if isinstance(record, RouteRecord):
        said, label, day = ROUTING, name.strip(), dated or record.valid_from
    else:
        said = record.kind or kind.strip().lower()
        label, day = record.name or name.strip(), record.dated or dated
        if said not in (*AWAY, OURS):
            kinds = ", ".join((*AWAY, OURS))
            raise RefusedError("KIND", f"{record.locator}: {said!r} is no kind of list; one of {kinds}")
    if not 0 < len(label) <= 80:
        raise RefusedError("NAME", "a list needs a name of at most 80 characters")
    if day is None:
        raise RefusedError("DATE", "neither the file nor you say of which day the list is")
    return said, label, day


def _row(
    by: Officer, receipt: Receipt, group: _Key, *, entries: int, format: str, source: str, at: datetime
) -> NetworkFile:
    kind, name, dated = group
    held = NetworkFile.objects.filter(kind=kind, name=name, dated=dated).first()
    if held is not None:
        if held.sealed_id == receipt.sealed_id:
            return held
        raise RefusedError(
            "HELD", f"a list {name!r} ({kind}) of {dated.isoformat()} with another content is in use"
        )
    return NetworkFile.objects.create(
        id=derive("network file", kind, name, dated.isoformat()),
        kind=kind,
        name=name,
        format=format,
        dated=dated,
        source=source.strip()[:200],
        entries=entries,
        sealed=receipt.sealed,
        by=by,
        at=at,
    )
