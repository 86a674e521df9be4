"""Everything on record about where a subject was seen, in the shape the attribution rules take.

Answers are read again from their sealed bytes, never from derived rows: an answer that was changed after it was
received
breaks its seal here, and every attribution resting on it stops.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kaval.engine import formats
from kaval.engine.formats._spec import LeaseRow, ReceivedFile, SubscriberRow
from kaval.engine.kernel.instant import IST, OffsetSource, Precision, StatedTime
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.answer import IspAnswer, Resolution, resolve, twelve_hour_drift
from kaval.engine.rules.attribution.facts import (
    AttributionFacts,
    GroundFacts,
    ObservationFacts,
    SecondReading,
)
from kaval.engine.rules.attribution.request import RequestRow
from kaval.station import models, sealed

# A report's row is large; the facts need three of its columns.
_COLUMNS = (
    "ip",
    "port",
    "transport",
    "role",
    "event",
    "time_text",
    "at",
    "offset_minutes",
    "offset_source",
    "precision",
    "locator",
    "lead__report__received_at",
    "lead__report__sealed__sha256",
    "lead__subject_link__subject",
)


def allocation_table() -> AllocationTable:
    """The unit's dated allocation table."""
    return AllocationTable.from_rows(
        {
            "cidr": row.cidr,
            "isp_id": row.provider_code,
            "kind": row.kind,
            "routable": "yes" if row.routable else "no",
            "valid_from": row.valid_from.isoformat(),
            "valid_to": row.valid_to.isoformat() if row.valid_to else "",
            "source": row.source,
        }
        for row in models.Allocation.objects.all()
    )


def observation_facts(rows: Iterable[models.Observation]) -> list[ObservationFacts]:
    """Observations (with lead and report selected) as the rules see them; the locator points into the sealed bytes."""
    midnight = _midnight_shares()
    return [
        ObservationFacts(
            observation_id=str(row.id),
            ip=row.ip,
            port=row.port,
            transport=row.transport,
            time=StatedTime(
                row.time_text,
                row.at,
                row.offset_minutes,
                OffsetSource(row.offset_source),
                Precision(row.precision),
            ),
            role=row.role,
            event=row.event,
            lead_id=str(row.lead_id),
            source=SourceRef(row.lead.report.sealed.sha256, row.locator),
            received_at=row.lead.report.received_at,
            midnight_share=midnight.get(row.lead.report.sealed_id, 0.0),
        )
        for row in rows
    ]


def sealed_answers() -> dict[str, IspAnswer]:
    """What each provider answered, read now from the sealed bytes, by provider code."""
    leases: dict[str, list[LeaseRow]] = defaultdict(list)
    subscribers: dict[str, list[SubscriberRow]] = defaultdict(list)
    answers = (
        models.Receipt.objects.filter(source__startswith="provider:")
        .select_related("sealed")
        .order_by("received_at", "name")
    )
    seen: set[tuple[str, UUID]] = set()
    for receipt in answers:
        code = receipt.source.removeprefix("provider:")
        if (code, receipt.sealed_id) in seen:
            continue
        seen.add((code, receipt.sealed_id))
        for record in formats.read_one(
            ReceivedFile(receipt.name, sealed.read(receipt.sealed)), "provider"
        ).records:
            (leases if isinstance(record, LeaseRow) else subscribers)[code].append(record)
    return {code: IspAnswer(code, leases[code], subscribers[code]) for code in {*leases, *subscribers}}


@dataclass
class Evidence:
    """All answers and records, loaded once, from which the facts on any subject are taken."""

    allocation: AllocationTable
    answers: Mapping[str, IspAnswer]
    requests: Mapping[str, RequestRow]
    grounds: Mapping[tuple[str, str], GroundFacts]
    second_readings: Mapping[str, list[SecondReading]]
    drifting: frozenset[str]
    searched: frozenset[str] = field(default_factory=frozenset)

    def facts(
        self,
        subject_id: UUID,
        observations: list[ObservationFacts],
        *,
        as_of: datetime,
        entry_at: datetime,
        analyst_id: str,
    ) -> AttributionFacts:
        """The facts on one subject."""
        resolutions = tuple(found for one in observations if (found := self.resolution(one)) is not None)
        refs = {(found.isp_id, ref) for found in resolutions for ref in found.candidates}
        return AttributionFacts(
            subject_id=str(subject_id),
            observations=tuple(observations),
            allocation=self.allocation,
            as_of=as_of,
            entry_at=entry_at,
            analyst_id=analyst_id,
            resolutions=resolutions,
            requests=tuple(
                self.requests[one.observation_id]
                for one in observations
                if one.observation_id in self.requests
            ),
            second_readings=tuple(
                reading
                for one in observations
                for reading in self.second_readings.get(one.observation_id, ())
            ),
            subscribers=tuple(
                (isp, row) for isp, ref in sorted(refs) for row in self.answers[isp].subscriber_rows(ref)
            ),
            grounds=tuple((ref, self.grounds[ref]) for ref in sorted(refs) if ref in self.grounds),
            searched_observations=self.searched,
            drifting_isps=self.drifting,
        )

    def resolution(self, observation: ObservationFacts) -> Resolution | None:
        """What the answer of the provider that was asked says; None when nobody was asked or nobody answered."""
        asked = self.requests.get(observation.observation_id)
        answer = self.answers.get(asked.isp_id) if asked else None
        return resolve(observation, answer) if answer else None


def evidence() -> Evidence:
    """Everything on record, once."""
    answers = sealed_answers()
    return Evidence(
        allocation=allocation_table(),
        answers=answers,
        requests=_requests(),
        grounds=_grounds(),
        second_readings=_second_readings(),
        drifting=frozenset(code for code, answer in answers.items() if twelve_hour_drift(answer.leases)),
        searched=frozenset(
            str(key)
            for key in models.Outcome.objects.filter(entered=True).values_list(
                "site__attribution__subject__leads__lead__observations", flat=True
            )
        ),
    )


def observations_by_subject() -> dict[UUID, list[ObservationFacts]]:
    """The observations of every subject, oldest first, from leads that were accepted and linked."""
    rows = (
        models.Observation.objects.filter(lead__subject_link__isnull=False)
        .select_related("lead__report__sealed", "lead__subject_link")
        .only(*_COLUMNS)
        .order_by("at", "id")
    )
    grouped: dict[UUID, list[ObservationFacts]] = defaultdict(list)
    listed = list(rows)
    for row, facts in zip(listed, observation_facts(listed), strict=True):
        grouped[row.lead.subject_link.subject_id].append(facts)
    return grouped


def _requests() -> dict[str, RequestRow]:
    found = {}
    for row in models.RequestRow.objects.select_related("request__provider"):
        given: dict[str, Any] = row.rendered
        found[str(row.observation_id)] = RequestRow(
            reference=row.reference,
            observation_id=str(row.observation_id),
            isp_id=row.request.provider.code,
            ip=given["ip"],
            port=given["port"],
            transport=given["transport"],
            utc=datetime.fromisoformat(given["utc"]),
            utc_text=given["utc_text"],
            ist_text=given["ist_text"],
            from_at=datetime.fromisoformat(given["from_at"]),
            to_at=datetime.fromisoformat(given["to_at"]),
            asked_at=row.request.sent_at,
        )
    return found


def _grounds() -> dict[tuple[str, str], GroundFacts]:
    found = {}
    rows = models.GroundVerification.objects.select_related(
        "place__provider", "place__station", "by"
    ).order_by("verified_at")
    for row in rows:
        found[row.place.provider.code, row.place.customer_ref] = GroundFacts(
            verified_at=row.verified_at,
            verified_by=row.by.number,
            station_id=row.place.station.code,
            unit_found=row.unit_found,
            single_match=row.single_match,
            house_name=row.house_name,
            ward=row.ward,
            door_number=row.door_number,
            occupant_at_event=row.occupant_at_event,
            resident_since=_day(row.resident_since),
            wifi=row.wifi,
            children_seen=row.children_seen,
        )
    return found


def _second_readings() -> dict[str, list[SecondReading]]:
    found: dict[str, list[SecondReading]] = defaultdict(list)
    for row in models.SecondReading.objects.select_related("provider", "by").order_by("at", "id"):
        found[str(row.observation_id)].append(
            SecondReading(str(row.observation_id), row.provider.code, row.customer_ref, row.by.number)
        )
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight_shares() -> dict[UUID, float]:
    total: Counter[UUID] = Counter()
    midnight: Counter[UUID] = Counter()
    times = models.Observation.objects.filter(at__isnull=False).values_list(
        "lead__report__sealed_id", "at", "offset_minutes"
    )
    for sealed_id, at, offset in times:
        if at is None:
            continue
        local = at.astimezone(IST) if offset == 330 else at
        total[sealed_id] += 1
        midnight[sealed_id] += (local.hour, local.minute, local.second) == (0, 0, 0)
    return {sealed_id: midnight[sealed_id] / count for sealed_id, count in total.items()}
