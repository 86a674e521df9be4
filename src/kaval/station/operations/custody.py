"""Handing an exhibit on: every movement is a row whose giver is the last holder and whose seal is the last seal."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.custody import CustodyStep, check_chain
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import CustodyEvent, Exhibit, Officer


def hand_over_exhibit(
    *,
    by: Officer,
    at: datetime,
    key: str,
    exhibit: Exhibit,
    event: str,
    to: str,
    place: str,
    purpose: str,
    seal_after: str | None = None,
    hash_after: str = "",
) -> CustodyEvent:
    """Moves an exhibit from its present holder to `to`; `seal_after` None keeps the seal, an empty text breaks it.

    Raises:
        RefusedError: the step would leave a gap in the chain (C-1, C-2, C-3).
    """
    request = {
        "exhibit": str(exhibit.id),
        "event": event,
        "to": to,
        "place": place,
        "purpose": purpose,
        "seal": seal_after,
        "hash": hash_after,
    }
    with acting("hand_over_exhibit", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return CustodyEvent.objects.get(id=act.earlier)
        Exhibit.objects.select_for_update().get(id=exhibit.id)
        last = CustodyEvent.objects.filter(exhibit=exhibit).order_by("-seq").first()
        if last is None:
            raise RefusedError("C-1", f"{exhibit.number} has no first step of custody")
        if by.number not in (last.holder_to, to):
            raise RefusedError("C-1", f"{exhibit.number} is held by {last.holder_to}, not by {by.number}")
        step = CustodyEvent(
            id=derive("custody", exhibit.id, last.seq + 1),
            exhibit=exhibit,
            seq=last.seq + 1,
            event=event,
            at=at,
            holder_from=last.holder_to,
            holder_to=to,
            place=place,
            seal_before=last.seal_after,
            seal_after=last.seal_after if seal_after is None else seal_after,
            purpose=purpose,
            hash_after=hash_after,
            by=by,
        )
        problems = check_chain([_step(last), _step(step)])
        if problems:
            raise RefusedError(problems[0].check, problems[0].text)
        step.save(force_insert=True)
        act.about("custody", step.id)
        said = {"exhibit": exhibit.number, "seq": step.seq, "to": to, "seal": step.seal_after}
        act.ledger(event, {**said, "hash": hash_after})
        return step


def _step(row: CustodyEvent) -> CustodyStep:
    return CustodyStep(row.event, row.at, row.holder_from, row.holder_to, row.seal_before, row.seal_after)
