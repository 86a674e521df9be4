"""What file-sharing networks call a content, from one reading of it: SHA-1, ed2k, AICH, TTH, BitTorrent v1 and v2.

The size is asked for first, because AICH's tree and a torrent's `info` begin with it; then memory stays constant
however long the stream is (some kilobytes of open hashes, one chunk, one mebibyte of Tiger leaves). ed2k has two
values wherever the size is a non-zero multiple of its part size: eMule hashes an empty part more, older tools do not.
A torrent identity holds for exactly one name and one piece length; another torrent of the same file has another.
Nothing here links people: a hash links reports to a content.

Sources: formats.md 3.2 and 3.3; BEP 3 and BEP 52; eMule `SHAHashSet.cpp` as RHash 1.4.3 computes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import BinaryIO, Generic, Protocol, TypeVar

from Crypto.Hash import MD4

from kaval.engine.kernel.file_identity import to_base32
from kaval.lab.hashing.tiger import TreeHash

ED2K_PART_BYTES = 9_728_000
AICH_LEAF_BYTES = 184_320
V2_LEAF_BYTES = 16 * 1024
DEFAULT_PIECE_BYTES = 256 * 1024
_CHUNK_BYTES = 1024 * 1024
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class FileIdentities:
    """The identities of one content of `size` bytes, each in the normal form of its identifier kind.

    `ed2k` holds one value, or eMule's and the older one at a non-zero multiple of the part size. `pieces_root` is the
    BitTorrent v2 root of the file (hex), None for an empty one. `btih` and `btmh` are those of a torrent that holds
    this file alone under the given name and piece length.
    """

    size: int
    sha1: str
    sha256: str
    ed2k: tuple[str, ...]
    aich: str
    tth: str
    pieces_root: str | None
    btih: str
    btmh: str


class _Hash(Protocol):
    def update(self, data: memoryview, /) -> object: ...
    def digest(self) -> bytes: ...


# A plan yields the length of the next block, is sent that block's digest, and returns what the digests make.
_Plan = Generator[int, bytes, _Made]


class _Fed(Generic[_Made]):
    """A stream cut into the blocks a plan asks for; each digest goes back to the plan as its block is complete."""

    def __init__(self, plan: _Plan[_Made], new: Callable[[], _Hash]) -> None:
        self._plan, self._new, self._left = plan, new, 0
        self.made: _Made | None = None
        self._next(None)

    def _next(self, digest: bytes | None) -> None:
        try:
            self._left = next(self._plan) if digest is None else self._plan.send(digest)
        except StopIteration as end:
            self.made = end.value
        self._hash = self._new()

    def update(self, chunk: memoryview) -> None:
        """Takes the next bytes; never more than the plan asks for in all."""
        while chunk:
            piece, chunk = chunk[: self._left], chunk[self._left :]
            self._hash.update(piece)
            self._left -= len(piece)
            if not self._left:
                self._next(self._hash.digest())


def identities_of(
    stream: BinaryIO, *, size: int, name: str, piece_bytes: int = DEFAULT_PIECE_BYTES
) -> FileIdentities:
    """The identities of the stream's bytes from where it stands to its end, each byte read once.

    Raises:
        ValueError: the stream holds fewer or more than `size` bytes, so it changed or is cut off; or the piece length
            is no power of two from 16 KiB.
        OSError: the stream cannot be read.
    """
    if piece_bytes < V2_LEAF_BYTES or piece_bytes & (piece_bytes - 1):
        raise ValueError(f"a piece of {piece_bytes} bytes: BitTorrent v2 needs a power of two from 16 KiB")
    sha1, sha256, tth = _sha1(), hashlib.sha256(), TreeHash()
    ed2k, aich = _Fed(_ed2k(size), MD4.new), _Fed(_aich(size), _sha1)
    v1 = _Fed(_infohash_v1(size, name.encode(), piece_bytes), _sha1)
    v2 = _Fed(_pieces_root(size), hashlib.sha256)
    _feed(stream, size, (sha1, sha256, tth, ed2k, aich, v1, v2))
    root = v2.made
    return FileIdentities(
        size=size,
        sha1=sha1.hexdigest(),
        sha256=sha256.hexdigest(),
        ed2k=ed2k.made or (),
        aich=to_base32(aich.made or b""),
        tth=to_base32(tth.digest()),
        pieces_root=root.hex() if root else None,
        btih=(v1.made or b"").hex(),
        btmh=_infohash_v2(size, name.encode(), piece_bytes=piece_bytes, root=root).hex(),
    )


class _Sink(Protocol):
    def update(self, data: memoryview, /) -> object: ...


def _feed(stream: BinaryIO, size: int, sinks: Iterable[_Sink]) -> None:
    seen = 0
    while chunk := stream.read(_CHUNK_BYTES):
        seen += len(chunk)
        if seen > size:
            raise ValueError(f"the stream holds more than {size} bytes")
        for sink in sinks:
            sink.update(memoryview(chunk))
    if seen != size:
        raise ValueError(f"the stream holds {seen} bytes, not {size}")


def _sha1() -> hashlib._Hash:
    return hashlib.sha1(usedforsecurity=False)


def _cut(size: int, block: int) -> Iterator[int]:
    """The lengths of the blocks of a size: all full but the last."""
    yield from repeat(block, size // block)
    if size % block:
        yield size % block


def _ed2k(size: int) -> _Plan[tuple[str, ...]]:
    """eMule's value, and the older one behind it where the two differ."""
    empty = MD4.new().digest()
    top, last = MD4.new(), empty
    for length in _cut(size, ED2K_PART_BYTES):
        last = yield length
        top.update(last)
    if size < ED2K_PART_BYTES:
        return (last.hex(),)
    older = last.hex() if size == ED2K_PART_BYTES else top.hexdigest()
    if size % ED2K_PART_BYTES:
        return (older,)
    top = top.copy()
    top.update(empty)
    return top.hexdigest(), older


def _aich(size: int, *, left: bool = True) -> _Plan[bytes]:
    """The root of eMule's tree: halves of whole parts, then of whole leaves; the middle one goes to the branch's side.

    A left branch takes the larger half of an odd number, a right branch leaves it to its right.
    """
    if size == 0:
        return _sha1().digest()
    if size <= AICH_LEAF_BYTES:
        return (yield size)
    block = AICH_LEAF_BYTES if size <= ED2K_PART_BYTES else ED2K_PART_BYTES
    near = (-(-size // block) + left) // 2 * block
    first = yield from _aich(near, left=True)
    second = yield from _aich(size - near, left=False)
    return hashlib.sha1(first + second, usedforsecurity=False).digest()


def _pieces_root(size: int) -> _Plan[bytes]:
    """The BitTorrent v2 root of one file, its leaves filled up to a power of two with zeros; empty for no bytes."""
    roots: list[tuple[int, bytes]] = []  # (level, root), highest first: a binary counter of complete subtrees
    for length in _cut(size, V2_LEAF_BYTES):
        level, node = 0, (yield length)
        while roots and roots[-1][0] == level:
            level, node = level + 1, hashlib.sha256(roots.pop()[1] + node).digest()
        roots.append((level, node))
    while len(roots) > 1:
        level, node = roots.pop()
        before = roots.pop()[1] if roots[-1][0] == level else b""
        pair = before + node if before else node + _zeros(level)
        roots.append((level + 1, hashlib.sha256(pair).digest()))
    return roots[0][1] if roots else b""


def _zeros(level: int) -> bytes:
    node = bytes(32)
    for _ in range(level):
        node = hashlib.sha256(node + node).digest()
    return node


def _infohash_v1(size: int, name: bytes, piece: int) -> _Plan[bytes]:
    """SHA-1 of the `info` of a torrent of this one file, without the private flag."""
    digest, pieces = _sha1(), 20 * -(-size // piece)
    digest.update(b"d6:lengthi%de4:name%d:%b12:piece lengthi%de" % (size, len(name), name, piece))
    digest.update(b"6:pieces%d:" % pieces)
    for length in _cut(size, piece):
        digest.update((yield length))
    digest.update(b"e")
    return digest.digest()


def _infohash_v2(size: int, name: bytes, *, piece_bytes: int, root: bytes | None) -> bytes:
    """SHA-256 of the `info` of a v2 torrent of this one file."""
    shown = b"%d:%b" % (len(name), name)
    end = b"11:pieces root32:%b" % root if root else b""
    file = b"d%bd0:d6:lengthi%de%beee" % (shown, size, end)
    info = b"d9:file tree%b12:meta versioni2e4:name%b12:piece lengthi%dee" % (file, shown, piece_bytes)
    return hashlib.sha256(info).digest()
