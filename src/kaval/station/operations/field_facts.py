"""What is on record about a site, an arrest or a seized item, in the shapes the rules of the field day take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.field.arrest import ArrestFacts, level_entered
from kaval.engine.rules.field.outcomes import OutcomeFacts
from kaval.engine.rules.field.seizure import SeizedItem as ItemFacts
from kaval.engine.rules.planning.sun import daylight
from kaval.station.audit import write_postponed
from kaval.station.models import Crime, Exhibit, FieldEvent, Officer, SeizureReport, Site, TeamMember, Welfare


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


def search_facts(site: Site, started: Mapping[str, Any]) -> OutcomeFacts:
    """What must be on record before a search starts: the witnesses named now, and the woman member at the entry."""
    write_postponed()
    entry = FieldEvent.objects.filter(site=site, kind="entered").values_list("facts", flat=True).first()
    return OutcomeFacts(
        entered=entry is not None,
        witnesses=_count(started.get("witnesses")),
        woman_present=bool(entry.get("woman_member")) if entry is not None else None,
    )


def outcome_facts(site: Site, *, reason: str = "", audit_due_at: datetime | None = None) -> OutcomeFacts:
    """What is on record about a site, in the shape the outcome rules take."""
    write_postponed()
    events = {event.kind: event.facts for event in FieldEvent.objects.filter(site=site)}
    welfare = Welfare.objects.filter(site=site).first()
    crime = Crime.objects.filter(site=site).select_related("investigating_officer").first()
    report = SeizureReport.objects.filter(site=site).first()
    entered = "entered" in events
    return OutcomeFacts(
        entered=entered,
        witnesses=_count(events.get("search_started", {}).get("witnesses")),
        woman_present=bool(events["entered"].get("woman_member")) if entered else None,
        children=welfare.children if welfare else None,
        cwc_contact=welfare.cwc_contact if welfare else "",
        exhibits=site.exhibits.count(),
        sections=tuple(crime.sections) if crime else (),
        it_act=it_act(crime.sections) if crime else False,
        officer_rank=crime.investigating_officer.rank if crime else "",
        reported_to=f"SHO and Magistrate, {report.number}" if report else "",
        reported_at=report.reported_at if report else None,
        suspicion=f"attribution {site.attribution.digest}" if report else "",
        reason=reason,
        audit_due_at=audit_due_at,
    )


def arrest_facts(site: Site, crime: Crime, *, by: Officer, entry: Mapping[str, Any]) -> ArrestFacts:
    """An arrest entry as the rules see it; level 4 is a device seized here and evidence that names its user."""
    woman = (
        TeamMember.objects.filter(team__stops__site=site, role="woman", left_at=None)
        .select_related("officer")
        .first()
    )
    place, local_day = site.place, entry["at"].astimezone(IST).date()
    return ArrestFacts(
        age=entry["age"],
        gender=entry["gender"],
        level=level_entered(entry["evidence"], devices=site.exhibits.exists()),
        evidence=tuple(entry["evidence"]),
        sections=tuple(crime.sections),
        reasons_written=bool(entry["reason"].strip()),
        at=entry["at"],
        officer_rank=by.rank,
        it_act=it_act(crime.sections),
        daylight=daylight(place.latitude, place.longitude, local_day),
        woman_officer=woman.officer.number if woman else "",
    )


def _count(listed: Any) -> int | None:
    return len(listed) if isinstance(listed, list) else None


def it_act(sections: Sequence[str]) -> bool:
    """True when one of the sections is of the IT Act."""
    return any(section.startswith("IT Act") for section in sections)


def item_facts(item: SeizedItem, number: str = "new") -> ItemFacts:
    """An item as the seizure checks see it."""
    return ItemFacts(
        item_no=number,
        kind=item.kind,
        make=item.make,
        model=item.model,
        serial=item.serial,
        found_at=item.found_at,
        seal=item.seal,
        imei=item.imei,
        sha256=item.image_sha256 or None,
        no_hash_reason="" if item.image_sha256 else "sealed without imaging at the scene",
    )


def same_marks(item: SeizedItem) -> list[ItemFacts]:
    """The exhibits that carry one of this item's marks already; there should be none."""
    marks = Q(seal=item.seal) | Q(imei=item.imei, imei__isnull=False) | Q(serial=item.serial, make=item.make)
    return [
        ItemFacts(
            item_no=row.number,
            kind=row.kind,
            make=row.make,
            model=row.model,
            serial=row.serial,
            found_at=row.found_at,
            seal=row.seal,
            imei=row.imei,
        )
        for row in Exhibit.objects.filter(marks)
    ]
