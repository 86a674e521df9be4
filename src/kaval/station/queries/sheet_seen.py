"""The observations of a subject hop by hop: as written, as asked, as answered, as read a second time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Min

from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.answer import observed_window
from kaval.engine.rules.court import sheet_facts as facts
from kaval.engine.rules.court.facts import OfficerFacts
from kaval.station import models
from kaval.station.queries.reasons import reason_lines
from kaval.station.queries.sheet_sources import Sources, officer_facts

_Second = Mapping[uuid.UUID, list[tuple[OfficerFacts, str]]]


def seen_of(row: models.Attribution, sources: Sources) -> tuple[facts.SeenFacts, ...]:
    """Every observation of the subject, oldest first; one without an instant comes last."""
    rows = list(
        models.Observation.objects.filter(lead__subject_link__subject=row.subject)
        .select_related(
            "lead",
            "lead__report__sealed",
            "request_row__request__provider",
            "request_row__request__signed_by",
            "resolution__lease__sealed",
        )
        .defer("lead__report__fields", "lead__report__restricted")
        .order_by("at", "pk")
    )
    sources.load(one.request_row.request_id for one in rows if hasattr(one, "request_row"))
    received, second = _received(rows), _second(rows)
    return tuple(
        _seen(number, one, row=row, sources=sources, received=received, second=second)
        for number, one in enumerate(rows, start=1)
    )


def stated(one: models.Observation) -> StatedTime:
    """The four time columns as the engine takes them."""
    return StatedTime(
        one.time_text, one.at, one.offset_minutes, OffsetSource(one.offset_source), Precision(one.precision)
    )


def _seen(
    number: int,
    one: models.Observation,
    *,
    row: models.Attribution,
    sources: Sources,
    received: Mapping[uuid.UUID, datetime],
    second: _Second,
) -> facts.SeenFacts:
    found: models.Resolution | None = getattr(one, "resolution", None)
    asked: models.RequestRow | None = getattr(one, "request_row", None)
    lease = found.lease if found else None
    return facts.SeenFacts(
        number=number,
        observation_id=str(one.pk),
        stands=_stands(str(one.pk), row),
        ip=one.ip,
        port=one.port,
        transport=one.transport,
        role=one.role,
        event=one.event,
        as_received=one.time_text,
        at=one.at,
        zone_from=one.offset_source,
        precision=one.precision,
        window=observed_window(stated(one)),
        lead=str(one.lead.number),
        source=SourceRef(one.lead.report.sealed.sha256, one.locator),
        asked=_asked(asked, one, sources) if asked else None,
        lease=_lease(lease, received.get(lease.sealed_id)) if lease else None,
        state=found.state if found else "",
        reasons=tuple(facts.SaidFacts(line.text, line.text_ml) for line in reason_lines(found.reasons))
        if found
        else (),
        others=(found.customer_ref,) if found and found.customer_ref not in ("", row.customer_ref) else (),
        second=tuple(second.get(one.pk, ())),
    )


def _stands(observation_id: str, row: models.Attribution) -> str:
    if observation_id in row.support:
        return "support"
    return "against" if observation_id in row.contradicted_by else "open"


def _asked(row: models.RequestRow, one: models.Observation, sources: Sources) -> facts.AskedFacts:
    request, sent = row.request, row.rendered
    return facts.AskedFacts(
        request=request.number,
        reference=row.reference,
        provider=request.provider.name,
        sent_at=request.sent_at,
        signed_by=officer_facts(request.signed_by),
        ip=str(sent.get("ip") or one.ip),
        port=sent.get("port"),
        utc_text=str(sent.get("utc_text") or ""),
        ist_text=str(sent.get("ist_text") or ""),
        source=sources.of(request.pk),
    )


def _lease(row: models.LeaseAnswer, received_at: datetime | None) -> facts.LeaseFacts:
    return facts.LeaseFacts(
        customer_ref=row.customer_ref,
        address=row.address,
        port_low=row.port_low,
        port_high=row.port_high,
        start_text=row.start_text,
        start_at=row.start_at,
        end_text=row.end_text,
        end_at=row.end_at,
        static=row.static,
        received_at=received_at,
        source=SourceRef(row.sealed.sha256, row.locator),
    )


def _received(rows: Iterable[models.Observation]) -> Mapping[uuid.UUID, datetime]:
    """When each answer file first came."""
    sealed = {
        one.resolution.lease.sealed_id for one in rows if hasattr(one, "resolution") and one.resolution.lease
    }
    came = (
        models.Receipt.objects.filter(sealed__in=sealed).values("sealed").annotate(first=Min("received_at"))
    )
    return {one["sealed"]: one["first"] for one in came}


def _second(rows: Iterable[models.Observation]) -> _Second:
    found: dict[uuid.UUID, list[tuple[OfficerFacts, str]]] = defaultdict(list)
    readings = models.SecondReading.objects.filter(observation__in=[one.pk for one in rows])
    for one in readings.select_related("by").order_by("at", "pk"):
        found[one.observation_id].append((officer_facts(one.by), one.customer_ref))
    return found
