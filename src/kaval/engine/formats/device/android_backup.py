"""The head of an Android backup (`.ab`), and the manifests in it, become facts and installed applications.

Tried: backups of versions 1 to 5 written here after the public format (a text head, then a tar, packed by zlib or not,
encrypted or not). Not supported: the content of encrypted backups (named, never tried), `.adb` and maker's own backups
(Samsung, Huawei, Xiaomi: some put a head of their own before this one). A manifest's signatures are passed over.
Source: Android's BackupManagerService as public readers of the format describe it (`ANDROID BACKUP`, version, packed,
encryption, one line each); unverified against a phone here.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.device._extraction import DecodedRecord
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="android_backup", version="1", kind="device", title="Android backup (.ab)")

MAGIC = b"ANDROID BACKUP\n"
_HEAD_BYTES = 256
MAX_MANIFEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupHead:
    """`begin` is the byte after the head, where the tar (or its packed form) starts. `encryption`: `none` or a name."""

    version: int
    packed: bool
    encryption: str
    begin: int
    locator: str


def claims(file: ReceivedFile) -> bool:
    """True for a file that begins with the format's first line."""
    return file.head(len(MAGIC)) == MAGIC


def read(file: ReceivedFile) -> Reading[BackupHead]:
    """The head alone.

    Raises:
        ReaderError: another first line, or a head without its four lines.
    """
    found = head(file.head(_HEAD_BYTES))
    if found is None:
        raise ReaderError("no head of an Android backup", file=file.name, place="line 1")
    warnings: tuple[ReadWarning, ...] = ()
    if found.encryption != "none":
        warnings = (
            ReadWarning(
                "line 4",
                "encrypted-backup",
                f"encrypted by {found.encryption}: not read",
                "Make the backup again with the owner's password, lawfully obtained",
            ),
        )
    return Reading(SPEC, (found,), warnings)


def head(content: bytes) -> BackupHead | None:
    """The head from the first bytes of a file; None when it is none."""
    if not content.startswith(MAGIC):
        return None
    lines = content.split(b"\n", 4)
    if len(lines) < 5 or not lines[1].isdigit() or len(lines[1]) > 3 or lines[2] not in (b"0", b"1"):
        return None
    begin = sum(len(line) + 1 for line in lines[:4])
    encryption = lines[3].decode("ascii", "replace")[:40]
    return BackupHead(int(lines[1]), lines[2] == b"1", encryption, begin, "line 1")


def installed(content: bytes, *, locator: str) -> DecodedRecord | None:
    """The application that a `_manifest` member names; None when it is no manifest."""
    lines = content[:MAX_MANIFEST_BYTES].decode("utf-8", "replace").split("\n")
    if len(lines) < 6 or not lines[0].isdigit() or not lines[1]:
        return None
    facts = {
        "package": lines[1],
        "version": lines[2],
        "platform": lines[3],
        "installer": lines[4],
        "program_in_backup": lines[5] == "1",
    }
    return DecodedRecord(
        "install",
        "_manifest",
        None,
        None,
        None,
        {name: value for name, value in facts.items() if value != ""},
        locator,
    )
