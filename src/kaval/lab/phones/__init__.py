"""Extractions of phones and computers by other tools, recognised by their content and read as sources.

Read: Cellebrite UFDR, Magnet AXIOM XML, Autopsy cases (SQLite), LEAPP runs (LAVA), Android backups (`.ab`) and iOS
backups, the last two when they are not encrypted. Not read: Oxygen and XRY exports (no schema at hand), Autopsy cases
in PostgreSQL, encrypted backups (named, no password is asked for or tried). Sources and limits: each reader's module.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.device import android_backup, axiom
from kaval.lab.archives import ArchiveLimits
from kaval.lab.phones.android import AndroidBackup
from kaval.lab.phones.autopsy import AutopsyCase, is_case
from kaval.lab.phones.extraction import Extraction
from kaval.lab.phones.ios import IosBackup, is_ios_backup
from kaval.lab.phones.leapp import LeappRun
from kaval.lab.phones.reports import AxiomExport, UfdrArchive, holds_ufdr

__all__ = ["Extraction", "recognise"]

_HEAD_BYTES = 64 * 1024
_DEFAULT = ArchiveLimits()


def recognise(
    place: Path | BinaryIO, *, name: str = "", limits: ArchiveLimits = _DEFAULT
) -> Extraction | None:
    """The extraction at a path, or in a seekable stream; None when it is none that is read here.

    A folder is recognised by the file every extraction of its kind has; a file by its first bytes, a ZIP by the report
    in it. Encrypted backups are recognised too: they say so when walked. The report of a UFDR alone is none: whoever
    reads the ZIP around it meets it again among its files.

    Raises:
        OSError: the path or stream cannot be read.
    """
    if isinstance(place, Path) and place.is_dir():
        return _folder(place, name=name, limits=limits)
    if not isinstance(place, Path):
        place.seek(0)
        return _file(place, place.read(_HEAD_BYTES), name=name, limits=limits)
    with place.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    return _file(place, head, name=name, limits=limits)


def _folder(place: Path, *, name: str, limits: ArchiveLimits) -> Extraction | None:
    if is_ios_backup(place):
        return IosBackup(place, name=name, limits=limits)
    if (place / LeappRun.MANIFEST).is_file():
        return LeappRun(place, name=name, limits=limits)
    if is_case(place / AutopsyCase.DATABASE):
        return AutopsyCase(place, name=name, limits=limits)
    return None


def _file(place: Path | BinaryIO, head: bytes, *, name: str, limits: ArchiveLimits) -> Extraction | None:
    if head.startswith(android_backup.MAGIC):
        return AndroidBackup(place, name=name, limits=limits)
    if head.startswith(b"PK\x03\x04") and holds_ufdr(place):
        return UfdrArchive(place, name=name, limits=limits)
    if isinstance(place, Path) and head.startswith(b"SQLite format 3\0") and is_case(place):
        return AutopsyCase(place, name=name, limits=limits)
    if axiom.claims(ReceivedFile("export.xml", head)):
        return AxiomExport(place, name=name, limits=limits)
    return None
