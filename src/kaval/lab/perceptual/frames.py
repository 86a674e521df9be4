"""How many pictures a GIF or TIFF holds, by walking its blocks without decoding any.

Pillow's own counting parses every frame in full, which a hostile file can make to last for hours. Sources: GIF89a
specification, sections 18 to 26; TIFF 6.0, section 2; BigTIFF.
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

MAX_FRAMES = 10_000
"""Counting stops here: this number in the findings means at least so many."""


def gif_frames(stream: BinaryIO) -> int:
    """The image descriptors of a GIF, up to where it ends or breaks off; at least one."""
    stream.seek(0)
    head = stream.read(13)
    if len(head) == 13:
        _skip_colours(stream, head[10])
    frames = 0
    while frames < MAX_FRAMES and (kind := stream.read(1)) in (b"!", b","):
        if kind == b",":
            place = stream.read(9)
            if len(place) < 9:
                break
            frames += 1
            _skip_colours(stream, place[8])
        stream.seek(1, io.SEEK_CUR)  # an extension's label, a picture's code size
        while (size := stream.read(1)) not in (b"", b"\0"):
            stream.seek(size[0], io.SEEK_CUR)
    return max(frames, 1)


def _skip_colours(stream: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        stream.seek(3 << (flags & 7) + 1, io.SEEK_CUR)


def tiff_frames(stream: BinaryIO) -> int:
    """The directories in the chain of a TIFF, up to where it ends, breaks off or turns back; at least one."""
    stream.seek(0)
    head = stream.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    count, entry, link = (f"{order}Q", 20, f"{order}Q") if big else (f"{order}H", 12, f"{order}L")
    seen: set[int] = set()
    try:
        (at,) = struct.unpack_from(link, head, 8 if big else 4)
        while at and at not in seen and len(seen) < MAX_FRAMES:
            seen.add(at)
            stream.seek(at)
            (entries,) = struct.unpack(count, stream.read(struct.calcsize(count)))
            stream.seek(entries * entry, io.SEEK_CUR)
            (at,) = struct.unpack(link, stream.read(struct.calcsize(link)))
    except (struct.error, OSError, OverflowError, ValueError):
        seen.discard(at)
    return max(len(seen), 1)
