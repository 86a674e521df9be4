"""Stores of small previews: what pictures a folder once held, by name where the store keeps one, by digest always.

Tried: `thumbcache_*.db` of Windows 7 and of 8 to 11 (both layouts written here), `Thumbs.db` with and without a
catalogue, PNG previews of the freedesktop standard (`Thumb::URI`). A preview is never decoded, shown or kept, only
digested. It is made when a folder is listed: it does not say that a file was opened.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from kaval.lab.artefacts.clocks import from_filetime, from_unix
from kaval.lab.artefacts.compound import root_of, stream, streams
from kaval.lab.artefacts.given import Given, shown
from kaval.lab.filetype import HEAD_BYTES, file_type
from kaval.lab.shapes import Artefact

_LARGEST = 32 * 1024 * 1024
_MARK = b"CMMM"
_SINCE_8 = 0x1A
_MOST_TEXTS = 200


def thumb_cache(given: Given) -> Iterator[Artefact]:
    """One preview per entry of a `thumbcache_*.db`: its digest, type, and the number Windows Search knows it by."""
    file = given.file
    head = file.read(24)
    if head[:4] != _MARK or len(head) < 24:
        raise ValueError("not a store of previews")
    version = int.from_bytes(head[4:8], "little")
    fixed = 56 if version >= _SINCE_8 else 48
    for at in _entries(file.read(4096), start=24):
        yield from _walk(given, at, fixed=fixed)
        return


def _entries(content: bytes, *, start: int) -> Iterator[int]:
    """Where the first entry begins: its mark; the header's length differs between versions."""
    found = content.find(_MARK)
    if found >= 0:
        yield start + found


def _walk(given: Given, at: int, *, fixed: int) -> Iterator[Artefact]:
    file = given.file
    while True:
        file.seek(at)
        head = file.read(fixed)
        if len(head) < fixed or head[:4] != _MARK:
            return
        size, number, name_size, padding, stored = struct.unpack_from("<IQIII", head, 4)
        body = name_size + padding
        if size < fixed or body + stored > size - fixed:
            raise ValueError(f"the entry at {at} is longer than its room")
        if 0 < stored <= _LARGEST:
            file.seek(at + fixed + body)
            yield _preview(
                file.read(stored), f"offset/{at}", {"cache_id": f"{number:016x}", "from": "thumbcache"}
            )
        at += size


def _preview(content: bytes, place: str, facts: dict[str, Any], *, at: str | None = None) -> Artefact:
    facts |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    facts["mime"] = file_type(content[:HEAD_BYTES])
    return Artefact("thumbnail", place, at, 1.0 if at else None, facts)


def thumbs_db(given: Given) -> Iterator[Artefact]:
    """One preview per stream of a `Thumbs.db`; with the file's name and time where a catalogue is (until Vista)."""
    root = root_of(given.whole())
    named = dict(_catalogue(stream(root, "Catalog") or b""))
    folder = given.path.replace("\\", "/").rpartition("/")[0]
    for stored, body in streams(root):
        if stored == "Catalog":
            continue
        name, at = named.get(stored, (None, None))
        target = f"{folder}/{name}".lstrip("/") if name else None
        # 12 or more bytes stand before the picture; its own first bytes say where it begins.
        start = next(
            (body.find(mark) for mark in (b"\xff\xd8\xff", b"\x89PNG") if 0 <= body.find(mark) < 64), 0
        )
        facts = {"target": target, "target_modified": at, "from": "Thumbs.db"}
        yield _preview(body[start:], f"stream/{shown(stored)}", facts)


def _catalogue(content: bytes) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    """Stream name (the number backwards) to file name and the file's time."""
    start = int.from_bytes(content[:2], "little") or 16
    while start + 16 <= len(content):
        size, number, ticks = struct.unpack_from("<IIQ", content, start)
        if size <= 16 or start + size > len(content):
            return
        name = content[start + 16 : start + size].decode("utf-16-le", "replace").split("\0", 1)[0]
        yield str(number)[::-1], (shown(name), from_filetime(ticks))
        start += size


def desktop_thumbnail(given: Given) -> Iterator[Artefact]:
    """The file that a preview of a Linux desktop was made of, and that file's time."""
    texts = _texts(given.whole(_LARGEST))
    uri = texts.get("Thumb::URI")
    if uri is None:
        return
    modified = texts.get("Thumb::MTime", "")
    target = shown(unquote(uri.removeprefix("file://")))
    when = from_unix(int(modified)) if modified.isdecimal() and len(modified) < 12 else None
    yield Artefact(
        "thumbnail", "", None, None, {"target": target, "target_modified": when, "from": "thumbnails folder"}
    )


def _texts(content: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("not a PNG file")
    at = 8
    while at + 12 <= len(content) and len(found) < _MOST_TEXTS:
        size = int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] == b"tEXt":
            name, _, text = content[at + 8 : at + 8 + size].partition(b"\0")
            found[name.decode("latin-1")] = text.decode("utf-8", "replace")
        at += 12 + size
    return found
