"""The sealed store: received bytes by digest, written once, read back only when the digest still matches.

A file lies under its own digest, or, when many small ones came together, in a pack: an uncompressed ZIP, itself named
by its digest, whose members are named by theirs, so that any tool can take them out. A pack costs one flush to the
disk where a thousand files would cost a thousand. Bytes are written to a temporary name, flushed, renamed, and the
folder flushed, before the row that names them is committed: a crash leaves at most bytes that nothing refers to.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from kaval.engine.kernel.digest import Digests, digest_bytes, digest_chunks
from kaval.engine.kernel.errors import KavalError
from kaval.engine.rules.custody import seal

PACKS = "packs"
_CHUNK = 1024 * 1024
# A pack is the plainest ZIP there is (APPNOTE 4.3.7, 4.3.12, 4.3.16): stored members, no extra fields. zipfile takes
# ten times as long for members this small; the tests open packs with it.
_MEMBER, _ENTRY, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
# A pack's bytes depend on what is in it alone: the same step after a crash makes the same pack.
_EPOCH = (0, 0x21)  # midnight, 1 January 1980


class SealBroken(KavalError):
    """Sealed bytes that are missing or no longer what was received."""


class Sealed(Protocol):
    """Where sealed bytes lie: the columns of a sealed file's row."""

    sha256: str
    size: int
    pack: str
    pack_offset: int | None


def keep(content: bytes) -> Digests:
    """Keeps the bytes and gives their digests; bytes already kept are not written again."""
    digests = seal(content)
    path = path_of(digests.sha256)
    if not (path.exists() and path.stat().st_size == digests.size):
        _write(path, (content,))
    return digests


def keep_stream(source: BinaryIO) -> Digests:
    """Keeps a stream of any size in constant memory, read once, and gives its digests."""
    folder = _store()
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".arriving.{secrets.token_hex(8)}"
    try:
        with fresh.open("wb") as out:
            digests = digest_chunks(_copied(source, out))
            out.flush()
            os.fsync(out.fileno())
        path = path_of(digests.sha256)
        if not (path.exists() and path.stat().st_size == digests.size):
            path.parent.mkdir(parents=True, exist_ok=True)
            _settle(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    return digests


def keep_pack(contents: Mapping[str, bytes]) -> tuple[str, dict[str, int]]:
    """Keeps many small files, given by their SHA-256, in one pack: its digest, and where each begins in it."""
    offsets: dict[str, int] = {}
    parts: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for sha256, content in contents.items():
        member, size, crc = sha256.encode(), len(content), zlib.crc32(content)
        head = _MEMBER.pack(b"PK\3\4", 20, 0, 0, *_EPOCH, crc, size, size, len(member), 0)
        parts += (head, member, content)
        directory += (
            _ENTRY.pack(b"PK\1\2", 20, 20, 0, 0, *_EPOCH, crc, size, size, len(member), 0, 0, 0, 0, 0, at),
            member,
        )
        offsets[sha256] = at + len(head) + len(member)
        at += len(head) + len(member) + size
    listed = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(contents), len(contents), len(listed), at, 0)
    whole = b"".join((*parts, listed, end))
    name = hashlib.sha256(whole).hexdigest()
    path = _pack_path(name)
    if not (path.exists() and path.stat().st_size == len(whole)):
        _write(path, (whole,))
    return name, offsets


def read(sealed: Sealed) -> bytes:
    """The sealed bytes.

    Raises:
        SealBroken: the bytes are gone, or differ from what was received.
    """
    try:
        with open_sealed(sealed) as stream:
            content = stream.read()
    except FileNotFoundError:
        raise SealBroken(f"sealed bytes {sealed.sha256[:12]}… are missing from the store") from None
    if digest_bytes(content).sha256 != sealed.sha256:
        raise SealBroken(f"sealed bytes {sealed.sha256[:12]}… were changed after they were received")
    return content


def open_sealed(sealed: Sealed) -> BinaryIO:
    """A seekable stream over sealed bytes, not compared with their digest; for files larger than memory.

    Raises:
        FileNotFoundError: neither a file of their own nor their pack is there.
    """
    path = path_of(sealed.sha256)
    if sealed.pack_offset is None or path.exists():
        return path.open("rb")
    with _pack_path(sealed.pack).open("rb") as stream:
        stream.seek(sealed.pack_offset)
        return io.BytesIO(stream.read(sealed.size))


def check(sealed: Sealed) -> None:
    """Reads the bytes once in constant memory and compares them with their digest.

    Raises:
        SealBroken: the bytes are gone, or differ from what was received.
    """
    try:
        with open_sealed(sealed) as stream:
            found = digest_chunks(iter(lambda: stream.read(_CHUNK), b"")).sha256
    except FileNotFoundError:
        raise SealBroken(f"sealed bytes {sealed.sha256[:12]}… are missing from the store") from None
    if found != sealed.sha256:
        raise SealBroken(f"sealed bytes {sealed.sha256[:12]}… were changed after they were received")


@dataclass(frozen=True, slots=True)
class Lying:
    """Sealed bytes as the source of a reader, opened as often as it asks."""

    sealed: Sealed

    @property
    def size(self) -> int:
        """Bytes."""
        return self.sealed.size

    def open(self) -> BinaryIO:
        """A seekable stream from the first byte."""
        return open_sealed(self.sealed)


def path_of(sha256: str) -> Path:
    """Where the bytes of a digest lie when they are a file of their own."""
    return _store() / sha256[:2] / sha256


def _pack_path(sha256: str) -> Path:
    return _store() / PACKS / sha256[:2] / sha256


def _store() -> Path:
    return Path(settings.HOME) / "sealed"


def _copied(source: BinaryIO, out: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        out.write(chunk)
        yield chunk


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with fresh.open("wb") as out:
        out.writelines(chunks)
        out.flush()
        os.fsync(out.fileno())
    _settle(fresh, path)


def _settle(fresh: Path, path: Path) -> None:
    fresh.chmod(0o440)
    fresh.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
