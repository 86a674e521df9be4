"""The facts of a team's packet: who goes, when, to which doors, on what basis, and what is known of each of them.

None means nobody recorded it and is printed as "not known"; instants are aware. A subscriber is not a suspect: no name
of a person at a place is here at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import HeadFacts, OfficerFacts
from kaval.engine.rules.court.sheet_facts import LookFacts, SaidFacts

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PointFacts:
    """Somewhere on a sketch, WGS84 degrees."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Somebody to ring: control_room, district_chief, magistrate, cwc, custodian, commander. `name` None: not named."""

    kind: str
    name: str | None


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """The short form of the attribution sheet.

    `oldest_at`, `newest_at`: supporting observations, None: none has an instant. `support`, `against`: how many.
    `independent` is the finding of check A-40; `reasons` what the checks found that is not simply passed.
    """

    subject: str
    level: int
    provider: str | None
    customer_ref: str | None
    support: int
    against: int
    oldest_at: datetime | None
    newest_at: datetime | None
    independent: SaidFacts | None
    reasons: tuple[SaidFacts, ...]
    passed: int
    usable: bool
    user_unknown: bool
    look: LookFacts | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class PacketStopFacts:
    """One place, in the order of the morning.

    `papers` are those of the basis with what they say, `missing` those nobody recorded, `owed` what is due afterwards
    with hours (None: forthwith). `same_wave`: kinds of links that tie it to other places. `limits`: outlines of the
    police station's area, (longitude, latitude).
    """

    number: int
    order: int
    arrive_at: datetime
    leave_at: datetime
    address: str
    point: PointFacts
    district: str
    station: PointFacts
    kind: str | None
    people_expected: int | None
    children_expected: bool | None
    woman_expected: bool | None
    armed: bool
    welfare_note: str | None
    cwc_contact: str | None
    witnesses: tuple[str, ...]
    not_before: datetime | None
    not_after: datetime | None
    sunrise: datetime | None
    sunset: datetime | None
    same_wave: tuple[str, ...]
    basis: str | None
    papers: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    owed: tuple[tuple[str, int | None], ...]
    evidence: EvidenceFacts
    limits: tuple[Ring, ...]
    source: SourceRef


@dataclass(frozen=True, slots=True)
class PacketFacts:
    """All that one packet says. `base` None: it is not known where the team sets out from."""

    head: HeadFacts
    team: str
    version: int
    members: tuple[tuple[str, OfficerFacts], ...]
    base: PointFacts | None
    contacts: tuple[ContactFacts, ...]
    expires_at: datetime
    stops: tuple[PacketStopFacts, ...]
    source: SourceRef
