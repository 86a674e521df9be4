"""Asking providers, taking their answers, resolving, looking at places, reading twice, and saying how far it
reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kaval.engine import formats
from kaval.engine.formats._spec import LeaseRow, ReceivedFile, SubscriberRow
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.engine.kernel.geometry import contains, distance_km
from kaval.engine.kernel.instant import iso_utc
from kaval.engine.kernel.reason import CheckResult
from kaval.engine.rules.attribution.level import Attribution as Verdict
from kaval.engine.rules.attribution.level import attribute
from kaval.engine.rules.attribution.request import LegalBasis, RequestBatch, request_rows
from kaval.station import sealed as store
from kaval.station.audit import Acting, acting, postpone
from kaval.station.ids import derive
from kaval.station.models import (
    Act,
    Attribution,
    GroundVerification,
    LeaseAnswer,
    Observation,
    Officer,
    Place,
    Provider,
    ProviderRequest,
    Receipt,
    RequestRow,
    Resolution,
    SecondReading,
    Station,
    Subject,
    SubscriberAnswer,
)
from kaval.station.queries import attribution_facts


def send_request(*, by: Officer, at: datetime, key: str, due_at: datetime) -> int:
    """Sends one written order to each provider for every observation that may be asked about; gives the rows asked.

    An observation that fails a check of the asking stage is not sent and carries that check's id. Rows are rendered by
    machine from sealed sources; none is typed (A-02).
    """
    with acting("send_request", by=by, at=at, key=key, request={"due": iso_utc(due_at)}) as act:
        if act.repeated:
            return 0
        waiting = list(
            Observation.objects.filter(request_row__isnull=True, problem="", lead__subject_link__isnull=False)
            .select_related("lead__report__sealed")
            .order_by("id")
        )
        by_id = {str(row.id): row for row in waiting}
        plan = request_rows(
            attribution_facts.observation_facts(waiting),
            attribution_facts.allocation_table(),
            asked_at=at,
            legal_basis=LegalBasis(signatory_id=by.number, signatory_rank=by.rank),
        )
        for refused in plan.refused:
            row = by_id[refused.observation_id]
            row.problem = ",".join(result.check for result in refused.stopped_by)[:60] or "A-06"
        for batch in plan.batches:
            _write_request(act, batch, by_id=by_id, due_at=due_at)
        Observation.objects.bulk_create(
            waiting,
            update_conflicts=True,
            unique_fields=["id"],
            batch_size=500,
            update_fields=["problem", "provider_code"],
        )
        act.ledger("observations_refused", {"count": len(plan.refused)})
        return sum(len(batch.rows) for batch in plan.batches)


def record_answer(*, by: Officer, at: datetime, key: str, receipt: Receipt, provider: Provider) -> int:
    """Reads a provider's sealed answer into rows that keep their place in it; gives the number of rows.

    Raises:
        ReaderError: no provider format claims the file, or it cannot be read.
    """
    request = {"receipt": str(receipt.id), "provider": provider.code}
    with acting("record_answer", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return 0
        reading = formats.read_one(ReceivedFile(receipt.name, store.read(receipt.sealed)), "provider")
        records = reading.records
        LeaseAnswer.objects.bulk_create(
            [_lease_row(record, receipt, provider) for record in records if isinstance(record, LeaseRow)],
            batch_size=1000,
            ignore_conflicts=True,
        )
        SubscriberAnswer.objects.bulk_create(
            [
                _subscriber_row(record, receipt, provider)
                for record in records
                if isinstance(record, SubscriberRow)
            ],
            batch_size=1000,
            ignore_conflicts=True,
        )
        ProviderRequest.objects.filter(provider=provider, answered_at__isnull=True).update(answered_at=at)
        act.about("provider", provider.id)
        act.ledger(
            "answered",
            {
                "provider": provider.code,
                "sha256": receipt.sealed.sha256,
                "rows": len(records),
                "format": reading.format.name,
                "warnings": len(reading.warnings),
            },
        )
        return len(records)


def resolve_observations(*, by: Officer, at: datetime, key: str) -> int:
    """Says for every observation asked about whom the answers name: one customer, several, or none, with reasons."""
    with acting("resolve_observations", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        evidence = attribution_facts.evidence()
        leases = {
            tuple(key): identity
            for identity, *key in LeaseAnswer.objects.values_list(
                "id", "provider__code", "locator", "customer_ref"
            )
        }
        rows = []
        for observations in attribution_facts.observations_by_subject().values():
            for one in observations:
                found = evidence.resolution(one)
                if found is not None:
                    first = found.rows[0] if found.rows else None
                    rows.append(
                        Resolution(
                            id=derive("resolution", one.observation_id),
                            observation_id=one.observation_id,
                            state=found.state,
                            customer_ref=found.customer_ref or "",
                            at=at,
                            lease_id=leases.get((found.isp_id, first.locator, first.customer_ref))
                            if first
                            else None,
                            reasons=[
                                {"code": reason.code, "text": reason.text, "text_ml": reason.text_ml}
                                for reason in found.reasons
                            ],
                        )
                    )
        Resolution.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["state", "customer_ref", "lease", "reasons", "at"],
        )
        act.ledger(
            "resolved",
            {
                "unique": sum(row.state == "unique" for row in rows),
                "ambiguous": sum(row.state == "ambiguous" for row in rows),
                "none": sum(row.state == "none" for row in rows),
            },
        )
        return len(rows)


def record_place(*, by: Officer, at: datetime, key: str) -> int:
    """Makes a place of every installation address that a unique resolution names; billing addresses never become
    one.
    """
    with acting("record_place", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        named = set(
            Resolution.objects.filter(state="unique").values_list(
                "observation__provider_code", "customer_ref"
            )
        )
        stations = list(Station.objects.select_related("district"))
        installs = SubscriberAnswer.objects.filter(
            address_kind="install", latitude__isnull=False, longitude__isnull=False
        )
        places: dict[UUID, Place] = {}
        for row in installs.select_related("provider").order_by("id"):
            if (row.provider.code, row.customer_ref) in named:
                place = _place_row(row, stations)
                places.setdefault(place.id, place)
        Place.objects.bulk_create(places.values(), batch_size=500, ignore_conflicts=True)
        act.ledger("places", {"count": len(places)})
        return len(places)


@dataclass(frozen=True)
class GroundLook:
    """What the local station found at the address; `children_seen` None: not known."""

    house_name: str
    ward: str
    door_number: str
    unit_found: bool
    single_match: bool
    occupant_at_event: str
    resident_since: str
    children_seen: bool | None
    wifi: str
    notes: str = ""


def verify_place(
    *, by: Officer, at: datetime, key: str, place: Place, look: GroundLook
) -> GroundVerification:
    """Records the local station's look at a place (A-46, A-47, A-48).

    Raises:
        RefusedError: the officer belongs to another police district.
    """
    with acting(
        "verify_place", by=by, at=at, key=key, request={"place": str(place.id), "look": vars(look)}
    ) as act:
        if act.repeated:
            return GroundVerification.objects.get(id=act.earlier)
        if by.district_id != place.district_id:
            raise RefusedError("DISTRICT", f"{by.number} does not serve in the police district of this place")
        row = GroundVerification(
            id=derive("ground", act.key), place=place, verified_at=at, by=by, **vars(look)
        )
        postpone(row)
        act.about("verification", row.id)
        act.ledger(
            "verified",
            {"place": str(place.id), "unit_found": look.unit_found, "occupant": look.occupant_at_event},
        )
        return row


def read_again(*, by: Officer, at: datetime, key: str) -> int:
    """The second reader's own result for every observation asked about, from the sealed bytes, first result unseen.

    Raises:
        RefusedError: A-38, the officer made the first reading.
    """
    with acting("read_again", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        if Act.objects.filter(name="resolve_observations", by=by).exists():
            raise RefusedError("A-38", f"{by.number} made the first reading and cannot make the second")
        evidence = attribution_facts.evidence()
        providers = {provider.code: provider for provider in Provider.objects.all()}
        rows = []
        for observations in attribution_facts.observations_by_subject().values():
            for one in observations:
                found = evidence.resolution(one)
                if found is not None:
                    rows.append(
                        SecondReading(
                            id=derive("second", one.observation_id, by.number, act.key),
                            observation_id=one.observation_id,
                            provider=providers[found.isp_id],
                            customer_ref=found.customer_ref or "",
                            by=by,
                            at=at,
                        )
                    )
        SecondReading.objects.bulk_create(rows, batch_size=1000)
        act.ledger("read_again", {"observations": len(rows)})
        return len(rows)


def attribute_subjects(*, by: Officer, at: datetime, key: str, entry_at: datetime) -> Mapping[int, int]:
    """Says for every subject how far the evidence reaches, with every check; gives the number of subjects by level."""
    with acting("attribute_subjects", by=by, at=at, key=key, request={"entry_at": iso_utc(entry_at)}) as act:
        levels: dict[int, int] = {}
        if act.repeated:
            return levels
        evidence = attribution_facts.evidence()
        places = {
            (place.provider.code, place.customer_ref): place
            for place in Place.objects.select_related("provider")
        }
        subjects = {subject.id: subject for subject in Subject.objects.all()}
        rows = []
        for subject_id, observations in sorted(attribution_facts.observations_by_subject().items()):
            verdict = attribute(
                evidence.facts(subject_id, observations, as_of=at, entry_at=entry_at, analyst_id=by.number)
            )
            levels[verdict.level] = levels.get(verdict.level, 0) + 1
            rows.append(_attribution_row(subjects[subject_id], verdict, act=act, places=places))
        Attribution.objects.bulk_create(
            rows,
            batch_size=200,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[
                "level",
                "provider",
                "customer_ref",
                "place",
                "checks",
                "blocked_by",
                "analyst",
                "at",
                "digest",
            ],
        )
        act.ledger(
            "attributed",
            {f"level_{level}": count for level, count in sorted(levels.items())}
            | {"digest": content_digest([row.digest for row in rows])},
        )
        return levels


def _write_request(
    act: Acting, batch: RequestBatch, *, by_id: Mapping[str, Observation], due_at: datetime
) -> None:
    provider = Provider.objects.get(code=batch.isp_id)
    number = f"REQ/{act.at.year}/{ProviderRequest.objects.count() + 1:04d}"
    request = ProviderRequest.objects.create(
        id=derive("request", act.key, batch.isp_id),
        number=number,
        provider=provider,
        sent_at=act.at,
        due_at=due_at,
        legal_basis=f"{batch.legal_basis.act} {batch.legal_basis.section}",
        signed_by=act.by,
    )
    rows = []
    for row in batch.rows:
        by_id[row.observation_id].provider_code = batch.isp_id
        rendered = {
            "ip": row.ip,
            "port": row.port,
            "transport": row.transport,
            "utc": iso_utc(row.utc),
            "utc_text": row.utc_text,
            "ist_text": row.ist_text,
            "from_at": iso_utc(row.from_at),
            "to_at": iso_utc(row.to_at),
        }
        rows.append(
            RequestRow(
                id=derive("request row", row.observation_id),
                request=request,
                reference=row.reference,
                observation_id=row.observation_id,
                rendered=rendered,
            )
        )
    RequestRow.objects.bulk_create(rows, batch_size=500)
    act.ledger(
        "requested",
        {
            "request": number,
            "provider": batch.isp_id,
            "rows": len(rows),
            "digest": content_digest([row.rendered for row in rows]),
        },
    )


def _lease_row(record: LeaseRow, receipt: Receipt, provider: Provider) -> LeaseAnswer:
    return LeaseAnswer(
        id=derive("lease", receipt.sealed_id, record.locator),
        provider=provider,
        sealed_id=receipt.sealed_id,
        locator=record.locator,
        customer_ref=record.customer_ref,
        address=record.address,
        port_low=record.port_low,
        port_high=record.port_high,
        start_text=record.start.as_received,
        start_at=record.start.utc,
        end_text=record.end.as_received if record.end else "",
        end_at=record.end.utc if record.end else None,
        static=record.static,
        inner=record.inner,
    )


def _subscriber_row(record: SubscriberRow, receipt: Receipt, provider: Provider) -> SubscriberAnswer:
    values: dict[str, Any] = {
        name: getattr(record, name)
        for name in (
            "locator",
            "customer_ref",
            "name",
            "address_kind",
            "house_name",
            "ward",
            "door_number",
            "locality",
            "pincode",
            "segment",
            "latitude",
            "longitude",
            "active_from",
            "active_to",
            "holder_birth_year",
            "remarks",
        )
    }
    return SubscriberAnswer(
        id=derive("subscriber", receipt.sealed_id, record.locator, record.address_kind),
        provider=provider,
        sealed_id=receipt.sealed_id,
        **values,
    )


def _place_row(row: SubscriberAnswer, stations: Sequence[Station]) -> Place:
    point = (row.longitude or 0.0, row.latitude or 0.0)
    station = _station_of(point, stations)
    address = ", ".join(
        filter(None, (row.house_name, f"Ward {row.ward}" if row.ward else "", row.door_number))
    )
    return Place(
        id=derive("place", row.provider.code, row.customer_ref),
        provider=row.provider,
        customer_ref=row.customer_ref,
        address=address,
        locality=row.locality,
        pincode=row.pincode,
        latitude=point[1],
        longitude=point[0],
        district=station.district,
        station=station,
    )


def _station_of(point: tuple[float, float], stations: Iterable[Station]) -> Station:
    """The station in whose limits the point lies; outside all limits, the nearest station."""
    listed = list(stations)
    inside = next((station for station in listed if contains(station.outline, *point)), None)
    return inside or min(
        listed, key=lambda each: (distance_km(point, (each.longitude, each.latitude)), each.code)
    )


def _attribution_row(
    subject: Subject, verdict: Verdict, *, act: Acting, places: Mapping[tuple[str, str], Place]
) -> Attribution:
    place = places.get((verdict.isp_id or "", verdict.customer_ref or ""))
    checks = [_check(result) for result in verdict.checks]
    return Attribution(
        id=derive("attribution", subject.id),
        subject=subject,
        level=verdict.level,
        place=place,
        provider=place.provider if place else None,
        customer_ref=verdict.customer_ref or "",
        checks=checks,
        blocked_by=list(verdict.blocked_by),
        analyst=act.by,
        at=act.at,
        digest=content_digest(checks),
    )


def _check(result: CheckResult) -> dict[str, str]:
    return {
        "check": result.check,
        "kind": result.kind.value,
        "verdict": result.verdict.value,
        "text": result.reason.text,
        "text_ml": result.reason.text_ml,
    }


__all__ = [
    "GroundLook",
    "ReaderError",
    "attribute_subjects",
    "read_again",
    "record_answer",
    "record_place",
    "resolve_observations",
    "send_request",
    "verify_place",
]
