"""The field day at one site: the team's steps, what it meets, what it seizes, and how it ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import CheckResult
from kaval.engine.rules.field.arrest import BARE, ArrestFacts, check_arrest
from kaval.engine.rules.field.outcomes import OutcomeFacts, check_outcome, may_start_search, starts_audit
from kaval.engine.rules.field.seizure import SeizedItem as ItemFacts
from kaval.engine.rules.field.seizure import check_item
from kaval.engine.rules.field.steps import SEARCHABLE, state_after
from kaval.engine.rules.planning.gates import rank_gate
from kaval.engine.rules.planning.sun import daylight
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import (
    Arrest,
    Crime,
    CustodyEvent,
    Exhibit,
    FieldEvent,
    Officer,
    Operation,
    Outcome,
    SeizureReport,
    Site,
    Team,
    TeamMember,
    Welfare,
)

BOARD_CHANNEL = "kaval_board"
AUDIT_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class SeizedItem:
    """A device as the team writes it down. `imei` None: it has none; `capacity_gb` None: not legible.

    `image_sha256` is the digest of the forensic image where one was taken, else empty.
    """

    kind: str
    make: str
    model: str
    serial: str
    imei: str | None
    capacity_gb: int | None
    state: str
    found_at: str
    seal: str
    image_sha256: str = ""


def log_event(*, by: Officer, at: datetime, key: str, site: Site, kind: str,
              facts: Mapping[str, Any] | None = None) -> FieldEvent:
    """A step of the officer's own team at a site, in the only order that makes sense.

    Raises:
        NotPermitted: the officer is not in the site's team.
        RefusedError: the operation is not live, the step is out of order, or it lacks what the law asks (two witnesses).
    """
    given = dict(facts or {})
    with acting("log_event", by=by, at=at, key=key, request={"site": str(site.id), "kind": kind, "facts": given}) as act:
        if act.repeated:
            return FieldEvent.objects.get(id=act.subject)
        team = _own_team(by, site)
        site = _locked_site(site)
        if team.operation.state != "live":
            raise RefusedError("G-LIVE", f"the operation is {team.operation.state}, not live")
        after = state_after(site.state, kind)
        if kind == "search_started":
            _refuse(may_start_search(_outcome_facts(site, started=given)))
        event = FieldEvent.objects.create(id=derive("event", act.key), operation=team.operation, site=site, team=team,
                                          kind=kind, at=at, by=by, facts=given)
        _advance(site, after)
        act.about("event", event.id)
        act.ledger(kind, {"site": site.number, "team": team.number})
        return event


def record_welfare(*, by: Officer, at: datetime, key: str, site: Site, adults: int, children: int,
                   cwc_contact: str = "", leaflet_given: bool = True) -> Welfare:
    """Who was there and who looks after the children; children present without a CWC contact are refused (POCSO 19)."""
    request = {"site": str(site.id), "adults": adults, "children": children, "cwc": cwc_contact, "leaflet": leaflet_given}
    with acting("record_welfare", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Welfare.objects.get(id=act.subject)
        _own_team(by, site)
        if children and not cwc_contact.strip():
            raise RefusedError("F-CHILDREN", "children are present: name whom at the Child Welfare Committee was told")
        welfare = Welfare.objects.create(id=derive("welfare", site.id), site=site, adults=adults, children=children,
                                         cwc_contact=cwc_contact, leaflet_given=leaflet_given, at=at, by=by)
        act.about("welfare", welfare.id)
        act.ledger("welfare", {"site": site.number, "children": children})
        return welfare


def seize_item(*, by: Officer, at: datetime, key: str, site: Site, item: SeizedItem) -> Exhibit:
    """Seizes and seals a device: exhibit number, place found, seal, and the first step of its chain of custody.

    Raises:
        NotPermitted: the officer is not in the site's team.
        RefusedError: the search has not started, or the item's form is wrong (IMEI, place found, seal already used).
    """
    with acting("seize_item", by=by, at=at, key=key, request={"site": str(site.id), "item": asdict(item)}) as act:
        if act.repeated:
            return Exhibit.objects.get(id=act.subject)
        _own_team(by, site)
        site = _locked_site(site)
        if site.state not in SEARCHABLE:
            raise RefusedError("F-STEP", f"nothing can be seized while the site is {site.state.replace('_', ' ')}")
        _refuse(check_item(_item_facts(item), _same_marks(item)))
        number = f"{site.operation.code}/{site.number:04d}-{Exhibit.objects.filter(site=site).count() + 1}"
        exhibit = Exhibit.objects.create(
            id=derive("exhibit", site.id, item.seal), number=number, site=site, kind=item.kind, make=item.make,
            model=item.model, serial=item.serial, imei=item.imei, capacity_gb=item.capacity_gb, state=item.state,
            found_at=item.found_at, seal=item.seal, seized_at=at, seized_by=by, image_sha256=item.image_sha256)
        _first_custody(exhibit, by, at)
        act.about("exhibit", exhibit.id)
        act.ledger("seized", {"exhibit": number, "kind": item.kind, "seal": item.seal, "image": item.image_sha256})
        return exhibit


def record_outcome(*, by: Officer, at: datetime, key: str, site: Site, code: str, reason: str = "") -> Outcome:
    """Closes a site with one of eight outcomes; what the outcome claims must be on record already.

    Raises:
        RefusedError: the outcome lacks what it rests on, such as a crime without a registered crime.
    """
    with acting("record_outcome", by=by, at=at, key=key,
                request={"site": str(site.id), "code": code, "reason": reason}) as act:
        if act.repeated:
            return Outcome.objects.get(id=act.subject)
        team = _own_team(by, site)
        site = _locked_site(site)
        due = at + AUDIT_WITHIN if starts_audit(code) else None
        facts = _outcome_facts(site, reason=reason, audit_due_at=due)
        _refuse(check_outcome(code, facts))
        outcome = Outcome.objects.create(id=derive("outcome", site.id), site=site, code=code, reason=reason, by=by, at=at,
                                         entered=bool(facts.entered), audit_due_at=due)
        _advance(site, "done")
        act.about("outcome", outcome.id)
        act.ledger("outcome", {"site": site.number, "team": team.number, "code": code, "entered": outcome.entered})
        return outcome


def register_crime(*, by: Officer, at: datetime, key: str, site: Site, sections: Sequence[str]) -> Crime:
    """Registers a crime on what was seized; the investigating officer is Inspector or above (IT Act 78).

    Raises:
        RefusedError: G-RANK, or there is nothing seized to rest on, or no section is named.
    """
    with acting("register_crime", by=by, at=at, key=key,
                request={"site": str(site.id), "sections": list(sections)}) as act:
        if act.repeated:
            return Crime.objects.get(id=act.subject)
        _own_district(by, site)
        _refuse([rank_gate(by.rank, it_act=_it_act(sections))])
        if not sections or not site.exhibits.exists():
            raise RefusedError("F-MATERIAL", "a crime needs something seized and the sections the officer chose")
        number = f"{site.place.station.code}/{_running(Crime, site):04d}/{at.year}"
        crime = Crime.objects.create(id=derive("crime", site.id), number=number, site=site, sections=list(sections),
                                     investigating_officer=by, registered_at=at)
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
            return SeizureReport.objects.get(id=act.subject)
        _own_team(by, site)
        if not site.exhibits.exists() or Crime.objects.filter(site=site).exists():
            raise RefusedError("BNSS-106", "a seizure report needs something seized and no registered crime")
        number = f"106/{site.place.station.code}/{_running(SeizureReport, site):04d}/{at.year}"
        report = SeizureReport.objects.create(id=derive("106", site.id), number=number, site=site, by=by, reported_at=at)
        act.about("seizure_report", report.id)
        act.ledger("seizure_reported", {"site": site.number, "report": number})
        return report


def record_arrest(*, by: Officer, at: datetime, key: str, site: Site, age: int, gender: str, evidence: Sequence[str],
                  reason: str) -> Arrest:
    """Enters an arrest in a registered crime, with the level 4 evidence by name; subscriber alone is refused (A-63).

    Raises:
        RefusedError: no crime, no evidence that ties a person to the device, a child, or a woman before sunrise.
    """
    request = {"site": str(site.id), "age": age, "gender": gender, "evidence": list(evidence), "reason": reason}
    with acting("record_arrest", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Arrest.objects.get(id=act.subject)
        _own_district(by, site)
        crime = Crime.objects.filter(site=site).first()
        if crime is None:
            raise RefusedError("A-63", "an arrest entry needs a registered crime")
        _refuse(check_arrest(_arrest_facts(site, crime, by=by, entry={**request, "at": at})))
        count = crime.arrests.count() + 1
        arrest = Arrest.objects.create(id=derive("arrest", crime.id, count), number=f"{crime.number}/A{count}", crime=crime,
                                       person_ref=f"A{count}-{crime.number}", age=age, gender=gender, evidence=list(evidence),
                                       reason=reason, by=by, at=at)
        act.about("arrest", arrest.id)
        act.ledger("arrested", {"crime": crime.number, "arrest": arrest.number})
        return arrest


def _own_team(by: Officer, site: Site) -> Team:
    member = TeamMember.objects.select_related("team__operation").filter(officer=by, team__stops__site=site).first()
    if member is None:
        raise NotPermitted("TEAM", f"{by.number} is not in the team of site {site.number}")
    return member.team


def _own_district(by: Officer, site: Site) -> None:
    if by.district_id != site.district_id:
        raise NotPermitted("DISTRICT", f"site {site.number} lies in another police district")


def _locked_site(site: Site) -> Site:
    return Site.objects.select_for_update(of=("self",)).select_related("operation", "place__station").get(id=site.id)


def _advance(site: Site, state: str) -> None:
    site.state = state
    site.save(update_fields=["state"])
    with connection.cursor() as cursor:
        # The payload is an identifier only: NOTIFY crosses roles.
        cursor.execute("SELECT pg_notify(%s, %s)", [BOARD_CHANNEL, str(site.operation_id)])


def _first_custody(exhibit: Exhibit, by: Officer, at: datetime) -> None:
    CustodyEvent.objects.create(
        id=derive("custody", exhibit.id, 0), exhibit=exhibit, seq=0, event="seized", at=at, holder_from="site",
        holder_to=by.number, place=f"site {exhibit.site.number}", seal_before="", seal_after=exhibit.seal, by=by,
        purpose="seized and sealed before witnesses", hash_after=exhibit.image_sha256)


def _running(model: type[Crime] | type[SeizureReport], site: Site) -> int:
    """The next number of a station's book; the operation row is locked, so that two teams never get the same."""
    Operation.objects.select_for_update().get(id=site.operation_id)
    return int(model._default_manager.filter(site__place__station=site.place.station).count()) + 1


def _refuse(results: Sequence[CheckResult]) -> None:
    stops = [result for result in results if result.stops]
    if stops:
        raise RefusedError(stops[0].check, "; ".join(f"not shown: {result.reason.text}" for result in stops))


def _outcome_facts(site: Site, *, started: Mapping[str, Any] | None = None, reason: str = "",
                   audit_due_at: datetime | None = None) -> OutcomeFacts:
    """What is on record about a site, in the shape the outcome rules take."""
    events = {event.kind: event.facts for event in FieldEvent.objects.filter(site=site)}
    searched = started if started is not None else events.get("search_started")
    welfare = Welfare.objects.filter(site=site).first()
    crime = Crime.objects.filter(site=site).select_related("investigating_officer").first()
    report = SeizureReport.objects.filter(site=site).first()
    entered = "entered" in events
    witnesses = searched.get("witnesses") if searched else None
    return OutcomeFacts(
        entered=entered, witnesses=len(witnesses) if isinstance(witnesses, list) else None,
        woman_present=bool(events["entered"].get("woman_member")) if entered else None,
        children=welfare.children if welfare else None, cwc_contact=welfare.cwc_contact if welfare else "",
        exhibits=site.exhibits.count(), sections=tuple(crime.sections) if crime else (),
        it_act=_it_act(crime.sections) if crime else False,
        officer_rank=crime.investigating_officer.rank if crime else "",
        reported_to=f"SHO and Magistrate, {report.number}" if report else "",
        reported_at=report.reported_at if report else None,
        suspicion=f"attribution {site.attribution.digest}" if report else "", reason=reason, audit_due_at=audit_due_at)


def _arrest_facts(site: Site, crime: Crime, *, by: Officer, entry: Mapping[str, Any]) -> ArrestFacts:
    """An arrest entry as the rules see it; level 4 is a device seized here and evidence that names its user."""
    named = [each for each in entry["evidence"] if each.strip() and each.strip().casefold() not in BARE]
    woman = TeamMember.objects.filter(team__stops__site=site, role="woman").select_related("officer").first()
    place, local_day = site.place, entry["at"].astimezone(IST).date()
    return ArrestFacts(
        age=entry["age"], gender=entry["gender"], level=4 if named and site.exhibits.exists() else 2,
        evidence=tuple(entry["evidence"]), sections=tuple(crime.sections), reasons_written=bool(entry["reason"].strip()),
        at=entry["at"], officer_rank=by.rank, it_act=_it_act(crime.sections),
        daylight=daylight(place.latitude, place.longitude, local_day), woman_officer=woman.officer.number if woman else "")


def _it_act(sections: Sequence[str]) -> bool:
    return any(section.startswith("IT Act") for section in sections)


def _item_facts(item: SeizedItem, number: str = "new") -> ItemFacts:
    return ItemFacts(item_no=number, kind=item.kind, make=item.make, model=item.model, serial=item.serial,
                     found_at=item.found_at, seal=item.seal, imei=item.imei, sha256=item.image_sha256 or None,
                     no_hash_reason="" if item.image_sha256 else "sealed without imaging at the scene")


def _same_marks(item: SeizedItem) -> list[ItemFacts]:
    """The exhibits that carry one of this item's marks already; there should be none."""
    marks = Q(seal=item.seal) | Q(imei=item.imei, imei__isnull=False) | Q(serial=item.serial, make=item.make)
    return [ItemFacts(item_no=row.number, kind=row.kind, make=row.make, model=row.model, serial=row.serial,
                      found_at=row.found_at, seal=row.seal, imei=row.imei) for row in Exhibit.objects.filter(marks)]


def site_by_id(site_id: uuid.UUID) -> Site:
    """The site with what its acts need, for callers that hold only its identifier."""
    return Site.objects.select_related("operation", "district", "place__station").get(id=site_id)
