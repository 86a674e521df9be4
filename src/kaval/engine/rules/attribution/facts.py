"""Everything an attribution may rest on, as plain values; None always means nobody stated it.

The station fills these from stored rows. Instants are aware. Officers are named by id, never by a screen
name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kaval.engine.kernel.instant import StatedTime
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.answer import Resolution
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.rows import Subscriber


@dataclass(frozen=True, slots=True)
class ObservationFacts:
    """One address seen at one time, with the sealed place it was read from.

    `role` is `client` when the source documents the column as the user's side. `received_at` is when the
    report came. `midnight_share` is the share (0..1) of the file's rows whose time is exactly 00:00:00.
    `typed` is True when any field was typed by hand, `double_entry` when two officers typed the same blind.
    """

    observation_id: str
    ip: str
    port: int | None
    transport: str
    time: StatedTime
    role: str
    event: str
    lead_id: str
    source: SourceRef
    received_at: datetime | None = None
    account_created_at: datetime | None = None
    midnight_share: float | None = None
    typed: bool = False
    double_entry: bool = False


@dataclass(frozen=True, slots=True)
class GroundFacts:
    """What local police found when they looked for the address, before any entry (A-46, A-47, A-48).

    `occupant_at_event` is `same`, `other` or `unknown`; `wifi` is `secured`, `open`, `shared` or `unknown`.
    """

    verified_at: datetime | None
    verified_by: str
    station_id: str
    unit_found: bool | None
    single_match: bool | None
    house_name: str
    ward: str
    door_number: str
    occupant_at_event: str = "unknown"
    resident_since: date | None = None
    wifi: str = "unknown"
    children_seen: bool | None = None


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What a second officer, not shown the first result, read for one observation. Empty `customer_ref`:
    nobody."""

    observation_id: str
    isp_id: str
    customer_ref: str
    read_by: str


@dataclass(frozen=True, slots=True)
class Override:
    """A named officer lets one HOLD pass with a reason. It never lifts a BLOCK.

    Empty `observation_id`: for the whole subject.
    """

    check: str
    by: str
    rank: str
    at: datetime
    reason: str
    observation_id: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one observation of the account points to another customer, on record and by name (A-41)."""

    observation_id: str
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class SceneFacts:
    """What the search brought: devices with traces (level 3) and what ties one person to their use (level 4).

    `person_evidence` names facts such as an account logged in; `subscriber` or `resident` alone is refused
    (A-63).
    """

    devices_with_traces: tuple[SourceRef, ...] = ()
    person_evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of the rules, set per unit; defaults from law_and_procedure.md 3.4 (design defaults, not
    law)."""

    lease_margin_s: int = 300
    independent_h: int = 24
    needed_observations: int = 2
    ground_days: int = 14
    fresh_days: int = 90
    stale_days: int = 180
    retention_days: int = 730
    handling_days: int = 30
    retention_warn_days: int = 540
    midnight_share: float = 0.2
    adult_years: int = 18


@dataclass(frozen=True, slots=True)
class AttributionFacts:
    """One subject and all that is on record about where the subject was seen.

    `as_of` is when the attribution is made, `entry_at` when a search would start; both aware. `analyst_id`
    made the first reading. `resolutions`, `requests` and `second_readings` belong to observations by id.
    `subscribers` are rows of the answering ISPs as (isp_id, row). `grounds` are verifications as ((isp_id,
    customer_ref), facts). `searched_observations` are observation ids an earlier search already rested on;
    None: nobody looked. `account_birth_year` is what the platform states about the account holder;
    `likely_child` what an officer noted. `drifting_isps` are ISPs whose answer failed
    `answer.twelve_hour_drift` (A-33).
    """

    subject_id: str
    observations: tuple[ObservationFacts, ...]
    allocation: AllocationTable
    as_of: datetime
    entry_at: datetime
    analyst_id: str
    resolutions: tuple[Resolution, ...] = ()
    requests: tuple[RequestRow, ...] = ()
    second_readings: tuple[SecondReading, ...] = ()
    subscribers: Sequence[tuple[str, Subscriber]] = ()
    grounds: tuple[tuple[tuple[str, str], GroundFacts], ...] = ()
    overrides: tuple[Override, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    searched_observations: frozenset[str] | None = None
    account_birth_year: int | None = None
    likely_child: bool | None = None
    drifting_isps: frozenset[str] = frozenset()
    scene: SceneFacts | None = None
    limits: Limits = field(default_factory=Limits)
