"""Extractions that are an XML report: a Cellebrite UFDR (the report and the files in one ZIP), an AXIOM export.

Tried: UFDR archives and AXIOM exports made here (`engine.formats.device.ufdr`, `.axiom` say after what). Not supported:
UFDR archives in several parts, or with a password. A file of a UFDR is shown by its path on the device; one that the
report does not name, by its path in the archive. What the report names and the archive lacks is trouble.
Source: formats.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.device import axiom, ufdr
from kaval.engine.formats.device._chat import ChatMessage
from kaval.engine.formats.device._extraction import ExtractionRecord, StatedFile
from kaval.engine.kernel.errors import ReaderError
from kaval.lab.archives.bounds import BROKEN, ArchiveLimits, guarded, inner_path, reason
from kaval.lab.archives.zipentry import UNKNOWN
from kaval.lab.archives.zipped import ZipFound, ZipPlace, zip_chunks, zip_found
from kaval.lab.phones.extraction import Content, Extraction
from kaval.lab.phones.streams import ChunkStream, Window
from kaval.lab.sources.entry import Entry, State, Times, Trouble

_REPORT = b"report.xml"
_MOST_NAMED = 3_000_000


class _Stored:
    """A report where it lies, for the readers of the engine."""

    def __init__(self, size: int, opened: Callable[[], BinaryIO]) -> None:
        self.size, self._opened = size, opened

    def open(self) -> BinaryIO:
        """The report from its first byte."""
        return self._opened()


class AxiomExport(Extraction):
    """An XML export: what it decoded. The files beside it are walked with whatever it lies in."""

    kind = "axiom"

    def records(self) -> Iterator[ExtractionRecord | ReadWarning]:
        """What the export says."""
        size = self._stream().seek(0, 2)
        stored = _Stored(size, lambda: cast(BinaryIO, Window(self._stream(), 0)))
        yield from axiom.stream(ReceivedFile("export.xml", stored))


class UfdrArchive(Extraction):
    """A UFDR: a ZIP with `report.xml` in it."""

    kind = "ufdr"

    def walk(self) -> Iterator[Entry | Trouble]:
        """The files of the archive in its order, by their paths on the device where the report names them."""
        named: dict[str, StatedFile] = {}
        for record in self._quietly():
            if isinstance(record, StatedFile) and record.place:
                if len(named) >= _MOST_NAMED:
                    yield Trouble("", "too-many-files", f"the report names more than {_MOST_NAMED} files")
                    break
                named[record.place.lstrip("/").lower()] = record
        budget = self.limits.budget(self._stream().seek(0, 2))
        try:
            for found in zip_found(self._stream(), budget):
                if isinstance(found, ZipFound):
                    budget.spend(max(found.place.size, 0))  # no member gives more than it states
                yield found if isinstance(found, Trouble) else _entry(found, named)
        except BROKEN as error:
            yield Trouble(
                "", "archive-damaged", f"cannot be read further: {reason(error)}", "Copy the file again"
            )
        if budget.exceeded:
            yield Trouble("", "archive-bomb", budget.exceeded)
        for record in named.values():
            yield Trouble(
                record.path,
                "file-missing",
                f"the report names {record.place}, which the archive does not hold",
                "Check whether the UFDR was exported whole",
            )

    def read(self, content: object) -> Iterator[bytes]:
        """The bytes of one file of the archive."""
        if not isinstance(content, Content):
            raise TypeError("not a file of a UFDR")
        begin, method, packed, size, crc = (int(number) for number in content.place)
        place = ZipPlace(begin, method, packed, size, crc)
        budget = self.limits.budget(self._stream().seek(0, 2))
        return guarded(lambda: zip_chunks(self._stream(), place), budget)()

    def records(self) -> Iterator[ExtractionRecord | ReadWarning]:
        """What the report says."""
        place = _report_in(self._stream())
        if place is None:
            raise OSError("the archive holds no report.xml")
        stored = _Stored(place.size, lambda: cast(BinaryIO, ChunkStream(zip_chunks(self._stream(), place))))
        paths: dict[str, str] = {}
        # Inside something else its files are shown below its own name, and so are those its messages carry.
        above = "" if isinstance(self._place, Path) or not self.name else f"{self.name.rpartition('/')[2]}!/"
        for record in ufdr.stream(ReceivedFile("report.xml", stored)):
            if isinstance(record, StatedFile) and record.place and len(paths) < _MOST_NAMED:
                paths[record.place] = above + _shown(record)
            elif isinstance(record, ChatMessage) and record.files:
                files = tuple(replace(one, path=paths.get(one.path, one.path)) for one in record.files)
                record = replace(record, files=files)
            yield record

    def _quietly(self) -> Iterator[object]:
        """The records as far as they go: `artefacts` says where the report breaks off."""
        try:
            yield from self.records()
        except (*BROKEN, ReaderError):
            return


def holds_ufdr(place: Path | BinaryIO) -> bool:
    """True for a ZIP whose `report.xml` is Cellebrite's."""
    if isinstance(place, Path):
        with place.open("rb") as stream:
            return holds_ufdr(stream)
    try:
        report = _report_in(place)
        if report is None:
            return False
        head = next(zip_chunks(place, report), b"")
    except BROKEN:
        return False
    return ufdr.claims(ReceivedFile("report.xml", head))


def _report_in(stream: BinaryIO) -> ZipPlace | None:
    for found in zip_found(stream, ArchiveLimits().budget(0), only=_REPORT):
        if isinstance(found, ZipFound):
            return found.place
    return None


def _entry(found: ZipFound, named: dict[str, StatedFile]) -> Entry:
    place = found.place
    numbers = (place.begin, place.method, place.packed, place.size, place.crc)
    size = None if place.size == UNKNOWN else place.size
    record = named.pop(found.path.replace("\\\\", "/").lower(), None)
    if record is None:
        return Entry(found.path, State.ALLOCATED, size, Content(numbers), times=found.times)
    stated = tuple((kind, text) for kind in ("md5", "sha1", "sha256") if (text := getattr(record, kind)))
    path = _shown(record)
    return Entry(
        path or found.path,
        State.DELETED if record.deleted else State.ALLOCATED,
        size,
        Content(numbers, stated),
        times=Times(record.modified, record.accessed, None, record.created),
    )


def _shown(record: StatedFile) -> str:
    """The path of a file on the device, escaped."""
    return inner_path(record.path.lstrip("/").encode("utf-8", "surrogatepass"))[0]
