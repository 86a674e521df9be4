"""What was asked of a provider, as the rules of attribution take it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from kaval.engine.kernel.identifier._scoped import fold
from kaval.engine.rules.attribution.request import RequestRow as Asked
from kaval.station.models import AccountRow, LeadIdentifier, Provider, RequestRow


def asked_of(provider: Provider) -> tuple[Asked, ...]:
    """Every row ever asked of the provider, in the order of their references."""
    rows = RequestRow.objects.filter(request__provider=provider).select_related("request__provider")
    return tuple(asked for row in rows.order_by("reference") for asked in asked_rows(row))


def asked_rows(row: RequestRow) -> Iterator[Asked]:
    """A row (with its request and provider selected) as it was sent; in a repeated hour a further one (A-14)."""
    given: dict[str, Any] = row.rendered
    for reading in ({**given, "reference": row.reference}, *given.get("further", ())):
        yield Asked(
            reference=reading["reference"],
            observation_id=str(row.observation_id),
            isp_id=row.request.provider.code,
            ip=reading["ip"],
            port=reading["port"],
            transport=reading["transport"],
            utc=datetime.fromisoformat(reading["utc"]),
            utc_text=reading["utc_text"],
            ist_text=reading["ist_text"],
            from_at=datetime.fromisoformat(reading["from_at"]),
            to_at=datetime.fromisoformat(reading["to_at"]),
            asked_at=row.request.sent_at,
            origin=reading.get("origin", "machine"),
        )


def accounts_to_ask(provider: Provider) -> list[LeadIdentifier]:
    """Reported accounts of this platform that no request names yet, one naming each, the earliest lead first."""
    scopes = {" ".join(fold(name).split()) for name in (provider.name, provider.code)}
    own = Q()
    for scope in sorted(scopes):
        own |= Q(identifier__value__startswith=f"{scope}:")
    rows = (
        LeadIdentifier.objects.filter(
            own,
            party="reported",
            origin="field",
            identifier__kind__in=("esp_account", "handle"),
            lead__subject_link__isnull=False,
        )
        .exclude(identifier__in=AccountRow.objects.values("identifier"))
        .select_related("identifier", "lead__report")
        .order_by("lead__number", "id")
    )
    found: dict[uuid.UUID, LeadIdentifier] = {}
    for row in rows:
        found.setdefault(row.identifier_id, row)
    return list(found.values())
