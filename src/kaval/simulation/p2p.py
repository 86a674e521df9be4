"""Leads from monitoring of file sharing: one CSV file for each of four invented source systems."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from random import Random

from kaval.simulation.clock import iso
from kaval.simulation.people import Person
from kaval.simulation.pictures import KnownFile
from kaval.simulation.sightings import Sighting

HEADER: tuple[str, ...] = (
    "source_system", "source_record_id", "network", "observed_first", "observed_last", "ip", "port",
    "transport", "client_guid_or_user_hash", "peer_id", "client_name", "client_version", "country", "region",
    "isp", "file_hash_type", "file_hash", "infohash", "piece_count_have", "piece_count_total",
    "files_offered_count", "file_name", "download_completed", "severity", "peer_single", "pieces_verified",
    "peer_share", "peer_sightings", "record_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class System:
    """A monitoring system: its network, the offset it writes, and on which day its export arrives."""

    name: str
    network: str
    zone: str
    day: int
    client: str
    hash_type: str


SYSTEMS: tuple[System, ...] = (
    System("WATCH-G", "gnutella", "Z", -34, "PlainShare", "sha1"),
    System("WATCH-E", "ed2k", "+05:30", -29, "MuleExample", "ed2k"),
    System("WATCH-B", "bittorrent", "+00:00", -25, "SwarmExample", "sha1"),
    System("WATCH-D", "dc", "-08:00", -22, "HubExample", "tth"),
)

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class Row:
    """One sighting of one client by the system of its network."""

    person: Person
    sighting: Sighting


def _digests(rng: Random, system: System, known: KnownFile) -> tuple[str, str, str]:
    """File hash type, file hash and infohash as the system's network names files."""
    if system.network == "bittorrent":
        infohash = hashlib.sha1(b"info" + bytes.fromhex(known.sha1), usedforsecurity=False).hexdigest()
        return "sha1", known.sha1, infohash
    if system.hash_type == "ed2k":
        return "ed2k", hashlib.md5(b"ed2k" + bytes.fromhex(known.sha1), usedforsecurity=False).hexdigest(), ""
    if system.hash_type == "tth":
        draw = Random(known.sha1)
        return "tth", "".join(draw.choice(_BASE32) for _ in range(39)), ""
    return "sha1", known.sha1, ""


def _line(rng: Random, system: System, *, row: Row, number: int, known: list[KnownFile]) -> list[str]:
    person, seen = row.person, row.sighting
    entry = rng.choice(known) if person.kind == "offender" else KnownFile("", rng.randbytes(20).hex(), 1, 0)
    hash_type, file_hash, infohash = _digests(rng, system, entry)
    peer = f"-SX{rng.randint(1000, 9999)}-{rng.randbytes(6).hex()}" if system.network == "bittorrent" else ""
    pieces = str(rng.randint(20, 900)) if infohash else ""
    values = [
        system.name,
        f"{system.name[-1]}{number:07d}",
        system.network,
        iso(seen.first, system.zone),
        iso(seen.last, system.zone),
        seen.address,
        "" if seen.port is None else str(seen.port),
        "udp" if system.network == "bittorrent" and rng.random() < 0.4 else "tcp",
        person.client_guid,
        peer,
        system.client,
        f"{rng.randint(1, 4)}.{rng.randint(0, 9)}",
        "IN",
        "Kerala",
        "",
        hash_type,
        file_hash,
        infohash,
        pieces,
        pieces,
        str(rng.randint(1, 240)),
        f"pattern-{rng.randint(1, 99999):05d}.png",
        rng.choice(("yes", "no", "unknown")),
        rng.choice(("1", "2", "2", "3")),
    ]
    values += _verified(values[1], bool(infohash))
    digest = hashlib.sha256("|".join(values).encode()).hexdigest()
    return [*values, digest]


def _verified(record: str, whole: bool) -> list[str]:
    """That all came from this one peer, its pieces compared, how much of the file it had, how often it was seen.

    Drawn from the record's own number, so that nothing else in the world depends on it.
    """
    draw = Random(record)
    share = 1.0 if whole else draw.randint(30, 100) / 100
    return ["yes", "yes", f"{share:.2f}", str(draw.randint(1, 40))]


def lines(rng: Random, system: System, *, rows: list[Row], known: list[KnownFile]) -> list[list[str]]:
    """The CSV lines of one system, in the order in which it last saw the clients."""
    ordered = sorted(rows, key=lambda r: (r.sighting.last, r.person.person_id))
    return [_line(rng, system, row=r, number=n * 3 + 101, known=known) for n, r in enumerate(ordered)]
