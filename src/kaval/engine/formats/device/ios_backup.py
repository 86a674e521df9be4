"""The property lists of an iOS backup (Info, Manifest, Status) become facts; the rows of `Manifest.db` become files.

Tried: lists and databases written here after the public layout of iOS 10 and later (`Files` with fileID, domain,
relativePath, flags, and a keyed archive of the file's facts). Not supported: encrypted backups (named, never tried),
`Manifest.mbdb` of iOS 9 and earlier. Key bags and keys are never read. A name that the tool's list has and this reader
does not know is passed over: `Info.plist` also holds whole files of iTunes.
Source: public descriptions of the format (libimobiledevice, iLEAPP); formats.md section 4; unverified on a phone here.
"""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.parsers.expat import ExpatError

from kaval.engine.formats._spec import FormatSpec, Reading, ReceivedFile
from kaval.engine.formats.device._extraction import DecodedRecord, DeviceFact, unix_time
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="ios_backup", version="1", kind="device", title="iOS backup (property lists)")

FILE = 1
"""What `flags` says of a row of `Files` that is a file; 2 is a folder, 4 a link."""

_FACTS = {
    "Build Version": "os_build",
    "BuildVersion": "os_build",
    "Device Name": "device_name",
    "DeviceName": "device_name",
    "Display Name": "display_name",
    "ICCID": "iccid",
    "IMEI": "imei",
    "IMEI 2": "imei",
    "MEID": "meid",
    "Phone Number": "phone_number",
    "Product Name": "model_name",
    "Product Type": "model",
    "ProductType": "model",
    "Product Version": "os_version",
    "ProductVersion": "os_version",
    "Serial Number": "serial",
    "SerialNumber": "serial",
    "Unique Identifier": "udid",
    "UniqueDeviceID": "udid",
    "iTunes Version": "tool_version",
    "macOS Version": "tool_system",
    "Last Backup Date": "extracted_at",
    "Date": "extracted_at",
    "IsEncrypted": "encrypted",
    "WasPasscodeSet": "passcode_was_set",
    "IsFullBackup": "full_backup",
    "BackupState": "backup_state",
    "SnapshotState": "snapshot_state",
    "Version": "backup_version",
}
_MARKS = (
    b"Unique Identifier",
    b"BackupKeyBag",
    b"IsEncrypted",
    b"SnapshotState",
    b"IsFullBackup",
    b"Last Backup Date",
)
_MOST_APPLICATIONS = 5000
_BROKEN = (
    ValueError,
    LookupError,
    OverflowError,
    RecursionError,
    TypeError,
    MemoryError,
    ExpatError,
    AttributeError,
)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the keyed archive of a row says: size in bytes, times as ISO 8601 UTC; None: not stated."""

    size: int | None
    modified: str | None
    created: str | None
    changed: str | None


def claims(file: ReceivedFile) -> bool:
    """True for a property list with names that only a backup's own lists have."""
    head = file.head()
    is_list = head.startswith(b"bplist00") or b"<plist" in head[:512]
    return is_list and any(mark in head for mark in _MARKS)


def read(file: ReceivedFile) -> Reading[DeviceFact | DecodedRecord]:
    """The facts and the installed applications of one list.

    Raises:
        ReaderError: no property list.
    """
    content = plist(file.content)
    if not isinstance(content, dict):
        raise ReaderError("no property list of a backup", file=file.name, mend="Copy the backup again")
    records: list[DeviceFact | DecodedRecord] = []
    for section, values in ((file.base_name, content), ("Lockdown", content.get("Lockdown"))):
        for name, value in values.items() if isinstance(values, dict) else ():
            said = _said(value)
            if name in _FACTS and said:
                records.append(DeviceFact(_FACTS[name], said, section, f"/{name}"))
    records += _applications(content)
    return Reading(SPEC, tuple(records))


def plist(content: bytes) -> Any:
    """The value of a property list, or None when the bytes are none; never an error."""
    try:
        return plistlib.loads(content)
    except _BROKEN:
        return None


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)[:400] if isinstance(value, str | int) else ""


def _applications(content: Mapping[str, Any]) -> list[DecodedRecord]:
    named = content.get("Installed Applications")
    if not isinstance(named, list):
        found = content.get("Applications")
        named = list(found) if isinstance(found, dict) else []
    return [
        DecodedRecord("install", "application", None, None, None, {"package": one}, f"/Applications/{number}")
        for number, one in enumerate(named[:_MOST_APPLICATIONS])
        if isinstance(one, str)
    ]


def file_facts(archive: bytes | None) -> FileFacts:
    """The facts in the keyed archive beside a row; all None when it cannot be read."""
    content: Any = plist(archive) if archive else None
    try:
        objects = content["$objects"]
        root = objects[content["$top"]["root"].data]
        size = root.get("Size")
        times = (unix_time(root.get(name)) for name in ("LastModified", "Birth", "LastStatusChange"))
        return FileFacts(size if isinstance(size, int) and 0 <= size < 1 << 62 else None, *times)
    except _BROKEN:
        return FileFacts(None, None, None, None)
