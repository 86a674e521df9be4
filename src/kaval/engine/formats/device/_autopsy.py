"""Rows of an Autopsy case database as records: files with the digests the case holds, artefacts with their attributes.

Only rows: what opens the database is `lab.phones.autopsy`. Artefact types are The Sleuth Kit's standard names; a type
of a module's own keeps its name and is of kind `other`, or what its name speaks for. Attributes of text are kept as a
length, those of passwords passed over. Source: CaseDatabaseFactory.java and BlackboardArtifact.java of The Sleuth Kit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kaval.engine.formats.device._extraction import (
    DecodedRecord,
    StatedFile,
    kept,
    kind_of,
    secret,
    unix_time,
)
from kaval.engine.formats.device._naming import named
from kaval.engine.formats.hashset._model import hex_digest

_KINDS = {
    "TSK_WEB_HISTORY": "browser.visit",
    "TSK_WEB_DOWNLOAD": "download",
    "TSK_WEB_SEARCH_QUERY": "browser.search",
    "TSK_WEB_BOOKMARK": "browser.bookmark",
    "TSK_WEB_COOKIE": "browser.cookie",
    "TSK_RECENT_OBJECT": "file.opened",
    "TSK_INSTALLED_PROG": "install",
    "TSK_DELETED_PROG": "file.deleted",
    "TSK_PROG_RUN": "program.run",
    "TSK_DEVICE_ATTACHED": "device.connected",
    "TSK_MESSAGE": "chat.message",
    "TSK_CALLLOG": "call",
    "TSK_CONTACT": "contact",
    "TSK_EMAIL_MSG": "email",
    "TSK_OS_ACCOUNT": "account",
    "TSK_SERVICE_ACCOUNT": "account",
    "TSK_WEB_FORM_AUTOFILL": "other",
    "TSK_ACCOUNT": "account",
    "TSK_GPS_TRACKPOINT": "location",
    "TSK_GPS_LAST_KNOWN_LOCATION": "location",
    "TSK_HASHSET_HIT": "hashset.hit",
    "TSK_ENCRYPTION_DETECTED": "container.encrypted",
    "TSK_ENCRYPTION_SUSPECTED": "container.possible",
    "TSK_METADATA_EXIF": "picture.camera",
}
_DATETIME = 5  # value_type of seconds since 1970; 0 text, 1 int32, 2 int64, 3 double, 4 bytes, 6 JSON
_UNALLOCATED = 2  # TSK_FS_META_FLAG_UNALLOC and TSK_FS_NAME_FLAG_UNALLOC alike


def stated_file(row: Mapping[str, Any]) -> StatedFile:
    """A row of `tsk_files`. Times are seconds since 1970 UTC, nought: not set."""
    folder, name = str(row["parent_path"] or ""), str(row["name"] or "")
    size = row["size"]
    flags = (row["dir_flags"], row["meta_flags"])
    return StatedFile(
        path=f"{folder.lstrip('/')}{name}",
        place="",
        size=size if isinstance(size, int) and size >= 0 else None,
        deleted=any(isinstance(flag, int) and flag & _UNALLOCATED for flag in flags),
        md5=hex_digest(str(row["md5"] or ""), "md5") or "",
        sha1=hex_digest(str(row["sha1"] or ""), "sha1") or "",
        sha256=hex_digest(str(row["sha256"] or ""), "sha256") or "",
        modified=unix_time(row["mtime"]),
        accessed=unix_time(row["atime"]),
        created=unix_time(row["crtime"]),
        tags=(),
        locator=f"tsk_files {row['obj_id']}",
    )


def artefact(
    number: int, kind: str, *, path: str, attributes: Iterable[tuple[str, int, Any]]
) -> DecodedRecord:
    """An artefact of the blackboard. `attributes` are (type's name, value type, value); the first time is its time."""
    ours = _KINDS.get(kind) or kind_of(kind.replace("_", " "))
    facts: dict[str, Any] = {"source_file": path} if path else {}
    at = None
    for name, value_type, value in attributes:
        short = name.removeprefix("TSK_").lower()
        if value is None or isinstance(value, bytes) or secret(short):
            continue
        if value_type == _DATETIME:
            when = unix_time(value)
            if at is None and when is not None:
                at, facts["time_of"] = when, short
            elif when is not None:
                facts[short] = when
            continue
        if kind == "TSK_WEB_COOKIE" and short == "value":
            continue
        fact = kept(short, str(value), kind=ours)
        if fact is not None:
            facts.setdefault(*fact)
    return DecodedRecord(
        ours,
        kind,
        at,
        None if at is None else 1.0,
        None,
        named(ours, facts),
        f"blackboard_artifacts {number}",
    )
