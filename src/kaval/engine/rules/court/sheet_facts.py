"""The facts of an attribution sheet: each hop from an address to a person, every check, and what speaks against it.

None means nobody recorded it; instants are aware; every hop points at sealed bytes or at the ledger entry of its act.
No name of a subscriber is here at all: until level 4 the sheet speaks of a provider's customer reference (A-65).
Source: law_and_procedure.md 3.2 and 3.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kaval.engine.kernel.interval import Interval
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import HeadFacts, OfficerFacts


@dataclass(frozen=True, slots=True)
class SaidFacts:
    """A sentence of the engine in both languages; an empty `text_ml` is shown in English."""

    text: str
    text_ml: str = ""


@dataclass(frozen=True, slots=True)
class AskedFacts:
    """The row by which a provider was asked about one observation, as it was sent."""

    request: str
    reference: str
    provider: str
    sent_at: datetime
    signed_by: OfficerFacts
    ip: str
    port: int | None
    utc_text: str
    ist_text: str
    source: SourceRef


@dataclass(frozen=True, slots=True)
class LeaseFacts:
    """The row of an answer that names the customer. Texts are as written; an instant is None when none is stated."""

    customer_ref: str
    address: str
    port_low: int | None
    port_high: int | None
    start_text: str
    start_at: datetime | None
    end_text: str
    end_at: datetime | None
    static: bool | None
    received_at: datetime | None
    source: SourceRef

    def margins(self, window: tuple[datetime, datetime]) -> tuple[timedelta, timedelta | None] | None:
        """How far the observed window lies from the lease's start and from its end; None for an end nobody stated.

        Negative: the window sticks out. None: the lease states no start.
        """
        if self.start_at is None or (self.end_at is not None and self.end_at < self.start_at):
            return None
        span = Interval(self.start_at, self.end_at)
        return window[0] - span.start, None if span.end is None else span.end - window[1]


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What a named officer put on record. `about` is the number of an observation on this sheet, None: the subject."""

    text: str
    by: OfficerFacts
    at: datetime
    source: SourceRef
    about: int | None = None


@dataclass(frozen=True, slots=True)
class SeenFacts:
    """One observation and how far it was followed.

    `number` counts from 1 on the sheet. `stands` is `support`, `against` or `open` (it says nothing either way).
    `zone_from` says where the offset came from; `window` is the UTC interval the text may stand for, clock error
    included. `state` is `unique`, `ambiguous`, `none`, or empty while there is no answer. `others` are customers the
    answer names beside or instead of this one.
    """

    number: int
    observation_id: str
    stands: str
    ip: str
    port: int | None
    transport: str
    role: str
    event: str
    as_received: str
    at: datetime | None
    zone_from: str
    precision: str
    window: tuple[datetime, datetime] | None
    lead: str
    source: SourceRef
    asked: AskedFacts | None = None
    lease: LeaseFacts | None = None
    state: str = ""
    reasons: tuple[SaidFacts, ...] = ()
    others: tuple[str, ...] = ()
    explained: tuple[NoteFacts, ...] = ()
    second: tuple[tuple[OfficerFacts, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One address of the customer as the provider labels it. `address` is None below level 2, and for other kinds."""

    address_kind: str
    segment: str | None
    active_from: datetime | None
    active_to: datetime | None
    address: str | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class LookFacts:
    """What the local station found when it looked for the address, before any entry."""

    station: str
    by: OfficerFacts
    verified_at: datetime
    unit_found: bool
    single_match: bool
    occupant_at_event: str
    resident_since: str | None
    resident_until: str | None
    wifi: str
    children_seen: bool | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device seized at the place. `known` counts files whose digest stands on a list; None: not examined yet."""

    number: str
    description: str
    seal: str
    known: int | None
    image_sha256: str | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What ties one person to the use of a device, as the arrest entry lists it; the person is a reference."""

    number: str
    evidence: tuple[str, ...]
    at: datetime
    source: SourceRef


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """One check of the catalogue with its outcome. `verdict` UNKNOWN stands also for a check nobody could make yet."""

    check: str
    stage: str
    kind: str
    verdict: str
    rule: SaidFacts
    found: SaidFacts


@dataclass(frozen=True, slots=True)
class LiftedFacts:
    """A HOLD that a named officer let pass. `counted`: the rules accepted it when the sheet's level was worked out."""

    check: str
    note: NoteFacts
    rank: str
    withdrawn: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class TieFacts:
    """A fact beyond addresses that ties the subject to the place or the person (A-42)."""

    kind: str
    note: NoteFacts


@dataclass(frozen=True, slots=True)
class AskedAroundFacts:
    """Whether another unit, state, undercover or victim account holds the identifiers (A-50). None: not answered."""

    asked: str
    conflict: bool | None
    note: NoteFacts


@dataclass(frozen=True, slots=True)
class CaveatFacts:
    """A provider's own words of warning, or a peculiarity the unit knows of; `origin` says which and since when."""

    origin: SaidFacts
    text: str
    source: SourceRef


@dataclass(frozen=True, slots=True)
class BasisFacts:
    """One thing with a digest that the attribution rests on; `broken`: it no longer has that digest."""

    role: str
    reference: str
    digest: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class HeldBackFacts:
    """A confirmed error elsewhere shares something with this attribution (A-61): it may not be used."""

    shared: str
    reference: str
    error: str
    since: datetime
    source: SourceRef


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """All that one attribution sheet says.

    `level` 0 to 4; `place` None below level 2. `made_at` is when the level was worked out, `entry_at` the entry it was
    worked out for. `seen` in the order of their times. `flags`: `user_unknown` when the Wi-Fi is open or not known.
    `approved` are the two signatures under the plan that holds the place, with the plan's code.
    """

    head: HeadFacts
    subject: str
    level: int
    made_by: OfficerFacts
    made_at: datetime
    entry_at: datetime | None
    provider: str | None
    customer_ref: str | None
    place: str | None
    seen: tuple[SeenFacts, ...]
    lines: tuple[LineFacts, ...]
    look: LookFacts | None
    devices: tuple[DeviceFacts, ...]
    persons: tuple[PersonFacts, ...]
    results: tuple[ResultFacts, ...]
    stopped_by: tuple[str, ...]
    basis: tuple[BasisFacts, ...]
    source: SourceRef
    second_readers: tuple[OfficerFacts, ...] = ()
    approved: tuple[tuple[OfficerFacts, datetime, str], ...] = ()
    lifted: tuple[LiftedFacts, ...] = ()
    ties: tuple[TieFacts, ...] = ()
    asked_around: AskedAroundFacts | None = None
    caveats: tuple[CaveatFacts, ...] = ()
    held_back: tuple[HeldBackFacts, ...] = ()
    broken_at: datetime | None = None
    quarantined_at: datetime | None = None
    flags: tuple[str, ...] = ()

    @property
    def broken(self) -> tuple[BasisFacts, ...]:
        """What no longer has the digest it was sealed with."""
        return tuple(one for one in self.basis if one.broken)

    @property
    def usable(self) -> bool:
        """False while a seal is broken or the attribution is in quarantine."""
        return not (self.broken or self.broken_at or self.held_back or self.quarantined_at)

    def standing(self, stands: str) -> tuple[SeenFacts, ...]:
        """The observations that support it, speak against it, or say nothing (`support`, `against`, `open`)."""
        return tuple(one for one in self.seen if one.stands == stands)
