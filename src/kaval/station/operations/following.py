"""What follows an arrival by itself: the register grows, reports are linked, notices raised, the queue is ordered.

By rules alone, in the name of the officer who took the delivery in; a person decides everything that is not certain.
"""

from __future__ import annotations

from datetime import datetime

from kaval.station.models import Officer, Subject
from kaval.station.operations import linking, register, triage

# When more changed than this, all subjects are assessed: one pass reads less than so many single looks.
_MANY = 20_000


def follow_arrival(*, by: Officer, at: datetime, key: str) -> int:
    """Brings the register, subjects, notices and the order of the queue to what has arrived; gives the number of leads
    linked. Doing it again changes nothing.
    """
    register.update_register(by=by, at=at, key=key)
    linked = linking.link_leads(by=by, at=at, key=key)
    changed = Subject.objects.filter(assessed_at=None, merged_into=None).values_list("id", flat=True)
    wanted = list(changed[: _MANY + 1])
    if wanted:
        triage.assess_subjects(by=by, at=at, key=key, subjects=wanted if len(wanted) <= _MANY else None)
    return linked
