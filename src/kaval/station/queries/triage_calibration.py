"""Whether the order was right: assessments against what was found at the door, by source, band and rule version."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Final

from django.db import connection

from kaval.engine.rules import triage
from kaval.engine.rules.triage import CalibrationRow
from kaval.engine.rules.triage.calibration import FOUND, NOT_FOUND, NOT_REACHED
from kaval.station.models import Officer
from kaval.station.queries import scope

_AT_THE_DOOR: Final = frozenset((*FOUND, *NOT_FOUND, *NOT_REACHED))
# One pass over each table: the last outcome of a subject, the assessment that stood then, the sources it has.
_COUNTED: Final = """
WITH came AS (
    SELECT DISTINCT ON (a.subject_id) a.subject_id, o.code, o.at
    FROM station_outcome o
    JOIN station_site s ON s.id = o.site_id
    JOIN station_attribution a ON a.id = s.attribution_id
    ORDER BY a.subject_id, o.at DESC, o.id DESC
), stood AS (
    SELECT DISTINCT ON (t.subject_id) t.subject_id, t.band, t.rule_version, c.code
    FROM station_assessment t LEFT JOIN came c ON c.subject_id = t.subject_id
    WHERE t.stage = %s AND (c.at IS NULL OR t.at <= c.at) AND t.subject_id IN ({seen})
    ORDER BY t.subject_id, t.at DESC, t.id DESC
), told AS (
    SELECT DISTINCT k.subject_id, r.source_system
    FROM station_subjectlead k
    JOIN station_lead l ON l.id = k.lead_id
    JOIN station_report r ON r.id = l.report_id
)
SELECT told.source_system, stood.band, stood.rule_version, stood.code, count(*)
FROM stood JOIN told ON told.subject_id = stood.subject_id
GROUP BY 1, 2, 3, 4
"""


def calibration(viewer: Officer, *, stage: int) -> tuple[CalibrationRow, ...]:
    """The counts for each source, band and rule version.

    A subject counts by the assessment that stood when a team came to its place; where none came, by its newest.
    """
    return triage.calibrate(_rows(viewer, stage))


def _rows(viewer: Officer, stage: int) -> Iterator[tuple[str, str, str, str | None]]:
    seen, reach = scope.subjects_seen(viewer).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.replace("{seen}", seen), [stage, *reach])
        counted = cursor.fetchall()
    for source, band, version, code, number in counted:
        # Withdrawn or put off before the door: nothing is decided.
        yield from repeat((source, band, version, code if code in _AT_THE_DOOR else None), number)
