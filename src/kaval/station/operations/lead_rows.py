"""How a reading's records become rows, and rows records again: the report keeps the whole record in JSON beside
its columns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import repeat
from typing import Any, cast

import orjson

from kaval.engine.formats._spec import FIELD, FileRecord, IdentifierRecord, LeadRecord, ObservationRecord
from kaval.engine.kernel import identifier as identifiers
from kaval.engine.kernel.instant import NO_TIME, OffsetSource, Precision, StatedTime
from kaval.engine.rules import leads as rules
from kaval.station.copying import Rows, storable_text
from kaval.station.ids import derive_children, derive_text
from kaval.station.models import (
    Lead,
    LeadIdentifier,
    Observation,
    Officer,
    Report,
    ReportedFile,
    WaitingPart,
)


def records_of(reports: Iterable[Report]) -> list[LeadRecord]:
    """The records of stored reports."""
    return [record_of(report) for report in reports]


def record_of(report: Report) -> LeadRecord:
    """The record of a stored report, everything that joined it since included."""
    fields = {key: value for key, value in report.fields.items() if key != "_record"}
    return _from_plain(report.fields["_record"], fields=fields, restricted=report.restricted)


def persons_of(fields: str, restricted: str) -> LeadRecord:
    """The record of a stored report without its addresses and files, from the two columns as JSON text: a third of the
    work where only what it names is asked for, of a nation's reports."""
    named: dict[str, Any] = orjson.loads(fields)
    plain = {**named.pop("_record"), "observations": (), "files": (), "incident": None}
    return _from_plain(plain, fields=named, restricted=orjson.loads(restricted))


REPORT = (
    "id", "source_system", "source_id", "kind", "title", "sealed_id", "locator", "received_at", "incident_text",
    "incident_at", "incident_offset_minutes", "incident_offset_source", "signals", "fields", "restricted", "content",
    "quality", "missing", "handling", "profile",
)  # fmt: skip
_JSON_COLUMNS = frozenset(("signals", "fields", "restricted", "missing"))
_FIELDS, _RESTRICTED = REPORT.index("fields"), REPORT.index("restricted")
LEAD = ("id", "number", "report_id", "state", "reasons", "accepted_at", "by_id")
OBSERVATION = (
    "id", "lead_id", "ip", "port", "transport", "role", "event", "time_text", "at", "offset_minutes", "offset_source",
    "precision", "locator", "origin", "confidence",
)  # fmt: skip
REPORTED_FILE = ("id", "lead_id", "name", "hashes", "viewed_by_esp", "tags", "locator")
IDENTIFIER = ("id", "kind", "value", "strength")
LEAD_IDENTIFIER = (
    "id", "lead_id", "identifier_id", "party", "as_received", "locator", "origin", "confidence"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """One report as it is to be stored: its identifier, its record, what the intake rules say, where it came from."""

    identity: str
    record: LeadRecord
    verdict: rules.Acceptance
    sealed_id: str
    received_at: datetime
    format: str

    @property
    def accepted(self) -> bool:
        """True when it becomes a lead to follow."""
        return self.verdict.outcome is rules.Outcome.ACCEPTED


def report_columns(record: LeadRecord, verdict: rules.Acceptance, *, format: str) -> dict[str, Any]:
    """What a record gives the columns of its report; `fields["_record"]` is the record itself, so that it can be
    judged again later.
    """
    incident = record.incident
    return {
        "title": record.title[:300],
        "incident_text": incident.as_received[:60] if incident else "",
        "incident_at": incident.utc if incident else None,
        "incident_offset_minutes": incident.offset_minutes if incident else None,
        "incident_offset_source": incident.offset_source.value if incident else "",
        "signals": list(record.signals),
        "fields": {**record.fields, "_record": {**_plain(record), "format": format}},
        "restricted": dict(record.restricted),
        "quality": verdict.quality.value,
        "missing": verdict.quality.missing,
        "handling": record.handling[:16],
        "profile": record.profile[:80],
    }


def _report(taken: Taken) -> tuple[Any, ...]:
    record, columns = taken.record, as_json(report_columns(taken.record, taken.verdict, format=taken.format))
    columns.update(
        id=taken.identity,
        source_system=short(record.source_system, 60),
        source_id=short(record.source_id, 200),
        kind=record.kind,
        sealed_id=taken.sealed_id,
        locator=record.locator[:300],
        received_at=taken.received_at,
        content=taken.verdict.content,
    )
    return tuple(map(columns.__getitem__, REPORT))


def short(text: str, size: int) -> str:
    """The text where it fits, else its beginning and a digest of all of it: two long texts never become one."""
    if len(text) <= size:
        return text
    return f"{text[: size - 17]}…{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


def identity_of(record: LeadRecord) -> str:
    """The identifier of the report a record belongs to, from its source and number as they are stored."""
    return derive_text("report", storable_text(record.source_system), storable_text(record.source_id))


def content_of(record: LeadRecord) -> str:
    """The digest of what a report says, without the places it says it at: the same text read twice is one content."""
    said = (
        record.kind,
        _moment(record.incident),
        sorted([o.ip, o.port or 0, *_moment(o.time), o.role] for o in record.observations),
        sorted([i.kind, i.value, i.scope, i.party] for i in record.identifiers),
        sorted([f.name, *map(list, f.hashes), str(f.viewed_by_esp), *f.tags] for f in record.files),
        sorted(record.signals),
        record.fields,
        record.restricted,
        record.handling,
    )
    try:
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError:
        return hashlib.sha256(orjson.dumps(_clean(said), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _moment(time: StatedTime | None) -> list[str]:
    return [] if time is None else [time.as_received, str(time.offset_minutes), time.offset_source._value_]


def as_json(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns with what goes into JSON as text."""
    return {name: _json(value) if name in _JSON_COLUMNS else value for name, value in columns.items()}


def _stored(taken: Taken) -> tuple[Any, ...] | None:
    """The row of a report; None when it holds signs that PostgreSQL refuses."""
    try:
        row = _report(taken)
    except TypeError:
        return None
    return None if "\\u0000" in row[_FIELDS] or "\\u0000" in row[_RESTRICTED] else row


def waiting_json(record: LeadRecord) -> str:
    """A part whose report has not arrived, as it is kept until it does."""
    record = storable(record)
    return _json({**_plain(record), "fields": dict(record.fields), "restricted": dict(record.restricted)})


def waiting_record(part: WaitingPart) -> LeadRecord:
    """The part again."""
    return _from_plain(part.record, fields=part.record["fields"], restricted=part.record["restricted"])


class LeadRows:
    """Rows of leads and everything their records name, gathered for one COPY."""

    def __init__(self, rows: Rows, *, at: datetime, by: Officer) -> None:
        self._at, self._by = at, str(by.id)
        self._reports, self._leads = rows.table(Report, REPORT), rows.table(Lead, LEAD)
        self._observations = rows.table(Observation, OBSERVATION)
        self._files = rows.table(ReportedFile, REPORTED_FILE)
        self._uses = rows.table(LeadIdentifier, LEAD_IDENTIFIER)
        self.identifiers: dict[str, tuple[str, str, str, str]] = {}

    def add(self, taken: Taken, number: int) -> None:
        """A new report and its lead with everything it names; a refused one gets no more than its reasons."""
        lead = derive_text("lead", taken.identity)
        row = _stored(taken)
        if row is None:
            taken = replace(taken, record=storable(taken.record))
            row = _report(taken)
        self._reports.append(row)
        state = "accepted" if taken.accepted else "refused"
        reasons = _json([reason.text for reason in taken.verdict.reasons])
        self._leads.append((lead, number, taken.identity, state, reasons, self._at, self._by))
        if taken.accepted:
            self._whole(lead, taken.record)

    def _whole(self, lead: str, record: LeadRecord) -> None:
        seen, files, named = record.observations, record.files, record.identifiers
        ids = derive_children(len(seen) + len(files) + len(named), "parts of lead", lead)
        self._observations.extend(map(_observation, repeat(lead), ids, seen))
        del ids[: len(seen)]
        if files:
            self._files.extend(map(_file, repeat(lead), ids, files))
            del ids[: len(files)]
        uses: set[tuple[str, str]] = set()
        for identity, each in zip(ids, named, strict=True):
            self._use(lead, each, uses, identity=identity)

    def extend(
        self, lead: str, record: LeadRecord, *, before: LeadRecord, uses: set[tuple[str, str]]
    ) -> None:
        """What a record names since something joined it: rows beside those its lead has, never in their place.

        `uses` are the identifiers its lead names already, each with whose it is.
        """
        for seen in record.observations:
            if seen not in before.observations:
                self._observations.append(_observation(lead, _mark(lead, seen), seen))
        for file in record.files:
            if file not in before.files:
                self._files.append(_file(lead, _mark(lead, file), file))
        for named in record.identifiers:
            self._use(lead, named, uses, identity=_mark(lead, named))

    def _use(self, lead: str, named: IdentifierRecord, uses: set[tuple[str, str]], *, identity: str) -> None:
        kind, party, scope = named.kind, named.party, named.scope
        received = f"{scope}:{named.value}" if scope else named.value
        normal = identifiers.normalise(kind, received)
        if normal is None:
            return
        known = derive_text("identifier", kind, normal)
        use = (known, party)
        if use in uses:
            return
        uses.add(use)
        if known not in self.identifiers:
            self.identifiers[known] = (known, kind, short(normal, 320), identifiers.strength(kind))
        locator = named.locator
        self._uses.append(
            (
                identity, lead, known, party, received if len(received) <= 320 else received[:320],
                locator if len(locator) <= 300 else locator[:300], named.origin, named.confidence,
            )
        )  # fmt: skip


def _observation(lead: str, identity: str, seen: ObservationRecord) -> tuple[Any, ...]:
    time = seen.time
    return (
        identity, lead, seen.ip, seen.port, seen.transport[:8], seen.role,
        seen.event[:24], time.as_received[:60], time.utc, time.offset_minutes, time.offset_source._value_,
        time.precision._value_, seen.locator[:300], seen.origin, seen.confidence,
    )  # fmt: skip


def _file(lead: str, identity: str, file: FileRecord) -> tuple[Any, ...]:
    return (
        identity, lead, file.name[:300], _json(file.hashes), file.viewed_by_esp,
        _json(file.tags), file.locator[:300],
    )  # fmt: skip


def _mark(lead: str, joined: ObservationRecord | FileRecord | IdentifierRecord) -> str:
    """The identifier of a part that joined a lead later: made of everything it says."""
    return derive_text("joined", lead, repr(joined))


def _json(value: Any) -> str:
    """JSON text.

    Raises:
        TypeError: it holds half of a surrogate pair, which no database stores.
    """
    return orjson.dumps(value).decode()


def storable(record: LeadRecord) -> LeadRecord:
    """The record without NUL and half surrogates, which PostgreSQL refuses; the sealed bytes keep them
    (reliability_security.md section 9). Almost no record has one, and then it comes back as it is.
    """
    try:
        if b"\\u0000" not in orjson.dumps(record):
            return record
    except TypeError:
        pass
    return cast(LeadRecord, _clean(record))


def _plain(record: LeadRecord) -> dict[str, Any]:
    """The record as it is stored as JSON; its parts are dataclasses, which the encoder takes as they are."""
    return {
        "source_system": record.source_system,
        "source_id": record.source_id,
        "kind": record.kind,
        "title": record.title,
        "incident": record.incident,
        "observations": record.observations,
        "identifiers": record.identifiers,
        "files": record.files,
        "signals": record.signals,
        "locator": record.locator,
        "handling": record.handling,
        "profile": record.profile,
    }


def _from_plain(
    plain: Mapping[str, Any], *, fields: Mapping[str, str], restricted: Mapping[str, str]
) -> LeadRecord:
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
                o.get("origin", FIELD),
                o.get("confidence", ""),
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
        fields=fields,
        restricted=restricted,
        locator=plain["locator"],
        handling=plain.get("handling", ""),
        profile=plain.get("profile", ""),
    )


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
    return time or NO_TIME


def _clean(value: Any) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, Mapping):
        return {_clean(key): _clean(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_clean(entry) for entry in value]
    if isinstance(value, tuple):
        return tuple(_clean(entry) for entry in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _clean(getattr(value, each.name)) for each in fields(value)})
    return value
