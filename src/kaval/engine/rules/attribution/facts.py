"""Everything an attribution may rest on, as plain values; None always means nobody stated it.

The station fills these from stored rows. Instants are aware. Officers are named by id, never by a screen
name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kaval.engine.kernel.instant import StatedTime
from kaval.engine.kernel.interval import Interval
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.answer import Resolution
from kaval.engine.rules.attribution.intelligence import Intelligence
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.rows import Subscriber


@dataclass(frozen=True, slots=True)
class Reread:
    """What a reader makes of the sealed bytes at an observation's locator, read anew (A-01)."""

    ip: str
    port: int | None
    utc: datetime | None


@dataclass(frozen=True, slots=True)
class PeerFacts:
    """What a file-sharing monitor states about one observation (A-43); None: it does not say.

    `single_peer`: all of it came from this one peer. `verified`: the pieces' digests were compared. `share` is how
    much of the file it had (0..1), `sightings` how often it was seen.
    """

    single_peer: bool | None = None
    verified: bool | None = None
    share: float | None = None
    sightings: int | None = None


@dataclass(frozen=True, slots=True)
class ViewingFacts:
    """Whether a person at the provider viewed the file or only a digest matched, and which list (A-44)."""

    viewed: bool | None = None
    hash_list: str = ""


@dataclass(frozen=True, slots=True)
class ObservationFacts:
    """One address seen at one time, with the sealed place it was read from.

    `role` is `client` when the source documents the column as the user's side. `received_at` is when the
    report came. `midnight_share` is the share (0..1) of the file's rows whose time is exactly 00:00:00.
    `typed` is True when any field was typed by hand, `double_entry` when two officers typed the same blind.
    `intact`: the sealed bytes were compared with their digest (None: nobody did); `reread` is what a reader makes of
    those bytes at the locator today. `time_of` is what the time is the time of: `event`, `report`, `receipt`, `file`,
    or empty when the source does not say. `zone` is the IANA name of the source's zone when it has summer time,
    `other_utc` the further instants the text may mean (the repeated hour). `channel` is `platform`, `p2p`, `officer`
    or `tip`. `peer` for channel p2p, `viewing` for channel platform; None: the export does not say. `order_settled`
    and `clock_settled`: a checked profile, or another row of the same file, settles the order of day and month (A-11)
    and the 12- or 24-hour clock (A-12); False: it leaves them open; None: the text alone is judged.
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
    intact: bool | None = None
    reread: Reread | None = None
    time_of: str = ""
    reported_at: datetime | None = None
    zone: str = ""
    other_utc: tuple[datetime, ...] = ()
    channel: str = ""
    peer: PeerFacts | None = None
    viewing: ViewingFacts | None = None
    order_settled: bool | None = None
    clock_settled: bool | None = None


@dataclass(frozen=True, slots=True)
class GroundFacts:
    """What local police found when they looked for the address, before any entry (A-46, A-47, A-48).

    `occupant_at_event` is `same`, `other` or `unknown`; `wifi` is `secured`, `open`, `shared` or `unknown`.
    `resident_until` is when those of the event moved out, None while they live there.
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
    resident_until: date | None = None


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
class AnswerFileFacts:
    """One sealed answer file, by its SHA-256, and what is on record about it.

    `intact` as for an observation. `template` is the fingerprint of its headers and forms, `template_accepted` whether
    it equals one a person accepted (A-32). `half_day`: it shows no hour of 13 or later though it has rows enough
    (A-33); `zone_drift`: its echoed times stand off those asked by a constant number of minutes. `caveats` are the
    ISP's own words of warning; None: nobody looked (A-37). `channel_agreed`: it came the agreed way from the agreed
    sender; `certificate` is `received`, `asked` or empty (A-39).
    """

    sha256: str
    isp_id: str
    intact: bool | None = None
    template: str = ""
    template_accepted: bool | None = None
    half_day: bool = False
    zone_drift: int | None = None
    caveats: tuple[str, ...] | None = None
    channel_agreed: bool | None = None
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Quirk:
    """A known peculiarity of an ISP's answers over a time, in words, with its code and who says so."""

    code: str
    text: str
    valid: Interval
    source: str = ""


@dataclass(frozen=True, slots=True)
class IspFacts:
    """An ISP as the register knows it. `kind` is `fixed`, `mobile`, `hosting`, `platform` or `own`.

    `shares_addresses`: it runs carrier NAT somewhere; None: not known. `retention_days` None: the general limit.
    `as_numbers` are its networks in the routing table, `nat64` the prefixes of its own address translation.
    """

    isp_id: str
    name: str = ""
    kind: str = ""
    shares_addresses: bool | None = None
    retention_days: int | None = None
    as_numbers: frozenset[int] = frozenset()
    nat64: tuple[str, ...] = ()
    quirks: tuple[Quirk, ...] = ()


@dataclass(frozen=True, slots=True)
class Corroboration:
    """A fact that ties the subject to the place or the person without an address (A-42), by a named officer or rule.

    `kind` is `phone`, `email_recovery`, `device`, `second_report`, `payment_delivery`, `profile`, or `location` for
    where a mobile line was at the event (A-35).
    """

    kind: str
    text: str
    source: SourceRef
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Deconfliction:
    """Somebody asked whether another unit, state, undercover or victim account holds the identifiers (A-50).

    `conflict` None: asked and not answered. `reference` names whom to ask when there is one.
    """

    checked_at: datetime
    by: str
    conflict: bool | None
    reference: str = ""


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
    list_age_days: int = 30


@dataclass(frozen=True, slots=True)
class AttributionFacts:
    """One subject and all that is on record about where the subject was seen.

    `as_of` is when the attribution is made, `entry_at` when a search would start; both aware. `analyst_id`
    made the first reading. `resolutions`, `requests` and `second_readings` belong to observations by id.
    `subscribers` are rows of the answering ISPs as (isp_id, row). `grounds` are verifications as ((isp_id,
    customer_ref), facts). `searched_observations` are observation ids an earlier search already rested on;
    None: nobody looked. `account_birth_year` is what the platform states about the account holder;
    `likely_child` what an officer noted. `answer_files` are the files that resolutions and subscriber rows come from,
    `profiles_intact` whether the reading profiles they rest on still have their digest. `other_resolutions` resolve
    the further readings of a repeated hour (A-14). `lead_basis` is what the leads rest on: `content`, `transfer`,
    `login`, `upload`, `registration`, `card`, `email`, `phone` (A-45); None: nobody looked. `place_origin` is
    `provider`, or `geoip` when a location came from an address table (A-09).
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
    answer_files: tuple[AnswerFileFacts, ...] = ()
    profiles_intact: bool | None = None
    isps: Mapping[str, IspFacts] = field(default_factory=dict)
    intelligence: Intelligence | None = None
    other_resolutions: tuple[Resolution, ...] = ()
    corroborations: tuple[Corroboration, ...] = ()
    deconfliction: Deconfliction | None = None
    lead_basis: frozenset[str] | None = None
    place_origin: str = "provider"
    scene: SceneFacts | None = None
    limits: Limits = field(default_factory=Limits)
