"""Pictures and videos in space that no file claims: found by their first bytes, taken to the end their structure gives.

Only what lies in one piece and whole is found, beginning at a sector: JPEG by its markers (and the further pictures
that follow its end), PNG by its chunks and their checksums, GIF by its blocks, WebP and AVI by RIFF chunks, MP4,
QuickTime, HEIC and AVIF by boxes, Matroska by its stated length. A header without an end is counted and named, not
guessed at. What a hostile medium can make this cost is bounded by a multiple of the space searched.
"""

from __future__ import annotations

import re
import struct
import zlib
from array import array
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kaval.lab.sources.containers import Medium, MediumError
from kaval.lab.sources.entry import CHUNK_BYTES, Entry, State, Trouble

_SECTOR = 512
_WINDOW = 1 << 16
_EFFORT_FACTOR, _EFFORT_FIRST, _STEP = (
    8,
    1 << 28,
    1 << 10,
)  # bytes looked at; each look counts as so many more
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_JPEG_SEGMENTS = frozenset((*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, *range(0xE0, 0xF0), 0xFE)) - {
    0xC8
}
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BOXES = frozenset(
    b"ftyp moov mdat free skip wide uuid meta moof mfra sidx ssix styp pdin udta junk pnot PICT emsg prft idat".split()
)
_BOX_FACTS = frozenset((b"moov", b"meta", b"moof"))
_FOURCC = re.compile(rb"[ -~]{4}")
# The others state a length in their head, which proves nothing of what follows: inside them the search goes on.
_SELF_ENDING = ("jpg", "png", "gif")
_EXTENSIONS = {
    b"qt  ": "mov",
    b"heic": "heic",
    b"heix": "heic",
    b"mif1": "heif",
    b"avif": "avif",
    b"avis": "avif",
}


class Carved(NamedTuple):
    """Content found in unclaimed space: byte offset on the disk, bytes."""

    offset: int
    size: int


class _SpentError(Exception):
    """More was looked at than the space searched so far is worth."""


@dataclass(slots=True)
class Claims:
    """The space of one volume that files lay claim to, as (start, bytes), and where deleted files handed out lie."""

    starts: array[int]
    lengths: array[int]
    handed: set[tuple[int, int]]

    @classmethod
    def none(cls) -> Claims:
        """Nothing claimed yet."""
        return cls(array("q"), array("q"), set())

    def add(self, start: int, length: int) -> None:
        """Claim a run of bytes of the disk."""
        self.starts.append(start)
        self.lengths.append(length)

    def free(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The runs between two offsets that nothing claims, in order."""
        begins = np.frombuffer(self.starts, dtype=np.int64) if self.starts else np.empty(0, np.int64)
        lengths = np.frombuffer(self.lengths, dtype=np.int64) if self.lengths else np.empty(0, np.int64)
        order = np.argsort(begins, kind="stable")
        begins = np.append(begins[order], end)
        ends = np.maximum.accumulate(np.append(start, (begins[:-1] + lengths[order])))
        for gap in np.flatnonzero(begins > ends):
            first, last = max(int(ends[gap]), start), min(int(begins[gap]), end)
            if first < last:
                yield first, last


def carve(
    medium: Medium,
    spans: Iterator[tuple[int, int]],
    *,
    volume: int | None,
    handed: Container[tuple[int, int]],
    most: int,
) -> Iterator[Entry | Trouble]:
    """At most so many pictures and videos in these spans, but those `handed` out as deleted files already."""
    place = "" if volume is None else f"volume {volume}"
    incomplete = stopped = unread = 0
    for start, end in spans:
        reader = _Reader(medium, -(-start // _SECTOR) * _SECTOR, end)
        for at, size, ending in reader.found():
            if size is None:
                incomplete += 1
            elif (at, size) in handed:
                continue
            elif most <= 0:
                yield Trouble(
                    place, "too-many-entries", "the limit of entries is reached; the rest was not read"
                )
                return
            else:
                most -= 1
                yield Entry(f"$Carved/{at}.{ending}", State.CARVED, size, Carved(at, size), volume)
        stopped, unread = stopped + reader.stopped, unread + reader.unread
    if incomplete:
        text = f"{incomplete} headers of pictures or videos in unclaimed space have no end: fragmented or overwritten"
        yield Trouble(place, "carved-incomplete", text)
    if unread:
        text = f"{unread} bytes of unclaimed space cannot be read"
        yield Trouble(place, "not-carved", text, "Read the medium again from the original")
    if stopped:
        text = (
            f"{stopped} headers were not followed to their end: false ones, more than there can be by chance"
        )
        yield Trouble(place, "carving-stopped", text, "Search the free space by hand")


class _Reader:
    """Reads one span through a window; what may be looked at grows with the space already searched.

    `stopped`: headers left because it was used up. `unread`: bytes of the span that the medium did not give.
    """

    def __init__(self, medium: Medium, start: int, end: int) -> None:
        self._medium, self._start, self._end = medium, start, end
        self._effort = min((end - start) * _EFFORT_FACTOR + CHUNK_BYTES, _EFFORT_FIRST)
        self._window, self._at = b"", 0
        self.stopped = self.unread = 0

    def found(self) -> Iterator[tuple[int, int | None, str]]:
        """(offset, bytes, name ending) of each header; bytes None: its end was not found."""
        beyond = claimed = self._start
        for at, kind in self._headers():
            if at < beyond:
                continue  # a thumbnail or frame inside what was found
            try:
                end, ending = _KINDS[kind](self, at)
                # Else a stated length in every sector would make the same space be read without end.
                self._spend(max(min(end or 0, claimed) - at, 0))
            except _SpentError:
                self._effort, self.stopped = 0, self.stopped + 1
                continue
            except MediumError:
                end, ending = None, ""
            yield at, None if end is None else end - at, ending
            claimed = max(claimed, end or 0)
            if end is not None and ending in _SELF_ENDING:
                beyond = end

    def _headers(self) -> Iterator[tuple[int, int]]:
        for at in range(self._start, self._end, CHUNK_BYTES):
            try:
                chunk = self._medium.read(at, min(CHUNK_BYTES, self._end - at))
            except MediumError:
                self.unread += min(CHUNK_BYTES, self._end - at)
                continue
            self._effort += len(chunk) * _EFFORT_FACTOR
            sectors = np.frombuffer(chunk.ljust(-(-len(chunk) // _SECTOR) * _SECTOR, b"\0"), dtype="<u4")
            first, second = sectors[:: _SECTOR // 4], sectors[1 :: _SECTOR // 4]
            kinds = np.select(
                [(first & mask) == word for mask, word in _FIRST_WORDS], range(1, len(_FIRST_WORDS) + 1)
            )
            kinds[second == _FTYP] = _BOX_KIND
            for sector in np.flatnonzero(kinds):
                yield at + int(sector) * _SECTOR, int(kinds[sector])

    def take(self, at: int, length: int) -> bytes:
        """The bytes at an offset, fewer at the end of the span; at most a window."""
        self._spend(length + _STEP)
        inside = at - self._at
        if inside < 0 or inside + length > len(self._window):
            self._at, inside = at, 0
            self._window = self._medium.read(at, min(_WINDOW, max(self._end - at, 0)))
        return self._window[inside : inside + length]

    def checksum(self, at: int, length: int) -> int | None:
        """CRC-32 of a run of bytes, None when the span ends before."""
        crc = 0
        while length:
            piece = self.take(at, min(length, _WINDOW))
            if not piece:
                return None
            crc, at, length = zlib.crc32(piece, crc), at + len(piece), length - len(piece)
        return crc

    def marker(self, at: int) -> int | None:
        """Where the compressed data of a JPEG scan ends, None when the span ends first."""
        while len(piece := self.take(at, _WINDOW)) > 1:
            met = _MARKER.search(piece)
            if met:
                self._effort += len(piece) - met.start()  # the rest of the window was not looked at
                return at + met.start()
            at += len(piece) - 1
        return None

    def holds(self, end: int) -> bool:
        """Whether something that ends there lies within the span."""
        return end <= self._end

    def _spend(self, cost: int) -> None:
        self._effort -= cost
        if self._effort < 0:
            raise _SpentError


_Found = tuple[int | None, str]


def _jpeg(reader: _Reader, at: int) -> _Found:
    end = _jpeg_end(reader, at)
    # Cameras put further pictures (depth, preview) behind the first; a sector's start is another file.
    while end is not None and end % _SECTOR and reader.take(end, 3) == b"\xff\xd8\xff":
        further = _jpeg_end(reader, end)
        if further is None:
            break
        end = further
    return end, "jpg"


def _jpeg_end(reader: _Reader, at: int) -> int | None:
    at, frame, scan = at + 2, False, False
    while len(head := reader.take(at, 4)) >= 2 and head[0] == 0xFF:
        marker = head[1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            return at + 2 if frame and scan else None
        length = int.from_bytes(head[2:4], "big")
        if marker not in _JPEG_SEGMENTS or length < 2:
            return None
        at += 2 + length
        frame = frame or marker in _JPEG_FRAMES
        if marker == 0xDA:
            following = reader.marker(at)
            if following is None:
                return None
            at, scan = following, True
    return None


def _png(reader: _Reader, at: int) -> _Found:
    if reader.take(at, 16)[4:] != b"\r\n\x1a\n\0\0\0\x0dIHDR":
        return None, "png"
    at += 8
    while len(head := reader.take(at, 8)) == 8:
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if not kind.isalpha() or not reader.holds(at + 12 + length):
            break
        if reader.checksum(at + 4, length + 4) != int.from_bytes(reader.take(at + 8 + length, 4), "big"):
            break
        at += 12 + length
        if kind == b"IEND":
            return at, "png"
    return None, "png"


def _gif(reader: _Reader, at: int) -> _Found:
    head = reader.take(at, 13)
    if len(head) < 13 or head[4:6] not in (b"7a", b"9a"):
        return None, "gif"
    at, pictures = at + 13 + _gif_colours(head[10]), 0
    while block := reader.take(at, 10):
        if block[0] == 0x3B:
            return (at + 1 if pictures else None), "gif"
        if block[0] == 0x21:
            at += 2
        elif block[0] == 0x2C and len(block) == 10:
            at, pictures = at + 11 + _gif_colours(block[9]), pictures + 1
        else:
            break
        while size := reader.take(at, 1):
            at += 1 + size[0]
            if not size[0]:
                break
    return None, "gif"


def _gif_colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _riff(reader: _Reader, at: int) -> _Found:
    form = reader.take(at, 12)[8:]
    ending = {b"WEBP": "webp", b"AVI ": "avi"}.get(form, "riff")
    end = _riff_end(reader, at) if ending != "riff" else None
    while end is not None and reader.take(end, 4) == b"RIFF" and reader.take(end + 8, 4) == b"AVIX":
        further = _riff_end(reader, end)
        if further is None:
            break
        end = further
    return end, ending


def _riff_end(reader: _Reader, at: int) -> int | None:
    """The end of a RIFF whose chunks fill it exactly."""
    size = int.from_bytes(reader.take(at + 4, 4), "little")
    end, at = at + 8 + size, at + 12
    if not reader.holds(end):
        return None
    while at + 8 <= end and _FOURCC.match(head := reader.take(at, 8)):
        at += 8 + (length := int.from_bytes(head[4:], "little")) + length % 2
    return end + size % 2 if at >= end and at - end <= 1 else None


def _boxes(reader: _Reader, at: int) -> _Found:
    ending = _EXTENSIONS.get(reader.take(at + 8, 4), "mp4")
    met: set[bytes] = set()
    while len(head := reader.take(at, 16)) >= 8 and head[4:8] in _BOXES:
        if head[4:8] == b"ftyp" and met:
            break  # the next file
        size, least = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, least = int.from_bytes(head[8:], "big"), 16
        if size < least or not reader.holds(at + size):
            return None, ending
        met.add(head[4:8])
        at += size
    whole = met & _BOX_FACTS and met & {b"mdat", b"idat", b"meta"}
    return (at if whole else None), ending


def _matroska(reader: _Reader, at: int) -> _Found:
    head = reader.take(at, _SECTOR)
    ending = "webm" if b"webm" in head[:64] else "mkv"
    ebml = _vint(head[4:])
    if ebml is None or sum(ebml) > _SECTOR // 2:
        return None, ending
    start = 4 + sum(ebml)
    body = _vint(head[start + 4 :]) if head[start : start + 4] == b"\x18\x53\x80\x67" else None
    end = None if body is None else at + start + 4 + sum(body)
    return (end if end is not None and reader.holds(end) else None), ending


def _vint(content: bytes) -> tuple[int, int] | None:
    """(bytes of the number, the number); None when it is unknown or broken off."""
    if not content or not content[0]:
        return None
    width = 9 - content[0].bit_length()
    value = int.from_bytes(content[:width], "big") & ((1 << 7 * width) - 1)
    return None if value == (1 << 7 * width) - 1 or len(content) < width else (width, value)


def _word(text: bytes) -> int:
    return int(struct.unpack("<I", text)[0])


_FTYP = _word(b"ftyp")
_FIRST_WORDS = (
    (0xFFFFFF, _word(b"\xff\xd8\xff\0")),
    (0xFFFFFFFF, _word(b"\x89PNG")),
    (0xFFFFFFFF, _word(b"GIF8")),
    (0xFFFFFFFF, _word(b"RIFF")),
    (0xFFFFFFFF, _word(b"\x1aE\xdf\xa3")),
)
_BOX_KIND = len(_FIRST_WORDS) + 1
_KINDS: dict[int, Callable[[_Reader, int], _Found]] = dict(
    enumerate((_jpeg, _png, _gif, _riff, _matroska, _boxes), start=1)
)
