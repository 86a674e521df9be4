"""What came after an attribution: the searches it led to, its errors, arrests and papers (A-60 to A-65).

A duty that nothing has called for is met: before a search there is nothing to go through anew, without an arrest entry
nothing for it to rest on. Only what a row leaves open is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef

from kaval.engine.documents.india.grounds_of_belief import parts_said
from kaval.engine.rules.attribution.case import AfterFacts, ErrorFacts
from kaval.engine.rules.attribution.checks.after import named_evidence
from kaval.engine.rules.field.arrest import level_entered
from kaval.engine.rules.field.outcomes import starts_audit
from kaval.station import models
from kaval.station.queries.aftermath import devices_taken
from kaval.station.queries.shared_basis import held_with

_HOUR = timedelta(hours=1)


def after_facts(row: models.Attribution, *, at: datetime) -> AfterFacts:
    """The facts of the checks after the search as of `at`; of several searches the one that owes most speaks."""
    outcome, audits = _search(row), _audits(row)
    open_first = F("sealed_at").desc(nulls_first=True)
    error = row.errors.select_related("outcome__site").order_by(open_first, "-confirmed_at", "pk").first()
    return AfterFacts(
        at,
        error_confirmed=_confirmed(error, outcome, audits),
        grounds=_grounds(row),
        **_searched(row, outcome),
        **_erred(error, at),
        **_arrested(row),
        **_left(row),
    )


def _search(row: models.Attribution) -> models.Outcome | None:
    """The outcome that speaks: one that starts a re-audit before any other, one nobody began before one begun."""
    found = (
        models.Outcome.objects.filter(site__attribution=row).select_related("reaudit").order_by("-at", "pk")
    )
    searched = [one for one in found if one.entered or starts_audit(one.code)]
    return min(searched, key=_owes, default=None)


def _owes(one: models.Outcome) -> int:
    if not starts_audit(one.code):
        return 2
    audit: models.Reaudit | None = getattr(one, "reaudit", None)
    return int(audit is not None and audit.started_at is not None)


def _searched(row: models.Attribution, outcome: models.Outcome | None) -> dict[str, Any]:
    if outcome is None:
        # A search that ended and has no outcome: what it found is not on record.
        ended = models.FieldEvent.objects.filter(site__attribution=row, kind="search_ended").order_by("at")
        return {"searched_at": ended.values_list("at", flat=True).last()}
    audit: models.Reaudit | None = getattr(outcome, "reaudit", None)
    said: dict[str, Any] = {"searched_at": outcome.at, "link_found": not starts_audit(outcome.code)}
    if audit is not None:
        said["reaudit_started_at"] = audit.started_at
    if outcome.audit_due_at is not None:
        said["reaudit_h"] = round((outcome.audit_due_at - outcome.at) / _HOUR)
    return said


def _audits(row: models.Attribution) -> list[models.Reaudit]:
    return list(row.reaudits.order_by("started_at", "pk"))


def _confirmed(
    error: models.AttributionError | None, outcome: models.Outcome | None, audits: Iterable[models.Reaudit]
) -> bool | None:
    """None while a search that found nothing, or a re-audit, has no verdict yet, or one said `error` since."""
    if error is not None:
        return True
    if any(one.finished_at is None or one.verdict == "error" for one in audits):
        return None
    empty = outcome is not None and starts_audit(outcome.code)
    judged = any(one.outcome_id == outcome.pk for one in audits) if outcome is not None else True
    return None if empty and not judged else False


def _erred(error: models.AttributionError | None, at: datetime) -> dict[str, Any]:
    if error is None:
        return {}
    held = models.Quarantine.objects.filter(error=error).values_list("attribution_id", flat=True)
    return {
        "sharing": frozenset(one.attribution for one in held_with(error.attribution_id, at)),
        "quarantined": frozenset(map(str, held)),  # one let go since was gone through anew first
        "error": ErrorFacts(
            cause=error.cause,
            people_affected=error.people_affected,
            children_affected=error.children_affected,
            notice_given_at=error.notice_given_at,
            devices_taken=devices_taken(error) > 0,
            devices_returned_at=error.devices_returned_at,
            sealed_at=error.sealed_at,
        ),
    }


def _arrested(row: models.Attribution) -> dict[str, Any]:
    """The arrest that rests on least; its level is the one its entry was checked with."""
    seized = models.Exhibit.objects.filter(site=OuterRef("crime__site"))
    arrests = models.Arrest.objects.filter(crime__site__attribution=row).annotate(devices=Exists(seized))
    entered = [
        (level_entered(one.evidence, devices=one.devices), tuple(map(str, one.evidence)))
        for one in arrests.order_by("number")
    ]
    if not entered:
        return {"level": row.level, "arrest": False}
    level, evidence = min(entered, key=lambda one: (one[0], bool(named_evidence(one[1]))))
    return {"level": level, "arrest": True, "person_evidence": evidence}


def _grounds(row: models.Attribution) -> frozenset[str] | None:
    """What the newest text of grounds says; one older than the attribution speaks of another."""
    texts = models.RenderedDocument.objects.filter(
        kind="in.grounds_of_belief", subject=row.subject_id, at__gte=row.at
    )
    gaps = texts.order_by("at", "pk").values_list("gaps", flat=True).last()
    return None if gaps is None else parts_said(gaps)


def _left(row: models.Attribution) -> dict[str, Any]:
    """Where its copies go: the redacted pack to the defence, every other paper stays in the procedure."""
    redacted = models.RenderedDocument.objects.filter(
        kind="in.disclosure_pack_redacted", subject=row.subject_id
    ).exists()
    return {"leaves_to": "defence", "names": False} if redacted else {"leaves_to": "unit"}
