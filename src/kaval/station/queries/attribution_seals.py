"""Which attributions rest on a broken seal, as the last look at them found."""

from __future__ import annotations

from typing import Any

from kaval.station.models import Attribution


def seal_report() -> dict[str, Any]:
    """How many attributions there are, and those with a broken seal: subject's number, level, since when, which."""
    rows = Attribution.objects.exclude(broken=[]).select_related("subject").order_by("subject__number")
    return {
        "attributions": Attribution.objects.count(),
        "broken": [
            {
                "subject": row.subject.number,
                "level": row.level,
                "broken_at": row.broken_at.isoformat() if row.broken_at else None,
                "seals": row.broken,
            }
            for row in rows.only("subject__number", "level", "broken_at", "broken")
        ],
    }
