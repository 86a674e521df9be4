"""Generated abstract patterns as small PNG files, and the list of known digests; no other picture exists."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from random import Random

SIDE = 48


@dataclass(frozen=True, slots=True)
class KnownFile:
    """One entry of the hash set; hexadecimal lower case. `category` counts in the Default scheme."""

    md5: str
    sha1: str
    size: int
    category: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A pattern and whether the hash set lists it."""

    name: str
    content: bytes
    known: bool


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pattern(rng: Random) -> bytes:
    """A PNG of coloured bands and noise, 48 x 48, different for every draw."""
    base = [rng.randrange(256) for _ in range(6)]
    step, turn = rng.randint(2, 9), rng.randint(1, 5)
    rows = bytearray()
    for y in range(SIDE):
        rows.append(0)
        for x in range(SIDE):
            band = (x * turn // step + y // step) % 2 * 3
            rows += bytes(base[band : band + 3])
    for _ in range(40):
        rows[rng.randrange(SIDE) * (SIDE * 3 + 1) + 1 + rng.randrange(SIDE * 3)] = rng.randrange(256)
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def draw_pictures(rng: Random, count: int) -> list[Picture]:
    """Patterns numbered from one; about every third is known."""
    return [
        Picture(f"pattern-{number:05d}.png", pattern(rng), known=number % 3 == 1)
        for number in range(1, count + 1)
    ]


def known_files(rng: Random, pictures: list[Picture], others: int) -> list[KnownFile]:
    """Digests of the known pictures among `others` random ones, in the order of their MD5."""
    entries = [
        KnownFile(
            hashlib.md5(p.content, usedforsecurity=False).hexdigest(),
            hashlib.sha1(p.content, usedforsecurity=False).hexdigest(),
            len(p.content),
            rng.choice((1, 1, 2)),
        )
        for p in pictures
        if p.known
    ]
    for _ in range(others):
        size, category = rng.randint(9_000, 4_000_000), rng.choice((1, 1, 2, 2, 3, 4))
        entries.append(KnownFile(rng.randbytes(16).hex(), rng.randbytes(20).hex(), size, category))
    return sorted(entries, key=lambda e: e.md5)


def vics(entries: list[KnownFile]) -> dict[str, object]:
    """A VICS 2.0 hash set; the country word Default in the context names the category scheme."""
    context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media"
    value: list[dict[str, object]] = []
    for number, entry in enumerate(entries, start=1):
        row: dict[str, object] = {"MediaID": number, "Category": entry.category, "MD5": entry.md5.upper()}
        if number % 11:
            row["SHA1"] = entry.sha1.upper()
        row |= {
            "MediaSize": entry.size,
            "VictimIdentified": False,
            "OffenderIdentified": False,
            "IsDistributed": number % 4 == 0,
            "Series": "",
            "Tags": "",
        }
        value.append(row)
    return {"@odata.context": context, "value": value}
