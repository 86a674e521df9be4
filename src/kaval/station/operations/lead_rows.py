"""How a reading's records become rows, and rows records again: the report keeps the whole record in JSON beside
its columns.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kaval.engine.formats._spec import FileRecord, IdentifierRecord, LeadRecord, ObservationRecord
from kaval.engine.kernel import identifier as identifiers
from kaval.engine.kernel.digest import canonical_json
from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime, iso_utc
from kaval.engine.rules import leads as rules
from kaval.station.audit import change_later, once, write_postponed
from kaval.station.ids import derive
from kaval.station.models import (
    Identifier,
    Lead,
    LeadIdentifier,
    Observation,
    Receipt,
    Report,
    ReportedFile,
)


def report_row(identity: uuid.UUID, record: LeadRecord, receipt: Receipt) -> Report:
    """A report as it is stored; `fields["_record"]` is the record itself, so that it can be judged again later."""
    quality = rules.quality(record)
    incident = record.incident
    return Report(
        id=identity,
        source_system=record.source_system,
        source_id=record.source_id[:200],
        kind=record.kind,
        title=record.title[:300],
        sealed=receipt.sealed,
        locator=record.locator[:300],
        received_at=receipt.received_at,
        incident_text=incident.as_received[:60] if incident else "",
        incident_at=incident.utc if incident else None,
        incident_offset_minutes=incident.offset_minutes if incident else None,
        incident_offset_source=incident.offset_source if incident else "",
        signals=list(record.signals),
        fields={"_record": _clean(_plain(record)), **_clean(dict(record.fields))},
        restricted=_clean(dict(record.restricted)),
        content=rules.content_digest_of(record),
        quality=quality.value,
        missing=list(quality.missing),
    )


def join_file_details(identity: uuid.UUID, record: LeadRecord) -> bool:
    """Adds a file's details to the report that names it, before a lead is made of it; False when there is no report."""
    report = once(("report", identity), lambda: _held(identity))
    if report is None:
        return False
    stored, further = report.fields["_record"], _clean(_plain(record))
    for part in ("files", "observations", "identifiers"):
        known = [canonical_json(entry) for entry in stored[part]]
        stored[part] += [entry for entry in further[part] if canonical_json(entry) not in known]
    stored["signals"] = sorted({*stored["signals"], *record.signals})
    report.signals = stored["signals"]
    change_later(report, "fields", "signals")
    return True


def _held(identity: uuid.UUID) -> Report | None:
    """The report as stored, or as it is about to be."""
    found = Report.objects.filter(id=identity).first()
    if found is None:
        write_postponed()
        found = Report.objects.filter(id=identity).first()
    return found


def records_of(reports: Iterable[Report]) -> list[LeadRecord]:
    """The records of stored reports."""
    return [_record(report.fields["_record"], report) for report in reports]


@dataclass
class Batch:
    """Rows of many leads, written together: leads, observations, identifiers, named files."""

    leads: list[Lead] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    files: list[ReportedFile] = field(default_factory=list)
    identifiers: dict[tuple[str, str], Identifier] = field(default_factory=dict)
    uses: dict[uuid.UUID, LeadIdentifier] = field(default_factory=dict)

    def add(self, lead: Lead, record: LeadRecord) -> None:
        """A lead with everything its record names."""
        self.leads.append(lead)
        if lead.state != "accepted":
            return
        for number, seen in enumerate(record.observations):
            self._observe(lead, number, seen)
        for number, file in enumerate(record.files):
            self.files.append(
                ReportedFile(
                    id=derive("reported file", lead.id, number),
                    lead=lead,
                    name=file.name[:300],
                    hashes=[list(pair) for pair in file.hashes],
                    viewed_by_esp=file.viewed_by_esp,
                    tags=list(file.tags),
                    locator=file.locator[:300],
                )
            )
        for named in record.identifiers:
            self._name(lead, named)

    def write(self) -> None:
        """Writes all rows; identifiers already known are reused."""
        Lead.objects.bulk_create(self.leads, batch_size=500)
        Observation.objects.bulk_create(self.observations, batch_size=500)
        ReportedFile.objects.bulk_create(self.files, batch_size=500)
        Identifier.objects.bulk_create(self.identifiers.values(), batch_size=500, ignore_conflicts=True)
        LeadIdentifier.objects.bulk_create(self.uses.values(), batch_size=500)

    def _observe(self, lead: Lead, number: int, seen: ObservationRecord) -> None:
        self.observations.append(
            Observation(
                id=derive("observation", lead.id, number),
                lead=lead,
                ip=seen.ip,
                port=seen.port,
                transport=seen.transport,
                role=seen.role,
                event=seen.event[:24],
                time_text=seen.time.as_received[:60],
                at=seen.time.utc,
                offset_minutes=seen.time.offset_minutes,
                offset_source=seen.time.offset_source,
                precision=seen.time.precision,
                locator=seen.locator[:300],
            )
        )

    def _name(self, lead: Lead, named: IdentifierRecord) -> None:
        received = f"{named.scope}:{named.value}" if named.scope else named.value
        normal = identifiers.normalise(named.kind, received)
        if normal is None:
            return
        identity = derive("identifier", named.kind, normal)
        self.identifiers.setdefault(
            (named.kind, normal),
            Identifier(
                id=identity, kind=named.kind, value=normal[:320], strength=identifiers.strength(named.kind)
            ),
        )
        use = derive("use", lead.id, identity, named.party)
        self.uses.setdefault(
            use,
            LeadIdentifier(
                id=use,
                lead=lead,
                identifier_id=identity,
                party=named.party,
                as_received=received[:320],
                locator=named.locator[:300],
            ),
        )


def _plain(record: LeadRecord) -> dict[str, Any]:
    """The record as JSON says it; written out by hand, because every report of a nation passes here."""
    return {
        "source_system": record.source_system,
        "source_id": record.source_id,
        "kind": record.kind,
        "title": record.title,
        "incident": _time_out(record.incident),
        "observations": [
            {
                "ip": seen.ip,
                "port": seen.port,
                "transport": seen.transport,
                "time": _time_out(seen.time),
                "event": seen.event,
                "role": seen.role,
                "locator": seen.locator,
            }
            for seen in record.observations
        ],
        "identifiers": [
            {
                "kind": named.kind,
                "value": named.value,
                "scope": named.scope,
                "party": named.party,
                "locator": named.locator,
            }
            for named in record.identifiers
        ],
        "files": [
            {
                "name": file.name,
                "hashes": [list(pair) for pair in file.hashes],
                "viewed_by_esp": file.viewed_by_esp,
                "tags": list(file.tags),
                "locator": file.locator,
            }
            for file in record.files
        ],
        "signals": list(record.signals),
        "locator": record.locator,
    }


def _record(plain: Mapping[str, Any], report: Report) -> LeadRecord:
    return LeadRecord(
        source_system=plain["source_system"],
        source_id=plain["source_id"],
        kind=plain["kind"],
        title=plain["title"],
        incident=_time_in(plain["incident"]),
        observations=tuple(
            ObservationRecord(
                o["ip"],
                o["port"],
                o["transport"],
                _known(_time_in(o["time"])),
                o["event"],
                o["role"],
                o["locator"],
            )
            for o in plain["observations"]
        ),
        identifiers=tuple(IdentifierRecord(**entry) for entry in plain["identifiers"]),
        files=tuple(
            FileRecord(
                f["name"],
                tuple((kind, value) for kind, value in f["hashes"]),
                f["viewed_by_esp"],
                tuple(f["tags"]),
                f["locator"],
            )
            for f in plain["files"]
        ),
        signals=tuple(plain["signals"]),
        fields={k: v for k, v in report.fields.items() if k != "_record"},
        restricted=report.restricted,
        locator=plain["locator"],
    )


def _time_out(time: StatedTime | None) -> dict[str, Any] | None:
    if time is None:
        return None
    return {
        "as_received": time.as_received,
        "utc": iso_utc(time.utc) if time.utc else None,
        "offset_minutes": time.offset_minutes,
        "offset_source": time.offset_source.value,
        "precision": time.precision.value,
    }


def _time_in(plain: Mapping[str, Any] | None) -> StatedTime | None:
    if plain is None:
        return None
    return StatedTime(
        plain["as_received"],
        datetime.fromisoformat(plain["utc"]) if plain["utc"] else None,
        plain["offset_minutes"],
        OffsetSource(plain["offset_source"]),
        Precision(plain["precision"]),
    )


def _known(time: StatedTime | None) -> StatedTime:
    return time or StatedTime("", None, None, OffsetSource.NONE)


def _clean(value: Any) -> Any:
    """The value without NUL, which PostgreSQL refuses; the sealed bytes keep it (reliability_security.md section
    9).
    """
    if isinstance(value, str):
        return value.replace("\x00", "\N{SYMBOL FOR NULL}")
    if isinstance(value, dict):
        return {_clean(key): _clean(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(entry) for entry in value]
    return value
