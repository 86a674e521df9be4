"""Go or no-go before the day, recall, and what was learnt after: a person decides each time, and says why."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Max

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.field.states import BEFORE_THE_DOOR
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import AfterAction, GoDecision, Officer, Operation
from kaval.station.operations import plan_rows
from kaval.station.operations.packets import recall_packets

MOMENTS = ("t24", "t2")
LEARNT = ("worked", "failed", "near_miss", "measure")
_WORDS = {"t24": "24 hours", "t2": "2 hours"}


def decide_go(
    *, by: Officer, at: datetime, key: str, operation: Operation, moment: str, go: bool, reason: str
) -> GoDecision:
    """Go or no-go for a frozen operation, 24 hours (t24) or 2 hours (t2) before the first entry; the last word counts.

    Raises:
        RefusedError: the operation is not frozen, there is no such moment, or no reason is given.
    """
    request = {"operation": operation.code, "moment": moment, "go": go, "reason": reason}
    with acting("decide_go", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return GoDecision.objects.get(id=act.earlier)
        operation = plan_rows.locked(operation, "frozen")
        if moment not in MOMENTS or not reason.strip():
            raise RefusedError("G-GO", "say go or no-go at t24 or at t2, and why")
        decision = GoDecision.objects.create(
            id=derive("go", act.key),
            operation=operation,
            moment=moment,
            go=go,
            reason=reason,
            plan_digest=plan_rows.digest_in_force(operation),
            by=by,
            at=at,
        )
        act.about("go_decision", decision.id)
        act.ledger("go" if go else "no_go", {"operation": operation.code, "moment": moment})
        return decision


def recall_operation(*, by: Officer, at: datetime, key: str, operation: Operation, reason: str) -> Operation:
    """Calls a frozen or live operation back: no further door is opened, teams inside finish, packets stay shut.

    Raises:
        RefusedError: the operation is neither frozen nor live, or no reason is given.
    """
    request = {"operation": operation.code, "reason": reason}
    with acting("recall_operation", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Operation.objects.get(id=operation.id)
        operation = plan_rows.locked(operation, "frozen", "live")
        if not reason.strip():
            raise RefusedError("G-REASON", "say why the operation is called back")
        operation.state, operation.recalled_at, operation.recall_reason = "recalled", at, reason
        operation.save(update_fields=["state", "recalled_at", "recall_reason"])
        recall_packets(by=by, at=at, key=f"{key}:recall", operation=operation, reason=reason)
        act.about("operation", operation.id)
        act.ledger("recalled", {"operation": operation.code})
        return operation


def add_after_action(
    *,
    by: Officer,
    at: datetime,
    key: str,
    operation: Operation,
    kind: str,
    text: str,
    owner: Officer | None = None,
    due_on: date | None = None,
) -> AfterAction:
    """A line of the after-action review: what worked, what failed, what nearly failed, and who does what until when.

    Raises:
        RefusedError: the day has not begun, there is no such kind, no text, or a measure has nobody to take it.
    """
    request = {
        "operation": operation.code,
        "kind": kind,
        "text": text,
        "owner": owner.number if owner else None,
        "due_on": due_on.isoformat() if due_on else None,
    }
    with acting("add_after_action", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return AfterAction.objects.get(id=act.earlier)
        operation = plan_rows.locked(operation, "live", "recalled", "closed")
        if kind not in LEARNT or not text.strip():
            raise RefusedError("G-REVIEW", f"write a line, and say which it is: {', '.join(LEARNT)}")
        if kind == "measure" and owner is None:
            raise RefusedError("G-REVIEW", "a measure names who takes it")
        last = AfterAction.objects.filter(operation=operation).aggregate(last=Max("number"))["last"] or 0
        row = AfterAction.objects.create(
            id=derive("after action", operation.id, last + 1),
            operation=operation,
            number=last + 1,
            kind=kind,
            text=text,
            owner=owner,
            due_on=due_on,
            by=by,
            at=at,
        )
        act.about("after_action", row.id)
        act.ledger("learnt", {"operation": operation.code, "number": row.number, "kind": kind})
        return row


def refuse_without_go(operation: Operation) -> None:
    """No day without a go at T-2 h, and none at T-24 h where the plan was frozen that early.

    Raises:
        RefusedError: G-GO.
    """
    wanted = ["t2"]
    early = operation.frozen_at is not None and operation.first_entry_at - operation.frozen_at >= timedelta(
        hours=24
    )
    if early:
        wanted.insert(0, "t24")
    said = dict(
        GoDecision.objects.filter(operation=operation, site=None)
        .order_by("at", "id")
        .values_list("moment", "go")
    )
    for moment in wanted:
        if not said.get(moment):
            word = "no-go" if moment in said else "nothing"
            raise RefusedError(
                "G-GO", f"{_WORDS[moment]} before the first entry {word} is on record; the day needs a go"
            )


def refuse_open(operation: Operation) -> None:
    """No close while a site is not accounted for.

    Raises:
        RefusedError: G-RECONCILE, with the numbers of the sites that have no outcome.
    """
    rows = operation.sites.filter(outcome__isnull=True).exclude(state__in=BEFORE_THE_DOOR)
    listed = list(rows.order_by("number").values_list("number", flat=True))
    if listed:
        named = ", ".join(map(str, listed[:20]))
        raise RefusedError("G-RECONCILE", f"{len(listed)} sites have no outcome: {named}")
