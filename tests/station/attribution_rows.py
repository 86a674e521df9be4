"""Rows around the console's small station for the desk of an attribution, the second reader and the phone form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kaval.station import sealed
from kaval.station.ids import derive
from kaval.station.models import (
    Attribution,
    LeaseAnswer,
    Observation,
    Place,
    Provider,
    Report,
    RequestRow,
    Resolution,
    SealedFile,
    Station,
    Subject,
)
from tests.station.console_rows import NOON, World, rendered, uid
from tests.station.net_rows import report

CHECKS = (
    ("A-07", "HOLD", "FAIL"),
    ("A-25", "HOLD", "UNKNOWN"),
    ("A-40", "HOLD", "FAIL"),
    ("A-42", "HOLD", "PASS"),
    ("A-44", "WARN", "FAIL"),
    ("A-46", "BLOCK", "FAIL"),
)


def held(world: World, number: int = 11, *, analyst: str = "analyst") -> Subject:
    """A subject whose attribution has open HOLDs, a BLOCK and an address pointing elsewhere; again: as at first.

    An act computes the attribution anew from what is on record, so that these results are gone after it.
    """
    row = Observation.objects.filter(pk=uid("to read", number)).first() or waiting(world, number)
    subject = row.lead.subject_link.subject
    checks: list[dict[str, Any]] = [
        {"check": check, "kind": kind, "verdict": verdict, "text": f"found {check}", "text_ml": "കണ്ടത്"}
        for check, kind, verdict in CHECKS
    ]
    Attribution.objects.update_or_create(
        subject=subject,
        defaults={
            "id": derive("attribution", subject.pk),
            "level": 1,
            "checks": checks,
            "blocked_by": ["A-07", "A-25", "A-40", "A-46"],
            "contradicted_by": [str(row.pk)],
            "analyst": world.officers[analyst],
            "at": NOON,
            "digest": "f" * 64,
        },
    )
    return subject


def waiting(
    world: World, number: int, *, first: str = "C-FIRST", others: tuple[str, ...] = ()
) -> Observation:
    """An observation in a sealed file of its own, asked about and answered, first read as `first`, by nobody again.

    Rows of the answer are put down for the customers in the order given, an hour apart, that of `first` in the middle.
    """
    clerk, ip, text = (
        world.officers["intake_clerk"],
        f"198.51.100.{number}",
        f"2026-02-{number:02d} 10:00:00 +0530",
    )
    subject = Subject.objects.create(
        id=uid("read", number), number=f"S-9{number:05d}", lead_count=1, first_seen_at=NOON, last_seen_at=NOON
    )
    lead = report(900 + number, by=clerk, subject=subject)
    content = f"row,ip,time\n1,192.0.2.1,2025-01-01\n{number},{ip},{text}\n9,192.0.2.9,other\n".encode()
    digests = sealed.keep(content)
    kept, _ = SealedFile.objects.get_or_create(
        sha256=digests.sha256,
        defaults={
            "id": uid("kept", digests.sha256),
            "sha1": digests.sha1,
            "md5": digests.md5,
            "size": digests.size,
        },
    )
    Report.objects.filter(pk=lead.report_id).update(sealed=kept)
    at = NOON - timedelta(days=28 - number)
    row = Observation.objects.create(
        id=uid("to read", number), lead=lead, ip=ip, port=None, transport="", role="client", event="login",
        time_text=text, at=at, offset_minutes=330, offset_source="in_value", precision="second",
        locator=f"row {number}", provider_code="isp",
    )  # fmt: skip
    RequestRow.objects.create(
        id=uid("asked", number), request=_request(world), observation=row, reference=f"R-{number:04d}",
        rendered=rendered(ip, at),
    )  # fmt: skip
    for order, customer in enumerate((*others[:1], first, *others[1:])):
        start = at - timedelta(hours=2) + timedelta(hours=order)
        LeaseAnswer.objects.create(
            id=uid("lease row", number, order), provider=_provider(), sealed=kept, locator=f"line {order}",
            customer_ref=customer, address=ip, start_text=f"raw start {order}", start_at=start,
            end_text=f"raw end {order}", end_at=start + timedelta(hours=3),
        )  # fmt: skip
    Resolution.objects.create(
        id=uid("first reading", number), observation=row, state="unique", customer_ref=first, at=NOON,
        reasons=[{"code": "A-22", "text": "FIRST-RESULT-MARK", "text_ml": "FIRST-RESULT-MARK"}],
    )  # fmt: skip
    return row


def place(world: World, number: int, *, district: str = "ALPHA") -> Place:
    """A place nobody has entered."""
    station = Station.objects.get(district__code=district)
    return Place.objects.create(
        id=uid("to find", number), provider=_provider(), customer_ref=f"SECRET-CUSTOMER-{number}",
        address=f"Veedu {number}, Ward {number}, 12/{number}", locality="Naduvil", pincode="682001",
        latitude=9.6, longitude=76.6, district=station.district, station=station,
    )  # fmt: skip


def _provider() -> Provider:
    return Provider.objects.get(code="isp")


def _request(world: World) -> Any:
    from kaval.station.models import ProviderRequest

    row, _ = ProviderRequest.objects.get_or_create(
        number="REQ/2026/0900",
        defaults={
            "id": uid("request of readings"), "provider": _provider(), "legal_basis": "BNSS 94",
            "signed_by": world.officers["supervisor"], "sent_at": NOON, "due_at": NOON,
        },
    )  # fmt: skip
    return row


__all__ = ["held", "place", "waiting"]
