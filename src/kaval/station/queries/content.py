"""What the station's own records say of the files reports name: named before by reports about others, or listed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Subquery

from kaval.engine.rules.triage import Digest, KnownContent
from kaval.station.models import ViralList

# A subject's first report of a digest comes after these others: whatever named it earlier was about somebody else.
_EARLIER = """
WITH named AS (
    SELECT DISTINCT d.kind, d.value, l.number, s.subject_id
    FROM station_filedigest d
    JOIN station_lead l ON l.id = d.lead_id
    LEFT JOIN station_subjectlead s ON s.lead_id = d.lead_id
    {only}
), ranked AS (
    SELECT kind, value, subject_id,
        rank() OVER (PARTITION BY kind, value ORDER BY number) - 1 AS earlier,
        row_number() OVER (PARTITION BY kind, value, subject_id ORDER BY number) AS nth
    FROM named
)
SELECT subject_id, kind, value, earlier FROM ranked
WHERE nth = 1 AND earlier > 0 AND subject_id IS NOT NULL
"""
# A file is found by its lead, a digest by its file; there is no way from a digest's lead to it.
_NAMED_BY = """
SELECT DISTINCT d.value
FROM station_subjectlead s
JOIN station_reportedfile f ON f.lead_id = s.lead_id
JOIN station_filedigest d ON d.file_id = f.id
WHERE s.subject_id = ANY(%s)
"""
_LISTED = """
SELECT DISTINCT s.subject_id, d.kind, d.value, e.hash_set_id
FROM station_listeddigest e
JOIN station_filedigest d ON d.value = e.value AND d.kind = e.kind
JOIN station_subjectlead s ON s.lead_id = d.lead_id
WHERE e.hash_set_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class ListHeld:
    """A list of viral content in use: its name, and as version the SHA-256 of its file."""

    name: str
    version: str
    hash_set: uuid.UUID

    @property
    def label(self) -> str:
        """Name and version as a reason gives them."""
        return f"{self.name} (version {self.version[:12]})"


def lists_held() -> tuple[ListHeld, ...]:
    """The lists of viral content in use, by name; of each the version taken into use last."""
    last = ViralList.objects.filter(name=OuterRef("name")).order_by("-number").values("number")[:1]
    rows = (
        ViralList.objects.alias(last=Subquery(last))
        .filter(number=F("last"), holds=True)
        .order_by("name")
        .values_list("name", "hash_set__version", "hash_set_id")
    )
    return tuple(ListHeld(*row) for row in rows)


def known_content(lists: tuple[ListHeld, ...]) -> Mapping[uuid.UUID, KnownContent]:
    """What is known of the digests every subject's reports name, by subject, with the lists to compare with.

    A subject that is not among the keys has none that is known; asked for, it is given.
    """
    earlier: dict[uuid.UUID, dict[Digest, int]] = defaultdict(dict)
    listed: dict[uuid.UUID, dict[Digest, frozenset[str]]] = defaultdict(dict)
    labels = {held.hash_set: held.label for held in lists}
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER.format(only=""))
        _add_earlier(earlier, cursor)
        if lists:
            cursor.execute(_LISTED, [list(labels)])
            _add_listed(listed, cursor, labels)
    found: dict[uuid.UUID, KnownContent] = defaultdict(lambda: KnownContent(listed={} if lists else None))
    for subject in earlier.keys() | listed.keys():
        found[subject] = KnownContent(earlier.get(subject, {}), listed.get(subject, {}) if lists else None)
    return found


def known_content_of(
    lists: tuple[ListHeld, ...], subjects: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, KnownContent]:
    """The same for some subjects only: the digests that others name as well are looked up, and no others."""
    wanted, labels = list(subjects), {held.hash_set: held.label for held in lists}
    earlier: dict[uuid.UUID, dict[Digest, int]] = defaultdict(dict)
    listed: dict[uuid.UUID, dict[Digest, frozenset[str]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        # Asked for first and given as values: joined to them, the planner would read every digest there is.
        cursor.execute(_NAMED_BY, [wanted])
        values = [value for (value,) in cursor]
        only = "WHERE d.value = ANY(%s)"
        cursor.execute(_EARLIER.format(only=only) + " AND subject_id = ANY(%s)", [values, wanted])
        _add_earlier(earlier, cursor)
        if lists:
            cursor.execute(_LISTED + " AND s.subject_id = ANY(%s)", [list(labels), wanted])
            _add_listed(listed, cursor, labels)
    return {
        subject: KnownContent(earlier.get(subject, {}), listed.get(subject, {}) if lists else None)
        for subject in wanted
    }


def known_content_in_order(lists: tuple[ListHeld, ...]) -> Iterator[tuple[uuid.UUID, KnownContent]]:
    """The same for every subject of whom something is known, in the order of identifiers, never all in memory.

    Must be read inside a transaction; what is written meanwhile is not seen.
    """
    labels = {held.hash_set: held.label for held in lists}
    with connection.chunked_cursor() as first, connection.chunked_cursor() as second:
        first.execute(_EARLIER.format(only="") + " ORDER BY subject_id")
        second.execute(_LISTED + " ORDER BY s.subject_id", [list(labels)])
        for subject, earlier, listed in _side_by_side(_by_subject(first), _by_subject(second)):
            known: dict[uuid.UUID, dict[Digest, int]] = defaultdict(dict)
            marked: dict[uuid.UUID, dict[Digest, frozenset[str]]] = defaultdict(dict)
            _add_earlier(known, earlier)
            _add_listed(marked, listed, labels)
            yield subject, KnownContent(known[subject], marked[subject] if lists else None)


def _by_subject(cursor: Any) -> Iterator[tuple[uuid.UUID, list[tuple[Any, ...]]]]:
    rows = chain.from_iterable(iter(lambda: cursor.fetchmany(5000), []))
    for subject, found in groupby(rows, key=itemgetter(0)):
        yield subject, list(found)


def _side_by_side(
    first: Iterator[tuple[uuid.UUID, list[Any]]], second: Iterator[tuple[uuid.UUID, list[Any]]]
) -> Iterator[tuple[uuid.UUID, list[Any], list[Any]]]:
    """Two streams in order of subject as one; a subject that one of them lacks has nothing there."""
    tagged = merge(((key, 0, rows) for key, rows in first), ((key, 1, rows) for key, rows in second))
    for subject, found in groupby(tagged, key=itemgetter(0)):
        parts: tuple[list[Any], list[Any]] = ([], [])
        for _, part, rows in found:
            parts[part].extend(rows)
        yield subject, *parts


def _add_earlier(found: dict[uuid.UUID, dict[Digest, int]], rows: Iterable[tuple[Any, ...]]) -> None:
    for subject, kind, value, count in rows:
        found[subject][kind, value] = count


def _add_listed(
    found: dict[uuid.UUID, dict[Digest, frozenset[str]]],
    rows: Iterable[tuple[Any, ...]],
    labels: Mapping[uuid.UUID, str],
) -> None:
    for subject, kind, value, hash_set in rows:
        found[subject][kind, value] = found[subject].get((kind, value), frozenset()) | {labels[hash_set]}
