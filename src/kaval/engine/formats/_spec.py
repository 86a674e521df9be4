"""What every reader gives back: records that know their place in the source, and trouble as warnings.

A format is one file in `intake/`, `provider/`, `hashset/`, `device/` or `exchange/` that defines

    SPEC = FormatSpec(name=…, version=…, kind=…, title=…)
    def claims(file: ReceivedFile) -> bool                 # cheap: name and `file.head()` only
    def read(file: ReceivedFile) -> Reading[RecordType]    # ends in a Reading or a ReaderError, whatever the bytes

It is found by its folder; nothing is registered. A format whose files may be larger than memory also defines

    def stream(file: ReceivedFile) -> Iterator[RecordType | ReadWarning]   # in the order of the source

and lets `read` be `collect(SPEC, stream(file))`. A stream may end in a ReaderError after it gave records: what it
gave stands only if it says so, therefore it checks what can be checked before the first record.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Generic, Protocol, TypeVar

from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import StatedTime

if TYPE_CHECKING:
    from kaval.engine.formats.profile import Profile

Record = TypeVar("Record", covariant=True)

HEAD_BYTES = 64 * 1024
# A document (report, letter, sheet of paper) is read whole; no honest one comes near this. Tables are streamed.
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """A format's name, version of the reader, kind (`intake`, `provider`, …) and title for people."""

    name: str
    version: str
    kind: str
    title: str


class Stored(Protocol):
    """Bytes that lie somewhere else: `size` in bytes, and a seekable binary stream as often as asked."""

    @property
    def size(self) -> int: ...
    def open(self) -> BinaryIO: ...


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """Bytes as received with the name they came under. `name` may be `archive.zip!member.xml`.

    `stored` is the bytes themselves, or where they lie when they may be larger than memory. `profiles` are the
    confirmed profiles a reader of free layouts may choose from; one that does not fit the file's header is not used.
    """

    name: str
    stored: bytes | Stored
    profiles: tuple[Profile, ...] = ()

    @property
    def base_name(self) -> str:
        """The last part of the name, without folders or archive."""
        return self.name.replace("!", "/").rsplit("/", 1)[-1]

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.stored) if isinstance(self.stored, bytes) else self.stored.size

    @property
    def content(self) -> bytes:
        """All the bytes of a document.

        Raises:
            ReaderError: larger than 64 MiB; such a file can only be streamed.
        """
        if isinstance(self.stored, bytes):
            return self.stored
        if self.size > MAX_DOCUMENT_BYTES:
            raise ReaderError(
                f"larger than {MAX_DOCUMENT_BYTES} bytes: no report is this large",
                file=self.name,
                mend="Ask the sender for one file a report, or for the list as CSV",
            )
        with self.stored.open() as stream:
            return stream.read()

    def head(self, size: int = HEAD_BYTES) -> bytes:
        """The first bytes, for `claims`."""
        if isinstance(self.stored, bytes):
            return self.stored[:size]
        with self.stored.open() as stream:
            return stream.read(size)

    def open(self) -> BinaryIO:
        """A seekable stream over all the bytes, from the first."""
        return io.BytesIO(self.stored) if isinstance(self.stored, bytes) else self.stored.open()


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


def collect(spec: FormatSpec, items: Iterable[Record | ReadWarning]) -> Reading[Record]:
    """The Reading of a stream that fits into memory."""
    records: list[Record] = []
    warnings: list[ReadWarning] = []
    for item in items:
        if isinstance(item, ReadWarning):
            warnings.append(item)
        else:
            records.append(item)
    return Reading(spec, tuple(records), tuple(warnings))


def items_of(reading: Reading[Record]) -> Iterator[Record | ReadWarning]:
    """A Reading as a stream: its warnings, then its records."""
    yield from reading.warnings
    yield from reading.records


FIELD, FREE_TEXT = "field", "free_text"


@dataclass(frozen=True, slots=True)
class ObservationRecord:
    """An IP address seen at a time. `port` None: not stated. `role` `client` when the source documents it as the
    user's side.

    `event` is the provider's word (Login, Upload, …) or empty; `locator` is the place in the file. `origin` and
    `confidence` as in IdentifierRecord; an address from free text has the role `mentioned`.
    """

    ip: str
    port: int | None
    transport: str
    time: StatedTime
    event: str
    role: str
    locator: str
    origin: str = FIELD
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierRecord:
    """An identifier as received with its kind; `scope` is the platform for accounts and handles, else empty.

    `party` says whose it is: `reported`, `recipient`, `victim`, `reporter`, `mentioned`. `origin` is `field` when
    the source has a place for such a value, `free_text` when it was found in running text: then the party is
    `mentioned`, and it links nobody by itself. `confidence` is empty for a format that says what each value is, else
    `high`, `medium` or `low`: how surely the layout (a PDF's labels) names it.
    """

    kind: str
    value: str
    scope: str
    party: str
    locator: str
    origin: str = FIELD
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file named by a report, never opened. `viewed_by_esp` True, False or None (not stated) are three things.

    `hashes` are (kind, value) in normal form where the kind is known: md5, sha1, sha256, ed2k, aich, tth.
    """

    name: str
    hashes: tuple[tuple[str, str], ...]
    viewed_by_esp: bool | None
    tags: tuple[str, ...]
    locator: str


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """A file that came beside the reports of a package, digested as it lay and never opened.

    `report` is the report number its folder or name gives, empty when neither does. Sizes in bytes, digests in hex.
    """

    name: str
    size: int
    sha256: str
    sha1: str
    md5: str
    report: str
    locator: str


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """One received report in the form every intake format is brought to.

    `source_system` + `source_id` is the report's identity across every way it may arrive. `kind` is one of `cybertip`,
    `p2p`, `handle`, `tip`, `request` (another agency's), `recidivism`, `spill_over`; `cybertip_file` is a part that
    joins its report. `handling` is NCMEC's own sorting, `referral` or `informational`, empty when it is not stated:
    the three are never added up. `profile` is `name@version` of the confirmed profile a free layout was read by,
    empty when the format needs none. `incident` is the stated time of the event (None: not stated). `signals` are
    neutral codes
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
    handling: str = ""
    profile: str = ""


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
    profile: str = ""


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
    profile: str = ""
