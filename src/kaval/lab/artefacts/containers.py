"""Encrypted containers: by the signature of their format, or, weakly, by looking like nothing at all.

Only the first 256 KiB are looked at: containers may be as large as the disk. One without signature is told by bytes
that no test tells from chance, from the first on; packed, damaged or random data look the same, hence only ever
`container.possible`.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log2

from kaval.lab.artefacts.given import Given
from kaval.lab.shapes import Artefact

_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"LUKS\xba\xbe", "LUKS"),
    (3, b"-FVE-FS-", "BitLocker"),
    (0, b"encrcdsa", "encrypted disk image"),
    (0, b"cdsaencr", "encrypted disk image"),
)
_SAMPLE = 65_536
_SAMPLES = 4
# 65,536 bytes of pure chance give 7.9972 +- 0.0002 bits a byte; packed formats begin with a header and stay below.
_LIKE_CHANCE = 7.995


def container(given: Given) -> Iterator[Artefact]:
    """One artefact when the file is, or may be, an encrypted container; none otherwise."""
    head = given.file.read(_SAMPLE * _SAMPLES)
    for at, sign, name in _SIGNS:
        if head[at : at + len(sign)] == sign:
            yield Artefact("container.encrypted", "header", None, None, {"format": name})
            return
    if len(head) < _SAMPLE * _SAMPLES:
        return
    least = min(_bits(head[at : at + _SAMPLE]) for at in range(0, len(head), _SAMPLE))
    if least >= _LIKE_CHANCE:
        facts = {"format": None, "bits_per_byte": round(least, 4)}
        yield Artefact("container.possible", "first bytes", None, None, facts)


def _bits(sample: bytes) -> float:
    """Shannon entropy in bits per byte."""
    counts = [sample.count(value) for value in range(256)]
    return -sum(count / len(sample) * log2(count / len(sample)) for count in counts if count)
