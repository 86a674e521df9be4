"""Saying that a limit was kept: who, when, and on which paper."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc, require_aware
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import DeadlineDone, Officer
from kaval.station.queries.clocks import BY_RECORD, clock_by_key


def meet_clock(
    *, by: Officer, at: datetime, key: str, clock: str, text: str, done_at: datetime
) -> DeadlineDone:
    """Notes that what a clock asks for was done at `done_at`; a clock in another's reach is not there.

    Raises:
        NotVisible: there is no such clock in the officer's reach.
        RefusedError: no text, a time before the clock began or in the future, met already, or a clock that only its own
            record ends.
    """
    text = " ".join(text.split())
    request = {"clock": clock, "text": text, "done_at": iso_utc(done_at)}
    with acting("meet_clock", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return DeadlineDone.objects.get(id=act.earlier)
        found = clock_by_key(by, at, clock)
        if found.id in BY_RECORD:
            raise RefusedError("CLOCK-RECORD", "this limit is kept by its own record, not by a word")
        if found.met_at is not None:
            raise RefusedError("TWICE", "somebody said already that this limit was kept")
        if not text:
            raise RefusedError(
                "TEXT", "say on which paper it was done: number and date, or the entry in the diary"
            )
        if not found.started_at <= require_aware(done_at) <= require_aware(at):
            raise RefusedError("CLOCK-TIME", "it was done before the limit began, or not yet")
        row = DeadlineDone.objects.create(
            id=derive("deadline", clock), key=clock, text=text, done_at=done_at, by=by, at=at
        )
        act.about("deadline", row.id)
        late = require_aware(done_at) > found.latest_at
        act.ledger("limit_kept", {"clock": clock, "reference": found.reference, "late": late})
        return row
