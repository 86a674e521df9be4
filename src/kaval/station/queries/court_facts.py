"""The facts court documents are built from, taken from stored rows; each points at the ledger entry of its act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court import facts
from kaval.station import models

_SOURCE_KINDS = {
    "phone": "mobile",
    "tablet": "mobile",
    "laptop": "computer",
    "desktop": "computer",
    "hdd": "computer",
    "ssd": "computer",
    "usb": "flash_drive",
    "card": "flash_drive",
}


def search_facts(site_id: UUID, *, number: str, at: datetime) -> facts.SearchFacts:
    """One search of one place; what was not recorded stays None and becomes a gap in the document.

    Raises:
        RefusedError: the site was never searched.
    """
    site = models.Site.objects.select_related("operation", "district", "place__station", "stop__team").get(
        id=site_id
    )
    events = {event.kind: event for event in models.FieldEvent.objects.filter(site=site).order_by("at")}
    started = events.get("search_started")
    if started is None:
        raise RefusedError("DOC-SEARCH", f"site {site.number} was not searched")
    ended = events.get("search_ended")
    source = _entry_of(started.id)
    exhibits = list(models.Exhibit.objects.filter(site=site).order_by("number"))
    return facts.SearchFacts(
        head=_head(site, number, at),
        site=str(site.number),
        basis=facts.SearchBasis(site.search_basis),
        basis_document=site.legal.get("warrant_number"),
        court=site.legal.get("court"),
        place=", ".join(filter(None, (site.place.address, site.place.locality, site.place.pincode))),
        arrived_at=events["at_door"].at if "at_door" in events else None,
        started_at=started.at,
        ended_at=ended.at if ended else None,
        leader=_leader(site),
        team=_team(site),
        occupant=_occupant(site),
        witnesses=_witnesses(started.facts, started.at, source),
        self_search_done=started.facts.get("self_search"),
        items=tuple(_item(exhibit) for exhibit in exhibits),
        recordings=(),
        list_copies=3 if ended and ended.facts.get("list_copy_to_occupant") else None,
        occupant_copy_at=ended.at if ended and ended.facts.get("list_copy_to_occupant") else None,
        source=source,
    )


def seizure_report_facts(site_id: UUID, *, number: str, at: datetime) -> facts.SeizureReportFacts:
    """The report to the Magistrate under BNSS 106 on one site."""
    search = search_facts(site_id, number=number, at=at)
    report = models.SeizureReport.objects.select_related("by").get(site_id=site_id)
    attribution = models.Attribution.objects.get(sites__id=site_id)
    ground = facts.GroundFacts(
        "An electronic record received under lawful authority was attributed to this place; the checks are on the "
        "attribution sheet.",
        "നിയമപരമായി ലഭിച്ച ഇലക്ട്രോണിക് രേഖ ഈ സ്ഥലവുമായി ബന്ധപ്പെട്ടതായി കണ്ടെത്തി; പരിശോധനകൾ ആട്രിബ്യൂഷൻ ഷീറ്റിലുണ്ട്.",
        SourceRef(attribution.digest, "attribution"),
    )
    return facts.SeizureReportFacts(
        search=search,
        head=search.head,
        seizure_list_number=None,
        grounds=(ground,),
        suspected_sections=(),
        kept_at=f"locker {models.Site.objects.get(id=site_id).place.station.code}",
        on_bond=None,
        station_officer_told_at=report.reported_at,
        reported_at=report.reported_at,
    )


def certificate_facts(exhibit_id: UUID, *, number: str, at: datetime) -> facts.CertificateFacts:
    """One certificate under BSA 63(4) for one exhibit; hashes come from the lab's hash report."""
    exhibit = models.Exhibit.objects.select_related(
        "site__operation", "site__district", "site__place__station", "seized_by"
    ).get(id=exhibit_id)
    examination = models.Examination.objects.select_related("by").filter(exhibit=exhibit).first()
    source = _entry_of(exhibit.id)
    submission = (
        models.RenderedDocument.objects.filter(kind="in.bsa63_certificate", subject=exhibit.id)
        .exclude(number=number)
        .count()
        + 1
    )
    expert = examination.by if examination else None
    return facts.CertificateFacts(
        head=_head(exhibit.site, number, at),
        exhibit=exhibit.number,
        submission=submission,
        submitted_to=exhibit.site.legal.get("court"),
        source_kind=_SOURCE_KINDS.get(exhibit.kind, "other"),
        make_model=f"{exhibit.make} {exhibit.model}",
        colour=None,
        serial=exhibit.serial,
        unique_id=exhibit.imei,
        other_information=f"seal {exhibit.seal}",
        in_use_from=None,
        in_use_to=None,
        working_properly=None,
        party=facts.PartyFacts(name=None, parent_or_spouse=None, residence_or_employment=None, relation=None),
        expert=facts.ExpertFacts(
            name=expert.name if expert else None, designation=expert.rank if expert else None, category=None
        ),
        hashes=_hashes(exhibit, examination),
        place=exhibit.site.place.station.name,
        source=source,
    )


def custody_facts(site_id: UUID, *, number: str, at: datetime) -> facts.CustodyFacts:
    """The sequence of custody of every device of one site (BNSS 193(3)(i)(i))."""
    from kaval.station.queries.ledger import ledger_head

    site = models.Site.objects.select_related("operation", "district", "place__station").get(id=site_id)
    exhibits = list(models.Exhibit.objects.filter(site=site).order_by("number"))
    if not exhibits:
        raise RefusedError("DOC-CUSTODY", f"nothing was seized at site {site.number}")
    rows = tuple(row for exhibit in exhibits for row in _custody(exhibit))
    return facts.CustodyFacts(
        head=_head(site, number, at),
        items=tuple(_item(exhibit) for exhibit in exhibits),
        rows=rows,
        ledger_root=ledger_head().root,
        source=_entry_of(exhibits[0].id),
    )


def request_facts(request_id: UUID, *, number: str, at: datetime) -> facts.RequestFacts:
    """One written order to a provider with its rows as they were sent."""
    request = models.ProviderRequest.objects.select_related("provider", "signed_by", "machine_file").get(
        id=request_id
    )
    rows = (
        models.RequestRow.objects.filter(request=request)
        .select_related("observation__lead__report__sealed")
        .order_by("reference")
    )
    unit = models.Unit.objects.get(id=1)
    head = facts.HeadFacts(
        number=number,
        unit=unit.name,
        unit_ml=unit.name_ml or unit.name,
        prepared_at=at,
        training=unit.training,
    )
    return facts.RequestFacts(
        head=head,
        provider=request.provider.name,
        provider_office=request.provider.office or request.provider.contact or None,
        basis=request.legal_basis,
        authority=request.authority or None,
        signatory=replace(
            _officer(request.signed_by, None), rank=request.signatory_rank or request.signed_by.rank
        ),
        answer_by=request.due_at,
        answer_channel=request.provider.answer_channel or None,
        source=SourceRef(request.machine_file.sha256, "")
        if request.machine_file
        else _entry_of(request.id, kind="requested"),
        rows=tuple(
            facts.RequestRowFacts(
                reference=row.reference,
                ip=row.rendered["ip"],
                port=row.rendered["port"],
                protocol=row.rendered["transport"] or None,
                first_at=datetime.fromisoformat(row.rendered["from_at"]),
                last_at=datetime.fromisoformat(row.rendered["to_at"]),
                source=SourceRef(row.observation.lead.report.sealed.sha256, row.observation.locator),
            )
            for row in rows
        ),
    )


def _head(site: models.Site, number: str, at: datetime) -> facts.HeadFacts:
    unit = models.Unit.objects.get(id=1)
    crime = models.Crime.objects.filter(site=site).first()
    return facts.HeadFacts(
        number=number,
        unit=unit.name,
        unit_ml=unit.name_ml or unit.name,
        prepared_at=at,
        training=unit.training,
        operation=site.operation.code,
        district=site.district.name,
        police_station=site.place.station.name,
        crime_number=crime.number if crime else None,
    )


def _officer(officer: models.Officer, role: str | None) -> facts.OfficerFacts:
    return facts.OfficerFacts(
        officer_id=officer.number,
        name=officer.name,
        name_ml=officer.name_ml or None,
        rank=officer.rank,
        role=role,
        woman=officer.gender == "F",
    )


def _members(site: models.Site) -> Iterable[models.TeamMember]:
    return (
        models.TeamMember.objects.filter(team=site.stop.team, left_at=None)
        .select_related("officer")
        .order_by("role")
    )


def _leader(site: models.Site) -> facts.OfficerFacts | None:
    return next(
        (_officer(member.officer, member.role) for member in _members(site) if member.role == "leader"), None
    )


def _team(site: models.Site) -> tuple[facts.OfficerFacts, ...]:
    return tuple(
        _officer(member.officer, member.role) for member in _members(site) if member.role != "leader"
    )


def _occupant(site: models.Site) -> facts.OccupantFacts | None:
    welfare = models.Welfare.objects.filter(site=site).first()
    if welfare is None:
        return None
    # The occupant's name is written by hand on the printed list; the system holds how many were there.
    return facts.OccupantFacts(
        present=welfare.adults > 0,
        name=None,
        attended=welfare.adults > 0,
        children_present=welfare.children,
        children_cared_by=welfare.cwc_contact or None,
        source=_entry_of(welfare.id),
    )


def _witnesses(given: dict[str, object], at: datetime, source: SourceRef) -> tuple[facts.WitnessFacts, ...]:
    listed = given.get("witnesses")
    return tuple(
        facts.WitnessFacts(
            name=str(entry["name"]),
            address=None,
            of_locality=entry.get("locality"),
            order_served=entry.get("order_served"),
            signed_at=at,
            source=source,
        )
        for entry in (listed if isinstance(listed, list) else [])
    )


def _item(exhibit: models.Exhibit) -> facts.SeizedItemFacts:
    return facts.SeizedItemFacts(
        item_no=exhibit.number,
        kind=exhibit.kind,
        make=exhibit.make or None,
        model=exhibit.model or None,
        serial=exhibit.serial or None,
        imei=exhibit.imei,
        capacity_gb=exhibit.capacity_gb,
        state=exhibit.state or None,
        found_at=exhibit.found_at or None,
        found_by=exhibit.seized_by.name,
        seal=exhibit.seal,
        seized_at=exhibit.seized_at,
        hash_sha256=exhibit.image_sha256 or None,
        no_hash_reason=None if exhibit.image_sha256 else "sealed without imaging at the scene",
        source=_entry_of(exhibit.id),
    )


def _hashes(
    exhibit: models.Exhibit, examination: models.Examination | None
) -> tuple[facts.ExhibitHashFacts, ...]:
    if examination is None:
        return ()
    report = examination.hash_report
    return (
        facts.ExhibitHashFacts(
            record="forensic image",
            size=report["size"],
            sha256=report["sha256"],
            sha1=report.get("sha1"),
            md5=report.get("md5"),
            computed_at=examination.at,
            source=_entry_of(examination.id),
        ),
    )


def _custody(exhibit: models.Exhibit) -> Iterable[facts.CustodyRowFacts]:
    for row in models.CustodyEvent.objects.filter(exhibit=exhibit).order_by("seq"):
        yield facts.CustodyRowFacts(
            seq=row.seq,
            item_no=exhibit.number,
            event=row.event,
            at=row.at,
            from_holder=row.holder_from,
            to_holder=row.holder_to,
            place=row.place or None,
            seal_before=row.seal_before or None,
            seal_after=row.seal_after or None,
            seal_intact=None,
            purpose=row.purpose or None,
            authority=None,
            hash_before=None,
            hash_after=row.hash_after or None,
            source=_entry_of(exhibit.id if row.seq == 0 else row.id),
        )


def _entry_of(subject: UUID, *, kind: str = "") -> SourceRef:
    """The ledger entry of the act about a row: its leaf hash, and its index as the place.

    Raises:
        RefusedError: no act is about this row, so nothing may be said of it in court.
    """
    entries = models.LedgerEntry.objects.filter(act__subject=subject).order_by("index")
    entry = entries.first()
    if entry is None and kind:
        entry = models.LedgerEntry.objects.filter(act__name="send_request").order_by("index").first()
    if entry is None:
        raise RefusedError("DOC-SOURCE", "no ledger entry stands behind this statement")
    return SourceRef(entry.leaf, f"ledger#{entry.index}")
