"""Rows for the console's tests: two districts that must not see each other, one officer of every role, hostile names.

Rows are written directly, not by operations: what is tested is what the pages make of rows, whoever wrote them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from kaval.engine.kernel.instant import iso_utc, ist_text, utc_text
from kaval.station.ids import derive
from kaval.station.models import (
    Account,
    Act,
    Assessment,
    Attribution,
    District,
    Exhibit,
    FieldEvent,
    Identifier,
    Lead,
    LeadIdentifier,
    LedgerHead,
    Observation,
    Officer,
    Operation,
    Outcome,
    Place,
    Provider,
    ProviderRequest,
    Reading,
    ReadingWarning,
    Receipt,
    RenderedDocument,
    Report,
    ReportReceipt,
    RequestRow,
    Resolution,
    SealedFile,
    Site,
    Station,
    Stop,
    Subject,
    SubjectLead,
    Team,
    TeamMember,
    Unit,
)
from kaval.station.roles import ROLES
from tests.station.aftermath_rows import after_a_search
from tests.station.exhibit_rows import custody, examined
from tests.station.intake_rows import delivery_row
from tests.station.register_rows import hostile_group

NOON = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
# What a stored reading holds, of a report that names nothing.
EMPTY_RECORD: dict[str, Any] = {
    "source_system": "tip", "source_id": "", "kind": "tip", "title": "", "incident": None, "observations": [],
    "identifiers": [], "files": [], "signals": [], "locator": "",
}  # fmt: skip
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
CANARY = "CANARY-BETA"


def uid(*parts: object) -> uuid.UUID:
    """An identifier for a test's row."""
    return uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts)))


@dataclass
class World:
    """What a test needs by name; `beta` holds the objects of the other district."""

    officers: dict[str, Officer] = field(default_factory=dict)
    alpha: dict[str, uuid.UUID] = field(default_factory=dict)
    beta: dict[str, uuid.UUID] = field(default_factory=dict)

    def account(self, name: str) -> Account:
        """The account of an officer by role, or `chief_beta`, `member_beta`."""
        return Account.objects.get(officer=self.officers[name])


def build(*, size: int = 2, operation_state: str = "live") -> World:
    """A small station: `size` leads, subjects, sites and exhibits in each of two districts."""
    world = World()
    Unit.objects.create(id=1, name="Unit of the tests", training=True, id_key="ab" * 32)
    LedgerHead.objects.get_or_create(id=1)
    districts = [_district("ALPHA", "Alpha"), _district("BETA", CANARY)]
    for role in ROLES:
        home = districts[0] if role in ("district_chief", "field_officer") else None
        world.officers[role] = _officer(role, role, home)
    world.officers["chief_beta"] = _officer("chief_beta", "district_chief", districts[1])
    world.officers["member_beta"] = _officer("member_beta", "field_officer", districts[1])
    operation = Operation.objects.create(
        id=uid("operation"),
        code="TRAINING T",
        name=f"Morning {HOSTILE}",
        state=operation_state,
        first_entry_at=NOON,
        day_end_at=NOON + timedelta(hours=9),
        commander=world.officers["commander"],
        plan_digest="d" * 64,
        plan_report={"solver": "test", "status": HOSTILE},
    )
    for number, district in enumerate(districts):
        objects = world.beta if number else world.alpha
        objects["operation_id"] = operation.pk
        _fill(world, objects, operation, district, first=number * size, size=size)
    return world


def _district(code: str, name: str) -> District:
    district = District.objects.create(
        id=uid("district", code),
        code=code,
        name=name,
        outline=[[[76.0, 9.0], [77.0, 9.0], [77.0, 10.0], [76.0, 9.0]]],
    )
    Station.objects.create(
        id=uid("station", code),
        code=f"{code}-1",
        district=district,
        name=f"{name} Town",
        longitude=76.5,
        latitude=9.5,
    )
    return district


def _officer(name: str, role: str, district: District | None) -> Officer:
    officer = Officer.objects.create(
        id=uid("officer", name),
        number=name,
        name=f"Officer {HOSTILE}",
        rank="SI",
        gender="F",
        district=district,
        roles=[role],
    )
    Account.objects.create(username=name, officer=officer, password="!none")
    return officer


def _fill(
    world: World,
    objects: dict[str, uuid.UUID],
    operation: Operation,
    district: District,
    *,
    first: int,
    size: int,
) -> None:
    provider, _ = Provider.objects.get_or_create(
        code="isp",
        defaults={
            "id": uid("provider"),
            "name": HOSTILE,
            "kind": "fixed",
            "answer_layout": "a",
            "subscriber_layout": "b",
            "offset_minutes": 330,
            "shares_addresses": False,
        },
    )
    member = world.officers["member_beta" if world.beta is objects else "field_officer"]
    team = Team.objects.create(
        id=uid("team", district.code),
        operation=operation,
        district=district,
        number=first + 1 if world.alpha is objects else 1000,
    )
    TeamMember.objects.create(
        id=uid("member", district.code), team=team, operation=operation, officer=member, role="leader"
    )
    for number in range(first, first + size):
        objects |= _one(world, number, team=team, member=member, provider=provider)


def _one(
    world: World, number: int, *, team: Team, member: Officer, provider: Provider
) -> dict[str, uuid.UUID]:
    """One lead with its site, stop, event, exhibit and document."""
    operation, district = team.operation, team.district
    lead = _lead(world, number, provider)
    subject = _subject(world, number, lead)
    site = _site(world, number, operation, district, subject, provider)
    Stop.objects.create(
        id=uid("stop", number),
        team=team,
        site=site,
        order=number + 1,
        wave=1,
        arrive_at=NOON,
        leave_at=NOON + timedelta(minutes=75),
    )
    FieldEvent.objects.create(
        id=uid("event", number),
        operation=operation,
        site=site,
        team=team,
        kind="at_door",
        at=NOON,
        by=member,
    )
    exhibit = _exhibit(world, number, site, member)
    document = RenderedDocument.objects.create(
        id=uid("document", number),
        number=f"SL/{number}",
        kind="seizure_list",
        subject=exhibit.pk,
        language="en",
        facts_digest="e" * 64,
        plain_text=f"List {HOSTILE} {district.name}",
        gaps=[HOSTILE],
        by=world.officers["court_officer"],
        at=NOON,
    )
    return {
        "lead_id": lead.pk,
        "group_id": hostile_group(lead, number, text=HOSTILE).pk,
        "subject_id": subject.pk,
        "exhibit_id": exhibit.pk,
        "item_id": uid("finding", number),
        "opening_id": uid("opening", number),
        "document_id": document.pk,
        "warning_id": uid("warning", number),
        "delivery_id": uid("delivery", number),
        "profile_id": uid("profile", number),
        "upload_id": uid("upload", number),
        **after_a_search(number, site, by=world.officers["supervisor"], at=NOON, identify=uid),
    }


def _lead(world: World, number: int, provider: Provider) -> Lead:
    clerk = world.officers["intake_clerk"]
    sealed = SealedFile.objects.create(
        id=uid("sealed", number), sha256=f"{number:064x}", sha1="1" * 40, md5="2" * 32, size=10
    )
    receipt = Receipt.objects.create(
        id=uid("receipt", number),
        sealed=sealed,
        name=HOSTILE,
        source="tip",
        received_at=NOON,
        by=clerk,
        delivery=delivery_row(number, clerk=clerk, identify=uid, hostile=HOSTILE),
    )
    reading = Reading.objects.create(
        id=uid("reading", number), sealed=sealed, format="tip", version="1", records=1
    )
    ReadingWarning.objects.create(
        id=uid("warning", number), reading=reading, place=HOSTILE, code="odd", text=HOSTILE
    )
    report = Report.objects.create(
        id=uid("report", number),
        source_system="tip",
        source_id=f"T{number}",
        kind="tip",
        title=f"Tip {number} {HOSTILE}",
        sealed=sealed,
        received_at=NOON,
        incident_text="01-03-2026 12:00",
        incident_at=NOON,
        fields={"_record": {"hidden": "SECRET-RECORD", **EMPTY_RECORD}, "note": HOSTILE},
        restricted={"reporter_name": "SECRET-REPORTER"},
    )
    ReportReceipt.objects.create(id=uid("reportreceipt", number), report=report, receipt=receipt)
    lead = Lead.objects.create(
        id=uid("lead", number),
        number=number + 1,
        report=report,
        state="accepted",
        reasons=[HOSTILE],
        accepted_at=NOON,
        by=clerk,
    )
    _identify(lead, number)
    _observe(world, lead, number, provider=provider)
    Act.objects.create(
        id=uid("act", number),
        key=f"k{number}",
        name="accept_reports",
        by=clerk,
        at=NOON,
        subject_kind="lead",
        subject=lead.pk,
        request_digest="3" * 64,
        note=HOSTILE,
    )
    return lead


def _identify(lead: Lead, number: int) -> None:
    for party in ("reported", "victim"):
        value = Identifier.objects.create(
            id=uid("identifier", number, party),
            kind="email",
            strength="strong",
            value=f"{'secret-victim' if party == 'victim' else 'user'}{number}@example.org",
        )
        LeadIdentifier.objects.create(
            id=uid("use", number, party), lead=lead, identifier=value, party=party, as_received=value.value
        )


def _observe(world: World, lead: Lead, number: int, *, provider: Provider) -> None:
    observation = Observation.objects.create(
        id=uid("observation", number),
        lead=lead,
        ip="192.0.2.7",
        port=None,
        role="client",
        time_text="01-03-2026 12:00:00",
        at=NOON,
        offset_minutes=330,
        offset_source="profile",
        precision="second",
        locator="row 1",
        provider_code="isp",
    )
    request, _ = ProviderRequest.objects.get_or_create(
        number="REQ/1",
        defaults={
            "id": uid("request"),
            "provider": provider,
            "legal_basis": "BNSS 94",
            "signed_by": world.officers["supervisor"],
            "sent_at": NOON,
            "due_at": NOON,
        },
    )
    RequestRow.objects.create(
        id=uid("row", number),
        request=request,
        observation=observation,
        reference=f"R{number}",
        rendered=rendered("192.0.2.7", NOON),
    )
    Resolution.objects.create(
        id=uid("resolution", number),
        observation=observation,
        state="unique",
        customer_ref=f"C{number}",
        reasons=[{"code": "A-22", "text": HOSTILE, "text_ml": HOSTILE}],
        at=NOON,
    )


def rendered(ip: str, at: datetime) -> dict[str, Any]:
    """A row asked about, as requests are rendered."""
    exact = iso_utc(at)
    return {"ip": ip, "port": None, "transport": "", "utc": exact, "utc_text": utc_text(at), "ist_text": ist_text(at),
            "from_at": exact, "to_at": exact}  # fmt: skip


def _subject(world: World, number: int, lead: Lead) -> Subject:
    analyst = world.officers["analyst"]
    subject = Subject.objects.create(
        id=uid("subject", number),
        number=f"S-{number}",
        lead_count=1,
        score=50 - number,
        band="high",
        first_seen_at=NOON,
        last_seen_at=NOON,
        assessed_at=NOON,
    )
    SubjectLead.objects.create(
        id=uid("link", number),
        subject=subject,
        lead=lead,
        by=analyst,
        at=NOON,
        reasons=[{"code": "L", "text": HOSTILE, "weight": 2.0}],
    )
    Assessment.objects.create(
        id=uid("assessment", number),
        subject=subject,
        stage=1,
        score=50,
        band="high",
        at=NOON,
        reasons=[{"code": "T", "text": HOSTILE, "weight": 50.0}],
        rule_version="t-1",
    )
    return subject


def _site(
    world: World, number: int, operation: Operation, district: District, subject: Subject, provider: Provider
) -> Site:
    place = Place.objects.create(
        id=uid("place", number),
        provider=provider,
        customer_ref=f"C{number}",
        address=f"House {district.name}",
        locality=f"{district.name} {HOSTILE}",
        latitude=9.5,
        longitude=76.5,
        district=district,
        station=Station.objects.get(district=district),
    )
    attribution = Attribution.objects.create(
        id=derive("attribution", subject.pk),
        subject=subject,
        level=2 if number % 2 else 1,
        provider=provider,
        customer_ref=f"C{number}",
        place=place,
        blocked_by=[] if number % 2 else ["A-21", "A-46"],
        analyst=world.officers["analyst"],
        checks=[
            {"check": "A-21", "kind": "BLOCK", "verdict": "FAIL", "text": HOSTILE, "text_ml": ""},
            {"check": "A-03", "kind": "BLOCK", "verdict": "PASS", "text": "reads back", "text_ml": ""},
        ],
        at=NOON,
        digest="f" * 64,
    )
    return Site.objects.create(
        id=uid("site", number),
        operation=operation,
        number=number + 1,
        place=place,
        attribution=attribution,
        district=district,
        state="done",
        search_basis="WARRANT_96",
    )


def _exhibit(world: World, number: int, site: Site, member: Officer) -> Exhibit:
    Outcome.objects.create(
        id=uid("outcome", number),
        site=site,
        code="nothing_found",
        entered=True,
        by=member,
        at=NOON,
        audit_due_at=NOON + timedelta(hours=24),
    )
    exhibit = Exhibit.objects.create(
        id=uid("exhibit", number),
        number=f"EX/{number}",
        site=site,
        kind="phone",
        make=HOSTILE,
        model="m",
        serial=f"s{number}",
        imei=None,
        capacity_gb=None,
        state="off",
        found_at=f"desk in {site.district.name}",
        seal=f"KL-{number}",
        seized_at=NOON,
        seized_by=member,
    )
    custody(exhibit, number, member, at=NOON, text=HOSTILE)
    examined(exhibit, number, world.officers["examiner"], at=NOON, text=HOSTILE)
    return exhibit


__all__ = ["CANARY", "HOSTILE", "NOON", "World", "build", "rendered", "uid"]
