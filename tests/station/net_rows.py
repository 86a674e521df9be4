"""Rows around the console's small station for tests of connections: identifiers, proposals, decisions, notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from kaval.station.ids import derive, forget_key
from kaval.station.models import (
    Identifier,
    Lead,
    LeadFacts,
    LeadIdentifier,
    LinkDecision,
    LinkProposal,
    Notice,
    Observation,
    Officer,
    Report,
    SealedFile,
    Subject,
    SubjectLead,
)
from tests.station.console_rows import EMPTY_RECORD, NOON, World, build, uid


@contextmanager
def lasting() -> Iterator[World]:
    """The small station for all tests of a module, rolled back at its end; each test works on a savepoint."""
    around = transaction.atomic()
    around.__enter__()
    try:
        forget_key()
        yield build()
    finally:
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
        forget_key()


def identifier(value: str, *, kind: str = "email", strength: str = "strong") -> Identifier:
    """An identifier, once."""
    row, _ = Identifier.objects.get_or_create(
        kind=kind, value=value, defaults={"id": uid("net", kind, value), "strength": strength}
    )
    return row


def names(lead: Lead, row: Identifier, *, party: str = "reported") -> None:
    """The report of the lead names the identifier."""
    LeadIdentifier.objects.create(
        id=uid("net use", lead.number, row.pk, party),
        lead=lead,
        identifier=row,
        party=party,
        as_received=row.value,
    )


def report(number: int, *, by: Officer, subject: Subject | None = None) -> Lead:
    """A lead with a number of its own, of a subject or of nobody."""
    sealed = SealedFile.objects.create(
        id=uid("net sealed", number), sha256=f"{number + 9000:064x}", sha1="1" * 40, md5="2" * 32, size=10
    )
    made = Report.objects.create(
        id=uid("net report", number),
        source_system="ncmec",
        source_id=f"N{number}",
        kind="cybertip",
        title=f"Report {number}",
        sealed=sealed,
        received_at=NOON,
        fields={"_record": {**EMPTY_RECORD, "source_system": "ncmec", "kind": "cybertip"}},
    )
    lead = Lead.objects.create(
        id=uid("net lead", number), number=number, report=made, state="accepted", accepted_at=NOON, by=by
    )
    LeadFacts.objects.create(id=derive("facts", lead.pk), lead=lead)
    if subject is not None:
        SubjectLead.objects.create(
            id=derive("subject lead", lead.pk), subject=subject, lead=lead, reasons=[], by=by, at=NOON
        )
    return lead


def subject(number: int, leads: int = 1) -> Subject:
    """A subject of this number, as linking would number it: by its oldest lead."""
    return Subject.objects.create(
        id=derive("subject", uid("net lead", number)),
        number=f"S-{number:06d}",
        lead_count=leads,
        first_seen_at=NOON,
        last_seen_at=NOON,
        assessed_at=NOON,
    )


def seen_at(lead: Lead, ip: str) -> None:
    """The report of the lead has seen somebody at the address."""
    Observation.objects.create(
        id=uid("net seen", lead.number, ip),
        lead=lead,
        ip=ip,
        role="client",
        time_text="x",
        at=NOON,
        offset_source="none",
        precision="second",
        locator="row",
    )


def proposal(first: Lead, second: Lead, *, bits: float = 8.5) -> LinkProposal:
    """An open proposal that two reports are about one person."""
    return LinkProposal.objects.create(
        id=uid("net proposal", first.number, second.number),
        first=first,
        second=second,
        bits=bits,
        reasons=[
            {"code": "name", "text": "the names are alike", "text_ml": "പേരുകൾ സമാനം", "weight": bits + 2},
            {"code": "place", "text": "the places differ", "text_ml": "സ്ഥലങ്ങൾ വ്യത്യസ്തം", "weight": -2.0},
        ],
        proposed_at=NOON,
    )


def notice(lead: Lead, kind: str, reference: str, *, of: Subject | None = None) -> Notice:
    """A notice nobody has seen."""
    return Notice.objects.create(
        id=uid("net notice", lead.number, kind, reference),
        kind=kind,
        lead=lead,
        subject=of,
        reference=reference,
        text=f"{kind} in words",
        text_ml=f"{kind} മലയാളം",
        raised_at=NOON,
    )


def decision(
    these: Iterable[int], those: Iterable[int] = (), *, by: Officer, at: datetime = NOON
) -> LinkDecision:
    """A decision on links that holds."""
    return LinkDecision.objects.create(
        id=uid("net decision", *these, *those),
        kind="apart" if those else "join",
        these=list(these),
        those=list(those),
        text="because",
        by=by,
        at=at,
    )


def big_subject(number: int, *, by: Officer, things: int = 200) -> Subject:
    """A subject of many things, none of which may be put together: every report names something of its own."""
    one = subject(number, leads=things // 4)
    shared = [identifier(f"shared.{at}@example.org") for at in range(6)]
    for at in range(things // 4):
        lead = report(number * 1000 + at, by=by, subject=one)
        names(lead, shared[at % 6])
        names(lead, identifier(f"account.of.the.report.{at}@mail.example.org"))
        if at % 3 == 0:
            names(lead, identifier(f"+9100000{at:05d}", kind="phone"))
        for part in range(2 if at % 2 else 1):
            seen_at(lead, f"198.18.{at}.{part + 1}")
    other = subject(number + 1)
    names(report(number * 1000 + 999, by=by, subject=other), shared[0])
    return one
