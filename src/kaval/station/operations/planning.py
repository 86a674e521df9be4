"""The operation: drafted, filled through the attribution gate, planned, approved by two, frozen, run, closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc
from kaval.engine.rules.field.states import BEFORE_THE_DOOR, FIRST_STATE
from kaval.engine.rules.planning.day import plan_day
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import Approval, Officer, Operation, Site, SiteLink
from kaval.station.operations import plan_admission, plan_rows, plan_versions, readiness
from kaval.station.operations.seals import seal_gate
from kaval.station.queries.attribution_basis import Seals
from kaval.station.queries.events import open_pointers

MADE = ("by_hand", "imported", "solved")


def draft_operation(
    *,
    by: Officer,
    at: datetime,
    key: str,
    code: str,
    name: str,
    name_ml: str,
    first_entry_at: datetime,
    day_end_at: datetime,
    legal_basis: Mapping[str, Any],
    rules: Mapping[str, Any] | None = None,
) -> Operation:
    """Opens an operation in draft; the search basis is chosen by people and holds for the sites admitted later.

    `rules`: the planning rules that differ from the usual ones, as `operation.json` names them.

    Raises:
        RefusedError: another operation has the code already, or G-RULES, a rule is set to what it cannot be.
    """
    request = {
        "code": code,
        "name": name,
        "first_entry_at": iso_utc(first_entry_at),
        "day_end_at": iso_utc(day_end_at),
        "legal_basis": dict(legal_basis),
        **({"rules": dict(rules)} if rules else {}),
    }
    with acting("draft_operation", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Operation.objects.get(id=act.earlier)
        if Operation.objects.filter(code=code).exists():
            raise RefusedError("TWICE", f"an operation {code} is on record already")
        operation = Operation(
            id=derive("operation", code),
            code=code,
            name=name,
            name_ml=name_ml,
            state="draft",
            commander=by,
            first_entry_at=first_entry_at,
            day_end_at=day_end_at,
            legal_basis=dict(legal_basis),
            rules=dict(rules or {}),
        )
        plan_rows.rules_of(operation)
        operation.save(force_insert=True)
        act.about("operation", operation.id)
        act.ledger("operation_drafted", {"operation": code})
        return operation


def admit_sites(
    *,
    by: Officer,
    at: datetime,
    key: str,
    operation: Operation,
    cwc_contacts: Mapping[str, str] | None = None,
) -> int:
    """Admits every place attributed at level 2 or above with a complete legal basis; gives the number of sites.

    A place below level 2, whose basis lacks a paper or whose officer the rank or the limits (G-BASIS, G-RANK,
    G-LIMITS), or whose attribution rests on a broken seal or is in quarantine (G-SEAL) stays out; nobody can put it in
    by hand. Done again in a draft, new places join and those that no longer pass are withdrawn, with the reason.
    `cwc_contacts`: whom to call for a child, by district code, for sites nobody named one for.

    Raises:
        RefusedError: the operation is no longer in draft, or no place passes.
    """
    contacts = dict(cwc_contacts or {})
    request = {"operation": operation.code, **({"cwc_contacts": contacts} if contacts else {})}
    with acting("admit_sites", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return _in_plan(operation)
        operation = _locked_draft(operation)
        held = {site.place_id: site for site in operation.sites.select_related("place", "district")}
        found = plan_admission.passing(operation, held)
        for place, gate in found.stopped.items():
            act.ledger("site_not_admitted", {"place": str(place), "why": gate.check})
        if not found.through:
            raise RefusedError("G-L2", "no place is attributed at level 2 with a complete legal basis")
        _withdraw(act, [(site, found) for place, site in held.items() if place not in found.through])
        sites = _admit(operation, found, held, contacts=contacts)
        links, wide = plan_admission.link_rows(sites)
        SiteLink.objects.bulk_create(links, batch_size=500, ignore_conflicts=True)
        act.about("operation", operation.id)
        act.ledger(
            "sites_admitted",
            {
                "operation": operation.code,
                "sites": len(sites),
                "digest": content_digest([str(site.attribution.digest) for site in sites]),
                "links": len(links),
                "shared_by_too_many": wide,
            },
        )
        return len(sites)


def plan_operation(
    *,
    by: Officer,
    at: datetime,
    key: str,
    operation: Operation,
    effort: float = 0.1,
    incomplete_because: str = "",
) -> Operation:
    """Forms teams from the officers on duty and gives every site a team, an order, a wave and times: a new version of
    the plan, in force while the operation is in draft. Earlier signatures do not hold for it.

    `effort`: how long the solver looks for something better, 1.0 is about four seconds for a district.
    `incomplete_because`: why a plan that leaves places out is taken all the same.

    Raises:
        RefusedError: the operation is no longer in draft or has no site; G-PLAN, the checker, written apart from the
            solver, finds a rule broken; or G-LACK, a district cannot be planned, in words.
    """
    request = {
        "operation": operation.code,
        "effort": effort,
        **({"incomplete_because": incomplete_because} if incomplete_because else {}),
    }
    with acting("plan_operation", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Operation.objects.get(id=operation.id)
        operation = _locked_draft(operation)
        problem = plan_rows.problem_of(operation)
        if not problem.sites:
            raise RefusedError("G-PLAN", f"{operation.code} has no site to plan")
        plan = plan_day(problem, effort=effort)
        plan_versions.refuse_broken(problem, plan, incomplete_because=incomplete_because)
        version = plan_versions.put_next(
            act, operation, plan, problem=problem, made="solved", text=incomplete_because
        )
        plan_rows.put_in_force(operation, version, at=at)
        act.about("operation", operation.id)
        act.ledger(
            "planned",
            {
                "operation": operation.code,
                "plan": version.digest,
                "version": version.number,
                "teams": len(plan.teams),
                "stops": len(plan.stops),
                "incomplete": bool(plan.unplaced),
            },
        )
        return operation


def approve_plan(*, by: Officer, at: datetime, key: str, operation: Operation, plan_digest: str) -> Approval:
    """Signs the plan as it stands; two different officers make it approved. A changed plan needs new signatures.

    Raises:
        RefusedError: the officer signed already, or the plan is not the one that was read.
    """
    with acting(
        "approve_plan", by=by, at=at, key=key, request={"operation": operation.code, "plan": plan_digest}
    ) as act:
        if act.repeated:
            return Approval.objects.get(id=act.earlier)
        operation = _locked_draft(operation)
        if plan_digest != operation.plan_digest or not plan_digest:
            raise RefusedError("G-FOUR-EYES", "the plan was changed after it was read; read it again")
        earlier = list(Approval.objects.filter(operation=operation, plan_digest=plan_digest))
        if any(approval.by_id == by.id for approval in earlier):
            raise RefusedError(
                "G-FOUR-EYES", f"{by.number} has signed this plan already; a second person must"
            )
        approval = Approval.objects.create(
            id=derive("approval", operation.id, plan_digest, by.id),
            operation=operation,
            plan_digest=plan_digest,
            by=by,
            at=at,
            place=len(earlier) + 1,
        )
        if approval.place == 2:
            operation.state = "approved"
            operation.save(update_fields=["state"])
        act.about("approval", approval.id)
        act.ledger("approved", {"operation": operation.code, "plan": plan_digest, "place": approval.place})
        return approval


def reopen_draft(*, by: Officer, at: datetime, key: str, operation: Operation, reason: str) -> Operation:
    """Takes an approved operation back into draft, with the reason; the plan needs two signatures again.

    Raises:
        RefusedError: the operation is not approved (a frozen one is changed by number), or no reason is given.
    """
    request = {"operation": operation.code, "reason": reason}
    with acting("reopen_draft", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Operation.objects.get(id=operation.id)
        operation = plan_rows.locked(operation, "approved")
        if not reason.strip():
            raise RefusedError("G-REASON", "say why the plan is opened again")
        version = plan_rows.version_in_force(operation)
        if version is None:
            raise RefusedError("G-VERSION", f"{operation.code} has no plan")
        operation.state = "draft"
        operation.save(update_fields=["state"])
        again = plan_versions.put_next(
            act,
            operation,
            plan_rows.plan_of(version),
            problem=plan_rows.problem_of(operation),
            made=version.made,
            text=reason,
        )
        plan_rows.put_in_force(operation, again, at=at)
        act.about("operation", operation.id)
        act.ledger("reopened", {"operation": operation.code, "plan": version.digest, "reason": reason})
        return operation


def freeze_operation(*, by: Officer, at: datetime, key: str, operation: Operation) -> Operation:
    """Freezes an approved plan; from here only numbered changes with a reason.

    Raises:
        RefusedError: G-SEAL, a site's attribution rests on a broken seal or is in quarantine; G-DECON, another unit's
            event meets a site and nobody cleared it; or G-PLAN, the plan no longer holds for what is stated now.
    """
    return _move(
        Move("freeze_operation", ("approved",), "frozen", "frozen_at", "frozen"),
        by=by,
        at=at,
        key=key,
        operation=operation,
    )


def start_operation(*, by: Officer, at: datetime, key: str, operation: Operation) -> Operation:
    """Opens the field day of a frozen operation.

    Raises:
        RefusedError: G-GO, the last word at T-2 h, or at T-24 h where that much time was left, is not a go.
    """
    return _move(
        Move("start_operation", ("frozen",), "live", "started_at", "started"),
        by=by,
        at=at,
        key=key,
        operation=operation,
    )


def close_operation(*, by: Officer, at: datetime, key: str, operation: Operation) -> Operation:
    """Closes a live or recalled operation when every site is accounted for.

    Raises:
        RefusedError: G-RECONCILE, with the numbers of the sites that have no outcome.
    """
    return _move(
        Move("close_operation", ("live", "recalled"), "closed", "closed_at", "closed"),
        by=by,
        at=at,
        key=key,
        operation=operation,
    )


@dataclass(frozen=True)
class Move:
    """One step of an operation's life: the act's name, the states it leads from and to, the column and ledger word."""

    act: str
    before: tuple[str, ...]
    after: str
    column: str
    word: str


def _move(move: Move, *, by: Officer, at: datetime, key: str, operation: Operation) -> Operation:
    with acting(move.act, by=by, at=at, key=key, request={"operation": operation.code}) as act:
        if act.repeated:
            return Operation.objects.get(id=operation.id)
        operation = plan_rows.locked(operation, *move.before)
        {"frozen": _refuse_unsound, "live": readiness.refuse_without_go, "closed": readiness.refuse_open}[
            move.after
        ](operation)
        operation.state = move.after
        setattr(operation, move.column, at)
        operation.save(update_fields=["state", move.column])
        act.about("operation", operation.id)
        act.ledger(move.word, {"operation": operation.code, "plan": operation.plan_digest})
        return operation


def _refuse_unsound(operation: Operation) -> None:
    """Every seal behind the plan, other units' events and the plan itself are looked at once more before it is
    frozen."""
    sites = list(
        operation.sites.exclude(state__in=BEFORE_THE_DOOR).select_related("attribution").order_by("number")
    )
    seals, wrong = Seals(), []
    seals.expect(site.attribution.basis for site in sites)
    for site in sites:
        gate = seal_gate(site.attribution, seals)
        if gate.verdict != "PASS":
            wrong.append(f"site {site.number}: {gate.reason.text}")
    if wrong:
        raise RefusedError("G-SEAL", "; ".join(wrong)[:500])
    pointers = open_pointers(operation)
    if pointers:
        raise RefusedError(
            "G-DECON",
            f"{len(pointers)} times another unit's event meets a site: ring them and clear each first",
        )
    version = plan_rows.version_in_force(operation)
    if version is not None:
        plan, problem = plan_rows.plan_of(version), plan_rows.problem_of(operation)
        plan_versions.refuse_broken(problem, plan, incomplete_because=version.text)


def _locked_draft(operation: Operation) -> Operation:
    return plan_rows.locked(operation, "draft")


def _in_plan(operation: Operation) -> int:
    return operation.sites.exclude(state__in=BEFORE_THE_DOOR).count()


def _admit(
    operation: Operation,
    found: plan_admission.Passing,
    held: Mapping[Any, Site],
    *,
    contacts: Mapping[str, str],
) -> list[Site]:
    """The sites of every place that passes: those held already as they are, brought back if they were withdrawn."""
    seen = plan_admission.children_seen(found.through)
    last = max((site.number for site in held.values()), default=0)
    sites: list[Site] = []
    fresh: list[Site] = []
    for place, candidate in found.through.items():
        site = held.get(place)
        if site is None:
            site = Site(
                id=derive("site", operation.id, place),
                operation=operation,
                number=last + len(fresh) + 1,
                place=candidate.place,
                district=candidate.place.district,
                children_expected=seen.get(place),
            )
            fresh.append(site)
        site.attribution, site.state = candidate.attribution, FIRST_STATE
        site.search_basis, site.legal = candidate.basis, dict(candidate.papers)
        site.cwc_contact = site.cwc_contact or contacts.get(site.district.code, "")
        sites.append(site)
    Site.objects.bulk_create(fresh, batch_size=500)
    Site.objects.bulk_update(
        [site for site in sites if site.place_id in held],
        ["attribution", "state", "search_basis", "legal", "cwc_contact"],
        batch_size=500,
    )
    return sites


def _withdraw(act: Acting, gone: list[tuple[Site, plan_admission.Passing]]) -> None:
    """Sites of a draft that no longer pass are withdrawn, each by number and with the gate that stops it."""
    for site, found in gone:
        if site.state in BEFORE_THE_DOOR:
            continue
        gate = found.stopped.get(site.place_id)
        reason = f"{gate.check}: {gate.reason.text}" if gate else "G-L2: no longer attributed at level 2"
        plan_rows.put_change(act, site.operation, kind="withdrawn", reason=reason[:300], site=site)
        site.state = "withdrawn"
        site.save(update_fields=["state"])
