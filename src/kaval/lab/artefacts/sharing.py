"""What file-sharing programs kept: which files, when they came, and how much of them was passed on.

Tried with files written here: resume data of libtorrent clients (`.fastresume`), of Transmission (`.resume`), of
uTorrent and BitTorrent (`resume.dat`), `known.met` of eMule and aMule. A transfer of a folder counts bytes for the
folder, not for a file in it. Counters are the program's own and may be reset by it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any

from kaval.lab.artefacts.clocks import from_unix
from kaval.lab.artefacts.given import Given, shown
from kaval.lab.shapes import Artefact

_LARGEST = 64 * 1024 * 1024
_DEEPEST = 16
_MOST_TAGS = 1_000
_KNOWN_HEADS = (0x0E, 0x0F)
_NAME, _SIZE, _SENT = 0x01, 0x02, 0x50
_SENT_HIGH = 0x54
_FIXED = {0x01: 16, 0x03: 4, 0x04: 4, 0x05: 1, 0x08: 2, 0x09: 1, 0x0B: 8}


def torrents(given: Given) -> Iterator[Artefact]:
    """One transfer per torrent: where its file or folder lies, when it came, bytes received and passed on."""
    found, _ = _bencoded(given.whole(_LARGEST), 0, 0)
    if not isinstance(found, dict):
        raise ValueError("no dictionary")
    if b"name" in found or b"save_path" in found or b"info-hash" in found:
        yield _transfer(found, "")
        return
    for number, (key, one) in enumerate(found.items()):
        if isinstance(one, dict) and key.endswith(b".torrent"):
            yield _transfer(one, f"torrent/{number}")


def _transfer(found: Mapping[bytes, Any], place: str) -> Artefact:
    name = _text(found, b"qBt-name", b"name")
    folder = _text(found, b"qBt-savePath", b"save_path", b"destination")
    whole = _text(found, b"path")  # uTorrent keeps folder and name in one
    target = whole or (f"{folder.rstrip('/')}/{name}" if folder and name else name)
    added = from_unix(_number(found, b"added_time", b"added-date", b"added_on"))
    number = next(
        (one for one in (found.get(b"info-hash"), found.get(b"info")) if isinstance(one, bytes)), b""
    )
    facts = {
        "target": shown(target),
        "uploaded": _number(found, b"total_uploaded", b"uploaded"),
        "downloaded": _number(found, b"total_downloaded", b"downloaded"),
        "completed": from_unix(_number(found, b"completed_time", b"done-date", b"completed_on")),
        "infohash": number.hex() if len(number) in (20, 32) else None,
    }
    return Artefact("p2p.transfer", place, added, 1.0 if added else None, facts)


def _text(found: Mapping[bytes, Any], *names: bytes) -> str:
    said = next((found[name] for name in names if isinstance(found.get(name), bytes) and found[name]), b"")
    return str(said.decode("utf-8", "replace"))


def _number(found: Mapping[bytes, Any], *names: bytes) -> int | None:
    return next((found[name] for name in names if isinstance(found.get(name), int)), None)


def _bencoded(content: bytes, at: int, depth: int) -> tuple[Any, int]:
    """A value and the place after it.

    Raises:
        ValueError, IndexError: the bytes break the grammar, or nest too deep.
    """
    if depth > _DEEPEST:
        raise ValueError(f"nested deeper than {_DEEPEST}")
    sign = content[at : at + 1]
    if sign == b"i":
        end = content.index(b"e", at, at + 24)
        return int(content[at + 1 : end]), end + 1
    if sign in (b"l", b"d"):
        many: list[Any] = []
        at += 1
        while content[at : at + 1] != b"e":
            one, at = _bencoded(content, at, depth + 1)
            many.append(one)
        if sign == b"l":
            return many, at + 1
        keys = [key if isinstance(key, bytes) else b"" for key in many[::2]]
        return dict(zip(keys, many[1::2], strict=False)), at + 1
    colon = content.index(b":", at, at + 12)
    end = colon + 1 + int(content[at:colon])
    if not colon < end <= len(content):
        raise ValueError(f"a text at {at} runs past the end")
    return content[colon + 1 : end], end


def emule(given: Given) -> Iterator[Artefact]:
    """The files that eMule or aMule knows: name, size, ED2K digest, last change, bytes passed on in all."""
    content = given.whole(_LARGEST)
    head, count = struct.unpack_from("<BI", content, 0)
    if head not in _KNOWN_HEADS:
        raise ValueError("not a list of known files")
    at = 5
    for number in range(count):
        changed, digest, parts = struct.unpack_from("<I16sH", content, at)
        at += 22 + 16 * parts
        tags, at = _tags(content, at)
        sent = tags.get(_SENT)
        high = tags.get(_SENT_HIGH)
        facts = {
            "target": shown(tags.get(_NAME)),
            "bytes": tags.get(_SIZE) if isinstance(tags.get(_SIZE), int) else None,
            "uploaded": sent + (high << 32 if isinstance(high, int) else 0)
            if isinstance(sent, int)
            else None,
            "ed2k": digest.hex(),
            "target_modified": from_unix(changed),
        }
        yield Artefact("p2p.transfer", f"file/{number}", None, None, facts)


def _tags(content: bytes, at: int) -> tuple[dict[int, Any], int]:
    (count,) = struct.unpack_from("<I", content, at)
    if count > _MOST_TAGS:
        raise ValueError(f"{count} tags at {at}")
    at += 4
    found: dict[int, Any] = {}
    for _ in range(count):
        kind = content[at]
        if kind & 0x80:
            name, at = content[at + 1], at + 2
        else:
            (size,) = struct.unpack_from("<H", content, at + 1)
            name, at = (content[at + 3] if size == 1 else -1), at + 3 + size
        found[name], at = _tag(content, at, kind & 0x7F)
    return found, at


def _tag(content: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in (0x03, 0x08, 0x09, 0x0B):
        return int.from_bytes(content[at : at + _FIXED[kind]], "little"), at + _FIXED[kind]
    if kind in _FIXED:
        return None, at + _FIXED[kind]
    if 0x11 <= kind <= 0x20:
        size = kind - 0x10
    elif kind in (0x02, 0x07):
        form = "<H" if kind == 0x02 else "<I"
        (size,) = struct.unpack_from(form, content, at)
        at += struct.calcsize(form)
    else:
        raise ValueError(f"type {kind} at {at} is not known")
    if at + size > len(content):
        raise ValueError(f"a text at {at} runs past the end")
    return content[at : at + size].decode("utf-8", "replace"), at + size
