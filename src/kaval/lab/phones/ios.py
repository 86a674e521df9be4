"""An iOS backup folder as a source: every file under its own domain and path, times included.

Tried: backups made here after the public layout (iOS 10 and later: files in folders of two hex digits). Not supported:
encrypted backups (named; their files are walked as they lie, since not even their names can be read) and the flat
layout of iOS 9 and earlier. A file that the manifest names and the folder lacks is trouble; so is one it does not name.
Source: `engine.formats.device.ios_backup`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.device import ios_backup
from kaval.engine.formats.device._extraction import ExtractionRecord
from kaval.engine.kernel.errors import ReaderError
from kaval.lab.archives.bounds import BROKEN, inner_path, reason
from kaval.lab.artefacts.databases import columns
from kaval.lab.phones.database import log_beside, opened
from kaval.lab.phones.extraction import Extraction
from kaval.lab.sources.entry import Entry, State, Times, Trouble

_DATABASE = "Manifest.db"
_LISTS = ("Info.plist", "Manifest.plist", "Status.plist")
_MOST_LIST_BYTES = 64 << 20
_FILE_ID = re.compile(r"[0-9a-f]{40}")


class IosBackup(Extraction):
    """A backup folder of Finder, iTunes or libimobiledevice."""

    kind = "ios_backup"

    def walk(self) -> Iterator[Entry | Trouble]:
        """The files of the manifest by domain and path in its order, then what else lies in the folder."""
        assert self._folder is not None
        if self._encrypted():
            yield Trouble(
                "",
                "encrypted-backup",
                "the backup is encrypted: its files are hashed as they lie, under names that say nothing",
                "Make it readable with the owner's password, lawfully obtained, and examine that copy",
            )
            yield from self._folder.walk()
            return
        there = {found.path: found for found in self._folder.walk() if isinstance(found, Entry)}
        try:
            yield from self._listed(there)
        except (sqlite3.Error, *BROKEN) as error:
            yield Trouble(_DATABASE, "extraction-damaged", reason(error), "Copy the backup again")
        for left in there.values():
            if _FILE_ID.fullmatch(left.path.rpartition("/")[2]):
                yield Trouble(
                    left.path, "not-in-manifest", "a stored file that the manifest does not name; it is read"
                )
            yield left

    def records(self) -> Iterator[ExtractionRecord | ReadWarning]:
        """The facts of the property lists and the installed applications."""
        assert isinstance(self._place, Path)
        log = log_beside(self._place / _DATABASE)
        if log is not None:
            yield log
        for name in _LISTS:
            path = self._place / name
            if not path.is_file():
                continue
            with path.open("rb") as stream:
                content = stream.read(_MOST_LIST_BYTES)
            try:
                reading = ios_backup.read(ReceivedFile(name, content))
            except ReaderError as error:
                yield ReadWarning(name, "extraction-damaged", error.problem, error.mend)
                continue
            yield from reading.records
            yield from reading.warnings

    def _encrypted(self) -> bool:
        assert isinstance(self._place, Path)
        path = self._place / "Manifest.plist"
        if path.is_file():
            with path.open("rb") as stream:
                content = ios_backup.plist(stream.read(_MOST_LIST_BYTES))
            if isinstance(content, dict) and content.get("IsEncrypted") is True:
                return True
        with (self._place / _DATABASE).open("rb") as stream:
            return not stream.read(16).startswith(b"SQLite format 3")

    def _listed(self, there: dict[str, Entry]) -> Iterator[Entry | Trouble]:
        assert isinstance(self._place, Path)
        with opened(self._place / _DATABASE) as base:
            if not {"fileID", "domain", "relativePath", "flags"} <= columns(base, "Files"):
                raise sqlite3.DatabaseError("the manifest has no table of files")
            picked = "fileID, domain, relativePath, flags, file"
            for number, domain, path, flags, archive in base.execute(
                f"SELECT {picked} FROM Files ORDER BY rowid"
            ):
                shown, odd = inner_path(f"{domain or ''}/{path or ''}".encode("utf-8", "surrogatepass"))
                if odd is not None:
                    yield odd
                if flags == ios_backup.FILE:
                    yield _entry(str(number), shown, archive, there=there)


def is_ios_backup(place: Path) -> bool:
    """True for a folder with a manifest database and a backup's property list."""
    return (place / _DATABASE).is_file() and any((place / name).is_file() for name in _LISTS[:2])


def _entry(number: str, path: str, archive: object, *, there: dict[str, Entry]) -> Entry | Trouble:
    stored = there.pop(f"{number[:2]}/{number}", None) if _FILE_ID.fullmatch(number) else None
    if stored is None:
        return Trouble(
            path, "file-missing", f"the manifest names {number[:40]}, which the folder does not hold"
        )
    facts = ios_backup.file_facts(archive if isinstance(archive, bytes) else None)
    times = Times(facts.modified, None, facts.changed, facts.created)
    return Entry(path, State.ALLOCATED, stored.size, stored.content, note=None, times=times)
