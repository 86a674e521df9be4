"""What the sealed sources say today: each file behind an observation that counts, read again once by its own reader.

Only what an attribution may rest on is read: an observation that names no customer proves nothing, and a nation's
reports are not opened for a few thousand that do.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from kaval.engine import formats
from kaval.engine.formats import profile as profiles
from kaval.engine.formats._spec import MAX_DOCUMENT_BYTES, LeadRecord, ReceivedFile
from kaval.engine.formats.profile import Profile
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.facts import Reread
from kaval.station import sealed
from kaval.station.copying import storable_text
from kaval.station.ids import derive_text
from kaval.station.models import LedgerEntry, Observation, ReadingProfile, ReportReceipt, SealedFile
from kaval.station.sealed import SealBroken

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class SourceLook:
    """What was found at an observation's source. `reread` None: the file does not say it there any more, or cannot be
    read; `intact` None: it could not be compared. `report` names the report as its sender numbers it."""

    intact: bool | None
    reread: Reread | None
    source: SourceRef
    report: str
    profile: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An observation to be found again, and every sealed file its report came in, the first one first."""

    id: str
    locator: str
    report: str
    place: str
    number: str
    profile: str
    files: tuple[tuple[UUID, str], ...]


@dataclass
class Profiles:
    """Confirmed reading profiles by label, each with the digest the ledger keeps of it since a person confirmed it.

    A definition that differs from its digest is broken, and whatever was read by it proves nothing.
    """

    rows: Mapping[str, ReadingProfile]
    digests: Mapping[str, str]
    _read: dict[str, Profile | None] = field(default_factory=dict)

    def intact(self, label: str) -> bool | None:
        """Whether the stored definition still has the digest it was confirmed with; None: none is on record."""
        row, digest = self.rows.get(label), self.digests.get(label)
        if row is None or digest is None:
            return None
        return content_digest(row.definition) == digest

    def of(self, label: str) -> tuple[Profile, ...]:
        """The profile of that label as readers take it; empty for no label and for what cannot be read."""
        if not label:
            return ()
        if label not in self._read:
            row = self.rows.get(label)
            try:
                self._read[label] = None if row is None else profiles.from_json(row.definition)
            except (ReaderError, KeyError, TypeError, ValueError):
                self._read[label] = None
        found = self._read[label]
        return () if found is None else (found,)


def confirmed() -> Profiles:
    """Every version of every profile, with its digest from the ledger."""
    rows = {f"{row.name}@{row.version}": row for row in ReadingProfile.objects.all()}
    labels = {row.id: label for label, row in rows.items()}
    entries = LedgerEntry.objects.filter(act__name="confirm_profile").select_related("act")
    digests = {}
    for entry in entries:
        label = labels.get(entry.act.subject) if entry.act.subject else None
        said = json.loads(bytes(entry.content))
        if label is not None and said["kind"] == "profile_confirmed":
            digests[label] = str(said["facts"]["definition"])
    return Profiles(rows, digests)


def looks(observations: Collection[str], known: Profiles) -> dict[str, SourceLook]:
    """What the sealed bytes say today of these observations, by id; every file is read once."""
    found: dict[str, SourceLook] = {}
    wanted = {one.id: one for one in _wanted(observations)}
    turn = 0
    while waiting := [one for one in wanted.values() if one.id not in found and turn < len(one.files)]:
        by_file = _by_file(waiting, turn)
        rows = SealedFile.objects.in_bulk({sealed_id for sealed_id, _ in by_file})
        for (sealed_id, name), ones in by_file.items():
            found.update(_looked(rows[sealed_id], ones, name=name, known=known, turn=turn))
        turn += 1
    return found


def _by_file(wanted: Iterable[_Wanted], turn: int) -> dict[tuple[UUID, str], list[_Wanted]]:
    grouped: dict[tuple[UUID, str], list[_Wanted]] = defaultdict(list)
    for one in wanted:
        grouped[one.files[turn]].append(one)
    return grouped


def _looked(
    row: SealedFile, wanted: list[_Wanted], *, name: str, known: Profiles, turn: int
) -> Iterator[tuple[str, SourceLook]]:
    """What one file says of the observations looked for in it; what it does not say, only when no other file is left
    to look in, or when it is broken."""
    labels = sorted({one.profile for one in wanted})
    try:
        file = ReceivedFile(name, _bytes(row), tuple(each for label in labels for each in known.of(label)))
    except SealBroken:
        for one in wanted:
            yield one.id, _look(one, row, intact=False, reread=None)
        return
    said = _said(file, wanted)
    for one in wanted:
        if one.id in said or turn + 1 == len(one.files):
            yield one.id, _look(one, row, intact=True, reread=said.get(one.id))


def _look(one: _Wanted, row: SealedFile, *, intact: bool, reread: Reread | None) -> SourceLook:
    return SourceLook(intact, reread, SourceRef(row.sha256, one.locator), one.number, one.profile)


def _bytes(row: SealedFile) -> bytes | sealed.Lying:
    if row.size <= MAX_DOCUMENT_BYTES:
        return sealed.read(row)
    sealed.check(row)
    return sealed.Lying(row)


def _said(file: ReceivedFile, wanted: list[_Wanted]) -> dict[str, Reread]:
    """What the file's reader finds at the places wanted, until it found all of them."""
    by_report: dict[str, list[_Wanted]] = defaultdict(list)
    for one in wanted:
        by_report[one.report].append(one)
    found: dict[str, tuple[bool, Reread]] = {}
    for record in formats.everything_in(file, "intake", formats.Understood()):
        if not isinstance(record, LeadRecord):
            continue
        report = derive_text("report", storable_text(record.source_system), storable_text(record.source_id))
        for one in by_report.get(report, ()):
            _find(one, record, found)
        if len(found) == len(wanted) and all(exact for exact, _ in found.values()):
            break
    return {id: reread for id, (_, reread) in found.items()}


def _find(one: _Wanted, record: LeadRecord, found: dict[str, tuple[bool, Reread]]) -> None:
    """The observation at its locator; the record at the report's own place wins over the same report elsewhere."""
    exact = record.locator[:300] == one.place
    if one.id in found and not exact:
        return
    for seen in record.observations:
        if seen.locator[:300] == one.locator:
            found[one.id] = exact, Reread(seen.ip, seen.port, seen.time.utc)
            return


def _wanted(observations: Collection[str]) -> Iterator[_Wanted]:
    listed = sorted(observations)
    for start in range(0, len(listed), _CHUNK):
        rows = list(
            Observation.objects.filter(id__in=listed[start : start + _CHUNK]).values_list(
                "id", "locator", "lead__report_id", "lead__report__locator", "lead__report__source_system",
                "lead__report__source_id", "lead__report__profile", "lead__report__sealed_id",
            )
        )  # fmt: skip
        files = _files({row[2] for row in rows})
        for id, locator, report, place, system, number, profile, first in rows:
            ways = sorted(files.get(report, ()), key=lambda way: way[0] != first)
            numbered = f"{system} {number}"
            yield _Wanted(str(id), locator, report.hex, place, numbered, profile, tuple(ways))


def _files(reports: set[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Every sealed file a report came in, with the name it came under: a report's number may stand there alone."""
    found: dict[UUID, dict[tuple[UUID, str], None]] = defaultdict(dict)
    receipts = ReportReceipt.objects.filter(report__in=reports).order_by("receipt__received_at", "receipt_id")
    for report, sealed_id, name in receipts.values_list("report_id", "receipt__sealed_id", "receipt__name"):
        found[report][sealed_id, name] = None
    return {report: list(ways) for report, ways in found.items()}
