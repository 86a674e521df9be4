"""The facts of a subject's attribution sheet from stored rows: one value for the screen and for the page in court.

Nothing is worked out again here: levels and verdicts are those of the stored attribution. What nobody recorded stays
None and is said so on the sheet.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kaval.engine.kernel.reason import CheckResult
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.checks import ALL_CHECKS, after_results
from kaval.engine.rules.court import sheet_facts as facts
from kaval.engine.rules.court.facts import HeadFacts, OfficerFacts
from kaval.station import models
from kaval.station.queries import scope
from kaval.station.queries.attribution_basis import broken_basis
from kaval.station.queries.reasons import check_row
from kaval.station.queries.sheet_after import after_facts
from kaval.station.queries.sheet_notes import (
    around_of,
    caveats_of,
    explained_of,
    held_back_of,
    lifted_of,
    ties_of,
)
from kaval.station.queries.sheet_seen import seen_of
from kaval.station.queries.sheet_sources import Sources, officer_facts

_NOT_YET = facts.SaidFacts(
    "Not examined: nobody is named yet, or no attribution was made since this check exists.",
    "നോക്കിയിട്ടില്ല: ആരിലേക്കും എത്തിയിട്ടില്ല, അല്ലെങ്കിൽ ഈ പരിശോധന വന്ന ശേഷം കണക്കാക്കിയിട്ടില്ല.",
)


def attribution_shown(viewer: models.Officer, subject_id: uuid.UUID) -> models.Attribution | None:
    """The stored attribution of a subject in reach; None when nobody has made one.

    Raises:
        NotVisible: no such subject in the viewer's reach.
    """
    subject = scope.found(scope.subjects_seen(viewer), subject_id)
    return _attributions().filter(subject=subject).first()


def attribution_of(subject_id: uuid.UUID) -> models.Attribution | None:
    """The same for an act that has its own permission."""
    return _attributions().filter(subject_id=subject_id).first()


def sheet_facts(row: models.Attribution, *, number: str, at: datetime) -> facts.SheetFacts:
    """All that the sheet of a stored attribution says, as of `at`."""
    base = SourceRef(row.digest, f"attribution {row.subject.number}")
    sources, sites = Sources(base), _sites(row)
    seen = seen_of(row, sources)
    numbers = {one.observation_id: one.number for one in seen}
    explained = explained_of(row, numbers, sources)
    seen = tuple(
        replace(one, explained=tuple(note for note in explained if note.about == one.number)) for one in seen
    )
    known = row.level >= 2 and row.place is not None
    return facts.SheetFacts(
        head=head_facts(row, sites, number=number, at=at),
        subject=row.subject.number,
        level=row.level,
        made_by=officer_facts(row.analyst),
        made_at=row.at,
        entry_at=row.entry_at,
        provider=row.provider.name if row.provider else None,
        customer_ref=row.customer_ref or None,
        place=_address(row.place) if known and row.place else None,
        seen=seen,
        lines=_lines(row),
        look=_look(row, sources),
        devices=_devices(sites, sources),
        persons=_persons(sites, sources),
        results=results_of(row.checks, after_results(after_facts(row, at=at))),
        stopped_by=tuple(map(str, row.blocked_by)) if row.level < 2 else (),
        basis=_basis(row),
        source=base,
        second_readers=_second(seen),
        approved=_approved(sites),
        lifted=lifted_of(row, numbers, sources),
        ties=ties_of(row, sources),
        asked_around=around_of(row, sources),
        caveats=caveats_of(row, sources),
        held_back=held_back_of(row, sources),
        broken_at=row.broken_at,
        quarantined_at=row.quarantined_at,
        flags=tuple(map(str, row.flags)),
    )


def results_of(stored: Iterable[Any], after: Iterable[CheckResult] = ()) -> tuple[facts.ResultFacts, ...]:
    """Every check of the catalogue in the order of ids: as stored, or as found `after`; UNKNOWN where neither is."""
    outcome = {str(one.get("check")): one for one in stored if isinstance(one, Mapping)}
    outcome |= {one.check: check_row(one) for one in after}
    return tuple(_result(check, outcome.get(check.id)) for check in ALL_CHECKS)


def head_facts(
    row: models.Attribution, sites: Iterable[models.Site], *, number: str, at: datetime
) -> HeadFacts:
    """The head of a paper about an attribution; district and station only when a place may be named."""
    unit = models.Unit.objects.get(id=1)
    site = next(iter(sites), None)
    place = row.place if row.level >= 2 else None
    return HeadFacts(
        number=number,
        unit=unit.name,
        unit_ml=unit.name_ml or unit.name,
        prepared_at=at,
        training=unit.training,
        operation=site.operation.code if site else None,
        district=place.district.name if place else None,
        police_station=place.station.name if place else None,
    )


def sites_of(row: models.Attribution) -> tuple[models.Site, ...]:
    """The sites that rest on the attribution, the newest first."""
    return _sites(row)


def _attributions() -> QuerySet[models.Attribution]:
    return models.Attribution.objects.select_related(
        "subject", "provider", "analyst", "place__district", "place__station"
    )


def _sites(row: models.Attribution) -> tuple[models.Site, ...]:
    return tuple(
        models.Site.objects.filter(attribution=row)
        .select_related("operation")
        .order_by("-operation__first_entry_at")
    )


def _result(check: Any, stored: Mapping[str, Any] | None) -> facts.ResultFacts:
    rule, stage = facts.SaidFacts(check.rule, check.rule_ml), str(check.stage.value)
    if stored is None:
        return facts.ResultFacts(check.id, stage, check.kind.value, "UNKNOWN", rule, _NOT_YET)
    found = facts.SaidFacts(str(stored.get("text") or check.rule), str(stored.get("text_ml") or ""))
    kind = str(stored.get("kind") or check.kind.value)
    return facts.ResultFacts(check.id, stage, kind, str(stored.get("verdict") or "UNKNOWN"), rule, found)


def _address(place: models.Place) -> str:
    return ", ".join(filter(None, (place.address, place.locality, place.pincode)))


def _lines(row: models.Attribution) -> tuple[facts.LineFacts, ...]:
    """The provider's rows on the customer; the installation address in words only from level 2."""
    if row.provider is None or not row.customer_ref:
        return ()
    rows = models.SubscriberAnswer.objects.filter(provider=row.provider, customer_ref=row.customer_ref)
    return tuple(
        facts.LineFacts(
            one.address_kind,
            one.segment or None,
            one.active_from,
            one.active_to,
            _service(one) if row.level >= 2 and one.address_kind == "install" else None,
            SourceRef(one.sealed.sha256, one.locator),
        )
        for one in rows.select_related("sealed").order_by("address_kind", "locator", "pk")
    )


def _service(one: models.SubscriberAnswer) -> str | None:
    ward = f"Ward {one.ward}" if one.ward else ""
    return ", ".join(filter(None, (one.house_name, ward, one.door_number, one.locality, one.pincode))) or None


def _look(row: models.Attribution, sources: Sources) -> facts.LookFacts | None:
    if row.place is None:
        return None
    looks = models.GroundVerification.objects.filter(place=row.place).select_related("by")
    one = looks.order_by("-verified_at", "-pk").first()
    if one is None:
        return None
    return facts.LookFacts(
        station=row.place.station.name,
        by=officer_facts(one.by),
        verified_at=one.verified_at,
        unit_found=one.unit_found,
        single_match=one.single_match,
        occupant_at_event=one.occupant_at_event,
        resident_since=one.resident_since or None,
        resident_until=one.resident_until.isoformat() if one.resident_until else None,
        wifi=one.wifi,
        children_seen=one.children_seen,
        source=sources.of(one.pk),
    )


def _devices(sites: Collection[models.Site], sources: Sources) -> tuple[facts.DeviceFacts, ...]:
    if not sites:
        return ()
    exhibits = list(models.Exhibit.objects.filter(site__in=sites).order_by("number"))
    known = dict(models.Examination.objects.filter(exhibit__in=exhibits).values_list("exhibit_id", "known"))
    sources.load(one.pk for one in exhibits)
    return tuple(
        facts.DeviceFacts(
            one.number,
            " ".join(filter(None, (one.kind, one.make, one.model))),
            one.seal,
            known.get(one.pk),
            one.image_sha256 or None,
            sources.of(one.pk),
        )
        for one in exhibits
    )


def _persons(sites: Collection[models.Site], sources: Sources) -> tuple[facts.PersonFacts, ...]:
    if not sites:
        return ()
    arrests = list(models.Arrest.objects.filter(crime__site__in=sites).order_by("number"))
    return tuple(
        facts.PersonFacts(one.number, tuple(map(str, one.evidence)), one.at, sources.of(one.pk))
        for one in arrests
    )


def _basis(row: models.Attribution) -> tuple[facts.BasisFacts, ...]:
    """What it rests on, each seal looked at now: a change since the last sweep is seen here, too."""
    torn = {_named(one): one for one in (*row.broken, *broken_basis(row))}
    kept = tuple(facts.BasisFacts(*_named(one), broken=_named(one) in torn) for one in row.basis)
    # A seal found broken that the basis no longer lists is shown all the same.
    lost = sorted(torn.keys() - {_named(one) for one in row.basis})
    return kept + tuple(facts.BasisFacts(*names, broken=True) for names in lost)


def _named(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(entry.get("role", "")), str(entry.get("reference", "")), str(entry.get("digest", ""))


def _second(seen: Iterable[facts.SeenFacts]) -> tuple[OfficerFacts, ...]:
    found = {officer.officer_id: officer for one in seen for officer, _ in one.second}
    return tuple(found[key] for key in sorted(found))


def _approved(sites: Iterable[models.Site]) -> tuple[tuple[OfficerFacts, datetime, str], ...]:
    """The signatures under the plan as it stands, of the newest operation that holds the place."""
    operation = next((site.operation for site in sites if site.state not in ("withdrawn", "deferred")), None)
    if operation is None or not operation.plan_digest:
        return ()
    signed = models.Approval.objects.filter(operation=operation, plan_digest=operation.plan_digest)
    return tuple(
        (officer_facts(one.by), one.at, operation.code)
        for one in signed.select_related("by").order_by("place")
    )
