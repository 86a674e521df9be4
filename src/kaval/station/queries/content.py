"""What the station's own records say of the files reports name: named before by reports about others, or listed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

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
), ranked AS (
    SELECT kind, value, subject_id,
        rank() OVER (PARTITION BY kind, value ORDER BY number) - 1 AS earlier,
        row_number() OVER (PARTITION BY kind, value, subject_id ORDER BY number) AS nth
    FROM named
)
SELECT subject_id, kind, value, earlier FROM ranked
WHERE nth = 1 AND earlier > 0 AND subject_id IS NOT NULL
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
        cursor.execute(_EARLIER)
        for subject, kind, value, count in cursor:
            earlier[subject][kind, value] = count
        if lists:
            cursor.execute(_LISTED, [list(labels)])
            for subject, kind, value, hash_set in cursor:
                held = listed[subject].get((kind, value), frozenset())
                listed[subject][kind, value] = held | {labels[hash_set]}
    found: dict[uuid.UUID, KnownContent] = defaultdict(lambda: KnownContent(listed={} if lists else None))
    for subject in earlier.keys() | listed.keys():
        found[subject] = KnownContent(earlier.get(subject, {}), listed.get(subject, {}) if lists else None)
    return found
