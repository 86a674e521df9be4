"""Numbered changes after the freeze: each with a reason, each leading to a repaired plan that moves as few people as
possible. A hand that drags a site in a draft makes a version instead of a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.field.states import BEFORE_THE_DOOR, CHANGEABLE, FIRST_STATE
from kaval.engine.rules.planning import changes
from kaval.engine.rules.planning.reassign import reassign
from kaval.engine.rules.planning.repair import Repaired, repair
from kaval.engine.rules.planning.verify import violations
from kaval.station.audit import Acting, acting
from kaval.station.ids import derive
from kaval.station.models import (
    Attribution,
    Officer,
    Operation,
    Outcome,
    Place,
    PlanChange,
    PlanVersion,
    Site,
    Station,
    Team,
)
from kaval.station.operations import plan_admission, plan_facts, plan_rows
from kaval.station.operations.deconfliction_events import find_pointers
from kaval.station.operations.plan_facts import SiteFacts
from kaval.station.operations.seals import seal_gate
from kaval.station.queries.attribution_basis import Seals

_OPEN = ("frozen", "live")
_MOST_REASON = 300


@dataclass(frozen=True)
class FoundPlace:
    """A place nobody knew of before the day, as the team that found it writes it down; WGS84 degrees."""

    address: str
    locality: str
    latitude: float
    longitude: float
    station: str


def change_plan(*, by: Officer, at: datetime, key: str, site: Site, kind: str, reason: str) -> PlanChange:
    """Withdraws or defers a site after the freeze, by number and with a reason; the site's outcome says so too.

    The rest of its team's morning moves up; nobody is sent anywhere else.

    Raises:
        RefusedError: the operation is not frozen, live or recalled, a team is at the door already, or the reason is
            empty.
    """
    with acting(
        "change_plan", by=by, at=at, key=key, request={"site": str(site.id), "kind": kind, "reason": reason}
    ) as act:
        if act.repeated:
            return PlanChange.objects.get(id=act.earlier)
        operation = Operation.objects.select_for_update().get(id=site.operation_id)
        if operation.state not in (*_OPEN, "recalled"):
            raise RefusedError(
                "G-FREEZE", f"the operation is {operation.state}; before the freeze plan again"
            )
        site = Site.objects.select_for_update().get(id=site.id)
        if kind not in BEFORE_THE_DOOR or site.state not in CHANGEABLE or not reason.strip():
            raise RefusedError(
                "G-CHANGE", "only a site nobody has reached can be withdrawn or deferred, with a reason"
            )
        event = changes.SiteOut(plan_rows.place_key(site.number), reason)
        change = _change(act, operation, event, kind=kind, reason=reason, site=site)
        site.state = kind
        site.save(update_fields=["state"])
        Outcome.objects.create(
            id=derive("outcome", site.id), site=site, code=kind, reason=reason, entered=False, by=by, at=at
        )
        return change


def team_out(*, by: Officer, at: datetime, key: str, team: Team, reason: str) -> PlanChange:
    """Takes a whole team out of the day; its places go to others, or wait when no team can take them.

    Raises:
        RefusedError: the operation is neither frozen nor live, the team is out already, or no reason is given.
    """
    with acting("team_out", by=by, at=at, key=key, request={"team": str(team.id), "reason": reason}) as act:
        if act.repeated:
            return PlanChange.objects.get(id=act.earlier)
        operation = _open(team.operation, reason)
        team = Team.objects.get(id=team.id)
        if team.stood_down_at is not None:
            raise RefusedError("G-CHANGE", f"team {team.number} is out already")
        return _change(
            act, operation, changes.TeamOut(team.code, reason), kind="team_out", reason=reason, team=team
        )


def officer_out(
    *, by: Officer, at: datetime, key: str, operation: Operation, officer: Officer, reason: str
) -> PlanChange:
    """Takes an officer out of the day; somebody who fits takes the place in the team.

    Raises:
        RefusedError: the operation is neither frozen nor live, the officer is out already, or no reason is given.
    """
    request = {"operation": operation.code, "officer": officer.number, "reason": reason}
    with acting("officer_out", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return PlanChange.objects.get(id=act.earlier)
        operation = _open(operation, reason)
        if officer.id in plan_rows.taken_out(operation):
            raise RefusedError("G-CHANGE", f"{officer.number} is out already")
        event = changes.OfficerOut(officer.number, reason)
        return _change(act, operation, event, kind="officer_out", reason=reason, officer=officer)


def officer_in(
    *, by: Officer, at: datetime, key: str, operation: Operation, officer: Officer, reason: str
) -> PlanChange:
    """Brings an officer into the day, who was out or whose entry in the roster changed.

    Raises:
        RefusedError: the operation is neither frozen nor live, the officer is no member of field teams, or no reason
            is given.
    """
    request = {"operation": operation.code, "officer": officer.number, "reason": reason}
    with acting("officer_in", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return PlanChange.objects.get(id=act.earlier)
        operation = _open(operation, reason)
        if "field_officer" not in officer.roles:
            raise RefusedError("G-CHANGE", f"{officer.number} serves in no field team")
        event = changes.OfficerIn(plan_rows.officer_of(operation, officer), reason)
        return _change(act, operation, event, kind="officer_in", reason=reason, officer=officer)


def change_site(
    *, by: Officer, at: datetime, key: str, site: Site, facts: SiteFacts, reason: str
) -> PlanChange:
    """States a site's facts anew after the freeze, and repairs the plan where they break a rule.

    Raises:
        RefusedError: the operation is neither frozen nor live, a team is inside, a fact is none, or no reason is given.
    """
    request = {"site": str(site.id), "facts": plan_facts.plain(facts), "reason": reason}
    with acting("change_site", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return PlanChange.objects.get(id=act.earlier)
        operation = _open(site.operation, reason)
        site = _locked_site(site)
        if site.state not in (*CHANGEABLE, "at_door"):
            raise RefusedError("G-CHANGE", f"site {site.number} is {site.state.replace('_', ' ')}")
        before = plan_rows.problem_of(operation)
        site = plan_facts.write_facts(site, facts)
        event = changes.SiteChanged(plan_rows.site_of(operation, site), reason)
        return _change(act, operation, event, kind="site_changed", reason=reason, problem=before, site=site)


def spill_over(
    *,
    by: Officer,
    at: datetime,
    key: str,
    site: Site,
    found: FoundPlace | None,
    attribution: Attribution | None,
    search_basis: str,
    papers: Mapping[str, str],
    grounds: str,
) -> PlanChange:
    """Takes in a place that the search of `site` revealed, and sends the nearest team that can go; without one it
    waits, held.

    Either it is attributed by itself (`attribution`), or `found` and a person's written `grounds` say why; its legal
    papers are complete in both cases. It is entered not before now. Other units' events that meet it are looked for:
    nobody enters until each is cleared (`field.decide_at_door`).

    Raises:
        RefusedError: the operation is neither frozen nor live; G-L2, neither attribution nor grounds; G-SEAL, G-BASIS,
            G-RANK, G-LIMITS as for any site; TWICE, the place is in the operation already.
    """
    request = {
        "site": str(site.id),
        "found": asdict(found) if found else None,
        "attribution": str(attribution.id) if attribution else None,
        "basis": search_basis,
        "papers": dict(papers),
        "grounds": grounds,
    }
    with acting("spill_over", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return PlanChange.objects.get(id=act.earlier)
        operation = _open(site.operation, grounds)
        before = plan_rows.problem_of(operation)
        site = Site.objects.select_related("attribution", "place").get(id=site.id)
        place = _attributed(attribution) if attribution else _written_down(operation, site, found)
        officer = plan_admission.searching(operation, place.station)
        plan_facts.refuse_legal(operation, search_basis, papers, place=place, officer=officer)
        last = _last_number(operation, place)
        row = Site.objects.create(
            id=derive("site", operation.id, place.id),
            operation=operation,
            number=last + 1,
            place=place,
            attribution=attribution or site.attribution,
            district=place.district,
            state=FIRST_STATE,
            search_basis=search_basis,
            legal={**papers, "grounds": grounds},
            not_before=max(at, operation.first_entry_at),
            spill_of=site,
        )
        event = changes.SiteIn(plan_rows.site_of(operation, row), grounds)
        change = _change(act, operation, event, kind="site_in", reason=grounds, problem=before, site=row)
        find_pointers(by=by, at=at, key=f"{key}:spill-over", operation=operation)
        return change


def reassign_site(
    *, by: Officer, at: datetime, key: str, site: Site, team: Team, order: int, reason: str
) -> PlanVersion:
    """Gives a site to another team, or another place in the order, by hand: in a draft a version made by hand, in
    force at once; after the freeze a numbered change. The rules are enforced as for the solver.

    Raises:
        RefusedError: G-PLAN, what the hand asks for breaks a rule, in words; the operation is approved or over; the
            site is under way; or no reason is given.
    """
    request = {"site": str(site.id), "team": str(team.id), "order": order, "reason": reason}
    with acting("reassign_site", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return PlanVersion.objects.get(id=act.earlier)
        operation = plan_rows.locked(site.operation, "draft", *_OPEN)
        site = _locked_site(site)
        version = plan_rows.version_in_force(operation)
        if version is None or site.state != FIRST_STATE or not reason.strip():
            raise RefusedError("G-CHANGE", "only a planned site is moved, with a reason")
        problem, plan = plan_rows.problem_of(operation), plan_rows.plan_of(version)
        place, fixed = plan_rows.place_key(site.number), plan_rows.under_way(operation)
        moved = reassign(problem, plan, place, team_id=team.code, order=order, fixed=fixed)
        if not isinstance(moved, Repaired):
            raise RefusedError("G-PLAN", "; ".join(f"{one.rule}: {one.text}" for one in moved[:8]))
        made = "by_hand" if operation.state == "draft" else "repaired"
        after = _keep(act, operation, moved, before=version, made=made, text=reason)
        if operation.state != "draft":
            plan_rows.put_change(
                act,
                operation,
                kind="reassigned",
                reason=reason[:_MOST_REASON],
                site=site,
                team=team,
                version=after,
            )
        act.about("plan_version", after.id)
        act.ledger(
            "reassigned",
            {"operation": operation.code, "site": site.number, "team": team.number, "version": after.number},
        )
        return after


def _open(operation: Operation, reason: str) -> Operation:
    if not reason.strip():
        raise RefusedError("G-REASON", "say why the plan is changed")
    return plan_rows.locked(operation, *_OPEN)


def _locked_site(site: Site) -> Site:
    return (
        Site.objects.select_for_update(of=("self",))
        .select_related("operation", "place__station", "district")
        .get(id=site.id)
    )


def _change(
    act: Acting,
    operation: Operation,
    event: changes.Event,
    *,
    kind: str,
    reason: str,
    problem: Any = None,
    **about: Any,
) -> PlanChange:
    """Repairs the plan after an event and writes the numbered change; a plan that stays as it was makes no version.

    `problem`: as it stood before the event, where the rows say otherwise by now.
    """
    before, after = plan_rows.version_in_force(operation), None
    if before is not None and operation.state in _OPEN:
        plan = plan_rows.plan_of(before)
        problem = problem or plan_rows.problem_of(operation)
        mended = repair(
            problem, plan, event, fixed=_fixed(operation, event), closed=plan_rows.closed_teams(operation)
        )
        _refuse_worse(mended, plan, problem)
        if mended.plan != plan:
            after = _keep(act, operation, mended, before=before, made="repaired", text=reason)
    change = plan_rows.put_change(
        act, operation, kind=kind, reason=reason[:_MOST_REASON], version=after, **about
    )
    act.about("change", change.id)
    act.ledger("plan_changed", _entry(operation, change))
    return change


def _fixed(operation: Operation, event: changes.Event) -> frozenset[str]:
    """Places under way, but for the one a change takes out or alters."""
    own = {event.site_id} if isinstance(event, changes.SiteOut) else set()
    return plan_rows.under_way(operation) - own


def _refuse_worse(mended: Repaired, plan: Any, problem: Any) -> None:
    """A repair may leave what was wrong before; it adds no wrong."""
    wrong = violations(mended.problem, mended.plan, repaired=True)
    if not wrong:
        return
    known = {(one.rule, one.about) for one in violations(problem, plan, repaired=True)}
    added = [one for one in wrong if (one.rule, one.about) not in known]
    if added:
        raise RefusedError("G-PLAN", "; ".join(f"{one.rule}: {one.text}" for one in added[:8]))


def _keep(
    act: Acting, operation: Operation, mended: Repaired, *, before: PlanVersion, made: str, text: str
) -> PlanVersion:
    version = plan_rows.put_version(
        act,
        operation,
        mended.plan,
        problem=mended.problem,
        made=made,
        text=text,
        before=before,
        difference=plan_rows.difference_plain(mended.difference),
        people_moved=mended.difference.people_moved,
    )
    plan_rows.put_in_force(operation, version, at=act.at)
    return version


def _entry(operation: Operation, change: PlanChange) -> dict[str, Any]:
    said: dict[str, Any] = {"operation": operation.code, "number": change.number, "kind": change.kind}
    if change.site is not None:
        said["site"] = change.site.number
    if change.team is not None:
        said["team"] = change.team.number
    if change.officer is not None:
        said["officer"] = change.officer.number
    if change.version is not None:
        said |= {"version": change.version.number, "people_moved": change.version.people_moved}
    return said


def _attributed(attribution: Attribution) -> Place:
    """The place of an attribution, once it may be entered on it."""
    row = Attribution.objects.select_related("place__station", "place__district").get(id=attribution.id)
    if row.level < 2 or row.place is None:
        raise RefusedError("G-L2", "the place is not attributed at level 2")
    gate = seal_gate(row, Seals())
    if gate.stops:
        raise RefusedError(gate.check, gate.reason.text)
    return row.place


def _last_number(operation: Operation, place: Place) -> int:
    """The highest site number; a place that is in the operation already is refused."""
    if operation.sites.filter(place=place).exists():
        raise RefusedError("TWICE", "the place is in the operation already")
    return operation.sites.order_by("-number").values_list("number", flat=True)[0]


def _written_down(operation: Operation, site: Site, found: FoundPlace | None) -> Place:
    """A row for a place no provider named: it goes under the provider of the place whose search revealed it."""
    station = found and Station.objects.filter(code=found.station).select_related("district").first()
    if found is None or not station or not found.address.strip():
        raise RefusedError("G-L2", "name the place, its address and its police station, or an attribution")
    number = operation.sites.filter(spill_of__isnull=False).count() + 1
    ref = f"found on the day, {operation.code} {number}"[:60]
    return Place.objects.create(
        id=derive("place", site.place.provider_id, ref),
        provider_id=site.place.provider_id,
        customer_ref=ref,
        address=found.address.strip(),
        locality=found.locality.strip(),
        latitude=found.latitude,
        longitude=found.longitude,
        district=station.district,
        station=station,
    )
