"""Leads that say nothing new: an account reported for the hundredth time is put where its reports are, without
reading them all.

Exactly what linking anew would give, because a lead that names the same as two others changes nothing between them, as
long as nobody else shares what can pass on, no copy of its client id shows, and no person has decided about them. Where
one of these is not so, the lead is left to linking.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from kaval.engine.rules.linking import SUGGESTS, in_two_places, settings
from kaval.station.audit import Acting
from kaval.station.copying import Rows
from kaval.station.ids import derive_text
from kaval.station.models import SubjectLead
from kaval.station.queries import linkable

LINK = ("id", "subject_id", "lead_id", "reasons", "by_id", "at")

# The two newest linked leads of one signature, and whether they are of one subject.
_ALIKE = """
SELECT f.lead_id, f.doubtful, r.received_at, a.lead_id, s.subject_id, s.reasons::text
FROM station_leadfacts f JOIN station_lead l ON l.id = f.lead_id JOIN station_report r ON r.id = l.report_id
JOIN LATERAL (
    SELECT o.lead_id FROM station_leadfacts o JOIN station_subjectlead t ON t.lead_id = o.lead_id
    WHERE o.signature = f.signature AND o.lead_id <> f.lead_id LIMIT 2
) a ON true
JOIN station_subjectlead s ON s.lead_id = a.lead_id
LEFT JOIN station_subjectlead own ON own.lead_id = f.lead_id
WHERE f.lead_id = ANY(%s) AND own.id IS NULL
"""
_ELSEWHERE = """
SELECT 1 FROM station_leadidentifier u
JOIN station_identifier i ON i.id = u.identifier_id AND i.kind = ANY(%s)
JOIN station_leadidentifier u2 ON u2.identifier_id = u.identifier_id AND u2.party = 'reported'
JOIN station_subjectlead s ON s.lead_id = u2.lead_id AND s.subject_id <> %s
WHERE u.party = 'reported' AND u.lead_id = %s
UNION ALL
SELECT 1 FROM station_likenesskey k JOIN station_likenesskey k2 ON k2.key = k.key
JOIN station_subjectlead s ON s.lead_id = k2.lead_id AND s.subject_id <> %s
WHERE k.lead_id = %s
LIMIT 1
"""
_CLIENTS = """
SELECT DISTINCT u2.lead_id FROM station_leadidentifier u
JOIN station_identifier i ON i.id = u.identifier_id AND i.kind = 'client_guid'
JOIN station_leadidentifier u2 ON u2.identifier_id = u.identifier_id AND u2.party = 'reported'
WHERE u.party = 'reported' AND u.lead_id = %s
"""
_GROW = """
UPDATE station_subject SET lead_count = lead_count + 1, first_seen_at = least(first_seen_at, %s),
    last_seen_at = greatest(last_seen_at, %s), assessed_at = NULL WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A new lead that names the same as linked ones of a subject, and the reasons those stand there."""

    lead: UUID
    received_at: datetime
    subject: UUID
    reasons: str


def attach_copies(act: Acting, leads: Sequence[UUID]) -> list[UUID]:
    """Links those of the new leads that say nothing new; gives the others."""
    copies = {copy.lead: copy for copy in _alike(leads)}
    if not copies:
        return list(leads)
    decided = _decided()
    rows, others = Rows(), []
    with connection.cursor() as cursor:
        for lead in leads:
            copy = copies.get(lead)
            if copy is None or copy.subject in decided or not _changes_nothing(cursor, copy):
                others.append(lead)
                continue
            row = (derive_text("subject lead", lead), copy.subject, lead, copy.reasons, act.by.id, act.at)
            rows.table(SubjectLead, LINK).append(row)
            cursor.execute(_GROW, [copy.received_at, copy.received_at, copy.subject])
    rows.write()
    return others


def _alike(leads: Sequence[UUID]) -> Iterable[_Copy]:
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, [list(leads)])
        found: dict[UUID, list[tuple[Any, ...]]] = {}
        for lead, doubtful, *row in cursor.fetchall():
            if not doubtful:
                found.setdefault(lead, []).append(tuple(row))
    for lead, rows in found.items():
        if len(rows) == 2 and rows[0][2] == rows[1][2]:
            plain = min((row[3] for row in rows), key=len)
            yield _Copy(lead, rows[0][0], rows[0][2], plain)


def _decided() -> set[UUID]:
    """The subjects with leads about which a person decided."""
    numbers = [n for each in linkable.decisions_in_force() for n in (*each.these, *each.those)]
    if not numbers:
        return set()
    return set(SubjectLead.objects.filter(lead__number__in=numbers).values_list("subject_id", flat=True))


def _changes_nothing(cursor: Any, copy: _Copy) -> bool:
    """True when its subject alone shares what can pass on, and its client id shows no second holder."""
    if not any(one["code"].startswith("same_") and not one["weight"] for one in orjson.loads(copy.reasons)):
        return False
    cursor.execute(_ELSEWHERE, [sorted(SUGGESTS), copy.subject, copy.lead, copy.subject, copy.lead])
    if cursor.fetchone() is not None:
        return False
    cursor.execute(_CLIENTS, [copy.lead])
    carriers = [lead for (lead,) in cursor.fetchall()]
    if not carriers:
        return True
    overlap_s = settings()["overlap"]
    seen = linkable.presences_of(carriers)
    return not any(in_two_places((p for _, p in rows), overlap_s=overlap_s) for rows in seen.values())
