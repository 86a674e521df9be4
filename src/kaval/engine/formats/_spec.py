"""What every reader gives back: records that know their place in the source, and trouble as warnings.

A format is one file in `intake/`, `provider/`, `hashset/`, `device/` or `exchange/` that defines

    SPEC = FormatSpec(name=…, version=…, kind=…, title=…)
    def claims(file: ReceivedFile) -> bool                 # cheap: name and first bytes only
    def read(file: ReceivedFile) -> Reading[RecordType]    # ends in a Reading or a ReaderError, whatever the bytes

It is found by its folder; nothing is registered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from kaval.engine.kernel.instant import StatedTime

Record = TypeVar("Record", covariant=True)


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """A format's name, version of the reader, kind (`intake`, `provider`, …) and title for people."""

    name: str
    version: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """Bytes as received with the name they came under. `name` may be `archive.zip!member.xml`."""

    name: str
    content: bytes

    @property
    def base_name(self) -> str:
        """The last part of the name, without folders or archive."""
        return self.name.replace("!", "/").rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """Something a person must see: place in the file, stable code, text, and how to mend it (may be empty)."""

    place: str
    code: str
    text: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Reading(Generic[Record]):
    """What was read from one file: records in the order of the source, and every trouble met."""

    format: FormatSpec
    records: tuple[Record, ...]
    warnings: tuple[ReadWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class ObservationRecord:
    """An IP address seen at a time. `port` None: not stated. `role` `client` when the source documents it as the
    user's side.

    `event` is the provider's word (Login, Upload, …) or empty; `locator` is the place in the file.
    """

    ip: str
    port: int | None
    transport: str
    time: StatedTime
    event: str
    role: str
    locator: str


@dataclass(frozen=True, slots=True)
class IdentifierRecord:
    """An identifier as received with its kind; `scope` is the platform for accounts and handles, else empty.

    `party` says whose it is: `reported`, `recipient`, `victim`, `reporter`, `mentioned`.
    """

    kind: str
    value: str
    scope: str
    party: str
    locator: str


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file named by a report, never opened. `viewed_by_esp` True, False or None (not stated) are three things."""

    name: str
    hashes: tuple[tuple[str, str], ...]
    viewed_by_esp: bool | None
    tags: tuple[str, ...]
    locator: str


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """One received report in the form every intake format is brought to.

    `source_system` + `source_id` is the report's identity across every way it may arrive. `kind` is one of `cybertip`,
    `p2p`, `handle`, `tip`. `incident` is the stated time of the event (None: not stated). `signals` are neutral codes
    (`escalated`, `online_enticement`, `prior_reports`, `live_streaming`, …) that triage weighs. `fields` keeps every
    other named value as text, so that nothing received is dropped; `restricted` the values shown only on need
    (file names, group display names).
    """

    source_system: str
    source_id: str
    kind: str
    title: str
    incident: StatedTime | None
    observations: tuple[ObservationRecord, ...]
    identifiers: tuple[IdentifierRecord, ...]
    files: tuple[FileRecord, ...]
    signals: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    restricted: Mapping[str, str] = field(default_factory=dict)
    locator: str = ""


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """One row of an ISP's answer: who held an address (and port block) from when to when.

    `address` is an IPv4 address, an IPv6 prefix in CIDR form, or a translated public address with
    `port_low`/`port_high`.
    Ports None: the whole address. `end` None: open or unknown. `inner` is the carrier-internal address of a NAT row.
    """

    customer_ref: str
    address: str
    port_low: int | None
    port_high: int | None
    start: StatedTime
    end: StatedTime | None
    static: bool | None
    inner: str
    name: str
    address_text: str
    locator: str


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """One address of one customer as the ISP labels it.

    `address_kind` is `install`, `billing`, `kyc` or `unlabelled`; only `install` can become a place. `segment`
    is `HOME`,
    `BUSINESS`, `HOSTEL`, `SHARED` or empty. `holder_birth_year` None: not stated. Latitude and longitude are WGS84
    degrees as the ISP gave them, or None.
    """

    customer_ref: str
    name: str
    address_kind: str
    house_name: str
    ward: str
    door_number: str
    locality: str
    pincode: str
    segment: str
    latitude: float | None
    longitude: float | None
    active_from: datetime | None
    active_to: datetime | None
    holder_birth_year: int | None
    remarks: str
    locator: str
