"""Resolving what providers answered, looking at places, reading twice, and saying how far the evidence reaches.

Asking and taking answers is `operations.requests`; the two are offered here too, because one chain needs all of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.geometry import contains, distance_km
from kaval.engine.kernel.instant import iso_utc
from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.attribution.answer import Resolution as Resolved
from kaval.engine.rules.attribution.facts import ObservationFacts, Override
from kaval.engine.rules.attribution.level import attribute
from kaval.engine.rules.attribution.request import RequestRow as Asked
from kaval.engine.rules.attribution.second_look import second_look
from kaval.station.audit import Acting, acting, postpone, write_postponed
from kaval.station.ids import derive
from kaval.station.models import (
    Act,
    Attribution,
    GroundVerification,
    LeaseAnswer,
    Officer,
    Place,
    Provider,
    Resolution,
    SecondReading,
    Station,
    SubscriberAnswer,
)
from kaval.station.operations.requests import record_answer, send_request
from kaval.station.queries import attribution_facts
from kaval.station.queries.reasons import check_row

# How a second reading was made: by rules of its own, or by a person at the blind desk.
MACHINE = "machine"
# An attribution with all its words is large: a state's are written some hundreds at a time.
_AT_ONCE = 500


def resolve_observations(*, by: Officer, at: datetime, key: str) -> int:
    """Says for every observation asked about whom the answers name: one customer, several, or none, with reasons."""
    with acting("resolve_observations", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        evidence = attribution_facts.evidence(at=at)
        leases = {
            tuple(key): identity
            for identity, *key in LeaseAnswer.objects.values_list(
                "id", "provider__code", "locator", "customer_ref", "sealed__sha256"
            )
        }
        rows = [
            _resolution_row(found, leases, at)
            for observations in attribution_facts.observations_by_subject().values()
            for one in observations
            if (found := evidence.resolution(one)) is not None
        ]
        Resolution.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["state", "customer_ref", "lease", "reasons", "files", "at"],
        )
        states = Counter(row.state for row in rows)
        act.ledger("resolved", {state: states[state] for state in ("unique", "ambiguous", "none")})
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
    """What the local station found at the address; `children_seen` None: not known. `resident_until` is an ISO date."""

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
    resident_until: str | None = None


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
    """The second reader's own result for every observation asked about, from the rows asked and the sealed answers, by
    rules that share nothing with the first reading; first result unseen.

    Raises:
        RefusedError: A-38, the officer made the first reading.
    """
    with acting("read_again", by=by, at=at, key=key, request={}) as act:
        if act.repeated:
            return 0
        if Act.objects.filter(name="resolve_observations", by=by).exists():
            raise RefusedError("A-38", f"{by.number} made the first reading and cannot make the second")
        evidence = attribution_facts.evidence(at=at)
        asked: dict[str, list[Asked]] = defaultdict(list)
        for question in evidence.requests.values():
            asked[question.isp_id].append(question)
        providers = {provider.code: provider for provider in Provider.objects.all()}
        rows = [
            SecondReading(
                id=derive("second", observation, by.number, act.key),
                observation_id=observation,
                provider=providers[isp],
                customer_ref=customer,
                by=by,
                at=at,
                method=MACHINE,
            )
            for isp, answer in sorted(evidence.answers.by_isp.items())
            for observation, customer in sorted(second_look(asked[isp], answer.leases).items())
        ]
        SecondReading.objects.bulk_create(rows, batch_size=1000)
        act.ledger("read_again", {"observations": len(rows), "method": MACHINE})
        return len(rows)


def attribute_subjects(*, by: Officer, at: datetime, key: str, entry_at: datetime) -> Mapping[int, int]:
    """Says for every subject how far the evidence reaches, with every check; gives the number of subjects by level."""
    with acting("attribute_subjects", by=by, at=at, key=key, request={"entry_at": iso_utc(entry_at)}) as act:
        levels: Counter[int] = Counter()
        if act.repeated:
            return levels
        evidence = attribution_facts.evidence(at=at)
        observations = attribution_facts.observations_by_subject()
        evidence.gather(observations)
        given = _Given(act, evidence, entry_at=entry_at, analysts={}, places=_places())
        subjects, digests = sorted(observations), []
        for start in range(0, len(subjects), _AT_ONCE):
            rows = [given.row(one, observations[one]) for one in subjects[start : start + _AT_ONCE]]
            _store(rows)
            levels.update(row.level for row in rows)
            digests += [row.digest for row in rows]
        act.ledger(
            "attributed",
            {f"level_{level}": count for level, count in sorted(levels.items())}
            | {"digest": content_digest(digests)},
        )
        return levels


def attribute_subject(
    *, by: Officer, at: datetime, key: str, subject: UUID, entry_at: datetime | None = None
) -> Attribution:
    """Says anew how far the evidence on one subject reaches, after a new fact or a reason for going on.

    Whoever made the first attribution stays its analyst, so that nobody lets a HOLD pass in a finding of their own.
    `entry_at` None: the entry it was made for before, else now.

    Raises:
        RefusedError: SUBJECT, the subject is merged into another or no address of it was ever seen.
    """
    request = {"subject": str(subject), "entry_at": entry_at and iso_utc(entry_at)}
    with acting("attribute_subject", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Attribution.objects.get(id=act.earlier)
        write_postponed()  # what the same transaction has just noted counts
        observations = attribution_facts.observations_by_subject(subject=subject)
        if subject not in observations:
            raise RefusedError("SUBJECT", "the subject is part of another, or no address of it was seen")
        before = Attribution.objects.filter(subject=subject).select_related("analyst").first()
        evidence = attribution_facts.evidence(at=at, subject=subject)
        evidence.gather(observations)
        given = _Given(
            act,
            evidence,
            entry_at=entry_at or (before and before.entry_at) or at,
            analysts={subject: before.analyst} if before else {},
            places=_places(),
        )
        row = given.row(subject, observations[subject])
        _store([row])
        act.about("attribution", row.id)
        act.ledger("attributed_again", {"level": row.level, "digest": row.digest})
        return row


@dataclass(frozen=True)
class _Given:
    """What every attribution of one act is made with."""

    act: Acting
    evidence: attribution_facts.Evidence
    entry_at: datetime
    analysts: Mapping[UUID, Officer]
    places: Mapping[tuple[str, str], Place]

    def row(self, subject: UUID, observations: list[ObservationFacts]) -> Attribution:
        """The attribution of one subject."""
        analyst = self.analysts.get(subject, self.act.by)
        verdict = attribute(
            self.evidence.facts(
                subject,
                observations,
                as_of=self.act.at,
                entry_at=self.entry_at,
                analyst_id=analyst.number,
            )
        )
        named = None if verdict.customer_ref is None else (verdict.isp_id or "", verdict.customer_ref)
        place = self.places.get(named) if named else None
        basis = self.evidence.rests_on(subject, observations, named)
        broken = self.evidence.broken(basis)
        row = Attribution(
            id=derive("attribution", subject),
            subject_id=subject,
            level=verdict.level,
            place=place,
            provider=place.provider if place else None,
            customer_ref=verdict.customer_ref or "",
            checks=[check_row(result) for result in verdict.checks],
            blocked_by=list(verdict.blocked_by),
            reasons=[_reason(reason) for reason in verdict.reasons],
            support=list(verdict.support),
            contradicted_by=list(verdict.contradicted_by),
            unresolved=list(verdict.unresolved),
            overridden=[_override(one) for one in verdict.overridden],
            flags=list(verdict.flags),
            basis=basis,
            entry_at=self.entry_at,
            broken=broken,
            broken_at=self.act.at if broken else None,
            analyst=analyst,
            at=self.act.at,
        )
        row.digest = content_digest([getattr(row, column) for column in _DIGESTED])
        return row


# What an attribution says, in the order it is digested; who made it and when stands in the ledger.
_DIGESTED = (
    "level", "customer_ref", "checks", "blocked_by", "reasons", "support", "contradicted_by", "unresolved",
    "overridden", "flags", "basis",
)  # fmt: skip
_WRITTEN = (
    *_DIGESTED, "provider", "place", "entry_at", "broken", "broken_at", "analyst", "at", "digest",
)  # fmt: skip


def _store(rows: Sequence[Attribution]) -> None:
    """Writes attributions; what holds one back (quarantine) is left as it is."""
    Attribution.objects.bulk_create(
        rows, batch_size=200, update_conflicts=True, unique_fields=["id"], update_fields=_WRITTEN
    )


def _places() -> dict[tuple[str, str], Place]:
    return {
        (place.provider.code, place.customer_ref): place for place in Place.objects.select_related("provider")
    }


def _resolution_row(found: Resolved, leases: Mapping[tuple[str, ...], UUID], at: datetime) -> Resolution:
    first = found.rows[0] if found.rows else None
    ids = [
        lease
        for sha256 in found.files
        if first is not None
        and (lease := leases.get((found.isp_id, first.locator, first.customer_ref, sha256))) is not None
    ]
    return Resolution(
        id=derive("resolution", found.observation_id),
        observation_id=found.observation_id,
        state=found.state,
        customer_ref=found.customer_ref or "",
        at=at,
        lease_id=ids[0] if ids else None,
        reasons=[_reason(reason) for reason in found.reasons],
        files=list(found.files),
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


def _reason(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "text": reason.text, "text_ml": reason.text_ml}


def _override(override: Override) -> dict[str, str]:
    return {
        "check": override.check,
        "observation": override.observation_id,
        "by": override.by,
        "rank": override.rank,
        "at": iso_utc(override.at),
        "text": override.reason,
    }


__all__ = [
    "GroundLook",
    "attribute_subject",
    "attribute_subjects",
    "read_again",
    "record_answer",
    "record_place",
    "resolve_observations",
    "send_request",
    "verify_place",
]
