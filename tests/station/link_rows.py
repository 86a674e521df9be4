"""Leads put down as intake leaves them, and what linking made of them as comparable values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kaval.engine.formats._spec import IdentifierRecord, LeadRecord
from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.rules import leads as rules
from kaval.station.copying import Rows
from kaval.station.ids import derive
from kaval.station.models import Identifier, Lead, LinkProposal, Officer, SealedFile, Subject, SubjectLead
from kaval.station.operations import lead_rows

PERSON = "personOrUserReported/personOrUserReportedPerson"


def key(kind: str, value: str, scope: str = "") -> IdentifierRecord:
    return IdentifierRecord(kind, value, scope, "reported", "/")


def put(
    number: int, *named: IdentifierRecord, by: Officer, at: datetime, name: str = "", birth: str = ""
) -> Lead:
    """A lead of the reported party's identifiers, and name and birth date if any."""
    restricted: dict[str, Any] = {}
    if name:
        first, _, last = name.partition(" ")
        restricted = {
            f"{PERSON}/firstName": first,
            f"{PERSON}/lastName": last,
            f"{PERSON}/dateOfBirth": birth,
        }
    record = LeadRecord(
        "ncmec", f"link-{number}", "cybertip", "", None, (), named, (), (), {}, restricted, "/report"
    )
    digests = digest_bytes(b"link")
    sealed, _ = SealedFile.objects.get_or_create(
        id=derive("sealed", digests.sha256),
        defaults={"sha256": digests.sha256, "sha1": digests.sha1, "md5": digests.md5, "size": 4, "pack": ""},
    )
    verdict = rules.accept(record, seen={}, content=f"{number:064x}")
    rows = Rows()
    leads = lead_rows.LeadRows(rows, at=at, by=by)
    taken = lead_rows.Taken(
        lead_rows.identity_of(record), record, verdict, sealed.id.hex, at, "ncmec_report_xml"
    )
    leads.add(taken, number)
    there = {row.hex for row in Identifier.objects.values_list("id", flat=True)}
    values = Rows()
    values.table(Identifier, lead_rows.IDENTIFIER).extend(
        row for id, row in leads.identifiers.items() if id not in there
    )
    values.write()
    rows.write()
    return Lead.objects.get(number=number)


def picture() -> dict[str, Any]:
    """Everything linking writes, by number: to compare two states."""
    return {
        "links": {
            number: (subject, sorted(str(reason) for reason in reasons))
            for number, subject, reasons in SubjectLead.objects.values_list(
                "lead__number", "subject__number", "reasons"
            )
        },
        "subjects": {
            number: (count, str(first), str(last), merged)
            for number, count, first, last, merged in Subject.objects.values_list(
                "number", "lead_count", "first_seen_at", "last_seen_at", "merged_into__number"
            )
        },
        "proposals": {
            (first, second): bits
            for first, second, bits in LinkProposal.objects.filter(state="open").values_list(
                "first__number", "second__number", "bits"
            )
        },
    }
