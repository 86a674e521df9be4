"""The facts documents are built from: frozen records, each pointing at the sealed bytes it was taken from.

In every record `None` means "not recorded" and becomes a gap in the document; it never becomes an empty
cell. An empty text is not a value: pass None. Instants are aware (UTC inside). Nothing here is computed from
a clock. Source: law_and_procedure.md 1.3 to 1.5, 2.1, 2.3 and 3.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kaval.engine.kernel.reference import SourceRef


class SearchBasis(StrEnum):
    """The power a search rests on; one per place, law_and_procedure.md 1.3."""

    WARRANT_96 = "WARRANT_96"
    WARRANT_97 = "WARRANT_97"
    POLICE_185 = "POLICE_185"
    POLICE_186_1 = "POLICE_186_1"
    POLICE_186_3 = "POLICE_186_3"
    CONSENT_94 = "CONSENT_94"
    SEIZE_106_ONLY = "SEIZE_106_ONLY"


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """What stands at the top of every document.

    `number` is the document's own number; `prepared_at` the instant of preparation; `training` True marks
    every page as synthetic; `crime_number` is None while no crime is registered (that is an answer when
    `general_diary` is given).
    """

    number: str
    unit: str
    unit_ml: str
    prepared_at: datetime
    training: bool
    operation: str | None = None
    district: str | None = None
    police_station: str | None = None
    crime_number: str | None = None
    general_diary: str | None = None


@dataclass(frozen=True, slots=True)
class OfficerFacts:
    """An officer as named on a document. `rank` is a code: CPO, SCPO, ASI, SI, INSPECTOR, DYSP or SP."""

    officer_id: str
    name: str
    name_ml: str | None
    rank: str
    role: str | None = None
    office: str | None = None
    woman: bool | None = None


@dataclass(frozen=True, slots=True)
class WitnessFacts:
    """A search witness, BNSS 103(4). `of_locality` False needs `reason_if_elsewhere`."""

    name: str
    address: str | None
    of_locality: bool | None
    order_served: bool | None
    signed_at: datetime | None
    reason_if_elsewhere: str | None = None
    source: SourceRef | None = None


@dataclass(frozen=True, slots=True)
class OccupantFacts:
    """The occupant, BNSS 103(6). `name` None with `present` False means nobody was met."""

    present: bool
    name: str | None
    attended: bool | None
    children_present: int | None
    children_cared_by: str | None = None
    source: SourceRef | None = None


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """One file of the audio-video recording, BNSS 105. `sid` is exactly 16 digits where e-Sakshya was used,
    else None.
    """

    file_name: str
    start_at: datetime
    stop_at: datetime | None
    continuous: bool | None
    covers_list: bool | None
    covers_signatures: bool | None
    sha256: str | None
    forwarded_to: str | None
    forwarded_at: datetime | None
    sid: str | None = None
    source: SourceRef | None = None


@dataclass(frozen=True, slots=True)
class SeizedItemFacts:
    """One thing seized, with the place where it was found, BNSS 103(5).

    `kind` and `state` are codes of the field app (phone, laptop, ...; on_locked, on_unlocked, off, damaged).
    `capacity_gb` in gigabytes as printed on the thing. `hash_sha256` None needs `no_hash_reason`.
    """

    item_no: str
    kind: str
    make: str | None
    model: str | None
    serial: str | None
    imei: str | None
    capacity_gb: int | None
    state: str | None
    found_at: str | None
    found_by: str | None
    seal: str | None
    possession_of: str | None = None
    sem_packet: bool | None = None
    hash_sha256: str | None = None
    no_hash_reason: str | None = None
    seized_at: datetime | None = None
    source: SourceRef | None = None


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """One search of one place, from arrival to the occupant's copy.

    `items` in the order seized; empty means that nothing was seized, which the list then says. `list_copies`
    is the number of copies signed; the practice read in law_and_procedure.md 1.4 is three.
    """

    head: HeadFacts
    site: str
    basis: SearchBasis | None
    basis_document: str | None
    court: str | None
    place: str | None
    arrived_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    leader: OfficerFacts | None
    team: tuple[OfficerFacts, ...]
    occupant: OccupantFacts | None
    witnesses: tuple[WitnessFacts, ...]
    self_search_done: bool | None
    items: tuple[SeizedItemFacts, ...]
    recordings: tuple[RecordingFacts, ...]
    list_copies: int | None
    occupant_copy_at: datetime | None
    source: SourceRef
    looked_for_not_found: str | None = None


@dataclass(frozen=True, slots=True)
class GroundFacts:
    """One ground of suspicion in the words of the officer, in both languages when he gave both."""

    text: str
    text_ml: str | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class SeizureReportFacts:
    """A report of seizure to the Magistrate, BNSS 106(3). `on_bond` True: property left on bond, else kept
    at `kept_at`.
    """

    search: SearchFacts
    head: HeadFacts
    seizure_list_number: str | None
    grounds: tuple[GroundFacts, ...]
    suspected_sections: tuple[str, ...]
    kept_at: str | None
    on_bond: bool | None
    station_officer_told_at: datetime | None
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExhibitHashFacts:
    """One record of the hash report: size in bytes and the three digests taken in one read."""

    record: str
    size: int
    sha256: str
    sha1: str | None
    md5: str | None
    computed_at: datetime | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """The signer of Part A: the person who manages the device in regular use, not necessarily its owner."""

    name: str | None
    parent_or_spouse: str | None
    residence_or_employment: str | None
    relation: str | None
    """owned, maintained, managed or operated."""


@dataclass(frozen=True, slots=True)
class ExpertFacts:
    """The signer of Part B. `category`: notified examiner (IT Act 79A / BNSS 329) or another; who counts is
    open law.
    """

    name: str | None
    designation: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """One certificate under BSA 63(4): one exhibit at one submission, never reused.

    `submission` counts from 1 for this exhibit. `source_kind` is one of computer, dvr, mobile, flash_drive,
    optical, server, cloud, other. `working_properly` True: the officer says so; False needs `fault`.
    """

    head: HeadFacts
    exhibit: str
    submission: int
    submitted_to: str | None
    source_kind: str | None
    make_model: str | None
    colour: str | None
    serial: str | None
    unique_id: str | None
    other_information: str | None
    party: PartyFacts
    expert: ExpertFacts
    in_use_from: datetime | None
    in_use_to: datetime | None
    working_properly: bool | None
    hashes: tuple[ExhibitHashFacts, ...]
    place: str | None
    source: SourceRef
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class RequestRowFacts:
    """One observation to be resolved by a provider. The interval is closed; `port` None means the source
    stated none.
    """

    reference: str
    ip: str
    port: int | None
    protocol: str | None
    first_at: datetime
    last_at: datetime
    source: SourceRef


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """A request to an internet service provider. `basis` names the order, for instance "BNSS 94"."""

    head: HeadFacts
    provider: str
    provider_office: str | None
    basis: str | None
    authority: str | None
    signatory: OfficerFacts | None
    rows: tuple[RequestRowFacts, ...]
    answer_by: datetime | None
    answer_channel: str | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class CustodyRowFacts:
    """One row of the custody ledger for one item, law_and_procedure.md 2.3."""

    seq: int
    item_no: str
    event: str
    at: datetime
    from_holder: str | None
    to_holder: str | None
    place: str | None
    seal_before: str | None
    seal_after: str | None
    seal_intact: bool | None
    purpose: str | None
    authority: str | None
    hash_before: str | None
    hash_after: str | None
    source: SourceRef
    witness: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CustodyFacts:
    """Everything the custody annex of a final report needs: the devices and all their rows, in ledger
    order.
    """

    head: HeadFacts
    items: tuple[SeizedItemFacts, ...]
    rows: tuple[CustodyRowFacts, ...]
    ledger_root: str | None
    source: SourceRef
