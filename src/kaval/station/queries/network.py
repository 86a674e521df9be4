"""The lists and routing tables in use, read from their sealed bytes, in the shape the attribution rules ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from kaval.engine.formats import read_one
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.network._record import RangeRecord, RouteRecord
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.attribution.facts import Limits
from kaval.engine.rules.attribution.intelligence import AWAY, DatedLists, Listed, Route
from kaval.station import sealed
from kaval.station.models import NetworkFile
from kaval.station.sealed import SealBroken

ROUTING = "routing"


@dataclass(frozen=True)
class ListRow:
    """One list in use: `age_days` since its day, `stale` when no newer one of its kind speaks for today's events."""

    id: UUID
    kind: str
    name: str
    format: str
    dated: date
    source: str
    entries: int
    age_days: int
    stale: bool
    by: str


@dataclass(frozen=True)
class Lists:
    """All lists in use. `broken` are the SHA-256 of those whose sealed bytes changed or are gone: they say nothing."""

    lists: DatedLists
    digests: tuple[tuple[str, str], ...]
    broken: frozenset[str]


def network_lists(today: date) -> list[ListRow]:
    """Every list and routing table in use, newest first within its kind."""
    age = Limits().list_age_days
    rows = NetworkFile.objects.select_related("by").order_by("kind", "-dated", "name")
    newest: dict[str, date] = {}
    for row in rows:
        newest.setdefault(row.kind, row.dated)
    return [
        ListRow(
            row.id, row.kind, row.name, row.format, row.dated, row.source, row.entries,
            (today - row.dated).days,
            row.kind in (*AWAY, ROUTING) and (today - newest[row.kind]).days > age,
            row.by.number,
        )
        for row in rows
    ]  # fmt: skip


def intelligence() -> Lists:
    """The lists and routes in use. A snapshot of routes speaks from its day until the next one, 30 days at most."""
    rows = list(NetworkFile.objects.select_related("sealed").order_by("kind", "name", "dated"))
    read, broken = _records(rows)
    until = _until([row for row in rows if row.kind == ROUTING])
    listed: list[Listed] = []
    routes: list[Route] = []
    for row in rows:
        for record in read.get(row.sealed_id, ()):
            if isinstance(record, RouteRecord):
                routes += _routes(record, row, until)
            elif _is_of(record, row):
                listed.append(Listed(row.kind, row.name, row.dated, record.cidr, record.valid_until))
    digests = tuple(("routing" if row.kind == ROUTING else "list", row.sealed.sha256) for row in rows)
    return Lists(DatedLists(listed, routes), tuple(dict.fromkeys(digests)), broken)


def _records(
    rows: list[NetworkFile],
) -> tuple[dict[UUID, tuple[RangeRecord | RouteRecord, ...]], frozenset[str]]:
    """The records of every sealed file, each read once, and the digests of the broken ones."""
    found: dict[UUID, tuple[RangeRecord | RouteRecord, ...]] = {}
    broken = set()
    for row in rows:
        if row.sealed_id in found:
            continue
        try:
            content = sealed.read(row.sealed)
            found[row.sealed_id] = read_one(ReceivedFile(row.name, content), "network").records
        except (SealBroken, ReaderError):
            found[row.sealed_id] = ()
            broken.add(row.sealed.sha256)
    return found, frozenset(broken)


def _is_of(record: RangeRecord, row: NetworkFile) -> bool:
    """True when the record belongs to this list of its file; what it does not say, the row does."""
    said = (record.kind or row.kind, record.name or row.name, record.dated or row.dated)
    return said == (row.kind, row.name, row.dated)


def _until(rows: list[NetworkFile]) -> dict[tuple[str, date], date]:
    """The last day a snapshot of a routing table speaks for, by its name and day."""
    age = timedelta(days=Limits().list_age_days)
    days: dict[str, set[date]] = defaultdict(set)
    for row in rows:
        days[row.name].add(row.dated)
    return {
        (name, day): min(day + age, (following or day + 2 * age) - timedelta(days=1))
        for name, found in days.items()
        for day, following in pairwise((*sorted(found), None))
        if day is not None
    }


def _routes(record: RouteRecord, row: NetworkFile, until: dict[tuple[str, date], date]) -> Iterator[Route]:
    start = record.valid_from or row.dated
    last = record.valid_until if record.valid_from is not None else until[row.name, row.dated]
    for number in record.as_numbers:
        yield Route(record.prefix, number, start, last)
