"""What arrives at the unit: files with their time of receipt, and the truth about each report in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from kaval.simulation import p2p
from kaval.simulation.clock import day_at, iso
from kaval.simulation.cybertip import Tip, file_xml, report_xml
from kaval.simulation.figures import Figures
from kaval.simulation.folder import Folder
from kaval.simulation.people import Person
from kaval.simulation.pictures import KnownFile
from kaval.simulation.reports import Reports

Progress = Callable[[str, int, int], None]
ZIP_TIME = (2026, 1, 1, 0, 0, 0)


@dataclass(slots=True)
class Inbox:
    """Lines of arrivals.csv and of truth/reports.jsonl, and what each row of a monitor is called in its file."""

    folder: Folder
    arrivals: list[list[str]] = field(default_factory=list)
    truth: list[dict[str, object]] = field(default_factory=list)
    rows: list[tuple[str, str, p2p.Row]] = field(default_factory=list)

    def arrive(self, path: str, content: bytes, *, source: str, at: datetime, channel: str) -> None:
        """Writes the file below inbox/ and notes when it came; paths in arrivals.csv are below inbox/ too."""
        self.folder.put(f"inbox/{path}", content)
        self.arrivals.append([path, source, iso(at), channel])

    def tell(self, system: str, source_id: str, *, person: Person, at: datetime) -> None:
        """Notes whose report this is; nobody but tests and the scorer reads it."""
        self.truth.append(
            {
                "source_system": system,
                "source_id": source_id,
                "person_id": person.person_id,
                "received_at": iso(at),
                "child_at_risk": person.child_at_risk,
            }
        )

    def close(self) -> None:
        """Writes arrivals.csv in order of receipt."""
        self.arrivals.sort(key=lambda row: (row[2], row[0]))
        header = ("path", "source", "received_at", "channel")
        self.folder.csv("inbox/arrivals.csv", header, rows=self.arrivals)


def _members(tip: Tip) -> list[tuple[str, bytes]]:
    """The files of one report by name."""
    members = [(f"CT-{tip.number}.xml", report_xml(tip))]
    members += [(f"CT-{tip.number}.file-{file.file_id}.xml", file_xml(tip, file)) for file in tip.files]
    return members


def _zip(tips: list[Tip]) -> bytes:
    """The reports as one archive; every member bears the same time, so the bytes depend on nothing else."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for tip in tips:
            for name, content in _members(tip):
                info = zipfile.ZipInfo(name, ZIP_TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o600 << 16
                archive.writestr(info, content)
    return buffer.getvalue()


def put_cybertips(inbox: Inbox, tips: list[Tip], *, rng: Random, progress: Progress) -> None:
    """About half of the reports singly, the others in archives; some numbers come a second time."""
    packed = [tip for tip in tips if rng.random() < 0.5]
    chosen = {tip.number for tip in packed}
    repeats = [tip for tip in tips if rng.random() < 0.02] or tips[:1]
    for done, tip in enumerate(t for t in tips if t.number not in chosen):
        for name, content in _members(tip):
            _arrive(inbox, f"cybertip/{name}", content, at=tip.received_at)
        inbox.tell("ncmec", str(tip.number), person=tip.person, at=tip.received_at)
        if done % 500 == 0:
            progress("cybertips", done, len(tips))
    batches = _batches(packed, rng)
    for number, batch in enumerate(batches, start=1):
        at = batch[-1].received_at + timedelta(hours=1)
        for tip in batch:
            inbox.tell("ncmec", str(tip.number), person=tip.person, at=at)
        again = [t for t in repeats if t.number not in {b.number for b in batch} and t.received_at < at]
        again = again[-max(0, min(2, 20 - len(batch))) :] if len(batch) < 20 else []
        repeats = [t for t in repeats if t not in again]
        _arrive(inbox, f"cybertip/batch-{number:04d}.zip", _zip([*batch, *again]), at=at)
    progress("cybertips", len(tips), len(tips))


def _batches(tips: list[Tip], rng: Random) -> list[list[Tip]]:
    """Runs of two to twenty reports in order of receipt."""
    batches: list[list[Tip]] = []
    rest = tips
    while rest:
        size = rng.randint(2, 20)
        if len(rest) - size == 1:
            size -= 1 if size > 2 else -1
        batches.append(rest[:size])
        rest = rest[size:]
    return batches


def _arrive(inbox: Inbox, path: str, content: bytes, *, at: datetime) -> None:
    inbox.arrive(path, content, source="ncrb_cybertip", at=at, channel="ncrb_portal")


def put_junk(inbox: Inbox, figures: Figures) -> None:
    """A few bytes that no reader claims: the station must set them aside, not fail."""
    at = day_at(figures.field_day, days=-45, hour=11, minute=12)
    _arrive(inbox, "cybertip/unknown.bin", b"\x00\x9f\x13KVL?\xfe\x01\x7f", at=at)


def put_p2p(inbox: Inbox, figures: Figures, *, reports: Reports, known: list[KnownFile], rng: Random) -> None:
    """One CSV export for each monitoring system."""
    for system in p2p.SYSTEMS:
        rows = [row for row in reports.rows if row.person.network == system.network]
        ordered = sorted(rows, key=lambda r: (r.sighting.last, r.person.person_id))
        table = p2p.lines(rng, system, rows=ordered, known=known)
        at = day_at(figures.field_day, days=system.day, hour=10, minute=5)
        path = f"p2p/{system.name.lower()}-{at:%Y%m%d}.csv"
        inbox.folder.csv(f"inbox/{path}", p2p.HEADER, rows=table)
        inbox.arrivals.append([path, "p2p_export", iso(at), "secure_mail"])
        for row, line in zip(ordered, table, strict=True):
            inbox.tell(system.name, line[1], person=row.person, at=at)
            inbox.rows.append((system.name, line[1], row))
