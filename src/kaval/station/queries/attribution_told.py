"""What reports say about how an address was seen: of which moment the time is, by which channel it came, what the
monitor verified, whether anybody viewed the file, on what the lead rests.

The station keeps of a report every named value as text; what a sender does not state stays None.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.fields.json import KeyTextTransform, KeyTransform

from kaval.engine.kernel.instant import parse_iso
from kaval.engine.rules.attribution.facts import PeerFacts, ViewingFacts
from kaval.station.models import Lead, LeadFacts, LeadIdentifier, Observation, Report, ReportedFile

# Readers whose addresses stand beside the time they were seen, in a place documented for that.
EVENT_FORMATS = frozenset(
    (
        "ncmec_report_xml", "ncmec_file_details_xml", "ncmec_le_json", "ncmec_le_pdf", "p2p_lead_csv",
        "p2p_lead_profiled", "provider_direct_json", "agency_request_json", "field_lead_json",
    )
)  # fmt: skip
# The header a mail server adds dates the passing of the message, not what the message is about.
RECEIPT_FORMATS = frozenset(("tip_email",))
_CHANNELS = {"cybertip": "platform", "p2p": "p2p", "tip": "tip"}
_MADE = frozenset(("registration", "creation", "account creation", "account created", "sign up"))
_PEER = (
    "peer_single",
    "pieces_verified",
    "peer_share",
    "peer_sightings",
    "piece_count_have",
    "piece_count_total",
)
_SENT = ("sent_at", "dateReceived")
_YES = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
_EVENTS = {"login": "login", "upload": "upload"} | dict.fromkeys(_MADE, "registration")
_REGISTERED = {"email": "email", "phone": "phone", "upi": "card"}
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Told:
    """What one lead's report says of all its observations; `account_created_at` None: not stated."""

    reported_at: datetime | None = None
    peer: PeerFacts | None = None
    viewing: ViewingFacts | None = None
    account_created_at: datetime | None = None


def channel_of(kind: str, source_system: str) -> str:
    """`platform`, `p2p`, `tip` or `officer`: a provider's own report is a platform's, whatever kind its lead has."""
    if source_system.startswith("provider:"):
        return "platform"
    return _CHANNELS.get(kind, "officer")


def time_of(format: str, *, origin: str) -> str:
    """What a time in a report of this format is the time of; empty: the source does not say."""
    if origin != "field":
        return ""
    return "event" if format in EVENT_FORMATS else "receipt" if format in RECEIPT_FORMATS else ""


def formats_of(reports: Collection[UUID]) -> dict[UUID, str]:
    """The format each report was read by, where the file it came in held several."""
    found: dict[UUID, str] = {}
    said = KeyTextTransform("format", KeyTransform("_record", "fields"))
    for some in chunks(reports):
        found |= dict(Report.objects.filter(id__in=some).values_list("id", said))
    return found


def told(leads: Collection[UUID]) -> dict[UUID, Told]:
    """What the reports of these leads say beside the addresses, by lead."""
    found: dict[UUID, Told] = {}
    for some in chunks(leads):
        made, viewed = _made_at(some), _viewed(some)
        columns = [KeyTextTransform(name, "fields") for name in (*_SENT, *_PEER)]
        rows = Report.objects.filter(lead__in=some).values_list("lead__id", "kind", *columns)
        for lead, kind, *values in rows:
            sent = next((parse_iso(text).utc for text in values[: len(_SENT)] if text), None)
            peer = dict(zip(_PEER, values[len(_SENT) :], strict=True))
            found[lead] = Told(sent, _peer(peer) if kind == "p2p" else None, viewed.get(lead), made.get(lead))
    return found


def lead_basis(subjects: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """On what the accepted leads of each subject rest (A-45): content, transfer, what was done, or a registration."""
    found: dict[UUID, set[str]] = {subject: set() for subject in subjects}
    for some in chunks(subjects):
        leads = Lead.objects.filter(subject_link__subject__in=some, state="accepted")
        for subject, kind, system, signals in leads.values_list(
            "subject_link__subject", "report__kind", "report__source_system", "report__signals"
        ):
            if kind == "p2p":
                found[subject].add("transfer")
            elif channel_of(kind, system) == "platform" and signals:
                found[subject].add("content")
        seen = Observation.objects.filter(lead__subject_link__subject__in=some, origin="field")
        for subject, event in seen.values_list("lead__subject_link__subject", "event").distinct():
            if event.casefold() in _EVENTS:
                found[subject].add(_EVENTS[event.casefold()])
        files = ReportedFile.objects.filter(lead__subject_link__subject__in=some)
        for subject in files.values_list("lead__subject_link__subject", flat=True).distinct():
            found[subject].add("content")
        named = LeadIdentifier.objects.filter(
            lead__subject_link__subject__in=some, party="reported", identifier__kind__in=_REGISTERED
        )
        for subject, kind in named.values_list("lead__subject_link__subject", "identifier__kind").distinct():
            found[subject].add(_REGISTERED[kind])
    return {subject: frozenset(basis) for subject, basis in found.items()}


def birth_years(subjects: Collection[UUID]) -> dict[UUID, int]:
    """The latest year of birth any platform states for the holder: where two differ, the one that may be a child's."""
    found: dict[UUID, int] = {}
    for some in chunks(subjects):
        said = LeadFacts.objects.filter(lead__subject_link__subject__in=some).values_list(
            "lead__subject_link__subject", KeyTransform("births", "facts")
        )
        for subject, births in said:
            for year in (int(text[:4]) for text in births or () if text[:4].isdigit()):
                found[subject] = max(year, found.get(subject, year))
    return found


def chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """The identifiers in order, a few thousand at a time."""
    listed = sorted(ids)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _made_at(leads: list[UUID]) -> dict[UUID, datetime]:
    """When the account was made, where the report gives the address it was made from."""
    rows = Observation.objects.filter(lead__in=leads, at__isnull=False, role="client").values_list(
        "lead_id", "event", "at"
    )
    found: dict[UUID, datetime] = {}
    for lead, event, at in rows:
        if at is not None and event.casefold() in _MADE:
            found[lead] = min(at, found.get(lead, at))
    return found


def _viewed(leads: list[UUID]) -> dict[UUID, ViewingFacts]:
    """Whether a person viewed any file of the report, and what list a file was matched with."""
    said: dict[UUID, list[tuple[bool | None, list[str]]]] = defaultdict(list)
    for lead, viewed, tags in ReportedFile.objects.filter(lead__in=leads).values_list(
        "lead_id", "viewed_by_esp", "tags"
    ):
        said[lead].append((viewed, tags))
    return {
        lead: ViewingFacts(
            True
            if any(viewed for viewed, _ in files)
            else None
            if any(v is None for v, _ in files)
            else False,
            "; ".join(sorted({tag for _, tags in files for tag in tags if "hash" in tag.casefold()})),
        )
        for lead, files in said.items()
    }


def _peer(said: Mapping[str, Any]) -> PeerFacts:
    have, total = _number(said["piece_count_have"]), _number(said["piece_count_total"])
    share = _number(said["peer_share"])
    if share is None and have is not None and total:
        share = have / total
    sightings = _number(said["peer_sightings"])
    return PeerFacts(
        _YES.get((said["peer_single"] or "").strip().casefold()),
        _YES.get((said["pieces_verified"] or "").strip().casefold()),
        share,
        None if sightings is None else int(sightings),
    )


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
