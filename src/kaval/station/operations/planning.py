"""The operation: drafted, filled through the attribution gate, planned, approved by two, frozen, changed by
number, run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import IST, iso_utc
from kaval.engine.rules.field.states import BEFORE_THE_DOOR, CHANGEABLE
from kaval.engine.rules.planning import check as plan_check
from kaval.engine.rules.planning import gates, shapes, solve, teams
from kaval.engine.rules.planning.sun import sun_gate
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import (
    Approval,
    Attribution,
    District,
    GroundVerification,
    Officer,
    Operation,
    Outcome,
    Place,
    PlanChange,
    Site,
    Station,
    Stop,
    Team,
    TeamMember,
)
from kaval.station.operations.seals import seal_gate
from kaval.station.queries.attribution_basis import Seals


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
) -> Operation:
    """Opens an operation in draft; the search basis is chosen by people and holds for the sites admitted later.

    Raises:
        RefusedError: another operation has the code already.
    """
    request = {
        "code": code,
        "name": name,
        "first_entry_at": iso_utc(first_entry_at),
        "day_end_at": iso_utc(day_end_at),
        "legal_basis": dict(legal_basis),
    }
    with acting("draft_operation", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Operation.objects.get(id=act.earlier)
        if Operation.objects.filter(code=code).exists():
            raise RefusedError("TWICE", f"an operation {code} is on record already")
        operation = Operation.objects.create(
            id=derive("operation", code),
            code=code,
            name=name,
            name_ml=name_ml,
            state="draft",
            commander=by,
            first_entry_at=first_entry_at,
            day_end_at=day_end_at,
            legal_basis=dict(legal_basis),
        )
        act.about("operation", operation.id)
        act.ledger("operation_drafted", {"operation": code})
        return operation


def admit_sites(*, by: Officer, at: datetime, key: str, operation: Operation) -> int:
    """Admits every place attributed at level 2 or above with a complete legal basis; gives the number of sites.

    A place below level 2, whose basis lacks a paper (G-BASIS, G-LIMITS), or whose attribution rests on a broken seal or
    is in quarantine (G-SEAL) stays out; nobody can put it in by hand.

    Raises:
        RefusedError: the operation is no longer in draft, has its sites already, or no place passes.
    """
    with acting("admit_sites", by=by, at=at, key=key, request={"operation": operation.code}) as act:
        if act.repeated:
            return operation.sites.count()
        operation = _locked_draft(operation)
        if operation.sites.exists():
            raise RefusedError("TWICE", f"the sites of {operation.code} are admitted already")
        passing = (
            Attribution.objects.filter(level__gte=2, place__isnull=False, subject__merged_into=None)
            .select_related("place__district", "place__station", "subject")
            .order_by("place__district__code", "place__id", "-subject__score")
        )
        sites: dict[Any, Site] = {}
        seals = Seals()
        seals.expect(attribution.basis for attribution in passing)
        for attribution in passing:
            place = attribution.place
            if place is None or place.id in sites:
                continue
            whole = seal_gate(attribution, seals)
            if whole.verdict != "PASS":
                act.ledger("site_not_admitted", {"place": str(place.id), "why": whole.check})
                continue
            legal = _legal_papers(operation, place, len(sites) + 1)
            gate = gates.basis_gate(operation.legal_basis["search_basis"], legal)
            if gate.verdict != "PASS":
                act.ledger("site_not_admitted", {"place": str(place.id), "why": gate.check})
                continue
            sites[place.id] = Site(
                id=derive("site", operation.id, place.id),
                operation=operation,
                number=len(sites) + 1,
                place=place,
                attribution=attribution,
                district=place.district,
                state="planned",
                search_basis=operation.legal_basis["search_basis"],
                legal=legal,
                children_expected=_children_expected(place),
            )
        if not sites:
            raise RefusedError("G-L2", "no place is attributed at level 2 with a complete legal basis")
        Site.objects.bulk_create(sites.values(), batch_size=500)
        act.about("operation", operation.id)
        act.ledger(
            "sites_admitted",
            {
                "operation": operation.code,
                "sites": len(sites),
                "digest": content_digest([str(site.attribution.digest) for site in sites.values()]),
            },
        )
        return len(sites)


def plan_operation(*, by: Officer, at: datetime, key: str, operation: Operation) -> Operation:
    """Forms teams from the officers on duty and gives every site a team, an order, a wave and times.

    Raises:
        RefusedError: the operation is no longer in draft or has its plan already; the checker, written apart from
            the solver, finds a rule broken; or a district lacks a team.
    """
    with acting("plan_operation", by=by, at=at, key=key, request={"operation": operation.code}) as act:
        if act.repeated:
            return Operation.objects.get(id=operation.id)
        operation = _locked_draft(operation)
        if operation.plan_digest:
            raise RefusedError("TWICE", f"{operation.code} is planned already")
        sites = list(operation.sites.select_related("place__station", "district").order_by("number"))
        formed = _form(operation, sites)
        given = [_site_shape(site) for site in sites]
        made = solve.plan(given, formed, first_entry_at=operation.first_entry_at)
        violations = plan_check.violations(made, given, first_entry_at=operation.first_entry_at)
        if violations or made.unplaced:
            raise RefusedError(
                "G-PLAN",
                "; ".join([str(each) for each in violations] + [why for _, why in made.unplaced])[:500],
            )
        _refuse_before_sunrise(made, {str(site.id): site for site in sites})
        _write_plan(operation, made, sites)
        operation.plan_digest = _digest_of(made)
        operation.plan_report = {
            "objective_s": made.objective,
            "lower_bound_s": made.lower_bound,
            "notes": list(made.notes),
            "teams": len(made.teams),
            "stops": len(made.stops),
            "waves": max(stop.wave for stop in made.stops) + 1,
        }
        operation.save(update_fields=["plan_digest", "plan_report"])
        act.about("operation", operation.id)
        act.ledger(
            "planned",
            {
                "operation": operation.code,
                "plan": operation.plan_digest,
                "teams": len(made.teams),
                "stops": len(made.stops),
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


def freeze_operation(*, by: Officer, at: datetime, key: str, operation: Operation) -> Operation:
    """Freezes an approved plan; from here only numbered changes with a reason.

    Raises:
        RefusedError: G-SEAL, a site's attribution rests on a broken seal or is in quarantine.
    """
    return _move(
        Move("freeze_operation", "approved", "frozen", "frozen_at", "frozen"),
        by=by,
        at=at,
        key=key,
        operation=operation,
    )


def start_operation(*, by: Officer, at: datetime, key: str, operation: Operation) -> Operation:
    """Opens the field day of a frozen operation."""
    return _move(
        Move("start_operation", "frozen", "live", "started_at", "started"),
        by=by,
        at=at,
        key=key,
        operation=operation,
    )


def close_operation(*, by: Officer, at: datetime, key: str, operation: Operation) -> Operation:
    """Closes a live operation when every site is accounted for.

    Raises:
        RefusedError: G-RECONCILE, with the numbers of the sites that have no outcome.
    """
    open_sites = list(
        operation.sites.filter(outcome__isnull=True).order_by("number").values_list("number", flat=True)
    )
    if open_sites and Operation.objects.filter(id=operation.id, state="live").exists():
        with acting("close_operation", by=by, at=at, key=f"{key}:refused", request={"open": open_sites}):
            listed = ", ".join(map(str, open_sites[:20]))
            raise RefusedError("G-RECONCILE", f"{len(open_sites)} sites have no outcome: {listed}")
    return _move(
        Move("close_operation", "live", "closed", "closed_at", "closed"),
        by=by,
        at=at,
        key=key,
        operation=operation,
    )


def change_plan(*, by: Officer, at: datetime, key: str, site: Site, kind: str, reason: str) -> PlanChange:
    """Withdraws or defers a site after the freeze, by number and with a reason; the site's outcome says so too.

    Raises:
        RefusedError: the operation is not frozen or live, a team is at the door already, or the reason is empty.
    """
    with acting(
        "change_plan", by=by, at=at, key=key, request={"site": str(site.id), "kind": kind, "reason": reason}
    ) as act:
        if act.repeated:
            return PlanChange.objects.get(id=act.earlier)
        operation = Operation.objects.select_for_update().get(id=site.operation_id)
        if operation.state not in ("frozen", "live"):
            raise RefusedError(
                "G-FREEZE", f"the operation is {operation.state}; before the freeze plan again"
            )
        site = Site.objects.select_for_update().get(id=site.id)
        if kind not in BEFORE_THE_DOOR or site.state not in CHANGEABLE or not reason.strip():
            raise RefusedError(
                "G-CHANGE", "only a site nobody has reached can be withdrawn or deferred, with a reason"
            )
        number = (
            PlanChange.objects.filter(operation=operation).aggregate(last=Max("number"))["last"] or 0
        ) + 1
        change = PlanChange.objects.create(
            id=derive("change", operation.id, number),
            operation=operation,
            number=number,
            site=site,
            kind=kind,
            reason=reason,
            by=by,
            at=at,
        )
        site.state = kind
        site.save(update_fields=["state"])
        Outcome.objects.create(
            id=derive("outcome", site.id), site=site, code=kind, reason=reason, entered=False, by=by, at=at
        )
        act.about("change", change.id)
        act.ledger(
            "plan_changed", {"operation": operation.code, "number": number, "site": site.number, "kind": kind}
        )
        return change


@dataclass(frozen=True)
class Move:
    """One step of an operation's life: the act's name, the states it leads from and to, the column and ledger word."""

    act: str
    before: str
    after: str
    column: str
    word: str


def _move(move: Move, *, by: Officer, at: datetime, key: str, operation: Operation) -> Operation:
    with acting(move.act, by=by, at=at, key=key, request={"operation": operation.code}) as act:
        operation = Operation.objects.select_for_update().get(id=operation.id)
        if act.repeated:
            return operation
        _in_state(operation, move.before)
        if move.after == "frozen":
            _refuse_unsound(operation)
        operation.state = move.after
        setattr(operation, move.column, at)
        operation.save(update_fields=["state", move.column])
        act.about("operation", operation.id)
        act.ledger(move.word, {"operation": operation.code, "plan": operation.plan_digest})
        return operation


def _refuse_unsound(operation: Operation) -> None:
    """Every seal behind the plan is looked at once more before it is frozen."""
    sites = list(operation.sites.select_related("attribution").order_by("number"))
    seals, wrong = Seals(), []
    seals.expect(site.attribution.basis for site in sites)
    for site in sites:
        gate = seal_gate(site.attribution, seals)
        if gate.verdict != "PASS":
            wrong.append(f"site {site.number}: {gate.reason.text}")
    if wrong:
        raise RefusedError("G-SEAL", "; ".join(wrong)[:500])


def _locked_draft(operation: Operation) -> Operation:
    """The operation as it stands, not as the caller once read it; locked until the transaction ends."""
    locked = (
        Operation.objects.select_for_update(of=("self",)).select_related("commander").get(id=operation.id)
    )
    _in_state(locked, "draft")
    return locked


def _in_state(operation: Operation, wanted: str) -> None:
    if operation.state != wanted:
        raise RefusedError("G-STATE", f"operation {operation.code} is {operation.state}; this needs {wanted}")


def _legal_papers(operation: Operation, place: Place, number: int) -> dict[str, str]:
    """The papers of the operation's search basis for one place, as the commander's order states them."""
    basis = operation.legal_basis
    local_day = operation.first_entry_at.astimezone(IST).date()
    return (
        {
            "court": basis.get("court", ""),
            "warrant_number": f"{basis.get('warrant_series', '').rstrip('/')}/{number}",
            "warrant_date": basis.get("warrant_date", local_day.isoformat()),
            "place_as_written": place.address,
            "officer_named": operation.commander.number,
        }
        if basis.get("court")
        else {}
    )


def _children_expected(place: Place) -> bool | None:
    looked = GroundVerification.objects.filter(place=place).order_by("-verified_at").first()
    return looked.children_seen if looked else None


def _form(operation: Operation, sites: Sequence[Site]) -> list[shapes.Team]:
    """The teams of every district with sites: as many as the officers on duty allow, never more than its sites."""
    needed: dict[str, int] = defaultdict(int)
    for site in sites:
        needed[site.district.code] += 1
    officers = [
        shapes.Officer(
            row.number,
            row.rank,
            row.gender,
            row.station.code if row.station else "",
            row.district.code if row.district else "",
            frozenset(row.skills),
            "" if "field_officer" in row.roles else "desk",
            row.leave_from,
            row.leave_to,
        )
        for row in Officer.objects.select_related("station", "district")
    ]
    bases = {row.code: (row.latitude, row.longitude) for row in Station.objects.all()}
    day = operation.first_entry_at.astimezone(IST).date()
    formed: list[shapes.Team] = []
    for code in sorted(needed):
        here, _ = teams.form_teams(officers, district=code, on=day, bases=bases)
        formed += here[: needed[code]]
    return formed


def _site_shape(site: Site) -> shapes.Site:
    return shapes.Site(
        str(site.id), site.district.code, site.place.station.code, site.place.latitude, site.place.longitude
    )


def _refuse_before_sunrise(made: shapes.Plan, sites: Mapping[str, Site]) -> None:
    for stop in made.stops:
        place = sites[stop.site_id].place
        gate = sun_gate(stop.arrive_at, latitude=place.latitude, longitude=place.longitude)
        if gate.verdict != "PASS":
            raise RefusedError(gate.check, f"site {sites[stop.site_id].number}: {gate.reason.text}")


def _write_plan(operation: Operation, made: shapes.Plan, sites: Sequence[Site]) -> None:
    districts = {row.code: row for row in District.objects.all()}
    officers = {row.number: row for row in Officer.objects.all()}
    used = {stop.team_id for stop in made.stops}
    rows = {
        shape.team_id: Team(
            id=derive("team", operation.id, shape.team_id),
            operation=operation,
            number=number,
            district=districts[shape.district_id],
        )
        for number, shape in enumerate((one for one in made.teams if one.team_id in used), start=1)
    }
    Team.objects.bulk_create(rows.values(), batch_size=500)
    TeamMember.objects.bulk_create(
        [
            TeamMember(
                id=derive("member", operation.id, number),
                team=rows[shape.team_id],
                operation=operation,
                officer=officers[number],
                role=role,
            )
            for shape in made.teams
            if shape.team_id in rows
            for role, number in zip(shapes.ROLES, shape.officers, strict=True)
        ],
        batch_size=500,
    )
    by_id = {str(site.id): site for site in sites}
    Stop.objects.bulk_create(
        [
            Stop(
                id=derive("stop", operation.id, stop.site_id),
                team=rows[stop.team_id],
                site=by_id[stop.site_id],
                order=stop.order,
                wave=stop.wave,
                arrive_at=stop.arrive_at,
                leave_at=stop.leave_at,
            )
            for stop in made.stops
        ],
        batch_size=500,
    )


def _digest_of(made: shapes.Plan) -> str:
    return content_digest(
        [[stop.team_id, stop.site_id, stop.order, iso_utc(stop.arrive_at)] for stop in made.stops]
        + [[team.team_id, *team.officers] for team in made.teams]
    )
