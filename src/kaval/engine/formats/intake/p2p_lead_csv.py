"""Peer-to-peer sightings as CSV in the canonical columns of formats.md 3.1, one lead per row.

Identity is `source_system` + `source_record_id`. A row gives one observation at its first time and, where
it differs, one at its last; times need an offset, else they are unknown. The client id is a strong
identifier, the peer id a weak one. File names may themselves be abusive: they are restricted, and the file
record carries none. SHA-1 in base32 and hex are the same file and both become hex; other hash types are
kept in lower case.

Versions tried: the canonical columns, UTF-8 with and without byte-order mark, comma.
Not supported: exports of a named monitoring product (their layouts are restricted and need a profile of
their own).
Sources: formats.md 3.1 and 3.2.
"""

from __future__ import annotations

from functools import lru_cache

from kaval.engine.formats._spec import (
    FileRecord,
    FormatSpec,
    IdentifierRecord,
    LeadRecord,
    ObservationRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
)
from kaval.engine.formats._text import has_columns, read_table, rest_of
from kaval.engine.formats.intake._row import RowTrouble, address_of, port_of, time_of
from kaval.engine.kernel.identifier import client_guid, file_md5, file_sha1

SPEC = FormatSpec(name="p2p_lead_csv", version="1", kind="intake", title="Peer-to-peer sightings (CSV)")

COLUMNS = (
    "source_system",
    "source_record_id",
    "network",
    "observed_first",
    "observed_last",
    "ip",
    "port",
    "transport",
    "client_guid_or_user_hash",
    "peer_id",
    "client_name",
    "client_version",
    "country",
    "region",
    "isp",
    "file_hash_type",
    "file_hash",
    "infohash",
    "piece_count_have",
    "piece_count_total",
    "files_offered_count",
    "file_name",
    "download_completed",
    "severity",
    "record_hash",
)
_TYPED = frozenset(
    (
        "source_system",
        "source_record_id",
        "observed_first",
        "observed_last",
        "ip",
        "port",
        "transport",
        "client_guid_or_user_hash",
        "peer_id",
        "file_hash_type",
        "file_hash",
        "file_name",
    )
)
_HASHES = {"sha1": file_sha1, "md5": file_md5}


def claims(file: ReceivedFile) -> bool:
    """True when the first line names the columns only this layout has."""
    return has_columns(file, ("source_system", "source_record_id", "network"))


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per row that has an identity.

    Raises:
        ReaderError: a canonical column is missing or doubled.
    """
    warnings: list[ReadWarning] = []
    table = read_table(file, COLUMNS, warnings)
    records = []
    for number, row in table:
        trouble = RowTrouble(f"row {number}", warnings)
        if row["source_system"] and row["source_record_id"]:
            records.append(_lead(row, trouble))
        else:
            trouble.warn(
                "no_identity",
                "source_system or source_record_id is empty: the row was not read",
                "Ask the sender for the record's own number",
            )
    return Reading(SPEC, tuple(records), tuple(warnings))


def _lead(row: dict[str, str], trouble: RowTrouble) -> LeadRecord:
    fields = rest_of(row, _TYPED)
    signals = ("download_completed",) if row["download_completed"].lower() == "yes" else ()
    observations = _observations(row, trouble, fields)
    return LeadRecord(
        source_system=row["source_system"],
        source_id=row["source_record_id"],
        kind="p2p",
        title=f"Peer-to-peer {row['network'] or 'network not stated'} {row['source_record_id']}",
        incident=observations[0].time if observations else None,
        observations=observations,
        identifiers=_identifiers(row, trouble),
        files=_files(row, trouble),
        signals=signals,
        fields=fields,
        restricted={"file_name": row["file_name"]} if row["file_name"] else {},
        locator=trouble.place,
    )


def _observations(
    row: dict[str, str], trouble: RowTrouble, fields: dict[str, str]
) -> tuple[ObservationRecord, ...]:
    address = address_of(row["ip"], trouble)
    if address is None:
        fields.update({name: row[name] for name in ("ip", "observed_first", "observed_last") if row[name]})
        return ()
    port, transport = port_of(row["port"], trouble), row["transport"].lower()
    first = time_of(row["observed_first"], trouble, column="observed_first")
    seen = [
        ObservationRecord(
            address, port, transport, first, "first seen", "client", f"{trouble.place} observed_first"
        )
    ]
    if row["observed_last"] and row["observed_last"] != row["observed_first"]:
        last = time_of(row["observed_last"], trouble, column="observed_last")
        seen.append(
            ObservationRecord(
                address, port, transport, last, "last seen", "client", f"{trouble.place} observed_last"
            )
        )
    return tuple(seen)


_is_client = lru_cache(maxsize=65536)(client_guid.is_valid)


def _identifiers(row: dict[str, str], trouble: RowTrouble) -> tuple[IdentifierRecord, ...]:
    found = []
    guid = row["client_guid_or_user_hash"]
    if guid:
        if not _is_client(guid):
            trouble.warn(
                "client_id_unreadable", f"{guid!r} is no client id of a known form: it links nothing"
            )
        found.append(IdentifierRecord("client_guid", guid, "", "reported", trouble.place))
    if row["peer_id"]:
        found.append(IdentifierRecord("peer_id", row["peer_id"], "", "reported", trouble.place))
    return tuple(found)


@lru_cache(maxsize=65536)
def _hash(kind: str, value: str) -> str | None:
    """The normal form of a hash, None when it is none of its kind; the same files come again and again."""
    module = _HASHES.get(kind)
    if module is None:
        return value.lower()
    return str(module.validate(value)) if module.is_valid(value) else None


def _files(row: dict[str, str], trouble: RowTrouble) -> tuple[FileRecord, ...]:
    value, kind = row["file_hash"], row["file_hash_type"].lower().replace("-", "")
    if not value:
        return ()
    normal = _hash(kind, value)
    if normal is None:
        trouble.warn("hash_unreadable", f"{value!r} is no {kind.upper()}: kept as text, it matches nothing")
    return (FileRecord("", ((kind, normal or value),), None, (), trouble.place),)
