"""The networks' names of a content equal those RHash 1.4.3 and libtorrent 2.1.1 gave for the same bytes.

`file_identity_vectors.tsv` was written by `rhash --bt-piece-length=262144` over files whose byte i is i mod 251.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from Crypto.Hash import MD4

from kaval.engine.kernel.identifier import normalise
from kaval.lab.hashing import FileIdentities, identities_of
from kaval.lab.hashing.tiger import TreeHash, tiger

PART = 9_728_000
PATTERN = bytes(range(251))
VECTORS = Path(__file__).parent / "file_identity_vectors.tsv"
with VECTORS.open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t"))

# From libtorrent 2.1.1.0 (v2_only, pieces of 262,144 bytes): (pieces root, infohash) of the same files.
V2 = {
    1: (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "f0319ffc68b00255f140d1e264a8bc4a18a1160ab1f78094ea851a05fcde9fb0",
    ),
    16384: (
        "4348e3b98e8a327b34ced39c1da9e67cdb4cd5e48e4d7960607a3ae403d35f0c",
        "18a82f44a5058841d99362aca76952222cca63b9059c4de3abcd245b3e1c2a7d",
    ),
    262145: (
        "d6f39dae7db99e68cc1fd1541d0b1d18494351053ab3ab19f7fcd0c442ed6b00",
        "c1323e204d9819fca52a5eb00d094b7af8f88e63b0d0d43d70c94f528867673e",
    ),
    9728001: (
        "af3e904f2f7a29d4ee29e6d00733d815357e7e3e76c52786869d1e0add328124",
        "911c26834dd482eb314ece1a3dbd812a1419eb57b44d465d5857363130e2b2b4",
    ),
}


def content(size: int) -> bytes:
    return (PATTERN * (size // len(PATTERN) + 1))[:size]


def of(size: int, name: str = "pattern.bin") -> FileIdentities:
    return identities_of(io.BytesIO(content(size)), size=size, name=name)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["size"])
def test_the_second_implementation_gives_the_same_names(row: dict[str, str]) -> None:
    size = int(row["size"])
    found = of(size, row["name"])
    expected = (row["sha256"], row["ed2k"], row["aich"], row["tth"], row["btih"])
    assert (found.sha256, found.ed2k[0], found.aich, found.tth, found.btih) == expected
    assert found.sha1 == normalise("file_sha1", row["sha1_base32"])
    assert len(found.ed2k) == (2 if size and size % PART == 0 else 1)
    if size in V2:
        assert (found.pieces_root, found.btmh) == V2[size]


@pytest.mark.parametrize("parts", [1, 2])
def test_at_a_multiple_of_the_part_size_both_ed2k_values_are_given(parts: int) -> None:
    digests = [MD4.new(content(parts * PART)[at * PART : (at + 1) * PART]).digest() for at in range(parts)]
    older = digests[0].hex() if parts == 1 else MD4.new(b"".join(digests)).hexdigest()
    assert of(parts * PART).ed2k[1] == older


def test_aich_is_sha1_up_to_one_leaf_and_no_longer_after() -> None:
    for size, same in ((184_320, True), (184_321, False)):
        found = of(size)
        assert (normalise("file_aich", found.sha1) == found.aich) is same


def test_the_same_file_has_another_infohash_under_another_name_and_the_same_root() -> None:
    one, two = of(20_000, "pattern-1.bin"), of(20_000, "pattern-2.bin")
    assert one.btih != two.btih
    assert one.btmh != two.btmh
    assert one.pieces_root == two.pieces_root
    other = identities_of(io.BytesIO(content(20_000)), size=20_000, name="pattern-1.bin", piece_bytes=16_384)
    assert (other.btih == one.btih, other.pieces_root == one.pieces_root) == (False, True)


def test_an_empty_file_has_no_pieces_root() -> None:
    assert of(0).pieces_root is None


@pytest.mark.parametrize("stated", [0, 9, 11])
def test_a_stream_that_is_not_as_long_as_stated_is_refused(stated: int) -> None:
    with pytest.raises(ValueError, match="the stream holds"):
        identities_of(io.BytesIO(content(10)), size=stated, name="pattern.bin")


@pytest.mark.parametrize("piece", [0, 8192, 100_000])
def test_a_piece_length_v2_cannot_have_is_refused(piece: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        identities_of(io.BytesIO(b""), size=0, name="pattern.bin", piece_bytes=piece)


@pytest.mark.parametrize("text, digest", [
    (b"", "3293ac630c13f0245f92bbb1766e16167a4e58492dde73f3"),
    (b"abc", "2aab1484e8c158f2bfb8c5ff41b57a525129131c957b5f93"),
    (b"Tiger", "dd00230799f5009fec6debc838bb6a27df2b9d6f110c7937"),
])  # fmt: skip
def test_tiger_gives_its_authors_published_digests(text: bytes, digest: str) -> None:
    assert tiger(np.frombuffer(text, dtype=np.uint8).reshape(1, -1)).tobytes().hex() == digest


class Trickle(io.BytesIO):
    """Gives at most 7,001 bytes a reading, as a socket or a device may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(7_001)


def test_the_size_of_the_pieces_a_stream_comes_in_changes_nothing() -> None:
    size = 1_400_000
    assert identities_of(Trickle(content(size)), size=size, name="pattern.bin") == of(size)


def test_a_tree_of_many_batches_grows_from_the_left() -> None:
    whole, halves = TreeHash(), TreeHash()
    whole.update(content(3 * 1024 * 1024 + 5))
    for at in range(0, 3 * 1024 * 1024 + 5, 999_999):
        halves.update(content(3 * 1024 * 1024 + 5)[at : at + 999_999])
    assert whole.digest() == halves.digest()
