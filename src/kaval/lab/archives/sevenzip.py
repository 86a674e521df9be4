"""7z, unpacked front to back within each of its blocks, a chunk at a time.

The header is read by py7zr, which bounds it (64 MiB and counts checked against its length). A block is decoded once
however many files it holds: a member that is not read to its end is passed over when the next one is asked for.
Encrypted blocks are named and not read; with an encrypted header not even names are there. PPMd is refused: on damaged
input its decoder (pyppmd 1.3.1) was seen to damage memory here, and the process with it. Source: 7zFormat.txt of
the 7-Zip source; py7zr 1.1.4, whose objects of the parsed header are used (pinned).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from kaval.lab.archives.bounds import MAX_DICTIONARY_BYTES, Budget, guarded, inner_path, reason
from kaval.lab.archives.stamps import filetime
from kaval.lab.shapes import Member
from kaval.lab.sources.entry import CHUNK_BYTES, State, Times, Trouble

_LZMA1, _LZMA2, _PPMD = b"\x03\x01\x01", b"\x21", b"\x03\x04\x01"
_BROTLI = b"\x04\xf7\x11\x02"
_REFUSED = {
    _PPMD: "PPMd, whose decoder at hand (pyppmd 1.3.1) damages memory on damaged input",
    _BROTLI: "brotli, which only a fork of 7-Zip writes",
}
_AES = b"\x06\xf1\x07\x01"
# Decoders that give all of a block of input at once: small blocks keep what comes out small.
_EAGER_BLOCK_BYTES = 4096
_LOCKED = (
    "encrypted-member",
    "protected by a password: not read",
    "Unpack it with the owner's password, lawfully obtained, and examine the folder too",
)
_HEAD = struct.Struct("<6s2BLQQL")
_PACKED_HEADER = 0x17
_MAX_HEADER_BYTES = 64 << 20
Refusal = tuple[str, str, str]


def sevenzip_members(stream: BinaryIO, budget: Budget) -> Iterator[Member | Trouble]:
    """The files of a 7z in its own order; one trouble when py7zr (extra `lab`) is not installed.

    Raises:
        ValueError: not a whole 7z.
    """
    try:
        import py7zr
        from py7zr.exceptions import ArchiveError, PasswordRequired
    except ImportError:
        text = "7z needs py7zr, which is not installed"
        yield Trouble("", "reader-missing", text, "Run  pip install 'kaval[lab]'  and examine it again")
        return
    try:
        refused = _header_refused(stream)
        if refused is not None:
            yield Trouble("", *refused)
            return
        stream.seek(0)
        archive = py7zr.SevenZipFile(stream, "r")
    except PasswordRequired:
        yield Trouble("", *_LOCKED)
        return
    except ArchiveError as error:
        raise ValueError(reason(error)) from error
    with archive:
        blocks = _blocks(stream, archive)
        for found in archive.files:
            if not budget.enter():
                return
            yield from _member(found, blocks, budget=budget)


def _header_refused(stream: BinaryIO) -> Refusal | None:
    """Why a packed header must not be unpacked; py7zr would use any method on it."""
    from py7zr.archiveinfo import HeaderStreamsInfo

    stream.seek(0)
    _, _, _, _, offset, size, _ = _HEAD.unpack(stream.read(_HEAD.size))
    if size > _MAX_HEADER_BYTES:
        raise ValueError("a header larger than any archive's")
    stream.seek(_HEAD.size + offset)
    header = io.BytesIO(stream.read(size))
    if header.read(1) != bytes((_PACKED_HEADER,)):
        return None
    streams = HeaderStreamsInfo.retrieve(header)
    return next(filter(None, (_refusal(folder.coders) for folder in streams.unpackinfo.folders)), None)


def _refusal(coders: Sequence[dict[str, Any]]) -> Refusal | None:
    """Why what is packed by a chain of methods is not unpacked; None: it is."""
    for coder in coders:
        if coder["method"] == _AES:
            return _LOCKED
        said = _REFUSED.get(coder["method"])
        if said is None and _memory(coder) > MAX_DICTIONARY_BYTES:
            said = "a dictionary larger than any archiver's usual levels"
        if said is not None:
            mend = "Unpack it with the maker's tool and examine the folder too"
            return "method-not-supported", f"packed by {said}: not read", mend
    return None


class _Block:
    """One packed block, decoded once from front to back; files lie in it one after another."""

    def __init__(self, stream: BinaryIO, folder: Any, *, place: int, packed: int) -> None:
        self._stream, self._folder, self._place, self._packed = stream, folder, place, packed
        self._decoder: Any = None
        self._damage: tuple[type[Exception], ...] = ()
        """Errors of decoders that are of no standard kind."""
        self._given = 0
        self.next_file = 0
        """Where in the unpacked block the next file begins."""
        self.refused = _refusal(folder.coders)

    def take(self, begin: int, size: int, *, crc: int | None, budget: Budget) -> Iterator[bytes]:
        """The bytes of one file; files before it that nobody read are passed over.

        Raises:
            ValueError: read before, or a wrong checksum.
            EOFError: the block ends early.
        """
        if self._given > begin:
            raise ValueError("a member of a 7z is read once, in order")
        while self._given < begin:
            budget.spend(len(self._decoded(begin - self._given)))
        end, seen = begin + size, 0
        while self._given < end:
            chunk = self._decoded(end - self._given)
            seen = zlib.crc32(chunk, seen)
            yield chunk
        if crc is not None and seen != crc:
            raise ValueError("its checksum differs: the content is damaged")

    def _decoded(self, most: int) -> bytes:
        if self._decoder is None:
            self._decoder = self._new_decoder()
        while True:
            self._stream.seek(self._place)
            try:
                chunk = bytes(self._decoder.decompress(self._stream, min(most, CHUNK_BYTES)))
            except self._damage as error:
                raise ValueError(reason(error)) from error
            place, self._place = self._place, self._stream.tell()
            if chunk:
                self._given += len(chunk)
                return chunk
            if place == self._place:
                raise EOFError("the packed block ends before the files in it do")

    def _new_decoder(self) -> Any:
        from backports.zstd import ZstdError
        from py7zr.compressor import SevenZipDecompressor
        from py7zr.exceptions import ArchiveError

        self._damage = (ArchiveError, ZstdError)
        coders, block = self._folder.coders, None
        for coder in coders:
            if coder["method"] not in (_LZMA1, _LZMA2, b"\x00"):
                block = _EAGER_BLOCK_BYTES
        try:
            return SevenZipDecompressor(
                coders, self._packed, self._folder.unpacksizes, self._folder.crc, None, block
            )
        except ArchiveError as error:
            raise ValueError(f"packed by a method that is not read here: {reason(error)}") from error


def _memory(coder: dict[str, Any]) -> int:
    """Bytes of dictionary that a coder's properties ask for; 0 where it has none to state."""
    method, said = coder["method"], coder["properties"] or b""
    if method == _LZMA2 and said:
        return (2 | said[0] & 1) << (said[0] // 2 + 11)
    if method == _LZMA1 and len(said) >= 5:
        return int.from_bytes(said[1:5], "little")
    return 0


def _blocks(stream: BinaryIO, archive: Any) -> dict[int, _Block]:
    """The packed blocks by the identity of py7zr's object for each."""
    streams = getattr(archive.header, "main_streams", None)
    if streams is None or getattr(streams, "unpackinfo", None) is None:
        return {}
    blocks: dict[int, _Block] = {}
    at, positions = 0, streams.packinfo.packpositions
    for folder in streams.unpackinfo.folders:
        taken = max(len(folder.packed_indices), 1)
        place = archive.afterheader + streams.packinfo.packpos + positions[at]
        blocks[id(folder)] = _Block(stream, folder, place=place, packed=positions[at + taken] - positions[at])
        at += taken
    return blocks


def _member(found: Any, blocks: dict[int, _Block], *, budget: Budget) -> Iterator[Member | Trouble]:
    block = None if found.folder is None else blocks[id(found.folder)]
    size = int(found.uncompressed)
    begin = 0
    if block is not None:
        begin, block.next_file = block.next_file, block.next_file + size
    if found.is_directory:
        return
    path, odd = inner_path(found.filename.encode("utf-8", "surrogatepass"))
    if odd is not None:
        yield odd
    if found.is_symlink or found.is_junction or found.is_socket:
        yield Trouble(path, "not-a-regular-file", "a link or special file; named here and not read")
        return
    if block is not None and block.refused is not None:
        yield Trouble(path, *block.refused)
        return

    def chunks() -> Iterator[bytes]:
        if block is None:
            return iter(())
        return block.take(begin, size, crc=found.crc32, budget=budget)

    yield Member(path, State.ALLOCATED, size, guarded(chunks, budget), _times(found))


def _times(found: Any) -> Times:
    """Windows times in UTC, as 7z keeps them."""
    said = found.file_properties()
    stamps = (said.get(name) for name in ("lastwritetime", "lastaccesstime", "creationtime"))
    modified, accessed, created = (None if stamp is None else filetime(int(stamp)) for stamp in stamps)
    return Times(modified, accessed, None, created)
