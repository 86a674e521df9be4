"""What Windows remembers of programs and files: Prefetch, shortcuts, jump lists, Recycle Bin, cleared event logs.

Tried with files written here by struct (Prefetch 17, shortcuts, jump lists of versions 1 and 4, $I of versions 1 and 2,
event log chunks); packed Prefetch of Windows 10 is left to libscca. The time of a shortcut's use is the time of the
shortcut file itself (findings.jsonl), not one inside it.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import Any

import pylnk
import pyscca

from kaval.lab.artefacts.clocks import from_filetime
from kaval.lab.artefacts.compound import root_of, stream
from kaval.lab.artefacts.given import Given, base_name, shown
from kaval.lab.shapes import Artefact

_MEDIA = re.compile(
    r"\.(jpe?g|png|gif|webp|heic|bmp|tiff?|mp4|m4v|mov|avi|mkv|webm|3gp|wmv|flv|mpe?g|ts)$", re.IGNORECASE
)
_DEVICE = re.compile(r"^\\(DEVICE\\HARDDISKVOLUME\d+|VOLUME\{[0-9a-f-]+\})\\", re.IGNORECASE)
_SMALL = 16 * 1024 * 1024
_LNK_HEAD = b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F"
_MOST_LINKS = 5_000
_RUNS_KEPT = 8


def prefetch(given: Given) -> Iterator[Artefact]:
    """One run per time kept (one, or eight since Windows 8), and the media files the program touched at its start."""
    content = given.whole(_SMALL)
    if content[:3] == b"MAM" and int.from_bytes(content[4:8], "little") > _SMALL:
        raise ValueError("unpacks to more than a Prefetch file holds")
    file = pyscca.file()
    file.open_file_object(io.BytesIO(content))
    program = shown(file.executable_filename)
    facts = {"program": program, "run_count": file.run_count, "from": "prefetch"}
    times = [
        file.get_last_run_time_as_integer(n) for n in range(_RUNS_KEPT if file.format_version >= 26 else 1)
    ]
    for number, ticks in enumerate(times):
        at = from_filetime(ticks)
        if at or number == 0:
            yield Artefact("program.run", f"run/{number}", at, 1.0 if at else None, facts)
    for number in range(min(file.number_of_filenames, 10_000)):
        name = file.get_filename(number)
        if name and _MEDIA.search(name):
            target = shown(_DEVICE.sub("", name))
            yield Artefact(
                "file.opened", f"filename/{number}", None, None, {"program": program, "target": target}
            )


def shortcut(given: Given) -> Iterator[Artefact]:
    """One file that was opened (a shortcut in a `Recent` folder) or that somebody made a shortcut to."""
    kind = "file.opened" if "/recent/" in given.path.lower().replace("\\", "/") else "shortcut"
    yield Artefact(kind, "", None, None, _linked(given.whole(_SMALL)))


def _linked(content: bytes) -> dict[str, Any]:
    """What a shortcut says of its target: path, volume, and the target's own times when the shortcut was made."""
    file = pylnk.file()
    file.open_file_object(io.BytesIO(content))
    serial = file.drive_serial_number
    return {
        "target": shown(file.local_path or file.network_path or file.relative_path),
        "volume_serial": f"{serial:08x}" if serial else None,
        "volume_label": shown(file.volume_label),
        "removable": None if file.drive_type is None else file.drive_type == 2,
        "machine": shown(file.machine_identifier),
        "target_created": from_filetime(file.get_file_creation_time_as_integer()),
        "target_modified": from_filetime(file.get_file_modification_time_as_integer()),
        "from": "shortcut",
    }


def jump_list(given: Given) -> Iterator[Artefact]:
    """Files a program opened, with the time of the last use and the count where the list keeps them (`DestList`)."""
    app = base_name(given.path).split(".", 1)[0]
    listed = stream(root_of(given.whole(_SMALL)), "DestList")
    for number, entry in enumerate(_destinations(listed) if listed is not None else ()):
        at = entry.pop("at")
        facts = entry | {"app_id": app, "from": "jump list"}
        yield Artefact("file.opened", f"DestList/{number}", at, 1.0 if at else None, facts)


def _destinations(content: bytes) -> Iterator[dict[str, Any]]:
    version, count = struct.unpack_from("<II", content, 0)
    fixed, counted, size_at, tail = (130, 116, 128, 4) if version >= 3 else (114, None, 112, 0)
    at = 32
    for _ in range(min(count, _MOST_LINKS)):
        if at + fixed > len(content):
            raise ValueError("the list of destinations ends before its count")
        (ticks,) = struct.unpack_from("<Q", content, at + 100)
        (pinned,) = struct.unpack_from("<i", content, at + 108)
        (chars,) = struct.unpack_from("<H", content, at + size_at)
        used = None if counted is None else struct.unpack_from("<I", content, at + counted)[0]
        raw = content[at + fixed : at + fixed + 2 * chars]
        yield {
            "at": from_filetime(ticks),
            "target": shown(raw.decode("utf-16-le", "replace")),
            "machine": shown(content[at + 72 : at + 88].split(b"\0", 1)[0].decode("ascii", "replace")),
            "count": used,
            "pinned": pinned >= 0,
        }
        at += fixed + 2 * chars + tail


def custom_jump_list(given: Given) -> Iterator[Artefact]:
    """The shortcuts that a program itself put into its jump list; no times."""
    content = given.whole(_SMALL)
    app = base_name(given.path).split(".", 1)[0]
    starts = [found.start() for found in re.finditer(re.escape(_LNK_HEAD), content)][:_MOST_LINKS]
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        facts = _linked(content[start:end]) | {"app_id": app, "from": "jump list"}
        yield Artefact("file.opened", f"offset/{start}", None, None, facts)


def recycled(given: Given) -> Iterator[Artefact]:
    """What was put into the Recycle Bin, from where and when (`$I…`, versions 1 and 2)."""
    content = given.whole(1 << 20)
    version, size, ticks = struct.unpack_from("<QQQ", content, 0)
    if version == 1:
        raw = content[24:544]
    elif version == 2:
        (chars,) = struct.unpack_from("<I", content, 24)
        raw = content[28 : 28 + 2 * min(chars, 32_768)]
    else:
        raise ValueError(f"version {version} is not known")
    target = raw.decode("utf-16-le", "replace").split("\0", 1)[0]
    at = from_filetime(ticks)
    facts = {"target": shown(target), "bytes": size, "from": "recycle bin"}
    yield Artefact("file.deleted", "", at, 1.0 if at else None, facts)


_CHUNK, _CHUNK_HEAD = 65_536, 512
_PROVIDER = "Microsoft-Windows-Eventlog".encode("utf-16-le")
_CLEARED = (1102, 104)


def event_log(given: Given) -> Iterator[Artefact]:
    """Whether a log was cleared (event 1102 of Security, 104 of System), and the span of what it still holds.

    Only the header of a record and the event's number are read, no other content. Told by the number among the values
    of a template that names the log service as its provider; another tool confirms.
    """
    content = given.whole()
    if content[:8] != b"ElfFile\x00":
        raise ValueError("not a Windows event log")
    first: str | None = None
    last: str | None = None
    count = 0
    for start in range(4096, len(content) - _CHUNK_HEAD + 1, _CHUNK):
        chunk = content[start : start + _CHUNK]
        if chunk[:8] != b"ElfChnk\x00":
            continue
        for at, end, number, ticks in _records(chunk):
            when = from_filetime(ticks)
            count += 1
            first, last = first or when, when or last
            event = _event_number(chunk, at + 24, end)
            if event in _CLEARED:
                facts = {"event": event, "record": number, "log": base_name(given.path)}
                yield Artefact("log.cleared", f"record/{number}", when, 1.0 if when else None, facts)
    facts = {"log": base_name(given.path), "records": count, "first": first, "last": last}
    yield Artefact("log.span", "", None, None, facts)


def _records(chunk: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Start, end of content, number and time of each record of a chunk."""
    at = _CHUNK_HEAD
    while at + 28 <= len(chunk) and chunk[at : at + 4] == b"**\0\0":
        size, number, ticks = struct.unpack_from("<IQQ", chunk, at + 4)
        if not 28 <= size <= len(chunk) - at:
            return
        yield at, at + size - 4, number, ticks
        at += size


def _event_number(chunk: bytes, at: int, end: int) -> int | None:
    """The number of an event that the log service itself wrote: the fourth value of the record's template."""
    head = chunk[at : min(at + 14, end)]
    if head[:4] != b"\x0f\x01\x01\x00" or head[4:6] != b"\x0c\x01" or len(head) < 14:
        return None
    (defined_at,) = struct.unpack_from("<I", head, 10)
    if defined_at + 24 > len(chunk):
        return None
    (size,) = struct.unpack_from("<I", chunk, defined_at + 20)
    if _PROVIDER not in chunk[defined_at + 24 : defined_at + 24 + size]:
        return None
    # The template stands in the record that used it first; later ones only point to it.
    values_at = at + 14 + (24 + size if defined_at == at + 14 else 0)
    if values_at + 4 > end:
        return None
    (count,) = struct.unpack_from("<I", chunk, values_at)
    if not 4 <= count <= 1_000 or values_at + 4 + 4 * count > end:
        return None
    sizes = [struct.unpack_from("<HB", chunk, values_at + 4 + 4 * n) for n in range(4)]
    where = values_at + 4 + 4 * count + sum(size for size, _ in sizes[:3])
    if sizes[3] != (2, 6) or where + 2 > end:
        return None
    number: int = struct.unpack_from("<H", chunk, where)[0]
    return number
