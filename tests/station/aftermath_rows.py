"""Rows of what comes after a search, for the console's tests: an error on record and a re-audit of what it holds."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from kaval.station.models import AttributionError, Officer, Quarantine, Reaudit, Site


def after_a_search(
    number: int, site: Site, *, by: Officer, at: datetime, identify: Callable[..., uuid.UUID]
) -> dict[str, uuid.UUID]:
    """An error confirmed for the site's attribution, its hold, and the re-audit begun because of it."""
    error = AttributionError.objects.create(
        id=identify("error", number),
        number=f"ERR/T/{number}",
        attribution=site.attribution,
        cause="zone",
        text="the hour was read in another zone",
        people_affected=1,
        children_affected=0,
        confirmed_by=by,
        confirmed_at=at,
    )
    Quarantine.objects.create(
        id=identify("hold", number),
        error=error,
        attribution=site.attribution,
        shared="itself",
        reference="x",
        at=at,
    )
    reaudit = Reaudit.objects.create(
        id=identify("reaudit", number), attribution=site.attribution, due_at=at, started_at=at, by=by
    )
    return {"error_id": error.pk, "reaudit_id": reaudit.pk, "outcome_id": identify("outcome", number)}
