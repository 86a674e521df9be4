"""The field day at one site: the team's steps, what it meets, what it seizes, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import CheckResult
from kaval.engine.reference.load import load
from kaval.engine.rules.field.arrest import check_arrest
from kaval.engine.rules.field.outcomes import check_outcome, may_start_search, starts_audit
from kaval.engine.rules.field.seizure import check_item
from kaval.engine.rules.field.states import OUTCOMES, SEARCHABLE, state_after
from kaval.engine.rules.planning.gates import rank_gate
from kaval.station.audit import acting, change_later, once, postpone, write_postponed
from kaval.station.ids import derive
from kaval.station.models import (
    Arrest,
    Crime,
    CustodyEvent,
    Exhibit,
    FieldEvent,
    GoDecision,
    Officer,
    Operation,
    Outcome,
    SeizureReport,
    Site,
    Team,
    TeamMember,
    Welfare,
)
from kaval.station.operations import field_facts
from kaval.station.operations.field_facts import SeizedItem
from kaval.station.operations.plan_rows import digest_in_force
from kaval.station.queries.operations import OUT

BOARD_CHANNEL = "kaval_board"
_INSIDE = ("entered", "searching")
_REACHED = ("at_door", *_INSIDE)


def log_event(
    *, by: Officer, at: datetime, key: str, site: Site, kind: str, facts: Mapping[str, Any] | None = None
) -> FieldEvent:
    """A step of the officer's own team at a site, in the only order that makes sense.

    Raises:
        NotPermitted: the officer is not in the site's team.
        RefusedError: the operation is not live (a recalled one opens no door; who is inside finishes), the step is
            out of order, nobody gave the go at the door, or it lacks what the law asks (two witnesses).
    """
    given = dict(facts or {})
    with acting(
        "log_event", by=by, at=at, key=key, request={"site": str(site.id), "kind": kind, "facts": given}
    ) as act:
        if act.repeated:
            return FieldEvent.objects.get(id=act.earlier)
        team = _own_team(by, site)
        site = _locked_site(site)
        _refuse_closed(team.operation, site, kind)
        after = state_after(site.state, kind)
        if kind == "entered" and not _door(site)["go"]:
            raise RefusedError("G-DOOR", "the team leader has given no go at this door")
        if kind == "search_started":
            _refuse(may_start_search(field_facts.search_facts(site, given)))
        event = FieldEvent(
            id=derive("event", act.key),
            operation=team.operation,
            site=site,
            team=team,
            kind=kind,
            at=at,
            by=by,
            facts=given,
        )
        postpone(event)
        _advance(site, after)
        act.about("event", event.id)
        act.ledger(kind, {"site": site.number, "team": team.number})
        return event


def decide_at_door(*, by: Officer, at: datetime, key: str, site: Site, go: bool, reason: str) -> GoDecision:
    """Go or no-go at the door by the leader of the site's team; nobody enters without a go, and the last word counts.

    Raises:
        NotPermitted: the officer does not lead the site's team.
        RefusedError: the operation is not live, the team is not on its way or at the door, or no reason is given.
    """
    request = {"site": str(site.id), "go": go, "reason": reason}
    with acting("decide_at_door", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return GoDecision.objects.get(id=act.earlier)
        member = _own_member(by, site)
        if member.role != "leader":
            raise NotPermitted("LEADER", f"{by.number} does not lead the team of site {site.number}")
        site = _locked_site(site)
        if member.team.operation.state != "live" or site.state not in ("en_route", "at_door"):
            raise RefusedError(
                "G-DOOR", f"site {site.number} is {site.state.replace('_', ' ')}, nobody is at its door"
            )
        if not reason.strip():
            raise RefusedError("G-DOOR", "say why it is go or no-go")
        if go and site.pointers.filter(cleared_at=None, event__withdrawn_at=None).exists():
            raise RefusedError(
                "G-DECON", f"another unit's event meets site {site.number}: the commander rings first"
            )
        decision = GoDecision(
            id=derive("go", act.key),
            operation=member.team.operation,
            site=site,
            moment="door",
            go=go,
            reason=reason,
            plan_digest=once(("plan", site.operation_id), lambda: digest_in_force(member.team.operation)),
            by=by,
            at=at,
        )
        postpone(decision)
        _door(site)["go"] = go
        act.about("go_decision", decision.id)
        act.ledger(
            "go" if go else "no_go", {"site": site.number, "team": member.team.number, "moment": "door"}
        )
        return decision


def record_welfare(
    *,
    by: Officer,
    at: datetime,
    key: str,
    site: Site,
    adults: int,
    children: int,
    cwc_contact: str = "",
    leaflet_given: bool = True,
) -> Welfare:
    """Who was there and who looks after the children; children present without a CWC contact are refused (POCSO
    19).
    """
    request = {
        "site": str(site.id),
        "adults": adults,
        "children": children,
        "cwc": cwc_contact,
        "leaflet": leaflet_given,
    }
    with acting("record_welfare", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Welfare.objects.get(id=act.earlier)
        _own_team(by, site)
        state = _locked_site(site).state
        if state not in _INSIDE:
            raise RefusedError("F-STEP", f"nobody is inside while the site is {state.replace('_', ' ')}")
        _refuse_twice(Welfare, site, "who was met")
        if children and not cwc_contact.strip():
            raise RefusedError(
                "F-CHILDREN", "children are present: name whom at the Child Welfare Committee was told"
            )
        welfare = Welfare(
            id=derive("welfare", site.id),
            site=site,
            adults=adults,
            children=children,
            cwc_contact=cwc_contact,
            leaflet_given=leaflet_given,
            at=at,
            by=by,
        )
        postpone(welfare)
        act.about("welfare", welfare.id)
        act.ledger("welfare", {"site": site.number, "children": children})
        return welfare


def seize_item(*, by: Officer, at: datetime, key: str, site: Site, item: SeizedItem) -> Exhibit:
    """Seizes and seals a device: exhibit number, place found, seal, and the first step of its chain of custody.

    Raises:
        NotPermitted: the officer is not in the site's team.
        RefusedError: the search has not started, or the item's form is wrong (IMEI, place found, seal already used).
    """
    with acting(
        "seize_item", by=by, at=at, key=key, request={"site": str(site.id), "item": asdict(item)}
    ) as act:
        if act.repeated:
            return Exhibit.objects.get(id=act.earlier)
        _own_team(by, site)
        site = _locked_site(site)
        if site.state not in SEARCHABLE:
            raise RefusedError(
                "F-STEP", f"nothing can be seized while the site is {site.state.replace('_', ' ')}"
            )
        _refuse(check_item(field_facts.item_facts(item), field_facts.same_marks(item)))
        number = f"{site.operation.code}/{site.number:04d}-{Exhibit.objects.filter(site=site).count() + 1}"
        exhibit = Exhibit.objects.create(
            id=derive("exhibit", site.id, item.seal),
            number=number,
            site=site,
            kind=item.kind,
            make=item.make,
            model=item.model,
            serial=item.serial,
            imei=item.imei,
            capacity_gb=item.capacity_gb,
            state=item.state,
            found_at=item.found_at,
            seal=item.seal,
            seized_at=at,
            seized_by=by,
            image_sha256=item.image_sha256,
        )
        _first_custody(exhibit, by, at)
        act.about("exhibit", exhibit.id)
        act.ledger(
            "seized", {"exhibit": number, "kind": item.kind, "seal": item.seal, "image": item.image_sha256}
        )
        return exhibit


def record_outcome(
    *, by: Officer, at: datetime, key: str, site: Site, code: str, reason: str = ""
) -> Outcome:
    """Closes a site with one of eight outcomes; what the outcome claims must be on record already.

    Raises:
        RefusedError: the outcome lacks what it rests on, such as a crime without a registered crime; the team was
            never at the door; the site has its outcome; or it is one of those a commander orders (`change_plan`).
    """
    with acting(
        "record_outcome",
        by=by,
        at=at,
        key=key,
        request={"site": str(site.id), "code": code, "reason": reason},
    ) as act:
        if act.repeated:
            return Outcome.objects.get(id=act.earlier)
        team = _own_team(by, site)
        site = _locked_site(site)
        if code not in OUTCOMES:
            raise RefusedError("F-OUTCOME", f"a team cannot record the outcome {code or 'nothing'}")
        if site.state not in _REACHED:
            raise RefusedError(
                "F-STEP", f"a site that is {site.state.replace('_', ' ')} cannot be given an outcome"
            )
        within = timedelta(hours=load("law_limits").number("reaudit_begun", at.astimezone(IST).date()))
        due = at + within if starts_audit(code) else None
        facts = field_facts.outcome_facts(site, reason=reason, audit_due_at=due)
        _refuse(check_outcome(code, facts))
        outcome = Outcome.objects.create(
            id=derive("outcome", site.id),
            site=site,
            code=code,
            reason=reason,
            by=by,
            at=at,
            entered=bool(facts.entered),
            audit_due_at=due,
        )
        _advance(site, "done")
        act.about("outcome", outcome.id)
        act.ledger(
            "outcome", {"site": site.number, "team": team.number, "code": code, "entered": outcome.entered}
        )
        return outcome


def register_crime(*, by: Officer, at: datetime, key: str, site: Site, sections: Sequence[str]) -> Crime:
    """Registers a crime on what was seized; the investigating officer is Inspector or above (IT Act 78).

    Raises:
        RefusedError: G-RANK, or there is nothing seized to rest on, or no section is named.
    """
    with acting(
        "register_crime", by=by, at=at, key=key, request={"site": str(site.id), "sections": list(sections)}
    ) as act:
        if act.repeated:
            return Crime.objects.get(id=act.earlier)
        _own_district(by, site)
        _refuse([rank_gate(by.rank, it_act=field_facts.it_act(sections))])
        if not sections or not site.exhibits.exists():
            raise RefusedError(
                "F-MATERIAL", "a crime needs something seized and the sections the officer chose"
            )
        _refuse_twice(Crime, site, "a crime")
        number = f"{site.place.station.code}/{_running(Crime, site):04d}/{at.year}"
        crime = Crime.objects.create(
            id=derive("crime", site.id),
            number=number,
            site=site,
            sections=list(sections),
            investigating_officer=by,
            registered_at=at,
        )
        act.about("crime", crime.id)
        act.ledger("crime_registered", {"site": site.number, "crime": number, "sections": list(sections)})
        return crime


def report_seizure(*, by: Officer, at: datetime, key: str, site: Site) -> SeizureReport:
    """Reports a seizure to the Magistrate under BNSS 106 where no crime is registered (yet).

    Raises:
        RefusedError: nothing was seized, or a crime is registered and covers the seizure.
    """
    with acting("report_seizure", by=by, at=at, key=key, request={"site": str(site.id)}) as act:
        if act.repeated:
            return SeizureReport.objects.get(id=act.earlier)
        _own_team(by, site)
        if not site.exhibits.exists() or Crime.objects.filter(site=site).exists():
            raise RefusedError("BNSS-106", "a seizure report needs something seized and no registered crime")
        _refuse_twice(SeizureReport, site, "a seizure report")
        number = f"106/{site.place.station.code}/{_running(SeizureReport, site):04d}/{at.year}"
        report = SeizureReport.objects.create(
            id=derive("106", site.id), number=number, site=site, by=by, reported_at=at
        )
        act.about("seizure_report", report.id)
        act.ledger("seizure_reported", {"site": site.number, "report": number})
        return report


def record_arrest(
    *,
    by: Officer,
    at: datetime,
    key: str,
    site: Site,
    age: int,
    gender: str,
    evidence: Sequence[str],
    reason: str,
) -> Arrest:
    """Enters an arrest in a registered crime, with the level 4 evidence by name; subscriber alone is refused (A-63).

    Raises:
        RefusedError: no crime, no evidence that ties a person to the device, a child, or a woman before sunrise.
    """
    request = {
        "site": str(site.id),
        "age": age,
        "gender": gender,
        "evidence": list(evidence),
        "reason": reason,
    }
    with acting("record_arrest", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Arrest.objects.get(id=act.earlier)
        _own_district(by, site)
        crime = Crime.objects.filter(site=site).first()
        if crime is None:
            raise RefusedError("A-63", "an arrest entry needs a registered crime")
        _refuse(check_arrest(field_facts.arrest_facts(site, crime, by=by, entry={**request, "at": at})))
        count = crime.arrests.count() + 1
        arrest = Arrest.objects.create(
            id=derive("arrest", crime.id, count),
            number=f"{crime.number}/A{count}",
            crime=crime,
            person_ref=f"A{count}-{crime.number}",
            age=age,
            gender=gender,
            evidence=list(evidence),
            reason=reason,
            by=by,
            at=at,
        )
        act.about("arrest", arrest.id)
        act.ledger("arrested", {"crime": crime.number, "arrest": arrest.number})
        return arrest


def _own_team(by: Officer, site: Site) -> Team:
    return _own_member(by, site).team


def _own_member(by: Officer, site: Site) -> TeamMember:
    def look() -> TeamMember | None:
        return (
            TeamMember.objects.select_related("team__operation")
            .filter(officer=by, team__stops__site=site, left_at=None)
            .first()
        )

    member = once(("member", by.id, site.id), look)
    if member is None:
        raise NotPermitted("TEAM", f"{by.number} is not in the team of site {site.number}")
    return member


def _refuse_closed(operation: Operation, site: Site, kind: str) -> None:
    if operation.state != "live" and not (operation.state == "recalled" and site.state in _INSIDE):
        raise RefusedError("G-LIVE", f"the operation is {operation.state}, not live")
    if site.state == "planned" and site.stop.order >= OUT:
        raise RefusedError(
            "F-STEP", f"the plan in force sends nobody to site {site.number}: {kind} is no step"
        )


def _door(site: Site) -> dict[str, bool]:
    """Whether the last word at the door is go; kept for the transaction, so that a word said in it counts."""

    def look() -> dict[str, bool]:
        last = (
            GoDecision.objects.filter(site=site).order_by("-at", "-id").values_list("go", flat=True).first()
        )
        return {"go": bool(last)}

    return once(("door", site.id), look)


def _refuse_twice(model: type[Welfare] | type[Crime] | type[SeizureReport], site: Site, what: str) -> None:
    """A second row about a site is refused: the same request again has the same key and never comes this far."""
    write_postponed()
    if model._default_manager.filter(site=site).exists():
        raise RefusedError("TWICE", f"{what} is on record for site {site.number} already")


def _own_district(by: Officer, site: Site) -> None:
    if by.district_id != site.district_id:
        raise NotPermitted("DISTRICT", f"site {site.number} lies in another police district")


def _locked_site(site: Site) -> Site:
    """The site as it stands, locked until the transaction ends."""
    return once(
        ("site", site.id),
        lambda: (
            Site.objects.select_for_update(of=("self",))
            .select_related("operation", "place__station", "attribution", "stop")
            .get(id=site.id)
        ),
    )


def _advance(site: Site, state: str) -> None:
    site.state = state
    change_later(site, "state")
    once(("told", site.operation_id), lambda: _tell_the_board(site.operation_id))


def _tell_the_board(operation_id: UUID) -> bool:
    with connection.cursor() as cursor:
        # Delivered at commit. The payload is an identifier only: NOTIFY crosses roles.
        cursor.execute("SELECT pg_notify(%s, %s)", [BOARD_CHANNEL, str(operation_id)])
    return True


def _first_custody(exhibit: Exhibit, by: Officer, at: datetime) -> None:
    CustodyEvent.objects.create(
        id=derive("custody", exhibit.id, 0),
        exhibit=exhibit,
        seq=0,
        event="seized",
        at=at,
        holder_from="site",
        holder_to=by.number,
        place=f"site {exhibit.site.number}",
        seal_before="",
        seal_after=exhibit.seal,
        by=by,
        purpose="seized and sealed before witnesses",
        hash_after=exhibit.image_sha256,
    )


def _running(model: type[Crime] | type[SeizureReport], site: Site) -> int:
    """The next number of a station's book; the operation row is locked, so that two teams never get the same."""
    Operation.objects.select_for_update().get(id=site.operation_id)
    return int(model._default_manager.filter(site__place__station=site.place.station).count()) + 1


def _refuse(results: Sequence[CheckResult]) -> None:
    stops = [result for result in results if result.stops]
    if stops:
        raise RefusedError(stops[0].check, "; ".join(f"not shown: {result.reason.text}" for result in stops))


def site_by_id(site_id: UUID) -> Site:
    """The site with what its acts need, for callers that hold only its identifier."""
    return Site.objects.select_related("operation", "district", "place__station").get(id=site_id)
