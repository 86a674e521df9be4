"""After the day: re-audits, confirmed errors and what they hold back, notices, devices given back, the sealed record.

A wrong door is followed at once, not after the laboratory (A-60): whoever made the attribution does not judge it.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import IST
from kaval.engine.reference.load import load
from kaval.engine.rules.attribution.aftermath import CAUSES, differences, notices_owed
from kaval.engine.rules.cases.clocks import LIMITS, later
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import (
    Attribution,
    AttributionError,
    ErrorNotice,
    Officer,
    Outcome,
    Quarantine,
    Reaudit,
)
from kaval.station.queries import aftermath as queries
from kaval.station.queries.shared_basis import held_with

VERDICTS: Final = ("sound", "error")
_MOST: Final = 1000


def start_reaudit(*, by: Officer, at: datetime, key: str, outcome: Outcome) -> Reaudit:
    """Makes the attribution behind a search anew from the sealed bytes and keeps what came out otherwise (A-60).

    The stored attribution stays as it is. Beginning late is possible and stays visible: `due_at` is the outcome's.

    Raises:
        RefusedError: the outcome owes no re-audit, or it has begun already.
    """
    with acting("start_reaudit", by=by, at=at, key=key, request={"outcome": str(outcome.id)}) as act:
        if act.repeated:
            return Reaudit.objects.get(id=act.earlier)
        if outcome.audit_due_at is None:
            raise RefusedError("A-60", "this outcome owes no re-audit")
        attribution = _locked(outcome.site.attribution_id)
        if Reaudit.objects.filter(outcome=outcome).exists():
            raise RefusedError("TWICE", "the re-audit of this outcome has begun already")
        return _begin(act, attribution, due_at=outcome.audit_due_at, outcome=outcome)


def reaudit_held(*, by: Officer, at: datetime, key: str, quarantine: Quarantine) -> Reaudit:
    """The same for an attribution in quarantine, searched or not: without it nothing is let go (A-61).

    Raises:
        RefusedError: it is not held any more, or a re-audit of it is under way.
    """
    with acting("reaudit_held", by=by, at=at, key=key, request={"quarantine": str(quarantine.id)}) as act:
        if act.repeated:
            return Reaudit.objects.get(id=act.earlier)
        attribution = _locked(quarantine.attribution_id)
        if quarantine.lifted_at is not None:
            raise RefusedError("A-61", "this attribution is not held for this error any more")
        if Reaudit.objects.filter(attribution=attribution, finished_at=None).exists():
            raise RefusedError("TWICE", "a re-audit of this attribution is under way")
        entry = load(LIMITS).entry("reaudit_begun", at.astimezone(IST).date())
        return _begin(
            act, attribution, due_at=later(quarantine.at, float(entry.value), entry.unit), outcome=None
        )


def finish_reaudit(
    *, by: Officer, at: datetime, key: str, reaudit: Reaudit, verdict: str, text: str
) -> Reaudit:
    """Says whether the attribution was sound or an error, by another officer than its analyst, with the reason.

    Raises:
        RefusedError: A-60 (the analyst judges), an unknown verdict, no reason, finished already, or `sound` although
            a seal it rests on is broken.
    """
    text = " ".join(text.split())
    request = {"reaudit": str(reaudit.id), "verdict": verdict, "text": text}
    with acting("finish_reaudit", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Reaudit.objects.get(id=act.earlier)
        row = Reaudit.objects.select_for_update(of=("self",)).select_related("attribution").get(id=reaudit.id)
        _refuse_verdict(row, by, verdict=verdict, text=text)
        row.finished_at, row.verdict, row.text, row.by = at, verdict, text, by
        row.save(update_fields=["finished_at", "verdict", "text", "by"])
        act.about("reaudit", row.id)
        act.ledger("reaudit_finished", {"attribution": str(row.attribution_id), "verdict": verdict})
        return row


def confirm_error(
    *,
    by: Officer,
    at: datetime,
    key: str,
    attribution: Attribution,
    cause: str,
    text: str,
    people_affected: int,
    children_affected: int,
    outcome: Outcome | None = None,
) -> AttributionError:
    """Enters a wrong attribution in the register and holds back everything that shares something with it (A-61, A-62).

    `people_affected` counts everybody, children among them. Notices owed are entered with it.

    Raises:
        RefusedError: an unknown cause, no text, impossible numbers, another attribution's outcome, its analyst
            confirms, or this search has its error already.
    """
    text = " ".join(text.split())
    request = {
        "attribution": str(attribution.id),
        "cause": cause,
        "text": text,
        "people": people_affected,
        "children": children_affected,
        "outcome": str(outcome.id) if outcome else None,
    }
    with acting("confirm_error", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return AttributionError.objects.get(id=act.earlier)
        locked = _locked(attribution.id)
        _refuse_error(locked, by, cause, text=text, affected=(people_affected, children_affected))
        _refuse_outcome(locked, outcome)
        error = AttributionError.objects.create(
            id=derive("error", act.key),
            number=f"ERR/{at.astimezone(IST).year}/{AttributionError.objects.count() + 1:04d}",
            attribution=locked,
            outcome=outcome,
            cause=cause,
            text=text,
            people_affected=people_affected,
            children_affected=children_affected,
            confirmed_by=by,
            confirmed_at=at,
        )
        held, owed = _hold(error, at), _owe(error)
        act.about("error", error.id)
        act.ledger(
            "error_confirmed",
            {"error": error.number, "cause": cause, "held": held, "notices": owed, "people": people_affected},
        )
        return error


def give_error_notice(*, by: Officer, at: datetime, key: str, owed: ErrorNotice, text: str) -> ErrorNotice:
    """Notes that a notice owed was given, and how; with the last one the register says so.

    Raises:
        RefusedError: no text, given already, or the record is sealed.
    """
    text = " ".join(text.split())
    with acting(
        "give_error_notice", by=by, at=at, key=key, request={"notice": str(owed.id), "text": text}
    ) as act:
        if act.repeated:
            return ErrorNotice.objects.get(id=act.earlier)
        error = _open_error(owed.error_id)
        row = ErrorNotice.objects.select_for_update().get(id=owed.id)
        if row.given_at is not None:
            raise RefusedError("TWICE", "this notice was given already")
        _refuse_empty(text, "say how the notice was given")
        row.given_at, row.by, row.text = at, by, text
        row.save(update_fields=["given_at", "by", "text"])
        if not error.notices.filter(given_at=None).exists():
            error.notice_given_at = at
            error.save(update_fields=["notice_given_at"])
        act.about("error_notice", row.id)
        act.ledger("error_notice_given", {"error": error.number, "to": row.owed_to})
        return row


def return_devices(*, by: Officer, at: datetime, key: str, error: AttributionError, text: str) -> None:
    """Notes that what was taken at the place was given back, and under which receipt.

    Raises:
        RefusedError: nothing was taken, given back already, no text, or the record is sealed.
    """
    text = " ".join(text.split())
    with acting(
        "return_devices", by=by, at=at, key=key, request={"error": str(error.id), "text": text}
    ) as act:
        if act.repeated:
            return
        row = _open_error(error.id)
        if not queries.devices_taken(row):
            raise RefusedError("A-62", "nothing was taken at this place")
        if row.devices_returned_at is not None:
            raise RefusedError("TWICE", "the devices were given back already")
        _refuse_empty(text, "name the receipt under which the devices were given back")
        row.devices_returned_at = at
        row.save(update_fields=["devices_returned_at"])
        act.note = text
        act.about("error", row.id)
        act.ledger("devices_returned", {"error": row.number})


def seal_error(*, by: Officer, at: datetime, key: str, error: AttributionError) -> None:
    """Closes the record: from now on nothing in it changes. Holding others back goes on until each is let go.

    Raises:
        RefusedError: a notice is owed still, devices are not given back, or it is sealed already.
    """
    with acting("seal_error", by=by, at=at, key=key, request={"error": str(error.id)}) as act:
        if act.repeated:
            return
        row = _open_error(error.id)
        if row.notices.filter(given_at=None).exists():
            raise RefusedError("A-62", "a notice is owed still")
        if row.devices_returned_at is None and queries.devices_taken(row):
            raise RefusedError("A-62", "the devices taken at the place are not given back")
        row.sealed_at = at
        row.save(update_fields=["sealed_at"])
        act.about("error", row.id)
        act.ledger("error_sealed", {"error": row.number})


def lift_quarantine(*, by: Officer, at: datetime, key: str, quarantine: Quarantine, text: str) -> None:
    """Lets an attribution go, for one error, after a re-audit of it found it sound; with the last hold it is free.

    Raises:
        RefusedError: no re-audit since found it sound, it is not held any more, or no reason is given.
    """
    text = " ".join(text.split())
    request = {"quarantine": str(quarantine.id), "text": text}
    with acting("lift_quarantine", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return
        attribution = _locked(quarantine.attribution_id)
        holds = Quarantine.objects.select_for_update().filter(attribution=attribution, lifted_at=None)
        mine = [row for row in holds if row.error_id == quarantine.error_id]
        if not mine:
            raise RefusedError("A-61", "this attribution is not held for this error any more")
        if not queries.sound_since(attribution.id, mine[0].at):
            raise RefusedError("A-61", "no re-audit made since has found this attribution sound")
        _refuse_empty(text, "say why it may be used again")
        for row in mine:
            row.lifted_at, row.lifted_by, row.lifted_text = at, by, text
            row.save(update_fields=["lifted_at", "lifted_by", "lifted_text"])
        if not Quarantine.objects.filter(attribution=attribution, lifted_at=None).exists():
            attribution.quarantined_at = None
            attribution.save(update_fields=["quarantined_at"])
        act.about("attribution", attribution.id)
        act.ledger(
            "quarantine_lifted", {"attribution": str(attribution.id), "error": str(quarantine.error_id)}
        )


def _locked(attribution_id: UUID) -> Attribution:
    rows = Attribution.objects.select_for_update(of=("self",)).select_related("analyst", "subject")
    return rows.get(id=attribution_id)


def _begin(act: Acting, attribution: Attribution, *, due_at: datetime, outcome: Outcome | None) -> Reaudit:
    findings = _findings(attribution, act.at)
    row = Reaudit.objects.create(
        id=derive("reaudit", act.key),
        outcome=outcome,
        attribution=attribution,
        due_at=due_at,
        started_at=act.at,
        by=act.by,
        findings=findings,
    )
    act.about("reaudit", row.id)
    act.ledger(
        "reaudit_started",
        {"attribution": str(attribution.id), "differences": len(findings), "late": act.at > due_at},
    )
    return row


def _findings(attribution: Attribution, at: datetime) -> list[dict[str, Any]]:
    """What comes out otherwise today: the checks, and the customer or the level if they differ."""
    now = queries.attribution_now(attribution, at=at)
    found = [
        asdict(one) | {"worse": one.worse}
        for one in differences(attribution.checks, now.checks if now else ())
    ]
    return [*_reached(attribution, now), *found]


def _reached(attribution: Attribution, now: Any) -> list[dict[str, Any]]:
    """A finding when another customer, or another level, comes out today; `check` is empty then."""
    stored, level = attribution.customer_ref, now.level if now else 0
    if (now.customer_ref if now else None) not in (stored or None, None):
        return [_said(attribution.level, level, _OTHER_CUSTOMER)]
    return [] if level == attribution.level else [_said(attribution.level, level, _OTHER_LEVEL)]


_OTHER_CUSTOMER: Final = (
    "Today the evidence names another customer.",
    "ഇന്ന് തെളിവുകൾ മറ്റൊരു വരിക്കാരനെയാണ് കാണിക്കുന്നത്.",
)
_OTHER_LEVEL: Final = (
    "Today the evidence reaches another level.",
    "ഇന്ന് തെളിവുകൾ മറ്റൊരു തലം വരെയാണ് എത്തുന്നത്.",
)


def _said(before: int, now: int, words: tuple[str, str]) -> dict[str, Any]:
    said = {"check": "", "before": f"L{before}", "now": f"L{now}", "text": words[0], "text_ml": words[1]}
    return said | {"worse": now < before or words is _OTHER_CUSTOMER}


def _refuse_verdict(row: Reaudit, by: Officer, *, verdict: str, text: str) -> None:
    if row.attribution.analyst_id == by.id:
        raise RefusedError("A-60", "who made the attribution does not judge it")
    if row.finished_at is not None:
        raise RefusedError("TWICE", "this re-audit is finished")
    if verdict not in VERDICTS:
        raise RefusedError("A-60", "the verdict is sound or error")
    _refuse_empty(text, "say on what the verdict rests")
    broken = any(one["check"] == "A-01" and one["now"] == "FAIL" for one in row.findings)
    if verdict == "sound" and (broken or row.attribution.broken):
        raise RefusedError("A-01", "a seal it rests on is broken: it cannot be called sound")


def _refuse_error(
    attribution: Attribution, by: Officer, cause: str, *, text: str, affected: tuple[int, int]
) -> None:
    if attribution.analyst_id == by.id:
        raise RefusedError("A-62", "who made the attribution does not confirm its error")
    if cause not in CAUSES:
        raise RefusedError("A-62", f"the register knows no cause {cause or 'without a name'}")
    _refuse_empty(text, "say what went wrong")
    people, children = affected
    if not 0 <= children <= people <= _MOST:
        raise RefusedError("A-62", "people affected are counted with the children among them")


def _refuse_outcome(attribution: Attribution, outcome: Outcome | None) -> None:
    if outcome is None:
        return
    if outcome.site.attribution_id != attribution.id:
        raise RefusedError("A-62", "this search rested on another attribution")
    if AttributionError.objects.filter(outcome=outcome).exists():
        raise RefusedError("TWICE", "an error is on record for this search already")


def _refuse_empty(text: str, why: str) -> None:
    if not text:
        raise RefusedError("TEXT", why)


def _hold(error: AttributionError, at: datetime) -> int:
    """Holds back what shares something with the error; gives how many attributions that are, itself among them."""
    found = held_with(error.attribution_id, at)
    Quarantine.objects.bulk_create(
        [
            Quarantine(
                id=derive("quarantine", error.id, one.attribution, one.shared),
                error=error,
                attribution_id=one.attribution,
                shared=one.shared,
                reference=one.reference[:120],
                at=at,
            )
            for one in found
        ],
        batch_size=500,
    )
    named = {one.attribution for one in found}
    Attribution.objects.filter(Q(id__in=named), quarantined_at=None).update(quarantined_at=at)
    return len(named)


def _owe(error: AttributionError) -> int:
    outcome = error.outcome
    owed = notices_owed(
        confirmed_at=error.confirmed_at,
        people=error.people_affected,
        children=error.children_affected,
        warrant=outcome is not None and outcome.site.search_basis in queries.WARRANTS,
    )
    ErrorNotice.objects.bulk_create(
        ErrorNotice(
            id=derive("error notice", error.id, one.owed_to),
            error=error,
            owed_to=one.owed_to,
            due_at=one.due_at,
        )
        for one in owed
    )
    return len(owed)


def _open_error(error_id: UUID) -> AttributionError:
    row = AttributionError.objects.select_for_update(of=("self",)).get(id=error_id)
    if row.sealed_at is not None:
        raise RefusedError("A-62", "the record is sealed: nothing in it changes any more")
    return row


__all__ = [
    "VERDICTS",
    "confirm_error",
    "finish_reaudit",
    "give_error_notice",
    "lift_quarantine",
    "reaudit_held",
    "return_devices",
    "seal_error",
    "start_reaudit",
]
