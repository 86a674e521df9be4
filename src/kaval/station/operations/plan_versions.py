"""Versions of a plan: kept whole and numbered, put in force while the operation is in draft, refused when a rule is
broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kaval.engine.formats.planning import read_plan
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.engine.rules.planning import problem as shapes
from kaval.engine.rules.planning.difference import difference
from kaval.engine.rules.planning.verify import violations
from kaval.station.audit import Acting, acting
from kaval.station.models import Approval, Officer, Operation, PlanVersion
from kaval.station.operations import plan_rows

MADE = ("by_hand", "imported")


def add_version(
    *,
    by: Officer,
    at: datetime,
    key: str,
    operation: Operation,
    made: str,
    plan: Mapping[str, Any],
    text: str,
) -> PlanVersion:
    """Keeps a plan made elsewhere (by_hand, imported) as the next version, once it holds; it is not in force.

    `plan`: one object as `kaval plan --json` prints it. `text`: why it was made.

    Raises:
        RefusedError: not in draft; G-FORMAT, no such object; G-PLAN, a rule is broken; G-LACK, places are left out
            and `text` says nothing.
    """
    request = {"operation": operation.code, "made": made, "plan": content_digest(dict(plan)), "text": text}
    with acting("add_version", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return PlanVersion.objects.get(id=act.earlier)
        operation = plan_rows.locked(operation, "draft")
        if made not in MADE:
            raise RefusedError("G-FORMAT", f"a plan is made {', '.join(MADE)}, not {made}")
        try:
            given = read_plan(plan)
        except ReaderError as wrong:
            raise RefusedError("G-FORMAT", str(wrong)) from None
        problem = plan_rows.problem_of(operation)
        refuse_broken(problem, given, incomplete_because=text)
        version = put_next(act, operation, given, problem=problem, made=made, text=text)
        act.about("plan_version", version.id)
        act.ledger(
            "plan_kept", {"operation": operation.code, "version": version.number, "plan": version.digest}
        )
        return version


def take_version(*, by: Officer, at: datetime, key: str, operation: Operation, number: int) -> PlanVersion:
    """Puts a version in force while the operation is in draft; one that was signed before becomes a new version, so
    that every signature is given anew.

    Raises:
        RefusedError: not in draft; no such version; or it no longer holds for the sites and officers there are now.
    """
    request = {"operation": operation.code, "version": number}
    with acting("take_version", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return PlanVersion.objects.get(id=act.earlier)
        operation = plan_rows.locked(operation, "draft")
        version = PlanVersion.objects.filter(operation=operation, number=number).first()
        if version is None:
            raise RefusedError("G-VERSION", f"{operation.code} has no plan of number {number}")
        plan, problem = plan_rows.plan_of(version), plan_rows.problem_of(operation)
        refuse_broken(problem, plan, incomplete_because=version.text)
        if Approval.objects.filter(operation=operation, plan_digest=version.digest).exists():
            text = version.text or f"as version {number}"
            version = put_next(act, operation, plan, problem=problem, made=version.made, text=text)
        plan_rows.put_in_force(operation, version, at=at)
        act.about("plan_version", version.id)
        act.ledger(
            "plan_taken", {"operation": operation.code, "version": version.number, "plan": version.digest}
        )
        return version


def put_next(
    act: Acting,
    operation: Operation,
    plan: shapes.Plan,
    *,
    problem: shapes.Problem,
    made: str,
    text: str = "",
) -> PlanVersion:
    """The next version, with what it changes against the one in force."""
    before = plan_rows.version_in_force(operation)
    changed = None if before is None else difference(plan_rows.plan_of(before), plan)
    return plan_rows.put_version(
        act,
        operation,
        plan,
        problem=problem,
        made=made,
        text=text,
        before=before,
        difference={} if changed is None else plan_rows.difference_plain(changed),
        people_moved=0 if changed is None else changed.people_moved,
    )


def refuse_broken(
    problem: shapes.Problem, plan: shapes.Plan, *, incomplete_because: str = "", repaired: bool = False
) -> None:
    """What the checker finds wrong is refused; what a district lacks too, unless somebody says why it may be.

    Raises:
        RefusedError: G-PLAN or G-LACK, in words.
    """
    wrong = violations(problem, plan, repaired=repaired)
    if wrong:
        more = f" (and {len(wrong) - 8} more)" if len(wrong) > 8 else ""
        raise RefusedError("G-PLAN", "; ".join(f"{one.rule}: {one.text}" for one in wrong[:8]) + more)
    if (plan.lacks or plan.unplaced) and not incomplete_because.strip():
        said = [lack.text for lack in plan.lacks] or [f"{site}: {why}" for site, why in plan.unplaced]
        raise RefusedError("G-LACK", " ".join(dict.fromkeys(said))[:1000])
