"""A peer-to-peer sighting in the canonical fields of formats.md 3.1 becomes a lead, whatever table it came in.

The client id is a strong identifier, the peer id a weak one; a digest names a content or a torrent and links nobody.
File names may themselves be abusive: they are restricted, and a file record carries none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kaval.engine.formats._spec import IdentifierRecord, LeadRecord, ObservationRecord
from kaval.engine.formats.intake._hashes import KINDS, Digests, kind_of, take
from kaval.engine.formats.intake._row import RowTrouble, address_of, port_of
from kaval.engine.kernel.identifier import client_guid
from kaval.engine.kernel.instant import StatedTime

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
TIMES = ("observed_first", "observed_last")
# A profile may also name a column for each kind of hash: `sha1`, `ed2k`, `aich`, …
TYPED = frozenset(
    (
        "source_system",
        "source_record_id",
        *TIMES,
        "ip",
        "port",
        "transport",
        "client_guid_or_user_hash",
        "peer_id",
        "file_hash_type",
        "file_hash",
        "infohash",
        "file_name",
        *KINDS,
    )
)
_YES = frozenset(("yes", "y", "true", "1", "complete", "completed"))


@dataclass(frozen=True, slots=True)
class Sighting:
    """One row: canonical fields as text, the identity decided on, and what stands beside the canonical fields.

    `time` gives the stated time of `observed_first` or `observed_last`. `profile` as in LeadRecord.
    """

    row: Mapping[str, str]
    source_system: str
    source_id: str
    time: Callable[[str], StatedTime]
    fields: dict[str, str] = field(default_factory=dict)
    restricted: dict[str, str] = field(default_factory=dict)
    profile: str = ""


def lead_of(seen: Sighting, trouble: RowTrouble) -> LeadRecord:
    """The lead of one sighting: an observation at its first time and, where it differs, one at its last."""
    row, fields, restricted = seen.row, dict(seen.fields), dict(seen.restricted)
    times = {name: seen.time(name) for name in TIMES}
    observations = _observations(row, times, trouble)
    if not observations:
        fields.update({name: row[name] for name in ("ip", "port", "transport") if row.get(name)})
        fields.update({name: time.as_received for name, time in times.items() if time.as_received})
    digests = _digests(row, fields, restricted, trouble=trouble)
    network = row.get("network") or "network not stated"
    return LeadRecord(
        source_system=seen.source_system,
        source_id=seen.source_id,
        kind="p2p",
        title=f"Peer-to-peer {network} {seen.source_id}",
        incident=next((time for time in times.values() if time.as_received), None),
        observations=observations,
        identifiers=_identifiers(row, trouble),
        files=digests.files(trouble.place),
        signals=("download_completed",) if row.get("download_completed", "").lower() in _YES else (),
        fields=fields,
        restricted=restricted,
        locator=trouble.place,
        profile=seen.profile,
    )


def _observations(
    row: Mapping[str, str], times: Mapping[str, StatedTime], trouble: RowTrouble
) -> tuple[ObservationRecord, ...]:
    address = address_of(row.get("ip", ""), trouble)
    if address is None:
        return ()
    port, transport = port_of(row.get("port", ""), trouble), row.get("transport", "").lower()
    first, last = times["observed_first"], times["observed_last"]
    pairs = [("observed_first", "first seen", first)]
    if last.as_received and last.as_received != first.as_received:
        pairs.append(("observed_last", "last seen", last))
        if not first.as_received:
            del pairs[0]
    return tuple(
        ObservationRecord(address, port, transport, time, event, "client", f"{trouble.place} {column}")
        for column, event, time in pairs
    )


_is_client = lru_cache(maxsize=65536)(client_guid.is_valid)


def _identifiers(row: Mapping[str, str], trouble: RowTrouble) -> tuple[IdentifierRecord, ...]:
    found = []
    guid, peer = row.get("client_guid_or_user_hash", ""), row.get("peer_id", "")
    if guid:
        if not _is_client(guid):
            trouble.warn(
                "client_id_unreadable", f"{guid!r} is no client id of a known form: it links nothing"
            )
        found.append(IdentifierRecord("client_guid", guid, "", "reported", trouble.place))
    if peer:
        found.append(IdentifierRecord("peer_id", peer, "", "reported", trouble.place))
    return tuple(found)


def _digests(
    row: Mapping[str, str], fields: dict[str, str], restricted: dict[str, str], *, trouble: RowTrouble
) -> Digests:
    digests = Digests()
    cells = [("file_hash", kind_of(row.get("file_hash_type", ""))), ("infohash", "btih")]
    for column, kind in (*cells, *((kind, kind) for kind in KINDS)):
        cell = row.get(column, "")
        if cell:
            take(digests, cell, kind, trouble=trouble)
            if "://" in cell or cell.lower().startswith("magnet:"):
                restricted[column] = cell  # the link as received: it holds a file's name
    names = [name for name in (row.get("file_name", ""), *digests.names) if name]
    if names:
        restricted["file_name"] = " | ".join(dict.fromkeys(names))
    if digests.sizes:
        fields["file_size"] = " | ".join(dict.fromkeys(digests.sizes))
    return digests
