"""The exact index says what a plain search through the entries says, whatever the digests and however it was split."""

from __future__ import annotations

import tempfile
from hashlib import md5, sha1, sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.lab.index import exact
from kaval.lab.index.exact import DigestIndex, IndexWriter, heads_of

# Few different bytes, so that heads, buckets and whole digests coincide all the time.
DIGESTS = st.lists(
    st.binary(min_size=16, max_size=16) | st.sampled_from([bytes(16), b"\xff" * 16]), max_size=60
)
ALIKE = st.lists(
    st.builds(lambda a, b: bytes([a] * 9 + [b] * 7), st.integers(0, 2), st.integers(0, 3)), max_size=60
)


def array(digests: list[bytes]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 16)


def built(folder: Path, digests: list[bytes]) -> DigestIndex:
    writer = IndexWriter(folder, "md5")
    for begun in range(0, len(digests), 7):
        part = array(digests[begun : begun + 7])
        writer.add(heads_of(part), np.arange(begun, begun + len(part), dtype=np.uint32))
    writer.finish(lambda heads, rows: np.ones(len(rows), bool))
    return DigestIndex(folder, "md5", column=array(digests))


@settings(max_examples=60, deadline=None)
@given(held=DIGESTS | ALIKE, others=DIGESTS | ALIKE)
def test_find_equals_a_plain_search(held: list[bytes], others: list[bytes]) -> None:
    asked = held[::2] + others
    plain = [(number, row) for number, one in enumerate(asked) for row, two in enumerate(held) if one == two]
    with tempfile.TemporaryDirectory() as folder:
        index = built(Path(folder), held)
        assert len(index) == len(held)
        query, row = index.find(array(asked))
        assert list(zip(query.tolist(), row.tolist(), strict=True)) == plain


@pytest.fixture(params=[(1 << 21, 1 << 24), (16, 8)], ids=["as it is", "parts of eight entries"])
def _parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    buffer, part = request.param
    monkeypatch.setattr(exact, "_BUFFER_RECORDS", buffer)
    monkeypatch.setattr(exact, "_PART_RECORDS", part)
    return


@pytest.mark.usefixtures("_parts")
def test_a_crafted_list_is_split_again_and_again_and_still_found(tmp_path: Path) -> None:
    same_head = [bytes(8) + md5(bytes([n])).digest()[:8] for n in range(40)]
    same_start = [b"\x07" * 6 + md5(bytes([n])).digest()[:10] for n in range(40)]
    even = [md5(bytes([n, 1])).digest() for n in range(100)]
    held = same_head + same_start + even + [b"\xff" * 16] * 20
    index = built(tmp_path, held)
    query, row = index.find(array(held))
    plain = [(number, at) for number, one in enumerate(held) for at, two in enumerate(held) if one == two]
    assert list(zip(query.tolist(), row.tolist(), strict=True)) == plain
    assert sorted(path.name for path in tmp_path.iterdir()) == ["md5.heads", "md5.rows", "md5.starts"]


def test_longer_digests_are_compared_to_their_last_byte(tmp_path: Path) -> None:
    for name, function in (("sha1", sha1), ("sha256", sha256)):
        digests = np.array([list(function(bytes([n])).digest()) for n in range(50)], np.uint8)
        writer = IndexWriter(tmp_path, name)
        writer.add(heads_of(digests), np.arange(50, dtype=np.uint32))
        writer.finish(lambda heads, rows: np.ones(len(rows), bool))
        index = DigestIndex(tmp_path, name, column=digests)
        other = digests.copy()
        other[::2, -1] ^= 1
        query, row = index.find(other)
        assert query.tolist() == row.tolist() == list(range(1, 50, 2))
